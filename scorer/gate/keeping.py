"""Which baseline a run is held against, and which one it leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import Literal

from scorer import __version__
from scorer.errors import UsageError
from scorer.gate import baseline
from scorer.gate.baseline import Baseline, KnownPair
from scorer.gate.case import Case, asked
from scorer.gate.task import Task
from scorer.gate.verdict import Ruling
from scorer.printable import printable
from scorer.registry import nearest

ALL = "all"


def next_baseline(task: Task, was: Baseline | None, cases: Sequence[Case]) -> tuple[Baseline | None, str]:
    """Return the baseline to judge by and to keep, and how it came about."""
    if not task.policy.baseline:
        return None, ""
    if task.write_baseline or was is None:
        if task.changed:
            raise UsageError("there is no baseline yet; make one with `scorer gate --write-baseline`")
        kept = was.pairs if was is not None and not task.is_whole else {}
        made = Baseline(__version__, {**kept, **{case.files.name: _known(case) for case in cases if case.scored}})
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
        UsageError: There is no such segment or file.
    """
    scored = {case.files.name: case for case in cases if case.scored}
    ids = {each.id for case in scored.values() if case.scored for each in case.scored.pair.segments}
    for name in task.accept:
        if name not in (ALL, *ids, *scored):
            raise UsageError(
                f"no segment and no file is called {printable(name, 60)!r}{nearest(name, [*ids, *scored])}"
            )
    pairs = dict(was.pairs)
    for name, case in scored.items():
        own = _taken(task, name, case)
        if own == ALL and not task.changed:
            pairs[name] = _known(case)
        # Numbers of two signatures in one file would be worse than a refusal, which follows.
        elif own and name in pairs and case.scored and pairs[name].signature == case.scored.pair.signature:
            pairs[name] = baseline.accepted(pairs[name], case.scored.pair, own, asked(case.rules))
    return dataclasses.replace(was, tool_version=__version__, pairs=pairs)


def _taken(task: Task, name: str, case: Case) -> list[str] | Literal["all"]:
    """Return the ids of a file's segments to accept."""
    if ALL in task.accept or name in task.accept:
        return "all"
    return [each.id for each in case.scored.pair.segments if each.id in task.accept] if case.scored else []


def rulings(task: Task, was: Baseline | None, now: Baseline | None, names: Collection[str], state: str) -> list[Ruling]:
    """Return the rulings on the baseline as a whole: on a first run, and on files that are gone."""
    if state == "first" and now is not None:
        n = sum(len(pair.segments) for pair in now.pairs.values())
        message = (
            f"there was no baseline: {printable(task.policy.baseline)} was written with {n:,} segments of "
            f"{len(now.pairs)} files; commit it, and the next run is held against it. A first run fails once, unless "
            "--write-baseline is given"
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
