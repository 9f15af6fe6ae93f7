"""What holds for every metric that needs no encoder, on random text. A new metric's file is found by itself."""

import dataclasses
import math
import pickle
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import metrics
from scorer.measure import add, segment_level
from scorer.registry import settings_of
from scorer.types import Languages, Need, Segment


def needs_encoder(name: str) -> bool:
    factory = metrics.registry.factory(name)
    return bool(getattr(getattr(factory, "func", factory), "needs_encoder", False))


NAMES = [name for name in metrics.registry.names() if not needs_encoder(name)]
WITH_REFERENCE = [name for name in NAMES if Need.REFERENCE in metrics.registry.create(name).needs]

# Words that share letters and repeat, numbers, punctuation, scripts, nothing, and what no decoder would let through.
WORDS = st.sampled_from(
    [
        *("a", "the", "cat", "cats", "Cat", ",", ".", "(x)", "3.14", "1,000", "Berlin", "NATO", "{0}", "http://a.b/c"),
        *("我", "你好", "ไทย", "é", "e\u0301", "\u200b", "👩\u200d👧", "\x00", "\ud800", "\u2028"),
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)
SEGMENTS = st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=6).map(
    lambda triples: [
        Segment(i, source, hypothesis, tuple(references), Languages("en", "de"))
        for i, (source, hypothesis, references) in enumerate(triples)
    ]
)
quick = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", NAMES)
@quick
@given(segments=SEGMENTS, seed=st.integers(0, 9))
def test_metric_any_batches_and_order_give_the_same_score(name, segments, seed):
    metric = metrics.registry.create(name)
    together = metric.measure(segments)
    shuffled = segments[:]
    random.Random(seed).shuffle(shuffled)
    apart = [row for start in range(0, len(shuffled), 2) for row in metric.measure(shuffled[start : start + 2])]
    assert sorted(together) == sorted(apart)
    assert metric.finish(add(together)) == metric.finish(add(apart))


@pytest.mark.parametrize("name", NAMES)
@quick
@given(segments=SEGMENTS)
def test_metric_gives_a_row_of_finite_numbers_for_each_segment(name, segments):
    metric = metrics.registry.create(name)
    rows = metric.measure(segments)
    assert len(rows) == len(segments)
    assert len({len(row) for row in rows}) == 1
    assert all(math.isfinite(number) for row in rows for number in row)


@pytest.mark.parametrize("name", NAMES)
def test_metric_nothing_gives_no_rows(name):
    assert metrics.registry.create(name).measure([]) == []


@pytest.mark.parametrize("name", NAMES)
@quick
@given(segments=SEGMENTS)
def test_metric_scores_keep_their_bounds(name, segments):
    metric = metrics.registry.create(name)
    for level in (metric, segment_level(metric)):
        for score in map(level.finish, metric.measure(segments)):
            assert score is None or (score >= 0 and math.isfinite(score))
            assert score is None or not metric.higher_is_better or score <= 100 + 1e-9


@pytest.mark.parametrize("name", WITH_REFERENCE)
@quick
@given(segments=SEGMENTS)
def test_metric_nothing_beats_a_copy_of_the_reference(name, segments):
    metric = metrics.registry.create(name)
    level = segment_level(metric)
    for segment in segments:
        alone = dataclasses.replace(segment, references=segment.references[:1])
        copy = dataclasses.replace(alone, hypothesis=segment.references[0])
        score, best = (level.finish(row) for row in metric.measure([alone, copy]))
        if score is not None and best is not None:
            assert score <= best + 1e-9 if metric.higher_is_better else score >= best - 1e-9


@pytest.mark.parametrize("name", WITH_REFERENCE)
def test_metric_blank_texts_are_undefined(name):
    metric = metrics.registry.create(name)
    blank = Segment(0, "", "", ("",))
    assert segment_level(metric).finish(metric.measure([blank])[0]) is None


@pytest.mark.parametrize("name", NAMES)
@quick
@given(segments=SEGMENTS)
def test_metric_finish_many_equals_finish(name, segments):
    metric = metrics.registry.create(name)
    if not hasattr(metric, "finish_many"):
        pytest.skip("has no finish_many")
    rows = metric.measure(segments)
    rows = [*rows, add(rows), tuple(0.0 for _ in rows[0])]
    expected = [np.nan if score is None else score for score in map(metric.finish, rows)]
    np.testing.assert_allclose(metric.finish_many(np.array(rows, dtype=float)), expected, rtol=1e-9, atol=1e-9)


CHANGED = {
    "tokenize": "char",
    "smooth_method": "floor",
    "n_references": None,
    "beta": 3,
}


@pytest.mark.parametrize("name", NAMES)
def test_metric_signature_changes_with_every_setting(name):
    factory = metrics.registry.factory(name)
    made = factory()
    for key in settings_of(factory):
        value = getattr(made, key)
        other = CHANGED[key] if key in CHANGED else (value or 0) + 1 if type(value) in (int, float) else not value
        assert factory(**{key: other}).signature() != made.signature(), key


@pytest.mark.parametrize("name", NAMES)
def test_metric_signature_begins_with_its_name(name):
    metric = metrics.registry.create(name)
    assert metric.name == name
    assert metric.signature().split("|")[0] == name
    assert "\n" not in metric.signature()


@pytest.mark.parametrize("name", NAMES)
def test_metric_survives_pickling_after_use(name):
    metric = metrics.registry.create(name)
    segments = [Segment(0, "a 1", "b 1", ("c 1",), Languages("en", "de"))]
    rows = metric.measure(segments)
    again = pickle.loads(pickle.dumps(metric))
    assert again.measure(segments) == rows
    assert again.signature() == metric.signature()
