"""Fit the standard recipes: what the learned metric and the classic ones expect together, in MQM points per 100 words.

Fitted on translations that the network did not see: the domain `ecommerce` of WMT22 (MQM, Apache-2.0; totals only),
and damage made from its references, whose cost is known by part. `social`, the other domain that was held out, only
measures. Adequacy and fluency are fitted together, to the totals: each metric belongs to one of the two.

    python benchmarks/fit_learned.py ../shared/data [--sources 60] [--predictions FILE]

writes the recipes `standard/*` of models/recipes.json, benchmarks/results/learned.md and, for benchmarks/calibrate.py,
a table of predictions.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fit_recipe import damaged, features, segments
from benchmarks.training.corpus import CAP, HELD_OUT_DOMAINS
from benchmarks.training.evaluate import item_accuracy, system_accuracy
from scorer import combine, fitting, metrics, words
from scorer.combine import Prediction, Term
from scorer.types import Segment

ROOT = Path(__file__).parent.parent
SEED = 1
FITTED, MEASURED = HELD_OUT_DOMAINS
ADEQUACY = {
    "source": ("learned_accuracy", "similarity_source", "match_precision_source", "match_recall_source"),
    "reference": ("learned_accuracy", "match_precision", "match_recall", "chrf"),
    "both": ("learned_accuracy", "match_precision", "match_recall", "chrf", "match_recall_source"),
}
FLUENCY = ("learned_fluency", "oddity")
Floats = np.ndarray[Any, np.dtype[np.float64]]


def rated(data: Path, n_sources: int) -> pd.DataFrame:
    """Return all systems' translations of a seeded sample of sources of each held-out set."""
    found = pd.read_parquet(data / "wmt22_mqm.parquet").assign(collection="wmt22_mqm")
    found = found[found.domain.isin(HELD_OUT_DOMAINS)]
    russian = pd.read_parquet(data / "wmt22_mqm_enru_sample.parquet").assign(collection="wmt22_mqm_enru_sample")
    rows = pd.concat([found, russian])
    rows = rows[rows.reference.notna() & (rows.hypothesis.str.strip() != "") & ~rows.is_human.astype(bool)]
    kept = []
    for _, each in rows.groupby(["lang_pair", "domain"]):
        sources = each.source.drop_duplicates()
        kept.append(each[each.source.isin(sources.sample(min(n_sources, len(sources)), random_state=SEED))])
    return pd.concat(kept, ignore_index=True)


def alone(items: list[Segment], mode: str) -> list[Segment]:
    """Return the segments with what a mode reads."""
    if mode == "source":
        return [replace(item, references=()) for item in items]
    return [replace(item, source=None) for item in items] if mode == "reference" else items


def fit(
    mode: str, table: dict[str, Floats], total: Floats, parts: tuple[Floats, Floats], n_words: Floats
) -> tuple[Prediction, Prediction]:
    """Return the predictions of adequacy and fluency.

    Args:
        mode: What hypotheses are held against.
        table: Each metric's segment scores.
        total: Points per 100 words in all, NaN for damage.
        parts: Points of accuracy and of fluency per 100 words, NaN for rated rows.
        n_words: Of each row.
    """
    names = (*ADEQUACY[mode], *FLUENCY)
    belongs = np.array([name in FLUENCY for name in names])
    sound = np.all([np.isfinite(table[name]) for name in names], axis=0)
    equations = [(total, np.ones(len(names), bool)), (parts[0], ~belongs), (parts[1], belongs)]
    curves = {}
    for name, fluent in zip(names, belongs, strict=True):
        target = np.where(np.isnan(total), parts[int(fluent)], total)
        known = sound & np.isfinite(target)
        up = not metrics.registry.create(name).higher_is_better
        found = fitting.curve(table[name][known], target[known], n_words[known], increasing=up)
        curves[name] = fitting.thinned(found)
    design, wanted = [], []
    for target, used in equations:
        known = sound & np.isfinite(target)
        root = np.sqrt(n_words[known])
        columns = [fitting.bent(table[name][known], curves[name]) * on for name, on in zip(names, used, strict=True)]
        design.append(np.column_stack(columns) * root[:, None])
        wanted.append(target[known] * root)
    weights = fitting.non_negative_least_squares(np.concatenate(design), np.concatenate(wanted))
    print(mode, {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}, flush=True)
    terms = [Term(name, curves[name], round(float(weight), 4)) for name, weight in zip(names, weights, strict=True)]
    return tuple(  # type: ignore[return-value]
        Prediction(tuple(t for t, fluent in zip(terms, belongs, strict=True) if fluent == part and t.weight > 0), 0.0,
                   ((0.0, 0.0), (1000.0, 1000.0)))
        for part in (False, True)
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sources", type=int, default=60)
    parser.add_argument("--predictions", type=Path, default=ROOT / "predictions.parquet")
    given = parser.parse_args()
    rows = rated(given.data, given.sources)
    items = segments(rows)
    fitted = (rows.domain == FITTED).to_numpy() & (rows.collection == "wmt22_mqm").to_numpy()
    made = damaged([item for item, yes in zip(items, fitted, strict=True) if yes][::3])
    every = [*items, *(segment for segment, _, _ in made)]
    every = [replace(segment, index=i) for i, segment in enumerate(every)]
    n_words = np.array([words.count(segment.hypothesis) for segment in every])
    n = len(rows)
    human = np.minimum(CAP, -rows.score.to_numpy(float))
    total = np.concatenate([np.where(fitted, 100 * human / n_words[:n], np.nan), np.full(len(made), np.nan)])
    parts = tuple(np.concatenate([np.full(n, np.nan), [one[part] for one in made]]) for part in (1, 2))
    content = json.loads((ROOT / "models/recipes.json").read_text(encoding="utf-8"))
    tables, lines = [], []
    for mode in ADEQUACY:
        names = [*ADEQUACY[mode], *FLUENCY, *(("chrf", "match_f1") if mode != "source" else ("match_f1_source",))]
        table = features(list(dict.fromkeys(names)), alone(every, mode))
        adequacy, fluency = fit(mode, table, total, parts, n_words)  # type: ignore[arg-type]
        content["recipes"][f"standard/{mode}"] = {
            "adequacy": fitting.as_json(adequacy), "fluency": fitting.as_json(fluency)
        }  # fmt: skip
        accuracy = fitting.predicted(adequacy, table, len(every))[:n] * n_words[:n] / 100
        flow = fitting.predicted(fluency, table, len(every))[:n] * n_words[:n] / 100
        tables.append(
            pd.DataFrame(
                {
                    "collection": rows.collection, "lang_pair": rows.lang_pair, "domain": rows.domain,
                    "system": rows.system, "item": pd.factorize(rows.lang_pair + rows.source)[0], "mode": mode,
                    "n_words": n_words[:n], "mqm": accuracy + flow, "mqm_accuracy": accuracy, "mqm_fluency": flow,
                    "human": human, "human_accuracy": np.nan, "human_fluency": np.nan,
                }
            )
        )  # fmt: skip
        columns = {"mqm": -(accuracy + flow), "quality": -(accuracy + flow) / n_words[:n], "fluency alone": -flow / n_words[:n]}
        for name in names:
            if name.startswith("learned"):
                columns[name] = -table[name][:n] * n_words[:n] / 100
            elif name not in ADEQUACY[mode] or name == "chrf":
                sign = 1 if metrics.registry.create(name).higher_is_better else -1
                columns[name] = sign * table[name][:n]
        columns["length"] = -n_words[:n]
        lines += agreement(rows, mode, columns, human)
    (ROOT / "models/recipes.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    pd.concat(tables).to_parquet(given.predictions)
    (ROOT / "benchmarks/results/learned.md").write_text(report(lines, given.sources), encoding="utf-8")


def agreement(rows: pd.DataFrame, mode: str, columns: dict[str, Floats], human: Floats) -> list[str]:
    """Return a table row for each set and score."""
    lines = []
    for (pair, domain), index in rows.groupby(["lang_pair", "domain"]).groups.items():
        at = np.array(index)
        items = pd.factorize(rows.source.iloc[at])[0]
        for name, values in columns.items():
            cells = (
                float(np.corrcoef(values[at], -human[at])[0, 1]),
                item_accuracy(values[at], -human[at], items),
                system_accuracy(values[at], -human[at], rows.system.iloc[at].tolist()),
            )
            shown = " | ".join(f"{cell:.3f}" for cell in cells)
            lines.append(f"| {pair} {domain} | {mode} | {name} | {shown} |")
    return lines


def report(lines: list[str], n_sources: int) -> str:
    """Return the Markdown page."""
    return "\n".join(
        [
            f"`python benchmarks/fit_learned.py DATA --sources {n_sources}`: agreement with MQM on what the network did not",
            f"see. Curves and weights were fitted on WMT22 `{FITTED}`; `{MEASURED}` and en-ru only measure. r: Pearson over",
            "all segments; acc: pairwise accuracy by item with tie calibration; sys: accuracy of pairs of systems.",
            "",
            "| set | mode | score | r | acc | sys |",
            "|---|---|---|--:|--:|--:|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
