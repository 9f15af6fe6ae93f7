"""What calibration found, as Markdown: `page` for benchmarks/results, `summary` for the docs."""

from __future__ import annotations

import itertools
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scorer.combine import DIMENSION
from scorer.uncertainty import Agreement, Curves

BANDS = (0, 30, 50, 65, 80, 90, 100)
MINOR, MAJOR = 5.0, 10.0  # points of a major error, and of two
SHARES = (0.7, 0.8, 0.9)
SIZES = (20, 50, 100, 200, 500, 1000)
FEW = 30  # rows under which a share is left out


@dataclass(frozen=True)
class Mode:
    """What was fitted to one recipe's predictions, and what it was held against.

    Attributes:
        held_out: Rows of trained pairs with the interval that all other domains give: low, high, inside.
        left_over: The same of pairs that nothing was fitted to.
        draws: Pairs of systems with the share that the curve of other language pairs expects.
        table: All rows.
    """

    name: str
    curves: Curves
    widening: dict[str, float]
    agreement: Agreement
    held_out: pd.DataFrame
    left_over: pd.DataFrame
    draws: pd.DataFrame
    table: pd.DataFrame


def quality(table: pd.DataFrame) -> pd.Series:
    """Return each row's quality, from 0 to 100."""
    return pd.Series(DIMENSION.finish_many(table[["mqm", "n_words"]].to_numpy(float)), table.index)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all but the first column are numbers."""
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def share(value: float) -> str:
    return "" if np.isnan(value) else f"{100 * value:.0f}%"


def bands(table: pd.DataFrame) -> pd.Series:
    """Return the band of quality of each row, worst first."""
    return pd.cut(quality(table), BANDS, labels=[f"{a} to {b}" for a, b in itertools.pairwise(BANDS)],
                  include_lowest=True, right=False).fillna(f"{BANDS[-2]} to {BANDS[-1]}")  # fmt: skip


def _by_mode(modes: Sequence[Mode], key: Callable[[pd.DataFrame], Any], part: Callable[[Mode], pd.DataFrame]) -> str:
    """Return coverage by what `key` tells of rows, a column for each mode."""
    columns = {}
    for mode in modes:
        rows = part(mode)
        found = rows.groupby(key(rows), observed=True).inside.agg(["size", "mean"])
        columns[mode.name] = found["mean"].where(found["size"] >= FEW)
    whole = pd.DataFrame(columns)
    counts = part(modes[0]).groupby(key(part(modes[0])), observed=True).size()
    rows = ((str(name), str(counts.get(name, 0)), *(share(v) for v in values)) for name, values in
            zip(whole.index, whole.to_numpy(), strict=True))  # fmt: skip
    return markdown(("", "rows", *whole.columns), rows)


def _place(table: pd.DataFrame) -> pd.Series:
    return table.collection + " " + table.lang_pair + " " + table.domain


def coverage(modes: Sequence[Mode]) -> str:
    """Return the coverage of the 80% interval by mode, by domain, by band and by length, on rows not fitted to."""
    total = [
        (
            mode.name,
            str(len(mode.held_out)),
            share(mode.held_out.inside.mean()),
            f"{mode.held_out.low.mean():.2f} to {mode.held_out.high.mean():.2f}",
            share((mode.held_out.low > 0).mean()),
            *(f"{mode.widening[name]:.2f}" for name in ("related", "unseen")),
        )
        for mode in modes
    ]
    parts = [
        "Each domain is covered by what all other domains give.",
        markdown(("recipe", "rows", "covered", "mean interval", "low end above 0", "wider: related", "unseen"), total),
        "By language pair and domain:",
        _by_mode(modes, _place, lambda mode: mode.held_out),
        "By predicted quality:",
        _by_mode(modes, bands, lambda mode: mode.held_out),
        "By words:",
        _by_mode(modes, _length, lambda mode: mode.held_out),
    ]
    if any(len(mode.left_over) for mode in modes):
        parts += [
            "Pairs that were not trained on, with the interval of related languages. Only `wmt22_mqm_enru_sample` had "
            "a part in how wide that is; `wmt22_mqm_3raters` is the mean of three people, which varies less than one:",
            _by_mode(modes, _place, lambda mode: mode.left_over),
        ]
    return "\n\n".join(parts)


def _length(table: pd.DataFrame) -> pd.Series:
    return pd.cut(table.n_words, [0, 10, 20, 30, 45, np.inf], labels=["to 10", "to 20", "to 30", "to 45", "more"])


def reliability(mode: Mode) -> str:
    """Return people's mean points in tenths of the expected ones, and what they found in each band of quality."""
    rows = mode.held_out
    tenths = pd.qcut(rows.mqm, 10, labels=False, duplicates="drop")
    cells = [
        (f"{i + 1}", f"{each.mqm.mean():.2f}", f"{each.human.mean():.2f}", f"± {1.96 * each.human.sem():.2f}")
        for i, (_, each) in enumerate(rows.groupby(tenths))
    ]
    return "\n\n".join([markdown(("tenth", "expected points", "people's", ""), cells), meaning(rows)])


def meaning(rows: pd.DataFrame) -> str:
    """Return what people found in segments of each band of quality."""
    cells = []
    for name, each in rows.groupby(bands(rows), observed=True):
        found = [(each.human == 0).mean(), ((each.human > 0) & (each.human < MINOR)).mean(),
                 ((each.human >= MINOR) & (each.human < MAJOR)).mean(), (each.human >= MAJOR).mean()]  # fmt: skip
        judged = DIMENSION.finish((float(each.human.sum()), float(each.n_words.sum())))
        shares = map(share, found) if len(each) >= FEW else [""] * 4
        cells.append((str(name), str(len(each)), *shares, f"{judged:.0f}" if judged is not None else ""))
    head = (
        "quality of a segment",
        "segments",
        "no error",
        "minor only",
        "a major",
        "worse",
        "quality by people's points",
    )
    return markdown(head, reversed(cells))


def agreement(mode: Mode) -> str:
    """Return expected and observed shares of agreement, of language pairs that the curve was not fitted on."""
    drawn = mode.draws
    if drawn.empty:
        return "One language pair only: nothing to hold the curve against."
    bins = drawn.groupby(pd.cut(drawn.share, [0.49, *np.arange(0.55, 1.0, 0.05), 1.0]), observed=True)
    cells = [(f"{max(50, 100 * name.left):.0f} to {100 * name.right:.0f}%", *_shares(each)) for name, each in bins]
    by_group = [(str(name), *_shares(each)) for name, each in drawn.groupby("group")]
    head = ("expected share", "pairs of systems on subsets", "expected", "observed")
    return "\n\n".join([markdown(head, cells), markdown(("on", *head[1:]), by_group)])


def _shares(drawn: pd.DataFrame) -> tuple[str, str, str]:
    shares = (share(np.average(drawn[name], weights=drawn.weight)) for name in ("share", "agrees"))
    return str(len(drawn)), *shares  # type: ignore[return-value]


def needed(found: Agreement) -> str:
    """Return the difference in quality from which people agree that often, by the number of segments."""
    cells = []
    grid = np.linspace(0, found.largest_difference, 2001)
    for size in [size for size in SIZES if found.n_segments[0] <= size <= found.n_segments[1]]:
        shares = found.share(grid, np.full(len(grid), float(size)))
        reached = [grid[np.argmax(shares >= wanted)] if (shares >= wanted).any() else None for wanted in SHARES]
        cells.append((str(size), *("–" if value is None else f"{value:.1f}" for value in reached)))
    return markdown(("segments", *(f"{100 * wanted:.0f}% agree" for wanted in SHARES)), cells)


WARNING = "**Provisional:** made from predictions that are not those of the shipped recipes.\n\n"


def page(modes: Sequence[Mode], *, provisional: bool) -> str:
    """Return the page of results."""
    blocks = ["# Calibration", *([WARNING.strip()] if provisional else []),
              "How it was done: [calibration](../../docs/calibration.md).",
              "## Coverage of the 80% interval", coverage(modes)]  # fmt: skip
    for mode in modes:
        blocks += [f"## {mode.name}", f"Power of words: {mode.curves.words}. Factors of severity: " + ", ".join(
            f"{pair} {value:.2f}" for pair, value in mode.curves.factors.items()), reliability(mode),
            "Agreement on which of two systems is better:", agreement(mode), needed(mode.agreement)]  # fmt: skip
    collections = ", ".join(sorted({str(name) for mode in modes for name in mode.table.collection.unique()}))
    made = f"Made by `python benchmarks/calibrate.py`; Python {platform.python_version()}. Judgments: {collections}."
    return "\n\n".join([*blocks, made]) + "\n"


def summary(modes: Sequence[Mode], *, provisional: bool) -> str:
    """Return the part of the docs that holds numbers."""
    blocks = [WARNING.strip()] if provisional else []
    for mode in modes:
        held = mode.held_out
        by_place = held.groupby(["lang_pair", "domain"]).inside.mean()
        blocks += [
            f"### {mode.name}",
            f"The 80% interval covers {100 * held.inside.mean():.1f}% of {len(held):,} judgments of domains it was not "
            f"fitted on; by domain {share(by_place.min())} to {share(by_place.max())}.",
            meaning(held),
            "Difference in quality from which people agree so often on which of two systems is better:",
            needed(mode.agreement),
        ]
    return "\n\n".join(blocks)
