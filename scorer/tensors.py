"""Weights out of safetensors files, and whether they are what a model is made of."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scorer.checkpoints import Weights, converted_folder
from scorer.errors import ModelError
from scorer.printable import printable

if TYPE_CHECKING:
    import torch


def read_tensors(weights: Weights, device: str, skip: Iterable[str] = ()) -> dict[str, torch.Tensor]:
    """Return a model's tensors by name, in single precision, without those in `skip`.

    Raises:
        ModelError: A file is damaged or no safetensors.
    """
    from safetensors import SafetensorError, safe_open

    tensors: dict[str, torch.Tensor] = {}
    left_out = set(skip)
    for path in weights.files:
        try:
            with safe_open(path, "pt", device=device) as file:
                names = [name for name in file.keys() if name not in left_out]  # noqa: SIM118 - not a dictionary
                tensors |= {name: file.get_tensor(name).float() for name in names}
                aliases = json.loads((file.metadata() or {}).get("aliases", "{}"))
        except (SafetensorError, OSError, ValueError) as error:
            raise ModelError(_damaged(path, error)) from error
        tensors |= {name: tensors[same] for name, same in aliases.items() if same in tensors and name not in left_out}
    return tensors


def read_row(weights: Weights, name: str, row: int, device: str) -> torch.Tensor | None:
    """Return one row of a matrix, in single precision; `None` where there is no such matrix or row."""
    from safetensors import SafetensorError, safe_open

    for path in weights.files:
        try:
            with safe_open(path, "pt", device=device) as file:
                known = json.loads((file.metadata() or {}).get("aliases", "{}")).get(name, name)
                if known in file.keys():  # noqa: SIM118 - not a dictionary
                    matrix = file.get_slice(known)
                    return matrix[row].float() if row < matrix.get_shape()[0] else None
        except (SafetensorError, OSError, ValueError) as error:
            raise ModelError(_damaged(path, error)) from error
    return None


def _damaged(path: Path, error: Exception) -> str:
    if path.parent == converted_folder():
        with contextlib.suppress(OSError):
            path.unlink()
        return f"{printable(str(path))} was damaged ({error}) and has been removed; run again to convert it anew"
    return f"{printable(str(path))} is damaged or no safetensors file: {printable(str(error), 200)}"


def check(tensors: Mapping[str, torch.Tensor], shapes: Mapping[str, tuple[int, ...]], place: Path) -> None:
    """Compare tensors with the names and shapes that a model has.

    Raises:
        ModelError: One is missing or has another shape.
    """
    missing = [name for name in shapes if name not in tensors]
    if missing:
        raise ModelError(f"{printable(str(place))} lacks {len(missing)} of its weights, the first is {missing[0]}")
    for name, shape in shapes.items():
        if tuple(tensors[name].shape) != shape:
            found = tuple(tensors[name].shape)
            raise ModelError(f"{printable(str(place))}: {name} has the shape {found}, where {shape} belongs")
