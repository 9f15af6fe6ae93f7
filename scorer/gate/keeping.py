"""Which baseline a run is held against, and which one it leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from scorer import __version__
from scorer.errors import UsageError
from scorer.gate import baseline
from scorer.gate import known as known_beside
from scorer.gate.baseline import Baseline, KnownPair
from scorer.gate.case import Case, asked
from scorer.gate.scored import ScoredPair
from scorer.gate.task import Task
from scorer.gate.verdict import Ruling
from scorer.printable import printable
from scorer.registry import nearest

ALL = "all"


def next_baseline(task: Task, was: Baseline | None, cases: Sequence[Case]) -> tuple[Baseline | None, str]:
    """Return the baseline to judge by and to keep, and how it came about; nothing where it could not be made.

    Raises:
        UsageError: There is none yet, or what was accepted is not there.
    """
    if not task.policy.baseline:
        return None, ""
    if task.write_baseline or was is None:
        if task.changed:
            raise UsageError("there is no baseline yet; make one with `scorer gate --write-baseline`")
        if not cases or not all(case.scored for case in cases):
            # It would forget a file, perhaps for no more than a model that is not there today.
            return None, ""
        kept = was.pairs if was is not None and not task.is_whole else {}
        made = Baseline(__version__, {**kept, **{case.files.name: _known(case) for case in cases}})
        return made, "written" if task.write_baseline else "first"
    if task.accept:
        return _accepted(task, was, cases), "accepted"
    return was, "read"


def _known(case: Case) -> KnownPair:
    assert case.scored is not None
    return baseline.of(case.scored.pair, asked(case.rules))


def _accepted(task: Task, was: Baseline, cases: Sequence[Case]) -> Baseline:
    """Return the baseline with what was accepted in it.

    Raises:
        UsageError: There is no such segment or file, or a segment's id means changes in several files.
    """
    scored = {case.files.name: case.scored.pair for case in cases if case.scored}
    metrics = {case.files.name: asked(case.rules) for case in cases}
    _refuse_unknown(task.accept, scored)
    pairs = dict(was.pairs)
    _refuse_unclear(task.accept, was, scored)
    for name, pair in scored.items():
        taken = _taken(task.accept, pair)
        if taken == ALL and not task.changed:
            pairs[name] = baseline.of(pair, metrics[name])
        # Numbers of two signatures in one file would be worse than a refusal, which follows.
        elif taken and name in pairs and pairs[name].signature == pair.signature:
            pairs[name] = baseline.accepted(was.pairs[name], pair, taken, metrics[name])
    return dataclasses.replace(was, tool_version=__version__, pairs=pairs)


def _taken(accept: Collection[str], pair: ScoredPair) -> list[str] | Literal["all"]:
    """Return the ids of a file's segments to accept: named alone, or behind the file's name and a colon."""
    if ALL in accept or pair.name in accept:
        return "all"
    named = frozenset(accept)
    return [each.id for each in pair.segments if each.id in named or f"{pair.name}:{each.id}" in named]


def _refuse_unknown(accept: Sequence[str], scored: Mapping[str, ScoredPair]) -> None:
    ids = {each.id for pair in scored.values() for each in pair.segments}
    whole = {f"{name}:{each.id}" for name, pair in scored.items() for each in pair.segments}
    for name in accept:
        if name != ALL and name not in scored and name not in ids and name not in whole:
            near = nearest(name, [*ids, *scored])
            raise UsageError(f"no segment and no file is called {printable(name, 60)!r}{near}")


def _refuse_unclear(accept: Collection[str], was: Baseline, scored: Mapping[str, ScoredPair]) -> None:
    """Refuse an id that stands for changes in several files: who accepts one may not know of the others."""
    places: dict[str, list[str]] = {}
    for name, pair in scored.items():
        known = was.pairs[name].segments if name in was.pairs else ()
        states = known_beside.match(pair.segments, known).states
        for segment, state in zip(pair.segments, states, strict=True):
            if state != "unchanged" and segment.id in accept:
                places.setdefault(segment.id, []).append(name)
    for each, names in places.items():
        if len(names) > 1:
            shown = " or ".join(f"--accept {printable(f'{name}:{each}', 120)}" for name in names[:3])
            raise UsageError(f"{printable(each, 60)} changed in {len(names)} files; say which: {shown}")


def rulings(task: Task, was: Baseline | None, now: Baseline | None, names: Collection[str], state: str) -> list[Ruling]:
    """Return the rulings on the baseline as a whole: on a first run, and on files that are gone."""
    if not state:
        message = (
            f"{printable(task.policy.baseline)} was not written, since not all files could be scored; mend that, and "
            "run `scorer gate --write-baseline`"
        )
        return [Ruling("baseline", "fail", message)]
    if state == "first" and now is not None:
        n = sum(len(pair.segments) for pair in now.pairs.values())
        files = f"{len(now.pairs)} file{'' if len(now.pairs) == 1 else 's'}"
        message = (
            f"there was no baseline: {printable(task.policy.baseline)} was written with {n:,} segments of {files}; "
            "commit it, and the next run is held against it. A first run fails once, unless --write-baseline is given"
        )
        return [Ruling("baseline", "fail", message)]
    if was is None or state == "written" or task.literal:
        return []
    gone = sorted(set(was.pairs) - set(names))
    return [
        Ruling(
            "baseline",
            "fail",
            f"{printable(name)} is in the baseline and was not found; if it was meant to go, write the baseline anew "
            "with `scorer gate --write-baseline`",
        )
        for name in gone
    ]


def tightened(known: Baseline, cases: Sequence[Case]) -> Baseline:
    """Return the baseline with what got better: the ratchet's."""
    pairs = dict(known.pairs)
    for case in cases:
        if case.scored is not None and case.matched is not None:
            own = case.files.name
            names = tuple(dict.fromkeys((*case.rules.max_drop, *asked(case.rules))))
            pairs[own] = baseline.tightened(pairs[own], case.scored.pair, case.matched, names)
    return known if pairs == known.pairs else dataclasses.replace(known, tool_version=__version__, pairs=pairs)
