"""Rows of statistics drawn again: whole corpora by chance, and segments that change sides between two systems.

Results do not depend on the order of segments (rows are sorted before they are drawn), nor on threads or chunks
(columns are rounded to steps so coarse that every sum is exact). Segments without statistics, `None` or all zeros,
tell nothing and are left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from scorer.types import Stats

Floats = npt.NDArray[np.float64]
Rows = Sequence[Stats | None] | Floats
FinishOne = Callable[[Stats], float | None]
FinishMany = Callable[[Floats], Floats]

# Numbers drawn at a time: 32 MB of them.
_DRAWS = 1 << 22


class Finishes(Protocol):
    """A metric, or whatever turns summed rows into a score.

    If it also has `finish_many`, from sums of shape (m, k) to scores of shape (m,), NaN where undefined, that is used.
    """

    def finish(self, stats: Stats) -> float | None:
        """Return the score of summed rows; `None` where undefined."""
        ...


Finish = Finishes | FinishOne


def one_by_one(finish: Finish) -> FinishOne:
    """Return the function that finishes one row."""
    method: FinishOne | None = getattr(finish, "finish", None)
    return cast(FinishOne, finish) if method is None else method


def vectorised(finish: Finish) -> FinishMany:
    """Return the function from sums, shape (m, k), to scores, shape (m,), NaN where undefined."""
    finish_many: FinishMany | None = getattr(finish, "finish_many", None)
    finish_one = one_by_one(finish)

    def scores(sums: Floats) -> Floats:
        if finish_many is None:
            finished = np.array([finish_one(tuple(row)) for row in sums.tolist()], dtype=np.float64)  # None: NaN
        else:
            finished = np.asarray(finish_many(sums), dtype=np.float64)
        return np.where(np.isfinite(finished), finished, np.nan)

    return scores


def tables(systems: Sequence[Rows]) -> list[Floats]:
    """Return each system's rows as an array, of the segments that all have and that tell something of any.

    Raises:
        ValueError: Numbers of segments or of statistics differ, or a statistic is not a finite number.
    """
    lengths = {len(rows) for rows in systems}
    if len(lengths) > 1:
        raise ValueError(f"systems have different numbers of segments: {sorted(lengths)}")
    there = [all(row is not None for row in rows) for rows in zip(*systems, strict=True)]
    if not any(there):
        return [np.zeros((0, 0)) for _ in systems]
    stacked = np.array([list(compress(rows, there)) for rows in systems], dtype=np.float64)
    if not np.isfinite(stacked).all():
        raise ValueError("a statistic is not a finite number")
    telling = stacked.any(axis=(0, 2))
    return list(_exactly_summable(stacked[:, telling]))


def _exactly_summable(stacked: Floats) -> Floats:
    """Return the statistics rounded so that sums of as many rows as there are, in any order, are exact in float64.

    Counts stay as they are. A column of reals keeps 53 bits less those of the number of rows.
    """
    _, n_rows, n_columns = stacked.shape
    largest = np.abs(stacked).max(axis=(0, 1), initial=0.0)
    _, exponents = np.frexp(largest * max(1, n_rows) * 4)  # exchanges add and take away: two bits to spare
    steps = np.ldexp(np.ones(n_columns), exponents - 53)
    rounded: Floats = np.rint(stacked / steps) * steps
    return rounded


def score(finish: Finish, table: Floats) -> float | None:
    """Return the score of a table's sum; `None` where undefined."""
    if not len(table):
        return None
    finished = one_by_one(finish)(tuple(math.fsum(column) for column in table.T))
    return None if finished is None or not math.isfinite(finished) else float(finished)


def sorted_alike(tables: Sequence[Floats]) -> list[Floats]:
    """Return the tables with their segments in one order that depends on their values only."""
    joint = np.concatenate(tables, axis=1)
    if not joint.size:
        return list(tables)
    order = np.lexsort(joint.T[::-1])
    return [table[order] for table in tables]


def resampled_scores(tables: Sequence[Floats], scores: FinishMany, n_resamples: int, seed: int) -> Floats:
    """Return each system's scores on the same resampled corpora, shape (len(tables), n_resamples)."""
    joint = np.concatenate(sorted_alike(tables), axis=1)
    sums = np.concatenate([counts @ joint for counts in draws(len(joint), n_resamples, seed)])
    return np.array([scores(part) for part in np.split(sums, len(tables), axis=1)])


def draws(n: int, n_resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each of `n` segments is drawn, a row for each resample."""
    generator = np.random.default_rng(seed)
    step = max(1, _DRAWS // n)
    for start in range(0, n_resamples, step):
        size = min(step, n_resamples - start)
        drawn = generator.integers(n, size=(size, n)) + np.arange(size)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def coin_flips(n: int, n_trials: int, seed: int) -> Iterator[Floats]:
    """Yield whether each of `n` segments changes sides, a row of 0 and 1 for each trial."""
    generator = np.random.default_rng(seed)
    step = max(1, _DRAWS // n)
    for start in range(0, n_trials, step):
        size = min(step, n_trials - start)
        drawn = np.frombuffer(generator.bytes(-(-size * n // 8)), dtype=np.uint8)
        yield np.unpackbits(drawn, count=size * n).reshape(size, n).astype(np.float64)


def exchanged_differences(first: Floats, second: Floats, scores: FinishMany, n_trials: int, seed: int) -> Floats:
    """Return the differences of two systems whose segments have changed sides at random, shape (n_trials,)."""
    first, second = sorted_alike([first, second])
    total = first.sum(axis=0) + second.sum(axis=0)
    parts = []
    for exchanged in coin_flips(len(first), n_trials, seed):
        sums = first.sum(axis=0) + exchanged @ (second - first)
        parts.append(scores(sums) - scores(total - sums))
    return np.concatenate(parts)
