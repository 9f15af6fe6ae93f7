import pytest

from scorer.checks.length import length_ratio
from scorer.types import Languages, Segment

GERMAN = "Der Stadtrat hat am Freitag beschlossen, dass die alte Brücke über den Fluss im Sommer gesperrt wird."
ENGLISH = "The city council decided on Friday that the old bridge over the river will be closed in summer."
CHINESE = "市议会周五决定，横跨河流的旧桥将在夏季关闭。"


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "severity"),
    [
        (GERMAN, ENGLISH[:40], "de-en", "minor"),
        (GERMAN, "The bridge.", "de-en", "major"),
        (ENGLISH, GERMAN * 2, "en-de", "minor"),
        (ENGLISH, GERMAN * 5, "en-de", "major"),
        (CHINESE, "The old bridge is closed in summer.", "zh-en", "minor"),
        (ENGLISH, CHINESE * 4, "en-zh", "major"),
    ],
)
def test_length_ratio_far_off_is_found(source: str, hypothesis: str, languages: str, severity: str) -> None:
    there, here = languages.split("-")
    [finding] = length_ratio(Segment(0, source, hypothesis, languages=Languages(there, here)))
    assert (finding.check, finding.severity, finding.dimension) == ("length_ratio", severity, "adequacy")
    assert finding.hypothesis_span == (0, len(hypothesis))


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        (GERMAN, ENGLISH),
        (CHINESE, ENGLISH),
        (ENGLISH, CHINESE),
        ("EU", "Union"),
        (GERMAN, ""),
        ("", ENGLISH),
        (None, "a"),
    ],
)
def test_length_ratio_usual_short_or_empty_is_silent(source: str | None, hypothesis: str) -> None:
    assert list(length_ratio(Segment(0, source, hypothesis))) == []


def test_length_ratio_message_says_how_long() -> None:
    [short] = length_ratio(Segment(0, None, "The bridge.", (ENGLISH,)))
    assert short.message == "the text has 13% of the length expected from the reference"
    [long] = length_ratio(Segment(0, None, ENGLISH * 3, (ENGLISH,)))
    assert long.message == "the text has 3.0 times the length expected from the reference"
