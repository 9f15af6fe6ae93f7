"""What holds for every output alike."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest
import verdicts

from scorer.gate import outputs
from scorer.gate.verdict import Cause

NAMES = ["codequality", "github", "html", "json", "junit", "markdown", "sarif", "text"]
# What acts on a terminal, hides or cannot be written. JSON carries texts as they are.
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def test_outputs_registry_knows_every_output():
    assert outputs.registry.names() == NAMES


def test_outputs_suffixes_name_their_outputs():
    assert outputs.suffixes == {
        ".htm": "html", ".html": "html", ".json": "json", ".md": "markdown", ".sarif": "sarif", ".txt": "text",
        ".xml": "junit",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_output_of_every_verdict_can_be_written(name, kind, rendered):
    page = rendered(name, kind)
    page.encode("utf-8")
    assert page == "" or page.endswith("\n")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "json"])
def test_output_has_no_control_or_direction_characters(name, rendered):
    assert UNSAFE.findall(rendered(name, "hostile")) == []


@pytest.mark.parametrize("name", NAMES)
def test_output_is_the_same_twice(name, rendered):
    assert outputs.registry.factory(name)(verdicts.real()) == rendered(name, "real")


@pytest.mark.parametrize("name", NAMES)
def test_output_of_many_findings_takes_linear_time(name):
    render = outputs.registry.factory(name)
    render(_many(100))
    spent = []
    for n in (500, 2_000):
        verdict = _many(n)
        turns = []
        for _ in range(3):  # the best of three: a collection of garbage takes as long as the whole
            start = time.process_time()
            render(verdict)
            turns.append(time.process_time() - start)
        spent.append(min(turns))
    assert spent[1] < 12 * max(spent[0], 0.02)


def _many(n):
    segments = tuple(
        dataclasses.replace(
            verdicts.SEGMENTS[0], id=f"key.{i}", key=f"key.{i}", text=f"{i} not", hypothesis=f"{i} " * 10
        )
        for i in range(n)
    )
    ruling = dataclasses.replace(verdicts.RULINGS[1], causes=tuple(Cause(i) for i in range(n)))
    return verdicts.verdict(verdicts.pair(rulings=(ruling,), segments=segments))
