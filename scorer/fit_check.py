"""Whether a fitted recipe beats the shipped one on rows that it has not seen: figures, intervals and the decision.

Intervals are those of a paired bootstrap over sources, the same draws for both recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scorer import correlation, pairwise, resampling
from scorer.adaptation import Rated
from scorer.correlation import Additive, Ints, by_item
from scorer.fitting import Floats

# Names of the figures, in the order of tables, and whether higher is better.
FIGURES: Mapping[str, bool] = {
    "pearson": True,
    "kendall": True,
    "accuracy": True,
    "mean absolute error": False,
    "root mean squared error": False,
}
ERRORS = ("mean absolute error", "root mean squared error")

Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of both recipes and of their difference, fitted less shipped; each a value, low and high end."""

    name: str
    shipped: Interval
    fitted: Interval
    difference: Interval

    @property
    def is_better(self) -> bool:
        """Return whether the fitted recipe is better beyond chance."""
        _, low, high = self.difference
        return low is not None and high is not None and (low > 0 if FIGURES[self.name] else high < 0)

    @property
    def is_worse(self) -> bool:
        """Return whether the fitted recipe is worse beyond chance."""
        _, low, high = self.difference
        return low is not None and high is not None and (high < 0 if FIGURES[self.name] else low > 0)


def figures(rated: Rated, shipped: Floats, fitted: Floats, *, n_resamples: int, seed: int) -> tuple[Figure, ...]:
    """Return all figures; accuracy within one source only where sources repeat.

    Args:
        rated: The rows, with people's scores.
        shipped: Scores by the shipped recipe, in the rows' unit, shape (n,).
        fitted: Scores by fitted recipes that have not seen the row, likewise.
        n_resamples: Draws of sources.
        seed: Of the draws.
    """
    item = np.unique(rated.item, return_inverse=True)[1].astype(np.int64)
    n_items = int(item.max()) + 1
    pairs = [
        (name, make(rated.human, shipped, item, n_items), make(rated.human, fitted, item, n_items))
        for name, make in _MAKERS.items()
    ]
    known = [(name, one, other) for name, one, other in pairs if one is not None and other is not None]
    drawn: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name, _, _ in known}
    for counts in resampling.draws(n_items, n_resamples, seed):
        for name, one, other in known:
            drawn[name].append((one.resampled(counts), other.resampled(counts)))
    return tuple(_figure(name, one, other, drawn[name]) for name, one, other in known)


def _figure(name: str, shipped: Additive, fitted: Additive, drawn: list[tuple[Floats, Floats]]) -> Figure:
    one, other = (np.concatenate(column) for column in zip(*drawn, strict=True))
    values = shipped.value, fitted.value
    difference = None if values[0] is None or values[1] is None else values[1] - values[0]
    return Figure(name, _interval(values[0], one), _interval(values[1], other), _interval(difference, other - one))


def _interval(value: float | None, drawn: Floats) -> Interval:
    there = drawn[np.isfinite(drawn)]
    if value is None or not len(there):
        return value, None, None
    low, high = np.quantile(there, [0.025, 0.975])
    return value, float(low), float(high)


def beats(found: tuple[Figure, ...]) -> bool:
    """Return whether the fitted recipe errs less beyond chance, and is worse beyond chance in nothing."""
    return errs_less(found) and not worse(found)


def errs_less(found: tuple[Figure, ...]) -> bool:
    """Return whether one of the errors is smaller beyond chance."""
    return any(figure.is_better for figure in found if figure.name in ERRORS)


def worse(found: tuple[Figure, ...]) -> tuple[str, ...]:
    """Return the figures that are worse beyond chance."""
    return tuple(figure.name for figure in found if figure.is_worse)


def _accuracy(human: Floats, scores: Floats, item: Ints, n_items: int) -> Additive | None:
    found = pairwise.calibrated_accuracy(human, scores, pairwise.pairs_within(item), n_items)
    return found.accuracy if found else None


def _mean_of(power: int) -> Callable[[Floats, Floats, Ints, int], Additive]:
    def make(human: Floats, scores: Floats, item: Ints, n_items: int) -> Additive:
        rows = by_item([np.ones(len(human)), np.abs(scores - human) ** power], item, n_items)
        return Additive(rows, finish, np.zeros(2))

    def finish(sums: Floats) -> Floats:
        means: Floats = (sums[:, 1] / sums[:, 0]) ** (1 / power)
        return means

    return make


_MAKERS: Mapping[str, Callable[[Floats, Floats, Ints, int], Additive | None]] = {
    "pearson": correlation.pearson,
    "kendall": correlation.kendall,
    "accuracy": _accuracy,
    "mean absolute error": _mean_of(1),
    "root mean squared error": _mean_of(2),
}
