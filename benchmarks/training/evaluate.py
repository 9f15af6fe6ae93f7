"""How well a network agrees with people on what it was not trained on.

    python -m benchmarks.training.evaluate --states FOLDER --whole FOLDER RUN [RUN+RUN ...]

prints the figures of finished runs, and of the mean of several runs' weights, on two language pairs that no run has
MQM of: English-Chinese (WMT22, three raters) and English-Russian (WMT21). Runs are chosen on these, so that the sets of
benchmarks/results/learned.md stay what nothing was chosen on. Neither is trained on.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file

from benchmarks.training import batches, corpus
from benchmarks.training.states import States
from scorer.network import Network, loaded

Floats = npt.NDArray[np.float64]
# Collections and language pairs that runs and recipes are chosen on; no run has their MQM.
CHOICE = (("wmt22_mqm_3raters", "en-zh"), ("wmt21_mqm", "en-ru"))


@dataclass
class Dev:
    """Groups to predict, in chunks, and per hypothesis its human score (higher is better), item and system."""

    name: str
    library: batches.Library
    chunks: list[list[corpus.Group]]
    modes: tuple[str, ...]
    truth: Floats
    items: npt.NDArray[np.int64]
    systems: list[str]
    n_tokens: Floats


def development(library: batches.Library, data: Path, n_sources: int = 80) -> list[Dev]:
    """Return WMT22 (sources of the domains that no run sees, all systems) and a language pair without training data."""
    found = corpus.mqm(data, "wmt22_mqm")
    rng = random.Random(5)
    sets = []
    for pair in ("en-de", "zh-en"):
        own = [
            group
            for group in found
            if group.languages == pair and library.has(group) and group.rated[0].domain in corpus.HELD_OUT_DOMAINS
        ]
        sets.append(
            _dev(library, f"22 {pair}", rng.sample(own, min(n_sources, len(own))), ("source", "reference", "both"))
        )
    own = corpus.mqm(data, "wmt22_mqm_enru_sample", ("en-ru",))
    own = [group for group in own if library.has(group)]
    if own:
        sets.append(_dev(library, "22 en-ru", own, ("source", "reference", "both")))
    own = [g for g in corpus.mlqe(data, each=600) if g.languages in corpus.UNSEEN and library.has(g)]
    if own:
        sets.append(_dev(library, "da ru-en", own, ("source",)))
    return sets


def choice(library: batches.Library, data: Path, n_sources: int = 100) -> list[Dev]:
    """Return the sets that runs are chosen on: people's translations are left out, systems are to be ranked."""
    sets = []
    for name, pair in CHOICE:
        groups = [
            replace(group, rated=tuple(one for one in group.rated if not one.system.lower().startswith("ref")))
            for group in corpus.mqm(data, name, (pair,))
        ]
        own = [group for group in groups if library.has(group) and len(group.rated) > 5]
        sets.append(_dev(library, f"{name[3:5]} {pair}", own[:n_sources], ("source", "reference", "both")))
    return sets


def mean(weights: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of several runs' weights (Wortsman et al. 2022: runs from one start lie in one basin)."""
    return {name: torch.stack([one[name] for one in weights]).mean(0) for name in weights[0]}


def _dev(library: batches.Library, name: str, groups: Sequence[corpus.Group], modes: Sequence[str]) -> Dev:
    groups = sorted(groups, key=lambda g: max(len(r.hypothesis) for r in g.rated))
    chunks = [groups[start : start + 4] for start in range(0, len(groups), 4)]
    if len(groups[0].rated) == 1:
        chunks = [groups[start : start + 40] for start in range(0, len(groups), 40)]
    rated = [(i, r) for i, group in enumerate(groups) for r in group.rated]
    truth = np.array([r.z if r.total is None else -r.total for _, r in rated], float)
    n_tokens = np.array([library.states.length(library.states.position(r.hypothesis)) for _, r in rated], float)
    return Dev(
        name,
        library,
        chunks,
        tuple(modes),
        truth,
        np.array([i for i, _ in rated]),
        [r.system for _, r in rated],
        n_tokens,
    )


def predict(network: Network, dev: Dev, mode: str) -> Floats:
    """Return expected points of accuracy and fluency of every row, (rows, 2)."""
    found = []
    with torch.inference_mode():
        for chunk in dev.chunks:
            output = batches.read(network, batches.collate(dev.library, chunk, None, each=99, mode=mode))
            found.append(torch.stack([output.accuracy.sum(1), output.fluency.sum(1)], 1).double().numpy())
    return np.concatenate(found)


def line(network: Network, sets: Sequence[Dev]) -> str:
    """Return one line a set and mode: Pearson, accuracy within items with tie calibration, accuracy of systems."""
    lines = []
    for dev in sets:
        for mode in dev.modes:
            score = -predict(network, dev, mode).sum(1)
            if dev.name.startswith("da"):  # people judged these whole, not by adding up errors
                score /= dev.n_tokens
            lines.append(f"    {dev.name} {mode:<9} " + "  ".join(f"{v:.3f}" for v in agreement(dev, score)))
    return "\n".join(lines)


def agreement(dev: Dev, score: Floats) -> tuple[float, ...]:
    """Return Pearson (of the score and of its logarithm), accuracy by item with tie calibration, and of systems."""
    pearson = float(np.corrcoef(score, dev.truth)[0, 1])
    logged = float(np.corrcoef(-np.log1p(np.maximum(0, -score)), dev.truth)[0, 1])
    return pearson, logged, item_accuracy(score, dev.truth, dev.items), system_accuracy(score, dev.truth, dev.systems)


def item_accuracy(score: Floats, truth: Floats, items: npt.NDArray[np.int64]) -> float:
    """Return the best accuracy over tie thresholds, averaged by item (Deutsch et al. 2023)."""
    gaps, wins, ties, weights = [], [], [], []
    for item in np.unique(items):
        own = np.flatnonzero(items == item)
        i, j = np.triu_indices(len(own), 1)
        if not len(i):
            continue
        d, t = score[own[i]] - score[own[j]], truth[own[i]] - truth[own[j]]
        gaps.append(np.abs(d))
        wins.append((np.sign(d) == np.sign(t)) & (t != 0))
        ties.append(t == 0)
        weights.append(np.full(len(d), 1 / len(d)))
    if not gaps:
        return float("nan")
    gap, win, tie, weight = map(np.concatenate, (gaps, wins, ties, weights))
    order = np.argsort(gap, kind="stable")
    gain = np.cumsum(np.where(tie, weight, -weight * win)[order])
    best = max(0.0, float(gain.max()))
    return float((weight @ win + best) / weight.sum())


def system_accuracy(score: Floats, truth: Floats, systems: Sequence[str]) -> float:
    """Return the share of pairs of systems that score and people order alike."""
    names = sorted(set(systems))
    if len(names) < 3:
        return float("nan")
    own = np.array(systems)
    ours, theirs = (np.array([values[own == name].mean() for name in names]) for values in (score, truth))
    i, j = np.triu_indices(len(names), 1)
    return float((np.sign(ours[i] - ours[j]) == np.sign(theirs[i] - theirs[j])).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--whole", type=Path, required=True)
    parser.add_argument("--sources", type=int, default=100, help="of each set")
    parser.add_argument("runs", nargs="+", help="a run's folder, or several with + between them")
    given = parser.parse_args()
    library = batches.Library(States(given.states))
    sets = choice(library, given.data, given.sources)
    whole = {f"whole.{name}": tensor for name, tensor in load_file(str(given.whole / "whole.safetensors")).items()}
    for runs in given.runs:
        weights = mean([load_file(str(Path(run) / "average.safetensors")) for run in runs.split("+")])
        print(f"{runs}\n{line(loaded(weights | whole), sets)}", flush=True)


if __name__ == "__main__":
    main()
