"""Predict expected penalties of held-out, human-rated translations: the table that `calibrate.py` reads.

Rows are MQM judgments that no file in models/ was fitted to, in each of three modes: with the source, with the
reference, and with both. The penalty of a row is what one table of judgments says of it, capped at 25 points as the
MQM scheme caps a segment.

    python benchmarks/predictions.py ../shared/data predictions.parquet --preset standard --sources 25
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd

from scorer import judge
from scorer.plan import Settings, plan
from scorer.types import Languages, Segment

SEED = 1
CAP = 25.0
# What was kept from fitting: another year than that of the training rows, and pairs that have none.
HELD_OUT = {
    "wmt22_mqm": ("en-de", "zh-en"),
    "wmt22_mqm_enru_sample": ("en-ru",),
    "wmt21_mqm": ("en-ru",),
    "wmt22_mqm_3raters": ("en-zh",),
}
MODES = ("source", "reference", "both")


def rated(data: Path, n_sources: int) -> pd.DataFrame:
    """Return every system's rows of up to `n_sources` sources of each collection, pair and domain."""
    kept = []
    for name, pairs in HELD_OUT.items():
        rows = pd.read_parquet(data / f"{name}.parquet").assign(collection=name)
        rows = rows[rows.lang_pair.isin(pairs) & ~rows.is_human.astype(bool) & rows.reference.notna()]
        rows = rows[(rows.hypothesis.str.strip() != "") & (rows.source.str.strip() != "")]
        for _, each in rows.groupby(["lang_pair", "domain"], dropna=False):
            sources = each.source.drop_duplicates()
            chosen = sources.sample(min(n_sources, len(sources)), random_state=SEED)
            kept.append(each[each.source.isin(chosen)])
    return pd.concat(kept, ignore_index=True)


def predicted(rows: pd.DataFrame, mode: str, settings: Settings) -> pd.DataFrame:
    """Return the rows' expected points in one mode, in the columns that `calibrate.py` reads."""
    parts = []
    for pair, each in rows.groupby("lang_pair"):
        languages = Languages(*str(pair).split("-"))
        chosen = plan(settings, mode, languages.hypothesis, int(mode != "source"), specs=("length_ratio",))  # type: ignore[arg-type]
        segments = [
            Segment(
                i,
                None if mode == "reference" else row.source,
                row.hypothesis,
                () if mode == "source" else (row.reference,),
                languages,
            )
            for i, row in enumerate(each.itertuples())
        ]
        judged = judge.judge(segments, chosen)
        points = pd.DataFrame(judge.penalty_rows(judged), index=each.index)[["mqm", "mqm_accuracy", "mqm_fluency"]]
        parts.append(points.assign(n_words=[penalty.n_words for penalty in judged.penalties]))
    return pd.concat(parts).sort_index()


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the predictions of all modes, with the human penalties beside them."""
    parts = {name: -rows[column].astype(float) for name, column in
             {"human_accuracy": "mqm_accuracy", "human_fluency": "mqm_fluency"}.items() if column in rows}  # fmt: skip
    known = rows[["collection", "lang_pair", "domain", "system"]].assign(
        domain=rows.domain.fillna("all"), item=rows.source, human=(-rows.score).clip(0, CAP), **parts
    )
    made = []
    for mode in MODES:
        begun = time.monotonic()
        name = mode if settings.preset == "standard" else f"{settings.preset}/{mode}"
        made.append(known.assign(mode=name).join(predicted(rows, mode, settings)))
        print(f"{name}: {len(rows)} rows, {time.monotonic() - begun:.0f} s", flush=True)
    whole = pd.concat(made, ignore_index=True)
    whole["item"] = pd.factorize(whole.item)[0]  # a number: no text leaves the collections
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path, help="a .parquet file")
    parser.add_argument("--preset", choices=("standard", "fast"), default="standard")
    parser.add_argument("--sources", type=int, default=25, help="of each collection, language pair and domain")
    options = parser.parse_args()
    table(rated(options.data, options.sources), Settings(preset=options.preset)).to_parquet(options.output, index=False)


if __name__ == "__main__":
    main()
