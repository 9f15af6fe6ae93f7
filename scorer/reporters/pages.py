"""The report as HTML from the templates in `scorer/templates`, which escape every value that they are given."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from scorer.charts.parts import meter
from scorer.printable import printable
from scorer.report import BANDS, Dimension, Report, band
from scorer.reporters.drawn import WORDS, drawn
from scorer.reporters.marks import Piece, clip, pieces, sides
from scorer.reporters.payload import payload
from scorer.reporters.rows import names, ranking, rows
from scorer.reporters.shown import interval, line, number, points, ranked, suspicions, told
from scorer.types import DIMENSIONS, SEVERITIES, SUSPICIONS, Finding, Severity

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SCRIPT = ("address", "filter", "marks", "words", "segment", "list", "controls")
SHOWN = 30  # findings listed in a notebook


def page(report: Report) -> str:
    """Return a whole page: it needs no network, and may run no script but its own."""
    style = _asset("parts.css") + _asset("page.css")
    # One scope for all parts, so that nothing of the page's is a global that another could reach.
    script = '"use strict";\n(() => {\n' + "\n".join(_asset(f"script/{name}.js") for name in SCRIPT) + "})();\n"
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src {_fingerprint(style)}",
            f"script-src {_fingerprint(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    view = _view(report, linked=True)
    return _filled("report.html", view, style=style, script=script, policy=policy, data=payload(report))


def fragment(report: Report) -> str:
    """Return a part of a page without scripts, for a notebook."""
    found, suspected = ranked(report.findings)
    view = _view(report, linked=False) | {"found": found[:SHOWN], "suspected": suspected}
    return _filled("fragment.html", view, style=_asset("parts.css"))


def _filled(template: str, view: Mapping[str, Any], **trusted: str) -> str:
    """Return a template filled with values, which are escaped, and with what is ours or escaped already."""
    from markupsafe import Markup

    safe = {name: Markup(text) for name, text in trusted.items()}  # noqa: S704 - our own files and numbers
    # A rendered page holds no surrogates: every text went through `printable`.
    return _environment().get_template(template).render(**view, **safe)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("scorer", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.globals.update(
        band=band, bands=BANDS, clip=clip, interval=interval, kind=_kind, language=_language,
        line=line, meter=_meter, number=number, pieces=pieces, points=points, probability=_probability,
        severities=SEVERITIES, shortened=printable, sides=sides, signed=_signed, suspicions=suspicions, told=told,
    )  # fmt: skip
    return environment


@cache
def _asset(name: str) -> str:
    """Return a file of the templates' folder as it is."""
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), name)[0]


def _fingerprint(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _view(report: Report, *, linked: bool) -> dict[str, Any]:
    """Return what the templates show besides the report itself."""
    counts = report.alignment.counts()
    skipped: dict[str, list[str]] = {}
    for each in report.skipped:
        skipped.setdefault(each.reason, []).append(each.name)
    return {
        "report": report,
        "title": f"{report.verdict} – {', '.join(each.name for each in report.inputs)}"[:200],
        "n_rows": len(rows(report)),
        "several": len(report.systems) > 1,
        "ranked_systems": ranking(report),
        "ranked_names": names(report),
        "dimensions": [(name, report.dimensions[name]) for name in DIMENSIONS],
        "texts": _texts(report),
        "charts": drawn(report, linked=linked),
        "counts": _counts(report.findings),
        "alignment_counts": ", ".join(f"{n} × {kind}" for kind, n in counts.items()),
        "skipped": list(skipped.items()),
        "comparison_notes": list(dict.fromkeys(e.note for e in report.comparisons if e.note and e.detectable is None)),
        "columns": min(4, max((len(sides(report, report.segments[i])) for i in report.worst), default=2)),
        "worst": [report.segments[i] for i in report.worst],
    }


def _texts(report: Report) -> list[tuple[str, Dimension]]:
    """Return of two peers how each reads, and how much of it the other keeps."""
    shown = []
    for name, text in report.texts.items():
        other = "B" if name == "a" else "A"
        shown += [(f"fluency of {name.upper()}", text.fluency), (f"of {name.upper()} kept in {other}", text.kept)]
    return shown


def _counts(findings: Sequence[Finding]) -> list[tuple[str, bool, dict[Severity, int]]]:
    """Return how many findings each check has of each severity: what costs most first, suspicions last."""
    table: dict[str, dict[Severity, int]] = {}
    for finding in findings:
        row = table.setdefault(finding.check, dict.fromkeys(SEVERITIES, 0))
        row[finding.severity] += 1
    order = sorted(table, key=lambda check: (check == SUSPICIONS, [-n for n in table[check].values()], check))
    return [(check, check == SUSPICIONS, table[check]) for check in order]


def _meter(value: Dimension) -> Markup:
    from markupsafe import Markup

    return Markup(meter(value.value, value.low, value.high, WORDS))  # noqa: S704 - numbers alone


def _kind(piece: Piece) -> str:
    """Return a marked piece's class; notes begin with a severity and a check."""
    only_suspected = all(f" {SUSPICIONS}: " in note[: len("critical ") + len(SUSPICIONS) + 2] for note in piece.notes)
    return "suspected" if piece.notes and only_suspected else str(piece.kind)


def _language(report: Report, label: str) -> str | None:
    """Return the language of a segment's text with this label."""
    is_original = label == "source" or (report.role == "peers" and label == "A")
    return report.languages.get("a" if is_original else "b")


def _signed(value: float | None) -> str:
    return number(value) if value is None else f"{value:+.1f}"


def _probability(value: float | None) -> str:
    return "<0.001" if value is not None and value < 0.001 else number(value, 3)
