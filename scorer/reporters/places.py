"""Where spans of a text lie in what is shown of it, as JavaScript counts.

JavaScript counts a string in UTF-16 units, and what is shown is the text with its control characters spelt out.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from scorer.printable import printable
from scorer.types import Span

ZERO_WIDTH_JOINER = "\u200d"


def marked(text: str, spans: Sequence[Span | None]) -> list[tuple[int, int, int]]:
    """Return the ends of each span that is not `None`, with its position in `spans`, in the order of the text.

    An empty span stands for what is missing there: it becomes that of a character beside it.
    """
    found = [(_whole(_visible(span, text), text), i) for i, span in enumerate(spans) if span is not None]
    places = _places(text, (edge for edges, _ in found for edge in edges))
    return sorted((places[start], places[end], i) for (start, end), i in found if start < end)


def differing(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the ends of each span."""
    edges = [_whole(span, text) for span in spans]
    places = _places(text, (edge for each in edges for edge in each))
    return [(places[start], places[end]) for start, end in edges if start < end]


def _visible(span: Span, text: str) -> Span:
    start, end = span
    if start < end:
        return span
    return (start - 1, start) if start else (0, min(1, len(text)))


def _whole(span: Span, text: str) -> Span:
    """Return a span within the text that cuts no letter from its accents."""
    start, end = (min(max(edge, 0), len(text)) for edge in span)
    if 0 < start < len(text) and _leans(text[start]):
        start = max(0, _run(text, start)[0] - 1)
    if 0 < end < len(text) and _leans(text[end]):
        end = _run(text, end)[1]
    return start, end


def _leans(character: str) -> bool:
    return character == ZERO_WIDTH_JOINER or unicodedata.category(character).startswith("M")


def _run(text: str, place: int) -> Span:
    """Return the ends of the run of leaning characters that `place` is in."""
    runs = _runs(text)
    return runs[bisect_right(runs, (place, len(text))) - 1]


@lru_cache(maxsize=1)
def _runs(text: str) -> list[Span]:
    """Return the runs of leaning characters; found once a text, for a thousand marks may lie on one long run."""
    edges = [0, *(i for i in range(1, len(text)) if _leans(text[i]) != _leans(text[i - 1])), len(text)]
    return [(start, end) for start, end in pairwise(edges) if start < end and _leans(text[start])]


def _places(text: str, edges: Iterable[int]) -> dict[int, int]:
    """Return for places in a text, in code points, those in the text as it is shown, in UTF-16 units."""
    places = {0: 0}
    for start, end in pairwise(sorted({0, *edges})):
        places[end] = places[start] + len(printable(text[start:end]).encode("utf-16-le")) // 2
    return places
