"""MetricX-23 and MetricX-24, from a checkpoint that you have (optional: mt-scorer[metricx]).

Expected MQM penalty, range [0, 25], lower is better. With several references the best counts. A text beyond the
model's window (1,024 tokens for MetricX-23, 1,536 for -24, all texts together) is undefined, or scored by its
beginning under `truncate`. Undefined too where all texts are blank. Statistics: score, 1, tokens that were not read.
Source: Juraska et al. 2023, 2024; agrees with google-research/metricx (`scorer.neural.metricx`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from scorer import metrics
from scorer.errors import UsageError
from scorer.neural import metricx
from scorer.neural.readings import Reading, Texts, reason, rows
from scorer.printable import printable
from scorer.types import Need, Segment, Stats

_NAMED = re.compile(r"metricx[-_]?(23|24)", re.IGNORECASE)


@metrics.register("metricx")
@dataclass(frozen=True)
class MetricX:
    """MetricX with a reference; MetricX-24 reads the source too.

    Attributes:
        model: A folder or a hub name.
        tokenizer: A folder or hub name with mT5's tokenizer; "" for the model's own, else `google/mt5-large`.
        generation: 23 or 24; 0 takes it from the model's name.
        truncate: Whether the beginning of texts that are too long stands for all of them.
    """

    name: ClassVar[str] = "metricx"
    higher_is_better: ClassVar[bool] = False
    needs_encoder: ClassVar[bool] = True
    needs_checkpoint: ClassVar[bool] = True
    reads_reference: ClassVar[bool] = True
    model: str = "google/metricx-24-hybrid-large-v2p6"
    tokenizer: str = ""
    generation: int = 0
    truncate: bool = False

    def __post_init__(self) -> None:
        """Check the generation, which says in what order the texts are read.

        Raises:
            UsageError: It is not known.
        """
        if self._generation not in metricx.WINDOW:
            raise UsageError(f"say which MetricX {printable(self.model)} is: {self.name}(generation=23) or 24")

    @property
    def needs(self) -> frozenset[Need]:
        """Return the source, the reference, or for MetricX-24 both."""
        if not self.reads_reference:
            return frozenset({Need.SOURCE})
        return frozenset({Need.REFERENCE, Need.SOURCE} if self._generation == 24 else {Need.REFERENCE})

    def signature(self) -> str:
        """Return `metricx|model:...|gen:24|refs:best|long:undefined|v:1`; the model's digest is part of it."""
        references = "refs:best|" if self.reads_reference else ""
        handling = f"{references}long:{'cut' if self.truncate else 'undefined'}"
        return f"{self.name}|model:{self._loaded().label}|gen:{self._generation}|{handling}|v:1"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (score, 1, unread tokens) for each segment."""
        return rows(
            segments,
            self._read,
            source=Need.SOURCE in self.needs,
            reference=self.reads_reference,
            best=min,
            truncate=self.truncate,
        )

    def finish(self, stats: Stats) -> float | None:
        """Return the mean."""
        total, n, _ = stats
        return total / n if n else None

    def reason_undefined(self, segment: Segment) -> str | None:
        """Return why a segment that has text gets no score, or `None`."""
        return reason(
            segment,
            self._loaded().unread,
            self.name,
            source=Need.SOURCE in self.needs,
            reference=self.reads_reference,
        )

    def unread(self, stats: Stats) -> int:
        """Return how many tokens of summed rows were not read."""
        return int(stats[2])

    @property
    def _generation(self) -> int:
        named = _NAMED.search(self.model)
        return self.generation or (int(named[1]) if named else 0)

    def _read(self, texts: Sequence[Texts]) -> list[Reading]:
        return self._loaded().read(texts) if texts else []

    def _loaded(self) -> metricx.MetricX:
        return metricx.load(self.model, self.tokenizer, self._generation)


@metrics.register("metricx_qe")
@dataclass(frozen=True)
class MetricXQE(MetricX):
    """MetricX without a reference: a hybrid MetricX-24, or one of the QE models of MetricX-23."""

    name: ClassVar[str] = "metricx_qe"
    reads_reference: ClassVar[bool] = False
