"""How many more points people take off translations that a check marks than off others of the same source.

    python benchmarks/worth.py ../shared/data

The machine translations of the MQM collections, each held against its source only. A check whose marks cost people
nothing more than what they take off other translations of the same sentence finds no errors, or none that matter to
them; on human translations it may be silent all the same (false_alarms.py). Only the checks that need no model. Writes
benchmarks/results/worth.md.
"""

from __future__ import annotations

import argparse
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from findings import found

from benchmarks.training.corpus import CAP
from scorer.types import SEVERITIES, Languages, Segment

ROOT = Path(__file__).parent.parent
# The last one is of English-Chinese only: its English-German segments are in the one before.
FILES = {"wmt20_mqm": None, "wmt21_mqm": None, "wmt22_mqm": None, "wmt22_mqm_3raters": "en-zh"}
THIRDS = 3
HARMLESS = 0.5


class Marked(NamedTuple):
    """A translation that a check marks: people's points, their mean of the source's unmarked ones, and the source."""

    points: float
    others: float
    source: str


def sources(data: Path, third: int | None) -> Iterator[pd.DataFrame]:
    """Yield the machine translations of each source, of all or of one third of them."""
    for name, pair in FILES.items():
        rows = pd.read_parquet(
            data / f"{name}.parquet", columns=["lang_pair", "is_human", "source", "hypothesis", "score"]
        )
        rows = rows[~rows.is_human.astype(bool) & (rows.hypothesis.str.strip() != "")]
        if third is not None:
            rows = rows[[zlib.crc32(text.encode()) % THIRDS == third for text in rows.source]]
        for _, own in rows[rows.lang_pair == pair].groupby("source") if pair else rows.groupby(["lang_pair", "source"]):
            yield own


def marked(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, str], Marked]]:
    """Yield check, severity and what people say of each translation of one source that is marked."""
    points = np.minimum(CAP, -rows.score.to_numpy(float))
    languages = Languages(*rows.lang_pair.iloc[0].split("-"))
    findings = [
        {(each.check, each.severity) for each in found(Segment(0, row.source, row.hypothesis, (), languages))}
        for row in rows.itertuples()
    ]
    for check, severity in set().union(*findings):
        clean = [i for i, own in enumerate(findings) if all(name != check for name, _ in own)]
        others = float(points[clean].mean()) if clean else float("nan")
        for i, own in enumerate(findings):
            if (check, severity) in own:
                yield (check, severity), Marked(float(points[i]), others, rows.source.iloc[i])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--third", type=int, choices=range(THIRDS), help="only these sources, and nothing is written")
    given = parser.parse_args()
    seen: dict[tuple[str, str], list[Marked]] = defaultdict(list)
    n_rows = n_sources = 0
    for rows in sources(given.data, given.third):
        n_rows, n_sources = n_rows + len(rows), n_sources + 1
        for key, each in marked(rows):
            seen[key].append(each)
    text = [
        f"`python benchmarks/worth.py DATA`: {n_rows} machine translations of {n_sources} sources (WMT20 to WMT22),",
        "each held against its source by the checks that need no model. More: how many more points people took off",
        "marked translations than off unmarked ones of the same source, with its standard error; harmless: marked",
        f"ones with fewer than {HARMLESS} points. One rater's word is noisy. Where a whole is missing (a dateline, a",
        "list), people may like the shorter text better than others: hence numbers and lengths.",
        "",
        "| check | severity | marked | sources | points | more | harmless |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for (check, severity), own in sorted(seen.items(), key=lambda item: (item[0][0], SEVERITIES.index(item[0][1]))):
        points = np.array([each.points for each in own])
        more = np.array([each.points - each.others for each in own])
        more = more[~np.isnan(more)]
        shown = f"{more.mean():+.2f} ± {more.std() / len(more) ** 0.5:.2f}" if len(more) > 1 else ""
        text.append(
            f"| {check} | {severity} | {len(own)} | {len({each.source for each in own})} | {points.mean():.2f} |"
            f" {shown} | {(points < HARMLESS).mean():.0%} |"
        )
    if given.third is None:
        (ROOT / "benchmarks/results/worth.md").write_text("\n".join([*text, ""]), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
