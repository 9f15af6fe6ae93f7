"""BLEURT, from a checkpoint that you have (optional: mt-scorer[comet]).

The checkpoint's score times 100, higher is better; BLEURT-20's lie between about 0 and 100. With several references
the best counts. A pair beyond the encoder's window (512 tokens together) is undefined, or scored by its texts'
beginnings under `truncate`. Undefined too where all texts are blank. Statistics: score, 1, tokens that were not read.
Source: Sellam et al. 2020, Pu et al. 2021; agrees with lucadiliello/bleurt-pytorch (`scorer.neural.bleurt`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import metrics
from scorer.neural import bleurt
from scorer.neural.readings import Reading, Texts, reason, rows
from scorer.types import Need, Segment, Stats


@metrics.register("bleurt")
@dataclass(frozen=True)
class Bleurt:
    """BLEURT.

    Attributes:
        model: A folder or a hub name.
        tokenizer: A folder or hub name with the tokenizer; "" for the model's own.
        truncate: Whether the beginnings of texts that are too long stand for all of them.
    """

    name: ClassVar[str] = "bleurt"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})
    higher_is_better: ClassVar[bool] = True
    needs_encoder: ClassVar[bool] = True
    needs_checkpoint: ClassVar[bool] = True
    model: str = "lucadiliello/BLEURT-20"
    tokenizer: str = ""
    truncate: bool = False

    def signature(self) -> str:
        """Return `bleurt|model:...|refs:best|long:undefined|scale:100|v:1`; the model's digest is part of it."""
        handling = f"refs:best|long:{'cut' if self.truncate else 'undefined'}"
        return f"bleurt|model:{self._loaded().label}|{handling}|scale:100|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (score, 1, unread tokens) for each segment."""
        return rows(segments, self._read, source=False, reference=True, best=max, truncate=self.truncate)

    def finish(self, stats: Stats) -> float | None:
        """Return the mean."""
        total, n, _ = stats
        return total / n if n else None

    def reason_undefined(self, segment: Segment) -> str | None:
        """Return why a segment that has text gets no score, or `None`."""
        return reason(segment, self._loaded().unread, self.name, source=False, reference=True)

    def unread(self, stats: Stats) -> int:
        """Return how many tokens of summed rows were not read."""
        return int(stats[2])

    def _read(self, texts: Sequence[Texts]) -> list[Reading]:
        if not texts:
            return []
        return [Reading(100 * score, n_unread) for score, n_unread in self._loaded().read(texts)]

    def _loaded(self) -> bleurt.Bleurt:
        return bleurt.load(self.model, self.tokenizer)
