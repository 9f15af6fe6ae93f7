from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pytest

from scorer import encoders, wording
from scorer.encoders import Embedding
from scorer.types import Languages, Segment

PAIR = Languages("en", "en")
AXES = {name: i for i, name in enumerate(["place", "verb", "person", "grass", "field", "liked", "other", "far"])}
# What each word is made of: words of one part of speech share an axis.
WORDS = {
    "lawn": {"place": 1, "grass": 1},
    "turf": {"place": 1, "field": 1},
    "grass": {"place": 1, "grass": 0.9, "field": 0.1},
    "mowed": {"verb": 1, "other": 0.4},
    "loved": {"verb": 1, "liked": 1},
    "gardener": {"person": 1},
}


@dataclass
class Stub:
    """An encoder that knows a few words; a sentence is the sum of its words."""

    name: str = "stub"
    n_embedded: int = 0
    asked: list[list[str]] = field(default_factory=list)

    def signature(self) -> str:
        return "stub"

    def embed(self, texts, *, sentences=True):
        self.asked.append(list(texts))
        return [self._one(text) for text in texts]

    def _one(self, text):
        spans = tuple(match.span() for match in re.finditer(r"\w+", text))
        rows = [self._vector(text[start:end]) for start, end in spans]
        tokens = np.array(rows, np.float32).reshape(len(rows), len(AXES))
        total = tokens.sum(axis=0) if rows else np.zeros(len(AXES), np.float32)
        return Embedding((total / (np.linalg.norm(total) or 1)).astype(np.float32), tokens, spans)

    def _vector(self, word):
        vector = np.zeros(len(AXES))
        for axis, value in WORDS.get(word.lower(), {"far": 1}).items():
            vector[AXES[axis]] = value
        return vector / np.linalg.norm(vector)


def segment(hypothesis, *references, index=0):
    return Segment(index, None, hypothesis, references, PAIR)


def test_findings_another_word_that_moves_the_sentence_is_told_in_both_texts():
    ours, theirs = "The gardener mowed the lawn.", "The gardener mowed the big turf."
    (finding,) = wording.findings([segment(ours, theirs, index=4)], Stub())
    assert finding.message == '"lawn" for "turf"'
    assert (finding.check, finding.severity, finding.dimension, finding.index) == ("wording", "minor", "adequacy", 4)
    assert ours[slice(*finding.hypothesis_span)] == "lawn"
    assert theirs[slice(*finding.reference_span)] == "turf"
    assert 0 < finding.certainty <= 1


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("The gardener mowed the lawn", "The gardener mowed the lawn"),
        ("The gardener mowed the lawn", "The gardener mowed the grass"),  # as good as the same
        ("The gardener mowed it", "The gardener mowed them all day long"),  # nothing that corresponds
        ("mowed lawn", "mowed Lawns"),  # forms of a word
        ("", "The lawn"),
        ("The lawn", ""),
        ("...", "!"),
    ],
)
def test_findings_harmless_choices_are_not_told(ours, theirs):
    assert list(wording.findings([segment(ours, theirs)], Stub())) == []


def test_findings_segment_without_a_reference_is_passed_over():
    assert list(wording.findings([segment("The lawn"), Segment(1, "Quelle", "lawn")], Stub())) == []


def test_findings_most_harmful_comes_first():
    found = list(
        wording.findings(
            [
                segment("gardener mowed lawn", "gardener mowed turf", index=0),
                segment("lawn gardener gardener gardener mowed", "turf gardener gardener gardener mowed", index=1),
            ],
            Stub(),
        )
    )
    assert found[0].index == 0
    assert [finding.certainty for finding in found] == sorted((finding.certainty for finding in found), reverse=True)


def test_findings_number_of_trials_is_bounded(monkeypatch):
    monkeypatch.setattr(wording, "TRIED", 2)
    stub = Stub()
    segments = [
        segment(f"gardener mowed lawn {'x ' * i}", f"gardener mowed turf {'x ' * i}", index=i) for i in range(9)
    ]
    assert len(list(wording.findings(segments, stub))) == 2


def test_swapped_puts_each_word_into_the_other_text():
    one = wording.Substitution(segment("a lawn here", "the turf there"), (2, 6), (4, 8), 0.5)
    assert one.swapped() == ("a turf here", "the lawn there")


def test_findings_of_the_bundled_encoder_tell_meaning_from_style():
    pairs = [
        ("The gardener mowed the lawn this morning.", "The gardener mowed the turf this morning."),
        ("The patient has a high temperature.", "The patient has a low temperature."),
        ("Shares rose sharply on Monday.", "Stocks rose sharply on Monday."),
        ("He bought a large house.", "He bought a big house."),
    ]
    segments = [segment(ours, theirs, index=i) for i, (ours, theirs) in enumerate(pairs)]
    found = {finding.message for finding in wording.findings(segments, encoders.load())}
    assert found == {'"lawn" for "turf"', '"high" for "low"'}
