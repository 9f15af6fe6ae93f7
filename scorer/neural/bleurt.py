"""BLEURT: an encoder that reads reference and hypothesis together (Sellam et al. 2020; Pu et al. 2021, BLEURT-20).

Checkpoints as lucadiliello/bleurt-pytorch converts them (`bleurt.…`), or as a BERT for sequence classification
(`bert.…`). Formulas and names follow that port, which agrees with Google's.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorer import checkpoints, encoders
from scorer.errors import ModelError
from scorer.hparams import read_settings
from scorer.neural import batches, bert, pieces
from scorer.neural.bert import Bert
from scorer.neural.readings import Reading, Texts, label
from scorer.printable import printable
from scorer.tensors import check, read_tensors

if TYPE_CHECKING:
    import torch

Ids = tuple[int, ...]
_PREFIXES = ("bleurt.", "bert.")


@dataclass(frozen=True)
class Bleurt:
    """A loaded checkpoint.

    Attributes:
        encoder: RemBERT or BERT.
        head: The pooler's and the classifier's weights.
        tokenizer: The encoder's.
        device: Where it runs.
        label: The checkpoint's name and digest, for signatures.
    """

    encoder: Bert
    head: Mapping[str, torch.Tensor]
    tokenizer: pieces.Pieces
    device: str
    label: str

    def read(self, texts: Sequence[Texts]) -> list[Reading]:
        """Return the score of each hypothesis, about 0 to 1, and how many tokens lay beyond the encoder's window."""
        kept = [fitting(*pair, self.encoder.window - 3) for pair in self._pairs(texts)]
        scores = batches.run(kept, lambda pair: len(pair[0]) + len(pair[1]) + 3, self._scores, self.device)
        return [Reading(float(scores[pair]), n) for pair, n in zip(kept, self.unread(texts), strict=True)]

    def unread(self, texts: Sequence[Texts]) -> list[int]:
        """Return how many tokens of each pair lie beyond the encoder's window."""
        room = self.encoder.window - 3
        return [max(0, len(left) + len(right) - room) for left, right in self._pairs(texts)]

    def _pairs(self, texts: Sequence[Texts]) -> list[tuple[Ids, Ids]]:
        distinct = list(dict.fromkeys(part for each in texts for part in (each.reference or "", each.hypothesis)))
        tokens = dict(zip(distinct, self.tokenizer.encode(distinct), strict=True))
        return [(tokens[each.reference or ""], tokens[each.hypothesis]) for each in texts]

    def _scores(self, pairs: Sequence[tuple[Ids, Ids]]) -> torch.Tensor:
        """Return a score for each pair of one length together, shape (n,)."""
        import torch
        from torch.nn import functional

        start, end = self.tokenizer.number("[CLS]"), self.tokenizer.number("[SEP]")
        ids = torch.tensor([(start, *left, end, *right, end) for left, right in pairs], device=self.device)
        kinds = [[0] * (len(left) + 2) + [1] * (len(right) + 1) for left, right in pairs]
        first = self.encoder.layers(ids, torch.tensor(kinds, device=self.device))[-1][:, 0]
        pooled = functional.linear(first, self.head["pooler.weight"], self.head["pooler.bias"]).tanh()
        scores: torch.Tensor = functional.linear(pooled, self.head["classifier.weight"], self.head["classifier.bias"])[
            :, 0
        ]
        return scores


def fitting(left: Ids, right: Ids, room: int) -> tuple[Ids, Ids]:
    """Return the beginnings of two texts that fit together, cut token by token from the longer one."""
    if len(left) + len(right) <= room:
        return left, right
    n_right = min(len(right), max(room // 2, room - len(left)))
    return left[: room - n_right], right[:n_right]


def load(model: str, tokenizer: str) -> Bleurt:
    """Return a checkpoint, loaded at the first call.

    Args:
        model: A folder or a hub name.
        tokenizer: Another with the tokenizer; "" for the model's own.

    Raises:
        ModelError: It is missing, damaged or of another kind.
    """
    return _load(model, tokenizer)


@functools.lru_cache(maxsize=2)
def _load(model: str, tokenizer: str) -> Bleurt:
    place = checkpoints.folder(model)
    config = read_settings(place / "config.json")
    words = pieces.load(checkpoints.folder(tokenizer, weights=False) if tokenizer else place)
    found = checkpoints.find(place)
    device = encoders.device()
    tensors = read_tensors(found, device)
    prefix = next((each for each in _PREFIXES if any(name.startswith(each) for name in tensors)), None)
    if prefix is None:
        raise ModelError(f"{printable(str(place))} is no BLEURT: none of its weights is called bleurt… or bert…")
    encoder = bert.build(tensors, prefix, config, place)
    dim = encoder.dim
    names = {f"{prefix}pooler.dense": (dim, dim), "classifier": (1, dim)}
    for name, shape in names.items():
        check(tensors, {f"{name}.weight": shape, f"{name}.bias": shape[:1]}, place)
    head = {
        f"{short}.{kind}": tensors[f"{name}.{kind}"]
        for short, name in zip(("pooler", "classifier"), names, strict=True)
        for kind in ("weight", "bias")
    }
    return Bleurt(encoder, head, words, device, label(model, found, place / "config.json", words.path))
