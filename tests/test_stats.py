import logging
import math
import random
import time

import numpy as np
import pytest
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from scorer import metrics, resampling, stats
from scorer.errors import UsageError
from scorer.types import Segment


class Mean:
    """A mean, with the slow way only."""

    def finish(self, row):
        total, n = row
        return total / n if n else None


class QuickMean(Mean):
    def finish_many(self, sums):
        with np.errstate(invalid="ignore"):
            return sums[:, 0] / sums[:, 1]


def values(n, mean=0.0, seed=0, spread=1.0):
    drawn = np.random.default_rng(seed).normal(mean, spread, n)
    return np.stack([drawn, np.ones(n)], axis=1)


@pytest.fixture(scope="module")
def translations():
    """Two systems' translations of 150 sentences, the second a little worse, and the reference."""
    chance = random.Random(3)
    words = [f"w{i}" for i in range(60)]
    references = [[chance.choice(words) for _ in range(chance.randrange(4, 25))] for _ in range(150)]

    def system(rate):
        return [
            " ".join(chance.choice(words) if chance.random() < rate else word for word in reference)
            for reference in references
        ]

    return system(0.2), system(0.225), [" ".join(reference) for reference in references]


def rows_of(metric, hypotheses, references):
    return metric.measure(
        [Segment(i, None, h, (r,)) for i, (h, r) in enumerate(zip(hypotheses, references, strict=True))]
    )


# --- intervals ---


def test_bootstrap_of_a_mean_has_its_standard_error():
    rows = values(400)
    interval = stats.bootstrap(rows, QuickMean(), n_resamples=4_000)
    error = rows[:, 0].std() / 20
    assert interval.low == pytest.approx(rows[:, 0].mean() - 1.96 * error, abs=0.15 * error)
    assert interval.high == pytest.approx(rows[:, 0].mean() + 1.96 * error, abs=0.15 * error)


def test_bootstrap_covers_the_truth_as_often_as_it_says():
    hits = 0
    for seed in range(200):
        interval = stats.bootstrap(values(60, seed=seed), QuickMean(), n_resamples=300, confidence=0.8)
        hits += interval.low <= 0 <= interval.high
    assert 0.70 <= hits / 200 <= 0.88  # 0.8 less a little for 60 segments, with four standard errors of the count


def test_bootstrap_wider_confidence_has_wider_interval():
    narrow, wide = (stats.bootstrap(values(50), QuickMean(), confidence=confidence) for confidence in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_bootstrap_order_of_segments_changes_nothing():
    rows = values(200)
    shuffled = np.random.default_rng(1).permutation(rows)
    assert stats.bootstrap(shuffled, QuickMean()) == stats.bootstrap(rows, QuickMean())


def test_bootstrap_chunks_change_no_digit(monkeypatch):
    whole = stats.bootstrap(values(200), QuickMean())
    monkeypatch.setattr(resampling, "_DRAWS", 1_000)
    assert stats.bootstrap(values(200), QuickMean()) == whole


def test_tables_sums_are_exact_in_any_order():
    rows = values(5_000, spread=1e6)
    (table,) = resampling.tables([rows])
    assert table.sum(axis=0).tolist() == table[::-1].cumsum(axis=0)[-1].tolist() == [*map(math.fsum, table.T)]
    assert rows.sum(axis=0).tolist() != rows[::-1].cumsum(axis=0)[-1].tolist()  # as they came, they are not
    np.testing.assert_allclose(table, rows, rtol=0, atol=1e-5)
    assert (resampling.tables([np.rint(rows)])[0] == np.rint(rows)).all()  # counts stay as they are


def test_bootstrap_with_and_without_finish_many_is_the_same():
    assert stats.bootstrap(values(30), Mean()) == stats.bootstrap(values(30), QuickMean())
    assert stats.bootstrap(values(30), Mean().finish) == stats.bootstrap(values(30), QuickMean())


def test_bootstrap_same_seed_same_interval_other_seed_other():
    rows = values(50)
    assert stats.bootstrap(rows, Mean(), seed=1) == stats.bootstrap(rows, Mean(), seed=1)
    assert stats.bootstrap(rows, Mean(), seed=1) != stats.bootstrap(rows, Mean(), seed=2)


def test_bootstrap_missing_and_empty_rows_are_left_out():
    rows = [tuple(row) for row in values(20).tolist()]
    assert stats.bootstrap([None, *rows[:9], (0.0, 0.0), *rows[9:], None], Mean()) == stats.bootstrap(rows, Mean())


@pytest.mark.parametrize("n", [0, 1, stats.MINIMUM_SEGMENTS - 1])
def test_bootstrap_too_few_segments_has_no_interval(n):
    assert stats.bootstrap(values(n), Mean()) is None
    assert stats.bootstrap([None] * 50, Mean()) is None


def test_bootstrap_mostly_undefined_has_no_interval():
    # One segment of 20 decides whether there is a score: 36% of resamples do without it.
    rows = np.array([[1.0, 1.0, 0.0]] + [[0.0, 0.0, 1.0]] * 19)
    assert stats.bootstrap(rows, lambda row: row[0] / row[1] if row[1] else None) is None


def test_bootstrap_rarely_undefined_never_gives_nan():
    rows = np.array([[float(i % 2), 1.0, 0.0] for i in range(5)] + [[0.0, 0.0, 1.0]] * 15)
    interval = stats.bootstrap(rows, lambda row: row[0] / row[1] if row[1] else None, confidence=0.9)
    assert 0 <= interval.low <= interval.high <= 1


@pytest.mark.parametrize("finish", [lambda row: math.nan, lambda row: math.inf, lambda row: None])
def test_bootstrap_no_finite_score_has_no_interval(finish):
    assert stats.bootstrap(values(20), finish) is None
    assert stats.paired_bootstrap(values(20), values(20, seed=1), finish).difference is None


@pytest.mark.parametrize("setting", [{"seed": -1}, {"n_resamples": 0}, {"confidence": 1.0}, {"confidence": math.nan}])
def test_all_impossible_settings_raise(setting):
    rows = values(20)
    for test in (stats.paired_bootstrap, stats.approximate_randomization, stats.minimum_detectable):
        with pytest.raises(UsageError):
            test(rows, rows, Mean(), **setting)
    with pytest.raises(UsageError):
        stats.bootstrap(rows, Mean(), **setting)
    with pytest.raises(UsageError):
        stats.groups({"a": rows}, Mean(), higher_is_better=True, **setting)


def test_paired_different_numbers_of_segments_raise():
    with pytest.raises(ValueError, match=r"different numbers of segments: \[20, 21\]"):
        stats.paired_bootstrap(values(20), values(21), Mean())


def test_bootstrap_not_a_number_in_a_row_raises():
    with pytest.raises(ValueError, match="not a finite number"):
        stats.bootstrap([(math.nan, 1.0)] * 20, Mean())


# --- paired tests ---

TESTS = [stats.paired_bootstrap, stats.approximate_randomization]


@pytest.mark.parametrize("test", TESTS)
def test_paired_few_segments_have_no_p_and_say_so(test):
    found = test(values(1), values(1, mean=5), Mean())
    assert (found.p, found.interval) == (None, None)
    assert found.difference is not None
    assert found.reason == "too few segments: 1, at least 10"


@pytest.mark.parametrize("test", TESTS)
def test_paired_equal_systems_have_p_1(test):
    found = test(values(40), values(40), QuickMean())
    assert (found.difference, found.p, found.interval) == (0.0, 1.0, stats.Interval(0.0, 0.0))


@pytest.mark.parametrize("test", TESTS)
def test_paired_one_different_segment_of_many_is_chance(test):
    rows = values(1_000)
    other = rows.copy()
    other[17, 0] += 3
    assert test(other, rows, QuickMean()).p > 0.05


@pytest.mark.parametrize("test", TESTS)
def test_paired_clear_difference_is_none(test):
    found = test(values(100, mean=1, seed=1), values(100), QuickMean())
    assert found.p < 0.01
    assert found.interval.low > 0
    assert found.n_segments == 100


@pytest.mark.parametrize("test", TESTS)
def test_paired_exchanged_systems_only_change_the_sign(test):
    a, b = values(60, seed=1), values(60, seed=2)
    forth, back = test(a, b, QuickMean()), test(b, a, QuickMean())
    assert back.difference == -forth.difference
    assert back.p == forth.p
    assert (back.interval.low, back.interval.high) == pytest.approx((-forth.interval.high, -forth.interval.low))


@pytest.mark.parametrize("test", TESTS)
def test_paired_order_of_segments_changes_nothing(test):
    a, b = values(60, seed=1), values(60, seed=2)
    order = np.random.default_rng(0).permutation(60)
    assert test(a[order], b[order], QuickMean()) == test(a, b, QuickMean())


@pytest.mark.parametrize("test", TESTS)
def test_paired_segments_that_one_system_lacks_are_left_out(test):
    a, b = ([tuple(row) for row in values(30, seed=seed).tolist()] for seed in (1, 2))
    found = test([None, *a], [(9.0, 1.0), *b], Mean(), n_resamples=100)
    assert found == test(a, b, Mean(), n_resamples=100)


def test_randomization_under_the_null_rejects_as_often_as_it_says():
    rejected = 0
    for seed in range(200):
        found = stats.approximate_randomization(
            values(50, seed=2 * seed), values(50, seed=2 * seed + 1), QuickMean(), n_trials=400, n_resamples=50
        )
        rejected += found.p <= 0.1
    assert 0.03 <= rejected / 200 <= 0.18  # 0.1 and four standard errors


@pytest.mark.parametrize("kind", ["bs", "ar"])
def test_paired_p_agrees_with_sacrebleu(translations, kind, caplog):
    caplog.set_level(logging.ERROR, logger="sacrebleu")
    better, worse, references = translations
    n = 2_000
    _, theirs = PairedTest(
        [("a", better), ("b", worse)], {"BLEU": BLEU(), "chrF2": CHRF()}, [references], test_type=kind, n_samples=n
    )()
    test = stats.paired_bootstrap if kind == "bs" else stats.approximate_randomization
    for name, label in (("bleu", "BLEU"), ("chrf", "chrF2")):
        metric = metrics.registry.create(name)
        options = {"n_resamples": n} if kind == "bs" else {"n_trials": n}
        ours = test(rows_of(metric, worse, references), rows_of(metric, better, references), metric, **options)
        expected = theirs[label][1].p_value
        assert ours.p == pytest.approx(expected, abs=5 * math.sqrt(2 * 0.25 / n))
        assert 0.001 < ours.p < 0.9  # else this says nothing
        assert ours.difference == pytest.approx(theirs[label][1].score - theirs[label][0].score)


def test_bootstrap_interval_agrees_with_sacrebleu(translations):
    better, _, references = translations
    metric = metrics.registry.create("bleu")
    interval = stats.bootstrap(rows_of(metric, better, references), metric)
    theirs = BLEU().corpus_score(better, [references], n_bootstrap=1_000)
    assert interval.half_width == pytest.approx(theirs._ci, rel=0.1)
    assert (interval.low + interval.high) / 2 == pytest.approx(theirs._mean, abs=0.3 * theirs._ci)


# --- what can be told ---


def test_minimum_detectable_shrinks_with_the_root_of_the_segments():
    small = stats.minimum_detectable(values(100), values(100, seed=1), QuickMean())
    large = stats.minimum_detectable(values(1_600), values(1_600, seed=1), QuickMean())
    assert small / large == pytest.approx(4, rel=0.2)
    assert large == pytest.approx(1.96 * math.sqrt(2 / 1_600), rel=0.1)


def test_minimum_detectable_too_few_segments_is_none():
    assert stats.minimum_detectable(values(5), values(5, seed=1), Mean()) is None


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_groups_part_systems_that_differ(higher_is_better):
    sign = 1 if higher_is_better else -1
    noise = values(300)
    turned = np.roll(noise, 1, axis=0)  # the same mean, on other segments
    better, worse = np.array([sign * 2, 0]), np.array([sign, 0])
    systems = {"c": noise + worse, "a": noise + better, "b": turned + better, "d": turned + worse}
    ranked = stats.groups(systems, QuickMean(), higher_is_better=higher_is_better)
    assert {ranked[0].name, ranked[1].name} == {"a", "b"}
    assert [each.group for each in ranked] == [1, 1, 2, 2]
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=higher_is_better)


def test_groups_equal_systems_share_one():
    ranked = stats.groups({"b": values(50), "a": values(50)}, QuickMean(), higher_is_better=True)
    assert [(each.name, each.group) for each in ranked] == [("a", 1), ("b", 1)]


def test_groups_too_few_segments_are_ranked_without_group():
    ranked = stats.groups({"a": values(3), "b": values(3, mean=9)}, Mean(), higher_is_better=True)
    assert [(each.name, each.group) for each in ranked] == [("b", None), ("a", None)]


def test_groups_undefined_systems_come_last():
    nothing = np.zeros((20, 2))
    ranked = stats.groups({"a": nothing, "b": values(20)}, Mean(), higher_is_better=True)
    assert [(each.name, each.score is None, each.group) for each in ranked] == [("b", False, 1), ("a", True, None)]
    assert stats.groups({}, Mean(), higher_is_better=True) == []
    assert stats.groups({"a": []}, Mean(), higher_is_better=True) == [stats.Ranked("a", None, None)]


def test_bootstrap_1000_resamples_of_2000_segments_take_well_under_a_second():
    chance = np.random.default_rng(0)
    for name, columns in (("bleu", 10), ("chrf", 19), ("ter", 2)):
        rows = np.sort(chance.integers(1, 40, (2_000, columns)), axis=1)
        start = time.perf_counter()
        stats.bootstrap(rows, metrics.registry.create(name))
        assert time.perf_counter() - start < 0.5
