"""How far chance alone moves a score: bootstrap intervals, paired tests, and groups of systems alike.

Everything works on additive rows, so a resampled corpus is a sum and nothing is measured twice. Results do not depend
on the order of segments or systems, nor on threads or chunks. Segments without statistics, `None` or all zeros, are
left out.

Sources: Koehn 2004 (bootstrap), Riezler and Maxwell 2005 (approximate randomisation), with the p values of sacreBLEU
2.6.0's `significance.py`. Different from it: under `MINIMUM_SEGMENTS` there is no p, and a resample exactly as far
apart as the systems counts against them, or two systems that differ in a single segment would be told apart with p =
0.0001.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scorer import resampling
from scorer.errors import UsageError
from scorer.resampling import Finish, FinishMany, Floats, Rows

SEED = 12345
N_RESAMPLES = 1_000
N_TRIALS = 10_000
CONFIDENCE = 0.95
MINIMUM_SEGMENTS = 10

# Scores nearer than this are equal; the last digits of exp and log depend on the machine.
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends of a confidence interval, in the score's unit."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Return half the distance between the ends."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a paired test says of two systems.

    Attributes:
        difference: Score of the first less score of the second; `None` if either is undefined.
        interval: Bootstrap interval of the difference.
        p: How often chance alone gives a difference as large, in (0, 1].
        n_segments: Segments that both have statistics of.
        reason: Why there is neither interval nor p, else "".
    """

    difference: float | None
    interval: Interval | None
    p: float | None
    n_segments: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A system's place among others; `group` counts from 1, and is `None` where it cannot be said."""

    name: str
    score: float | None
    group: int | None


def bootstrap(
    rows: Rows,
    finish: Finish,
    *,
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Interval | None:
    """Return the percentile bootstrap interval of a corpus-level score.

    Args:
        rows: A row of statistics for each segment, shape (n, k).
        finish: The metric, or a function from summed statistics to a score.
        n_resamples: Corpora to draw.
        seed: The same seed gives the same interval.
        confidence: Share of resampled scores inside, in (0, 1).

    Returns:
        `None` for fewer than `MINIMUM_SEGMENTS` segments, and where too many resamples have no score.

    Raises:
        UsageError: A setting is out of range.
    """
    _require(n_resamples, seed, confidence)
    (table,) = resampling.tables([rows])
    if len(table) < MINIMUM_SEGMENTS:
        return None
    scores = resampling.vectorised(finish)
    return _interval(resampling.resampled_scores([table], scores, n_resamples, seed)[0], confidence)


def paired_bootstrap(
    rows_a: Rows,
    rows_b: Rows,
    finish: Finish,
    *,
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Return how two systems compare on resampled corpora.

    The p value is sacreBLEU's, after Moses: how often a resampled difference exceeds the mean resampled one by the
    real one. It looks to one side only, so that p = 0.05 leaves zero just inside a 90% interval;
    `approximate_randomization` looks to both.

    Args:
        rows_a: Statistics of the first system, shape (n, k).
        rows_b: Statistics of the second on the same segments.
        finish: The metric, or a function from summed statistics to a score.
        n_resamples: Corpora to draw.
        seed: The same seed gives the same result.
        confidence: Of the interval, in (0, 1).

    Raises:
        UsageError: A setting is out of range.
        ValueError: The systems have different numbers of segments.
    """
    _require(n_resamples, seed, confidence)
    pair = _Pair.of(rows_a, rows_b, finish)
    if pair.reason or pair.difference is None:
        return pair.untold()
    differences = pair.resampled_differences(n_resamples, seed)
    interval = _interval(differences, confidence)
    if interval is None:
        return pair.untold()
    distances = np.abs(differences[~np.isnan(differences)])
    p = _p_value(distances - distances.mean(), abs(pair.difference))
    return pair.told(interval, p)


def approximate_randomization(
    rows_a: Rows,
    rows_b: Rows,
    finish: Finish,
    *,
    n_trials: int = N_TRIALS,
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Return how two systems compare when segments change sides at random; two-sided.

    Args:
        rows_a: Statistics of the first system, shape (n, k).
        rows_b: Statistics of the second on the same segments.
        finish: The metric, or a function from summed statistics to a score.
        n_trials: Exchanges, for p.
        n_resamples: Corpora to draw, for the interval.
        seed: The same seed gives the same result.
        confidence: Of the interval, in (0, 1).

    Raises:
        UsageError: A setting is out of range.
        ValueError: The systems have different numbers of segments.
    """
    _require(n_resamples, seed, confidence)
    _require(n_trials, seed, confidence)
    pair = _Pair.of(rows_a, rows_b, finish)
    if pair.reason or pair.difference is None:
        return pair.untold()
    interval = _interval(pair.resampled_differences(n_resamples, seed), confidence)
    differences = pair.exchanged_differences(n_trials, seed)
    defined = differences[~np.isnan(differences)]
    if interval is None or len(defined) < confidence * n_trials:
        return pair.untold()
    return pair.told(interval, _p_value(np.abs(defined), abs(pair.difference)))


def minimum_detectable(
    rows_a: Rows,
    rows_b: Rows,
    finish: Finish,
    *,
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> float | None:
    """Return the smallest difference that these segments could show: half of its interval, in the score's unit.

    `None` where there is no interval. Arguments and errors are those of `paired_bootstrap`.
    """
    comparison = paired_bootstrap(
        rows_a,
        rows_b,
        finish,
        n_resamples=n_resamples,
        seed=seed,
        confidence=confidence,
    )
    return None if comparison.interval is None else comparison.interval.half_width


def groups(
    systems: Mapping[str, Rows],
    finish: Finish,
    *,
    higher_is_better: bool,
    n_resamples: int = N_RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> list[Ranked]:
    """Return the systems, best first, in groups that this test set cannot tell apart.

    A new group begins where every system above differs from every system below, in that the interval of their
    difference leaves out zero (the clusters of the WMT shared tasks).

    Args:
        systems: Statistics of each system on the same segments, each of shape (n, k); left out are segments that any
            lacks.
        finish: The metric, or a function from summed statistics to a score.
        higher_is_better: Which way to rank. Systems without a score come last, without a group.
        n_resamples: Corpora to draw.
        seed: The same seed gives the same result.
        confidence: Of the intervals, in (0, 1).

    Raises:
        UsageError: A setting is out of range.
        ValueError: The systems have different numbers of segments.
    """
    _require(n_resamples, seed, confidence)
    if not systems:
        return []
    names = sorted(systems)
    tables = dict(zip(names, resampling.tables([systems[name] for name in names]), strict=True))
    scores = {name: resampling.score(finish, table) for name, table in tables.items()}
    direction = -1 if higher_is_better else 1
    scored = {name: direction * score for name, score in scores.items() if score is not None}
    ranked = sorted(scored, key=lambda name: scored[name])
    numbers: list[int | None] = [None] * len(ranked)
    if ranked and len(tables[ranked[0]]) >= MINIMUM_SEGMENTS:
        finished = resampling.vectorised(finish)
        resampled = resampling.resampled_scores([tables[name] for name in ranked], finished, n_resamples, seed)
        numbers = [*_group_numbers(direction * resampled, confidence)]
    places = [Ranked(name, scores[name], number) for name, number in zip(ranked, numbers, strict=True)]
    return places + [Ranked(name, None, None) for name in names if name not in scored]


def _group_numbers(resampled: Floats, confidence: float) -> list[int]:
    """Return the group of each system; `resampled` has a row for each, best (lowest) first."""
    n_systems = len(resampled)
    is_worse = np.zeros((n_systems, n_systems), dtype=bool)
    for above in range(n_systems):
        for below in range(above + 1, n_systems):
            interval = _interval(resampled[below] - resampled[above], confidence)
            is_worse[above, below] = interval is not None and interval.low > _EQUAL
    numbers: list[int] = np.cumsum([is_worse[:i, i:].all() for i in range(n_systems)]).tolist()
    return numbers


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two systems' tables in an order that depends neither on that of segments nor on which came first."""

    first: Floats
    second: Floats
    scores: FinishMany
    sign: int
    difference: float | None
    reason: str

    @classmethod
    def of(cls, rows_a: Rows, rows_b: Rows, finish: Finish) -> _Pair:
        first, second = resampling.tables([rows_a, rows_b])
        score_a, score_b = resampling.score(finish, first), resampling.score(finish, second)
        difference = None if score_a is None or score_b is None else score_a - score_b
        is_small = len(first) < MINIMUM_SEGMENTS
        reason = f"too few segments: {len(first)}, at least {MINIMUM_SEGMENTS}" if is_small else ""
        scores = resampling.vectorised(finish)
        if resampling.sorted_alike([first])[0].tobytes() > resampling.sorted_alike([second])[0].tobytes():
            return cls(second, first, scores, -1, difference, reason)
        return cls(first, second, scores, 1, difference, reason)

    def told(self, interval: Interval, p: float) -> Comparison:
        return Comparison(self.difference, interval, p, len(self.first))

    def untold(self) -> Comparison:
        return Comparison(self.difference, None, None, len(self.first), self.reason or "the score is undefined")

    def resampled_differences(self, n_resamples: int, seed: int) -> Floats:
        pair = [self.first, self.second]
        first, second = resampling.resampled_scores(pair, self.scores, n_resamples, seed)
        differences: Floats = self.sign * (first - second)
        return differences

    def exchanged_differences(self, n_trials: int, seed: int) -> Floats:
        return resampling.exchanged_differences(self.first, self.second, self.scores, n_trials, seed)


def _require(n_resamples: int, seed: int, confidence: float) -> None:
    if n_resamples < 1:
        raise UsageError(f"at least 1 resample is needed, not {n_resamples}")
    if seed < 0:
        raise UsageError(f"a seed is 0 or more, not {seed}")
    if not 0 < confidence < 1:
        raise UsageError(f"confidence lies between 0 and 1, not at {confidence}")


def _interval(scores: Floats, confidence: float) -> Interval | None:
    """Return the middle of the scores; `None` if more of them are undefined than may lie outside."""
    defined = scores[~np.isnan(scores)]
    if not len(defined) or len(defined) < confidence * len(scores):
        return None
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def _p_value(by_chance: Floats, real: float) -> float:
    """Return the share of differences at least as large as the real one, which counts as one of them."""
    return (int((by_chance >= real - _EQUAL).sum()) + 1) / (len(by_chance) + 1)
