"""How much of what must survive translation does: numbers, Latin names and acronyms, URLs, e-mails, placeholders.

F1 in percent over the items of the original (the source, else the first reference) and of the hypothesis. Range
[0, 100], higher is better. What the original has twice must be there twice. Undefined where neither text has any.
Statistics: items in both, in the original, in the hypothesis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from scorer import metrics
from scorer.entities import survivors
from scorer.types import Need, Segment, Stats


@metrics.register("overlap")
@dataclass(frozen=True)
class Overlap:
    """F1 of surviving items; it has no settings."""

    name: ClassVar[str] = "overlap"
    needs: ClassVar[frozenset[Need]] = frozenset()
    higher_is_better: ClassVar[bool] = True

    def signature(self) -> str:
        """Return the name and the version of what counts as an item."""
        return "overlap|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (matched, items of the original, items of the hypothesis) for each segment."""
        return [overlap(segment) for segment in segments]

    def finish(self, stats: Stats) -> float | None:
        """Return F1 in percent; `None` without items."""
        n_matched, n_original, n_hypothesis = stats
        n_items = n_original + n_hypothesis
        return 200 * n_matched / n_items if n_items else None

    def finish_many(self, stats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the score of each row of sums, NaN where undefined; shape (m, 3) to (m,)."""
        n_items = stats[:, 1] + stats[:, 2]
        return np.where(n_items > 0, 200 * stats[:, 0] / np.where(n_items > 0, n_items, 1), np.nan)


def overlap(segment: Segment) -> tuple[int, int, int]:
    """Return how many items are in both texts, in the original, and in the hypothesis; zeros without an original."""
    if segment.original is None:
        return 0, 0, 0
    original = survivors(segment.original.text, segment.original.language)
    hypothesis = survivors(segment.hypothesis, segment.languages.hypothesis)
    matched = sum(min(len(spans), len(hypothesis.get(key, ()))) for key, spans in original.items())
    return matched, sum(map(len, original.values())), sum(map(len, hypothesis.values()))
