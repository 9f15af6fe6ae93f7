"""The report's segments in rows: what several systems made of one original stands together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scorer.report import Report, SegmentReport, System


class Row(NamedTuple):
    """One original and its translations.

    Attributes:
        number: Its number in the text, from 1.
        members: Each system's position in the report's segments; `None` for a system that lacks the segment.
    """

    number: int
    members: tuple[int | None, ...]


def ranking(report: Report) -> list[System]:
    """Return the systems, the best quality first; one of undefined quality is last."""
    return sorted(report.systems, key=lambda s: 1.0 if (value := s.dimensions["quality"].value) is None else -value)


def names(report: Report) -> list[str]:
    """Return the systems' names in the order of a row's members; one empty name where there are not several."""
    if len(report.systems) < 2:
        return [""]
    return list(dict.fromkeys([system.name for system in ranking(report)] + [s.system for s in report.segments]))


def rows(report: Report) -> list[Row]:
    """Return the segments in rows, in the order of the text."""
    segments = report.segments
    if len(report.systems) < 2:
        return [Row(segment.index + 1, (i,)) for i, segment in enumerate(segments)]
    column = {name: i for i, name in enumerate(names(report))}
    found: dict[object, list[int | None]] = {}
    for i, key in enumerate(_keys(segments)):
        found.setdefault(key, [None] * len(column))[column[segments[i].system]] = i
    made = [
        Row(1 + min(segments[i].index for i in members if i is not None), tuple(members)) for members in found.values()
    ]
    return sorted(made, key=lambda row: row.number)


def _keys(segments: Sequence[SegmentReport]) -> Iterable[object]:
    """Return what pairs each segment with other systems': its line, or in a table, a row each, the original's text."""
    indices = Counter(segment.index for segment in segments)
    if len(indices) < len(segments):
        return [segment.index for segment in segments]
    seen: Counter[tuple[str, str]] = Counter()
    keys = []
    for segment in segments:
        original = segment.source if segment.source is not None else next(iter(segment.references), "")
        keys.append((original, seen[segment.system, original]))
        seen[segment.system, original] += 1
    return keys
