import pytest

from scorer.checks.wrong_language import wrong_language
from scorer.types import Finding, Languages, Segment

GERMAN = "Der Ausschuss hat am Dienstag beschlossen, die Entscheidung über den Haushalt zu verschieben."
ENGLISH = "The committee decided on Tuesday to postpone the decision about the budget of the coming year."
CHINESE = "委员会星期二决定推迟关于明年预算的决定，直至另行通知。"
RUSSIAN = "Комитет во вторник решил отложить решение о бюджете на следующий год."
JAPANESE = "委員会は火曜日に来年の予算についての決定を延期することを決めました。"


def findings(hypothesis: str, language: str | None) -> list[Finding]:
    return list(wrong_language(Segment(0, None, hypothesis, ("x",), Languages(None, language))))


@pytest.mark.parametrize(
    ("hypothesis", "language"),
    [
        (CHINESE, "en"),
        (RUSSIAN, "de"),
        (ENGLISH, "zh"),
        (ENGLISH, "ru"),
        (ENGLISH, "hi"),
        (JAPANESE, "zh"),
        (JAPANESE, "ru"),
        (GERMAN, "en"),
        (ENGLISH, "de"),
        (GERMAN, "fr"),
        ("我不知道", "en"),
    ],
)
def test_wrong_language_other_language_critical(hypothesis: str, language: str) -> None:
    (finding,) = findings(hypothesis, language)
    assert finding.severity == "critical"
    assert finding.hypothesis_span == (0, len(hypothesis))


@pytest.mark.parametrize(
    ("hypothesis", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (CHINESE, "zh"),
        (RUSSIAN, "ru"),
        (JAPANESE, "ja"),
        (RUSSIAN, "uk"),
        (GERMAN, None),
        (GERMAN, "xx"),
        ("iPhone 12 Pro Max", "zh"),
        ("Angela Merkel, Emmanuel Macron, Boris Johnson, Giuseppe Conte, Mark Rutte, Pedro Sánchez", "de"),
        ("https://example.org/this-is-english-text-in-an-address-of-some-length", "ru"),
        ("OK", "de"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_wrong_language_right_near_or_unknown_silent(hypothesis: str, language: str | None) -> None:
    assert findings(hypothesis, language) == []


def test_wrong_language_identifier_shared_one_untouched() -> None:
    from py3langid import langid

    findings(GERMAN, "en")
    labels = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE).labels
    assert len(labels) > 90
