"""The encoder of BERT (Devlin et al. 2019), as XLM-R, InfoXLM and BLEURT have it; agrees with transformers'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorer.errors import ModelError
from scorer.printable import printable
from scorer.tensors import check

if TYPE_CHECKING:
    import torch

_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
# Width of an attention head where no config.json tells their number: BERT's, and that of all its larger kin.
_HEAD = 64


@dataclass(frozen=True)
class Bert:
    """An encoder with its weights, under the names that follow `bert.` or `encoder.model.` in a checkpoint."""

    weights: Mapping[str, torch.Tensor]
    n_layers: int
    n_heads: int
    epsilon: float
    activation: str
    first_position: int

    @property
    def dim(self) -> int:
        """Return the width of a token's vector."""
        return int(self.weights["encoder.layer.0.output.dense.bias"].shape[0])

    @property
    def window(self) -> int:
        """Return the most tokens that can be read at once."""
        return int(self.weights["embeddings.position_embeddings.weight"].shape[0]) - self.first_position

    def layers(self, ids: torch.Tensor, types: torch.Tensor | None = None) -> list[torch.Tensor]:
        """Return the embeddings and each layer's output, n_layers + 1 of them.

        Args:
            ids: Tokens, shape (batch, length); no padding.
            types: 0 or 1 for each token, the same shape; all 0 by default.

        Returns:
            Each of shape (batch, length, dim).
        """
        import torch

        word, position, kind = (
            self.weights[f"embeddings.{n}_embeddings.weight"] for n in ("word", "position", "token_type")
        )
        start = self.first_position
        states = (
            word[ids] + position[start : start + ids.shape[1]] + kind[torch.zeros_like(ids) if types is None else types]
        )
        states = self._norm(states, "embeddings.LayerNorm")
        if "encoder.embedding_projection.weight" in self.weights:
            states = self._linear(states, "encoder.embedding_projection")
        outputs = [states]
        for layer in range(self.n_layers):
            outputs.append(self._layer(outputs[-1], f"encoder.layer.{layer}."))
        return outputs

    def _layer(self, states: torch.Tensor, prefix: str) -> torch.Tensor:
        from torch.nn import functional

        batch, length, dim = states.shape
        heads = (batch, length, self.n_heads, dim // self.n_heads)
        query, key, value = (
            self._linear(states, f"{prefix}attention.self.{part}").view(heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        attended = (
            functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, length, dim)
        )
        attended = self._linear(attended, f"{prefix}attention.output.dense")
        states = self._norm(states + attended, f"{prefix}attention.output.LayerNorm")
        wide = self._linear(states, f"{prefix}intermediate.dense")
        wide = functional.gelu(wide, approximate="none" if self.activation == "gelu" else "tanh")
        return self._norm(states + self._linear(wide, f"{prefix}output.dense"), f"{prefix}output.LayerNorm")

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        from torch.nn import functional

        return functional.linear(states, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        from torch.nn import functional

        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return functional.layer_norm(states, weight.shape, weight, bias, self.epsilon)


def build(
    tensors: Mapping[str, torch.Tensor], prefix: str, config: Mapping[str, Any], place: Path, *, first_position: int = 0
) -> Bert:
    """Return the encoder whose weights' names begin with `prefix`.

    Args:
        tensors: A checkpoint's.
        prefix: With its final dot.
        config: As in config.json; what it leaves out is BERT's or follows from the weights.
        place: For messages.
        first_position: The number of the first token's position; XLM-R's is 2.

    Raises:
        ModelError: Weights are missing, do not fit together or not the config, or are of another architecture.
    """
    weights = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    n_layers = 1 + max((int(match[1]) for name in weights if (match := _LAYER.match(name))), default=-1)
    shapes = _shapes(weights, n_layers, place)
    check(weights, shapes, place)
    dim = shapes["encoder.layer.0.output.dense.bias"][0]
    n_positions, n_tokens = (len(weights[f"embeddings.{name}_embeddings.weight"]) for name in ("position", "word"))
    sizes = {"num_hidden_layers": n_layers, "hidden_size": dim}
    sizes |= {"max_position_embeddings": n_positions, "vocab_size": n_tokens}
    for name, found in sizes.items():
        if config.get(name, found) != found:
            raise ModelError(
                f"{printable(str(place))}: the config says {name} {config[name]}, the weights have {found}"
            )
    n_heads, activation = config.get("num_attention_heads", dim // _HEAD), config.get("hidden_act", "gelu")
    if not isinstance(n_heads, int) or n_heads < 1 or dim % n_heads:
        raise ModelError(f"{printable(str(place))}: {n_heads} attention heads do not divide a width of {dim}")
    if activation not in ("gelu", "gelu_new", "gelu_pytorch_tanh"):
        raise ModelError(f"{printable(str(place))}: the activation {printable(str(activation))} is not known")
    epsilon = float(config.get("layer_norm_eps", 1e-5 if first_position else 1e-12))
    return Bert(weights, n_layers, n_heads, epsilon, activation, first_position)


def _shapes(weights: Mapping[str, torch.Tensor], n_layers: int, place: Path) -> dict[str, tuple[int, ...]]:
    """Return the shape that each weight must have, given the sizes that a few of them show."""
    sizes = ("embeddings.word_embeddings.weight", "encoder.layer.0.intermediate.dense.weight")
    if any(name not in weights or weights[name].dim() != 2 for name in sizes):
        raise ModelError(f"{printable(str(place))} holds no encoder of the kind of BERT or XLM-R")
    (vocabulary, narrow), (wide, dim) = (tuple(weights[name].shape) for name in sizes)
    rows = {"word": vocabulary} | {
        name: len(weights.get(f"embeddings.{name}_embeddings.weight", ())) for name in ("position", "token_type")
    }
    shapes: dict[str, tuple[int, ...]] = {
        f"embeddings.{name}_embeddings.weight": (n, narrow) for name, n in rows.items()
    }
    shapes |= _pair("embeddings.LayerNorm", (narrow,))
    if narrow != dim or "encoder.embedding_projection.weight" in weights:
        shapes |= _pair("encoder.embedding_projection", (dim, narrow))
    for layer in range(n_layers):
        prefix = f"encoder.layer.{layer}."
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= _pair(f"{prefix}attention.{part}", (dim, dim))
        shapes |= _pair(f"{prefix}attention.output.LayerNorm", (dim,)) | _pair(f"{prefix}output.LayerNorm", (dim,))
        shapes |= _pair(f"{prefix}intermediate.dense", (wide, dim)) | _pair(f"{prefix}output.dense", (dim, wide))
    return shapes


def _pair(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
