"""Comma-separated values as in RFC 4180: quoted cells may hold commas, quotes written twice, and line ends.

A file whose header is told apart by semicolons or tabs is read so, and that is noted. The header follows the rules of
tab-separated files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain

from scorer import formats
from scorer.formats.header import Record, is_header, keyed
from scorer.formats.opened import Opened

# The module's own limit of 131,072 characters a cell cuts into long documents. It is process-wide: only ever raised.
MAX_CELL = 2**31 - 1


@formats.register("csv", ".csv")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each record as a row of strings, with the line that it begins on.

    Raises:
        InputError: The quoting is broken, there is no usable header, or a record has more or fewer cells than it.
    """
    return keyed(opened, records(opened))


def records(opened: Opened) -> Iterator[Record]:
    """Yield the line that a record begins on, and its cells."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    lines = (line + "\n" for line in opened.lines())
    first = next(lines, "")
    delimiter = _delimiter(first)
    if delimiter != ",":
        opened.notes.append(f"cells are separated by {delimiter!r}")
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise opened.error(begins, f"broken CSV in the record that begins here: {error}") from error


def _delimiter(header: str) -> str:
    return next((mark for mark in ",;\t" if is_header(cell.strip('" \n') for cell in header.split(mark))), ",")
