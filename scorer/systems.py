"""`score`: systems on line-aligned texts or table rows, segment by segment, and compared with each other."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scorer import __version__, combine, judge, languages, stats, uncertainty
from scorer.api import Progress, signature, silent, verdict, worst
from scorer.combine import Penalty
from scorer.errors import InputError, PairingError, UsageError
from scorer.formats import Row
from scorer.formats.entries import Entry
from scorer.judge import Judged
from scorer.measure import batches
from scorer.pairing import remarks, uneven, written
from scorer.plan import Plan, Settings, default_metrics, number_of_references, plan, what_is_there
from scorer.report import Alignment, Comparison, Input, Report, SegmentReport, Skipped, System
from scorer.resampling import Finish
from scorer.texts import Document, document
from scorer.types import DIMENSIONS, Finding, Languages, Segment, Stats

Key = tuple[str, str, int]

# Rows from which languages and available texts are told before a stream is scored.
PEEK = 500
# Segments that a report of a table keeps; all rows go to the output file.
KEPT = 10_000
# Pairs of systems: all of them up to this many systems, each with the first beyond it.
ALL_PAIRS_UP_TO = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """One row of a table with its result: a segment's report, or the reason why there is none.

    `left_out` names the metrics that could not score it, with their reasons.
    """

    entry: Entry
    report: SegmentReport | None
    penalty: Penalty | None
    rows: Mapping[str, Stats | None]
    left_out: tuple[tuple[str, str], ...] = ()


def score(
    hypotheses: Mapping[str, str | Path | Sequence[str]] | Sequence[str],
    *,
    source: str | Path | Sequence[str] | None = None,
    references: Sequence[str | Path | Sequence[str]] = (),
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Report:
    """Return the report of one or more systems on line-aligned texts.

    Args:
        hypotheses: Each system's translation by the system's name, or the lines of the only one.
        source: Lines, a text or a file; line i belongs to line i.
        references: Any number of them, likewise.
        settings: What to run and how.
        progress: Called with a stage, how much of it is done, and how much there is.

    Raises:
        PairingError: Texts differ in length; the message names the first line without a partner.
        ScorerError: Something else is wrong; the message says what to do.

    >>> from scorer import Settings, score
    >>> report = score(["Der Hund schläft."], references=[["Der Hund schläft."]], settings=Settings(preset="fast"))
    >>> [metric.value for metric in report.metrics if metric.name == "chrf"]
    [100.0]
    """
    chosen = settings or Settings()
    named = hypotheses if isinstance(hypotheses, Mapping) else {"hypothesis": hypotheses}
    if not named:
        raise UsageError("there is no translation to score; name one with -t")
    systems = {name: _document(text, name) for name, text in named.items()}
    others = [_document(text, f"reference {i}") for i, text in enumerate(references, 1)]
    original = _document(source, "source") if source is not None else None
    if original is None and not others:
        raise UsageError("a translation needs a source (-s) or a reference (-r) to be held against")
    texts = [text for text in (original, *systems.values(), *others) if text is not None]
    for text in texts[1:]:
        if len(text.lines) != len(texts[0].lines):
            raise PairingError(uneven(texts[0].name, texts[0].lines, text.name, text.lines))
    if not any(line.strip() for text in systems.values() for line in text.lines):
        raise InputError(f"{', '.join(text.name for text in systems.values())}: nothing but blank lines to score")
    pair = chosen.languages or _detected(original, [*systems.values()], others)
    filled = [any(line.strip() for line in lines) for lines in zip(*(text.lines for text in texts), strict=True)]
    segments = [
        segment for name, text in systems.items() for segment in _lines(name, text, original, others, pair, filled)
    ]
    entries = (Entry(Row(segment.system, segment.index + 1, {}), segment, None) for segment in segments)
    scored = list(rate(entries, pair, chosen, progress, total=len(segments)))
    inputs = [
        Input(text.name, text.sha256, text.n_lines, len(text.lines), _language(text, original, pair), text.notes)
        for text in texts
    ]
    return summarise(
        scored, pair, inputs, chosen, notes=remarks(texts, [_language(text, original, pair) for text in texts])
    )


def _document(text: str | Path | Sequence[str], name: str) -> Document:
    if isinstance(text, str | Path):
        return document(text, name)
    for i, line in enumerate(text):
        if "\n" in line:
            raise InputError(f"{name}, line {i + 1} contains a line feed; a line is one segment")
    return document("\n".join(text) + ("\n" if text else ""), name)


def _detected(source: Document | None, systems: Sequence[Document], references: Sequence[Document]) -> Languages:
    """Return the languages, the hypothesis' from the references where there are any: they are in the right one."""
    target = references[0] if references else max(systems, key=lambda text: len(text.text))
    spoken = languages.detect(source.text).language if source else None
    return Languages(spoken, languages.detect(target.text).language)


def _language(text: Document, source: Document | None, pair: Languages) -> str | None:
    return pair.source if text is source else pair.hypothesis


def _lines(
    system: str,
    text: Document,
    source: Document | None,
    references: Sequence[Document],
    pair: Languages,
    filled: Sequence[bool],
) -> Iterator[Segment]:
    """Yield a segment for each line; lines that are blank in all texts are left out, and keep their index."""
    columns = [reference.lines for reference in references]
    sources = source.lines if source else [None] * len(text.lines)
    for index, (original, line) in enumerate(zip(sources, text.lines, strict=True)):
        others = tuple(column[index] for column in columns)
        # Without a source, references that are all blank say that the line is an addition.
        told = written(others) or (() if source else others[:1])
        if filled[index]:
            yield Segment(index, original, line, told, pair, system=system, place=f"{text.name}:{index + 1}")


def rate(
    entries: Iterable[Entry],
    pair: Languages,
    settings: Settings,
    progress: Progress = silent,
    *,
    total: int = 0,
    sample: Sequence[Segment] | None = None,
) -> Iterator[Scored]:
    """Yield each row with its result, in order; at most some thousand rows are in memory at once.

    Args:
        entries: Rows with their segments; rows without one come out as they are.
        pair: Languages of segments that do not name their own.
        settings: What to run and how.
        progress: Called after each batch.
        total: How many rows there are, if known.
        sample: Segments by which to choose metrics; those of the first rows by default.
    """
    stream = iter(entries)
    peeked = list(itertools.islice(stream, PEEK)) if sample is None else []
    planner = _Planner(settings, pair, segments_of(peeked) if sample is None else sample)
    done = 0
    for batch in _batches(itertools.chain(peeked, stream), settings.batch_size * 4):
        yield from _rate_batch(batch, planner, settings)
        done += len(batch)
        progress("score", done, total)


def segments_of(entries: Iterable[Entry]) -> list[Segment]:
    """Return the segments of rows that have one."""
    return [entry.segment for entry in entries if entry.segment is not None]


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    return batches(entries, size)  # type: ignore[arg-type, return-value]


class _Planner:
    """One plan for each kind of row: with a source, with references, with both."""

    def __init__(self, settings: Settings, pair: Languages, peeked: Sequence[Segment]) -> None:
        self.settings = settings
        self.pair = pair
        available = what_is_there(peeked) if peeked else "source"
        self.specs = settings.metrics or default_metrics(settings.preset, available)
        self.n_references = number_of_references(peeked)
        self._plans: dict[tuple[str, str | None], Plan] = {}

    def plan(self, segment: Segment) -> Plan:
        """Return the plan for a segment."""
        available, language = what_is_there([segment]), segment.languages.hypothesis or self.pair.hypothesis
        if (available, language) not in self._plans:
            self._plans[available, language] = plan(
                self.settings, available, language, self.n_references, specs=self.specs
            )
        return self._plans[available, language]


def _rate_batch(batch: Sequence[Entry], planner: _Planner, settings: Settings) -> list[Scored]:
    groups: dict[int, list[tuple[int, Segment]]] = defaultdict(list)
    plans: dict[int, Plan] = {}
    for position, entry in enumerate(batch):
        if entry.segment is not None:
            segment = _with_languages(entry.segment, planner.pair)
            chosen = planner.plan(segment)
            plans[id(chosen)] = chosen
            groups[id(chosen)].append((position, segment))
    results = [Scored(entry, None, None, {}) for entry in batch]
    for key, members in groups.items():
        # Indices are unique within a system only; findings are filed by them, so they are numbered anew meanwhile.
        numbered = [dataclasses.replace(segment, index=position) for position, segment in members]
        judged = judge.judge(numbered, plans[key], batch_size=settings.batch_size)
        for (position, segment), report, scored in zip(
            members, judge.segment_reports(judged), _each(judged), strict=True
        ):
            found = tuple(dataclasses.replace(finding, index=segment.index) for finding in report.findings)
            whole = dataclasses.replace(report, index=segment.index, findings=found)
            results[position] = Scored(batch[position], whole, *scored)
    return results


def _with_languages(segment: Segment, pair: Languages) -> Segment:
    own = segment.languages
    if own.source is not None and own.hypothesis is not None:
        return segment
    filled = Languages(own.source or pair.source, own.hypothesis or pair.hypothesis)
    return dataclasses.replace(segment, languages=filled)


def _each(judged: Judged) -> Iterator[tuple[Penalty, dict[str, Stats | None], tuple[tuple[str, str], ...]]]:
    for position, (segment, penalty) in enumerate(zip(judged.segments, judged.penalties, strict=True)):
        rows = {name: column[position] for name, column in judged.rows.items()}
        reasons = ((m.name, judge.left_out(m, segment, rows[m.name])) for m in judged.plan.shown)
        yield penalty, rows, tuple((name, reason) for name, reason in reasons if reason)


@dataclass
class Tally:
    """One system's rows as they come in; what a corpus score is made of."""

    penalties: dict[Key, Penalty] = field(default_factory=dict)
    rows: dict[str, dict[Key, Stats | None]] = field(default_factory=lambda: defaultdict(dict))
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, segment: Segment, scored: Scored) -> None:
        """Take in one row. What pairs it with other systems' rows is its original text, and which time it occurs."""
        if scored.penalty is None:
            return
        text = (segment.document, segment.original.text if segment.original else "")
        key = (*text, self._seen[text])
        self._seen[text] += 1
        self.penalties[key] = scored.penalty
        for name, row in scored.rows.items():
            self.rows[name][key] = row


def summarise(
    scored: Iterable[Scored], pair: Languages, inputs: Sequence[Input], settings: Settings, *, notes: Sequence[str] = ()
) -> Report:
    """Return the report of scored rows, which may be a stream: rows are added up as they come.

    Raises:
        InputError: No row could be scored.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    kept: list[SegmentReport] = []
    n_rows = n_skipped = 0
    samples: list[Segment] = []
    left_out: list[tuple[str, str]] = []
    unknown: Counter[tuple[str, ...]] = Counter()
    for row in scored:
        n_rows += 1
        if row.report is None or row.entry.segment is None:
            n_skipped += 1
            continue
        segment = row.entry.segment
        tallies[segment.system].add(segment, row)
        left_out.extend(row.left_out)
        if not row.report.confident:
            spoken = _with_languages(segment, pair).languages
            unknown[uncertainty.unknown(spoken, with_source=segment.source is not None)] += 1
        if len(samples) < PEEK:
            samples.append(segment)
        kept.append(row.report)
        if len(kept) > 2 * KEPT:
            kept = sorted(kept, key=lambda report: -(report.metrics["mqm"] or 0.0))[:KEPT]
    if not tallies:
        raise InputError(f"none of {n_rows} rows could be scored; each row's reason is in its `skipped`")
    if len(kept) > KEPT:
        kept = sorted(kept, key=lambda report: -(report.metrics["mqm"] or 0.0))[:KEPT]
        kept.sort(key=lambda report: (report.system, report.index))
    available = what_is_there(samples)
    chosen = plan(settings, available, pair.hypothesis, number_of_references(samples))
    systems = _systems(tallies, chosen, settings)
    findings = tuple(finding for report in kept for finding in report.findings)
    first = systems[0]
    role = "source" if available != "reference" else "reference"
    told = {
        "source": "the source was given",
        "reference": "a reference was given",
        "both": "source and reference were given",
    }
    told_skips = (
        [f"{n_skipped} of {n_rows} rows could not be scored; the reason is in each row's `skipped`"]
        if n_skipped
        else []
    )
    told_inputs = [f"{text.name}: {note}" for text in inputs for note in text.notes]
    return Report(
        command="score",
        version=__version__,
        signature=signature(chosen, settings, "score", role, "lines"),
        role=role,  # type: ignore[arg-type]
        role_reason=told[available],
        languages={"a": pair.source, "b": pair.hypothesis},
        inputs=tuple(inputs),
        alignment=Alignment("lines", "score pairs line i with line i"),
        dimensions=first.dimensions,
        metrics=first.metrics,
        skipped=tuple(Skipped(*each) for each in chosen.skipped),
        findings=findings,
        segments=tuple(kept),
        worst=worst(kept),
        verdict=_verdict(systems, findings),
        systems=systems,
        comparisons=_comparisons(tallies, chosen, settings, known="unseen" if unknown else "related"),
        notes=(
            *told_skips,
            *told_inputs,
            *notes,
            *chosen.notes,
            *uncertainty.notes_on(unknown),
            *judge.notes_on_left_out(left_out),
        ),
        n_rows=n_rows,
    )


def _verdict(systems: Sequence[System], findings: Sequence[Finding]) -> str:
    """Return the report in one sentence; of several systems, about the one with the best quality."""
    best = max(systems, key=lambda system: system.dimensions["quality"].value or 0.0)
    if len(systems) == 1:
        return verdict(best.dimensions, findings)
    theirs = [finding for finding in findings if finding.system == best.name]
    said = verdict(best.dimensions, theirs)
    return f"{len(systems)} systems; best in quality is {best.name}: {said[0].lower()}{said[1:]}"


def _systems(tallies: Mapping[str, Tally], chosen: Plan, settings: Settings) -> tuple[System, ...]:
    groups: dict[str, str] = {}
    if len(tallies) > 1 and _are_paired(tallies):
        keys = sorted(next(iter(tallies.values())).penalties)
        rows = {name: [tally.penalties[key].row("quality") for key in keys] for name, tally in tallies.items()}
        ranked = stats.groups(rows, combine.DIMENSION, higher_is_better=True, **_resampling(settings))
        groups = {each.name: "" if each.group is None else str(each.group) for each in ranked}
    return tuple(
        System(
            name,
            judge.dimensions(list(tally.penalties.values()), settings),
            tuple(
                judge.metric_score(metric, list(tally.rows[metric.name].values()), settings) for metric in chosen.shown
            ),
            groups.get(name, ""),
        )
        for name, tally in tallies.items()
    )


def _are_paired(tallies: Mapping[str, Tally]) -> bool:
    keys = [tally.penalties.keys() for tally in tallies.values()]
    return all(each == keys[0] for each in keys)


def _resampling(settings: Settings) -> dict[str, Any]:
    return {"n_resamples": settings.n_resamples, "seed": settings.seed, "confidence": settings.confidence}


def _comparisons(
    tallies: Mapping[str, Tally], chosen: Plan, settings: Settings, *, known: uncertainty.Seen
) -> tuple[Comparison, ...]:
    """Return paired tests of systems on each dimension and metric; none where they have different segments.

    For quality there is the expected agreement of people too, unless a language is unseen.
    """
    if len(tallies) < 2:
        return ()
    names = list(tallies)
    pairs = (
        itertools.combinations(names, 2) if len(names) <= ALL_PAIRS_UP_TO else ((names[0], name) for name in names[1:])
    )
    found = []
    for a, b in pairs:
        shared = sorted(tallies[a].penalties.keys() & tallies[b].penalties.keys())
        for name, finish, rows_a, rows_b in _columns(tallies[a], tallies[b], shared, chosen):
            compared = _compared(name, a, b, rows_a, rows_b, finish, settings)
            if name == "quality":
                n = sum(None not in rows for rows in zip(rows_a, rows_b, strict=True))
                share = uncertainty.agreement(compared.difference, n, chosen.recipe.name, known=known)
                compared = dataclasses.replace(compared, agreement=share)
            found.append(compared)
    return tuple(found)


def _columns(
    a: Tally, b: Tally, shared: Sequence[Key], chosen: Plan
) -> Iterator[tuple[str, Finish, list[Stats | None], list[Stats | None]]]:
    for dimension in DIMENSIONS:
        rows = [[tally.penalties[key].row(dimension) for key in shared] for tally in (a, b)]
        yield dimension, combine.DIMENSION, rows[0], rows[1]
    for metric in chosen.shown:
        rows = [[tally.rows[metric.name].get(key) for key in shared] for tally in (a, b)]
        yield metric.name, metric, rows[0], rows[1]


def _compared(
    name: str,
    a: str,
    b: str,
    rows_a: Sequence[Stats | None],
    rows_b: Sequence[Stats | None],
    finish: Finish,
    settings: Settings,
) -> Comparison:
    """Return how B differs from A, with both tests."""
    options = _resampling(settings)
    bootstrap = stats.paired_bootstrap(rows_b, rows_a, finish, **options)
    randomised = stats.approximate_randomization(rows_b, rows_a, finish, **options)
    interval = bootstrap.interval
    detectable = (interval.high - interval.low) / 2 if interval else None
    note = bootstrap.reason
    if detectable is not None and bootstrap.difference is not None and abs(bootstrap.difference) < detectable:
        note = f"this set can show differences from {detectable:.1f} on"
    return Comparison(
        name,
        a,
        b,
        bootstrap.difference,
        interval.low if interval else None,
        interval.high if interval else None,
        bootstrap.p,
        randomised.p,
        detectable,
        note,
    )
