"""Characters that went wrong on the way: mojibake, invisible characters, entities, look-alikes, decomposed letters.

Mojibake is text in UTF-8 that was read as Windows-1252: runs of its characters that decode as UTF-8 again are found,
as ftfy does (Speer 2019). Invisible characters are excused where a script needs them: joiners in Indic and Arabic
script and in emoji, zero-width spaces between words of Thai or Khmer, direction marks in texts that hold Hebrew or
Arabic letters. What the original has as well is excused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from html.entities import html5
from itertools import islice

from scorer.checks import register
from scorer.checks.writing import MOST, SPACELESS, original_text, shown
from scorer.types import Finding, Segment, Severity, Span, found

Fault = tuple[Severity, str, Span]

_SUSPECT = re.compile(
    "(?:[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3})+"
)
_QUOTES = "‘’“”‚„‹›«»"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\ufff9-\ufffd\ud800-\udfff\ue000-\uf8ff\U000e0001-\U000e007f\U000f0000-\U0010ffff]"
)
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Cyrillic letters that look like Latin ones, and Latin ones that look like Cyrillic.
_LATIN_LIKE = frozenset("аеорсухіјѕԁһАВЕКМНОРСТУХІЈЅ")
_CYRILLIC_LIKE = frozenset("aeopcyxijsABEKMHOPCTYXIJS")
_LATIN, _CYRILLIC = "A-Za-z\u00c0-\u024f", "\u0400-\u052f"
_WORD = re.compile(f"[{_LATIN}{_CYRILLIC}]+")
_SEAM = re.compile(f"[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}]")
_DECOMPOSED = re.compile(
    "[A-Za-z\u0370-\u03ff\u0400-\u04ff][\u0300-\u0333]{1,3}|[\u1100-\u1112][\u1161-\u1175]|[\u3046-\u30fd][\u3099\u309a]"
)


@register("encoding")
def encoding(segment: Segment) -> Iterator[Finding]:
    """Yield findings, the heaviest kinds first, a few of each kind."""
    original = original_text(segment)
    looks: tuple[Callable[[str, str], Iterator[Fault]], ...] = (
        _mojibake,
        _invisible,
        _entities,
        _homoglyphs,
        _decomposed,
    )
    for look in looks:
        for severity, message, span in islice(look(segment.hypothesis, original), MOST):
            yield found(segment, "encoding", severity, "fluency", message, hypothesis=span)


def _mojibake(text: str, original: str) -> Iterator[Fault]:
    for match in _SUSPECT.finditer(text):
        run = match[0][:100]
        meant = _redecoded(run, text[match.end() : match.end() + 1])
        if meant and run not in original:
            yield "major", f"{shown(run)} is {shown(meant)} in a wrong encoding", match.span()


def _redecoded(run: str, following: str) -> str | None:
    """Return what a run says when its Windows-1252 bytes are read as UTF-8; `None` where it may be what was meant."""
    try:
        data = b"".join(_byte(character) for character in run)
        meant = data.decode("utf-8", errors="strict" if len(run) < 100 else "ignore")
    except UnicodeError:
        return None
    if len(meant) > 1 or run.startswith(("â€", "ï»¿", "ï¿½", "â‚¬")):
        return meant
    # One letter with one sign may be a capital before a closing quote: `MANHÃ”`.
    safe = run[0] in "ÂÃ" and not (run[1] in _QUOTES and not following.isalpha())
    return meant if len(run) == 2 and safe else None


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _invisible(text: str, original: str) -> Iterator[Fault]:
    right_to_left: bool | None = None
    reported: set[str] = set()
    for match in _INVISIBLE.finditer(text):
        character, at = match[0], match.start()
        if character in reported or character in original:
            continue
        if character in "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069":
            right_to_left = bool(_RIGHT_TO_LEFT.search(text)) if right_to_left is None else right_to_left
            if right_to_left:
                continue
        if _belongs(character, text[max(at - 2, 0) : at], text[at + 1 : at + 2]):
            continue
        reported.add(character)
        severity, name = _described(character)
        yield severity, f"{name} U+{ord(character):04X}", match.span()


def _belongs(character: str, before: str, after: str) -> bool:
    """Return whether a joiner or a space of no width does its work here."""
    if character in "\u200c\u200d":
        near = before[-1:] + after
        return bool(_JOINED_SCRIPTS.search(near)) or any(unicodedata.category(c) in ("So", "Sk", "Mn") for c in near)
    if character in "\u200b\u2060":
        return bool(_SPACELESS.match(before[-1:]) or _SPACELESS.match(after))
    return "\U000e0020" <= character <= "\U000e007f" and before[-1:] > "\U0001f000"  # flags of regions


def _described(character: str) -> tuple[Severity, str]:
    """Return how bad a character is, and its name."""
    code = ord(character)
    if character == "\ufffd":
        return "major", "replacement character: a letter was lost:"
    if character in "\u202d\u202e":
        return "major", "override of the writing direction"
    if 0xD800 <= code <= 0xDFFF:
        return "major", "half of a surrogate pair"
    if unicodedata.category(character) == "Co":
        return "major", "private-use character"
    if code < 0xA0:
        return "major", "control character"
    names = {"\u200b": "zero-width space", "\xad": "soft hyphen", "\ufeff": "byte order mark"}
    return "minor", f"invisible {names.get(character, 'character')}"


def _entities(text: str, original: str) -> Iterator[Fault]:
    for match in _ENTITY.finditer(text):
        known = match[0][1] == "#" or match[0][1:] in html5
        if known and match[0] not in original:
            yield "minor", f"HTML entity {shown(match[0])} in place of its character", match.span()


def _homoglyphs(text: str, original: str) -> Iterator[Fault]:
    if not _SEAM.search(text):
        return
    for match in _WORD.finditer(text):
        if not _SEAM.search(match[0]):
            continue
        cyrillic = [c for c in match[0] if "\u0400" <= c <= "\u052f"]
        latin = [c for c in match[0] if not "\u0400" <= c <= "\u052f"]
        few, looks = (cyrillic, _LATIN_LIKE) if len(cyrillic) <= len(latin) else (latin, _CYRILLIC_LIKE)
        if all(c in looks for c in few) and match[0] not in original:
            script = "Cyrillic" if few is cyrillic else "Latin"
            letters = "".join(dict.fromkeys(few))
            yield "minor", f"{shown(match[0])} hides {script} {shown(letters)} among other letters", match.span()


def _decomposed(text: str, original: str) -> Iterator[Fault]:
    if any(_composes(match[0]) for match in islice(_DECOMPOSED.finditer(original), 50)):
        return
    for match in islice(_DECOMPOSED.finditer(text), 50):
        if _composes(match[0]):
            yield "minor", f"decomposed letters (not NFC), first {shown(match[0])}", match.span()
            return


def _composes(cluster: str) -> bool:
    return len(unicodedata.normalize("NFC", cluster)) < len(cluster)
