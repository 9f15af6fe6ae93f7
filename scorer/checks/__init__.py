"""One check a file: a function `Segment -> Iterator[Finding]` under `@checks.register("name")`.

A check is pure: it looks at one segment and yields what it finds, most telling first.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from scorer.registry import Registry
from scorer.types import Finding, Segment

Check = Callable[[Segment], Iterator[Finding]]
C = TypeVar("C", bound=Check)

registry: Registry[Check] = Registry("check", __name__)
neural: set[str] = set()


def register(name: str, *, needs_encoder: bool = False) -> Callable[[C], C]:
    """File a check under `name`; one that needs sentence vectors is left out of the fast preset, and named there."""

    def decorate(check: C) -> C:
        if needs_encoder:
            neural.add(name)
        return registry.register(name)(check)

    return decorate
