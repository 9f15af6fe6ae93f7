"""The report as Markdown, for a pull request or a wiki; text under test is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scorer import reporters
from scorer.printable import printable
from scorer.report import Report, SegmentReport, band
from scorer.reporters.marks import Mark, Piece, clip, pieces, sides
from scorer.reporters.shown import N_SUSPECTED, agreements, interval, number, points, ranked, suspicions, told, where
from scorer.types import DIMENSIONS, Finding

SHOWN = 50

# Whatever Markdown or the HTML inside it could read as markup, and `@` and `#`, which ping people and link issues.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&@:$^=])")


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[1])};", printable(text))


@reporters.register("markdown", ".md")
def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    blocks = [f"# {escape(report.verdict)}", _inputs(report), _dimensions(report)]
    if len(report.systems) > 1:
        blocks += ["## Systems", _systems(report), "## Differences", _comparisons(report)]
    blocks += ["## Metrics", _metrics(report)]
    if report.findings:
        blocks += ["## Findings", _findings(report)]
    if report.worst:
        blocks += ["## Worst segments", *(_segment(report, report.segments[i]) for i in report.worst)]
    return "\n\n".join([*blocks, f"<sub>{escape(report.signature)}</sub>"]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table of cells that are escaped already."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _inputs(report: Report) -> str:
    lines = [
        f"- {escape(each.name)}: {each.language or '?'}, {each.lines} lines, {each.segments} segments"
        for each in report.inputs
    ]
    counts = ", ".join(f"{n} × {kind}" for kind, n in report.alignment.counts().items())
    lines.append(f"- role: {report.role}; {escape(report.role_reason)}")
    lines.append(
        f"- aligned by {report.alignment.method}: {escape(report.alignment.reason)}" + (f"; {counts}" if counts else "")
    )
    return "\n".join([*lines, *(f"- note: {escape(note)}" for note in report.notes)])


def _dimensions(report: Report) -> str:
    rows = [(name, report.dimensions[name]) for name in DIMENSIONS]
    for name, text in report.texts.items():
        other = "B" if name == "a" else "A"
        rows += [(f"fluency of {name.upper()}", text.fluency), (f"of {name.upper()} kept in {other}", text.kept)]  # type: ignore[list-item]
    cells = [(name, f"**{number(each.value)}**", interval(each), band(each.value)) for name, each in rows]
    return table(("", "0 to 100", "95% interval", ""), cells)


def _metrics(report: Report) -> str:
    rows = [
        (
            score.name,
            number(score.value),
            interval(score),
            str(score.n_scored),
            f"<code>{escape(score.signature)}</code>",
        )
        for score in report.metrics
    ]
    skipped = [f"- skipped: {each.name}: {escape(each.reason)}" for each in report.skipped]
    return "\n".join([table(("metric", "score", "95% interval", "segments", "signature"), rows), "", *skipped]).rstrip()


def _findings(report: Report) -> str:
    found, suspected = ranked(report.findings)
    blocks = [_rows(report, found, SHOWN)] if found else []
    if suspected:
        blocks += [suspicions(suspected).capitalize() + ":", _rows(report, suspected, N_SUSPECTED)]
    return "\n\n".join(blocks)


def _rows(report: Report, findings: Sequence[Finding], most: int) -> str:
    rows = [(f.severity, escape(where(report, f)), f.check, escape(f.message)) for f in findings[:most]]
    more = f"\n\n… and {len(findings) - most} more." if len(findings) > most else ""
    return table(("severity", "segment", "check", "what"), rows) + more


def _segment(report: Report, segment: SegmentReport) -> str:
    told_points = [each for each in [points(segment)] if each]
    scores = ", ".join([*(f"{name} {number(getattr(segment, name), 0)}" for name in DIMENSIONS), *told_points])
    rows = []
    for label, text, marks in sides(report, segment):
        rows.append((escape(label), _marked(*clip(text, marks, 1_000)) or "*(nothing)*"))
    rows += [(f"*{f.severity}*", f"{f.check}: {escape(f.message)}") for f in told(segment)]
    return f"### {segment.index + 1}: {scores}\n\n" + table(("", ""), rows)


def _marked(text: str, marks: Sequence[Mark]) -> str:
    return "".join(map(_piece, pieces(text, marks)))


def _piece(piece: Piece) -> str:
    """Return a run of text; GitHub drops styles and titles, so the severity stands behind it."""
    if piece.kind is None:
        return escape(piece.text)
    if piece.kind == "differs":
        return f"<ins>{escape(piece.text)}</ins>"
    return f"<b>{escape(piece.text)}</b><sup>{piece.kind}</sup>"


def _systems(report: Report) -> str:
    names = [score.name for score in report.systems[0].metrics]
    rows = []
    for system in sorted(report.systems, key=lambda s: -(s.dimensions["quality"].value or 0.0)):
        values = [system.dimensions[name].value for name in DIMENSIONS] + [score.value for score in system.metrics]
        rows.append((escape(system.name), system.group, *(number(value) for value in values)))
    return table(("system", "group", *DIMENSIONS, *names), rows)


def _comparisons(report: Report) -> str:
    rows = [
        (escape(each.b), escape(each.a), each.metric, number(each.difference),
         "" if each.low is None else f"{number(each.low)} to {number(each.high)}",
         number(each.p_bootstrap, 4), number(each.p_randomization, 4), escape(each.note))
        for each in report.comparisons
    ]  # fmt: skip
    whole = table(("B", "A", "metric", "B − A", "95% interval", "p bootstrap", "p randomisation", ""), rows)
    return "\n".join([whole, "", *(f"- {escape(each)}" for each in agreements(report.comparisons))]).rstrip()
