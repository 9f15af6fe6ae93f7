"""From a policy's content, as TOML has it, and the command line's flags to a Policy."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import Any, TypeVar

from scorer.errors import UsageError
from scorer.gate import files, keys, patterns, validation
from scorer.gate.keys import BASELINE, PAIR, RULES, SETTINGS
from scorer.gate.policy import NO_RULE, Override, PairSpec, Policy, judges
from scorer.gate.validation import Place, Reader
from scorer.languages import parse_language
from scorer.printable import printable

T = TypeVar("T")

_AGAINST_BASELINE = ("max_drop", "max_segment_drop", "new_findings")


def parse(content: Mapping[str, Any], *, name: str, folder: Path, flags: Mapping[str, Any] | None = None) -> Policy:
    """Return the policy of a file's content and the command line's flags, which win.

    Args:
        content: The table `[tool.scorer.gate]`, or all of scorer.toml; empty for flags alone.
        name: The file as given, for messages; "" for flags alone.
        folder: What the file's paths are relative to.
        flags: By the policy's own keys, but no pairs and overrides; what is empty counts as not given. A baseline
            is relative to where the command runs.

    Raises:
        UsageError: A key is not known, a value is impossible, or nothing is ever judged; the message names file and
            key.
    """
    top = _top(name)
    own = validation.read(content, _readers(), top)
    given = {key: value for key, value in (flags or {}).items() if value is not None and value not in ("", {}, ())}
    told = validation.read(given, RULES | SETTINGS | BASELINE, Place(""))
    settings = _only(SETTINGS, own) | _only(SETTINGS, told)
    policy = Policy(
        rules=_only(RULES, own),
        pairs=tuple(_spoken(pair, own, told) for pair in own.get("pair", ())),
        overrides=own.get("override", ()),
        flags=_only(RULES, told),
        baseline=_from_here(told["baseline"], folder) if "baseline" in told else own.get("baseline", ""),
        ratchet=told.get("ratchet", own.get("ratchet", False)),
        settings=settings,
        folder=folder,
        name=name,
    )
    _refuse_twins(policy, top)
    _refuse_without_baseline(policy, top, Place("") if "ratchet" in told else top)
    _refuse_without_rules(policy)
    return policy


def _readers() -> dict[str, Reader]:
    tables: dict[str, Reader] = {"pair": partial(_tables, read=_pair), "override": partial(_tables, read=_override)}
    return RULES | SETTINGS | BASELINE | tables


def _top(name: str) -> Place:
    section = " [tool.scorer.gate]" if PurePath(name).name == "pyproject.toml" else ""
    return Place(f"{printable(name)}:{section}" if section else printable(name) or "the policy")


def _only(names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _from_here(baseline: str, folder: Path) -> str:
    return baseline if os.path.isabs(baseline) else files.relative(baseline, folder)


def _nth(top: Place, kind: str, number: int) -> Place:
    """Return the place of the `number`th table of a kind, from 1."""
    if top.head.endswith("[tool.scorer.gate]"):
        return Place(f"{top.head.removesuffix('[tool.scorer.gate]')}[[tool.scorer.gate.{kind}]] {number}")
    return Place(f"{top.head}: [[{kind}]] {number}")


def _tables(value: object, place: Place, *, read: Any) -> tuple[Any, ...]:
    kind = place.keys[-1]
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        inside = "tool.scorer.gate." if place.head.endswith("]") else ""
        raise place.error(f"must be headed [[{inside}{kind}]], with two brackets on each side")
    return tuple(read(each, _nth(place, kind, number)) for number, each in enumerate(value, 1))


def _pair(content: Mapping[str, Any], place: Place) -> PairSpec:
    read = validation.read(content, PAIR | RULES, place)
    if "hypothesis" not in read:
        raise place.error('names no hypothesis; write hypothesis = "FILE", the translation to judge')
    references = read.get("reference", ())
    if "source" not in read and not references:
        raise place.error("names neither source nor reference; there is nothing to hold the hypothesis against")
    spec = PairSpec(
        read["hypothesis"], read.get("source", ""), references, read.get("languages", ""), _only(RULES, read)
    )
    _checked(place, files.refuse_unfillable, spec)
    return spec


def _override(content: Mapping[str, Any], place: Place) -> Override:
    read = validation.read(content, {"language": _language, "path": keys.path} | RULES, place)
    if not {"language", "path"} & set(read):
        raise place.error('names neither language nor path; write for instance language = "ja"')
    rules = _only(RULES, read)
    if not rules:
        raise place.error("sets no rule; write one or leave the table out")
    _checked(place.at("path"), patterns.whole, read.get("path", ""))
    return Override(read.get("language", ""), read.get("path", ""), rules)


def _language(value: object, place: Place) -> str:
    """Return the base code of a language; regions are refused, as what would hold for one would hold for all."""
    named = validation.text(value, place)
    code: str | None = _checked(place, parse_language, named)
    if code is None:
        raise place.error("names no language; write an ISO 639-1 code such as ja")
    if len(named.strip()) > 3:
        raise place.error(
            f'languages are told by {code} alone here; write language = "{code}", or tell files by path, '
            f'as in path = "**/{printable(named, 20)}/**"'
        )
    return code


def _checked(place: Place, check: Any, value: Any) -> Any:
    """Return what a check returns; its errors name the place."""
    try:
        return check(value)
    except UsageError as error:
        raise place.error(str(error)) from None


def _spoken(pair: PairSpec, own: Mapping[str, Any], told: Mapping[str, Any]) -> PairSpec:
    """Return a pair with its languages: the flag's, its own, or the policy's."""
    languages = told.get("languages") or pair.languages or own.get("languages", "")
    return replace(pair, languages=languages)


def _refuse_twins(policy: Policy, top: Place) -> None:
    seen: dict[str, int] = {}
    for number, pair in enumerate(policy.pairs, 1):
        path = posixpath.normpath(pair.hypothesis)
        if path in seen:
            raise _nth(top, "pair", number).error(
                f"names the same hypothesis as pair {seen[path]}, {printable(path, 80)!r}; leave one of them out"
            )
        seen[path] = number


def _refuse_without_baseline(policy: Policy, top: Place, ratchet: Place) -> None:
    if policy.baseline:
        return
    layers: Sequence[tuple[Place, Mapping[str, Any]]] = [
        (top, policy.rules),
        *((_nth(top, "pair", number), pair.rules) for number, pair in enumerate(policy.pairs, 1)),
        *((_nth(top, "override", number), each.rules) for number, each in enumerate(policy.overrides, 1)),
        (Place(""), policy.flags),
    ]
    needing = [place.at(rule) for place, rules in layers for rule in _AGAINST_BASELINE if rule in rules]
    if policy.ratchet:
        needing.append(ratchet.at("ratchet"))
    if needing:
        how = 'baseline = "FILE"' if needing[0].head else "--baseline FILE"
        raise needing[0].error(f"needs {how}, the file to compare with")


def _refuse_without_rules(policy: Policy) -> None:
    """Refuse what is sure to judge nothing; where overrides may hold, `Policy.rules_for` tells for each file."""
    if policy.baseline or any(map(judges, (policy.rules, policy.flags, *(each.rules for each in policy.overrides)))):
        return
    bare = [pair for pair in policy.pairs if not judges(pair.rules)]
    if policy.pairs and not bare:
        return
    where = f"{printable(policy.name) or 'the gate'} has no rule"
    raise UsageError(f"{where}{f' for {printable(bare[0].hypothesis, 80)}' if bare else ''}: {NO_RULE}")
