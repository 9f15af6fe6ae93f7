"""Charts of one text: how good its segments are, where it goes wrong, what is kept and how it reads."""

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
    Bands,
    Chart,
    Values,
    bin_ends,
    box,
    counted,
    frame,
    link,
    place_said,
    runs,
    segments_said,
    text,
    x_of,
    y_of,
)  # fmt: skip

PLACES, CELLS = 120, 25  # places along a text; cells of a scatter, each way


class Point(NamedTuple):
    """A segment's place in a scatter, 0 to 100 each way, and its number in the text, from 1."""

    x: float
    y: float
    number: int


def histogram(values: Values, bands: Bands, *, linked: bool = True) -> Chart:
    """Return how many segments lie in each of 20 equal parts of 0 to 100."""
    counts = counted(values)
    most, wide = max(counts, default=0), INNER / BINS
    parts = list(frame((0, 50, 100), ("0", "50", "100"), f"{most}" if most else ""))
    for i, count in enumerate(counts):
        if count:
            low, high = bin_ends(i)
            tall = max(2.0, PLOT * count / most)  # a single segment among thousands has to be seen
            bar = box(LEFT + i * wide + 1, TOP + PLOT - tall, wide - 2, tall, bands.name(low))
            parts.append(
                link(
                    f"quality={low:g}-{high:g}", f"{segments_said(count)} with quality {low:g} to {high:g}", bar, linked
                )
            )
    told = ", ".join(
        f"{count} from {bin_ends(i)[0]:g} to {bin_ends(i)[1]:g}" for i, count in enumerate(counts) if count
    )
    return Chart("How good the segments are", f"Segments by quality: {told or 'none'}", TOP + PLOT + 34, "".join(parts)
                 + text(LEFT + INNER / 2, TOP + PLOT + 28, "quality of a segment", "faint", "middle"))  # fmt: skip


def along(values: Values, numbers: Sequence[int], bands: Bands, *, linked: bool = True) -> Chart:
    """Return the quality of segments in the order of the text; above 120, the range, quartiles and median of runs.

    Args:
        values: Each segment's quality.
        numbers: Each segment's number in the text, from 1; a blank line leaves a gap.
        bands: The words for qualities.
        linked: Whether each place leads to its segments.
    """
    n = len(values)
    parts = list(frame((0, 100), (f"{numbers[0]}", f"{numbers[-1]}") if n > 1 else ("", ""), "100"))
    wide = INNER / max(1, min(n, PLACES))
    for place, (start, end) in enumerate(runs(n, PLACES)):
        known = sorted(value for value in values[start:end] if value is not None)
        if not known:
            continue
        x, name = LEFT + place * wide, bands.name(statistics.median(known))
        single = end - start == 1
        label = place_said(numbers[start], numbers[end - 1], known)
        fragment = f"s-{numbers[start]}" if single else f"lines={numbers[start]}-{numbers[end - 1]}"
        body = _stem(x, wide, known[0], name) if single else _spread(x, wide, known, name)
        hit = f'<rect class="hit" x="{x:.1f}" y="{TOP}" width="{wide:.1f}" height="{PLOT}" fill-opacity="0"/>'
        parts.append(link(fragment, label, body + hit, linked))
    parts.append(text(LEFT + INNER / 2, TOP + PLOT + 28, "place in the text (segment)", "faint", "middle"))
    summary = _lowest(values, numbers)
    return Chart("Where it goes wrong", summary, TOP + PLOT + 34, "".join(parts))


def scatter(points: Sequence[Point], *, linked: bool = True) -> Chart:
    """Return segments by adequacy and fluency; neighbours share a dot, whose area grows with how many there are."""
    cells: dict[tuple[int, int], list[Point]] = {}
    for point in points:
        cells.setdefault((_cell(point.x), _cell(point.y)), []).append(point)
    most = max(map(len, cells.values()), default=1)
    parts = list(frame((0, 50, 100), ("0", "50", "100"), "100"))
    for (i, j), there in sorted(cells.items(), key=lambda item: -len(item[1])):
        x, y = (statistics.fmean(each) for each in zip(*((p.x, p.y) for p in there), strict=True))
        radius = 3.0 if most == 1 else 2.5 + 6.5 * ((len(there) - 1) / most) ** 0.5
        dot = f'<circle class="dot" cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="{radius:.1f}" fill-opacity="0.65"/>'
        step = 100 / CELLS
        fragment = (
            f"s-{there[0].number}"
            if len(there) == 1
            else f"adequacy={i * step:g}-{(i + 1) * step:g}&amp;fluency={j * step:g}-{(j + 1) * step:g}"
        )
        who = f"segment {there[0].number}" if len(there) == 1 else segments_said(len(there))
        parts.append(link(fragment, f"{who}: adequacy {x:.0f}, fluency {y:.0f}", dot, linked))
    parts.append(text(LEFT + INNER / 2, TOP + PLOT + 28, "adequacy across, fluency up", "faint", "middle"))
    summary = f"Adequacy against fluency of {segments_said(len(points))}, in {len(cells)} dots"
    return Chart("What is kept, and how it reads", summary, TOP + PLOT + 34, "".join(parts))


def _lowest(values: Values, numbers: Sequence[int]) -> str:
    known = [(value, number) for value, number in zip(values, numbers, strict=True) if value is not None]
    if not known:
        return "Quality along the text: undefined"
    value, number = min(known)
    return f"Quality along the text, {segments_said(len(values))}; lowest is segment {number} with {value:.0f}"


def _stem(x: float, wide: float, value: float, name: str) -> str:
    """Return a dot with a line up to 100: the longer the line, the more is lost."""
    middle = x + wide / 2
    stem = (
        f'<line class="range {name}" x1="{middle:.1f}" y1="{y_of(100):.1f}" x2="{middle:.1f}" y2="{y_of(value):.1f}"/>'
    )
    return f'{stem}<circle class="{name}" cx="{middle:.1f}" cy="{y_of(value):.1f}" r="{min(4, max(2, wide / 3)):.1f}"/>'


def _spread(x: float, wide: float, known: Sequence[float], name: str) -> str:
    lower, upper = known[len(known) // 4], known[-1 - len(known) // 4]
    ends = ((known[0], known[-1], "range"), (lower, upper, "box"))
    boxes = [
        box(x, y_of(high), wide * 0.85, max(1, y_of(low) - y_of(high)), f"{kind} {name}") for low, high, kind in ends
    ]
    return "".join(boxes) + box(x, y_of(statistics.median(known)) - 1, wide * 0.85, 2, name)


def _cell(value: float) -> int:
    return min(CELLS - 1, max(0, int(value * CELLS / 100)))
