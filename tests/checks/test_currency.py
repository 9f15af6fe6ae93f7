import pytest

from scorer.checks.currency import currency
from scorer.types import Finding, Languages, Segment


def findings(source: str, hypothesis: str, languages: str = "en-de", references: tuple[str, ...] = ()) -> list[Finding]:
    return list(currency(Segment(0, source, hypothesis, references, Languages(*languages.split("-")))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "message"),
    [
        ("It costs $5.", "Es kostet 5 €.", "en-de", "$ became €"),
        ("It costs $5 million.", "Es kostet 5 Millionen Euro.", "en-de", "$ became Euro"),
        ("投资150亿元", "invested 15 billion dollars", "zh-en", "元 became dollars"),
        ("1.35 bn pounds", "1,35 mrd. euroa", "en-fi", "pounds became euroa"),
        ("EUR 5", "CHF 5", "en-de", "EUR became CHF"),
    ],
)
def test_currency_changed_major(source: str, hypothesis: str, languages: str, message: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert (finding.severity, finding.message) == ("major", message)


@pytest.mark.parametrize(
    ("source", "hypothesis"),
    [
        ("It costs $5.", "Es kostet 5 US-Dollar."),
        ("It costs 5 pounds.", "Es kostet 5 Pfund."),
        ("It costs $5.", "Es kostet 5."),
        ("the European plan for $5", "der europäische Plan für 5 Dollar"),
        ("¥500", "500 Yuan"),
        ("CAD 5", "5 $"),
        ("", "5 €"),
        ("$5", ""),
    ],
)
def test_currency_same_or_absent_silent(source: str, hypothesis: str) -> None:
    assert findings(source, hypothesis) == []


def test_currency_reference_converts_too_silent() -> None:
    assert findings("It costs $5.", "Es kostet 4 €.", references=("Das macht 4 Euro.",)) == []
