"""The report's three charts as one SVG file, without scripts."""

from __future__ import annotations

from scorer import reporters
from scorer.charts.parts import sheet
from scorer.report import Report
from scorer.reporters.drawn import drawn


@reporters.register("svg", ".svg")
def render(report: Report) -> str:
    """Return the charts side by side, on white, under the report's verdict and the names of its texts."""
    return sheet(drawn(report, linked=False), report.verdict, " · ".join(each.name for each in report.inputs))
