from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import ngrams

SEQUENCES = st.lists(st.integers(0, 3), max_size=12)
GROUPS = st.lists(st.tuples(SEQUENCES, st.lists(SEQUENCES, max_size=3)), max_size=5)


def counted(hypothesis, references, n):
    """Clipped matches by dictionaries, the definition of Papineni et al. 2002."""

    def grams(sequence):
        return Counter(tuple(sequence[i : i + n]) for i in range(len(sequence) - n + 1))

    most = Counter()
    for reference in references:
        most |= grams(reference)
    return (grams(hypothesis) & most).total()


def as_groups(groups, shift=0):
    return [
        (np.array(hypothesis, dtype=np.int64) + shift, [np.array(each, dtype=np.int64) + shift for each in references])
        for hypothesis, references in groups
    ]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(groups=GROUPS, order=st.integers(1, 6))
def test_matches_equals_counting_by_dictionaries(groups, order):
    expected = [[counted(*group, n + 1) for n in range(order)] for group in groups]
    found = ngrams.matches(as_groups(groups), order)
    assert found.shape == (len(groups), order)
    assert found.tolist() == expected


def test_matches_many_symbols_and_orders_do_not_overflow():
    chance = np.random.default_rng(0)
    hypothesis = chance.integers(0, 0x10FFFF, 3_000)
    reference = np.concatenate([hypothesis[1_000:], chance.integers(0, 0x10FFFF, 1_000)])
    (row,) = ngrams.matches([(hypothesis, [reference])], 20)
    assert row.tolist()[1:] == [counted(hypothesis.tolist(), [reference.tolist()], n + 1) for n in range(1, 20)]


def test_matches_chunks_make_no_difference(monkeypatch):
    chance = np.random.default_rng(0)
    groups = [(chance.integers(0, 4, 20), [chance.integers(0, 4, 20)]) for _ in range(30)]
    whole = ngrams.matches(groups, 4)
    monkeypatch.setattr(ngrams, "_SYMBOLS_PER_CHUNK", 50)
    assert (ngrams.matches(groups, 4) == whole).all()


@pytest.mark.parametrize(("length", "expected"), [(0, [0, 0, 0]), (2, [2, 1, 0]), (5, [5, 4, 3])])
def test_n_ngrams_short_sequences_have_none(length, expected):
    assert ngrams.n_ngrams(length, 3) == expected


def test_code_points_keep_lone_surrogates_and_astral_characters():
    assert ngrams.code_points("a\ud800\U0001f600").tolist() == [0x61, 0xD800, 0x1F600]
