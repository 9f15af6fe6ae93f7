"""Where learned files and cached files live: `models/` as shipped, and the user's cache folder."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path

from scorer.errors import ModelError

_PACKAGE = Path(__file__).parent


def models_folder() -> Path:
    """Return the folder of shipped models: `SCORER_MODELS`, else inside the package, else the checkout's `models/`.

    Raises:
        ModelError: There is none.
    """
    named = os.environ.get("SCORER_MODELS")
    candidates = [Path(named)] if named else [_PACKAGE / "_models", _PACKAGE.parent / "models"]
    for candidate in candidates:
        if (candidate / "MANIFEST.json").is_file():
            return candidate
    raise ModelError(f"no MANIFEST.json in {candidates[0]}; reinstall mt-scorer, or mend SCORER_MODELS")


@functools.cache
def read(name: str) -> bytes:
    """Return a shipped file after comparing it with the manifest.

    Args:
        name: Path below `models/`, with forward slashes.

    Raises:
        ModelError: The file is missing, not listed or not the one that was shipped.
    """
    folder = models_folder()
    listed = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
    if name not in listed:
        raise ModelError(f"{folder / 'MANIFEST.json'} does not list {name}; reinstall mt-scorer")
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder / name} cannot be read ({error.strerror}); reinstall mt-scorer") from error
    if hashlib.sha256(content).hexdigest() != listed[name]["sha256"]:
        raise ModelError(f"{folder / name} is damaged: its sha256 is not the manifest's; reinstall mt-scorer")
    return content


def cache_folder() -> Path:
    """Return the folder for files that can be made again; it need not exist or be writable."""
    named = os.environ.get("SCORER_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("mt-scorer", appauthor=False))
