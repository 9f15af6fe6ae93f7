"""`compare` and `score`: from texts to a Report.

A text is a string, a file a `pathlib.Path`. Nothing here prints.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scorer import __version__, encoders, formats, judge, pairing, uncertainty, wording
from scorer.assets import SHIPPED
from scorer.errors import InputError, UsageError
from scorer.judge import Judged
from scorer.pairing import Paired, remarks, roles
from scorer.plan import Plan, Settings, number_of_references, plan, what_is_there
from scorer.report import (
    N_WORST,
    Dimension,
    Input,
    Report,
    SegmentReport,
    Skipped,
    Text,
    band,
    count_by_severity,
)
from scorer.texts import document
from scorer.types import DIMENSIONS, Absent, DimensionName, Finding, Languages, Role, Segment

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def compare(
    a: str | Path,
    b: str | Path,
    *,
    references: Sequence[str | Path] = (),
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Report:
    """Return the report of two documents, aligned if need be.

    Args:
        a: The source, the reference or a peer of `b`; see `Settings.role`.
        b: The translation, or the other peer.
        references: Human translations of `a` in the language of `b`.
        settings: What to run and how.
        progress: Called with a stage, how much of it is done, and how much there is.

    Raises:
        ScorerError: The texts cannot be used or do not fit together; the message says what to do.

    >>> from scorer import Settings, compare
    >>> from scorer.types import Languages
    >>> settings = Settings(preset="fast", languages=Languages("de", "en"))
    >>> report = compare("Das Gerät ist nicht wasserdicht.", "The device is waterproof.", settings=settings)
    >>> report.findings[0].check, report.findings[0].severity
    ('negation', 'major')
    """
    chosen = settings or Settings()
    names = [(a, "A"), (b, "B"), *((text, f"reference {i}") for i, text in enumerate(references, 1))]
    formats.refuse_stdin_twice([text for text, _ in names if isinstance(text, Path)])
    texts = [document(text, name) for text, name in names]
    for text in texts[:2]:
        if not text.text.strip():
            raise InputError(f"{text.name} is empty: there is nothing to compare")
    pair, role, reason = roles(texts[0], texts[1], chosen)
    if references and role == "peers":
        raise UsageError("peers are compared with each other; with -r, say what A is: --role source")
    progress("align", 0, 1)
    paired = pairing.pair(texts, pair, role, chosen)
    segments = pairing.segments(paired, role, pair)
    progress("align", 1, 1)
    return _compare_report(paired, segments, pair, (role, reason), chosen, progress)


def _compare_report(
    paired: Paired,
    segments: Sequence[Segment],
    pair: Languages,
    role: tuple[Role, str],
    settings: Settings,
    progress: Progress,
) -> Report:
    chosen = plan(settings, what_is_there(segments), pair.hypothesis, number_of_references(segments))
    forward = judge.judge(
        segments, chosen, batch_size=settings.batch_size, progress=lambda n: progress("score", n, len(segments))
    )
    texts: dict[str, Text] = {}
    if role[0] != "source" and settings.preset == "standard":
        forward = _with_wording(forward, settings)
    dimensions = judge.dimensions(forward.penalties, settings)
    if role[0] == "peers":
        forward, texts, dimensions = _as_peers(forward, settings)
    notes = tuple(f"{text.name}: {note}" for text in paired.documents for note in text.notes)
    spoken = [pair.source, *[pair.hypothesis] * (len(paired.documents) - 1)]
    return _report(
        forward,
        dimensions,
        settings,
        command="compare",
        role=role,
        languages={"a": pair.source, "b": pair.hypothesis},
        inputs=tuple(
            Input(text.name, text.sha256, text.n_lines, len(units), language, text.notes)
            for text, units, language in zip(paired.documents, paired.units, spoken, strict=True)
        ),
        alignment=paired.alignment,
        texts=texts,
        notes=(
            *notes,
            *remarks(paired.documents, spoken),
            *chosen.notes,
            *uncertainty.notes(forward.segments),
            *_left_out(forward),
            *_unread(forward, settings),
        ),
    )


def _left_out(judged: Judged) -> tuple[str, ...]:
    return judge.notes_on_left_out(
        [
            (metric.name, reason)
            for metric in judged.plan.shown
            for segment, row in zip(judged.segments, judged.rows[metric.name], strict=True)
            if (reason := judge.left_out(metric, segment, row))
        ]
    )


def _with_wording(judged: Judged, settings: Settings) -> Judged:
    """Add the choices of words that matter; they order and explain differences, and cost no points of their own."""
    found: dict[int, list[Finding]] = {}
    for finding in wording.findings(judged.segments, encoders.load(settings.encoder)):
        found.setdefault(finding.index, []).append(finding)
    findings = tuple(
        (*known, *found.get(segment.index, ())) for segment, known in zip(judged.segments, judged.findings, strict=True)
    )
    return dataclasses.replace(judged, findings=findings)


def _as_peers(forward: Judged, settings: Settings) -> tuple[Judged, dict[str, Text], dict[DimensionName, Dimension]]:
    """Judge A against B too, and return both directions together: peers have no first and second.

    What a text lacks is judged where the other has it; how a text reads, in that text.
    """
    backward = judge.judge(
        [mirrored(segment) for segment in forward.segments], forward.plan, batch_size=settings.batch_size
    )
    kept_of_a = [p for s, p in zip(forward.segments, forward.penalties, strict=True) if s.references[0].strip()]
    kept_of_b = [p for s, p in zip(backward.segments, backward.penalties, strict=True) if s.references[0].strip()]
    rows = {
        "a": ([p.row("adequacy") for p in kept_of_a], [p.row("fluency") for p in backward.penalties]),
        "b": ([p.row("adequacy") for p in kept_of_b], [p.row("fluency") for p in forward.penalties]),
    }
    texts = {
        name: Text(judge.dimension(fluency, settings), judge.dimension(kept, settings))
        for name, (kept, fluency) in rows.items()
    }
    dimensions: dict[DimensionName, Dimension] = {
        "adequacy": judge.dimension(rows["a"][0] + rows["b"][0], settings),
        "fluency": judge.dimension(rows["a"][1] + rows["b"][1], settings),
        "quality": judge.dimension([p.row("quality") for p in (*kept_of_a, *kept_of_b)], settings),
    }
    findings = tuple(
        (*ours, *(mirror_finding(finding) for finding in theirs if belongs_to_text(finding)))
        for ours, theirs in zip(forward.findings, backward.findings, strict=True)
    )
    return dataclasses.replace(forward, findings=findings), texts, dimensions


_MIRRORED: Mapping[Absent, Absent] = {"": "", "source": "hypothesis", "hypothesis": "source"}


def mirrored(segment: Segment) -> Segment:
    """Return a segment of peers with the sides changed."""
    absent = _MIRRORED[segment.absent]
    return dataclasses.replace(
        segment, hypothesis=segment.references[0], references=(segment.hypothesis,), absent=absent
    )


def belongs_to_text(finding: Finding) -> bool:
    """Return whether a finding is about the hypothesis alone, so that the other direction has not seen it."""
    return finding.dimension == "fluency" and finding.hypothesis_span is not None


def mirror_finding(finding: Finding) -> Finding:
    """Return a finding of the mirrored segment with its spans in the texts they belong to."""
    return dataclasses.replace(finding, hypothesis_span=finding.reference_span, reference_span=finding.hypothesis_span)


def _report(judged: Judged, dimensions: Mapping[DimensionName, Dimension], settings: Settings, **parts: Any) -> Report:
    segments = judge.segment_reports(judged)
    findings = tuple(finding for found in judged.findings for finding in found)
    return Report(
        version=__version__,
        signature=signature(judged.plan, settings, parts["command"], parts["role"][0], parts["alignment"].method),
        role=parts["role"][0],
        role_reason=parts["role"][1],
        dimensions=dimensions,
        metrics=judge.scores(judged, settings),
        skipped=tuple(Skipped(name, reason) for name, reason in judged.plan.skipped),
        findings=findings,
        segments=segments,
        worst=worst(segments),
        verdict=verdict(dimensions, findings),
        **{name: part for name, part in parts.items() if name != "role"},
    )


def signature(plan: Plan, settings: Settings, command: str, role: str, method: str) -> str:
    """Return the line that lets someone else get the same dimensions."""
    return "|".join(
        [
            f"scorer|command:{command}|role:{role}|align:{method}|preset:{settings.preset}",
            plan.recipe.signature() + (f"|{plan.model.signature()}" if plan.model != SHIPPED else ""),
            f"reads:{read_digest(plan)}|checks:{len(plan.checks)}|seed:{settings.seed}|resamples:{settings.n_resamples}|version:{__version__}",
        ]
    )


def read_digest(plan: Plan) -> str:
    """Return a digest of the signatures of what the recipe reads, shown or not: other weights are another score."""
    lines = sorted(metric.signature() for metric in plan.measured if metric.name in plan.recipe.metrics)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def worst(segments: Sequence[SegmentReport]) -> tuple[int, ...]:
    """Return the positions of the segments that cost most points, most first; those without a fault are left out."""
    cost = {i: segment.metrics.get("mqm") or 0.0 for i, segment in enumerate(segments)}
    ranked = sorted(cost, key=lambda i: (-cost[i], i))
    return tuple(i for i in ranked if cost[i] > 0)[:N_WORST]


def verdict(dimensions: Mapping[DimensionName, Dimension], findings: Sequence[Finding]) -> str:
    """Return the report in one sentence."""
    words = ", ".join(f"{name} {band(dimensions[name].value)}" for name in DIMENSIONS)
    certain = [finding for finding in findings if not finding.suspected]
    counted = [f"{n} {severity}" for severity, n in count_by_severity(certain).items() if n]
    return f"{words[0].upper()}{words[1:]}; findings: {', '.join(counted) or 'none'}"


def _unread(judged: Judged, settings: Settings) -> tuple[str, ...]:
    """Return a note on text that was too long for the encoder, which is otherwise silent about it."""
    if settings.preset == "fast":
        return ()
    encoder = encoders.load(settings.encoder)
    longest = [s for s in judged.segments if max(map(len, (s.hypothesis, s.source or "", *s.references))) > 10_000]
    texts = [text for s in longest for text in (s.hypothesis, s.source or "", *s.references)]
    unread = sum(embedding.n_unread for embedding in encoder.embed(texts, sentences=False))
    return (f"the encoder left {unread} characters of very long segments unread",) if unread else ()
