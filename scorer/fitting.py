"""Predictions of human penalties: monotone curves and non-negative weights.

Everything here is numpy on columns of numbers, a row a rated segment. Curves are isotonic regressions (pool adjacent
violators, Barlow et al. 1972; the same values as scikit-learn's), weights non-negative least squares (Lawson and Hanson
1974). So every metric keeps its direction, whatever the human scores hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scorer.combine import Prediction, Term

Floats = npt.NDArray[np.float64]
Knots = tuple[tuple[float, float], ...]

N_KNOTS = 10
# Of a curve: steps of a score that are steeper than this share of its range would make it of rounding errors.
NEAREST = 1 / 20
# Digits of knots and weights in files.
DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A metric's segment scores, shape (n,), finite, and which way is better."""

    name: str
    values: Floats
    higher_is_better: bool


# Curves --------------------------------------------------------------------------------------------------------------


def isotonic(x: Floats, y: Floats, weights: Floats, *, increasing: bool) -> tuple[Floats, Floats]:
    """Return the distinct x, ascending, and the monotone values there that are nearest to y in weighted squares.

    Args:
        x: Shape (n,), n of 1 or more, finite.
        y: Shape (n,), finite.
        weights: Shape (n,), above 0.
        increasing: Whether the values rise or fall with x.
    """
    at, group = np.unique(x, return_inverse=True)
    total: Floats = np.bincount(group, weights).astype(np.float64)
    mean: Floats = np.bincount(group, weights * y) / total
    return at, _pooled(mean, total) if increasing else -_pooled(-mean, total)


def _pooled(y: Floats, weights: Floats) -> Floats:
    means: list[float] = []
    totals: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(y.tolist(), weights.tolist(), strict=True):
        size = 1
        while means and means[-1] >= value:
            before = totals.pop()
            value = (means.pop() * before + value * weight) / (before + weight)  # noqa: PLW2901 - a pool grows
            weight += before  # noqa: PLW2901
            size += sizes.pop()
        means.append(value)
        totals.append(weight)
        sizes.append(size)
    return np.repeat(np.array(means), sizes)


def curve(x: Floats, y: Floats, weights: Floats, *, increasing: bool) -> Knots:
    """Return the isotonic regression of y on x at quantiles of x; arguments as in `isotonic`."""
    distinct, values = isotonic(x, y, weights, increasing=increasing)
    # Half of the knots where the texts are, half spread evenly, so that rare bad texts have some too; none too near.
    spread = np.linspace(x.min(), x.max(), N_KNOTS)
    at = np.sort(np.concatenate([np.quantile(x, np.linspace(0, 1, N_KNOTS)), spread]))
    at = at[np.concatenate([[True], np.diff(at) > (x.max() - x.min()) / 100])]
    # A step function's mean around each knot, so that the lines between knots follow it.
    edges = np.concatenate([[at[0]], (at[1:] + at[:-1]) / 2, [at[-1]]])
    means = [float(np.mean(np.interp(np.linspace(a, b, 25), distinct, values))) for a, b in itertools.pairwise(edges)]
    knots = [(round(float(a), DIGITS), round(mean, DIGITS)) for a, mean in zip(at, means, strict=True)]
    return tuple(knot for i, knot in enumerate(knots) if i == 0 or knot[0] > knots[i - 1][0])


def thinned(knots: Knots) -> Knots:
    """Return the knots that are a twentieth of the range apart: a steep step would make a score of rounding errors."""
    if len(knots) == 1:
        return knots
    first, *inner, last = knots
    kept, gap = [first], (last[0] - first[0]) * NEAREST
    for knot in inner:
        if knot[0] - kept[-1][0] >= gap and last[0] - knot[0] >= gap:
            kept.append(knot)
    return (*kept, last)


def extended(knots: Knots, known: Knots, *, increasing: bool) -> Knots:
    """Return the knots with a known curve's beyond both of their ends, as far as the whole stays monotone.

    A user's texts are seldom as bad as texts can be: without this, all that is worse than the worst of them would cost
    as much as that.
    """
    ys = [y for _, y in knots]
    low, high = min(ys), max(ys)
    # A knot next to the end would make a step of the distance between the two curves.
    gap = NEAREST * max(knots[-1][0] - knots[0][0], 1e-9)
    before = [(x, min(y, low) if increasing else max(y, high)) for x, y in known if x < knots[0][0] - gap]
    after = [(x, max(y, high) if increasing else min(y, low)) for x, y in known if x > knots[-1][0] + gap]
    return (*before, *knots, *after)


# Weights -------------------------------------------------------------------------------------------------------------


def non_negative_least_squares(design: Floats, y: Floats) -> Floats:
    """Return the weights of 0 and more that bring design @ weights nearest to y, shape (k,).

    Args:
        design: Shape (n, k).
        y: Shape (n,).
    """
    n_columns = design.shape[1]
    weights, is_free = np.zeros(n_columns), np.zeros(n_columns, dtype=bool)
    least = 1e-10 * max(1.0, float(np.abs(design.T @ y).max(initial=0.0)))
    for _ in range(3 * n_columns):
        gain = np.where(is_free, -np.inf, design.T @ (y - design @ weights))
        if gain.max(initial=-np.inf) <= least:
            break
        is_free[int(gain.argmax())] = True
        weights = _within_bounds(design, y, weights, is_free)
    return weights


def _within_bounds(design: Floats, y: Floats, weights: Floats, is_free: npt.NDArray[np.bool_]) -> Floats:
    """Return the best weights of the free columns; those that would fall below 0 are fixed there, in `is_free` too."""
    while is_free.any():
        best = np.zeros_like(weights)
        best[is_free] = np.linalg.lstsq(design[:, is_free], y, rcond=None)[0]
        blocked = is_free & (best <= 0)
        if not blocked.any():
            return best
        step = float((weights[blocked] / (weights[blocked] - best[blocked])).min())
        weights = weights + step * (best - weights)
        is_free &= (weights > 1e-12) & ~(blocked & (weights <= 1e-12))
        weights = np.where(is_free, weights, 0.0)
    return weights


# Predictions ---------------------------------------------------------------------------------------------------------


def bent(values: Floats, knots: Knots) -> Floats:
    """Return the values on the line through the knots, constant beyond its ends; shape (n,)."""
    xs, ys = zip(*knots, strict=True)
    return np.asarray(np.interp(values, xs, ys), dtype=np.float64)


def total(prediction: Prediction, scores: Mapping[str, Floats], n: int) -> Floats:
    """Return the terms' weighted sum before the last curve, shape (n,)."""
    terms = [term.weight * bent(scores[term.metric], term.knots) for term in prediction.terms]
    sums: Floats = np.sum([np.full(n, prediction.bias), *terms], axis=0)
    return sums


def predicted(prediction: Prediction, scores: Mapping[str, Floats], n: int) -> Floats:
    """Return what `Prediction.__call__` does for each row, shape (n,)."""
    return bent(total(prediction, scores, n), prediction.knots)


def fit_prediction(columns: Sequence[Column], rate: Floats, weights: Floats) -> Prediction:
    """Return a prediction of `rate` from scratch: terms bent and weighted, and the sum bent to the mean rate.

    Metrics that get no weight are left out. Without a metric it is the mean for all.

    Args:
        columns: Metrics, each of shape (n,).
        rate: Points per 100 words, shape (n,), 0 or more.
        weights: What each row counts, shape (n,), above 0: its words.
    """
    terms = [Term(c.name, curve(c.values, rate, weights, increasing=not c.higher_is_better), 1.0) for c in columns]
    return reweighted(terms, {column.name: column.values for column in columns}, rate, weights)


def reweighted(terms: Sequence[Term], scores: Mapping[str, Floats], rate: Floats, weights: Floats) -> Prediction:
    """Return the prediction with these terms' curves, and with weights and a last curve fitted to `rate`."""
    if not terms:
        mean = round(float(np.average(rate, weights=weights)), DIGITS)
        return Prediction((), mean, ((0.0, 0.0), (1000.0, 1000.0)))
    columns = [bent(scores[term.metric], term.knots) for term in terms]
    # The square root of the weights makes the least squares those of words, not of segments.
    root = np.sqrt(weights)
    solution = non_negative_least_squares(np.column_stack([*columns, np.ones(len(rate))]) * root[:, None], rate * root)
    *shares, bias = (round(float(value), DIGITS) for value in solution)
    kept = tuple(replace(term, weight=share) for term, share in zip(terms, shares, strict=True) if share > 0)
    sums = np.column_stack(columns) @ solution[:-1] + solution[-1]
    return Prediction(kept, bias, curve(sums, rate, weights, increasing=True))


def smoothed(prediction: Prediction) -> Prediction:
    """Return a prediction with all its curves thinned."""
    terms = tuple(replace(term, knots=thinned(term.knots)) for term in prediction.terms)
    return replace(prediction, terms=terms, knots=thinned(prediction.knots))


def as_json(prediction: Prediction) -> dict[str, Any]:
    """Return a prediction as `models/recipes.json` holds it."""
    terms = [
        {"metric": term.metric, "knots": [list(knot) for knot in term.knots], "weight": term.weight}
        for term in prediction.terms
    ]
    return {"terms": terms, "bias": prediction.bias, "knots": [list(knot) for knot in prediction.knots]}
