"""The texts of a judged segment with what is marked in them."""

from __future__ import annotations

from scorer.gate.verdict import JudgedSegment, Placed
from scorer.reporters import marks
from scorer.reporters.marks import Mark
from scorer.reporters.shown import N_THERE
from scorer.types import SEVERITIES

Side = tuple[str, str, tuple[Mark, ...]]


def sides(segment: JudgedSegment) -> list[Side]:
    """Return original, hypothesis and, where it changed, the baseline's hypothesis: label, text, marks."""
    original = "" if segment.is_addition else segment.text
    found = [placed.finding for placed in segment.findings]
    of_original = [(f, f.source_span if segment.original == "source" else f.reference_span) for f in found]
    texts: list[Side] = [
        (segment.original, original, marks.found(of_original, original)),
        ("hypothesis", segment.hypothesis, marks.found([(f, f.hypothesis_span) for f in found], segment.hypothesis)),
    ]
    if segment.hypothesis_then is not None and segment.hypothesis_then != segment.hypothesis:
        texts.append(("baseline", segment.hypothesis_then, ()))
    return texts


def findings(segment: JudgedSegment) -> list[Placed]:
    """Return the findings to tell below a segment's texts: worst first, suspicions last, and not more than read."""
    ordered = sorted(segment.findings, key=lambda p: (p.finding.suspected, SEVERITIES.index(p.finding.severity)))
    return ordered[:N_THERE]
