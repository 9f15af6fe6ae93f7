import pytest

from scorer import metrics
from scorer.types import Languages, Segment


def segment(source, hypothesis, *references):
    return Segment(0, source, hypothesis, references, Languages("en", "de"))


@pytest.mark.parametrize(
    ("source", "hypothesis", "references", "row", "score"),
    [
        ("It has 12 doors.", "Es hat 12 Türen.", (), (1, 1, 1), 100.0),
        ("It has 12 doors.", "Es hat 13 Türen.", (), (0, 1, 1), 0.0),
        ("It has 12 doors.", "", (), (0, 1, 0), 0.0),
        ("It has 12 doors and 12 keys.", "Es hat 12 Türen.", (), (1, 2, 1), pytest.approx(200 / 3)),
        ("Write to a@b.org.", "Schreiben Sie an a@b.org.", (), (1, 1, 1), 100.0),
        ("Nothing here.", "Hier ist nichts.", (), (0, 0, 0), None),
        (None, "Es hat 12 Türen.", ("Es gibt 12 Türen.",), (1, 1, 1), 100.0),
        (None, "Es hat 12 Türen.", (), (0, 0, 0), None),
    ],
)
def test_overlap_counts_what_survives(source, hypothesis, references, row, score):
    overlap = metrics.registry.create("overlap")
    assert overlap.measure([segment(source, hypothesis, *references)]) == [row]
    assert overlap.finish(row) == score


def test_overlap_signature_has_a_version():
    assert metrics.registry.create("overlap").signature() == "overlap|v:1"
