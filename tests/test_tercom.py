import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.lib_ter import translation_edit_rate

from scorer.tercom import n_edits


@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("", "", 0),
        ("", "a b", 2),
        ("a b", "", 2),
        ("a b c", "a b c", 0),
        ("a x c", "a b c", 1),
        ("c d e a b", "a b c d e", 1),  # one move
        ("a b c d", "d c b a", 3),
    ],
)
def test_n_edits_small_cases(hypothesis, reference, expected):
    assert n_edits(hypothesis.split(), reference.split()) == expected
    assert translation_edit_rate(hypothesis.split(), reference.split())[0] == expected


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data(), st.integers(2, 30))
def test_n_edits_equals_sacrebleu(data, n_words):
    words = st.lists(st.integers(0, n_words).map(str), max_size=18)
    hypothesis, reference = data.draw(words), data.draw(words)
    assert n_edits(hypothesis, reference) == translation_edit_rate(hypothesis, reference)[0]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.data())
def test_n_edits_of_moved_blocks_equals_sacrebleu(data):
    # Long enough for the beam to cut: a move of 20 words leaves the diagonal.
    reference = [str(i % 37) for i in range(data.draw(st.integers(30, 50)))]
    hypothesis = reference[:]
    for _ in range(data.draw(st.integers(1, 3))):
        start, length, place = (data.draw(st.integers(0, 30)) for _ in range(3))
        block = hypothesis[start : start + length]
        rest = hypothesis[:start] + hypothesis[start + length :]
        hypothesis = rest[:place] + block + rest[place:]
    assert n_edits(hypothesis, reference) == translation_edit_rate(hypothesis, reference)[0]


@pytest.mark.parametrize(("n", "m"), [(1, 200), (200, 1), (3, 170), (90, 15), (15, 90)])
def test_n_edits_of_very_different_lengths_equals_sacrebleu(n, m):
    hypothesis, reference = [str(i % 7) for i in range(n)], [str(i % 5) for i in range(m)]
    assert n_edits(hypothesis, reference) == translation_edit_rate(hypothesis, reference)[0]
