"""Alignment: every unit once and in order, whatever comes in; the right partners, where they can be known."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.align import align, choose, doubtful_joins, find_path, pair_lines, refined
from scorer.errors import PairingError
from scorer.evidence import NEURAL, Units, centred, unit
from scorer.lexical import LexicalEncoder
from scorer.line_fit import best_stretch, lines_fit
from scorer.monotone import STEPS, Band, cheapest_path
from scorer.types import Bead

DIM = 64


def topics(texts):
    """Encode a text as the sum of its words' random vectors: texts that share words are alike."""
    rows = [sum((word_vector(word) for word in text.split()), np.zeros(DIM)) for text in texts]
    return unit(np.array(rows, np.float32).reshape(len(texts), DIM))


def word_vector(word):
    return np.random.default_rng(list(word.encode("utf-8", "surrogatepass"))).standard_normal(DIM)


def sentences(n, start=0):
    return [" ".join(f"w{(start + i) * 7 + k}" for k in range(7)) for i in range(n)]


def shape(alignment):
    return [(bead.a, bead.b) for bead in alignment.beads]


def assert_covers(alignment, n, m):
    assert [i for bead in alignment.beads for i in bead.a] == list(range(n))
    assert [j for bead in alignment.beads for j in bead.b] == list(range(m))
    assert all(bead.a or bead.b for bead in alignment.beads)


units = st.lists(
    st.sampled_from(["", " ", "a b", "a b c d", "b", "c d e f g h", "x" * 300, "\ud800", "日本"]), max_size=14
)


@given(units, units)
@settings(max_examples=50, deadline=None)
def test_align_any_texts_covers_every_unit_once_in_order(a, b):
    alignment = align(a, b, topics)
    assert_covers(alignment, len(a), len(b))
    assert alignment == align(a, b, topics)


@pytest.mark.parametrize(("n", "m"), [(0, 0), (3, 0), (0, 3), (1, 1), (1, 40), (40, 1)])
def test_align_extreme_sizes_covers_every_unit(n, m):
    assert_covers(align(sentences(n), sentences(m), topics), n, m)


def test_align_empty_side_leaves_units_alone():
    assert shape(align(sentences(2), [], topics)) == [((0,), ()), ((1,), ())]
    assert shape(align([], sentences(2), topics)) == [((), (0,)), ((), (1,))]


def test_align_one_unit_among_many_finds_it():
    many = sentences(30)
    assert Bead((0,), (17,)) in align([many[17]], many, topics).beads


def test_align_identical_texts_pairs_by_number():
    assert shape(align(sentences(20), sentences(20), topics)) == [((i,), (i,)) for i in range(20)]


def test_align_identical_lines_pairs_in_order():
    assert shape(align(["a b c"] * 50, ["a b c"] * 50, topics)) == [((i,), (i,)) for i in range(50)]


def test_align_reversed_document_covers_every_unit():
    texts = sentences(60)
    assert_covers(align(texts, texts[::-1], topics), 60, 60)


def test_align_headline_on_one_side_stands_alone():
    texts = sentences(12)
    assert shape(align(texts[1:], texts, topics)) == [((), (0,)), *(((i,), (i + 1,)) for i in range(11))]


def test_align_each_kind_of_bead_is_found():
    s = sentences(14)
    a = [s[0], s[1], f"{s[2]} {s[3]}", s[4], s[5], s[6], f"{s[7]} {s[8]}", s[9], s[10], s[12], s[13]]
    b = [s[0], s[1], s[2], s[3], s[4], f"{s[5]} {s[6]}", s[7], f"{s[8]} {s[9]}", s[10], s[11], s[12], s[13]]
    assert shape(align(a, b, topics)) == [
        *[((0,), (0,)), ((1,), (1,)), ((2,), (2, 3)), ((3,), (4,)), ((4, 5), (5,)), ((6, 7), (6, 7)), ((8,), (8,))],
        *[((), (9,)), ((9,), (10,)), ((10,), (11,))],
    ]


def test_align_unrelated_units_are_not_paired():
    a, b = sentences(20), sentences(20)
    b[9] = "nothing of the kind was ever said there"
    assert {Bead((9,), ()), Bead((), (9,))} <= set(align(a, b, topics).beads)


def test_align_blank_units_pair_with_blank_ones_and_cost_nothing():
    s = sentences(6)
    a = [s[0], "", s[1], s[2], " ", s[3]]
    b = [s[0], "", s[1], s[2], s[3], ""]
    expected = [((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), (3,)), ((4,), ()), ((5,), (4,)), ((), (5,))]
    assert shape(align(a, b, topics)) == expected


def test_align_blank_unit_inside_a_bead_belongs_to_it():
    s = sentences(6)
    assert (
        Bead((2, 3, 4), (2,))
        in align([s[0], s[1], s[2], "", s[3], s[4]], [*s[:2], f"{s[2]} {s[3]}", s[4]], topics).beads
    )


def made_up(n, *, inserted=0, deleted=0.0, seed=3):
    """Return two texts' units and the true 1-1 pairs: B has a block more at its start and lacks some units."""
    rng = np.random.default_rng(seed)
    meaning = rng.standard_normal((n, DIM), dtype=np.float32)
    kept = np.flatnonzero(rng.random(n) >= deleted)
    strangers = rng.standard_normal((inserted, DIM), dtype=np.float32)
    a, b = meaning, np.concatenate((strangers, meaning[kept]))
    a, b = (unit(side + 0.4 * rng.standard_normal(side.shape, dtype=np.float32)) for side in (a, b))
    lengths = rng.integers(20, 200, n).astype(np.float64)
    lengths_b = np.concatenate((rng.integers(20, 200, inserted), lengths[kept]))
    a, b = centred(a, b)
    return Units.of(a, lengths), Units.of(b, lengths_b), {(int(i), inserted + k) for k, i in enumerate(kept)}


def found_pairs(nodes):
    return set(map(tuple, nodes[:-1][(np.diff(nodes, axis=0) == 1).all(axis=1)].tolist()))


@pytest.mark.parametrize("case", [{"inserted": 700}, {"deleted": 0.3}, {"inserted": 400, "deleted": 0.2}])
def test_find_path_beyond_a_full_table_follows_large_gaps(case, monkeypatch):
    monkeypatch.setattr("scorer.align._FULL_TABLE", 10_000)
    a, b, true = made_up(1500, **case)
    found = found_pairs(refined(a, b, NEURAL, find_path(a, b, NEURAL)))
    assert len(found & true) >= 0.985 * len(true)


def test_find_path_banded_equals_full(monkeypatch):
    a, b, _ = made_up(400, inserted=60, deleted=0.1)
    full = find_path(a, b, NEURAL)
    monkeypatch.setattr("scorer.align._FULL_TABLE", 2_000)
    assert (find_path(a, b, NEURAL) == full).all()


def test_find_path_time_grows_about_linearly(monkeypatch):
    monkeypatch.setattr("scorer.align._FULL_TABLE", 10_000)
    times = []
    for n in (500, 2000):
        a, b, _ = made_up(n)
        start = time.process_time()
        find_path(a, b, NEURAL)
        times.append(time.process_time() - start)
    assert times[1] < 10 * times[0]  # four times the units; quadratic growth would be sixteen


def test_align_identical_texts_embeds_nothing_twice():
    asked = []

    def encode(texts):
        asked.append(len(texts))
        return topics(texts)

    align(sentences(20), sentences(20), encode)
    assert asked == [20, 20]


def test_doubtful_joins_missing_block_asks_only_at_its_edges():
    nodes = np.array([(0, 0), (1, 1), (2, 2), *((2 + k, 2) for k in range(1, 9)), (11, 3), (12, 4)])
    a, b = doubtful_joins(nodes)
    assert a.tolist() == [2, 10]
    assert b.tolist() == [2]


def test_cheapest_path_agrees_with_plain_recursion():
    rng = np.random.default_rng(5)
    n, m, skip = 9, 8, 0.4
    costs = rng.random((4, n + 1, m + 1))
    best = np.full((n + 1, m + 1), np.inf)
    best[0, 0] = 0
    for i in range(n + 1):
        for j in range(m + 1):
            for number, (up, left) in enumerate(STEPS):
                if i >= up and j >= left:
                    step = skip if number > 3 else costs[number, i, j]
                    best[i, j] = min(best[i, j], best[i - up, j - left] + step)
    nodes = cheapest_path(Band.full(n, m), lambda i, lo, hi: costs[:, i, lo : hi + 1], skip)
    spent = 0.0
    for (i0, j0), (i1, j1) in pairwise(nodes.tolist()):
        number = STEPS.index((i1 - i0, j1 - j0))
        spent += skip if number > 3 else costs[number, i1, j1]
    assert spent == pytest.approx(best[n, m])


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=60), st.integers(3, 6))
@settings(max_examples=30, deadline=None)
def test_band_around_a_path_holds_it_and_both_corners(steps, radius):
    nodes = np.concatenate(([(0, 0)], np.cumsum(steps, axis=0)))
    n, m = (2 * nodes[-1]).tolist()
    band = Band.around(nodes, n, m, factor=2, radius=radius)
    assert band.low[0] == 0
    assert band.high[-1] == m
    assert (np.diff(band.low) >= 0).all()
    assert (np.diff(band.high) >= 0).all()
    assert (band.low[1:] <= band.high[:-1]).all()
    for i, j in (2 * nodes).tolist():
        assert band.low[i] <= j <= band.high[i]


def test_pair_lines_equal_numbers_pairs_by_number():
    assert shape(pair_lines(["a", "", "c"], ["x", "y", "z"])) == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]


def test_pair_lines_lengths_differ_raises():
    with pytest.raises(PairingError) as raised:
        pair_lines(["a"] * 812, ["a"] * 811, ("source", "hypothesis"))
    assert str(raised.value) == "source has 812 lines, hypothesis has 811; first unpaired line: 812"


def test_choose_lines_asked_for_lengths_differ_raises():
    with pytest.raises(PairingError, match=r"a\.txt has 1 line, b\.txt has 2; first unpaired line: 2"):
        choose(["a"], ["a", "b"], topics, "lines", names=("a.txt", "b.txt"))


def test_choose_auto_parallel_lines_are_paired_by_number():
    s = sentences(30)
    alignment = choose(s, [text + " more" for text in s], topics)
    assert alignment.method == "lines"
    assert "both have 30 lines" in alignment.reason
    assert shape(alignment) == [((i,), (i,)) for i in range(30)]


def test_choose_auto_numbers_differ_aligns_document():
    alignment = choose(sentences(30), sentences(29, start=1), topics, names=("x", "y"))
    assert alignment.method == "document"
    assert alignment.reason == "x has 30 lines, y has 29"
    assert alignment.beads[0] == Bead((0,), ())


def test_choose_auto_shifted_stretch_aligns_document():
    s = sentences(41)
    a, b = [*s[:10], *s[11:]], [*s[:30], *s[31:]]
    alignment = choose(a, b, topics)
    assert alignment.method == "document"
    assert "lines 11 to 30 resemble others" in alignment.reason
    assert Bead((), (10,)) in alignment.beads


def test_choose_auto_blank_lines_differ_aligns_document():
    s = sentences(3)
    alignment = choose([s[0], "", s[1]], [s[0], s[1], ""], topics, names=("x", "y"))
    assert (alignment.method, alignment.reason) == ("document", "both have 3 lines, but line 2 is blank in x only")


def test_choose_auto_one_missing_translation_is_still_lines():
    s = sentences(30)
    alignment = choose(s, [*s[:7], "", *s[8:]], topics)
    assert alignment.method == "lines"


def test_choose_auto_reversed_document_is_not_lines():
    s = sentences(40)
    assert choose(s, s[::-1], topics).method == "document"


def test_choose_auto_unrelated_texts_of_equal_length_are_not_lines():
    assert choose(sentences(40), sentences(40, start=100), topics).method == "document"


@pytest.mark.parametrize("lines", [[], ["one line"], ["", ""], ["same"] * 9])
def test_choose_auto_little_to_go_by_covers_every_line(lines):
    assert_covers(choose(lines, lines, topics), len(lines), len(lines))


def test_lines_fit_lexical_encoder_and_shared_numbers_is_enough():
    a = [f"Der Posten {i * 37} kostet {i * 91} Euro im Jahr" for i in range(1, 40)]
    b = [f"Item {i * 37} is {i * 91} euros a year" for i in range(1, 40)]
    assert lines_fit(a, b, LexicalEncoder().sentences)[0]


@pytest.mark.parametrize(
    ("gains", "stretch"), [([-1, 2, 3, -9, 4], (1, 2, 5)), ([-2, -1], (1, 1, -1)), ([1, 1], (0, 1, 2)), ([], None)]
)
def test_best_stretch_table(gains, stretch):
    assert best_stretch(np.array(gains, np.float64)) == stretch
