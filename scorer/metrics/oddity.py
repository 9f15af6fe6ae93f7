"""Mean probability that a word of the hypothesis is out of place; a signal of fluency that needs no other text.

Range [0, 100], lower is better; sound text has about 3. The head and its training: `scorer.oddness`. Undefined
without a token. Statistics: summed probabilities of the tokens, number of tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import encoders, metrics, oddness
from scorer.types import Need, Segment, Stats


@metrics.register("oddity")
@dataclass(frozen=True)
class Oddity:
    """Share of words out of place; always by the bundled encoder, whose vectors the head was fitted to."""

    name: ClassVar[str] = "oddity"
    needs: ClassVar[frozenset[Need]] = frozenset()
    higher_is_better: ClassVar[bool] = False
    needs_encoder: ClassVar[bool] = True

    def signature(self) -> str:
        """Return `oddity|model:...|head:...|v:1`."""
        return f"oddity|model:{encoders.signature()}|head:{oddness.version()}|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (summed probabilities, tokens) for each segment."""
        embeddings = encoders.load().embed([segment.hypothesis for segment in segments], sentences=False)
        return [
            (math.fsum(oddness.of_tokens(embedding.tokens)), float(len(embedding.tokens)))
            if len(embedding.tokens)
            else (0.0, 0.0)
            for embedding in embeddings
        ]

    def finish(self, stats: Stats) -> float | None:
        """Return 100 times the mean."""
        total, n = stats
        return 100 * total / n if n else None
