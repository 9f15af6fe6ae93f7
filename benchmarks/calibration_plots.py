"""Reliability plots as SVG: expected against observed, a panel a recipe; on the diagonal they are the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from calibration_tables import Mode

from scorer.plots import FAINT, GAP, LINE, MARK, TOP, line, nice_range, page, text

SIDE = 240
LEFT = 50


@dataclass(frozen=True)
class Dot:
    """A bin: what was expected in it, what people gave, and both ends of the latter's 95% interval, if known."""

    expected: float
    observed: float
    low: float
    high: float


def drawn(modes: Sequence[Mode]) -> dict[str, str]:
    """Return the plots by file name."""
    return {
        "reliability-points.svg": figure(
            "Points of a segment: expected across, people's mean up, by tenths of segments with 95% intervals",
            {mode.name: points(mode) for mode in modes},
        ),
        "reliability-agreement.svg": figure(
            "Two systems: expected share of agreement across, observed up, on language pairs left out of the fit",
            {mode.name: shares(mode) for mode in modes if len(mode.draws)},
        ),
    }


def points(mode: Mode) -> list[Dot]:
    """Return people's mean points in tenths of the expected ones."""
    rows = mode.held_out
    tenths = pd.qcut(rows.mqm, 10, labels=False, duplicates="drop")
    dots = []
    for _, each in rows.groupby(tenths):
        mean, half = each.human.mean(), 1.96 * each.human.sem()
        dots.append(Dot(float(each.mqm.mean()), float(mean), float(mean - half), float(mean + half)))
    return dots


def shares(mode: Mode) -> list[Dot]:
    """Return how often people agreed, in bins of how often they were expected to."""
    dots = []
    for _, each in mode.draws.groupby(np.floor(mode.draws.share * 20)):
        expected, seen = (float(np.average(each[name], weights=each.weight)) for name in ("share", "agrees"))
        dots.append(Dot(expected, seen, seen, seen))  # pairs share systems: no interval would be honest
    return dots


def figure(title: str, panels: dict[str, list[Dot]]) -> str:
    """Return an SVG file with a panel for each recipe; all have the same axes."""
    ends = [value for dots in panels.values() for dot in dots for value in (dot.expected, dot.low, dot.high)]
    low, high, step = nice_range(min(ends), max(ends))
    parts = [text(16, 24, title, size=13)]
    for i, (name, dots) in enumerate(panels.items()):
        parts += _panel(name, dots, (LEFT + i * (SIDE + GAP), TOP + 24), (low, high, step))
    return page(max(LEFT + len(panels) * (SIDE + GAP), 660), TOP + SIDE + 60, parts)


def _panel(name: str, dots: list[Dot], corner: tuple[float, float], axis: tuple[float, float, float]) -> Iterator[str]:
    low, high, step = axis
    left, top = corner

    def at(expected: float, observed: float) -> tuple[float, float]:
        return left + (expected - low) / (high - low) * SIDE, top + SIDE - (observed - low) / (high - low) * SIDE

    yield text(left, top - 8, name, size=12)
    for i in range(round((high - low) / step) + 1):
        value = low + i * step
        yield line(*at(value, low), *at(value, high), LINE, 0.5)
        yield line(*at(low, value), *at(high, value), LINE, 0.5)
        yield text(at(value, low)[0], top + SIDE + 14, f"{value:.4g}", size=9, anchor="middle", color=FAINT)
        yield text(left - 4, at(low, value)[1] + 3, f"{value:.4g}", size=9, anchor="end", color=FAINT)
    yield line(*at(low, low), *at(high, high), FAINT)
    for dot in dots:
        x, y = at(dot.expected, dot.observed)
        yield line(*at(dot.expected, dot.low), *at(dot.expected, dot.high), MARK, 1.5)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{MARK}"/>'
