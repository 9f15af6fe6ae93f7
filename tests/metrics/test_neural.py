"""similarity, match and oddity: what holds for all metrics that run the encoder. Few short texts, embedded once."""

from __future__ import annotations

import numpy as np
import pytest

from scorer import encoders, metrics
from scorer.matching import best
from scorer.measure import add
from scorer.types import Languages, Segment

PAIR = Languages("de", "en")
GOOD = Segment(
    0, "Das Gerät ist nicht wasserdicht.", "The device is not waterproof.", ("The device isn't waterproof.",), PAIR
)
UNRELATED = Segment(
    1, "Das Gerät ist nicht wasserdicht.", "My uncle sold bananas in May.", ("The device isn't waterproof.",), PAIR
)
OMITTED = Segment(2, "Das Gerät ist nicht wasserdicht.", "", ("The device isn't waterproof.",), PAIR)
BLANK = Segment(3, " ", " ", ("\n",), PAIR)
ADDED = Segment(4, "", "The device is not waterproof.", ("",), PAIR)
COPY = Segment(
    5,
    "The device isn't waterproof.",
    "The device isn't waterproof.",
    ("My uncle.", "The device isn't waterproof."),
    PAIR,
)
SEGMENTS = [GOOD, UNRELATED, OMITTED, BLANK, ADDED, COPY]

NEURAL = [
    name
    for name in metrics.registry.names()
    if getattr(getattr(metrics.registry.factory(name), "func", metrics.registry.factory(name)), "needs_encoder", False)
    and not getattr(metrics.registry.factory(name), "needs_checkpoint", False)  # those have tests of their own
]
# The learned metrics count errors, so they have tests of their own too.
COMPARING = [name for name in NEURAL if name != "oddity" and not name.startswith("learned_")]


def value(metric, segment):
    return metric.finish(metric.measure([segment])[0])


@pytest.mark.parametrize("name", COMPARING)
def test_neural_metric_tells_a_rendering_from_unrelated_text(name):
    metric = metrics.registry.create(name)
    assert 0 <= value(metric, UNRELATED) + 25 < value(metric, GOOD) <= 100


@pytest.mark.parametrize("name", COMPARING)
def test_neural_metric_blank_against_text_is_0_and_against_blank_undefined(name):
    metric = metrics.registry.create(name)
    assert value(metric, OMITTED) == 0
    assert value(metric, ADDED) == 0
    assert value(metric, BLANK) is None


@pytest.mark.parametrize("name", COMPARING)
def test_neural_metric_copy_is_beaten_by_nothing(name):
    metric = metrics.registry.create(name)
    assert value(metric, COPY) == 100  # the nearest of two references counts


@pytest.mark.parametrize("name", NEURAL)
def test_neural_metric_any_batches_and_order_give_the_same_score(name):
    metric = metrics.registry.create(name)
    together = metric.measure(SEGMENTS)
    apart = [metric.measure([segment])[0] for segment in reversed(SEGMENTS)]
    assert metric.measure([]) == []
    np.testing.assert_allclose(together, apart[::-1], atol=1e-4)
    assert metric.finish(add(together)) == pytest.approx(metric.finish(add(apart)), abs=1e-4)
    assert 0 <= metric.finish(add(together)) <= 100


@pytest.mark.parametrize("name", NEURAL)
def test_neural_metric_signature_names_model_and_version(name):
    signature = metrics.registry.create(name).signature()
    assert signature.startswith(name.removesuffix("_source"))
    assert f"model:{encoders.load().signature()}" in signature
    assert signature.endswith("|v:1")
    assert ("against:source" in signature) == name.endswith("_source")


def test_neural_metric_signatures_differ():
    signatures = [metrics.registry.create(name).signature() for name in NEURAL]
    assert len(set(signatures)) == len(signatures)


def test_match_recall_falls_where_something_is_missing_and_precision_where_something_is_added():
    whole, part = "The device is not waterproof and costs 20 euros.", "The device is not waterproof."
    less, more = Segment(0, None, part, (whole,), PAIR), Segment(1, None, whole, (part,), PAIR)
    recall, precision = metrics.registry.create("match_recall"), metrics.registry.create("match_precision")
    assert value(recall, less) < value(precision, less)
    assert value(precision, more) < value(recall, more)


def test_match_best_in_blocks_equals_the_whole_table(monkeypatch):
    random = np.random.default_rng(0)
    left, right = random.normal(size=(7, 4)).astype(np.float32), random.normal(size=(5, 4)).astype(np.float32)
    monkeypatch.setattr("scorer.matching._ROWS", 3)
    found = best(left, right)
    np.testing.assert_allclose(found[0], (left @ right.T).max(axis=1), rtol=1e-5)
    np.testing.assert_allclose(found[1], (left @ right.T).max(axis=0), rtol=1e-5)


def test_oddity_is_lower_for_sound_text_and_undefined_without_a_word():
    oddity = metrics.registry.create("oddity")
    sound, damaged = (
        value(oddity, Segment(0, None, text))
        for text in ("She made a decision last week.", "She made last a decision of week week.")
    )
    assert 0 <= sound < damaged <= 100
    assert value(oddity, Segment(0, None, " ")) is None
