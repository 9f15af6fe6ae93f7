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
by_part: list[Check] = []  # a check may be any callable, and need not have a hash


def register(name: str, *, needs_encoder: bool = False) -> Callable[[C], C]:
    """File a check under `name`.

    One that needs an encoder is left out of the fast preset, and named there; it sees the parts of a long segment.
    """

    def decorate(check: C) -> C:
        if needs_encoder:
            neural.add(name)
            by_part.append(check)
        return registry.register(name)(check)

    return decorate
