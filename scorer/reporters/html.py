"""The report as an HTML fragment, for notebooks; text under test is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from scorer import reporters
from scorer.printable import printable
from scorer.report import Report, SegmentReport, band
from scorer.reporters.marks import Mark, Piece, clip, pieces, sides
from scorer.reporters.shown import N_SUSPECTED, interval, number, points, ranked, suspicions, told, where
from scorer.types import DIMENSIONS, Finding

SHOWN = 30
# A page that shows the report can say otherwise; without any style a reader sees the marks in one colour.
STYLE = (
    "<style>.scorer-report mark.critical{background:#ff8a80}.scorer-report mark.major{background:#ffcc80}"
    ".scorer-report mark.minor{background:#fff59d}</style>"
)


@reporters.register("html", ".html")
def render(report: Report) -> str:
    """Return the report as one `<div>` without scripts, with colours for the marks."""
    dimensions = [
        (
            name,
            number(report.dimensions[name].value),
            interval(report.dimensions[name]),
            band(report.dimensions[name].value),
        )
        for name in DIMENSIONS
    ]
    metrics = [(score.name, number(score.value), interval(score), score.signature) for score in report.metrics]
    findings, suspected = ranked(report.findings)
    parts = [
        STYLE,
        f"<p><strong>{_text(report.verdict)}</strong></p>",
        _table(("", "0 to 100", "95% interval", ""), dimensions),
        _table(("metric", "score", "95% interval", "signature"), metrics),
        _findings(report, findings[:SHOWN]),
        f"<p>{suspicions(suspected)}</p>" if suspected else "",
        _findings(report, suspected[:N_SUSPECTED]),
        *(_segment(report, report.segments[i]) for i in report.worst),
        f"<p><small>{_text(report.signature)}</small></p>",
    ]
    return f'<div class="scorer-report">{"".join(parts)}</div>\n'


def _text(text: str) -> str:
    return escape(printable(text), quote=True)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _findings(report: Report, findings: Sequence[Finding]) -> str:
    rows = [(f.severity, where(report, f), f.check, printable(f.message)) for f in findings]
    return _table(("severity", "segment", "check", "what"), rows) if rows else ""


def _segment(report: Report, segment: SegmentReport) -> str:
    told_points = [each for each in [points(segment)] if each]
    scores = ", ".join([*(f"{name} {number(getattr(segment, name), 0)}" for name in DIMENSIONS), *told_points])
    texts = [
        f'<tr><th>{_text(label)}</th><td dir="auto">{_marked(*clip(text, marks, 1_000))}</td></tr>'
        for label, text, marks in sides(report, segment)
    ]
    findings = [f"<tr><th>{f.severity}</th><td>{_text(f'{f.check}: {f.message}')}</td></tr>" for f in told(segment)]
    return f"<h4>{segment.index + 1}: {_text(scores)}</h4><table>{''.join([*texts, *findings])}</table>"


def _marked(text: str, marks: Sequence[Mark]) -> str:
    return "".join(map(_piece, pieces(text, marks)))


def _piece(piece: Piece) -> str:
    shown = escape(piece.text)
    if piece.kind is None:
        return shown
    if piece.kind == "differs":
        return f"<u>{shown}</u>"
    return f'<mark class="{piece.kind}" title="{_text("; ".join(piece.notes))}">{shown}</mark>'
