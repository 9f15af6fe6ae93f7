"""chrF and chrF++ (Popović 2015, 2017), the scores and the signatures of sacreBLEU 2.6.0.

Range [0, 100], higher is better. Undefined where hypothesis and references are all blank; a blank hypothesis of a real
reference has 0, and so has the reverse.
Statistics: for each n-gram order, characters first, the n-grams of the hypothesis (where the reference has any), of the
reference, and those in both; last the characters of both texts, which tell a blank pair from a pair that shares
nothing. Of several references the best counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.chrf import CHRF

from scorer import metrics, ngrams
from scorer.types import Need, Segment, Stats

HIGHEST_ORDER = 20


@metrics.register("chrf")
@dataclass(frozen=True)
class Chrf:
    """chrF under sacreBLEU's settings.

    Attributes:
        char_order: Longest character n-gram.
        word_order: Longest word n-gram; 2 makes it chrF++.
        beta: How many times as much recall weighs as precision.
        lowercase: Ignore case.
        whitespace: Count white space as characters.
        n_references: References per segment, for the signature; `None` where it varies.
    """

    name: ClassVar[str] = "chrf"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})
    higher_is_better: ClassVar[bool] = True
    char_order: int = CHRF.CHAR_ORDER
    word_order: int = CHRF.WORD_ORDER
    beta: int = CHRF.BETA
    lowercase: bool = False
    whitespace: bool = False
    n_references: int | None = 1

    def __post_init__(self) -> None:
        """Refuse orders and weights that make no score.

        Raises:
            ValueError: A setting is out of range.
        """
        if not (1 <= self.char_order <= HIGHEST_ORDER and 0 <= self.word_order <= HIGHEST_ORDER):
            raise ValueError(f"orders lie between 1 (words: 0) and {HIGHEST_ORDER}")
        if self.beta < 1:
            raise ValueError(f"beta is at least 1, not {self.beta}")

    def settled(self, language: str | None, n_references: int | None) -> Self:
        """Return this metric with what depends on the data settled: the number of references."""
        return replace(self, n_references=n_references)

    def signature(self) -> str:
        """Return sacreBLEU's signature after this metric's name."""
        self._sacrebleu.num_refs = -1 if self.n_references is None else self.n_references
        # sacreBLEU writes beta into the metric's name, chrF2; ours is plain for its default.
        beta = "" if self.beta == CHRF.BETA else f"|beta:{self.beta}"
        return f"{self.name}{beta}|{self._sacrebleu.get_signature()}"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return n-grams of hypothesis, reference and both, and characters, for each segment."""
        pairs = [(segment.hypothesis, text) for segment in segments for text in segment.references]
        rows = iter(self._pair_rows(pairs))
        return [self._best([next(rows) for _ in segment.references]) for segment in segments]

    def finish(self, stats: Stats) -> float | None:
        """Return the score as sacreBLEU finishes it; `None` for blank texts."""
        return float(self._sacrebleu._compute_f_score(list(stats[:-1]))) if stats[-1] else None  # type: ignore[arg-type]

    def finish_many(self, stats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the score of each row of sums, NaN where undefined; `finish` for many, to the ninth decimal.

        Args:
            stats: Shape (m, 3 * orders + 1).
        """
        in_hypothesis, in_reference, in_both = np.moveaxis(stats[:, :-1].reshape(len(stats), -1, 3), 2, 0)
        effective = (in_hypothesis > 0) & (in_reference > 0)
        n_effective = np.maximum(effective.sum(axis=1), 1)
        precision = (in_both / np.where(effective, in_hypothesis, 1) * effective).sum(axis=1) / n_effective
        recall = (in_both / np.where(effective, in_reference, 1) * effective).sum(axis=1) / n_effective
        weighted = self.beta**2 * precision + recall
        scores = 100 * (1 + self.beta**2) * precision * recall / np.where(weighted > 0, weighted, 1)
        return np.where(stats[:, -1] > 0, scores, np.nan)

    @cached_property
    def _sacrebleu(self) -> CHRF:
        return CHRF(self.char_order, self.word_order, self.beta, self.lowercase, self.whitespace)

    def _best(self, rows: list[Stats]) -> Stats:
        """Return the row with the highest score, the first of equals."""
        if len(rows) == 1:
            return rows[0]
        return max(rows, key=lambda row: self._sacrebleu._compute_f_score(list(row[:-1])))  # type: ignore[arg-type]

    def _pair_rows(self, pairs: Sequence[tuple[str, str]]) -> list[Stats]:
        prepared = {text: text.lower() if self.lowercase else text for pair in pairs for text in pair}
        characters = {text: ngrams.code_points(self._characters(line)) for text, line in prepared.items()}
        vocabulary: dict[str, int] = {}
        words = {text: self._words(line, vocabulary) for text, line in prepared.items()} if self.word_order else {}
        counts = self._triples([(characters[hyp], characters[ref]) for hyp, ref in pairs], self.char_order)
        if self.word_order:
            by_word = self._triples([(words[hyp], words[ref]) for hyp, ref in pairs], self.word_order)
            counts = np.concatenate([counts, by_word], axis=1)
        n_characters = [len(characters[hyp]) + len(characters[ref]) for hyp, ref in pairs]
        return [(*row, n) for row, n in zip(counts.tolist(), n_characters, strict=True)]

    def _characters(self, line: str) -> str:
        return line if self.whitespace else "".join(line.split())

    def _words(self, line: str, vocabulary: dict[str, int]) -> ngrams.Ints:
        return ngrams.token_ids(self._sacrebleu._remove_punctuation(line), vocabulary)

    @staticmethod
    def _triples(pairs: Sequence[tuple[ngrams.Ints, ngrams.Ints]], order: int) -> ngrams.Ints:
        """Return n-grams of the hypothesis, of the reference and of both, shape (n, 3 * order)."""
        lengths = np.array([[len(hyp), len(ref)] for hyp, ref in pairs], dtype=np.int64).reshape(-1, 2)
        n_grams = np.maximum(lengths[:, :, None] - np.arange(order), 0)
        in_hypothesis, in_reference = n_grams[:, 0], n_grams[:, 1]
        in_both = ngrams.matches([(hyp, [ref]) for hyp, ref in pairs], order)
        triples = np.stack([np.where(in_reference > 0, in_hypothesis, 0), in_reference, in_both], axis=2)
        return triples.reshape(len(pairs), 3 * order)


@metrics.register("chrf++")
@dataclass(frozen=True)
class ChrfPlusPlus(Chrf):
    """chrF with word unigrams and bigrams beside the characters."""

    name: ClassVar[str] = "chrf++"
    word_order: int = 2
