"""Intervals, tests, groups and averages of agreement."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from test_correlation import drawn_rows

from scorer import agreement
from scorer.agreement import STATISTICS, Scores, Settings, evaluate, two_sided_p

QUICK = Settings(n_resamples=200, n_permutations=200)


def scores(n_items=40, n_systems=5, seed=0, *, languages="en-de", named=True, **metrics) -> Scores:
    """Return made-up scores: a metric that agrees, one that agrees less, and whatever else is given."""
    human, good, item = drawn_rows(n_items, n_systems, seed)
    random = np.random.default_rng(seed + 100)
    system = np.tile(np.arange(n_systems), n_items)
    human = human + 0.3 * system
    good, poor = good + 0.3 * system, good + 3 * random.normal(size=len(good))
    names = tuple(f"s{i}" for i in range(n_systems)) if named else ()
    return Scores(languages, item, system, names, human, {"poor": poor, "good": good, **metrics})


def estimates(level, name):
    return {metric.name: metric.estimates[name] for metric in level.metrics}


def test_evaluate_gives_every_statistic_with_an_interval_round_it():
    (level,), average = evaluate([scores()], QUICK)
    assert average is None
    assert (level.n_rows, level.n_items, level.n_pairs, level.n_system_pairs) == (200, 40, 400, 10)
    for name in STATISTICS:
        for each in estimates(level, name).values():
            assert each.low <= each.high
            assert each.low - 0.2 <= each.value <= each.high + 0.2
    assert level.notes == ()


def test_better_metric_is_in_a_group_of_its_own_and_its_test_says_so():
    (level,), _ = evaluate([scores(200)], QUICK)
    found = estimates(level, "pearson")
    assert (found["good"].group, found["poor"].group) == (1, 2)
    test = next(test for test in level.tests if test.statistic == "pearson")
    assert (test.first, test.second) == ("poor", "good")
    assert test.difference == pytest.approx(found["poor"].value - found["good"].value)
    assert test.high < 0
    assert test.p == pytest.approx(2 / 201)


def test_metric_and_its_copy_are_in_one_group_with_p_1():
    whole = scores(60)
    (level,), _ = evaluate([dataclasses.replace(whole, metrics={"a": whole.human + 1, "b": whole.human * 2})], QUICK)
    for name in STATISTICS:
        assert {each.group for each in estimates(level, name).values()} == {1}
    assert {test.p for test in level.tests} == {1.0}


def test_people_agree_with_themselves_entirely():
    whole = scores(60)
    (level,), _ = evaluate([dataclasses.replace(whole, metrics={"human": whole.human})], QUICK)
    for name in STATISTICS:
        each = estimates(level, name)["human"]
        assert (each.value, each.low, each.high) == pytest.approx((1.0, 1.0, 1.0)), name


def test_average_is_that_of_language_pairs_and_is_surer_than_each():
    levels, average = evaluate([scores(100), scores(100, seed=1, languages="zh-en")], QUICK)
    for name in ("pearson", "accuracy"):
        values = [estimates(level, name)["good"] for level in levels]
        mean = estimates(average, name)["good"]
        assert mean.value == pytest.approx(np.mean([each.value for each in values]))
        assert mean.high - mean.low < max(each.high - each.low for each in values)
    assert average.n_rows == sum(level.n_rows for level in levels)


def test_average_of_a_metric_that_a_pair_lacks_is_undefined_and_said():
    other = scores(seed=1, languages="zh-en")
    other = dataclasses.replace(other, metrics={"good": other.metrics["good"]})
    _, average = evaluate([scores(), other], QUICK)
    assert [metric.name for metric in average.metrics] == ["good"]
    assert average.notes == ("no average, for not there in all language pairs: poor",)


def test_draws_of_a_language_pair_do_not_depend_on_the_others():
    alone, _ = evaluate([scores()], QUICK)
    together, _ = evaluate([scores(seed=1, languages="zh-en"), scores()], QUICK)
    assert together[1] == alone[0]


def test_seed_moves_intervals_and_nothing_else_but_permutations():
    (one,), _ = evaluate([scores()], QUICK)
    (other,), _ = evaluate([scores()], dataclasses.replace(QUICK, seed=1))
    assert estimates(one, "pearson")["good"].value == estimates(other, "pearson")["good"].value
    assert estimates(one, "pearson")["good"].low != estimates(other, "pearson")["good"].low


def test_one_translation_a_source_leaves_accuracies_undefined_and_says_why():
    (level,), _ = evaluate([scores(50, 1)], QUICK)
    assert estimates(level, "kendall")["good"].low is not None
    for name in ("accuracy", "system_accuracy", "soft_accuracy"):
        assert estimates(level, name)["good"] == agreement.Estimate(None)
    assert level.notes == ("no source has two translations: accuracies of translations and of systems are undefined",)


def test_unnamed_systems_leave_system_accuracies_undefined_and_says_why():
    (level,), _ = evaluate([scores(named=False)], QUICK)
    assert estimates(level, "accuracy")["good"].value is not None
    assert estimates(level, "system_accuracy")["good"].value is None
    assert level.notes == ("rows name no system: accuracies of systems are undefined",)


def test_few_sources_have_values_without_intervals_groups_and_tests():
    (level,), _ = evaluate([scores(9)], QUICK)
    found = estimates(level, "pearson")["good"]
    assert found.value is not None
    assert (found.low, found.high, found.group) == (None, None, None)
    assert level.tests == ()
    assert level.notes == ("too few sources for intervals and tests: 9, at least 10",)


def test_constant_metric_and_constant_people_are_said():
    whole = scores()
    (level,), _ = evaluate([dataclasses.replace(whole, metrics={"flat": np.ones(200)})], QUICK)
    assert estimates(level, "spearman")["flat"].value is None
    assert level.notes == ("all scores of flat are equal, so it correlates with nothing",)
    (level,), _ = evaluate([dataclasses.replace(whole, human=np.ones(200))], QUICK)
    assert "all human scores are equal, so nothing correlates with them" in level.notes


def test_too_many_pairs_of_translations_are_said(monkeypatch):
    monkeypatch.setattr(agreement.pairwise, "MAX_PAIRS", 399)
    (level,), _ = evaluate([scores()], QUICK)
    assert estimates(level, "accuracy")["good"].value is None
    assert level.notes == ("400 pairs of translations are more than the 399 that are compared",)


def test_coverage_of_intervals_is_near_what_they_say():
    # The correlation of (x, x + noise) is known; 95% intervals of 150 samples should hold it about that often.
    inside = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        human = random.normal(size=80)
        metric = human + random.normal(size=80)
        alone = Scores("en-de", np.arange(80), np.zeros(80, dtype=np.int64), (), human, {"m": metric})
        (level,), _ = evaluate([alone], Settings(seed=seed, n_resamples=300))
        kendall = estimates(level, "kendall")["m"]
        inside += kendall.low <= 0.5 <= kendall.high  # 2 / pi * asin(1 / sqrt(2))
    assert 0.89 <= inside / 150 <= 0.99


def test_two_sided_p_by_hand():
    assert two_sided_p(np.array([1.0, 2.0, 3.0])) == pytest.approx(2 / 4)
    assert two_sided_p(np.r_[np.ones(98), -1.0]) == pytest.approx(2 * 2 / 100)
    assert two_sided_p(np.zeros(9)) == 1.0
