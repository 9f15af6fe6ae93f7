"""Pairwise accuracy: of translations of one source with calibrated ties, and of systems, hard and soft.

- Of translations: a pair is right if metric and people order it alike, or both call it a tie; a metric's tie is a
  difference of at most epsilon, the one that suits the metric best (Deutsch, Foster and Freitag 2023, "Ties Matter").
  Accuracies are averaged over items, as in the WMT metrics tasks since 2023.
- Of systems: a pair is right if metric and people order the systems alike (Kocmi et al. 2021).
- Soft: one less the distance between the p values that metric and people give the pair in a one-sided paired
  permutation test (Thompson et al. 2024). Different from `mt_metrics_eval`: a permutation exactly as far apart as the
  systems counts half, so that naming a pair the other way round cannot change the score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from scorer import resampling
from scorer.correlation import Additive, Ints, by_item
from scorer.resampling import Floats

N_PERMUTATIONS = 1_000
# Cells of items times pairs of systems, and pairs of translations, that are held in memory.
MAX_CELLS = 20_000_000
MAX_PAIRS = 5_000_000

_EQUAL = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of rows of one item, `first` before `second`; all of shape (n_pairs,)."""

    first: Ints
    second: Ints
    item: Ints

    def differences(self, scores: Floats) -> Floats:
        """Return the scores of the first less those of the second; rounding of equal scores is taken off."""
        differences = scores[self.first] - scores[self.second]
        scale = np.abs(scores).max(initial=0.0)
        rounded: Floats = np.where(np.abs(differences) <= _EQUAL * scale, 0.0, differences)
        return rounded


def n_pairs_within(item: Ints) -> int:
    """Return how many pairs of rows share an item."""
    sizes = np.bincount(item)
    return int((sizes * (sizes - 1) // 2).sum())


def pairs_within(item: Ints) -> Pairs:
    """Return all pairs of rows that share an item.

    Args:
        item: Of each row, ascending from 0, shape (n,).
    """
    sizes = np.bincount(item)
    starts = np.cumsum(sizes) - sizes
    parts: list[tuple[Ints, Ints, Ints]] = []
    for size in np.unique(sizes[sizes > 1]):
        items = np.flatnonzero(sizes == size)
        one, other = np.triu_indices(size, 1)
        begins = starts[items][:, None]
        parts.append(((begins + one).ravel(), (begins + other).ravel(), np.repeat(items, len(one))))
    if not parts:
        return Pairs(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Accuracy with calibrated ties: the statistic, and the largest difference that is a tie, in the metric's unit."""

    accuracy: Additive
    epsilon: float


def calibrated_accuracy(human: Floats, metric: Floats, pairs: Pairs, n_items: int) -> Calibrated | None:
    """Return the accuracy with the epsilon that makes it highest, the smallest if several do; `None` without a pair.

    Resampled values keep this epsilon. Items without a pair are left out of the mean.
    """
    if not len(pairs.item):
        return None
    people, differences = pairs.differences(human), pairs.differences(metric)
    is_right = (np.sign(people) == np.sign(differences)) & (people != 0)
    n_pairs = np.bincount(pairs.item, minlength=n_items)
    epsilon = best_epsilon(np.abs(differences), people == 0, is_right, 1 / n_pairs[pairs.item])
    right = np.where(np.abs(differences) <= epsilon, people == 0, is_right)
    shares = by_item([right / n_pairs[pairs.item]], pairs.item, n_items)
    rows = np.concatenate([shares, (n_pairs > 0)[:, None]], axis=1)
    return Calibrated(Additive(rows, _mean, np.zeros(2)), epsilon)


def best_epsilon(distances: Floats, is_tie: Floats, is_right: Floats, weights: Floats) -> float:
    """Return the smallest epsilon with the highest weighted accuracy, out of 0 and all distances.

    Args:
        distances: Of a metric's scores, shape (n_pairs,); those of at most epsilon are ties.
        is_tie: Whether people call the pair a tie.
        is_right: Whether the metric is right on the pair if it does not call it a tie.
        weights: Of the pairs.
    """
    order = np.argsort(distances, kind="stable")
    levels = np.r_[0.0, distances[order]]
    gains = np.r_[0.0, np.cumsum((weights * (is_tie.astype(float) - is_right))[order])]
    is_last = np.r_[levels[1:] != levels[:-1], True]  # pairs of one distance become ties together
    levels, gains = levels[is_last], gains[is_last]
    best = gains >= gains.max() - _EQUAL * weights.sum()
    return float(levels[np.argmax(best)])


def _mean(sums: Floats) -> Floats:
    total, n = sums.T
    means: Floats = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return means


# Systems -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class SystemPairs:
    """What people and a metric say of pairs of systems: differences by item, 0 where one of the two was not scored.

    Attributes:
        human: Shape (n_items, n_pairs); only pairs of systems that share an item.
        metric: Likewise.
    """

    human: Floats
    metric: Floats

    @property
    def accuracy(self) -> float:
        """Return the share of pairs that metric and people order alike, in [0, 1]."""
        return float(self.resampled_accuracy(np.ones((1, len(self.human))))[0])

    def soft_accuracy(self, seed: int, n_permutations: int = N_PERMUTATIONS) -> float:
        """Return one less the mean distance of the p values, in [0, 1]; all tests flip the same items' signs."""
        p = p_values(np.concatenate([self.human, self.metric], axis=1), seed, n_permutations)
        return 1 - float(np.abs(p[: self.human.shape[1]] - p[self.human.shape[1] :]).mean())

    def resampled_accuracy(self, counts: Floats) -> Floats:
        """Return the accuracy, shape (m,), on items drawn as often as `counts` says, shape (m, n_items)."""
        shares: Floats = (self._signs(counts, self.human) == self._signs(counts, self.metric)).mean(axis=1)
        return shares

    def resampled_soft_accuracy(self, counts: Floats) -> Floats:
        """Return the soft accuracy likewise, its p values by the normal law that the permuted sums tend to."""
        distances = np.abs(normal_p(counts, self.human) - normal_p(counts, self.metric))
        soft: Floats = 1 - distances.mean(axis=1)
        return soft

    @staticmethod
    def _signs(counts: Floats, differences: Floats) -> Floats:
        sums = counts @ differences
        scale = np.abs(differences).sum(axis=0)
        signs: Floats = np.where(np.abs(sums) <= _EQUAL * scale, 0.0, np.sign(sums))
        return signs


def system_pairs(human: Floats, metric: Floats, pairs: Pairs, system: Ints, n_items: int) -> SystemPairs | None:
    """Return the differences by pair of systems; `None` where no two systems share an item, or far too many do.

    Args:
        human: Scores of rows, higher is better, shape (n,).
        metric: Likewise.
        pairs: Of rows, in each the system with the smaller number first.
        system: Of each row, from 0, shape (n,).
        n_items: How many items there are.
    """
    numbers = system[pairs.first] * (int(system.max(initial=0)) + 1) + system[pairs.second]
    names, column = np.unique(numbers, return_inverse=True)
    if not len(names) or len(names) * n_items > MAX_CELLS:
        return None
    tables = []
    for scores in (human, metric):
        table = np.zeros((n_items, len(names)))
        table[pairs.item, column] = pairs.differences(scores)
        tables.append(table)
    return SystemPairs(*tables)


def p_values(differences: Floats, seed: int, n_permutations: int = N_PERMUTATIONS) -> Floats:
    """Return how often flipped signs give a sum at least as high as the real one; small where the first is better.

    Args:
        differences: By item and pair, shape (n_items, n_pairs).
        seed: The same seed flips the same items.
        n_permutations: How many to try.
    """
    real = differences.sum(axis=0)
    slack = _EQUAL * np.abs(differences).sum(axis=0)
    higher = np.zeros(differences.shape[1])
    for flips in resampling.coin_flips(len(differences), n_permutations, seed):
        distance = (2 * flips - 1) @ differences - real
        higher += (distance > slack).sum(axis=0) + 0.5 * (np.abs(distance) <= slack).sum(axis=0)
    return higher / n_permutations


def normal_p(counts: Floats, differences: Floats) -> Floats:
    """Return the p values of resampled items by the normal law, shape (m, n_pairs); 0.5 where nothing differs."""
    sums, squares = counts @ differences, counts @ (differences * differences)
    z = np.divide(sums, np.sqrt(squares), out=np.zeros_like(sums), where=squares > 0)
    points, tail = _normal_tail()
    return np.interp(z, points, tail)


@cache
def _normal_tail() -> tuple[Floats, Floats]:
    """Return points, and the chance of a standard normal above them; between points a line is right to 1e-6."""
    points = np.linspace(-8, 8, 3201)
    return points, np.array([math.erfc(point / math.sqrt(2)) / 2 for point in points])
