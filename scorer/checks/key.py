"""A key that one of two key-value files has and the other has not.

A program shows the text of another language, or the bare key, where one is missing: severities are those of an
omission. A key that nothing asks for any more only lies there.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.alignment_gap import loss
from scorer.checks.writing import shown
from scorer.printable import printable
from scorer.types import Finding, Segment, found

_LONGEST = 80


@register("key")
def key(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where a side does not have the segment's key."""
    original = segment.original
    if original is None or not segment.absent:
        return
    name = f"the key '{printable(segment.key, _LONGEST)}'"
    if segment.absent == "hypothesis":
        message = f"{name} is missing: {shown(original.text.strip())}"
        yield found(segment, "key", loss(original.text), "adequacy", message, original=(0, len(original.text)))
        return
    # A peer counts as a reference too, so it is called neither.
    where = "source" if original.side == "source" else "other text"
    message = f"{name} is not in the {where}: {shown(segment.hypothesis.strip())}"
    yield found(segment, "key", "minor", "adequacy", message, hypothesis=(0, len(segment.hypothesis)))
