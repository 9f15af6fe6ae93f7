"""A pair of files to scored segments, through the cache; or the sentence that says why nothing may be judged."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from scorer import __version__, checks, judge
from scorer.api import read_digest
from scorer.assets import SHIPPED
from scorer.gate.cache import Cache, measured
from scorer.gate.inputs import Ready
from scorer.gate.known import normalised
from scorer.gate.scored import ScoredPair, ScoredSegment
from scorer.judge import Judged
from scorer.plan import Plan, Settings, number_of_references, plan, what_is_there
from scorer.types import Segment

# What a segment is known by, its translation, and a digest of its references.
Identity = tuple[str, str, str]
Before = Collection[Identity]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored pair, and how many of its segments came from the cache."""

    pair: ScoredPair
    n_cached: int


def score(
    ready: Ready,
    metrics: Sequence[str],
    settings: Settings,
    cache: Cache,
    *,
    before: Before | None = None,
    told: Told = lambda n: None,
) -> Scored:
    """Return a pair's scored segments.

    Args:
        ready: The segments.
        metrics: The names of the metrics that rules ask for.
        settings: What to run and how.
        cache: Where results of earlier runs are.
        before: With `--changed`: what was there before; a segment that was is not scored, but for the checks that
            need no model, since an older critical finding must show.
        told: Called with the number of segments done.
    """
    segments = ready.segments
    there, n_references = what_is_there(segments), number_of_references(segments)
    chosen = plan(settings, there, ready.languages.hypothesis, n_references, specs=metrics)
    changed = [before is None or identity(segment) not in before for segment in segments]
    fresh = [segment for segment, is_changed in zip(segments, changed, strict=True) if is_changed]
    found, n_cached = measured(fresh, chosen, cache, batch_size=settings.batch_size, progress=told)
    judged = judge.judged(found, chosen)
    old = [segment for segment, is_changed in zip(segments, changed, strict=True) if not is_changed]
    scored = {each.segment.index: each for each in (*_of(judged), *_checked(old, chosen))}
    named = _named([scored[segment.index] for segment in segments])
    pair = ScoredPair(ready.files.name, signature(chosen, settings, ready.role), chosen, named)
    return Scored(pair, n_cached)


def text(segment: Segment) -> str:
    """Return what a segment is known by: its source, else its first reference; what was added, its hypothesis."""
    original = segment.original
    known = original.text if original is not None and original.text.strip() else segment.hypothesis
    return normalised(known)


def identity(segment: Segment) -> Identity:
    """Return what makes a segment the same as one that git had before."""
    return text(segment), segment.hypothesis, _references(segment)


def signature(plan: Plan, settings: Settings, role: str) -> str:
    """Return what segments' scores depend on; two runs with one signature can be compared."""
    shown = "+".join(metric.signature() for metric in plan.shown)
    digest = hashlib.sha256(shown.encode()).hexdigest()[:8] if shown else "none"
    model = f"|{plan.model.signature()}" if plan.model != SHIPPED else ""
    return (
        f"scorer|command:gate|role:{role}|preset:{settings.preset}|{plan.recipe.signature()}{model}"
        f"|reads:{read_digest(plan)}|metrics:{digest}|checks:{len(plan.checks)}|version:{__version__}"
    )


def _of(judged: Judged) -> list[ScoredSegment]:
    made = []
    for position, (segment, scores, findings, penalty) in enumerate(
        zip(judged.segments, judged.scores, judged.findings, judged.penalties, strict=True)
    ):
        rows = {name: column[position] for name, column in judged.rows.items()}
        made.append(ScoredSegment("", text(segment), segment, _references(segment), penalty, rows, scores, findings))
    return made


def _checked(segments: Sequence[Segment], plan: Plan) -> list[ScoredSegment]:
    """Return segments that did not change with what the checks that need no model find in them."""
    plain = [check for name, check in plan.checks.items() if name not in checks.neural]
    return [
        ScoredSegment(
            "",
            text(segment),
            segment,
            _references(segment),
            None,
            {},
            {},
            tuple(finding for check in plain for finding in check(segment)),
            is_changed=False,
        )
        for segment in segments
    ]


def _references(segment: Segment) -> str:
    """Return a digest of a segment's references but for the one that it is known by."""
    others = segment.references if segment.source is not None else segment.references[1:]
    return hashlib.sha256("\0".join(others).encode("utf-8", "surrogatepass")).hexdigest()[:8] if others else ""


def _named(segments: Sequence[ScoredSegment]) -> tuple[ScoredSegment, ...]:
    """Return the segments with their ids."""
    seen: Counter[str] = Counter()
    named = []
    for each in segments:
        short = each.segment.key or hashlib.sha256(each.text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        seen[short] += 1
        named.append(dataclasses.replace(each, id=short if seen[short] == 1 else f"{short}-{seen[short]}"))
    return tuple(named)
