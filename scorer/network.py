"""The learned metric's network: reads a hypothesis beside its source and reference, token by token.

Source, hypothesis and reference are encoded one by one by the frozen lower layers of multilingual-e5-small, which any
other part of the package can use as well. On top, three transformer layers, which start as the encoder's layers 10 to
12, let every token of the hypothesis attend to itself, its source and its reference (compare UniTE, Wan et al. 2022,
which encodes all of them in one sequence from the first layer on). What a frozen comparison already knows is given to
the network as input: for each token the softly aligned vector on the other side, as in BERTScore (Zhang et al. 2020).

Points add up over tokens, by construction: a segment's expected penalty is the sum of what its tokens cost. What a
token costs depends on what it is read beside, so a paragraph has only about the points of its sentences
(benchmarks/results/paragraphs.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.nn import functional

from scorer import linear

DIM = 384
HEADS = 12
N_LAYERS = 3
SHARPNESS = 12.0  # of the soft alignment; cosines of centred states
N_SCALARS = 6
HIDDEN_FROM_VIEW = -30_000.0
N_ENDS = 5
N_DIRECT = 3
N_MATCHED = 6
MATCHED = 0.6  # about the cosine of matched tokens, centred
DIRECTLY = 10.0  # so that few numbers are heard beside many
WHOLE_SHARE = 0.5  # of the points, where there is something to compare with; texts alone are judged by their tokens


@dataclass
class Side:
    """Texts of one side, padded: what the frozen layers say of each token.

    Attributes:
        words: The encoder's input embeddings, standardised, (batch, length, dim).
        early: Layer 6, standardised, the same shape.
        late: Layer 9, standardised, the same shape.
        mask: Where there is a token, (batch, length); a text that is missing has none.
    """

    words: torch.Tensor
    early: torch.Tensor
    late: torch.Tensor
    mask: torch.Tensor

    def to(self, dtype: torch.dtype) -> Side:
        """Return the side with its states in another type."""
        return Side(self.words.to(dtype), self.early.to(dtype), self.late.to(dtype), self.mask)

    def taken(self, rows: torch.Tensor) -> Side:
        """Return the side of these rows, which may come more than once."""
        return Side(self.words[rows], self.early[rows], self.late[rows], self.mask[rows])

    def none(self) -> Side:
        """Return as many texts as the side has, all of them missing."""
        states = torch.zeros_like(self.late[:, :1])
        return Side(states, states, states, torch.zeros_like(self.mask[:, :1]))


@dataclass
class Output:
    """What the network says of each token of the hypotheses; nothing where there is none.

    Attributes:
        accuracy: Expected points of accuracy, (batch, length), 0 and more.
        fluency: Expected points of fluency, the same shape.
        tags: Logits, (batch, length, 2): that the token is part of an error; that this error is a major one.
    """

    accuracy: torch.Tensor
    fluency: torch.Tensor
    tags: torch.Tensor


class Layer(nn.Module):
    """One transformer layer (Vaswani et al. 2017, normalised after each part) whose queries are the hypothesis's."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(DIM, DIM)
        self.key_value = nn.Linear(DIM, 2 * DIM)
        self.attended = nn.Linear(DIM, DIM)
        self.attended_norm = nn.LayerNorm(DIM, eps=1e-12)
        self.inner = nn.Linear(DIM, 4 * DIM)
        self.outer = nn.Linear(4 * DIM, DIM)
        self.outer_norm = nn.LayerNorm(DIM, eps=1e-12)

    def forward(self, states: torch.Tensor, context: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the new states, (batch, length, dim); `mask`, added to attention, covers hypothesis and context."""
        batch, length, _ = states.shape
        everything = torch.cat([states, context], 1)
        query = self.query(states).view(batch, length, HEADS, -1).transpose(1, 2)
        key, value = self.key_value(everything).view(batch, everything.shape[1], 2, HEADS, -1).permute(2, 0, 3, 1, 4)
        scores = query @ (key * (DIM // HEADS) ** -0.5).transpose(2, 3) + mask[:, None, None, :]
        seen = torch.softmax(scores, -1) @ value
        states = self.attended_norm(states + self.attended(seen.transpose(1, 2).reshape(batch, length, DIM)))
        fed: torch.Tensor = self.outer_norm(states + self.outer(linear.gelu(self.inner, states)))
        return fed


class Whole(nn.Module):
    """Points of whole texts, from the means of their frozen states and how well these match; knows no single word.

    It sees thousands of segments in the time in which the layers see one, so it has learned from far more of them.
    """

    means: torch.Tensor
    scales: torch.Tensor
    matched_means: torch.Tensor
    matched_scales: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(2 * DIM))
        self.register_buffer("scales", torch.ones(2 * DIM))
        self.register_buffer("matched_means", torch.zeros(2, N_MATCHED))
        self.register_buffer("matched_scales", torch.ones(2, N_MATCHED))
        self.first = nn.Linear(2 * DIM + 2 * (4 * DIM + N_MATCHED + 1) + 1, DIM)
        self.second = nn.Linear(DIM, 128)
        self.last = nn.Linear(128, 2)

    def forward(self, hypothesis: Side, source: Side, reference: Side) -> torch.Tensor:
        """Return points of accuracy and of fluency, (batch, 2)."""
        own, n_tokens = self._mean(hypothesis), hypothesis.mask.sum(1, keepdim=True)
        features = [0.3 * own]
        for number, side in enumerate((source, reference)):
            there = side.mask.any(1, keepdim=True).to(own.dtype)
            other = self._mean(side) * there
            matched = (_matched(hypothesis, side) - self.matched_means[number]) / self.matched_scales[number]
            features += [0.5 * (own - other).abs() * there, 0.3 * own * other, matched.clamp(-4, 4) * there, there]
        features.append(n_tokens.to(own.dtype).log() - 3.3)
        hidden = linear.gelu(self.second, linear.gelu(self.first, torch.cat(features, -1)))
        points: torch.Tensor = functional.softplus(self.last(hidden)) * n_tokens
        return points

    def _mean(self, side: Side) -> torch.Tensor:
        weight = side.mask[..., None].to(side.late.dtype)
        states = torch.cat([side.early, side.late], -1) * weight
        return (states.sum(1) / weight.sum(1).clamp(min=1) - self.means) / self.scales


def _matched(hypothesis: Side, side: Side) -> torch.Tensor:
    """Return how well two texts match, (batch, 6).

    Both means of best cosines, both means of the worst fifth of them, the share of the hypothesis's tokens that the
    other text has, and the ratio of lengths.
    """
    near = _cosines(hypothesis.late, side.late)
    forth = near.masked_fill(~side.mask[:, None, :], -1).amax(2)
    back = near.masked_fill(~hypothesis.mask[:, :, None], -1).amax(1)
    same = _cosines(hypothesis.words, side.words).masked_fill(~side.mask[:, None, :], -1).amax(2) > 0.999
    ours, theirs = hypothesis.mask.sum(1).clamp(min=1), side.mask.sum(1).clamp(min=1)
    worst = [_worst(best, one.mask) for best, one in ((forth, hypothesis), (back, side))]
    means = [(best * one.mask).sum(1) / n for best, one, n in ((forth, hypothesis, ours), (back, side, theirs))]
    return torch.stack([*means, *worst, (same & hypothesis.mask).sum(1) / ours, ours / theirs], 1)


def _worst(best: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean of the lowest fifth, at least one, of each row, (batch,)."""
    ascending = best.masked_fill(~mask, 2).sort(1).values.cumsum(1)
    n_worst = (mask.sum(1) // 5).clamp(min=1)
    return ascending.gather(1, n_worst[:, None] - 1)[:, 0] / n_worst


class Network(nn.Module):
    """Token states in, expected points and tags of each token of the hypothesis out.

    Args:
        n_deep: How many of the encoder's layers, up to the late one, are this network's own: 0 reads the late layer
            as the encoder gives it, 3 reads the early one and goes on from there.
    """

    early_mean: torch.Tensor
    early_scale: torch.Tensor
    late_mean: torch.Tensor
    late_scale: torch.Tensor
    ends: torch.Tensor

    def __init__(self, n_deep: int = 0) -> None:
        super().__init__()
        for name in ("early", "late"):
            self.register_buffer(f"{name}_mean", torch.zeros(DIM))
            self.register_buffer(f"{name}_scale", torch.ones(DIM))
        # What the early layer says of the prompt's and the special tokens, which it hardly depends on the text.
        self.register_buffer("ends", torch.zeros(N_ENDS, DIM))
        self.deep = nn.ModuleList(Layer() for _ in range(n_deep))
        self.seen = nn.Linear(6 * DIM + N_SCALARS, DIM)
        self.covered = nn.Linear(2 * DIM + 4, DIM)
        self.layers = nn.ModuleList(Layer() for _ in range(N_LAYERS))
        self.hidden = nn.Linear(2 * DIM, DIM)
        # The frozen comparison's few numbers also go straight to the points: what holds in every pair of languages.
        self.points = nn.Linear(DIM + 2 * N_DIRECT, 2)
        self.tags = nn.Linear(DIM, 2)
        self.whole: Whole | None = None

    def forward(self, hypothesis: Side, source: Side, reference: Side) -> Output:
        """Return what each token of the hypotheses costs; source and reference may have no token at all."""
        whole = None if self.whole is None else self.whole(hypothesis, source, reference)
        hypothesis, source, reference = (self.deepened(side) for side in (hypothesis, source, reference))
        return self.judged(hypothesis, source, reference, whole)

    def read(self, sides: Sequence[Side], late: Sequence[torch.Tensor]) -> Output:
        """Return what each token costs: accuracy and tags beside the other sides, fluency by itself.

        So a text has one fluency, whatever lies beside it.

        Args:
            sides: Hypothesis, source and reference.
            late: What `deeper` makes of each, in the same order: a text needs to go through these layers only once.
        """
        whole = None if self.whole is None else self.whole(*sides)
        hypothesis, source, reference = (replace(side, late=own) for side, own in zip(sides, late, strict=True))
        output = self.judged(hypothesis, source, reference, whole)
        if not (source.mask.any() or reference.mask.any()):
            return output
        nothing = source.none()
        return replace(output, fluency=self.judged(hypothesis, nothing, nothing).fluency)

    def judged(self, hypothesis: Side, source: Side, reference: Side, whole: torch.Tensor | None = None) -> Output:
        """Return what each token costs, of sides that `deepened` has made; `whole` are the points of whole texts."""
        beside = source.mask.any(1) | reference.mask.any(1)
        features, context, mask, direct = [hypothesis.early, hypothesis.words], [], [hypothesis.mask], []
        for number, side in enumerate((source, reference)):
            compared, covered = _compared(hypothesis, side)
            features += compared
            direct.append(_summary(hypothesis, side, compared, covered))
            kind = torch.full_like(covered[..., :1], float(number))
            extra = self.covered(torch.cat([side.early, side.words, covered, kind, 1 - kind], -1))
            context.append(self._raw(side.late) + extra)
            mask.append(side.mask)
        states = self._raw(hypothesis.late) + self.seen(torch.cat(features, -1))
        others = torch.cat(context, 1)
        everything = (~torch.cat(mask, 1)).to(states.dtype) * HIDDEN_FROM_VIEW
        for layer in self.layers:
            states = layer(states, others, everything)
        weight = hypothesis.mask[..., None].to(states.dtype)
        mean = (states * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp(min=1)
        hidden = linear.gelu(self.hidden, torch.cat([states, mean.expand_as(states)], -1))
        weight = weight.float()
        points = functional.softplus(self.points(torch.cat([hidden, *direct], -1).float())) * weight
        if whole is not None:
            share = WHOLE_SHARE * beside[:, None, None].float()
            evenly = whole[:, None] * weight / weight.sum(1, keepdim=True).clamp(min=1)
            points = (1 - share) * points + share * evenly
        return Output(points[..., 0], points[..., 1], self.tags(hidden.float()))

    def deepened(self, side: Side) -> Side:
        """Return the side with its late states made by the network's own layers, if it has any."""
        if not len(self.deep) or (side.mask.shape[1] <= 1 and not side.mask.any()):
            return side
        return replace(side, late=self.deeper(side.early, side.mask))

    def deeper(self, early: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the late states that the network's own layers make of early ones, (batch, length, dim)."""
        batch, length, _ = early.shape
        states = early * self.early_scale + self.early_mean
        states = torch.cat([states, self.ends.expand(batch, -1, -1)], 1)
        hidden = (~torch.cat([mask, mask.new_ones(batch, N_ENDS)], 1)).to(states.dtype) * HIDDEN_FROM_VIEW
        for layer in self.deep:
            states = layer(states, states[:, :0], hidden)
        late: torch.Tensor = (states[:, :length] - self.late_mean) / self.late_scale
        return late

    def _raw(self, late: torch.Tensor) -> torch.Tensor:
        raw: torch.Tensor = late * self.late_scale + self.late_mean
        return raw


def loaded(tensors: Mapping[str, torch.Tensor]) -> Network:
    """Return the network that has these weights, ready to judge.

    Raises:
        RuntimeError: They are not a network's.
    """
    depths = {int(name.split(".")[1]) for name in tensors if name.startswith("deep.")}
    network = Network(len(depths))
    if any(name.startswith("whole.") for name in tensors):
        network.whole = Whole()
    network.load_state_dict(dict(tensors))
    return network.eval()


def _compared(hypothesis: Side, side: Side) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return what a frozen comparison says: features of the hypothesis's tokens, and (cosine, same word) of the side's.

    The features are the softly aligned vector, its distance, the best cosine and whether the very word is there.
    """
    with torch.no_grad():
        there = side.mask.any(1)[:, None, None].to(hypothesis.late.dtype)
        near, same = _cosines(hypothesis.late, side.late), _cosines(hypothesis.words, side.words)
        forth = near.masked_fill(~side.mask[:, None, :], -1)
        aligned = torch.softmax(SHARPNESS * forth, -1) @ side.late
        best = forth.amax(-1, keepdim=True)
        exact = same.masked_fill(~side.mask[:, None, :], -1).amax(-1, keepdim=True)
        features = [aligned, (hypothesis.late - aligned).abs(), best, exact, torch.ones_like(best)]
        absent = ~hypothesis.mask[:, :, None]
        covered = [cosines.masked_fill(absent, -1).amax(1)[..., None] for cosines in (near, same)]
        return [feature * there for feature in features], torch.cat(covered, -1)


def _summary(hypothesis: Side, side: Side, compared: list[torch.Tensor], covered: torch.Tensor) -> torch.Tensor:
    """Return (batch, length, 3): how well each token, the hypothesis and the other side are matched, about 0."""
    with torch.no_grad():
        best, there = compared[2], compared[4]
        ours, theirs = (one.mask[..., None].to(best.dtype) for one in (hypothesis, side))
        mine = (best * ours).sum(1, keepdim=True) / ours.sum(1, keepdim=True).clamp(min=1)
        other = (covered[..., :1] * theirs).sum(1, keepdim=True) / theirs.sum(1, keepdim=True).clamp(min=1)
        return torch.cat([best, mine.expand_as(best), other.expand_as(best)], -1).sub(MATCHED).mul(DIRECTLY) * there


def _cosines(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return functional.normalize(left, dim=-1) @ functional.normalize(right, dim=-1).transpose(1, 2)
