import pytest

from scorer.entities import fold, names, protected, survivors


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Hi {0}, you have %(n)d of %1$s", ["{0}", "%(n)d", "%1$s"]),
        ("Dear {{ user.name }}, ${total}", ["{{ user.name }}", "${total}"]),
        ("%s and %d files", ["%s", "%d"]),
        ("100% sure, 5 % dabei, 50%ige", []),
        ('<b>bold</b> <a href="x">y</a> a < b > c', ["<b>", "</b>", '<a href="x">', "</a>"]),
        ("AT&amp;T &#39; &nbsp;", ["&amp;", "&#39;", "&nbsp;"]),
        ("See https://example.org/a?b=1, or www.x.de.", ["https://example.org/a?b=1", "www.x.de"]),
        ("访问https://example.org/a。谢谢", ["https://example.org/a"]),
        ("Mail help@example.com!", ["help@example.com"]),
        ("{n, plural, one {# file} other {# files}}", ["{n, plural"]),
        ("#PRS_ORG# and %NAME%", ["#PRS_ORG#", "%NAME%"]),
    ],
)
def test_protected_text_marks(text: str, marks: list[str]) -> None:
    found = [mention for mention in protected(text) if mention.text not in ("{# file}", "{# files}")]
    assert [mention.text for mention in found] == marks
    assert all(text[slice(*mention.span)] == mention.text for mention in found)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Yesterday Angela Merkel met NATO chiefs.", "en", ["name:angela", "name:merkel", "acronym:nato"]),
        ("Gestern traf Angela Merkel die NATO.", "de", ["acronym:nato"]),
        ("We tested an A320 and COVID-19 kits.", "en", ["code:a320", "code:covid19"]),
        ("ITV's CO2-Emissionen", "de", ["acronym:itv", "code:co2"]),
        ("他买了 iPhone", "zh", ["name:iphone"]),
        ("BREAKING NEWS FROM LONDON TODAY", "en", []),
        ("Louis XIV reigned", "en", []),
        ("The. Dog. Barks.", "en", []),
    ],
)
def test_names_text_kind_and_key(text: str, language: str, expected: list[str]) -> None:
    assert [f"{mention.kind}:{mention.key}" for mention in names(text, language)] == expected


def test_survivors_translation_has_the_same_keys() -> None:
    english = survivors("NATO paid 1,500 dollars to {name} (see https://www.example.org/).", "en")
    german = survivors("Die NATO zahlte 1.500 Dollar an {name} (siehe http://example.org).", "de")
    assert set(english) == set(german) == {"acronym:nato", "number:1500", "placeholder:{name}", "url:example.org"}


def test_survivors_digits_of_an_address_are_no_numbers() -> None:
    assert list(survivors("https://example.org/2020/15", "en")) == ["url:example.org/2020/15"]


def test_survivors_repeated_number_has_two_spans() -> None:
    assert survivors("5 and 5", "en") == {"number:5": [(0, 1), (6, 7)]}


def test_fold_case_accents_punctuation_gone() -> None:
    assert fold("Zürich's") == fold("ZURICHS") == "zurichs"
