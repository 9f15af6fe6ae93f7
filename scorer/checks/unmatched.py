"""Runs of words that nothing in the other text matches: a clause left out, or one that came from nowhere.

Each word has the similarity of its best match in the other text, on the scale of `scorer.calibration`. A run's
weight is how far its words together stay below what a matched word has; the heaviest run of a text is told if it is
heavier than human translations of that language pair have it (`gaps` in models/calibration.json: their 98th
percentile for a minor finding, beyond nearly all of them for a major one). Paraphrase weighs little, since a
paraphrased word still has a near match. Segments of a few words are left to the other checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scorer import calibration, encoders, oddness, words
from scorer.checks import register
from scorer.checks.writing import shown
from scorer.matching import best
from scorer.types import Finding, Segment, Severity, Span, found

# What a matched word has at least, as a share of a faultless translation's mean.
MATCHED = 0.4
FEWEST_WORDS = 4

Matches = list[tuple[Span, float]]


@register("unmatched", needs_encoder=True)
def unmatched(segment: Segment) -> Iterator[Finding]:
    """Yield the heaviest run of the original without a match, and of the hypothesis."""
    original = segment.original
    encoder = encoders.load()
    if original is None or calibration.version(encoder.signature()) == "none":
        return
    hypothesis, other = encoder.embed([segment.hypothesis, original.text], sentences=False)
    if min(len(hypothesis.tokens), len(other.tokens)) < FEWEST_WORDS:
        return
    cosines = best(hypothesis.tokens, other.tokens)
    ours = matches(segment.hypothesis, hypothesis.spans, _scaled(cosines[0], segment, "precision"))
    theirs = matches(original.text, other.spans, _scaled(cosines[1], segment, "recall"))
    if severity := _severity(theirs, segment, "original"):
        span = heaviest(theirs)[1]
        message = f"{shown(original.text[slice(*span)])} seems to be left out"
        yield found(segment, "unmatched", severity, "adequacy", message, original=span)
    if severity := _severity(ours, segment, "hypothesis"):
        span = heaviest(ours)[1]
        message = f"{shown(segment.hypothesis[slice(*span)])} seems to be added"
        yield found(segment, "unmatched", severity, "adequacy", message, hypothesis=span)


def _scaled(cosines: encoders.Vectors, segment: Segment, measure: calibration.Measure) -> encoders.Vectors:
    assert segment.original is not None
    scale = calibration.scale(measure, segment.original.side, segment.languages, encoders.signature())
    return np.asarray((cosines - scale.low) / (scale.high - scale.low), np.float32)


def _severity(scored: Matches, segment: Segment, text: calibration.GapIn) -> Severity | None:
    assert segment.original is not None
    weight = heaviest(scored)[0]
    minor, major = calibration.gaps(text, segment.original.side, segment.languages)
    return "major" if weight > major else "minor" if weight > minor else None


def matches(text: str, tokens: Sequence[Span], scores: encoders.Vectors) -> Matches:
    """Return words with their tokens' mean score; in scripts without spaces, tokens with theirs."""
    scored: Matches = []
    for start, end in words.spans(text):
        first, last = oddness.tokens_of((start, end), tokens)
        if words.is_unspaced(text[start]):
            scored.extend((tokens[i], float(scores[i])) for i in range(first, last))
        elif first < last:
            scored.append(((start, end), float(scores[first:last].mean())))
    return scored


def heaviest(scored: Matches) -> tuple[float, Span]:
    """Return the weight and the span of the run that stays farthest below a match (Kadane's algorithm)."""
    heaviest_yet, run, weight, start = 0.0, (0, 0), 0.0, 0
    for i, (_, score) in enumerate(scored):
        if weight <= 0:
            weight, start = 0.0, i
        weight += MATCHED - score
        if weight > heaviest_yet:
            heaviest_yet, run = weight, (scored[start][0][0], scored[i][0][1])
    return heaviest_yet, run
