"""Models that a user has: finding them, or fetching them where that is allowed.

Weights are safetensors. A pickle (`pytorch_model.bin`, `checkpoints/model.ckpt`) is converted once, by
`scorer.unpickle` in a process of its own, into the cache folder, under the pickle's sha256.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scorer import assets, encoders
from scorer.errors import MissingExtra, ModelError
from scorer.hparams import read_settings
from scorer.printable import printable

# In the order in which they are looked for: what needs no conversion comes first.
WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "checkpoints/model.ckpt",
    "model.ckpt",
)
SMALL = ("*.json", "*.yaml", "*.model")


@dataclass(frozen=True, slots=True)
class Weights:
    """Where a model's weights lie.

    Attributes:
        files: safetensors files, each the model's or a part of it.
        sha256: Of the file as it was found, before conversion; of the parts' where there are several.
    """

    files: tuple[Path, ...]
    sha256: str


def folder(name: str, *, weights: bool = True) -> Path:
    """Return a model's folder.

    Args:
        name: A folder, a checkpoint file in it, or a hub name: already downloaded, unless configured online.
        weights: Whether they are needed too, or the tokenizer and the settings only.

    Raises:
        ModelError: It is not there, or cannot be fetched.
    """
    path = Path(name or os.devnull).expanduser()  # an empty name would be the current folder
    if path.is_file():
        return path.parent.parent if path.parent.name == "checkpoints" else path.parent
    if path.is_dir():
        return path
    if not name or name[0] in "./~\\" or name.count("/") > 1:  # a hub's names are `model` or `owner/model`
        raise ModelError(f"there is no folder {printable(name)!r} with a model")
    return _from_hub(name, weights)


def _from_hub(name: str, weights: bool) -> Path:
    online = encoders.online()
    if not online:
        os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        from huggingface_hub import list_repo_files, snapshot_download
    except ImportError as error:
        raise MissingExtra("a model from the hub", "comet") from error
    try:
        wanted = _wanted(list_repo_files(name), weights) if online else None
        return Path(snapshot_download(name, allow_patterns=wanted, local_files_only=not online))
    except Exception as error:  # the library raises whatever its parts raise
        first_line = str(error).strip().split("\n")[0]
        hint = (
            "; has its licence been accepted on the hub?"
            if online
            else "; name a folder that holds it, or add --online to download it from the hub"
        )
        raise ModelError(f"cannot load the model {printable(name)!r}: {printable(first_line, 200)}{hint}") from error


def _wanted(files: Iterable[str], weights: bool) -> list[str]:
    """Return the patterns to download: weights once, not in each format that the hub has them in."""
    names = list(files)
    if not weights:
        return list(SMALL)
    for suffix in (".safetensors", ".bin", ".ckpt"):
        if any(name.endswith(suffix) for name in names):
            return [*SMALL, f"*{suffix}"]
    return list(SMALL)


def find(place: Path) -> Weights:
    """Return the weights in a model's folder, converted where they are pickled.

    Raises:
        ModelError: There are none, a part of them is missing, or a pickle holds more than weights.
    """
    for name in WEIGHTS:
        if (place / name).is_file():
            return _weights(_parts(place / name))
    raise ModelError(f"{printable(str(place))} holds no weights; expected one of {', '.join(WEIGHTS)}")


def _parts(path: Path) -> list[Path]:
    if path.suffix != ".json":
        return [path]
    listed = read_settings(path).get("weight_map")
    names = sorted(set(listed.values())) if isinstance(listed, dict) else []
    if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
        raise ModelError(f"{printable(str(path))} does not list the model's parts")
    return [path.with_name(name) for name in names]


def _weights(parts: Sequence[Path]) -> Weights:
    digests = [sha256(part) for part in parts]
    files = [
        part if part.suffix == ".safetensors" else _converted(part, digest)
        for part, digest in zip(parts, digests, strict=True)
    ]
    whole = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    return Weights(tuple(files), whole)


def sha256(path: Path) -> str:
    """Return a file's sha256, in hexadecimal.

    Raises:
        ModelError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{printable(str(path))} cannot be read: {error.strerror}") from error


def _converted(pickled: Path, digest: str) -> Path:
    """Return the safetensors twin of a pickle, made at its first use; the first of two processes to finish wins."""
    target = converted_folder() / f"{digest}.safetensors"
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=".", suffix=".partial", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise ModelError(f"cannot write {printable(str(target.parent))}: {error.strerror}; set SCORER_CACHE") from error
    try:
        _unpickle(pickled, partial)
        os.replace(partial, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(partial)
    return target


def converted_folder() -> Path:
    """Return where converted checkpoints lie; it need not exist."""
    return assets.cache_folder() / "checkpoints"


def _unpickle(pickled: Path, target: str) -> None:
    # -P: the script's folder is this package, whose `types` must not stand in for Python's.
    command = [sys.executable, "-P", str(Path(__file__).with_name("unpickle.py")), str(pickled.resolve()), target]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603 - our own script
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"the conversion ended with {done.returncode}"]
        raise ModelError(f"{printable(str(pickled))} is a pickle and is refused: {printable(lines[-1], 300)}")
