"""The baseline: each segment as it was when its quality was last agreed to, and the ways in which that changes.

`baseline_format` is its file, `baseline_reading` reads that back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from scorer.errors import UsageError
from scorer.gate.baseline_format import MAKE_AGAIN, Baseline, KnownPair, dump, ordered
from scorer.gate.baseline_reading import read
from scorer.gate.known import Matched, is_scored, kept, match
from scorer.gate.scale import EQUAL, Scale
from scorer.gate.scored import KnownSegment, ScoredPair, ScoredSegment
from scorer.gate.verdict import Ruling
from scorer.printable import printable
from scorer.registry import nearest

__all__ = ["Baseline", "KnownPair", "accepted", "dump", "of", "read", "refusal", "tightened"]


def of(pair: ScoredPair, metrics: Sequence[str]) -> KnownPair:
    """Return a scored file as the baseline keeps it.

    Args:
        pair: The file.
        metrics: Whose rows to keep: those that the policy limits the drop of. Dimensions are kept anyway.

    Raises:
        UsageError: A segment was not scored.
    """
    if not all(map(is_scored, pair.segments)):
        raise UsageError("a baseline holds every segment; leave out --changed to write one")
    return _pair(pair.signature, (kept(segment, metrics) for segment in pair.segments))


def accepted(
    known: KnownPair, pair: ScoredPair, ids: Collection[str] | Literal["all"], metrics: Sequence[str]
) -> KnownPair:
    """Return the baseline with some segments as they are now, or all of them.

    With "all", what is no longer there goes. Segments that were not scored stay as they were.

    Args:
        known: The baseline so far.
        pair: The file now.
        ids: Of the segments to accept.
        metrics: Whose rows to keep.

    Raises:
        UsageError: There is no segment of that id, or it was not scored, or the baseline has another signature and
            not all of it would be replaced.
    """
    matched = match(pair.segments, known.segments)
    if ids != "all":
        _refuse_unknown(ids, pair)
    if known.signature != pair.signature and not (ids == "all" and all(map(is_scored, pair.segments))):
        # Scores of two signatures side by side could not be told apart afterwards.
        raise UsageError(f"the baseline of {printable(pair.name, 200)} has another signature; {MAKE_AGAIN}")
    chosen = {segment.id for segment in pair.segments if is_scored(segment)} if ids == "all" else set(ids)
    replaced = [
        kept(segment, metrics) if segment.id in chosen else then
        for segment, then in zip(pair.segments, matched.known, strict=True)
    ]
    removed = () if ids == "all" else matched.removed
    return _pair(pair.signature, (each for each in (*replaced, *removed) if each is not None))


def tightened(known: KnownPair, pair: ScoredPair, matched: Matched, names: Sequence[str]) -> KnownPair:
    """Return the baseline of the ratchet: what got better counts from now on, what got worse is held to what it was.

    A segment is better where none of `names`, and not its quality, is worse than in the baseline, and no finding is
    new. New segments come in, removed ones go, and those that were not scored stay.

    Args:
        known: The baseline so far.
        pair: The file now.
        matched: Its segments beside the baseline's.
        names: Dimensions and metrics that the policy limits the drop of; the metrics' rows are kept.
    """
    scales = [scale for name in dict.fromkeys(("quality", *names)) if (scale := Scale.of(pair, name)) is not None]
    return _pair(
        known.signature,
        (
            each
            for segment, then in zip(pair.segments, matched.known, strict=True)
            if (each := _tighter(segment, then, scales, names)) is not None
        ),
    )


def refusal(known: KnownPair, signature: str, path: str) -> Ruling | None:
    """Return the failed ruling on a baseline whose scores depend on something else than this run's; else `None`.

    Args:
        known: The baseline of the file.
        signature: What this run's scores depend on.
        path: The baseline file, for people.
    """
    if known.signature == signature:
        return None
    then, now = known.signature.split("|"), signature.split("|")
    was, there = _only(then, now), _only(now, then)
    made = f"{printable(path, 200)} was made with {was}, this run has {there}"
    message = f"{made}: their scores cannot be compared; {MAKE_AGAIN}"
    return Ruling("baseline", "fail", message)


def _pair(signature: str, segments: Iterable[KnownSegment]) -> KnownPair:
    return KnownPair(signature, ordered(segments))


def _refuse_unknown(ids: Collection[str], pair: ScoredPair) -> None:
    there = {segment.id: segment for segment in pair.segments}
    for each in ids:
        if each not in there:
            raise UsageError(
                f"{printable(pair.name, 200)} has no segment {printable(each, 60)!r}{nearest(each, there)}"
            )
        if not is_scored(there[each]):
            raise UsageError(f"the segment {printable(each, 60)!r} was not scored; leave out --changed to accept it")


def _tighter(
    segment: ScoredSegment, then: KnownSegment | None, scales: Sequence[Scale], names: Sequence[str]
) -> KnownSegment | None:
    if not is_scored(segment):
        return then
    now = kept(segment, names)
    return now if then is None or _is_as_good(now, then, scales) else then


def _is_as_good(now: KnownSegment, then: KnownSegment, scales: Sequence[Scale]) -> bool:
    if any(n > then.findings.get(kind, 0) for kind, n in now.findings.items()):
        return False
    for scale in scales:
        before, after = scale.segment_value(then.row(scale.name)), scale.segment_value(now.row(scale.name))
        if before is not None and (after is None or scale.sign * (before - after) > EQUAL):
            return False
    return True


def _only(parts: Sequence[str], others: Sequence[str]) -> str:
    """Return the parts of a signature that the other lacks, or all where they are alike but for their order."""
    left = [part for part in parts if part not in others]
    return printable("|".join(left or parts) or "no signature", 200)
