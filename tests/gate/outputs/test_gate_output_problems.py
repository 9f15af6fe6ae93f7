from __future__ import annotations

import dataclasses

import pytest
import verdicts

from scorer.gate.outputs.problems import counts, problems
from scorer.gate.outputs.sentences import change, effect, finest, segment_values
from scorer.gate.outputs.sides import findings, sides
from scorer.gate.verdict import Cause, Ruling


@pytest.mark.parametrize(
    ("rule", "counted"),
    [
        ("findings.major", True),
        ("findings.number", True),
        ("findings.number major", True),
        ("findings.number minor", False),
        ("findings.critical", False),
        ("new_findings.major", False),  # it was there before
        ("max_drop.number", False),
    ],
)
def test_counts_reads_the_rule_as_the_policy_does(rule, counted):
    assert counts(Ruling(rule, "fail", ""), verdicts.NUMBER) is counted


def test_problems_findings_block_only_where_a_failed_rule_counts_them(judged):
    blocking = {each.rule for each in problems(judged["real"]) if each.blocks}
    assert blocking == {"files", "max_drop.quality", "new_findings.critical", "negation"}
    assert not [each for each in problems(judged["passed"]) if each.blocks]


def test_problems_alike_have_fingerprints_of_their_own():
    segment = dataclasses.replace(verdicts.SEGMENTS[0], findings=(verdicts.NEGATION,) * 3)
    found = problems(verdicts.verdict(verdicts.pair(segments=(segment, segment))))
    assert len({each.fingerprint for each in found}) == len(found) == 6


def test_problems_are_never_without_a_message(judged):
    assert all(each.message for each in problems(judged["hostile"]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (0.0, "±0"), (-0.0, "±0"), (2.14, "▲2.1"), (-2.14, "▼2.1"), (-0.04, "▼0.04"), (0.00001, "▲<0.001")],
)
def test_change_never_shows_a_change_as_nothing(value, shown):
    assert change(value) == shown


def test_finest_of_a_size_above_a_tenth_has_one_decimal():
    assert finest(0.96) == "1.0"


def test_segment_values_show_then_and_now():
    segment = dataclasses.replace(
        verdicts.SEGMENTS[0], values={"quality": None, "chrf": 50.0}, values_then={"chrf": 60.0}
    )
    assert segment_values(segment) == "chrf 60.0 → 50.0"


def test_sides_mark_each_text_with_its_own_spans():
    (source, before, now) = [sides(verdicts.SEGMENTS[0])[i] for i in (0, 2, 1)]
    assert [source[1][mark.start : mark.end] for mark in source[2]] == ["not"]
    assert [now[1][mark.start : mark.end] for mark in now[2]] == ["wasserdicht"]
    assert before == ("baseline", "Das Gerät ist nicht wasserdicht.", ())


def test_findings_suspicions_come_last():
    assert [placed.finding.check for placed in findings(verdicts.SEGMENTS[1])] == ["number", "doubled_word", "learned"]


@pytest.mark.parametrize(
    ("rule", "given", "shown"),
    [
        ("max_drop.quality", 0.42, "the whole 0.4 better without it"),
        ("max_drop.quality", None, ""),
        ("max_drop.quality", -0.1, ""),
        ("findings.major", 3.0, ""),  # a count of findings, which are listed
        ("max_segment_drop.quality", 9.0, ""),
    ],
)
def test_effect_is_told_of_scores_over_the_whole_only(rule, given, shown):
    assert effect(Ruling(rule, "fail", ""), Cause(0, given)) == shown
