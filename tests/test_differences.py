from __future__ import annotations

import time

import pytest

from scorer.differences import LONGEST, differing


@pytest.mark.parametrize(
    ("left", "right", "in_left", "in_right"),
    [
        ("a b c", "a b c", [], []),
        ("a b c", "a x c", ["b"], ["x"]),
        ("a b c d", "a d", ["b c"], []),
        ("a d", "a b c d", [], ["b c"]),
        ("Say “yes”", "say 'yes'", ["“", "”"], ["'", "'"]),  # double and single quotes are not the same
        ("Say “yes”", 'SAY "yes"', [], []),
        ("don’t", "don't", [], []),
        ("会议推迟到星期五", "会议推迟到星期六", ["五"], ["六"]),
        ("", "new", [], ["new"]),
        ("", "", [], []),
        ("end.", "end!", ["."], ["!"]),
    ],
)
def test_differing_spans_are_what_the_other_lacks(left, right, in_left, in_right):
    spans, others = differing(left, right)
    assert [left[start:end] for start, end in spans] == in_left
    assert [right[start:end] for start, end in others] == in_right


def test_differing_is_about_the_same_from_either_side():
    left, right = differing("the cat sat on the mat", "the dog sat on a mat")
    assert differing("the dog sat on a mat", "the cat sat on the mat") == (right, left)


@pytest.mark.parametrize("text", ["a " * 100_000, "a" * 100_000, "会" * 100_000, "a-" * 50_000])
def test_differing_hostile_text_is_bounded(text):
    begun = time.perf_counter()
    differing(text, text + " more")
    differing(text[: 2 * LONGEST], text[: 2 * LONGEST] + " more")
    assert time.perf_counter() - begun < 5
