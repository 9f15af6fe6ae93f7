from __future__ import annotations

import pytest

from scorer import measure, metrics
from scorer.types import Finding, Need, Segment

PLAIN = Segment(0, "Quelle", "hypothesis")
REFERRED = Segment(1, "Quelle", "hypothesis", ("reference",))
BARE = Segment(2, None, "hypothesis", ("reference",))


def doubtful(segment):
    yield Finding("doubtful", "minor", "fluency", segment.index, "so")


def test_measure_segment_without_what_a_metric_needs_has_none():
    chrf, length = metrics.registry.create("chrf"), metrics.registry.create("length_ratio")
    found = measure.measure([PLAIN, REFERRED, BARE], [chrf, length], [])
    assert [row is None for row in found.rows["chrf"]] == [True, False, False]
    assert None not in found.rows["length_ratio"]
    assert found.segments == (PLAIN, REFERRED, BARE)


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_measure_batches_change_nothing_but_the_progress(batch_size):
    told: list[int] = []
    segments = [Segment(i, None, f"a b {i}", (f"a c {i}",)) for i in range(5)]
    found = measure.measure(
        segments, [metrics.registry.create("chrf")], [doubtful], batch_size=batch_size, progress=told.append
    )
    whole = measure.measure(segments, [metrics.registry.create("chrf")], [doubtful])
    assert found == whole
    assert told[-1] == 5
    assert len(told) == -(-5 // batch_size)
    assert [finding.index for finding in found.findings] == list(range(5))


def test_measure_nothing_is_nothing():
    found = measure.measure([], [metrics.registry.create("chrf")], [doubtful])
    assert found.segments == found.findings == found.rows["chrf"] == ()


def test_has_blank_source_is_a_source():
    assert measure.has(Segment(0, "", "x")) == {Need.SOURCE}
    assert measure.has(BARE) == {Need.REFERENCE}


def test_add_leaves_none_out_and_is_exact_in_any_order():
    rows = [(0.1, 1.0), None, (1e16, 1.0), (0.2, 1.0), (-1e16, 1.0)]
    assert measure.add(rows) == measure.add(rows[::-1])
    assert measure.add(rows)[1] == 4
    assert measure.add([None]) == ()


def test_finished_without_a_row_is_undefined():
    assert measure.finished(metrics.registry.create("chrf"), [None, None]) is None
