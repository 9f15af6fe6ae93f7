"""The learned metric's heads: their gradient, the ridge, and what the network makes of fitted ones."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scorer import assets, combine, heads, model_folder
from scorer.adaptation import Rated, judged
from scorer.combine import Prediction, Recipe, Term
from scorer.fitting import Column
from scorer.heads import States
from scorer.types import Languages, Segment

DIM = 6
WHOLE = ((0.0, 0.0), (1000.0, 1000.0))
KNOWN = Recipe(
    "stub",
    Prediction((Term("learned_accuracy", WHOLE, 1.0),), 0.0, WHOLE),
    Prediction((Term("learned_fluency", WHOLE, 1.0),), 0.0, WHOLE),
    "ab" * 32,
)


def states(n=240, seed=0) -> States:
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 12, n)
    tokens = random.normal(size=(int(sizes.sum()), DIM)).astype(np.float16)
    share = 1 / random.integers(1, 3, n)
    return States(tokens, np.repeat(np.arange(n), sizes).astype(np.int64), share, random.uniform(0, 0.5, n))


def shipped() -> np.ndarray:
    return np.array([0.3, -0.2, 0.0, 0.1, 0.0, 0.2, -2.0])


def theirs() -> np.ndarray:
    """Weights of people who mind what the shipped head does not look at."""
    return shipped() + np.array([0.0, 0.0, 0.8, 0.0, -0.7, 0.0, 0.3])


def rows(n=240, noise=0.1) -> tuple[Rated, heads.Heads]:
    random = np.random.default_rng(5)
    both = states(n, 1), states(n, 2)
    words = 5.0 * np.bincount(both[0].row, minlength=n)  # of fewer words little would be heard
    rates = [100 * np.maximum(0, s.points(theirs()) + random.normal(0, noise, n)) / words for s in both]
    before = [100 * s.points(shipped()) / words for s in both]
    names = ("learned_accuracy", "learned_fluency")
    columns = {name: Column(name, values, False) for name, values in zip(names, before, strict=True)}
    zeros = np.zeros(n)
    human = (rates[0] + rates[1]) * words / 100
    rated = Rated(columns, words, words, *(zeros,) * 4, zeros.astype(bool), human, *rates, np.arange(n) // 3, "points")
    return rated, heads.Heads(both, (shipped(), shipped()))


def test_with_learned_holds_rates_as_recipes_read_them():
    rated, _ = rows(20)
    rates = rated.accuracy, rated.fluency
    columns = heads.with_learned(rated, rates).columns
    for name, rate in zip(("learned_accuracy", "learned_fluency"), rates, strict=True):
        np.testing.assert_allclose(columns[name].values, combine.steadied(name, rate, rated.n_hypothesis))
        assert (columns[name].values < rate).any()


def test_gains_are_the_derivatives_of_points():
    some, weights = states(20), shipped()
    for place in range(DIM + 1):
        step = np.zeros(DIM + 1)
        step[place] = 1e-3
        slope = (some.points(weights + step) - some.points(weights - step)) / 2e-3
        np.testing.assert_allclose(some.gains(weights)[:, place], slope, atol=2e-3)


def test_rows_of_states_keep_each_segments_points():
    some = states(30)
    kept = np.arange(30) % 3 == 1
    np.testing.assert_allclose(some.rows(kept).points(shipped()), some.points(shipped())[kept])


def test_fit_head_finds_what_people_mind():
    some = states()
    points = some.points(theirs())
    found = heads.fit_head(some, points, np.ones(len(points)), shipped(), 1e-4)
    np.testing.assert_allclose(found, theirs(), atol=0.02)


def test_fit_head_of_infinite_strength_changes_nothing():
    some = states()
    assert heads.fit_head(some, some.points(theirs()), np.ones(240), shipped(), math.inf) is not None
    np.testing.assert_array_equal(
        heads.fit_head(some, some.points(theirs()), np.ones(240), shipped(), math.inf), shipped()
    )


def test_fit_head_stronger_penalty_stays_nearer():
    some = states()
    distances = [
        np.linalg.norm(heads.fit_head(some, some.points(theirs()), np.ones(240), shipped(), strength) - shipped())
        for strength in (0.3, 3.0, 30.0)
    ]
    assert distances[0] > distances[1] > distances[2] > 0


def test_chosen_strength_of_judges_whom_the_shipped_head_fits_is_infinite():
    rated, read = rows()
    random = np.random.default_rng(0)
    points = read.states[0].points(shipped()) + random.normal(0, 2.0, 240)
    assert heads.chosen_strength(read.states[0], points, rated, shipped(), 5, 1) >= 30


def test_held_out_heads_err_less_than_the_shipped_ones():
    rated, read = rows()
    before = judged((KNOWN.adequacy, KNOWN.fluency), rated)
    after = heads.held_out(KNOWN, rated, read, 3, 1)
    assert np.mean((after - rated.human) ** 2) < 0.5 * np.mean((before - rated.human) ** 2)


def test_held_out_heads_of_random_scores_do_not_leak():
    rated, read = rows()
    random = np.random.default_rng(8)
    rate = random.exponential(30, len(rated))
    rated = replace(rated, human=2 * rate * rated.n_words / 100, accuracy=rate, fluency=rate)
    scores = heads.held_out(KNOWN, rated, read, 3, 1)
    assert abs(np.corrcoef(scores / rated.n_words, rate)[0, 1]) < 0.2


# The real network ----------------------------------------------------------------------------------------------------

SEGMENTS = [
    Segment(0, "Der Hund schläft.", "The dog sleeps.", ("The dog is asleep.",), Languages("de", "en")),
    Segment(1, "Der Hund schläft.", "A cat barks at the moon.", ("The dog is asleep.", "The dog sleeps.")),
    Segment(2, "Der Hund schläft.", "The dog sleeps."),
]


@pytest.fixture
def network() -> None:
    listed = json.loads((assets.models_folder() / assets.MANIFEST).read_text(encoding="utf-8"))["files"]
    if assets.NETWORK not in listed:
        pytest.skip("the learned metric's network is not here")


@pytest.mark.usefixtures("network")
def test_model_with_other_heads_gives_the_points_that_the_fit_expects(tmp_path: Path):
    from scorer.plan import create

    before = heads.shipped_weights()
    turned = np.random.default_rng(0).normal(0, 0.05, len(before[0]))
    other = (before[0] + turned, before[1] - turned)
    model = model_folder.write(tmp_path / "M", {assets.NETWORK: heads.network_with(other)})
    read = heads.heads_of(SEGMENTS, KNOWN)
    for part, name in enumerate(("learned_accuracy", "learned_fluency")):
        shipped_metric, own = create(name, "bundled"), create(name, "bundled", model)
        for metric, weights in ((own, other[part]), (shipped_metric, before[part])):
            points = [row[0] for row in metric.measure(SEGMENTS)]
            np.testing.assert_allclose(points, read.states[part].points(weights), rtol=0.01, atol=0.005)
        assert own.signature() != shipped_metric.signature()
    assert not np.allclose(read.states[0].points(other[0]), read.states[0].points(before[0]), rtol=0.05)
