"""Cosine of the sentence vectors of a hypothesis and its reference or source, on a calibrated scale.

Range [0, 100], higher is better: 0 is what unrelated texts have, 100 what a faultless translation has, per language
pair (`scorer.calibration`). With several references the nearest counts. A blank text is similar to nothing;
undefined where both are blank. Statistics: calibrated cosine, 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import calibration, encoders, metrics
from scorer.types import Need, Segment, Side, Stats


@metrics.register("similarity")
@dataclass(frozen=True)
class Similarity:
    """Similarity with the reference.

    Attributes:
        encoder: `bundled`, a sentence-transformers folder or a hub name.
    """

    name: ClassVar[str] = "similarity"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})
    higher_is_better: ClassVar[bool] = True
    needs_encoder: ClassVar[bool] = True
    needs_sentences: ClassVar[bool] = True
    side: ClassVar[Side] = "reference"
    encoder: str = encoders.BUNDLED

    def signature(self) -> str:
        """Return `similarity|against:reference|model:...|cal:...|v:1`."""
        model = encoders.signature(self.encoder)
        return f"similarity|against:{self.side}|model:{model}|cal:{calibration.version(model)}|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (calibrated cosine, 1) for each segment."""
        encoder = encoders.load(self.encoder)
        encoder.embed([text for segment in segments for text in (segment.hypothesis, *segment.others(self.side))])
        return [self._row(encoder, segment) for segment in segments]

    def finish(self, stats: Stats) -> float | None:
        """Return the mean."""
        total, n = stats
        return total / n if n else None

    def _row(self, encoder: encoders.Encoder, segment: Segment) -> Stats:
        texts = segment.others(self.side)
        if not segment.hypothesis.strip() and not any(text.strip() for text in texts):
            return 0.0, 0.0
        hypothesis, *vectors = encoder.embed([segment.hypothesis, *texts])
        cosine = max(encoders.cosine(hypothesis, vector) for vector in vectors)
        scale = calibration.scale("similarity", self.side, segment.languages, encoder.signature())
        return min(100.0, max(0.0, scale(cosine))), 1.0


@metrics.register("similarity_source")
@dataclass(frozen=True)
class SourceSimilarity(Similarity):
    """Similarity with the source."""

    name: ClassVar[str] = "similarity_source"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SOURCE})
    side: ClassVar[Side] = "source"
