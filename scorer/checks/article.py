"""The English article that does not fit the sound after it: `a apple`, `an car`.

It goes by sound, not by letter: `an hour`, `a university`, `a one-way street`. Words that people say in two ways
(`a historic`, `an historic`), abbreviations, single letters and figures are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scorer.checks import register
from scorer.checks.writing import MOST, original_text, shown, words
from scorer.types import Finding, Segment, found

# An article and the word after it; not `vis-a-vis`, `(a)`, `an MP`, `an mp3`, `an x-ray`.
_PAIR = re.compile(r"(?<![\w.'’/&+@-])([Aa]n?)[ \u00a0]([A-Za-z][a-z]+)(?![\w@&]|[.'’][A-Za-z])")
# "A" and "An" begin a sentence here; elsewhere they are letters (`Plan A is`) and names (`An Li`).
_BEGINS = re.compile(r"(?:\A|[.!?:…\n])[\s\"“‘«(\[]{0,3}\Z")
# Before these, "a" is a letter (`a and b`) or a word of another language (`a la carte`).
_AFTER_A_LETTER = words("am an and are as at el il in into is it of on or")
# The first that matches says whether a word begins with a vowel for the ear; `None`: people differ, or nobody knows.
_SOUNDS = tuple(
    (re.compile(pattern, re.IGNORECASE), vowel)
    for pattern, vowel in (
        (r"hour|honest|honou?r|heir", True),
        (r"..\b", None),
        (r"h(?:abit|allu|armon|erb|ered|ero|isp|ist|omage|orri|otel|umbl|yp|yst)", None),
        (r"eu|ew|oui|(?:one|ones|oneself|onesie|once)\b", False),
        (r"uni(?:[nm]|dent|ss)", True),
        (r"uni|unan[^s]|us[aeu]|util|utop|ubiq|uran|urugu|ukul|uter|urin", False),
        (r"u(?:n(?!es)|p|mb|gl|l[ct]|r[bcgn]|tt|sh|dd)", True),
        (r"u", None),
        (r"[aeio]", True),
        (r"y[^aeiou]|[mn][^aeiouy]|[^aeiouy]+\b|der\b|des\b", None),
        (r"(?:few|fun|law|lot|man|map|net|new|red|row|set|six|son)\b", False),
        (r"[fhlmnrsx]..\b", None),  # perhaps an abbreviation, whose letters' names begin with vowels: `an rss feed`
        (r"[a-z]", False),
    )
)


@register("article")
def article(segment: Segment) -> Iterator[Finding]:
    """Yield a finding for each "a" before a vowel and each "an" before a consonant, in English."""
    if segment.languages.hypothesis == "en":
        yield from islice(_misfits(segment), MOST)


def _misfits(segment: Segment) -> Iterator[Finding]:
    original = original_text(segment).lower()
    for match in _PAIR.finditer(segment.hypothesis):
        here, word = match.groups()
        if here[0] == "A" and (word[0].isupper() or not _begins(segment.hypothesis, match.start())):
            continue
        if (here in "aA" and word in _AFTER_A_LETTER) or match[0].lower() in original:
            continue
        vowel = begins_with_vowel(word)
        if vowel is not None and vowel != here.lower().endswith("n"):
            right, wrong = ("an", "a") if vowel else ("a", "an")
            message = f"{shown(word)} goes with {shown(right)}, not with {shown(wrong)}"
            yield found(segment, "article", "minor", "fluency", message, hypothesis=match.span())


def _begins(text: str, place: int) -> bool:
    """Return whether a sentence begins at a place; four characters before it tell."""
    return bool(_BEGINS.search(text, max(0, place - 4), place))


def begins_with_vowel(word: str) -> bool | None:
    """Return whether an English word begins with a vowel for the ear; `None` where that is not sure.

    >>> begins_with_vowel("hour"), begins_with_vowel("university"), begins_with_vowel("historic")
    (True, False, None)
    """
    return next((vowel for pattern, vowel in _SOUNDS if pattern.match(word)), None)
