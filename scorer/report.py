"""The Report: all that any output may show, as values. Reporters compute nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scorer.types import SEVERITIES, DimensionName, Finding, Role, Severity, Span

FORMAT = 1
N_WORST = 10

# What a value of quality, adequacy or fluency means; from scorer.combine's definition. Lower end, word, in errors.
BANDS: tuple[tuple[float, str, str], ...] = (
    (80, "very good", "a major error in 90 words, or fewer"),
    (65, "good", "up to a major error in every 46 words"),
    (50, "fair", "up to a major error in every 29 words"),
    (30, "poor", "up to a major error in every 17 words"),
    (0, "bad", "more than a major error in every 17 words"),
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Adequacy, fluency or quality: 0 to 100, higher is better, with a bootstrap interval; `None` where undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's score in the metric's own unit, with a bootstrap interval."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n_scored: int
    n_skipped: int
    higher_is_better: bool
    signature: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A metric or check that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Input:
    """A text that was compared."""

    name: str
    sha256: str
    lines: int
    segments: int
    language: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Which segments of A and of B render each other."""

    a: tuple[int, ...]
    b: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the segments were paired, and why so."""

    method: Literal["lines", "document", "keys"]
    reason: str
    pairs: tuple[Pair, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """Return how many pairs there are of each kind, such as `1-1`."""
        kinds = [f"{len(pair.a)}-{len(pair.b)}" for pair in self.pairs]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))}


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """A segment with its scores; `None` where they are undefined, and `skipped` says why.

    Attributes:
        differs: Spans of the hypothesis and of the reference (or peer) that the other lacks.
        confident: Whether its languages are among those that were learned from.
    """

    index: int
    source: str | None
    hypothesis: str
    references: tuple[str, ...]
    place: str
    system: str
    quality: float | None
    adequacy: float | None
    fluency: float | None
    metrics: Mapping[str, float | None]
    findings: tuple[Finding, ...]
    skipped: str | None = None
    differs: tuple[tuple[Span, ...], tuple[Span, ...]] = ((), ())
    confident: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """One of two peers: how it reads, and how much of its meaning the other keeps."""

    fluency: Dimension
    kept: Dimension


@dataclass(frozen=True, slots=True)
class System:
    """One system's scores."""

    name: str
    dimensions: Mapping[DimensionName, Dimension]
    metrics: tuple[Score, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on one metric or dimension.

    Attributes:
        difference: B less A, in the metric's unit; `low` and `high` bound it.
        p_bootstrap: Of a difference this large by chance, by paired bootstrap resampling; `None` for too few segments.
        p_randomization: The same by paired approximate randomisation.
        detectable: The smallest difference that this set could show; below it, no difference says little.
        agreement: The expected share of people's judgments that would order the systems so; of quality only.
    """

    metric: str
    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p_bootstrap: float | None
    p_randomization: float | None
    detectable: float | None
    note: str = ""
    agreement: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What `compare` and `score` return and every output shows."""

    command: Literal["compare", "score"]
    version: str
    signature: str
    role: Role
    role_reason: str
    languages: Mapping[str, str | None]
    inputs: tuple[Input, ...]
    alignment: Alignment
    dimensions: Mapping[DimensionName, Dimension]
    metrics: tuple[Score, ...]
    skipped: tuple[Skipped, ...]
    findings: tuple[Finding, ...]
    segments: tuple[SegmentReport, ...]
    worst: tuple[int, ...]
    verdict: str
    texts: Mapping[str, Text] = field(default_factory=dict)
    systems: tuple[System, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    notes: tuple[str, ...] = ()
    n_rows: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values; `scorer/schemas/report.json` describes them."""
        content: dict[str, Any] = listed(self)
        head = {"format": FORMAT, "tool": {"name": "scorer", "version": content.pop("version")}}
        for segment in content["segments"]:
            hypothesis, reference = segment["differs"]
            segment["differs"] = {"hypothesis": hypothesis, "reference": reference}
        return head | content

    def _repr_html_(self) -> str:
        """Return the report for a notebook."""
        from scorer.reporters import pages

        return pages.fragment(self)


def listed(value: Any) -> Any:
    """Return a value as JSON values: dataclasses as objects, tuples at any depth as lists, no minus zero."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, float):
        return value + 0.0
    if isinstance(value, list | tuple):
        return [listed(each) for each in value]
    if isinstance(value, Mapping):
        return {key: listed(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value):
        return {each: listed(getattr(value, each)) for each in value.__dataclass_fields__}
    return value


def band(value: float | None) -> str:
    """Return the word for a value: `very good` from 80, `good` from 65, `fair` from 50, `poor` from 30, else `bad`."""
    if value is None:
        return "undefined"
    return next(word for floor, word, _ in BANDS if value >= floor)


def count_by_severity(findings: Sequence[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, critical first."""
    return {severity: sum(finding.severity == severity for finding in findings) for severity in SEVERITIES}
