"""What speaks for and against units of two texts rendering each other: the costs that the aligner adds up.

The terms follow vecalign (Thompson and Koehn 2019, "Vecalign: Improved Sentence Alignment in Linear Time and Space"):
the cosine distance of sentence vectors, divided by what unrelated units have, so that 1 means unrelated; and Gale and
Church (1993), "A Program for Aligning Sentences in Bilingual Corpora": how far lengths in characters are from their
ratio, under a heavy tail. Other than in vecalign, vectors are centred for each text, which takes away what its language
and subject have in common, and two units joined are the sum of their vectors until a first path has shown where their
own vector may decide: so little is embedded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Encode = Callable[[Sequence[str]], Vectors]
Number = TypeVar("Number", np.float32, np.float64)

# Units against which the typical similarity of unrelated ones is measured.
_SAMPLE = 200
# How many units' worth of the common mean a text's own mean is mixed with.
_SHRINKAGE = 7
# A joined vector leans to its longer part by this power of the length, as a model's own vector of both does.
_LENGTH_POWER = 0.75
# The least distance that unrelated units are taken to have; without it, texts of identical lines divide by zero.
_LEAST_DISTANCE = 0.05


@dataclass(frozen=True, slots=True)
class Weights:
    """What the terms of a bead's cost weigh, fitted by hill climbing on other texts than the benchmark's.

    Attributes:
        skip: Cost of a unit without a counterpart. A 1-1 bead of unrelated units costs about 1.
        distance: What the vectors' distance weighs in a 1-1, 1-2, 2-1 and 2-2 bead.
        joining: What such a bead costs beside.
        weakest: What the distance of the least fitting part of a joined side from the other side weighs.
        length: What the length term weighs.
        variance: Characters squared a character; Gale and Church found 6.8.
        tail: Squared deviations at which the length term turns from square to logarithmic.
    """

    skip: float
    distance: tuple[float, float, float, float]
    joining: tuple[float, float, float, float]
    weakest: float
    length: float
    variance: float
    tail: float


NEURAL = Weights(
    skip=0.40,
    distance=(1.0, 0.97, 0.97, 1.42),
    joining=(0.0, 0.295, 0.295, 0.566),
    weakest=0.11,
    length=0.142,
    variance=5.9,
    tail=7.0,
)
LEXICAL = Weights(
    skip=0.41,
    distance=(1.0, 1.0, 1.0, 1.5),
    joining=(0.0, 0.40, 0.40, 0.8),
    weakest=0.0,
    length=0.206,
    variance=10.2,
    tail=8.25,
)
LEXICAL_ACROSS = Weights(
    skip=0.69,
    distance=(1.0, 1.1, 1.1, 1.55),
    joining=(0.0, 0.48, 0.48, 0.76),
    weakest=0.0,
    length=0.575,
    variance=7.7,
    tail=5.7,
)


def weights_for(*, lexical: bool, same_language: bool) -> Weights:
    """Return the weights for vectors of a neural or a lexical encoder, and texts in one language or two."""
    if not lexical:
        return NEURAL
    return LEXICAL if same_language else LEXICAL_ACROSS


@dataclass(frozen=True, slots=True)
class Units:
    """One text's units, or pairs of pairs of them at a coarser scale.

    Attributes:
        single: Centred unit vectors, shape (n, dim).
        double: The same for each unit joined with the one before it, shape (n, dim); row 0 is unused.
        lengths: Characters, shape (n,).
    """

    single: Vectors
    double: Vectors
    lengths: Numbers

    @classmethod
    def of(cls, vectors: Vectors, lengths: Numbers) -> Units:
        """Return units that have these centred unit vectors, shape (n, dim), and lengths."""
        weighted = vectors * (lengths[:, None] ** _LENGTH_POWER).astype(np.float32)
        double = np.zeros_like(vectors)
        double[1:] = unit(weighted[1:] + weighted[:-1])
        return cls(vectors, double, lengths)

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.lengths)

    def rejoined(self, rows: npt.NDArray[np.int64], vectors: Vectors) -> Units:
        """Return the units with other vectors mixed into `double`'s rows, half and half.

        A model's vector of two joined texts knows what they say together, their sum knows what each says.
        """
        double = self.double.copy()
        double[rows] = unit(double[rows] + vectors)
        return replace(self, double=double)

    def halved(self) -> Units:
        """Return half as many units, each the sum of two neighbours; an odd last one stays alone."""
        starts = np.arange(0, len(self), 2)
        return Units.of(unit(np.add.reduceat(self.single, starts)), np.add.reduceat(self.lengths, starts))


def unit(vectors: Vectors) -> Vectors:
    """Return the rows at length 1; a row of zeros stays so."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    # What centring leaves of a vector that was the mean is rounding error, not a direction.
    scaled: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-6)
    return scaled


def centres(a: Vectors, b: Vectors) -> tuple[Vectors, Vectors]:
    """Return what each text's vectors have in common, shape (dim,) each.

    A mean of few units is mostly those units, so each is mixed with that of both texts, and that with zero.
    """
    common = (a.sum(axis=0) + b.sum(axis=0)) / (len(a) + len(b) + _SHRINKAGE)
    first, second = ((side.sum(axis=0) + _SHRINKAGE * common) / (len(side) + _SHRINKAGE) for side in (a, b))
    return first, second


def centred(a: Vectors, b: Vectors) -> tuple[Vectors, Vectors]:
    """Return both texts' vectors less what each text has in common, at length 1."""
    first, second = centres(a, b)
    return unit(a - first), unit(b - second)


def match_costs(a: Units, b: Units, weights: Weights, ratio: float) -> Callable[[int, int, int], Numbers]:
    """Return the function that `cheapest_path` asks for the costs of matches, a row at a time.

    Args:
        a: The first text.
        b: The second.
        weights: What the terms weigh.
        ratio: Characters of B that render one of A.
    """
    distance, joining = np.array(weights.distance)[:, None], np.array(weights.joining)[:, None]
    far_a, far_b = _farness(a.single, b.single), _farness(b.single, a.single)
    # For each unit of A: the one before, itself, and both joined.
    queries = np.stack((_moved(a.single)[:-1], a.single, a.double), axis=1)
    query_far = np.stack((_moved(far_a)[:-1], far_a, _farness(a.double, b.single)), axis=1)[:, :, None]
    query_lengths = np.stack((a.lengths, a.lengths + _moved(a.lengths)[:-1]), axis=1)[:, :, None] * ratio
    # Node j comes after unit j - 1 of B; single units start one column further left, at unit j - 2.
    single, single_far = _moved(_moved(b.single)), _moved(_moved(far_b))
    double, double_far = _moved(b.double), _moved(_farness(b.double, a.single))
    lengths, double_lengths = _moved(b.lengths), _moved(b.lengths + _moved(b.lengths)[:-1])

    def costs(i: int, first: int, last: int) -> Numbers:
        wide, columns = slice(first, last + 2), slice(first, last + 1)
        query, typical = queries[i - 1], query_far[i - 1]
        ones = _relative(query @ single[wide].T, typical, single_far[wide])
        twos = _relative(query @ double[columns].T, typical, double_far[columns])
        matches = np.stack((ones[1, 1:], twos[1], ones[2, 1:], twos[2]))
        one, two = (unevenness(query_lengths[i - 1], side[columns], weights) for side in (lengths, double_lengths))
        total = distance * matches + joining + weights.length * np.stack((one[0], two[0], one[1], two[1]))
        if weights.weakest:
            total[1:] += weights.weakest * _weakest(ones, twos)
        # Rounded, so that ties stay ties whatever order a processor multiplies in.
        rounded: Numbers = np.round(total, 6)
        return rounded

    return costs


def _relative(cosines: npt.NDArray[np.floating], far_a: Numbers, far_b: Numbers) -> Numbers:
    """Return distances as multiples of what is typical of unrelated units."""
    distances: Numbers = (1.0 - cosines) / np.maximum((far_a + far_b) / 2, _LEAST_DISTANCE)
    return distances


def _weakest(ones: Numbers, twos: Numbers) -> Numbers:
    """Return the largest distance of a part from the other side, of 1-2, 2-1 and 2-2 beads; shape (3, columns)."""
    parts = np.stack((ones[1, :-1], ones[0, 1:], np.maximum(ones[2, :-1], twos[0])))
    others = np.stack((ones[1, 1:], ones[1, 1:], np.maximum(ones[2, 1:], twos[1])))
    weakest: Numbers = np.maximum(parts, others)
    return weakest


def unevenness(a: Numbers, b: Numbers, weights: Weights) -> Numbers:
    """Return how unlikely the lengths `b` are beside the expected `a`; 0 where they agree."""
    squares = (b - a) ** 2 / (weights.variance * (a + b) / 2 + 1)
    deviation: Numbers = np.log1p(squares / weights.tail)
    return deviation


def _farness(vectors: Vectors, others: Vectors) -> Numbers:
    """Return each vector's mean distance from an even sample of the others."""
    sample = others[np.linspace(0, len(others) - 1, min(len(others), _SAMPLE)).astype(np.int64)]
    far: Numbers = 1.0 - vectors @ sample.mean(axis=0)
    return far


def _moved(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the rows after a row of zeros."""
    return np.concatenate((np.zeros_like(values[:1]), values))
