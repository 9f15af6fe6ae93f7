import pytest

from scorer.checks.punctuation import punctuation
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, languages: str = "de-en") -> list[Finding]:
    there, here = languages.split("-")
    return list(punctuation(Segment(0, source, hypothesis, languages=Languages(there, here))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "message"),
    [
        ("Kommt er?", "He is coming.", "de-en", "the question mark of the source is lost"),
        ("他来吗？", "He is coming.", "zh-en", "the question mark of the source is lost"),
        ("Έρχεται;", "He is coming.", "el-en", "the question mark of the source is lost"),
        ("Er kommt.", "Is he coming?", "de-en", "a question mark where the source has none"),
        ("Er kommt.", "He is coming", "de-en", 'the final "." is missing'),
        ("他来。", "He is coming", "zh-en", 'the final "。" is missing'),
        ("वह आता है।", "He is coming", "hi-en", 'the final "।" is missing'),
        ("Er kommt.", "He is coming,", "de-en", 'ends in ",", the source in "."'),
        ("Liste:", "List", "de-en", 'the final ":" is missing'),
        ("Halt!", "Stop", "de-en", 'the final "!" is missing'),
        ("Er kam, sah.", "He came,, saw.", "de-en", 'two marks in a row: ",,"'),
        ("Er kam.", "He came..", "de-en", 'two marks in a row: ".."'),
        ("He came.", "他来了。。", "en-zh", 'two marks in a row: "。。"'),
        ("Er kam von dort.", "He came! from there.", "de-en", '"!" in the middle of a sentence'),
        ("He came, he saw.", "他来了,他看。", "en-zh", 'half-width "," among full-width characters'),
        ("他来了，看。", "He came，saw.", "zh-en", 'full-width "，" after a letter'),
        ("He comes.", "वह आता है |", "en-hi", 'a bar "|" in place of the danda "।"'),
        ("Is he coming?", "هل هو قادم?", "en-ar", '"?" in place of "؟"'),
        ("Is he coming?", "Viene?", "en-es", '"?" without its opening "¿"'),
    ],
)
def test_punctuation_fault_is_named(source: str, hypothesis: str, languages: str, message: str) -> None:
    assert [finding.message for finding in findings(source, hypothesis, languages)] == [message]


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Kommt er?", "Is he coming?", "de-en"),
        ("Er fragte: „Kommt er?“", "“Is he coming?” he asked.", "de-en"),
        ("Is he coming?", "Έρχεται;", "en-el"),
        ("Er kommt.", "“He is coming.”", "de-en"),
        ("Er kommt.", "(He is coming.) 😀", "de-en"),
        ("He is coming.", "เขากำลังมา", "en-th"),
        ("Überschrift", "A heading.", "de-en"),
        ("Er kommt...", "He is coming…", "de-en"),
        ("Er kommt . . .", "He is coming ...", "de-en"),
        ("Komm!", "Come.", "de-en"),
        ("std::cout und ../a und 1..10", "std::cout and ../a and 1..10", "de-en"),
        ("¿Viene?", "¿Viene? ¡Sí!", "es-es"),
        ("Er kam, u. a.", "He came, etc., and left. ;-)", "de-en"),
        ("Yahoo! wächst.", "Yahoo! is growing.", "de-en"),
        ("He has 1,000.5.", "他有1,000.5。", "en-zh"),
        ("leer.", "", "de-en"),
        ("***.", "***", "de-en"),
    ],
)
def test_punctuation_right_or_excused_is_silent(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


def test_punctuation_without_an_original_still_sees_doubled_marks() -> None:
    assert [finding.message for finding in findings(None, "He came,, and left")] == ['two marks in a row: ",,"']


def test_punctuation_end_span_is_on_the_mark() -> None:
    [finding] = findings("Er kommt.", "He is coming, ")
    assert finding.hypothesis_span == (12, 13)
