"""Products with fixed weights, which are laid out once for the processor.

By itself torch rearranges the weights in every product, which costs most where texts are short. oneDNN, which comes
with torch, takes them arranged beforehand and applies GELU on the way (the operators that torch.compile's frozen models
use). A row's product is then the same to the bit whatever rows and threads there are. Where torch does not offer that,
the plain product stands in for it; they agree to about 1e-6.
"""

from __future__ import annotations

import functools
import platform

import torch
from torch import nn
from torch.nn import functional


class Product(nn.Module):
    """`states @ weight.T + bias` for weights that never change, without gradients.

    Args:
        weight: Shape (outputs, inputs).
        bias: Shape (outputs,).
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        super().__init__()
        self._bias = bias
        self._packed = weight.device.type == "cpu" and _offered()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous()) if self._packed else weight

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return the product, (..., outputs)."""
        return self._product(states, "none")

    def gelu(self, states: torch.Tensor) -> torch.Tensor:
        """Return GELU of the product, (..., outputs)."""
        return self._product(states, "gelu")

    def _product(self, states: torch.Tensor, then: str) -> torch.Tensor:
        if self._packed:
            return _operator(states, self._weight, self._bias, then)
        plain = functional.linear(states, self._weight, self._bias)
        return functional.gelu(plain) if then == "gelu" else plain


def gelu(linear: nn.Module, states: torch.Tensor) -> torch.Tensor:
    """Return GELU (Hendrycks and Gimpel 2016) of what a linear module makes of the states."""
    return linear.gelu(states) if isinstance(linear, Product) else functional.gelu(linear(states))


def pack(module: nn.Module) -> None:
    """Put products in the place of all linear modules within a module, which is only to be used from then on."""
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear):
            setattr(module, name, Product(child.weight.detach(), child.bias.detach()))
        else:
            pack(child)


def _operator(states: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, then: str) -> torch.Tensor:
    # Exact GELU is the algorithm "none"; the other one is "tanh".
    product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(states, weight, bias, then, [], "none")
    return product


@functools.cache
def _offered() -> bool:
    """Return whether torch has the operators and they do what they should; measured on x86-64 only."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    states, weight, bias = (torch.linspace(-1, 1, n) for n in (3 * 32, 64 * 32, 64))
    states, weight = states.view(3, 32), weight.view(64, 32)
    try:
        with torch.inference_mode():
            made = _operator(states, torch.ops.mkldnn._reorder_linear_weight(weight), bias, "gelu")
    except (AttributeError, RuntimeError):  # no such operator, or of another kind: they are torch's own business
        return False
    return torch.allclose(made, functional.gelu(functional.linear(states, weight, bias)), atol=1e-4)
