"""The verdict as SARIF 2.1.0, for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, with what GitHub's code scanning reads of it:
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any
from urllib.parse import quote

from scorer import checks
from scorer.gate import outputs
from scorer.gate.outputs.problems import Problem, problems
from scorer.gate.verdict import Verdict
from scorer.types import Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: dict[Severity, str] = {"critical": "error", "major": "warning", "minor": "note"}
# What the gate's rules are about, by the first word of their names.
RULES = {
    "minimum": "A score over the whole file is below the policy's minimum.",
    "maximum": "A score over the whole file is above the policy's maximum.",
    "worst_segment": "A segment's own score is below what the policy asks of every segment.",
    "findings": "There are more findings than the policy allows.",
    "coverage": "Too few of the segments could be scored.",
    "max_drop": "A score over the whole file fell by more than the policy allows since the baseline.",
    "max_segment_drop": "A segment's score fell by more than the policy allows since the baseline.",
    "new_findings": "Segments have findings that they had not in the baseline.",
    "input": "The files cannot be judged: what was read says nothing of a translation's quality.",
    "baseline": "The baseline is missing or was made with other settings.",
    "files": "A pattern of the policy matches no file.",
}
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_LINK = re.compile(r"[\[\]\\]")


@outputs.register("sarif", ".sarif")
def render(verdict: Verdict) -> str:
    """Return a SARIF log of one run: a result a finding, and a result a rule that does not hold."""
    found = problems(verdict)
    described = {name: _rule(name) for name in sorted({each.rule for each in found} | _judged(verdict))}
    order = {name: i for i, name in enumerate(described)}
    run = {
        "tool": {"driver": {"name": "scorer", "version": verdict.version, "rules": list(described.values())}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "exitCode": 0 if verdict.passes else 1}],
        "results": [_result(each, order[each.rule]) for each in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _judged(verdict: Verdict) -> set[str]:
    rulings = [*verdict.rulings, *(ruling for pair in verdict.pairs for ruling in pair.rulings)]
    return {ruling.rule for ruling in rulings}


def _rule(name: str) -> dict[str, Any]:
    about = message(_about(name))
    return {"id": name, "shortDescription": about, "fullDescription": about, "help": about}


def _about(name: str) -> str:
    """Return what a check looks for or a rule demands, in one sentence."""
    if (kind := name.partition(".")[0]) in RULES:
        return RULES[kind]
    if name in checks.registry.names():
        module = inspect.getmodule(checks.registry.factory(name))
        return (inspect.getdoc(module) or name).split("\n")[0]
    return f"What the check {name} finds in a translation."


def message(text: str) -> dict[str, str]:
    """Return a plain text message in which nothing is a link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    if "](" in text:
        text = _LINK.sub(r"\\\g<0>", text)
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", text)}


def _result(problem: Problem, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": _level(problem),
        "message": message("\n".join([problem.message, *problem.texts])),
        # The second is the one that GitHub tells alerts apart by; left out, it would be made from the line.
        "partialFingerprints": {
            "segmentAndCheck/v1": problem.fingerprint,
            "primaryLocationLineHash": f"{problem.fingerprint[:16]}:1",
        },
    }
    if problem.path:
        result["locations"] = [{"physicalLocation": _location(problem)}]
    if problem.is_new is not None:
        result["baselineState"] = "new" if problem.is_new else "unchanged"
    return result


def _level(problem: Problem) -> str:
    if problem.severity:
        return LEVELS[problem.severity]
    return "error" if problem.blocks else "warning"


def _location(problem: Problem) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": uri(problem.path)}}
    if problem.start and problem.end:
        location["region"] = {
            "startLine": problem.start.line,
            "startColumn": problem.start.column,
            "endLine": problem.end.line,
            "endColumn": problem.end.column,
        }
    return location


def uri(path: str) -> str:
    """Return a path as a relative reference (RFC 3986); bytes of a name that are not UTF-8 stay what they are."""
    try:
        return quote(path, safe="/", errors="surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair, which no file system gives
        return quote(path, safe="/", errors="replace")
