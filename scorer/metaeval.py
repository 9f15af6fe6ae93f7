"""`metaeval`: from a table of rows with human scores to the agreement of metrics with them.

A metric is a column of the table, or one of ours, which is then run on each row. Rows count where people and all
metrics scored them; what was left out is said. Nothing here prints.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from scorer import __version__, agreement, formats
from scorer.agreement import Level, Scores
from scorer.api import Progress, silent
from scorer.errors import InputError, UsageError
from scorer.formats import Cell, Row
from scorer.own_scores import OwnScores, own_scores
from scorer.plan import Settings
from scorer.printable import printable
from scorer.registry import nearest

FORMAT = 1
UNNAMED = "all languages"
LOWER, HIGHER = ":lower", ":higher"
# Beyond this many names, `system` names something else; there are too many pairs of them anyway.
MAX_SYSTEMS = 200
# A metric that misses more of the rows than this is named as what keeps the others from being compared on all.
SPARSE = 0.05
_MISSING = ("", "nan", "none", "null", "na", "n/a")


@dataclass(frozen=True, slots=True)
class Column:
    """A metric: its name, which way is better, where its scores come from, and how many rows that count lack one."""

    name: str
    higher_is_better: bool
    signature: str
    n_missing: int = 0


@dataclass(frozen=True, slots=True)
class MetaEvaluation:
    """The agreement of metrics with human scores: all that any output may show.

    Attributes:
        input: Name of the table, safe to print.
        human: The column of human scores.
        n_rows: Rows in the table.
        levels: A language pair each.
        average: Over language pairs; `None` for fewer than two.
        scores: The scores themselves, for plots; a language pair each.
    """

    input: str
    sha256: str
    human: str
    n_rows: int
    columns: tuple[Column, ...]
    levels: tuple[Level, ...]
    average: Level | None
    notes: tuple[str, ...]
    settings: agreement.Settings
    signature: str
    scores: tuple[Scores, ...] = field(repr=False)

    def all_levels(self) -> tuple[Level, ...]:
        """Return the average, if there is one, and the language pairs."""
        return (*([self.average] if self.average else []), *self.levels)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "format": FORMAT,
            "tool": {"name": "scorer", "version": __version__},
            "command": "metaeval",
            "signature": self.signature,
            "input": {"name": self.input, "sha256": self.sha256, "rows": self.n_rows},
            "human": self.human,
            **asdict(self.settings),
            "metrics": [asdict(column) for column in self.columns],
            "levels": [asdict(level) for level in self.levels],
            "average": asdict(self.average) if self.average else None,
            "notes": list(self.notes),
        }


@dataclass(slots=True)
class _Kept:
    """Rows that count, by field; all lists are in the table's order."""

    languages: list[str] = field(default_factory=list)
    item: list[tuple[str, ...]] = field(default_factory=list)
    system: list[str] = field(default_factory=list)
    human: list[float] = field(default_factory=list)
    columns: list[list[float | None]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def run(
    path: str,
    *,
    human: str = "score",
    lower_is_better: bool = False,
    columns: Sequence[str] = (),
    keep_human: bool = False,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> MetaEvaluation:
    """Return how well metrics agree with the human scores of a table.

    Args:
        path: A table in any format of rows; `-` is JSON lines on standard input.
        human: The column of human scores.
        lower_is_better: Whether they are penalties.
        columns: Columns that are metrics; `NAME:lower` where lower is better, `metrics.NAME` inside an object.
        keep_human: Whether translations by people, rows with a true `is_human`, count as a system.
        settings: Metrics of ours to run (`quality` and the default ones if neither they nor columns are named), seed,
            resamples and the like.
        progress: Called with a stage, how much of it is done, and how much there is.

    Raises:
        UsageError: A column or metric is not there, or two have one name.
        InputError: A row cannot be used, or none has a human score.
        MissingExtra: The format needs an optional dependency.
    """
    chosen = settings or Settings()
    named = [_named(spec) for spec in columns]
    _refuse_twins([name for name, _ in named])
    runs_own = bool(chosen.metrics) or not named
    tally: Counter[str] = Counter()
    with formats.rows(path) as stream:
        opened = stream.opened
        kept = _read(stream, human, [name for name, _ in named], keep_human, tally, keeps_rows=runs_own)
    if not kept.human:
        raise InputError(_nothing_kept(opened.name, human, tally))
    own = own_scores(kept.rows, kept.languages, chosen, progress) if runs_own else OwnScores({}, {}, {})
    _refuse_twins([*(name for name, _ in named), *own.scores])
    higher = {**dict(named), **own.higher_is_better}
    signatures = {**{name: f"column:{name}" for name, _ in named}, **own.signatures}
    values = {name: _array(cell[i] for cell in kept.columns) for i, (name, _) in enumerate(named)}
    values |= {name: _array(column) for name, column in own.scores.items()}
    signed = {name: column if higher[name] else -column for name, column in values.items()}
    people = np.array(kept.human) * (-1 if lower_is_better else 1)
    notes = [*_counted(tally, human), *opened.notes]
    scores = tuple(_scores(kept, people, signed, notes))
    if not scores:
        raise InputError(f"{opened.name}: no row has a human score and all metrics' scores ({'; '.join(notes)})")
    resampling = agreement.Settings(chosen.seed, chosen.n_resamples, confidence=chosen.confidence)
    progress("agreement", 0, len(scores))
    levels, average = agreement.evaluate(scores, resampling)
    described = tuple(
        Column(name, higher[name], signatures[name], int(np.isnan(column).sum())) for name, column in values.items()
    )
    signature = _signature(human, lower_is_better, keep_human, resampling)
    return MetaEvaluation(
        opened.name,
        opened.sha256,
        human,
        tally["rows"],
        described,
        levels,
        average,
        tuple(notes),
        resampling,
        signature,
        scores,
    )


def _signature(human: str, lower_is_better: bool, keep_human: bool, settings: agreement.Settings) -> str:
    parts = [
        f"metaeval|human:{human}|better:{'lower' if lower_is_better else 'higher'}",
        f"human-translations:{'kept' if keep_human else 'left out'}|rows:scored by all|ties:calibrated by languages",
        f"test:paired bootstrap of items|resamples:{settings.n_resamples}|permutations:{settings.n_permutations}",
        f"confidence:{settings.confidence:g}|seed:{settings.seed}|version:{__version__}",
    ]
    return "|".join(parts)


def _named(spec: str) -> tuple[str, bool]:
    """Return a column's name, and whether higher is better, from `NAME`, `NAME:higher` or `NAME:lower`."""
    name = spec.removesuffix(LOWER).removesuffix(HIGHER)
    if not name:
        raise UsageError(f"cannot read the column {printable(spec, 40)!r}; write NAME or NAME:lower")
    return name, not spec.endswith(LOWER)


def _refuse_twins(names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise UsageError(f"two metrics are called {printable(name, 40)!r}; rename the column or leave one out")


# Rows ----------------------------------------------------------------------------------------------------------------


def _read(
    rows: Iterable[Row], human: str, columns: Sequence[str], keep_human: bool, tally: Counter[str], *, keeps_rows: bool
) -> _Kept:
    """Return the rows that have a human score; `tally` counts those that were left out."""
    kept = _Kept()
    keys: dict[str, None] = {}
    for row in rows:
        tally["rows"] += 1
        keys.update(dict.fromkeys(row.cells))
        cells = {key.strip().lower(): cell for key, cell in row.cells.items()}
        if not keep_human and _is_true(row, cells.get("is_human")):
            tally["is_human"] += 1
            continue
        score = number(row, human, row.cells.get(human))
        if score is None:
            tally["unscored"] += 1
            continue
        kept.human.append(score)
        kept.languages.append(_label(cells, "languages", "lang_pair") or UNNAMED)
        kept.item.append(_item(row, cells))
        kept.system.append(_label(cells, "system"))
        kept.columns.append([number(row, name, _found(row, name)) for name in columns])
        if keeps_rows:
            kept.rows.append(row)
    if tally["rows"]:
        _require_columns([human, *columns], keys)
    return kept


def _require_columns(names: Sequence[str], keys: Mapping[str, None]) -> None:
    for name in names:
        if name not in keys and name.partition(".")[0] not in keys:
            listed = ", ".join(printable(key, 40) for key in list(keys)[:30])
            raise UsageError(f"there is no column {printable(name, 40)!r}{nearest(name, keys)}; columns: {listed}")


def _found(row: Row, name: str) -> Cell:
    """Return a row's cell; `metrics.chrf` is the `chrf` of its object `metrics`."""
    if name in row.cells:
        return row.cells[name]
    outer, _, inner = name.partition(".")
    inside = row.cells.get(outer)
    return inside.get(inner) if isinstance(inside, dict) else None


def number(row: Row, name: str, cell: Cell) -> float | None:
    """Return a cell as a number; `None` for a null, an empty cell and NaN.

    Raises:
        InputError: It is no number; the message names file and line.
    """
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in _MISSING):
        return None
    if (
        isinstance(cell, str | int | float)
        and not isinstance(cell, bool)
        and not (isinstance(cell, str) and "_" in cell)
    ):
        try:
            value = float(cell)
        except (ValueError, OverflowError):
            value = math.inf
        if math.isnan(value):
            return None
        if math.isfinite(value):
            return value
    raise row.error(f"{printable(name, 40)!r} is {printable(repr(cell), 40)}, not a finite number")


def _is_true(row: Row, cell: Cell) -> bool:
    if cell is None or isinstance(cell, bool | int):
        return bool(cell)
    if isinstance(cell, str) and (word := cell.strip().lower()) in ("true", "false", "1", "0", "yes", "no", *_MISSING):
        return word in ("true", "1", "yes")
    raise row.error(f"'is_human' is {printable(repr(cell), 40)}, not true or false")


def _label(cells: Mapping[str, Cell], *names: str) -> str:
    """Return the first of the cells that is there, as text."""
    return next((str(cells[name]).strip() for name in names if cells.get(name) not in (None, "")), "")


def _item(row: Row, cells: Mapping[str, Cell]) -> tuple[str, ...]:
    """Return what tells the source segment of a row from others."""
    document = _label(cells, "document", "doc_id")
    if segment := _label(cells, "seg_id"):
        return _label(cells, "testset"), document, segment
    text = next((cells[name] for name in ("source", "src", "reference", "ref") if cells.get(name)), None)
    if not isinstance(text, str):
        raise row.error("needs 'seg_id', 'source' or 'reference': translations of one source are compared")
    return _label(cells, "testset"), document, "", text


def _nothing_kept(name: str, human: str, tally: Mapping[str, int]) -> str:
    if not tally["rows"]:
        return f"{name}: there are no rows"
    left = f"; {tally['is_human']} are human translations, which --keep-human would keep" if tally["is_human"] else ""
    return f"{name}: none of {tally['rows']} rows has a human score in {printable(human, 40)!r}{left}"


def _counted(tally: Mapping[str, int], human: str) -> Iterator[str]:
    if tally["is_human"]:
        yield f"{tally['is_human']} rows of human translations left out"
    if tally["unscored"]:
        yield f"{tally['unscored']} rows without {printable(human, 40)} left out"


# Rows to scores ------------------------------------------------------------------------------------------------------


def _array(values: Iterable[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([math.nan if value is None else value for value in values])


def _scores(
    kept: _Kept, people: np.ndarray[Any, Any], metrics: Mapping[str, np.ndarray[Any, Any]], notes: list[str]
) -> Iterator[Scores]:
    """Yield each language pair's scores, by name; what is left out goes to `notes`."""
    rows: dict[str, list[int]] = defaultdict(list)
    for i, languages in enumerate(kept.languages):
        rows[languages].append(i)
    for languages, places in sorted(rows.items()):
        own = {name: column[places] for name, column in metrics.items()}
        there = {name: column for name, column in own.items() if not np.isnan(column).all()}
        where = printable(languages, 40)
        if absent := own.keys() - there.keys():
            notes.append(f"{where}: no row has {', '.join(printable(name, 40) for name in own if name in absent)}")
        is_whole = ~np.isnan(np.array([*there.values(), np.zeros(len(places))])).any(axis=0)
        notes.extend(_lacking(where, there, is_whole))
        cells, names = _cells([kept.item[i] for i in places], [kept.system[i] for i in places], where, notes)
        order = [i for i in sorted(range(len(places)), key=cells.__getitem__) if is_whole[i]]
        if not order or not there:
            notes.append(f"{where}: left out, for no row has all scores")
            continue
        numbers = np.unique([cells[i][0] for i in order], return_inverse=True)[1].astype(np.int64)
        used, system = np.unique([cells[i][1] for i in order], return_inverse=True)
        yield Scores(
            languages,
            numbers,
            system.astype(np.int64),
            tuple(names[i] for i in used) if names else (),
            people[places][order],
            {name: column[order] for name, column in there.items()},
        )


def _lacking(where: str, metrics: Mapping[str, np.ndarray[Any, Any]], is_whole: np.ndarray[Any, Any]) -> Iterator[str]:
    """Yield which metrics lack how many scores, and what that costs."""
    missing = {name: int(np.isnan(column).sum()) for name, column in metrics.items()}
    told = [f"{printable(name, 40)} {count}" for name, count in missing.items() if count]
    if told:
        yield f"{where}: {len(is_whole) - int(is_whole.sum())} of {len(is_whole)} rows lack a score ({', '.join(told)})"
    if len(is_whole) - is_whole.sum() > SPARSE * len(is_whole):
        yield f"{where}: only rows that all metrics scored count; leave out a metric to compare the others on more"


def _cells(
    items: Sequence[tuple[str, ...]], systems: Sequence[str], where: str, notes: list[str]
) -> tuple[list[tuple[int, int]], tuple[str, ...]]:
    """Return each row's item and system as numbers, no two rows alike, and the systems' names.

    Rows that name no system are an item's first, second and so on. A source that one system has twice is two items.
    """
    names = sorted(set(systems))
    is_named = names != [""] and len(names) <= MAX_SYSTEMS
    if len(names) > MAX_SYSTEMS:
        notes.append(f"{where}: {len(names)} systems are too many to compare; only translations are")
    keys = {key: i for i, key in enumerate(sorted(set(items)))}
    places = {name: i for i, name in enumerate(names)}
    seen: Counter[tuple[int, int]] = Counter()
    taken: list[tuple[int, int, int]] = []
    for key, name in zip(items, systems, strict=True):
        cell = keys[key], places[name] if is_named else 0
        time = seen[cell]
        seen[cell] += 1
        taken.append((cell[0], time, cell[1]) if is_named else (cell[0], *divmod(time, MAX_SYSTEMS)))
    repeated = sum(time > 0 for _, time, _ in taken)
    if repeated and is_named:
        notes.append(f"{where}: {repeated} rows repeat the source of an earlier row of their system")
    numbers = {each: i for i, each in enumerate(sorted({(key, time) for key, time, _ in taken}))}
    return [(numbers[key, time], system) for key, time, system in taken], tuple(names) if is_named else ()
