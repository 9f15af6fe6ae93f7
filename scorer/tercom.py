"""How many edits turn a hypothesis into a reference when moving a run of words is one edit: the search of TER.

Source: Snover et al. 2006, in the form of sacreBLEU 2.6.0's `lib_ter.py` (after Tercom), with the same limits, beam
and order of preference, so that counts are equal. Different is the work: all moves that are candidates at one time are
measured together, a row of all their distance matrices at a time, and a search that will run into the limit of
candidates is not begun.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Rows = list[list[int]]

_LONGEST_MOVE = 10  # words
_FARTHEST_MOVE = 50  # words
_BEAM = 25
_MOST_CANDIDATES = 1_000
_FAR = 1 << 29
# Cells of one array; more candidates are measured in several goes.
_CELLS = 1 << 18


@dataclass(frozen=True, slots=True)
class Move:
    """A run of hypothesis words, and the position before which it goes."""

    start: int
    length: int
    target: int

    def apply(self, words: Ids) -> Ids:
        """Return the words after the move."""
        end = self.start + self.length
        if self.target < self.start:
            cuts = [(0, self.target), (self.start, end), (self.target, self.start), (end, None)]
        elif self.target > end:
            cuts = [(0, self.start), (end, self.target), (self.start, end), (self.target, None)]
        else:  # into itself: sacreBLEU then counts the target from the run's end
            after = self.length + self.target
            cuts = [(0, self.start), (end, after), (self.start, end), (after, None)]
        return np.concatenate([words[slice(*cut)] for cut in cuts])


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each reference word stands in the hypothesis, and for each word whether it is in error (1) or not."""

    position: list[int]
    reference_errors: list[int]
    hypothesis_errors: list[int]


class DistanceMatrix:
    """Edit distances from all beginnings of a hypothesis to all beginnings of one reference, near the diagonal only.

    A cell holds distance less column: then an insertion, one column to the right, leaves it as it is, and the best
    chain of insertions is a running minimum.

    Args:
        goal: The reference's words, shape (n,), n > 0.
        n_words: Words of the hypothesis, at least 1.
    """

    def __init__(self, goal: Ids, n_words: int) -> None:
        self.goal = goal
        ratio = len(goal) / n_words
        # Where lengths differ wildly the beam must still reach from one row to the next.
        width = math.ceil(ratio / 2 + _BEAM) if ratio / 2 > _BEAM else _BEAM
        diagonal = [math.floor(i * ratio) for i in range(n_words + 1)]
        columns = len(goal) + 1
        self.bands = [(max(0, column - width), min(columns, column + width)) for column in diagonal]
        self.bands[0] = (0, columns)
        self.bands[-1] = (self.bands[-1][0], columns)

    def rows(self, words: Ids) -> Rows:
        """Return the cells of each row's band; the last cell of all is the distance, less the reference's length."""
        first = [0] * (len(self.goal) + 1)
        return [first, *(row[0].tolist() for row in self._rows(words[None, :], 0, first))]

    def distances(self, candidates: npt.NDArray[np.int32], n_shared: int, rows: Rows) -> list[int]:
        """Return the distance of each candidate.

        Args:
            candidates: Shape (n, n_words).
            n_shared: How many words at the start all share with the words that `rows` are of, less than all.
            rows: As `rows` returned them.
        """
        step = max(1, _CELLS // len(self.goal))
        distances: list[int] = []
        for i in range(0, len(candidates), step):
            *_, last = self._rows(candidates[i : i + step], n_shared, rows[n_shared])
            distances += (last[:, -1] + len(self.goal)).tolist()
        return distances

    def _rows(self, words: npt.NDArray[np.int32], start: int, row: list[int]) -> Iterator[npt.NDArray[np.int32]]:
        """Yield the band of each row after `start`, for each of several hypotheses; each is valid until the next."""
        size = len(self.goal) + 2  # column j is at j + 1; before column 0 lies a wall
        before, after = (np.full((len(words), size), _FAR, dtype=np.int32) for _ in range(2))
        low, high = self.bands[start]
        before[:, low + 1 : high + 1] = row
        goal = np.concatenate([[-2], self.goal]).astype(np.int32)
        for i in range(start, words.shape[1]):
            previous_low, previous_high = low, high
            low, high = self.bands[i + 1]
            # Cells outside the last row's band are left over from earlier rows.
            if low == previous_low:
                before[:, low] = _FAR
            if high > previous_high:
                before[:, previous_high + 1 : high + 1] = _FAR
            band = after[:, low + 1 : high + 1]
            np.subtract(before[:, low:high], goal[low:high] == words[:, i, None], out=band)
            np.minimum(band, before[:, low + 1 : high + 1] + 1, out=band)
            np.minimum.accumulate(band, axis=1, out=band)
            yield band
            before, after = after, before

    def alignment(self, words: Ids, rows: Rows) -> Alignment:
        """Return the alignment along the cheapest path; of equals a match or substitution, then a deletion."""
        position = [0] * len(self.goal)
        reference_errors, hypothesis_errors = [0] * len(self.goal), [0] * len(words)
        hypothesis, goal = words.tolist(), self.goal.tolist()
        i, j = len(hypothesis), len(goal)
        while i or j:
            cell = self._cell(rows, i, j)
            differs = i > 0 and j > 0 and hypothesis[i - 1] != goal[j - 1]
            if i and j and cell == self._cell(rows, i - 1, j - 1) - 1 + differs:
                i, j = i - 1, j - 1
                position[j] = i
                hypothesis_errors[i] = reference_errors[j] = int(differs)
            elif i and cell == self._cell(rows, i - 1, j) + 1:
                i -= 1
                hypothesis_errors[i] = 1
            else:
                j -= 1
                position[j] = i - 1
                reference_errors[j] = 1
        return Alignment(position, reference_errors, hypothesis_errors)

    def _cell(self, rows: Rows, i: int, j: int) -> int:
        low, high = self.bands[i]
        return rows[i][j - low] if low <= j < high else _FAR


def n_edits(hypothesis: Sequence[str], reference: Sequence[str]) -> int:
    """Return the insertions, deletions, substitutions and moves that turn `hypothesis` into `reference`."""
    if not reference or not hypothesis:
        return len(hypothesis) + len(reference)
    if hypothesis == reference:
        return 0
    vocabulary: dict[str, int] = {}
    goal = np.array([vocabulary.setdefault(word, len(vocabulary)) for word in reference], dtype=np.int32)
    words = np.array([vocabulary.get(word, -1) for word in hypothesis], dtype=np.int32)
    matrix = DistanceMatrix(goal, len(words))
    n_moves = n_candidates = 0
    while True:
        rows = matrix.rows(words)
        distance = rows[-1][-1] + len(goal)
        # Candidates past the limit end the search before any is made, so none of them need be measured.
        moves = list(islice(_moves(words, goal, matrix.alignment(words, rows)), _MOST_CANDIDATES - n_candidates))
        n_candidates += len(moves)
        if not moves or n_candidates >= _MOST_CANDIDATES:
            return n_moves + distance
        n_shared = min(min(move.start, move.target) for move in moves)
        candidates = [move.apply(words) for move in moves]
        distances = matrix.distances(np.array(candidates), n_shared, rows)
        best = min(range(len(moves)), key=lambda i: _preference(moves[i], distances[i]))
        if distances[best] >= distance:
            return n_moves + distance
        words = candidates[best]
        n_moves += 1


def _preference(move: Move, distance: int) -> tuple[int, int, int, int]:
    return distance, -move.length, move.start, move.target


def _moves(words: Ids, goal: Ids, alignment: Alignment) -> Iterator[Move]:
    """Yield the moves worth a try: of a run in error to where the reference has the same run, in error there too."""
    position = alignment.position
    for start, goal_start, length in _shared_runs(words, goal, alignment):
        if start <= position[goal_start] < start + length:
            continue
        last = -1
        for i in range(goal_start - 1, min(goal_start + length, len(position))):
            target = 0 if i == -1 else position[i] + 1
            if target != last:
                last = target
                yield Move(start, length, target)


def _shared_runs(words: Ids, goal: Ids, alignment: Alignment) -> Iterator[tuple[int, int, int]]:
    """Yield start in the hypothesis, start in the reference and length of equal runs with an error on either side."""
    hypothesis, reference = words.tolist(), goal.tolist()
    places: dict[int, list[int]] = {}
    for j, word in enumerate(reference):
        places.setdefault(word, []).append(j)
    hypothesis_needs = _until_error(alignment.hypothesis_errors)
    reference_needs = _until_error(alignment.reference_errors)
    for i, word in enumerate(hypothesis):
        here = places.get(word, [])
        if hypothesis_needs[i] > _LONGEST_MOVE:
            continue
        near = here[bisect_left(here, i - _FARTHEST_MOVE) : bisect_right(here, i + _FARTHEST_MOVE)]
        for j in near:
            shortest = max(hypothesis_needs[i], reference_needs[j])
            if shortest <= _LONGEST_MOVE:
                for length in range(shortest, _run_length(hypothesis, reference, i, j) + 1):
                    yield i, j, length


def _run_length(hypothesis: list[int], reference: list[int], i: int, j: int) -> int:
    longest = min(_LONGEST_MOVE, len(hypothesis) - i, len(reference) - j)
    length = 1
    while length < longest and hypothesis[i + length] == reference[j + length]:
        length += 1
    return length


def _until_error(errors: list[int]) -> list[int]:
    """Return for each position the length of the shortest run from there that holds an error; long where none does."""
    needs = [0] * len(errors)
    need = _LONGEST_MOVE + 1
    for i in range(len(errors) - 1, -1, -1):
        need = 1 if errors[i] else need + 1
        needs[i] = need
    return needs
