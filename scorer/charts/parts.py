"""What charts are made of: places, bars, words, colours, and the sheet that brings several together."""

from __future__ import annotations

import html
import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scorer.printable import printable

WIDTH, LEFT, RIGHT, TOP, PLOT = 360, 34, 8, 8, 132
INNER = WIDTH - LEFT - RIGHT
BINS = 20
GAP, LONGEST_HEADING = 24, 110  # of a sheet: between charts, and characters over them
# A file has no page around it to say what the classes look like.
COLORS = {
    "very-good": "#1f7a63",
    "good": "#3f7a2e",
    "fair": "#8a6100",
    "poor": "#b4500f",
    "bad": "#b3261e",
    "undefined": "#767676",
}
_STYLE = (
    "text{fill:#24292f;font-size:11px}.faint{fill:#5c656e}.title{font-size:15px;font-weight:bold}.grid{stroke:#d8dee4}"
    ".ink,.dot{fill:#1f5f99}line.ink{stroke:#1f5f99}.range{fill-opacity:.25;stroke-opacity:.45}.box{fill-opacity:.5}"
    + "".join(f".{name}{{fill:{color}}}line.{name}{{stroke:{color}}}" for name, color in COLORS.items())
)
_NOT_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bands:
    """Words for values from 0 to 100; each with its lower end, best first."""

    floors: tuple[tuple[float, str], ...]

    def name(self, value: float | None) -> str:
        """Return the class of a value: its word, with a hyphen for a space."""
        if value is None:
            return "undefined"
        return next((word for floor, word in self.floors if value >= floor), self.floors[-1][1]).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing `WIDTH` wide: what it shows, in words for those who cannot see it, and its SVG elements."""

    title: str
    summary: str
    height: float
    body: str

    def svg(self) -> str:
        """Return an `<svg>` element for a page that has the colours."""
        box = f'viewBox="0 0 {WIDTH} {self.height:.0f}" width="{WIDTH}" height="{self.height:.0f}"'
        # A group and not an image: an image's links cannot be reached.
        return f'<svg class="chart" role="group" {box} aria-label="{escaped(self.summary)}">{self.body}</svg>'


def sheet(charts: Sequence[Chart], heading: str, names: str = "") -> str:
    """Return one SVG file with the charts side by side, on white, with their own colours."""
    parts = [text(GAP, 28, _cut(heading), "title"), text(GAP, 48, _cut(names), "faint")]
    for i, chart in enumerate(charts):
        x = GAP + i * (WIDTH + GAP)
        parts.append(text(x, 80, chart.title))
        parts.append(f'<g transform="translate({x} 90)"><desc>{escaped(chart.summary)}</desc>{chart.body}</g>')
    width, height = GAP + 3 * (WIDTH + GAP), 106 + max((chart.height for chart in charts), default=0)
    size = f'width="{width}" height="{height:.0f}" viewBox="0 0 {width} {height:.0f}"'
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Helvetica, Arial, DejaVu Sans, sans-serif">'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([begin, f"<style>{_STYLE}</style>", ground, *parts, "</svg>"]) + "\n"


def _cut(heading: str) -> str:
    return heading if len(heading) <= LONGEST_HEADING else f"{heading[: LONGEST_HEADING - 1]}…"


def escaped(text: str) -> str:
    """Return text that XML may hold and shows as it is, in an attribute too."""
    return html.escape(_NOT_XML.sub("�", printable(text)))


def meter(value: float | None, low: float | None, high: float | None, bands: Bands) -> str:
    """Return a bar from 0 to 100 for a value, with a line for its interval and ticks where its word would change."""
    parts = ['<rect class="trough" x="0" y="4" width="200" height="8" rx="2"/>']
    if value is not None:
        parts.append(box(0, 4, max(2.0, 2 * value), 8, bands.name(value), ' rx="2"'))
    parts += [
        f'<rect class="gap" x="{2 * floor - 0.5:g}" y="4" width="1" height="8"/>' for floor, _ in bands.floors[:-1]
    ]
    if low is not None and high is not None:
        ends = f"M{2 * low:.1f} 1V15M{2 * low:.1f} 8H{2 * high:.1f}M{2 * high:.1f} 1V15"
        parts.append(f'<path class="whisker" d="{ends}"/>')
    return (
        f'<svg class="meter" viewBox="-1 0 202 16" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'
    )


def counted(values: Values) -> list[int]:
    """Return how many values lie in each bin."""
    counts = [0] * BINS
    for value in values:
        if value is not None:
            counts[min(BINS - 1, max(0, int(value * BINS / 100)))] += 1
    return counts


def bin_ends(i: int) -> tuple[float, float]:
    """Return the ends of a bin."""
    return 100 * i / BINS, 100 * (i + 1) / BINS


def runs(n: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the ends of at most `most` runs of nearly one length that make up `n` segments."""
    parts = min(n, most)
    for i in range(parts):
        yield i * n // parts, (i + 1) * n // parts


def segments_said(count: int) -> str:
    """Return a count of segments in words."""
    return "1 segment" if count == 1 else f"{count} segments"


def place_said(first: int, last: int, known: Sequence[float]) -> str:
    """Return what a run of segments is like, in words; `known` is sorted."""
    if first == last:
        return f"segment {first}: quality {known[0]:.0f}"
    return f"segments {first} to {last}: median quality {statistics.median(known):.0f}, lowest {known[0]:.0f}"


def x_of(value: float) -> float:
    """Return where 0 to 100 lies across a plot."""
    return LEFT + INNER * value / 100


def y_of(value: float) -> float:
    """Return where 0 to 100 lies up a plot."""
    return TOP + PLOT * (1 - value / 100)


def frame(at: Sequence[float], labels: Sequence[str], top: str, bottom: str = "0") -> Iterator[str]:
    """Yield rules at the bottom, middle and top, labels at `at` below, and the ends of the upright axis."""
    for height in (0, 50, 100):
        yield line(LEFT, y_of(height), LEFT + INNER, y_of(height), "grid")
    for value, label in zip(at, labels, strict=True):
        anchor = "start" if value == 0 else "end" if value == 100 else "middle"
        yield text(x_of(value), TOP + PLOT + 14, label, "faint", anchor)
    yield text(LEFT - 5, TOP + 8, top, "faint", "end")
    yield text(LEFT - 5, TOP + PLOT, bottom, "faint", "end")


def link(fragment: str, label: str, body: str, linked: bool) -> str:
    """Return marks that lead to the segments behind them; `fragment` and `label` are safe already."""
    if not linked:
        return f"<g><title>{label}</title>{body}</g>"
    return f'<a href="#{fragment}" aria-label="{label}"><title>{label}</title>{body}</a>'


def box(x: float, y: float, width: float, height: float, name: str, more: str = "") -> str:
    """Return a rectangle."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{name}" {place}{more}/>'


def line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    """Return a straight line."""
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def text(x: float, y: float, content: str, name: str = "", anchor: str = "start") -> str:
    """Return a line of text, escaped."""
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escaped(content)}</text>'
