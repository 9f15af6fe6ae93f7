"""The report's segments as JSON for the page's script: texts safe to show, with the places of marks in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from scorer.printable import printable
from scorer.report import BANDS, Report, SegmentReport
from scorer.reporters.drawn import WORDS
from scorer.reporters.places import differing, marked
from scorer.reporters.rows import Row, names, rows
from scorer.reporters.shown import line, ranked
from scorer.types import DIMENSIONS, SEVERITIES, Finding, Span

# Of numbers: so many that what the page rounds them to is what other reports say.
DIGITS = 8
# What could end the script element, begin a comment in it, or end a line of a script.
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def payload(report: Report) -> str:
    r"""Return the segments as JSON that may stand in a `<script>` element: `<` is `\u003c`."""
    # NaN would be no JSON, and a page without segments: better an error than that.
    text = json.dumps(content(report), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_UNSAFE)


def content(report: Report) -> dict[str, Any]:
    """Return what the page's script shows, as JSON values.

    `rows` holds an original each: its number `n`, the texts `t` beside the translations, and `m`, what each system made
    of it, in the order of `systems`, or null. A translation has its text `h`, its scores `v` in the order of `scores`,
    its findings `f` as [severity, check, message, suspected], and marks as [start, end, finding] in each text.
    """
    table = rows(report)
    checks = sorted({finding.check for segment in report.segments for finding in segment.findings})
    scores = list(dict.fromkeys([*DIMENSIONS, *(name for segment in report.segments for name in segment.metrics)]))
    higher = {score.name for score in report.metrics if score.higher_is_better} | set(DIMENSIONS)
    places = {check: i for i, check in enumerate(checks)}
    return {
        "systems": [printable(name) for name in names(report)],
        "peers": report.role == "peers",
        "languages": [report.languages.get("a"), report.languages.get("b")],
        "scores": [[printable(name), name in higher] for name in scores],
        "checks": checks,
        "bands": [[floor, WORDS.name(floor)] for floor, _, _ in BANDS],
        "rows": [_row(report, row, scores, places) for row in table],
    }


def _row(report: Report, row: Row, scores: Sequence[str], checks: Mapping[str, int]) -> dict[str, Any]:
    there = [None if i is None else report.segments[i] for i in row.members]
    first = next(segment for segment in there if segment is not None)
    others = _others(report, first)
    made = [
        None if each is None else _translation(report, each, scores, checks, own=_others(report, each) != others)
        for each in there
    ]
    texts = [[label, printable(text), language] for label, text, language in others]
    return {"n": row.number, "t": texts, "m": made}


def _others(report: Report, segment: SegmentReport) -> list[tuple[str, str, str | None]]:
    """Return the texts that stand beside a translation: label, text, language."""
    languages = report.languages.get("a"), report.languages.get("b")
    found = [] if segment.source is None else [("source", segment.source, languages[0])]
    for i, reference in enumerate(segment.references):
        is_peer = report.role == "peers" and i == 0
        label = "A" if is_peer else "reference" if len(segment.references) == 1 else f"reference {i + 1}"
        found.append((label, reference, languages[0] if is_peer else languages[1]))
    return found


def _translation(
    report: Report, segment: SegmentReport, scores: Sequence[str], checks: Mapping[str, int], *, own: bool
) -> dict[str, Any]:
    findings = [finding for part in ranked(segment.findings) for finding in part]
    sides: list[tuple[str, list[Span | None], tuple[Span, ...]]] = []
    if segment.source is not None:
        sides.append((segment.source, [f.source_span for f in findings], ()))
    # Spans of a reference are those of the first.
    sides += [(text, [f.reference_span for f in findings], segment.differs[1]) for text in segment.references[:1]]
    values = {name: getattr(segment, name) for name in DIMENSIONS} | dict(segment.metrics)
    made: dict[str, Any] = {
        "h": printable(segment.hypothesis),
        "v": [None if (value := values.get(name)) is None else round(value, DIGITS) + 0.0 for name in scores],
        "f": [_finding(finding, checks) for finding in findings],
        "hm": marked(segment.hypothesis, [f.hypothesis_span for f in findings]),
        "hd": differing(segment.hypothesis, segment.differs[0]),
        "om": [marked(text, spans) for text, spans, _ in sides],
        "od": [differing(text, differs) for text, _, differs in sides],
        "p": line(report, segment.place),
        "x": segment.skipped and printable(segment.skipped),
        "r": 0 if segment.confident else 1,
    }
    if own:  # this system's references are not the first system's
        made["t"] = [[label, printable(text), language] for label, text, language in _others(report, segment)]
    return {key: value for key, value in made.items() if key in ("h", "v") or _says_something(value)}


def _finding(finding: Finding, checks: Mapping[str, int]) -> list[Any]:
    severity = SEVERITIES.index(finding.severity)
    return [severity, checks[finding.check], printable(finding.message), int(finding.suspected)]


def _says_something(value: Any) -> bool:
    """Return whether a value has to be written: most segments have no marks, and there are many segments."""
    return any(value) if isinstance(value, list) else bool(value)
