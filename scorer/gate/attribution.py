"""Which segments are behind a value under its limit, or behind a drop; most harmful first.

Rows add up, so a text without a segment is a subtraction: everything here is linear in the number of segments, but for
one sort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scorer.gate.scale import EQUAL, Scale
from scorer.gate.sides import Tables
from scorer.gate.verdict import Cause
from scorer.resampling import Floats

# A reader looks at the first few; a text that is bad throughout would list all of itself.
N_CAUSES = 20


@dataclass(frozen=True, slots=True)
class Behind:
    """The segments behind a rule's outcome.

    Attributes:
        causes: At most `N_CAUSES` segments, most harmful first, with their effects.
        n: How many of the most harmful segments, fewest possible in that order, undo the outcome; `None` where no part
            of the text does.
        n_segments: Of how many.
        rest: The value without those `n` segments, or the change of the value without their changes; `None` without
            `n`.
    """

    causes: tuple[Cause, ...]
    n: int | None
    n_segments: int
    rest: float | None


def behind_value(positions: list[int], rows: Floats, scale: Scale, limit: float) -> Behind:
    """Return the segments behind a value that is worse than a limit.

    Segments are ordered by their effect: by how much the value of all others is better than the value of all.

    Args:
        positions: Of the segments that have rows.
        rows: Their rows, shape (n, k).
        scale: Of the dimension or metric.
        limit: Which the others are to reach.
    """
    value = scale.value(rows)
    if value is None:
        return Behind((), None, len(rows), None)
    total = rows.sum(axis=0)
    effects = scale.sign * (scale.values(_without(total, rows)) - value)
    effects[np.isnan(effects)] = np.inf  # without it nothing is left: it decides alone
    order = np.argsort(-effects, kind="stable")
    # The last is left out: it would leave no text.
    rests = scale.values(_without(total, np.cumsum(rows[order][:-1], axis=0)))
    reached = np.flatnonzero(scale.sign * (rests - limit) >= 0)
    n = int(reached[0]) + 1 if len(reached) else None
    rest = None if n is None else scale.value(rows[order[n:]])
    return Behind(_causes(positions, effects, order), n, len(rows), rest)


def behind_drop(tables: Tables, scale: Scale) -> Behind:
    """Return the segments behind a drop.

    A segment's effect is by how much the drop would be smaller had only that segment stayed as it was, so a segment
    that did not change has none. The most harmful are set back, one after the other, until nothing is lost.

    Args:
        tables: Rows then and now of the segments that the baseline knows.
        scale: Of the dimension or metric.
    """
    then = scale.value(tables.then)
    now = scale.value(tables.now)
    if then is None or now is None:
        return Behind((), None, len(tables.then), None)
    effects = np.zeros(len(tables.now))
    changed = np.flatnonzero((tables.then != tables.now).any(axis=1))
    gains = tables.then[changed] - tables.now[changed]
    total = tables.now.sum(axis=0)
    effects[changed] = np.nan_to_num(scale.sign * (scale.values(total + gains) - now))
    order = np.argsort(-effects, kind="stable")
    harmful = order[: int((effects > EQUAL).sum())]
    sums = total + np.cumsum(tables.then[harmful] - tables.now[harmful], axis=0)
    undone = np.flatnonzero(scale.sign * (scale.values(sums) - then) >= -EQUAL)
    n = int(undone[0]) + 1 if len(undone) else len(harmful) or None
    set_back = tables.now.copy()
    set_back[harmful[: n or 0]] = tables.then[harmful[: n or 0]]
    rest = scale.value(set_back)
    is_told = n is not None and rest is not None
    causes = _causes(list(tables.positions), effects, order)
    return Behind(causes, n if is_told else None, len(effects), rest - then if is_told and rest is not None else None)


def _without(total: Floats, parts: Floats) -> Floats:
    """Return the total less each part, shape (m, k); what is only rounding is nothing."""
    rests: Floats = total - parts
    rests[np.abs(rests) < EQUAL * np.abs(total)] = 0.0
    return rests


def _causes(positions: list[int], effects: Floats, order: npt.NDArray[np.intp]) -> tuple[Cause, ...]:
    harmful = [i for i in order[:N_CAUSES].tolist() if effects[i] > EQUAL]
    return tuple(Cause(positions[i], float(effects[i]) if np.isfinite(effects[i]) else None) for i in harmful)
