"""What a reader hands out: rows, one at a time, or a table of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from scorer.errors import InputError
from scorer.formats.opened import Opened

Cell = object  # a string; in JSON lines and Parquet, any JSON value


class Row(NamedTuple):
    """One record: its file's name (safe to print), its line counted from 1, and its cells by column."""

    name: str
    line: int
    cells: dict[str, Cell]

    @property
    def place(self) -> str:
        """Return `pairs.jsonl:7`."""
        return f"{self.name}:{self.line}"

    def error(self, message: str) -> InputError:
        """Return an error that names file and line."""
        return InputError(f"{self.name}, line {self.line}: {message}")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's cells by column. All columns are equally long; a cell that a row has not is `None`.

    Attributes:
        name: The path as given, safe to print.
        format: The name of the format it was read as.
        columns: Cells by column, in the file's order.
        notes: What was found or done while reading: "byte order mark removed", "file is empty".
        sha256: Hash of the file's bytes as stored.
        n_lines: Lines in the file; rows, in a binary table.
    """

    name: str
    format: str
    columns: Mapping[str, Sequence[Cell]]
    notes: tuple[str, ...]
    sha256: str
    n_lines: int

    def texts(self, column: str = "text") -> list[str]:
        """Return a column of strings.

        Raises:
            InputError: There is no such column, or one of its cells is not a string.
        """
        if column not in self.columns:
            known = ", ".join(map(repr, self.columns)) or "none"
            raise InputError(f"{self.name} has no column {column!r}; columns: {known}")
        texts = [cell for cell in self.columns[column] if isinstance(cell, str)]
        if len(texts) < len(self.columns[column]):
            row = next(i for i, cell in enumerate(self.columns[column]) if not isinstance(cell, str))
            raise InputError(f"{self.name}, row {row + 1}: {column!r} is not a string")
        return texts


def as_columns(rows: Iterable[Row]) -> dict[str, list[Cell]]:
    """Return rows as columns; `None` fills the cells that a row has not."""
    columns: dict[str, list[Cell]] = {}
    for n_before, row in enumerate(rows):
        for key, cell in row.cells.items():
            if key not in columns:
                columns[key] = [None] * n_before
            columns[key].append(cell)
        for column in columns.values():
            if len(column) == n_before:
                column.append(None)
    return columns


class RowStream(Iterator[Row]):
    """The rows of one file as they are read; a context manager, which the last row and an error close too.

    Attributes:
        opened: The file; its `notes`, `n_lines` and `sha256` are complete after the last row.
    """

    def __init__(self, opened: Opened, rows: Iterator[Row]) -> None:
        self.opened = opened
        self._rows = rows

    def __next__(self) -> Row:
        try:
            return next(self._rows)
        except StopIteration:
            self.opened.finish()
            raise
        except BaseException:
            self.opened.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.close()
