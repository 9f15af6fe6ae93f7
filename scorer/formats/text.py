"""Plain text, a segment a line. Only a line feed ends a line; blank lines stay; the last line needs no end.

`str.splitlines` would also split at U+2028, form feeds and others that occur inside sentences, and pair wrong lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorer import formats
from scorer.errors import InputError
from scorer.formats.opened import Opened

# What other programs take for a line end: VT, FF, FS, GS, RS, NEL, LS, PS.
_OTHER_SEPARATORS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


@formats.register(formats.TEXT, ".txt")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each line as a row with one cell, `text`."""
    for number, line in enumerate(all_lines(opened), start=1):
        yield formats.Row(opened.name, number, {formats.TEXT: line})


def all_lines(opened: Opened) -> list[str]:
    """Return a file's lines without their ends; notes what was taken off and what may surprise.

    Raises:
        InputError: It is not UTF-8, holds NUL bytes, or its lines end in carriage returns only.
    """
    text = opened.decoded(opened.data())
    if text.startswith("\ufeff"):
        opened.notes.append("byte order mark removed")
        text = text[1:]
    text, crlf = without_carriage_returns(opened, text)
    lines = text.split("\n")
    if lines[-1] == "":
        del lines[-1]
    opened.n_lines = len(lines)
    opened.note_line_ends(crlf)
    if lines and not text.strip():
        opened.notes.append("only blank lines")
    others = sum(text.count(separator) for separator in _OTHER_SEPARATORS)
    if others:
        opened.notes.append(f"kept {others} line separators other than the line feed inside lines")
    return lines


def without_carriage_returns(opened: Opened, text: str) -> tuple[str, int]:
    """Return `text` with CRLF made LF, and how many there were; notes carriage returns inside lines, which stay."""
    if "\r" not in text:
        return text, 0
    crlf = text.count("\r\n") + text.endswith("\r")
    text = text.removesuffix("\r").replace("\r\n", "\n")
    inside = text.count("\r")
    if inside and "\n" not in text:
        raise InputError(
            f"{opened.name}: lines end in carriage returns only; convert the file: tr '\\r' '\\n' < OLD > NEW"
        )
    if inside:
        opened.notes.append(f"kept {inside} carriage returns inside lines")
    return text, crlf
