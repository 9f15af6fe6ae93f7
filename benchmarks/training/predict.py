"""Write what a network expects of human-rated translations, in each mode: the table that calibration and figures read.

    python -m benchmarks.training.predict --states FOLDER --run FOLDER --out predictions.parquet [--sources 150]

Columns: collection, lang_pair, domain, system, item, mode, n_words, accuracy, fluency (points, read in that mode),
fluency_alone (points, the hypothesis read by itself), human, human_accuracy, human_fluency (points, 0 is best).
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import pandas as pd
import torch
from safetensors.torch import load_file

from benchmarks.training import batches, corpus, evaluate
from benchmarks.training.states import States
from scorer import words
from scorer.network import Network, loaded

SETS = (
    ("wmt22_mqm", ("en-de", "zh-en")),
    ("wmt22_mqm_enru_sample", ("en-ru",)),
    ("wmt21_mqm", ("en-ru",)),
)


def table(library: batches.Library, network: Network, data: Path, n_sources: int) -> pd.DataFrame:
    """Return a row for each hypothesis and mode."""
    rng = random.Random(11)
    parts = []
    for name, pairs in SETS:
        for pair in pairs:
            groups = [g for g in corpus.mqm(data, name, (pair,)) if library.has(g)]
            for domain in sorted({g.rated[0].domain for g in groups}):
                own = [g for g in groups if g.rated[0].domain == domain]
                parts.append(_rows(library, network, name, rng.sample(own, min(n_sources, len(own)))))
                print(name, pair, domain, len(parts[-1]), flush=True)
    return pd.concat(parts, ignore_index=True)


def _rows(library: batches.Library, network: Network, name: str, groups: list[corpus.Group]) -> pd.DataFrame:
    dev = evaluate._dev(library, name, groups, batches.MODES)
    ordered = [(item, group, one) for item, group in enumerate(g for chunk in dev.chunks for g in chunk) for one in group.rated]
    alone = evaluate.predict(network, dev, "none")[:, 1]
    parts = []
    for mode in ("source", "reference", "both"):
        points = evaluate.predict(network, dev, mode)
        parts.append(
            pd.DataFrame(
                {
                    "collection": name, "lang_pair": [g.languages for _, g, _ in ordered],
                    "domain": [r.domain for _, _, r in ordered], "system": [r.system for _, _, r in ordered],
                    "item": [f"{name}/{g.languages}/{g.rated[0].domain}/{item}" for item, g, _ in ordered], "mode": mode,
                    "n_words": [words.count(r.hypothesis) for _, _, r in ordered],
                    "accuracy": points[:, 0], "fluency": points[:, 1], "fluency_alone": alone,
                    "human": [r.total for _, _, r in ordered],
                    "human_accuracy": [r.accuracy for _, _, r in ordered], "human_fluency": [r.fluency for _, _, r in ordered],
                    "source": [g.source for _, g, _ in ordered], "hypothesis": [r.hypothesis for _, _, r in ordered],
                    "reference": [(batches._reference(g, r, 0.0) or "") for _, g, r in ordered],
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sources", type=int, default=150)
    given = parser.parse_args()
    network = loaded(load_file(str(given.run / "average.safetensors")))
    with torch.inference_mode():
        library = batches.Library(States(given.states))
        table(library, network.eval(), given.data, given.sources).to_parquet(given.out)


if __name__ == "__main__":
    main()
