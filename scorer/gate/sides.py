"""Rows of the segments that both this run and the baseline have: then and now, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorer.errors import InputError
from scorer.gate.known import Matched, is_scored, kept_row
from scorer.gate.scale import Scale
from scorer.gate.scored import KnownSegment, ScoredPair, ScoredSegment
from scorer.printable import printable
from scorer.resampling import Floats
from scorer.types import DIMENSIONS, Stats


@dataclass(frozen=True, slots=True)
class Sides:
    """A dimension's or metric's rows of the segments that the baseline knows; all parts side by side.

    Attributes:
        positions: Of the segments in this run.
        then: Rows in the baseline, `None` where there is none.
        now: Rows of this run; of a segment that did not change, or was not scored, the same as `then`.
        lacking: Positions of segments that changed, or were not scored, and whose rows the baseline does not hold, as
            it was made when no rule asked for them.
    """

    positions: tuple[int, ...]
    then: tuple[Stats | None, ...]
    now: tuple[Stats | None, ...]
    lacking: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """The rows that add up on both sides: `positions` of length n, `then` and `now` of shape (n, k)."""

    positions: tuple[int, ...]
    then: Floats
    now: Floats


def beside(pair: ScoredPair, matched: Matched, name: str) -> Sides:
    """Return the rows of a dimension or metric of the segments that the baseline knows.

    Raises:
        InputError: Rows of the baseline have another length than this run's: the file was edited.
    """
    found: list[tuple[int, Stats | None, Stats | None]] = []
    lacking: list[int] = []
    for i, (segment, known) in enumerate(zip(pair.segments, matched.known, strict=True)):
        if known is None:
            continue
        is_unchanged = matched.states[i] == "unchanged" and is_scored(segment)
        if not is_unchanged and name not in DIMENSIONS and name not in known.rows:
            lacking.append(i)
            continue
        found.append((i, *_rows(segment, known, name, is_unchanged=is_unchanged)))
    positions, then, now = zip(*found, strict=True) if found else ((), (), ())
    sides = Sides(positions, then, now, tuple(lacking))
    _refuse_ragged(pair, name, sides)
    return sides


def tables(sides: Sides, scale: Scale) -> Tables:
    """Return the rows that tell something then or now; left out are segments that have none on either side."""
    both = [
        (i, then, now)
        for i, then, now in zip(sides.positions, sides.then, sides.now, strict=True)
        if then is not None and now is not None and (scale.tells(then) or scale.tells(now))
    ]
    if not both:
        return Tables((), np.zeros((0, 0)), np.zeros((0, 0)))
    positions, then_rows, now_rows = zip(*both, strict=True)
    return Tables(positions, _telling(then_rows, scale), _telling(now_rows, scale))


def then_and_since(pair: ScoredPair, matched: Matched, name: str) -> tuple[float | None, float | None]:
    """Return a dimension or metric of the segments that the baseline knows, then and now; `None` where undefined."""
    scale = Scale.of(pair, name)
    if scale is None:
        return None, None
    rows = tables(beside(pair, matched, name), scale)
    return scale.value(rows.then), scale.value(rows.now)


def _rows(
    segment: ScoredSegment, known: KnownSegment, name: str, *, is_unchanged: bool
) -> tuple[Stats | None, Stats | None]:
    """Return a segment's rows then and now."""
    if is_unchanged:
        row = segment.row(name)
        return row, row
    then = known.row(name)
    return then, kept_row(segment, name) if is_scored(segment) else then


def _telling(rows: Sequence[Stats], scale: Scale) -> Floats:
    return np.array([row if scale.tells(row) else [0.0] * len(row) for row in rows], dtype=np.float64)


def _refuse_ragged(pair: ScoredPair, name: str, sides: Sides) -> None:
    lengths = {len(row) for row in (*sides.then, *sides.now) if row is not None}
    if len(lengths) > 1:
        raise InputError(
            f"the baseline's numbers of {name} for {printable(pair.name, 200)} do not fit this run's; make it again "
            "with `scorer gate --write-baseline`"
        )
