"""Matching n-grams of many sequences at once, counted by sorting instead of by dictionaries.

Every n-gram of a chunk of segments becomes one integer: segment, n-gram, and whether hypothesis or which reference.
Sorting brings equal ones together, and run lengths are their counts. Counts are exact: integers are never hashed.
Source of the counting rules: sacreBLEU 2.6.0 `metrics/helpers.py`, `bleu.py` and `chrf.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

# One hypothesis and its references, each a sequence of symbols.
Group = tuple[Ints, Sequence[Ints]]

# Keeps the arrays of a chunk at a few megabytes; one segment may be longer.
_SYMBOLS_PER_CHUNK = 1 << 16
_LARGEST_KEY = 1 << 62


def code_points(text: str) -> Ints:
    """Return a text's code points; lone surrogates are symbols like any other."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)


def token_ids(tokens: Iterable[str], vocabulary: dict[str, int]) -> Ints:
    """Return a number for each token, adding unseen ones to `vocabulary`."""
    return np.array([vocabulary.setdefault(token, len(vocabulary)) for token in tokens], dtype=np.int64)


def n_ngrams(length: int, order: int) -> list[int]:
    """Return how many n-grams a sequence has, for n from 1 to `order`."""
    return [max(0, length - n) for n in range(order)]


def matches(groups: Sequence[Group], order: int) -> Ints:
    """Return how many n-grams of each hypothesis occur in its references.

    An n-gram counts at most as often as in the reference that has it most often (clipped counts).

    Returns:
        Shape (len(groups), order); column n - 1 is for n-grams.
    """
    counted = [_chunk_matches(chunk, order) for chunk in _chunks(groups)]
    return np.concatenate(counted) if counted else np.zeros((0, order), dtype=np.int64)


def _chunks(groups: Sequence[Group]) -> Iterator[list[Group]]:
    chunk: list[Group] = []
    size = 0
    for hypothesis, references in groups:
        length = len(hypothesis) + sum(map(len, references))
        if chunk and size + length > _SYMBOLS_PER_CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append((hypothesis, references))
        size += length
    if chunk:
        yield chunk


def _chunk_matches(groups: list[Group], order: int) -> Ints:
    sides = 1 + max(len(references) for _, references in groups)
    sequences = [sequence for hypothesis, references in groups for sequence in (hypothesis, *references)]
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    side = np.repeat([i for _, references in groups for i in range(1 + len(references))], lengths)
    segment = np.repeat([i for i, (_, references) in enumerate(groups) for _ in range(1 + len(references))], lengths)
    symbols = _dense(np.concatenate(sequences))
    n_symbols = int(symbols.max(initial=0)) + 1
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(symbols))  # symbols up to the sequence's end

    found = np.zeros((len(groups), order), dtype=np.int64)
    grams, n_grams = symbols, n_symbols
    for n in range(1, order + 1):
        if n > 1:
            if n_grams * n_symbols * len(groups) * sides > _LARGEST_KEY:
                grams = np.unique(grams, return_inverse=True)[1]
                n_grams = int(grams.max(initial=0)) + 1
            # A wrapped-around end is harmless: it lies beyond its sequence's last n-gram, and is left out below.
            grams = grams * n_symbols + np.roll(symbols, 1 - n)
            n_grams *= n_symbols
        whole = left >= n
        keys = ((segment * n_grams + grams) * sides + side)[whole]
        if not len(keys):
            break
        found[:, n - 1] = _clipped(keys, sides, n_grams, len(groups))
    return found


def _clipped(keys: Ints, sides: int, n_grams: int, n_groups: int) -> Ints:
    """Return the clipped matches of each group.

    A key is `(group * n_grams + gram) * sides + side`; side 0 is the hypothesis.
    """
    keys = np.sort(keys)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(starts, append=len(keys))
    grams, side = np.divmod(keys[starts], sides)
    firsts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1])))
    in_references = np.maximum.reduceat(np.where(side > 0, counts, 0), firsts)
    in_hypothesis = np.where(side[firsts] == 0, counts[firsts], 0)
    matched = np.minimum(in_hypothesis, in_references)
    return np.bincount(grams[firsts] // n_grams, weights=matched, minlength=n_groups).astype(np.int64)


def _dense(symbols: Ints) -> Ints:
    """Return `symbols` renumbered from 0 without gaps."""
    present = np.zeros(int(symbols.max(initial=0)) + 1, dtype=bool)
    present[symbols] = True
    renumbered: Ints = (np.cumsum(present) - 1)[symbols]
    return renumbered
