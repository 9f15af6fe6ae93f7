"""Correlations are SciPy's, and their resampled values those of rows drawn again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scorer import resampling
from scorer.correlation import Additive, kendall, n_smaller_before, pearson, signed_sums, spearman

OURS = {"pearson": pearson, "spearman": spearman, "kendall": kendall}
SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
NAMES = sorted(OURS)

numbers = st.lists(st.tuples(st.integers(-4, 4), st.integers(-3, 3)), min_size=3, max_size=60)


def correlated(name: str, x, y) -> Additive:
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return OURS[name](x, y, np.arange(len(x)), len(x))


def drawn_rows(n_items: int, n_systems: int, seed: int = 0, *, steps: float = 2.0):
    """Return people's scores with ties, a metric's, and items, of correlated rows."""
    random = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), n_systems)
    human = np.minimum(np.round(random.normal(size=len(item)) * steps) / steps, 0.5)
    return human, 0.5 * human + random.normal(size=len(item)) + random.normal(size=n_items)[item], item


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_correlation_of_random_rows_with_ties_is_scipys(name, seed):
    human, metric, item = drawn_rows(60, 5, seed)
    for scores in (metric, np.round(metric)):
        expected = SCIPY[name](human, scores)[0]
        assert OURS[name](human, scores, item, 60).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@given(rows=numbers)
def test_correlation_of_few_tied_rows_is_scipys(name, rows):
    x, y = zip(*rows, strict=True)
    value = correlated(name, x, y).value
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert value is None
    else:
        assert value == pytest.approx(SCIPY[name](x, y)[0], abs=1e-12)


def test_correlations_by_hand():
    # Pairs of (1, 2), (2, 1), (3, 3), (3, 4): 4 concordant, 1 discordant, 1 tied in x: tau-b = 3 / sqrt(5 * 6).
    x, y = [1, 2, 3, 3], [2, 1, 3, 4]
    assert correlated("kendall", x, y).value == pytest.approx(3 / np.sqrt(30))
    # Ranks 1, 2, 3.5, 3.5 and 2, 1, 3, 4; less 2.5: products sum to 3.5, squares to 4.5 and 5.
    assert correlated("spearman", x, y).value == pytest.approx(3.5 / np.sqrt(4.5 * 5))


@pytest.mark.parametrize("name", ["spearman", "kendall"])
@given(rows=numbers)
def test_rank_correlation_of_monotone_transform_is_the_same(name, rows):
    x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert correlated(name, np.exp(x), 7 * y**3 - 2).value == correlated(name, x, y).value


@pytest.mark.parametrize("name", NAMES)
@given(rows=numbers, random=st.randoms())
def test_correlation_does_not_depend_on_order_and_turns_with_the_sign(name, rows, random):
    value = correlated(name, *zip(*rows, strict=True)).value
    random.shuffle(rows)
    x, y = zip(*rows, strict=True)
    again, turned = correlated(name, x, y).value, correlated(name, x, [-each for each in y]).value
    assert (again, turned) == (None, None) if value is None else again == pytest.approx(value, abs=1e-12)
    assert value is None or turned == pytest.approx(-value, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [0, 1])
def test_correlation_of_too_few_rows_is_undefined(name, size):
    assert correlated(name, [1.0] * size, [2.0] * size).value is None


@pytest.mark.parametrize("scale", [1e-150, 1e150])
@pytest.mark.parametrize("name", NAMES)
def test_correlation_of_huge_and_tiny_scores_is_right(name, scale):
    x, y = [1.0, 2.0, 4.0, 3.0], [1.5, 2.5, 2.0, 9.0]
    assert correlated(name, np.array(x) * scale, y).value == pytest.approx(SCIPY[name](x, y)[0])


def test_pearson_of_a_constant_is_undefined_whatever_its_last_digits():
    constant = np.full(7, 0.1)
    assert correlated("pearson", constant, np.arange(7)).value is None


def repeated(values, n_items, counts):
    return np.repeat(values.reshape(n_items, -1), counts.astype(int), axis=0).ravel()


def resampled(name, n_items, seed=3, n=300):
    human, metric, item = drawn_rows(n_items, 4, seed)
    counts = np.concatenate(list(resampling.draws(n_items, n, seed)))
    fast = OURS[name](human, metric, item, n_items).resampled(counts)
    slow = [SCIPY[name](repeated(human, n_items, each), repeated(metric, n_items, each))[0] for each in counts]
    return fast, np.array(slow)


def test_resampled_pearson_is_that_of_rows_drawn_again():
    fast, slow = resampled("pearson", 25)
    assert fast == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize("name", ["spearman", "kendall"])
def test_resampled_rank_correlation_spreads_like_that_of_rows_drawn_again(name):
    fast, slow = resampled(name, 40)
    assert fast.std() == pytest.approx(slow.std(), rel=0.05)
    assert np.corrcoef(fast, slow)[0, 1] > 0.98
    assert np.abs(fast - slow).mean() < 0.2 * slow.std()


def test_resampled_pearson_of_a_constant_is_undefined():
    x, y = np.array([0.1, 0.1, 0.3]), np.array([1.0, 2.0, 3.0])
    assert np.isnan(pearson(x, y, np.array([0, 0, 1]), 2).resampled(np.array([[2.0, 0.0]]))[0])


@settings(max_examples=50)
@given(st.lists(st.integers(0, 20), max_size=40))
def test_n_smaller_before_is_what_it_says(values):
    expected = [sum(other < value for other in values[:i]) for i, value in enumerate(values)]
    assert n_smaller_before(np.array(values, dtype=np.int64)).tolist() == expected


def test_signed_sums_by_hand():
    assert signed_sums(np.array([1.0, 2.0, 2.0]), np.array([10.0, 1.0, 2.0])).tolist() == [-3.0, 10.0, 10.0]


def test_kendall_of_many_rows_is_quick():
    import time

    human, metric, item = drawn_rows(10_000, 10)
    begun = time.perf_counter()
    kendall(human, metric, item, 10_000)
    assert time.perf_counter() - begun < 5  # 0.5 s; comparing every row with every other takes minutes
