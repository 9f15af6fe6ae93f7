"""The guard against a text that got worse as a whole.

Whether a drop of the whole is more than chance is told by the paired bootstrap (`scorer.stats`), which draws segments
as if these were some of many. A segment that did not change adds exactly nothing to the drop, but is drawn all the
same, so the p of a drop hangs on how many segments are behind it and hardly on how many there are. On simulated texts
of 400 segments (gamma-distributed points; 10 points added to each of k segments, 12 texts each) p was

    k = 1: 0.14 to 0.21     k = 3: 0.043 to 0.064     k = 5: 0.013 to 0.024     k = 10: 0.001 to 0.003

and much the same with 50 or 3,000 segments. Where the changes differ in size, 5 to 8 take the place of 3 to 5. So at a
confidence of 0.95 a drop that comes from one or two segments is "undecided" as a rule, and caught by `max_segment_drop`
and `new_findings`, which look at each segment. (It is significant only where it reaches far down the scale: one segment
was, with a drop of 41 points in 12 segments, or of 37 in 400, but not with 9 in 20 or 5 in 400.)
"""

from __future__ import annotations

from scorer import stats
from scorer.gate.attribution import behind_drop
from scorer.gate.baseline_format import MAKE_AGAIN
from scorer.gate.decimals import apart, counted, decimal, signed, whole
from scorer.gate.known import Matched
from scorer.gate.scale import EQUAL, Scale
from scorer.gate.scored import ScoredPair
from scorer.gate.sides import Tables, beside, tables
from scorer.gate.verdict import Ruling
from scorer.stats import MINIMUM_SEGMENTS, Comparison


def drop_ruling(
    pair: ScoredPair,
    matched: Matched,
    name: str,
    limit: float,
    *,
    confidence: float,
    seed: int,
    n_resamples: int,
) -> Ruling:
    """Return the ruling on the drop over the segments that the baseline knows."""
    rule, scale = f"max_drop.{name}", Scale.of(pair, name)
    reason = blind(pair, matched, name)
    if reason or scale is None:
        return Ruling(rule, "fail", reason, None, limit)
    rows = tables(beside(pair, matched, name), scale)
    then, now = scale.value(rows.then), scale.value(rows.now)
    if then is None or now is None:
        return Ruling(rule, "fail", _undefined(name, then, now, matched), None, limit)
    drop = scale.sign * (then - now) + 0.0
    message = _fell(scale, then, now, drop, limit)
    if drop <= limit + EQUAL:
        return Ruling(rule, "pass", message, drop, limit)
    sides = (rows.then, rows.now) if scale.higher_is_better else (rows.now, rows.then)
    comparison = stats.paired_bootstrap(*sides, scale.finish, n_resamples=n_resamples, seed=seed, confidence=confidence)
    return _beyond(rule, message, drop, limit, rows, scale, comparison, confidence)


def _beyond(
    rule: str,
    message: str,
    drop: float,
    limit: float,
    rows: Tables,
    scale: Scale,
    comparison: Comparison,
    confidence: float,
) -> Ruling:
    """Return the ruling on a drop beyond its limit: it fails where it is more than chance."""
    behind = behind_drop(rows, scale)
    if behind.n is not None and behind.rest is not None:
        changes = "its change" if behind.n == 1 else "their changes"
        where = f"{behind.n:,} of {counted(behind.n_segments, 'segment')}"
        message += f"; it comes from {where}, without {changes} {signed(behind.rest)}"
    if comparison.p is not None and comparison.p < 1 - confidence:
        return Ruling(rule, "fail", message, drop, limit, behind.causes)
    detectable = None if comparison.interval is None else max(comparison.interval.half_width, drop)
    message += f"; this may be chance: {_what_shows(comparison, drop, detectable)}"
    return Ruling(rule, "undecided", message, drop, limit, behind.causes, detectable)


def _what_shows(comparison: Comparison, drop: float, detectable: float | None) -> str:
    """Return what the set could show of a drop, for an undecided one."""
    if detectable is None:
        few = comparison.n_segments < MINIMUM_SEGMENTS
        return f"fewer than {MINIMUM_SEGMENTS} segments can show none" if few else f"of {comparison.reason} none shows"
    # A few segments that fell far: half the interval is less than the drop, and still it is not significant.
    return (
        "this set can show only larger drops"
        if detectable <= drop
        else f"this set can show drops from {apart(detectable, round(drop, 1))[0]} on"
    )


def _fell(scale: Scale, then: float, now: float, drop: float, limit: float) -> str:
    """Return by how much a value got worse, beside what it may."""
    if drop <= EQUAL:
        return f"{scale.name} did not get worse ({decimal(then)}, now {decimal(now)}); {whole(limit)} is allowed"
    shown, bound = apart(drop, limit) if drop > limit + EQUAL else (decimal(drop), whole(limit))
    places = len(shown.partition(".")[2])
    verb = "fell" if scale.higher_is_better else "rose"
    ends = f"{decimal(then, places)} to {decimal(now, places)}"
    beyond = f", more than {bound}" if drop > limit + EQUAL else f"; {bound} is allowed"
    return f"{scale.name} {verb} by {shown} ({ends}){beyond}"


def blind(pair: ScoredPair, matched: Matched, name: str) -> str:
    """Return why a drop cannot be judged at all, or nothing."""
    if Scale.of(pair, name) is None:
        return f"{name} was not measured, so no drop of it can be ruled out"
    if not matched.n_matched:
        return f"nothing of the baseline is left: is it of another text? If the text is new, {MAKE_AGAIN}"
    n_lacking = len(beside(pair, matched, name).lacking)
    if n_lacking:
        return f"the baseline holds no {name} of {counted(n_lacking, 'changed segment')}; {MAKE_AGAIN}"
    return ""


def _undefined(name: str, then: float | None, now: float | None, matched: Matched) -> str:
    when = "then and now" if then is None and now is None else "in the baseline" if then is None else "now"
    return f"{name} of the {counted(matched.n_matched, 'segment')} that the baseline knows is undefined {when}"
