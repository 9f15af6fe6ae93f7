"""The verdict as one HTML page that needs nothing else: no script, no request, light and dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Sequence
from html import escape
from importlib import resources

from scorer.gate import outputs
from scorer.gate.outputs import sentences
from scorer.gate.outputs.characters import shown
from scorer.gate.outputs.sides import findings, sides
from scorer.gate.verdict import Cause, PairVerdict, Ruling, Verdict
from scorer.reporters.marks import Mark, Piece, clip, pieces
from scorer.reporters.shown import interval, number
from scorer.types import DIMENSIONS

# Causes of a rule that are shown open, and all that are shown.
N_OPEN = 3
N_CAUSES = 50
LONGEST_TEXT = 1_000
LONGEST_MESSAGE = 1_000
STYLE = resources.files("scorer").joinpath("templates/gate.css").read_text(encoding="utf-8")
# The page may use this style and nothing else, whatever stands in the texts.
_SHA256 = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_SHA256}'; base-uri 'none'; form-action 'none'"


@outputs.register("html", ".html", ".htm")
def render(verdict: Verdict) -> str:
    """Return the verdict as an HTML page."""
    title = f"scorer gate: {verdict.outcome}"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style>"
    )
    body = [
        f'<h1 class="{verdict.outcome}">{_text(verdict.sentence)}</h1>',
        *(_ruling(ruling) for ruling in sentences.unpassed(verdict.rulings)),
        _files(verdict.pairs),
        *(_pair(pair) for pair in sorted(verdict.pairs, key=lambda pair: pair.outcome == "pass")),
        _notes(verdict.notes),
        _advice(sentences.acceptance(verdict)),
        f"<p><small>{_text('; '.join([f'scorer {verdict.version}', *sentences.about(verdict)]))}</small></p>",
    ]
    page = "\n".join(part for part in body if part)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{page}\n</body></html>\n'


def _advice(advice: sentences.Advice | None) -> str:
    return f"<p>{_text(advice.sentence)}<br><code>{_text(advice.command)}</code></p>" if advice else ""


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def _files(pairs: Sequence[PairVerdict]) -> str:
    if not pairs:
        return ""
    told = [{value.name: value for value in sentences.values(pair)} for pair in pairs]
    names = list(dict.fromkeys([*DIMENSIONS, *(name for each in told for name in each)]))
    heads = "".join(f"<th>{_text(head)}</th>" for head in ("", "file", "segments", *names))
    rows = [_file(pair, [each.get(name) for name in names]) for pair, each in zip(pairs, told, strict=True)]
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _file(pair: PairVerdict, values: Iterable[sentences.Value | None]) -> str:
    cells = [
        f'<td class="{pair.outcome}">{pair.outcome}</td>',
        f"<td><strong>{_text(sentences.name(pair.name))}</strong><br><small>{_text(sentences.files(pair))}</small></td>",
        f"<td>{_text(sentences.counts(pair))}</td>",
        *(f"<td>{_value(pair, value)}</td>" for value in values),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _value(pair: PairVerdict, value: sentences.Value | None) -> str:
    if value is None:
        return ""
    dimension = pair.dimensions.get(value.name)  # type: ignore[call-overload]
    ends = interval(dimension) if dimension else ""
    told = f"{number(value.now)} {sentences.change(value.change)}".rstrip()
    return f"{told}<br><small>{ends}</small>" if ends else told


def _pair(pair: PairVerdict) -> str:
    unpassed = sentences.unpassed(pair.rulings)
    parts: list[str] = []
    seen: set[int] = set()
    for ruling in unpassed:
        parts += [_ruling(ruling), _causes(pair, ruling, seen)]
        seen.update(cause.segment for cause in ruling.causes[:N_CAUSES])
    if held := sentences.held(pair):
        parts.append(f'<p><span class="pass">pass</span> {_text(held)}</p>')
    parts += [_notes(pair.notes), f"<p><small>{_text(pair.signature)}</small></p>" if pair.signature else ""]
    return f"<section><h2>{_text(sentences.name(pair.name))}</h2>{''.join(parts)}</section>"


def _ruling(ruling: Ruling) -> str:
    rule, message = _text(sentences.name(ruling.rule)), _text(ruling.message[:LONGEST_MESSAGE])
    return f'<p><span class="{ruling.outcome}">{ruling.outcome}</span> <strong>{rule}</strong>: {message}</p>'


def _causes(pair: PairVerdict, ruling: Ruling, seen: Collection[int]) -> str:
    parts = [
        _shown(pair, ruling, cause) if cause.segment in seen else _cause(pair, ruling, cause, is_open=i < N_OPEN)
        for i, cause in enumerate(ruling.causes[:N_CAUSES])
    ]
    more = sentences.rest(ruling, N_CAUSES, "the JSON output lists all")
    return "".join([*parts, f"<p>{more}</p>" if more else ""])


def _head(pair: PairVerdict, ruling: Ruling, cause: Cause) -> str:
    segment = pair.segments[cause.segment]
    place = sentences.place(pair, segment.place)
    told = filter(None, [place, sentences.segment_values(segment), sentences.effect(ruling, cause)])
    return f"<strong>{_text(sentences.name(segment.id))}</strong> {_text(', '.join(told))}"


def _shown(pair: PairVerdict, ruling: Ruling, cause: Cause) -> str:
    return f"<p>{_head(pair, ruling, cause)}, shown above</p>"


def _cause(pair: PairVerdict, ruling: Ruling, cause: Cause, *, is_open: bool) -> str:
    segment = pair.segments[cause.segment]
    rows = [
        f'<tr><th>{label}</th><td dir="auto">{_marked(*clip(text, marks, LONGEST_TEXT))}</td></tr>'
        for label, text, marks in sides(segment)
    ]
    rows += [
        f"<tr><th>{each.finding.severity}</th><td>{_text(sentences.told(each)[:LONGEST_MESSAGE])}</td></tr>"
        for each in findings(segment)
    ]
    head, opened = _head(pair, ruling, cause), " open" if is_open else ""
    return f"<details{opened}><summary>{head}</summary><table><tbody>{''.join(rows)}</tbody></table></details>"


def _text(text: str) -> str:
    return escape(shown(text), quote=True)


def _marked(text: str, marks: Sequence[Mark]) -> str:
    return "".join(map(_piece, pieces(text, marks)))


def _piece(piece: Piece) -> str:
    text = _text(piece.text)
    return (
        text
        if piece.kind is None
        else f'<mark class="{piece.kind}" title="{_text("; ".join(piece.notes))}">{text}</mark>'
    )
