"""Segments to judged segments: statistics, findings, penalties and scores, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scorer import combine, measure, stats, uncertainty
from scorer.combine import Penalty
from scorer.differences import differing
from scorer.measure import Measured
from scorer.plan import Plan, Settings
from scorer.report import Dimension, Score, SegmentReport
from scorer.resampling import Finish
from scorer.types import DIMENSIONS, DimensionName, Finding, Metric, Segment, Stats


@dataclass(frozen=True)
class Judged:
    """Segments with all that is known of each; every part is in the segments' order."""

    plan: Plan
    segments: tuple[Segment, ...]
    rows: Mapping[str, tuple[Stats | None, ...]]
    scores: tuple[Mapping[str, float | None], ...]
    findings: tuple[tuple[Finding, ...], ...]
    penalties: tuple[Penalty, ...]


def judge(
    segments: Iterable[Segment], plan: Plan, *, batch_size: int = 256, progress: Callable[[int], None] = lambda n: None
) -> Judged:
    """Return what the plan's metrics, checks and recipe say of each segment."""
    checks = tuple(plan.checks.values())
    return judged(measure.measure(segments, plan.measured, checks, batch_size=batch_size, progress=progress), plan)


def judged(measured: Measured, plan: Plan) -> Judged:
    """Return what the plan's recipe says of segments whose statistics and findings are there."""
    levels = {metric.name: measure.segment_level(metric) for metric in plan.measured}
    scores = tuple(
        {name: None if row is None else levels[name].finish(row) for name, row in zip(measured.rows, rows, strict=True)}
        for rows in zip(*measured.rows.values(), strict=True)
    )
    by_segment: dict[int, list[Finding]] = {segment.index: [] for segment in measured.segments}
    for finding in measured.findings:
        by_segment[finding.index].append(finding)
    findings = tuple(tuple(by_segment[segment.index]) for segment in measured.segments)
    penalties = tuple(
        combine.penalty(*each, plan.recipe) for each in zip(measured.segments, scores, findings, strict=True)
    )
    return Judged(plan, measured.segments, measured.rows, scores, findings, penalties)


def dimensions(penalties: Sequence[Penalty], settings: Settings) -> dict[DimensionName, Dimension]:
    """Return adequacy, fluency and quality of segments together, with bootstrap intervals."""
    return {name: dimension([penalty.row(name) for penalty in penalties], settings) for name in DIMENSIONS}


def dimension(rows: Sequence[Stats | None], settings: Settings) -> Dimension:
    """Return the dimension of (points, words) rows; undefined without a row that has words."""
    scored = [row for row in rows if row is not None and row[1] > 0]
    if not scored:
        return Dimension(None)
    low, high = interval(scored, combine.DIMENSION, settings)
    return Dimension(combine.DIMENSION.finish(measure.add(scored)), low, high, len(scored))


def interval(rows: Sequence[Stats | None], finish: Finish, settings: Settings) -> tuple[float | None, float | None]:
    """Return both ends of the bootstrap interval, or `None` twice where there are too few segments."""
    found = stats.bootstrap(
        rows, finish, n_resamples=settings.n_resamples, seed=settings.seed, confidence=settings.confidence
    )
    return (found.low, found.high) if found else (None, None)


def scores(judged: Judged, settings: Settings) -> tuple[Score, ...]:
    """Return the shown metrics over all segments, with bootstrap intervals."""
    return tuple(metric_score(metric, judged.rows[metric.name], settings) for metric in judged.plan.shown)


def metric_score(metric: Metric, rows: Sequence[Stats | None], settings: Settings) -> Score:
    """Return one metric's score; undefined without a segment that has what it needs."""
    n_scored = sum(
        row is not None and any(row) for row in rows
    )  # a row of zeros adds nothing: there was nothing to score
    low, high = interval(rows, metric, settings) if n_scored else (None, None)
    return Score(
        metric.name,
        measure.finished(metric, rows),
        low,
        high,
        n_scored,
        len(rows) - n_scored,
        metric.higher_is_better,
        metric.signature(),
    )


def left_out(metric: Metric, segment: Segment, row: Stats | None) -> str | None:
    """Return why a metric has no score for a segment that it could be asked for, if it says so; else `None`."""
    reason = getattr(metric, "reason_undefined", None)
    return reason(segment) if reason is not None and row is not None and not any(row) else None


def notes_on_left_out(reasons: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a note for each metric that left segments out, from (metric, reason) for each of them."""
    counts = Counter(name for name, _ in reasons)
    return tuple(
        f"{name} leaves out {n} segment{'s' * (n > 1)}: {dict(reversed(reasons))[name]}" for name, n in counts.items()
    )


def penalty_rows(judged: Judged) -> list[dict[str, float | None]]:
    """Return each segment's expected points, lower is better: `mqm`, its 80% interval and its parts."""
    rows = []
    for segment, penalty in zip(judged.segments, judged.penalties, strict=True):
        row = penalty.row("quality")
        points = None if row is None else row[0]
        low, high = uncertainty.interval(
            points,
            penalty.n_words,
            judged.plan.recipe.name,
            segment.languages,
            known=uncertainty.seen_in(segment),
        )
        rows.append(
            {
                "mqm": points,
                "mqm_low": low,
                "mqm_high": high,
                "mqm_accuracy": penalty.accuracy,
                "mqm_fluency": penalty.fluency,
            }
        )
    return rows


def segment_reports(judged: Judged) -> tuple[SegmentReport, ...]:
    """Return the segments as the report shows them."""
    shown = [metric.name for metric in judged.plan.shown]
    reports = []
    for segment, values, findings, penalty, points in zip(
        judged.segments, judged.scores, judged.findings, judged.penalties, penalty_rows(judged), strict=True
    ):
        value = {name: _finish(penalty.row(name)) for name in DIMENSIONS}
        reports.append(
            SegmentReport(
                segment.index,
                segment.source,
                segment.hypothesis,
                segment.references,
                segment.place,
                segment.system,
                value["quality"],
                value["adequacy"],
                value["fluency"],
                points | {name: values[name] for name in shown},
                findings,
                None,
                differing(segment.hypothesis, segment.references[0]) if segment.references else ((), ()),
                uncertainty.seen_in(segment) != "unseen",
            )
        )
    return tuple(reports)


def _finish(row: Stats | None) -> float | None:
    return combine.DIMENSION.finish(row) if row is not None else None
