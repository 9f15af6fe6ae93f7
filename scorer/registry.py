"""Names to factories; finds the parts that live in a package, a file each."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import importlib
import pkgutil
import re
import typing
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from scorer.errors import UsageError

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

_BOOLEANS = {"true": True, "false": False}
_SPEC = re.compile(r"\s*([^\s()]+)\s*(?:\((.*)\))?\s*", re.DOTALL)


class Registry(Generic[T]):
    """Factories by name. The files of `package` are imported at the first look-up, not before.

    Args:
        kind: What the parts are, in the singular, for messages.
        package: Import path of the package whose modules register themselves.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._factories: dict[str, Callable[..., T]] = {}
        self._discovered = False

    def register(self, name: str) -> Callable[[F], F]:
        """Return a decorator that files a factory under `name`; a name taken twice is an error at import."""

        def decorate(factory: F) -> F:
            if name in self._factories:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._factories[name] = factory  # type: ignore[assignment]
            return factory

        return decorate

    def names(self) -> list[str]:
        """Return all names, sorted."""
        self._discover()
        return sorted(self._factories)

    def factory(self, name: str) -> Callable[..., T]:
        """Return what was registered under `name`.

        Raises:
            UsageError: Nothing was; the message lists what is known.
        """
        self._discover()
        if name not in self._factories:
            raise UsageError(
                f"unknown {self.kind} {name!r}{nearest(name, self._factories)}; known: {', '.join(self.names())}"
            )
        return self._factories[name]

    def create(self, spec: str) -> T:
        """Return a part made from `name` or `name(setting=value, ...)`.

        Raises:
            UsageError: The name, a setting or a value is not known.
        """
        match = _SPEC.fullmatch(spec)
        if match is None:
            raise UsageError(f"cannot read {self.kind} {spec!r}; write name or name(setting=value)")
        factory = self.factory(match[1])
        settings = parse_settings(spec, match[2] or "")
        known = settings_of(factory)
        for key in settings:
            if key not in known:
                listed = ", ".join(known) or "none"
                raise UsageError(
                    f"{self.kind} {match[1]!r} has no setting {key!r}{nearest(key, known)}; settings: {listed}"
                )
            if (kind := kind_of(factory, key)) is not None and not is_a(settings[key], kind):
                raise UsageError(f"{self.kind} {spec!r}: {key} is {settings[key]!r}, but must be {_said(kind)}")
        try:
            return factory(**settings)
        except (TypeError, ValueError) as error:
            raise UsageError(f"{self.kind} {spec!r}: {error}") from error

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")


def settings_of(factory: Callable[..., object]) -> list[str]:
    """Return the names of the settings that a factory takes and that were not settled at its registration."""
    made = getattr(factory, "func", factory)
    settled = getattr(factory, "keywords", {})
    fields = dataclasses.fields(made) if dataclasses.is_dataclass(made) else ()
    return [field.name for field in fields if field.name not in settled]


def kind_of(factory: Callable[..., object], setting: str) -> Any:
    """Return the annotation of a setting; `None` where there is none to go by."""
    made = getattr(factory, "func", factory)
    return typing.get_type_hints(made).get(setting) if dataclasses.is_dataclass(made) else None


def is_a(value: object, kind: Any) -> bool:
    """Return whether a value is of an annotation's kind; `True` is no number, though Python counts it as one."""
    choices = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return value in choices
    if isinstance(value, bool):
        return bool in (choices or (kind,))
    return isinstance(value, kind)


def _said(kind: Any) -> str:
    words = {bool: "True or False", int: "a whole number", float: "a number", str: "a word", type(None): "None"}
    return " or ".join(words.get(each, repr(each)) for each in typing.get_args(kind) or (kind,))


def parse_settings(spec: str, text: str) -> dict[str, object]:
    """Return `a=1, b=word` as a dictionary; values are Python literals or bare words."""
    settings: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not key.isidentifier():
            raise UsageError(f"cannot read the setting {part!r} in {spec!r}; write setting=value")
        if key in settings:
            raise UsageError(f"the setting {key!r} stands twice in {spec!r}")
        try:
            settings[key] = _BOOLEANS[value.lower()] if value.lower() in _BOOLEANS else ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            settings[key] = value
    return settings


def split_specs(text: str) -> list[str]:
    """Return the parts of a comma-separated list, leaving commas inside parentheses alone."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known name, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
