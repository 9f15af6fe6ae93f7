import math

import pytest
from scored_pairs import finding, measured, pair_of, scored, then

from scorer import combine, measure
from scorer.gate import rules
from scorer.gate.decimals import apart, signed, whole
from scorer.gate.known import match
from scorer.gate.policy import Rules


def values_of(pair, *names):
    found = {}
    for name in names or ("quality", "adequacy", "fluency"):
        rows = [row for segment in pair.segments if (row := segment.row(name)) is not None]
        finish = combine.DIMENSION if name in ("quality", "adequacy", "fluency") else pair.metric(name)
        found[name] = finish.finish(measure.add(rows)) if rows else None
    return found


def ruling(pair, values=None, *, matched=None, **limits):
    """The one ruling that a rule gives; coverage stands last and is asked for by name."""
    wanted = Rules(new_findings={}, **limits)
    found = rules.absolute(pair, wanted, values_of(pair) if values is None else values, matched=matched)
    return found[-1] if "coverage" in limits else found[0]


BAD = pair_of(*[scored(f"{i}", accuracy=5.0 * (i == 3), fluency=1.0 * (i == 4)) for i in range(8)])


# --- minimum and maximum ---


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (80.0, "pass"),
        (80.1, "pass"),
        (math.nextafter(80, 0), "fail"),
        (79.96, "fail"),
        (None, "fail"),
        (math.nan, "fail"),
        (math.inf, "fail"),
    ],
)
def test_minimum_at_under_and_over(value, outcome):
    found = ruling(BAD, {"adequacy": value}, minimum={"adequacy": 80})
    assert (found.rule, found.outcome, found.limit) == ("minimum.adequacy", outcome, 80)


@pytest.mark.parametrize(("value", "outcome"), [(60, "pass"), (59, "pass"), (60.0001, "fail"), (None, "fail")])
def test_maximum_at_under_and_over(value, outcome):
    assert ruling(BAD, {"ter": value}, maximum={"ter": 60}).outcome == outcome


def test_minimum_tells_which_segments_are_behind():
    # 5 points over 80 words: 77.9; without the segment 100
    found = ruling(BAD, minimum={"adequacy": 80})
    assert found.message == "adequacy is 77.9, under 80.0; 1 of 8 segments is behind it: without it 100.0"
    assert [cause.segment for cause in found.causes] == [3]
    assert found.causes[0].effect == pytest.approx(100 - 77.8801, abs=1e-4)


def test_minimum_tells_what_is_so_throughout():
    evenly = pair_of(*[scored(f"{i}", accuracy=1) for i in range(8)])
    found = ruling(evenly, minimum={"adequacy": 80})
    assert found.message == "adequacy is 67.0, under 80.0; it is so throughout, no part of the 8 segments reaches it"
    most = pair_of(*[scored(f"{i}", accuracy=1.0 * (i < 7)) for i in range(8)])
    assert "it is so throughout, 6 of 8 segments would have to go" in ruling(most, minimum={"adequacy": 80}).message


def test_minimum_not_measured_fails_with_its_own_sentence():
    found = ruling(BAD, minimum={"bleu": 30})
    assert (found.outcome, found.message) == ("fail", "bleu was not measured, so its limit of 30 cannot hold")
    assert ruling(BAD, {}, minimum={"chrf": 30}).outcome == "fail"
    assert "undefined" in ruling(BAD, {"chrf": None}, minimum={"chrf": 30}).message


def test_minimum_shows_what_tells_value_from_limit():
    assert "is 79.96, under 80.00" in ruling(BAD, {"adequacy": 79.96}, minimum={"adequacy": 80}).message


def test_maximum_of_a_metric_names_the_worst():
    same = [measured(f"{i}", "the cat sat on the mat", "the cat sat on the mat") for i in range(4)]
    pair = pair_of(*same, measured("bad", "dogs run", "the cat sat on the mat"))
    # 6 edits of 30 words; without the last none
    found = ruling(pair, values_of(pair, "ter"), maximum={"ter": 10})
    assert found.message == "ter is 20.0, over 10.0; 1 of 5 segments is behind it: without it 0.0"
    assert (found.causes[0].segment, found.causes[0].effect) == (4, 20.0)
    low = ruling(pair, values_of(pair, "chrf"), minimum={"chrf": 95})
    assert low.causes[0].segment == 4


def test_minimum_of_values_that_the_rows_do_not_make_names_no_segments():
    unscored = scored("old", is_scored=False, is_changed=False)
    pair = pair_of(*BAD.segments, unscored)
    found = ruling(pair, {"adequacy": 60.0}, minimum={"adequacy": 80})
    assert (found.causes, found.message) == ((), "adequacy is 60.0, under 80.0")


def test_minimum_changed_only_counts_what_the_baseline_knows():
    unscored = scored("old", is_scored=False, is_changed=False)
    pair = pair_of(*BAD.segments, unscored)
    matched = match(pair.segments, then(scored("old", accuracy=10)))
    value = 100 * math.exp(-4 * 15 / 90)
    found = ruling(pair, {"adequacy": value}, minimum={"adequacy": 75}, matched=matched)
    assert [cause.segment for cause in found.causes] == [8, 3]
    assert "1 of 9 segments is behind it: without it 77.9" in found.message


# --- worst segment ---


def test_worst_segment_lists_all_under_the_limit_worst_first():
    pair = pair_of(scored("a", accuracy=3), scored("b"), scored("c", accuracy=9), scored("d", accuracy=2))
    found = ruling(pair, worst_segment={"quality": 40})
    assert (found.outcome, [cause.segment for cause in found.causes]) == ("fail", [2, 0])
    assert found.value == pytest.approx(100 * math.exp(-3.6))
    assert found.message == "2 segments have quality under 40.0, the worst has 2.7"


@pytest.mark.parametrize("limit", [100, 99])
def test_worst_segment_at_the_limit_passes(limit):
    assert ruling(pair_of(scored()), worst_segment={"quality": limit}).outcome == "pass"


def test_worst_segment_undefined_breaks_it():
    pair = pair_of(scored("a", accuracy=None), scored("b"), scored("c", accuracy=None))
    found = ruling(pair, worst_segment={"quality": 30})
    assert (found.outcome, found.message) == ("fail", "2 segments have no quality")
    assert [cause.segment for cause in found.causes] == [0, 2]


def test_worst_segment_of_a_metric_where_lower_is_better_is_a_most():
    pair = pair_of(measured("a", "x y", "x y"), measured("b", "p q", "x y"))
    found = ruling(pair, worst_segment={"ter": 50})
    assert (found.outcome, found.value, found.causes[0].segment) == ("fail", 100.0, 1)


def test_worst_segment_not_scored_as_nothing_changed_is_untold():
    unscored = scored("old", is_scored=False, is_changed=False)
    assert ruling(pair_of(scored(), unscored), worst_segment={"quality": 30}).outcome == "pass"
    assert ruling(pair_of(unscored), worst_segment={"quality": 30}).outcome == "pass"
    lost = scored("lost", is_scored=False, is_changed=True)
    assert ruling(pair_of(scored(), lost), worst_segment={"quality": 30}).outcome == "fail"


def test_worst_segment_without_text_fails():
    for pair in (pair_of(), pair_of(scored(" ", "\n", words=0))):
        found = ruling(pair, worst_segment={"quality": 30})
        assert (found.outcome, found.message) == ("fail", "there is no segment with any text")


# --- findings ---


def test_findings_by_severity_check_and_both():
    pair = pair_of(
        scored("a", findings=[finding("number", "major")]),
        scored("b", findings=[finding("negation", "critical"), finding("number", "minor")]),
        scored("c", findings=[finding("learned", "critical"), finding("learned", "major")]),
    )
    counts = {
        key: ruling(pair, findings={key: 9}).value
        for key in ("critical", "major", "number", "number major", "major number", "learned", "learned major", "name")
    }
    assert counts == {
        "critical": 1,
        "major": 1,
        "number": 2,
        "number major": 1,
        "major number": 1,
        "learned": 2,
        "learned major": 1,
        "name": 0,
    }


def test_findings_at_and_over_the_limit():
    pair = pair_of(*[scored(f"{i}", findings=[finding("number", "major")] * i) for i in range(3)])
    assert ruling(pair, findings={"major": 3}).outcome == "pass"
    found = ruling(pair, findings={"major": 2})
    assert (found.outcome, found.value) == ("fail", 3)
    assert found.message == "3 major findings; 2 are allowed: number 3, in 2 segments"
    assert [(cause.segment, cause.effect) for cause in found.causes] == [(2, 2.0), (1, 1.0)]


def test_findings_most_severe_first():
    pair = pair_of(
        scored("a", findings=[finding("number", "minor")] * 5),
        scored("b", findings=[finding("number", "critical")]),
    )
    assert [cause.segment for cause in ruling(pair, findings={"number": 0}).causes] == [1, 0]


def test_findings_of_unchanged_segments_count():
    old = scored("old", findings=[finding()], is_scored=False, is_changed=False)
    assert ruling(pair_of(scored(), old), findings={"critical": 0}).outcome == "fail"


# --- coverage ---


def test_coverage_at_and_under_the_limit():
    pair = pair_of(*[scored(f"{i}", accuracy=None if i < 1 else 0.0) for i in range(20)])
    assert ruling(pair, coverage=0.95).outcome == "pass"
    found = ruling(pair, coverage=0.951)
    assert (found.outcome, found.value, found.causes[0].segment) == ("fail", 0.95, 0)
    assert found.causes[0].effect == pytest.approx(1 - 0.95)
    assert found.message == "19 of 20 segments could be scored, 95.0%, under 95.1%"


def test_coverage_counts_changed_segments_only():
    old = scored("old", is_scored=False, is_changed=False)
    lost = scored("lost", is_scored=False, is_changed=True)
    assert ruling(pair_of(scored(), old), coverage=1.0).value == 1.0
    assert ruling(pair_of(scored(), old, lost), coverage=1.0).value == 0.5
    assert ruling(pair_of(old), coverage=1.0).outcome == "pass"


def test_coverage_blank_on_all_sides_is_nothing_to_score():
    assert ruling(pair_of(scored(), scored("", " ", words=0)), coverage=1.0).value == 1.0
    assert ruling(pair_of(scored("", " ", words=0)), coverage=0.5).outcome == "fail"
    assert ruling(pair_of(), coverage=0.0).outcome == "fail"


def test_absolute_gives_a_ruling_for_each_rule():
    wanted = Rules(
        minimum={"quality": 1, "adequacy": 1}, maximum={"ter": 90}, worst_segment={"quality": 1}, findings={"major": 9}
    )
    names = [found.rule for found in rules.absolute(BAD, wanted, values_of(BAD))]
    assert names == [
        "minimum.quality",
        "minimum.adequacy",
        "maximum.ter",
        "worst_segment.quality",
        "findings.major",
        "coverage",
    ]


# --- numbers in sentences ---


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (71.31, 80, ("71.3", "80.0")),
        (79.96, 80, ("79.96", "80.00")),
        (79.999996, 80, ("79.999996", "80.000000")),
        (80.31, 80.25, ("80.31", "80.25")),
        (80, 80, ("80.0", "80.0")),
        (math.nextafter(80, 0), 80, ("79.99999999999999", "80")),
        (-0.0, 1, ("0.0", "1.0")),
    ],
)
def test_apart_shows_on_which_side_a_value_lies(value, limit, shown):
    assert apart(value, limit) == shown


def test_signed_and_whole():
    assert [signed(each) for each in (0.12, -2, 0, -0.01)] == ["+0.1", "-2.0", "0.0", "0.0"]
    assert [whole(each) for each in (5.0, 2.5, 0)] == ["5", "2.5", "0"]
