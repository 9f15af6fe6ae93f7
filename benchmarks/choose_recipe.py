"""Which mixture of metrics the standard recipes should be, measured on language pairs that nothing was trained on.

English-Chinese of WMT22 (three raters) and English-Russian of WMT21 only choose, so that the sets of
benchmarks/results/learned.md stay what nothing was chosen on. Curves are fitted by benchmarks/fit_learned.py, from the
metrics that it keeps beside its predictions.

    python benchmarks/choose_recipe.py ../shared/data --features build/training/predictions.features.npz

writes benchmarks/results/recipe_choice.md. With `--as-written` the encoder reads quotation marks, dashes and long runs
of a mark as they stand, and the table is only printed (docs/decisions/0009-typography.md).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from fit_learned import ADEQUACY, FLUENCY, Floats, Ground, alone, as_read, ground, measured, published, recipe
from fit_recipe import segments

from benchmarks.training.corpus import CAP
from benchmarks.training.evaluate import CHOICE, item_accuracy, system_accuracy
from scorer import combine, encoders, fitting

ROOT = Path(__file__).parent.parent
SEED = 7
Weights = dict[str, float]
Tables = dict[str, dict[str, Floats]]  # by mode and metric
ODDER: Weights = {"learned_fluency": 0.4, "oddity": 0.6}
TRIED: dict[str, list[tuple[Weights, Weights]]] = {
    "source": [
        (ADEQUACY["source"], FLUENCY),
        (ADEQUACY["source"], ODDER),
        (ADEQUACY["source"], {"oddity": 1.0}),
        ({"learned_accuracy": 1.0}, FLUENCY),
    ],
    "reference": [
        ({"learned_accuracy": 0.5, "match_f1": 0.5}, FLUENCY),
        ({"learned_accuracy": 0.5, "match_f1": 0.5}, ODDER),
        ({"learned_accuracy": 1.0}, FLUENCY),
        ({"learned_accuracy": 0.5, "similarity": 0.5}, FLUENCY),
        (ADEQUACY["reference"], FLUENCY),
        (ADEQUACY["reference"], ODDER),
        ({"learned_accuracy": 0.25, "match_f1": 0.25, "similarity": 0.5}, FLUENCY),
        ({"learned_accuracy": 0.25, "match_f1": 0.25, "similarity": 0.25, "chrf": 0.25}, FLUENCY),
        ({"match_f1": 0.34, "similarity": 0.33, "chrf": 0.33}, FLUENCY),
    ],
}
# The set that has published scores of other metrics.
BESIDE = "wmt22 en-zh"
# The set whose points are told apart by part.
PARTED = "wmt21 en-ru"
PARTS = {"accuracy": "mqm_accuracy", "fluency": "mqm_fluency"}
MODES = {"source": ("source",), "reference": ("reference", "both")}


def chosen_on(data: Path, n_sources: int) -> pd.DataFrame:
    """Return all systems' translations of a seeded sample of sources of each set."""
    kept = []
    for name, pair in CHOICE:
        rows = pd.read_parquet(data / f"{name}.parquet")
        rows = rows[(rows.lang_pair == pair) & rows.reference.notna() & rows.score.notna()]
        rows = rows[~rows.is_human.astype(bool) & ~rows.system.str.lower().str.startswith("ref")]
        rows = rows[rows.hypothesis.str.strip() != ""]
        sources = rows.groupby("source").system.nunique()
        sample = sources[sources > 5].index.sort_values().to_series().sample(n_sources, random_state=SEED)
        kept.append(rows[rows.source.isin(sample)].assign(set=f"{name[:5]} {pair}"))
    return pd.concat(kept, ignore_index=True)


def agreement(rows: pd.DataFrame, points: Floats) -> list[float]:
    """Return r, accuracy by item and accuracy of systems, the means of the sets, and each set's r over systems."""
    found, over_systems = [], []
    for _, at in rows.groupby("set", sort=False).groups.items():
        own = rows.loc[at]
        score, human = -points[at], -np.minimum(CAP, -own.score.to_numpy(float))
        items = pd.factorize(own.source)[0]
        systems = pd.DataFrame({"score": score, "human": human, "system": own.system.to_numpy()})
        found.append(
            (
                float(np.corrcoef(score, human)[0, 1]),
                item_accuracy(score, human, items),
                system_accuracy(score, human, own.system.tolist()),
            )
        )
        means = systems.groupby("system").mean()
        over_systems.append(float(means.score.corr(means.human)))
    return [*np.mean(found, axis=0), *over_systems]


@dataclass(frozen=True, eq=False)
class Choice:
    """The translations that mixtures are measured on, and what their curves are fitted to.

    Attributes:
        found: What curves are fitted to.
        scores: Each mode's metrics of it, as recipes read them.
        rows: The translations.
        tables: Each mode's metrics of them.
        n_words: By mode, what each translation's points are counted over.
    """

    found: Ground
    scores: Tables
    rows: pd.DataFrame
    tables: Tables
    n_words: dict[str, Floats]

    def points(self, mode: str, adequacy: Weights, fluency: Weights = FLUENCY) -> tuple[Floats, Floats]:
        """Return the points of accuracy and of fluency that a mixture expects of each translation."""
        curves = recipe(self.found, self.scores, mode, adequacy, fluency)
        rates = (fitting.predicted(curve, self.tables[mode], len(self.rows)) for curve in curves)
        accuracy, flow = (rate * self.n_words[mode] / combine.PER_WORDS for rate in rates)
        return accuracy, flow


def lines(choice: Choice) -> list[str]:
    """Return a table row for each mode and mixture."""
    made = []
    for kind, modes in MODES.items():
        for mode in modes:
            for adequacy, fluency in TRIED[kind]:
                points = np.add(*choice.points(mode, adequacy, fluency))
                values = " | ".join(f"{value:.3f}" for value in agreement(choice.rows, points))
                is_shipped = adequacy == ADEQUACY[mode] and fluency == FLUENCY
                made.append(
                    f"| {mode} | {_shown(adequacy)} | {_shown(fluency)} | {'yes' if is_shipped else ''} | {values} |"
                )
    return made


def beside(choice: Choice, data: Path) -> list[str]:
    """Return a table row for the shipped mixture and each published metric of a mode, on the set that has them."""
    made = []
    for mode, adequacy in ADEQUACY.items():
        ours = -np.add(*choice.points(mode, adequacy))
        for name, values in ({"mqm": ours} | published(data, choice.rows, mode)).items():
            there = np.isfinite(values) & (choice.rows.set == BESIDE).to_numpy()
            if there.any():
                shown = agreement(choice.rows[there].reset_index(drop=True), -values[there])[:3]
                made.append(f"| {mode} | {name} | {' | '.join(f'{value:.3f}' for value in shown)} |")
    return made


def parts(choice: Choice) -> list[str]:
    """Return a table row for each mode and part of people's points: how our points of either part follow them."""
    made = []
    there = (choice.rows.set == PARTED).to_numpy()
    systems = choice.rows.system[there].tolist()
    for mode, adequacy in ADEQUACY.items():
        for part, column in PARTS.items():
            human = -choice.rows[column][there].to_numpy(float)
            cells = [
                _followed(points[there], human, choice.n_words[mode][there], systems)
                for points in choice.points(mode, adequacy)
            ]
            made.append(f"| {mode} | {part} | {' | '.join(cells)} |")
    return made


def _followed(points: Floats, human: Floats, n_words: Floats, systems: list[str]) -> str:
    ours, theirs = (combine.DIMENSION.finish_many(np.stack([each, n_words], 1)) for each in (points, human))
    over_segments = (np.corrcoef(points, human)[0, 1], np.corrcoef(ours, theirs)[0, 1])
    return " / ".join(f"{value:.3f}" for value in (*over_segments, system_accuracy(-points, -human, systems)))


def _shown(weights: Weights) -> str:
    return ", ".join(f"{name} {weight:g}" for name, weight in weights.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--features", type=Path, required=True, help="made by fit_learned.py from 40 sources")
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--as-written", action="store_true", help="do not plain the texts first")
    given = parser.parse_args()
    found = ground(given.data, 40)
    scores = as_read(measured(found.segments, given.features), found.segments)
    rows = chosen_on(given.data, given.sources)
    if given.as_written:
        encoders.plain = encoders.readable
    kept = f"choice{'_as_written' if given.as_written else ''}.features.npz"
    items = segments(rows)
    tables = as_read(measured(items, given.features.with_name(kept)), items)
    n_words = {mode: np.array([combine.length(segment) for segment in alone(items, mode)]) for mode in ADEQUACY}
    choice = Choice(found, scores, rows, tables, n_words)
    text = [
        f"`python benchmarks/choose_recipe.py DATA --features FILE --sources {given.sources}`: agreement with MQM on",
        "English-Chinese (WMT22) and English-Russian (WMT21), which only choose. r: Pearson over all segments; acc:",
        "accuracy by item with tie calibration; sys: accuracy of pairs of systems, the means of both sets; last,",
        "Pearson over the systems of each set.",
        "",
        "| mode | adequacy | fluency | shipped | r | acc | sys | en-zh systems | en-ru systems |",
        "|---|---|---|---|--:|--:|--:|--:|--:|",
        *lines(choice),
        "",
        "Beside published scores of other metrics on the same English-Chinese rows, which have three raters (Proietti",
        "et al. 2025). None of our weights saw MQM of this pair; which mixture ships was chosen on it and another.",
        "",
        "| mode | score | r | acc | sys |",
        "|---|---|--:|--:|--:|",
        *beside(choice, given.data),
        "",
        "Of English-Russian people told accuracy from fluency; how ours of either follow theirs: Pearson over segments",
        "of points and of what adequacy and fluency, 0 to 100, make of them, and accuracy of systems by points.",
        "",
        "| mode | people's | our accuracy | our fluency |",
        "|---|---|---|---|",
        *parts(choice),
        "",
    ]
    if not given.as_written:
        (ROOT / "benchmarks/results/recipe_choice.md").write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
