"""The learned metric: segments to expected MQM points and error tags, token by token.

What it reads is what the bundled encoder says of source, hypothesis and references (`scorer.network` has the
architecture, `models/learned/` the weights and their card). Padding is masked, so a segment's numbers are the same in
any company to about 1e-5.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scorer import assets, encoders
from scorer.assets import SHIPPED, Model
from scorer.encoders import Embedding
from scorer.types import Segment, Span

if TYPE_CHECKING:
    import torch

    from scorer.network import Network, Output, Side

Floats = npt.NDArray[np.float64]

WEIGHTS = "learned/network.safetensors"
# A hypothesis is judged in windows of this many tokens, beside as much of the other texts as may belong to them.
WINDOW = 256
MARGIN = 64
# Tokens of hypotheses in one forward pass, padding included.
TOKENS_A_BATCH = 1024
# What the memory keeps: estimates are a few numbers a token.
N_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected of each token of a hypothesis, n of them.

    Attributes:
        accuracy: Points of accuracy that it costs, shape (n,), 0 and more, lower is better.
        fluency: Points of fluency, likewise; by the hypothesis alone, whatever lies beside it.
        error: Probability that it is part of an error, shape (n,).
        major: Probability that the error, if it is one, is a major one, shape (n,).
        spans: The tokens' characters.
    """

    accuracy: Floats
    fluency: Floats
    error: Floats
    major: Floats
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A window of a hypothesis with what it is read beside; ranges are of tokens."""

    hypothesis: Embedding
    source: Embedding | None
    reference: Embedding | None
    first: int
    last: int


def version(model: Model = SHIPPED) -> str:
    """Return a digest of the network's weights."""
    return hashlib.sha256(assets.read(WEIGHTS, model)).hexdigest()[:8]


def estimate(segments: Sequence[Segment], model: Model = SHIPPED) -> list[Estimate]:
    """Return the estimates of hypotheses beside their source and references, as far as there are any.

    With several references each is read in turn and the estimates are averaged. A hypothesis without a token has
    an empty estimate.
    """
    return _memo(model).estimate([_key(segment) for segment in segments])


def head_inputs(segments: Sequence[Segment]) -> list[tuple[npt.NDArray[np.float16], float]]:
    """Return what the shipped network's heads read of each segment, and what share of its points is theirs.

    The states have shape (tokens of all readings, dim). What the heads make of them, summed and times the share, is
    the part of a segment's points that depends on the heads.
    """
    from scorer.network import WHOLE_SHARE

    theirs = 1.0 if _network(SHIPPED).network.whole is None else 1 - WHOLE_SHARE
    found: list[list[npt.NDArray[np.float16]]] = [[] for _ in segments]
    keys = [_key(segment) for segment in segments]
    jobs, _ = _jobs(keys)
    for (number, _), states in zip(jobs, _judge([reading for _, reading in jobs], _run_states), strict=True):
        found[number].append(states.astype(np.float16))
    empty = np.zeros((0, 0), np.float16)
    return [
        (
            np.concatenate(states) if states else empty,
            (theirs if source.strip() or references else 1.0) / max(1, len(references)),
        )
        for states, (_, source, references) in zip(found, keys, strict=True)
    ]


_Key = tuple[str, str, tuple[str, ...]]


def _key(segment: Segment) -> _Key:
    references = tuple(reference for reference in segment.references if reference.strip())
    return segment.hypothesis, segment.source or "", references


class _Memo:
    """Judges each triple of texts once, as long as memory lasts: several metrics and a check ask for the same ones."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.known: dict[_Key, Estimate] = {}

    def estimate(self, keys: Sequence[_Key]) -> list[Estimate]:
        new = [key for key in dict.fromkeys(keys) if key not in self.known]
        fresh = dict(zip(new, _estimate(new, self.model), strict=True)) if new else {}
        found = [fresh[key] if key in fresh else self.known[key] for key in keys]
        self.known.update(fresh)
        for key in list(self.known)[: max(0, len(self.known) - N_KEPT)]:
            del self.known[key]
        return found


@functools.cache
def _memo(model: Model) -> _Memo:
    return _Memo(model)


def _estimate(keys: Sequence[_Key], model: Model) -> list[Estimate]:
    jobs, embedded = _jobs(keys)
    found: list[list[Floats]] = [[] for _ in keys]
    outputs = _judge([reading for _, reading in jobs], lambda readings: _run(readings, model))
    for (number, _), output in zip(jobs, outputs, strict=True):
        found[number].append(output)
    return [
        _joined(outputs, embedded[hypothesis].spans, max(1, len(references)))
        for outputs, (hypothesis, _, references) in zip(found, keys, strict=True)
    ]


def _jobs(keys: Sequence[_Key]) -> tuple[list[tuple[int, _Reading]], dict[str, Embedding]]:
    """Return the readings of all keys, each with its key's place, and the texts' embeddings."""
    texts = list(
        dict.fromkeys(text for hypothesis, source, references in keys for text in (hypothesis, source, *references))
    )
    embedded = dict(zip(texts, encoders.load().embed(texts, sentences=False), strict=True))
    jobs: list[tuple[int, _Reading]] = []
    for number, (hypothesis, source, references) in enumerate(keys):
        other = embedded[source] if source.strip() else None
        for reference in references or (None,):
            beside = embedded[reference] if reference is not None else None
            jobs += [(number, reading) for reading in _windows(embedded[hypothesis], other, beside)]
    return jobs, embedded


def _joined(outputs: Sequence[Floats], spans: tuple[Span, ...], n_readings: int) -> Estimate:
    """Return the windows of each reading in a row, and the readings' mean."""
    if not outputs:
        none = np.zeros(0)
        return Estimate(none, none, none, none, spans)
    size = len(outputs) // n_readings
    readings = [np.concatenate(outputs[start : start + size]) for start in range(0, len(outputs), size)]
    accuracy, fluency, error, major = np.mean(readings, axis=0).T
    return Estimate(accuracy, fluency, error, major, spans)


def _windows(hypothesis: Embedding, source: Embedding | None, reference: Embedding | None) -> Iterator[_Reading]:
    n_tokens = len(hypothesis.spans)
    for first in range(0, n_tokens, WINDOW):
        yield _Reading(hypothesis, source, reference, first, min(first + WINDOW, n_tokens))


def _judge(readings: Sequence[_Reading], run: Callable[[Sequence[_Reading]], list[Floats]]) -> list[Floats]:
    """Return what `run` says of each reading, in order; it gets them in batches of about one length."""
    order = sorted(range(len(readings)), key=lambda i: readings[i].last - readings[i].first)
    found: dict[int, Floats] = {}
    for batch in _batches(order, readings):
        for index, output in zip(batch, run([readings[i] for i in batch]), strict=True):
            found[index] = output
    return [found[i] for i in range(len(readings))]


def _batches(order: Sequence[int], readings: Sequence[_Reading]) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in order:
        length = readings[index].last - readings[index].first
        if batch and length * (len(batch) + 1) > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _run(readings: Sequence[_Reading], model: Model) -> list[Floats]:
    """Return (tokens, 4) for each reading: accuracy, fluency, error, major."""
    import torch

    output = _forward(readings, _network(model))
    with torch.inference_mode():
        tags = torch.sigmoid(output.tags)
        rows = torch.stack([output.accuracy, output.fluency, tags[..., 0], tags[..., 1]], -1).double().cpu().numpy()
    return [row[: r.last - r.first] for row, r in zip(rows, readings, strict=True)]


def _run_states(readings: Sequence[_Reading]) -> list[Floats]:
    """Return (tokens, dim) for each reading: what the head of points reads."""
    loaded = _network(SHIPPED)
    caught: list[torch.Tensor] = []
    handle = loaded.network.points.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
    try:
        _forward(readings, loaded)
    finally:
        handle.remove()
    rows = caught[0].float().cpu().numpy()
    return [row[: r.last - r.first] for row, r in zip(rows, readings, strict=True)]


def _forward(readings: Sequence[_Reading], loaded: _Loaded) -> Output:
    import torch

    hypothesis = [(r.hypothesis, r.first, r.last) for r in readings]
    source = [_beside(r, r.source) for r in readings]
    reference = [_beside(r, r.reference) for r in readings]
    with torch.inference_mode():
        output: Output = loaded.network.read(loaded.side(hypothesis), loaded.side(source), loaded.side(reference))
    return output


_Part = tuple[Embedding, int, int]


def _beside(reading: _Reading, other: Embedding | None) -> _Part | None:
    """Return the tokens of the other text that may belong to a window: all, or those at about the same place."""
    if other is None or not len(other.spans):
        return None
    n_tokens, n_hypothesis = len(other.spans), len(reading.hypothesis.spans)
    if n_tokens <= 2 * WINDOW and n_hypothesis <= WINDOW:
        return other, 0, n_tokens
    ratio = n_tokens / n_hypothesis
    first = max(0, round(reading.first * ratio) - MARGIN)
    return other, min(first, n_tokens - 1), min(n_tokens, round(reading.last * ratio) + MARGIN, first + 3 * WINDOW)


@dataclass(frozen=True)
class _Loaded:
    """The network with what turns the encoder's raw states into its input."""

    network: Network
    words: torch.Tensor
    scales: dict[str, torch.Tensor]

    def side(self, parts: Sequence[_Part | None]) -> Side:
        """Return the parts, padded to the longest; `None` has no token."""
        import torch

        from scorer.network import DIM, Side

        longest = max(1, *(0 if part is None else part[2] - part[1] for part in parts))
        ids = np.zeros((len(parts), longest), np.int64)
        early, late = (np.zeros((len(parts), longest, DIM), np.float32) for _ in range(2))
        mask = np.zeros((len(parts), longest), bool)
        for row, part in enumerate(parts):
            if part is None:
                continue
            embedding, first, last = part
            inner = embedding.inner
            assert inner is not None  # the bundled encoder always gives it
            own = slice(first, last)
            ids[row, : last - first], early[row, : last - first] = inner.ids[own], inner.early[own]
            late[row, : last - first] = embedding.tokens[own] * inner.lengths[own, None]
            mask[row, : last - first] = True
        words = self.words[torch.from_numpy(ids).to(self.words.device)]
        arrays = (words, *(torch.from_numpy(array).to(words.device) for array in (early, late)))
        scaled = [
            (array - self.scales[f"{name}.mean"]) / self.scales[f"{name}.std"]
            for name, array in zip(("words", "early", "late"), arrays, strict=True)
        ]
        return Side(scaled[0], scaled[1], scaled[2], torch.from_numpy(mask).to(words.device))


@functools.lru_cache(maxsize=3)
def _network(model: Model) -> _Loaded:
    import torch
    from safetensors.torch import load

    from scorer.network import loaded

    encoder: Any = encoders.load().encoder
    tensors = {key: tensor.float() for key, tensor in load(assets.read(WEIGHTS, model)).items()}
    scales = {key.removeprefix("scale."): tensors.pop(key) for key in sorted(tensors) if key.startswith("scale.")}
    network = loaded(tensors)
    device = torch.device(encoder.device)
    words = encoder.weights["embeddings.word_embeddings.weight"]
    return _Loaded(network.to(device), words, {key: value.to(device) for key, value in scales.items()})
