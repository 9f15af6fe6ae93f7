from __future__ import annotations

import pytest

from scorer import metrics
from scorer.types import Segment


@pytest.mark.parametrize(
    ("source", "hypothesis", "references", "expected"),
    [
        ("a b c d", "a b", (), 50),
        ("a b", "a b c d", (), 50),
        ("a b", "c d", (), 100),
        ("", "a b", (), 0),
        ("a b", "", (), 0),
        ("", " ", (), None),
        (None, "a b", ("a b c d",), 50),
        ("a b", "a b", ("a b c d",), 100),  # the source comes first
        ("会议推迟到星期五", "The meeting is postponed to Friday", (), 100 * 5 / 6),
    ],
)
def test_length_ratio_is_shorter_over_longer_in_words(source, hypothesis, references, expected):
    metric = metrics.registry.create("length_ratio")
    found = metric.finish(metric.measure([Segment(0, source, hypothesis, references)])[0])
    assert found == (None if expected is None else pytest.approx(expected))
