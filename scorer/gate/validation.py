"""Reads a policy's values, one key at a time, and refuses what cannot be meant, in a sentence that names the key."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scorer.errors import UsageError
from scorer.printable import printable
from scorer.registry import nearest

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a policy a value stands.

    Attributes:
        head: The file and the table, as in `pyproject.toml: [tool.scorer.gate]`; "" for flags.
        keys: The keys that lead to it.
    """

    head: str
    keys: tuple[str, ...] = ()

    def at(self, key: str) -> Place:
        """Return the place of a key in the table that stands here."""
        return dataclasses.replace(self, keys=(*self.keys, key))

    def error(self, message: str) -> UsageError:
        """Return an error that names the place."""
        return UsageError(f"{self}: {message}")

    def __str__(self) -> str:
        if not self.head:
            option, *rest = self.keys or ("",)
            return " ".join([f"--{option.replace('_', '-')}", *(printable(key, 60) for key in rest)])
        separator = "" if not self.keys else " " if self.head.endswith("]") else ": "
        return self.head + separator + ".".join(map(_key, self.keys))


Reader = Callable[[object, Place], Any]


def _key(key: str) -> str:
    """Return a key as it must be written in TOML."""
    return key if _BARE_KEY.fullmatch(key) and len(key) <= 60 else f'"{printable(key, 60)}"'


def read(content: Mapping[str, object], readers: Mapping[str, Reader], place: Place) -> dict[str, Any]:
    """Return a table's values, each read by its key's reader.

    Raises:
        UsageError: A key is not known, or a value is impossible.
    """
    for key in content:
        if key not in readers:
            raise place.at(key).error(f"no such key{near(key, readers)}")
    return {key: readers[key](value, place.at(key)) for key, value in content.items()}


def near(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known name, or nothing."""
    # Comparing names takes time that grows with their length; what is longer is no slip of a finger.
    return nearest(name, known) if len(name) <= 60 else ""


def shown(value: object) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {printable(value, 40)!r}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    return (
        "a table" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else "a date or time"
    )


def number(value: object, place: Place, *, high: float = math.inf) -> float:
    """Return a limit from 0 to `high`.

    Raises:
        UsageError: It is none.
    """
    # To Python, true is the number 1.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.error(f"must be a number such as 80, not {shown(value)}")
    # A whole number of 400 digits is no float, and can be compared all the same.
    if not -1e15 < value < 1e15:
        raise place.error(f"must be a finite number, not {shown(value)}")
    if not 0 <= value <= high:
        extent = "0 or more" if math.isinf(high) else f"from 0 to {high:g}"
        raise place.error(f"must be {extent}, not {shown(value)}")
    return float(value) + 0.0  # -0.0 becomes 0.0


def count(value: object, place: Place) -> float:
    """Return a limit that counts things."""
    limit = number(value, place)
    if not limit.is_integer():
        raise place.error(f"must be a whole number, not {shown(value)}")
    return limit


def share(value: object, place: Place, *, with_one: bool) -> float:
    """Return a number between 0 and 1, where 1 itself is allowed only `with_one`."""
    part = number(value, place)
    if not (0 < part < 1 or (with_one and part == 1)):
        extent = "over 0 and at most 1" if with_one else "between 0 and 1"
        hint = f"; {part:g} percent is {part / 100:g}" if 1 < part < 100 or (with_one and part == 100) else ""
        raise place.error(f"must be {extent}, not {shown(value)}{hint}")
    return part


def table(value: object, place: Place, entry: Callable[[str, object, Place], float]) -> dict[str, float]:
    """Return a table of limits, each read by `entry` with its name."""
    if not isinstance(value, Mapping):
        raise place.error(f"must be a table such as {{{_example(place)}}}, not {shown(value)}")
    if not value:
        raise place.error(f"is empty and limits nothing; write {{{_example(place)}}} or leave it out")
    return {name: entry(name, limit, place.at(name)) for name, limit in value.items()}


def _example(place: Place) -> str:
    return {"maximum": "ter = 60", "findings": "critical = 0", "new_findings": "critical = 0"}.get(
        place.keys[-1], "quality = 80"
    )


def text(value: object, place: Place) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str):
        raise place.error(f"must be a text in quotes, not {shown(value)}")
    if not value.strip():
        raise place.error("is empty; leave it out or name something")
    return value


def flag(value: object, place: Place) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise place.error(f"must be true or false, not {shown(value)}")
    return value


def whole(value: object, place: Place) -> int:
    """Return a whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise place.error(f"must be a whole number, 0 or more, not {shown(value)}")
    return value


def choice(value: object, place: Place, *, known: Collection[str]) -> str:
    """Return one of the words that are `known`."""
    if not isinstance(value, str) or value not in known:
        close = near(value, known) if isinstance(value, str) else ""
        raise place.error(f"must be one of {', '.join(known)}, not {shown(value)}{close}")
    return value
