"""One output a file: a function `Report -> str` under `@reporters.register("name", ".suffix")`. It computes nothing."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TypeVar

from scorer.errors import MissingExtra
from scorer.registry import Registry
from scorer.report import Report

Reporter = Callable[[Report], str | bytes]
R = TypeVar("R", bound=Callable[..., str | bytes])

registry: Registry[str | bytes] = Registry("reporter", __name__)
suffixes: dict[str, str] = {}
_needs: dict[str, tuple[str, str, str]] = {}


def refuse_unless_installed(name: str) -> None:
    """Check that a reporter has what it draws with, before hours of work go into the report.

    Raises:
        MissingExtra: It has not.
        UsageError: There is no such reporter.
    """
    registry.factory(name)
    if name in _needs:
        module, what, extra = _needs[name]
        if importlib.util.find_spec(module) is None:
            raise MissingExtra(what, extra)


def register(name: str, *endings: str, needs: tuple[str, str, str] | None = None) -> Callable[[R], R]:
    """Return a decorator that files a reporter under `name` and as the one for files with these suffixes.

    Args:
        name: What options call it.
        endings: Suffixes of files.
        needs: A module that must be installed, what for, and the extra that brings it.
    """

    def decorate(reporter: R) -> R:
        if needs is not None:
            _needs[name] = needs
        suffixes.update(dict.fromkeys(endings, name))
        return registry.register(name)(reporter)

    return decorate
