"""The header of a table of strings: which column is which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scorer import formats
from scorer.formats.opened import Opened
from scorer.printable import printable

Record = tuple[int, list[str]]

# What we read out of a row, and the names by which it goes. Anything else is carried along.
NAMES: dict[str, tuple[str, ...]] = {
    "source": ("source", "src"),
    "hypothesis": ("hypothesis", "hyp", "mt"),
    "reference": ("reference", "ref"),
    "references": ("references", "refs"),
    "document": ("document",),
    "system": ("system",),
    "languages": ("languages",),
}
KNOWN = {alias: name for name, aliases in NAMES.items() for alias in aliases}
TEXTS = ("source", "hypothesis", "reference", "references")


def known_name(key: str) -> str | None:
    """Return what a column is called here; `None` if it is none of ours. Case and outer spaces do not matter."""
    return KNOWN.get(key.strip().lower())


def is_header(cells: Iterable[str]) -> bool:
    """Return whether one of the cells names a column of texts."""
    return any(known_name(cell) in TEXTS for cell in cells)


def keyed(opened: Opened, records: Iterator[Record]) -> Iterator[formats.Row]:
    """Yield the records under a header as rows.

    Raises:
        InputError: There is no usable header, or a record is longer or shorter than it.
    """
    for line, first in records:
        columns = first if is_header(first) else _assumed(opened, line, first)
        header_line = line
        _refuse_twins(opened, line, columns)
        if columns is not first:
            yield formats.Row(opened.name, line, dict(zip(columns, first, strict=True)))
        break
    for line, cells in records:
        if len(cells) != len(columns):
            raise opened.error(line, f"{_count(len(cells))}, but line {header_line} has {len(columns)}")
        yield formats.Row(opened.name, line, dict(zip(columns, cells, strict=True)))


def _assumed(opened: Opened, line: int, cells: Sequence[str]) -> list[str]:
    if len(cells) == 2:
        opened.notes.append("no header: columns taken as source and hypothesis")
        return ["source", "hypothesis"]
    raise opened.error(
        line,
        f"no header; the first line must name the columns: {', '.join(NAMES)}. It has {_count(len(cells))}: "
        + ", ".join(repr(printable(cell, 30)) for cell in cells[:6]),
    )


def _refuse_twins(opened: Opened, line: int, columns: Sequence[str]) -> None:
    for position, column in enumerate(columns):
        if column in columns[:position]:
            raise opened.error(line, f"the header names {printable(column, 40)!r} twice")


def _count(n_cells: int) -> str:
    return f"{n_cells} cell" if n_cells == 1 else f"{n_cells} cells"
