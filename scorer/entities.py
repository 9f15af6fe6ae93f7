"""What must survive a translation as it stands: placeholders, addresses, numbers, acronyms and names in Latin letters.

A mention has a key that is the same in every language ("number:15", "url:example.org/a"), so that a text and its
translation can be compared by counting keys. Names are the weakest kind: exonyms ("München") and translated titles do
not survive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scorer.composed import normalised
from scorer.numerals import numbers
from scorer.types import Span

Kind = Literal["placeholder", "url", "email", "number", "code", "acronym", "name"]

# Each quantifier is bounded: these run over hostile text.
_EMAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
_URL = r"(?:https?://|www\.)[^\s<>\"'“”«»（）()，。；！？、）】一-鿿]{2,2000}"
_TAG = r"</?[A-Za-z][\w:-]{0,30}(?:\s[^<>]{0,500})?/?>"
_ENTITY = r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});"
_BRACES = r"\{\{\s?[\w.$#/-]{1,64}\s?\}\}|\$\{[\w.]{1,64}\}|\{[\w.$#-]{0,64}(?::[^{}\s]{0,16})?"
_ICU = r"(?:,\s?(?:plural|select|number|date)\b)?\}?"
_PRINTF = r"%(?:\d{1,2}\$)?[-+0#]{0,2}\d{0,3}(?:\.\d{1,2})?(?:l{0,2}[dioux]|[sfgeEcrdi@])(?![A-Za-z])"
_NAMED = r"%\([\w.]{1,64}\)[sdifr]|%[A-Z_]{2,32}%|#[A-Z_]{3,32}#"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(_EMAIL)),
    ("url", re.compile(_URL)),
    ("placeholder", re.compile(f"{_TAG}|{_ENTITY}|{_BRACES}{_ICU}|{_PRINTF}|{_NAMED}")),
)
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_TOKEN = re.compile(rf"[{_LATIN}\d]+(?:[-_.'’&/](?=[{_LATIN}\d])[{_LATIN}\d]+)*")
_LATIN_LETTER = re.compile(rf"[{_LATIN}]")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;…。！？：\n•–—(\[\"“”„«»'‘’-])[\s\"“„«'‘(]*$")
# Sounds like a conversion, is none: "100%s", "5% di"; a space before the letter makes it prose.
_NOT_PRINTF = re.compile(r"\d\s?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that a translation should keep."""

    kind: Kind
    key: str
    text: str
    span: Span
    starts_sentence: bool = False


def survivors(text: str, language: str | None = None) -> dict[str, list[Span]]:
    """Return what must survive a translation: a key for each thing, with where it stands.

    Keys are `placeholder:`, `url:`, `email:`, `number:`, `code:` (letters with digits), `acronym:` and `name:` and a
    normal form; two texts keep the same things when their keys and the lengths of their lists agree. In languages that
    capitalise nouns, and at the beginning of sentences, a capital letter makes no name. Number keys use the likeliest
    reading in the language.
    """
    found: dict[str, list[Span]] = {}
    marked = protected(text)
    amounts = [Mention("number", _number_key(n.value), n.text, n.span) for n in numbers(text, language) if n.firm]
    for mention in [*marked, *outside([*amounts, *names(text, language)], marked)]:
        found.setdefault(f"{mention.kind}:{mention.key}", []).append(mention.span)
    return found


def outside(these: Sequence[Mention], marked: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that do not begin within one of the marked ones."""
    taken = {position for mention in marked for position in range(*mention.span)}
    return [mention for mention in these if mention.span[0] not in taken]


def protected(text: str) -> list[Mention]:
    """Return e-mail addresses, URLs, placeholders, tags and character entities, in order."""
    out: list[Mention] = []
    taken: set[int] = set()
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "url":
                end = start + len(match[0].rstrip(".,;:!?…*_"))
            if taken.isdisjoint((start, end - 1)) and _is_protected(text, match):
                taken.update(range(start, end))
                out.append(Mention(kind, _protected_key(kind, text[start:end]), text[start:end], (start, end)))
    return sorted(out, key=lambda mention: mention.span)


def names(text: str, language: str | None = None) -> list[Mention]:
    """Return codes ("COVID-19"), acronyms ("NATO") and capitalised names in Latin letters, in order.

    In text that is not in Latin letters every Latin word is a name. In German only codes and acronyms can be told from
    nouns.
    """
    shouting, titled = _capitals(text)
    foreign = _is_foreign(text)
    out = []
    for match in _TOKEN.finditer(text):
        word = _core(match[0])
        if kind := _kind(word, shouting=shouting, plain=titled or language == "de", foreign=foreign):
            starts = _SENTENCE_END.search(text, max(0, match.start() - 6), match.start()) is not None
            if kind != "name" or not starts or foreign:
                out.append(Mention(kind, fold(word), word, (match.start(), match.start() + len(word)), starts))
    return out


def fold(text: str) -> str:
    """Return a text without case, accents and inner punctuation; "Zürich's" and "zurich's" are "zurichs"."""
    plain = normalised(text.casefold(), "NFKD")
    return "".join(sign for sign in plain if sign.isalnum())


def _core(token: str) -> str:
    """Return a token without a genitive or a word hung on: "ITV" of "ITV's", "CO2" of "CO2-Emissionen"."""
    token = re.sub(r"['’]\w{1,3}$", "", token)
    head, hyphen, tail = token.rpartition("-")
    return head if hyphen and head[-1:].isdigit() and tail.isalpha() and tail[-1].islower() else token


def _kind(token: str, *, shouting: bool, plain: bool, foreign: bool) -> Kind | None:
    """Return what a token is; where capitals are `plain`, they make no name."""
    letters = _LATIN_LETTER.findall(token)
    if not letters or len(token) < 2 or len(token) > 60:
        return None
    if any(sign.isdigit() for sign in token):
        return "code" if any(letter.isupper() for letter in letters) and not token[0].isdigit() else None
    capitals = sum(letter.isupper() for letter in letters)
    if capitals >= 2 and capitals >= len(letters) - 1 and len(letters) <= 7 and not shouting:
        return None if _is_roman(token) else "acronym"
    if foreign:
        return "name" if len(letters) > 2 else None
    if plain or shouting or capitals == 0 or len(letters) < 3:
        return None
    return "name" if token[0].isupper() or (capitals and any(b.isupper() for b in letters[1:])) else None


def _is_roman(token: str) -> bool:
    return all(sign in "IVXLCDM" for sign in token)


def _capitals(text: str) -> tuple[bool, bool]:
    """Return whether a text is SET IN CAPITALS, and whether it is Titled Like This: then capitals say nothing."""
    words = [word for word in _TOKEN.findall(text) if len(word) > 3 and word[0].isalpha()]
    n_upper, n_titled = sum(word.isupper() for word in words), sum(word[0].isupper() for word in words)
    return len(words) >= 3 and n_upper > 0.5 * len(words), len(words) >= 4 and n_titled > 0.8 * len(words)


def _is_foreign(text: str) -> bool:
    """Return whether Latin letters are guests in a text."""
    n_latin = len(_LATIN_LETTER.findall(text))
    n_letters = sum(sign.isalpha() for sign in text)
    return n_letters > 0 and n_latin < 0.5 * n_letters


def _is_protected(text: str, match: re.Match[str]) -> bool:
    whole = match[0]
    if whole.startswith("%") and not whole.startswith(("%(", "%1$", "%2$")):
        return not _NOT_PRINTF.search(text, max(0, match.start() - 2), match.start())
    return not whole.startswith("{") or "}" in whole or "," in whole


def _protected_key(kind: Kind, text: str) -> str:
    if kind == "url":
        return re.sub(r"^https?://(?:www\.)?|^www\.", "", text.casefold()).rstrip("/")
    if kind == "email":
        return text.casefold()
    # Attributes of a tag may be translated; its name and direction may not.
    return (
        re.sub(r"^(</?[\w:-]+)\s.*?(/?>)$", r"\1\2", text, flags=re.DOTALL)
        if text.startswith("<")
        else text.replace(" ", "")
    )


def _number_key(value: object) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
