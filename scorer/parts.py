"""Cuts a long segment into sentences or a few of them, each with what renders it in the segment's other texts.

Metrics that read meaning were fitted to segments of a sentence or two, and a paragraph read whole gets too few points:
each word finds a match somewhere. So they measure the parts of a segment and add up the rows, and a paragraph has about
what its sentences have (`scorer.measure`).

Sentences are paired as documents are (`scorer.align`), always by the bundled encoder; a part ends only where all texts
of the segment can be cut. What has no counterpart stays with its neighbour, so that no part lacks a side.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scorer import align, documents, encoders, words
from scorer.types import Bead, ByPart, Finding, Segment, Span

# Words that a part has at least: short sentences by themselves get too many points (docs/decisions/0012-parts.md).
FEWEST_WORDS = 15
_N_KEPT = 8192

Text = tuple[str, str | None]  # with its language
Cuts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Some sentences of a segment as a segment of their own, and where they begin in the whole one's texts."""

    segment: Segment
    hypothesis: int = 0
    source: int = 0
    reference: int = 0

    def placed(self, finding: Finding) -> Finding:
        """Return a finding of the part with its places in the whole segment; spans of a reference are the first's."""
        return replace(
            finding,
            hypothesis_span=_moved(finding.hypothesis_span, self.hypothesis),
            source_span=_moved(finding.source_span, self.source),
            reference_span=_moved(finding.reference_span, self.reference),
        )


def paired(segment: Segment) -> tuple[Part, ...]:
    """Return the parts of a segment; of one without another text, those of its hypothesis."""
    own, languages = (segment.hypothesis, segment.languages.hypothesis), segment.languages
    others = [(segment.source, languages.source)] if segment.source and segment.source.strip() else []
    others += [(reference, languages.hypothesis) for reference in segment.references if reference.strip()]
    spans = iter(_spans(own, tuple(others)))
    hypotheses = next(spans)
    if len(hypotheses) < 2:
        return (Part(segment),)
    n_parts = len(hypotheses)
    blank = ((0, 0),) * n_parts
    sources = next(spans) if segment.source and segment.source.strip() else blank
    references = [next(spans) if reference.strip() else blank for reference in segment.references]
    return tuple(
        Part(
            replace(
                segment,
                hypothesis=segment.hypothesis[slice(*hypotheses[i])],
                source=None if segment.source is None else segment.source[slice(*sources[i])],
                references=tuple(
                    text[slice(*each[i])] for text, each in zip(segment.references, references, strict=True)
                ),
            ),
            hypotheses[i][0],
            sources[i][0],
            references[0][i][0] if references else 0,
        )
        for i in range(n_parts)
    )


def own(segment: Segment) -> tuple[Part, ...]:
    """Return the parts of the hypothesis by itself, with what renders them where that cuts it in the same places.

    So what is read of the hypothesis alone is the same whatever lies beside it.
    """
    alone = paired(replace(segment, source=None, references=()))
    beside = paired(segment)
    return beside if [part.hypothesis for part in beside] == [part.hypothesis for part in alone] else alone


# How a metric may ask to be measured.
BY: Mapping[ByPart, Callable[[Segment], tuple[Part, ...]]] = {"paired": paired, "own": own}


def prepare(segments: Sequence[Segment]) -> None:
    """Encode the sentences of many segments at once, which is faster than one segment after the other."""
    texts = []
    for segment in segments:
        sides = [(segment.hypothesis, segment.languages.hypothesis), (segment.source or "", segment.languages.source)]
        sides += [(reference, segment.languages.hypothesis) for reference in segment.references]
        units = [found for side in sides if (found := _units(*side))]
        if len(units) > 1 and all(len(found) > 1 for found in units):
            texts += [unit.text for found in units for unit in found]
    if texts:
        encoders.load().embed(texts)


@functools.lru_cache(maxsize=_N_KEPT)
def _spans(own: Text, others: tuple[Text, ...]) -> tuple[tuple[Span, ...], ...]:
    """Return where the parts of each text are, the hypothesis first."""
    sides = [_units(*text) for text in (own, *others)]
    whole = tuple(((0, len(text)),) for text, _ in (own, *others))
    if any(len(units) < 2 for units in sides):
        return whole
    hypothesis = [unit.text for unit in sides[0]]
    matches = [
        _boundaries(align.align(hypothesis, [unit.text for unit in units], _encode, same_language=same).beads)
        for units, same in zip(sides[1:], [text[1] == own[1] for text in others], strict=True)
    ]
    places = _places(hypothesis, [len(units) for units in sides], matches)
    if len(places) < 3:
        return whole
    return tuple(
        tuple((units[first].start, units[last - 1].end) for first, last in pairwise(place[k] for place in places))
        for k, units in enumerate(sides)
    )


@functools.lru_cache(maxsize=_N_KEPT)
def _units(text: str, language: str | None) -> tuple[documents.Unit, ...]:
    return tuple(documents.cut(text, language))


def _encode(texts: Sequence[str]) -> encoders.Vectors:
    return encoders.sentences(encoders.load(), texts)


def _boundaries(beads: Sequence[Bead]) -> dict[int, int]:
    """Return where both texts can be cut: after so many units of the first, the least number of the second."""
    found: dict[int, int] = {}
    i = j = 0
    for bead in beads:
        i, j = i + len(bead.a), j + len(bead.b)
        found.setdefault(i, j)
    return found


def _places(hypothesis: Sequence[str], sizes: Sequence[int], matches: Sequence[Mapping[int, int]]) -> Cuts:
    """Return how many units of each text lie before each cut, from none of them to all."""
    ends = tuple(sizes)
    places = [(0,) * len(ends)]
    lengths = [words.count(text) for text in hypothesis]
    for i in range(1, len(hypothesis)):
        if not all(i in match for match in matches):
            continue
        place = (i, *(match[i] for match in matches))
        is_filled = all(a < b < end for a, b, end in zip(places[-1], place, ends, strict=True))
        if is_filled and min(sum(lengths[places[-1][0] : i]), sum(lengths[i:])) >= FEWEST_WORDS:
            places.append(place)
    return (*places, ends)


def _moved(span: Span | None, offset: int) -> Span | None:
    return None if span is None else (span[0] + offset, span[1] + offset)
