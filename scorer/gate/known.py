"""This run's segments beside the baseline's, paired by what they say and not by where they stand."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scorer import composed
from scorer.combine import Penalty
from scorer.gate import tally
from scorer.gate.scored import KnownSegment, ScoredSegment
from scorer.gate.verdict import State
from scorer.types import DIMENSIONS, Stats

# What a baseline keeps. A changed segment's numbers are rounded alike before they are held against the baseline's, or
# a text that is as good as before would seem to have moved in the fifth decimal.
POINT_DECIMALS = 4
ROW_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Matched:
    """Which segments the baseline knows.

    Attributes:
        known: What the baseline has of each of this run's segments; `None` where it has none.
        states: Beside the baseline, of each segment; "untold" where it was not scored and the baseline has another
            text of it, or none.
        removed: The baseline's segments that this run has not.
    """

    known: tuple[KnownSegment | None, ...]
    states: tuple[State, ...]
    removed: tuple[KnownSegment, ...]

    @property
    def n_matched(self) -> int:
        """Return how many of this run's segments the baseline knows."""
        return sum(known is not None for known in self.known)


def match(segments: Sequence[ScoredSegment], known: Sequence[KnownSegment]) -> Matched:
    """Return the segments beside those of the baseline that have the same text.

    Of several with one text, those are paired first that agree in hypothesis and references, then those with the same
    hypothesis, then the others in order. Linear in both.

    Args:
        segments: Of this run.
        known: Of the baseline.
    """
    ours = [(normalised(each.text), each.segment.hypothesis, each.references) for each in segments]
    theirs = [(normalised(each.text), each.hypothesis, each.references) for each in known]
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for n_parts in (3, 2, 1):
        free = _places((i, theirs[i][:n_parts]) for i in range(len(theirs)) if i not in taken)
        for i, identity in enumerate(ours):
            waiting = free.get(identity[:n_parts]) if i not in partners else None
            if waiting:
                partners[i] = waiting.popleft()
                taken.add(partners[i])
    found = tuple(known[partners[i]] if i in partners else None for i in range(len(segments)))
    states = tuple(_state(segment, then) for segment, then in zip(segments, found, strict=True))
    return Matched(found, states, tuple(each for i, each in enumerate(known) if i not in taken))


def kept(segment: ScoredSegment, names: Iterable[str]) -> KnownSegment:
    """Return a scored segment as a baseline keeps it.

    Args:
        segment: One that was scored.
        names: Metrics whose rows to keep; dimensions among them are kept anyway.
    """
    assert segment.penalty is not None
    return KnownSegment(
        segment.text,
        segment.segment.hypothesis,
        segment.references,
        _rounded(segment.penalty),
        {name: rounded(segment.rows.get(name)) for name in names if name not in DIMENSIONS},
        tally.tally(finding for finding in segment.findings if not finding.suspected),
    )


def kept_row(segment: ScoredSegment, name: str) -> Stats | None:
    """Return a segment's row of a dimension or metric as a baseline keeps it; `None` where there is none."""
    if name in DIMENSIONS:
        return None if segment.penalty is None else _rounded(segment.penalty).row(name)
    return rounded(segment.rows.get(name))


def rounded(row: Stats | None) -> Stats | None:
    """Return a metric's row as a baseline keeps it."""
    return None if row is None else tuple(round(float(number), ROW_DECIMALS) for number in row)


def is_scored(segment: ScoredSegment) -> bool:
    """Return whether a segment was scored: under `--changed` those that git says did not change are not."""
    return segment.penalty is not None


def _rounded(penalty: Penalty) -> Penalty:
    def points(number: float | None) -> float | None:
        return None if number is None else round(float(number), POINT_DECIMALS)

    return Penalty(
        points(penalty.accuracy),
        points(penalty.fluency),
        round(float(penalty.n_words), POINT_DECIMALS),
        round(float(penalty.n_words_read), POINT_DECIMALS),
    )


def _places(identities: Iterable[tuple[int, tuple[str, ...]]]) -> dict[tuple[str, ...], deque[int]]:
    places: dict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for i, identity in identities:
        places[identity].append(i)
    return places


def _state(segment: ScoredSegment, known: KnownSegment | None) -> State:
    if known is not None and (known.hypothesis, known.references) == (segment.segment.hypothesis, segment.references):
        return "unchanged"
    if not is_scored(segment):
        return "untold"
    return "new" if known is None else "changed"


def normalised(text: str) -> str:
    """Return a text without outer white space, in Unicode's composed form unless that would take for ever."""
    return composed.normalised(text.strip(), "NFC")
