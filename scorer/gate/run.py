"""The gate's run: policy to verdict. It reads files and writes the baseline; what it decides by are pure functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from scorer import __version__, writing
from scorer.api import Progress, silent
from scorer.cache import Cache
from scorer.errors import InputError, UsageError
from scorer.gate import baseline, edits, files, guards, inputs, keeping, rules, scoring
from scorer.gate import changed as git
from scorer.gate import known as beside
from scorer.gate.baseline import Baseline
from scorer.gate.case import Case, pair_verdict, score, values
from scorer.gate.changed import Changed
from scorer.gate.files import FilePair
from scorer.gate.policy import Policy
from scorer.gate.summary import sentence
from scorer.gate.task import Task
from scorer.gate.verdict import Outcome, Ruling, Verdict
from scorer.languages import parse_pair
from scorer.plan import Settings
from scorer.printable import printable


def gate(task: Task, progress: Progress = silent) -> Verdict:
    """Return the verdict on a policy's files; the baseline is written where the task or the policy asks for it.

    Raises:
        ScorerError: The policy, the baseline or a file cannot be used.
    """
    policy = task.policy
    _refuse_contradictions(task)
    path = policy.folder / policy.baseline if policy.baseline else None
    # What is to be made anew need not be readable.
    was = _known(path, task) if path and not (task.write_baseline and task.is_whole) else None
    settings = _settings(task)
    cases, rulings = _cases(task)
    names = {case.files.name for case in cases}
    notes: list[str] = []
    with Cache(task.cache) as cache:
        if task.changed:
            cases, changed = _touched(cases, task, notes)
        else:
            changed = None
        for number, case in enumerate(cases, 1):
            stage = "score" if len(cases) == 1 else f"score {number} of {len(cases)}"
            score(
                case,
                partial(policy.rules_for, case.spec, case.files.name),
                settings,
                cache,
                before=partial(_before, changed=changed, settings=settings, cache=cache),
                told=partial(_told, progress, stage, case),
            )
    notes += cache.notes
    now, state = keeping.next_baseline(task, was, cases)
    for case in cases:
        _rule(case, now if was is not None or task.write_baseline else None, task, settings)
    if path is not None:
        rulings += keeping.rulings(task, was, now, names, state)
    verdict = _verdict(task, cases, settings, rulings, notes, state)
    if policy.ratchet and state == "read" and now is not None and not task.changed and verdict.outcome == "pass":
        tighter = keeping.tightened(now, cases)
        if tighter != now:
            now, verdict = tighter, dataclasses.replace(verdict, baseline_state="tightened")
    if path is not None and now is not None and now != was:
        writing.write_atomically(path, baseline.dump(now))
    return verdict


def _known(path: Path, task: Task) -> Baseline | None:
    try:
        return baseline.read(path)
    except InputError as error:
        if not task.write_baseline:
            raise
        # It may hold other files as well, which these two must not be the end of.
        raise InputError(f"{error}, for all files of a policy; to begin with these files alone, delete it") from error


def _refuse_contradictions(task: Task) -> None:
    if (task.write_baseline or task.accept) and not task.policy.baseline:
        raise UsageError('there is no baseline to write; name one with --baseline FILE, or baseline = "FILE"')
    if task.write_baseline and task.changed:
        raise UsageError("a baseline holds whole files; leave out --changed to write it")
    if task.write_baseline and task.accept:
        raise UsageError("--write-baseline takes everything as it is; leave out --accept")


def _settings(task: Task) -> Settings:
    given: dict[str, Any] = dict(task.policy.settings)
    if given.get("languages"):
        given["languages"] = parse_pair(given["languages"])
    return Settings(**given, batch_size=task.batch_size)


def _cases(task: Task) -> tuple[list[Case], list[Ruling]]:
    """Return the files to judge, and a failed ruling for each pattern that matches none."""
    policy = task.policy
    cases: list[Case] = []
    rulings = []
    for spec in policy.pairs:
        found = [files.literal(spec, policy.folder)] if task.literal else files.expand(spec, policy.folder)
        if not found:
            message = f"no file matches {printable(spec.hypothesis)}, so nothing of it was judged"
            rulings.append(Ruling("files", "fail", message))
        for pair in found:
            language = parse_pair(pair.languages).hypothesis if pair.languages else None
            cases.append(Case(pair, spec, policy.rules_for(spec, pair.name, language)))
    files.refuse_twice([case.files for case in cases])
    if not policy.pairs:
        raise UsageError("there is nothing to judge: name two files, or [[tool.scorer.gate.pair]] tables in the policy")
    return cases, rulings


def _touched(cases: list[Case], task: Task, notes: list[str]) -> tuple[list[Case], Changed]:
    """Return the files that git says changed."""
    changed = git.since(task.changed, [path for case in cases for path in _paths(case.files)], task.policy.folder)
    touched = [case for case in cases if changed.is_touched(_paths(case.files))]
    left = len(cases) - len(touched)
    if left:
        notes.append(f"{left} of {len(cases)} files did not change since {printable(task.changed)} and were not judged")
    notes += changed.notes
    return touched, changed


def _paths(pair: FilePair) -> list[Path]:
    return [path for path in (pair.source, pair.hypothesis, *pair.references) if path is not None]


def _told(progress: Progress, stage: str, case: Case, n: int) -> None:
    """Report that `n` of a case's segments are done."""
    assert case.ready is not None
    progress(stage, n, len(case.ready.segments))


def _before(
    ready: inputs.Ready, *, changed: Changed | None, settings: Settings, cache: Cache
) -> set[scoring.Identity] | None:
    """Return the segments that the files had before; `None` where all are to be judged."""
    if changed is None:
        return None
    with changed.as_it_was(_paths(ready.files)) as places:
        files_then = _moved(ready.files, places)
        if files_then is None:
            return set()
        return {scoring.identity(each) for each in inputs.read_before(files_then, ready, settings, cache.get_value)}


def _moved(pair: FilePair, places: Mapping[Path, Path]) -> FilePair | None:
    """Return a pair with its files where they can be read as they were; `None` where a text was not there."""
    if pair.hypothesis not in places or (pair.source is not None and pair.source not in places):
        return None
    references = tuple(places[path] for path in pair.references if path in places)
    source = None if pair.source is None else places[pair.source]
    if source is None and not references:
        return None
    return dataclasses.replace(pair, source=source, hypothesis=places[pair.hypothesis], references=references)


def _rule(case: Case, known: Baseline | None, task: Task, settings: Settings) -> None:
    """Judge a case by its rules and beside the baseline."""
    if case.scored is None:
        return
    pair = case.scored.pair
    own = known.pairs.get(pair.name) if known is not None else None
    refused = baseline.refusal(own, pair.signature, task.policy.baseline) if own is not None else None
    if own is not None and refused is None:
        case.matched = beside.match(pair.segments, own.segments)
        pair = edits.with_edits(pair, case.matched)
        case.scored = dataclasses.replace(case.scored, pair=pair)
        case.rulings += guards.against(pair, case.matched, case.rules, seed=settings.seed)
    elif refused is not None:
        case.rulings.append(refused)
    elif known is not None:
        message = "it is not in the baseline; take it in with `scorer gate --accept` and its name, or --write-baseline"
        case.rulings.append(Ruling("baseline", "fail", message))
    case.rulings += rules.absolute(pair, case.rules, values(case), matched=case.matched)


def _verdict(
    task: Task, cases: Sequence[Case], settings: Settings, rulings: Sequence[Ruling], notes: Sequence[str], state: str
) -> Verdict:
    policy = task.policy
    pairs = tuple(pair_verdict(case, settings) for case in cases)
    outcomes = {*(pair.outcome for pair in pairs), *(ruling.outcome for ruling in rulings)}
    outcome: Outcome = "fail" if "fail" in outcomes else "undecided" if "undecided" in outcomes else "pass"
    on_undecided = _on_undecided(policy, cases)
    return Verdict(
        outcome,
        outcome == "pass" or (outcome == "undecided" and on_undecided == "pass"),
        sentence(outcome, pairs, rulings, task.changed),
        tuple(rulings),
        pairs,
        __version__,
        policy.name,
        policy.baseline,
        state,
        on_undecided,
        task.changed,
        tuple(notes),
    )


def _on_undecided(policy: Policy, cases: Sequence[Case]) -> Literal["pass", "fail"]:
    """Return what the drops that are undecided do: they fail where the rules of one of their files say so."""
    said = {case.rules.on_undecided for case in cases if any(each.outcome == "undecided" for each in case.rulings)}
    return "fail" if "fail" in said else "pass" if said else policy.on_undecided
