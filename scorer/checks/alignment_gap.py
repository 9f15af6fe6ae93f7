"""A text without a counterpart: nothing was translated, or something was translated from nothing.

Severities follow MQM, where an untranslated segment is a non-translation, the heaviest error there is (Freitag et al.
2021, "Experts, Errors, and Context"). A heading, or a line without a letter or digit, loses less. Where a key of a
key-value file is missing, the check `key` speaks instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.writing import pieces, shown
from scorer.types import Finding, Segment, Severity, found

_HEADING = 3.0  # words; below a sentence


@register("omission")
def omission(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where an original has an empty hypothesis."""
    original = segment.original
    if original is None or not original.text.strip() or segment.hypothesis.strip() or segment.absent:
        return
    message = f"nothing was translated: {shown(original.text.strip())}"
    if original.side == "reference":
        message = f"the text is empty where the other has {shown(original.text.strip())}"
    severity = loss(original.text)
    yield found(segment, "omission", severity, "adequacy", message, original=(0, len(original.text)))


@register("addition")
def addition(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where an original that is there and empty has a hypothesis."""
    original = segment.original
    if original is None or original.text.strip() or not segment.hypothesis.strip() or segment.absent:
        return
    severity: Severity = "minor" if loss(segment.hypothesis) == "minor" else "major"
    # A peer counts as a reference too, so it is called neither.
    where = "source" if original.side == "source" else "other text"
    message = f"{shown(segment.hypothesis.strip())} has no counterpart in the {where}"
    yield found(segment, "addition", severity, "adequacy", message, hypothesis=(0, len(segment.hypothesis)))


def loss(text: str) -> Severity:
    """Return how bad it is to lose a text: a sentence critical, a heading major, mere marks minor."""
    size = 0.0
    for piece in pieces(text):
        size += piece.weight
        if size > _HEADING:
            return "critical"
    return "major" if size else "minor"
