"""Expected MQM points per 100 words, from the learned metric: of accuracy and of fluency.

Lower is better, 0 is faultless, a major error in every ten words 50. Accuracy is judged beside the source, the
references or both, whichever there are; fluency by the hypothesis alone, so that a text has one fluency. What the
points mean and how the metric was trained: `models/learned/CARD.md`. Statistics: points, words of the hypothesis.
Undefined without a word.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from scorer import encoders, estimator, metrics, words
from scorer.assets import SHIPPED, Model
from scorer.types import Need, Segment, Stats


@dataclass(frozen=True)
class Learned:
    """One part of the expected penalty; always by the bundled encoder, which the network was trained on."""

    needs: ClassVar[frozenset[Need]] = frozenset()
    higher_is_better: ClassVar[bool] = False
    needs_encoder: ClassVar[bool] = True
    part: Literal["accuracy", "fluency"] = "accuracy"
    model: Model = SHIPPED

    @property
    def name(self) -> str:
        """Return `learned_accuracy` or `learned_fluency`."""
        return f"learned_{self.part}"

    def signature(self) -> str:
        """Return `learned_accuracy|model:...|network:...|v:1`."""
        return f"{self.name}|model:{encoders.signature()}|network:{estimator.version(self.model)}|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (points, words) for each segment."""
        return [
            (math.fsum(getattr(estimate, self.part)), float(words.count(segment.hypothesis)))
            for segment, estimate in zip(segments, estimator.estimate(segments, self.model), strict=True)
        ]

    def finish(self, stats: Stats) -> float | None:
        """Return points per 100 words."""
        points, n_words = stats
        return 100 * points / n_words if n_words else None


def _make(part: Literal["accuracy", "fluency"]) -> Callable[[], Learned]:
    def make() -> Learned:
        return Learned(part)

    make.needs_encoder = True  # type: ignore[attr-defined]
    return make


for _part in ("accuracy", "fluency"):
    metrics.register(f"learned_{_part}")(_make(_part))
