"""The verdict as annotations of GitHub Actions, and as the summary of its job.

A workflow command is a line `::error file=...,line=...::message`; escaping as in the official @actions/core
(`command.ts`). GitHub shows ten errors and ten warnings of a step and drops the rest in silence:
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from scorer.gate import outputs
from scorer.gate.outputs import markdown
from scorer.gate.outputs.commands import disarmed
from scorer.gate.outputs.problems import Problem, problems
from scorer.gate.verdict import Verdict
from scorer.printable import printable
from scorer.types import SEVERITIES

Level = Literal["error", "warning", "notice"]
N_SHOWN = 10
# GitHub takes 1 MiB of summary a step; above that it takes none of it.
LARGEST_SUMMARY = 1_000_000
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


@outputs.register("github")
def render(verdict: Verdict) -> str:
    """Return a workflow command a line: the ten worst errors and warnings, and how many more there are."""
    ordered = sorted(problems(verdict), key=_rank)
    errors = [each for each in ordered if _level(each) == "error"][:N_SHOWN]
    warnings = [each for each in ordered if _level(each) == "warning"][:N_SHOWN]
    lines = [_annotation(each) for each in (*errors, *warnings)]
    if n_more := len(ordered) - len(lines):
        lines.append(command("notice", {"title": "scorer gate"}, f"{n_more} more {_places(n_more)} shown here"))
    return "".join(f"{line}\n" for line in lines)


def summary(verdict: Verdict) -> str:
    """Return the verdict as Markdown for `$GITHUB_STEP_SUMMARY`; at most a million bytes of UTF-8."""
    return markdown.page(verdict, limit=LARGEST_SUMMARY, n_causes=10, size=lambda text: len(text.encode("utf-8")))


def command(name: Level, properties: Mapping[str, str], message: str) -> str:
    """Return one workflow command; properties that are empty are left out."""
    told = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if told else ''}{told}::{message.translate(_DATA)}"


def _places(n: int) -> str:
    return "finding or rule is not" if n == 1 else "findings and rules are not"


def _level(problem: Problem) -> Level:
    """Return how loud to be: an error for what makes the gate fail; small and older findings are only counted."""
    if problem.blocks:
        return "error"
    if problem.severity == "minor" or (problem.is_old and problem.severity != "critical"):
        return "notice"
    return "warning"


def _rank(problem: Problem) -> tuple[bool, int, bool]:
    severity = -1 if problem.severity is None else SEVERITIES.index(problem.severity)
    return problem.is_old, severity, problem.is_new is False


def _annotation(problem: Problem) -> str:
    where: dict[str, str] = {"file": problem.path}
    if problem.start and problem.end:
        where |= {"line": str(problem.start.line), "endLine": str(problem.end.line)}
        # The last column is the last character's, and columns only count where a single line is meant.
        if problem.start.line == problem.end.line:
            last = max(problem.start.column, problem.end.column - 1)
            where |= {"col": str(problem.start.column), "endColumn": str(last)}
    what = f"{problem.rule} ({problem.severity})" if problem.severity else problem.rule
    where["title"] = disarmed(printable(what, 200))
    return command(_level(problem), where, _message([problem.message, *problem.texts]))


def _message(lines: Iterable[str]) -> str:
    return disarmed("\n".join(lines))
