"""Quotation marks without a partner, and straight ones beside curly ones in one text.

Only double marks are counted: single ones are apostrophes more often than quotes. A mark after a digit may stand for
inches or seconds of arc. A quotation that the original leaves open, as one that runs over several segments, is excused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.writing import original_text, shown
from scorer.types import Finding, Segment, found

_INCHES = re.compile(r"\d\s?(?:\"|''|”)(?=\s*[x×\d)/,;-]|\s+[a-z]|$)")
# A single mark at the beginning that nothing closes: a quotation that goes on in the next segment.
_OPEN_SINGLE = re.compile(r"\s*['‘](?=\w)(?!.*[\w.,;:!?…]['’](?!\w))", re.DOTALL)
_STRAIGHT = '"＂'
_CURLY = "“”„‟"
_ANGLED = "«»"
_ANY = re.compile(f"[{_STRAIGHT}{_CURLY}{_ANGLED}]|(?<![\\w'])''|''(?![\\w'])|``")


@register("quotes")
def quotes(segment: Segment) -> Iterator[Finding]:
    """Yield at most one finding for a quotation left open and one for mixed styles."""
    marks = _marks(segment.hypothesis)
    if not marks:
        return
    original = original_text(segment)
    known = _marks(original)
    if len(marks) % 2 and len(known) % 2 == 0 and not _OPEN_SINGLE.match(original):
        span = _odd_one(marks)
        message = f"{shown(segment.hypothesis[span[0] : span[1]])} has no partner"
        yield found(segment, "quotes", "minor", "fluency", message, hypothesis=span)
    mixed = _mixed(marks)
    if mixed and not _mixed(known):
        first, other = mixed
        message = f"two styles of quotation marks: {shown(first[2])} and {shown(other[2])}"
        yield found(segment, "quotes", "minor", "fluency", message, hypothesis=(other[0], other[1]))


Mark = tuple[int, int, str]


def _marks(text: str) -> list[Mark]:
    """Return start, end and text of all double quotation marks."""
    if not _ANY.search(text):
        return []
    inches = {match.start() + 1 for match in _INCHES.finditer(text)}
    inches |= {position + 1 for position in inches}
    found_marks = [(match.start(), match.end(), match[0]) for match in _ANY.finditer(text)]
    kept = [mark for mark in found_marks if mark[0] not in inches]
    # An inch sign is one only where it is not needed to close a quotation: `the "class of 2012" said`.
    return kept if len(kept) % 2 == 0 else found_marks


def _odd_one(marks: list[Mark]) -> tuple[int, int]:
    """Return the span of the likeliest culprit: the last mark."""
    return marks[-1][0], marks[-1][1]


def _mixed(marks: list[Mark]) -> tuple[Mark, Mark] | None:
    """Return the first mark and the first of another style, where straight and curly ones stand side by side."""
    straight = next((mark for mark in marks if mark[2] in _STRAIGHT), None)
    curly = next((mark for mark in marks if mark[2] in _CURLY), None)
    if straight is None or curly is None:
        return None
    return (straight, curly) if straight[0] < curly[0] else (curly, straight)
