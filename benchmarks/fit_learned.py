"""Fit the standard recipes: what the learned metric and the classic ones expect together, in MQM points per 100 words.

Curves are fitted on translations that the network did not see: the domain `ecommerce` of WMT22 (MQM, Apache-2.0),
and damage made from its references, whose cost is known by part. `social`, the other domain that was held out, and
en-ru only measure. WMT22 has totals only: accuracy and fluency take their usual shares of them, those of WMT20 and
WMT21. Weights are plain numbers, since least squares on points, which rare heavy errors rule, gave the network none and
ordered translations of one source worse; benchmarks/choose_recipe.py says what other weights would be worth.

    python benchmarks/fit_learned.py ../shared/data [--sources 40] [--predictions FILE]

writes the recipes `standard/*` of models/recipes.json, benchmarks/results/learned.md and, for benchmarks/calibrate.py,
a table of predictions.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from agreement import KEYS, published_scores
from fit_recipe import damaged, features, segments

from benchmarks.training.corpus import CAP, HELD_OUT_DOMAINS
from benchmarks.training.evaluate import item_accuracy, system_accuracy
from scorer import combine, estimator, fitting, metrics, words
from scorer.combine import Prediction, Term
from scorer.types import Segment

ROOT = Path(__file__).parent.parent
SEED = 1
FITTED = HELD_OUT_DOMAINS[0]
ADEQUACY = {
    "source": {"learned_accuracy": 0.85, "similarity_source": 0.15},
    "reference": {"learned_accuracy": 0.4, "match_f1": 0.3, "similarity": 0.3},
    "both": {"learned_accuracy": 0.4, "match_f1": 0.3, "similarity": 0.3},
}
FLUENCY = {"learned_fluency": 0.6, "oddity": 0.4}
# Of the points in WMT20 and WMT21: accuracy 0.63 to 0.74, fluency the rest.
SHARES = (0.7, 0.3)
SHOWN = {"source": ("match_f1_source",), "reference": ("chrf",), "both": ("chrf",)}
# Of the published scores, those that read what a mode reads.
PUBLISHED = {
    "source": ("CometKiwi-XL", "CometKiwi-XXL", "MetricX-23-QE-XXL", "GEMBA-GPT4-DA-src"),
    "reference": ("BLEURT-20", "MetricX-23-XXL"),
    "both": ("GEMBA-GPT4-DA-refA",),
}
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Ground:
    """What curves are fitted to: the rated translations of the held-out sets, then damaged ones.

    Attributes:
        rows: The rated translations.
        segments: They and the damaged ones.
        n_words: By mode, what each segment's points are counted over.
        human: Points that people took off the rated translations.
        points: Of each segment, the same; NaN for damage and for what is not fitted to.
        parts: Of each segment, points per 100 words of accuracy and of fluency; NaN for rated translations.
    """

    rows: pd.DataFrame
    segments: list[Segment]
    n_words: dict[str, Floats]
    human: Floats
    points: Floats
    parts: tuple[Floats, Floats]


def ground(data: Path, n_sources: int) -> Ground:
    """Return what curves are fitted to."""
    rows = rated(data, n_sources)
    items = segments(rows)
    fitted = (rows.domain == FITTED).to_numpy() & (rows.collection == "wmt22_mqm").to_numpy()
    made = damaged([item for item, yes in zip(items, fitted, strict=True) if yes][::3])
    every = [*items, *(segment for segment, _, _ in made)]
    every = [replace(segment, index=i) for i, segment in enumerate(every)]
    n_words = {mode: np.array([combine.length(segment) for segment in alone(every, mode)]) for mode in ADEQUACY}
    n = len(rows)
    human = np.minimum(CAP, -rows.score.to_numpy(float))
    points = np.concatenate([np.where(fitted, human, np.nan), np.full(len(made), np.nan)])
    accuracy, fluency = (np.concatenate([np.full(n, np.nan), [one[part] for one in made]]) for part in (1, 2))
    return Ground(rows, every, n_words, human, points, (accuracy, fluency))


def rated(data: Path, n_sources: int) -> pd.DataFrame:
    """Return all systems' translations of a seeded sample of sources of each held-out set."""
    found = pd.read_parquet(data / "wmt22_mqm.parquet").assign(collection="wmt22_mqm")
    found = found[found.domain.isin(HELD_OUT_DOMAINS)]
    russian = pd.read_parquet(data / "wmt22_mqm_enru_sample.parquet").assign(collection="wmt22_mqm_enru_sample")
    rows = pd.concat([found, russian])
    rows = rows[
        rows.reference.notna() & rows.score.notna() & (rows.hypothesis.str.strip() != "") & ~rows.is_human.astype(bool)
    ]
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


def recipe(
    found: Ground,
    scores: dict[str, dict[str, Floats]],
    mode: str,
    adequacy: dict[str, float],
    fluency: dict[str, float],
) -> tuple[Prediction, Prediction]:
    """Return the predictions of adequacy and of fluency in a mode.

    Args:
        found: What they are fitted to.
        scores: Each mode's metrics of it, `as_read`.
        mode: With a reference the curves are those of both modes together: a faultless text has one value.
        adequacy: The metrics' weights.
        fluency: Likewise.
    """
    modes = ("source",) if mode == "source" else ("reference", "both")
    joined = {name: np.concatenate([scores[each][name] for each in modes]) for name in (*adequacy, *fluency)}
    accuracy, flow = (np.tile(one, len(modes)) for one in found.parts)
    n_words = np.concatenate([found.n_words[each] for each in modes])
    total = 100 * np.tile(found.points, len(modes)) / n_words
    return (
        fit(adequacy, SHARES[0], joined, total, accuracy, n_words),
        fit(fluency, SHARES[1], joined, total, flow, n_words),
    )


def fit(
    weights: dict[str, float], share: float, table: dict[str, Floats], total: Floats, part: Floats, n_words: Floats
) -> Prediction:
    """Return the prediction of a dimension: its metrics' curves, weighted.

    Args:
        weights: Of the metrics.
        share: Of the total points that fall to the dimension.
        table: Each metric's segment scores.
        total: Points per 100 words in all, NaN for damage.
        part: The dimension's points per 100 words, NaN for rated rows.
        n_words: Of each row.
    """
    target = np.where(np.isnan(total), part, share * total)
    terms = []
    for name, weight in weights.items():
        known = np.isfinite(target) & np.isfinite(table[name])
        up = not metrics.registry.create(name).higher_is_better
        curve = fitting.curve(table[name][known], target[known], n_words[known], increasing=up)
        terms.append(Term(name, fitting.thinned(curve), weight))
    return Prediction(tuple(terms), 0.0, ((0.0, 0.0), (1000.0, 1000.0)))


def measured(every: list[Segment], kept: Path) -> dict[str, dict[str, Floats]]:
    """Return each mode's metrics, computed once for a network and kept in a file."""
    if kept.exists():
        found = np.load(kept)
        if "network" in found.files and str(found["network"]) == estimator.version():
            return {
                mode: {k.split("/")[1]: found[k] for k in found.files if k.startswith(f"{mode}/")} for mode in ADEQUACY
            }
    made = {
        mode: features(list(dict.fromkeys([*weights, *FLUENCY, *SHOWN[mode]])), alone(every, mode))
        for mode, weights in ADEQUACY.items()
    }
    columns = {f"{mode}/{name}": values for mode, table in made.items() for name, values in table.items()}
    np.savez(kept, **columns, network=np.array(estimator.version()))
    return made


def as_read(scores: dict[str, dict[str, Floats]], every: list[Segment]) -> dict[str, dict[str, Floats]]:
    """Return each mode's metrics as recipes read them."""
    own = np.array([words.count(segment.hypothesis) for segment in every], float)
    return {
        mode: {name: combine.steadied(name, values, own) for name, values in table.items()}
        for mode, table in scores.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--predictions", type=Path, default=ROOT / "predictions.parquet")
    given = parser.parse_args()
    found = ground(given.data, given.sources)
    rows, human, n = found.rows, found.human, len(found.rows)
    content = json.loads((ROOT / "models/recipes.json").read_text(encoding="utf-8"))
    own = np.array([words.count(text) for text in rows.hypothesis])
    tables, lines = [], []
    raw = measured(found.segments, given.predictions.with_suffix(".features.npz"))
    scores = as_read(raw, found.segments)
    for mode, weights in ADEQUACY.items():
        table, n_words = scores[mode], found.n_words[mode]
        adequacy, fluency = recipe(found, scores, mode, weights, FLUENCY)
        content["recipes"][f"standard/{mode}"] = {
            "adequacy": fitting.as_json(adequacy), "fluency": fitting.as_json(fluency)
        }  # fmt: skip
        accuracy = fitting.predicted(adequacy, table, len(n_words))[:n] * n_words[:n] / 100
        flow = fitting.predicted(fluency, table, len(n_words))[:n] * n_words[:n] / 100
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
        columns = {
            "mqm": -(accuracy + flow),
            "quality": -(accuracy + flow) / n_words[:n],
            "fluency alone": -flow / n_words[:n],
        }
        columns["network: points"] = (
            -sum(raw[mode][f"learned_{part}"][:n] for part in ("accuracy", "fluency")) * own / 100
        )
        for name in (*[name for name in weights if not name.startswith("learned")], *SHOWN[mode]):
            columns[name] = table[name][:n]
        columns["length"] = -own
        columns |= published(given.data, rows, mode)
        lines += agreement(rows, mode, columns, human)
    (ROOT / "models/recipes.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    pd.concat(tables).to_parquet(given.predictions)
    (ROOT / "benchmarks/results/learned.md").write_text(report(lines, given.sources), encoding="utf-8")


def published(data: Path, rows: pd.DataFrame, mode: str) -> dict[str, Floats]:
    """Return published scores of rows by metrics that read what a mode reads, NaN where there are none."""
    found = rows[KEYS].merge(published_scores(data), on=KEYS, how="left", validate="many_to_one")
    return {f"{name} (published)": found[name].to_numpy(float) for name in PUBLISHED[mode]}


def agreement(rows: pd.DataFrame, mode: str, columns: dict[str, Floats], human: Floats) -> list[str]:
    """Return a table row for each set and score."""
    lines = []
    for (pair, domain), index in rows.groupby(["lang_pair", "domain"]).groups.items():
        at = np.array(index)
        items = pd.factorize(rows.source.iloc[at])[0]
        for name, values in columns.items():
            if not np.isfinite(values[at]).all():
                continue
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
            f"`python benchmarks/fit_learned.py DATA --sources {n_sources}`: agreement with MQM on what the network",
            f"did not see. Curves were fitted on WMT22 `{FITTED}`. r: Pearson",
            "over all segments; acc: pairwise accuracy by item with tie calibration; sys: accuracy of pairs of systems",
            "",
            "| set | mode | score | r | acc | sys |",
            "|---|---|---|--:|--:|--:|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
