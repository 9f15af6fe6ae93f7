"""Translation edit rate (Snover et al. 2006), the scores and the signature of sacreBLEU 2.6.0.

Edits per 100 words of the reference: 0 and above, lower is better. A blank hypothesis of a real reference has 100.
Undefined where hypothesis and references are all blank, and for a text of more than `MOST_WORDS` words (see
`reason_undefined`).
Statistics: edits to the nearest reference, mean words of the references.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.ter import TER
from sacrebleu.tokenizers.tokenizer_ter import TercomTokenizer

from scorer import metrics
from scorer.tercom import n_edits
from scorer.types import Need, Segment, Stats

# The search for moves takes 4 seconds at worst for texts of this length; it grows with the product of both.
MOST_WORDS = 5_000

_CHARACTER_WISE = frozenset({"zh", "ja", "yue", "wuu", "lzh"})
_normalised = inspect.unwrap(TercomTokenizer.__call__)


@metrics.register("ter")
@dataclass(frozen=True)
class Ter:
    """TER under sacreBLEU's settings.

    Attributes:
        normalized: Part punctuation from words. `None`: with `asian_support` only.
        asian_support: Take Chinese characters and Japanese kanji as words. `None`: as soon as `settled` knows the
            language.
        no_punct: Leave punctuation out.
        case_sensitive: Heed case.
        n_references: References per segment, for the signature; `None` where it varies.
    """

    name: ClassVar[str] = "ter"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.REFERENCE})
    higher_is_better: ClassVar[bool] = False
    normalized: bool | None = None
    asian_support: bool | None = None
    no_punct: bool = False
    case_sensitive: bool = False
    n_references: int | None = 1

    def settled(self, language: str | None, n_references: int | None) -> Ter:
        """Return this metric with what depends on the data settled: words of Asian scripts, number of references."""
        code = (language or "").replace("_", "-").split("-")[0].lower()
        asian = code in _CHARACTER_WISE if self.asian_support is None else self.asian_support
        normalized = asian if self.normalized is None else self.normalized
        return replace(self, asian_support=asian, normalized=normalized, n_references=n_references)

    def signature(self) -> str:
        """Return sacreBLEU's signature after this metric's name."""
        sacrebleu = TER(bool(self.normalized), self.no_punct, bool(self.asian_support), self.case_sensitive)
        sacrebleu.num_refs = -1 if self.n_references is None else self.n_references
        return f"ter|{sacrebleu.get_signature()}"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        """Return (edits, words of the references) for each segment."""
        return [self._row(segment) for segment in segments]

    def finish(self, stats: Stats) -> float | None:
        """Return edits per 100 words; 100 for a hypothesis of blank references, `None` where nothing is there."""
        n_edited, n_words = stats
        if n_words:
            return 100 * (n_edited / n_words)
        return 100.0 if n_edited else None

    def finish_many(self, stats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the score of each row of sums, NaN where undefined; `finish` for many.

        Args:
            stats: Shape (m, 2).
        """
        n_edited, n_words = stats.T
        without_words = np.where(n_edited > 0, 100.0, np.nan)
        return np.where(n_words > 0, 100 * (n_edited / np.where(n_words > 0, n_words, 1)), without_words)

    def reason_undefined(self, segment: Segment) -> str | None:
        """Return why a segment that has text gets no score, or `None`."""
        hypothesis, references = self._words(segment.hypothesis), [self._words(text) for text in segment.references]
        if _n_words_too_many(hypothesis, references) and hypothesis not in references:
            longest = max(map(len, [hypothesis, *references]))
            return f"too long for TER: {longest:,} words, at most {MOST_WORDS:,}"
        return None

    def _row(self, segment: Segment) -> Stats:
        hypothesis, references = self._words(segment.hypothesis), [self._words(text) for text in segment.references]
        n_words = sum(map(len, references)) / len(references)
        if hypothesis in references:
            return 0, n_words
        if _n_words_too_many(hypothesis, references):
            return 0, 0
        return min(n_edits(hypothesis, reference) for reference in references), n_words

    def _words(self, text: str) -> list[str]:
        # Unwrapped: sacreBLEU remembers 65,536 lines, however long they are.
        words: list[str] = _normalised(self._tokenizer, text.rstrip()).split()
        return words

    @cached_property
    def _tokenizer(self) -> TercomTokenizer:
        return TercomTokenizer(bool(self.normalized), self.no_punct, bool(self.asian_support), self.case_sensitive)


def _n_words_too_many(hypothesis: list[str], references: list[list[str]]) -> bool:
    return max(map(len, [hypothesis, *references])) > MOST_WORDS
