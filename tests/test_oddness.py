from __future__ import annotations

import numpy as np
import pytest

from scorer import oddness
from scorer.encoders import Embedding

SPANS = [(0, 3), (4, 6), (6, 9), (9, 10)]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 3), (0, 1)),
        ((4, 9), (1, 3)),
        ((5, 7), (1, 3)),
        ((3, 4), (1, 1)),
        ((9, 10), (3, 4)),
        ((0, 10), (0, 4)),
        ((10, 12), (4, 4)),
    ],
)
def test_tokens_of_a_span_are_those_that_share_a_character(span, expected):
    assert oddness.tokens_of(span, SPANS) == expected


def test_of_tokens_are_probabilities(encoder):
    dim = encoder.config["hidden_size"]
    vectors = np.random.default_rng(0).normal(size=(50, dim)).astype(np.float32) * 10
    found = oddness.of_tokens(vectors)
    assert found.shape == (50,)
    assert ((found >= 0) & (found <= 1)).all()


def test_of_words_a_word_that_does_not_belong_is_the_oddest(encoder):
    text = "The lawn of the stadium was watered and the players came back to the purple."
    embedding = encoder.embed([text])[0]
    found = oddness.of_words(text, embedding)
    assert [text[start:end] for (start, end), _ in found][:3] == ["The", "lawn", "of"]
    assert all(0 <= odds <= 1 for _, odds in found)
    sound, damaged = (
        max(odds for _, odds in oddness.of_words(each, encoder.embed([each])[0]))
        for each in ("She made a decision last week.", "She made a last decision of week week.")
    )
    assert damaged > sound


def test_of_words_of_nothing_is_nothing():
    empty = Embedding(np.zeros(4, np.float32), np.zeros((0, 4), np.float32), ())
    assert oddness.of_words("", empty) == ()
    assert oddness.of_words("...", empty) == ()


def test_version_is_the_shipped_heads():
    assert len(oddness.version()) == 8
