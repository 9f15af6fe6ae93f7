"""Rows of a table to segments (docs: table rows). Broken rows are errors; rows with nothing to score say so.

| key | value |
|---|---|
| `hypothesis` (`hyp`, `mt`) | a string or null |
| `source` (`src`) | a string or null |
| `reference` (`ref`), `references` (`refs`) | a string, a list of strings or null; both together are one list |
| `document`, `system` | a string, an integer or null |
| `languages` | `en-de` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scorer.errors import UsageError
from scorer.formats import Cell, Row
from scorer.formats.header import known_name
from scorer.languages import parse_pair
from scorer.printable import printable
from scorer.types import Languages, Segment

UNKNOWN = Languages()


class Entry(NamedTuple):
    """A row with its segment, or with the reason why it cannot be scored."""

    row: Row
    segment: Segment | None
    skipped: str | None


def segments(rows: Iterable[Row], languages: Languages = UNKNOWN) -> Iterator[Entry]:
    """Yield an entry for every row, in order; segments are indexed by row from 0.

    Args:
        rows: From `scorer.formats.rows`.
        languages: Those of rows that do not name their own.

    Raises:
        InputError: A row has no hypothesis key, or neither source nor reference; a value is of the wrong kind; two keys
            mean the same. The message names file and line.
    """
    for index, row in enumerate(rows):
        yield entry(index, row, languages)


def entry(index: int, row: Row, languages: Languages) -> Entry:
    """Return one row with its segment or the reason why it has none."""
    cells = known_cells(row)
    if "hypothesis" not in cells:
        raise row.error(f"no key 'hypothesis' (or 'mt'); keys: {_listed(row)}")
    if not cells.keys() & {"source", "reference", "references"}:
        raise row.error(f"needs 'source' or 'reference' beside 'hypothesis'; keys: {_listed(row)}")
    hypothesis, source = _text(row, "hypothesis", cells), _text(row, "source", cells)
    references = _references(row, cells)
    document, system = _label(row, "document", cells), _label(row, "system", cells)
    pair = _languages(row, cells) or languages
    if reason := unscorable(hypothesis, source, references):
        return Entry(row, None, reason)
    if source is not None and references and not source.strip():
        source = None  # the table has no source here; with a reference beside it, it is no addition
    segment = Segment(index, source, hypothesis or "", references, pair, document, system, row.place)
    return Entry(row, segment, None)


def unscorable(hypothesis: str | None, source: str | None, references: tuple[str, ...]) -> str | None:
    """Return why these texts cannot be scored, or `None`.

    A blank hypothesis beside a text is an omission, which can be.
    """
    if hypothesis is None:
        return "the hypothesis is null"
    if (source and source.strip()) or references:
        return None
    if not hypothesis.strip():
        return "all texts are blank"
    return "there is neither a source nor a reference"


def known_cells(row: Row) -> dict[str, Cell]:
    """Return the cells that we read, under their full names.

    Raises:
        InputError: Two keys of the row mean the same.
    """
    cells: dict[str, Cell] = {}
    for key, cell in row.cells.items():
        if name := known_name(key):
            if name in cells:
                raise row.error(f"two keys mean {name!r}; keys: {_listed(row)}")
            cells[name] = cell
    return cells


def _text(row: Row, name: str, cells: Mapping[str, Cell]) -> str | None:
    cell = cells.get(name)
    if cell is None or isinstance(cell, str):
        return cell
    raise row.error(f"{name!r} is {_kind(cell)}, not a string")


def _references(row: Row, cells: Mapping[str, Cell]) -> tuple[str, ...]:
    """Return the references that are not blank, each once, in order."""
    found: dict[str, None] = {}
    for name in ("reference", "references"):
        cell = cells.get(name)
        for text in cell if isinstance(cell, list) else [cell]:
            if text is not None and not isinstance(text, str):
                raise row.error(f"{name!r} is or holds {_kind(text)}, not a string")
            if text and text.strip():
                found[text] = None
    return tuple(found)


def _label(row: Row, name: str, cells: Mapping[str, Cell]) -> str:
    cell = cells.get(name)
    if cell is None:
        return ""
    if isinstance(cell, str) or (isinstance(cell, int) and not isinstance(cell, bool)):
        return str(cell)
    raise row.error(f"{name!r} is {_kind(cell)}, not a string")


def _languages(row: Row, cells: Mapping[str, Cell]) -> Languages | None:
    text = _text(row, "languages", cells)
    if not text:
        return None
    try:
        return parse_pair(text)
    except UsageError as error:
        raise row.error(str(error)) from error


def _kind(cell: Cell) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(cell), "not text")


def _listed(row: Row) -> str:
    return ", ".join(printable(key, 40) for key in list(row.cells)[:12]) or "none"
