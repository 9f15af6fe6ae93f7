from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import jsonschema
import pytest
import verdicts

from scorer.gate.outputs.sarif import message, render, uri
from scorer.gate.verdict import Position

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8"))


def run(text):
    (only,) = json.loads(text)["runs"]
    return only


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_sarif_follows_the_official_schema(kind, rendered):
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(
        json.loads(rendered("sarif", kind))
    )


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_sarif_results_name_rules_that_are_described(kind, rendered):
    whole = run(rendered("sarif", kind))
    rules = whole["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in whole["results"])
    assert all(rule["help"]["text"] for rule in rules)


def test_sarif_regions_are_half_open_and_count_code_points(rendered):
    whole = run(rendered("sarif", "real"))
    (found,) = [each for each in whole["results"] if each["ruleId"] == "negation"]
    assert whole["columnKind"] == "unicodeCodePoints"
    assert found["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "locales/de/app.json"},
        "region": {"startLine": 12, "startColumn": 28, "endLine": 12, "endColumn": 39},
    }


def test_sarif_levels_follow_severity_and_outcome(rendered):
    levels = {(each["ruleId"], each["level"]) for each in run(rendered("sarif", "real"))["results"]}
    assert levels == {
        ("files", "error"), ("max_drop.quality", "error"), ("new_findings.critical", "error"),
        ("max_drop.chrf", "warning"), ("negation", "error"), ("number", "warning"), ("doubled_word", "note"),
    }  # fmt: skip


def test_sarif_leaves_suspicions_out(rendered):
    assert not [
        each
        for kind in verdicts.VERDICTS
        for each in run(rendered("sarif", kind))["results"]
        if each["ruleId"] == "learned"
    ]


def test_sarif_baseline_states_only_beside_a_baseline(rendered):
    states = {each["ruleId"]: each.get("baselineState") for each in run(rendered("sarif", "real"))["results"]}
    assert states["negation"] == "new"
    assert states["number"] == "unchanged"
    assert states["max_drop.quality"] is None
    alone = verdicts.verdict(verdicts.pair(segments=verdicts.SEGMENTS, counts={"segments": 4}))
    assert not any("baselineState" in each for each in run(render(alone))["results"])


def _moved(placed, n):
    return dataclasses.replace(placed, start=Position(placed.start.line + n, 1), end=Position(placed.end.line + n, 2))


def test_sarif_fingerprints_do_not_move_with_lines(rendered):
    def prints(segments):
        whole = run(render(verdicts.verdict(verdicts.pair(segments=segments))))
        return [each["partialFingerprints"] for each in whole["results"]]

    lower = [
        dataclasses.replace(each, findings=tuple(_moved(p, 7) for p in each.findings)) for each in verdicts.SEGMENTS
    ]
    other = [dataclasses.replace(each, text=each.text + "!") for each in verdicts.SEGMENTS]
    assert prints(verdicts.SEGMENTS) == prints([verdicts.SEGMENTS[2], *lower])
    assert not set(map(str, prints(verdicts.SEGMENTS))) & set(map(str, prints(other)))


@pytest.mark.parametrize("name", [*verdicts.HOSTILE, "a b/c?d#e%20.json", "c:/x.json", "日本/語.json"])
def test_uri_is_a_relative_reference_that_decodes_to_the_name(name):
    parts = urlsplit(uri(name))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert uri(name).isascii()
    if name.isprintable() and "\ud800" not in name:
        assert unquote(uri(name)) == name


def test_uri_of_bytes_that_are_not_utf8_keeps_the_bytes():
    assert unquote_to_bytes(uri("a\udcff.json")) == b"a\xff.json"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x](http://evil.example)", r"\[x\](http://evil.example)"),
        ("{0} became {1}, {name} stays", "{{0}} became {{1}}, {name} stays"),
        ("[x] (y)", "[x] (y)"),
    ],
)
def test_message_has_no_links_and_no_placeholders(text, told):
    # SARIF 2.1.0, 3.11.5: braces are doubled; 3.11.6: brackets take a backslash.
    assert message(text) == {"text": told}


def test_sarif_exit_code_is_the_gates(rendered):
    assert run(rendered("sarif", "real"))["invocations"][0]["exitCode"] == 1
    assert run(rendered("sarif", "passed"))["invocations"][0]["exitCode"] == 0
