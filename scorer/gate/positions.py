r"""Line and column, in a file as it is stored, of characters in a segment's text.

A segment's text is one or more units of its document, joined. A unit of plain text is as long as what it stands for; a
value in a JSON file is not, where characters are escaped (`\n`, `\u00e9`, `\ud83d\ude00`). Only a line feed ends a
line; a carriage return before it and a byte order mark are no characters of a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Literal

from scorer.gate.verdict import Position
from scorer.pairing import Paired
from scorer.texts import Document
from scorer.types import Span

_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_LONGEST_ESCAPE = 12  # a surrogate pair, which is one code point


class Places:
    """Positions in one document. Lines are looked for at the first question."""

    def __init__(self, document: Document) -> None:
        self._is_keyed = document.keys is not None
        self._text = document.raw if self._is_keyed else document.text
        # Of a table, what is known of a cell is the line that its row begins on.
        self._rows = () if self._is_keyed else document.rows

    def place(self, start: int, offset: int) -> Position:
        """Return where a character is.

        Args:
            start: Where its unit begins, as in `Paired.starts`.
            offset: Code points before it in the unit; as many as the unit has, for the place behind its end.
        """
        return self._position(unescaped_place(self._text, start, offset) if self._is_keyed else start + offset)

    def _position(self, place: int) -> Position:
        line = bisect_right(self._line_starts, place) - 1
        if self._rows:
            return Position(self._rows[min(line, len(self._rows) - 1)], 1)
        return Position(line + 1, place - self._line_starts[line] + 1)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self._text))]


def unescaped_place(raw: str, start: int, offset: int) -> int:
    """Return where in a JSON file the code point is that `offset` others precede in the text from `start` on."""
    at, left = start, offset
    for match in _ESCAPE.finditer(raw, start, start + _LONGEST_ESCAPE * offset):
        if left <= match.start() - at:
            break
        left -= match.start() - at + 1
        at = match.end()
    return at + left


class SegmentPlaces:
    """Positions in the segments of a pairing, on one side; nothing is worked out before it is asked for."""

    def __init__(self, paired: Paired, side: Literal["a", "b"] = "b") -> None:
        number = 0 if side == "a" else 1
        self._places = Places(paired.documents[number])
        self._beads = [bead.b if number else bead.a for bead in paired.beads]
        self._texts = paired.units[number]
        self._starts = paired.starts[number]
        self._joint = len(paired.joints[number])

    def span(self, segment: int, span: Span | None = None) -> tuple[Position, Position]:
        """Return where a stretch of a segment's text begins, and the place after its last character.

        Args:
            segment: Which segment, from 0, in the pairing's order.
            span: Code points of the segment's text; all of it by default.

        Returns:
            For a segment without a text on this side, twice the end of the one before it, where its own should be; the
            beginning of the file where there is none.
        """
        units = self._beads[segment]
        if not units:
            place = self._end_before(segment)
            return place, place
        length = sum(len(self._texts[i]) for i in units) + self._joint * (len(units) - 1)
        start, end = span or (0, length)
        return self._begins(units, start, is_empty=start >= end), self._ends(units, end)

    def _begins(self, units: tuple[int, ...], offset: int, *, is_empty: bool) -> Position:
        for i in units[:-1]:
            size = len(self._texts[i])
            # Between two units that nothing divides, what begins there begins with the second.
            if offset < size or (offset < size + self._joint) or (is_empty and offset == size):
                return self._places.place(self._starts[i], min(offset, size))
            offset -= size + self._joint
        return self._last(units[-1], offset)

    def _ends(self, units: tuple[int, ...], offset: int) -> Position:
        for i in units[:-1]:
            size = len(self._texts[i])
            if offset <= size:
                return self._places.place(self._starts[i], offset)
            # What ends behind the space between them ends where the second begins.
            offset = max(0, offset - size - self._joint)
        return self._last(units[-1], offset)

    def _last(self, unit: int, offset: int) -> Position:
        return self._places.place(self._starts[unit], min(offset, len(self._texts[unit])))

    def _end_before(self, segment: int) -> Position:
        unit = self._last_before[segment]
        return Position(1, 1) if unit is None else self._last(unit, len(self._texts[unit]))

    @cached_property
    def _last_before(self) -> list[int | None]:
        """Return for each segment the last unit of those before it."""
        last: int | None = None
        found = []
        for units in self._beads:
            found.append(last)
            last = units[-1] if units else last
        return found


def segment_places(paired: Paired, side: Literal["a", "b"] = "b") -> SegmentPlaces:
    """Return what tells the positions of a pairing's segments in A's file or in B's."""
    return SegmentPlaces(paired, side)
