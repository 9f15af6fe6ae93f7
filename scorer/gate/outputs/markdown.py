"""The verdict as Markdown, for a pull request's comment that is kept up to date; text under test is escaped.

GitHub and GitLab look for mentions, references, emoji and addresses in the text that their Markdown has made, where
an entity is a character again; a zero-width space behind the sign keeps `@someone` from being called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from scorer.gate import outputs
from scorer.gate.outputs import sentences
from scorer.gate.outputs.sides import findings, sides
from scorer.gate.verdict import Cause, JudgedSegment, PairVerdict, Ruling, Verdict
from scorer.reporters.markdown import escape
from scorer.reporters.marks import Mark, Piece, clip, pieces
from scorer.reporters.shown import number
from scorer.types import DIMENSIONS

# What the comment of an earlier run is found by.
MARKER = "<!-- scorer gate -->"
# GitHub refuses a comment of more than 65,536 characters.
LONGEST_COMMENT = 60_000
N_CAUSES = 3
N_METRICS = 6
LONGEST_TEXT = 400
LONGEST_MESSAGE = 1_000
# Share of the page that the list of files may take.
LIST_SHARE = 0.4

Size = Callable[[str], int]
# What would be an address, or call someone, even inside <code>.
_ADDRESSES = re.compile(r"(?i)(&#64;(?=\w)|&#58;(?=//)|www(?=&#46;))")
# What would be a reference or an emoji, on GitHub or GitLab; inside <code> it would not.
_REFERENCES = re.compile(
    r"(?i)(&#(?:33|35|36|38);(?=\d)|(?:&#126;|&#94;|%)(?=[\w\"])|gh(?=&#45;\d)"
    r"|&#58;(?=(?:\w|&#(?:43|45|95);){1,60}&#58;))"
)
_APART = r"\1&#8203;"


@outputs.register("markdown", ".md")
def render(verdict: Verdict) -> str:
    """Return the verdict as GitHub-flavoured Markdown of at most 60,000 characters."""
    return page(verdict, limit=LONGEST_COMMENT, n_causes=N_CAUSES, size=len)


def page(verdict: Verdict, *, limit: int, n_causes: int, size: Size) -> str:
    """Return the verdict as Markdown.

    Args:
        verdict: What the gate decided.
        limit: Largest size of the page; what does not fit is left out, and a sentence says so.
        n_causes: Segments shown of each rule.
        size: Of a text, in the limit's unit.
    """
    headline = f"### {sentences.MARKS[verdict.outcome]} {quiet(verdict.sentence[:LONGEST_MESSAGE])}"
    blocks = [MARKER, headline, *_ruled(verdict.rulings), _files(verdict.pairs, int(limit * LIST_SHARE), size)]
    for pair in verdict.pairs:
        blocks += _pair(pair, n_causes)
    blocks += [f"- {quiet(note[:LONGEST_MESSAGE])}" for note in verdict.notes]
    if advice := sentences.acceptance(verdict):
        blocks.append(f"{quiet(advice.sentence)}<br>{_code(advice.command)}")
    blocks.append(f"<sub>{quiet('; '.join([f'scorer {verdict.version}', *sentences.about(verdict)]))}</sub>")
    return _fitted([block for block in blocks if block], limit, size)


def quiet(text: str) -> str:
    """Return text that Markdown shows as it is, on one line, and in which nobody is called and nothing linked."""
    return _REFERENCES.sub(_APART, _ADDRESSES.sub(_APART, escape(text)))


def _fitted(blocks: Sequence[str], limit: int, size: Size) -> str:
    """Return the blocks that fit, in order, and how many do not."""
    kept, room, n_left = [], limit - 200, 0
    for block in blocks:
        if size(block) + 2 <= room:
            kept.append(block)
            room -= size(block) + 2
        else:
            n_left += 1
    if n_left:
        parts = "1 part is" if n_left == 1 else f"{n_left} parts are"
        kept.append(f"*{parts} left out here, as the page would be too long; the JSON and HTML outputs have all.*")
    return "\n\n".join(kept) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], room: int, size: Size) -> str:
    """Return a table of escaped cells with as many rows as there is room for, and a line that counts the others."""
    lines, n_left = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"], 0
    for row in rows:
        line = f"| {' | '.join(row)} |"
        room -= size(line) + 1
        if room > 0:
            lines.append(line)
        else:
            n_left += 1
    return "\n".join([*lines, *([f"\n… and {n_left} more files."] if n_left else [])])


def _files(pairs: Sequence[PairVerdict], room: int, size: Size) -> str:
    """Return the table of files, those that do not pass first; nothing without a file."""
    if not pairs:
        return ""
    ordered = sorted(pairs, key=lambda pair: ("fail", "undecided", "pass").index(pair.outcome))
    told = [{value.name: value for value in sentences.values(pair)} for pair in ordered]
    metrics = dict.fromkeys(name for each in told for name in each if name not in DIMENSIONS)
    names = [*DIMENSIONS, *list(metrics)[:N_METRICS]]
    rows = [
        (
            f"{sentences.MARKS[pair.outcome]} {pair.outcome}",
            _code(sentences.name(pair.name)),
            quiet(pair.languages),
            quiet(sentences.counts(pair)),
            *(_value(each.get(name)) for name in names),
        )
        for pair, each in zip(ordered, told, strict=True)
    ]
    return _table(("", "file", "languages", "segments", *map(quiet, names)), rows, room, size)


def _value(value: sentences.Value | None) -> str:
    return f"{number(value.now)} {sentences.change(value.change)}".rstrip() if value else ""


def _code(text: str) -> str:
    """Return a name or a command in <code>, where no reference and no commit is looked for."""
    return f"<code>{_ADDRESSES.sub(_APART, escape(text))}</code>"


def _ruled(rulings: Sequence[Ruling]) -> list[str]:
    return [_ruling(ruling) for ruling in sentences.unpassed(rulings)]


def _ruling(ruling: Ruling) -> str:
    mark = sentences.MARKS[ruling.outcome]
    return f"{mark} <b>{quiet(sentences.name(ruling.rule))}</b>: {quiet(ruling.message[:LONGEST_MESSAGE])}"


def _pair(pair: PairVerdict, n_causes: int) -> list[str]:
    """Return what there is to say of a file beyond its row; each block stands for itself."""
    unpassed = sentences.unpassed(pair.rulings)
    if not unpassed and not pair.notes:
        return []
    blocks = [f"#### {_code(sentences.name(pair.name))}"]
    seen: set[int] = set()
    for ruling in unpassed:
        blocks.append(_ruling(ruling))
        if ruling.causes:
            blocks.append(_causes(pair, ruling, n_causes, seen))
        seen.update(cause.segment for cause in ruling.causes[:n_causes])
    if unpassed and (held := sentences.held(pair)):
        blocks.append(f"{sentences.MARKS['pass']} {quiet(held[:LONGEST_MESSAGE])}")
    return [*blocks, *(f"- {quiet(note[:LONGEST_MESSAGE])}" for note in pair.notes)]


def _causes(pair: PairVerdict, ruling: Ruling, n_causes: int, seen: Collection[int]) -> str:
    n = len(ruling.causes)
    parts = [f"<details><summary>{n} segment{'' if n == 1 else 's'} behind it</summary>"]
    parts += [_cause(pair, ruling, cause, is_shown=cause.segment in seen) for cause in ruling.causes[:n_causes]]
    more = sentences.rest(ruling, n_causes, "the JSON output lists all")
    return "\n\n".join([*parts, *([more] if more else []), "</details>"])


def _cause(pair: PairVerdict, ruling: Ruling, cause: Cause, *, is_shown: bool) -> str:
    """Return a segment as a table of its texts and findings; where they are shown above, only its name."""
    segment = pair.segments[cause.segment]
    told = [sentences.segment_values(segment), sentences.effect(ruling, cause), "shown above" if is_shown else ""]
    head = ", ".join([_code(sentences.place(pair, segment.place)), *(quiet(each) for each in told if each)])
    rows = [(_code(sentences.name(segment.id)), head), ("---", "---"), *([] if is_shown else _texts(segment))]
    return "\n".join(f"| {left} | {right} |" for left, right in rows)


def _texts(segment: JudgedSegment) -> list[tuple[str, str]]:
    texts = [
        (label, _marked(*clip(text, marks, LONGEST_TEXT)) or "*(nothing)*") for label, text, marks in sides(segment)
    ]
    found = [(f"*{p.finding.severity}*", quiet(sentences.told(p)[:LONGEST_MESSAGE])) for p in findings(segment)]
    return texts + found


def _marked(text: str, marks: Sequence[Mark]) -> str:
    return "".join(map(_piece, pieces(text, marks)))


def _piece(piece: Piece) -> str:
    """Return a run of text; GitHub drops styles and titles, so the severity stands behind it."""
    return quiet(piece.text) if piece.kind is None else f"<b>{quiet(piece.text)}</b><sup>{piece.kind}</sup>"
