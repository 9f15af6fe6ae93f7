from __future__ import annotations

import json

import jsonschema
import pytest
import verdicts

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: the fields that GitLab reads.
FORMAT = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_codequality_follows_the_documented_format(kind, rendered):
    jsonschema.validate(json.loads(rendered("codequality", kind)), FORMAT)


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_codequality_fingerprints_are_unique(kind, rendered):
    prints = [issue["fingerprint"] for issue in json.loads(rendered("codequality", kind))]
    assert len(set(prints)) == len(prints)


def test_codequality_passed_run_is_an_empty_list(rendered):
    assert json.loads(rendered("codequality", "passed")) == []


def test_codequality_severities_and_lines(rendered):
    issues = [
        (issue["check_name"], issue["severity"], issue["location"]["lines"]["begin"])
        for issue in json.loads(rendered("codequality", "real"))
    ]
    assert issues == [
        ("files", "blocker", 1),
        ("max_drop.quality", "blocker", 12),
        ("new_findings.critical", "blocker", 12),
        ("max_drop.chrf", "info", 1),
        ("negation", "critical", 12),
        ("number", "major", 31),
        ("doubled_word", "minor", 31),
        ("max_drop.chrf", "info", 1),
    ]
