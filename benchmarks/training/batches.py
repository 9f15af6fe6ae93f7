"""Groups to batches of tensors: padded token states, targets, and which hypotheses belong together."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from benchmarks.training.corpus import Group, Rated, Tag
from benchmarks.training.states import STEPS, States
from scorer import encoders
from scorer.network import Network, Output, Side

TOKENS_A_BATCH = 3072  # of hypotheses, padding included
TOKENS_A_BATCH_ALONE = 2048  # the same, where each hypothesis has a source of its own
NONE = float("nan")


@dataclass
class Batch:
    """Hypotheses with their sides; targets are NaN where nothing is known.

    Attributes:
        sides: Hypotheses, and every different source and reference once.
        rows: Of each hypothesis, the number of its source and of its reference among these, two of (batch,).
        unread: The references that a batch of MQM read with the source alone does not see, and their numbers.
        groups: The number of each hypothesis's group, (batch,).
        targets: Points in all, of accuracy, of fluency, and the z score, (batch, 4).
        tags: Error, major, and whether each of them is known, (batch, length, 4).
        margins: Least points of accuracy and fluency by which the second of a pair is worse, (batch, 2).
    """

    kind: str
    mode: str
    sides: tuple[Side, Side, Side]
    rows: tuple[torch.Tensor, torch.Tensor]
    unread: tuple[Side, torch.Tensor] | None
    groups: torch.Tensor
    targets: torch.Tensor
    tags: torch.Tensor
    margins: torch.Tensor
    collections: list[str]


class Library:
    """Token states and input embeddings, by text."""

    def __init__(self, states: States) -> None:
        self.states = states
        encoder: Any = encoders.load().encoder
        self.tokenizer = encoder.tokenizer
        words = encoder.weights["embeddings.word_embeddings.weight"].float()
        used = words[torch.from_numpy(np.unique(states.ids[:2_000_000])).long()]
        self.word_mean, self.word_std = used.mean(0), used.std(0)
        self.words = ((words - self.word_mean) / self.word_std).half()

    def side(self, texts: Sequence[str | None]) -> Side:
        """Return the texts' states, padded; `None` is a text that is missing."""
        numbers = [None if text is None else self.states.position(text) for text in texts]
        lengths = [0 if n is None else self.states.length(n) for n in numbers]
        longest = max(1, *lengths)
        states = np.zeros((len(texts), longest, 2, 384), np.int8)
        ids = np.zeros((len(texts), longest), np.int64)
        mask = np.zeros((len(texts), longest), bool)
        for row, (n, length) in enumerate(zip(numbers, lengths, strict=True)):
            if n is not None:
                start = self.states.starts[n]
                states[row, :length] = self.states.states[start : start + length]
                ids[row, :length] = self.states.ids[start : start + length]
                mask[row, :length] = True
        both = torch.from_numpy(states).float() / STEPS
        words = self.words[torch.from_numpy(ids)].float()
        return Side(words, both[:, :, 0], both[:, :, 1], torch.from_numpy(mask))

    def shared(self, texts: Sequence[str | None]) -> tuple[Side, torch.Tensor]:
        """Return a side of the different texts, and the number of each text in it."""
        numbers = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        return self.side(list(numbers)), torch.tensor([numbers[text] for text in texts])

    def token_tags(self, text: str, tags: Sequence[Tag], majors_known: bool) -> np.ndarray[Any, Any]:
        """Return (tokens, 4): error, major, and whether each is known."""
        offsets = self.tokenizer.encode(encoders.plain(text), add_special_tokens=False).offsets
        made = np.zeros((len(offsets), 4), np.float32)
        made[:, 2], made[:, 3] = 1, float(majors_known)
        for start, end, error, major in tags:
            for i, (left, right) in enumerate(offsets):
                first = left + text[left:right][:1].isspace()  # the tokenizer counts the space before a word in
                if first < end and right > start:
                    made[i, 0] = min(1.0, made[i, 0] + error)
                    made[i, 1] = min(1.0, made[i, 1] + major)
        return made

    def has(self, group: Group) -> bool:
        """Return whether all of a group's texts are there."""
        return all(text in self.states for text in group.texts())


def batches(
    library: Library, groups: Sequence[Group], rng: random.Random, *, each: int, modes: Sequence[str]
) -> Iterator[Batch]:
    """Yield batches without end: all groups, in an order of their own in every round, of similar lengths together."""
    length = [
        max(library.states.length(library.states.position(r.hypothesis)) for r in group.rated) for group in groups
    ]
    most = TOKENS_A_BATCH if each > 1 else TOKENS_A_BATCH_ALONE
    while True:
        order = sorted(range(len(groups)), key=lambda i: length[i] * rng.uniform(0.85, 1.15))
        runs, run, longest, n = [], [], 0, 0
        for i in order:
            size = min(each, len(groups[i].rated))
            if run and max(longest, length[i]) * (n + size) > most:
                runs.append(run)
                run, longest, n = [], 0, 0
            run.append(i)
            longest, n = max(longest, length[i]), n + size
        runs.append(run)
        rng.shuffle(runs)
        for run in runs:
            yield collate(library, [groups[i] for i in run], rng, each=each, mode=rng.choice(modes))


def collate(library: Library, groups: Sequence[Group], rng: random.Random | None, *, each: int, mode: str) -> Batch:
    """Return the groups, `each` hypotheses of each at most (drawn at random), read in one mode."""
    rows: list[tuple[int, Group, Rated]] = []
    for number, group in enumerate(groups):
        rated = list(group.rated)
        if rng is not None and len(rated) > each and group.kind not in {"pair", "edit"}:
            rated = rng.sample(rated, each)
        rows += [(number, group, one) for one in rated]
    hypothesis = library.side([one.hypothesis for _, _, one in rows])
    sources, of_source = library.shared([group.source if mode in {"source", "both"} else None for _, group, _ in rows])
    picked = rng.random() if rng is not None and rng.random() < 0.5 else 0.0
    there = [_reference(group, one, picked) for _, group, one in rows]
    references, of_reference = library.shared(there if mode in {"reference", "both"} else [None for _ in rows])
    unread = library.shared(there) if rng is not None and groups[0].kind == "mqm" and mode == "source" else None
    longest = hypothesis.mask.shape[1]
    tags = np.zeros((len(rows), longest, 4), np.float32)
    for i, (_, _, one) in enumerate(rows):
        if one.tags is not None:
            made = library.token_tags(one.hypothesis, one.tags, one.majors_known)
            tags[i, : len(made)] = made[:longest]
    targets = [[NONE if v is None else v for v in (one.total, one.accuracy, one.fluency, one.z)] for _, _, one in rows]
    return Batch(
        groups[0].kind,
        mode,
        (hypothesis, sources, references),
        (of_source, of_reference),
        unread,
        torch.tensor([number for number, _, _ in rows]),
        torch.tensor(targets, dtype=torch.float32),
        torch.from_numpy(tags),
        torch.tensor([group.margin for _, group, _ in rows]),
        [group.collection for _, group, _ in rows],
    )


def read(network: Network, batch: Batch, dtype: torch.dtype = torch.float32, *, unread: bool = False) -> Output:
    """Return what a network says of a batch; every text goes through its own layers once.

    Args:
        network: In `dtype`.
        batch: What it reads.
        dtype: Of the states.
        unread: Whether to read the batch's unread references too, if there are any.
    """
    hypothesis, source, reference = (side.to(dtype) for side in batch.sides)
    of_source, of_reference = batch.rows
    if unread and batch.unread is not None:
        reference, of_reference = batch.unread[0].to(dtype), batch.unread[1]
    whole = None
    if network.whole is not None:
        whole = network.whole(hypothesis, source.taken(of_source), reference.taken(of_reference))
    deep = network.deepened(source).taken(of_source), network.deepened(reference).taken(of_reference)
    return network.judged(network.deepened(hypothesis), *deep, whole)


def _reference(group: Group, one: Rated, picked: float) -> str | None:
    """Return the first reference, or the one that `picked` (0 to 1) points at."""
    references = [r for r in one.references or group.references if r != one.hypothesis or group.kind != "mqm"]
    return references[int(picked * len(references))] if references else None
