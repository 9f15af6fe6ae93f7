"""The Verdict: all that any output of the gate may show, as values. Outputs compute nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from scorer.report import Dimension, listed
from scorer.types import DimensionName, Finding

FORMAT = 1

Outcome = Literal["pass", "fail", "undecided"]
# What a segment is beside the baseline, or beside what git has under `--changed`.
State = Literal["new", "changed", "unchanged", "untold"]


class Position(NamedTuple):
    """A place in a file: line and column, both from 1; columns count Unicode code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with where it is in the translated file.

    Attributes:
        finding: What a check found.
        start: Of its characters in the translated file, or of the segment where the finding is about the other text.
        end: After the last of them.
        is_gained: Whether the segment did not have it in the baseline.
        is_old: Whether it stands in a segment that did not change, under `--changed`.
    """

    finding: Finding
    start: Position
    end: Position
    is_gained: bool = False
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class JudgedSegment:
    """A segment as the gate saw it.

    Attributes:
        id: What names it on the command line: its key in a key-value file, else 8 hex digits of `text`.
        key: Its key in a key-value file, else empty.
        text: What it is known by in the baseline: its source, else its first reference.
        original: "source" or "reference": what `text` is.
        hypothesis: Its translation.
        place: Where its translation begins in the translated file.
        values: Quality, adequacy, fluency and the rules' metrics; `None` where undefined or not scored.
        findings: With their places, most severe first.
        state: Whether it changed.
        hypothesis_then: Its translation in the baseline, where it has one.
        values_then: Its values in the baseline, likewise.
        is_addition: Whether nothing stands against it, so that `text` is the translation itself.
    """

    id: str
    key: str
    text: str
    original: Literal["source", "reference"]
    hypothesis: str
    place: Position
    values: Mapping[str, float | None]
    findings: tuple[Placed, ...] = ()
    state: State = "untold"
    hypothesis_then: str | None = None
    values_then: Mapping[str, float | None] | None = None
    is_addition: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """A segment behind a rule's outcome.

    Attributes:
        segment: Its position in `PairVerdict.segments`.
        effect: By how much the rule's value would be better without it; `None` where a segment breaks the rule alone.
    """

    segment: int
    effect: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule with its outcome.

    Attributes:
        rule: `minimum.adequacy`, `findings.critical`, `coverage`, `max_drop.quality`, `input`, `baseline`...
        outcome: Whether it holds.
        value: What was seen, in the rule's unit; `None` where missing or undefined, and for rules without a number.
        limit: What the policy allows.
        message: One sentence: what, how much, and what is behind it.
        causes: The segments that decided it, most harmful first.
        detectable: Of an undecided drop, the smallest that this set could show; `None` where it can show none.
    """

    rule: str
    outcome: Outcome
    message: str
    value: float | None = None
    limit: float | None = None
    causes: tuple[Cause, ...] = ()
    detectable: float | None = None


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """One translated file, judged.

    Attributes:
        name: The translated file, relative to the policy's folder, with forward slashes; what the baseline calls it.
        source: The source file, or "" where there is none.
        references: The reference files.
        languages: Of source and hypothesis, as in `en-de`.
        signature: What its scores depend on; empty where nothing could be scored.
        outcome: "fail" if any rule fails, else "undecided" if any is, else "pass".
        rulings: All rules, failed ones first.
        dimensions: Quality, adequacy, fluency over all segments, with intervals; empty where nothing was scored.
        values: The rules' metrics over all segments.
        values_then: Dimensions and metrics over the segments that the baseline knows, then; empty without a baseline.
        values_since: The same segments' values now.
        segments: In the file's order.
        counts: `segments`, `scored`, `cached`; beside a baseline `new`, `changed`, `unchanged`, `removed`.
        notes: What a reader must know.
    """

    name: str
    source: str
    references: tuple[str, ...]
    languages: str
    signature: str
    outcome: Outcome
    rulings: tuple[Ruling, ...]
    dimensions: Mapping[DimensionName, Dimension]
    values: Mapping[str, float | None]
    values_then: Mapping[str, float | None]
    values_since: Mapping[str, float | None]
    segments: tuple[JudgedSegment, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def failed(self) -> Iterator[Ruling]:
        """Yield the rules that do not hold for sure: failed or undecided."""
        return (ruling for ruling in self.rulings if ruling.outcome != "pass")

    def findings(self) -> Iterator[tuple[JudgedSegment, Placed]]:
        """Yield all findings but suspicions, with their segments, in the file's order."""
        for segment in self.segments:
            for placed in segment.findings:
                if not placed.finding.suspected:
                    yield segment, placed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate decided.

    Attributes:
        outcome: Of all pairs and rulings together.
        passes: Whether the exit code is 0: what `undecided` does is the policy's `on_undecided`.
        sentence: The verdict in one sentence.
        rulings: Rules about the run as a whole, such as a glob that matched no file.
        pairs: The translated files, in order.
        version: Of scorer.
        policy: The policy file's name, or "" for flags alone.
        baseline: The baseline file's name, or "".
        baseline_state: "" without one, else "read", "written" (asked for), "first" (made by the first run),
            "accepted" or "tightened" (ratchet).
        on_undecided: "pass" or "fail".
        changed_since: The git revision of `--changed`, or "".
        notes: What a reader must know.
    """

    outcome: Outcome
    passes: bool
    sentence: str
    rulings: tuple[Ruling, ...]
    pairs: tuple[PairVerdict, ...]
    version: str
    policy: str = ""
    baseline: str = ""
    baseline_state: str = ""
    on_undecided: Literal["pass", "fail"] = "pass"
    changed_since: str = ""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON values; `scorer/schemas/verdict.json` describes them."""
        content: dict[str, Any] = listed(self)
        return {"format": FORMAT, "tool": {"name": "scorer", "version": content.pop("version")}} | content
