"""The verdict as a GitLab code-quality report: a JSON array in a subset of Code Climate's format.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import Any

from scorer.gate import outputs
from scorer.gate.outputs.problems import Problem, problems
from scorer.gate.verdict import Verdict

# GitLab wants a file; a rule about the run without a policy file is about the repository.
NOWHERE = "."


@outputs.register("codequality")
def render(verdict: Verdict) -> str:
    """Return a JSON array of issues; `[]` where nothing was found and every rule holds."""
    return json.dumps([_issue(each) for each in problems(verdict)], indent=1) + "\n"


def _issue(problem: Problem) -> dict[str, Any]:
    return {
        "description": " | ".join([problem.message, *problem.texts]),
        "check_name": problem.rule,
        "fingerprint": problem.fingerprint,
        "severity": _severity(problem),
        "location": {"path": problem.path or NOWHERE, "lines": {"begin": problem.start.line if problem.start else 1}},
    }


def _severity(problem: Problem) -> str:
    """Return a finding's own severity, `blocker` for a rule that makes the gate fail, `info` for one that may not."""
    return problem.severity or ("blocker" if problem.blocks else "info")
