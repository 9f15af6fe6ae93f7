"""A text with its marks for a terminal: in colour, and with letters below that survive a pipe."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from scorer.reporters.marks import Mark, pieces

STYLES: dict[str, str] = {"critical": "bold white on red", "major": "bold red", "minor": "yellow"}
DIFFERS = "bold underline"
# What stands under a marked stretch, by its style: it survives a pipe, and readers who see no red.
LETTERS = {STYLES["critical"]: "C", STYLES["major"]: "M", STYLES["minor"]: "m"}


@dataclass(frozen=True)
class Underlined:
    """A text whose marked stretches have a letter and carets under them, line by line, as compilers do."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each wrapped line and, where something on it is marked, the line below."""
        for row in self.text.wrap(console, options.max_width, overflow="fold"):
            yield row
            if below := _below(row):
                yield Text(below, no_wrap=True, overflow="crop")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return the room that the text takes."""
        return Measurement.get(console, options, self.text)


def _below(row: Text) -> str:
    """Return what stands under a line: `M^^^` under each marked stretch, `^` for each further column."""
    cells: dict[int, str] = {}
    for start, end, style in row.spans:
        letter = LETTERS.get(str(style))
        if letter:
            # A lone combining mark has no column of its own; the letter it sits on has.
            last = cell_len(row.plain[:end])
            first = min(cell_len(row.plain[:start]), max(0, last - 1))
            cells.update(dict.fromkeys(range(first, max(last, first + 1)), "^") | {first: letter})
    return "".join(cells.get(column, " ") for column in range(max(cells, default=-1) + 1))


def marked(text: str, marks: Sequence[Mark], color: bool) -> RenderableType:
    """Return a text with its marks: style and letters below, ⟨ ⟩ in place of a style for what only differs.

    A terminal may reorder a line that runs from right to left, and what is below it would point elsewhere: there the
    letter stands in brackets before the stretch.
    """
    whole = Text()
    inline = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    for piece in pieces(text, marks):
        style = DIFFERS if piece.kind == "differs" else STYLES.get(piece.kind or "", "")
        if piece.kind == "differs" and not color:
            whole.append(f"⟨{piece.text}⟩")
        elif inline and style in LETTERS:
            whole.append(f"⟨{LETTERS[style]} {piece.text}⟩", style=style)
        else:
            whole.append(piece.text, style=style)
    return whole if inline else Underlined(whole)
