"""The report as one HTML file: verdict, charts and every segment, to sort, filter and print; no network."""

from __future__ import annotations

from scorer import reporters
from scorer.report import Report
from scorer.reporters import pages


@reporters.register("html", ".html")
def render(report: Report) -> str:
    """Return the whole page; what a text under test says is shown and never obeyed."""
    return pages.page(report)
