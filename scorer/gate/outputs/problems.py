"""What a verdict holds against places in files, as one list: for outputs that annotate files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scorer.gate import tally
from scorer.gate.outputs import sentences
from scorer.gate.verdict import JudgedSegment, PairVerdict, Placed, Position, Ruling, Verdict
from scorer.printable import printable
from scorer.types import Severity

LONGEST_TEXT = 400
LONGEST_MESSAGE = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding or a rule that does not hold, at its place.

    Attributes:
        rule: The check's name, or the rule's.
        path: The translated file; the policy file for a rule about the run, or "" without one.
        start: Line and column of the first character, or `None` where it is about the whole file.
        end: After the last character.
        severity: Of a finding; `None` for a rule.
        blocks: Whether it makes the gate fail: a rule does, or a finding that a failed rule counts.
        message: One line, safe to print, never empty.
        texts: Original and hypothesis, labelled, safe to print; empty where it is about the whole file.
        fingerprint: 32 hex digits of what is wrong with which text, wherever in the file that stands.
        is_new: Whether the segment had it not in the baseline; `None` without one.
        is_old: Whether it stands in a segment that did not change, under `--changed`.
    """

    rule: str
    path: str
    start: Position | None
    end: Position | None
    severity: Severity | None
    blocks: bool
    message: str
    texts: tuple[str, ...]
    fingerprint: str
    is_new: bool | None = None
    is_old: bool = False


def problems(verdict: Verdict) -> list[Problem]:
    """Return rules about the run, then for each file its rules that do not hold and its findings; no suspicions."""
    seen: Counter[str] = Counter()
    found = [_of_run(verdict, ruling, seen) for ruling in sentences.unpassed(verdict.rulings)]
    for pair in verdict.pairs:
        found += [_of_rule(verdict, pair, ruling, seen) for ruling in sentences.unpassed(pair.rulings)]
        found += _of_findings(verdict, pair, seen)
    return found


def _of_run(verdict: Verdict, ruling: Ruling, seen: Counter[str]) -> Problem:
    return Problem(
        ruling.rule,
        verdict.policy,
        None,
        None,
        None,
        sentences.blocks(verdict, ruling),
        printable(ruling.message or ruling.rule, LONGEST_MESSAGE),
        (),
        _fingerprint(seen, verdict.policy, ruling.rule),
    )


def _of_rule(verdict: Verdict, pair: PairVerdict, ruling: Ruling, seen: Counter[str]) -> Problem:
    """Return a rule at its worst cause; its fingerprint is the file's and the rule's, whichever segment is worst."""
    worst = pair.segments[ruling.causes[0].segment] if ruling.causes else None
    return Problem(
        ruling.rule,
        pair.name,
        worst.place if worst else None,
        worst.place if worst else None,
        None,
        sentences.blocks(verdict, ruling),
        printable(ruling.message or ruling.rule, LONGEST_MESSAGE),
        _texts(worst) if worst else (),
        _fingerprint(seen, pair.name, ruling.rule),
    )


def _of_findings(verdict: Verdict, pair: PairVerdict, seen: Counter[str]) -> Iterator[Problem]:
    counting = [ruling for ruling in pair.rulings if sentences.blocks(verdict, ruling)]
    has_baseline = "unchanged" in pair.counts
    for segment, placed in pair.findings():
        finding = placed.finding
        yield Problem(
            finding.check,
            pair.name,
            placed.start,
            placed.end,
            finding.severity,
            any(counts(ruling, placed) for ruling in counting),
            printable(finding.message or finding.check, LONGEST_MESSAGE),
            _texts(segment),
            _fingerprint(seen, pair.name, finding.check, segment.key, segment.text),
            placed.is_gained if has_baseline else None,
            placed.is_old,
        )


def counts(ruling: Ruling, placed: Placed) -> bool:
    """Return whether a rule such as `findings.critical` or `new_findings.number major` counts a finding."""
    kind, _, what = ruling.rule.partition(".")
    if kind not in ("findings", "new_findings") or (kind == "new_findings" and not placed.is_gained):
        return False
    return tally.matches(f"{placed.finding.check} {placed.finding.severity}", what)


def _texts(segment: JudgedSegment) -> tuple[str, ...]:
    original = f"{segment.original}: {printable(segment.text, LONGEST_TEXT)}"
    return original, f"hypothesis: {printable(segment.hypothesis, LONGEST_TEXT)}"


def _fingerprint(seen: Counter[str], *parts: str) -> str:
    """Return a digest of texts that no other problem has: the second one alike is numbered."""
    whole = "\x00".join(parts)
    seen[whole] += 1
    return hashlib.sha256(f"{whole}\x00{seen[whole]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
