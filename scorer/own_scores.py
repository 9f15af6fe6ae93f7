"""Segment-level scores of our own metrics and dimensions on the rows of a table."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scorer import languages as spoken
from scorer.api import Progress, signature
from scorer.errors import UsageError
from scorer.formats import Row
from scorer.formats.entries import Entry, entry
from scorer.languages import parse_pair
from scorer.measure import batches, measure_where_possible, segment_level
from scorer.plan import Settings, default_metrics, number_of_references, plan, what_is_there
from scorer.systems import PEEK, rate, segments_of
from scorer.types import DIMENSIONS, Languages, Metric, Segment

# What judging gives besides metrics, and whether higher is better.
PENALTIES = ("mqm", "mqm_accuracy", "mqm_fluency")
JUDGED: dict[str, bool] = {**dict.fromkeys(DIMENSIONS, True), **dict.fromkeys(PENALTIES, False)}

BATCH = 1024  # rows between two signs of progress

Values = list[float | None]


@dataclass(frozen=True, slots=True)
class OwnScores:
    """Scores by metric, in the rows' order, `None` where undefined; with directions and signatures."""

    scores: Mapping[str, Values]
    higher_is_better: Mapping[str, bool]
    signatures: Mapping[str, str]


def own_scores(rows: Sequence[Row], languages: Sequence[str], settings: Settings, progress: Progress) -> OwnScores:
    """Return the scores of the settings' metrics, of `quality` and the default metrics if they name none.

    Args:
        rows: With the keys of a table of texts.
        languages: Of each row, as `en-de`; a pair that says nothing gives way to the settings'.
        settings: Metrics may also be dimensions and expected penalties.
        progress: Called after each batch.

    Raises:
        InputError: A row has no texts to score.
        UsageError: There is no such metric.
    """
    known = {name: _named(name, settings) for name in set(languages)}
    entries = [entry(i, row, known[name]) for i, (row, name) in enumerate(zip(rows, languages, strict=True))]
    specs = settings.metrics or ("quality", *default_metrics(settings.preset, what_is_there(segments_of(entries))))
    judged = [spec for spec in specs if spec in JUDGED]
    plain = dataclasses.replace(settings, metrics=tuple(spec for spec in specs if spec not in JUDGED))
    groups: dict[str, list[Entry]] = defaultdict(list)
    for each, name in zip(entries, languages, strict=True):
        groups[name].append(each)
    table = _Table(len(rows))
    for name, members in groups.items():
        _fill(table, known[name], members, plain, judged, lambda n, where=name: progress(where, n, len(groups[where])))  # type: ignore[misc]
    order = [*judged, *(name for name in table.scores if name not in judged)]
    return OwnScores(
        {name: table.scores[name] for name in order},
        {name: table.higher[name] for name in order},
        {name: "; ".join(table.signatures[name]) for name in order},
    )


class _Table:
    """Columns of scores as they are filled."""

    def __init__(self, n_rows: int) -> None:
        self.n_rows = n_rows
        self.scores: dict[str, Values] = {}
        self.higher: dict[str, bool] = {}
        self.signatures: dict[str, dict[str, None]] = defaultdict(dict)

    def column(self, name: str, higher_is_better: bool, line: str) -> Values:
        """Return a metric's column, new or begun; `line` is its signature for the rows to come."""
        self.higher[name] = higher_is_better
        self.signatures[name][line] = None
        return self.scores.setdefault(name, [None] * self.n_rows)


def _named(name: str, settings: Settings) -> Languages:
    try:
        return parse_pair(name)
    except UsageError:
        return settings.languages or Languages()


def _detected(segments: Sequence[Segment], pair: Languages) -> Languages:
    """Return the pair with what is not known told from the first segments."""
    first = segments[:PEEK]
    source = pair.source or spoken.detect("\n".join(each.source or "" for each in first)).language
    texts = ((each.references or (each.hypothesis,))[0] for each in first)
    return Languages(source, pair.hypothesis or spoken.detect("\n".join(texts)).language)


def _fill(
    table: _Table,
    pair: Languages,
    members: Sequence[Entry],
    plain: Settings,
    judged: Sequence[str],
    tell: Callable[[int], None],
) -> None:
    """Fill the rows of one language pair."""
    segments = segments_of(members)
    if not segments:
        return
    pair = _detected(segments, pair)
    available = what_is_there(segments)
    settled = plan(plain, available, pair.hypothesis, number_of_references(segments))
    for metric in settled.shown if plain.metrics else ():
        _measure(table, segment_level(metric), segments, tell)
    if judged:
        line = signature(settled, plain, "score", available, "lines")
        columns = {name: table.column(name, JUDGED[name], line) for name in judged}
        _judge(columns, members, pair, plain, tell)


def _judge(
    columns: Mapping[str, Values],
    members: Sequence[Entry],
    pair: Languages,
    plain: Settings,
    tell: Callable[[int], None],
) -> None:
    # What judging shows besides is not read; one that costs next to nothing keeps the default ones from running.
    settings = dataclasses.replace(plain, metrics=("length_ratio",))
    for row in rate(members, pair, settings, lambda stage, done, total: tell(done), total=len(members)):
        if row.report is not None and row.entry.segment is not None:
            for name, column in columns.items():
                value = getattr(row.report, name) if name in DIMENSIONS else row.report.metrics[name]
                column[row.entry.segment.index] = value


def _measure(table: _Table, metric: Metric, segments: Sequence[Segment], tell: Callable[[int], None]) -> None:
    column = table.column(metric.name, metric.higher_is_better, metric.signature())
    done = 0
    for batch in batches(segments, BATCH):
        for segment, row in zip(batch, measure_where_possible(metric, batch), strict=True):
            column[segment.index] = None if row is None else metric.finish(row)
        done += len(batch)
        tell(done)
