"""The settings that come with a model: `config.json`, or the flat YAML that Lightning writes."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import Any

from scorer.errors import ModelError
from scorer.printable import printable

_SCALARS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}


def read_settings(path: Path) -> dict[str, Any]:
    """Return a model's settings from `config.json` or from `hparams.yaml`, of which lists and scalars are understood.

    Raises:
        ModelError: It is missing or no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else parse_flat(text)
    except FileNotFoundError as error:
        raise ModelError(f"{printable(str(path.parent))} has no {path.name}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{printable(str(path))} cannot be read: {printable(str(error), 200)}") from error
    if not isinstance(found, dict):
        raise ModelError(f"{printable(str(path))} does not hold settings")
    return found


def parse_flat(text: str) -> dict[str, object]:
    """Return the settings of a flat YAML file: `key: scalar`, or `key:` and lines of `- scalar` below it.

    Tags and anchors stay text, so nothing in the file can name a class to build.
    """
    settings: dict[str, object] = {}
    last = ""
    for line in text.splitlines():
        item = line.strip()
        if not item or item.startswith("#"):
            continue
        if item.startswith("- ") and last:
            values = settings[last]
            settings[last] = [*(values if isinstance(values, list) else []), scalar(item[2:])]
        elif not line[0].isspace() and (match := re.match(r"([\w.-]+):(?:\s+|$)", item)):
            last = match[1]
            settings[last] = scalar(item[match.end() :])
    return settings


def scalar(text: str) -> object:
    """Return a YAML scalar: a truth value, nothing, a number, or text without its quotes."""
    word = text.strip()
    if word.lower() in _SCALARS:
        return _SCALARS[word.lower()]
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(word)
    return word.strip("'\"")
