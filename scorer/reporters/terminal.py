"""Parts to lines of text, as a terminal of some width would show them."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType


def printed(parts: Iterable[RenderableType], *, width: int, color: bool) -> str:
    """Return the parts below each other, without spaces at the ends of lines.

    Args:
        parts: What rich can print; nothing in them is taken for markup.
        width: Of the terminal, in columns.
        color: Whether to write terminal colours.
    """
    lines = io.StringIO()
    console = Console(
        file=lines,
        width=width,
        color_system="truecolor" if color else None,
        force_terminal=color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in lines.getvalue().split("\n"))
