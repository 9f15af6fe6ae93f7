"""Fit how often people put two systems in the order of their quality, by the difference and the number of segments.

Pairs of systems are compared on subsets of the sources that people judged, of many sizes, drawn within a domain and
over all domains of a language pair; people's order is that of their mean penalties on the same subset, and a draw
where both got the same counts half. So the share is the one of Kocmi et al. 2024 ("Navigating the Metrics Maze"),
carried from whole test sets to the sizes that people compare on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from scorer.combine import SCALE
from scorer.uncertainty import Agreement

Floats = npt.NDArray[np.float64]

SEED = 1
SIZES = (10, 20, 50, 100, 200, 500, 1000)
N_DRAWS = 30
# Of the differences that were seen, the largest fiftieth is no ground to go by.
MEASURED = 0.98
N_CELLS = 60


@dataclass(frozen=True)
class Judged:
    """Systems on the sources that all of them have; arrays of shape (n_sources, n_systems)."""

    name: str
    lang_pair: str
    points: Floats
    n_words: Floats
    human: Floats


def judged(table: pd.DataFrame) -> Iterator[Judged]:
    """Yield the systems of each domain, and of each collection's language pair as a whole."""
    for (collection, pair), rows in table.groupby(["collection", "lang_pair"]):
        domains = [(str(name), each) for name, each in rows.groupby("domain")]
        for name, each in [*domains, ("all", rows)] if len(domains) > 1 else domains:
            once = each.drop_duplicates(["domain", "item", "system"]).set_index(["domain", "item", "system"])
            columns = [once[value].unstack("system") for value in ("mqm", "n_words", "human")]
            # A system that lacks half of the sources would leave the others few.
            there = columns[0].columns[columns[0].notna().mean() > 0.5]
            points, n_words, human = (column[there] for column in columns)
            whole = points.notna().all(axis=1) & human.notna().all(axis=1)
            if len(there) > 1 and whole.sum() >= SIZES[0]:
                arrays = (part[whole].to_numpy(float) for part in (points, n_words, human))
                yield Judged(f"{collection} {pair} {name}", str(pair), *arrays)


def draws(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each pair of systems on each subset; `weight` sums to 1 for each group and size."""
    generator = np.random.default_rng(SEED)
    parts = []
    for group in judged(table):
        n_sources = len(group.points)
        for size in [size for size in SIZES if size < n_sources] + [n_sources]:
            n_draws = N_DRAWS if size < n_sources else 1
            subsets = np.stack([generator.choice(n_sources, size, replace=False) for _ in range(n_draws)])
            apart, agrees = compared(group, subsets)
            parts.append(
                pd.DataFrame({"difference": apart, "agrees": agrees}).assign(
                    group=group.name, lang_pair=group.lang_pair, n=size, weight=1 / len(apart)
                )
            )
    return pd.concat(parts, ignore_index=True)


def compared(group: Judged, subsets: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return each pair of systems' difference in quality on each subset, and 1 where people order them alike.

    Args:
        group: The systems.
        subsets: Sources to look at, shape (n_draws, size).

    Returns:
        Both of shape (n_draws * pairs,); a tie of the systems or of the people is 1/2.
    """
    first, second = np.triu_indices(group.points.shape[1], 1)
    points, n_words, human = (column[subsets].sum(axis=1) for column in (group.points, group.n_words, group.human))
    quality = 100 * np.exp(-100 * points / n_words / SCALE)
    apart = quality[:, first] - quality[:, second]
    # Sums of penalties such as 0.1 differ in their last digits; people who gave the same gave the same.
    order = np.sign(apart) * np.sign(np.round(human[:, second] - human[:, first], 6))
    return np.abs(apart).ravel(), ((order + 1) / 2).ravel()


def fitted(drawn: pd.DataFrame) -> Agreement:
    """Return the curve that makes the drawn judgments likeliest."""
    cells = _cells(drawn)
    difference, n = cells.difference.to_numpy(float), cells.n.to_numpy(float)
    agrees, weight = cells.agrees.to_numpy(float), cells.weight.to_numpy(float)
    largest = float(np.quantile(drawn.difference, MEASURED))
    sizes = (int(drawn.n.min()), int(drawn.n.max()))

    def curve(parameters: Floats) -> Agreement:
        per_system, per_segment = np.exp(parameters[:2].clip(-4, 8))
        return Agreement(float(per_system), float(per_segment), float(0.5 + 0.5 * expit(parameters[2])), largest, sizes)

    def loss(parameters: Floats) -> float:
        share = curve(parameters).share(difference, n).clip(1e-6, 1 - 1e-6)
        return float(-np.average(agrees * np.log(share) + (1 - agrees) * np.log(1 - share), weights=weight))

    start = np.array([np.log(5.0), np.log(40.0), 3.0])
    found = curve(minimize(loss, start, method="Nelder-Mead", options={"xatol": 0.005, "fatol": 1e-7}).x)
    digits = (round(found.per_system, 3), round(found.per_segment, 3), round(found.ceiling, 4), round(largest, 2))
    return Agreement(*digits, sizes)


def _cells(drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the draws of each size summed up in cells of like difference, shape (sizes times N_CELLS, 4)."""
    rank = drawn.groupby("n").difference.rank(method="first", pct=True)
    columns = {name: drawn[name] * drawn.weight for name in ("difference", "agrees")}
    keys = [drawn.n, np.ceil(rank * N_CELLS)]
    sums = pd.DataFrame(columns | {"weight": drawn.weight}).groupby(keys).sum()
    means = sums[["difference", "agrees"]].div(sums.weight, axis=0)
    return means.assign(weight=sums.weight).reset_index(level="n")


def groups_of(table: pd.DataFrame) -> set[str]:
    """Return the names of the groups that rows fall into."""
    pairs = table[["collection", "lang_pair", "domain"]].drop_duplicates()
    names = {f"{row.collection} {row.lang_pair} {row.domain}" for row in pairs.itertuples()}
    return names | {f"{row.collection} {row.lang_pair} all" for row in pairs.itertuples()}


def checked(drawn: pd.DataFrame, open_groups: set[str]) -> pd.DataFrame:
    """Return the draws of each language pair with the `share` that a curve fitted on the other pairs expects.

    Curves are fitted on the open groups only; where those are all of one pair, there is nothing to check.
    """
    parts = []
    for pair, own in drawn.groupby("lang_pair"):
        others = drawn[drawn.group.isin(open_groups) & (drawn.lang_pair != pair)]
        if not others.empty:
            found = fitted(others)
            share = found.share(own.difference.to_numpy(float), own.n.to_numpy(float))
            parts.append(own.assign(share=share))
    return pd.concat(parts, ignore_index=True) if parts else drawn.iloc[:0].assign(share=[])
