"""What the gate knows of segments: of this run's, and of the baseline's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorer import combine
from scorer.combine import Penalty
from scorer.plan import Plan
from scorer.types import DIMENSIONS, Finding, Metric, Segment, Stats


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """A segment of this run.

    Attributes:
        id: Its key in a key-value file, else 8 hex digits of `text`; the second one alike ends in `-2`.
        text: What it is known by: its source, else its first reference; what was added, by its hypothesis.
        segment: The segment.
        references: A digest of its references, empty where it has none.
        penalty: Its expected points; `None` where it was not scored, under `--changed`.
        rows: Statistics of each metric, by name; empty where it was not scored.
        scores: Segment-level scores of each metric, by name.
        findings: What the checks found.
        is_changed: Whether git says that it changed; true without `--changed`.
    """

    id: str
    text: str
    segment: Segment
    references: str
    penalty: Penalty | None
    rows: Mapping[str, Stats | None]
    scores: Mapping[str, float | None]
    findings: tuple[Finding, ...]
    is_changed: bool = True

    def row(self, name: str) -> Stats | None:
        """Return the statistics of a dimension or a metric."""
        if name in DIMENSIONS:
            return None if self.penalty is None else self.penalty.row(name)
        return self.rows.get(name)

    def value(self, name: str) -> float | None:
        """Return the segment's own dimension or metric; `None` where undefined or not scored."""
        if name not in DIMENSIONS:
            return self.scores.get(name)
        row = self.row(name)
        return None if row is None else combine.DIMENSION.finish(row)


@dataclass(frozen=True, slots=True)
class KnownSegment:
    """A segment of the baseline.

    Attributes:
        text: What it is known by.
        hypothesis: Its translation then.
        references: A digest of its references then.
        penalty: Its expected points then.
        rows: Statistics then, of the metrics that the policy limits the drop of.
        findings: How many there were, by check and severity: `{"negation major": 1}`; suspicions left out.
    """

    text: str
    hypothesis: str
    references: str
    penalty: Penalty
    rows: Mapping[str, Stats | None]
    findings: Mapping[str, int]

    def row(self, name: str) -> Stats | None:
        """Return the statistics of a dimension or a metric."""
        return self.penalty.row(name) if name in DIMENSIONS else self.rows.get(name)


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A translated file of this run, scored.

    Attributes:
        name: The translated file as the baseline calls it.
        signature: What its scores depend on.
        plan: The metrics with which rows are finished.
        segments: In the file's order.
    """

    name: str
    signature: str
    plan: Plan
    segments: Sequence[ScoredSegment]

    def metric(self, name: str) -> Metric:
        """Return the metric of that name.

        Raises:
            KeyError: It was not measured.
        """
        return next(metric for metric in self.plan.measured if metric.name == name)
