"""MetricX-23 and -24: an mT5 that reads a sentence made of the texts and says one number (Juraska et al. 2023, 2024).

The number is the first decoding step's logit of `<extra_id_10>`, clipped to 0 to 25. Formulas and names follow
google-research/metricx.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorer import checkpoints, encoders
from scorer.checkpoints import Weights
from scorer.errors import ModelError
from scorer.hparams import read_settings
from scorer.neural import batches, mt5, pieces
from scorer.neural.mt5 import MT5
from scorer.neural.readings import Reading, Texts, label
from scorer.printable import printable
from scorer.tensors import read_row, read_tensors

if TYPE_CHECKING:
    import torch

# The longest input in training, end token included.
WINDOW = {23: 1024, 24: 1536}
LARGEST = 25.0
# All sizes of mT5 have one vocabulary.
TOKENIZER = "google/mt5-large"
_ANSWER = 250089  # <extra_id_10>
_OUTPUT = "lm_head.weight"


@dataclass(frozen=True)
class MetricX:
    """A loaded checkpoint.

    Attributes:
        model: mT5 without its output.
        answer: The output's row that is the score, scaled as the output is, shape (dim,).
        generation: 23 or 24.
        tokenizer: mT5's.
        device: Where it runs.
        label: The checkpoint's name and digest, for signatures.
    """

    model: MT5
    answer: torch.Tensor
    generation: int
    tokenizer: pieces.Pieces
    device: str
    label: str

    def read(self, texts: Sequence[Texts]) -> list[Reading]:
        """Return the score of each hypothesis, 0 to 25, lower is better, and how many tokens were not read."""
        tokens = [row[: self._room] for row in self._tokens(texts)]
        scores = batches.run(tokens, len, self._answers, self.device)
        return [Reading(float(scores[row]), n) for row, n in zip(tokens, self.unread(texts), strict=True)]

    def unread(self, texts: Sequence[Texts]) -> list[int]:
        """Return how many tokens of each lie beyond what the model reads."""
        return [max(0, len(row) - self._room) for row in self._tokens(texts)]

    @property
    def _room(self) -> int:
        # The end token is left out, as it is in training; it counts in the window all the same.
        return WINDOW[self.generation] - 1

    def _tokens(self, texts: Sequence[Texts]) -> list[tuple[int, ...]]:
        return self.tokenizer.encode([sentence(each, self.generation) for each in texts])

    def _answers(self, sequences: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Return a score for each sequence of one length, shape (n,)."""
        import torch

        states = self.model.first_state(torch.tensor(sequences, device=self.device))
        return (states @ self.answer).clamp(0.0, LARGEST)


def sentence(texts: Texts, generation: int) -> str:
    """Return what MetricX reads; a generation has the texts in its own order."""
    candidate = f"candidate: {texts.hypothesis}"
    if generation == 23:
        other = f"source: {texts.source}" if texts.reference is None else f"reference: {texts.reference}"
        return f"{candidate} {other}"
    reference = "" if texts.reference is None else f" reference: {texts.reference}"
    return f"source: {texts.source or ''} {candidate}{reference}"


def load(model: str, tokenizer: str, generation: int) -> MetricX:
    """Return a checkpoint, loaded at the first call.

    Args:
        model: A folder or a hub name.
        tokenizer: Another with mT5's tokenizer; "" for the model's own folder, else `google/mt5-large`.
        generation: 23 or 24.

    Raises:
        ModelError: It is missing, damaged or of another kind.
    """
    return _load(model, tokenizer, generation)


@functools.lru_cache(maxsize=2)
def _load(model: str, tokenizer: str, generation: int) -> MetricX:
    place = checkpoints.folder(model)
    config = read_settings(place / "config.json")
    words = pieces.load(_tokenizer_folder(place, tokenizer))
    found = checkpoints.find(place)
    device = encoders.device()
    built = mt5.build(read_tensors(found, device, skip=(_OUTPUT,)), config, place)
    answer = _answer(found, built.embeddings, config, device, place)
    name = label(model, found, place / "config.json", words.path)
    return MetricX(built, answer, generation, words, device, name)


def _tokenizer_folder(place: Path, tokenizer: str) -> Path:
    if not tokenizer and pieces.has_tokenizer(place):
        return place
    try:
        return checkpoints.folder(tokenizer or TOKENIZER, weights=False)
    except ModelError as error:
        raise ModelError(f"{error}; MetricX comes without a tokenizer: name that of mT5 by tokenizer=FOLDER") from error


def _answer(
    found: Weights, embeddings: torch.Tensor, config: Mapping[str, Any], device: str, place: Path
) -> torch.Tensor:
    """Return the one row of the output that is read; the whole output is as large as the embeddings."""
    row = read_row(found, _OUTPUT, _ANSWER, device)
    dim, tied = embeddings.shape[1], bool(config.get("tie_word_embeddings", False))
    if row is None and tied and len(embeddings) > _ANSWER:
        row = embeddings[_ANSWER]
    if row is None or len(row) != dim:
        raise ModelError(f"{printable(str(place))} lacks the row {_ANSWER} of {_OUTPUT}; is it a MetricX?")
    return row * dim**-0.5 if tied else row
