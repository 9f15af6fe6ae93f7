"""Which layer of the bundled encoder matches tokens best?

For each rated translation of a sample of sources, tokens are matched softly with the reference and with the source at
every layer, and the F1 is held against the human scores: accuracy of pairs of translations of one source (ties in the
human score left out), and Pearson over all segments. `cosine` is that of the sentence vectors, for comparison.

    python benchmarks/layers.py ../shared/data
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from scorer import encoders

RESULT = Path(__file__).parent / "results" / "layers.md"
PAIRS = ("en-de", "zh-en", "en-ru")


def sample(data: Path, n_sources: int) -> pd.DataFrame:
    """Return all rated systems of a seeded sample of WMT21 news sources."""
    rows = pd.read_parquet(data / "wmt21_mqm.parquet")
    rows = rows[rows.reference.notna() & ~rows.is_human & (rows.domain == "news")]
    chosen = []
    for pair in PAIRS:
        of_pair = rows[rows.lang_pair == pair]
        sources = of_pair.source.drop_duplicates().sample(n_sources, random_state=1)
        chosen.append(of_pair[of_pair.source.isin(sources)])
    return pd.concat(chosen)


@torch.inference_mode()
def hidden(model, texts: list[str]) -> list[np.ndarray]:
    """Return unit token vectors of all layers, (layers, tokens, dim) a text."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: dict[int, np.ndarray] = {}
    for start in range(0, len(order), 16):
        batch = order[start : start + 16]
        features = model[0].tokenizer(
            ["query: " + texts[i] for i in batch], padding=True, truncation=True, return_tensors="pt"
        )
        states = torch.stack(model[0].auto_model(**features, output_hidden_states=True).hidden_states)
        states = torch.nn.functional.normalize(states, dim=-1).numpy()
        for row, index in enumerate(batch):
            n = int(features["attention_mask"][row].sum())
            found[index] = states[:, row, 3 : n - 1]
    return [found[i] for i in range(len(texts))]


def f1(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the greedy-matching F1 at each layer."""
    similar = left @ right.transpose(0, 2, 1)
    precision, recall = similar.max(axis=2).mean(axis=1), similar.max(axis=1).mean(axis=1)
    return 2 * precision * recall / (precision + recall)


def pair_accuracy(scores: np.ndarray, human: np.ndarray) -> tuple[int, int]:
    """Return agreeing pairs and all pairs that the human told apart."""
    upper = np.triu_indices(len(human), 1)
    differ = (human[:, None] - human[None, :])[upper]
    predicted = (scores[:, None] - scores[None, :])[upper]
    told = differ != 0
    return int((np.sign(differ[told]) == np.sign(predicted[told])).sum()), int(told.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--sources", type=int, default=40, help="sources a language pair")
    options = parser.parse_args()
    rows = sample(options.data, options.sources)
    model = encoders.sentence_transformer()
    lines = []
    for pair in PAIRS:
        scores: dict[tuple[str, int], list[float]] = defaultdict(list)
        agree: dict[tuple[str, int], np.ndarray] = defaultdict(lambda: np.zeros(2))
        human_all: list[float] = []
        for _, group in rows[rows.lang_pair == pair].groupby("source", sort=True):
            vectors = hidden(model, [group.source.iloc[0], group.reference.iloc[0], *group.hypothesis])
            human = group.score.to_numpy()
            human_all.extend(human)
            for against, other in (("source", vectors[0]), ("reference", vectors[1])):
                table = np.stack([f1(vector, other) for vector in vectors[2:]])
                for layer in range(table.shape[1]):
                    scores[against, layer].extend(table[:, layer])
                    agree[against, layer] += pair_accuracy(table[:, layer], human)
        for (against, layer), values in sorted(scores.items()):
            right, told = agree[against, layer]
            lines.append((pair, against, layer, right / told, np.corrcoef(values, human_all)[0, 1], len(values)))
        print(pair, "done", file=sys.stderr)
    table = pd.DataFrame(lines, columns=["pair", "against", "layer", "accuracy", "pearson", "n"])
    text = ["# Soft token matching by layer", "", f"`python benchmarks/layers.py DATA --sources {options.sources}`", ""]
    text += [f"WMT21 news, MQM; {options.sources} sources a pair, {int(table.n.max())} translations at most.", ""]
    text += ["| against | layer | " + " | ".join(f"{p} acc | {p} r" for p in PAIRS) + " | mean acc | mean r |"]
    text += ["|---|--:|" + "--:|" * (2 * len(PAIRS) + 2)]
    for (against, layer), group in table.groupby(["against", "layer"]):
        cells = [f"{v:.3f}" for p in PAIRS for v in group[group.pair == p][["accuracy", "pearson"]].iloc[0]]
        cells += [f"{group.accuracy.mean():.3f}", f"{group.pearson.mean():.3f}"]
        text.append(f"| {against} | {layer} | " + " | ".join(cells) + " |")
    RESULT.write_text("\n".join(text) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
