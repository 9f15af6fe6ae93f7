"""The cheapest monotone path between two sequences, by dynamic programming inside a band.

A node (i, j) says: the first i units of A and the first j units of B are done. A step takes 0 to 2 units of each side.
The work is done a row of the band at a time in numpy; what is kept is one byte a node, so memory is that of the band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float64]
# The least costs of a row's nodes, after the column of the first.
Reached = tuple[int, Row]
Steps = tuple[tuple[int, int], ...]

STEPS: Steps = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 0), (0, 1))
SKIP_A, SKIP_B = STEPS.index((1, 0)), STEPS.index((0, 1))


@dataclass(frozen=True, slots=True)
class Band:
    """The nodes to look at: columns `low[i]` to `high[i]`, both included, of each row i.

    `low` and `high` have shape (n + 1,) and never decrease; the corners (0, 0) and (n, m) are inside.
    """

    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]

    @classmethod
    def full(cls, n: int, m: int) -> Band:
        """Return the band that holds every node."""
        return cls(np.zeros(n + 1, dtype=np.int64), np.full(n + 1, m, dtype=np.int64))

    @classmethod
    def around(cls, nodes: npt.NDArray[np.int64], n: int, m: int, *, factor: int, radius: int) -> Band:
        """Return the band of nodes within `radius` rows and columns of a path found at a coarser scale.

        Args:
            nodes: The path from (0, 0) to its end, shape (steps + 1, 2), in units of `factor`.
            n: Units of A at this scale.
            m: Units of B at this scale.
            factor: How many units of this scale make one of the path's.
            radius: How far the true path may lie from the coarse one, in units of this scale; more than two steps.
        """
        path = np.minimum(nodes * factor, (n, m))
        rows = np.arange(n + 1)
        first = np.searchsorted(path[:, 0], rows - radius, side="left").clip(0, len(path) - 1)
        last = np.searchsorted(path[:, 0], rows + radius, side="right") - 1
        # A row that a step jumps over is bounded by the nodes around it, as the radius exceeds a step.
        low, high = path[first, 1], path[last, 1]
        low, high = np.maximum(low - radius, 0), np.minimum(high + radius, m)
        low[0], high[-1] = 0, m
        return cls(low, high)


def cheapest_path(
    band: Band, match_costs: Callable[[int, int, int], npt.NDArray[np.float64]], skip: float
) -> npt.NDArray[np.int64]:
    """Return the nodes of the cheapest path through the band, shape (steps + 1, 2), from (0, 0) to (n, m).

    Ties go to the step that stands first in `STEPS`.

    Args:
        band: The nodes to look at.
        match_costs: Called with a row i of at least 1 and the first and last column; returns the costs of ending a
            1-1, 1-2, 2-1 and 2-2 step at each node of the row, shape (4, columns). What stands at nodes that a step
            cannot end at is not read.
        skip: The cost of leaving one unit without a counterpart.
    """
    low, high = band.low, band.high
    starts = np.concatenate(([0], np.cumsum(high - low + 1)))
    taken = np.empty(starts[-1], dtype=np.uint8)
    before: Reached | None = None
    last = (int(low[0]), skip * np.arange(high[0] - low[0] + 1, dtype=np.float64))
    taken[: starts[1]] = SKIP_B
    for i in range(1, len(low)):
        lo, hi = int(low[i]), int(high[i])
        row, choice = _next_row((lo, hi), (before, last), match_costs(i, lo, hi), skip)
        taken[starts[i] : starts[i + 1]] = choice
        before, last = last, (lo, row)
    return _trace(taken, low, high, starts)


def _next_row(
    columns: tuple[int, int], above: tuple[Reached | None, Reached], costs: Row, skip: float
) -> tuple[Row, npt.NDArray[np.uint8]]:
    """Return a row's least costs and the steps that reach them, from the two rows above it."""
    lo, width = columns[0], columns[1] - columns[0] + 1
    options = np.full((5, width), np.inf)
    for number, (up, left) in enumerate(STEPS[:4]):
        origin = above[-up]
        if origin is not None:
            _add_shifted(options[number], origin, lo - left, costs[number])
    _add_shifted(options[SKIP_A], above[-1], lo, skip)
    choice = options.argmin(axis=0).astype(np.uint8)
    entry = options[choice, np.arange(width)]
    # Steps along the row cost the same each, so a running minimum finds the best place to start skipping from.
    run = skip * np.arange(width)
    level = entry - run
    floor = np.minimum.accumulate(level)
    choice[floor < level] = SKIP_B
    return floor + run, choice


def _add_shifted(target: Row, origin: Reached, first: int, costs: Row | float) -> None:
    """Set `target` to the origin row's values from column `first` on, plus costs, where that row has them."""
    start, values = origin
    begin = max(first, start)
    end = min(first + len(target), start + len(values))
    if begin < end:
        inside = slice(begin - first, end - first)
        target[inside] = values[begin - start : end - start] + (costs if isinstance(costs, float) else costs[inside])


def _trace(
    taken: npt.NDArray[np.uint8],
    low: npt.NDArray[np.int64],
    high: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    i, j = len(low) - 1, int(high[-1])
    nodes = [(i, j)]
    while i or j:
        up, left = STEPS[taken[starts[i] + j - low[i]]]
        i, j = i - up, j - left
        nodes.append((i, j))
    return np.array(nodes[::-1], dtype=np.int64)
