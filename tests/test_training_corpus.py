"""What one rater says of a translation is drawn towards what the system gets elsewhere, and no farther."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.training import corpus
from benchmarks.training.corpus import Group, Rated

SYSTEMS = ("a", "b", "c", "d")


def group(source: str, *points: float, collection: str = "wmt21_mqm") -> Group:
    rated = tuple(Rated(f"{source} {s}", p, p, 0.0, system=s) for s, p in zip(SYSTEMS, points, strict=False))
    return Group("mqm", collection, "en-de", source, (), rated)


def totals(groups: list[Group]) -> list[list[float]]:
    return [[one.total or 0.0 for one in each.rated] for each in groups]


def test_equal_ratings_of_a_worse_system_are_told_apart():
    groups = [group(f"s{i}", 0, 0, 0, 5) for i in range(9)] + [group("last", 1, 1, 1, 1)]
    *_, last = totals(corpus.steadied(groups))
    assert last[0] == last[1] == last[2] < 1 < last[3] < 5


def test_half_of_one_raters_word_and_three_quarters_of_three_raters_are_kept():
    one = totals(corpus.steadied([group("s", 0, 0, 0, 5), group("t", 5, 5, 5, 0)]))
    three = totals(
        corpus.steadied([group(s, *p, collection="wmt20_mqm") for s, p in (("s", (0, 0, 0, 5)), ("t", (5, 5, 5, 0)))])
    )
    half, quarter = (np.diff(np.log1p(rows[0]))[2] / np.log(6) for rows in (one, three))
    assert half == pytest.approx(0.5)
    assert quarter == pytest.approx(0.75)


def test_means_of_sources_and_of_systems_stay():
    chance = np.random.default_rng(4)
    groups = [group(f"s{i}", *chance.integers(0, 9, 4)) for i in range(20)]
    before, after = (np.log1p(totals(each)) for each in (groups, corpus.steadied(groups)))
    np.testing.assert_allclose(after.mean(1), before.mean(1), atol=0.02)  # points are never below 0
    np.testing.assert_allclose(after.mean(0), before.mean(0), atol=0.05)


def test_what_nobody_said_and_lone_translations_stay():
    groups = [group("few", 0, 9), replace(group("s", 1, 2, 3, 4), rated=tuple(Rated(s, system=s) for s in SYSTEMS))]
    assert corpus.steadied(groups) == groups


def test_systems_of_another_collection_say_nothing():
    groups = [group(f"s{i}", 0, 0, 0, 5) for i in range(9)] + [group("last", 1, 1, 1, 1, collection="wmt22_mqm")]
    assert totals(corpus.steadied(groups))[-1] == pytest.approx([1, 1, 1, 1])
