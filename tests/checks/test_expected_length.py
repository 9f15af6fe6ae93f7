import pytest

from scorer.checks.expected_length import deviation, weighted
from scorer.types import Languages, Segment


@pytest.mark.parametrize(
    ("text", "length", "script"),
    [
        ("two words", 8.0, "latin"),
        ("中文", 5.8, "han"),
        ("これは本です", 5 * 1.5 + 2.9, "kana"),
        ("Привет", 6.0, "cyrillic"),
        ("नमस्ते", 6.0, "indic"),
        ("123 456", 6.0, "other"),
        (" \u3000\n", 0.0, "other"),
    ],
)
def test_weighted_counts_letters_by_script(text: str, length: float, script: str) -> None:
    assert weighted(text) == (pytest.approx(length), script)


def test_deviation_same_language_expects_the_same_length() -> None:
    assert deviation(Segment(0, None, "a b c d", ("d c b a",), languages=Languages(None, "de"))) == (0.0, 0.0)


def test_deviation_is_narrower_for_longer_texts() -> None:
    short, long = deviation(Segment(0, "a" * 20, "a" * 10)), deviation(Segment(0, "a" * 2000, "a" * 1000))
    assert short is not None
    assert long is not None
    assert short[0] == long[0]
    assert long[1] < 2 * short[1] < 0


def test_deviation_blank_side_is_undefined() -> None:
    assert deviation(Segment(0, " ", "text")) is None
    assert deviation(Segment(0, "text", "")) is None
