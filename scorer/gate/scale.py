"""How rows of one dimension or metric become a value, for one segment and for many, and which way is better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scorer import combine, measure, resampling
from scorer.gate.scored import ScoredPair
from scorer.resampling import Finish, Floats
from scorer.types import DIMENSIONS, Stats

# Values nearer than this are equal: a difference of two floats that stand for 83.2 and 82.2 is not exactly 1, and the
# last digits of exp and log depend on the machine.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """A dimension or metric as the gate reads it; rows are `measure`'s, (points, words) for a dimension.

    Attributes:
        name: Of the dimension or metric.
        finish: From summed rows to the value.
        finish_segment: From one segment's row to that segment's value; BLEU, for one, has a variant for that.
        higher_is_better: Which way is better.
    """

    name: str
    finish: Finish
    finish_segment: Finish
    higher_is_better: bool

    @classmethod
    def of(cls, pair: ScoredPair, name: str) -> Scale | None:
        """Return the scale of that name; `None` where it was not measured."""
        if name in DIMENSIONS:
            return cls(name, combine.DIMENSION, combine.DIMENSION, True)
        metric = next((metric for metric in pair.plan.measured if metric.name == name), None)
        if metric is None:
            return None
        return cls(name, metric, measure.segment_level(metric), metric.higher_is_better)

    def value(self, rows: Floats) -> float | None:
        """Return the value of rows together, shape (n, k); `None` where undefined. Exact: order changes nothing."""
        return resampling.score(self.finish, rows)

    def values(self, sums: Floats) -> Floats:
        """Return the value of each of several sums of rows, shape (m, k) to (m,); NaN where undefined."""
        return resampling.vectorised(self.finish)(sums) if len(sums) else np.zeros(0)

    def segment_value(self, row: Stats | None) -> float | None:
        """Return one segment's value; `None` where undefined."""
        value = resampling.one_by_one(self.finish_segment)(row) if row is not None and self.tells(row) else None
        return value if value is not None and math.isfinite(value) else None

    @property
    def sign(self) -> int:
        """Return 1 where higher is better, else -1: `sign * (a - b)` is by how much a is better than b."""
        return 1 if self.higher_is_better else -1

    def tells(self, row: Stats | None) -> bool:
        """Return whether there is anything in a row; points without a word have nothing to stand on."""
        return row is not None and (row[1] > 0 if self.name in DIMENSIONS else any(row))

    def table(self, rows: Sequence[Stats | None]) -> tuple[list[int], Floats]:
        """Return the positions of the rows that tell something, and these rows, shape (n, k)."""
        positions = [i for i, row in enumerate(rows) if self.tells(row)]
        return positions, np.array([rows[i] for i in positions], dtype=np.float64)

    def holds(self, value: float | None, limit: float) -> bool:
        """Return whether a value is at the limit or better; an undefined one is not, and nothing is rounded."""
        if value is None:
            return False
        return value >= limit if self.higher_is_better else value <= limit
