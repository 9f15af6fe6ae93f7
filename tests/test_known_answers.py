from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from scorer import known_answers


@pytest.fixture
def change(models, seal) -> Callable[..., None]:
    """Change the values of a record that has one fast case, recorded now."""

    def rewritten(edit=lambda values: None):
        content = json.loads((models / known_answers.FILE).read_text(encoding="utf-8"))
        content["cases"] = [case for case in content["cases"] if case["preset"] == "fast"][:1]
        edit(content["cases"][0].setdefault("values", {}))
        seal(known_answers.FILE, json.dumps(content).encode())

    rewritten()
    known_answers.record()
    rewritten()
    return rewritten


def test_drifts_of_what_was_just_recorded_are_none(change):
    assert known_answers.drifts("fast") == []
    assert known_answers.count("fast") > 10
    assert known_answers.count("standard") == 0


def test_drifts_name_case_value_and_both_numbers(change):
    change(lambda values: values.update(chrf=values["chrf"] + 0.01))
    (drift,) = known_answers.drifts("fast")
    assert drift.name == "chrf"
    assert drift.recorded == pytest.approx(drift.found + 0.01)
    assert str(drift) == f"{drift.case}: chrf is {drift.found}, recorded is {drift.recorded}"


def test_drifts_within_the_tolerance_are_none(change):
    change(lambda values: values.update(chrf=values["chrf"] + known_answers.TOLERANCE / 2))
    assert known_answers.drifts("fast") == []


def test_drifts_value_that_came_or_went_is_told(change):
    change(lambda values: (values.pop("chrf"), values.update(gone=1.0)))
    assert {(drift.name, drift.recorded is None, drift.found is None) for drift in known_answers.drifts("fast")} == {
        ("chrf", True, False),
        ("gone", False, True),
    }


@pytest.mark.parametrize(
    ("recorded", "found", "expected"),
    [
        (1.0, 1.0, True),
        (1.0, 1.002, False),
        (None, None, True),
        (None, 0.0, False),
        (0.0, None, False),
        (1.0, float("nan"), False),
    ],
)
def test_agree_is_close_and_undefined_agrees_with_itself_alone(recorded, found, expected):
    assert known_answers.agree(recorded, found) is expected


@pytest.mark.parametrize("preset", ["fast", "standard"])
def test_shipped_values_agree_here(preset):
    assert known_answers.count(preset) > 0
    assert [str(drift) for drift in known_answers.drifts(preset)] == []
