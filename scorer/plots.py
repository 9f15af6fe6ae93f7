"""Plots of agreement as SVG, written by hand: the same bytes for the same result, no scripts, names escaped.

`ranking.svg` has each statistic's metrics, best first, with intervals; `segments.svg` how the scores of segments lie
against people's; `systems.svg` how the means of systems do.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scorer.agreement import STATISTICS, Estimate, Level, Scores, System
from scorer.correlation import Ints
from scorer.metaeval import MetaEvaluation
from scorer.printable import printable
from scorer.resampling import Floats

FILES = ("ranking.svg", "segments.svg", "systems.svg")

INK, FAINT, LINE, MARK = "#222222", "#767676", "#d0d0d0", "#1f5f99"
BINS = 30
# Outermost shares of scores that are drawn at the border, or one outlier would leave all others on a spot.
OUTER = 0.01
PANEL, WIDE, GAP, LABEL, ROW, TOP = 180, 260, 50, 190, 22, 46
NAME = 30  # characters of a name

_NOT_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")


def drawn(result: MetaEvaluation) -> dict[str, str]:
    """Return the plots by file name; only those that there is something to draw for."""
    several = [level for level in result.levels if len(level.systems) > 1]
    plots = (ranking(result.all_levels()), segments(result.scores), systems(several))
    return {name: plot for name, plot in zip(FILES, plots, strict=True) if plot}


def text(x: float, y: float, content: str, *, size: int = 11, anchor: str = "start", color: str = INK) -> str:
    """Return a line of text, escaped."""
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}">{escaped(content)}</text>'


def escaped(content: str) -> str:
    """Return text that XML may hold and shows as it is."""
    return html.escape(_NOT_XML.sub("�", printable(content)))


def line(x1: float, y1: float, x2: float, y2: float, color: str = LINE, width: float = 1) -> str:
    """Return a straight line."""
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="{color}" stroke-width="{width:g}"/>'


def page(width: float, height: float, parts: Sequence[str]) -> str:
    """Return an SVG file of the parts on white."""
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Helvetica, Arial, sans-serif">'
    return "\n".join([begin, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>"]) + "\n"


# Ranking -------------------------------------------------------------------------------------------------------------


def ranking(levels: Sequence[Level]) -> str:
    """Return each statistic's metrics, best first: a dot for the value, a line for the interval, rules round groups."""
    parts: list[str] = []
    width, y = 0.0, 16.0
    for level in levels:
        panels = [(name, found) for name in STATISTICS if (found := _ranked(level, name))]
        if not panels:
            continue
        parts.append(text(16, y + 14, f"Agreement with human scores: {level.languages}", size=15))
        n_columns, y = min(3, len(panels)), y + 24
        height = TOP + ROW * max(len(found) for _, found in panels) + 40
        for i, (name, found) in enumerate(panels):
            left, top = i % n_columns * (LABEL + WIDE + GAP), y + i // n_columns * height
            parts.extend(_panel(name, found, left + LABEL, top + TOP))
        width = max(width, n_columns * (LABEL + WIDE + GAP))
        y += -(-len(panels) // n_columns) * height + 16
    return page(width, y, parts) if parts else ""


def _ranked(level: Level, statistic: str) -> list[tuple[str, float, Estimate]]:
    found = [(metric.name, metric.estimates[statistic]) for metric in level.metrics]
    defined = [(name, each.value, each) for name, each in found if each.value is not None]
    return sorted(defined, key=lambda entry: (-entry[1], entry[0]))


def _panel(statistic: str, found: Sequence[tuple[str, float, Estimate]], left: float, top: float) -> Iterator[str]:
    bottom = top + ROW * len(found)
    ends = [end for _, value, each in found for end in (value, each.low, each.high) if end is not None]
    low, high, step = nice_range(min(ends), max(ends))

    def across(value: float) -> float:
        return left + (value - low) / (high - low) * WIDE

    yield text(left, top - 12, STATISTICS[statistic], size=13)
    for i in range(round((high - low) / step) + 1):
        yield line(across(low + i * step), top - 4, across(low + i * step), bottom)
        yield text(across(low + i * step), bottom + 15, f"{low + i * step:g}"[:6], anchor="middle", color=FAINT)
    for i, (name, value, each) in enumerate(found):
        y = top + ROW * (i + 0.5)
        if i and each.group != found[i - 1][2].group:
            yield line(left - LABEL + 16, y - ROW / 2, left + WIDE, y - ROW / 2, FAINT)
        yield text(left - 8, y + 4, cut(name), anchor="end")
        if each.low is not None and each.high is not None:
            yield line(across(each.low), y, across(each.high), y, MARK, 2)
        yield f'<circle cx="{across(value):.1f}" cy="{y:.1f}" r="4" fill="{MARK}"/>'
        yield text(left + WIDE + 6, y + 4, f"{value:.3f}", size=10, color=FAINT)


def nice_range(low: float, high: float) -> tuple[float, float, float]:
    """Return ends of an axis that hold both numbers, and a round step between its marks."""
    span = max(high - low, 1e-3)
    step = 10 ** math.floor(math.log10(span))
    step = next(step * share for share in (0.2, 0.5, 1.0, 2.0) if span / (step * share) <= 5)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def cut(name: str) -> str:
    """Return a name that fits beside a plot."""
    return name if len(name) <= NAME else name[: NAME - 1] + "…"


# Scatter -------------------------------------------------------------------------------------------------------------


def segments(scores: Sequence[Scores]) -> str:
    """Return how many segments lie where: people's score across, the metric's up, darker for more of them."""
    if not any(each.metrics for each in scores):
        return ""
    title = "Segments: human score across, metric up (higher is better in both); darker: more segments"
    parts = [text(16, 26, title, size=15), text(16, 42, "The outermost 1% of scores are at the border", color=FAINT)]
    height = PANEL + 80
    for i, each in enumerate(scores):
        y = 88.0 + i * height
        parts.append(text(16, y - 24, f"{each.languages}: {len(each.human)} segments", size=13))
        across = Axis.of(each.human)
        for j, (name, column) in enumerate(each.metrics.items()):
            x = 16.0 + j * (PANEL + GAP)
            up = Axis.of(column)
            counts = np.bincount(across.cells(each.human) * BINS + up.cells(column), minlength=BINS * BINS)
            parts += [*_frame(name, x, y, across, up), *_shades(counts.reshape(BINS, BINS), x, y)]
    width = 32 + max(len(each.metrics) for each in scores) * (PANEL + GAP)
    return page(max(width, 720), 60 + len(scores) * height, parts)


@dataclass(frozen=True, slots=True)
class Axis:
    """Both ends of an axis."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> Axis:
        """Return the axis that holds all but the outermost values; all of them where those are all there is."""
        low, high = np.quantile(values, [OUTER, 1 - OUTER])
        return cls(float(low), float(high)) if low < high else cls(float(values.min()), float(values.max()))

    def shares(self, values: Floats) -> Floats:
        """Return where values lie from 0 to 1; beyond the ends at them, and in the middle where nothing varies."""
        if not self.low < self.high:
            return np.full(len(values), 0.5)
        shares: Floats = ((values - self.low) / (self.high - self.low)).clip(0, 1)
        return shares

    def cells(self, values: Floats) -> Ints:
        """Return the cell that each value lies in, from 0 to BINS - 1."""
        cells: Ints = (self.shares(values) * BINS).astype(np.int64).clip(0, BINS - 1)
        return cells


def _frame(name: str, x: float, y: float, across: Axis, up: Axis) -> list[str]:
    """Return a box with a metric's name over it and the ends of both axes beside it."""
    return [
        text(x, y - 6, name if len(name) <= NAME - 4 else name[: NAME - 5] + "…"),
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{PANEL}" height="{PANEL}" fill="none" stroke="{LINE}"/>',
        text(x, y + PANEL + 12, f"{across.low:.3g}", size=9, color=FAINT),
        text(x + PANEL, y + PANEL + 12, f"{across.high:.3g}", size=9, anchor="end", color=FAINT),
        text(x + PANEL + 3, y + PANEL, f"{up.low:.3g}", size=9, color=FAINT),
        text(x + PANEL + 3, y + 8, f"{up.high:.3g}", size=9, color=FAINT),
    ]


def _shades(counts: Ints, x: float, y: float) -> Iterator[str]:
    side = PANEL / BINS
    most = math.log1p(counts.max())
    for across, up in np.argwhere(counts > 0).tolist():
        opacity = max(0.06, math.log1p(counts[across, up]) / most)  # few and many differ a hundredfold
        place = f'x="{x + across * side:.1f}" y="{y + PANEL - (up + 1) * side:.1f}" width="{side:.1f}"'
        yield f'<rect {place} height="{side:.1f}" fill="{MARK}" fill-opacity="{opacity:.2f}"/>'


def systems(levels: Sequence[Level]) -> str:
    """Return where systems lie: people's mean across, the metric's up; numbers are places in people's ranking."""
    if not levels:
        return ""
    parts = [text(16, 26, "Systems: mean human score across, mean metric score up (higher is better in both)", size=15)]
    y = 74.0
    for level in levels:
        best_first = sorted(level.systems, key=lambda system: (-system.human, system.name))
        parts.append(text(16, y - 24, level.languages, size=13))
        for j, metric in enumerate(level.metrics):
            parts.extend(_dots(metric.name, best_first, 16.0 + j * (PANEL + GAP), y))
        legend = [f"{place} {cut(system.name)}" for place, system in enumerate(best_first, start=1)]
        rows = [" · ".join(legend[i : i + 5]) for i in range(0, len(legend), 5)]
        parts += [text(16, y + PANEL + 30 + 14 * i, row, size=10, color=FAINT) for i, row in enumerate(rows)]
        y += PANEL + 14 * len(rows) + 90
    width = 32 + max(len(level.metrics) for level in levels) * (PANEL + GAP)
    return page(max(width, 820), y - 50, parts)


def _dots(metric: str, found: Sequence[System], x: float, y: float) -> Iterator[str]:
    """Yield the systems' dots, with room for their numbers inside the box."""
    means = [np.array(column) for column in ([each.human for each in found], [each.metrics[metric] for each in found])]
    across, up = (Axis(float(column.min()), float(column.max())) for column in means)
    yield from _frame(metric, x, y, across, up)
    places = zip(across.shares(means[0]).tolist(), up.shares(means[1]).tolist(), found, strict=True)
    for number, (u, v, system) in enumerate(places, start=1):
        cx, cy = x + 6 + u * (PANEL - 24), y + PANEL - 6 - v * (PANEL - 12)
        title = f"<title>{escaped(system.name)}</title>"
        yield f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3" fill="{MARK}">{title}</circle>'
        yield text(cx + 5, cy + 3, str(number), size=9, color=FAINT)
