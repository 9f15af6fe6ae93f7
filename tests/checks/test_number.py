import pytest

from scorer.checks.number import number
from scorer.types import Finding, Languages, Segment


def findings(
    source: str | None, hypothesis: str, languages: str = "en-de", references: tuple[str, ...] = ()
) -> list[Finding]:
    return list(number(Segment(0, source, hypothesis, references, Languages(*languages.split("-")))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Prices rose by 15%.", "Die Preise stiegen um 15 Prozent.", "en-de"),
        ("增长百分之十五", "It grew by 15%.", "zh-en"),
        ("About 160 million people", "约1.6亿人", "en-zh"),
        ("About 160 million people", "Etwa 160.000.000 Menschen", "en-de"),
        ("It costs 1,000 euros", "Es kostet 1.000 Euro", "en-de"),
        ("It costs 1.000 euros", "Es kostet 1 000 Euro", "en-de"),
        ("She has eight dogs", "Sie hat 8 Hunde", "en-de"),
        ("Sie hat 25 Hunde", "She has twenty-five dogs", "de-en"),
        ("8 psů", "eight dogs", "cs-en"),
        ("In the 1990s", "In den 90er Jahren", "en-de"),
        ("At 2:30 pm", "Um 14:30 Uhr", "en-de"),
        ("It ended 3-2.", "Es endete 3:2.", "en-de"),
        ("King Henry 8", "König Heinrich VIII.", "en-de"),
        ("the 1st prize", "le premier prix", "en-fr"),
        ("On 03/05/2020", "Am 3. Mai 2020", "en-de"),
        ("10 to 20 million", "1000万到2000万", "en-zh"),
        ("१५ किताबें", "15 books", "hi-en"),
        ("٣٫٥ كيلو", "3.5 kilos", "ar-en"),
        ("Call +49 30 123456", "Rufen Sie +49 30 123456 an", "en-de"),
        ("5 lakh rupees", "500,000 rupees", "hi-en"),
        ("上世纪六七十年代", "In the 1960s and 1970s", "zh-en"),
        ("出席率达到八成", "attendance reaches 80%", "zh-en"),
        ("6成是男性，平均高两成", "60% are men, 20% higher on average", "zh-en"),
        ("三四五六年级", "grades 3, 4, 5 and 6", "zh-en"),
        ("六四捐助", "the June 4 donation", "zh-en"),
        ("“十四五”良好开局", "a good start of the 14th Five-Year Plan", "zh-en"),
        ("9时半后", "After 9:30", "zh-en"),
        ("±1100千伏特高压", "±1,100 kV", "zh-en"),
        ("over 6 decades", "超过60年", "en-zh"),
        ("over 6 decades", "über sechs Jahrzehnte", "en-de"),
        ("due on 18.12", "fällig am 18.12. des Jahres", "en-de"),
        ("in 2012 hundreds of millions", "im Jahr 2012 Hunderte Millionen", "en-de"),
        ("for just 99p", "für nur 99 Cent", "en-de"),
        ("until 10 a.m. (0200GMT)", "до 10 часов (02:00 GMT)", "en-ru"),
        ("call 85993119", "please call 8599 3119", "zh-en"),
        ("Nothing here", "Nichts hier", "en-de"),
    ],
)
def test_number_same_value_silent(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "message"),
    [
        ("Prices rose by 15%.", "Die Preise stiegen um 50 %.", "en-de", "15% became 50%"),
        ("It ended 3-2.", "Es endete 3:3.", "en-de", "2 became 3"),
        ("He paid 1,500 euros", "Er zahlte 5.100 Euro", "en-de", "1,500 became 5.100"),
        ("约1.6亿人", "About 16 million people", "zh-en", "1.6亿 became 16 million"),
        ("2,5 Milliarden Euro", "2.5 million euros", "de-en", "2,5 Milliarden became 2.5 million"),
        ("8 psů", "9 dogs", "cs-en", "8 became 9"),
        ("Founded in 1952", "Gegründet 1962", "en-de", "1952 became 1962"),
    ],
)
def test_number_changed_major(source: str, hypothesis: str, languages: str, message: str) -> None:
    (finding,) = findings(source, hypothesis, languages)
    assert (finding.message, finding.severity, finding.dimension) == (message, "major", "adequacy")
    assert finding.source_span
    assert finding.hypothesis_span


def test_number_dropped_minor_with_source_span() -> None:
    (finding,) = findings("All 350 seats were taken", "Alle Plätze waren besetzt")
    assert (finding.severity, finding.message, finding.source_span) == ("minor", "350 is missing", (4, 7))


def test_number_added_minor_with_hypothesis_span() -> None:
    (finding,) = findings("All seats were taken", "Alle 350 Plätze waren besetzt")
    assert (finding.severity, finding.message, finding.hypothesis_span) == ("minor", "350 was added", (5, 8))


def test_number_converted_unit_minor() -> None:
    assert [finding.severity for finding in findings("a depth of 100 feet", "eine Tiefe von 30 Metern")] == ["minor"]


def test_number_reference_with_the_same_change_silent() -> None:
    assert findings("It has 97 floors", "Es hat 100 Etagen", references=("Es hat 100 Stockwerke",)) == []


def test_number_against_reference_span_filed_there() -> None:
    (finding,) = findings(None, "The price is 40.", "en-en", ("The price is 80.",))
    assert finding.severity == "major"
    assert finding.reference_span == (13, 15)
    assert finding.source_span is None


def test_number_date_changed_left_to_date() -> None:
    assert findings("On 3 May 2020", "Am 5. Mai 2020") == []


@pytest.mark.parametrize(("source", "hypothesis"), [("", "5"), ("5", ""), (None, "5"), ("  ", "5"), ("5", " \n")])
def test_number_blank_side_silent(source: str | None, hypothesis: str) -> None:
    assert findings(source, hypothesis) == []


def test_number_few_digits_in_other_groups_are_other_numbers() -> None:
    assert findings("grade 45", "Klassen 4 und 5") != []
