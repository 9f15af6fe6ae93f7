"""Rules on a translated file by itself: minimums, the worst segment, findings and coverage.

Exactly at a limit passes and nothing is rounded before it is compared. What is missing or undefined breaks its rule: a
gate that cannot see must not open.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from scorer.gate import tally
from scorer.gate.attribution import Behind, behind_value
from scorer.gate.decimals import apart, counted, decimal, whole
from scorer.gate.known import Matched, is_scored
from scorer.gate.policy import Rules
from scorer.gate.scale import Scale
from scorer.gate.scored import ScoredPair
from scorer.gate.segment_rules import coverage, worst_segment
from scorer.gate.verdict import Cause, Ruling
from scorer.types import DIMENSIONS, Need, Stats

Values = Mapping[str, float | None]


def absolute(pair: ScoredPair, rules: Rules, values: Values, *, matched: Matched | None = None) -> list[Ruling]:
    """Return the rulings on a file by itself, in the policy's order; those that hold too.

    Under `--changed`, segments that were not scored count neither against the worst segment nor against coverage; what
    was found in them counts.

    Args:
        pair: The file.
        rules: What is allowed.
        values: Dimensions and metrics over all segments.
        matched: What the baseline knows of segments that were not scored, where `values` include it; without it, no
            segments are named as those behind such a value.
    """
    return [
        *(_least(f"minimum.{name}", pair, name, limit, values, matched) for name, limit in rules.minimum.items()),
        *(_least(f"maximum.{name}", pair, name, limit, values, matched) for name, limit in rules.maximum.items()),
        *(worst_segment(pair, name, limit) for name, limit in rules.worst_segment.items()),
        *(_findings(pair, key, limit) for key, limit in rules.findings.items()),
        coverage(pair, rules.coverage),
    ]


def _least(rule: str, pair: ScoredPair, name: str, limit: float, values: Values, matched: Matched | None) -> Ruling:
    """Return the ruling on a value over all segments: a minimum, or a maximum where lower is better."""
    scale, value = Scale.of(pair, name), values.get(name)
    if scale is None or name not in values:
        return Ruling(rule, "fail", f"{name} was not measured, so its limit of {whole(limit)} cannot hold", None, limit)
    if value is None or not math.isfinite(value):
        message = f"{name} is undefined{_why_undefined(pair, scale)}, so its limit of {whole(limit)} cannot hold"
        return Ruling(rule, "fail", message, None, limit)
    shown, bound = apart(value, limit)
    is_floor = rule.startswith("minimum")
    if value >= limit if is_floor else value <= limit:
        return Ruling(
            rule, "pass", f"{name} is {shown}; {'at least' if is_floor else 'at most'} {bound} is asked", value, limit
        )
    message = f"{name} is {shown}, {'under' if is_floor else 'over'} {bound}"
    behind = _behind(pair, scale, value, limit, matched)
    return Ruling(rule, "fail", message + _told(behind), value, limit, behind.causes if behind else ())


def _why_undefined(pair: ScoredPair, scale: Scale) -> str:
    """Return what a metric lacked, for a sentence; nothing where it lacked nothing."""
    if scale.name in DIMENSIONS or Need.REFERENCE not in pair.metric(scale.name).needs:
        return ""
    lacks = not any(segment.segment.references for segment in pair.segments)
    return ", as no reference was given" if lacks else ""


def _behind(pair: ScoredPair, scale: Scale, value: float, limit: float, matched: Matched | None) -> Behind | None:
    """Return the segments behind a value; `None` where the value is not of the rows that are known."""
    positions, rows = scale.table(_rows(pair, scale.name, matched))
    of_rows = scale.value(rows)
    if of_rows is None or not math.isclose(of_rows, value, rel_tol=1e-6, abs_tol=1e-6):
        return None
    return behind_value(positions, rows, scale, limit)


def _rows(pair: ScoredPair, name: str, matched: Matched | None) -> list[Stats | None]:
    """Return each segment's row, the baseline's where the segment was not scored."""
    rows = [segment.row(name) for segment in pair.segments]
    for i, segment in enumerate(pair.segments):
        known = matched.known[i] if matched else None
        if known is not None and not is_scored(segment):
            rows[i] = known.row(name)
    return rows


def _told(behind: Behind | None) -> str:
    """Return what is behind a value, to stand at the end of a sentence."""
    if behind is None or behind.n_segments < 2:
        return ""
    if behind.n is None or behind.rest is None:
        return f"; it is so throughout, no part of the {counted(behind.n_segments, 'segment')} reaches it"
    if 2 * behind.n > behind.n_segments:
        return f"; it is so throughout, {behind.n:,} of {counted(behind.n_segments, 'segment')} would have to go"
    are, they = ("is", "it") if behind.n == 1 else ("are", "them")
    where = f"{behind.n:,} of {counted(behind.n_segments, 'segment')}"
    return f"; {where} {are} behind it: without {they} {decimal(behind.rest)}"


def _findings(pair: ScoredPair, key: str, limit: float) -> Ruling:
    """Return the ruling on how much the checks found."""
    tallies = {i: tally.tally(segment.findings) for i, segment in enumerate(pair.segments) if segment.findings}
    return count_ruling(f"findings.{key}", key, tallies, limit, "")


def count_ruling(rule: str, key: str, tallies: Mapping[int, tally.Tally], limit: float, which: str) -> Ruling:
    """Return the ruling on a number of findings.

    Args:
        rule: Its name.
        key: Which findings count.
        tallies: Findings by segment.
        limit: How many are allowed.
        which: What the sentence calls them beside their kind: "new ", or nothing.
    """
    counts = {i: n for i, kinds in tallies.items() if (n := tally.count(kinds, key))}
    total = sum(counts.values())
    allowed = f"{whole(limit)} {'is' if limit == 1 else 'are'} allowed" if limit else "none is allowed"
    message = f"{tally.named(key, total, which)}; {allowed}"
    if total <= limit:
        return Ruling(rule, "pass", message, float(total), limit)
    order = sorted(counts, key=lambda i: (tally.rank(tallies[i], key), -counts[i], i))
    kinds: Counter[str] = Counter()
    for i in order:
        kinds.update(tallies[i])
    message += f": {tally.by_check(kinds, key)}, in {counted(len(order), 'segment')}"
    return Ruling(rule, "fail", message, float(total), limit, tuple(Cause(i, float(counts[i])) for i in order))
