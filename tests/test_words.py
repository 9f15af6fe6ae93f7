from __future__ import annotations

import time

import pytest

from scorer import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("  \n", 0),
        ("...", 1),  # not blank
        ("👍", 1),
        ("Hello, world!", 2),
        ("It's a well-known fact.", 4),
        ("3.14 is pi", 3),
        ("会议推迟到星期五", 8 / 1.6),
        ("水", 1),  # at least one
        ("iPhone 很好用的", 1 + 4 / 1.6),
        ("สวัสดีครับ", 10 / 1.6),
        ("안녕하세요 세계", 2),  # Korean has spaces
    ],
)
def test_count_is_about_what_english_would_have(text, expected):
    assert words.count(text) == pytest.approx(expected)


def test_spans_of_words_are_theirs():
    text = "Don't 会议 stop-gap, x"
    assert [text[start:end] for start, end in words.spans(text)] == ["Don't", "会议", "stop-gap", "x"]


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "a-" * 100_000, "会" * 100_000, "a " * 100_000, "\u0301" * 100_000, "-" * 100_000]
)
def test_count_hostile_text_is_linear(text):
    begun = time.perf_counter()
    assert words.count(text) >= 1
    assert time.perf_counter() - begun < 2
