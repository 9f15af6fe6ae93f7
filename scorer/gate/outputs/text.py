"""The verdict for a terminal and a build log: readable at 80 columns, without colour and in a pipe."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import Box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scorer.gate import outputs
from scorer.gate.outputs import sentences
from scorer.gate.outputs.commands import disarmed
from scorer.gate.outputs.sides import findings, sides
from scorer.gate.verdict import Cause, JudgedSegment, Outcome, PairVerdict, Ruling, Verdict
from scorer.printable import printable
from scorer.reporters.marks import clip
from scorer.reporters.shown import number
from scorer.reporters.terminal import printed
from scorer.reporters.underlined import STYLES, marked

WIDTH = 80
# Causes shown of each rule, and characters of each text; the JSON has all.
N_CAUSES = 3
LONGEST_TEXT = 400
LONGEST_MESSAGE = 1_000
WORDS: dict[Outcome, str] = {"pass": "pass", "fail": "FAIL", "undecided": "UNDECIDED"}
OUTCOME_STYLES: dict[Outcome, str] = {"pass": "green", "fail": "bold red", "undecided": "bold yellow"}
LEGEND = "under the text: C critical, M major, m minor"
# A bar before every line of a text: whatever the text is, no line of the log begins with it.
_BAR = Box("    \n  │ \n    \n  │ \n    \n    \n  │ \n    \n")


@outputs.register("text", ".txt")
def render(verdict: Verdict, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the verdict as text of at most `width` columns, with terminal colours if `color`."""
    page = printed(_parts(verdict, color), width=max(40, width), color=color)
    # A command that is wrapped is two commands to who copies it.
    advice = sentences.acceptance(verdict)
    return disarmed(page + (f"  {advice.command}\n" if advice else ""))


def _parts(verdict: Verdict, color: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(printable(verdict.sentence), style=OUTCOME_STYLES[verdict.outcome]), Text()]
    if verdict.pairs:
        parts.append(_pairs(verdict.pairs))
    broken = sentences.unpassed(verdict.rulings)
    parts += [*([Text()] if broken else []), *map(_ruling, broken)]
    if any(ruling.causes for pair in verdict.pairs for ruling in pair.failed()):
        parts.append(Text(f"\n{LEGEND}", style="dim"))
    for pair in verdict.pairs:
        parts += _pair(pair, color)
    notes = [*sentences.about(verdict), *(f"note: {printable(note)}" for note in verdict.notes)]
    parts += [*([Text()] if notes else []), *(Text(each, style="dim") for each in notes)]
    advice = sentences.acceptance(verdict)
    return [*parts, *([Text(f"\n{advice.sentence}")] if advice else [])]


def _pairs(pairs: Sequence[PairVerdict]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for pair in pairs:
        head = Text.assemble((sentences.name(pair.name), "bold"), f"  {printable(pair.languages)}".rstrip())
        parts = [head, Text(_values(pair))] if _values(pair) else [head]
        table.add_row(_outcome(pair.outcome), Group(*parts, Text(sentences.counts(pair), style="dim")))
    return table


def _values(pair: PairVerdict) -> str:
    return " · ".join(
        f"{value.name} {number(value.now)} {sentences.change(value.change)}".rstrip()
        for value in sentences.values(pair)
    )


def _outcome(outcome: Outcome) -> Text:
    return Text(WORDS[outcome], style=OUTCOME_STYLES[outcome])


def _pair(pair: PairVerdict, color: bool) -> list[RenderableType]:
    """Return what there is to say of a file beyond its line: rules that do not hold with their causes, and notes."""
    unpassed = sentences.unpassed(pair.rulings)
    if not unpassed and not pair.notes:
        return []
    parts: list[RenderableType] = [Text(f"\n{sentences.name(pair.name)}", style="bold cyan")]
    seen: set[int] = set()
    for ruling in unpassed:
        parts.append(_ruling(ruling))
        for cause in ruling.causes[:N_CAUSES]:
            parts.append(_cause(pair, ruling, cause, color, is_shown=cause.segment in seen))
            seen.add(cause.segment)
        if more := sentences.rest(ruling, N_CAUSES, "-f json lists all"):
            parts.append(Text(f"  {more}", style="dim"))
    if unpassed and (held := sentences.held(pair)):
        parts.append(_row(_outcome("pass"), Text(held, style="dim")))
    return [*parts, *(_row(Text("note", style="dim"), Text(printable(note))) for note in pair.notes)]


def _row(label: Text, text: Text) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(label, text)
    return table


def _ruling(ruling: Ruling) -> Table:
    message = printable(ruling.message, LONGEST_MESSAGE)
    return _row(_outcome(ruling.outcome), Text.assemble((sentences.name(ruling.rule), "bold"), f": {message}"))


def _cause(pair: PairVerdict, ruling: Ruling, cause: Cause, color: bool, *, is_shown: bool) -> RenderableType:
    """Return a segment with its texts and findings; where they are shown above, only its name."""
    segment = pair.segments[cause.segment]
    head = Text.assemble((sentences.name(segment.id), "bold"), f"  {sentences.place(pair, segment.place)}")
    told = [sentences.segment_values(segment), sentences.effect(ruling, cause), "shown above" if is_shown else ""]
    lines = [head, *([Text(", ".join(filter(None, told)))] if any(told) else [])]
    return Padding(Group(*lines, *([] if is_shown else [_texts(segment, color)])), (0, 0, 1, 2))


def _texts(segment: JudgedSegment, color: bool) -> Table:
    table = Table(box=_BAR, show_header=False, show_edge=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim", min_width=10)
    table.add_column(overflow="fold")
    for label, text, marks in sides(segment):
        shown, inside = clip(text, marks, LONGEST_TEXT)
        table.add_row(label, marked(shown, inside, color) if shown else Text("(nothing)", style="dim"))
    for placed in findings(segment):
        severity = placed.finding.severity
        table.add_row(Text(severity, style=STYLES[severity]), Text(sentences.told(placed)[:LONGEST_MESSAGE]))
    return table
