"""The learned metric's output layer fitted to human points: a ridge from the shipped weights, all below them frozen.

A segment's points are the sum over its tokens of softplus(weights · state + bias). Near the shipped weights that is
linear in them, so each Gauss-Newton step is a ridge regression of what the shipped layer left over; the penalty is on
the distance from the shipped weights, its strength chosen by cross-validation, "infinite" (no change) among them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scorer import adaptation, assets
from scorer.adaptation import Bools, Parts, Rated, folds
from scorer.combine import PER_WORDS, Recipe, steadied
from scorer.correlation import Ints
from scorer.errors import UsageError
from scorer.fitting import Floats
from scorer.types import Segment

# Rows whose states fit in memory: about 60 KB each.
MAX_ROWS = 5_000
# Of the penalty, in units of a direction's mean gain; the last one leaves the shipped weights as they are.
STRENGTHS = (0.3, 3.0, 30.0, math.inf)
N_STEPS = 3
PARTS = ("accuracy", "fluency")


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What the head of one part reads of n segments.

    Attributes:
        tokens: Of all segments, one behind the other, shape (t, dim).
        row: The segment of each token, ascending, shape (t,).
        share: What the head's sum counts in each segment's points, shape (n,).
        rest: Points that do not depend on the head, shape (n,).
    """

    tokens: npt.NDArray[np.float16]
    row: Ints
    share: Floats
    rest: Floats

    def points(self, weights: Floats) -> Floats:
        """Return each segment's points, shape (n,); `weights` have shape (dim + 1,), the last one is the bias."""
        return self.rest + self.share * self.sums(weights)

    def sums(self, weights: Floats) -> Floats:
        """Return the head's sum over each segment's tokens, shape (n,)."""
        costs = np.logaddexp(0.0, self._logits(weights))
        return np.bincount(self.row, costs, minlength=len(self.share)).astype(np.float64)

    def gains(self, weights: Floats) -> Floats:
        """Return how each segment's points grow with each weight, shape (n, dim + 1)."""
        slope = 1 / (1 + np.exp(-self._logits(weights)))
        found = np.zeros((len(self.share), len(weights)))
        ends = np.searchsorted(self.row, np.arange(len(self.share) + 1))
        for i, (first, last) in enumerate(itertools.pairwise(ends.tolist())):
            found[i, :-1] = slope[first:last] @ self.tokens[first:last].astype(np.float64)
            found[i, -1] = slope[first:last].sum()
        return found * self.share[:, None]

    def rows(self, places: Bools) -> States:
        """Return some of the segments."""
        kept = places[self.row]
        return States(self.tokens[kept], (np.cumsum(places) - 1)[self.row[kept]], self.share[places], self.rest[places])

    def _logits(self, weights: Floats) -> Floats:
        logits: Floats = (self.tokens.astype(np.float32) @ weights[:-1].astype(np.float32)).astype(np.float64)
        logits += weights[-1]
        return logits


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Both heads' states of the rows of a `Rated`, and their shipped weights, each of shape (dim + 1,)."""

    states: tuple[States, States]
    shipped: tuple[Floats, Floats]


def heads_of(segments: Sequence[Segment], known: Recipe) -> Heads:
    """Return what the heads read of segments.

    Raises:
        UsageError: The recipe does not read the learned metric, or there are too many segments.
    """
    if not known.metrics & {f"learned_{part}" for part in PARTS}:
        raise UsageError(f"the recipe {known.name} does not read the learned metric, so it has no heads to fit")
    if len(segments) > MAX_ROWS:
        raise UsageError(
            f"heads are fitted to at most {MAX_ROWS} rows, and there are {len(segments)}; take a sample, or fit the "
            "calibration to all of them with --what calibration"
        )
    from scorer import estimator

    # As in the metrics: fluency is judged by the hypothesis alone.
    alone = [replace(segment, source=None, references=()) for segment in segments]
    weights = shipped_weights()
    states = [
        states_of(estimator.head_inputs(each), [math.fsum(getattr(e, part)) for e in estimator.estimate(each)], own)
        for each, part, own in zip((segments, alone), PARTS, weights, strict=True)
    ]
    return Heads((states[0], states[1]), weights)


def states_of(
    inputs: Sequence[tuple[npt.NDArray[np.float16], float]], points: Sequence[float], shipped: Floats
) -> States:
    """Return segments' states, from what `estimator.head_inputs` says and the points that the shipped head gives."""
    sizes = [len(states) for states, _ in inputs]
    tokens = np.concatenate([states for states, _ in inputs if len(states)])
    row = np.repeat(np.arange(len(inputs)), sizes).astype(np.int64)
    share = np.array([each for _, each in inputs], dtype=np.float64)
    bare = States(tokens, row, share, np.zeros(len(inputs)))
    return replace(bare, rest=np.array(points) - bare.points(shipped))


def shipped_weights() -> tuple[Floats, Floats]:
    """Return the shipped heads' weights, accuracy and fluency."""
    from safetensors.numpy import load

    tensors = load(assets.read(assets.NETWORK))
    joint = np.concatenate([tensors["points.weight"], tensors["points.bias"][:, None]], axis=1).astype(np.float64)
    return joint[0], joint[1]


def network_with(weights: tuple[Floats, Floats]) -> bytes:
    """Return the shipped network's file with other heads."""
    from safetensors.numpy import load, save

    tensors = dict(load(assets.read(assets.NETWORK)))
    joint = np.stack(weights)
    for name, values in (("points.weight", joint[:, :-1]), ("points.bias", joint[:, -1])):
        tensors[name] = np.ascontiguousarray(values.astype(tensors[name].dtype))
    return save(tensors)


# Fitting -------------------------------------------------------------------------------------------------------------


def fit_head(states: States, points: Floats, n_words: Floats, shipped: Floats, strength: float) -> Floats:
    """Return a head's weights, shape (dim + 1,).

    Args:
        states: Of n segments.
        points: What people took off, shape (n,).
        n_words: Of each segment, shape (n,), above 0; variances of points grow with them.
        shipped: The weights to start from and to stay near.
        strength: Of the penalty, above 0; infinite changes nothing.
    """
    weights = shipped
    if math.isinf(strength):
        return weights
    for _ in range(N_STEPS):
        gains = states.gains(weights) / np.sqrt(n_words)[:, None]
        left = (points - states.points(weights)) / np.sqrt(n_words)
        # The ridge pulls towards the shipped weights, not towards those of the step before.
        target = left + gains @ (weights - shipped)
        power = gains.T @ gains
        ridge = strength * np.trace(power) / len(power) * np.eye(len(power))
        weights = shipped + np.linalg.solve(power + ridge, gains.T @ target)
    return weights


def chosen_strength(states: States, points: Floats, rated: Rated, shipped: Floats, n_folds: int, seed: int) -> float:
    """Return the strength with the least squared error, by words, in cross-validation."""
    errors = {}
    for strength in STRENGTHS:
        unseen = _unseen_points(states, points, rated, shipped, strength, n_folds, seed)
        errors[strength] = float(np.sum((unseen - points) ** 2 / rated.n_hypothesis))
    return min(reversed(STRENGTHS), key=errors.__getitem__)


def _unseen_points(
    states: States, points: Floats, rated: Rated, shipped: Floats, strength: float, n_folds: int, seed: int
) -> Floats:
    found = np.zeros(len(rated))
    for kept, out in folds(rated.item, n_folds, seed):
        weights = fit_head(states.rows(kept), points[kept], rated.n_hypothesis[kept], shipped, strength)
        found[out] = states.rows(out).points(weights)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class FittedHeads:
    """Both heads' new weights, and the points per 100 words that heads fitted without a row expect of it."""

    weights: tuple[Floats, Floats]
    strengths: tuple[float, float]
    unseen: tuple[Floats, Floats]


def fit_heads(heads: Heads, rated: Rated, n_folds: int, seed: int) -> FittedHeads:
    """Return both heads fitted to the rows' points of accuracy and fluency."""
    weights, strengths, unseen = [], [], []
    for states, shipped, rate in zip(heads.states, heads.shipped, (rated.accuracy, rated.fluency), strict=True):
        points = rate * rated.n_hypothesis / PER_WORDS
        strength = chosen_strength(states, points, rated, shipped, n_folds, seed)
        strengths.append(strength)
        weights.append(fit_head(states, points, rated.n_hypothesis, shipped, strength))
        # The recipe is fitted to what heads say of rows that they have not seen, as it will read them.
        found = _unseen_points(states, points, rated, shipped, strength, n_folds, seed)
        unseen.append(PER_WORDS * found / rated.n_hypothesis)
    return FittedHeads((weights[0], weights[1]), (strengths[0], strengths[1]), (unseen[0], unseen[1]))


def with_learned(rated: Rated, rates: tuple[Floats, Floats]) -> Rated:
    """Return the rows with other scores of the learned metrics, in points per 100 words."""
    columns = dict(rated.columns)
    for part, values in zip(PARTS, rates, strict=True):
        if (name := f"learned_{part}") in columns:
            columns[name] = replace(columns[name], values=steadied(name, values, rated.n_hypothesis))
    return replace(rated, columns=columns)


def held_out(known: Recipe, rated: Rated, heads: Heads, n_folds: int, seed: int) -> Floats:
    """Return each row's score by heads and a recipe that were fitted without the row's fold, shape (n,)."""
    scores = np.zeros(len(rated))
    for kept, out in folds(rated.item, n_folds, seed):
        inside = Heads((heads.states[0].rows(kept), heads.states[1].rows(kept)), heads.shipped)
        fitted, _, parts = best(known, rated.rows(kept), inside, n_folds, seed + 1)
        outside = rated.rows(out)
        rates = [
            PER_WORDS * states.rows(out).points(weights) / outside.n_hypothesis
            for states, weights in zip(heads.states, fitted.weights, strict=True)
        ]
        scores[out] = adaptation.judged(parts, with_learned(outside, (rates[0], rates[1])))
    return scores


def best(known: Recipe, rated: Rated, heads: Heads, n_folds: int, seed: int) -> tuple[FittedHeads, str, Parts]:
    """Return the heads fitted to all rows, the recipe's way, and its parts fitted to what such heads say."""
    fitted = fit_heads(heads, rated, n_folds, seed)
    way, parts = adaptation.best(known, with_learned(rated, fitted.unseen), n_folds, seed)
    return fitted, way, parts
