"""Print how long translations are, for the tables in `scorer/checks/expected_length.py`.

    python benchmarks/length_ratios.py ../shared/data

Reads every source and reference of the collections that have references, and the post-edits of MLQE-PE, each pair once.
For each language beside English it prints the median of log(its length / English length) in weighted characters, by
direction and less the explicitation that every translation shows; then, by weighted source length, which share of all
pairs lies outside the spread on either side.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from scorer.checks.expected_length import EXPLICITATION, deviation, weighted
from scorer.types import Languages, Segment

COLLECTIONS = (
    "wmt17_da",
    "wmt20_mqm",
    "wmt21_mqm",
    "wmt22_mqm",
    "wmt22_mqm_3raters",
    "indic_mqm",
    "demetr_contrastive",
)
CODES = {"chinese_simple": "zh", "czech": "cs", "english": "en", "french": "fr", "german": "de", "hindi": "hi"}
CODES |= {"italian": "it", "japanese": "ja", "polish": "pl", "russian": "ru", "spanish": "es"}
BINS = (0, 15, 30, 60, 120, 240, 100_000)


def main(data: Path) -> None:
    """Print both tables for the collections in `data`."""
    pairs = read(data)
    pairs["there"] = [weighted(text)[0] for text in pairs["source"]]
    pairs["here"] = [weighted(text)[0] for text in pairs["reference"]]
    pairs = pairs[(pairs["there"] > 0) & (pairs["here"] > 0)]
    print_languages(pairs)
    print_spread(pairs)


def read(data: Path) -> pd.DataFrame:
    """Return source, reference and the two language codes of every pair of human texts, once each."""
    columns = ["lang_pair", "source", "reference"]
    frames = [pd.read_parquet(data / f"{name}.parquet", columns=columns) for name in COLLECTIONS]
    edited = pd.read_parquet(data / "mlqe_pe.parquet", columns=["lang_pair", "source", "post_edit"])
    pairs = pd.concat([*frames, edited.rename(columns={"post_edit": "reference"})]).dropna()
    codes = [[CODES.get(part, part) for part in pair.split("-")] for pair in pairs["lang_pair"]]
    pairs[["from", "to"]] = codes
    return pairs.drop_duplicates(["from", "to", "source", "reference"])


def print_languages(pairs: pd.DataFrame) -> None:
    """Print the length of each language against English; into English, out of it, and the mean of the two."""
    logs = np.log(pairs["here"] / pairs["there"])
    for language in sorted({*pairs["from"], *pairs["to"]} - {"en"}):
        into, out = logs[pairs["from"] == language], logs[pairs["to"] == language]
        medians = [
            sign * (float(np.median(rows)) - EXPLICITATION) for sign, rows in ((-1, into), (1, out)) if len(rows)
        ]
        values = (f"{value:+.2f}" for value in (np.mean(medians), *medians))
        print(f"{language}: n={len(into)}+{len(out)}", *values)


def print_spread(pairs: pd.DataFrame) -> None:
    """Print, by source length, the shares of pairs that are shorter or longer than the spread allows."""
    off = [
        deviation(Segment(0, row.source, row.reference, languages=Languages(row._4, row.to)))
        for row in pairs.itertuples()
    ]
    spreads = np.array([value[1] if value else 0.0 for value in off])
    lengths = pairs["there"].to_numpy()
    for low, high in pairwise(BINS):
        here = spreads[(lengths >= low) & (lengths < high)]
        shares = (f"{np.mean(outside):.2%}" for outside in (here < -1, here > 1, here < -2, here > 2))
        low_end = np.quantile(here, 0.03)
        print(f"{low:>4}-{high:<6} n={len(here):<6} beyond -1, +1, -2, +2:", *shares, f"3% lie below {low_end:+.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
