import time

import pytest

from scorer.checks.article import article
from scorer.types import Finding, Languages, Segment


def findings(hypothesis: str, source: str | None = None, language: str | None = "en") -> list[Finding]:
    return list(article(Segment(0, source, hypothesis, languages=Languages("de", language))))


@pytest.mark.parametrize(
    ("hypothesis", "span", "right"),
    [
        ("He ate a apple.", (7, 14), "an"),
        ("He ate an pear.", (7, 14), "a"),
        ("It took a hour.", (8, 14), "an"),
        ("She is at an university.", (10, 23), "a"),
        ("It is an European law.", (6, 17), "a"),
        ("It was an one-way street.", (7, 13), "a"),
        ("It was a unknown man.", (7, 16), "an"),
        ("A old man came.", (0, 5), "an"),
        ("He said: “An man came.”", (10, 16), "a"),
        ("a in-depth look at an new law", (19, 25), "a"),
        ("It has a Italian name.", (7, 16), "an"),
        ("a\u00a0egg", (0, 5), "an"),
    ],
)
def test_article_misfit_is_found(hypothesis: str, span: tuple[int, int], right: str) -> None:
    [finding] = findings(hypothesis)
    assert finding.hypothesis_span == span
    assert (finding.severity, finding.dimension) == ("minor", "fluency")
    assert f'goes with "{right}"' in finding.message


@pytest.mark.parametrize(
    "hypothesis",
    [
        "An hour, an honest heir, an honour; a house, a horse.",
        "A university, a European, a one-off, a unique use of a utility, a ewe, a unanimous vote.",
        "An uninteresting, unimportant and unidentified thing; an uncle, an upper end, an urgent case.",
        "A historic day or an historic day, a hotel or an hotel.",
        "An MP, an FBI agent, an mp3, an x-ray, an 8, an LED, an RSS feed, an rss feed, an nth time, an X.",
        "Plan A is good. Vitamin a is not; options a and b, a or b, (a) always, a. all, à la carte, a la carte.",
        "An Li came. An Nguyen left. A Apple event.",
        "Vis-a-vis each other, the A & E department; the letter a, also an e; a.m. and a' of.",
        "I bought a, e.g., Apple.",
        "a\napple, a\tapple",
        "",
    ],
)
def test_article_that_fits_is_left_alone(hypothesis: str) -> None:
    assert findings(hypothesis) == []


def test_article_of_another_language_or_of_the_original_is_left_alone() -> None:
    assert findings("He ate a apple.", language="fr") == []
    assert findings("He ate a apple.", language=None) == []
    assert findings("The song “a apple”", source="Das Lied „A apple“") == []


def test_article_many_are_cut_off() -> None:
    assert len(findings("a apple " * 100_000)) == 5


def test_article_long_text_is_linear() -> None:
    started = time.perf_counter()
    assert findings("Plan A is good " * 100_000) == []
    assert time.perf_counter() - started < 5
