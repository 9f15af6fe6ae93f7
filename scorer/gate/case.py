"""A pair of files on its way to a verdict, and the verdict that its parts make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scorer import combine, encoders, judge, measure
from scorer.cache import Cache
from scorer.errors import ModelError, VacuousInput
from scorer.gate import guards, inputs, scoring, sides
from scorer.gate.files import FilePair
from scorer.gate.inputs import Ready
from scorer.gate.known import Matched
from scorer.gate.policy import PairSpec, Rules
from scorer.gate.positions import SegmentPlaces, segment_places
from scorer.gate.scored import ScoredSegment
from scorer.gate.scoring import Before, Scored, Told
from scorer.gate.verdict import JudgedSegment, Outcome, PairVerdict, Placed, Ruling
from scorer.plan import Settings
from scorer.printable import printable
from scorer.report import Dimension
from scorer.types import DIMENSIONS, SEVERITIES, DimensionName, Stats

_RANK: dict[Outcome, int] = {"fail": 0, "undecided": 1, "pass": 2}


@dataclass
class Case:
    """What is known so far of a pair of files; parts are filled in as the run goes on."""

    files: FilePair
    spec: PairSpec
    rules: Rules
    ready: Ready | None = None
    scored: Scored | None = None
    matched: Matched | None = None
    rulings: list[Ruling] = field(default_factory=list)


def score(
    case: Case,
    rules_for: Callable[[str | None], Rules],
    settings: Settings,
    cache: Cache,
    *,
    before: Callable[[Ready], Before | None] = lambda ready: None,
    told: Told = lambda n: None,
) -> None:
    """Score a case; what makes that meaningless becomes a failed ruling.

    Args:
        case: Its files are read, and its rules, segments and scores filled in.
        rules_for: The rules for a language of the hypothesis, which only the files tell.
        settings: What to run and how.
        cache: Where results of earlier runs are.
        before: With `--changed`: the segments that were there before.
        told: Called with the number of segments done.
    """
    try:
        _require_encoder(settings)
        ready = inputs.read(case.files, settings, cache.get_value)
        case.rules, case.ready = rules_for(ready.languages.hypothesis), ready
        case.scored = scoring.score(ready, asked(case.rules), settings, cache, before=before(ready), told=told)
    except (VacuousInput, ModelError) as error:
        case.ready = None
        what = "the model could not be loaded: " if isinstance(error, ModelError) else ""
        case.rulings.append(Ruling("input", "fail", f"{what}{error}"))


def _require_encoder(settings: Settings) -> None:
    """Load an encoder of the user's, even for files that need none: a gate must not pass with a model that is gone.

    Raises:
        ModelError: It cannot be loaded.
    """
    if settings.preset != "fast" and settings.encoder != encoders.BUNDLED:
        encoders.load(settings.encoder)


def asked(rules: Rules) -> tuple[str, ...]:
    """Return the names of the metrics, dimensions left out, that rules ask for; each once."""
    tables = (rules.minimum, rules.maximum, rules.worst_segment, rules.max_drop, rules.max_segment_drop)
    return tuple(dict.fromkeys(name for table in tables for name in table if name not in DIMENSIONS))


def values(case: Case) -> dict[str, float | None]:
    """Return dimensions and the rules' metrics over all segments, the baseline's where some were not scored.

    Where some are known from nowhere, the values are those of the segments that were scored, and a note says so.
    """
    found: dict[str, float | None] = {}
    for dimension in DIMENSIONS:
        rows = [row for row in _rows(case, dimension) if row is not None and row[1] > 0]
        found[dimension] = combine.DIMENSION.finish(measure.add(rows)) if rows else None
    assert case.scored is not None
    for name in asked(case.rules):
        found[name] = measure.finished(case.scored.pair.metric(name), _rows(case, name))
    return found


def _rows(case: Case, name: str) -> list[Stats | None]:
    """Return each segment's statistics of a dimension or metric, as far as they are known."""
    assert case.scored is not None
    segments = case.scored.pair.segments
    known = case.matched.known if case.matched is not None else (None,) * len(segments)
    return [
        segment.row(name) if segment.penalty is not None else then.row(name) if then is not None else None
        for segment, then in zip(segments, known, strict=True)
    ]


def pair_verdict(case: Case, settings: Settings) -> PairVerdict:
    """Return what outputs show of a pair of files."""
    rulings = tuple(sorted(case.rulings, key=lambda ruling: _RANK[ruling.outcome]))
    outcome: Outcome = min((ruling.outcome for ruling in rulings), key=_RANK.__getitem__, default="pass")
    files, scored = case.files, case.scored
    first = "" if files.source is None else printable(str(files.source))
    references = tuple(printable(str(path)) for path in files.references)
    if case.ready is None or scored is None:
        empty: dict[str, float | None] = {}
        spoken = files.languages
        return PairVerdict(files.name, first, references, spoken, "", outcome, rulings, {}, {}, empty, empty, (), {})
    then, since = _then_and_since(case)
    own = values(case)
    return PairVerdict(
        files.name,
        first,
        references,
        str(case.ready.languages),
        scored.pair.signature,
        outcome,
        rulings,
        _dimensions(case, settings),
        {name: own[name] for name in asked(case.rules)},
        then,
        since,
        _segments(case),
        _counts(case),
        (*case.ready.notes, *_notes(case, then, since)),
    )


def _dimensions(case: Case, settings: Settings) -> dict[DimensionName, Dimension]:
    return {name: judge.dimension(_rows(case, name), settings) for name in DIMENSIONS}


def _then_and_since(case: Case) -> tuple[dict[str, float | None], dict[str, float | None]]:
    """Return dimensions and metrics of the segments that the baseline knows, then and now."""
    if case.matched is None or case.scored is None or not case.matched.n_matched:
        return {}, {}
    names = [*DIMENSIONS, *(name for name in asked(case.rules) if name in case.rules.max_drop)]
    both = {name: sides.then_and_since(case.scored.pair, case.matched, name) for name in names}
    return {name: ends[0] for name, ends in both.items()}, {name: ends[1] for name, ends in both.items()}


def _segments(case: Case) -> tuple[JudgedSegment, ...]:
    assert case.ready is not None
    assert case.scored is not None
    places = segment_places(case.ready.paired)
    names = (*DIMENSIONS, *asked(case.rules))
    known = case.matched.known if case.matched else (None,) * len(case.scored.pair.segments)
    states = case.matched.states if case.matched else None
    gained = guards.gained(case.scored.pair, case.matched) if case.matched else None
    made = []
    for i, (each, then) in enumerate(zip(case.scored.pair.segments, known, strict=True)):
        original = each.segment.original
        made.append(
            JudgedSegment(
                each.id,
                each.segment.key,
                each.text,
                original.side if original is not None else "source",
                each.segment.hypothesis,
                places.span(i)[0],
                {name: each.value(name) for name in names},
                _placed(each, places, i, {} if gained is None else gained[i]),
                states[i] if states else "untold",
                None if then is None else then.hypothesis,
                None if then is None else {name: _finished(then.row(name)) for name in DIMENSIONS},
                is_addition=original is not None and not original.text.strip(),
            )
        )
    return tuple(made)


def _finished(row: Stats | None) -> float | None:
    return None if row is None else combine.DIMENSION.finish(row)


def _placed(
    segment: ScoredSegment, places: SegmentPlaces, number: int, gained: Mapping[str, int]
) -> tuple[Placed, ...]:
    """Return a segment's findings with their places, most severe first, what the learned metric suspects last."""
    left = Counter(gained)
    placed = []
    ordered = sorted(segment.findings, key=lambda f: (f.suspected, SEVERITIES.index(f.severity), -f.certainty))
    for finding in ordered:
        start, end = places.span(number, finding.hypothesis_span)
        kind = f"{finding.check} {finding.severity}"
        is_gained = left[kind] > 0
        left[kind] -= 1
        placed.append(Placed(finding, start, end, is_gained, not segment.is_changed))
    return tuple(placed)


def _counts(case: Case) -> dict[str, int]:
    assert case.scored is not None
    segments = case.scored.pair.segments
    counts = {
        "segments": len(segments),
        "scored": sum(segment.penalty is not None for segment in segments),
        "cached": case.scored.n_cached,
    }
    if case.matched is not None:
        states = Counter(case.matched.states)
        counts |= {name: states[name] for name in ("new", "changed", "unchanged")}
        counts["removed"] = len(case.matched.removed)
    return counts


def _notes(case: Case, then: Mapping[str, float | None], since: Mapping[str, float | None]) -> list[str]:
    """Return what `--changed` did: how much was scored, and what that does to the whole file."""
    assert case.scored is not None
    segments = case.scored.pair.segments
    unscored = [i for i, segment in enumerate(segments) if segment.penalty is None]
    if not unscored:
        return []
    told = f"{len(segments) - len(unscored)} of {len(segments)} segments changed and were scored"
    known = case.matched.known if case.matched else (None,) * len(segments)
    n_unknown = sum(known[i] is None for i in unscored)
    if n_unknown:
        effect = (
            f"what that does to the whole file is unknown, since the baseline holds no scores of {n_unknown} of the "
            "others; dimensions and minimums are those of what was scored"
        )
    else:
        moved = (f"{name} from {_told(then[name])} to {_told(since[name])}" for name in DIMENSIONS if name in then)
        effect = f"in the whole file that moves {', '.join(moved)}"
    return [f"{told}; {effect}"]


def _told(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1f}"
