"""What a paragraph gets, scored as one segment, beside what its sentences get one by one and what people took off.

Paragraphs are runs of consecutive segments of one system's translation, joined. Each is scored three times: its
segments by themselves, the paragraph as it is (cut into sentences again, `scorer.parts`), and read in one piece.

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
from scorer import parts
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


def in_one_piece(rows: pd.DataFrame, mode: str) -> pd.Series:
    """Return the points of paragraphs that are not cut."""
    known, cut = dict(parts.BY), parts.paired
    parts.BY = dict.fromkeys(known, lambda segment: (parts.Part(segment),))
    parts.paired = lambda segment: (parts.Part(segment),)  # type: ignore[assignment]
    try:
        return predicted(rows, mode, Settings()).mqm
    finally:
        parts.BY, parts.paired = known, cut


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
                "in one piece": in_one_piece(whole, mode),
            }
            for way, points in ways.items():
                made.append(whole.drop(columns=TEXTS).assign(set=f"{name[:5]} {pair}", mode=mode, way=way, mqm=points))
            print(name, pair, mode, flush=True)
    return pd.concat(made, ignore_index=True)


def line(rows: pd.DataFrame) -> str:
    """Return the cells of one set, mode and way."""
    scores, human = -rows.mqm.to_numpy(float), -rows.human.to_numpy(float)
    cells = (
        float(np.corrcoef(scores, human)[0, 1]),
        item_accuracy(scores, human, rows.item.to_numpy()),
        system_accuracy(scores, human, rows.system.tolist()),
    )
    return f"{rows.human.mean():.2f} | {rows.mqm.mean():.2f} | " + " | ".join(f"{cell:.3f}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--n", type=int, default=8, help="paragraphs of each set, by all its systems")
    parser.add_argument("--segments", type=int, default=4, help="of a paragraph")
    given = parser.parse_args()
    table = measured(given.data, given.n, given.segments)
    lines = [
        f"| {name} | {mode} | {way} | {line(rows)} |"
        for (name, mode, way), rows in table.groupby(["set", "mode", "way"], sort=False)
    ]
    for (mode, way), rows in table.groupby(["mode", "way"], sort=False):
        lines.append(f"| all | {mode} | {way} | {rows.human.mean():.2f} | {rows.mqm.mean():.2f} | | | |")
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
