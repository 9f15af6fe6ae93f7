"""Which words of a text look out of place: a small head on the bundled encoder's token vectors.

The head learned to tell damaged words from sound ones (benchmarks/fit_oddity.py, models/oddity.safetensors): it knows
collocation and form, not facts. It reads one text and needs nothing to compare it with.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scorer import assets, words
from scorer.encoders import Embedding, Vectors
from scorer.types import Span

Words = tuple[tuple[Span, float], ...]

# A word this likely to have been damaged is worth showing (benchmarks/results/oddity.md).
SHOWN = 0.5


@functools.cache
def _head() -> dict[str, npt.NDArray[np.float32]]:
    from safetensors.numpy import load

    loaded: dict[str, npt.NDArray[np.float32]] = load(assets.read("oddity.safetensors"))
    return loaded


def version() -> str:
    """Return a digest of the head's weights."""
    import hashlib

    return hashlib.sha256(assets.read("oddity.safetensors")).hexdigest()[:8]


def of_tokens(vectors: Vectors) -> npt.NDArray[np.float64]:
    """Return each token's probability of being damaged; vectors have shape (n, dim), the result (n,)."""
    head = _head()
    hidden = vectors @ head["hidden.weight"].T + head["hidden.bias"]
    hidden = 0.5 * hidden * (1 + np.tanh(np.sqrt(2 / np.pi) * (hidden + 0.044715 * hidden**3)))
    logits = (hidden @ head["out.weight"].T + head["out.bias"])[:, 0].astype(np.float64)
    odds: npt.NDArray[np.float64] = 1 / (1 + np.exp(-logits))
    return odds


def of_words(text: str, embedding: Embedding) -> Words:
    """Return the words of a text, each with its probability: its tokens' mean."""
    if not len(embedding.tokens):
        return ()
    by_token = of_tokens(embedding.tokens)
    return tuple(
        (span, float(np.mean(by_token[first:last])))
        for span in words.spans(text)
        if (found := tokens_of(span, embedding.spans)) and (first := found[0]) < (last := found[1])
    )


def tokens_of(span: Span, spans: Sequence[Span]) -> tuple[int, int]:
    """Return the range of tokens that share a character with a span; tokens are in order."""
    import bisect

    first = bisect.bisect_right(spans, span[0], key=lambda token: token[1])
    last = bisect.bisect_left(spans, span[1], key=lambda token: token[0])
    return first, last
