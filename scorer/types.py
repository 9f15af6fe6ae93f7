"""The vocabulary: the values that every other module passes around.

Everything here is frozen. Spans are half-open ranges of Unicode code points in the text as it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple, Protocol

Span = tuple[int, int]
Stats = tuple[float, ...]
Severity = Literal["minor", "major", "critical"]
DimensionName = Literal["adequacy", "fluency", "quality"]
Role = Literal["source", "reference", "peers"]
Side = Literal["source", "reference"]
Absent = Literal["", "source", "hypothesis"]

SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")
# The check whose findings are suspicions of the learned metric.
SUSPICIONS = "learned"
DIMENSIONS: tuple[DimensionName, ...] = ("adequacy", "fluency", "quality")


class Need(Enum):
    """What a metric must find on a segment to measure it."""

    SOURCE = "source"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Languages:
    """ISO 639-1 codes of a source and its translation; `None` where unknown."""

    source: str | None = None
    hypothesis: str | None = None

    def __str__(self) -> str:
        return f"{self.source or '?'}-{self.hypothesis or '?'}"


class Original(NamedTuple):
    """The text that a hypothesis is held against, and what it is."""

    text: str
    language: str | None
    side: Side


@dataclass(frozen=True, slots=True)
class Segment:
    """One aligned line.

    `source` is `None` where no source was given, and "" where the line has none (an addition). An empty `hypothesis`
    beside a text is an omission. References, and the peer in a comparison of peers, are in the hypothesis' language.
    `place` says where the hypothesis came from, for people: `hyp.de:12`; for an omission, where the source did.
    Of texts that are paired by key, `key` is theirs, and `absent` the side that does not have it: "source" stands for
    the text that the hypothesis is held against.
    """

    index: int
    source: str | None
    hypothesis: str
    references: tuple[str, ...] = ()
    languages: Languages = Languages()
    document: str = ""
    system: str = ""
    place: str = ""
    key: str = ""
    absent: Absent = ""

    @property
    def original(self) -> Original | None:
        """Return the source, else the first reference, else `None`."""
        if self.source is not None:
            return Original(self.source, self.languages.source, "source")
        if self.references:
            return Original(self.references[0], self.languages.hypothesis, "reference")
        return None

    def others(self, side: Side) -> tuple[str, ...]:
        """Return the texts that the hypothesis is held against: all references, or the source."""
        return self.references if side == "reference" else (self.source or "",)


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect in one segment, with its characters in the texts concerned.

    `certainty` is from 0 to 1 and orders findings of one severity; a check that follows a plain rule is certain.
    """

    check: str
    severity: Severity
    dimension: DimensionName
    index: int
    message: str
    source_span: Span | None = None
    hypothesis_span: Span | None = None
    reference_span: Span | None = None
    certainty: float = 1.0
    system: str = ""

    @property
    def suspected(self) -> bool:
        """Return whether the learned metric only suspects it: a mark in the text, whose cost is expected already."""
        return self.check == SUSPICIONS


def found(
    segment: Segment,
    check: str,
    severity: Severity,
    dimension: DimensionName,
    message: str,
    *,
    hypothesis: Span | None = None,
    original: Span | None = None,
    certainty: float = 1.0,
) -> Finding:
    """Return a finding whose `original` span is filed under the text that `segment.original` is."""
    side = segment.original.side if segment.original else None
    return Finding(
        check,
        severity,
        dimension,
        segment.index,
        message,
        source_span=original if side == "source" else None,
        hypothesis_span=hypothesis,
        reference_span=original if side == "reference" else None,
        certainty=certainty,
        system=segment.system,
    )


class Metric(Protocol):
    """Turns each segment into a row of numbers that add up; sums are finished into a score."""

    @property
    def name(self) -> str:
        """Return what reports call it."""
        ...

    @property
    def needs(self) -> frozenset[Need]:
        """Return what a segment must have besides its hypothesis."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """Return which way is better."""
        ...

    def signature(self) -> str:
        """Return the one line that lets someone else get the same score."""
        ...

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return a row for each segment; each segment has what `needs` asks for."""
        ...

    def finish(self, stats: Stats) -> float | None:
        """Return the score of summed rows; `None` where there is nothing to divide by."""
        ...


@dataclass(frozen=True, slots=True)
class Bead:
    """Indices of units of A and of B that render each other; one side is empty for an omission or an addition."""

    a: tuple[int, ...]
    b: tuple[int, ...]
