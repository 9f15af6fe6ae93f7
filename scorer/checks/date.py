"""Dates whose day, month or year a translation changed.

Month names, figures and 年月日 are read alike, an ambiguous 3/5/2020 agrees with either of its readings, and a part
that one text leaves out is no contradiction. Dates that are only missing are left to the check `number`.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorer import checks
from scorer.dates import changed_dates, dates
from scorer.types import Finding, Segment, found


@checks.register("date")
def date(segment: Segment) -> Iterator[Finding]:
    """Yield a major finding for each date that became another, unless a reference has the same date."""
    original = segment.original
    if original is None or not segment.hypothesis.strip():
        return
    known = [other for text in segment.references for other in dates(text)] if original.side == "source" else []
    for left, right in changed_dates(original.text, segment.hypothesis):
        if not any(right.agrees(other) for other in known):
            message = f"{left.text.strip(' .')} became {right.text.strip(' .')}"
            yield found(segment, "date", "major", "adequacy", message, hypothesis=right.span, original=left.span)
