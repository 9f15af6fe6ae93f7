"""Train the part of the network that judges whole texts from the means of their states (`scorer.network.Whole`).

    python -m benchmarks.training.whole --states FOLDER --run FOLDER [--steps 3000]

Minutes on one core. Means and matches are computed once and kept in the run's folder; the weights go to
`whole.safetensors` there.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from benchmarks.training import corpus
from benchmarks.training.losses import order_loss
from benchmarks.training.states import STEPS, States, digest
from scorer.network import DIM, N_MATCHED, Whole

SHARES = {"mqm": 0.5, "da": 0.25, "pair": 0.1, "damage": 0.15}
GROUPS = {"mqm": 48, "da": 256, "pair": 96, "damage": 48}
MODES = {
    "mqm": ("source", "reference", "both"), "da": ("source",), "pair": ("source", "reference", "both"),
    "damage": ("source", "source", "reference", "both"),
}  # fmt: skip
MATCHED = [f"m{i}" for i in range(N_MATCHED)]


def rows(states: States, data: Path) -> pd.DataFrame:
    """Return a row for each hypothesis: positions of its texts (-1 for none), targets, how it matches the others."""
    made = []
    for number, group in enumerate(corpus.training(data, with_wmt22=True)):
        if group.kind not in SHARES or not all(digest(text) in states.index for text in group.texts()):
            continue
        for one in group.rated:
            refs = [r for r in one.references or group.references if r != one.hypothesis or group.kind != "mqm"]
            refs = refs if "reference" in MODES[group.kind] else []
            at = [states.position(text) for text in refs[:2]] + [-1, -1]
            made.append(
                (group.kind, group.collection, number, states.position(one.hypothesis), states.position(group.source),
                 at[0], at[1], one.total, one.accuracy, one.fluency, one.z)
            )  # fmt: skip
    names = ["kind", "collection", "group", "h", "s", "r", "r2", "total", "accuracy", "fluency", "z"]
    table = pd.DataFrame(made, columns=names)
    table["n"] = np.diff(states.starts)[table.h]
    known: dict[tuple[int, int], tuple[float, ...]] = {}
    for side in ("s", "r", "r2"):
        for pair in zip(table.h, table[side], strict=True):
            if pair not in known:
                known[pair] = matched(states, *pair)
        table[[f"{side}_{m}" for m in MATCHED]] = [known[pair] for pair in zip(table.h, table[side], strict=True)]
    return table


def matched(states: States, left: int, right: int) -> tuple[float, ...]:
    """Return what `scorer.network` measures of two texts; zeros where there is no second one."""
    if right < 0:
        return (0.0,) * N_MATCHED
    ours, theirs = (slice(states.starts[i], states.starts[i + 1]) for i in (left, right))
    a, b = (_unit(states.states[own, 1].astype(np.float32)) for own in (ours, theirs))
    cosines = a @ b.T
    forth, back = cosines.max(1), cosines.max(0)
    worst = [float(np.sort(best)[: max(1, len(best) // 5)].mean()) for best in (forth, back)]
    shared = float(np.isin(states.ids[ours], states.ids[theirs]).mean())
    return float(forth.mean()), float(back.mean()), *worst, shared, len(a) / len(b)


def _unit(vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)


class Data:
    """Rows and the texts' mean states, ready to be drawn from."""

    def __init__(self, states: States, table: pd.DataFrame) -> None:
        self.table = table.reset_index(drop=True)
        n_texts = len(states.starts) - 1
        means = np.stack(
            [states.states[states.starts[i] : states.starts[i + 1]].astype(np.float32).mean(0) for i in range(n_texts)]
        )
        means = means.reshape(n_texts, 2 * DIM) / STEPS
        self.means, self.scales = means[:20_000].mean(0), means[:20_000].std(0) + 1e-3
        self.texts = torch.from_numpy(((means - self.means) / self.scales).astype(np.float16))
        self.matched = {
            side: self.table[[f"{side}_{m}" for m in MATCHED]].to_numpy(np.float32) for side in ("s", "r", "r2")
        }
        known = {side: self.matched[side][self.matched[side][:, 0] > 0] for side in ("s", "r")}
        self.matched_means = np.stack([known[side].mean(0) for side in ("s", "r")])
        self.matched_scales = np.stack([known[side].std(0) for side in ("s", "r")])
        self.columns = {name: self.table[name].to_numpy() for name in ("h", "s", "r", "r2", "group")}
        self.n = self.table.n.to_numpy(np.float32)
        self.targets = self.table[["total", "accuracy", "fluency"]].to_numpy(np.float32)
        self.z = self.table.z.to_numpy(np.float32)

    def features(self, index: np.ndarray[Any, Any], mode: str, other_reference: bool) -> torch.Tensor:
        """Return what `Whole` computes from token states, (rows, features)."""
        own = self.texts[self.columns["h"][index]].float()
        made = [0.3 * own]
        for number, side in enumerate(("s", "r2" if other_reference else "r")):
            at = self.columns[side][index]
            used = mode in {"both", "source" if side == "s" else "reference"}
            there = torch.from_numpy((at >= 0) & used)[:, None]
            other = self.texts[np.maximum(at, 0)].float() * there
            match = (self.matched[side][index] - self.matched_means[number]) / self.matched_scales[number]
            made += [
                0.5 * (own - other).abs() * there, 0.3 * own * other,
                torch.from_numpy(match).clamp(-4, 4) * there, there.float(),
            ]  # fmt: skip
        made.append(torch.from_numpy(self.n[index])[:, None].log() - 3.3)
        return torch.cat(made, 1)


class Trainer:
    """Draws batches of groups and learns from them."""

    def __init__(self, data: Data, steps: int) -> None:
        torch.manual_seed(1)
        self.chance = np.random.default_rng(1)
        self.data, self.steps = data, steps
        self.whole = Whole()
        nn.init.zeros_(self.whole.last.weight)
        nn.init.constant_(self.whole.last.bias, -3.5)
        table = data.table
        self.groups = {
            kind: [np.array(index) for index in own.groupby("group").groups.values()]
            for kind, own in table.groupby("kind")
        }
        collections = sorted(table[table.kind == "da"].collection.unique())
        self.collection = table.collection.map({name: i for i, name in enumerate(collections)}).fillna(0).to_numpy(int)
        self.affine = torch.tensor([[-1.0, -0.7]] * len(collections), requires_grad=True)
        self.optimiser = torch.optim.AdamW(
            [
                {"params": self.whole.parameters(), "base": 1e-3, "weight_decay": 0.02},
                {"params": [self.affine], "base": 1e-2, "weight_decay": 0.0},
            ]
        )

    def run(self) -> None:
        """Train to the last step."""
        sums: dict[str, list[float]] = {}
        for step in range(1, self.steps + 1):
            for group in self.optimiser.param_groups:
                group["lr"] = group["base"] * min(1, step / 100) * max(0.02, 1 - step / self.steps)
            kind = str(self.chance.choice(list(SHARES), p=list(SHARES.values())))
            loss = self._loss(kind)
            self.optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.whole.parameters(), 1.0)
            self.optimiser.step()
            sums.setdefault(kind, []).append(float(loss.detach()))
            if step % 500 == 0:
                print(step, {kind: round(float(np.mean(values)), 3) for kind, values in sums.items()}, flush=True)
                sums = {}

    def _loss(self, kind: str) -> torch.Tensor:
        groups = self.groups[kind]
        drawn = [groups[i] for i in self.chance.integers(0, len(groups), GROUPS[kind])]
        drawn = [g if len(g) <= 6 or kind != "mqm" else self.chance.choice(g, 6, replace=False) for g in drawn]
        index = np.concatenate(drawn)
        mode = str(self.chance.choice(MODES[kind]))
        n = torch.from_numpy(self.data.n[index])
        points = self._points(self.data.features(index, mode, self.chance.random() < 0.4), n)
        logs = torch.log1p(torch.stack([points.sum(1), points[:, 0], points[:, 1]], 1))
        if kind == "pair":
            return 0.5 * functional.softplus(4 * (logs[0::2, 0] - logs[1::2, 0])).mean()
        if kind == "da":
            rate, z = torch.log(0.02 + points.sum(1) / n), torch.from_numpy(self.data.z[index])
            affine = self.affine[self.collection[index]]
            one = torch.zeros(len(z), dtype=torch.long)
            order = order_loss(rate[:, None], -z[:, None], torch.ones(len(z), 1, dtype=torch.bool), one)
            return functional.huber_loss(affine[:, 0] - affine[:, 1].exp() * rate, z) + 0.5 * order
        truth = torch.log1p(torch.from_numpy(self.data.targets[index]).clamp(min=0))
        known = ~truth.isnan()
        truth = torch.where(known, truth, torch.zeros(()))
        errors = functional.huber_loss(logs, truth, reduction="none") * torch.tensor([1.0, 0.5, 0.5])
        groups_of = torch.from_numpy(self.data.columns["group"][index])
        return (errors * known).sum() / known.sum() + 2 * order_loss(logs, truth, known, groups_of)

    def _points(self, features: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
        """Return what `Whole` does from there on, with features and hidden values dropped out at random."""
        whole, drop = self.whole, functional.dropout
        hidden = drop(functional.gelu(whole.first(drop(features, 0.3))), 0.2)
        hidden = drop(functional.gelu(whole.second(hidden)), 0.2)
        return functional.softplus(whole.last(hidden)) * n[:, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    given = parser.parse_args()
    given.run.mkdir(parents=True, exist_ok=True)
    states = States(given.states)
    kept = given.run / "rows.parquet"
    if not kept.exists():
        rows(states, given.data).to_parquet(kept)
    data = Data(states, pd.read_parquet(kept))
    trainer = Trainer(data, given.steps)
    trainer.run()
    buffers = {
        "means": data.means, "scales": data.scales,
        "matched_means": data.matched_means, "matched_scales": data.matched_scales,
    }  # fmt: skip
    weights = trainer.whole.state_dict() | {name: torch.from_numpy(value).float() for name, value in buffers.items()}
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, str(given.run / "whole.safetensors"))


if __name__ == "__main__":
    main()
