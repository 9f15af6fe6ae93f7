"""How the scorer takes what learned metrics are known to fall for, and DEMETR's pairs that training has not seen.

    python benchmarks/robustness.py ../shared/data

scores made cases (see `robustness_cases.py`) with the source, a reference and both, and writes
benchmarks/results/robustness.md. A share counts the cases whose score is strictly lower than the intact translation's;
a score that is undefined is not lower.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.robustness_cases import CODES, HARMLESS, MAKERS, Case, Sound, by_pair, cases, demetr, sample, sounds_of
from benchmarks.training.split import KEPT_OUT_KINDS
from scorer import Settings, score
from scorer.types import DIMENSIONS, Languages

ROOT = Path(__file__).parent.parent
SEED = 20250601
Mode = Literal["source", "reference", "both"]
MODES: tuple[Mode, ...] = ("source", "reference", "both")
HIGH = 0.8  # of the intact quality: what a translation with odd punctuation must keep
POOL = 3  # times n sentences a language, of which each kind takes those that it applies to
Scores = Mapping[str, float | None]
POINTS = "mqm"  # negative here, so that higher is better throughout
MEASURES = ("quality", POINTS)  # that DEMETR's pairs are told apart by
NONE: Scores = dict.fromkeys((*DIMENSIONS, POINTS))


@dataclass(frozen=True, slots=True)
class Result:
    """A case with its scores, and those of the intact translation."""

    case: Case
    intact: Scores
    damaged: Scores

    def falls(self, dimension: str) -> bool:
        """Return whether damage lowers a dimension."""
        before, after = self.intact[dimension], self.damaged[dimension]
        return before is not None and after is not None and after < before

    def kept(self) -> float:
        """Return the share of the intact quality that is left."""
        return (self.damaged["quality"] or 0.0) / max(1e-9, self.intact["quality"] or 0.0)


Results = Mapping[Mode, Sequence[Result]]


def main() -> None:
    options = arguments()
    started = time.perf_counter()
    results: dict[Mode, list[Result]] = {mode: [] for mode in options.modes}
    for language, sounds in sounds_of(options.data).items():
        if not options.languages or language in options.languages:
            for mode in options.modes:
                results[mode] += measured(sounds, mode, options.n)
                print(f"{language} {mode}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    pairs = contrasts(options.data, options.pairs, [mode for mode in options.modes if mode != "both"])
    seconds = time.perf_counter() - started
    text = "\n".join([head(options, seconds), *tables(results), demetr_table(pairs)])
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")
    print(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"), help="folder of human judgments")
    parser.add_argument("--n", type=int, default=20, help="cases a kind and language (default 20)")
    parser.add_argument("--pairs", type=int, default=100, help="DEMETR pairs a category (default 100; 0 for none)")
    parser.add_argument("--languages", type=names, default=(), help="of the hypotheses, as in en,de,zh (default all)")
    parser.add_argument("--modes", type=names, default=MODES, help="of source,reference,both (default all)")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "robustness.md")
    return parser.parse_args()


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


# Scoring -------------------------------------------------------------------------------------------------------------


def scored(texts: Sequence[tuple[Sound, str]], mode: Mode, languages: tuple[str, str]) -> list[Scores]:
    """Return the scores of hypotheses of one language pair, in order; `None` for those that are undefined."""
    report = score(
        {"hypothesis": [line(text) for _, text in texts]},
        source=None if mode == "reference" else [line(sound.source) for sound, _ in texts],
        references=[] if mode == "source" else [[line(sound.reference or "") for sound, _ in texts]],
        settings=Settings(languages=Languages(*languages), n_resamples=1),
    )
    found = {segment.index: segment for segment in report.segments}
    return [_scores(found[i]) if i in found else NONE for i in range(len(texts))]


def _scores(segment: Any) -> Scores:
    points = segment.metrics.get("mqm")
    return {name: getattr(segment, name) for name in DIMENSIONS} | {POINTS: None if points is None else -points}


def line(text: str) -> str:
    """Return a text as one line, which is how it is handed over."""
    return text.replace("\n", " ").strip()


def measured(sounds: Sequence[Sound], mode: Mode, n: int) -> list[Result]:
    """Return the results of up to `n` cases of each kind; none where a mode's references are missing."""
    pool = sample(sounds, POOL * n, SEED, needs_reference=mode != "source")
    out = []
    for languages, made in by_pair(cases(pool, n, SEED)).items():
        intact = list(dict.fromkeys(case.sound.hypothesis for case in made))
        bases = {case.sound.hypothesis: case.sound for case in made}
        texts = [(bases[text], text) for text in intact] + [(case.sound, case.damaged) for case in made]
        values = scored(texts, mode, languages)
        before = dict(zip(intact, values[: len(intact)], strict=True))
        out += [
            Result(case, before[case.sound.hypothesis], after)
            for case, after in zip(made, values[len(intact) :], strict=True)
        ]
    return out


# Tables --------------------------------------------------------------------------------------------------------------


def head(options: argparse.Namespace, seconds: float) -> str:
    asked = " ".join(["DATA", *sys.argv[2:]])
    return (
        f"`python benchmarks/robustness.py {asked}`\n\n# Robustness\n\n"
        f"At most {options.n} cases a kind and language, seed {SEED}; {seconds:.0f} s with scoring, reading and making"
        f" ({platform.machine()}, Python {platform.python_version()}).\n\n"
        "Hypotheses from English: DEMETR's kept-out sentences (foreign text, judged against the English; no"
        " reference), WMT21 en-ru, WMT22 en-zh and IndicMT-Eval (with reference). Into English: DEMETR's kept-out"
        " machine translations with source and reference. The wrong language is the same sentence in a third"
        " language, where one is at hand. A dash: nothing to measure.\n"
    )


def tables(results: Results) -> list[str]:
    """Return the tables of made cases: by kind, by kind and language, and of odd punctuation."""
    out = []
    for mode, rows in results.items():
        if rows:
            out += [f"## With {mode if mode != 'both' else 'source and reference'}\n", kind_table(rows)]
            out += [language_table(rows), odd_table(rows)]
    return out


def grouped(rows: Iterable[Result], key: Callable[[Result], str]) -> dict[str, list[Result]]:
    out: dict[str, list[Result]] = defaultdict(list)
    for row in rows:
        out[key(row)].append(row)
    return dict(out)


def share(rows: Sequence[Result], dimension: str) -> str:
    return f"{sum(row.falls(dimension) for row in rows) / len(rows):.0%}" if rows else "-"


def mean(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.0f}" if known else "-"


def kind_table(rows: Sequence[Result]) -> str:
    """Return, for each kind, the share of cases that score lower, and the mean scores before and after."""
    lines = [
        "| made | n | languages | quality lower | adequacy lower | fluency lower | has to fall | quality | adequacy "
        "| fluency |",
        "|---|--:|--:|--:|--:|--:|---|--:|--:|--:|",
    ]
    by_kind = grouped(rows, lambda row: row.case.kind)
    for kind, (_, dimensions) in MAKERS.items():
        if found := by_kind.get(kind):
            n_languages = len({row.case.sound.languages[1] for row in found})
            lower = " | ".join(share(found, name) for name in ("quality", "adequacy", "fluency"))
            means = " | ".join(
                f"{mean(row.intact[name] for row in found)} → {mean(row.damaged[name] for row in found)}"
                for name in ("quality", "adequacy", "fluency")
            )
            lines.append(f"| {kind} | {len(found)} | {n_languages} | {lower} | {', '.join(dimensions)} | {means} |")
    bad = [row for row in rows if row.case.kind != HARMLESS]
    lines.append(f"| **all** | {len(bad)} | | {share(bad, 'quality')} | | | | | | |")
    return "\n".join([*lines, ""])


def language_table(rows: Sequence[Result]) -> str:
    """Return the share of cases with lower quality by kind and language."""
    languages = sorted({row.case.sound.languages[1] for row in rows})
    lines = [f"| quality lower | {' | '.join(languages)} |", f"|---|{'--:|' * len(languages)}"]
    by_both = grouped(rows, lambda row: f"{row.case.kind}/{row.case.sound.languages[1]}")
    for kind in MAKERS:
        cells = [share(by_both.get(f"{kind}/{language}", []), "quality") for language in languages]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def odd_table(rows: Sequence[Result]) -> str:
    """Return what odd punctuation costs, by language."""
    lines = [
        f"| odd punctuation | n | quality | mean drop | keep {HIGH:.0%} of the quality | least kept |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    odd = [row for row in rows if row.case.kind == HARMLESS]
    by_language = grouped(odd, lambda row: row.case.sound.languages[1])
    for language, found in chain(sorted(by_language.items()), [("**all**", odd)] if odd else []):
        drops = [(row.intact["quality"] or 0) - (row.damaged["quality"] or 0) for row in found]
        kept = [row.kept() for row in found]
        means = f"{mean(row.intact['quality'] for row in found)} → {mean(row.damaged['quality'] for row in found)}"
        lines.append(
            f"| {language} | {len(found)} | {means} | {fmean(drops):.1f} |"
            f" {sum(part >= HIGH for part in kept) / len(kept):.0%} | {min(kept):.0%} |"
        )
    return "\n".join([*lines, ""])


# DEMETR --------------------------------------------------------------------------------------------------------------

# A human reference in the place of the damage is no damage: better if anything, so the pair is read the other way.
REVERSED = "base_id35_reference"
Wins = dict[str, dict[str, list[bool]]]  # by category, then mode and measure, as in "source, quality"


def contrasts(folder: Path, n: int, modes: Sequence[Mode]) -> Wins:
    """Return, for up to `n` kept-out pairs of each category, whether the good one has the better score."""
    rows = demetr(folder)
    rows = rows[rows.good != rows.bad].sample(frac=1, random_state=SEED).groupby("pert_name").head(n)
    wins: Wins = defaultdict(lambda: defaultdict(list))
    for pair, found in rows.groupby("lang_pair"):
        language = CODES[str(pair).split("-")[0]]
        sounds = [Sound((language, "en"), row.source, row.good, row.reference) for row in found.itertuples()]
        unique = list({(sound.source, sound.hypothesis): sound for sound in sounds}.values())
        texts = [(sound, sound.hypothesis) for sound in unique] + list(zip(sounds, found.bad, strict=True))
        for mode in modes:
            values = scored(texts, mode, (language, "en"))
            good = {(s.source, s.hypothesis): value for s, value in zip(unique, values[: len(unique)], strict=True)}
            for kind, sound, bad in zip(found.pert_name, sounds, values[len(unique) :], strict=True):
                for measure in MEASURES:
                    better = good[sound.source, sound.hypothesis][measure]
                    won = beats(better, bad[measure], turned=kind == REVERSED)
                    wins[kind][f"{mode}, {measure}"].append(won)
    return wins


def beats(good: float | None, bad: float | None, *, turned: bool = False) -> bool:
    """Return whether the better text of a pair has the higher score; an undefined one is beaten by any."""
    left, right = (bad, good) if turned else (good, bad)
    return left is not None and (right is None or left > right)


def demetr_table(wins: Wins) -> str:
    """Return the share of pairs that the good one wins, by category, and over all but the reversed one."""
    every = [f"{mode}, {measure}" for mode in MODES for measure in MEASURES]
    columns = [column for column in every if any(column in found for found in wins.values())]
    if not columns:
        return ""
    lines = [
        "## DEMETR, kept-out sentences\n",
        "The share of pairs in which the good translation has the higher quality, and the fewer expected points. New: "
        "training saw no pair of this category. `base_id35_reference` puts the human reference in the damage's place: "
        "there the reference has to win, and it is not in the totals.\n",
        f"| category | n | new | {' | '.join(columns)} |",
        f"|---|--:|---|{'--:|' * len(columns)}",
    ]
    counted = {kind: wins[kind] for kind in sorted(wins) if kind != REVERSED}
    for kind, found in [*counted.items(), *((kind, found) for kind, found in wins.items() if kind == REVERSED)]:
        shares = " | ".join(f"{fmean(found[column]):.1%}" for column in columns)
        lines.append(f"| {kind} | {len(found[columns[0]])} | {'new' if kind in KEPT_OUT_KINDS else ''} | {shares} |")
    for name, kinds in (
        ("all", counted),
        ("all new", {kind: counted[kind] for kind in counted if kind in KEPT_OUT_KINDS}),
    ):
        if kinds:
            total = {column: [win for found in kinds.values() for win in found[column]] for column in columns}
            cells = " | ".join(f"{fmean(total[column]):.1%}" for column in columns)
            lines.append(f"| **{name}** | {len(total[columns[0]])} | | {cells} |")
    lowest = " | ".join(f"{min(fmean(found[column]) for found in counted.values()):.1%}" for column in columns)
    return "\n".join([*lines, f"| **lowest category** | | | {lowest} |", ""])


if __name__ == "__main__":
    main()
