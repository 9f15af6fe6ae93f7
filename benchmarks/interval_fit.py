"""Fit the interval of a person's penalty of a segment, given the expected one, for `scorer.uncertainty`.

The interval is the shortest that is worth the name: its lower end is the 10th percentile of what people gave to
segments with about this expectation, its upper end the percentile that leaves 80% between the two. Where more than a
tenth got no point at all the lower end is 0, and the upper one the 80th percentile. Both are made monotone. How
severely people judge differs by language pair and rater more than by anything else, so each pair has a factor, found on
domains that the curves were not fitted on (split conformal prediction, Romano et al. 2019, with domains for splits).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scorer.uncertainty import Curves

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.int64]

LEVEL = 0.8
OUTSIDE_BELOW = 0.1
# Neighbourhoods in which percentiles are taken: enough rows in each for the 95th, few enough knots to be read.
N_KNOTS = 8
ENOUGH = 200
FACTORS = np.geomspace(0.2, 6.0, 171)  # 2% apart
POWERS = (0.0, 0.15, 0.3, 0.45)


@dataclass(frozen=True)
class Rows:
    """Predictions beside people's penalties; arrays of shape (n,), `weight` the same sum for each pair and domain."""

    points: Floats
    n_words: Floats
    human: Floats
    pair: Names
    group: Numbers
    weight: Floats

    @classmethod
    def of(cls, table: pd.DataFrame) -> Rows:
        """Return the rows of a table."""
        pair = table.lang_pair.to_numpy(str)
        group = table.groupby(["lang_pair", "domain"]).ngroup().to_numpy(np.int64)
        points, n_words, human = (table[name].to_numpy(float) for name in ("mqm", "n_words", "human"))
        return cls._weighted(points, n_words, human, pair, group)

    @classmethod
    def _weighted(cls, points: Floats, n_words: Floats, human: Floats, pair: Names, group: Numbers) -> Rows:
        return cls(points, n_words, human, pair, group, 1 / np.bincount(group)[group])

    def where(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        columns = (self.points, self.n_words, self.human, self.pair, self.group)
        return self._weighted(*(column[mask] for column in columns))

    @staticmethod
    def masks(names: Names | Numbers) -> list[npt.NDArray[np.bool_]]:
        """Return a mask for each name."""
        return [names == name for name in np.unique(names)]


def percentile(values: Floats, weight: Floats, share: float) -> float:
    """Return the smallest value that at least `share` of the weight lies at or below."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][min(len(values) - 1, int(np.searchsorted(reached, (share - 1e-9) * reached[-1])))])


def curves(rows: Rows) -> Curves:
    """Return the curves of one mode, with the factor 1 for every pair."""
    half = 0.5 / (N_KNOTS - 1)
    shares = np.clip(np.linspace(0, 1, N_KNOTS)[:, None] + np.array([-half, half]), 0, 1)
    at, low, high = [], [], []
    for first, last in np.quantile(rows.points, shares).tolist():
        near = (rows.points >= first) & (rows.points <= last)
        human, weight = rows.human[near], rows.weight[near]
        floor = percentile(human, weight, OUTSIDE_BELOW)
        below = weight[human < floor].sum() / weight.sum()
        at.append(float(np.average(rows.points[near], weights=weight)))
        low.append(floor)
        high.append(percentile(human, weight, below + LEVEL))
    steps = zip(at, np.maximum.accumulate(low), np.maximum.accumulate(high), strict=True)
    knots = [tuple(round(float(v), 3) + 0.0 for v in step) for step in steps]
    kept = [knot for i, knot in enumerate(knots) if i == 0 or knot[0] > knots[i - 1][0]]
    return Curves(tuple((x, y) for x, y, _ in kept), tuple((x, y) for x, _, y in kept), 0.0, {"*": 1.0})


def covered(found: Curves, rows: Rows, factor: float, widening: float = 1.0) -> npt.NDArray[np.bool_]:
    """Return whether each person's penalty lies inside its interval, shape (n,)."""
    low, high = found.ends(rows.points, rows.n_words, factor, widening)
    inside: npt.NDArray[np.bool_] = (rows.human >= low - 1e-9) & (rows.human <= high + 1e-9)
    return inside


def factor(pieces: list[tuple[Curves, Rows]]) -> float:
    """Return the factor under which the intervals of rows, each with curves of their own, cover nearest to 80%."""
    reached, lost = (np.concatenate(each) for each in zip(*(limits(*piece) for piece in pieces), strict=True))
    weight = np.concatenate([rows.weight for _, rows in pieces])
    edges = [np.searchsorted(FACTORS, limit) for limit in (reached - 1e-12, lost + 1e-12)]
    gained, gone = (np.bincount(edge, weight, len(FACTORS) + 1)[:-1].cumsum() for edge in edges)
    misses = np.abs((gained - gone) / weight.sum() - LEVEL)
    # Penalties are whole numbers mostly, so shares move in steps: of factors alike, the one in the middle.
    return float(np.exp(np.mean(np.log(FACTORS[misses <= misses.min() + 1e-9]))))


def limits(found: Curves, rows: Rows) -> tuple[Floats, Floats]:
    """Return from which factor on each row's interval holds its penalty, and beyond which it does no more."""
    low, high = found.plain(rows.points, rows.n_words)
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = np.where(rows.human <= rows.points, 0.0, rows.human / high)
        lost = np.where(rows.human < np.minimum(low, rows.points), rows.human / low, np.inf)
    return reached, lost


def fitted(rows: Rows, trained: tuple[str, ...]) -> Curves:
    """Return the curves of one mode with a factor for all pairs together (`*`) and one for each trained pair."""
    pieces = [(curves(rows.where(~mask)), rows.where(mask)) for mask in rows.masks(rows.group)]
    if len(pieces) < 2:
        raise SystemExit("intervals need judgments of two domains at least, to fit on one and check on the other")
    tried = []
    for power in POWERS:
        bent = [(dataclasses.replace(found, words=power), part) for found, part in pieces]
        factors = _factors(bent, trained)
        tried.append((_loss(bent, factors), power, factors))
    _, power, factors = min(tried, key=lambda each: each[0])
    return dataclasses.replace(curves(rows), words=power, factors={name: round(v, 3) for name, v in factors.items()})


def _factors(pieces: list[tuple[Curves, Rows]], trained: tuple[str, ...]) -> dict[str, float]:
    factors = {"*": factor(pieces)}
    for pair in trained:
        own = [(found, part) for found, part in pieces if part.pair[0] == pair]
        if sum(len(part.human) for _, part in own) >= ENOUGH:
            factors[pair] = factor(own)
    return factors


def _loss(pieces: list[tuple[Curves, Rows]], factors: dict[str, float]) -> float:
    """Return the mean pinball loss of the upper ends, which the right percentile has least of."""
    losses = []
    for found, rows in pieces:
        severity = factors.get(str(rows.pair[0]), factors["*"])
        beyond = rows.human - found.ends(rows.points, rows.n_words, severity, 1.0)[1]
        losses.append(np.average(np.maximum(LEVEL * beyond, (LEVEL - 1) * beyond), weights=rows.weight))
    return float(np.mean(losses))


def widening(found: Curves, rows: Rows) -> float:
    """Return by how much the interval for any pair must be widened to cover 80% of a pair's rows; at least 1."""
    start = found.factors["*"]
    for each in np.geomspace(1, 6, 181):
        if np.average(covered(found, rows, start, each), weights=rows.weight) >= LEVEL:
            return float(each)
    return 6.0


def widenings(found: Curves, rows: Rows) -> dict[str, float]:
    """Return the widening by how well languages are known.

    `related` is what a judged pair needs that was not trained on, and enough for a pair that is judged as severely as
    the severest of the trained ones. `unseen` bears both at once, since nothing tells which it will be.

    Args:
        found: The curves fitted to trained pairs.
        rows: Of pairs that were not trained on; there may be none.
    """
    needed = [widening(found, rows.where(mask)) for mask in rows.masks(rows.pair)]
    severest = max(found.factors.values()) / found.factors["*"]
    related = max([severest, *needed])
    return {"trained": 1.0, "related": round(related, 3), "unseen": round(related * severest, 3)}


def held_out(table: pd.DataFrame, trained: tuple[str, ...]) -> pd.DataFrame:
    """Return every row with the interval that all other domains give (low, high) and whether it covers (inside)."""
    rows, parts = Rows.of(table), []
    for mask in rows.masks(rows.group):
        found = fitted(rows.where(~mask), trained)
        severity = found.factors.get(str(rows.pair[mask][0]), found.factors["*"])
        parts.append(_with_ends(found, table[mask], severity, 1.0))
    return pd.concat(parts).sort_index()


def left_over(found: Curves, table: pd.DataFrame, related: float) -> pd.DataFrame:
    """Return rows of pairs that the curves know nothing of with the interval of related languages, as `held_out`."""
    return _with_ends(found, table, found.factors["*"], related)


def _with_ends(found: Curves, table: pd.DataFrame, severity: float, widening: float) -> pd.DataFrame:
    rows = Rows.of(table)
    low, high = found.ends(rows.points, rows.n_words, severity, widening)
    return table.assign(low=low, high=high, inside=covered(found, rows, severity, widening))
