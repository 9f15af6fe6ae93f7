"""Every step of `make train` up to the weights, as the Makefile calls it, on a few made-up judgments."""

from __future__ import annotations

import importlib
import json
import random
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from benchmarks.training import train
from scorer.network import loaded

ROOT = Path(__file__).parents[1]
UPDATES = 4  # the mean of the weights is renewed at every fourth
SUBJECTS = ("The mayor", "Our neighbour", "A young doctor", "The old bridge", "Every second visitor", "Her brother")
VERBS = ("has seen", "did not like", "opened", "was looking for", "will sell", "paid 30 euros for")
OBJECTS = ("the house in Berlin", "a new school", "the report of May 2019", "two small boats", "this strange letter")
PLACES = ("yesterday", "near the river", "because it was cheap", "without any help", "in front of the station")


def sentence(chance: random.Random) -> str:
    return f"{' '.join(chance.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, PLACES))}."


def rated(chance: random.Random, pair: str, n: int, systems: int, **other: object) -> pd.DataFrame:
    """MQM of `n` segments of one document by so many systems; if points are taken off, the first word is marked."""
    made = []
    for number in range(1, n + 1):
        source, reference = sentence(chance), sentence(chance)
        for system in range(systems):
            text, points = sentence(chance), float(chance.choice((0, 1, 5)))
            end = text.index(" ")
            error = {"side": "target", "severity": "major" if points > 1 else "minor", "start": 0, "end": end}
            made.append(
                {
                    "lang_pair": pair, "doc_id": f"d{number // 4}", "seg_id": str(number), "system": f"s{system}",
                    "domain": "news", "source": source, "hypothesis": text, "reference": reference,
                    "references": [reference], "score": -points, "n_raters": 1, "mqm_accuracy": -points,
                    "mqm_fluency": -1.0, "mqm_other": 0.0, "errors": [error] if points else [],
                } | other
            )  # fmt: skip
    return pd.DataFrame(made)


@pytest.fixture(scope="module")
def judgments(tmp_path_factory) -> Path:
    """A folder with a little of all that training reads."""
    folder, chance = tmp_path_factory.mktemp("judgments"), random.Random(5)
    both = ("en-de", "zh-en")
    tables = {
        "wmt20_mqm": [rated(chance, pair, 4, 4) for pair in both],
        "wmt21_mqm": [rated(chance, pair, 4, 4) for pair in (*both, "en-ru")],
        "wmt22_mqm": [rated(chance, pair, 4, 4, domain=domain) for pair in both for domain in ("news", "social")],
        "wmt22_mqm_3raters": [rated(chance, "en-zh", 2, 6)],
        "wmt22_mqm_enru_sample": [rated(chance, "en-ru", 3, 3)],
    }
    for name, frames in tables.items():
        pd.concat(frames).to_parquet(folder / f"{name}.parquet")
    judged = [
        {"lang_pair": pair, "source": sentence(chance), "hypothesis": sentence(chance), "score": chance.gauss(0, 1)}
        for pair in ("ro-en", "en-de", "ru-en")
        for _ in range(8)
    ]
    pd.DataFrame([row | {"post_edit": sentence(chance)} for row in judged]).to_parquet(folder / "mlqe_pe.parquet")
    pd.DataFrame([row | {"reference": sentence(chance)} for row in judged]).to_parquet(folder / "wmt17_da.parquet")
    pairs = [
        {
            "lang_pair": "german-english", "item": item, "pert_name": "critical_id8_negation", "severity": "critical",
            **{text: sentence(chance) for text in ("source", "reference", "good", "bad")},
        }
        for item in range(16)
    ]  # fmt: skip
    pd.DataFrame(pairs).to_parquet(folder / "demetr_contrastive.parquet")
    return folder


def steps(data: Path, training: Path) -> list[list[str]]:
    """The modules and arguments that `make train` runs before it fits recipes, without how long they run."""
    made = subprocess.run(
        ["make", "-n", "train", f"DATA={data}", f"TRAINING={training}", "VENV=no-such-folder"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = re.sub(r"\\\n\s*", " ", made.stdout).splitlines()
    found = [line for line in lines if " -m benchmarks.training." in line]
    return [shlex.split(re.sub(r" --(steps|stop) \d+", "", line))[2:] for line in found]


def run(monkeypatch, module: str, *given: str) -> None:
    monkeypatch.setattr(sys, "argv", [module, *given])
    importlib.import_module(module).main()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_train_goes_from_judgments_to_weights_and_on_where_it_stopped(judgments, tmp_path, monkeypatch, capsys):
    updates: list[int] = []
    update = train.Trainer._update
    monkeypatch.setattr(
        train.Trainer, "_update", lambda self, batch: (updates.append(self.step), update(self, batch))[1]
    )
    weights = tmp_path / "network.safetensors"
    more = {"states": (), "export": ("--out", str(weights))}
    names = []
    for module, *given in steps(judgments, tmp_path / "training"):
        names.append(module.rpartition(".")[2])
        if names.count("train") == 1:
            run(monkeypatch, module, *given, "--steps", str(UPDATES), "--stop", "2")
        run(monkeypatch, module, *given, *more.get(names[-1], ("--steps", str(UPDATES))))
    assert names == ["states", "whole", *["train"] * 5, "export"]
    assert updates == [*range(UPDATES)] * 5
    kinds = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert all(known == there > 0 for each in kinds for known, there in each.values())
    first, fifth = (load_file(str(tmp_path / f"training/{name}/average.safetensors")) for name in ("first", "fifth"))
    assert not any(name.startswith("deep.") for name in first)
    assert any(name.startswith("deep.") for name in fifth)
    assert not torch.equal(first["points.weight"], fifth["points.weight"])
    made, ships = (load_file(str(path)) for path in (weights, ROOT / "models/learned/network.safetensors"))
    assert {name: tensor.shape for name, tensor in made.items()} == {
        name: tensor.shape for name, tensor in ships.items()
    }
    loaded({name: tensor.float() for name, tensor in made.items() if not name.startswith("scale.")})
    shutil.rmtree(tmp_path / "training")  # 1.3 GB
