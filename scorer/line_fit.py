"""Whether two texts of equally many lines belong together line by line.

Lines are held against those of the same number and against their neighbours; where the neighbours win over a stretch,
it has slipped: a line is missing at its start, and another at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from scorer.evidence import NEURAL, Encode, Numbers, Vectors, Weights, centred, unevenness

# Shifts at which lines are held against each other, to see whether line i belongs to another line than i.
_SHIFTS = (-3, -2, -1, 1, 2, 3)
# By how much in all a stretch of lines must resemble shifted ones more than their own, in cosines, to speak of a shift.
_SHIFT_GAIN = 1.0
# Lines with text on one side only, beyond which pairing by number is not plainly right.
_BLANK_SHARE = 0.05
# How many standard errors lines must be nearer to their own than to shifted ones.
_CLEARLY = 3.0


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines with text of one side: centred unit vectors, shape (n, dim), and lengths in characters, shape (n,)."""

    vectors: Vectors
    lengths: Numbers


def lines_fit(
    a: Sequence[str],
    b: Sequence[str],
    encode: Encode,
    weights: Weights = NEURAL,
    *,
    names: tuple[str, str] = ("source", "hypothesis"),
) -> tuple[bool, str]:
    """Return whether line i plainly belongs to line i, and a sentence that says why or why not.

    Args:
        a: Lines of the first text, blank ones included.
        b: Lines of the second.
        encode: Returns unit vectors, shape (n, dim), of the texts it is called with.
        weights: Says how much lengths count.
        names: What the sentence calls the two.
    """
    if len(a) != len(b):
        return False, f"{names[0]} has {count(a)}, {names[1]} has {len(b)}"
    opening = f"both have {count(a)}"
    halves = [i for i in range(len(a)) if bool(a[i].strip()) != bool(b[i].strip())]
    if len(halves) > _BLANK_SHARE * len(a):
        return False, f"{opening}, but line {halves[0] + 1} is blank in {names[bool(a[halves[0]].strip())]} only"
    filled = [i for i in range(len(a)) if a[i].strip() and b[i].strip()]
    if len(filled) < 2:
        return True, f"{opening}, of which {len(filled)} with text"
    texts = [[side[i] for i in filled] for side in (a, b)]
    vectors = centred(encode(texts[0]), encode(texts[1]))
    lengths = [np.array([len(text) for text in side], dtype=np.float64) for side in texts]
    sides = Rows(vectors[0], lengths[0] * (lengths[1].sum() / lengths[0].sum())), Rows(vectors[1], lengths[1])
    return _judge_shifts(*sides, weights, filled, opening)


def _judge_shifts(a: Rows, b: Rows, weights: Weights, numbers: Sequence[int], opening: str) -> tuple[bool, str]:
    """Return whether the rows belong together at no shift, and why."""
    own = _resemblance(a, b, 0, weights)
    shifted = [_resemblance(a, b, shift, weights) for shift in _SHIFTS if abs(shift) < len(own)]
    stretches = [best_stretch(np.nan_to_num(other - own, nan=0.0)) for other in shifted]
    first, last, gain = max(filter(None, stretches), key=itemgetter(2))
    if gain >= _SHIFT_GAIN:
        lines = f"lines {numbers[first] + 1} to {numbers[last] + 1}"
        return False, f"{opening}, but {lines} resemble others than those of the same number"
    lead = own - np.nanmean(np.stack(shifted), axis=0)
    error = lead.std() / np.sqrt(len(lead))
    if lead.mean() > max(_CLEARLY * error, 1e-3):
        cosine = np.einsum("ij,ij->i", a.vectors, b.vectors).mean()
        return True, f"{opening}, and a line resembles the line of its number most (mean cosine {cosine:.2f})"
    return False, f"{opening}, but a line does not clearly resemble the line of its number most"


def _resemblance(a: Rows, b: Rows, shift: int, weights: Weights) -> Numbers:
    """Return how alike row i of `a` and row i + shift of `b` are, shape (n,); NaN where there is none."""
    n = len(a.lengths)
    alike = np.full(n, np.nan)
    rows = slice(max(0, -shift), n - max(0, shift))
    columns = slice(max(0, shift), n - max(0, -shift))
    cosines = np.einsum("ij,ij->i", a.vectors[rows], b.vectors[columns])
    alike[rows] = cosines - weights.length * unevenness(a.lengths[rows], b.lengths[columns], weights)
    return alike


def best_stretch(gains: Numbers) -> tuple[int, int, float] | None:
    """Return the first and last index of the run with the largest sum, and that sum; `None` for no gains."""
    if not len(gains):
        return None
    totals = np.concatenate(([0.0], np.cumsum(gains)))
    lowest = np.minimum.accumulate(totals)
    last = int(np.argmax(totals[1:] - lowest[:-1]))
    first = int(np.argmin(totals[: last + 1]))
    return first, last, float(totals[last + 1] - totals[first])


def count(units: Sequence[str], noun: str = "line") -> str:
    """Return `1 line` or `812 lines`."""
    return f"{len(units)} {noun}{'' if len(units) == 1 else 's'}"
