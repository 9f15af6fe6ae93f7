"""How numbers, texts and findings are put for people, in every output alike."""

from __future__ import annotations

from collections.abc import Sequence

from scorer.printable import printable
from scorer.report import Comparison, Dimension, Report, Score, SegmentReport, count_by_severity
from scorer.types import SEVERITIES, Finding

UNDEFINED = "–"
# Characters of a system's name in a sentence.
LONGEST_NAME = 60
# Places that the learned metric suspects, in a list of a whole text; there are more of them than anyone reads.
N_SUSPECTED = 10
# Findings told below one segment.
N_THERE = 12


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with a fixed count of digits, or a dash where it is undefined."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def interval(value: Dimension | Score) -> str:
    """Return `80.1 to 88.3`, or nothing where there is no interval."""
    return "" if value.low is None or value.high is None else f"{value.low:.1f} to {value.high:.1f}"


def points(segment: SegmentReport) -> str:
    """Return `mqm 2.3 (80%: 0.0 to 6.0)`: expected points and the interval of one person's; nothing where undefined."""
    expected, low, high = (segment.metrics.get(name) for name in ("mqm", "mqm_low", "mqm_high"))
    if expected is None:
        return ""
    ends = "" if low is None or high is None else f" (80%: {low:.1f} to {high:.1f})"
    return f"mqm {expected:.1f}{ends}" + ("" if segment.confident else ", rough: unseen language")


def agreements(comparisons: Sequence[Comparison]) -> list[str]:
    """Return `B better than A: expected agreement of people: 87%` for each pair of systems that it is known of."""
    told = []
    for each in comparisons:
        if each.agreement is not None and each.difference:
            better, worse = (each.b, each.a) if each.difference > 0 else (each.a, each.b)
            pair = f"{printable(better, LONGEST_NAME)} better than {printable(worse, LONGEST_NAME)}"
            told.append(f"{pair}: expected agreement of people: {100 * each.agreement:.0f}%")
    return told


def ranked(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return what the checks found and, apart, what the learned metric suspects: worst first, then surest.

    Suspicions are many, cost no points of their own and may be wrong: in one list they would bury the findings.
    """
    ordered = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.certainty, f.index))
    return [f for f in ordered if not f.suspected], [f for f in ordered if f.suspected]


def told(segment: SegmentReport) -> list[Finding]:
    """Return the findings to tell below a segment's texts, what the checks found first."""
    found, suspected = ranked(segment.findings)
    return [*found, *suspected][:N_THERE]


def suspicions(findings: Sequence[Finding]) -> str:
    """Return a title for what the learned metric suspects: `suspected by the learned metric (3 major, 7 minor)`."""
    counts = ", ".join(f"{n} {severity}" for severity, n in count_by_severity(findings).items() if n)
    return f"suspected by the learned metric ({counts})"


def where(report: Report, finding: Finding) -> str:
    """Return which segment a finding is in; in `compare` on which line of which text, `#3 B:7`, else whose."""
    number = f"#{finding.index + 1}"
    if report.command != "compare":
        return f"{number} {printable(finding.system)}" if len(report.systems) > 1 else number
    if report.role == "peers" and finding.hypothesis_span is None and finding.reference_span is not None:
        return f"{number} A"
    return f"{number} {line(report, report.segments[finding.index].place)}".strip()


def line(report: Report, place: str) -> str:
    """Return a place in A or B with the letter for the file's name: `B:7`; any other place as it is."""
    for letter, each in zip("AB", report.inputs, strict=False):
        if place.startswith(f"{each.name}:"):
            return letter + place[len(each.name) :]
    return printable(place)
