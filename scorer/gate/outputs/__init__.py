"""One output a file: a function `Verdict -> str` under `@outputs.register("name", ".suffix")`. It computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from scorer.gate.verdict import Verdict
from scorer.registry import Registry

Output = Callable[[Verdict], str]
R = TypeVar("R", bound=Callable[..., str])

registry: Registry[str] = Registry("output", __name__)
suffixes: dict[str, str] = {}


def register(name: str, *endings: str) -> Callable[[R], R]:
    """Return a decorator that files an output under `name` and as the one for files with these suffixes."""

    def decorate(output: R) -> R:
        suffixes.update(dict.fromkeys(endings, name))
        return registry.register(name)(output)

    return decorate
