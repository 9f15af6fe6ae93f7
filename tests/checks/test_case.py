import pytest

from scorer.checks.case import case
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, languages: str = "de-en") -> list[Finding]:
    there, here = languages.split("-")
    return list(case(Segment(0, source, hypothesis, languages=Languages(there, here))))


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages", "message", "span"),
    [
        ("Er kam gestern.", "he came Yesterday.", "de-en", '"he" starts the sentence in lower case', (0, 2)),
        ("Er sagte: nein.", "„er sagte: Nein.", "de-de", '"er" starts the sentence in lower case', (1, 3)),
        ("他昨天来了。", "he came Yesterday at noon.", "zh-en", '"he" starts the sentence in lower case', (0, 2)),
        ("Er kam nach Wien.", "he came to vienna.", "de-en", "the text has no capital letter", (0, 18)),
        ("Er kam nach Wien.", "HE CAME TO VIENNA.", "de-en", "the text is in capitals", (0, 18)),
        ("他昨天来了维也纳。", "HE CAME TO VIENNA.", "zh-en", "the text is in capitals", (0, 18)),
        ("Gestern kam ich.", "Yesterday i came and left.", "de-en", '"i" is written small', (10, 11)),
        ("Gestern kam ich.", "Yesterday i'm told it rained.", "de-en", '"i\'m" is written small', (10, 13)),
    ],
)
def test_case_fault_is_named(source: str, hypothesis: str, languages: str, message: str, span: tuple[int, int]) -> None:
    [finding] = findings(source, hypothesis, languages)
    assert (finding.message, finding.hypothesis_span, finding.severity) == (message, span, "minor")


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Das iPhone ist da.", "iPhones have arrived.", "de-en"),
        ("Straße", "street", "de-en"),
        ("Von Gogh kam.", "van Gogh came.", "de-en"),
        ("'s Avonds komt hij.", "'s Avonds komt hij.", "nl-nl"),
        ("und dann kam er.", "and then he came.", "de-en"),
        ("WARNUNG VOR DEM HUND", "BEWARE OF THE DOG", "de-en"),
        ("Die NATO, EU und UNO.", "NATO, EU, UN.", "de-en"),
        ("He came home late.", "ის გვიან მოვიდა სახლში.", "en-ka"),
        ("He came home late.", "他回家很晚。", "en-zh"),
        ("Observe the Text in Blue.", "अब text नीले रंग में दिखता है और center aligned है।", "en-hi"),
        ("Kapitel (i) und ii", "Chapter (i) and i.e. Napoleon", "de-en"),
        ("Sei i gleich 1", "Let i = 1", "de-en"),
        ("Ich kam.", "Ich weiß i net recht.", "de-de"),
        ("Er kam.", "", "de-en"),
    ],
)
def test_case_right_or_unknowable_is_silent(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


def test_case_without_an_original_only_sees_the_pronoun() -> None:
    assert findings(None, "he came home and then he left again.") == []
    assert len(findings(None, "Then i came home.")) == 1
