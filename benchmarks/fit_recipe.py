"""Fit the calibration of embedding metrics and the fast recipes of adequacy and fluency.

Training: rows of the train split (for the calibration of pairs that have none, of the dev split) under open licences
(WMT20 and WMT21 MQM en-de and zh-en, Apache-2.0; MLQE-PE, CC0), and damage made from them: texts paired with another
segment's, cut in half, and shuffled. Development: WMT22 MQM, another year with other systems and domains, from which
nothing is chosen here but which the table reports.

    python benchmarks/fit_recipe.py ../shared/data

writes models/calibration.json, models/recipes.json and benchmarks/results/recipe.md.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from fit_oddity import Damage

from scorer import combine, encoders, fitting, metrics, words
from scorer.checks.unmatched import heaviest, matches
from scorer.matching import best
from scorer.measure import measure_where_possible, segment_level
from scorer.metrics.match import matched
from scorer.types import Languages, Segment

ROOT = Path(__file__).parent.parent
SEED = 1
# The standard recipes are fitted by fit_learned.py.
TERMS = {
    "fast/source": ("length_ratio",),
    "fast/reference": ("chrf", "ter"),
    "fast/both": ("chrf", "ter"),
}
FLUENCY: dict[str, tuple[str, ...]] = {"fast": ()}
# Points per 100 words of what was done to a text: MQM counts 25 for a translation of something else (about 25 words),
# 5 for a clause left out.
UNRELATED_RATE, HALF_RATE, SHUFFLED_RATE = 100.0, 40.0, 60.0
# Points of a word that was replaced, doubled or moved: between minor and major.
WORD_POINTS = 2.0


# Calibration ---------------------------------------------------------------------------------------------------------


def faithful(data: Path, n: int) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return (hypothesis, original) pairs that people found faultless, by side and pair name."""
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    mlqe = pd.read_parquet(data / "mlqe_pe.parquet")
    for pair, rows in mlqe.groupby("lang_pair"):
        # en-cs, en-ja and km-en have no training rows; a calibration is a median, not a fit.
        best = rows.nlargest(max(n, len(rows) // 20), "score").sample(n, random_state=SEED)
        pairs["source", pair] = list(zip(best.hypothesis, best.source, strict=True))
    for file in ("wmt20_mqm", "wmt21_mqm"):
        rows = pd.read_parquet(data / f"{file}.parquet")
        rows = rows[rows.lang_pair.isin(["en-de", "zh-en"]) & (rows.score == 0) & rows.reference.notna()]
        rows = rows[(rows.hypothesis != rows.reference) & (rows.hypothesis.str.len() > 20)]
        for pair, each in rows.groupby("lang_pair"):
            chosen = each.sample(n, random_state=SEED)
            target = pair.split("-")[1]
            pairs.setdefault(("reference", target), []).extend(zip(chosen.hypothesis, chosen.reference, strict=True))
            pairs.setdefault(("source", pair), []).extend(zip(chosen.hypothesis, chosen.source, strict=True))
    return pairs


def raw(pairs: list[tuple[str, str]], quantile: float) -> dict[str, float]:
    """Return a quantile of the raw cosine and of the token precision and recall of pairs."""
    encoder = encoders.load()
    encoder.embed([text for pair in pairs for text in pair])
    cosines = [float(a.sentence @ b.sentence) for a, b in (encoder.embed(pair) for pair in pairs)]
    sums = [matched(encoders.BUNDLED, *pair) for pair in pairs]
    return {
        "similarity": float(np.quantile(cosines, quantile)),
        "precision": float(np.quantile([s / n for s, n, _, _ in sums if n], quantile)),
        "recall": float(np.quantile([s / n for _, _, s, n in sums if n], quantile)),
    }


def calibrate(data: Path, n: int) -> None:
    """Write the scales of models/calibration.json."""
    scales: dict[str, dict[str, dict[str, list[float]]]] = {
        side: {measure: {} for measure in ("similarity", "precision", "recall")} for side in ("source", "reference")
    }
    for (side, name), pairs in sorted(faithful(data, n).items()):
        others = [pairs[(i + len(pairs) // 2) % len(pairs)][1] for i in range(len(pairs))]
        # 100 is what the nearest tenth of faultless renderings reach: with their median there, half of them, and much
        # that is worse, could not be told apart.
        high = raw(pairs, 0.9)
        low = raw([(pair[0], other) for pair, other in zip(pairs, others, strict=True)], 0.5)
        for measure, value in high.items():
            scales[side][measure][name] = [round(low[measure], 4), round(value, 4)]
        print("calibrated", side, name, scales[side]["similarity"][name], flush=True)
    for measures in scales.values():
        for by_pair in measures.values():
            by_pair["*"] = [round(float(np.median([ends[i] for ends in by_pair.values()])), 4) for i in (0, 1)]
    write({"version": "1", "encoder": encoders.load().signature(), "scales": scales, "gaps": {}})


def write(content: dict) -> None:
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    (ROOT / "models/calibration.json").write_text(text, encoding="utf-8")


def by_people(data: Path, n: int) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return (hypothesis, original) pairs of human translations and post-edits, by side and pair name.

    People translate more freely than machines: what they leave unmatched is the measure of what is nothing to tell.
    """
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = pd.concat([pd.read_parquet(data / f"wmt{year}_mqm.parquet") for year in (20, 21)])
    rows = rows[rows.lang_pair.isin(["en-de", "zh-en"]) & rows.reference.notna()].drop_duplicates(
        ["source", "reference"]
    )
    for pair, each in rows.groupby("lang_pair"):
        chosen = each.sample(n, random_state=SEED)
        pairs["source", pair] = list(zip(chosen.reference, chosen.source, strict=True))
        twice = [tuple(both[:2]) for both in each.references if len(both) > 1 and both[0] != both[1]]
        pairs["reference", pair.split("-")[1]] = random.Random(SEED).sample(twice, min(n, len(twice)))
    mlqe = pd.read_parquet(data / "mlqe_pe.parquet")
    mlqe = mlqe[(mlqe.split == "train") & mlqe.post_edit.notna()]
    for pair, each in mlqe.groupby("lang_pair"):
        if pair != "en-de":
            chosen = each.sample(n, random_state=SEED)
            pairs["source", pair] = list(zip(chosen.post_edit, chosen.source, strict=True))
    return pairs


def measure_gaps(data: Path, n: int) -> None:
    """Write the gaps of models/calibration.json: from which weight on an unmatched run is a finding."""
    content = json.loads((ROOT / "models/calibration.json").read_text(encoding="utf-8"))
    gaps: dict[str, dict[str, dict[str, list[float]]]] = {
        side: {"original": {}, "hypothesis": {}} for side in ("source", "reference")
    }
    for (side, name), pairs in sorted(by_people(data, n).items()):
        for text, weights in gap_weights(pairs, content["scales"][side], name).items():
            # A word or two without a match are never a finding; what one human translation in 200 has is no major one.
            minor, major = np.quantile(weights, 0.98), 1.5 * np.quantile(weights, 0.995)
            gaps[side][text][name] = [round(max(1.5, float(minor)), 3), round(max(3.0, float(major)), 3)]
        print("gaps", side, name, {text: by_pair[name] for text, by_pair in gaps[side].items()}, flush=True)
    for by_text in gaps.values():
        for by_pair in by_text.values():
            by_pair["*"] = [round(float(np.quantile([ends[i] for ends in by_pair.values()], 0.8)), 3) for i in (0, 1)]
    write(content | {"gaps": gaps})


def gap_weights(
    pairs: list[tuple[str, str]], scales: dict[str, dict[str, list[float]]], name: str
) -> dict[str, list[float]]:
    """Return the weight of each pair's heaviest unmatched run, in the original and in the hypothesis."""
    encoder = encoders.load()
    encoder.embed([text for pair in pairs for text in pair])
    weights: dict[str, list[float]] = {"original": [], "hypothesis": []}
    for hypothesis, original in pairs:
        ours, theirs = encoder.embed([hypothesis, original])
        cosines = best(ours.tokens, theirs.tokens)
        for text, where, embedding, values, measure in (
            (hypothesis, "hypothesis", ours, cosines[0], "precision"),
            (original, "original", theirs, cosines[1], "recall"),
        ):
            low, high = scales[measure].get(name, scales[measure]["*"])
            weights[where].append(heaviest(matches(text, embedding.spans, (values - low) / (high - low)))[0])
    return weights


# Recipes -------------------------------------------------------------------------------------------------------------


def rated(data: Path, file: str, n_sources: int, n_systems: int, *, with_humans: bool = False) -> pd.DataFrame:
    """Return MQM rows of a seeded sample of sources, up to `n_systems` translations of each."""
    rows = pd.read_parquet(data / f"{file}.parquet")
    rows = rows[rows.lang_pair.isin(["en-de", "zh-en"]) & rows.reference.notna() & (with_humans | ~rows.is_human)]
    rows = rows[(rows.hypothesis.str.strip() != "") & (rows.source.str.strip() != "")]
    kept = []
    for _, each in rows.groupby("lang_pair"):
        sources = each.source.drop_duplicates().sample(n_sources, random_state=SEED)
        chosen = each[each.source.isin(sources)]
        kept.append(chosen.groupby("source", group_keys=False)[list(chosen.columns)].apply(
            lambda group: group.sample(min(len(group), n_systems), random_state=SEED)))  # fmt: skip
    return pd.concat(kept).reset_index(drop=True)


def segments(rows: pd.DataFrame) -> list[Segment]:
    """Return a segment with source and reference for each row."""
    return [
        Segment(
            i, row.source, row.hypothesis, (row.reference,), Languages(*row.lang_pair.split("-")), system=row.system
        )
        for i, row in enumerate(rows.itertuples())
    ]


def damaged(sound: list[Segment]) -> list[tuple[Segment, float, float]]:
    """Return made segments with the rates of accuracy and fluency points that they are worth; NaN for not known.

    One in five each: a translation of another segment, half of one, one in shuffled order, one with words replaced,
    doubled or moved, and a copy of the reference, which costs nothing.
    """
    chance = random.Random(SEED)
    encoder = encoders.load().encoder
    by_language = {
        language: Damage(language, [s.hypothesis for s in sound if s.languages.hypothesis == language], encoder)
        for language in ("de", "en")
    }
    made = []
    for i, segment in enumerate(sound):
        parts = segment.hypothesis.split(" ")
        other = sound[(i + len(sound) // 2) % len(sound)]
        if i % 5 == 0 and other.languages == segment.languages and other.source != segment.source:
            made.append((replace(segment, hypothesis=other.hypothesis), UNRELATED_RATE, np.nan))
        elif i % 5 == 1 and len(parts) >= 8:
            made.append((replace(segment, hypothesis=" ".join(parts[: len(parts) // 2])), HALF_RATE, np.nan))
        elif i % 5 == 2 and len(parts) >= 5:
            chance.shuffle(parts)
            made.append((replace(segment, hypothesis=" ".join(parts)), np.nan, SHUFFLED_RATE))
        elif i % 5 == 3:
            text, touched = by_language[str(segment.languages.hypothesis)](segment.references[0])
            rate = 100 * WORD_POINTS * len(touched) / max(1.0, words.count(text))
            made.append((replace(segment, hypothesis=text), np.nan, rate))
        else:
            made.append((replace(segment, hypothesis=segment.references[0]), 0.0, 0.0))
    return made


def features(names: list[str], items: list[Segment]) -> dict[str, np.ndarray]:
    """Return each metric's segment scores; NaN where undefined."""
    table: dict[str, list[float]] = {name: [] for name in names}
    made = [metrics.registry.create(name) for name in names]
    for start in range(0, len(items), 200):
        batch = items[start : start + 200]
        for name, metric in zip(names, made, strict=True):
            level = segment_level(metric)
            rows = measure_where_possible(metric, batch)
            table[name] += [np.nan if row is None or (s := level.finish(row)) is None else s for row in rows]
    return {name: np.array(values) for name, values in table.items()}


def predict(
    names: tuple[str, ...], table: dict[str, np.ndarray], rate: np.ndarray, n_words: np.ndarray, n_real: int
) -> dict:
    """Return a prediction of `rate`: terms bent and weighted, and the sum bent to the mean rate.

    The first `n_real` rows are rated translations, the others were made.
    """
    known = ~np.isnan(rate)
    for name in names:
        known &= ~np.isnan(table[name])
    if not names:  # nothing to tell texts apart by: the mean of what systems made
        known[n_real:] = False
    columns = [
        fitting.Column(name, table[name][known], metrics.registry.create(name).higher_is_better) for name in names
    ]
    return fitting.as_json(fitting.smoothed(fitting.fit_prediction(columns, rate[known], n_words[known])))


def fit(data: Path, n_sources: int) -> None:
    """Write models/recipes.json."""
    rows = pd.concat(
        [rated(data, f"wmt{year}_mqm", n_sources, 4, with_humans=True) for year in (20, 21)], ignore_index=True
    )
    sound = segments(rows)
    made = damaged(sound[::2])
    items = [*sound, *(segment for segment, _, _ in made)]
    n_words = np.array([words.count(segment.hypothesis) for segment in items])
    accuracy = np.concatenate(
        [-100 * rows.mqm_accuracy.to_numpy(float) / n_words[: len(rows)], [a for _, a, _ in made]]
    )
    fluency = np.concatenate([-100 * rows.mqm_fluency.to_numpy(float) / n_words[: len(rows)], [f for _, _, f in made]])
    names = sorted({name for each in [*TERMS.values(), *FLUENCY.values()] for name in each})
    table = features(names, items)
    recipes = {
        name: {
            "adequacy": predict(terms, table, accuracy, n_words, len(rows)),
            "fluency": predict(FLUENCY[name.split("/")[0]], table, fluency, n_words, len(rows)),
        }
        for name, terms in TERMS.items()
    }
    known = json.loads((ROOT / "models/recipes.json").read_text(encoding="utf-8"))["recipes"]
    content = {"version": 1, "unit": "MQM points per 100 words", "recipes": known | recipes}
    (ROOT / "models/recipes.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


# Report --------------------------------------------------------------------------------------------------------------


def accuracy_within(scores: np.ndarray, human: np.ndarray, groups: np.ndarray) -> float:
    """Return the share of pairs of translations of one source, told apart by people, that `scores` orders alike."""
    right = told = 0
    for group in np.unique(groups):
        mine, theirs = scores[groups == group], human[groups == group]
        i, j = np.triu_indices(len(mine), 1)
        differ = np.sign(theirs[i] - theirs[j])
        agree = np.sign(mine[i] - mine[j]) == differ
        right, told = right + int(agree[differ != 0].sum()), told + int((differ != 0).sum())
    return right / told if told else float("nan")


def system_accuracy(scores: np.ndarray, human: np.ndarray, systems: np.ndarray) -> float:
    """Return the share of pairs of systems that mean `scores` orders as mean human scores do."""
    table = pd.DataFrame({"s": scores, "h": human, "system": systems}).groupby("system").mean()
    i, j = np.triu_indices(len(table), 1)
    s, h = table.s.to_numpy(), table.h.to_numpy()
    return float(np.mean(np.sign(s[i] - s[j]) == np.sign(h[i] - h[j])))


def develop(data: Path, n_sources: int) -> str:
    """Return the table of agreement on WMT22."""
    rows = rated(data, "wmt22_mqm", n_sources, 100)
    items = segments(rows)
    shown = ("bleu", "chrf", "similarity", "match_f1", "similarity_source")
    names = sorted({name for each in [*TERMS.values(), *FLUENCY.values()] for name in each}.union(shown))
    table = features(names, items)
    human = rows.score.to_numpy(float)
    columns: dict[str, np.ndarray] = {
        "hypothesis length": -np.array([words.count(segment.hypothesis) for segment in items])
    }
    for name in shown:
        columns[name] = table[name] * (1 if metrics.registry.create(name).higher_is_better else -1)
    for name in TERMS:
        recipe = combine.recipe(*name.split("/"))  # type: ignore[arg-type]
        rows_of = [dict(zip(names, values, strict=True)) for values in zip(*(table[n] for n in names), strict=True)]
        adequacy = np.array([recipe.adequacy(row) for row in rows_of], dtype=float)
        fluency = np.array([recipe.fluency(row) for row in rows_of], dtype=float)
        read = [replace(item, references=()) for item in items] if name.endswith("/source") else items
        n_words = np.array([combine.length(item) for item in read])
        columns[f"recipe {name}: mqm"] = -(adequacy + fluency) * n_words / 100
        columns[f"recipe {name}: quality"] = np.exp(-(adequacy + fluency) / combine.SCALE)
    lines = [
        "| score | " + " | ".join(f"{p} r | {p} acc | {p} sys" for p in ("en-de", "zh-en")) + " |",
        "|---|" + "--:|" * 6,
    ]
    for name, values in columns.items():
        cells = []
        for pair in ("en-de", "zh-en"):
            mask = (rows.lang_pair == pair).to_numpy()
            at = values[mask], human[mask]
            cells += [
                np.corrcoef(*at)[0, 1],
                accuracy_within(*at, rows.source.to_numpy()[mask]),
                system_accuracy(*at, rows.system.to_numpy()[mask]),
            ]
        lines.append(f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |")
    return "\n".join(lines)


def timed(what: str, work: Callable[[], object]) -> None:
    begun = time.monotonic()
    work()
    print(f"{what}: {time.monotonic() - begun:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--pairs", type=int, default=150, help="faultless pairs a language pair, for the calibration")
    parser.add_argument("--sources", type=int, default=200, help="sources a language pair and year, for the recipes")
    parser.add_argument("--dev-sources", type=int, default=60, help="sources a language pair of WMT22, for the table")
    parser.add_argument("--only", choices=("calibration", "gaps", "recipes", "table"), help="leave the rest as it is")
    options = parser.parse_args()
    import manifest

    if options.only in (None, "calibration"):
        timed("calibration", lambda: calibrate(options.data, options.pairs))
    if options.only in (None, "gaps", "calibration"):
        timed("gaps", lambda: measure_gaps(options.data, 2 * options.pairs))
        manifest.main()
    if options.only in ("gaps", "calibration"):
        return
    if options.only != "table":
        timed("recipes", lambda: fit(options.data, options.sources))
        manifest.main()
    text = (
        "# What the recipes agree with\n\n"
        f"`python benchmarks/fit_recipe.py DATA --sources {options.sources} --dev-sources {options.dev_sources}`\n\n"
        "WMT22 MQM, a year that nothing was fitted on: Pearson with the MQM score (r), accuracy within one source "
        "(acc; pairs that people tell apart), pairwise accuracy of systems (sys). Findings of checks are not in.\n\n"
        + develop(options.data, options.dev_sources)
        + "\n"
    )
    (ROOT / "benchmarks/results/recipe.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
