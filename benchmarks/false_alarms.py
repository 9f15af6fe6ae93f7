"""How often each check fires on human translations, and how many planted errors it finds.

Human translations hold few errors, so what a check reports on them, above all as major or critical, is a false alarm.
Hypotheses here are human references and post-edits held against their source, and references held against each other
(one language, no source). The WMT17 texts are tokenised and in small letters, which checks of form report on every
line. Planted errors are made from the same texts by rule, and taken from DEMETR (Karpinska et al. 2022).

    python benchmarks/false_alarms.py ../shared/data --sample 1000 --checks number,negation

Writes `benchmarks/results/false_alarms.md`.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from scorer import checks
from scorer.types import Languages, Segment

sys.path.insert(0, str(Path(__file__).parent))
from planted import PLANTS, demetr

SEED = 20240501
WITH_REFERENCES = ("wmt17_da", "wmt20_mqm", "wmt21_mqm", "wmt22_mqm", "wmt22_mqm_3raters", "indic_mqm")
Groups = dict[str, list[Segment]]
Checks = Mapping[str, checks.Check]


def main() -> None:
    """Measure and write the tables."""
    options = arguments()
    chosen = {name: checks.registry.factory(name) for name in check_names(options)}
    translations, peers = human_pairs(options.data, options.sample)
    started = time.perf_counter()
    alarms = {group: fire_counts(segments, chosen) for group, segments in {**translations, **peers}.items()}
    seconds = time.perf_counter() - started
    n_segments = sum(len(segments) for segments in [*translations.values(), *peers.values()])
    sizes = {group: len(segments) for group, segments in {**translations, **peers}.items()}
    recalls = recall_rows(translations, options.data, options.sample, chosen)
    machine = f"{platform.machine()}, Python {platform.python_version()}, one process"
    per_segment = f"{1000 * seconds / max(n_segments, 1):.2f} ms a segment for all checks together"
    head = (
        f"# False alarms and recall of the checks\n\n{n_segments} human translations (at most {options.sample} a"
        f" language pair, seed {SEED}), {per_segment} ({machine}; reading the data not counted).\n"
    )
    text = "\n".join([head, alarm_table(alarms, sizes), worst_table(alarms, sizes), recall_table(recalls)])
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")
    print(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "data", type=Path, nargs="?", default=Path("../shared/data"), help="folder of the human-judgment data"
    )
    parser.add_argument("--sample", type=int, default=500, help="segments for each language pair (default 500)")
    parser.add_argument("--checks", default="", help="names, comma-separated (default: all)")
    parser.add_argument("--neural", action="store_true", help="also run checks that need an encoder")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "false_alarms.md")
    return parser.parse_args()


def check_names(options: argparse.Namespace) -> list[str]:
    names = options.checks.split(",") if options.checks else checks.registry.names()
    return [name for name in names if options.neural or options.checks or name not in checks.neural]


def human_pairs(folder: Path, sample: int) -> tuple[Groups, Groups]:
    """Return human translations with their sources, and pairs of human translations of one source, by language pair."""
    triples: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    twins: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for name in WITH_REFERENCES:
        data = pd.read_parquet(
            folder / f"{name}.parquet", columns=["lang_pair", "source", "hypothesis", "is_human", "references"]
        )
        data["references"] = data["references"].map(tuple)
        for row in data[data.is_human | ~data.duplicated(["source", "references"])].itertuples():
            texts = [text for text in row.references if text] + ([row.hypothesis] if row.is_human else [])
            triples[row.lang_pair].update(dict.fromkeys((row.source, text) for text in texts))
            twins[f"{row.lang_pair.split('-')[1]} twice"].update(
                dict.fromkeys((texts[0], text) for text in texts[1:] if text != texts[0])
            )
    data = pd.read_parquet(folder / "mlqe_pe.parquet", columns=["lang_pair", "source", "post_edit"]).dropna()
    for pair, source, edit in data.itertuples(index=False):
        triples[f"{pair} post-edit"][source, edit] = None
    return grouped(triples, sample, as_translation), grouped(twins, sample, as_peers)


def grouped(
    pairs: Mapping[str, Iterable[tuple[str, str]]], sample: int, build: Callable[[str, str, str, int], Segment]
) -> Groups:
    """Return a fixed random sample of each group as segments."""
    out: Groups = {}
    for group in sorted(group for group in pairs if pairs[group]):
        texts = sorted(pairs[group])
        picked = random.Random(SEED).sample(texts, min(sample, len(texts)))
        out[group] = [build(group, left, right, index) for index, (left, right) in enumerate(picked)]
    return out


def as_translation(group: str, source: str, hypothesis: str, index: int) -> Segment:
    return Segment(index, source, hypothesis, languages=Languages(*group.split(maxsplit=1)[0].split("-")))


def as_peers(group: str, reference: str, hypothesis: str, index: int) -> Segment:
    language = group.split(maxsplit=1)[0]
    return Segment(index, None, hypothesis, (reference,), Languages(language, language))


def fire_counts(segments: Sequence[Segment], chosen: Checks) -> dict[str, tuple[int, int]]:
    """Return for each check on how many segments it finds minor faults only, and major or critical ones."""
    counts = {name: [0, 0] for name in chosen}
    for segment in segments:
        for name, check in chosen.items():
            if severities := {finding.severity for finding in check(segment)}:
                counts[name][severities != {"minor"}] += 1
    return {name: (minor, major) for name, (minor, major) in counts.items()}


def recall_rows(
    groups: Groups, folder: Path, sample: int, chosen: Checks
) -> list[tuple[str, str, int, float, float, float]]:
    """Return for each kind of planted error its check, n, and the shares found by it, as major, and as major by any."""
    planted: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for kind, (name, plant) in PLANTS.items():
        for segments in groups.values():
            damaged = (plant(segment, random.Random(segment.index)) for segment in segments)
            planted[f"{kind}", name].extend([segment for segment in damaged if segment][: max(20, sample // 5)])
    for (kind, name), segments in demetr(folder).items():
        planted[kind, name].extend(segments)
    rows = []
    for (kind, name), segments in planted.items():
        if segments and name in chosen:
            rows.append((kind, name, len(segments), *recall(segments, name, chosen)))
    return rows


def recall(segments: Sequence[Segment], name: str, chosen: Checks) -> tuple[float, float, float]:
    hits = [0, 0, 0]
    for segment in segments:
        own = list(chosen[name](segment))
        serious = any(finding.severity != "minor" for finding in own)
        hits[0] += bool(own)
        hits[1] += serious
        hits[2] += serious or any(
            finding.severity != "minor" for check in chosen.values() for finding in check(segment)
        )
    return hits[0] / len(segments), hits[1] / len(segments), hits[2] / len(segments)


def alarm_table(alarms: Mapping[str, Mapping[str, tuple[int, int]]], sizes: Mapping[str, int]) -> str:
    lines = [
        "## False alarms by check and language pair\n",
        "| check | texts | n | minor | major or critical |",
        "|---|---|---:|---:|---:|",
    ]
    for name in sorted({name for counts in alarms.values() for name in counts}):
        for group, counts in alarms.items():
            minor, major = counts[name]
            if minor or major:
                lines.append(
                    f"| {name} | {group} | {sizes[group]} | {minor / sizes[group]:.1%} | {major / sizes[group]:.1%} |"
                )
    return "\n".join([*lines, "\nPairs on which a check never fired are left out.\n"])


def worst_table(alarms: Mapping[str, Mapping[str, tuple[int, int]]], sizes: Mapping[str, int]) -> str:
    lines = [
        "## Summary\n",
        "| check | minor, all texts | major or critical, all texts | worst pair |",
        "|---|---:|---:|---|",
    ]
    total = sum(sizes.values())
    for name in sorted({name for counts in alarms.values() for name in counts}):
        minor, major = (sum(counts[name][column] for counts in alarms.values()) for column in (0, 1))
        worst = max(alarms, key=lambda group: alarms[group][name][1] / sizes[group])
        share = alarms[worst][name][1] / sizes[worst]
        lines.append(f"| {name} | {minor / total:.2%} | {major / total:.2%} | {worst} {share:.1%} |")
    return "\n".join([*lines, ""])


def recall_table(rows: Iterable[tuple[str, str, int, float, float, float]]) -> str:
    lines = [
        "## Recall on planted errors\n",
        "| planted | check | n | found | found as major or critical | some check major or critical |",
        "|---|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {kind} | {name} | {n} | {hit:.0%} | {major:.0%} | {some:.0%} |" for kind, name, n, hit, major, some in rows
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
