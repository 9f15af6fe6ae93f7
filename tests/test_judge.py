from __future__ import annotations

import pytest

from scorer import judge, plan
from scorer.plan import Settings
from scorer.types import Languages, Segment

FAST = Settings(preset="fast", n_resamples=100)
PAIR = Languages("de", "en")


def segments():
    return [
        Segment(7, "Das Gerät ist nicht neu.", "The device is new.", ("The device is not new.",), PAIR, place="b:8"),
        Segment(9, "Es regnet.", "", ("It is raining.",), PAIR),
        Segment(11, "Er kam 1987.", "He came in 1978.", ("He came in 1987.",), PAIR, system="x"),
    ]


@pytest.fixture(scope="module")
def judged():
    return judge.judge(segments(), plan.plan(FAST, "both", "en", 1))


def test_judge_parts_are_in_the_segments_order(judged):
    assert [segment.index for segment in judged.segments] == [7, 9, 11]
    assert len(judged.scores) == len(judged.findings) == len(judged.penalties) == 3
    assert all(
        finding.index == segment.index
        for segment, found in zip(judged.segments, judged.findings, strict=True)
        for finding in found
    )
    assert "negation" in {finding.check for finding in judged.findings[0]}
    assert "number" in {finding.check for finding in judged.findings[2]}


def test_judge_omission_is_found_and_costs_nearly_all(judged):
    assert [finding.check for finding in judged.findings[1]] == ["omission"]
    report = judge.segment_reports(judged)[1]
    assert report.adequacy < 5
    assert report.fluency is None
    assert report.quality < 5


def test_judge_batch_size_changes_nothing(judged):
    again = judge.judge(segments(), judged.plan, batch_size=1)
    assert again.penalties == judged.penalties
    assert again.scores == judged.scores


def test_segment_reports_carry_points_and_shown_metrics(judged):
    reports = judge.segment_reports(judged)
    first = reports[0]
    assert first.place == "b:8"
    assert reports[2].system == "x"
    assert first.metrics["mqm"] == pytest.approx(first.metrics["mqm_accuracy"] + first.metrics["mqm_fluency"])
    assert {metric.name for metric in judged.plan.shown} < first.metrics.keys()
    assert first.differs == ((), ((14, 17),))  # "not"
    assert 0 <= first.quality <= min(first.adequacy, first.fluency)


def test_dimensions_of_few_segments_have_no_interval(judged):
    found = judge.dimensions(judged.penalties, FAST)
    assert found["adequacy"].n == 3
    assert found["fluency"].n == 2
    assert found["adequacy"].low is None


def test_dimensions_of_enough_segments_have_an_interval_around_them(judged):
    found = judge.dimensions(judged.penalties * 5, FAST)["adequacy"]
    assert found.low < found.value < found.high


def test_dimension_without_a_row_is_undefined():
    assert judge.dimension([None, (0.0, 0.0)], FAST).value is None


def test_metric_score_counts_what_was_skipped():
    mixed = [*segments(), Segment(12, "Nur Quelle.", "Source only.", (), PAIR)]
    scored = judge.scores(judge.judge(mixed, plan.plan(FAST, "both", "en", None)), FAST)
    chrf = next(score for score in scored if score.name == "chrf")
    assert (chrf.n_scored, chrf.n_skipped) == (3, 1)


SHORT = [
    ("de-en", "Ihre Bestellung wurde versandt.", "Your order has been shipped.", "Order your been has ship."),
    ("de-en", "Sie hat ihre Schlüssel verloren.", "She lost her keys.", "Keys she her lost the."),
    ("en-de", "Thank you very much.", "Vielen Dank.", "Vielem Dankes der."),
    ("en-fr", "Please close the door.", "Veuillez fermer la porte.", "Porte la fermer veuillez le."),
    ("en-es", "The meeting starts at nine.", "La reunión empieza a las nueve.", "Nueve a empieza el reunión los."),
    ("en-ru", "The weather is nice today.", "Сегодня хорошая погода.", "Погода сегодня хороших быть."),
    ("en-zh", "We will come tomorrow.", "我们明天来。", "来天明我们的。"),
]


@pytest.mark.parametrize(("pair", "source", "sound", "broken"), SHORT)
def test_judge_a_short_text_is_not_bad_for_being_short(pair, source, sound, broken):
    languages = Languages(*pair.split("-"))
    both = [Segment(i, source, text, (), languages) for i, text in enumerate((sound, broken))]
    good, bad = judge.segment_reports(judge.judge(both, plan.plan(Settings(), "source", languages.hypothesis, 0)))
    assert good.fluency > 70
    assert good.quality > 50
    assert bad.fluency < good.fluency - 5  # of four or five words little is heard
    assert bad.quality < good.quality - 10
