"""The report as an HTML fragment, for notebooks; text under test is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from scorer import reporters
from scorer.printable import printable
from scorer.report import Report, SegmentReport, band
from scorer.reporters.shown import clip, interval, number, pieces, sides, where
from scorer.types import DIMENSIONS, SEVERITIES, Span

SHOWN = 30


@reporters.register("html", ".html")
def render(report: Report) -> str:
    """Return the report as one `<div>` without scripts or styles of its own."""
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
    ranked = sorted(report.findings, key=lambda f: (SEVERITIES.index(f.severity), -f.certainty, f.index))
    findings = [(f.severity, where(report, f), f.check, printable(f.message)) for f in ranked[:SHOWN]]
    parts = [
        f"<p><strong>{_text(report.verdict)}</strong></p>",
        _table(("", "0 to 100", "95% interval", ""), dimensions),
        _table(("metric", "score", "95% interval", "signature"), metrics),
        _table(("severity", "segment", "check", "what"), findings) if findings else "",
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


def _segment(report: Report, segment: SegmentReport) -> str:
    scores = ", ".join(f"{name} {number(getattr(segment, name), 0)}" for name in DIMENSIONS)
    rows = "".join(
        f'<tr><th>{_text(label)}</th><td dir="auto">{_marked(*clip(text, spans, 1_000))}</td></tr>'
        for label, text, spans in sides(report, segment)
    )
    return f"<h4>{segment.index + 1}: {_text(scores)}</h4><table>{rows}</table>"


def _marked(text: str, spans: Sequence[Span]) -> str:
    return "".join(f"<mark>{escape(p)}</mark>" if is_marked else escape(p) for p, is_marked in pieces(text, spans))
