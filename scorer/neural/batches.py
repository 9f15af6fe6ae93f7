"""Sequences of tokens to rows of numbers, in batches of one length."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

S = TypeVar("S", bound=Hashable)

# Tokens of one forward pass: on a CPU more is not faster, and memory stays bounded; elsewhere more is.
TOKENS_ON_CPU = 512
TOKENS_ELSEWHERE = 8192


def run(
    sequences: Iterable[S],
    length: Callable[[S], int],
    forward: Callable[[Sequence[S]], torch.Tensor],
    device: str,
) -> dict[S, torch.Tensor]:
    """Return a row for each distinct sequence.

    Args:
        sequences: In any order.
        length: Of a sequence, in tokens.
        forward: From sequences of one length to rows, shape (n, dim).
        device: Where it runs; the rows are left there.
    """
    import torch

    limit = TOKENS_ON_CPU if device == "cpu" else TOKENS_ELSEWHERE
    rows: dict[S, torch.Tensor] = {}
    with torch.inference_mode():
        for batch in batches(sorted(dict.fromkeys(sequences), key=length), length, limit):
            rows |= zip(batch, forward(batch), strict=True)
    return rows


def batches(ordered: Sequence[S], length: Callable[[S], int], limit: int) -> Iterator[list[S]]:
    """Yield runs of sequences, which are sorted by length, of one length and at most `limit` tokens, or one."""
    batch: list[S] = []
    for sequence in ordered:
        n_tokens = length(sequence)
        if batch and (n_tokens != length(batch[0]) or n_tokens * (len(batch) + 1) > limit):
            yield batch
            batch = []
        batch.append(sequence)
    if batch:
        yield batch
