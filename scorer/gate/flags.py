"""The gate's options on the command line, as the policy's own keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scorer.errors import UsageError
from scorer.printable import printable


def limits(option: str, given: Sequence[str] | None) -> dict[str, float]:
    """Return the limits that `quality=30` or `critical=0,major=5` state; none where nothing was given.

    Raises:
        UsageError: One is not of that form, or names a score twice.
    """
    found: dict[str, float] = {}
    for each in (part for text in given or [] for part in text.split(",")):
        name, equals, value = each.rpartition("=")
        name = name.strip()
        try:
            number = float(value)
        except ValueError:
            equals = ""
            number = 0.0
        if not equals or not name:
            raise UsageError(f"{option}: cannot read {printable(each, 60)!r}; write it like quality=80")
        if name in found:
            raise UsageError(f"{option} names {printable(name, 60)} twice")
        found[name] = int(number) if number.is_integer() else number
    return found


def given(**options: Any) -> dict[str, Any]:
    """Return the options that were given: not `None`, and not empty."""
    return {name: value for name, value in options.items() if value is not None and value != {}}
