from __future__ import annotations

import json

import pytest

from scorer import calibration
from scorer.types import Languages

TABLE = {
    "version": "7",
    "encoder": "stub.l9",
    "scales": {
        "source": {
            "similarity": {"*": [0.7, 0.9], "de-en": [0.8, 0.9]},
            "precision": {"*": [0, 1]},
            "recall": {"*": [0, 1]},
        },
        "reference": {
            "similarity": {"*": [0.5, 1.0], "en": [0.6, 1.0]},
            "precision": {"*": [0, 1]},
            "recall": {"*": [0, 1]},
        },
    },
}


@pytest.fixture
def table(seal):
    seal("calibration.json", json.dumps(TABLE).encode())
    for cached in (calibration.table, calibration._scale):
        cached.cache_clear()
    yield
    for cached in (calibration.table, calibration._scale):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("side", "pair", "value", "expected"),
    [
        ("source", Languages("de", "en"), 0.8, 0),
        ("source", Languages("de", "en"), 0.9, 100),
        ("source", Languages("fr", "en"), 0.8, 50),  # a pair that was not measured: all pairs together
        ("source", Languages(None, None), 0.8, 50),
        ("source", Languages("de", "en"), 0.7, -100),  # not clipped: sums of it must stay sums
        ("reference", Languages("de", "en"), 0.8, 50),  # the hypothesis' language alone
        ("reference", Languages("en", "de"), 0.75, 50),
    ],
)
def test_scale_of_a_pair_maps_its_own_range(table, side, pair, value, expected):
    assert calibration.scale("similarity", side, pair, "stub.l9")(value) == pytest.approx(expected)


def test_scale_of_another_encoder_is_the_raw_value(table):
    assert calibration.scale("similarity", "source", Languages("de", "en"), "other.l9")(0.83) == pytest.approx(83)
    assert calibration.version("other.l9") == "none"
    assert calibration.version("stub.l9") == "7"


def test_shipped_table_is_of_the_bundled_encoder_and_rises(encoder):
    assert calibration.version(encoder.signature()) != "none"
    for measures in calibration.table()["scales"].values():
        for scales in measures.values():
            assert calibration.ANY in scales
            assert all(-1 <= low < high <= 1 for low, high in scales.values())
