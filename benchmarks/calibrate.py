"""Fit models/uncertainty.json to predictions beside people's judgments, and say how well it holds.

Reads tables with a row for each judged translation and mode: collection, lang_pair, domain, system, item (the source),
mode (`source`, `reference` or `both` of the standard preset; `fast/source` and so on of the fast one), n_words, mqm
(expected points) and human (points people took off, at most 25). `benchmarks/predictions.py` makes such a table. What
is fitted comes from judgments under open licences; coverage is measured on domains and pairs that were left out.

    python benchmarks/calibrate.py PREDICTIONS [MORE ...]

writes models/uncertainty.json with the manifest, benchmarks/results/calibration.md, the plots in docs/ and the measured
part of docs/calibration.md. Recipes that no table has keep what stands in models/uncertainty.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import agreement_fit
import calibration_plots
import calibration_tables
import interval_fit
import manifest
import pandas as pd
from calibration_tables import Mode
from interval_fit import Rows

from scorer.uncertainty import CAP, VERSION, Curves

ROOT = Path(__file__).parent.parent
FILE = ROOT / "models/uncertainty.json"
COLUMNS = ("collection", "lang_pair", "domain", "system", "item", "mode", "n_words", "mqm", "human")

# As in benchmarks/training: pairs with expert judgments, and pairs and languages that something else was learned from.
TRAINED = ("en-de", "zh-en")
ASSESSED = ("en-cs", "en-de", "en-ja", "en-zh", "et-en", "km-en", "ne-en", "ro-en", "si-en", "ru-en",
            "cs-en", "de-en", "fi-en", "lv-en", "tr-en", "zh-en")  # fmt: skip
DAMAGED = ("fr", "hi", "it", "pl", "es", "ja")
# Judgments that may be fitted to; all others are only held against the result (no licence file, or not for commerce).
OPEN = {
    "wmt20_mqm": TRAINED,
    "wmt21_mqm": TRAINED,
    "wmt22_mqm": TRAINED,
    "wmt22_mqm_enru_sample": ("en-ru",),
}
MARKS = ("<!-- measured: written by benchmarks/calibrate.py -->\n", "<!-- measured: end -->\n")


def read(paths: list[Path]) -> pd.DataFrame:
    """Return the rows that have a prediction and a judgment; modes are recipes' names."""
    tables = [pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path) for path in paths]
    table = pd.concat(tables, ignore_index=True)
    if missing := [name for name in COLUMNS if name not in table]:
        raise SystemExit(f"the predictions have no column {', '.join(missing)}")
    table = table[table.mqm.notna() & table.human.notna() & (table.n_words > 0)].copy()
    table["mode"] = [mode if "/" in mode else f"standard/{mode}" for mode in table["mode"]]
    table["domain"] = table.domain.fillna("all").astype(str)
    table["human"] = table.human.clip(0, CAP)
    return table.reset_index(drop=True)


def may_fit(table: pd.DataFrame) -> pd.Series:
    """Return whether each row's judgment is under a licence that lets us fit to it."""
    allowed = [pair in OPEN.get(name, ()) for name, pair in zip(table.collection, table.lang_pair, strict=True)]
    return pd.Series(allowed, table.index, dtype=bool)


def mode(name: str, table: pd.DataFrame) -> Mode:
    """Return all that is fitted to one mode's rows, with the rows that it is held against."""
    begun = time.monotonic()
    fit = may_fit(table)
    trained = table[fit & table.lang_pair.isin(TRAINED)]
    if trained.empty:
        raise SystemExit(f"{name}: no judged rows of {' or '.join(TRAINED)} under an open licence to fit on")
    trained = trained.reset_index(drop=True)
    curves = interval_fit.fitted(Rows.of(trained), TRAINED)
    untrained = table[~table.lang_pair.isin(TRAINED)].reset_index(drop=True)
    widening = interval_fit.widenings(curves, Rows.of(untrained[may_fit(untrained)]))
    drawn = agreement_fit.draws(table)
    open_groups = agreement_fit.groups_of(table[fit])
    found = Mode(
        name,
        curves,
        widening,
        agreement_fit.fitted(drawn[drawn.group.isin(open_groups)]),
        interval_fit.held_out(trained, TRAINED),
        interval_fit.left_over(
            curves, table[~table.lang_pair.isin(TRAINED)].reset_index(drop=True), widening["related"]
        ),
        agreement_fit.checked(drawn, open_groups),
        table,
    )
    print(f"{name}: {len(table)} rows, {time.monotonic() - begun:.0f} s", flush=True)
    return found


def content(modes: list[Mode], before: dict[str, Any], *, provisional: bool) -> dict[str, Any]:
    """Return what models/uncertainty.json holds; recipes that were not measured now keep what they had."""
    kept = before if before.get("version") == VERSION else {}
    recipes = (ROOT / "models/recipes.json").read_bytes()
    known = {language for pair in (*TRAINED, *ASSESSED) for language in pair.split("-")} | set(DAMAGED)
    return {
        "version": VERSION,
        "provisional": provisional,
        "unit": "MQM points of a segment",
        "level": interval_fit.LEVEL,
        "recipes_sha256": hashlib.sha256(recipes).hexdigest(),
        "languages": {"trained": sorted(TRAINED), "known": sorted(known)},
        "intervals": kept.get("intervals", {}) | {each.name: _interval(each.curves, each) for each in modes},
        "agreement": kept.get("agreement", {}) | {each.name: asdict(each.agreement) for each in modes},
    }


def _interval(curves: Curves, found: Mode) -> dict[str, Any]:
    return asdict(curves) | {"widening": found.widening, "coverage": round(float(found.held_out.inside.mean()), 3)}


def document(page: Path, measured: str) -> None:
    """Write the measured part between its marks on a page of the docs."""
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(MARKS[0])
    page.write_text(head + MARKS[0] + "\n" + measured + "\n" + MARKS[1] + rest.split(MARKS[1])[1], encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("predictions", type=Path, nargs="+", help="Parquet or CSV")
    parser.add_argument("--provisional", action="store_true", help="mark the result: the predictions are not final")
    options = parser.parse_args()
    table = read(options.predictions)
    modes = [mode(str(name), rows.reset_index(drop=True)) for name, rows in table.groupby("mode")]
    before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    text = json.dumps(content(modes, before, provisional=options.provisional), indent=1) + "\n"
    FILE.write_text(text, encoding="utf-8")
    manifest.main()
    results = ROOT / "benchmarks/results/calibration.md"
    results.write_text(calibration_tables.page(modes, provisional=options.provisional), encoding="utf-8")
    shown = [each for each in modes if each.name.startswith("standard/")] or modes
    document(ROOT / "docs/calibration.md", calibration_tables.summary(shown, provisional=options.provisional))
    for name, plot in calibration_plots.drawn(shown).items():
        (ROOT / "docs" / name).write_text(plot, encoding="utf-8")
    for each in modes:
        print(f"{each.name}: the 80% interval covers {each.held_out.inside.mean():.1%} of left-out domains")


if __name__ == "__main__":
    main()
