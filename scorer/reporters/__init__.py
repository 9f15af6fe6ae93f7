"""One output a file: a function `Report -> str` under `@reporters.register("name", ".suffix")`. It computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from scorer.registry import Registry
from scorer.report import Report

Reporter = Callable[[Report], str | bytes]
R = TypeVar("R", bound=Callable[..., str | bytes])

registry: Registry[str | bytes] = Registry("reporter", __name__)
suffixes: dict[str, str] = {}


def register(name: str, *endings: str) -> Callable[[R], R]:
    """Return a decorator that files a reporter under `name` and as the one for files with these suffixes."""

    def decorate(reporter: R) -> R:
        suffixes.update(dict.fromkeys(endings, name))
        return registry.register(name)(reporter)

    return decorate
