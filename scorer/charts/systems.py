"""Charts of several systems on one text: how good their segments are, where they go wrong, where each one stands."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from scorer.charts.parts import (
    BINS,
    INNER,
    LEFT,
    PLOT,
    TOP,
    WIDTH,
    Bands,
    Chart,
    Values,
    bin_ends,
    box,
    counted,
    escaped,
    frame,
    line,
    link,
    place_said,
    runs,
    segments_said,
    text,
    x_of,
    y_of,
)  # fmt: skip

NAME = 44  # characters of a system's name
MOST_SYSTEMS, PLACES = 12, 40


class Spot(NamedTuple):
    """A system's place in a scatter, with the ends of its intervals where there are any."""

    name: str
    x: float
    y: float
    x_ends: tuple[float, float] | None = None
    y_ends: tuple[float, float] | None = None


def distributions(systems: Sequence[tuple[str, Values]], *, linked: bool = True) -> Chart:
    """Return a strip for each system: the darker, the more of its segments have that quality."""
    parts, y = [], float(TOP)
    for number, (name, values) in enumerate(systems[:MOST_SYSTEMS]):
        counts = counted(values)
        parts.append(text(0, y + 10, f"{number + 1} {cut(name)}"))
        for i, count in enumerate(counts):
            low, high = bin_ends(i)
            opacity = count / max(counts) if count else 0
            cell = box(
                i * WIDTH / BINS, y + 15, WIDTH / BINS - 1, 12, "ink", f' fill-opacity="{max(0.06, opacity):.2f}"'
            )
            label = f"{escaped(cut(name))}: {segments_said(count)} with quality {low:g} to {high:g}"
            parts.append(link(f"of={number + 1}&amp;quality={low:g}-{high:g}", label, cell, linked and count > 0))
        y += 34
    parts += [text(0, y + 8, "quality 0", "faint"), text(WIDTH, y + 8, "100", "faint", "end")]
    return Chart("How good the segments are", f"Segments by quality, {len(systems)} systems", y + 14, "".join(parts))


def strips(
    systems: Sequence[tuple[str, Values]], numbers: Sequence[int], bands: Bands, *, linked: bool = True
) -> Chart:
    """Return a strip for each system: the median quality of runs of segments, in the order of the text."""
    parts, y = [], float(TOP)
    for number, (name, values) in enumerate(systems[:MOST_SYSTEMS]):
        parts.append(text(0, y + 10, f"{number + 1} {cut(name)}"))
        places = list(runs(len(values), PLACES))
        for place, (start, end) in enumerate(places):
            known = sorted(value for value in values[start:end] if value is not None)
            if known:
                wide = WIDTH / len(places)
                cell = box(place * wide, y + 15, max(1, wide - 1), 12, bands.name(statistics.median(known)))
                first, last = numbers[start], numbers[end - 1]
                label = f"{escaped(cut(name))}: {place_said(first, last, known)}"
                parts.append(link(f"of={number + 1}&amp;lines={first}-{last}", label, cell, linked))
        y += 34
    ends = (f"segment {numbers[0]}", f"{numbers[-1]}") if numbers else ("", "")
    parts += [text(0, y + 8, ends[0], "faint"), text(WIDTH, y + 8, ends[1], "faint", "end")]
    return Chart(
        "Where it goes wrong", f"Median quality along the text, {len(systems)} systems", y + 14, "".join(parts)
    )


def spots(systems: Sequence[Spot]) -> Chart:
    """Return systems by adequacy and fluency, each a numbered dot with its intervals; the axes show their range."""
    xs = [end for spot in systems for end in (spot.x, *(spot.x_ends or ()))]
    ys = [end for spot in systems for end in (spot.y, *(spot.y_ends or ()))]
    wide, tall = _range(xs), _range(ys)
    parts = list(frame((0, 100), (f"{wide[0]:.0f}", f"{wide[1]:.0f}"), f"{tall[1]:.0f}", f"{tall[0]:.0f}"))
    for number, spot in enumerate(systems):
        x, y = x_of(_share(spot.x, wide)), y_of(_share(spot.y, tall))
        for ends, at in ((spot.x_ends, wide), (spot.y_ends, tall)):
            if ends is not None:
                low, high = (_share(end, at) for end in ends)
                ends_at = (x_of(low), y, x_of(high), y) if at is wide else (x, y_of(low), x, y_of(high))
                parts.append(line(*ends_at, "ink"))
        label = f"{escaped(cut(spot.name))}: adequacy {spot.x:.1f}, fluency {spot.y:.1f}"
        dot = f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' + text(x + 6, y - 5, f"{number + 1}")
        parts.append(f"<g><title>{label}</title>{dot}</g>")
    parts.append(text(LEFT + INNER / 2, TOP + PLOT + 28, "adequacy across, fluency up", "faint", "middle"))
    told = "; ".join(f"{cut(spot.name)} {spot.x:.1f}, {spot.y:.1f}" for spot in systems)
    return Chart("What is kept, and how it reads", f"Systems by adequacy and fluency: {told}", TOP + PLOT + 34,
                 "".join(parts))  # fmt: skip


def cut(name: str) -> str:
    """Return a name that fits over a strip."""
    return name if len(name) <= NAME else f"{name[: NAME // 2]}…{name[-NAME // 2 + 1 :]}"


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=100.0)
    room = max(1.0, (high - low) * 0.1)
    return max(0.0, low - room), min(100.0, high + room)


def _share(value: float, ends: tuple[float, float]) -> float:
    return 100 * (value - ends[0]) / (ends[1] - ends[0])
