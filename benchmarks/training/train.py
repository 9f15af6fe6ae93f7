"""Train the learned metric's network on cached token states.

    python -m benchmarks.training.train --states FOLDER --run FOLDER [--steps 2400] [--with-wmt22 --start OTHER_RUN]

Checkpoints go to the run's folder every `--every` steps; the same command takes an interrupted run up again. The
development run leaves WMT22 out, so that a whole year is there to measure it on; the final run starts from it and adds
that year. Two cores do about 40 steps a minute.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import load_file, save_file

from benchmarks.training import batches, corpus, evaluate, losses, paragraphs
from benchmarks.training.states import States
from scorer import encoders
from scorer.network import DIM, Layer, Network, loaded

Item = TypeVar("Item")

SAVED_EVERY = 200
DROPPED = 0.1  # of what each layer adds, while training
SHARES = {"mqm": 0.4, "da": 0.28, "pair": 0.1, "edit": 0.1, "damage": 0.12}
EACH = {"mqm": 6, "da": 1, "pair": 2, "edit": 2, "damage": 6}
MODES = {
    "mqm": ("source", "reference", "both", "source", "reference", "none"),
    "da": ("source",),
    "wmt17": ("source", "reference", "both"),
    "pair": ("source", "reference", "both"),
    "edit": ("source",),
    "damage": ("source", "source", "reference", "both", "none"),
}


def network(library: batches.Library, n_deep: int = 0) -> Network:
    """Return a network that starts as the encoder's layers 10 to 12 do, with nothing added to what they read."""
    torch.manual_seed(1)
    made = Network(n_deep)
    encoder: Any = encoders.load().encoder
    weights = encoder.weights
    scale = library.states
    for mean, std, name in zip(scale.mean, scale.std, ("early", "late"), strict=True):
        getattr(made, f"{name}_mean").copy_(torch.from_numpy(mean))
        getattr(made, f"{name}_scale").copy_(torch.from_numpy(std))
    if n_deep:
        made.ends.copy_(ends(encoder))
    with torch.no_grad():
        for linear in (made.seen, made.covered):
            linear.weight.normal_(0, 0.002)
            linear.bias.zero_()
        made.points.weight.mul_(0.1)
        made.points.bias.fill_(-4.0)
        made.points.weight[:, DIM:] = -0.15  # well matched is well translated
        for number, layer in enumerate([*made.deep, *made.layers], 9 - n_deep):
            prefix = f"encoder.layer.{number}."
            for part in ("weight", "bias"):
                query, key_value = weights[f"{prefix}attention.qkv.{part}"].split([384, 768])
                getattr(layer.query, part).copy_(query)
                getattr(layer.key_value, part).copy_(key_value)
                for mine, theirs in (
                    ("attended", "attention.output.dense"),
                    ("attended_norm", "attention.output.LayerNorm"),
                    ("inner", "intermediate.dense"),
                    ("outer", "output.dense"),
                    ("outer_norm", "output.LayerNorm"),
                ):
                    getattr(getattr(layer, mine), part).copy_(weights[f"{prefix}{theirs}.{part}"])
    return made


def dropped_out(network: Network) -> None:
    """Let training drop some of what each layer adds, for all tokens of a text together (Gal and Ghahramani 2016).

    Drawn for every token anew it would take a fifth of the time.
    """

    def drop(module: torch.nn.Module, _: object, output: torch.Tensor) -> torch.Tensor:
        if not module.training:
            return output
        kept = torch.rand(output.shape[0], 1, output.shape[2]) >= DROPPED
        return output * (kept / (1 - DROPPED)).to(output.dtype)

    for layer in [*network.deep, *network.layers]:
        assert isinstance(layer, Layer)
        layer.attended.register_forward_hook(drop)
        layer.outer.register_forward_hook(drop)
    network.seen.register_forward_hook(drop)
    network.hidden.register_forward_hook(drop)


def ends(encoder: Any) -> torch.Tensor:
    """Return the early layer's states of <s>, the prompt's tokens and </s>, averaged over a few sentences."""
    sentences = (
        "The house is small.",
        "Das Wetter war gestern sehr schön.",
        "他昨天没有来。",
        "It cost 15 euros in 2019.",
    )
    special = encoder.tokenizer.token_to_id
    found = []
    for sentence in sentences:
        own = encoder.tokenizer.encode(sentence, add_special_tokens=False).ids
        row = torch.tensor([[special("<s>"), *encoder._prompt_ids, *own, special("</s>")]])
        with torch.inference_mode():
            states = encoder._forward(row, encoders.EARLY_LAYER)[0][0]
        found.append(torch.cat([states[: 1 + len(encoder._prompt_ids)], states[-1:]]))
    return torch.stack(found).mean(0)


def streams(library: batches.Library, groups: list[corpus.Group], seed: int) -> dict[str, Iterator[batches.Batch]]:
    """Return an endless stream of batches for each kind of judgment."""
    made = {}
    for kind in SHARES:
        own = [group for group in groups if group.kind == kind]
        if kind == "da":
            made["wmt17"] = _stream(library, [g for g in own if g.collection == "wmt17_da"], seed, "wmt17", 1)
            own = [g for g in own if g.collection != "wmt17_da"]
        if own:
            made[kind] = _stream(library, own, seed, kind, EACH[kind])
    return made


def _stream(
    library: batches.Library, groups: list[corpus.Group], seed: int, kind: str, each: int
) -> Iterator[batches.Batch]:
    return batches.batches(library, groups, random.Random(f"{seed}/{kind}"), each=each, modes=MODES[kind])


def ahead(items: Iterator[Item], n: int = 2) -> Iterator[Item]:
    """Yield the items, in order, made in another thread while the one before is used."""
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, items, None) for _ in range(n))
        while (item := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(next, items, None))
            yield item


def _halved(network: Network) -> Network:
    """Return the network in bfloat16, but for what its numbers come from."""
    network.bfloat16()
    network.points.float()
    network.tags.float()
    return network


class Trainer:
    """A run: weights, their moving average, the optimiser, and the step it is at."""

    def __init__(
        self,
        library: batches.Library,
        groups: list[corpus.Group],
        folder: Path,
        steps: int,
        rate: float,
        start: Path | None = None,
        n_deep: int = 0,
        teacher: Path | None = None,
        deep_rate: float = 0.15,
    ) -> None:
        self.folder, self.steps, self.rate = folder, steps, rate
        folder.mkdir(parents=True, exist_ok=True)
        self.master = network(library, n_deep)  # in float32; what runs is a bfloat16 copy of it
        self.network = _halved(copy.deepcopy(self.master))
        dropped_out(self.network)
        self.teacher = None if teacher is None else _halved(loaded(load_file(str(teacher / "average.safetensors"))))
        self.average = {k: v.clone() for k, v in self.master.state_dict().items()}
        self.collections = sorted({g.collection for g in groups if g.kind == "da"})
        self.affine = torch.tensor([[-1.0, -0.7]] * len(self.collections), requires_grad=True)
        deep = [p for n, p in self.master.named_parameters() if n.startswith("deep.")]
        grown = [p for n, p in self.master.named_parameters() if n.startswith("layers.")]
        new = [p for n, p in self.master.named_parameters() if not n.startswith(("layers.", "deep."))]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": deep, "scale": deep_rate},
                {"params": grown, "scale": 0.4},
                {"params": new, "scale": 1.0},
                {"params": [self.affine], "scale": 10.0},
            ],
            lr=rate,
            weight_decay=0.01,
            betas=(0.9, 0.98),
            foreach=True,
        )
        self.step = 0
        self.streams = streams(library, groups, 1)
        if (folder / "state.pt").exists():
            self._resume()
        elif start is not None:
            self._begin(load_file(str(start / "average.safetensors")))

    def run(self, dev: Any, every: int, stop: int) -> None:
        """Train to the last step, saving and evaluating now and then."""
        self.network.train()
        sums: dict[str, list[float]] = {}
        began = time.time()
        n_rows = 0
        for kind, batch in ahead(self._drawn(stop - self.step)):
            sums.setdefault(kind, []).append(self._update(batch))
            n_rows += len(batch.groups)
            if self.step % 100 == 0:
                shown = "  ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in sorted(sums.items()))
                print(f"{self.step:>6}  {n_rows / (time.time() - began):.0f} rows/s  {shown}", flush=True)
                sums = {}
            if self.step % SAVED_EVERY == 0 or self.step == stop:
                self._save()
            if self.step % every == 0 or self.step == stop:
                averaged = Network(len(self.master.deep))
                averaged.load_state_dict(self.average)
                print(evaluate.line(averaged.eval(), dev), flush=True)

    def _drawn(self, n: int) -> Iterator[tuple[str, batches.Batch]]:
        """Yield `n` batches with their kinds, drawn by their shares."""
        rng = random.Random(self.step)
        while n:
            kind = rng.choices([*SHARES], [*SHARES.values()])[0]
            if kind == "da" and rng.random() < 0.15:
                kind = "wmt17"
            if kind in self.streams:
                yield kind, next(self.streams[kind])
                n -= 1

    def _update(self, batch: batches.Batch) -> float:
        self.step += 1
        warm = min(1.0, self.step / 200)
        cool = max(0.02, 1 - self.step / self.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * group["scale"] * warm * cool
        output = batches.read(self.network, batch, torch.bfloat16)
        rows = [self.collections.index(c) for c in batch.collections] if batch.kind == "da" else []
        taught = None
        if self.teacher is not None and batch.unread is not None:
            with torch.no_grad():
                taught = losses.log_points(batches.read(self.teacher, batch, torch.bfloat16, unread=True))
        value = losses.loss(batch, output, self.affine[rows], taught)
        self.optimiser.zero_grad()
        value.backward()
        for master, running in zip(self.master.parameters(), self.network.parameters(), strict=True):
            master.grad = None if running.grad is None else running.grad.float()
            running.grad = None
        torch.nn.utils.clip_grad_norm_(self.master.parameters(), 1.0)
        self.optimiser.step()
        keep = min(0.995, self.step / (self.step + 40))
        with torch.no_grad():
            for master, running in zip(self.master.parameters(), self.network.parameters(), strict=True):
                running.copy_(master)
            if self.step % 4 == 0:
                for key, tensor in self.master.state_dict().items():
                    self.average[key].lerp_(tensor, 1 - keep)
        return float(value.detach())

    def _save(self) -> None:
        state = {
            "step": self.step,
            "network": self.master.state_dict(),
            "average": self.average,
            "affine": self.affine.detach(),
            "optimiser": self.optimiser.state_dict(),
        }
        torch.save(state, self.folder / "state.tmp")
        os.replace(self.folder / "state.tmp", self.folder / "state.pt")
        save_file(self.average, str(self.folder / "average.safetensors"))

    def _begin(self, weights: dict[str, torch.Tensor]) -> None:
        begun = self.master.state_dict() | weights
        self.master.load_state_dict(begun)
        self.network.load_state_dict(begun)
        self.average = {name: tensor.clone() for name, tensor in begun.items()}

    def _resume(self) -> None:
        state = torch.load(self.folder / "state.pt", weights_only=True)
        self.step, self.average = state["step"], state["average"]
        self.master.load_state_dict(state["network"])
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        with torch.no_grad():
            self.affine.copy_(state["affine"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--every", type=int, default=1000)
    parser.add_argument("--stop", type=int, help="end at this step of the schedule, at a rate that has not fallen to 0")
    parser.add_argument("--with-wmt22", action="store_true")
    parser.add_argument("--with-paragraphs", action="store_true", help="read runs of segments as one text, WMT22's too")
    parser.add_argument(
        "--deep", type=int, default=0, help="how many of the encoder's layers to train as well (0 or 3)"
    )
    parser.add_argument("--deep-rate", type=float, default=0.15, help="their share of the rate")
    parser.add_argument("--start", type=Path, help="a finished run whose averaged weights this one begins with")
    parser.add_argument("--teacher", type=Path, help="a finished run that reads the references where this one does not")
    given = parser.parse_args()
    library = batches.Library(States(given.states))
    groups = corpus.training(given.data, with_wmt22=given.with_wmt22)
    if given.with_paragraphs:
        groups += paragraphs.training(given.data)
    kept = [group for group in groups if library.has(group)]
    print(
        json.dumps({kind: [sum(g.kind == kind for g in kept), sum(g.kind == kind for g in groups)] for kind in SHARES}),
        flush=True,
    )
    dev = evaluate.development(library, given.data)
    trainer = Trainer(
        library, kept, given.run, given.steps, given.rate, given.start, given.deep, given.teacher, given.deep_rate
    )
    trainer.run(dev, given.every, given.stop or given.steps)


if __name__ == "__main__":
    main()
