"""What the command line asks of the gate: its policy, its first policy, and its files of output."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scorer.api import Progress, silent
from scorer.errors import InputError, UsageError
from scorer.gate import files, outputs, parsing, policy_file, run, starter
from scorer.gate.policy import PairSpec, Policy
from scorer.gate.task import Task
from scorer.gate.verdict import Verdict
from scorer.printable import printable
from scorer.types import DIMENSIONS
from scorer.writing import write_atomically

EMPTY = Policy()


def policy(named: str | None, pair: Sequence[str], references: Sequence[str], flags: Mapping[str, Any]) -> Policy:
    """Return the policy of the file that is named or found, with the command line's files and flags, which win.

    Args:
        named: The policy file; `None` to look for one here and in the folders above.
        pair: Source and hypothesis on the command line, or nothing.
        references: Likewise.
        flags: By the policy's own keys.

    Raises:
        ScorerError: There is no policy to go by, or it cannot be used.
    """
    found = policy_file.find(Path(), named)
    path, content = found if found is not None else (Path("scorer.toml"), {})
    name = printable(str(path)) if found is not None else ""
    if found is None and not flags:
        raise UsageError("there is no policy: write one with `scorer gate --init SOURCE HYPOTHESIS`, or name a rule")
    if pair:
        content = {key: value for key, value in content.items() if key != "pair"}
    made = parsing.parse(content, name=name, folder=path.parent, flags=flags)
    return replace(made, pairs=(spec(pair, references, path.parent, made.settings),)) if pair else made


def spec(pair: Sequence[str], references: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> PairSpec:
    """Return the command line's files as a pair of the policy, whose paths are relative to the policy's folder."""
    first, hypothesis, *others = (files.relative(path, folder) for path in (*pair, *references))
    spoken = str(settings.get("languages") or "")
    if settings.get("role") == "reference":
        return PairSpec(hypothesis, "", (first, *others), spoken)
    return PairSpec(hypothesis, first, tuple(others), spoken)


def init(
    named: str | None,
    pair: Sequence[str],
    references: Sequence[str],
    settings: Mapping[str, Any],
    task: Task,
    progress: Progress = silent,
) -> Path:
    """Write a commented policy for two files, or patterns of them, and return where.

    Raises:
        ScorerError: There is one already, or there is nothing to derive limits from.
    """
    target = Path(named or policy_file.OWN)
    if not pair:
        raise UsageError(
            "name what the policy is to judge: scorer gate --init SOURCE HYPOTHESIS; the hypothesis may be a pattern, "
            "as in locales/en/app.json 'locales/{language}/app.json'"
        )
    before = _before(target)
    judged = spec(pair, references, target.parent, settings)
    bare = Policy(rules={"coverage": 0.01}, pairs=(judged,), settings=settings, folder=target.parent)
    verdict = run.gate(replace(task, policy=bare, literal=False), progress)
    write_atomically(
        target, before + _first_policy(judged, settings, verdict, header=target.name == policy_file.PROJECT)
    )
    return target


def _before(target: Path) -> str:
    """Return what the file holds that a first policy goes behind."""
    if target.name != policy_file.PROJECT:
        if os.path.lexists(target):
            raise UsageError(f"{printable(str(target))} is there already; name another file with --policy")
        return ""
    if not target.exists():
        return ""
    if "gate" in policy_file.read(target).get("tool", {}).get("scorer", {}):
        raise UsageError(f"{printable(str(target))} has a policy already, [tool.scorer.gate]")
    return target.read_text(encoding="utf-8").rstrip("\n") + "\n\n"


def _first_policy(judged: PairSpec, settings: Mapping[str, Any], verdict: Verdict, *, header: bool) -> str:
    rulings = [*verdict.rulings, *(ruling for pair in verdict.pairs for ruling in pair.rulings)]
    for ruling in rulings:
        if ruling.rule in ("input", "files"):
            raise InputError(f"no limits can be derived: {ruling.message}")
    told = {name: [pair.dimensions[name].value for pair in verdict.pairs] for name in DIMENSIONS}
    found = [[placed.finding.severity for _, placed in pair.findings()] for pair in verdict.pairs]
    worst = [segment.values["quality"] for pair in verdict.pairs for segment in pair.segments]
    return starter.starter(
        pairs=[judged],
        dimensions={name: least for name, values in told.items() if (least := _least(values)) is not None},
        worst=_least(worst),
        counts={severity: max(own.count(severity) for own in found) for severity in ("critical", "major")},
        languages=str(settings.get("languages") or ""),
        settings=settings,
        header=header,
    )


def _least(values: Sequence[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def write(verdict: Verdict, paths: Mapping[str, str]) -> None:
    """Write the verdict's outputs, each whole or not at all.

    Args:
        verdict: What to tell.
        paths: Names of outputs by file.
    """
    for path, name in paths.items():
        write_atomically(Path(path), outputs.registry.factory(name)(verdict))


def append_summary(verdict: Verdict) -> None:
    """Add the verdict to the job's summary where GitHub Actions names a file for it."""
    from scorer.gate.outputs import github

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(github.summary(verdict))
        except OSError as error:
            raise InputError(f"cannot write GITHUB_STEP_SUMMARY {printable(path)}: {error.strerror}") from error


def output_of(path: str) -> str:
    """Return the output that a file's suffix picks.

    Raises:
        UsageError: It picks none.
    """
    outputs.registry.names()
    suffix = Path(path).suffix.lower()
    if suffix not in outputs.suffixes:
        known = ", ".join(sorted(outputs.suffixes))
        raise UsageError(f"cannot tell the output of {printable(path)} from its suffix; known: {known}")
    return outputs.suffixes[suffix]
