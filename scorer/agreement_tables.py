"""The agreement of metrics with people as text, Markdown, CSV and JSON. It computes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scorer.agreement import STATISTICS, Estimate, Level, MetricAgreement, PairedTest
from scorer.errors import UsageError
from scorer.metaeval import Column, MetaEvaluation
from scorer.printable import printable
from scorer.registry import nearest
from scorer.reporters.markdown import escape
from scorer.reporters.markdown import table as markdown_table
from scorer.reporters.shown import number
from scorer.reporters.terminal import printed

WIDTH = 80
DIGITS = 3
SUFFIXES = {".txt": "text", ".md": "markdown", ".csv": "csv", ".json": "json"}
LEGEND = (
    "Groups (in parentheses) begin where every metric above is better than every metric below beyond chance.",
    "acc*eq: accuracy on pairs of translations of one source, ties calibrated. PA, SPA: (soft) accuracy on systems.",
)


def format_of(path: str) -> str:
    """Return the format that a path's suffix picks.

    Raises:
        UsageError: It picks none.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise UsageError(f"cannot tell the format of {printable(path)} from its suffix; known: {known}")
    return SUFFIXES[suffix]


def renderer(name: str) -> Callable[[MetaEvaluation], str]:
    """Return the function that renders a format.

    Raises:
        UsageError: There is none of that name.
    """
    known: dict[str, Callable[[MetaEvaluation], str]] = {
        "text": text,
        "markdown": markdown,
        "csv": comma_separated,
        "json": as_json,
    }
    if name not in known:
        raise UsageError(f"unknown format {name!r}{nearest(name, known)}; known: {', '.join(known)}")
    return known[name]


def as_json(result: MetaEvaluation) -> str:
    """Return everything as JSON."""
    whole = json.dumps(result.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return whole.encode("utf-8", "backslashreplace").decode("utf-8")


def comma_separated(result: MetaEvaluation) -> str:
    """Return a row for each language pair, metric and statistic, and one for each test; no cell begins a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        (
            "kind",
            "languages",
            "statistic",
            "metric",
            "against",
            "value",
            "low",
            "high",
            "group",
            "p",
            "epsilon",
            "n_rows",
            "n_items",
            "n_pairs",
            "n_system_pairs",
        )
    )
    for level in result.all_levels():
        n = [level.n_rows, level.n_items, level.n_pairs, level.n_system_pairs]
        for metric in level.metrics:
            for name, each in metric.estimates.items():
                epsilon = metric.epsilon if name == "accuracy" else None
                cells = [each.value, each.low, each.high, each.group, None, epsilon]
                writer.writerow(["agreement", _safe(level.languages), name, _safe(metric.name), "", *cells, *n])
        for test in level.tests:
            cells = [test.difference, test.low, test.high, None, test.p, None]
            names = [_safe(test.first), _safe(test.second)]
            writer.writerow(["test", _safe(level.languages), test.statistic, *names, *cells, *n])
    return file.getvalue()


def _safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run."""
    return "'" + cell if cell[:1] in "=+-@\t\r" and cell else cell


# Text and Markdown ---------------------------------------------------------------------------------------------------


def shown(result: MetaEvaluation) -> list[str]:
    """Return the statistics that are defined anywhere."""
    there = {
        name
        for level in result.all_levels()
        for metric in level.metrics
        for name, each in metric.estimates.items()
        if each.value is not None
    }
    return [name for name in STATISTICS if name in there]


def ranked(level: Level, statistics: Sequence[str]) -> list[MetricAgreement]:
    """Return the metrics, best first: by the mean of their places on all statistics."""
    places = dict.fromkeys((metric.name for metric in level.metrics), 0.0)
    for name in statistics:
        order = sorted(level.metrics, key=lambda metric: -_or_worst(metric.estimates[name]))
        for place, metric in enumerate(order):
            places[metric.name] += place
    return sorted(level.metrics, key=lambda metric: (places[metric.name], metric.name))


def _or_worst(estimate: Estimate) -> float:
    return -2.0 if estimate.value is None else estimate.value


def against_best(level: Level, statistic: str) -> Iterator[tuple[str, PairedTest, int]]:
    """Yield each metric but the best, its test against the best, and the sign that turns that into best less metric."""
    values = {metric.name: metric.estimates[statistic].value for metric in level.metrics}
    defined = sorted(
        (name for name, value in values.items() if value is not None), key=lambda name: -(values[name] or 0)
    )
    found = {frozenset((test.first, test.second)): test for test in level.tests if test.statistic == statistic}
    for name in defined[1:]:
        if test := found.get(frozenset((defined[0], name))):
            yield name, test, 1 if test.first == defined[0] else -1


def head(result: MetaEvaluation) -> list[str]:
    """Return what a reader must know before the numbers."""
    settings = result.settings
    return [
        f"{result.input}: {result.n_rows} rows, human scores in {printable(result.human, 40)}",
        f"{settings.confidence:.0%} intervals and paired tests: bootstrap of sources, {settings.n_resamples} draws; "
        f"SPA: {settings.n_permutations} permutations; seed {settings.seed}",
        *(f"note: {note}" for note in result.notes),
    ]


def title(level: Level) -> str:
    """Return a level's name and sizes in one line."""
    systems = f", {len(level.systems)} systems" if level.systems else ""
    return (
        f"{printable(level.languages, 40)}: {level.n_rows} rows, {level.n_items} sources{systems}, "
        f"{level.n_pairs} pairs of translations, {level.n_system_pairs} of systems"
    )


def cell(estimate: Estimate) -> str:
    """Return `0.571 (1)`: the value, and its group."""
    group = f" ({estimate.group})" if estimate.group is not None else ""
    return number(estimate.value, DIGITS) + group


def ends(estimate: Estimate) -> str:
    """Return `.56–.58`: the interval, in a few characters."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{_short(estimate.low)} to {_short(estimate.high)}"


def _short(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1)


def column_line(column: Column) -> str:
    """Return what is known of a metric."""
    better = "" if column.higher_is_better else "; lower is better, so its sign is turned"
    return f"{column.signature}{better}"


def text(result: MetaEvaluation, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the agreement as text of at most `width` columns, with terminal colours if `color`."""
    return printed(_parts(result), width=max(60, width), color=color)


def _parts(result: MetaEvaluation) -> Iterator[RenderableType]:
    names = shown(result)
    yield Group(*(Text(printable(line)) for line in head(result)))
    for level in result.all_levels():
        yield Text(f"\n{title(level)}", style="bold cyan")
        yield from _level_parts(level, names)
    yield Text()
    for line in [*LEGEND, *(column_line(column) for column in result.columns), result.signature]:
        yield Text(printable(line), style="dim", overflow="fold")


def _level_parts(level: Level, names: Sequence[str]) -> Iterator[RenderableType]:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("", overflow="fold", min_width=8)
    for name in names:
        table.add_column(STATISTICS[name], justify="right", no_wrap=True)
    for metric in ranked(level, names):
        estimates = [metric.estimates[name] for name in names]
        table.add_row(Text(printable(metric.name, 40)), *(cell(each) for each in estimates))
        if any(each.low is not None for each in estimates):
            table.add_row("", *(Text(ends(each), style="dim") for each in estimates))
    yield table
    if level.tests:
        yield Group(Text(), _tests(level, names))
    if level.notes:
        yield Padding(Group(*(Text(printable(note), style="dim") for note in level.notes)), (0, 0, 0, 2))


def _tests(level: Level, names: Sequence[str]) -> RenderableType:
    """Return how sure it is that the best on a statistic is better than each other metric."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    table.add_column("p against the best", overflow="fold", min_width=8)
    for name in names:
        table.add_column(STATISTICS[name], justify="right", no_wrap=True)
    found = {name: {other: test.p for other, test, _ in against_best(level, name)} for name in names}
    for metric in ranked(level, names):
        cells = [_p(found[name][metric.name]) if metric.name in found[name] else "" for name in names]
        table.add_row(Text(printable(metric.name, 40)), *cells)
    return table


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def markdown(result: MetaEvaluation) -> str:
    """Return the agreement as GitHub-flavoured Markdown; names are escaped."""
    names = shown(result)
    blocks = ["# Agreement with human scores", "\n".join(f"- {escape(line)}" for line in head(result))]
    for level in result.all_levels():
        blocks += [f"## {escape(title(level))}", _markdown_level(level, names)]
        blocks += [tests] if (tests := _markdown_tests(level, names)) else []
        blocks += ["\n".join(f"- {escape(note)}" for note in level.notes)] if level.notes else []
    metrics = [(escape(column.name), f"<code>{escape(column_line(column))}</code>") for column in result.columns]
    blocks += ["## Metrics", markdown_table(("metric", "signature"), metrics)]
    return "\n\n".join([*blocks, *map(escape, LEGEND), f"<sub>{escape(result.signature)}</sub>"]) + "\n"


def _markdown_level(level: Level, names: Sequence[str]) -> str:
    rows = []
    for metric in ranked(level, names):
        cells = []
        for name in names:
            each = metric.estimates[name]
            cells.append(cell(each) + (f"<br><sub>{ends(each)}</sub>" if each.low is not None else ""))
        rows.append((escape(metric.name), *cells, "" if metric.epsilon is None else f"{metric.epsilon:.4g}"))
    return markdown_table(("metric", *(escape(STATISTICS[name]) for name in names), "epsilon"), rows)


def _markdown_tests(level: Level, names: Sequence[str]) -> str:
    """Return how far each metric is behind the best, with p, a column for each statistic."""
    found: dict[str, dict[str, str]] = {}
    for statistic in names:
        for name, test, sign in against_best(level, statistic):
            found.setdefault(name, {})[statistic] = f"{sign * test.difference:.{DIGITS}f} (p {_p(test.p)})"
    if not found:
        return ""
    order = [metric.name for metric in ranked(level, names)]
    rows = [(escape(name), *(found[name].get(each, "best") for each in names)) for name in order if name in found]
    return markdown_table(("behind the best by", *(escape(STATISTICS[name]) for name in names)), rows)
