"""COMET and CometKiwi, from a checkpoint that you have (optional: mt-scorer[comet]).

The checkpoint's score times 100, higher is better; nearly all lie between 0 and 100, but nothing keeps them there.
With several references the best counts. A text beyond the encoder's window (512 tokens with XLM-R) is undefined, or
scored by its beginning under `truncate`. Undefined too where all texts are blank. Statistics: score, 1, tokens that
were not read. Source: Rei et al. 2020, 2022; agrees with unbabel-comet 2.2 (`scorer.neural.comet`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import metrics
from scorer.errors import ModelError
from scorer.neural import comet_files
from scorer.neural.comet import Comet as Checkpoint
from scorer.neural.readings import Reading, Texts, reason, rows
from scorer.types import Need, Segment, Stats


@metrics.register("comet")
@dataclass(frozen=True)
class Comet:
    """COMET, which reads source, hypothesis and reference.

    Attributes:
        model: A folder with `hparams.yaml` and `checkpoints/model.ckpt`, or a hub name.
        tokenizer: A folder or hub name with the encoder's tokenizer; "" for the model's own, else the encoder's.
        truncate: Whether the beginning of a text that is too long stands for all of it.
    """

    name: ClassVar[str] = "comet"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SOURCE, Need.REFERENCE})
    higher_is_better: ClassVar[bool] = True
    needs_encoder: ClassVar[bool] = True
    needs_checkpoint: ClassVar[bool] = True
    model: str = "Unbabel/wmt22-comet-da"
    tokenizer: str = ""
    truncate: bool = False

    def signature(self) -> str:
        """Return `comet|model:...|refs:best|long:undefined|scale:100|v:1`; the model's digest is part of it."""
        return f"{self.name}|model:{self._loaded().label}|{_handling(self)}|scale:100|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (score, 1, unread tokens) for each segment."""
        reference = Need.REFERENCE in self.needs
        return rows(segments, self._read, source=True, reference=reference, best=max, truncate=self.truncate)

    def finish(self, stats: Stats) -> float | None:
        """Return the mean."""
        total, n, _ = stats
        return total / n if n else None

    def reason_undefined(self, segment: Segment) -> str | None:
        """Return why a segment that has text gets no score, or `None`."""
        return reason(segment, self._loaded().unread, self.name, source=True, reference=Need.REFERENCE in self.needs)

    def unread(self, stats: Stats) -> int:
        """Return how many tokens of summed rows were not read."""
        return int(stats[2])

    def _read(self, texts: Sequence[Texts]) -> list[Reading]:
        if not texts:
            return []
        return [Reading(100 * score, n_unread) for score, n_unread in self._loaded().read(texts)]

    def _loaded(self) -> Checkpoint:
        model = comet_files.load(self.model, self.tokenizer)
        if not model.takes_reference:
            raise ModelError(f"{self.model} reads no reference; use cometkiwi(model={self.model})")
        return model


@metrics.register("cometkiwi")
@dataclass(frozen=True)
class CometKiwi(Comet):
    """CometKiwi, which reads source and hypothesis."""

    name: ClassVar[str] = "cometkiwi"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.SOURCE})
    model: str = "Unbabel/wmt22-cometkiwi-da"

    def _loaded(self) -> Checkpoint:
        model = comet_files.load(self.model, self.tokenizer)
        if model.needs_reference:
            raise ModelError(f"{self.model} needs a reference; use comet(model={self.model})")
        return model


def _handling(metric: Comet) -> str:
    references = "refs:best|" if Need.REFERENCE in metric.needs else ""
    return f"{references}long:{'cut' if metric.truncate else 'undefined'}"
