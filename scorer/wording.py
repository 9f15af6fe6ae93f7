"""Words in which two renderings of one text differ, and whether the difference matters.

Two texts in one language say things differently in most lines. Whether a choice of words changes the meaning is tried
out: the other text's word is put in its place and the other way round, and the sentence's vector either stays
(`shares` for `stocks`) or moves (`successful` for `hit`, `lawn` for `turf`). Only words that are each other's best
match in context are tried, since words without a match are omissions and additions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from scorer import oddness, words
from scorer.encoders import Embedding, Encoder, Vectors, cosine
from scorer.types import Finding, Segment, Span

# Pairs tried in a document, least alike first: each costs the embedding of two sentences.
TRIED = 24
# Words more alike than this in context are the same choice.
ALIKE = 0.72
# Words that begin alike are forms of one word.
SAME_BEGINNING = 4
SHORTEST = 3
# How far a sentence has to move, weighted by how unlike the words are, to be told; and at how much it is certain.
# Chosen by reading what two renderings of news articles give: below, the words are synonyms in their place.
TOLD, CERTAIN = 0.0020, 0.0050


@dataclass(frozen=True, slots=True)
class Substitution:
    """One word for another: which segment, where, how alike they are in context, and how far the sentence moves."""

    segment: Segment
    hypothesis: Span
    reference: Span
    likeness: float
    shift: float = 0.0

    @property
    def harm(self) -> float:
        """Return how much the difference matters: 0 for none."""
        return self.shift * (1 - self.likeness)

    def swapped(self) -> tuple[str, str]:
        """Return the hypothesis with the reference's word, and the reference with the hypothesis'."""
        (start, end), (first, last) = self.hypothesis, self.reference
        text, other = self.segment.hypothesis, self.segment.references[0]
        return text[:start] + other[first:last] + text[end:], other[:first] + text[start:end] + other[last:]


def findings(segments: Sequence[Segment], encoder: Encoder) -> Iterator[Finding]:
    """Yield a minor finding for each choice of words that moves its sentence, most harmful first.

    Args:
        segments: With a reference or peer each; others are passed over.
        encoder: What embeds the sentences.
    """
    able = [segment for segment in segments if segment.references and segment.references[0] and segment.hypothesis]
    encoder.embed([text for segment in able for text in (segment.hypothesis, segment.references[0])])
    candidates = sorted((s for segment in able for s in substitutions(segment, encoder)), key=attrgetter("likeness"))
    for substitution in sorted(tried(candidates[:TRIED], encoder), key=lambda s: -s.harm):
        if substitution.harm >= TOLD:
            yield _finding(substitution)


def _finding(substitution: Substitution) -> Finding:
    segment = substitution.segment
    ours = segment.hypothesis[slice(*substitution.hypothesis)]
    theirs = segment.references[0][slice(*substitution.reference)]
    return Finding(
        "wording",
        "minor",
        "adequacy",
        segment.index,
        f'"{ours}" for "{theirs}"',
        hypothesis_span=substitution.hypothesis,
        reference_span=substitution.reference,
        certainty=min(1.0, substitution.harm / CERTAIN),
    )


def tried(candidates: Sequence[Substitution], encoder: Encoder) -> list[Substitution]:
    """Return the candidates with the larger of the two shifts that swapping their words makes."""
    encoder.embed([text for candidate in candidates for text in candidate.swapped()])  # all at once, for speed
    return [replace(candidate, shift=_shift(candidate, encoder)) for candidate in candidates]


def _shift(candidate: Substitution, encoder: Encoder) -> float:
    plain = encoder.embed([candidate.segment.hypothesis, candidate.segment.references[0]])
    swapped = encoder.embed(candidate.swapped())
    return max(0.0, *(1 - cosine(a, b) for a, b in zip(plain, swapped, strict=True)))


def substitutions(segment: Segment, encoder: Encoder) -> Iterator[Substitution]:
    """Yield the pairs of words that are each other's best match and not the same word."""
    embeddings = encoder.embed([segment.hypothesis, segment.references[0]])
    ours, our_vectors = _words(segment.hypothesis, embeddings[0])
    theirs, their_vectors = _words(segment.references[0], embeddings[1])
    if not ours or not theirs:
        return
    likeness = our_vectors @ their_vectors.T
    best, best_back = likeness.argmax(axis=1), likeness.argmax(axis=0)
    for i, j in enumerate(best):
        left, right = segment.hypothesis[slice(*ours[i])], segment.references[0][slice(*theirs[j])]
        if best_back[j] == i and likeness[i, j] < ALIKE and _differ(left, right):
            yield Substitution(segment, ours[i], theirs[j], float(likeness[i, j]))


def _differ(left: str, right: str) -> bool:
    """Return whether two words are different words, and words enough to mean something."""
    if not left.isalpha() or not right.isalpha() or min(len(left), len(right)) < SHORTEST:
        return False
    return left.casefold()[:SAME_BEGINNING] != right.casefold()[:SAME_BEGINNING]


def _words(text: str, embedding: Embedding) -> tuple[list[Span], Vectors]:
    """Return the words that have tokens, and their unit vectors, shape (n, dim)."""
    spans, vectors = [], []
    for span in words.spans(text):
        first, last = oddness.tokens_of(span, embedding.spans)
        if first < last:
            mean = embedding.tokens[first:last].mean(axis=0)
            spans.append(span)
            vectors.append(mean / (np.linalg.norm(mean) or 1.0))
    return spans, np.array(vectors, dtype=np.float32)
