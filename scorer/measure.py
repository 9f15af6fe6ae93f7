"""Segments to statistics and findings, in batches."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scorer.checks import Check
from scorer.types import Finding, Metric, Need, Segment, Stats

BATCH_SIZE = 256


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on segments; all parts are in the segments' order.

    Attributes:
        segments: The segments.
        rows: Each metric's statistics by the metric's name; `None` for a segment that lacks what the metric needs.
        findings: All findings, ordered by segment.
    """

    segments: tuple[Segment, ...]
    rows: Mapping[str, tuple[Stats | None, ...]]
    findings: tuple[Finding, ...]


def measure(
    segments: Iterable[Segment],
    metrics: Sequence[Metric],
    checks: Sequence[Check],
    *,
    batch_size: int = BATCH_SIZE,
    progress: Callable[[int], None] = lambda n: None,
) -> Measured:
    """Return statistics and findings of all segments.

    Args:
        segments: In any number; they are taken `batch_size` at a time.
        metrics: What to measure; a segment without what a metric needs has `None` there.
        checks: What to look for.
        batch_size: Segments a batch; changes speed, never a score.
        progress: Called with the number of segments done after each batch.
    """
    kept: list[Segment] = []
    rows: dict[str, list[Stats | None]] = {metric.name: [] for metric in metrics}
    findings: list[Finding] = []
    for batch in batches(segments, batch_size):
        for metric in metrics:
            rows[metric.name].extend(measure_where_possible(metric, batch))
        findings.extend(finding for segment in batch for check in checks for finding in check(segment))
        kept.extend(batch)
        progress(len(kept))
    return Measured(tuple(kept), {name: tuple(column) for name, column in rows.items()}, tuple(findings))


def measure_where_possible(metric: Metric, segments: Sequence[Segment]) -> list[Stats | None]:
    """Return a row for each segment, `None` where it lacks what the metric needs."""
    able = [segment for segment in segments if metric.needs <= has(segment)]
    measured = iter(metric.measure(able))
    return [next(measured) if metric.needs <= has(segment) else None for segment in segments]


def has(segment: Segment) -> frozenset[Need]:
    """Return what a segment has besides its hypothesis."""
    needs = [(Need.SOURCE, segment.source is not None), (Need.REFERENCE, bool(segment.references))]
    return frozenset(need for need, there in needs if there)


def batches(segments: Iterable[Segment], size: int) -> Iterator[list[Segment]]:
    """Yield runs of `size` segments, the last one shorter."""
    batch: list[Segment] = []
    for segment in segments:
        batch.append(segment)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def add(rows: Iterable[Stats | None]) -> Stats:
    """Return the sum of rows, `None` left out; exact, so that order cannot change it."""
    scored = [row for row in rows if row is not None]
    return tuple(math.fsum(column) for column in zip(*scored, strict=True))


def finished(metric: Metric, rows: Sequence[Stats | None]) -> float | None:
    """Return the score of rows together; `None` without a row."""
    total = add(rows)
    return metric.finish(total) if total else None


def segment_level(metric: Metric) -> Metric:
    """Return the metric as it scores one segment: BLEU, for one, has a variant for that."""
    variant = getattr(metric, "segment_level", None)
    level: Metric = variant() if variant else metric
    return level
