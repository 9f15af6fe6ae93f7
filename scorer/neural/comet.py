"""COMET and CometKiwi: an XLM-R encoder, a mix of its layers, and a small network on top.

Three kinds of checkpoint, told apart by `class_identifier` in hparams.yaml: `regression_metric` (Rei et al. 2020,
wmt22-comet-da), `referenceless_regression_metric` (wmt20-comet-qe-da) and `unified_metric` (Rei et al. 2022,
wmt22-cometkiwi-da; with references as UniTE, Wan et al. 2022). Formulas and names follow unbabel-comet 2.2.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scorer.neural import batches, pieces
from scorer.neural.bert import Bert
from scorer.neural.readings import Reading, Texts

if TYPE_CHECKING:
    import torch

Ids = tuple[int, ...]

REGRESSION, REFERENCELESS, UNIFIED = "regression_metric", "referenceless_regression_metric", "unified_metric"


@dataclass(frozen=True)
class Comet:
    """A loaded checkpoint.

    Attributes:
        settings: As in hparams.yaml.
        encoder: XLM-R or InfoXLM.
        mix: How much of each layer a token's vector takes, shape (n_layers + 1,).
        estimator: The final network's (weight, bias), first to last.
        tokenizer: The encoder's.
        device: Where it runs.
        label: The checkpoint's name and digest, for signatures.
    """

    settings: Mapping[str, Any]
    encoder: Bert
    mix: torch.Tensor
    estimator: Sequence[tuple[torch.Tensor, torch.Tensor]]
    tokenizer: pieces.Pieces
    device: str
    label: str

    @property
    def kind(self) -> str:
        """Return `regression_metric`, `referenceless_regression_metric` or `unified_metric`."""
        return str(self.settings["class_identifier"])

    @property
    def takes_reference(self) -> bool:
        """Return whether a reference can be read."""
        return self.kind == REGRESSION or (self.kind == UNIFIED and "ref" in self._segments)

    @property
    def needs_reference(self) -> bool:
        """Return whether nothing can be said without one."""
        return self.kind == REGRESSION or (self.kind == UNIFIED and "src" not in self._segments)

    def read(self, texts: Sequence[Texts]) -> list[Reading]:
        """Return the score of each hypothesis, and how many tokens lay beyond the encoder's window.

        Args:
            texts: Those without a reference are scored against the source alone.
        """
        tokens = self._tokens(texts)
        inputs = [self._inputs(each, tokens) for each in texts]
        sequences = (sequence for each in inputs for sequence, _ in each)
        vectors = batches.run(sequences, len, self._vectors, self.device)
        scores = self._scores([[vectors[sequence] for sequence, _ in each] for each in inputs])
        return [Reading(score, self._count(each)) for score, each in zip(scores, inputs, strict=True)]

    def unread(self, texts: Sequence[Texts]) -> list[int]:
        """Return how many tokens of each lie beyond the encoder's window."""
        tokens = self._tokens(texts)
        return [self._count(self._inputs(each, tokens)) for each in texts]

    def _count(self, inputs: Sequence[tuple[Ids, int]]) -> int:
        # A unified model reads one text in up to three sequences; the others read each text in its own.
        return (max if self.kind == UNIFIED else sum)(n for _, n in inputs)

    @property
    def _segments(self) -> Sequence[str]:
        return self.settings.get("input_segments") or ("mt", "src", "ref")

    def _tokens(self, texts: Sequence[Texts]) -> dict[str, Ids]:
        distinct = list(dict.fromkeys(part for each in texts for part in each if part is not None))
        return dict(zip(distinct, self.tokenizer.encode(distinct), strict=True))

    def _inputs(self, texts: Texts, tokens: Mapping[str, Ids]) -> list[tuple[Ids, int]]:
        """Return what goes through the encoder: each text by itself, or the hypothesis joined with others."""
        source, hypothesis, reference = (() if part is None else tokens[part] for part in texts)
        if self.kind == REGRESSION:
            return [self._joined(each) for each in (source, hypothesis, reference)]
        if self.kind == REFERENCELESS:
            return [self._joined(each) for each in (source, hypothesis)]
        against_source = "src" in self._segments
        against_reference = "ref" in self._segments and texts.reference is not None
        singles = ((source, against_source), (reference, against_reference))
        others: list[tuple[Ids, ...]] = [(text,) for text, read in singles if read]
        if against_source and against_reference:
            others.append((source, reference))
        return [self._joined(hypothesis, *each) for each in others]

    def _joined(self, *parts: Ids) -> tuple[Ids, int]:
        """Return `<s> a </s></s> b </s>`, cut where upstream cuts it, and how many tokens that left out."""
        start, end, window = self.tokenizer.number("<s>"), self.tokenizer.number("</s>"), self.encoder.window
        kept = [part[: window - 4] for part in parts]
        joined = kept[0]
        for part in kept[1:]:
            joined = (*joined, end, end, *part)
        whole = (start, *joined, end)
        return whole[:window], sum(map(len, parts)) - sum(map(len, kept)) + max(0, len(whole) - window)

    def _vectors(self, sequences: Sequence[Ids]) -> torch.Tensor:
        """Return a vector for each sequence of one length, shape (n, dim)."""
        import torch

        layers = self.encoder.layers(torch.tensor(sequences, device=self.device))
        states = self._mixed(layers)
        pool = "cls" if self.kind == UNIFIED else self.settings.get("pool", "avg")
        if pool == "avg":
            return states.mean(dim=1)
        if pool == "max":
            return states.amax(dim=1)
        return (layers[-1] if pool == "default" else states)[:, 0]

    def _mixed(self, layers: Sequence[torch.Tensor]) -> torch.Tensor:
        states = layers[0].new_zeros(layers[0].shape)
        for weight, layer in zip(self.mix, layers, strict=True):
            states = states + weight * (normalised(layer) if self.settings.get("layer_norm", True) else layer)
        return states

    def _scores(self, rows: Sequence[Sequence[torch.Tensor]]) -> list[float]:
        """Return a score for each text's vectors."""
        import torch

        if not rows:
            return []
        with torch.inference_mode():
            if self.kind == UNIFIED:  # the mean of what it says against the source, the reference and both
                flat = self._estimate(torch.stack(list(itertools.chain.from_iterable(rows)))).tolist()
                said = iter(flat)
                means = [[next(said) for _ in row] for row in rows]
                return [sum(each) / len(each) for each in means]
            scores: list[float] = self._estimate(torch.stack([features(*row) for row in rows])).tolist()
            return scores

    def _estimate(self, states: torch.Tensor) -> torch.Tensor:
        import torch
        from torch.nn import functional

        final = self.settings.get("final_activation")
        for weight, bias in self.estimator[:-1]:
            states = getattr(torch.nn, str(self.settings.get("activations", "Tanh")))()(
                functional.linear(states, weight, bias)
            )
        states = functional.linear(states, *self.estimator[-1])
        return (getattr(torch.nn, str(final))()(states) if final else states)[:, 0]


def features(source: torch.Tensor, hypothesis: torch.Tensor, reference: torch.Tensor | None = None) -> torch.Tensor:
    """Return what a regression sees of three texts, or two: shape (6 * dim,) or (4 * dim,)."""
    import torch

    against_source = (hypothesis * source, (hypothesis - source).abs())
    if reference is None:
        return torch.cat([hypothesis, source, *against_source])
    against_reference = (hypothesis * reference, (hypothesis - reference).abs())
    return torch.cat([hypothesis, reference, *against_reference, *against_source])


def normalised(states: torch.Tensor) -> torch.Tensor:
    """Return a layer's output with mean 0 and variance 1 over all of a text's numbers."""
    centred = states - states.mean(dim=(1, 2), keepdim=True)
    scaled: torch.Tensor = centred / (centred.square().mean(dim=(1, 2), keepdim=True) + 1e-12).sqrt()
    return scaled
