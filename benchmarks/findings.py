"""How many points people take off segments in which checks found something, beside what recipes expect of them.

    python benchmarks/findings.py ../shared/data

Of the two language pairs that only choose (benchmarks/choose_recipe.py) and the held-out domains (fit_learned.py), the
segments with findings of the checks that need no model, none of them critical. Writes benchmarks/results/findings.md,
which says in what way expected and found points are best put together (`scorer.combine.together`).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
from choose_recipe import chosen_on
from fit_learned import Floats, alone, rated
from fit_recipe import segments

from benchmarks.training.corpus import CAP
from scorer import Settings, checks, combine, score
from scorer.checks import Check
from scorer.combine import POINTS, Available
from scorer.types import DimensionName, Finding, Languages, Segment

ROOT = Path(__file__).parent.parent
MODES: tuple[Available, ...] = ("source", "both")
PARTS: tuple[DimensionName, ...] = ("adequacy", "fluency")
WAYS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "expected alone": lambda expected, _: expected,
    "the larger": np.maximum,
    **{f"power {power:g}": lambda e, f, power=power: (e**power + f**power) ** (1 / power) for power in (4, 3, 2, 1.5)},
    "the sum": np.add,
}


def found(segment: Segment) -> list[Finding]:
    """Return what the checks find that need no model."""
    names = [name for name in checks.registry.names() if name not in checks.neural]
    return [each for name in names for each in cast("Check", checks.registry.factory(name))(segment)]


def expected(rows: pd.DataFrame, items: Sequence[Segment], mode: Available) -> Iterator[tuple[float, float]]:
    """Yield each row's expected points of accuracy and of fluency, without its findings; rows of one language pair."""
    source, target = rows.lang_pair.iloc[0].split("-")
    line = [[(text or "").replace("\n", " ") for text in rows[name]] for name in ("source", "hypothesis", "reference")]
    report = score(
        {"hypothesis": line[1]},
        source=line[0],
        references=[line[2]] if mode == "both" else [],
        settings=Settings(languages=Languages(source, target), n_resamples=1),
    )
    recipe = combine.recipe("standard", mode)
    for item, segment in zip(items, report.segments, strict=True):
        penalty = combine.penalty(item, segment.metrics, [], recipe)
        yield penalty.accuracy or 0.0, penalty.fluency or 0.0


def measured(rows: pd.DataFrame, mode: Available) -> tuple[Floats, Floats, Floats]:
    """Return of the segments with findings: expected points, found ones, (n, 2) each, and people's, (n,)."""
    items = alone(segments(rows), mode)
    findings = [found(item) for item in items]
    kept = [i for i, each in enumerate(findings) if each and all(one.severity != "critical" for one in each)]
    ours, theirs, human = [], [], []
    for _, own in rows.loc[kept].groupby("lang_pair"):
        ours += expected(own, [items[i] for i in own.index], mode)
        theirs += [[sum(POINTS[f.severity] for f in findings[i] if f.dimension == p) for p in PARTS] for i in own.index]
        human += np.minimum(CAP, -own.score.to_numpy(float)).tolist()
    return np.array(ours), np.array(theirs, float), np.array(human)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    sets = {"two pairs": chosen_on(given.data, 200), "held-out domains": rated(given.data, 40)}
    text = [
        "`python benchmarks/findings.py DATA`: points of segments in which checks found something, none of it",
        "critical: as people gave them, and as expected and found points give them, put together in several ways. Both",
        f"dimensions added; `power` is that of a norm, {combine.OVERLAP} ships. Modes: {' and '.join(MODES)}.",
        "",
        "| set | n | put together | mean | people's mean | squared error | r |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    parts = {name: [measured(rows, mode) for mode in MODES] for name, rows in sets.items()}
    parts["all"] = [each for own in parts.values() for each in own]
    for name, own in parts.items():
        ours, theirs, human = (np.concatenate(columns) for columns in zip(*own, strict=True))
        for way, put in WAYS.items():
            points = put(ours, theirs).sum(1)
            error, r = float(((points - human) ** 2).mean()), float(np.corrcoef(points, human)[0, 1])
            text.append(
                f"| {name} | {len(human)} | {way} | {points.mean():.2f} | {human.mean():.2f} | {error:.2f} | {r:.3f} |"
            )
    (ROOT / "benchmarks/results/findings.md").write_text("\n".join([*text, ""]), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
