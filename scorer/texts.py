"""A text with what is known of where it came from: a string, a plain file, one column of a table, or keyed values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scorer import formats
from scorer.errors import InputError, UsageError
from scorer.formats import json as keyed_texts
from scorer.formats.tables import Table, as_columns


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of where it came from.

    Attributes:
        name: What messages call it.
        text: All of it, with line feeds for line ends; of a key-value file the values, a line each or more.
        sha256: Of the bytes as stored.
        n_lines: Lines of the file.
        notes: What was found or done while reading.
        keys: Of a key-value file, the path of each value, in the file's order; else `None`.
        values: Of a key-value file, the values.
        offsets: Of a key-value file, where in `raw` each value begins, behind its opening quote.
        rows: Of a key-value file, the line of the file that each value is on; of a table, that each line of `text` is
            on. Counted from 1.
        raw: Of a key-value file, the file as decoded, without a byte order mark; else empty.
    """

    name: str
    text: str
    sha256: str
    n_lines: int
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None
    values: tuple[str, ...] = ()
    offsets: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    raw: str = ""

    @property
    def lines(self) -> list[str]:
        """Return its lines; only a line feed ends one.

        Raises:
            UsageError: It is a key-value file.
        """
        if self.keys is not None:
            raise UsageError(
                f"{self.name} holds texts by key, not by line; `scorer compare A B` and `scorer gate A B` pair by key"
            )
        lines = self.text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines


def document(source: str | Path, name: str) -> Document:
    """Return a text, or a file's, as a document.

    Args:
        source: A string is a text, a `Path` a file; `Path("-")` is standard input.
        name: What to call a text.

    Raises:
        InputError: The file cannot be used, or the text is a path by mistake.
    """
    if isinstance(source, Path):
        chosen = formats.format_of(source)
        read = {formats.TEXT: _plain, formats.KEYED: _keyed}.get(chosen, _tabular)
        return read(source)
    if "\n" not in source and len(source) < 500 and source.strip() and _is_file(source):
        raise UsageError(f"{source!r} is a file here; pass Path({source!r}) to read it")
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(name, source, digest, source.count("\n") + bool(source) * (not source.endswith("\n")))


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # longer than a name can be, or with characters that none has
        return False


def _plain(path: Path) -> Document:
    table = formats.read(path)
    return Document(table.name, _ended(table.texts()), table.sha256, table.n_lines, table.notes)


def _tabular(path: Path) -> Document:
    """Return the only column of texts of a table."""
    with formats.rows(path) as stream:
        rows = list(stream)
        opened = stream.opened
    columns = as_columns(rows)
    table = Table(opened.name, formats.format_of(path), columns, tuple(opened.notes), opened.sha256, opened.n_lines)
    texts = table.texts(_only_column(table))
    inside = sum("\n" in text for text in texts)
    notes = (*table.notes, f"line ends inside {inside} cells end a line here") if inside else table.notes
    places = tuple(row.line for row, text in zip(rows, texts, strict=True) for _ in range(text.count("\n") + 1))
    return Document(table.name, _ended(texts), table.sha256, table.n_lines, notes, rows=places)


def _keyed(path: Path) -> Document:
    with formats.Opened(path) as opened:
        raw, values = keyed_texts.read(opened)
        opened.finish()
    return Document(
        opened.name,
        _ended(value.text for value in values),
        opened.sha256,
        opened.n_lines,
        tuple(opened.notes),
        keys=tuple(value.key for value in values),
        values=tuple(value.text for value in values),
        offsets=tuple(value.offset for value in values),
        rows=tuple(value.line for value in values),
        raw=raw,
    )


def _ended(lines: Iterable[str]) -> str:
    """Return the lines, each with its end: joined without, a blank last one would be lost."""
    return "".join(f"{line}\n" for line in lines)


def _only_column(table: Table) -> str:
    for name in ("text", "hypothesis", "source"):
        if name in table.columns:
            return name
    if len(table.columns) == 1:
        return next(iter(table.columns))
    raise InputError(
        f"{table.name} has columns {', '.join(map(repr, table.columns))}; compare needs one text: give a file of "
        "plain text, or score the table with `scorer score --input`"
    )
