"""COMET checkpoints: what their settings say, and which weights they must have."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scorer import checkpoints, encoders
from scorer.errors import ModelError
from scorer.hparams import read_settings
from scorer.neural import bert, pieces
from scorer.neural.bert import Bert
from scorer.neural.comet import REFERENCELESS, REGRESSION, UNIFIED, Comet
from scorer.neural.readings import label
from scorer.printable import printable
from scorer.tensors import check, read_tensors

if TYPE_CHECKING:
    import torch

# How many vectors stand side by side before the final network.
_BLOCKS = {REGRESSION: 6, REFERENCELESS: 4, UNIFIED: 1}
_POOLS = ("avg", "max", "cls", "default")
_ACTIVATIONS = ("Tanh", "Sigmoid", "ReLU", "GELU", "LeakyReLU", "SiLU", "ELU", "Softplus")
# XLM-R numbers positions behind its padding token's number, 1.
_FIRST_POSITION = 2


def load(model: str, tokenizer: str) -> Comet:
    """Return a checkpoint, loaded at the first call.

    Args:
        model: A folder or a hub name.
        tokenizer: Another with the encoder's tokenizer and config.json; "" for the model's own folder, else the hub
            name of the encoder that it was trained from.

    Raises:
        ModelError: It is missing, damaged or of another kind.
    """
    return _load(model, tokenizer)


@functools.lru_cache(maxsize=2)
def _load(model: str, tokenizer: str) -> Comet:
    place = checkpoints.folder(model)
    settings = read_settings(place / "hparams.yaml")
    _understood(settings, place)
    spoken = _tokenizer_folder(place, tokenizer, settings)
    config = read_settings(spoken / "config.json") if (spoken / "config.json").is_file() else {}
    words = pieces.load(spoken)
    weights = checkpoints.find(place)
    device = encoders.device()
    tensors = read_tensors(weights, device)
    encoder = bert.build(tensors, "encoder.model.", config, place, first_position=_FIRST_POSITION)
    return Comet(
        settings,
        encoder,
        _mix(tensors, settings, encoder, place),
        _estimator(tensors, settings, encoder, place),
        words,
        device,
        label(model, weights, place / "hparams.yaml", words.path),
    )


def _understood(settings: Mapping[str, Any], place: Path) -> None:
    """Refuse settings that would be scored by other formulas than the checkpoint was trained with."""
    allowed: dict[str, Sequence[object]] = {
        "class_identifier": tuple(_BLOCKS),
        "encoder_model": ("XLM-RoBERTa", None),
        "pool": (*_POOLS, None),
        "activations": (*_ACTIVATIONS, None),
        "final_activation": (*_ACTIVATIONS, None),
        "layer_transformation": ("softmax", "sparsemax", "sparsemax_patch", None),
    }
    for name, known in allowed.items():
        if settings.get(name) not in known:
            listed = ", ".join(str(each) for each in known if each)
            found = printable(str(settings.get(name)), 60)
            raise ModelError(f"{printable(str(place))}: hparams.yaml has {name} {found}; known: {listed}")


def _tokenizer_folder(place: Path, tokenizer: str, settings: Mapping[str, Any]) -> Path:
    if tokenizer:
        return checkpoints.folder(tokenizer, weights=False)
    if pieces.has_tokenizer(place):
        return place
    trained_from = str(settings.get("pretrained_model") or "xlm-roberta-large")
    try:
        return checkpoints.folder(trained_from, weights=False)
    except ModelError as error:
        raise ModelError(
            f"{error}; or put its tokenizer.json beside the model, or name it: tokenizer=FOLDER"
        ) from error


def _mix(tensors: Mapping[str, torch.Tensor], settings: Mapping[str, Any], encoder: Bert, place: Path) -> torch.Tensor:
    import torch

    layer = settings.get("sent_layer" if settings["class_identifier"] == UNIFIED else "layer", "mix")
    n = encoder.n_layers + 1
    if isinstance(layer, int) and 0 <= layer < n:
        return torch.eye(n, device=tensors["encoder.model.embeddings.LayerNorm.weight"].device)[layer]
    if layer != "mix":
        raise ModelError(f"{printable(str(place))}: hparams.yaml has layer {printable(str(layer))} of {n}")
    names = [f"layerwise_attention.scalar_parameters.{i}" for i in range(n)]
    check(tensors, dict.fromkeys([*names, "layerwise_attention.gamma"], (1,)), place)
    scalars = torch.cat([tensors[name] for name in names])
    # The kiwis say sparsemax_patch and were trained and are run with softmax: Unbabel/COMET#195.
    sparse = settings.get("layer_transformation") == "sparsemax"
    return tensors["layerwise_attention.gamma"] * (sparsemax(scalars) if sparse else scalars.softmax(0))


def _estimator(
    tensors: Mapping[str, torch.Tensor], settings: Mapping[str, Any], encoder: Bert, place: Path
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    hidden = settings.get("hidden_sizes")
    if not isinstance(hidden, list) or not all(isinstance(size, int) for size in hidden):
        raise ModelError(f"{printable(str(place))}: hparams.yaml has no hidden_sizes")
    widths = [_BLOCKS[settings["class_identifier"]] * encoder.dim, *hidden, 1]
    # Between two linear layers stand an activation and dropout, which have numbers too.
    names = [f"estimator.ff.{3 * i}" for i in range(len(widths) - 1)]
    for name, (n_in, n_out) in zip(names, itertools.pairwise(widths), strict=True):
        check(tensors, {f"{name}.weight": (n_out, n_in), f"{name}.bias": (n_out,)}, place)
    return [(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in names]


def sparsemax(weights: torch.Tensor) -> torch.Tensor:
    """Return the nearest point of the simplex (Martins and Astudillo 2016), shape as given, of one dimension."""
    import torch

    ordered = weights.sort(descending=True).values
    excess = ordered.cumsum(0) - 1
    counts = torch.arange(1, len(weights) + 1, device=weights.device)
    n = int((counts * ordered > excess).sum())
    return (weights - excess[n - 1] / n).clamp(min=0)
