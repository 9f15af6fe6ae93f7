"""Which stretches of a segment's texts every output marks, and the texts in pieces for it, safe to print."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from scorer.printable import printable
from scorer.report import Report, SegmentReport
from scorer.types import SEVERITIES, Finding, Severity, Span

LONGEST_NOTE = 200
ZERO_WIDTH_JOINER = "\u200d"

Kind = Severity | Literal["differs"]
KINDS: tuple[Kind, ...] = (*SEVERITIES, "differs")


class Mark(NamedTuple):
    """A stretch of a text to mark: from where to where, how bad it is, and what is told of it."""

    start: int
    end: int
    kind: Kind
    note: str = ""


class Piece(NamedTuple):
    """A run of a text, safe to print, whose worst mark is of one kind; `None` where there is no mark."""

    text: str
    kind: Kind | None
    notes: tuple[str, ...] = ()


def pieces(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    """Yield a text in runs of one kind, where marks overlap the worst one's; control characters are shown, not sent."""
    for kind, run in itertools.groupby(_stretches(text, marks), key=lambda stretch: _worst(stretch[2])):
        parts = list(run)
        notes = dict.fromkeys(mark.note for _, _, there in parts for mark in there if mark.note)
        yield Piece(printable(text[parts[0][0] : parts[-1][1]]), kind, tuple(notes))


def _stretches(text: str, marks: Sequence[Mark]) -> Iterator[tuple[int, int, list[Mark]]]:
    """Yield the stretches between the ends of marks, in order, each with the marks on it."""
    coming = sorted((_whole(mark, text) for mark in marks), key=lambda mark: -mark.start)
    ends = {end for mark in coming for end in mark[:2]}
    there: list[Mark] = []
    for start, end in itertools.pairwise(sorted({0, len(text), *ends})):
        while coming and coming[-1].start <= start:
            there.append(coming.pop())
        there = [mark for mark in there if mark.end > start]
        yield start, end, there


def _whole(mark: Mark, text: str) -> Mark:
    """Return a mark within the text that cuts no letter from its accents: what closes it would wear them."""
    start, end = (min(max(edge, 0), len(text)) for edge in mark[:2])
    while 0 < start < len(text) and _leans(text[start]):
        start -= 1
    while end < len(text) and _leans(text[end]):
        end += 1
    return mark._replace(start=start, end=end)


def _leans(character: str) -> bool:
    return character == ZERO_WIDTH_JOINER or unicodedata.category(character).startswith("M")


def _worst(marks: Sequence[Mark]) -> Kind | None:
    return min((mark.kind for mark in marks), key=KINDS.index, default=None)


def clip(text: str, marks: Sequence[Mark], width: int) -> tuple[str, tuple[Mark, ...]]:
    """Return at most `width` characters of a text from around its first worst mark, with the marks in them."""
    if len(text) <= width:
        return text, tuple(marks)
    _, first = min(((KINDS.index(mark.kind), mark.start) for mark in marks), default=(0, 0))
    start = max(0, min(first - width // 3, len(text) - width))
    head, tail = "…" if start else "", "…" if start + width < len(text) else ""
    shift = len(head) - start
    inside = [
        mark._replace(start=max(mark.start, start) + shift, end=min(mark.end, start + width) + shift) for mark in marks
    ]
    return head + text[start : start + width] + tail, tuple(mark for mark in inside if mark.start < mark.end)


def sides(report: Report, segment: SegmentReport) -> list[tuple[str, str, tuple[Mark, ...]]]:
    """Return a segment's texts, each with its label and its marks: what was found, and what the other text lacks."""
    findings = segment.findings
    in_hypothesis, in_reference = segment.differs
    peers = report.role == "peers"
    texts = []
    if segment.source is not None:
        texts.append(("source", segment.source, found([(f, f.source_span) for f in findings], segment.source)))
    for i, reference in enumerate(segment.references):
        label = "A" if peers else "reference" if len(segment.references) == 1 else f"reference {i + 1}"
        # Spans of a reference are those of the first.
        marks = _differing(in_reference) + found([(f, f.reference_span) for f in findings], reference)
        texts.append((label, reference, marks if i == 0 else ()))
    label = "B" if peers else segment.system or "hypothesis"
    marks = _differing(in_hypothesis) + found([(f, f.hypothesis_span) for f in findings], segment.hypothesis)
    texts.insert(1, (label, segment.hypothesis, marks))
    return texts


def _differing(spans: Sequence[Span]) -> tuple[Mark, ...]:
    return tuple(Mark(start, end, "differs") for start, end in spans)


def found(spans: Sequence[tuple[Finding, Span | None]], text: str) -> tuple[Mark, ...]:
    """Return a mark for each finding that has characters in the text."""
    return tuple(
        Mark(*_visible(span, text), f.severity, printable(f"{f.severity} {f.check}: {f.message}", LONGEST_NOTE))
        for f, span in spans
        if span is not None
    )


def _visible(span: Span, text: str) -> Span:
    """Return a span, or where it is empty, since something is missing there, that of a character beside it."""
    start, end = span
    if start < end:
        return span
    return (start - 1, start) if start else (0, min(1, len(text)))
