from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

import scorer
from scorer import Settings, compare, score
from scorer.report import Dimension, Report
from scorer.reporters.json import render

SCHEMA = json.loads((Path(scorer.__file__).parent / "schemas" / "report.json").read_text(encoding="utf-8"))
FAST = Settings(preset="fast", n_resamples=50)
GERMAN = "Das Gerät ist nicht wasserdicht. Die Rechnung über 1.250,50 Euro ist zu bezahlen.\n"
ENGLISH = "The device is waterproof. The bill for 1,250.50 euros has to be paid.\n"
OTHER = "The device is not waterproof. The invoice for 1,250.50 euros must be paid. Thank you very much.\n"


def read(text: str) -> dict:
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def validate(report: Report) -> dict:
    content = read(render(report))
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    return content


REPORTS = {
    "source": lambda: compare(GERMAN, ENGLISH, settings=FAST),
    "source and references": lambda: compare(GERMAN, ENGLISH, references=[OTHER, ENGLISH], settings=FAST),
    "reference": lambda: compare(OTHER, ENGLISH, settings=dataclasses.replace(FAST, role="reference")),
    "peers": lambda: compare(OTHER, ENGLISH, settings=FAST),
    "lines": lambda: compare(
        "a b\n\nc\n", "a b\n\nd\n", settings=dataclasses.replace(FAST, role="reference", align="lines")
    ),
    "undefined": lambda: compare("...", "...", settings=dataclasses.replace(FAST, role="reference")),
    "systems": lambda: score(
        {"one": ["The cat.", "", "It rains."] * 5, "two": ["A cat.", "x", ""] * 5},
        source=["Die Katze.", "", "Es regnet."] * 5,
        references=[["The cat.", "y", "It is raining."] * 5],
        settings=FAST,
    ),
}


@pytest.mark.parametrize("kind", REPORTS)
def test_json_every_kind_of_report_follows_the_schema(kind):
    report = REPORTS[kind]()
    assert validate(report) == report.to_dict()


def test_json_hostile_report_follows_the_schema(hostile, tmp_path):
    content = validate(hostile)
    (tmp_path / "report.json").write_text(render(hostile), encoding="utf-8")
    assert content["segments"][0]["hypothesis"] == "<script>alert(1)</script>"  # JSON carries texts as they are
    assert content["segments"][11]["hypothesis"] == "\ud800 lone"


def test_json_nan_is_an_error_not_a_file(hostile):
    with pytest.raises(ValueError, match="JSON"):
        render(dataclasses.replace(hostile, dimensions={"adequacy": Dimension(float("nan"))}))


def test_json_of_contract_has_every_promised_field():
    content = validate(REPORTS["peers"]())
    assert content["format"] == 1
    assert content["tool"] == {"name": "scorer", "version": scorer.__version__}
    assert content["command"] == "compare"
    assert content["role"] == "peers"
    assert content["languages"] == {"a": "en", "b": "en"}
    assert {"name", "sha256", "lines", "segments"} <= content["inputs"][0].keys()
    assert {"a": [2], "b": []} in content["alignment"]["pairs"]
    assert content["texts"]["a"]["fluency"]["value"] is not None


def test_schema_is_itself_valid_and_strict():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def objects(node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    assert all("additionalProperties" in each for each in objects(SCHEMA))


def test_schema_refuses_what_a_report_never_has(hostile):
    content = read(render(hostile))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for broken in (
        content | {"format": 2},
        content | {"extra": 1},
        content | {"dimensions": {}},
        content | {"inputs": [{"name": "x"}]},
        content | {"findings": [{**content["findings"][0], "severity": "bad"}]},
        content | {"findings": [{**content["findings"][0], "hypothesis_span": [1]}]},
    ):
        assert not validator.is_valid(broken)
