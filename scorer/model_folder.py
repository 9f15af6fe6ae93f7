"""Writes a model's folder whole or not at all: built aside, then put in the place of an older model by renaming."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scorer import __version__, assets
from scorer.errors import InputError, ModelError, UsageError
from scorer.printable import printable


def refuse_unless_writable(folder: Path) -> None:
    """Check, before hours of work, that a model can be put there; only a model or an empty folder may be replaced.

    Raises:
        UsageError: It cannot; the message says why.
    """
    where, target = printable(str(folder)), folder.absolute()
    if not target.parent.is_dir():
        raise UsageError(f"cannot write {where}: there is no folder {printable(str(target.parent))}")
    if not os.access(target.parent, os.W_OK):
        raise UsageError(f"cannot write {where}: no permission to write in {printable(str(target.parent))}")
    if target.is_symlink():
        raise UsageError(f"cannot write {where}: it is a link; name the folder itself")
    if target.exists() and not target.is_dir():
        raise UsageError(f"cannot write {where}: it is a file; a model is a folder")
    if target.is_dir() and (other := _foreign(target)):
        raise UsageError(f"{where} holds {printable(other, 60)}, so it is more than a model; name another folder")


def _foreign(folder: Path) -> str | None:
    """Return something in a folder that is not a model's; `None` if there is nothing."""
    files = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if not path.is_dir()]
    if not files:
        return None
    try:
        own = {name for name, _ in assets.opened(folder).files}
    except ModelError:
        return files[0]
    return next((name for name in files if name not in {*own, assets.MANIFEST}), None)


def write(folder: Path, files: Mapping[str, bytes]) -> assets.Model:
    """Write a model and return it as it will be read.

    Args:
        folder: A new one, or a model to replace.
        files: Contents by name; names are of `assets.REPLACEABLE`.

    Raises:
        UsageError: The folder may not be replaced.
        InputError: It cannot be written; nothing is left behind, and an older model is as it was.
    """
    refuse_unless_writable(folder)
    target = folder.absolute()
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
        try:
            _fill(aside, files)
            _put(aside, target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot write {printable(str(folder))}: {error.strerror or error}") from error
    return assets.opened(folder)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    listed = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    manifest = {"format": assets.FORMAT, "made_by": f"scorer {__version__}", "over": assets.shipped_digest()}
    manifest["files"] = listed
    everything = {**files, assets.MANIFEST: json.dumps(manifest, indent=1).encode() + b"\n"}
    for name, content in everything.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    os.chmod(folder, 0o755 & ~_umask())  # a temporary folder is its owner's only


def _put(aside: Path, target: Path) -> None:
    """Rename the new folder to its name; no rename replaces a folder that holds something, so that goes aside first."""
    if not target.exists():
        os.rename(aside, target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}.", dir=target.parent))
    try:
        os.rename(target, old / "old")
        try:
            os.rename(aside, target)
        except BaseException:
            os.rename(old / "old", target)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
