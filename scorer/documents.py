"""Cuts a document into paragraphs and sentences, each with its place in the text.

A paragraph is a line that is not blank, or, in a text wrapped by hand at a fixed width, a block of lines that are full.
Sentences are sentencex's, with repairs where it cuts after an abbreviation, an ordinal or a quotation. Every character
but white space between sentences is in exactly one unit.

sentencex 1.0.32 is quadratic in the number of sentences of a line in some scripts (8 s for 50,000 Chinese ones), so
long paragraphs are fed to it in windows; and it panics on some white space of more than one byte, so it gets plain
spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scorer.types import Span

WINDOW = 3_000  # characters; a window of Chinese takes 3 ms, and few paragraphs are longer
LONGEST_WRAPPED_LINE = 100

_SPACE = re.compile(r"[^\S ]|\0")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BULLET = re.compile(r"[-*•–—·]\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s")
_CLOSED = re.compile("[.!?…。！？।؟።։:;][\"'”’»›“)\\]」』）]*$")
# "usw.", "kl.", "F.eks.", "3.": a short word and a full stop.
_SHORT_WORD = re.compile(r"(?:^|[\s(])[^\s.]{1,6}(?:\.[^\s.]{1,6}){0,3}\.\s*$")
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,2}\.\s*$")
_INITIAL = re.compile(r"(?:^|[\s(])[^\W\d_]\.\s*$")
_QUOTED = re.compile("[」』]\\s*$")
# Japanese particles that carry a sentence on after a quotation.
_PARTICLE = re.compile("[とってのがをはにもへやなで]")
# Languages that write "the 2nd" as "2." and nouns with a capital; elsewhere a capital after "2." begins a sentence.
_ORDINALS_AND_CAPITALS = frozenset({"de", "gsw", "lb"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of a document.

    Attributes:
        text: The sentence without outer white space; a line end inside it, in wrapped text, is a space.
        paragraph: Which paragraph it is in, from 0.
        sentence: Which sentence of that paragraph it is, from 0.
        line: The line that it begins on, from 1.
        start: Its first character in the whole text, from 0; `text` is as long as what it stands for.
    """

    text: str
    paragraph: int
    sentence: int
    line: int
    start: int

    @property
    def end(self) -> int:
        """Return the place after its last character in the whole text."""
        return self.start + len(self.text)


def cut(text: str, language: str | None = None) -> list[Unit]:
    """Return the sentences of a document, in order; none for a blank one.

    Args:
        text: The document; only line feeds end lines.
        language: Its ISO 639-1 code; English rules where it is unknown or has none of its own.
    """
    units: list[Unit] = []
    line, seen = 1, 0
    for number, (start, end) in enumerate(paragraphs(text)):
        for index, (first, last) in enumerate(sentences(text[start:end], language)):
            line += text.count("\n", seen, start + first)
            seen = start + first
            sentence = text[seen : start + last].replace("\n", " ")
            units.append(Unit(sentence, number, index, line, seen))
    return units


def paragraphs(text: str) -> list[Span]:
    """Return where the paragraphs of a document are; blank lines are in none."""
    spans = list(_lines(text))
    if (width := wrap_width(text)) is None:
        return spans
    joined: list[Span] = []
    last: Span = (0, 0)
    for span in spans:
        if joined and span[0] == last[1] + 1 and _runs_on(text[slice(*last)], text[slice(*span)], width):
            joined[-1] = joined[-1][0], span[1]
        else:
            joined.append(span)
        last = span
    return joined


def sentences(paragraph: str, language: str | None = None) -> list[Span]:
    """Return where the sentences of a paragraph are, without outer white space."""
    plain = _SURROGATE.sub("\ufffd", _SPACE.sub(" ", paragraph))
    merged: list[Span] = []
    previous = ""
    for start, end in _windowed(plain, language or "en"):
        piece = plain[start:end]
        if merged and _continues(previous, piece, language):
            merged[-1] = merged[-1][0], end
        else:
            merged.append((start, end))
        previous = piece
    return [trimmed for span in merged if (trimmed := _trimmed(paragraph, span))]


def wrap_width(text: str) -> int | None:
    """Return the width at which a text was wrapped by hand; `None` if each of its lines is a paragraph.

    Wrapped text shows in three ways: no line is long, most lines are nearly as long as the longest, and most line ends
    come where the next word would not have fitted, in the middle of a sentence.
    """
    lines = text.split("\n")
    breaks = [(left, right) for left, right in pairwise(lines) if left.strip() and right.strip()]
    lengths = sorted(len(left.rstrip()) for left, _ in breaks if " " in left.strip() or _is_wide(left.strip()[0]))
    if len(breaks) < 3 or not lengths:
        return None
    width = lengths[-1]
    if not 30 <= width <= LONGEST_WRAPPED_LINE or any(len(right) > width + 20 for _, right in breaks):
        return None
    full = sum(_is_full(left, right, width) for left, right in breaks)
    midway = sum(_CLOSED.search(left.rstrip()[-5:]) is None for left, _ in breaks)
    nearly_full = lengths[len(lengths) // 2] >= 0.85 * width
    return width if nearly_full and full >= 0.85 * len(breaks) and midway >= 0.6 * len(breaks) else None


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def _runs_on(left: str, right: str, width: int) -> bool:
    """Return whether the line after `left`, in a wrapped text, carries its paragraph on."""
    return _BULLET.match(right.lstrip()) is None and _is_full(left, right, round(0.9 * width))


def _is_full(left: str, right: str, width: int) -> bool:
    """Return whether the first word of the next line would not have fitted."""
    right = right.lstrip()
    word = 1 if _is_wide(right[0]) else len(right.split(maxsplit=1)[0])
    return len(left.rstrip()) + 1 + word > width


def _is_wide(character: str) -> bool:
    return character >= "\u2e80"  # CJK and beyond: a line may end after any character


def _windowed(text: str, language: str) -> Iterator[Span]:
    """Yield sentencex's sentences, from windows that end where a sentence does."""
    import sentencex

    position, size = 0, WINDOW
    while position < len(text):
        window = text[position : position + size]
        found = [
            (each["start_index"], each["end_index"]) for each in sentencex.get_sentence_boundaries(language, window)
        ]
        if position + size < len(text):
            if len(found) < 2:
                size *= 2  # no end in sight: look further, doubling so that the whole stays linear
                continue
            found.pop()  # the window cuts through it
        for start, end in found:
            yield position + start, position + end
        position, size = position + found[-1][1], WINDOW


def _continues(previous: str, piece: str, language: str | None) -> bool:
    """Return whether `piece` belongs to the sentence that `previous` ends."""
    head = piece.lstrip()[:1]
    tail = previous[-40:]
    if not any(map(str.isalnum, piece)) or not any(map(str.isalpha, previous[:80])):
        return True
    if head.islower():
        return _SHORT_WORD.search(tail) is not None
    if _INITIAL.search(tail):
        return True
    if language in _ORDINALS_AND_CAPITALS and _ORDINAL.search(tail):
        return True
    return language == "ja" and _QUOTED.search(tail) is not None and _PARTICLE.match(head) is not None


def _trimmed(text: str, span: Span) -> Span | None:
    piece = text[slice(*span)]
    start = span[0] + len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    return (start, end) if start < end else None
