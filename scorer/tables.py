"""`score --input`: a table of rows in, the same rows with scores out; streamed, written whole, taken up again.

While rows are scored they go to `.NAME.partial` beside the output; when all are there, the output is written from it in
one step. A run that was interrupted is taken up where it stopped, if input, settings and version are the same.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from scorer import __version__, assets, formats, languages
from scorer.api import Progress
from scorer.combine import Penalty
from scorer.errors import InputError, UsageError
from scorer.formats import entries
from scorer.formats.entries import UNKNOWN, Entry
from scorer.plan import Settings
from scorer.printable import printable
from scorer.report import Input, Report, SegmentReport
from scorer.systems import PEEK, Scored, rate, segments_of, summarise
from scorer.types import Finding, Languages, Segment
from scorer.writing import replaced

ROWS = (".jsonl", ".tsv", ".csv")
RESULTS = ("index", "quality", "adequacy", "fluency", "metrics", "confident", "findings", "skipped")


def takes_rows(path: str) -> bool:
    """Return whether an output gets rows (by its suffix), not a report."""
    return path == "-" or Path(path).suffix.lower() in ROWS


def score_table(path: str, outputs: Sequence[str], settings: Settings, progress: Progress) -> Report:
    """Score a table's rows, write them to every output that takes rows, and return the report of the whole.

    Args:
        path: The table; `-` is JSON lines on standard input.
        outputs: Files; `-` writes JSON lines to standard output as they come.
        settings: What to run and how.
        progress: Called after each batch.

    Raises:
        InputError: A row is broken; the message names its line. Nothing is written to the outputs then.
    """
    targets = [Path(each) for each in outputs if each != "-" and takes_rows(each)]
    for target in targets:
        if path != "-" and target.exists() and Path(path).exists() and target.samefile(path):
            raise UsageError(f"{printable(path)} is the input; name another output")
    with ExitStack() as stack:
        stream = stack.enter_context(formats.rows(path))
        opened = stream.opened
        found = entries.segments(stream, settings.languages or UNKNOWN)
        peeked = list(itertools.islice(found, PEEK))  # a pipe can be read only once
        if not peeked:
            raise InputError(f"{opened.name}: there are no rows to score")
        pair = settings.languages or _detected(peeked)
        scored: Iterator[Scored] = _scored(
            itertools.chain(peeked, found), segments_of(peeked), targets, path, pair, settings, progress, stack
        )
        if "-" in outputs:
            scored = _echoed(scored)
        taken: dict[str, None] = {}
        flat = any(target.suffix.lower() != ".jsonl" for target in targets)
        described = Input(printable(path), "", 0, 0, pair.hypothesis)
        try:
            report = summarise(_noticing(scored, taken, flat=flat), pair, [described], settings)
        except InputError:
            for target in targets[:1]:  # the input must be mended, and then nothing of this run will do
                _partial(target).unlink(missing_ok=True)
            raise
        described = Input(
            opened.name, opened.sha256, opened.n_lines, report.n_rows, pair.hypothesis, tuple(opened.notes)
        )
        for target in targets:
            _write(target, _partial(targets[0]))
    for target in targets:
        _partial(target).unlink(missing_ok=True)
    notes = [f"the input's own {', '.join(map(printable, taken))} gave way to ours in the output"] if taken else []
    return dataclasses.replace(report, inputs=(described,), notes=(*report.notes, *notes, *described.notes))


def _noticing(scored: Iterable[Scored], taken: dict[str, None], *, flat: bool) -> Iterator[Scored]:
    """Pass rows on, and note in `taken` which of their keys the output needs for itself."""
    for row in scored:
        own = (*RESULTS, *(row.report.metrics if flat and row.report else ()))
        taken.update(dict.fromkeys(key for key in own if key in row.entry.row.cells))
        yield row


def _detected(peeked: Sequence[Entry]) -> Languages:
    """Return the languages of a table's first rows."""
    found = segments_of(peeked)
    sources = "\n".join(segment.source or "" for segment in found)
    targets = "\n".join((segment.references or (segment.hypothesis,))[0] for segment in found)
    return Languages(languages.detect(sources).language, languages.detect(targets).language)


def _scored(
    found: Iterator[Entry],
    sample: Sequence[Segment],
    targets: Sequence[Path],
    path: str,
    pair: Languages,
    settings: Settings,
    progress: Progress,
    stack: ExitStack,
) -> Iterator[Scored]:
    """Yield scored rows, those of an interrupted run first; new ones are kept in the partial file."""
    if not targets:
        yield from rate(found, pair, settings, progress, sample=sample)
        return
    partial = _partial(targets[0])
    head = _head(path, pair, settings)
    done = _resume(partial, head)
    before = list(itertools.islice(found, len(done)))
    if [entry.row.cells for entry in before] != [kept["cells"] for kept in done]:  # a pipe holds other rows this time
        found, before, done = itertools.chain(before, found), [], []
    yield from (_restored(entry, kept) for entry, kept in zip(before, done, strict=True))
    try:
        file = stack.enter_context(partial.open("a" if done else "w", encoding="utf-8", newline="\n"))
    except OSError as error:
        raise InputError(f"cannot write {printable(str(targets[0]))}: {error.strerror}") from error
    if not done:
        file.write(head + "\n")
    for row in rate(found, pair, settings, progress, sample=sample):
        _keep(file, row)
        yield row
    file.flush()


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial")


def _head(path: str, pair: Languages, settings: Settings) -> str:
    """Return the line that says what a partial file belongs to."""
    state = os.stat(path) if path != "-" else None
    size = f"{state.st_size}:{state.st_mtime_ns}" if state else "stdin"
    models = (assets.models_folder() / "MANIFEST.json").read_text(encoding="utf-8")
    models += assets.model(settings.model).signature()
    digest = hashlib.sha256(repr((__version__, models, settings, pair, path, size)).encode()).hexdigest()
    return json.dumps({"scorer": __version__, "run": digest})


def _resume(partial: Path, head: str) -> list[dict[str, Any]]:
    """Return the rows of an interrupted run of the same kind; a line cut short by the interruption is dropped."""
    if not partial.is_file():
        return []
    whole = partial.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]
    try:
        lines = whole.decode("utf-8").split("\n")[:-1]
        rows = [json.loads(line) for line in lines[1:]]
    except ValueError:  # damaged: begin anew
        return []
    if not lines or lines[0] != head:
        return []
    partial.write_bytes(whole)
    return rows


def _keep(file: IO[str], row: Scored) -> None:
    content = {
        "cells": row.entry.row.cells,
        "skipped": row.entry.skipped,
        "report": None if row.report is None else dataclasses.asdict(row.report),
        "penalty": None if row.penalty is None else dataclasses.astuple(row.penalty),
        "rows": row.rows,
    }
    file.write(json.dumps(content, ensure_ascii=False) + "\n")


def _restored(entry: Entry, kept: dict[str, Any]) -> Scored:
    if kept["report"] is None:
        return Scored(entry, None, None, {})
    report = kept["report"]
    findings = tuple(Finding(**{k: _tuple(v) for k, v in finding.items()}) for finding in report.pop("findings"))
    values = {key: _tuple(value) for key, value in report.items()}
    rows = {name: None if row is None else tuple(row) for name, row in kept["rows"].items()}
    return Scored(entry, SegmentReport(**values, findings=findings), Penalty(*kept["penalty"]), rows)


def _tuple(value: Any) -> Any:
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value


def _echoed(scored: Iterable[Scored]) -> Iterator[Scored]:
    """Pass rows on, and print each as a line of JSON."""
    import sys

    for position, row in enumerate(scored):
        report = None if row.report is None else dataclasses.asdict(row.report)
        sys.stdout.write(
            json.dumps(_output(position, row.entry.row.cells, report, row.entry.skipped), ensure_ascii=False) + "\n"
        )
        sys.stdout.flush()
        yield row


def _output(position: int, cells: dict[str, Any], report: dict[str, Any] | None, skipped: str | None) -> dict[str, Any]:
    """Return an output row: the input's keys, then ours."""
    own = {key: value for key, value in cells.items() if key not in RESULTS}
    if report is None:
        result = dict.fromkeys(("quality", "adequacy", "fluency"))
        result |= {"metrics": {}, "confident": None, "findings": [], "skipped": skipped}
    else:
        result = {key: report[key] for key in ("quality", "adequacy", "fluency", "metrics", "confident")}
        result |= {
            "findings": [{k: v for k, v in f.items() if k not in ("index", "system")} for f in report["findings"]],
            "skipped": None,
        }
    return {"index": position} | own | result


def _write(target: Path, partial: Path) -> None:
    """Write the output in the format of its suffix from the partial file, in one step."""
    with replaced(target) as file:
        if target.suffix.lower() == ".jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in _rows(partial))
            return
        # Rows differ in their keys: one that was skipped has no metrics. The head needs all of them.
        columns = list(dict.fromkeys(key for row in _rows(partial) for key in _flat(row)))
        table = csv.writer(file, lineterminator="\n") if target.suffix.lower() == ".csv" else None
        for row in itertools.chain([dict(zip(columns, columns, strict=True))], map(_flat, _rows(partial))):
            cells = [row.get(key) for key in columns]
            if table:
                table.writerow([_formula_free(cell) for cell in cells])
            else:
                file.write("\t".join(map(_one_line, cells)) + "\n")


def _rows(partial: Path) -> Iterator[dict[str, Any]]:
    with partial.open(encoding="utf-8", newline="\n") as lines:
        next(lines)
        for position, kept in enumerate(map(json.loads, lines)):
            yield _output(position, kept["cells"], kept["report"], kept["skipped"])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in row.items() if key not in ("metrics", "findings")}
    flat |= row["metrics"]
    counted = [f"{finding['severity']} {finding['check']}: {finding['message']}" for finding in row["findings"]]
    return flat | {"findings": "; ".join(counted)}


def _formula_free(value: Any) -> Any:
    """Return a cell that a spreadsheet shows and does not run."""
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _one_line(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
