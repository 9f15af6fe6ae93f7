import math
import time

import numpy as np
import pytest
from scored_pairs import pair_of

from scorer.gate.attribution import N_CAUSES, behind_drop, behind_value
from scorer.gate.scale import Scale
from scorer.gate.sides import Tables

QUALITY = Scale.of(pair_of(), "quality")


class Share:
    """A rate in percent where lower is better; finished one by one."""

    def finish(self, stats):
        hits, total = stats
        return 100 * hits / total if total else None


LOWER = Scale("share", Share(), Share(), higher_is_better=False)


def rows(*points, words=10.0):
    return np.array([(each, words) for each in points])


def dimension(points, words):
    return 100 * math.exp(-4 * points / words)


def value_of(table, limit, scale=QUALITY):
    return behind_value([*range(len(table))], table, scale, limit)


def drop_of(then, now, scale=QUALITY):
    return behind_drop(Tables(tuple(range(len(then))), then, now), scale)


def test_behind_value_most_harmful_first_with_leave_one_out_effects():
    # 8 points over 40 words: 44.9; without the second 1 over 30, without the fourth 7 over 30
    behind = value_of(rows(0, 7, 0, 1), 60)
    assert [cause.segment for cause in behind.causes] == [1]
    assert behind.causes[0].effect == pytest.approx(dimension(1, 30) - dimension(8, 40))
    assert (behind.n, behind.n_segments) == (1, 4)
    assert behind.rest == pytest.approx(dimension(1, 30))


def test_behind_value_fewest_that_reach_the_limit():
    behind = value_of(rows(5, 0, 5, 0, 5, 0, 0, 0), 75)
    # two gone: 5 over 60 is 71.7; three gone: 100
    assert [cause.segment for cause in behind.causes] == [0, 2, 4]
    assert (behind.n, behind.rest) == (3, 100.0)


def test_behind_value_reaches_the_limit_exactly():
    assert value_of(rows(5, 0, 0), 100).n == 1


def test_behind_value_evenly_bad_no_part_reaches_it():
    behind = value_of(rows(5, 5, 5, 5), 80)
    assert (behind.causes, behind.n, behind.rest) == ((), None, None)


def test_behind_value_single_segment_decides_alone():
    behind = value_of(rows(5), 80)
    assert [(cause.segment, cause.effect) for cause in behind.causes] == [(0, None)]
    assert behind.n is None


def test_behind_value_lower_is_better():
    behind = value_of(rows(1, 9, 2), 20, LOWER)
    assert [cause.segment for cause in behind.causes] == [1]
    assert behind.causes[0].effect == pytest.approx(40 - 15)
    assert behind.rest == pytest.approx(15)


def test_behind_value_keeps_twenty_causes():
    behind = value_of(rows(*[5] * 50, *[0] * 150), 80)
    assert len(behind.causes) == N_CAUSES
    assert [cause.segment for cause in behind.causes] == [*range(20)]
    # 200 points of 1,950 words and so on: 5 (50 - n) points over 10 (200 - n) words
    fewest = next(n for n in range(50) if dimension(5 * (50 - n), 10 * (200 - n)) >= 80)
    assert behind.n == fewest


def test_behind_value_what_rounding_leaves_over_is_nothing():
    higher = Scale("share", Share(), Share(), higher_is_better=True)
    # 0.1 + 0.2 + 0.3 less 0.3, 0.2 and 0.1 is not 0 in floats, and 1 over it would be beyond any limit
    behind = value_of(np.array([(1, 0.1), (1, 0.2), (1, 0.3), (1, 0.0)]), 1e6, higher)
    assert (behind.n, behind.rest) == (None, None)


def test_behind_drop_names_the_segments_that_fell():
    then = rows(1, 1, 1, 1)
    now = rows(1, 6, 0, 1)
    behind = drop_of(then, now)
    assert [cause.segment for cause in behind.causes] == [1]
    assert behind.causes[0].effect == pytest.approx(dimension(3, 40) - dimension(8, 40))
    assert (behind.n, behind.n_segments) == (1, 4)
    assert behind.rest == pytest.approx(dimension(3, 40) - dimension(4, 40))


def test_behind_drop_mass_rewrite_names_all_that_fell():
    behind = drop_of(rows(*[1] * 30), rows(*[2] * 30))
    assert behind.n == 30
    assert behind.rest == 0.0
    assert len(behind.causes) == N_CAUSES


def test_behind_drop_stops_where_nothing_is_lost():
    behind = drop_of(rows(5, 5, 5, 5), rows(9, 7, 1, 5))
    # 2 points lost in all: setting back the first alone more than mends it
    assert (behind.n, [cause.segment for cause in behind.causes]) == (1, [0, 1])
    assert behind.rest > 0


def test_behind_drop_lower_is_better():
    behind = drop_of(rows(1, 1, 1), rows(1, 4, 1), LOWER)
    assert [cause.segment for cause in behind.causes] == [1]
    assert behind.causes[0].effect == pytest.approx(10)
    assert behind.rest == 0


def test_behind_drop_nothing_changed_names_none():
    behind = drop_of(rows(1, 2), rows(1, 2))
    assert (behind.causes, behind.n, behind.rest) == ((), None, None)


def test_behind_twenty_thousand_segments_is_quick():
    chance = np.random.default_rng(0)
    then = np.stack([chance.gamma(0.6, 2, 20_000), chance.integers(3, 40, 20_000).astype(float)], axis=1)
    now = then + np.stack([chance.gamma(0.6, 1, 20_000), np.zeros(20_000)], axis=1)
    start = time.process_time()
    assert value_of(now, 75).n
    assert drop_of(then, now, LOWER).n
    assert time.process_time() - start < 3
