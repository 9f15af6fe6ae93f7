import pytest

from scorer.checks.writing import ending, pieces, shown, times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's the café-bar.", ["it", "s", "the", "café", "bar"]),
        ("他说hello。", ["他", "说", "hello"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया"]),
        ("ภาษา", ["ภ", "า", "ษ", "า"]),
        ("$ 160 — …", ["160"]),
        ("", []),
    ],
)
def test_pieces_are_words_or_characters(text: str, expected: list[str]) -> None:
    assert [piece.key for piece in pieces(text)] == expected


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("He came.", "stop", (7, 8)),
        ("“He came.” ", "stop", (8, 9)),
        ("Really?!", "question", (6, 8)),
        ("Well...", "ellipsis", (4, 7)),
        ("他来了。」", "stop", (3, 4)),
        ("He came", None, (6, 7)),
        ("Nice 😀", None, (3, 4)),
        ("वह आया।", "stop", (6, 7)),
        ("", None, (0, 0)),
        ('""', None, (2, 2)),
    ],
)
def test_ending_looks_through_closers(text: str, kind: str | None, span: tuple[int, int]) -> None:
    assert ending(text) == (kind, span)


def test_ending_greek_semicolon_asks() -> None:
    assert ending("Έρχεται;", "el").kind == "question"
    assert ending("He came;", "en").kind == "comma"


def test_shown_cuts_and_escapes() -> None:
    assert shown("a\u202eb\x00") == '"a<U+202E>b<U+0000>"'
    assert shown('say "so"') == "'say \"so\"'"
    assert shown("x" * 100, 10) == '"xxxxxxxxx…"'
    assert shown("\ud800").encode() == b'"<U+D800>"'


def test_times_two_is_twice() -> None:
    assert (times(2), times(3)) == ("twice", "3 times")
