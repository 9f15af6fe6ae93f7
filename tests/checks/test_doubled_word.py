import pytest

from scorer.checks.doubled_word import doubled_word
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, language: str | None = "en") -> list[Finding]:
    return list(doubled_word(Segment(0, source, hypothesis, languages=Languages("de", language))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "language", "span", "severity"),
    [
        ("Er kam in das Haus.", "He came to the the house.", "en", (11, 18), "minor"),
        ("Er kam.", "The the man came.", "en", (0, 7), "minor"),
        ("Er kam.", "He came in the in the house.", "en", (8, 21), "minor"),
        ("Er kam.", "He came home home home late.", "en", (8, 22), "major"),
        ("He came before dawn.", "Er kam vor vor Tagesanbruch.", "de", (7, 14), "minor"),
        ("He came.", "Он уже был был здесь.", "ru", (7, 14), "minor"),
        ("Very, very big.", "the the very very big", "en", (0, 7), "minor"),
        ("Aus den Vereinigten Staaten.", "From the United States States.", "en", (16, 29), "minor"),
        (None, "He came to the the house.", None, (11, 18), "minor"),
        ("He came.", "Dia rumah rumah rumah datang.", "id", (4, 21), "major"),
    ],
)
def test_doubled_word_mistake_is_found(
    source: str | None, hypothesis: str, language: str | None, span: tuple[int, int], severity: str
) -> None:
    [finding] = findings(source, hypothesis, language)
    assert finding.hypothesis_span == span
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("source", "hypothesis", "language"),
    [
        ("Er sagte, dass das falsch war.", "He said that that was wrong.", "en"),
        ("Er hatte es gehabt.", "He had had it.", "en"),
        ("They who did it stayed.", "Die, die die Arbeit machten, blieben.", "de"),
        ("If they see them, they run.", "Wenn sie sie sehen, laufen sie.", "de"),
        ("We stand up.", "Nous nous levons et vous vous asseyez.", "fr"),
        ("Sie flogen nach Bora Bora.", "They flew to Bora Bora.", "en"),
        ("他们飞往波拉波拉岛。", "They flew to Bora Bora.", "en"),
        ("Koncert Duran Duranem.", "A concert with Duran Duran.", "en"),
        ("Er hustete dauernd, dauernd.", "He coughed always always.", "en"),
        ("Slowly he came.", "Yavaş yavaş geldi.", "tr"),
        ("The children came.", "Anak anak datang.", "id"),
        ("Slowly.", "धीरे धीरे चलो।", "hi"),
        ("He is often here.", "他常常在这里。", "zh"),
        ("Die Nummer ist 12 12.", "The number is 12 12.", "en"),
        ("Er kam; er sah.", "That is it. It is done.", "en"),
        ("Ein echter Kampf eins gegen eins.", "A one-on-one on one side.", "en"),
        ("Mehr und mehr Leute.", "And more and more people came.", "en"),
        ("Text", "", "en"),
    ],
)
def test_doubled_word_on_purpose_is_excused(source: str, hypothesis: str, language: str) -> None:
    assert findings(source, hypothesis, language) == []


def test_doubled_word_name_beside_its_logo_is_no_error() -> None:
    assert list(doubled_word(Segment(0, "瑞士欧米茄OMEGA", "Swiss Omega OMEGA", (), Languages("zh", "en")))) == []
    [finding] = doubled_word(Segment(0, "瑞士表", "Swiss watch watch", (), Languages("zh", "en")))
    assert finding.message == '"watch" is written twice in a row'
