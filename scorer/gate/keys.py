"""The policy's keys: what each may hold."""

from __future__ import annotations

import math
import re
from functools import partial

from scorer import checks, metrics
from scorer.errors import UsageError
from scorer.gate.validation import Place, Reader, choice, count, flag, near, number, share, table, text, whole
from scorer.languages import parse_pair
from scorer.printable import printable
from scorer.types import DIMENSIONS, SEVERITIES


def score(name: str, value: object, place: Place, *, direction: bool | None = None) -> float:
    """Return the limit of a dimension or a metric; `direction` is the one that is needed, higher being better."""
    if name in DIMENSIONS:
        higher_is_better = True
    elif name in metrics.registry.names():
        higher_is_better = metrics.registry.create(name).higher_is_better
    else:
        known = [*DIMENSIONS, *metrics.registry.names()]
        raise place.error(f"no such score{near(name, known) or '; scorer list metrics names them'}")
    if direction is not None and direction != higher_is_better:
        raise place.error(_other_way(place.keys[0], name, higher_is_better=higher_is_better))
    return number(value, place, high=100 if name in DIMENSIONS else math.inf)


def _other_way(rule: str, name: str, *, higher_is_better: bool) -> str:
    if higher_is_better:
        return f"higher is better for {name}; use minimum"
    if rule == "worst_segment":
        return f"lower is better for {name}, and worst_segment is a least value; use maximum, over all segments"
    return f"lower is better for {name}; use maximum"


def findings(name: str, value: object, place: Place) -> float:
    """Return the limit of findings of a severity, a check, or a check and severity."""
    head, _, severity = name.rpartition(" ")
    if name not in SEVERITIES and not (head in _checks() and severity in SEVERITIES) and name not in _checks():
        both = [f"{check} {severity}" for check in _checks() for severity in SEVERITIES]
        turned = " ".join(reversed(name.split(" "))) if len(name) <= 60 else ""
        meant = f"; did you mean {turned!r}?" if turned in both else near(name, [*SEVERITIES, *_checks(), *both])
        raise place.error(
            f"no such severity or check{meant or '; they are critical, major, minor and what scorer list checks names'}"
        )
    return count(value, place)


def _checks() -> list[str]:
    return checks.registry.names()


def path(value: object, place: Place) -> str:
    """Return a path, or a pattern of paths, that leads to the same file on every machine that has the policy's folder.

    `..` may lead out of the folder, as to a neighbouring package.
    """
    name = text(value, place)
    if "\0" in name:
        raise place.error("holds a NUL character, which no file's name can hold")
    if name == "-":
        raise place.error("a policy cannot name standard input; name a file")
    if place.head and (name.startswith(("/", "~/", "\\")) or re.match(r"[A-Za-z]:[\\/]", name)):
        raise place.error(
            f"{printable(name, 80)!r} is there on one machine only; name it relative to the policy's folder"
        )
    return name


def paths(value: object, place: Place) -> tuple[str, ...]:
    """Return one path or a list of them."""
    return tuple(path(each, place) for each in value) if isinstance(value, list | tuple) else (path(value, place),)


def pair_of_languages(value: object, place: Place) -> str:
    """Return a pair of languages such as `en-de`; either may be `?`."""
    named = text(value, place)
    try:
        parse_pair(named)
    except UsageError as error:
        raise place.error(str(error)) from None
    return named


RULES: dict[str, Reader] = {
    "minimum": partial(table, entry=partial(score, direction=True)),
    "maximum": partial(table, entry=partial(score, direction=False)),
    "worst_segment": partial(table, entry=partial(score, direction=True)),
    "findings": partial(table, entry=findings),
    "coverage": partial(share, with_one=True),
    "max_drop": partial(table, entry=score),
    "max_segment_drop": partial(table, entry=score),
    "new_findings": partial(table, entry=findings),
    "confidence": partial(share, with_one=False),
    "on_undecided": partial(choice, known=("pass", "fail")),
}
SETTINGS: dict[str, Reader] = {
    "preset": partial(choice, known=("standard", "fast")),
    "languages": pair_of_languages,
    "encoder": text,
    "model": text,
    "align": partial(choice, known=("auto", "lines", "document")),
    "role": partial(choice, known=("auto", "source", "reference")),
    "seed": whole,
}
BASELINE: dict[str, Reader] = {"baseline": path, "ratchet": flag}
PAIR: dict[str, Reader] = {
    "hypothesis": path,
    "source": path,
    "reference": paths,
    "languages": pair_of_languages,
}
