"""Words that the learned metric takes for errors, with how bad they look and which dimension they cost.

A word's probability is its worst token's, read as if a few sound tokens stood beside the text's own; neighbouring words
above the threshold make one finding. Thresholds were chosen on development data (benchmarks/results/spans.md). What
these words cost is part of the expected penalty already, so these findings mark places and add no points of their own
(`scorer.combine`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scorer import entities, estimator, oddness, words
from scorer.checks import register
from scorer.checks.writing import MOST, shown
from scorer.types import SUSPICIONS, Finding, Segment, Span, found

# A word this likely to be part of an error is told; an error this likely to be a major one is told as such. They belong
# to the shipped network: benchmarks/spans.py says what others would be worth.
SHOWN = 0.34
MAJOR = 0.22
# In a text of a few words nothing is known of a word but itself: of buttons and labels the network suspects sound ones
# as often as wrong ones (docs/decisions/0019-labels.md). Times n / (n + 4), and it hardly suspects them any more.
SOUND_TOKENS = 4


@register(SUSPICIONS, needs_encoder=True)
def learned(segment: Segment) -> Iterator[Finding]:
    """Yield the stretches that look most like errors, at most five."""
    (estimate,) = estimator.estimate([segment])
    kept = list(_kept(segment))
    found_here = [each for each in errors(segment.hypothesis, estimate) if not _within(each[0], kept)]
    stretches = sorted(found_here, key=lambda each: -each[1])
    for span, certainty, first, last in stretches[:MOST]:
        own = slice(first, last)
        severity = "major" if float(np.max(estimate.major[own])) >= MAJOR else "minor"
        of_meaning = float(estimate.accuracy[own].sum()) >= float(estimate.fluency[own].sum())
        yield found(
            segment,
            SUSPICIONS,
            "major" if severity == "major" else "minor",
            "adequacy" if of_meaning else "fluency",
            f"{shown(segment.hypothesis[slice(*span)])} {'looks wrong' if of_meaning else 'reads oddly'}",
            hypothesis=span,
            certainty=certainty,
        )


def _kept(segment: Segment) -> Iterator[Span]:
    """Yield where the hypothesis has an address, number, placeholder or name as the original has it: no error there."""
    if segment.original is None:
        return
    theirs = entities.survivors(segment.original.text, segment.original.language)
    for key, spans in entities.survivors(segment.hypothesis, segment.languages.hypothesis).items():
        if key in theirs:
            yield from spans


def _within(span: Span, others: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def errors(text: str, estimate: estimator.Estimate, threshold: float = SHOWN) -> Iterator[tuple[Span, float, int, int]]:
    """Yield runs of words above the threshold: characters, the highest certainty, and the range of tokens."""
    run: tuple[Span, float, int, int] | None = None
    n_tokens = len(estimate.spans)
    for span, first, last in _units(text, estimate.spans):
        certainty = float(np.max(estimate.error[first:last])) * n_tokens / (n_tokens + SOUND_TOKENS)
        if certainty < threshold:
            if run:
                yield run
            run = None
        elif run:
            run = (run[0][0], span[1]), max(run[1], certainty), run[2], last
        else:
            run = span, certainty, first, last
    if run:
        yield run


def _units(text: str, tokens: tuple[Span, ...]) -> Iterator[tuple[Span, int, int]]:
    """Yield words with their tokens; in scripts without spaces, and for punctuation, tokens."""
    token = 0
    for start, end in words.spans(text):
        first, last = oddness.tokens_of((start, end), tokens)
        first = max(first, token)
        for alone in range(token, first):
            yield tokens[alone], alone, alone + 1
        if words.is_unspaced(text[start]):
            for alone in range(first, last):
                yield tokens[alone], alone, alone + 1
        elif first < last:
            yield (min(start, tokens[first][0]), max(end, tokens[last - 1][1])), first, last
        token = max(token, last)
    for alone in range(token, len(tokens)):
        yield tokens[alone], alone, alone + 1
