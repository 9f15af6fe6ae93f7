"""What training asks of the network: the right points, the right order, the right words."""

from __future__ import annotations

import torch
from torch.nn import functional

from benchmarks.training.batches import Batch
from scorer.network import Output

STEEPNESS = 4.0  # of the chance that one is better, per unit of log points
FULL = 25.0
TAUGHT = 0.5  # the teacher's share of a target


def log_points(output: Output) -> torch.Tensor:
    """Return log(1 + points) in all, of accuracy and of fluency, (batch, 3)."""
    accuracy, fluency = output.accuracy.sum(1), output.fluency.sum(1)
    return torch.log1p(torch.stack([accuracy + fluency, accuracy, fluency], 1))


def loss(batch: Batch, output: Output, affine: torch.Tensor, taught: torch.Tensor | None = None) -> torch.Tensor:
    """Return the loss of a batch.

    Args:
        batch: With its targets.
        output: What the network says of it.
        affine: Turns log points a word into each collection's z, (batch, 2) where these are.
        taught: Log points as a teacher says that has read the references too, (batch, 3). One rater's word is noisy,
            and much of what the teacher says can be seen from the source as well, so the target is half of each.
    """
    points = log_points(output)
    total = tag_loss(batch, output)
    if batch.kind in {"mqm", "damage"}:
        truth = torch.log1p(batch.targets[:, :3].clamp(min=0))
        known = ~truth.isnan()
        if batch.mode == "none":  # read by itself, a text shows how it reads, not what it should have said
            known[:, :2] = False
        if taught is not None:
            truth = torch.lerp(truth, taught, TAUGHT)
        truth = torch.where(known, truth, torch.zeros(()))
        errors = functional.huber_loss(points, truth, reduction="none", delta=1.0)
        weight = torch.tensor([1.0, 0.5, 0.5])
        total = total + (errors * weight * known).sum() / known.sum().clamp(min=1)
        total = total + order_loss(points, truth, known, batch.groups) * (2.0 if batch.kind == "mqm" else 1.0)
    elif batch.kind in {"pair", "edit"}:
        total = total + pair_loss(batch, output, points)
    else:
        n_tokens = batch.sides[0].mask.sum(1)
        rate = torch.log(0.02 + torch.expm1(points[:, 0]) / n_tokens)
        z = batch.targets[:, 3]
        total = total + functional.huber_loss(affine[:, 0] - affine[:, 1].exp() * rate, z)
        same = torch.zeros_like(z, dtype=torch.long)
        total = total + 0.5 * order_loss(
            rate[:, None], -z[:, None], torch.ones_like(z[:, None], dtype=torch.bool), same
        )
    return total


def order_loss(points: torch.Tensor, truth: torch.Tensor, known: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
    """Return the pairwise logistic loss within groups (RankNet, Burges et al. 2005), weighted by the difference."""
    i, j = torch.triu_indices(len(points), len(points), 1)
    same = groups[i] == groups[j]
    i, j = i[same], j[same]
    if not len(i):
        return points.sum() * 0
    wanted = torch.sigmoid(STEEPNESS * (truth[i] - truth[j]))
    logits = STEEPNESS * (points[i] - points[j])
    weight = (known[i] & known[j]) * ((truth[i] - truth[j]).abs() + 0.05)
    losses = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    floor = functional.binary_cross_entropy_with_logits(torch.logit(wanted, 1e-6), wanted, reduction="none")
    return ((losses - floor) * weight).sum() / weight.sum().clamp(min=1e-6)


def pair_loss(batch: Batch, output: Output, points: torch.Tensor) -> torch.Tensor:
    """Return the loss of pairs, of which the first is better: by order, and by the points it should cost."""
    good, bad = points[0::2], points[1::2]
    order = functional.softplus(STEEPNESS * (good[:, 0] - bad[:, 0])).mean()
    cost = torch.stack([part.sum(1) for part in (output.accuracy, output.fluency)], 1)
    short = functional.relu(batch.margins[0::2] - (cost[1::2] - cost[0::2])) / FULL
    return order + 2.0 * short.sum(1).mean()


def tag_loss(batch: Batch, output: Output) -> torch.Tensor:
    """Return the loss of the token tags, where they are known."""
    known = batch.tags[..., 2:]
    losses = functional.binary_cross_entropy_with_logits(output.tags, batch.tags[..., :2], reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)
