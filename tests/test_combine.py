from __future__ import annotations

import itertools
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import combine, metrics, words
from scorer.combine import CRITICAL_RATE, DIMENSION, MISSING_RATE, Penalty, Prediction, Recipe, Term
from scorer.errors import ModelError
from scorer.types import Finding, Segment

RISING = ((0.0, 0.0), (1000.0, 1000.0))
FALLING = ((0.0, 80.0), (100.0, 0.0))
RECIPE = Recipe("stub", Prediction((Term("chrf", FALLING, 1.0),), 0.0, RISING), Prediction((), 4.0, RISING), "ab" * 32)
TEN = "one two three four five six seven eight nine ten"
SHIPPED = [f"{preset}/{available}" for preset in ("standard", "fast") for available in ("source", "reference", "both")]


def finding(severity, dimension="adequacy"):
    return Finding("check", severity, dimension, 0, "what")


def segment(hypothesis=TEN, reference=f"{TEN} or so"):
    return Segment(0, None, hypothesis, (reference,))


def value(penalty, dimension):
    row = penalty.row(dimension)
    return None if row is None else DIMENSION.finish(row)


@pytest.mark.parametrize(
    ("points", "n_words", "expected"),
    [
        # The definition: 100 · exp(-points per 100 words / 25).
        (0, 10, 100),
        (1, 38, 90),
        (1, 11, 70),
        (5, 56, 70),
        (5, 29, 50),
        (5, 17, 30),
        (0, 0, None),
    ],
)
def test_dimension_of_points_and_words_is_as_documented(points, n_words, expected):
    found = DIMENSION.finish((points, n_words))
    assert found == (None if expected is None else pytest.approx(expected, abs=1.0))


@settings(deadline=None, derandomize=True)
@given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0.5, 1e5))
def test_dimension_more_points_never_score_higher_and_stay_in_bounds(points, more, n_words):
    fewer, most = DIMENSION.finish((points, n_words)), DIMENSION.finish((points + more, n_words))
    assert 0 <= most <= fewer <= 100


def test_dimension_finish_many_equals_finish_of_each_row():
    rows = np.array([(0, 10), (3.5, 20), (100, 1), (0, 0), (2, 0)], float)
    found = DIMENSION.finish_many(rows)
    for row, each in zip(rows, found, strict=True):
        one = DIMENSION.finish(tuple(row))
        assert math.isnan(each) if one is None else each == pytest.approx(one)


@pytest.mark.parametrize(("n_words", "expected"), [(0, 0.0), (1, 24 / 101), (5, 4.8), (10, 12.0), (30, 21.6)])
def test_steadied_what_is_said_of_a_few_words_is_hardly_heard(n_words, expected):
    assert combine.steadied("learned_fluency", 24.0, float(n_words)) == pytest.approx(expected)
    assert combine.steadied("chrf", 24.0, float(n_words)) == 24.0
    many = combine.steadied("oddity", np.array([24.0, 24.0]), np.array([5.0, 30.0]))
    np.testing.assert_allclose(many, [4.8, 21.6])


def test_penalty_reads_the_learned_metrics_as_steadied():
    recipe = Recipe(
        "stub", Prediction((Term("learned_accuracy", RISING, 1.0),), 0.0, RISING),
        Prediction((Term("oddity", RISING, 1.0),), 0.0, RISING), "ab" * 32,
    )  # fmt: skip
    for n_words in (3, 30):
        text = " ".join(["word"] * n_words)
        found = combine.penalty(segment(text), {"learned_accuracy": 26.0, "oddity": 13.0}, [], recipe)
        rate = [100 * points / found.n_words for points in (found.accuracy, found.fluency)]
        assert rate == pytest.approx([26 * n_words**2 / (n_words**2 + 100), 13 * n_words**2 / (n_words**2 + 100)])


@pytest.mark.parametrize(("x", "expected"), [(-5, 80), (0, 80), (50, 40), (100, 0), (1e9, 0)])
def test_bend_is_the_line_between_knots_and_constant_beyond(x, expected):
    assert combine.bend(x, FALLING) == expected


def test_prediction_undefined_metric_is_undefined():
    prediction = Prediction((Term("chrf", FALLING, 0.5), Term("ter", RISING, 0.5)), 1.0, RISING)
    assert prediction({"chrf": 50, "ter": 10}) == pytest.approx(26)
    assert prediction({"chrf": 50, "ter": None}) is None
    assert prediction({"chrf": 50}) is None


def test_penalty_undefined_metric_leaves_its_dimension_and_quality_undefined():
    found = combine.penalty(segment(), {"chrf": None}, [], RECIPE)
    assert found.row("adequacy") is None
    assert found.row("quality") is None
    assert value(found, "fluency") == pytest.approx(100 * math.exp(-4 / 25))


def test_penalty_without_findings_is_what_the_recipe_expects():
    found = combine.penalty(segment(), {"chrf": 75.0}, [], RECIPE)
    assert found.accuracy == pytest.approx(2.2)  # 20 points in 100 words; these are 10 beside 12
    assert found.fluency == pytest.approx(0.44)
    assert (found.n_words, found.n_words_read) == (11, 11)
    assert found.row("quality") == (pytest.approx(2.64), 11)


@pytest.mark.parametrize("dimension", ["adequacy", "fluency"])
@pytest.mark.parametrize("n_words", [1, 10, 400])
def test_penalty_critical_finding_caps_its_dimension_at_20(dimension, n_words):
    text = " ".join(["word"] * n_words)
    found = combine.penalty(segment(text, text), {"chrf": 100.0}, [finding("critical", dimension)], RECIPE)
    other = "fluency" if dimension == "adequacy" else "adequacy"
    assert value(found, dimension) <= 100 * math.exp(-CRITICAL_RATE / 25) <= 20.2
    assert value(found, "quality") <= value(found, dimension)
    assert value(found, other) > 80


def test_penalty_findings_cost_their_points_and_a_part_of_what_the_recipe_expects():
    major = combine.penalty(segment(), {"chrf": 100.0}, [finding("major")], RECIPE)
    two = combine.penalty(segment(), {"chrf": 100.0}, [finding("major"), finding("minor")], RECIPE)
    assert major.accuracy == 5
    assert two.accuracy == 6
    expected = combine.penalty(segment(), {"chrf": 0.0}, [finding("major")], RECIPE)
    # 80 in 100 words: the recipe expects 8.8, which holds a part of the error that was found.
    assert expected.accuracy == pytest.approx((8.8**3 + 5**3) ** (1 / 3))
    assert 8.8 < expected.accuracy < 8.8 + 5


def test_penalty_recipe_that_expects_less_than_nothing_expects_nothing():
    below = replace(RECIPE, adequacy=Prediction((), -3.0, ((-10.0, -10.0), (10.0, 10.0))))
    assert combine.penalty(segment(), {"chrf": 50.0}, [], below).accuracy == 0
    assert combine.penalty(segment(), {"chrf": 50.0}, [finding("minor")], below).accuracy == 1


@pytest.mark.parametrize(("expected", "found", "points"), [(0, 0, 0), (0, 6, 6), (2.5, 0, 2.5), (3, 4, 91 ** (1 / 3))])
def test_together_is_a_norm(expected, found, points):
    assert combine.together(expected, found) == pytest.approx(points, rel=1e-12)
    assert combine.together(found, expected) == pytest.approx(points, rel=1e-12)


@settings(deadline=None, derandomize=True)
@given(st.floats(0, 100), st.lists(st.sampled_from(["minor", "major", "critical"]), max_size=6))
def test_penalty_one_more_finding_always_scores_lower(chrf, severities):
    findings = [finding(severity) for severity in severities]
    costs = [
        combine.penalty(segment(), {"chrf": chrf}, findings[:n], RECIPE).accuracy for n in range(len(findings) + 1)
    ]
    assert all(fewer < more for fewer, more in pairwise(costs))


@pytest.mark.parametrize(
    ("source", "hypothesis", "references", "expected"),
    [
        (None, TEN, (), 10),
        ("one two three four", TEN, (), 7),
        ("one two three four", TEN, ("one two",), 6),  # references are in the hypothesis's language
        (None, TEN, ("one two", "one two three four"), 6.5),
        ("one two three four", " ", (), 4),
        (None, "", ("one two", "one two three four"), 3),
        ("", TEN, (), 10),
        ("one two three four", "", (" ",), 4),
        ("one two three four", TEN, ("", "one two"), 6),
        (" ", TEN, ("\n",), 10),
        ("...", TEN, ("!",), 5.5),  # a mark alone counts as a word
        ("", "", (), 0),
    ],
)
def test_length_is_the_mean_of_both_sides_and_the_one_that_has_words(source, hypothesis, references, expected):
    assert combine.length(Segment(0, source, hypothesis, references)) == expected


def test_penalty_of_parts_is_that_of_the_whole():
    halves = [Segment(0, None, "a b c d", ("a b",)), Segment(1, None, "e f", ("c d e f",))]
    whole = Segment(0, None, "a b c d e f", ("a b c d e f",))
    whole = replace(whole, hypothesis="a b c d e g")  # not the reference itself
    rows = [combine.penalty(each, {"chrf": 75.0}, [], RECIPE).row("quality") for each in (*halves, whole)]
    assert rows[0][0] + rows[1][0] == pytest.approx(rows[2][0])
    assert rows[0][1] + rows[1][1] == rows[2][1] == 6


def test_penalty_omission_beside_a_blank_reference_is_an_omission():
    found = combine.penalty(Segment(0, TEN, "", ("",)), {"chrf": 0.0}, [], RECIPE)
    assert found.row("quality") == (MISSING_RATE * 10 / 100, 10)


def test_penalty_omission_and_addition_leave_nearly_nothing():
    omitted = combine.penalty(segment("", TEN), {"chrf": 0.0}, [], RECIPE)
    added = combine.penalty(segment(TEN, ""), {"chrf": 0.0}, [], RECIPE)
    for found in (omitted, added):
        assert found.accuracy == MISSING_RATE * 10 / 100
        assert value(found, "adequacy") < 2
    assert value(omitted, "fluency") is None  # what is not there reads neither well nor badly
    assert value(added, "fluency") > 80


def test_penalty_of_a_paragraph_is_about_that_of_its_sentences():
    sentences = [
        "The valve is open.",
        "Close it before you start the pump again.",
        "Then wait for ten minutes, at least.",
    ]
    scores = {"chrf": 70.0}
    apart = [combine.penalty(segment(each, each), scores, [], RECIPE) for each in sentences]
    together = combine.penalty(segment(" ".join(sentences), " ".join(sentences)), scores, [], RECIPE)
    for dimension in ("adequacy", "fluency", "quality"):
        rows = [each.row(dimension) for each in apart]
        total = tuple(math.fsum(column) for column in zip(*rows, strict=True))
        assert DIMENSION.finish(total) == pytest.approx(value(together, dimension), abs=1e-6)


def test_penalty_unspaced_script_counts_words_as_a_spaced_one():
    english = combine.penalty(segment("The meeting was put off until Friday morning."), {"chrf": 70.0}, [], RECIPE)
    chinese = combine.penalty(segment("会议被推迟到了星期五上午。"), {"chrf": 70.0}, [], RECIPE)
    assert chinese.accuracy == pytest.approx(english.accuracy, rel=0.2)


def test_row_of_quality_is_the_sum_of_its_parts():
    assert Penalty(1.0, 2.0, 10, 8).row("quality") == (3.0, 10)
    assert Penalty(1.0, 2.0, 10, 8).row("fluency") == (2.0, 8)
    assert Penalty(None, 2.0, 10, 8).row("quality") is None


@pytest.mark.parametrize("name", SHIPPED)
def test_recipe_shipped_reads_known_metrics_and_is_monotone(name):
    preset, available = name.split("/")
    recipe = combine.recipe(preset, available)
    assert recipe.signature().startswith(f"recipe:{name}|sha256:")
    for term in itertools.chain(recipe.adequacy.terms, recipe.fluency.terms):
        metric = metrics.registry.create(term.metric)
        xs, ys = zip(*term.knots, strict=True)
        assert list(xs) == sorted(xs)
        assert list(ys) == sorted(ys, reverse=metric.higher_is_better)
        assert term.weight >= 0
        assert preset == "standard" or not getattr(getattr(metric, "func", metric), "needs_encoder", False)
    for prediction in (recipe.adequacy, recipe.fluency):
        xs, ys = zip(*prediction.knots, strict=True)
        assert list(xs) == sorted(xs)
        assert list(ys) == sorted(ys)
        assert min(ys) >= 0


@pytest.mark.parametrize("name", SHIPPED)
def test_recipe_shipped_better_metrics_never_expect_more_points(name):
    recipe = combine.recipe(*name.split("/"))
    better = {each: metrics.registry.create(each).higher_is_better for each in recipe.metrics}
    for prediction in (recipe.adequacy, recipe.fluency):
        expected = [
            prediction({each: share if up else 100 - share for each, up in better.items()})
            for share in range(0, 101, 5)
        ]
        assert expected == sorted(expected, reverse=True)
        assert all(0 <= points <= 1000 for points in expected)


def test_recipe_unknown_says_what_to_do():
    with pytest.raises(ModelError, match="no recipe 'fast/neither'; reinstall"):
        combine.recipe("fast", "neither")


def test_words_and_penalties_agree_on_what_is_blank():
    assert words.count(" \n") == 0
    assert combine.penalty(segment(" ", " "), {"chrf": None}, [], RECIPE).row("adequacy") is None


def test_penalty_hypothesis_is_its_reference_keeps_all_meaning():
    segment = Segment(0, None, "Der Hund schläft im Garten.", ("Der Hund schläft im Garten.",))
    recipe = combine.recipe("fast", "reference")
    scores = dict.fromkeys(recipe.metrics, 50.0)
    assert combine.penalty(segment, scores, (), recipe).accuracy == 0.0
    other = Segment(0, None, "Der Hund schläft im Haus.", segment.references)
    assert combine.penalty(other, scores, (), recipe).accuracy > 0.0
