"""mT5's encoder and the first step of its decoder (Raffel et al. 2020, Xue et al. 2021); agrees with transformers'."""

from __future__ import annotations

import math
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

# One matrix under three names, of which a file may have any.
_EMBEDDINGS = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
_BLOCK = re.compile(r"(encoder|decoder)\.block\.(\d+)\.")
_RELATIVE_BIAS = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"


@dataclass(frozen=True)
class MT5:
    """An mT5 with its weights, without the output.

    Attributes:
        weights: By their names in a checkpoint.
        embeddings: Shape (vocabulary, dim).
        n_layers: Of encoder and decoder.
        epsilon: Of the norms.
        longest: The distance from which on all are alike.
    """

    weights: Mapping[str, torch.Tensor]
    embeddings: torch.Tensor
    n_layers: tuple[int, int]
    epsilon: float
    longest: int

    def first_state(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the decoder's first output.

        Args:
            ids: Tokens, shape (batch, length); no padding.

        Returns:
            Shape (batch, dim).
        """
        return self._decode(self._encode(ids))

    def _encode(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the encoder's output, shape (batch, length, dim)."""
        states = self.embeddings[ids]
        bias = self._position_bias(ids.shape[1])
        for block in range(self.n_layers[0]):
            prefix = f"encoder.block.{block}.layer."
            read = self._norm(states, f"{prefix}0.layer_norm")
            states = states + self._attend(read, read, f"{prefix}0.SelfAttention", bias)
            states = states + self._feed(states, f"{prefix}1")
        return self._norm(states, "encoder.final_layer_norm")

    def _decode(self, encoded: torch.Tensor) -> torch.Tensor:
        """Return the decoder's first output; its one token attends to itself alone, so only values matter there."""
        states = self.embeddings[:1].expand(len(encoded), 1, -1)  # the padding token, 0, starts decoding
        for block in range(self.n_layers[1]):
            prefix = f"decoder.block.{block}.layer."
            itself = self._linear(self._norm(states, f"{prefix}0.layer_norm"), f"{prefix}0.SelfAttention.v")
            states = states + self._linear(itself, f"{prefix}0.SelfAttention.o")
            read = self._norm(states, f"{prefix}1.layer_norm")
            states = states + self._attend(read, encoded, f"{prefix}1.EncDecAttention", None)
            states = states + self._feed(states, f"{prefix}2")
        return self._norm(states, "decoder.final_layer_norm")[:, 0]

    def _attend(
        self, queries: torch.Tensor, values: torch.Tensor, prefix: str, bias: torch.Tensor | None
    ) -> torch.Tensor:
        from torch.nn import functional

        n_heads = self.weights[_RELATIVE_BIAS].shape[1]

        def heads(states: torch.Tensor, part: str) -> torch.Tensor:
            return self._linear(states, f"{prefix}.{part}").view(*states.shape[:2], n_heads, -1).transpose(1, 2)

        query, key, value = heads(queries, "q"), heads(values, "k"), heads(values, "v")
        # T5 does not divide by the root of the width.
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=1.0)
        return self._linear(attended.transpose(1, 2).flatten(2), f"{prefix}.o")

    def _feed(self, states: torch.Tensor, prefix: str) -> torch.Tensor:
        from torch.nn import functional

        read, name = self._norm(states, f"{prefix}.layer_norm"), f"{prefix}.DenseReluDense"
        gate = functional.gelu(self._linear(read, f"{name}.wi_0"), approximate="tanh")
        return self._linear(gate * self._linear(read, f"{name}.wi_1"), f"{name}.wo")

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return states @ self.weights[f"{name}.weight"].T

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        """Return states of root mean square 1, scaled; nothing is subtracted."""
        mean_square = states.square().mean(-1, keepdim=True)
        return states * (mean_square + self.epsilon).rsqrt() * self.weights[f"{name}.weight"]

    def _position_bias(self, length: int) -> torch.Tensor:
        """Return what the encoder adds to attention by distance, shape (1, heads, length, length)."""
        import torch

        table = self.weights[_RELATIVE_BIAS]
        place = torch.arange(length, device=table.device)
        buckets = bucket(place[None, :] - place[:, None], len(table), self.longest)
        return table[buckets].permute(2, 0, 1)[None]


def bucket(distance: torch.Tensor, n_buckets: int, longest: int) -> torch.Tensor:
    """Return T5's bucket of signed distances: half of them for each side, exact when near, logarithmic when far."""
    import torch

    side, exact = n_buckets // 2, n_buckets // 4
    far = distance.abs()
    steps = (far.clamp(min=1).float() / exact).log() / math.log(longest / exact) * (side - exact)
    logarithmic = (exact + steps.long()).clamp(max=side - 1)
    return torch.where(far < exact, far, logarithmic) + side * (distance > 0)


def build(tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any], place: Path) -> MT5:
    """Return the model that weights make.

    Args:
        tensors: A checkpoint's.
        config: As in config.json.
        place: For messages.

    Raises:
        ModelError: Weights are missing, do not fit together or not the config, or are of another architecture.
    """
    if config.get("model_type", "mt5") not in ("mt5", "t5") or config.get("feed_forward_proj") != "gated-gelu":
        raise ModelError(f"{printable(str(place))} is no mT5, which MetricX is made of")
    embeddings = next((tensors[name] for name in _EMBEDDINGS if name in tensors), None)
    if embeddings is None or embeddings.dim() != 2:
        raise ModelError(f"{printable(str(place))} lacks {_EMBEDDINGS[0]}; is it a MetricX?")
    n_layers = _depths(tensors, config, place)
    check(tensors, _shapes(tensors, config, embeddings.shape[1], n_layers, place), place)
    weights = {name: tensor for name, tensor in tensors.items() if name not in _EMBEDDINGS}
    epsilon, longest = config.get("layer_norm_epsilon", 1e-6), config.get("relative_attention_max_distance", 128)
    return MT5(weights, embeddings, n_layers, float(epsilon), int(longest))


def _depths(tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any], place: Path) -> tuple[int, int]:
    blocks = [(match[1], int(match[2])) for name in tensors if (match := _BLOCK.match(name))]
    encoder, decoder = (
        1 + max((n for side, n in blocks if side == wanted), default=-1) for wanted in ("encoder", "decoder")
    )
    n_encoder = config.get("num_layers", encoder)
    stated = (n_encoder, config.get("num_decoder_layers") or n_encoder)
    if stated != (encoder, decoder) or not encoder:
        raise ModelError(
            f"{printable(str(place))}: the config says {stated} layers, the weights have {(encoder, decoder)}"
        )
    return encoder, decoder


def _shapes(
    tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any], dim: int, n_layers: tuple[int, int], place: Path
) -> dict[str, tuple[int, ...]]:
    """Return the shape that each weight must have, given the sizes that a few of them show."""
    samples = ("0.SelfAttention.q.weight", "1.DenseReluDense.wi_0.weight")
    inner, wide = (len(tensors.get(f"encoder.block.0.layer.{name}", ())) for name in samples)
    n_heads = config.get("num_heads")
    if not isinstance(n_heads, int) or n_heads < 1 or inner % n_heads:
        raise ModelError(f"{printable(str(place))}: {n_heads} attention heads do not divide a width of {inner}")
    shapes: dict[str, tuple[int, ...]] = {
        _RELATIVE_BIAS: (int(config.get("relative_attention_num_buckets", 32)), n_heads)
    }
    sides = zip(
        ("encoder", "decoder"), n_layers, (("SelfAttention",), ("SelfAttention", "EncDecAttention")), strict=True
    )
    for side, depth, attentions in sides:
        shapes[f"{side}.final_layer_norm.weight"] = (dim,)
        for block in range(depth):
            shapes |= _block(f"{side}.block.{block}.layer.", attentions, (dim, inner, wide))
    return shapes


def _block(prefix: str, attentions: tuple[str, ...], sizes: tuple[int, int, int]) -> dict[str, tuple[int, ...]]:
    dim, inner, wide = sizes
    shapes: dict[str, tuple[int, ...]] = {f"{prefix}{i}.layer_norm.weight": (dim,) for i in range(len(attentions) + 1)}
    for i, attention in enumerate(attentions):
        shapes |= {f"{prefix}{i}.{attention}.{part}.weight": (inner, dim) for part in "qkv"}
        shapes[f"{prefix}{i}.{attention}.o.weight"] = (dim, inner)
    feed = f"{prefix}{len(attentions)}.DenseReluDense."
    return shapes | {
        f"{feed}wi_0.weight": (wide, dim),
        f"{feed}wi_1.weight": (wide, dim),
        f"{feed}wo.weight": (dim, wide),
    }
