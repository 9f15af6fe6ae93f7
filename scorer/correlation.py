"""Pearson, Spearman and Kendall, each with its values on resampled items in one product of matrices.

A statistic is kept as rows that add up over items: Pearson's sums do so by nature. Spearman's and Kendall's sums are of
degree 3 and 2 in the items' weights (how often each was drawn); they are kept by their gradients, so that resampled
values are exact to first order (the infinitesimal jackknife of Efron 1982; Hájek's projection of a U-statistic) and
cost nothing, where ranking 26,000 rows anew a thousand times would take minutes. The values themselves are exact, and
are SciPy's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scorer.resampling import FinishMany, Floats

Ints = npt.NDArray[np.int64]

# Variances smaller than this share of the whole's are rounding: the drawn values are all equal.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Additive:
    """A statistic that is finished from sums over items.

    Attributes:
        rows: What each item adds, shape (n_items, k).
        finish: From sums, shape (m, k), to values, shape (m,); NaN where undefined.
        offset: To be taken off the sums, shape (k,).
    """

    rows: Floats
    finish: FinishMany
    offset: Floats

    @property
    def value(self) -> float | None:
        """Return the statistic of all items; `None` where undefined."""
        value = float(self.finish((self.rows.sum(axis=0) - self.offset)[None, :])[0])
        return None if np.isnan(value) else value

    def resampled(self, counts: Floats) -> Floats:
        """Return values, shape (m,), on items drawn as often as `counts` says, shape (m, n_items)."""
        return self.finish(counts @ self.rows - self.offset)


def pearson(x: Floats, y: Floats, item: Ints, n_items: int) -> Additive:
    """Return Pearson's correlation over all rows.

    Args:
        x: Shape (n,), finite.
        y: Shape (n,), finite.
        item: Of each row, from 0; rows of one item are drawn together.
        n_items: How many items there are.
    """
    u, v = _centred(x), _centred(y)
    rows = by_item([np.ones(len(u)), u, v, u * u, v * v, u * v], item, n_items)
    least = _NOTHING * rows[:, 3:5].sum(axis=0)

    def finish(sums: Floats) -> Floats:
        n, su, sv, uu, vv, uv = sums.T
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.stack([uu - su * su / n, vv - sv * sv / n])
            return _ratio(uv - su * sv / n, *np.where(spread > least[:, None], spread, 0.0))

    return Additive(rows, finish, np.zeros(6))


def spearman(x: Floats, y: Floats, item: Ints, n_items: int) -> Additive:
    """Return Spearman's correlation over all rows, equal values having their middle rank; arguments as in `pearson`."""
    # Ranks less their mean: half of how many values are smaller, less half of how many are larger.
    ones = np.ones(len(x))
    u, v = signed_sums(x, ones) / 2, signed_sums(y, ones) / 2
    # Every row moves the ranks of all others; that is the second part of each gradient.
    both = u * v - (signed_sums(x, v) + signed_sums(y, u)) / 2
    gradients = [both, u * u - signed_sums(x, u), v * v - signed_sums(y, v)]
    return _linear(gradients, item, n_items, degree=3)


def kendall(x: Floats, y: Floats, item: Ints, n_items: int) -> Additive:
    """Return Kendall's tau-b over all pairs of rows; arguments as in `pearson`."""
    concordance = _concordance(x, y)
    gradients = [2 * concordance, 2 * _n_different(x), 2 * _n_different(y)]
    return _linear(gradients, item, n_items, degree=2)


def signed_sums(x: Floats, weights: Floats) -> Floats:
    """Return, for each row, the weights of the rows with smaller x less those of the rows with larger x; shape (n,)."""
    _, group = np.unique(x, return_inverse=True)
    sums = np.bincount(group, weights=weights)
    upto = np.cumsum(sums)
    signed: Floats = (upto - sums - (upto[-1:] - upto))[group]
    return signed


def by_item(columns: list[Floats], item: Ints, n_items: int) -> Floats:
    """Return the columns' sums over the rows of each item, shape (n_items, len(columns))."""
    return np.stack([np.bincount(item, weights=column, minlength=n_items) for column in columns], axis=1)


def _linear(gradients: list[Floats], item: Ints, n_items: int, *, degree: int) -> Additive:
    """Return a correlation of sums that are homogeneous in the rows' weights, by their gradients (Euler)."""
    rows = by_item(gradients, item, n_items)
    total = rows.sum(axis=0)
    least = _NOTHING * total[1:] / degree

    def finish(sums: Floats) -> Floats:
        spread = np.where(sums[:, 1:] > least, sums[:, 1:], 0.0)
        return _ratio(sums[:, 0], spread[:, 0], spread[:, 1])

    return Additive(rows, finish, total * (degree - 1) / degree)


def _ratio(shared: Floats, spread_x: Floats, spread_y: Floats) -> Floats:
    """Return shared / sqrt(spread_x * spread_y) within [-1, 1]; NaN where something does not vary."""
    norms = np.sqrt(spread_x) * np.sqrt(spread_y)
    ratios: Floats = np.divide(shared, norms, out=np.full(len(norms), np.nan), where=norms > 0).clip(-1.0, 1.0)
    return ratios


def _centred(x: Floats) -> Floats:
    if not len(x) or x.min() == x.max():  # a mean of equal numbers may differ from them in its last digit
        return np.zeros(len(x))
    centred: Floats = x - x.mean()
    centred /= np.abs(centred).max()  # squares of large scores would overflow
    return centred


def _n_different(x: Floats) -> Floats:
    """Return, for each row, how many rows have another value."""
    _, group, counts = np.unique(x, return_inverse=True, return_counts=True)
    different: Floats = (len(x) - counts[group]).astype(np.float64)
    return different


def _concordance(x: Floats, y: Floats) -> Floats:
    """Return, for each row, how many rows it is concordant with, less how many it is discordant with."""
    ranks = [np.unique(each, return_inverse=True)[1].astype(np.int64) for each in (x, y)]
    signed = np.zeros(len(x))
    for sign_x in (1, -1):
        for sign_y in (1, -1):
            signed += sign_x * sign_y * _n_below(sign_x * ranks[0], sign_y * ranks[1])
    return signed


def _n_below(x: Ints, y: Ints) -> Floats:
    """Return, for each row, how many rows are smaller in both x and y."""
    if not len(x):
        return np.zeros(0)
    order = np.lexsort((-y, x))  # of equal x the larger y first, so that none of them counts
    below = np.empty(len(x))
    below[order] = n_smaller_before(y[order] - y.min())
    return below


def n_smaller_before(values: Ints) -> Floats:
    """Return, for each value, how many before it are smaller; values are 0 or more.

    Bit by bit, as in a wavelet tree: among values that agree in all higher bits, those with a 0 are smaller than those
    with a 1. A sort for each bit: nearly linear.
    """
    counts = np.zeros(len(values))
    places = np.arange(len(values))
    for bit in reversed(range(int(values.max(initial=0)).bit_length())):
        order = np.argsort(values >> (bit + 1), kind="stable")
        prefix = values[order] >> (bit + 1)
        begins = np.r_[True, prefix[1:] != prefix[:-1]]
        start = np.maximum.accumulate(np.where(begins, places, 0))
        is_one = (values[order] >> bit & 1).astype(bool)
        zeros = np.cumsum(~is_one) - ~is_one
        counts[order[is_one]] += (zeros - zeros[start])[is_one]
    return counts
