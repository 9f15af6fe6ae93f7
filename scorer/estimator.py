"""The learned metric: segments to expected MQM points and error tags, token by token.

What it reads is what the bundled encoder says of source, hypothesis and references (`scorer.network` has the
architecture, `models/learned/` the weights and their card). Padding is masked, so a segment's numbers are the same in
any company to about 1e-5.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scorer import assets, encoders
from scorer.assets import SHIPPED, Model
from scorer.encoders import Embedding, Inner
from scorer.types import Segment, Span

if TYPE_CHECKING:
    import torch

    from scorer.network import Network, Output, Side

Floats = npt.NDArray[np.floating[Any]]

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


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A run of a text's tokens, `first` to before `last`; of one text and one run there is one part."""

    text: Embedding
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def run(self) -> slice:
        """Return where its tokens are."""
        return slice(self.first, self.last)

    @property
    def inner(self) -> Inner:
        """Return what the bundled encoder, which always gives it, knows of its text."""
        assert self.text.inner is not None
        return self.text.inner


@dataclass(frozen=True, slots=True)
class _Reading:
    """A window of a hypothesis with what it is read beside."""

    hypothesis: _Part
    source: _Part | None
    reference: _Part | None

    @property
    def parts(self) -> tuple[_Part, _Part | None, _Part | None]:
        """Return them in the network's order."""
        return self.hypothesis, self.source, self.reference


_Read = Callable[[Sequence[_Reading], Mapping[_Part, Floats]], "torch.Tensor"]


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

    loaded = _network(SHIPPED)
    theirs = 1.0 if loaded.network.whole is None else 1 - WHOLE_SHARE

    def heads_read(readings: Sequence[_Reading], late: Mapping[_Part, Floats]) -> torch.Tensor:
        caught: list[torch.Tensor] = []
        handle = loaded.network.points.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0]))
        try:
            loaded.read(readings, late)
        finally:
            handle.remove()
        return caught[0].float()

    found: list[list[npt.NDArray[np.float16]]] = [[] for _ in segments]
    keys = [_key(segment) for segment in segments]
    jobs, _ = _jobs(keys)
    readings = [reading for _, reading in jobs]
    for (number, _), states in zip(jobs, _judge(readings, loaded, heads_read), strict=True):
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
    import torch

    jobs, embedded = _jobs(keys)
    found: list[list[Floats]] = [[] for _ in keys]
    loaded = _network(model)

    def four(readings: Sequence[_Reading], late: Mapping[_Part, Floats]) -> torch.Tensor:
        output = loaded.read(readings, late)
        return torch.stack([output.accuracy, output.fluency, *torch.sigmoid(output.tags).unbind(-1)], -1)

    outputs = _judge([reading for _, reading in jobs], loaded, four)
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
    known: dict[tuple[str, int, int], _Part] = {}

    def part(text: str, span: Span) -> _Part:
        return known.setdefault((text, *span), _Part(embedded[text], *span))

    def beside(text: str | None, window: Span, n_hypothesis: int) -> _Part | None:
        n_tokens = len(embedded[text].spans) if text is not None and text.strip() else 0
        return part(text, _beside(window, n_hypothesis, n_tokens)) if text is not None and n_tokens else None

    jobs: list[tuple[int, _Reading]] = []
    for number, (hypothesis, source, references) in enumerate(keys):
        n_tokens = len(embedded[hypothesis].spans)
        for reference in references or (None,):
            for first in range(0, n_tokens, WINDOW):
                window = first, min(first + WINDOW, n_tokens)
                others = (beside(text, window, n_tokens) for text in (source, reference))
                jobs.append((number, _Reading(part(hypothesis, window), *others)))
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


def _beside(window: Span, n_hypothesis: int, n_tokens: int) -> Span:
    """Return the tokens of another text that may belong to a window: all, or those at about the same place."""
    if n_tokens <= 2 * WINDOW and n_hypothesis <= WINDOW:
        return 0, n_tokens
    ratio = n_tokens / n_hypothesis
    first = max(0, round(window[0] * ratio) - MARGIN)
    return min(first, n_tokens - 1), min(n_tokens, round(window[1] * ratio) + MARGIN, first + 3 * WINDOW)


def _judge(readings: Sequence[_Reading], loaded: _Loaded, read: _Read) -> list[Floats]:
    """Return what `read` says of each reading's tokens, in order; it gets readings in batches of about one length.

    Each part goes through the network's own layers once, in however many readings it stands.
    """
    late = loaded.late(list(dict.fromkeys(part for r in readings for part in r.parts if part is not None)))
    found: dict[int, Floats] = {}
    for batch in _batches([len(reading.hypothesis) for reading in readings]):
        rows = read([readings[i] for i in batch], late).double().cpu().numpy()
        found.update((index, row[: len(readings[index].hypothesis)]) for index, row in zip(batch, rows, strict=True))
    return [found[i] for i in range(len(readings))]


def _batches(lengths: Sequence[int], *, padded: bool = True) -> Iterator[list[int]]:
    """Yield numbers of parts of about one length, or of just one, as many as one pass takes."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        other = not padded and batch and lengths[index] != lengths[batch[0]]
        if batch and (other or lengths[index] * (len(batch) + 1) > TOKENS_A_BATCH):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


@dataclass(frozen=True)
class _Loaded:
    """The network with what turns the encoder's raw states into its input."""

    network: Network
    words: torch.Tensor
    scales: dict[str, torch.Tensor]

    def read(self, readings: Sequence[_Reading], late: Mapping[_Part, Floats]) -> Output:
        """Return what the network says of readings; `late` is what its own layers say of their parts."""
        import torch

        sides = [list(side) for side in zip(*(reading.parts for reading in readings), strict=True)]
        with torch.inference_mode():
            padded = [self._padded(side, late.__getitem__) for side in sides]
            output: Output = self.network.read([self._side(side) for side in sides], padded)
        return output

    def late(self, parts: Sequence[_Part]) -> dict[_Part, Floats]:
        """Return what the network's own layers say of each part, (tokens, dim), whatever company it is in.

        A network without such layers goes by what the encoder says.
        """
        import torch

        if not self.network.deep:
            return {part: self._scaled("late", self._padded([part], _late))[0].cpu().numpy() for part in parts}
        found: dict[_Part, Floats] = {}
        for batch in _batches([len(part) for part in parts], padded=False):
            taken = [parts[i] for i in batch]
            with torch.inference_mode():
                early = self._scaled("early", self._padded(taken, _early))
                states = self.network.deeper(early, early.new_ones(early.shape[:2], dtype=torch.bool))
            found.update(zip(taken, states.cpu().numpy(), strict=True))
        return found

    def _side(self, parts: Sequence[_Part | None]) -> Side:
        """Return the parts, padded to the longest; `None` has no token."""
        import torch

        from scorer.network import Side

        early, late = (self._padded(parts, states) for states in (_early, _late))
        ids, mask = torch.zeros(early.shape[:2], dtype=torch.long), torch.zeros(early.shape[:2], dtype=torch.bool)
        for row, part in enumerate(parts):
            if part is not None:
                ids[row, : len(part)] = torch.from_numpy(part.inner.ids[part.run]).long()
                mask[row, : len(part)] = True
        words = self.words[ids.to(self.words.device)]
        return Side(
            self._scaled("words", words),
            self._scaled("early", early),
            self._scaled("late", late),
            mask.to(words.device),
        )

    def _padded(self, parts: Sequence[_Part | None], states: Callable[[_Part], Any]) -> torch.Tensor:
        """Return some states of the parts, (parts, longest, dim); a part that is missing, and what it lacks, is 0."""
        import torch

        from scorer.network import DIM

        longest = max(1, *(0 if part is None else len(part) for part in parts))
        array = np.zeros((len(parts), longest, DIM), np.float32)
        for row, part in enumerate(parts):
            if part is not None:
                array[row, : len(part)] = states(part)
        return torch.from_numpy(array).to(self.words.device)

    def _scaled(self, name: str, states: torch.Tensor) -> torch.Tensor:
        return (states - self.scales[f"{name}.mean"]) / self.scales[f"{name}.std"]


def _early(part: _Part) -> npt.NDArray[np.float16]:
    return part.inner.early[part.run]


def _late(part: _Part) -> Floats:
    """Return the encoder's own late states."""
    raw: Floats = part.text.tokens[part.run] * part.inner.lengths[part.run, None]
    return raw


@functools.lru_cache(maxsize=3)
def _network(model: Model) -> _Loaded:
    import torch
    from safetensors.torch import load

    from scorer import linear
    from scorer.network import loaded

    encoder: Any = encoders.load().encoder
    tensors = {key: tensor.float() for key, tensor in load(assets.read(WEIGHTS, model)).items()}
    scales = {key.removeprefix("scale."): tensors.pop(key) for key in sorted(tensors) if key.startswith("scale.")}
    device = torch.device(encoder.device)
    network = loaded(tensors).to(device)
    linear.pack(network)
    words = encoder.weights["embeddings.word_embeddings.weight"]
    return _Loaded(network, words, {key: value.to(device) for key, value in scales.items()})
