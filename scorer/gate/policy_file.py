"""Finds and reads the policy: scorer.toml, or the table `[tool.scorer.gate]` of pyproject.toml.

The folder that is nearest wins, whichever of the two it has. A file that is named may be of either form, and so may
scorer.toml.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scorer.errors import InputError, UsageError
from scorer.printable import printable
from scorer.registry import nearest

OWN, PROJECT = "scorer.toml", "pyproject.toml"
# Far more than any policy or project file has; a device or a mistaken name is not read to its end.
MAX_BYTES = 1 << 22

_AT = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")
# What tomllib says of a key that stands twice, and of one that needs quotes.
_PLAIN = {
    "Cannot overwrite a value": "a key stands twice",
    "Cannot mutate immutable namespace": "a table stands twice",
    "Cannot declare": "a table stands twice",
    "Expected '=' after a key": "expected '=' after a key; a key such as chrf++ or number major needs quotes",
}


def find(start: Path, named: str | None) -> tuple[Path, Mapping[str, Any]] | None:
    """Return the policy's file and its content, `[tool.scorer.gate]` or what stands for it.

    Args:
        start: The folder to search first; then its parents, up to the root of its git repository or file system.
        named: A file to read instead; `None` to search.

    Returns:
        `None` where no policy is found. The path is relative if `start` is.

    Raises:
        InputError: A file cannot be read, is no TOML, or two policies stand side by side.
        UsageError: The named file has no policy, or a table of `[tool.scorer]` is not known.
    """
    if named is not None:
        path = Path(named)
        return path, _named(path, named)
    for folder in _upwards(start):
        found = _in_folder(folder, start)
        if found is not None:
            return found
    return None


def _named(path: Path, name: str) -> Mapping[str, Any]:
    if not name:
        raise UsageError("the name of the policy file is empty; is a variable of your shell unset?")
    content = _policy(path)
    if content is None:
        raise UsageError(f"{printable(name)} has no table [tool.scorer.gate]; scorer gate --init writes one")
    return content


def _upwards(start: Path) -> Iterator[Path]:
    for folder in (start.absolute(), *start.absolute().parents):
        yield folder
        if os.path.lexists(folder / ".git"):
            return


def _in_folder(folder: Path, start: Path) -> tuple[Path, Mapping[str, Any]] | None:
    paths = [_as_started(folder / name, start) for name in (OWN, PROJECT) if os.path.lexists(folder / name)]
    found = [(path, content) for path in paths if (content := _policy(path)) is not None]
    if len(found) > 1:
        own, project = (printable(str(path)) for path, _ in found)
        raise InputError(f"{own} and {project} both hold a policy; keep one of them, or name one with --policy")
    return found[0] if found else None


def _as_started(path: Path, start: Path) -> Path:
    return path if start.is_absolute() else Path(os.path.relpath(path))


def _policy(path: Path) -> Mapping[str, Any] | None:
    """Return the policy that a file holds; `None` for a project file without one."""
    content = read(path)
    name = printable(str(path))
    inner = _section(content, name)
    if path.name == PROJECT:
        return inner
    if inner is None:
        return content
    if set(content) != {"tool"}:
        other = printable(min(set(content) - {"tool"}), 60)
        raise InputError(f"{name} has both [tool.scorer.gate] and {other} outside of it; write all of it in one way")
    return inner


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    tool = content.get("tool", {})
    scorer = tool.get("scorer", {}) if isinstance(tool, Mapping) else {}
    if not isinstance(scorer, Mapping):
        raise UsageError(f"{name}: [tool] scorer must be a table; write [tool.scorer.gate]")
    for key in scorer:
        if key != "gate":
            near = nearest(key, ["gate"]) if len(key) <= 60 else ""
            raise UsageError(f"{name}: [tool.scorer.{printable(key, 60)}]: no such table{near or '; there is gate'}")
    gate = scorer.get("gate")
    if gate is not None and not isinstance(gate, Mapping):
        raise UsageError(f"{name}: [tool.scorer] gate must be a table; write [tool.scorer.gate]")
    return gate


def read(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        InputError: It is missing, a folder, unreadable, too large, not UTF-8, or no TOML; with the line, where known.
    """
    name = printable(str(path))
    text = _decoded(_bytes(path, name), name)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), name, text.count("\n") + 1) from None
    except (ValueError, RecursionError) as error:
        # A number of more digits than Python reads, or brackets nested thousands deep.
        raise InputError(f"{name}: not valid TOML ({type(error).__name__}: {str(error)[:80]})") from None


def _bytes(path: Path, name: str) -> bytes:
    try:
        if os.path.isdir(path):
            raise InputError(f"{name} is a folder; name the policy file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; scorer gate --init writes a policy") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{name}: cannot be read ({reason})") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: larger than {MAX_BYTES >> 20} MiB; that is no policy")
    return data


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16")):
        if data.startswith(mark):
            raise InputError(
                f"{name}, line 1: begins with a byte order mark ({encoding}); save it as plain UTF-8, as TOML asks"
            )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}, line {line}: not UTF-8 (0x{data[error.start]:02x}); TOML is always UTF-8, convert the file"
        ) from None


def _not_toml(message: str, name: str, last: int) -> InputError:
    at = _AT.search(message)
    line = f", line {at[1] or last}" if at else ""
    what = message[: at.start()] if at else message
    plain = next((plain for start, plain in _PLAIN.items() if what.startswith(start)), what)
    return InputError(f"{name}{line}: not valid TOML ({printable(plain, 120)})")
