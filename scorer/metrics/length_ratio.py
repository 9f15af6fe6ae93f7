"""Words of the shorter text over words of the longer one, hypothesis and original.

Range [0, 100], higher is better. It knows nothing of meaning; the fast preset, which has no neural model, needs it
where there is no reference. Undefined where both are blank. Statistics: words of the hypothesis, words of the original.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import metrics, words
from scorer.types import Need, Segment, Stats


@metrics.register("length_ratio")
@dataclass(frozen=True)
class LengthRatio:
    """Agreement in length."""

    name: ClassVar[str] = "length_ratio"
    needs: ClassVar[frozenset[Need]] = frozenset()
    higher_is_better: ClassVar[bool] = True

    def signature(self) -> str:
        """Return `length_ratio|tok:words|v:1`."""
        return "length_ratio|tok:words|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return the words of both texts for each segment."""
        return [
            (words.count(segment.hypothesis), words.count(segment.original.text) if segment.original else 0.0)
            for segment in segments
        ]

    def finish(self, stats: Stats) -> float | None:
        """Return 100 times the quotient of the smaller and the larger number."""
        return 100 * min(stats) / max(stats) if max(stats) else None
