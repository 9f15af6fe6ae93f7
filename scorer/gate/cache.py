"""Measuring through the cache: what is known of a segment's texts is not measured again.

Statistics and findings are filed under all that a segment consists of, but not under where it stands: a line that
moved is the same line. Within that entry each metric and check has its own place, so that another metric in a policy,
or the other preset, adds to what is known. Floats are written with all their digits: what comes back was measured.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scorer import encoders, fingerprint, measure
from scorer.assets import Model
from scorer.cache import Cache
from scorer.checks import Check
from scorer.measure import BATCH_SIZE, Measured
from scorer.plan import Plan
from scorer.types import Finding, Metric, Segment, Stats

__all__ = ["PLACE", "Cache", "content_keys", "identity", "measured"]

# Where a segment stands, which no metric or check reads (the tests hold them to it).
PLACE = ("index", "document", "system", "place")

_Missing = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(slots=True)
class _Known:
    """What is known of one segment's texts: rows by the metric's identity, and findings by check."""

    rows: dict[str, Stats | None] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)


def measured(
    segments: Sequence[Segment],
    plan: Plan,
    cache: Cache,
    *,
    batch_size: int = BATCH_SIZE,
    progress: Callable[[int], None] = lambda n: None,
) -> tuple[Measured, int]:
    """Return statistics and findings of all segments, and for how many of these all of it was known.

    Where nothing is known, batches and results are those of `measure.measure`, to the bit.

    Args:
        segments: In any number.
        plan: Whose metrics and checks are asked.
        cache: Where results come from and go to, batch by batch: an interrupted run keeps what it has done.
        batch_size: Segments a batch; changes speed, never a score.
        progress: Called with the number of segments done: those known first, then after each batch.
    """
    if not cache.is_on:
        checks = tuple(plan.checks.values())
        return measure.measure(segments, plan.measured, checks, batch_size=batch_size, progress=progress), 0
    metrics = {identity(metric): metric for metric in plan.measured}
    keys = content_keys(segments)
    stored = cache.get(keys)
    known = [_decoded(stored.get(key)) for key in keys]
    groups = _by_what_is_missing(known, metrics, plan.checks)
    n_cached = n_done = len(segments) - sum(map(len, groups.values()))
    if n_cached:
        progress(n_cached)
    for (rows, names), places in groups.items():
        asked = {name: metrics[name] for name in rows}
        looked_for = {name: plan.checks[name] for name in names}
        for start in range(0, len(places), batch_size):
            batch = places[start : start + batch_size]
            _measure([segments[i] for i in batch], [known[i] for i in batch], asked, looked_for)
            cache.put({keys[i]: _encoded(known[i]) for i in batch})
            n_done += len(batch)
            progress(n_done)
    return _together(segments, known, metrics, plan.checks), n_cached


def content_keys(segments: Sequence[Segment]) -> list[bytes]:
    """Return a key of 16 bytes for each segment: of its texts and languages, and of what results depend on besides.

    Raises:
        ModelError: There is no folder of shipped models.
    """
    names = [each.name for each in dataclasses.fields(Segment) if each.name not in PLACE]
    # A device has its own last digits.
    salt = hashlib.blake2b(f"{fingerprint.environment()} {encoders.device()}".encode(), digest_size=16).digest()
    return [
        hashlib.blake2b(
            repr([getattr(segment, name) for name in names]).encode("utf-8", "surrogatepass"), key=salt, digest_size=16
        ).digest()
        for segment in segments
    ]


def identity(metric: Metric) -> str:
    """Return 8 characters that tell a metric's rows from another's, without loading a bundled model.

    Metrics of ours on shipped models are known by their settings, as `fingerprint.environment` covers the rest; any
    other by its signature, which covers the weights it reads. How many references there are is a segment's affair.
    """
    named = _settings(metric)
    told = metric.signature() if named is None else repr((type(metric).__qualname__, metric.name, named))
    return base64.b64encode(hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=6).digest()).decode()


def _settings(metric: Metric) -> list[tuple[str, object]] | None:
    """Return a metric's settings, or `None` where they do not say which weights it reads."""
    ours = type(metric).__module__.startswith("scorer.metrics.") and dataclasses.is_dataclass(metric)
    if not ours or getattr(metric, "needs_checkpoint", False):
        return None
    if getattr(metric, "encoder", encoders.BUNDLED) != encoders.BUNDLED:
        return None
    settings: list[tuple[str, object]] = []
    for each in dataclasses.fields(metric):  # type: ignore[arg-type]
        value = getattr(metric, each.name)
        if each.name == "model" and not isinstance(value, Model):
            return None
        if each.name != "n_references":
            settings.append((each.name, value.files if isinstance(value, Model) else value))
    return settings


def _by_what_is_missing(
    known: Sequence[_Known], metrics: Mapping[str, Metric], checks: Mapping[str, Check]
) -> dict[_Missing, list[int]]:
    """Return places by the metrics and checks that they lack; a place that lacks none is left out."""
    groups: dict[_Missing, list[int]] = {}
    for i, each in enumerate(known):
        rows = tuple(name for name in metrics if name not in each.rows)
        names = tuple(name for name in checks if name not in each.findings)
        if rows or names:
            groups.setdefault((rows, names), []).append(i)
    return groups


def _measure(
    segments: Sequence[Segment], known: Sequence[_Known], metrics: Mapping[str, Metric], checks: Mapping[str, Check]
) -> None:
    """Add to what is known of one batch."""
    for name, metric in metrics.items():
        for each, row in zip(known, measure.measure_where_possible(metric, segments), strict=True):
            each.rows[name] = row
    for segment, each in zip(segments, known, strict=True):
        each.findings |= {name: tuple(check(segment)) for name, check in checks.items()}


def _together(
    segments: Sequence[Segment],
    known: Sequence[_Known],
    metrics: Mapping[str, Metric],
    checks: Mapping[str, Check],
) -> Measured:
    rows = {metric.name: tuple(each.rows[name] for each in known) for name, metric in metrics.items()}
    findings = tuple(
        dataclasses.replace(finding, index=segment.index, system=segment.system)
        for segment, each in zip(segments, known, strict=True)
        for name in checks
        for finding in each.findings[name]
    )
    return Measured(tuple(segments), rows, findings)


_OF_FINDING = tuple(each.name for each in dataclasses.fields(Finding) if each.name not in ("index", "system"))


def _encoded(known: _Known) -> bytes:
    findings = {
        name: [[getattr(finding, part) for part in _OF_FINDING] for finding in found]
        for name, found in known.findings.items()
    }
    # numpy's numbers are written as Python's, all digits kept; lone surrogates are escaped, so ASCII will do.
    content = json.dumps([known.rows, findings], default=lambda number: number.item(), separators=(",", ":"))
    return content.encode("ascii")


def _decoded(stored: bytes | None) -> _Known:
    """Return what is known; nothing where the entry cannot be read."""
    if stored is None:
        return _Known()
    try:
        rows, findings = json.loads(stored)
        return _Known(
            {name: None if row is None else tuple(row) for name, row in rows.items()},
            {name: tuple(map(_finding, found)) for name, found in findings.items()},
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _Known()


def _finding(values: Sequence[Any]) -> Finding:
    named = zip(_OF_FINDING, values, strict=True)
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in named}
    return Finding(index=0, **parts)
