import pytest

from scorer.checks.truncation import truncation
from scorer.types import Languages, Segment

LONG = (
    "Der Rat hat am Freitag beschlossen, dass die alte Brücke über den Fluss im Sommer für zwei Monate gesperrt wird."
)
WHOLE = "The city council decided on Friday that the old bridge over the river will be closed for two months in summer."


@pytest.mark.parametrize(
    ("hypothesis", "message"),
    [
        ("The city council decided on Friday", "the text stops without an end, far shorter than expected"),
        ("The city council decided on Friday that the old bridge over the", 'the text breaks off after "the"'),
        ("The city council decided on Friday that the old bridge,", 'the text breaks off at ","'),
        ("The city council decided on Friday that the old bri-", 'the text breaks off at "-"'),
        (WHOLE.removesuffix(" two months in summer."), 'the text breaks off after "for"'),
    ],
)
def test_truncation_broken_text_is_found(hypothesis: str, message: str) -> None:
    [finding] = truncation(Segment(0, LONG, hypothesis, languages=Languages("de", "en")))
    assert finding.message == message
    assert (finding.severity, finding.dimension) == ("major", "adequacy")
    assert finding.hypothesis_span is not None
    assert finding.hypothesis_span[1] == len(hypothesis)


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        (LONG, WHOLE, "de-en"),
        (LONG, WHOLE.removesuffix("."), "de-en"),  # only the period is missing
        (LONG, "The bridge is closed.", "de-en"),  # short, but a sentence
        (LONG, "", "de-en"),
        ("What are you waiting for?", "Worauf wartest du", "en-de"),
        ("Liste der", "List of the", "de-en"),  # the original breaks off as well
        ("Auf was wartest du?", "What are you waiting for?", "de-en"),
        ("„Ich komme“, sagte er.", "“I am coming,”", "de-en"),
        (None, "The city council decided on the", "de-en"),
        ("Er kommt aus den USA.", "He is from THE", "de-en"),
    ],
)
def test_truncation_finished_or_excused_text_is_silent(source: str | None, hypothesis: str, languages: str) -> None:
    there, here = languages.split("-")
    assert list(truncation(Segment(0, source, hypothesis, languages=Languages(there, here)))) == []
