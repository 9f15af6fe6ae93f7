"""How well the spans of findings agree with what human raters marked, character by character.

As in the fine-grained task of WMT's quality estimation (Blain et al. 2023): over all characters of a set, a character
that people and the check both mark counts 1, or 1/2 if one says minor and the other major; precision divides by what
the check marked, recall by what people marked. Sets that no file in models/ was fitted to: the MQM rows of WMT22's
quality estimation task, less those whose source is in a training collection of their pair (all but one of the zh-en
rows with spans), and WMT21 en-ru.

    python benchmarks/spans.py ../shared/data --n 500

Writes benchmarks/results/spans.md. What the network says is kept in a temporary file, so that a second run with other
thresholds takes seconds.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scorer import checks, encoders, estimator, oddness
from scorer.checks import learned
from scorer.estimator import Estimate
from scorer.types import SUSPICIONS, Finding, Languages, Segment, Span

ROOT = Path(__file__).parent.parent
SEED = 1
BATCH = 64
N_RESAMPLES = 500
# The network was trained on these, for the pairs that they have.
TRAINED_ON = {"wmt20_mqm": ("en-de", "zh-en"), "wmt21_mqm": ("en-de", "zh-en"), "wmt22_mqm": ("en-de", "zh-en")}
MINOR, MAJOR = 1, 2
LEVELS = {"minor": MINOR, "major": MAJOR, "critical": MAJOR}
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
MAJORS = (0.1, 0.2, 0.3, 0.5)
GRID = "`learned`, error"
ODD = (0.2, 0.3, oddness.SHOWN, 0.7)

Levels = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Painted = tuple[Span, int]
# What marks a text: from the number of the segment to stretches with their levels.
Marker = Callable[[int], Iterable[Painted]]


@dataclass(frozen=True)
class Rated:
    """Segments with what people marked in their hypotheses."""

    name: str
    segments: tuple[Segment, ...]
    truth: tuple[Levels, ...]

    def digest(self) -> str:
        """Return a digest of all that the network and the checks would read."""
        texts = "\x1e".join(f"{s.source}\x1f{s.hypothesis}\x1f{s.references}\x1f{s.languages}" for s in self.segments)
        return hashlib.sha256(texts.encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True)
class Seen:
    """What the network, the oddity head and the other checks say of each segment of a set."""

    estimates: tuple[Estimate, ...]
    words: tuple[tuple[tuple[Span, float], ...], ...]
    found: tuple[tuple[Painted, ...], ...]


def sets(data: Path, n: int) -> Iterator[Rated]:
    """Yield the sets, up to `n` segments each, sampled at random."""
    rows = pd.read_parquet(data / "qe22_mqm.parquet")
    for pair in ("en-de", "en-ru"):
        own = rows[(rows.lang_pair == pair) & rows.errors.notna() & ~rows.source.isin(trained_sources(data, pair))]
        yield rated(f"WMT22 QE {pair}, source", own, n, with_references=False)
    rows = pd.read_parquet(data / "wmt21_mqm.parquet")
    rows = rows[(rows.lang_pair == "en-ru") & rows.errors.notna() & ~rows.is_human.astype(bool)]
    yield rated("WMT21 en-ru, source", rows, n, with_references=False)
    yield rated("WMT21 en-ru, source and reference", rows[rows.reference.notna()], n, with_references=True)


def trained_sources(data: Path, pair: str) -> set[str]:
    """Return the sources of a pair that the network was trained on."""
    names = [name for name, pairs in TRAINED_ON.items() if pair in pairs]
    frames = [pd.read_parquet(data / f"{name}.parquet", columns=["lang_pair", "source"]) for name in names]
    return {source for frame in frames for source in frame[frame.lang_pair == pair].source}


def rated(name: str, rows: pd.DataFrame, n: int, *, with_references: bool) -> Rated:
    """Return a sample of rows; rows with an error whose place is not known are left out."""
    rows = rows[[all(e["side"] != "target" or e["start"] >= 0 for e in errors) for errors in rows.errors]]
    rows = rows[rows.hypothesis.str.strip() != ""].sample(frac=1, random_state=SEED).head(n)
    segments = tuple(
        Segment(
            i, row.source, row.hypothesis, (row.reference,) if with_references else (),
            Languages(*row.lang_pair.split("-")),
        )
        for i, row in enumerate(rows.itertuples())
    )  # fmt: skip
    truth = tuple(
        painted(
            len(row.hypothesis),
            (
                ((e["start"], e["end"]), LEVELS[e["severity"]])
                for e in row.errors
                if e["side"] == "target" and e["severity"] in LEVELS
            ),
        )
        for row in rows.itertuples()
    )
    return Rated(name, segments, truth)


def painted(length: int, stretches: Iterable[Painted]) -> Levels:
    """Return each character's level, 0 for none; where stretches overlap, the higher one."""
    levels = np.zeros(length, np.int8)
    for (start, end), level in stretches:
        np.maximum(levels[start:end], level, out=levels[start:end])
    return levels


def counts(truth: Levels, marked: Levels) -> tuple[float, ...]:
    """Return, in characters: credit, both marked, marked by the check, marked by people, all."""
    both = (truth > 0) & (marked > 0)
    same = int((both & (truth == marked)).sum())
    n_both = int(both.sum())
    return same + (n_both - same) / 2, n_both, int((marked > 0).sum()), int((truth > 0).sum()), len(truth)


@dataclass(frozen=True)
class Agreement:
    """Span agreement over a set; each from 0 to 1, higher is better, but for the last three.

    Attributes:
        share: Of all characters, what is marked.
        sound: Of the segments in which people marked nothing, those that have a mark.
        sound_major: The same, with a major one.
    """

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    f1_of_place: float
    share: float
    sound: float
    sound_major: float


def agreement(rated: Rated, marker: Marker) -> Agreement:
    """Return how well what a marker marks agrees with people, with a 95% bootstrap interval over segments."""
    levels = [painted(len(truth), marker(i)) for i, truth in enumerate(rated.truth)]
    rows = np.array([counts(truth, level) for truth, level in zip(rated.truth, levels, strict=True)], float)
    worst = np.array(
        [level.max(initial=0) for truth, level in zip(rated.truth, levels, strict=True) if not truth.any()]
    )
    drawn = np.random.default_rng(SEED).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), N_RESAMPLES)
    low, high = np.percentile(f1((drawn @ rows).T[[0, 2, 3]]), (2.5, 97.5))
    credit, both, marked, true, n = rows.sum(axis=0)
    return Agreement(
        credit / marked if marked else 0.0, credit / true if true else 0.0, float(f1(np.array([credit, marked, true]))),
        float(low), float(high), float(f1(np.array([both, marked, true]))), marked / n,
        float(np.mean(worst > 0)), float(np.mean(worst == MAJOR)),
    )  # fmt: skip


def f1(sums: Floats) -> Floats:
    """Return the harmonic mean of precision and recall, from rows of credit, marked by the check, marked by people."""
    credit, marked, true = sums
    return np.divide(2 * credit, marked + true, out=np.zeros_like(credit), where=marked + true > 0)


def seen(rated: Rated, cache: Path) -> Seen:
    """Return what is said of a set, from the cache if it is there."""
    known = f"{rated.digest()}|{estimator.version()}|{oddness.version()}|{code()}"
    path = cache / f"scorer-spans-{hashlib.sha256(known.encode()).hexdigest()[:16]}.npz"
    if not path.exists():
        np.savez(path, **measured(rated.segments))
    with np.load(path) as tables:
        return unpacked(len(rated.segments), tables)


def code() -> str:
    """Return a digest of the code whose answers are kept; the learned check's thresholds are not among it."""
    package = ROOT / "scorer"
    files = [package / "estimator.py", package / "network.py", *sorted(package.glob("checks/*.py"))]
    return hashlib.sha256(b"".join(f.read_bytes() for f in files if f.stem != SUSPICIONS)).hexdigest()


def measured(segments: Sequence[Segment]) -> dict[str, Floats]:
    """Return tables of tokens, words and findings; each row opens with segment, start and end."""
    tokens, words, found = [], [], []
    others = [checks.registry.factory(name) for name in checks.registry.names() if name != SUSPICIONS]
    for first in range(0, len(segments), BATCH):
        batch = segments[first : first + BATCH]
        embeddings = encoders.load().embed([segment.hypothesis for segment in batch])
        for segment, estimate, embedding in zip(batch, estimator.estimate(batch), embeddings, strict=True):
            columns = (estimate.accuracy, estimate.fluency, estimate.error, estimate.major)
            tokens += [
                (segment.index, *span, *row) for span, row in zip(estimate.spans, np.stack(columns, 1), strict=True)
            ]
            words += [(segment.index, *span, p) for span, p in oddness.of_words(segment.hypothesis, embedding)]
            findings: list[Finding] = [finding for check in others for finding in check(segment)]  # type: ignore[operator]
            found += [
                (segment.index, *f.hypothesis_span, LEVELS[f.severity])
                for f in findings
                if f.hypothesis_span is not None
            ]
    return {
        "tokens": np.array(tokens, float).reshape(-1, 7),
        "words": np.array(words, float).reshape(-1, 4),
        "found": np.array(found, float).reshape(-1, 4),
    }


def unpacked(n: int, tables: Mapping[str, Floats]) -> Seen:
    """Return the tables' rows by segment."""
    by_segment = {
        name: np.split(table, np.searchsorted(table[:, 0], np.arange(1, n))) for name, table in tables.items()
    }
    return Seen(
        tuple(Estimate(*rows[:, 3:].T, spans_of(rows)) for rows in by_segment["tokens"]),
        tuple(tuple(zip(spans_of(rows), rows[:, 3].tolist(), strict=True)) for rows in by_segment["words"]),
        tuple(tuple(zip(spans_of(rows), rows[:, 3].astype(int).tolist(), strict=True)) for rows in by_segment["found"]),
    )


def spans_of(rows: Floats) -> tuple[Span, ...]:
    return tuple((int(start), int(end)) for start, end in rows[:, 1:3])


def stretches(text: str, estimate: Estimate, shown: float, major: float) -> Iterator[Painted]:
    """Yield what the learned check would mark at these thresholds, names and numbers that the original has included."""
    for span, _, first, last in learned.errors(text, estimate, shown):
        yield span, MAJOR if float(np.max(estimate.major[first:last])) >= major else MINOR


def markers(rated: Rated, seen: Seen) -> Iterator[tuple[str, Marker]]:
    """Yield baselines, the product's own findings, and the learned check by its thresholds."""
    texts = [segment.hypothesis for segment in rated.segments]

    def odd(threshold: float) -> Marker:
        return lambda i: [(span, MAJOR) for span, p in seen.words[i] if p >= threshold]

    def at(shown: float, major: float) -> Marker:
        return lambda i: stretches(texts[i], seen.estimates[i], shown, major)

    @functools.cache
    def product(i: int) -> list[Painted]:
        found = learned.learned(rated.segments[i])
        return [(f.hypothesis_span, LEVELS[f.severity]) for f in found if f.hypothesis_span is not None]

    yield "nothing", lambda i: ()
    yield "everything, as major", lambda i: [((0, len(texts[i])), MAJOR)]
    for threshold in ODD:
        yield f"words of oddity {threshold} and more, as major", odd(threshold)
    yield "the other checks", lambda i: seen.found[i]
    limits = f"{learned.SHOWN}, {learned.MAJOR}, at most {learned.MOST}, names that survived left alone"
    yield f"`learned` as shipped ({limits})", product
    yield "`learned` as shipped and the other checks", lambda i: [*product(i), *seen.found[i]]
    for major in MAJORS:
        for shown in THRESHOLDS:
            yield f"{GRID} {shown}, major {major}", at(shown, major)


def section(rated: Rated, rows: Mapping[str, Agreement]) -> str:
    """Return the table of a set."""
    n_characters = sum(map(len, rated.truth))
    grid = {name: row.f1 for name, row in rows.items() if name.startswith(GRID)}
    best = max(grid, key=lambda name: grid[name])
    rows = {name: row for name, row in rows.items() if name not in grid or name.split()[-1] == best.split()[-1]}
    true = np.concatenate(rated.truth)
    lines = [
        f"## {rated.name}",
        "",
        f"{len(rated.segments)} segments, {n_characters:,} characters; people marked {np.mean(true > 0):.1%} of them, "
        f"{np.mean(true == MAJOR):.1%} as major; {np.mean([bool(each.any()) for each in rated.truth]):.0%} of the "
        f"segments have a mark; the others are sound. Best of the grid: {best}; of the grid, the rows with that limit "
        "for major are shown.",
        "",
        "| what is marked | share marked | precision | recall | F1 | 95% interval | F1 of the place alone "
        "| sound segments marked | with a major one |",
        "|---|--:|--:|--:|--:|---|--:|--:|--:|",
    ]
    for name, a in rows.items():
        f1 = f"**{a.f1:.3f}**" if name == best else f"{a.f1:.3f}"
        lines.append(
            f"| {name} | {a.share:.1%} | {a.precision:.3f} | {a.recall:.3f} | {f1} | "
            f"{a.low:.3f} to {a.high:.3f} | {a.f1_of_place:.3f} | {a.sound:.0%} | {a.sound_major:.1%} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"), help="folder of human judgments")
    parser.add_argument("--n", type=int, default=500, help="segments of each set (default 500)")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()), help="folder for what was measured")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "spans.md")
    options = parser.parse_args()
    begun, parts, by_set = time.monotonic(), [], []
    for each in sets(options.data, options.n):
        said = seen(each, options.cache)
        rows = {name: agreement(each, marker) for name, marker in markers(each, said)}
        parts.append(section(each, rows))
        by_set.append(rows)
        print(f"{each.name}: {len(each.segments)} segments, {time.monotonic() - begun:.0f} s", flush=True)
    options.output.write_text("\n".join([head(options.n), overall(by_set), *parts]), encoding="utf-8")


def head(n: int) -> str:
    return (
        f"# Span agreement\n\n`python benchmarks/spans.py DATA --n {n}`; {platform.machine()}, Python "
        f"{platform.python_version()}; network {estimator.version()}. F1 over characters with half the credit for the "
        "right place with the wrong severity, as in WMT's quality estimation task. No file in models/ was fitted to "
        "these rows; thresholds were chosen by looking at them, so they are development data. Raters differ: en-ru was "
        "marked by other people in a severer style, and nearly every mark of WMT22 QE is major.\n"
    )


def overall(by_set: Sequence[Mapping[str, Agreement]]) -> str:
    """Return the means over the sets, for the choice of thresholds."""
    means = {
        name: np.mean([[rows[name].f1, rows[name].sound, rows[name].sound_major] for rows in by_set], axis=0)
        for name in by_set[0]
    }
    grid = sorted((name for name in means if name.startswith(GRID)), key=lambda name: -means[name][0])[:5]
    named = [name for name in means if not name.startswith(GRID)]
    lines = ["## Means over the sets", "", "| what is marked | F1 | sound segments marked | with a major one |"]
    lines.append("|---|--:|--:|--:|")
    for name in [*named, *grid]:
        f1_mean, sound, major = means[name]
        lines.append(f"| {name} | {f1_mean:.3f} | {sound:.0%} | {major:.1%} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
