"""What a learned metric says of a hypothesis, and rows of statistics from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from scorer.checkpoints import Weights, sha256
from scorer.types import Segment, Stats


class Texts(NamedTuple):
    """What is read of a segment; `None` where it is not read."""

    source: str | None
    hypothesis: str
    reference: str | None


class Reading(NamedTuple):
    """A score in the model's own unit, and how many tokens lay beyond what it can read."""

    score: float
    n_unread: int


def rows(
    segments: Sequence[Segment],
    read: Callable[[Sequence[Texts]], list[Reading]],
    *,
    source: bool,
    reference: bool,
    best: Callable[[Iterable[float]], float],
    truncate: bool,
) -> list[Stats]:
    """Return (score, 1, unread tokens) for each segment; zeros where it is undefined.

    Args:
        segments: With what is read of them.
        read: Scores texts.
        source: Whether the source is read.
        reference: Whether references are; the one with the best score counts.
        best: `max`, or `min` where lower is better.
        truncate: Whether texts beyond what the model reads are scored by their beginning; else they are undefined.
    """
    asked = [_texts(segment, source, reference) for segment in segments]
    said = iter(read([texts for each in asked for texts in each]))
    return [_row([next(said) for _ in each], best, truncate) for each in asked]


def _texts(segment: Segment, source: bool, reference: bool) -> list[Texts]:
    original = segment.source if source else None
    references: Sequence[str | None] = segment.references if reference else (None,)
    if not any((text or "").strip() for text in (segment.hypothesis, original, *references)):
        return []
    return [Texts(original, segment.hypothesis, each) for each in references]


def _row(readings: Sequence[Reading], best: Callable[[Iterable[float]], float], truncate: bool) -> Stats:
    n_unread = float(max((reading.n_unread for reading in readings), default=0))
    if not readings or (n_unread and not truncate):
        return 0.0, 0.0, 0.0
    return best(reading.score for reading in readings), 1.0, n_unread


def reason(
    segment: Segment, unread: Callable[[Sequence[Texts]], list[int]], name: str, *, source: bool, reference: bool
) -> str | None:
    """Return why a segment that has text gets no score, or `None`.

    Args:
        segment: As in `rows`.
        unread: Counts the tokens of texts that lie beyond what the model reads.
        name: The metric's.
        source: As in `rows`.
        reference: As in `rows`.
    """
    n_unread = max(unread(_texts(segment, source, reference)), default=0)
    if not n_unread:
        return None
    return f"{n_unread:,} tokens beyond what the model reads; {name}(truncate=True) scores the beginning"


def label(name: str, weights: Weights, *others: Path) -> str:
    """Return a model's name, in characters that signatures can hold, and the beginning of a digest.

    Args:
        name: A folder or a hub name.
        weights: The model's.
        others: Files on which scores depend too: settings, tokenizer.
    """
    digest = hashlib.sha256(weights.sha256.encode())
    for path in others:
        digest.update(sha256(path).encode())
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '_', Path(name).name)}-{digest.hexdigest()[:12]}"
