"""A hypothesis far shorter or longer than translations of such a text are.

What is usual was measured on human translations, see `expected_length`. Minor beyond what 99 in 100 of them keep to,
major where twice that far off.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.expected_length import deviation, weighted
from scorer.types import Finding, Segment, Severity, found

_MINOR, _MAJOR = 1.0, 2.0  # spreads, see expected_length.deviation
_SHORTEST = 12.0  # weighted characters; below that, names and numbers decide the length


@register("length_ratio")
def length_ratio(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where the length is far from what is usual."""
    if segment.original is None:
        return
    off = deviation(segment)
    if off is None or abs(off[1]) < _MINOR:
        return
    if max(weighted(segment.original.text)[0], weighted(segment.hypothesis)[0]) < _SHORTEST:
        return
    severity: Severity = "major" if abs(off[1]) >= _MAJOR else "minor"
    share = math.exp(off[0])
    size = f"{share:.0%}" if share < 2 else f"{share:.1f} times"
    message = f"the text has {size} the length expected from the {segment.original.side}".replace("%", "% of")
    whole = (0, len(segment.hypothesis))
    yield found(segment, "length_ratio", severity, "adequacy", message, hypothesis=whole)
