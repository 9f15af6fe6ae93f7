import pytest

from scorer.checks.name import name
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, languages: str, references: tuple[str, ...] = ()) -> list[Finding]:
    return list(name(Segment(0, source, hypothesis, references, Languages(*languages.split("-")))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("In Munich and Germany", "In München und Deutschland", "en-de"),
        ("The American visited in March.", "Der Amerikaner kam im März.", "en-de"),
        ("NATO met.", "L'OTAN s'est réunie.", "en-fr"),
        ("NATO troops left.", "Die NATO-Truppen zogen ab.", "en-de"),
        ("said ITV's Robert Peston", "sagte Robert Peston von ITV", "en-de"),
        ("Tehran and Finland agreed with Angela", "Teheran und Finnland stimmten Angela zu", "en-de"),
        ("We met Angela Merkel.", "Мы встретили Ангелу Меркель.", "en-ru"),
        ("Der Hund bellt im Garten.", "The dog barks in the yard.", "de-en"),
        ("Potkali jsme Nováka.", "We met Novak.", "cs-en"),
        ("The new PM of the UK spoke.", "Der neue Premierminister Großbritanniens sprach.", "en-de"),
        ("Pay BEFORE you order.", "Zahlen Sie VOR der Bestellung.", "en-de"),
        ("the IPO of the company", "der Börsengang der Firma", "en-de"),
        ("It has SO MUCH insulation.", "Es hat so viel Isolierung.", "en-de"),
        ("the Expo-2020 forum", "2020年世博会论坛", "en-zh"),
        ("cases of COVID-19", "新冠肺炎病例", "en-zh"),
        ("Hello #NAME#, welcome", "Hallo, willkommen", "en-de"),  # the check `placeholder` reports that
        ("", "NATO", "en-de"),
        ("NATO", "", "en-de"),
    ],
)
def test_name_kept_or_translatable_silent(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "severity", "message"),
    [
        ("the COVID-19 kits", "die COVID-91-Sets", "en-de", "major", "COVID-19 became COVID-91"),
        ("the A320 landed", "das Flugzeug landete", "en-de", "minor", "A320 is missing"),
        ("the HSBC bank said", "die Bank sagte", "en-de", "minor", "HSBC is missing"),
        ("the FBI said so", "das sagte die CIA", "en-de", "minor", "FBI is missing"),
        ("a USB cable", "ein Kabel", "en-de", "minor", "USB is missing"),
        ("when Merkel spoke", "als Merkle sprach", "en-de", "minor", "Merkel became Merkle"),
        ("他买了 Galaxy 手机", "He bought a Galxay phone", "zh-en", "minor", "Galaxy became Galxay"),
    ],
)
def test_name_lost_table(source: str, hypothesis: str, languages: str, severity: str, message: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert (finding.severity, finding.message) == (severity, message)


def test_name_replaced_in_one_language_major() -> None:
    reference = "The meeting in June was opened by Johnson with a short speech."
    (finding,) = findings(None, reference.replace("Johnson", "Thatcher"), "en-en", (reference,))
    assert (finding.severity, finding.message) == ("major", "Johnson became Thatcher")


def test_name_exchanged_in_one_language_minor() -> None:
    reference = "Yesterday in the final game Anna beat Maria in three sets."
    hypothesis = "Yesterday in the final game Maria beat Anna in three sets."
    (finding,) = findings(None, hypothesis, "en-en", (reference,))
    assert (finding.severity, finding.message) == ("minor", "Anna and Maria changed places")


def test_name_reference_without_it_silent() -> None:
    assert findings("the HSBC bank said", "die Bank sagte", "en-de", ("die Bank sagte es",)) == []


def test_name_short_or_translatable_acronym_that_the_reference_has_is_missed() -> None:
    [finding] = findings("The CEO spoke.", "Der Chef sprach.", "en-de", ("Der CEO sprach.",))
    assert finding.message == "CEO is missing"
    assert findings("The CEO spoke.", "Der Chef sprach.", "en-de", ("Der Vorstand sprach.",)) == []
