"""Where learned files and cached files live: `models/` as shipped, the user's own models, and the cache folder.

A model of the user's, made by `scorer fit`, is a folder that lies over the shipped one: what it holds takes the place
of the shipped file of that name, what it lacks stays as shipped. Everything read is held against a manifest's sha256.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scorer.errors import ModelError
from scorer.printable import printable

_PACKAGE = Path(__file__).parent

MANIFEST = "MANIFEST.json"
# Of models made by `scorer fit`; goes up when an older version could not read them.
FORMAT = 1
RECIPES, NETWORK, CARD = "recipes.json", "learned/network.safetensors", "CARD.md"
# What such a model may hold; anything else would be left unread without a word.
REPLACEABLE = (RECIPES, NETWORK, CARD)
# The name that says "the shipped model" where the environment names another one.
SHIPPED_NAME = "shipped"
# Files of `models/` that no score depends on.
_NOT_SCORING = (CARD, "selftest.json")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Model:
    """Files that take the place of shipped ones. A value: caches that are keyed by it cannot mix two models up.

    Attributes:
        folder: Where they lie; empty for the shipped model, which replaces nothing.
        files: Their names and sha256.
        digest: Of the manifest, in hex; empty for the shipped model.
        over: `shipped_digest` when it was fitted: what its recipes read comes from there.
    """

    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    over: str = ""

    def signature(self) -> str:
        """Return `model:shipped` or `model:` and the digest's first digits."""
        return f"model:{self.digest[:8] or SHIPPED_NAME}"


SHIPPED = Model()


def model(named: str = "") -> Model:
    """Return the model of that folder; by default the one that `SCORER_MODEL` names, else the shipped one.

    Raises:
        ModelError: There is no such folder, it is not a model, or a newer version made it.
    """
    chosen = named or os.environ.get("SCORER_MODEL", "")
    return SHIPPED if chosen in ("", SHIPPED_NAME) else opened(Path(chosen))


def opened(folder: Path) -> Model:
    """Return the model in a folder; its files are held against their sha256 when they are read.

    Raises:
        ModelError: As for `model`.
    """
    where = printable(str(folder))
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        reason = f"it has no {MANIFEST}" if folder.is_dir() else "there is no such folder"
        raise ModelError(f"{where} is not a model: {reason}; make one with scorer fit DATA -o FOLDER") from error
    files, over = _listed(content, where)
    for name, entry in files.items():
        if not (folder / name).is_file():
            raise ModelError(f"the model {where} is incomplete: {name} is missing; fit it again")
        if (folder / name).stat().st_size != entry["bytes"]:
            raise _damaged(where, name)
    listed = tuple((name, entry["sha256"]) for name, entry in sorted(files.items()))
    return Model(str(folder.absolute()), listed, hashlib.sha256(content).hexdigest(), over)


def _listed(content: bytes, where: str) -> tuple[dict[str, dict[str, Any]], str]:
    """Return a manifest's files, and the digest of the shipped model that they lie over."""
    try:
        manifest = json.loads(content)
        made, files, over = manifest["format"], manifest["files"], str(manifest.get("over", ""))
        sound = isinstance(made, int) and all(
            isinstance(entry["bytes"], int) and _SHA256.fullmatch(entry["sha256"]) for entry in files.values()
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ModelError(f"{where} is not a model: its {MANIFEST} is not of one that scorer fit made")
    if made > FORMAT:
        raise ModelError(
            f"the model {where} is of format {made}, newer than this version's {FORMAT}; upgrade mt-scorer"
        )
    for name in files:
        if name not in REPLACEABLE:
            raise ModelError(f"{where} is not a model: it lists {printable(name, 60)}, which a model cannot replace")
    return dict(files), over


def _damaged(where: str, name: str) -> ModelError:
    return ModelError(f"the model {where} is damaged: the sha256 of {name} is not the manifest's; fit it again")


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
def read(name: str, model: Model = SHIPPED) -> bytes:
    """Return a model's file, or the shipped one where the model has none, after comparing it with the manifest.

    Args:
        name: Path below `models/`, with forward slashes.
        model: Whose.

    Raises:
        ModelError: The file is missing, not listed or not the one that was shipped or fitted.
    """
    if model != SHIPPED:
        return _own(name, model) if name in dict(model.files) else read(name)
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


def shipped_digest() -> str:
    """Return a digest of the shipped files that scores come from."""
    listed = json.loads((models_folder() / MANIFEST).read_text(encoding="utf-8"))["files"]
    own = sorted((name, entry["sha256"]) for name, entry in listed.items() if Path(name).name not in _NOT_SCORING)
    return hashlib.sha256(repr(own).encode()).hexdigest()[:16]


def _own(name: str, model: Model) -> bytes:
    where = printable(model.folder)
    try:
        content = (Path(model.folder) / name).read_bytes()
    except OSError as error:
        raise ModelError(f"the model {where} cannot be read: {name}: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != dict(model.files)[name]:
        raise _damaged(where, name)
    return content


def cache_folder() -> Path:
    """Return the folder for files that can be made again; it need not exist or be writable."""
    named = os.environ.get("SCORER_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("mt-scorer", appauthor=False))
