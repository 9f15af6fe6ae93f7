"""What a paragraph gets, scored as one segment, beside what its sentences get one by one and what people took off.

Paragraphs are runs of consecutive segments of one system's translation, joined. Each is scored twice: its segments by
themselves, and the paragraph as it is.

    python benchmarks/paragraphs.py ../shared/data [--n 8] [--segments 4]

writes benchmarks/results/paragraphs.md.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import pandas as pd
from predictions import CAP, predicted

from benchmarks.training.corpus import HELD_OUT_DOMAINS
from benchmarks.training.evaluate import CHOICE, item_accuracy, system_accuracy
from scorer.pairing import joint
from scorer.plan import Settings

ROOT = Path(__file__).parent.parent
SEED = 3
SETS = (*CHOICE, ("wmt22_mqm", "en-de"), ("wmt22_mqm", "zh-en"))
MODES = ("source", "reference")
TEXTS = ["source", "hypothesis", "reference"]


def judged(data: Path, name: str, pair: str) -> pd.DataFrame:
    """Return the judged translations of a set, in the order of the documents; none that was trained on."""
    rows = pd.read_parquet(data / f"{name}.parquet")
    rows = rows[(rows.lang_pair == pair) & ~rows.is_human.astype(bool) & rows.score.notna() & rows.reference.notna()]
    rows = rows[(rows.hypothesis.str.strip() != "") & ~rows.system.str.lower().str.startswith("ref")]
    if name == "wmt22_mqm":
        rows = rows[rows.domain.isin(HELD_OUT_DOMAINS)]
    rows = rows.assign(number=pd.to_numeric(rows.seg_id), doc_id=rows.doc_id.fillna(""))
    return rows.drop_duplicates(["system", "doc_id", "number"]).sort_values(["system", "doc_id", "number"])


def sentences(rows: pd.DataFrame, n: int, size: int) -> pd.DataFrame:
    """Return the segments of up to `n` paragraphs that all systems translated, `paragraph` numbered by system too."""
    counts = rows.system.value_counts()
    rows = rows[rows.system.isin(counts.index[counts >= 0.9 * counts.max()])]
    n_systems = rows.groupby(["doc_id", "number"]).system.nunique()
    runs = []
    for document, found in n_systems[n_systems == rows.system.nunique()].groupby(level=0):
        numbers = [number for _, number in found.index]
        for start in range(0, len(numbers) - size + 1, size):
            run = numbers[start : start + size]
            if run[-1] - run[0] == size - 1:
                runs.append((document, run))
    chosen = random.Random(SEED).sample(runs, min(n, len(runs)))
    kept = [rows[(rows.doc_id == doc) & rows.number.isin(run)].assign(item=i) for i, (doc, run) in enumerate(chosen)]
    table = pd.concat(kept, ignore_index=True)
    return table.assign(paragraph=table.groupby(["item", "system"]).ngroup(), human=(-table.score).clip(0, CAP))


def joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each paragraph."""
    source, target = rows.lang_pair.iloc[0].split("-")
    spaces = {"source": joint(source), "hypothesis": joint(target), "reference": joint(target)}
    texts = {column: (column, space.join) for column, space in spaces.items()}
    return rows.groupby("paragraph").agg(
        lang_pair=("lang_pair", "first"), item=("item", "first"), system=("system", "first"),
        human=("human", "sum"), **texts,
    )  # fmt: skip


def measured(data: Path, n: int, size: int) -> pd.DataFrame:
    """Return the points of each paragraph by set, mode and way of scoring it."""
    made = []
    for name, pair in SETS:
        single = sentences(judged(data, name, pair), n, size)
        whole = joined(single)
        for mode in MODES:
            ways = {
                "its segments": predicted(single, mode, Settings()).mqm.groupby(single.paragraph).sum(),
                "the paragraph": predicted(whole, mode, Settings()).mqm,
            }
            for way, points in ways.items():
                made.append(whole.drop(columns=TEXTS).assign(set=f"{name[:5]} {pair}", mode=mode, way=way, mqm=points))
            print(name, pair, mode, flush=True)
    return pd.concat(made, ignore_index=True)


def agreement(rows: pd.DataFrame) -> pd.Series:
    """Return the mean points of people and of ours, and how well they agree, in one set, mode and way."""
    scores, human = -rows.mqm.to_numpy(float), -rows.human.to_numpy(float)
    return pd.Series(
        {
            "people": -human.mean(),
            "mqm": -scores.mean(),
            "r": np.corrcoef(scores, human)[0, 1],
            "acc": item_accuracy(scores, human, rows.item.to_numpy()),
            "sys": system_accuracy(scores, human, rows.system.tolist()),
        }
    )


def line(name: str, mode: str, way: str, row: pd.Series) -> str:
    """Return a row of the table."""
    agreed = " | ".join(f"{row[column]:.3f}" for column in ("r", "acc", "sys"))
    return f"| {name} | {mode} | {way} | {row.people:.2f} | {row.mqm:.2f} | {agreed} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--n", type=int, default=8, help="paragraphs of each set, by all its systems")
    parser.add_argument("--segments", type=int, default=4, help="of a paragraph")
    given = parser.parse_args()
    table = measured(given.data, given.n, given.segments)
    columns = ["set", "mode", "way"]
    sets = pd.DataFrame({key: agreement(rows) for key, rows in table.groupby(columns, sort=False)}).T
    sets.index.names = columns
    lines = [line(*key, row) for key, row in sets.iterrows()]
    lines += [line("mean", *key, row) for key, row in sets.groupby(["mode", "way"], sort=False).mean().iterrows()]
    text = [
        f"`python benchmarks/paragraphs.py DATA --n {given.n} --segments {given.segments}`: paragraphs of",
        f"{given.segments} segments, {given.n} of each set by all its systems. Points that people took off each,",
        "and `mqm`; r, accuracy by item with tie calibration and accuracy of systems. A set is small: the last three",
        "columns are uncertain by a tenth.",
        "",
        "| set | mode | scored | people | `mqm` | r | acc | sys |",
        "|---|---|---|--:|--:|--:|--:|--:|",
        *lines,
        "",
    ]
    (ROOT / "benchmarks/results/paragraphs.md").write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
