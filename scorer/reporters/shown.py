"""How numbers, texts and findings are put for people, in every output alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scorer.printable import printable
from scorer.report import Dimension, Report, Score, SegmentReport
from scorer.types import Finding, Span

UNDEFINED = "–"
Piece = tuple[str, bool]


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with a fixed count of digits, or a dash where it is undefined."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"


def interval(value: Dimension | Score) -> str:
    """Return `80.1 to 88.3`, or nothing where there is no interval."""
    return "" if value.low is None or value.high is None else f"{value.low:.1f} to {value.high:.1f}"


def pieces(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    """Yield a text in pieces that are marked or not; control characters are shown, not sent."""
    position = 0
    for start, end in sorted(spans):
        if start > position:
            yield printable(text[position:start]), False
        if end > max(start, position):
            yield printable(text[max(start, position) : end]), True
        position = max(position, end)
    if position < len(text):
        yield printable(text[position:]), False


def clip(text: str, spans: Sequence[Span], width: int) -> tuple[str, tuple[Span, ...]]:
    """Return at most `width` characters of a text from around its first span, with the spans in them."""
    if len(text) <= width:
        return text, tuple(spans)
    first = min((start for start, _ in spans), default=0)
    start = max(0, min(first - width // 3, len(text) - width))
    head, tail = "…" if start else "", "…" if start + width < len(text) else ""
    shift = len(head) - start
    inside = [(max(a, start) + shift, min(b, start + width) + shift) for a, b in spans]
    return head + text[start : start + width] + tail, tuple((a, b) for a, b in inside if a < b)


def sides(report: Report, segment: SegmentReport) -> list[tuple[str, str, tuple[Span, ...]]]:
    """Return a segment's texts with a label and the spans to mark: where they differ, or what was found."""
    hypothesis_spans = [f.hypothesis_span for f in segment.findings if f.hypothesis_span]
    source_spans = [f.source_span for f in segment.findings if f.source_span]
    in_hypothesis, in_reference = segment.differs
    peers = report.role == "peers"
    texts = []
    if segment.source is not None:
        texts.append(("source", segment.source, tuple(source_spans)))
    for i, reference in enumerate(segment.references):
        label = "A" if peers else "reference" if len(segment.references) == 1 else f"reference {i + 1}"
        texts.append((label, reference, in_reference if i == 0 else ()))
    label = "B" if peers else segment.system or "hypothesis"
    texts.insert(1, (label, segment.hypothesis, in_hypothesis or tuple(hypothesis_spans)))
    return texts


def where(report: Report, finding: Finding) -> str:
    """Return which segment a finding is in; in `compare` on which line of which text, `#3 B:7`, else whose."""
    number = f"#{finding.index + 1}"
    if report.command != "compare":
        return f"{number} {printable(finding.system)}" if len(report.systems) > 1 else number
    if report.role == "peers" and finding.hypothesis_span is None and finding.reference_span is not None:
        return f"{number} A"
    return f"{number} {line(report, report.segments[finding.index].place)}".strip()


def line(report: Report, place: str) -> str:
    """Return a place in A or B with the letter for the file's name: `B:7`; any other place as it is."""
    for letter, each in zip("AB", report.inputs, strict=False):
        if place.startswith(f"{each.name}:"):
            return letter + place[len(each.name) :]
    return printable(place)
