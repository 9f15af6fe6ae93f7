import pytest

from scorer.checks.spacing import RULES, spacing
from scorer.types import Finding, Languages, Segment


def findings(source: str | None, hypothesis: str, languages: str = "de-en") -> list[Finding]:
    there, here = languages.split("-")
    return list(spacing(Segment(0, source, hypothesis, languages=Languages(there, here or None))))


@pytest.mark.parametrize(
    ("hypothesis", "language", "message", "marked"),
    [
        ("It cost $ 160 million.", "en", 'space after "$"', "$ 160"),
        ("It cost US$ 1,600.50.", "en", 'space after "US$"', "US$ 1,600.50"),
        ("It grew by 50 % again.", "en", 'space before "%"', "0 %"),
        ("One , two.", "en", 'space before ","', " ,"),
        ("One , two .", "en", 'space before "," (2 such places)', " ,"),
        ("Kommst du ?", "de", 'space before "?"', " ?"),
        ("Il vient .", "fr", 'space before "."', " ."),
        ("他来了 ，然后走了。", "zh", 'space before "，"', " ，"),
        ("Hello,world out there", "en", 'no space after ","', ",w"),
        ("It ended.The rest followed.", "en", 'no space after "."', ".Th"),
        ("He ( who came) left", "en", 'space inside "("', "( "),
        ("He (who came ) left", "en", 'space inside ")"', " )"),
        ("two  spaces", "en", "2 spaces in a row", "  "),
        ("He did n't come", "en", 'space before "n\'t"', " n't"),
        ("It 's him", "en", 'space before "\'s"', " 's"),
        ("北京 大学", "zh", "space between characters", " "),
        (" lead", "en", "space at the start of the text", " "),
        ("trail \n", "en", "space at the end of the text", " \n"),
    ],
)
def test_spacing_fault_is_named_and_marked(hypothesis: str, language: str, message: str, marked: str) -> None:
    [finding] = findings("Ein Text ohne Fehler", hypothesis, f"de-{language}")
    assert finding.message == message
    assert finding.hypothesis_span is not None
    assert hypothesis[slice(*finding.hypothesis_span)] == marked
    assert finding.severity == "minor"


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("It cost $160.", "Das kostet 160 $ oder € 160.", "en-de"),
        ("Es kostet 160 $.", "It cost $160 million.", "de-en"),
        ("Is he coming?", "Vient-il ? Oui ! « Bien sûr » ; voilà : merci.", "en-fr"),
        ("50%", "50 % davon", "en-de"),
        ("Siehe www.a,bc.de und a.B@c.de", "See www.a,bcd.de and ab.Cd@ef.de", "de-en"),
        ("Mit Node.Js gemacht", "Made with Node.Js", "de-en"),
        ("z.B. U.S.A.", "e.g. the U.S.A. and i.e. J.R.R. Tolkien", "de-en"),
        ("1,000.50", "1,000.50 and 3.Day", "de-en"),
        ("Schön :)", "Nice :) and .NET and .5 and ...", "de-en"),
        ("Er kam . . . spät", "He came . . . late", "de-en"),
        ("a  b", "a  b", "de-en"),
        ("Satz. Satz.", "Sentence.  Sentence.", "de-en"),
        ("他说,好", "他说,好的,word", "zh-zh"),
        (" lead and trail ", " lead and trail ", "de-en"),
        ("（好）", "好（ 的）", "zh-zh"),
        ("leer", "", "de-en"),
        ("leer", "   ", "de-en"),
    ],
)
def test_spacing_right_for_its_language_is_excused(source: str, hypothesis: str, languages: str) -> None:
    assert findings(source, hypothesis, languages) == []


def test_spacing_fault_of_a_reference_in_the_same_language_is_excused() -> None:
    segment = Segment(0, None, "It cost $ 160.", ("It costs $ 165.",), languages=Languages(None, "en"))
    assert list(spacing(segment)) == []


def test_spacing_fault_of_a_source_in_another_language_is_no_excuse() -> None:
    [finding] = findings("Cela coûte 160 $ ou $ 160.", "It costs $ 165.", "fr-en")
    assert finding.message == 'space after "$"'


def test_spacing_rules_never_match_nothing() -> None:
    assert all(rule.pattern.search("") is None for rule in RULES)
