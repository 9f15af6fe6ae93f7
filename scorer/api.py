"""`compare` and `score`: from texts to a Report.

A text is a string, a file a `pathlib.Path`. Nothing here prints.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scorer import (
    __version__,
    align,
    documents,
    encoders,
    formats,
    judge,
    languages,
    uncertainty,
    wording,
)
from scorer.assets import SHIPPED
from scorer.errors import InputError, PairingError, UsageError
from scorer.judge import Judged
from scorer.lexical import LexicalEncoder
from scorer.plan import Plan, Settings, number_of_references, plan, what_is_there
from scorer.report import (
    N_WORST,
    Alignment,
    Dimension,
    Input,
    Pair,
    Report,
    SegmentReport,
    Skipped,
    Text,
    band,
    count_by_severity,
)
from scorer.types import DIMENSIONS, Bead, DimensionName, Finding, Languages, Role, Segment

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of where it came from."""

    name: str
    text: str
    sha256: str
    n_lines: int
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Return its lines; only a line feed ends one."""
        lines = self.text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines


def document(source: str | Path, name: str) -> Document:
    """Return a text, or a file's, as a document.

    Args:
        source: A string is a text, a `Path` a file; `Path("-")` is standard input.
        name: What to call a text.

    Raises:
        InputError: The file cannot be used, or the text is a path by mistake.
    """
    if isinstance(source, Path):
        table = formats.read(source)
        column = "text" if table.format == formats.TEXT else _only_column(table)
        lines = table.texts(column)
        inside = sum("\n" in line for line in lines)
        notes = (*table.notes, f"line ends inside {inside} cells end a line here") if inside else table.notes
        # Each line with its end: joined without, a blank last one would be lost.
        return Document(table.name, "".join(f"{line}\n" for line in lines), table.sha256, table.n_lines, notes)
    if "\n" not in source and len(source) < 500 and source.strip() and _is_file(source):
        raise UsageError(f"{source!r} is a file here; pass Path({source!r}) to read it")
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(name, source, digest, source.count("\n") + bool(source) * (not source.endswith("\n")))


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # longer than a name can be, or with characters that none has
        return False


def _only_column(table: formats.Table) -> str:
    for name in ("text", "hypothesis", "source"):
        if name in table.columns:
            return name
    if len(table.columns) == 1:
        return next(iter(table.columns))
    raise InputError(
        f"{table.name} has columns {', '.join(map(repr, table.columns))}; compare needs one text: give a file of "
        "plain text, or score the table with `scorer score --input`"
    )


def compare(
    a: str | Path,
    b: str | Path,
    *,
    references: Sequence[str | Path] = (),
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Report:
    """Return the report of two documents, aligned if need be.

    Args:
        a: The source, the reference or a peer of `b`; see `Settings.role`.
        b: The translation, or the other peer.
        references: Human translations of `a` in the language of `b`.
        settings: What to run and how.
        progress: Called with a stage, how much of it is done, and how much there is.

    Raises:
        ScorerError: The texts cannot be used or do not fit together; the message says what to do.

    >>> from scorer import Settings, compare
    >>> from scorer.types import Languages
    >>> settings = Settings(preset="fast", languages=Languages("de", "en"))
    >>> report = compare("Das Gerät ist nicht wasserdicht.", "The device is waterproof.", settings=settings)
    >>> report.findings[0].check, report.findings[0].severity
    ('negation', 'major')
    """
    chosen = settings or Settings()
    names = [(a, "A"), (b, "B"), *((text, f"reference {i}") for i, text in enumerate(references, 1))]
    formats.refuse_stdin_twice([text for text, _ in names if isinstance(text, Path)])
    texts = [document(text, name) for text, name in names]
    for text in texts[:2]:
        if not text.text.strip():
            raise InputError(f"{text.name} is empty: there is nothing to compare")
    pair, role, reason = roles(texts[0], texts[1], chosen)
    if references and role == "peers":
        raise UsageError("peers are compared with each other; with -r, say what A is: --role source")
    paired = _pair(texts, pair, role, chosen, progress)
    segments = _segments(paired, role, pair)
    return _compare_report(paired, segments, pair, (role, reason), chosen, progress)


# From here on a detector's word is taken even for languages as near as Spanish and Portuguese.
SURE = 0.95


def roles(a: Document, b: Document, settings: Settings) -> tuple[Languages, Role, str]:
    """Return the languages of A and B, what A is, and how that was found.

    Raises:
        UsageError: A language was needed and could not be told.
    """
    if settings.languages is not None:
        pair, how = settings.languages, "the languages were given"
    else:
        found = [languages.detect(text.text) for text in (a, b)]
        pair = Languages(found[0].language, found[1].language)
        sure = min(each.confidence for each in found) >= SURE
        how = "the languages were detected"
    if settings.role != "auto":
        if settings.role != "source" and pair.source != pair.hypothesis:
            known = settings.languages.hypothesis if settings.languages else pair.hypothesis or pair.source
            pair = Languages(known, known)  # one language, whatever the detector made of two short texts
        return pair, settings.role, f"--role {settings.role}"
    for text, language in ((a, pair.source), (b, pair.hypothesis)):
        if language is None:
            raise UsageError(
                f"cannot tell the language of {text.name}: too little text, or too mixed; name both with -l, "
                "as in -l de-en, or say what A is with --role"
            )
    if languages.same_language(pair.source, pair.hypothesis):
        return pair, "peers", f"both are in {pair.source}, so neither is the reference; {how}"
    if settings.languages is None and languages.confusable(pair.source, pair.hypothesis) and not sure:
        reason = (
            f"{pair.source} and {pair.hypothesis} are too near to tell apart, so they count as one; name them with -l"
        )
        return Languages(pair.hypothesis, pair.hypothesis), "peers", reason
    return pair, "source", f"A is in {pair.source} and B in {pair.hypothesis}, so A is the source; {how}"


@dataclass(frozen=True)
class _Paired:
    """Documents cut into units, and how A's and B's pair; references by A's units."""

    documents: tuple[Document, ...]
    units: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, ...], ...]
    beads: tuple[Bead, ...]
    alignment: Alignment
    references: tuple[tuple[Bead, ...], ...]


def _pair(texts: Sequence[Document], pair: Languages, role: Role, settings: Settings, progress: Progress) -> _Paired:
    spoken = [pair.source, *[pair.hypothesis] * (len(texts) - 1)]
    by_line = [tuple(text.lines) for text in texts]
    cut = [documents.cut(text.text, language) for text, language in zip(texts, spoken, strict=True)]
    options = {"same_language": role != "source", "lexical": settings.preset == "fast"}
    encode = _encode(settings)
    progress("align", 0, 1)
    reason = "--align document"
    if settings.align == "auto" and _hold_sentences(by_line[0], cut[0]) and _hold_sentences(by_line[1], cut[1]):
        reason = "lines hold several sentences each, so sentences are paired"
    elif settings.align != "document":
        names = (texts[0].name, texts[1].name)
        chosen = align.choose(by_line[0], by_line[1], encode, settings.align, names=names, **options)
        if chosen.method == "lines":
            return _by_lines(texts, by_line, chosen)
        reason = chosen.reason
    units = [tuple(unit.text for unit in found) for found in cut]
    beads = align.align(units[0], units[1], encode, **options).beads
    references = tuple(align.align(units[0], unit, encode, **options).beads for unit in units[2:])
    beads = _joined(beads, references)
    pairs = tuple(Pair(bead.a, bead.b) for bead in beads)
    places = tuple(tuple(f"{text.name}:{unit.line}" for unit in found) for text, found in zip(texts, cut, strict=True))
    progress("align", 1, 1)
    return _Paired(tuple(texts), tuple(units), places, beads, Alignment("document", reason, pairs), references)


def _joined(beads: Sequence[Bead], references: Sequence[Sequence[Bead]]) -> tuple[Bead, ...]:
    """Return the beads, neighbours made one where a reference renders them in one unit, which cannot be divided.

    Omissions and additions stay on their own.
    """
    home = {i: position for position, bead in enumerate(beads) for i in bead.a}
    last = list(range(len(beads)))
    for bead in (bead for reference in references for bead in reference if len(bead.a) > 1):
        first, end = home[bead.a[0]], home[bead.a[-1]]
        if all(each.a and each.b for each in beads[first : end + 1]):
            last[first] = max(last[first], end)
    joined: list[Bead] = []
    reach = -1
    for position, bead in enumerate(beads):
        before = joined.pop() if position <= reach else Bead((), ())
        joined.append(Bead(before.a + bead.a, before.b + bead.b))
        reach = max(reach, last[position])
    return tuple(joined)


# Sentences a line from which a line is a paragraph, and a segment had better be less.
_PARAGRAPH = 1.5


def _hold_sentences(lines: Sequence[str], units: Sequence[documents.Unit]) -> bool:
    filled = sum(bool(line.strip()) for line in lines)
    return filled > 0 and len(units) / filled >= _PARAGRAPH


def _by_lines(texts: Sequence[Document], by_line: Sequence[tuple[str, ...]], chosen: align.Alignment) -> _Paired:
    for text, lines in zip(texts[2:], by_line[2:], strict=True):
        if len(lines) != len(by_line[0]):
            raise PairingError(uneven(texts[0].name, by_line[0], text.name, lines))
    kept = [i for i in range(len(by_line[0])) if by_line[0][i].strip() or by_line[1][i].strip()]
    beads = tuple(Bead((i,), (i,)) for i in kept)
    pairs = tuple(Pair((i,), (i,)) for i in kept)
    places = tuple(tuple(f"{text.name}:{i + 1}" for i in range(len(by_line[0]))) for text in texts)
    alignment = Alignment("lines", chosen.reason, pairs)
    return _Paired(tuple(texts), tuple(by_line), places, beads, alignment, (beads,) * (len(texts) - 2))


def uneven(a: str, a_lines: Sequence[str], b: str, b_lines: Sequence[str]) -> str:
    """Return the message for files that cannot be paired by line."""
    first = min(len(a_lines), len(b_lines)) + 1
    return f"{a} has {len(a_lines)} lines, {b} has {len(b_lines)}; first unpaired line: {first}"


def _encode(settings: Settings) -> Callable[[Sequence[str]], encoders.Vectors]:
    if settings.preset == "fast":
        return LexicalEncoder().sentences
    encoder = encoders.load(settings.encoder)
    return lambda texts: encoders.sentences(encoder, texts)


def _segments(paired: _Paired, role: Role, pair: Languages) -> list[Segment]:
    """Return a segment for each bead; its texts are the bead's units joined."""
    space = [
        "" if language in ("zh", "ja", "th", "lo", "km", "my") else " " for language in (pair.source, pair.hypothesis)
    ]
    by_a = [
        _texts_by_a(beads, units, space[1]) for beads, units in zip(paired.references, paired.units[2:], strict=True)
    ]
    segments = []
    for index, bead in enumerate(paired.beads):
        a = space[0].join(paired.units[0][i] for i in bead.a)
        b = space[1].join(paired.units[1][i] for i in bead.b)
        others = written(space[1].join(filter(None, (texts.get(i, "") for i in bead.a))) for texts in by_a)
        place = paired.places[1][bead.b[0]] if bead.b else paired.places[0][bead.a[0]]
        source, references = (a, others) if role == "source" else (None, (a, *others))
        segments.append(Segment(index, source, b, references, pair, place=place))
    return segments


def written(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the references of a segment that are not blank: a reference without a line for it says nothing of it."""
    return tuple(text for text in texts if text.strip())


def _texts_by_a(beads: Sequence[Bead], units: Sequence[str], space: str) -> dict[int, str]:
    """Return a reference's text for each unit of A; several of A's units in one bead leave it with the first."""
    return {bead.a[0]: space.join(units[i] for i in bead.b) for bead in beads if bead.a}


def _compare_report(
    paired: _Paired,
    segments: Sequence[Segment],
    pair: Languages,
    role: tuple[Role, str],
    settings: Settings,
    progress: Progress,
) -> Report:
    chosen = plan(settings, what_is_there(segments), pair.hypothesis, number_of_references(segments))
    forward = judge.judge(
        segments, chosen, batch_size=settings.batch_size, progress=lambda n: progress("score", n, len(segments))
    )
    texts: dict[str, Text] = {}
    if role[0] != "source" and settings.preset == "standard":
        forward = _with_wording(forward, settings)
    dimensions = judge.dimensions(forward.penalties, settings)
    if role[0] == "peers":
        forward, texts, dimensions = _as_peers(forward, settings)
    notes = tuple(f"{text.name}: {note}" for text in paired.documents for note in text.notes)
    spoken = [pair.source, *[pair.hypothesis] * (len(paired.documents) - 1)]
    return _report(
        forward,
        dimensions,
        settings,
        command="compare",
        role=role,
        languages={"a": pair.source, "b": pair.hypothesis},
        inputs=tuple(
            Input(text.name, text.sha256, text.n_lines, len(units), language, text.notes)
            for text, units, language in zip(paired.documents, paired.units, spoken, strict=True)
        ),
        alignment=paired.alignment,
        texts=texts,
        notes=(
            *notes,
            *remarks(paired.documents, spoken),
            *chosen.notes,
            *uncertainty.notes(forward.segments),
            *_left_out(forward),
            *_unread(forward, settings),
        ),
    )


def remarks(texts: Sequence[Document], spoken: Sequence[str | None]) -> tuple[str, ...]:
    """Return notes on texts that are the same, or look like another language than the one they are taken for."""
    notes = [
        f"{a.name} and {b.name} are the same text"
        for a, b in itertools.combinations(texts, 2)
        if a.text.strip() == b.text.strip()
    ]
    for text, language in zip(texts, spoken, strict=True):
        seen = languages.detect(text.text).language
        if seen is not None and language is not None and not languages.confusable(seen, language):
            notes.append(f"{text.name} looks like {seen}, not {language}")
    return tuple(notes)


def _left_out(judged: Judged) -> tuple[str, ...]:
    return judge.notes_on_left_out(
        [
            (metric.name, reason)
            for metric in judged.plan.shown
            for segment, row in zip(judged.segments, judged.rows[metric.name], strict=True)
            if (reason := judge.left_out(metric, segment, row))
        ]
    )


def _with_wording(judged: Judged, settings: Settings) -> Judged:
    """Add the choices of words that matter; they order and explain differences, and cost no points of their own."""
    found: dict[int, list[Finding]] = {}
    for finding in wording.findings(judged.segments, encoders.load(settings.encoder)):
        found.setdefault(finding.index, []).append(finding)
    findings = tuple(
        (*known, *found.get(segment.index, ())) for segment, known in zip(judged.segments, judged.findings, strict=True)
    )
    return dataclasses.replace(judged, findings=findings)


def _as_peers(forward: Judged, settings: Settings) -> tuple[Judged, dict[str, Text], dict[DimensionName, Dimension]]:
    """Judge A against B too, and return both directions together: peers have no first and second.

    What a text lacks is judged where the other has it; how a text reads, in that text.
    """
    backward = judge.judge(
        [mirrored(segment) for segment in forward.segments], forward.plan, batch_size=settings.batch_size
    )
    kept_of_a = [p for s, p in zip(forward.segments, forward.penalties, strict=True) if s.references[0].strip()]
    kept_of_b = [p for s, p in zip(backward.segments, backward.penalties, strict=True) if s.references[0].strip()]
    rows = {
        "a": ([p.row("adequacy") for p in kept_of_a], [p.row("fluency") for p in backward.penalties]),
        "b": ([p.row("adequacy") for p in kept_of_b], [p.row("fluency") for p in forward.penalties]),
    }
    texts = {
        name: Text(judge.dimension(fluency, settings), judge.dimension(kept, settings))
        for name, (kept, fluency) in rows.items()
    }
    dimensions: dict[DimensionName, Dimension] = {
        "adequacy": judge.dimension(rows["a"][0] + rows["b"][0], settings),
        "fluency": judge.dimension(rows["a"][1] + rows["b"][1], settings),
        "quality": judge.dimension([p.row("quality") for p in (*kept_of_a, *kept_of_b)], settings),
    }
    findings = tuple(
        (*ours, *(mirror_finding(finding) for finding in theirs if belongs_to_text(finding)))
        for ours, theirs in zip(forward.findings, backward.findings, strict=True)
    )
    return dataclasses.replace(forward, findings=findings), texts, dimensions


def mirrored(segment: Segment) -> Segment:
    """Return a segment of peers with the sides changed."""
    return dataclasses.replace(segment, hypothesis=segment.references[0], references=(segment.hypothesis,))


def belongs_to_text(finding: Finding) -> bool:
    """Return whether a finding is about the hypothesis alone, so that the other direction has not seen it."""
    return finding.dimension == "fluency" and finding.hypothesis_span is not None


def mirror_finding(finding: Finding) -> Finding:
    """Return a finding of the mirrored segment with its spans in the texts they belong to."""
    return dataclasses.replace(finding, hypothesis_span=finding.reference_span, reference_span=finding.hypothesis_span)


def _report(judged: Judged, dimensions: Mapping[DimensionName, Dimension], settings: Settings, **parts: Any) -> Report:
    segments = judge.segment_reports(judged)
    findings = tuple(finding for found in judged.findings for finding in found)
    return Report(
        version=__version__,
        signature=signature(judged.plan, settings, parts["command"], parts["role"][0], parts["alignment"].method),
        role=parts["role"][0],
        role_reason=parts["role"][1],
        dimensions=dimensions,
        metrics=judge.scores(judged, settings),
        skipped=tuple(Skipped(name, reason) for name, reason in judged.plan.skipped),
        findings=findings,
        segments=segments,
        worst=worst(segments),
        verdict=verdict(dimensions, findings),
        **{name: part for name, part in parts.items() if name != "role"},
    )


def signature(plan: Plan, settings: Settings, command: str, role: str, method: str) -> str:
    """Return the line that lets someone else get the same dimensions."""
    return "|".join(
        [
            f"scorer|command:{command}|role:{role}|align:{method}|preset:{settings.preset}",
            plan.recipe.signature() + (f"|{plan.model.signature()}" if plan.model != SHIPPED else ""),
            f"reads:{_read(plan)}|checks:{len(plan.checks)}|seed:{settings.seed}|resamples:{settings.n_resamples}|version:{__version__}",
        ]
    )


def _read(plan: Plan) -> str:
    """Return a digest of the signatures of what the recipe reads, shown or not: other weights are another score."""
    lines = sorted(metric.signature() for metric in plan.measured if metric.name in plan.recipe.metrics)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def worst(segments: Sequence[SegmentReport]) -> tuple[int, ...]:
    """Return the positions of the segments that cost most points, most first; those without a fault are left out."""
    cost = {i: segment.metrics.get("mqm") or 0.0 for i, segment in enumerate(segments)}
    ranked = sorted(cost, key=lambda i: (-cost[i], i))
    return tuple(i for i in ranked if cost[i] > 0)[:N_WORST]


def verdict(dimensions: Mapping[DimensionName, Dimension], findings: Sequence[Finding]) -> str:
    """Return the report in one sentence."""
    words = ", ".join(f"{name} {band(dimensions[name].value)}" for name in DIMENSIONS)
    certain = [finding for finding in findings if not finding.suspected]
    counted = [f"{n} {severity}" for severity, n in count_by_severity(certain).items() if n]
    return f"{words[0].upper()}{words[1:]}; findings: {', '.join(counted) or 'none'}"


def _unread(judged: Judged, settings: Settings) -> tuple[str, ...]:
    """Return a note on text that was too long for the encoder, which is otherwise silent about it."""
    if settings.preset == "fast":
        return ()
    encoder = encoders.load(settings.encoder)
    longest = [s for s in judged.segments if max(map(len, (s.hypothesis, s.source or "", *s.references))) > 10_000]
    unread = sum(e.n_unread for s in longest for e in encoder.embed([s.hypothesis, s.source or "", *s.references]))
    return (f"the encoder left {unread} characters of very long segments unread",) if unread else ()
