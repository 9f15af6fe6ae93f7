"""A known recipe made to fit other judges: four ways, from one number taken from their scores to all of a recipe.

A few hundred rated segments say little about ten knots of seven curves, so cross-validation chooses the way, and the
more cautious one of two that do about as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from scorer.combine import MISSING_RATE, PER_WORDS, SCALE, Prediction, Recipe, Term, together
from scorer.correlation import Ints, kendall
from scorer.fitting import (
    DIGITS,
    Column,
    Floats,
    curve,
    extended,
    predicted,
    reweighted,
    thinned,
    total,
)

Unit = Literal["points", "quality"]
Bools = npt.NDArray[np.bool_]
Parts = tuple[Prediction, Prediction]

WAYS_SAID = {
    "scale": "the shipped recipe's points times a factor",
    "curve": "the shipped recipe with a new last curve",
    "weights": "the shipped curves of metrics with new weights and a new last curve",
    "all": "new curves of metrics, new weights and a new last curve",
}
# A bolder way must do better by this share of the squared error.
MARGIN = 0.01
# So much of Kendall's tau may be noise; a way that loses more of the shipped recipe's is no better, however near it is.
TAU_MARGIN = 0.01
# Of points, to try when all else is fitted.
FACTORS: tuple[float, ...] = tuple(np.geomspace(0.25, 4.0, 49).tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Rated segments that one recipe can score, sorted by item; every array has shape (n,).

    Attributes:
        columns: The recipe's metrics, by name, as it reads them (`combine.steadied`).
        n_words: What points are counted over (`combine.length`), above 0.
        n_hypothesis: Words of the hypothesis, above 0.
        found_accuracy: Points of accuracy per 100 words that findings cost.
        found_fluency: The same of fluency.
        least_accuracy: Points of accuracy per 100 words that a critical finding makes the minimum, else 0.
        least_fluency: The same of fluency.
        is_copy: Whether the hypothesis is a reference word for word, which costs no accuracy.
        human: People's scores in `unit`.
        accuracy: Points of accuracy per 100 words that people took off.
        fluency: The same of fluency.
        item: A number for each source, ascending from 0.
        unit: "points" of a segment, lower is better, or "quality", 0 to 100, higher is better.
    """

    columns: Mapping[str, Column]
    n_words: Floats
    n_hypothesis: Floats
    found_accuracy: Floats
    found_fluency: Floats
    least_accuracy: Floats
    least_fluency: Floats
    is_copy: Bools
    human: Floats
    accuracy: Floats
    fluency: Floats
    item: Ints
    unit: Unit

    def __len__(self) -> int:
        return len(self.human)

    def rows(self, places: Bools | Ints) -> Rated:
        """Return some of the rows, their items as they are."""
        columns = {name: replace(column, values=column.values[places]) for name, column in self.columns.items()}
        arrays = {name: getattr(self, name)[places] for name in self.__slots__ if name not in ("columns", "unit")}
        return replace(self, columns=columns, **arrays)


def judged(parts: Parts, rated: Rated) -> Floats:
    """Return what reports would say of each row, in the rows' unit: `mqm` or `quality`; shape (n,)."""
    return _settled(_expected(parts, rated), rated)


def _expected(parts: Parts, rated: Rated) -> tuple[Floats, Floats]:
    """Return the points per 100 words of accuracy and fluency that the recipe alone expects."""
    scores = {name: column.values for name, column in rated.columns.items()}
    accuracy, fluency = (predicted(part, scores, len(rated)) for part in parts)
    return np.where(rated.is_copy, 0.0, accuracy), fluency


def _settled(expected: tuple[Floats, Floats], rated: Rated, factor: float = 1.0) -> Floats:
    """Return the rows' scores of so many times these points and of findings, as `combine.penalty` has it."""
    accuracy, fluency = (
        np.maximum(together(np.maximum(0.0, points * factor), found), least)
        for points, found, least in (
            (expected[0], rated.found_accuracy, rated.least_accuracy),
            (expected[1], rated.found_fluency, rated.least_fluency),
        )
    )
    rate = accuracy + fluency
    return rate * rated.n_words / PER_WORDS if rated.unit == "points" else quality_of(rate)


def quality_of(rate: Floats) -> Floats:
    """Return the quality, 0 to 100, of points per 100 words."""
    return np.asarray(100 * np.exp(-rate / SCALE), dtype=np.float64)


def rate_of(quality: Floats) -> Floats:
    """Return the points per 100 words of a quality of 0 to 100; at most those of a text without a counterpart."""
    return np.asarray(-SCALE * np.log(np.maximum(quality / 100, math.exp(-MISSING_RATE / SCALE))), dtype=np.float64)


# Ways ----------------------------------------------------------------------------------------------------------------

Scores = Mapping[str, Column]
Way = Callable[[Prediction, Scores, Floats, Floats], Prediction]


def rescaled(known: Prediction, columns: Scores, rate: Floats, weights: Floats) -> Prediction:
    """Return the known prediction with its points times the factor that brings them nearest to `rate`.

    Args:
        known: What to start from; it has a metric to read.
        columns: Its metrics, each of shape (n,).
        rate: Points per 100 words, shape (n,).
        weights: What each row counts, shape (n,), above 0.
    """
    now = predicted(known, _values(columns), len(rate))
    power = float(np.sum(weights * now * now))
    return scaled(known, float(np.sum(weights * now * rate)) / power if power > 0 else 1.0)


def recurved(known: Prediction, columns: Scores, rate: Floats, weights: Floats) -> Prediction:
    """Return the known prediction with another last curve; order is kept but for ties. Arguments as in `rescaled`."""
    sums = total(known, _values(columns), len(rate))
    last = thinned(curve(sums, rate, weights, increasing=True))
    return replace(known, knots=extended(last, known.knots, increasing=True))


def shifted(known: Prediction, columns: Scores, rate: Floats, weights: Floats) -> Prediction:
    """Return the known curves of metrics with other weights and another last curve. Arguments as in `rescaled`."""
    return _drawn_on(reweighted(known.terms, _values(columns), rate, weights))


def refitted(known: Prediction, columns: Scores, rate: Floats, weights: Floats) -> Prediction:
    """Return a prediction fitted anew; beyond the rows' range metrics keep their known curves."""
    terms = []
    for term in known.terms:
        column = columns[term.metric]
        up = not column.higher_is_better
        own = thinned(curve(column.values, rate, weights, increasing=up))
        terms.append(Term(term.metric, extended(own, term.knots, increasing=up), 1.0))
    return _drawn_on(reweighted(terms, _values(columns), rate, weights))


# From the most cautious to the boldest: how many numbers each takes from the rows grows.
WAYS: Mapping[str, Way] = {"scale": rescaled, "curve": recurved, "weights": shifted, "all": refitted}


def _values(columns: Scores) -> dict[str, Floats]:
    return {name: column.values for name, column in columns.items()}


def _drawn_on(prediction: Prediction) -> Prediction:
    """Return the prediction with its last curve thinned, and drawn on to the highest sum that its terms can reach.

    Sums of bent metrics are points already, so beyond the rows' range they stand for themselves.
    """
    knots = thinned(prediction.knots)
    most = prediction.bias + sum(term.weight * max(y for _, y in term.knots) for term in prediction.terms)
    highest = (round(most, DIGITS), round(min(most, MISSING_RATE), DIGITS))
    return replace(prediction, knots=extended(knots, (highest,), increasing=True) if prediction.terms else knots)


def scaled(prediction: Prediction, factor: float) -> Prediction:
    """Return the prediction times a factor."""
    if not prediction.terms:
        return replace(prediction, bias=round(prediction.bias * factor, DIGITS))
    return replace(prediction, knots=tuple((x, round(y * factor, DIGITS)) for x, y in prediction.knots))


def adapted(known: Recipe, rated: Rated, way: str) -> Parts:
    """Return a recipe's predictions of adequacy and fluency fitted to the rows, in one of `WAYS`."""
    told = rated.rows(~rated.is_copy)  # a copy of the reference costs nothing, whatever its metrics say
    if not len(told):
        return known.adequacy, known.fluency
    # Points add up over words; people who judge segments on a scale give each the same weight.
    weights = told.n_words if rated.unit == "points" else np.ones(len(told))
    found = []
    for part, rate in ((known.adequacy, told.accuracy), (known.fluency, told.fluency)):
        fitted = WAYS[way](part, told.columns, rate, weights) if part.terms else reweighted((), {}, rate, weights)
        found.append(fitted)
    return _level((found[0], found[1]), rated)


def _level(parts: Parts, rated: Rated) -> Parts:
    """Return the parts times the factor that brings what reports will say nearest to people's scores.

    Curves are fitted to expected points alone. What reports say has findings as its minimum, and is too high where
    both count; and quality bends points: where mean points are right, mean quality is too low.
    """
    expected = _expected(parts, rated)
    errors = [np.mean((_settled(expected, rated, factor) - rated.human) ** 2) for factor in FACTORS]
    factor = FACTORS[int(np.argmin(errors))]
    return scaled(parts[0], factor), scaled(parts[1], factor)


# Cross-validation ----------------------------------------------------------------------------------------------------


def folds(item: Ints, n_folds: int, seed: int) -> Iterator[tuple[Bools, Bools]]:
    """Yield (rows to fit, rows to judge), each of shape (n,); all rows of an item are in one fold.

    Args:
        item: Of each row, shape (n,).
        n_folds: At most the number of items.
        seed: Of the shuffle.
    """
    items, place = np.unique(item, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(items)) % n_folds
    for number in range(n_folds):
        is_out = fold[place] == number
        yield ~is_out, is_out


def chosen_way(known: Recipe, rated: Rated, n_folds: int, seed: int) -> str:
    """Return the way with the least squared error in cross-validation; of those about as good, the most cautious.

    Ways that order segments worse than the known recipe are out: the least squares of weak metrics are near the mean,
    where findings alone decide which of two segments is worse. If all do, it is the one that orders best.
    """
    scores = {way: _unseen(known, rated, way, n_folds, seed) for way in WAYS}
    order = {way: _tau(found, rated) for way, found in scores.items()}
    least = _tau(judged((known.adequacy, known.fluency), rated), rated) - TAU_MARGIN
    errors = {way: float(np.mean((scores[way] - rated.human) ** 2)) for way in WAYS if order[way] >= least}
    if not errors:
        return max(order, key=order.__getitem__)
    limit = min(errors.values()) * (1 + MARGIN)
    return next(way for way, error in errors.items() if error <= limit)


def _unseen(known: Recipe, rated: Rated, way: str, n_folds: int, seed: int) -> Floats:
    scores = np.zeros(len(rated))
    for kept, out in folds(rated.item, n_folds, seed):
        scores[out] = judged(adapted(known, rated.rows(kept), way), rated.rows(out))
    return scores


def _tau(scores: Floats, rated: Rated) -> float:
    value = kendall(scores, rated.human, np.zeros(len(rated), dtype=np.int64), 1).value
    return 0.0 if value is None else value  # scores that are all the same order nothing


def best(known: Recipe, rated: Rated, n_folds: int, seed: int) -> tuple[str, Parts]:
    """Return the chosen way, and the recipe's parts fitted to all rows in it."""
    way = chosen_way(known, rated, n_folds, seed)
    return way, adapted(known, rated, way)


def held_out(known: Recipe, rated: Rated, n_folds: int, seed: int) -> Floats:
    """Return each row's score by a recipe that was chosen and fitted without the row's fold, shape (n,)."""
    scores = np.zeros(len(rated))
    for kept, out in folds(rated.item, n_folds, seed):
        # Another seed within: the same one would cut the rows that are left along the same lines.
        _, parts = best(known, rated.rows(kept), n_folds, seed + 1)
        scores[out] = judged(parts, rated.rows(out))
    return scores
