"""Guards against getting worse than the baseline: the text as a whole, any one segment, and findings gained."""

from __future__ import annotations

from collections import Counter

from scorer import stats
from scorer.gate import tally
from scorer.gate.decimals import apart, counted, decimal, whole
from scorer.gate.drops import blind, drop_ruling
from scorer.gate.known import Matched
from scorer.gate.policy import Rules
from scorer.gate.rules import count_ruling
from scorer.gate.scale import EQUAL, Scale
from scorer.gate.scored import ScoredPair
from scorer.gate.sides import Sides, beside
from scorer.gate.verdict import Cause, Ruling


def against(
    pair: ScoredPair, matched: Matched, rules: Rules, *, seed: int, n_resamples: int = stats.N_RESAMPLES
) -> list[Ruling]:
    """Return the rulings on a file beside its baseline, in the policy's order; those that hold too.

    Args:
        pair: The file.
        matched: Its segments beside the baseline's.
        rules: What is allowed.
        seed: Of the bootstrap; the same seed gives the same rulings.
        n_resamples: Corpora to draw.

    Raises:
        InputError: The baseline's rows do not fit this run's.
    """
    return [
        *(
            drop_ruling(pair, matched, name, limit, confidence=rules.confidence, seed=seed, n_resamples=n_resamples)
            for name, limit in rules.max_drop.items()
        ),
        *(_segment_drop(pair, matched, name, limit) for name, limit in rules.max_segment_drop.items()),
        *_new_findings(pair, matched, rules),
    ]


def gained(pair: ScoredPair, matched: Matched) -> tuple[tally.Tally, ...]:
    """Return how many findings of each kind each segment has and had not in the baseline.

    A new segment gained all of its findings, one that did not change none. The baseline counts no suspicions, so all
    those of a changed segment are new.
    """
    return tuple(
        Counter()
        if state == "unchanged"
        else tally.tally(segment.findings) - Counter(known.findings if known is not None else {})
        for segment, known, state in zip(pair.segments, matched.known, matched.states, strict=True)
    )


def _new_findings(pair: ScoredPair, matched: Matched, rules: Rules) -> list[Ruling]:
    if not rules.new_findings:
        return []
    tallies = {i: kinds for i, kinds in enumerate(gained(pair, matched)) if kinds}
    return [
        count_ruling(f"new_findings.{key}", key, tallies, limit, "new ") for key, limit in rules.new_findings.items()
    ]


def _segment_drop(pair: ScoredPair, matched: Matched, name: str, limit: float) -> Ruling:
    """Return the ruling on the drop of each segment that the baseline knows."""
    rule, scale = f"max_segment_drop.{name}", Scale.of(pair, name)
    reason = blind(pair, matched, name)
    if reason or scale is None:
        return Ruling(rule, "fail", reason, None, limit)
    drops, lost = _drops(beside(pair, matched, name), scale)
    largest = max(drops.values(), default=None)
    broken = sorted((i for i, drop in drops.items() if drop > limit + EQUAL), key=lambda i: (-drops[i], i))
    if not broken and not lost:
        at_most = "no segment got worse" if largest is None or largest <= EQUAL else f"at most by {decimal(largest)}"
        return Ruling(rule, "pass", f"{name} of single segments: {at_most}; {whole(limit)} is allowed", largest, limit)
    parts = []
    if broken and largest is not None:
        shown, bound = apart(largest, limit)
        verb, worst = "fell" if scale.higher_is_better else "rose", "" if len(broken) == 1 else ", the worst"
        parts.append(
            f"{name} of {counted(len(broken), 'segment')} {verb} by more than {bound}{worst or ':'} by {shown}"
        )
    if lost:
        parts.append(f"{counted(len(lost), 'segment')} {'has' if len(lost) == 1 else 'have'} no {name} any more")
    causes = tuple(Cause(i) for i in (*lost, *broken))
    return Ruling(rule, "fail", "; ".join(parts), largest, limit, causes)


def _drops(sides: Sides, scale: Scale) -> tuple[dict[int, float], list[int]]:
    """Return each segment's drop, by position, and the positions of those that had a value and have none now."""
    drops: dict[int, float] = {}
    lost: list[int] = []
    for i, row_then, row_now in zip(sides.positions, sides.then, sides.now, strict=True):
        if row_then == row_now:
            drops[i] = 0.0
            continue
        then, now = scale.segment_value(row_then), scale.segment_value(row_now)
        if then is not None and now is None:
            lost.append(i)
        elif then is not None and now is not None:
            drops[i] = scale.sign * (then - now)
    return drops, lost
