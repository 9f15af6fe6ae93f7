"""What the checks of form know about writing: scripts, sentence ends, pieces of words. Registers no check.

Every function is linear in the length of its text, also on hostile text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from scorer.types import Segment, Span

MOST = 5
"""Findings of one kind in one segment; more would tell a reader nothing new."""

HAN = "\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3040-\u30ff\u31f0-\u31ff"
# Scripts written without spaces between words: Thai, Lao, Tibetan, Myanmar, Khmer, and Chinese and Japanese.
SPACELESS = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff" + HAN + KANA
# A piece is a character of such a script, or a run of anything that is neither space nor punctuation. Not \w, which
# leaves out the vowel signs of Indic scripts and would cut their words apart.
_PUNCTUATION = (
    r"\x00-\x2f:-@\[-`{-\xa9\xab-\xb1\xb4\xb6-\xb9\xbb-\xbf×÷،؛؟।॥۔"
    "\u2000-\u200a\u2010-\u2029\u202f-\u205f\u3000-\u3004\u3006-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_PIECE = re.compile(f"[{SPACELESS}]|[^\\s{_PUNCTUATION}{SPACELESS}]+")
_SPACELESS_PIECE = re.compile(f"[{SPACELESS}]")

_KINDS = {
    "stop": ".。．｡।॥۔።។་།։|",
    "question": "?？؟՞፧⁇⁈⁉",
    "exclamation": "!！՜‼",
    "ellipsis": "…⋯",
    "colon": ":：፦",
    "comma": ",，、،;；؛",
    "dash": "-–—―－",
}
_KIND_OF = {mark: kind for kind, marks in _KINDS.items() for mark in marks}
_CLOSERS = frozenset("\"'’‘”“„»«›‹)]}）】］｝」』》〉〕*_~#\u200b\u200c\u200d\u200e\u200f\u2069\u202c\ufe0f")
_EMOTICON = re.compile(r"\s[:;=8][-'^oO]?[)(DPp]{1,3}\s*\Z")


class Piece(NamedTuple):
    """A word, or one character of a script without spaces; `key` ignores case."""

    key: str
    start: int
    end: int

    @property
    def weight(self) -> float:
        """Return the size in words; two characters of a script without spaces make about one."""
        return 0.5 if len(self.key) == 1 and self.key > "\u0dff" and _SPACELESS_PIECE.match(self.key) else 1.0


class Ending(NamedTuple):
    """How a text ends: the kind of its last mark, `None` after a letter or digit, and where that mark stands."""

    kind: str | None
    span: Span


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text in order; punctuation is left out."""
    for match in _PIECE.finditer(text):
        yield Piece(match[0].casefold(), match.start(), match.end())


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a sentence."""
    return frozenset(text.split())


def original_text(segment: Segment) -> str:
    """Return the text that the hypothesis is held against; "" where there is none."""
    return segment.original.text if segment.original else ""


def ending(text: str, language: str | None = None) -> Ending:
    """Return how a text ends, looking through closing quotes, brackets, emoji and spaces."""
    last = len(text) - 1
    if smile := _EMOTICON.search(text, max(0, last - 9)):
        last = smile.start() - 1
    while last >= 0 and (text[last].isspace() or text[last] in _CLOSERS or _is_symbol(text[last])):
        last -= 1
    if last < 0:
        return Ending(None, (len(text), len(text)))
    first = last
    while first > 0 and text[first - 1] in _KIND_OF:
        first -= 1
    return Ending(_kind(text[first : last + 1], language), (first, last + 1))


def _is_symbol(character: str) -> bool:
    return character > "\u00ff" and unicodedata.category(character) in ("So", "Sk")


def _kind(marks: str, language: str | None) -> str | None:
    """Return the kind of a run of marks; a question mark anywhere in it makes it a question."""
    kinds = {_KIND_OF.get(mark) for mark in marks}
    if "question" in kinds or (language == "el" and marks[-1] == ";"):
        return "question"
    if "exclamation" in kinds:
        return "exclamation"
    if "ellipsis" in kinds or marks.endswith(("...", "。。。", ". . .")):
        return "ellipsis"
    return _KIND_OF.get(marks[-1])


def shown(text: str, longest: int = 40) -> str:
    """Return a text in quotes, cut to `longest` characters, with what cannot be seen written as <U+XXXX>."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    mark = "'" if '"' in cut else '"'
    return mark + "".join(c if c == " " or c.isprintable() else f"<U+{ord(c):04X}>" for c in cut) + mark


def times(count: int) -> str:
    """Return `twice` or `3 times`."""
    return "twice" if count == 2 else f"{count} times"
