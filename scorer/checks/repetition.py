"""Loops: a phrase, a sentence or a syllable said again and again, the mark of a decoder that got stuck.

Tandem repeats are found by comparing the text with itself shifted by each period up to 50 words (or characters of a
script without spaces), after Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", who describe the
phenomenon. Sentences that come back later and texts made of few distinct four-word runs are found by counting.
What the original repeats likewise is excused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scorer.checks import register
from scorer.checks.writing import Piece, original_text, pieces, shown, times
from scorer.types import Finding, Segment, Severity, Span, found

_LONGEST_PERIOD = 50
_SENTENCE = re.compile(r"[^.!?。！？।۔\n]+")
_CHARACTERS = re.compile(r"([^\s\d]{1,8}?)\1{5,}")
_ANY_CHARACTERS = re.compile(r"([^\s\d]{1,8}?)\1{2,}")


class Loop(NamedTuple):
    """A unit of `size` words said `copies` times over pieces [start, end)."""

    start: int
    end: int
    size: float
    copies: float

    @property
    def total(self) -> float:
        """Return the words of the whole loop."""
        return self.size * self.copies


@register("repetition")
def repetition(segment: Segment) -> Iterator[Finding]:
    """Yield at most one finding: the worst repetition that the original does not have."""
    hypothesis, original = list(pieces(segment.hypothesis)), list(pieces(original_text(segment)))
    for look in (_word_loop, _character_loop, _repeated_sentence, _few_distinct):
        hit = look(segment, hypothesis, original)
        if hit:
            severity, message, span = hit
            yield found(segment, "repetition", severity, "fluency", message, hypothesis=span)
            return


Hit = tuple[Severity, str, Span] | None


def _word_loop(segment: Segment, hypothesis: Sequence[Piece], original: Sequence[Piece]) -> Hit:
    loops = [loop for loop in tandems(hypothesis) if _is_loop(loop) and _runs_on(loop, hypothesis, segment.hypothesis)]
    if not loops:
        return None
    known = tandems(original)
    loops = [loop for loop in loops if not _excused(loop, known, original_text(segment))]
    if not loops:
        return None
    worst = max(loops, key=lambda loop: (loop.end - loop.start, -loop.size))
    span = (hypothesis[worst.start].start, hypothesis[worst.end - 1].end)
    n_unit = round((worst.end - worst.start) / worst.copies)
    unit = segment.hypothesis[span[0] : hypothesis[worst.start + n_unit - 1].end]
    dominates = worst.copies >= 3 and worst.total >= 6 and 2 * (worst.end - worst.start) >= len(hypothesis)
    severity: Severity = "critical" if dominates or (worst.copies >= 8 and worst.total >= 12) else "major"
    return severity, f"{shown(unit)} is said {times(int(worst.copies))} in a row", span


def _is_loop(loop: Loop) -> bool:
    """Return whether a tandem repeat is more than an emphasis such as `very, very` or `again and again and again`."""
    return loop.size >= 3 or (loop.copies >= 4 and loop.total >= 4) or (loop.copies >= 3 and loop.total >= 6)


def _runs_on(loop: Loop, sequence: Sequence[Piece], text: str) -> bool:
    """Return whether a short phrase said twice is the same to the mark: `on it was on; it was` is no loop."""
    if loop.copies >= 3 or loop.size >= 6:
        return True
    period = round((loop.end - loop.start) / loop.copies)

    def gap(index: int) -> str:
        return text[sequence[index].end : sequence[index + 1].start].strip()

    inside = range(loop.start, loop.start + period - 1)
    return not gap(loop.start + period - 1) and all(gap(index) == gap(index + period) for index in inside)


def _excused(loop: Loop, known: Sequence[Loop], original: str) -> bool:
    """Return whether the original repeats something about as often; chants and laughter are translated as such."""
    enough = 0.6 * loop.copies
    if any(other.copies >= enough and other.size >= min(loop.size, 3) / 2 for other in known):
        return True
    if loop.size > 2:
        return False
    return any(len(match[0]) >= enough * len(match[1]) for match in _ANY_CHARACTERS.finditer(original))


def tandems(sequence: Sequence[Piece]) -> list[Loop]:
    """Return the longest tandem repeat of each period; linear in the length times the 50 periods."""
    keys = [piece.key for piece in sequence]
    if len(set(pairwise(keys))) == max(len(keys) - 1, 0):
        return []  # most texts: no pair of words occurs twice, nor does anything longer
    numbers: dict[str, int] = {}
    ids = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), np.int32, len(keys))
    loops: list[Loop] = []
    ends: dict[int, tuple[int, int]] = {}
    for period in range(1, min(_LONGEST_PERIOD, len(sequence) // 2) + 1):
        start, length = _longest_run(ids[period:] == ids[:-period])
        unit = sequence[start : start + period]
        if length < period or not any(any(map(str.isalpha, piece.key)) for piece in unit):
            continue
        ends[period] = start, start + length + period
        # Four times `ha` is not twice `ha ha`.
        if not any(
            period % q == 0 and q < period and ends[q][0] <= start and ends[period][1] <= ends[q][1] for q in ends
        ):
            size = sum(piece.weight for piece in unit)
            loops.append(Loop(start, start + length + period, size, (length + period) / period))
    return loops


def _longest_run(same: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return start and length of the longest run of true values."""
    edges = np.concatenate(([-1], np.flatnonzero(~same), [len(same)]))
    gaps = np.diff(edges)
    widest = int(gaps.argmax())
    return int(edges[widest]) + 1, int(gaps[widest]) - 1


def _character_loop(segment: Segment, _hypothesis: Sequence[Piece], _original: Sequence[Piece]) -> Hit:
    """Find `hahahaha` without end inside one word, and rows of marks."""
    original = original_text(segment)
    known = max((len(match[0]) for match in _ANY_CHARACTERS.finditer(original)), default=0)
    for match in _CHARACTERS.finditer(segment.hypothesis):
        least = 12 if any(map(str.isalpha, match[1])) else 24
        if len(match[0]) >= max(least, 4 * known):
            severity: Severity = "critical" if 2 * len(match[0]) >= len(segment.hypothesis) else "major"
            return severity, f"{shown(match[1])} is written {len(match[0]) // len(match[1])} times over", match.span()
    return None


def _repeated_sentence(segment: Segment, _hypothesis: Sequence[Piece], _original: Sequence[Piece]) -> Hit:
    """Find a sentence of five words or more that comes back, unless the original has one that does."""
    seen: Counter[str] = Counter()
    for match in _SENTENCE.finditer(segment.hypothesis):
        key = match[0].strip().casefold()
        seen[key] += 1
        if seen[key] == 2 and _is_long(key) and not _repeats_sentence(original_text(segment)):
            return "major", f"the sentence {shown(match[0].strip())} comes twice", match.span()
    return None


def _is_long(sentence: str) -> bool:
    return len(sentence) >= 10 and sum(piece.weight for piece in pieces(sentence)) >= 5


def _repeats_sentence(text: str) -> bool:
    counts = Counter(sentence.strip().casefold() for sentence in _SENTENCE.findall(text))
    return any(count > 1 and len(sentence) >= 6 for sentence, count in counts.items())


def _few_distinct(segment: Segment, hypothesis: Sequence[Piece], original: Sequence[Piece]) -> Hit:
    """Find a text that goes round in circles: four in ten of its four-word runs were there before."""
    share = repeated_share(hypothesis)
    if share < 0.4 or 2 * repeated_share(original) > share:
        return None
    severity: Severity = "critical" if share >= 0.6 else "major"
    span = (hypothesis[0].start, hypothesis[-1].end)
    return severity, f"{share:.0%} of the four-word runs repeat an earlier one", span


def repeated_share(sequence: Sequence[Piece], order: int = 4) -> float:
    """Return the share of n-grams that repeat an earlier one, 0 to 1; 0 below 24 pieces, where chance rules."""
    if len(sequence) < 24:
        return 0.0
    keys = [piece.key for piece in sequence]
    ngrams = list(zip(*(keys[shift:] for shift in range(order)), strict=False))
    return 1 - len(set(ngrams)) / len(ngrams)
