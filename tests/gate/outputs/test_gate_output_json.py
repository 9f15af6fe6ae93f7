from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest
import verdicts

import scorer
from scorer.gate.outputs.json import render
from scorer.gate.verdict import Ruling

SCHEMA = json.loads((Path(scorer.__file__).parent / "schemas" / "verdict.json").read_text(encoding="utf-8"))


def read(text):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("kind", verdicts.VERDICTS)
def test_gate_json_follows_the_schema_and_loses_nothing(kind, rendered, judged):
    content = read(rendered("json", kind))
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    assert content == judged[kind].to_dict()


def test_gate_json_carries_texts_as_they_are(rendered):
    content = read(rendered("json", "hostile"))
    assert [segment["text"] for segment in content["pairs"][0]["segments"]][:-1] == verdicts.HOSTILE


def test_gate_json_nan_is_an_error_not_a_file():
    ruling = Ruling("minimum.quality", "fail", "Quality is undefined.", float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        render(verdicts.verdict(rulings=(ruling,)))


def test_verdict_schema_is_itself_valid_and_strict():
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


def test_verdict_schema_asks_for_every_field():
    content = verdicts.real().to_dict()
    validator = jsonschema.Draft202012Validator(SCHEMA)
    pair = content["pairs"][0]
    for owner in (content, pair, pair["segments"][0], pair["segments"][0]["findings"][0], pair["rulings"][0]):
        for key in list(owner):
            value = owner.pop(key)
            assert not validator.is_valid(content), key
            owner[key] = value
        owner["extra"] = 1
        assert not validator.is_valid(content)
        del owner["extra"]
    assert validator.is_valid(content)


def test_verdict_schema_refuses_what_a_verdict_never_has():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    content = verdicts.real().to_dict()
    for broken in ({"format": 2}, {"outcome": "maybe"}, {"sentence": ""}, {"baseline_state": "lost"}, {"pairs": None}):
        assert not validator.is_valid(content | broken)
    assert {field.name for field in dataclasses.fields(verdicts.real())} == SCHEMA["properties"].keys() - {
        "format",
        "tool",
    } | {"version"}
