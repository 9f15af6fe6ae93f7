"""Codes, acronyms and names in Latin letters that a translation lost, misspelt or exchanged.

A code ("A320", "COVID-19") survives translation, an acronym of three letters mostly, a name often: cities have exonyms,
titles are translated, German capitalises every noun. So across languages a missing name is only told where a misspelt
one stands in its place, and no missing acronym that is usually translated: people did not mind what became of "UK",
"PM" or "IPO" (docs/decisions/0018-worth.md). In one language names can be compared one by one.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from scorer import checks
from scorer.entities import Mention, fold, names, outside, protected
from scorer.types import Finding, Original, Segment, Severity, found

# Names are sought one by one in the other text; a text with more of them is a list or an attack.
MOST_NAMES = 100
MISSPELT = 0.75
# Share of common words from which names of two texts in one language can be paired, and from which the pairs are sure.
NEARLY_THE_SAME, THE_SAME = 0.55, 0.7
# Letters of the same organisations and countries in other languages.
_EQUIVALENT = (
    "un uno onu vn oon yk üro ano onz", "eu ue es el ab ee", "nato otan", "us usa eeuu sua asv abd eua usas stati usab",
    "uk gb ru vk", "who oms", "gdp bip pib bdp bbp hdp pil skp iktp ikp", "imf iwf fmi", "wto omc dto",
    "vat mwst tva iva btw dph", "dna adn dns", "rna arn rns", "aids sida", "ceo pdg", "ngo ong nro", "pm am",
    "ussr udssr urss nsvl psrs", "uae vae eau", "hiv vih", "ai ki ia", "ww wk", "ad bc nchr vchr mkr pkr", "ps hp",
    "covid19 ковид19 新冠",
)  # fmt: skip
# In capitals and still to be translated: acronyms that are spelt out or have other letters elsewhere, and words that
# are STRESSED.
_TRANSLATED = frozenset(
    key
    for line in (
        "ipo vat gnp mps msp msps mep meps ceo cfo cto coo usa usd eur gbp rmb diy faq rsvp tba tbd wtf lol omg",
        "aka asap fyi imho btw another never ever always must only very really more most best free please note",
        "warning before after without every this that they your what when where which does have been will just",
        "much many some none both each here there again still even with from into over under about because",
        "nothing everything everyone news you all any not and the now out own was why who how too yes new get has",
        "can but for one two ban dry big bad wet day off say see use way may our her his its she him let put try",
    )
    for key in line.split()
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
# From so many capitals on an acronym is the same everywhere, mostly.
LONG_ACRONYM = 3
_GROUPS = {key: group for group in (line.split() for line in _EQUIVALENT) for key in group}


@checks.register("name")
def name(segment: Segment) -> Iterator[Finding]:
    """Yield a finding for each code, acronym or name that the other text should have and does not."""
    original, language = segment.original, segment.languages.hypothesis
    if original is None or not original.text.strip() or not segment.hypothesis.strip():
        return
    theirs, ours = _names(original.text, original.language), _names(segment.hypothesis, language)
    lost = _missing(theirs, segment.hypothesis)
    came_in = _missing(ours, original.text)
    if original.side == "source" and segment.references:
        lost = [mention for mention in lost if any(_stands_in(mention, fold(text)) for text in segment.references)]
        came_in = [
            mention for mention in came_in if not any(_stands_in(mention, fold(text)) for text in segment.references)
        ]
    if original.language == language and language is not None:
        yield from _same_language(segment, original, lost, came_in)
    else:
        yield from _across(segment, theirs[:MOST_NAMES], lost, came_in)


def _names(text: str, language: str | None) -> list[Mention]:
    """Return the names outside addresses and placeholders, which have checks of their own."""
    return outside(names(text, language), protected(text))


def _missing(these: Sequence[Mention], other: str) -> list[Mention]:
    folded = fold(other)
    return [mention for mention in these[:MOST_NAMES] if not _stands_in(mention, folded)]


def _stands_in(mention: Mention, folded: str) -> bool:
    """Return whether a name occurs in a folded text, inflected, compounded or as its counterpart elsewhere."""
    key = mention.key
    stem = key if mention.kind != "name" or len(key) < 5 else key[: max(4, len(key) - 2)]
    return stem in folded or any(other in folded for other in _GROUPS.get(key, ())) or _is_dated(mention, folded)


def _is_dated(mention: Mention, folded: str) -> bool:
    """Return whether a name with a year in it, "Expo-2020", may have come apart: 2020年世博会."""
    year = _YEAR.search(mention.key) if mention.kind == "code" else None
    return year is not None and year[0] in folded


def _across(segment: Segment, theirs: list[Mention], lost: list[Mention], came_in: list[Mention]) -> Iterator[Finding]:
    """Yield what is missing from a text in another language."""
    hypothesis = segment.hypothesis
    latin = sum("a" <= sign <= "z" for sign in hypothesis.lower()) > len(hypothesis) / 3
    words = [word.strip(".,;:!?\"'()“”„«»") for word in hypothesis.split()[:2000]] if theirs else []
    for mention in lost:
        if mention.kind == "code" and (wrong := _recoded(mention, came_in)):
            yield _finding(segment, mention, f"{mention.text} became {wrong.text}", wrong, "major")
        elif (mention.kind == "code" and (latin or len(mention.key) > 3)) or (
            mention.kind == "acronym"
            and latin
            and (segment.references or _is_kept(mention))  # references that have it as well vouch for it
            and not _initials(mention, words)
        ):
            yield _finding(segment, mention, f"{mention.text} is missing")
    yield from _slips(segment, theirs, words)


def _is_kept(acronym: Mention) -> bool:
    """Return whether translations keep an acronym as it is, mostly."""
    return acronym.key not in _TRANSLATED and sum(sign.isupper() for sign in acronym.text) >= LONG_ACRONYM


def _slips(segment: Segment, theirs: list[Mention], words: Sequence[str]) -> Iterator[Finding]:
    """Yield a minor finding for each name that stands in the hypothesis with its letters in another order."""
    folded = fold(segment.hypothesis)
    capitalised = {word: fold(word) for word in words if word[:1].isupper() and len(word) > 3}
    for mention in theirs:
        if mention.kind == "name" and mention.key not in folded and (slip := _misspelling(mention, capitalised)):
            yield _finding(segment, mention, f"{mention.text} became {slip}")


def _recoded(mention: Mention, ours: Sequence[Mention]) -> Mention | None:
    """Return the code that has the same letters and other digits: COVID-19 that became COVID-91."""
    letters = "".join(sign for sign in mention.key if not sign.isdigit())
    same = (
        other
        for other in ours
        if other.kind == "code" and other.key != mention.key and len(other.key) == len(mention.key)
    )
    return next((other for other in same if "".join(sign for sign in other.key if not sign.isdigit()) == letters), None)


def _misspelling(mention: Mention, words: Mapping[str, str]) -> str | None:
    """Return the word that has a name's letters in another order; likeness would accuse "Teheran" for "Tehran"."""
    letters = sorted(mention.key)
    if len(letters) < 5:
        return None
    return next((word for word, key in words.items() if len(key) == len(letters) and sorted(key) == letters), None)


def _initials(mention: Mention, words: Sequence[str]) -> bool:
    """Return whether an acronym is spelt out: words in a row whose initials make it."""
    return mention.key in "".join(fold(word)[:1] for word in words)


def _same_language(
    segment: Segment, original: Original, lost: list[Mention], came_in: list[Mention]
) -> Iterator[Finding]:
    """Yield names that gave way to others, then those that are missing, then an exchange of places."""
    pairs = list(zip(lost, came_in, strict=True)) if len(lost) == len(came_in) else []
    alike = _share_of_words(original.text, segment.hypothesis)
    for left, right in pairs if alike >= NEARLY_THE_SAME else ():
        same = difflib.SequenceMatcher(a=left.key, b=right.key).ratio() >= MISSPELT
        severity: Severity = "major" if alike >= THE_SAME and not same and left.kind == right.kind else "minor"
        yield _finding(segment, left, f"{left.text} became {right.text}", right, severity)
    if not pairs and alike >= NEARLY_THE_SAME:
        for mention in lost:
            yield _finding(segment, mention, f"{mention.text} is missing")
    if not lost and not came_in and alike >= 0.9:
        yield from _exchanged(segment, original)


def _exchanged(segment: Segment, original: Original) -> Iterator[Finding]:
    """Yield a minor finding where the same names stand in another order in the same words."""
    theirs = [mention for mention in names(original.text, None) if mention.kind != "code"]
    ours = [mention for mention in names(segment.hypothesis, None) if mention.kind != "code"]
    order, other = [mention.key for mention in theirs], [mention.key for mention in ours]
    if order != other and Counter(order) == Counter(other) and len(set(order)) > 1:
        at = next(i for i, (left, right) in enumerate(itertools.zip_longest(order, other)) if left != right)
        yield _finding(segment, theirs[at], f"{theirs[at].text} and {ours[at].text} changed places", ours[at])


def _share_of_words(left: str, right: str) -> float:
    bags = [Counter(fold(word) for word in text.split()) for text in (left, right)]
    return (bags[0] & bags[1]).total() / max(bags[0].total(), bags[1].total(), 1)


def _finding(
    segment: Segment, lost: Mention, message: str, ours: Mention | None = None, severity: Severity = "minor"
) -> Finding:
    return found(
        segment, "name", severity, "adequacy", message, hypothesis=ours.span if ours else None, original=lost.span
    )
