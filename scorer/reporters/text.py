"""The report for a terminal: readable at 80 columns, without colour and in a pipe."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scorer import reporters
from scorer.printable import printable
from scorer.report import Dimension, Report, SegmentReport, System, band
from scorer.reporters.marks import clip, sides
from scorer.reporters.shown import (
    N_SUSPECTED,
    agreements,
    interval,
    line,
    number,
    points,
    ranked,
    suspicions,
    told,
    where,
)
from scorer.reporters.terminal import printed
from scorer.reporters.underlined import STYLES, marked
from scorer.types import DIMENSIONS, SEVERITIES, Finding, Severity

WIDTH = 80
BAR = 20
# Findings shown of each severity; all of them are in the JSON.
SHOWN: dict[Severity, int] = {"critical": 20, "major": 20, "minor": 15}
SHOWN_WORST = 5
LEGEND = "under the text: C critical, M major, m minor"
BAND_STYLES = {"very good": "green", "good": "green", "fair": "yellow", "poor": "red", "bad": "bold red"}


@reporters.register("text", ".txt")
def render(report: Report, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the report as text of at most `width` columns, with terminal colours if `color`."""
    return printed(_parts(report, color), width=max(40, width), color=color)


def _parts(report: Report, color: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(report.verdict, style="bold"),
        Text(),
        _dimensions(report),
        Text(),
        _head(report),
    ]
    if len(report.systems) > 1:
        parts += [_title("Systems"), _systems(report.systems), _title("Differences"), _comparisons(report)]
    parts += [_title("Metrics"), _metrics(report)]
    if report.findings:
        parts += [_title("Findings"), *_findings(report)]
    if report.worst:
        parts += [
            _title("Worst segments"),
            Text(LEGEND if color else f"{LEGEND}; ⟨ ⟩ is not in the other text", style="dim"),
            *(_segment(report, report.segments[i], color) for i in report.worst[:SHOWN_WORST]),
        ]
    signatures = [report.signature, *(score.signature for score in report.metrics)]
    return [*parts, _title("Signatures"), *(Text(each, style="dim", overflow="fold") for each in signatures)]


def _title(text: str) -> Text:
    return Text(f"\n{text}", style="bold cyan")


def _head(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, each in zip(_labels(report), report.inputs, strict=True):
        language = each.language or "language unknown"
        table.add_row(label, Text(f"{printable(each.name)} ({language}, {each.lines} lines, {each.segments} segments)"))
    table.add_row("role", Text(f"{report.role}: {printable(report.role_reason)}"))
    counts = ", ".join(f"{n} × {kind}" for kind, n in report.alignment.counts().items())
    table.add_row(
        "aligned",
        Text(f"by {report.alignment.method}: {printable(report.alignment.reason)}" + (f"; {counts}" if counts else "")),
    )
    for note in report.notes:
        table.add_row("note", Text(printable(note)))
    return table


def _labels(report: Report) -> list[str]:
    if report.command == "compare":
        return ["A", "B", *["reference"] * (len(report.inputs) - 2)]
    names = {system.name for system in report.systems}
    return ["system" if each.name in names else "input" for each in report.inputs]


def _dimensions(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, justify in (("", "left"), ("0 to 100", "right"), ("95% interval", "left"), ("", "left"), ("", "left")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for name in DIMENSIONS:
        table.add_row(*_dimension(name, report.dimensions[name], bold=name != "quality"))
    for name, text in report.texts.items():
        other = "B" if name == "a" else "A"
        table.add_row(*_dimension(f"fluency of {name.upper()}", text.fluency))
        table.add_row(*_dimension(f"of {name.upper()} kept in {other}", text.kept))
    return table


def _dimension(name: str, dimension: Dimension, *, bold: bool = False) -> list[RenderableType]:
    word = band(dimension.value)
    filled = round((dimension.value or 0) / 100 * BAR)
    bar = Text("█" * filled + "░" * (BAR - filled), style=BAND_STYLES.get(word, ""))
    style = "bold" if bold else ""
    return [Text(name, style=style), Text(number(dimension.value), style=style), interval(dimension), bar, Text(word)]


def _metrics(report: Report) -> Group:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, justify in (
        ("", "left"),
        ("", "left"),
        ("score", "right"),
        ("95% interval", "left"),
        ("segments", "right"),
    ):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for score in report.metrics:
        arrow = "↑" if score.higher_is_better else "↓"
        skipped = f" ({score.n_skipped} skipped)" if score.n_skipped else ""
        table.add_row(score.name, arrow, number(score.value), interval(score), f"{score.n_scored}{skipped}")
    skipped_by: dict[str, list[str]] = {}
    for each in report.skipped:
        skipped_by.setdefault(each.reason, []).append(each.name)
    lines = [Text(f"skipped: {', '.join(names)}: {reason}", style="dim") for reason, names in skipped_by.items()]
    return Group(table, *lines)


def _findings(report: Report) -> list[RenderableType]:
    found, suspected = ranked(report.findings)
    parts: list[RenderableType] = []
    for severity in SEVERITIES:
        own = [finding for finding in found if finding.severity == severity]
        if own:
            parts.append(Text(f"{severity} ({len(own)})", style=STYLES[severity]))
            parts += _listed(report, own, SHOWN[severity])
    if suspected:
        parts += [Text(suspicions(suspected), style="bold"), *_listed(report, suspected, N_SUSPECTED)]
    return parts


def _listed(report: Report, findings: Sequence[Finding], most: int) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(overflow="fold")
    for finding in findings[:most]:
        table.add_row(where(report, finding), Text(finding.check), Text(printable(finding.message)))
    parts: list[RenderableType] = [Padding(table, (0, 0, 0, 2))]
    if len(findings) > most:
        parts.append(Text(f"  … and {len(findings) - most} more; -f json lists all", style="dim"))
    return parts


def _segment(report: Report, segment: SegmentReport, color: bool) -> Group:
    scores = " · ".join(f"{name} {number(getattr(segment, name), 0)}" for name in DIMENSIONS)
    told_points = "".join(f" · {each}" for each in [points(segment)] if each)
    head = Text(f"#{segment.index + 1}  {scores}{told_points}  {line(report, segment.place)}", style="dim")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, text, marks in sides(report, segment):
        shown, inside = clip(text, marks, 400)
        table.add_row(printable(label, 16), marked(shown, inside, color) if shown else Text("(nothing)", style="dim"))
    for finding in told(segment):
        table.add_row("", _finding(finding))
    return Group(head, Padding(table, (0, 0, 1, 2)))


def _finding(finding: Finding) -> Text:
    return Text.assemble(
        (finding.severity, STYLES[finding.severity]), f" {finding.check}: ", printable(finding.message)
    )


def _systems(systems: Sequence[System]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    shown = [*DIMENSIONS, *(score.name for score in systems[0].metrics[:3])]
    for name in ("system", "group", *shown):
        table.add_column(name, justify="left" if name == "system" else "right", overflow="fold")
    ranked = sorted(systems, key=lambda s: -(s.dimensions["quality"].value or 0.0))
    for system in ranked:
        values = [system.dimensions[name].value for name in DIMENSIONS] + [score.value for score in system.metrics[:3]]
        table.add_row(Text(printable(system.name)), system.group, *(number(value) for value in values))
    return table


def _comparisons(report: Report) -> Group:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    heads = ("B / A", "", "B − A", "95% interval", "p boot", "p AR", "shows")
    for name in heads:
        table.add_column(name, justify="left" if name in heads[:2] else "right", overflow="fold")
    for each in report.comparisons:
        ends = "" if each.low is None or each.high is None else f"{each.low:+.1f} to {each.high:+.1f}"
        difference = number(each.difference) if each.difference is None else f"{each.difference:+.1f}"
        p = [_p(each.p_bootstrap), _p(each.p_randomization)]
        pair = Text(printable(f"{each.b} / {each.a}"))
        table.add_row(pair, each.metric, difference, ends, *p, number(each.detectable))
    reasons = dict.fromkeys(each.note for each in report.comparisons if each.note and each.detectable is None)
    told = [Text(printable(reason), style="dim") for reason in reasons]
    shows = "shows: the smallest difference that this set can show; a smaller one says little either way"
    return Group(table, *told, *map(Text, agreements(report.comparisons)), Text(shows, style="dim"))


def _p(value: float | None) -> str:
    return "<0.001" if value is not None and value < 0.001 else number(value, 3)
