"""Soft matching of the tokens of a hypothesis and its reference or source, on a calibrated scale.

Each token is matched with the most similar one of the other text by the cosine of their vectors in a middle layer
(which one and why: benchmarks/layers.py); precision averages over the hypothesis' tokens, recall over the other text's
(Zhang et al. 2020, "BERTScore"). Range [0, 100], higher is better: 0 is what unrelated texts have, near 100 what a
faultless translation has, per language pair. With several references the one with the best F1 counts. A blank text
has 0; undefined where both are blank. Statistics: calibrated matches and tokens of the hypothesis, then of the other
text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from scorer import calibration, encoders, metrics
from scorer.matching import best
from scorer.types import Need, Segment, Side, Stats

Kind = Literal["precision", "recall", "f1"]


@dataclass(frozen=True)
class Match:
    """Soft token matching.

    Attributes:
        kind: "precision", "recall" or "f1".
        side: What the hypothesis is held against.
        encoder: `bundled`, a sentence-transformers folder or a hub name.
    """

    higher_is_better: ClassVar[bool] = True
    needs_encoder: ClassVar[bool] = True
    kind: Kind = "f1"
    side: Side = "reference"
    encoder: str = encoders.BUNDLED

    @property
    def name(self) -> str:
        """Return `match_f1`, `match_recall_source` and so on."""
        return f"match_{self.kind}" + ("_source" if self.side == "source" else "")

    @property
    def needs(self) -> frozenset[Need]:
        """Return what the hypothesis is held against."""
        return frozenset({Need(self.side)})

    def signature(self) -> str:
        """Return `match_f1|against:reference|model:...|cal:...|v:1`."""
        model = encoders.signature(self.encoder)
        return f"match_{self.kind}|against:{self.side}|model:{model}|cal:{calibration.version(model)}|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (matched, tokens) of the hypothesis and (matched, tokens) of the other text for each segment."""
        encoder = encoders.load(self.encoder)
        encoder.embed(
            [text for segment in segments for text in (segment.hypothesis, *segment.others(self.side))], sentences=False
        )
        return [self._row(encoder, segment) for segment in segments]

    def finish(self, stats: Stats) -> float | None:
        """Return precision, recall or their harmonic mean."""
        matched_hypothesis, n_hypothesis, matched_other, n_other = stats
        if not n_hypothesis and not n_other:
            return None
        precision = _share(matched_hypothesis, n_hypothesis)
        recall = _share(matched_other, n_other)
        if self.kind == "f1":
            return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return precision if self.kind == "precision" else recall

    def _row(self, encoder: encoders.Memo, segment: Segment) -> Stats:
        rows = [self._against(encoder, segment, text) for text in segment.others(self.side)]
        return max(rows, key=f1)

    def _against(self, encoder: encoders.Memo, segment: Segment, text: str) -> Stats:
        model = encoder.signature()
        hypothesis_sum, n_hypothesis, other_sum, n_other = matched(self.encoder, segment.hypothesis, text)
        precision = calibration.scale("precision", self.side, segment.languages, model)
        recall = calibration.scale("recall", self.side, segment.languages, model)
        return (
            precision(hypothesis_sum / n_hypothesis) * n_hypothesis if n_hypothesis and n_other else 0.0,
            float(n_hypothesis),
            recall(other_sum / n_other) * n_other if n_hypothesis and n_other else 0.0,
            float(n_other),
        )


def f1(row: Stats) -> float:
    """Return a row's F1, 0 where it is undefined."""
    return Match().finish(row) or 0.0


def _share(total: float, n: float) -> float:
    """Return a mean on the scale, clipped to it; nothing matched has 0."""
    return min(100.0, max(0.0, total / n)) if n else 0.0


@functools.lru_cache(maxsize=8192)
def matched(encoder: str, hypothesis: str, other: str) -> tuple[float, int, float, int]:
    """Return the summed best cosines and the number of tokens, of the hypothesis and of the other text."""
    left, right = (embedding.tokens for embedding in encoders.load(encoder).embed([hypothesis, other], sentences=False))
    if not len(left) or not len(right):
        return 0.0, len(left), 0.0, len(right)
    best_left, best_right = best(left, right)
    return float(best_left.sum(dtype=np.float64)), len(left), float(best_right.sum(dtype=np.float64)), len(right)


def _factory(kind: Kind, side: Side) -> Callable[..., Match]:
    return functools.partial(Match, kind=kind, side=side)


for _side in ("reference", "source"):
    for _kind in ("precision", "recall", "f1"):
        metrics.register(Match(_kind, _side).name)(_factory(_kind, _side))
