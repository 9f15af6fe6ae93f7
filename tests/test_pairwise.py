"""Pairwise accuracies by hand, by brute force, and by the formulas of their papers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_correlation import drawn_rows

from scorer import pairwise, resampling
from scorer.pairwise import SystemPairs, calibrated_accuracy, p_values, pairs_within, system_pairs

few = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(-3, 3)), min_size=2, max_size=25)


def calibrated(human, metric, item):
    item = np.array(item)
    scores = [np.array(each, dtype=float) for each in (human, metric)]
    return calibrated_accuracy(*scores, pairs_within(item), int(item.max()) + 1)


def brute_force(human, metric, item):
    """Return the best accuracy and its smallest epsilon, straight from the definition."""
    pairs = [(i, j) for i in range(len(item)) for j in range(i + 1, len(item)) if item[i] == item[j]]
    best = (-1.0, 0.0)
    for epsilon in sorted({0.0, *(abs(metric[i] - metric[j]) for i, j in pairs)}):
        right: dict[int, list[bool]] = {}
        for i, j in pairs:
            said = 0 if abs(metric[i] - metric[j]) <= epsilon else np.sign(metric[i] - metric[j])
            right.setdefault(item[i], []).append(said == np.sign(human[i] - human[j]))
        accuracy = float(np.mean([np.mean(each) for each in right.values()]))
        if accuracy > best[0] + 1e-9:
            best = (accuracy, epsilon)
    return best


def test_pairs_within_are_all_pairs_of_an_item():
    pairs = pairs_within(np.array([0, 0, 0, 1, 2, 2]))
    found = sorted(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.item.tolist(), strict=True))
    assert found == [(0, 1, 0), (0, 2, 0), (1, 2, 0), (4, 5, 2)]
    assert pairwise.n_pairs_within(np.array([0, 0, 0, 1, 2, 2])) == 4


def test_calibrated_accuracy_by_hand_ties_are_worth_it():
    # People: a tie and two differences. The metric parts the tie by 0.1, the others by 0.7 and more.
    found = calibrated([0, 0, 1], [0.1, 0.2, 0.9], [0, 0, 0])
    assert found.accuracy.value == 1.0
    assert found.epsilon == pytest.approx(0.1)


def test_calibrated_accuracy_by_hand_ties_are_not_worth_it():
    # A second source whose one pair is right only below 0.05: 0 gives (2/3 + 1) / 2, 0.1 gives (1 + 0) / 2.
    found = calibrated([0, 0, 1, 0, 1], [0.1, 0.2, 0.9, 0.5, 0.55], [0, 0, 0, 1, 1])
    assert found.accuracy.value == pytest.approx(5 / 6)
    assert found.epsilon == 0.0


def test_calibrated_accuracy_of_a_constant_metric_is_the_share_of_peoples_ties():
    assert calibrated([0, 0, 1], [5, 5, 5], [0, 0, 0]).accuracy.value == pytest.approx(1 / 3)


def test_calibrated_accuracy_without_pairs_is_undefined():
    assert calibrated([0, 1], [1, 2], [0, 1]) is None


@given(rows=few)
def test_calibrated_accuracy_is_that_of_brute_force(rows):
    item, human, metric = zip(*sorted(rows), strict=True)
    item = np.unique(item, return_inverse=True)[1]
    found = calibrated(human, metric, item)
    if found is None:
        assert len(set(item.tolist())) == len(item)
    else:
        assert (found.accuracy.value, found.epsilon) == pytest.approx(brute_force(human, metric, item))


def test_resampled_calibrated_accuracy_is_that_of_items_drawn_again():
    human, metric, item = drawn_rows(12, 4)
    found = calibrated(human, metric, item)
    rows = found.accuracy.rows
    counts = next(resampling.draws(12, 5, 1))
    expected = [np.repeat(rows[:, 0], each.astype(int)).mean() for each in counts]
    assert found.accuracy.resampled(counts) == pytest.approx(expected)


# Systems -------------------------------------------------------------------------------------------------------------


def column(*values):
    return np.array(values, dtype=float)[:, None]


def every_flip(n, n_trials, seed):
    yield np.array([[trial >> i & 1 for i in range(n)] for trial in range(2**n)], dtype=float)


def test_p_values_by_hand(monkeypatch):
    monkeypatch.setattr(resampling, "coin_flips", every_flip)
    # Of the 16 sums of +-1 four times, 1 is 4 and 4 are 2; those that equal the real sum count half.
    assert p_values(column(1, 1, 1, 1), 0, 16) == pytest.approx([1 / 32])
    assert p_values(column(1, 1, 1, -1), 0, 16) == pytest.approx([(1 + 4 / 2) / 16])
    assert p_values(column(0, 0, 0, 0), 0, 16) == pytest.approx([0.5])


def test_soft_accuracy_by_hand(monkeypatch):
    monkeypatch.setattr(resampling, "coin_flips", every_flip)
    both = SystemPairs(column(1, 1, 1, 1), column(1, 1, 1, -1))
    assert both.soft_accuracy(0, 16) == pytest.approx(1 - (3 / 16 - 1 / 32))
    assert SystemPairs(column(1, 1, 1, 1), column(-1, -1, -1, -1)).soft_accuracy(0, 16) == pytest.approx(1 / 16)


def test_soft_accuracy_is_that_of_the_paper():
    random = np.random.default_rng(5)
    human, metric = random.normal(size=(2, 6, 50)) + np.linspace(0, 0.4, 6)[:, None]
    (flips,) = resampling.coin_flips(50, 1000, 7)

    def published(scores):  # Thompson et al. 2024: how often a permuted difference is at least the real one
        permuted = (2 * flips - 1) @ scores.T
        real = scores.sum(axis=1)
        return [np.mean(permuted[:, i] - permuted[:, j] >= real[i] - real[j]) for i, j in zip(*places, strict=True)]

    places = np.triu_indices(6, 1)
    expected = 1 - np.abs(np.subtract(published(human), published(metric))).mean()
    item, system = np.repeat(np.arange(50), 6), np.tile(np.arange(6), 50)
    both = system_pairs(human.T.ravel(), metric.T.ravel(), pairs_within(item), system, 50)
    assert both.soft_accuracy(7) == pytest.approx(expected, abs=1e-9)
    assert both.resampled_soft_accuracy(np.ones((1, 50)))[0] == pytest.approx(expected, abs=0.01)


def test_soft_accuracy_does_not_depend_on_which_system_is_first():
    random = np.random.default_rng(1)
    human, metric = random.integers(-1, 2, size=(2, 30, 8)).astype(float)
    one, other = SystemPairs(human, metric), SystemPairs(-human, -metric)
    assert one.soft_accuracy(3, 4000) == pytest.approx(other.soft_accuracy(3, 4000), abs=0.02)
    assert one.resampled_soft_accuracy(np.ones((1, 30))) == pytest.approx(
        other.resampled_soft_accuracy(np.ones((1, 30)))
    )


def test_system_accuracy_by_hand():
    # Three systems on two sources; people: A 3, B 2, C 0. The metric: A 2, B 3, C 0. One pair of three is wrong.
    human, metric = np.array([2.0, 1, 0, 1, 1, 0]), np.array([1.0, 2, 0, 1, 1, 0])
    item, system = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    both = system_pairs(human, metric, pairs_within(item), system, 2)
    assert both.human.tolist() == [[1, 2, 1], [0, 1, 1]]
    assert both.accuracy == pytest.approx(2 / 3)
    # Drawn twice, the second source has A and B tied for both.
    assert both.resampled_accuracy(np.array([[0.0, 2.0]])).tolist() == [1.0]


def test_system_pairs_that_share_no_source_are_left_out():
    item, system = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 2])  # systems 1 and 2 never meet
    both = system_pairs(np.arange(4.0), np.arange(4.0), pairs_within(item), system, 2)
    assert both.human.shape == (2, 2)
    assert system_pairs(np.arange(2.0), np.arange(2.0), pairs_within(np.array([0, 1])), np.array([0, 0]), 2) is None


def test_differences_of_scores_equal_but_for_rounding_are_zero():
    pairs = pairs_within(np.array([0, 0]))
    assert pairs.differences(np.array([0.1 + 0.2, 0.3])).tolist() == [0.0]
