from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import verdicts

from scorer.gate.outputs.github import command, render, summary

RECORDED = json.loads((Path(__file__).parent / "actions-core.json").read_text(encoding="utf-8"))["commands"]
LINE = re.compile(r"::(error|warning|notice)(?: ([^:]*))?::(.*)")


def read(page):
    """Level, properties and message of each line; the escapes are those of addresses, which the library decodes."""
    lines = []
    for line in page.split("\n")[:-1]:
        level, properties, message = LINE.fullmatch(line).groups()
        pairs = (each.split("=", 1) for each in (properties or "").split(",") if each)
        lines.append((level, {key: unquote(value) for key, value in pairs}, unquote(message)))
    return lines


@pytest.mark.parametrize("row", RECORDED, ids=range(len(RECORDED)))
def test_command_is_what_the_official_toolkit_prints(row):
    assert command(row["command"], row["properties"], row["message"]) == row["line"]


def test_github_places_a_finding_at_its_characters(rendered):
    (found,) = [each for each in read(rendered("github", "real")) if each[1].get("title") == "negation (critical)"]
    assert found == (
        "error",
        {
            "file": "locales/de/app.json",
            "line": "12",
            "endLine": "12",
            "col": "28",
            "endColumn": "38",
            "title": "negation (critical)",
        },
        'the "not" of the source was lost\n'
        "source: The device is not waterproof.\nhypothesis: Das Gerät ist wasserdicht.",
    )


def test_github_only_what_makes_the_gate_fail_is_an_error(rendered):
    levels = [(level, properties["title"]) for level, properties, _ in read(rendered("github", "real"))]
    assert levels == [
        ("error", "files"),
        ("error", "max_drop.quality"),
        ("error", "new_findings.critical"),
        ("error", "negation (critical)"),
        ("warning", "max_drop.chrf"),
        ("warning", "max_drop.chrf"),
        ("warning", "number (major)"),
        ("notice", "scorer gate"),
    ]


def test_github_passed_run_says_nothing(rendered):
    assert rendered("github", "passed") == ""


def test_github_never_prints_more_than_is_shown_and_counts_the_rest(rendered):
    lines = read(rendered("github", "hostile"))
    assert [level for level, _, _ in lines] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    assert re.fullmatch(r"\d{3} more findings and rules are not shown here", lines[-1][2])


def test_github_worst_come_first():
    critical = dataclasses.replace(verdicts.SEGMENTS[0], id="z")
    many = tuple(dataclasses.replace(verdicts.SEGMENTS[1], id=str(i)) for i in range(20))
    lines = read(render(verdicts.verdict(verdicts.pair(segments=(*many, critical)))))
    assert lines[0][1]["title"] == "negation (critical)"


def test_github_a_finding_of_many_lines_has_no_columns():
    placed = dataclasses.replace(verdicts.NEGATION, end=verdicts.NEGATION.end._replace(line=14))
    segment = dataclasses.replace(verdicts.SEGMENTS[0], findings=(placed,))
    ((_, properties, _),) = read(render(verdicts.verdict(verdicts.pair(segments=(segment,)))))
    assert (properties["line"], properties["endLine"]) == ("12", "14")
    assert "col" not in properties


def test_github_hostile_text_gives_no_command(rendered):
    page = rendered("github", "hostile")
    assert "##[" not in page
    for _, properties, message in read(page):
        assert properties.keys() <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert not [line for line in message.split("\n") if line.strip().startswith("::")]


def test_summary_is_cut_below_a_mebibyte():
    pairs = [verdicts.hostile().pairs[0] for _ in range(80)]
    page = summary(verdicts.verdict(*pairs))
    assert 500_000 < len(page.encode("utf-8")) < 1_000_000
    assert "left out here" in page[-200:]
