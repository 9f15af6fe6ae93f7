"""BLEU (Papineni et al. 2002), the scores and the signature of sacreBLEU 2.6.0 (Post 2018).

Range [0, 100], higher is better. A segment alone is scored with effective order, as by sacreBLEU's `sentence_bleu`.
Undefined where hypothesis and references are all blank; a blank hypothesis of a real reference has 0.
Statistics: tokens of the hypothesis, tokens of the nearest reference in length, matched n-grams for n from 1 to 4,
n-grams of the hypothesis for n from 1 to 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.bleu import BLEU

from scorer import metrics, ngrams, tokenizers
from scorer.types import Need, Segment, Stats

ORDER = 4


@metrics.register("bleu")
@dataclass(frozen=True)
class Bleu:
    """BLEU under sacreBLEU's settings.

    Attributes:
        tokenize: One of `tokenizers.NAMES`. "auto" is 13a until `settled` knows the language.
        lowercase: Ignore case.
        smooth_method: What a count of 0 becomes: "exp", "floor", "add-k" or "none".
        effective_order: Leave out the n-gram orders that a hypothesis is too short for.
        n_references: References per segment, for the signature; `None` where it varies.
    """

    name: ClassVar[str] = "bleu"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})
    higher_is_better: ClassVar[bool] = True
    tokenize: str = "auto"
    lowercase: bool = False
    smooth_method: str = "exp"
    effective_order: bool = False
    n_references: int | None = 1

    def __post_init__(self) -> None:
        """Refuse settings that sacreBLEU does not know.

        Raises:
            ValueError: A setting has no such value.
            MissingExtra: The tokenizer's dictionary is not installed.
        """
        tokenizers.require(self._tokenize)
        if self.smooth_method not in BLEU.SMOOTH_DEFAULTS:
            known = ", ".join(BLEU.SMOOTH_DEFAULTS)
            raise ValueError(f"unknown smooth_method {self.smooth_method!r}; known: {known}")

    def settled(self, language: str | None, n_references: int | None) -> Bleu:
        """Return this metric with what depends on the data settled: the tokenizer and the number of references."""
        tokenize = tokenizers.for_language(language)[0] if self.tokenize == "auto" else self.tokenize
        return replace(self, tokenize=tokenize, n_references=n_references)

    def segment_level(self) -> Bleu:
        """Return the metric that finishes, and signs, the row of a single segment."""
        return replace(self, effective_order=True)

    def signature(self) -> str:
        """Return sacreBLEU's signature after this metric's name."""
        sacrebleu = BLEU(
            lowercase=self.lowercase,
            tokenize=self._tokenize,
            smooth_method=self.smooth_method,
            effective_order=self.effective_order,
        )
        sacrebleu.num_refs = -1 if self.n_references is None else self.n_references
        return f"bleu|{sacrebleu.get_signature()}"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return lengths, matched and all n-grams for each segment."""
        vocabulary: dict[str, int] = {}
        groups = [
            (self._ids(segment.hypothesis, vocabulary), [self._ids(text, vocabulary) for text in segment.references])
            for segment in segments
        ]
        matched = ngrams.matches(groups, ORDER).tolist()
        return [
            (
                len(hypothesis),
                nearest_length(len(hypothesis), map(len, references)),
                *row,
                *ngrams.n_ngrams(len(hypothesis), ORDER),
            )
            for (hypothesis, references), row in zip(groups, matched, strict=True)
        ]

    def finish(self, stats: Stats) -> float | None:
        """Return the score as sacreBLEU finishes it; `None` for blank texts."""
        n_hypothesis, n_reference = int(stats[0]), int(stats[1])
        if not n_hypothesis and not n_reference:
            return None
        counts = list(stats)  # compute_bleu adds to its arguments
        return float(
            BLEU.compute_bleu(
                counts[2 : 2 + ORDER],  # type: ignore[arg-type]
                counts[2 + ORDER :],  # type: ignore[arg-type]
                n_hypothesis,
                n_reference,
                smooth_method=self.smooth_method,
                effective_order=self.effective_order,
                max_ngram_order=ORDER,
            ).score
        )

    def finish_many(self, stats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the score of each row of sums, NaN where undefined; `finish` for many, to the ninth decimal.

        Args:
            stats: Shape (m, 10).
        """
        n_hypothesis, n_reference = stats[:, 0], stats[:, 1]
        whole = (stats[:, 2:] > 0).all(axis=1) & (n_hypothesis > 0)
        scores = np.full(len(stats), np.nan)
        if self.smooth_method == "add-k":
            whole[:] = False
        precisions = stats[whole, 2 : 2 + ORDER] / stats[whole, 2 + ORDER :]
        brevity = np.minimum(0.0, 1.0 - n_reference[whole] / n_hypothesis[whole])
        scores[whole] = 100 * np.exp(brevity + np.log(precisions).mean(axis=1))
        for i in np.flatnonzero(~whole):  # rare: some order has no match and must be smoothed
            score = self.finish(tuple(stats[i].tolist()))
            scores[i] = np.nan if score is None else score
        return scores

    @property
    def _tokenize(self) -> str:
        return tokenizers.DEFAULT if self.tokenize == "auto" else self.tokenize

    def _ids(self, text: str, vocabulary: dict[str, int]) -> ngrams.Ints:
        return ngrams.token_ids(
            tokenizers.tokenizer(self._tokenize)(text.lower() if self.lowercase else text), vocabulary
        )


def nearest_length(length: int, others: Sequence[int] | map[int]) -> int:
    """Return which of `others` is nearest to `length`; the smaller of two as near."""
    return min(others, key=lambda other: (abs(other - length), other))
