"""The rows of a table with human scores, as far as a recipe can be fitted to them; what was left out is counted."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scorer import combine, formats, metrics, words
from scorer import languages as spoken
from scorer.adaptation import Rated, Unit, judged, rate_of
from scorer.api import Progress
from scorer.assets import SHIPPED_NAME
from scorer.combine import PER_WORDS, Available, Preset, Recipe
from scorer.errors import InputError, UsageError
from scorer.fitting import Column, Floats, predicted
from scorer.formats import Row
from scorer.formats.entries import UNKNOWN, Entry, entry
from scorer.languages import parse_pair
from scorer.measure import segment_level
from scorer.metaeval import number
from scorer.plan import Settings, what_is_there
from scorer.printable import printable
from scorer.registry import nearest
from scorer.systems import PEEK, Scored, rate
from scorer.types import Languages, Segment

Scale = Literal["mqm", "0-100", "da"]
SCALES: tuple[Scale, ...] = ("mqm", "0-100", "da")
PARTS = ("mqm_accuracy", "mqm_fluency")
# Fewer rows than these, or sources than these, tell noise from judgment in no cross-validation.
MINIMUM_ROWS, MINIMUM_SOURCES = 200, 10


@dataclass(frozen=True, slots=True)
class Judgment:
    """One usable row: its segment and what people say of it; `parts` are points of accuracy and fluency, if given."""

    segment: Segment
    human: float
    parts: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Judgments:
    """A table's usable rows, and how many were left out, by reason.

    Attributes:
        name: Of the table, safe to print.
        n_rows: Rows in the table.
        left_out: By reason.
        notes: What was found or done while reading.
    """

    name: str
    sha256: str
    n_rows: int
    rows: tuple[Judgment, ...]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def languages(self) -> Mapping[str, int]:
        """Return how many rows each language pair has."""
        return Counter(str(row.segment.languages) for row in self.rows)


# Reading -------------------------------------------------------------------------------------------------------------


def read(path: str, human: str, scale: Scale, pair: Languages | None) -> Judgments:
    """Return the usable rows of a table.

    Args:
        path: A table in any format of rows; `-` is JSON lines on standard input.
        human: The column of human scores.
        scale: What they are: MQM points (`mqm`; negative ones as WMT writes them), or higher is better, from 0 to 100
            (`0-100`) or on any range (`da`).
        pair: Languages of rows that do not name their own; else detected.

    Raises:
        UsageError: There is no such column or scale.
        InputError: A row or score cannot be used, or all scores are the same.
    """
    if scale not in SCALES:
        raise UsageError(
            f"there is no scale {printable(scale, 40)!r}{nearest(scale, SCALES)}; choose from mqm, 0-100, da"
        )
    found: list[Judgment] = []
    left_out: Counter[str] = Counter()
    keys: dict[str, None] = {}
    with formats.rows(path) as stream:
        opened = stream.opened
        n_rows = 0
        for index, row in enumerate(stream):
            n_rows += 1
            keys.update(dict.fromkeys(row.cells))
            judgment = _judgment(index, row, human, scale, pair)
            if isinstance(judgment, str):
                left_out[judgment] += 1
            else:
                found.append(judgment)
    if not n_rows:
        raise InputError(f"{opened.name}: there are no rows")
    if human not in keys:
        listed = ", ".join(printable(key, 40) for key in list(keys)[:30])
        raise UsageError(f"there is no column {printable(human, 40)!r}{nearest(human, keys)}; columns: {listed}")
    rows = _with_languages(_signed(found, opened.name, human, scale))
    return Judgments(opened.name, opened.sha256, n_rows, tuple(rows), dict(left_out), tuple(opened.notes))


def _judgment(index: int, row: Row, human: str, scale: Scale, pair: Languages | None) -> Judgment | str:
    """Return a row's judgment, or why there is none."""
    score = number(row, human, row.cells.get(human))
    if score is None:
        return "no human score"
    if scale == "0-100" and not 0 <= score <= 100:
        raise row.error(f"{printable(human, 40)!r} is {score:g}, not from 0 to 100; other ranges are --scale da")
    known = entry(index, row, _named(row) or pair or UNKNOWN)
    segment = known.segment
    if segment is None:
        return known.skipped or "not scorable"
    if not segment.hypothesis.strip() or not any(text.strip() for text in (segment.source or "", *segment.references)):
        return "one side is blank"
    parts = [number(row, name, row.cells.get(name)) if scale == "mqm" else None for name in PARTS]
    both = (parts[0], parts[1]) if parts[0] is not None and parts[1] is not None else None
    return Judgment(segment, score, both)


def _named(row: Row) -> Languages | None:
    cell = row.cells.get("lang_pair")
    return parse_pair(cell) if isinstance(cell, str) and cell else None


def _signed(rows: Sequence[Judgment], name: str, human: str, scale: Scale) -> Sequence[Judgment]:
    """Return the rows with penalties above 0, whichever sign the table gives them.

    Raises:
        InputError: The scores tell nothing, or have both signs.
    """
    values = [row.human for row in rows]
    if not values:
        raise InputError(f"{name}: no row has a text to score and a number in {printable(human, 40)!r}")
    if min(values) == max(values):
        raise InputError(
            f"{name}: all {len(values)} scores in {printable(human, 40)!r} are {values[0]:g}; nothing to fit to"
        )
    if scale != "mqm":
        return rows
    if min(values) < 0 < max(values):
        raise InputError(
            f"{name}: {printable(human, 40)!r} goes from {min(values):g} to {max(values):g}; MQM penalties have one "
            "sign, 0 is best. For scores that are better the higher, say --scale 0-100 or --scale da"
        )
    return [dataclasses.replace(row, human=abs(row.human), parts=_positive(row.parts)) for row in rows]


def _positive(parts: tuple[float, float] | None) -> tuple[float, float] | None:
    return (abs(parts[0]), abs(parts[1])) if parts else None


def _with_languages(rows: Sequence[Judgment]) -> list[Judgment]:
    """Return the rows with languages that no one named told from the texts, of all such rows together."""
    unknown = [row.segment for row in rows if None in (row.segment.languages.source, row.segment.languages.hypothesis)]
    if not unknown:
        return list(rows)
    first = unknown[:PEEK]
    source = spoken.detect("\n".join(each.source or "" for each in first)).language
    target = spoken.detect("\n".join((each.references or (each.hypothesis,))[0] for each in first)).language

    def filled(segment: Segment) -> Segment:
        own = segment.languages
        return dataclasses.replace(segment, languages=Languages(own.source or source, own.hypothesis or target))

    return [dataclasses.replace(row, segment=filled(row.segment)) for row in rows]


# Modes ---------------------------------------------------------------------------------------------------------------


def of_mode(rows: Sequence[Judgment], mode: Available) -> list[Judgment]:
    """Return the rows that have what a mode holds hypotheses against, and nothing besides."""
    kept = []
    for row in rows:
        segment = row.segment
        has_source = segment.source is not None and bool(segment.source.strip())
        if (mode != "reference" and not has_source) or (mode != "source" and not segment.references):
            continue
        stripped = dataclasses.replace(
            segment,
            source=None if mode == "reference" else segment.source,
            references=() if mode == "source" else segment.references,
        )
        kept.append(dataclasses.replace(row, segment=stripped))
    return kept


def modes_of(rows: Sequence[Judgment]) -> list[Available]:
    """Return the modes that rows are in as they stand, the most frequent first."""
    return [mode for mode, _ in Counter(what_is_there([row.segment]) for row in rows).most_common()]


# Measuring -----------------------------------------------------------------------------------------------------------


def rated(
    rows: Sequence[Judgment], scale: Scale, known: Recipe, preset: Preset, progress: Progress
) -> tuple[Rated, list[Segment]]:
    """Return the rows with all that the recipe reads of them, as far as it can score them, and their segments.

    Args:
        rows: Of one mode.
        scale: Of the human scores.
        known: The shipped recipe of that mode.
        preset: The recipe's.
        progress: Called after each batch.
    """
    # One metric that costs next to nothing keeps the default ones from running; the recipe's are measured anyway.
    settings = Settings(preset=preset, metrics=("length_ratio",), model=SHIPPED_NAME)
    segments = [dataclasses.replace(row.segment, index=i, system="") for i, row in enumerate(rows)]
    entries = [Entry(Row("", i + 1, {}), segment, None) for i, segment in enumerate(segments)]
    pair = segments[0].languages if segments else UNKNOWN
    scored = list(rate(entries, pair, settings, progress, total=len(entries)))
    levels = {name: segment_level(metrics.registry.create(name)) for name in sorted(known.metrics)}
    table = {
        name: np.array([_finished(level.finish, each, name) for each in scored], dtype=np.float64)
        for name, level in levels.items()
    }
    n_own = np.array([words.count(segment.hypothesis) for segment in segments], dtype=np.float64)
    table = {name: combine.steadied(name, values, n_own) for name, values in table.items()}
    whole = ~np.isnan(np.array([*table.values(), np.zeros(len(rows))])).any(axis=0)
    kept = [i for i in np.argsort(_items(rows), kind="stable").tolist() if whole[i]]
    columns = {name: Column(name, table[name][kept], levels[name].higher_is_better) for name in table}
    found = _rated([rows[i] for i in kept], [scored[i] for i in kept], columns, _items(rows)[kept], scale, known)
    return found, [rows[i].segment for i in kept]


def _finished(finish: object, scored: Scored, name: str) -> float:
    row = scored.rows.get(name)
    value = finish(row) if row is not None else None  # type: ignore[operator]
    return math.nan if value is None else float(value)


def _items(rows: Sequence[Judgment]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return a number for each source, by its text, so that the order of rows does not matter."""
    texts = [row.segment.original.text if row.segment.original else "" for row in rows]
    numbers = {text: i for i, text in enumerate(sorted(set(texts)))}
    return np.array([numbers[text] for text in texts], dtype=np.int64)


def _rated(
    rows: Sequence[Judgment],
    scored: Sequence[Scored],
    columns: Mapping[str, Column],
    item: np.ndarray[tuple[int], np.dtype[np.int64]],
    scale: Scale,
    known: Recipe,
) -> Rated:
    n_words = np.array([each.penalty.n_words_read if each.penalty else 0.0 for each in scored], dtype=np.float64)
    demanded = np.array(
        [
            combine.demands(each.report.findings if each.report else (), n)
            for n, each in zip(n_words.tolist(), scored, strict=True)
        ]
    ).reshape(-1, 2, 2)
    demanded *= PER_WORDS / n_words[:, None, None]
    copies = [row.segment.hypothesis.strip() in {text.strip() for text in row.segment.references} for row in rows]
    human = np.array([row.human for row in rows], dtype=np.float64)
    unit: Unit = "points" if scale == "mqm" else "quality"
    bare = Rated(
        columns,
        n_words,
        np.array([words.count(row.segment.hypothesis) for row in rows]),
        demanded[:, 0, 0],
        demanded[:, 1, 0],
        demanded[:, 0, 1],
        demanded[:, 1, 1],
        np.array(copies, dtype=bool),
        human,
        human,
        human,
        item,
        unit,
    )
    if scale == "da":
        human = on_quality(human, judged((known.adequacy, known.fluency), bare))
    total = PER_WORDS * human / n_words if scale == "mqm" else rate_of(human)
    accuracy, fluency = _split(total, [row.parts for row in rows], known, bare)
    return dataclasses.replace(bare, human=human, accuracy=accuracy, fluency=fluency)


def on_quality(human: Floats, quality: Floats) -> Floats:
    """Return scores of any range on the scale of quality: the lowest gets the lowest quality there is, and so on.

    Only the order of the scores counts; equal ones get the mean of what they would share. Both of shape (n,).
    """
    _, group = np.unique(human, return_inverse=True)
    shares = np.zeros(len(human))
    shares[np.argsort(human, kind="stable")] = np.sort(quality)
    means: Floats = (np.bincount(group, shares) / np.bincount(group))[group]
    return means


def _split(
    total: Floats, parts: Sequence[tuple[float, float] | None], known: Recipe, bare: Rated
) -> tuple[Floats, Floats]:
    """Return accuracy and fluency of a total: as people divide it, else as the shipped recipe would."""
    values = {name: column.values for name, column in bare.columns.items()}
    expected = [predicted(part, values, len(bare)) for part in (known.adequacy, known.fluency)]
    sums = expected[0] + expected[1]
    share = np.divide(expected[0], sums, out=np.full(len(sums), 0.5), where=sums > 0)
    for i, both in enumerate(parts):
        if both is not None and sum(both) > 0:
            share[i] = both[0] / sum(both)
    return total * share, total * (1 - share)


def languages_said(languages: Mapping[str, int]) -> str:
    """Return `en-de 300, zh-en 200`."""
    return ", ".join(f"{name} {n}" for name, n in sorted(languages.items(), key=lambda each: (-each[1], each[0])))
