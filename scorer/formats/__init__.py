"""Reads input files; one format a file: a function `Opened -> Iterator[Row]` under `@formats.register("name", ...)`.

The suffix picks the format: `.tsv`, `.csv`, `.jsonl`, `.parquet`, `.json`, each also with `.gz` behind it; anything
else is plain text, a line a cell of the one column `text`. Gzip is recognised by its first bytes, whatever the name.
`-` is standard input. Nothing is repaired in silence: what was done to a file stands in its notes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from scorer.errors import UsageError
from scorer.formats.opened import Opened
from scorer.formats.tables import Cell, Row, RowStream, Table, as_columns
from scorer.printable import printable
from scorer.registry import Registry

__all__ = [
    "KEYED",
    "TEXT",
    "Cell",
    "Opened",
    "Row",
    "RowStream",
    "Table",
    "format_of",
    "read",
    "refuse_stdin_twice",
    "register",
    "registry",
    "rows",
]

Format = Callable[[Opened], Iterator[Row]]
F = TypeVar("F", bound=Format)

registry: Registry[Iterator[Row]] = Registry("format", __name__)
suffixes: dict[str, str] = {}
TEXT = "text"
KEYED = "json"  # texts by key: no lines, and no table of segments either


def register(name: str, *endings: str) -> Callable[[F], F]:
    """Return a decorator that files a reader under `name` and as the one for files with these suffixes."""

    def decorate(reader: F) -> F:
        suffixes.update(dict.fromkeys(endings, name))
        return registry.register(name)(reader)

    return decorate


def format_of(path: str | os.PathLike[str]) -> str:
    """Return the name of the format that a path's suffix picks; `text` where it picks none."""
    registry.names()  # formats announce their suffixes when they are first looked up
    stem = os.path.basename(os.fspath(path)).lower().removesuffix(".gz")
    return suffixes.get(os.path.splitext(stem)[1], TEXT)


def read(path: str | os.PathLike[str], format_name: str | None = None) -> Table:
    """Return all of a file, or of standard input for `-`.

    Args:
        path: The file.
        format_name: The format; by default the suffix decides, and standard input is plain text.

    Raises:
        InputError: The file cannot be used; the message names it, the line and what to do.
        MissingExtra: The format needs an optional dependency.
        UsageError: There is no such format.
    """
    chosen = format_name or format_of(path)
    reader = registry.factory(chosen)
    with Opened(path) as opened:
        columns: Mapping[str, Sequence[Cell]]
        if chosen == TEXT:
            from scorer.formats.text import all_lines  # in bulk: a million rows would take a second

            columns = {TEXT: all_lines(opened)}
        else:
            columns = as_columns(reader(opened))
        opened.finish()
        return Table(opened.name, chosen, columns, tuple(opened.notes), opened.sha256, opened.n_lines)


def rows(path: str | os.PathLike[str], format_name: str | None = None) -> RowStream:
    """Return the rows of a table of records, one at a time.

    Args:
        path: The file.
        format_name: The format; by default the suffix decides, and standard input is JSON lines.

    Raises:
        InputError: The file cannot be used; at once or at the row concerned, which the message names.
        MissingExtra: The format needs an optional dependency.
        UsageError: There is no such format, or it has no records.
    """
    chosen = format_name or ("jsonl" if os.fspath(path) == "-" else format_of(path))
    reader = registry.factory(chosen)
    if chosen == KEYED:
        raise UsageError(
            f"{printable(os.fspath(path))} is taken for texts by key, not for a table; a table in JSON has an object a "
            "line and is named .jsonl; two files of texts by key are paired by `scorer compare A B`"
        )
    if chosen == TEXT:
        raise UsageError(f"{printable(os.fspath(path))} is not a table; name a file in {', '.join(_tabular())}")
    opened = Opened(path)
    return RowStream(opened, reader(opened))


def _tabular() -> list[str]:
    return sorted(ending for ending, name in suffixes.items() if name not in (TEXT, KEYED))


def refuse_stdin_twice(paths: Iterable[str | os.PathLike[str]]) -> None:
    """Check that at most one of `paths` is standard input.

    Raises:
        UsageError: Two are; it can be read only once.
    """
    if sum(os.fspath(path) == "-" for path in paths) > 1:
        raise UsageError("standard input (-) is named twice, but can be read only once; put one text into a file")
