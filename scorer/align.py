"""Which units of two texts render each other: line by line, or found by what they say.

Finding them is monotone dynamic programming over sentence vectors, from coarse to fine: neighbours are summed in pairs
until a full table is small, and the path found there is the middle of a band at twice the resolution, down to the
units. So time and memory are linear in the texts' length, and the band goes along with blocks that one text lacks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from scorer.errors import PairingError
from scorer.evidence import Encode, Units, Weights, centres, match_costs, unit, weights_for
from scorer.line_fit import count, lines_fit
from scorer.monotone import Band, cheapest_path
from scorer.types import Bead

Method = Literal["lines", "document"]
Mode = Literal["auto", "lines", "document"]
Path = npt.NDArray[np.int64]

# Nodes of the coarsest table; texts of up to 2,000 units are searched in full.
_FULL_TABLE = 4_000_000
# How far, in units of each scale, the path may lie from where the next coarser scale saw it.
_RADIUS = 24
# 1-1 beads from which a length ratio can be told.
_ENOUGH_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Alignment:
    """Beads that together hold every unit of both texts once, in order, and how they were found.

    `reason` is a sentence for people: why lines, or why not.
    """

    beads: tuple[Bead, ...]
    method: Method
    reason: str


def dump(alignment: Alignment) -> str:
    """Return an alignment as text, for `load`."""
    return json.dumps([alignment.method, alignment.reason, [[bead.a, bead.b] for bead in alignment.beads]])


def load(text: str) -> Alignment:
    """Return the alignment that `dump` wrote."""
    method, reason, beads = json.loads(text)
    return Alignment(tuple(Bead(tuple(a), tuple(b)) for a, b in beads), method, reason)


def choose(
    a: Sequence[str],
    b: Sequence[str],
    encode: Encode,
    mode: Mode = "auto",
    *,
    names: tuple[str, str] = ("source", "hypothesis"),
    same_language: bool = False,
    lexical: bool = False,
) -> Alignment:
    """Return the alignment of two lists of lines by `mode`; `auto` pairs lines by number where that is plainly right.

    Args:
        a: Lines of the first text, blank ones included.
        b: Lines of the second.
        encode: Returns unit vectors, shape (n, dim), of the texts it is called with.
        mode: `auto`, `lines` or `document`.
        names: What messages call the two.
        same_language: Whether both are in one language.
        lexical: Whether `encode` is a `LexicalEncoder`'s, whose vectors say less, so that lengths count for more.

    Raises:
        PairingError: `mode` is `lines` and the numbers of lines differ.
    """
    if mode == "lines":
        return pair_lines(a, b, names)
    if mode == "document":
        return align(a, b, encode, same_language=same_language, lexical=lexical)
    weights = weights_for(lexical=lexical, same_language=same_language)
    fits, reason = lines_fit(a, b, encode, weights, names=names)
    if fits:
        return Alignment(pair_lines(a, b, names).beads, "lines", reason)
    found = align(a, b, encode, same_language=same_language, lexical=lexical)
    return Alignment(found.beads, "document", reason)


def pair_lines(a: Sequence[str], b: Sequence[str], names: tuple[str, str] = ("source", "hypothesis")) -> Alignment:
    """Return line i with line i.

    Raises:
        PairingError: The numbers of lines differ.
    """
    if len(a) != len(b):
        first = min(len(a), len(b)) + 1
        raise PairingError(f"{names[0]} has {count(a)}, {names[1]} has {len(b)}; first unpaired line: {first}")
    beads = tuple(Bead((i,), (i,)) for i in range(len(a)))
    return Alignment(beads, "lines", "line i is paired with line i, as asked")


def align(
    a: Sequence[str], b: Sequence[str], encode: Encode, *, same_language: bool = False, lexical: bool = False
) -> Alignment:
    """Return the beads of two texts' units, found by what the units say.

    Beads take 0 to 2 units of each side. Blank units are set aside first: they pair with blank ones at the same place,
    else stand alone, and a bead that reaches over one holds it.

    Args:
        a: Units of the first text: sentences, lines or paragraphs.
        b: Units of the second.
        encode: Returns unit vectors, shape (n, dim), of the texts it is called with, which are never blank. It is
            called with each text's units, and once more with those units joined whose joining is in doubt.
        same_language: Whether both are in one language.
        lexical: Whether `encode` is a `LexicalEncoder`'s.
    """
    kept = [[i for i, text in enumerate(side) if text.strip()] for side in (a, b)]
    texts = [[side[i] for i in indices] for side, indices in zip((a, b), kept, strict=True)]
    reason = f"{count(a, 'unit')} and {len(b)} were aligned by what they say"
    weights = weights_for(lexical=lexical, same_language=same_language)
    nodes = _find(texts[0], texts[1], encode, weights) if texts[0] and texts[1] else _nothing_shared(*map(len, texts))
    return Alignment(tuple(beads_of(nodes, kept[0], kept[1], len(a), len(b))), "document", reason)


def _find(a: Sequence[str], b: Sequence[str], encode: Encode, weights: Weights) -> Path:
    texts, vectors = (a, b), (encode(a), encode(b))
    middles = centres(*vectors)
    lengths = [np.array([len(text) for text in side], dtype=np.float64) for side in texts]
    sides = [Units.of(unit(vectors[k] - middles[k]), lengths[k]) for k in (0, 1)]
    nodes = find_path(sides[0], sides[1], weights)
    for k, rows in enumerate(doubtful_joins(nodes)):
        if len(rows):
            joined = encode([f"{texts[k][row - 1]} {texts[k][row]}" for row in rows])
            sides[k] = sides[k].rejoined(rows, unit(joined - middles[k]))
    return refined(sides[0], sides[1], weights, nodes)


def doubtful_joins(nodes: Path) -> tuple[Path, Path]:
    """Return for A and B which units a path may or may not rightly join with the one before.

    They lie in a bead other than 1-1 or next to one, and in or next to one that pairs something: where a whole block
    has no counterpart, nothing is in doubt.
    """
    steps = np.diff(nodes, axis=0)
    plain, paired = steps.min(axis=1) * steps.max(axis=1) == 1, steps.min(axis=1) > 0
    zone = _with_neighbours(~plain) & _with_neighbours(paired)
    first, second = (np.repeat(zone, steps[:, k]) for k in (0, 1))
    return np.flatnonzero(first[1:] & first[:-1]) + 1, np.flatnonzero(second[1:] & second[:-1]) + 1


def _with_neighbours(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    spread = flags.copy()
    spread[1:] |= flags[:-1]
    spread[:-1] |= flags[1:]
    return spread


def _nothing_shared(n: int, m: int) -> Path:
    """Return the path that leaves every unit alone, A's first."""
    return np.array([(i, 0) for i in range(n + 1)] + [(n, j + 1) for j in range(m)], dtype=np.int64)


def find_path(a: Units, b: Units, weights: Weights) -> Path:
    """Return the nodes of the best path, shape (steps + 1, 2), from (0, 0) to (len(a), len(b))."""
    scales = [(a, b)]
    while len(scales[-1][0]) * len(scales[-1][1]) > _FULL_TABLE and min(map(len, scales[-1])) > 1:
        scales.append((scales[-1][0].halved(), scales[-1][1].halved()))
    ratio = b.lengths.sum() / a.lengths.sum()
    nodes: Path | None = None
    for left, right in reversed(scales):
        n, m = len(left), len(right)
        band = Band.full(n, m) if nodes is None else Band.around(nodes, n, m, factor=2, radius=_RADIUS)
        nodes = cheapest_path(band, match_costs(left, right, weights, ratio), weights.skip)
    assert nodes is not None
    return nodes


def refined(a: Units, b: Units, weights: Weights, nodes: Path) -> Path:
    """Return the best path near another, with the length ratio of the 1-1 beads on that one.

    The texts' whole lengths are no guide where one lacks much of the other.
    """
    pairs = nodes[:-1][(np.diff(nodes, axis=0) == 1).all(axis=1)]
    lengths = (a.lengths, b.lengths)
    if len(pairs) >= _ENOUGH_PAIRS:
        lengths = (a.lengths[pairs[:, 0]], b.lengths[pairs[:, 1]])
    ratio = lengths[1].sum() / lengths[0].sum()
    band = Band.around(nodes, len(a), len(b), factor=1, radius=_RADIUS)
    return cheapest_path(band, match_costs(a, b, weights, ratio), weights.skip)


def beads_of(nodes: Path, kept_a: Sequence[int], kept_b: Sequence[int], n: int, m: int) -> list[Bead]:
    """Return a path's beads in the texts' own numbering, with the units that were set aside put back.

    Args:
        nodes: A path through the kept units.
        kept_a: Indices of A's kept units, ascending.
        kept_b: Indices of B's.
        n: All units of A.
        m: All units of B.
    """
    beads: list[Bead] = []
    at_a = at_b = 0
    for (a0, b0), (a1, b1) in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        next_a = kept_a[a0] if a1 > a0 else at_a
        next_b = kept_b[b0] if b1 > b0 else at_b
        beads += blank_beads(at_a, next_a, at_b, next_b)
        at_a = kept_a[a1 - 1] + 1 if a1 > a0 else at_a
        at_b = kept_b[b1 - 1] + 1 if b1 > b0 else at_b
        beads.append(Bead(tuple(range(next_a, at_a)), tuple(range(next_b, at_b))))
    return beads + blank_beads(at_a, n, at_b, m)


def blank_beads(a0: int, a1: int, b0: int, b1: int) -> list[Bead]:
    """Return beads for two runs of blank units: pairs as far as both go, then single ones."""
    both = min(a1 - a0, b1 - b0)
    pairs = [Bead((a0 + k,), (b0 + k,)) for k in range(both)]
    left = [Bead((i,), ()) for i in range(a0 + both, a1)]
    return pairs + left + [Bead((), (j,)) for j in range(b0 + both, b1)]
