"""Walks through folders, after the files that match a pattern.

`**` enters neither hidden folders, nor `node_modules`, nor links to folders, which may lead in circles. The other
wildcards follow links, as in a shell.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from scorer.errors import InputError
from scorer.gate import patterns
from scorer.printable import printable

_NOT_ENTERED = ("node_modules",)


def found(pattern: str, folder: Path) -> list[str]:
    """Return the paths that match a pattern, relative to `folder`, sorted; a link that leads nowhere is one of them.

    Raises:
        InputError: A folder cannot be read.
        UsageError: The pattern has too many wildcards.
    """
    shape = patterns.whole(pattern)
    return sorted(path for path in set(_walk(patterns.parts(pattern), folder)) if shape.fullmatch(path))


def _walk(pieces: Sequence[str], folder: Path) -> Iterator[str]:
    """Yield the files that match a pattern's parts, each taken for itself."""
    pending, seen = [("", 0)], set()
    while pending:
        prefix, position = state = pending.pop()
        if state in seen:
            continue
        seen.add(state)
        piece, is_last = pieces[position], position == len(pieces) - 1
        if piece == patterns.ANY_FOLDERS:
            pending.append((prefix, position + 1))
            pending += [(f"{prefix}{name}/", position) for name in _enterable(folder, prefix)]
            continue
        for name, is_folder in _entries(folder, prefix, piece):
            if is_last and not is_folder:
                yield prefix + name
            elif is_folder and not is_last:
                pending.append((f"{prefix}{name}/", position + 1))


def _entries(folder: Path, prefix: str, piece: str) -> list[tuple[str, bool]]:
    """Return the names in a folder that one part of a pattern matches, and whether they are folders."""
    if not patterns.is_pattern(piece):
        path = folder / prefix / piece
        return [(piece, os.path.isdir(path))] if os.path.lexists(path) else []
    shape = patterns.part(piece)
    return [(entry.name, os.path.isdir(entry)) for entry in _listed(folder / prefix) if shape.fullmatch(entry.name)]


def _enterable(folder: Path, prefix: str) -> list[str]:
    return [
        entry.name
        for entry in _listed(folder / prefix)
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in _NOT_ENTERED
    ]


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"the folder {printable(str(folder))} cannot be read ({error.strerror})") from error
