"""Rules on single segments: the worst one, and how many have a quality at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scorer.gate.decimals import apart, counted, whole
from scorer.gate.known import is_scored
from scorer.gate.scale import Scale
from scorer.gate.scored import ScoredPair, ScoredSegment
from scorer.gate.verdict import Cause, Ruling


def worst_segment(pair: ScoredPair, name: str, limit: float) -> Ruling:
    """Return the ruling on every segment by itself."""
    rule, scale = f"worst_segment.{name}", Scale.of(pair, name)
    if scale is None:
        return Ruling(rule, "fail", f"{name} was not measured, so its limit of {whole(limit)} cannot hold", None, limit)
    judged = _judged(pair)
    if not judged:
        return _nothing_judged(rule, pair, limit)
    values = {i: _finite(pair.segments[i].value(name)) for i in judged}
    defined = [value for value in values.values() if value is not None]
    worst = (min(defined) if scale.higher_is_better else max(defined)) if defined else None
    broken = [i for i, value in values.items() if value is None or not scale.holds(value, limit)]
    if not broken and worst is not None:
        shown, bound = apart(worst, limit)
        return Ruling(rule, "pass", f"the worst segment has {name} {shown}; {bound} is the limit", worst, limit)
    broken.sort(key=lambda i: -math.inf if (value := values[i]) is None else scale.sign * value)
    message = _segments_told(scale, [values[i] for i in broken], worst, limit)
    return Ruling(rule, "fail", message, worst, limit, tuple(Cause(i) for i in broken))


def _segments_told(scale: Scale, values: Sequence[float | None], worst: float | None, limit: float) -> str:
    """Return the sentence on segments that break a limit; `values` are theirs."""
    n_undefined = sum(value is None for value in values)
    n_worse = len(values) - n_undefined
    parts = []
    if n_worse and worst is not None:
        shown, bound = apart(worst, limit)
        verb, which = ("has", "it") if n_worse == 1 else ("have", "the worst")
        side = "under" if scale.higher_is_better else "over"
        parts.append(f"{counted(n_worse, 'segment')} {verb} {scale.name} {side} {bound}, {which} has {shown}")
    if n_undefined:
        parts.append(f"{counted(n_undefined, 'segment')} {'has' if n_undefined == 1 else 'have'} no {scale.name}")
    return "; ".join(parts)


def coverage(pair: ScoredPair, limit: float) -> Ruling:
    """Return the ruling on the share of segments that have a quality."""
    judged = _judged(pair)
    if not judged:
        return _nothing_judged("coverage", pair, limit)
    missing = [i for i in judged if _finite(pair.segments[i].value("quality")) is None]
    n, n_scored = len(judged), len(judged) - len(missing)
    share, bound = apart(100 * n_scored / n, 100 * limit)
    message = f"{n_scored:,} of {counted(n, 'segment')} could be scored, {share}%"
    if n_scored / n >= limit:
        return Ruling("coverage", "pass", f"{message}; at least {bound}% is asked", n_scored / n, limit)
    effect = n_scored / (n - 1) - n_scored / n if n > 1 else None
    causes = tuple(Cause(i, effect or None) for i in missing)
    return Ruling("coverage", "fail", f"{message}, under {bound}%", n_scored / n, limit, causes)


def _judged(pair: ScoredPair) -> list[int]:
    """Return the positions of the segments that must have a value: scored or changed, and not blank on all sides."""
    return [
        i
        for i, segment in enumerate(pair.segments)
        if (is_scored(segment) or segment.is_changed) and _has_text(segment)
    ]


def _has_text(scored: ScoredSegment) -> bool:
    segment = scored.segment
    return any(text.strip() for text in (segment.source or "", segment.hypothesis, *segment.references))


def _nothing_judged(rule: str, pair: ScoredPair, limit: float) -> Ruling:
    """Return the ruling on a file of which nothing was judged: it holds only where nothing changed."""
    unchanged = [segment for segment in pair.segments if not is_scored(segment) and not segment.is_changed]
    if unchanged:
        return Ruling(rule, "pass", "no segment changed", None, limit)
    return Ruling(rule, "fail", "there is no segment with any text", None, limit)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
