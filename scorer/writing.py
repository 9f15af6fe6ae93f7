"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from scorer.errors import InputError
from scorer.printable import printable


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new, and a failure leaves the old.

    Raises:
        InputError: The file cannot be written; the message says why.
    """
    with replaced(path) as file:
        if isinstance(content, bytes):
            file.buffer.write(content)
        else:
            file.write(content)


@contextmanager
def replaced(path: Path) -> Iterator[TextIOWrapper]:
    """Open a file that takes the place of `path` when the block ends well, and vanishes otherwise.

    Raises:
        InputError: The file cannot be written; the message says why.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe or a device: there is nothing to replace
            with path.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            return
        target = path.resolve()
        handle, partial = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                yield file
            os.chmod(partial, target.stat().st_mode if target.exists() else 0o666 & ~_umask())
            os.replace(partial, target)
        except BaseException:
            os.unlink(partial)
            raise
    except OSError as error:
        raise InputError(f"cannot write {printable(str(path))}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
