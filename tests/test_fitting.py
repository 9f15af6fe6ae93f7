"""Curves and weights against scikit-learn and SciPy; recipes adapted to other judges; the check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import adaptation, combine, fit_check, fitting, words
from scorer.adaptation import WAYS, Rated, adapted, folds, held_out, judged
from scorer.combine import Prediction, Recipe, Term
from scorer.fitting import Column
from scorer.types import Finding, Segment

RISING = ((0.0, 0.0), (100.0, 100.0))
FALLING = ((0.0, 80.0), (100.0, 0.0))
KNOWN = Recipe(
    "stub",
    Prediction((Term("chrf", FALLING, 0.6), Term("ter", RISING, 0.4)), 0.0, RISING),
    Prediction((), 4.0, ((0.0, 0.0), (1000.0, 1000.0))),
    "ab" * 32,
)


def made(n=400, seed=0, factor=2.0, noise=2.0, unit="points"):
    """Rated rows whose people take off `factor` times what the known recipe expects, and some noise."""
    random = np.random.default_rng(seed)
    chrf, ter = random.uniform(20, 95, n), random.uniform(5, 80, n)
    columns = {"chrf": Column("chrf", chrf, True), "ter": Column("ter", ter, False)}
    words = random.integers(5, 40, n).astype(float)
    zeros = np.zeros(n)
    expected = fitting.predicted(KNOWN.adequacy, {"chrf": chrf, "ter": ter}, n)
    accuracy = np.maximum(0, factor * expected + random.normal(0, noise, n))
    rate = accuracy + 4.0
    human = rate * words / 100 if unit == "points" else adaptation.quality_of(rate)
    item = np.arange(n) // 4
    return Rated(
        columns, words, words, zeros, zeros, zeros, zeros, zeros.astype(bool), human, accuracy, zeros + 4.0, item, unit
    )


# Curves and weights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("increasing", [True, False])
@pytest.mark.parametrize("ties", [False, True])
def test_isotonic_agrees_with_scikit_learn(increasing, ties):
    from sklearn.isotonic import IsotonicRegression

    random = np.random.default_rng(1)
    x = random.normal(size=300).round(1 if ties else 9)
    y, weights = x * (1 if increasing else -1) + random.normal(size=300), random.uniform(0.5, 3, 300)
    theirs = IsotonicRegression(increasing=increasing).fit(x, y, sample_weight=weights)
    at, values = fitting.isotonic(x, y, weights, increasing=increasing)
    np.testing.assert_allclose(values, theirs.predict(at), atol=1e-9)


def test_isotonic_of_many_rows_is_quick():
    random = np.random.default_rng(1)
    _, values = fitting.isotonic(
        random.normal(size=100_000), random.normal(size=100_000), np.ones(100_000), increasing=True
    )
    assert (np.diff(values) >= 0).all()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 10_000))
def test_non_negative_least_squares_agrees_with_scipy(seed):
    from scipy.optimize import nnls

    random = np.random.default_rng(seed)
    design, y = random.normal(size=(30, 6)), random.normal(size=30)
    np.testing.assert_allclose(fitting.non_negative_least_squares(design, y), nnls(design, y)[0], atol=1e-7)


def test_non_negative_least_squares_of_twin_columns_and_zeros_ends():
    column = np.arange(10.0)
    design = np.column_stack([column, column, np.zeros(10), -column])
    weights = fitting.non_negative_least_squares(design, 3 * column)
    assert (weights >= 0).all()
    np.testing.assert_allclose(design @ weights, 3 * column, atol=1e-8)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0, 100)), min_size=1, max_size=60), st.booleans())
def test_curve_is_monotone_and_its_knots_rise(pairs, increasing):
    x, y = (np.array(column) for column in zip(*pairs, strict=True))
    for knots in (found := fitting.curve(x, y, np.ones(len(x)), increasing=increasing), fitting.thinned(found)):
        xs, ys = (np.array(column) for column in zip(*knots, strict=True))
        assert (np.diff(xs) > 0).all()
        assert (np.diff(ys) * (1 if increasing else -1) >= -1e-3).all()


def test_extended_keeps_the_known_curve_beyond_the_rows():
    knots = ((40.0, 12.0), (60.0, 6.0), (90.0, 1.0))
    found = fitting.extended(knots, ((0.0, 80.0), (30.0, 10.0), (50.0, 9.0), (100.0, 2.0)), increasing=False)
    assert found == ((0.0, 80.0), (30.0, 12.0), *knots, (100.0, 1.0))


def test_predicted_is_what_the_recipe_says_of_each_row():
    rated = made(50)
    values = {name: column.values for name, column in rated.columns.items()}
    one_by_one = [KNOWN.adequacy({name: v[i] for name, v in values.items()}) for i in range(50)]
    np.testing.assert_allclose(fitting.predicted(KNOWN.adequacy, values, 50), one_by_one)


def test_fit_prediction_finds_the_metric_that_tells():
    rated = made(600)
    columns = [*rated.columns.values(), Column("noise", np.random.default_rng(5).uniform(0, 1, 600), True)]
    found = fitting.fit_prediction(columns, rated.accuracy, rated.n_words)
    weights = {term.metric: term.weight for term in found.terms}
    assert weights.get("noise", 0) < 0.2 < weights["chrf"]
    values = {column.name: column.values for column in columns}
    assert np.corrcoef(fitting.predicted(found, values, 600), rated.accuracy)[0, 1] > 0.98


def test_as_json_is_what_combine_reads():
    assert combine._prediction(fitting.as_json(KNOWN.adequacy)) == KNOWN.adequacy


# Ways ----------------------------------------------------------------------------------------------------------------


def test_judged_is_the_penalty_of_each_segment():
    """The same arithmetic as `combine.penalty`, findings, copies of the reference and all."""
    findings = [[], [("adequacy", "minor")], [("adequacy", "critical")], [("fluency", "major")] * 3, []]
    texts = ["one two three four five"] * 4 + ["the very reference"]
    scores = [{"chrf": 30.0 + 10 * i, "ter": 50.0 - 5 * i} for i in range(5)]
    expected, lengths = [], []
    demanded = []
    for text, told, row in zip(texts, findings, scores, strict=True):
        found = [Finding("check", severity, dimension, 0, "") for dimension, severity in told]
        segment = Segment(0, "a source", text, ("the very reference",))
        penalty = combine.penalty(segment, row, found, KNOWN)
        expected.append(penalty.accuracy + penalty.fluency)
        lengths.append(penalty.n_words)
        demanded.append(combine.demands(found, penalty.n_words))
    rates = 100 * np.array(demanded) / np.array(lengths)[:, None, None]
    rated = Rated(
        {name: Column(name, np.array([row[name] for row in scores]), name == "chrf") for name in ("chrf", "ter")},
        np.array(lengths),
        np.array([words.count(text) for text in texts]),
        *(rates[:, part, kind] for kind in (0, 1) for part in (0, 1)),
        np.array([False] * 4 + [True]),
        *(np.zeros(5),) * 3,
        np.arange(5),
        "points",
    )
    np.testing.assert_allclose(judged((KNOWN.adequacy, KNOWN.fluency), rated), expected)


@pytest.mark.parametrize("unit", ["points", "quality"])
@pytest.mark.parametrize("way", WAYS)
def test_adapted_to_stricter_judges_errs_less_on_rows_it_has_not_seen(way, unit):
    rows, fresh = made(unit=unit), made(seed=1, unit=unit)
    before, after = (
        np.mean((judged(parts, fresh) - fresh.human) ** 2)
        for parts in ((KNOWN.adequacy, KNOWN.fluency), adapted(KNOWN, rows, way))
    )
    assert after < before / 2


@pytest.mark.parametrize("way", WAYS)
def test_adapted_worse_scores_never_cost_less(way):
    accuracy, _ = adapted(KNOWN, made(factor=1.3), way)
    chrf, ter = np.linspace(0, 100, 201), np.linspace(100, 0, 201)
    points = fitting.predicted(accuracy, {"chrf": chrf, "ter": ter}, 201)
    assert (np.diff(points) <= 1e-9).all()
    assert points[0] > points[30]  # what is worse than all rows costs more than the worst of them


def test_adapted_to_rows_that_are_all_copies_is_as_known():
    rated = replace(made(20), is_copy=np.ones(20, dtype=bool))
    assert adapted(KNOWN, rated, "all") == (KNOWN.adequacy, KNOWN.fluency)


def test_folds_keep_a_source_together_and_judge_each_row_once():
    item = np.repeat(np.arange(23), 3)
    seen = np.zeros(len(item))
    for kept, out in folds(item, 5, seed=1):
        assert not set(item[kept]) & set(item[out])
        assert kept.sum() + out.sum() == len(item)
        seen += out
    assert (seen == 1).all()


# The check -----------------------------------------------------------------------------------------------------------


def check(rated, seed=1):
    shipped = judged((KNOWN.adequacy, KNOWN.fluency), rated)
    return fit_check.figures(rated, shipped, held_out(KNOWN, rated, 5, seed), n_resamples=200, seed=seed)


def test_check_of_stricter_judges_is_won():
    found = check(made())
    assert fit_check.beats(found)
    assert {figure.name for figure in found} == set(fit_check.FIGURES)


@pytest.mark.parametrize("seed", range(5))
def test_check_of_judges_that_the_known_recipe_fits_is_not_won(seed):
    assert not fit_check.beats(check(made(seed=seed, factor=1.0), seed))


def test_check_of_random_scores_does_not_leak():
    """Scores that have nothing to do with the texts: a fit that saw its own rows would correlate with them."""
    random = np.random.default_rng(3)
    human = random.exponential(3, 400)
    rated = made()
    rate = 100 * human / rated.n_words
    rated = replace(rated, human=human, accuracy=rate / 2, fluency=rate / 2)
    scores = held_out(KNOWN, rated, 5, 1)
    assert abs(np.corrcoef(scores / rated.n_words, human / rated.n_words)[0, 1]) < 0.15


def test_check_without_repeated_sources_has_no_accuracy_within_them():
    rated = replace(made(200), item=np.arange(200))
    assert "accuracy" not in {figure.name for figure in check(rated)}


def test_figures_are_the_plain_ones():
    from scipy import stats

    rated = made(200)
    shipped = judged((KNOWN.adequacy, KNOWN.fluency), rated)
    found = {each.name: each for each in fit_check.figures(rated, shipped, rated.human, n_resamples=50, seed=1)}
    assert found["pearson"].shipped[0] == pytest.approx(stats.pearsonr(shipped, rated.human)[0])
    assert found["kendall"].shipped[0] == pytest.approx(stats.kendalltau(shipped, rated.human)[0])
    assert found["mean absolute error"].shipped[0] == pytest.approx(np.abs(shipped - rated.human).mean())
    assert found["root mean squared error"].fitted == (0, 0, 0)
    value, low, high = found["mean absolute error"].difference
    assert low < value < high < 0


def test_beats_needs_a_smaller_error_and_nothing_worse():
    better = fit_check.Figure("mean absolute error", (2, 1, 3), (1, 0.5, 2), (-1, -1.5, -0.5))
    worse = fit_check.Figure("kendall", (0.4, 0.3, 0.5), (0.3, 0.2, 0.4), (-0.1, -0.15, -0.05))
    unsure = fit_check.Figure("kendall", (0.4, 0.3, 0.5), (0.4, 0.3, 0.5), (0.0, -0.05, 0.05))
    assert fit_check.beats((better, unsure))
    assert not fit_check.beats((better, worse))
    assert not fit_check.beats((unsure,))
