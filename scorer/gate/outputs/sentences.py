"""How places, counts, values and advice of a verdict are put for people, in every output alike; safe to print."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scorer.gate.verdict import Cause, JudgedSegment, Outcome, PairVerdict, Placed, Position, Ruling, Verdict
from scorer.printable import printable
from scorer.reporters.shown import number
from scorer.types import DIMENSIONS

# Characters of a file's or a segment's name; a path can be longer, but then its end says little.
LONGEST_NAME = 200
# Segments named in the command that accepts them.
N_ACCEPTED = 8
GUARDS = ("max_drop.", "max_segment_drop.", "new_findings.")
# Rules on a score over the whole file, whose causes have a share in it.
SCORES = ("minimum.", "maximum.", "max_drop.")
MARKS: dict[Outcome, str] = {"pass": "✅", "fail": "❌", "undecided": "⚠️"}


class Value(NamedTuple):
    """A dimension or metric of a file: over all segments, and its change over those that the baseline knows."""

    name: str
    now: float | None
    change: float | None


def values(pair: PairVerdict) -> list[Value]:
    """Return quality, adequacy and fluency where there are any, then the rules' metrics."""
    shown: dict[str, float | None] = {
        name: pair.dimensions[name].value for name in DIMENSIONS if name in pair.dimensions
    }
    shown |= {name: value for name, value in pair.values.items() if name not in shown}
    return [Value(name, value, _difference(pair, name)) for name, value in shown.items()]


def _difference(pair: PairVerdict, name: str) -> float | None:
    then, since = pair.values_then.get(name), pair.values_since.get(name)
    return None if then is None or since is None else since - then


def change(value: float | None) -> str:
    """Return `▲2.1` or `▼2.1`, `±0` where nothing moved, and nothing where there is no baseline."""
    if value is None:
        return ""
    return f"{'▲' if value > 0 else '▼'}{finest(abs(value))}" if value else "±0"


def finest(value: float) -> str:
    """Return a size with one decimal, and with more where one would make it nothing."""
    return next((shown for digits in (1, 2, 3) if float(shown := f"{value:.{digits}f}")), "<0.001")


def name(text: str) -> str:
    """Return a file's or a segment's name, shortened."""
    return printable(text, LONGEST_NAME)


def place(pair: PairVerdict, position: Position) -> str:
    """Return `locales/de/app.json:12:5`."""
    return f"{name(pair.name)}:{position.line}:{position.column}"


def files(pair: PairVerdict) -> str:
    """Return what the file was held against: `en-de, from locales/en/app.json`."""
    origins = [f"from {name(pair.source)}"] if pair.source else []
    origins += [f"against {', '.join(map(name, pair.references))}"] if pair.references else []
    return ", ".join([*([printable(pair.languages)] if pair.languages else []), *origins])


def counts(pair: PairVerdict) -> str:
    """Return `412 segments, 400 scored; 3 new, 2 changed, 1 removed`; what is not there is left out."""
    known = pair.counts
    n_segments, n_scored = known.get("segments", len(pair.segments)), known.get("scored")
    text = f"{n_segments} segment{'' if n_segments == 1 else 's'}"
    text += "" if n_scored in (None, n_segments) else f", {n_scored} scored"
    moved = [f"{known[kind]} {kind}" for kind in ("new", "changed", "removed") if known.get(kind)]
    if not moved and "unchanged" in known:
        moved = ["all as in the baseline"]
    return "; ".join([text, *([", ".join(moved)] if moved else [])])


def segment_values(segment: JudgedSegment) -> str:
    """Return `quality 90.1 → 40.2, chrf 61.0`: then and now, or only now; undefined ones are left out."""
    then = segment.values_then or {}
    shown = []
    for each in dict.fromkeys([*segment.values, *then]):
        now, before = segment.values.get(each), then.get(each)
        if before is not None and before != now:
            shown.append(f"{each} {number(before)} → {number(now)}")
        elif now is not None:
            shown.append(f"{each} {number(now)}")
    return ", ".join(shown)


def effect(ruling: Ruling, cause: Cause) -> str:
    """Return `the whole 0.4 better without it`, for rules on a score over the whole file; else nothing."""
    if cause.effect is None or cause.effect <= 0 or not ruling.rule.startswith(SCORES):
        return ""
    return f"the whole {finest(cause.effect)} better without it"


def told(placed: Placed) -> str:
    """Return `negation: a "not" was lost (new)`."""
    finding = placed.finding
    remarks = [word for word, holds in (("suspected", finding.suspected), ("new", placed.is_gained)) if holds]
    return f"{finding.check}: {printable(finding.message)}" + (f" ({', '.join(remarks)})" if remarks else "")


def held(pair: PairVerdict) -> str:
    """Return the names of the rules that hold, separated by commas."""
    return ", ".join(name(ruling.rule) for ruling in pair.rulings if ruling.outcome == "pass")


def blocks(verdict: Verdict, ruling: Ruling) -> bool:
    """Return whether a rule's outcome makes the gate fail."""
    return ruling.outcome == "fail" or (ruling.outcome == "undecided" and verdict.on_undecided == "fail")


def about(verdict: Verdict) -> list[str]:
    """Return what the run was judged by: policy, baseline and what it did, the revision of `--changed`."""
    states = {
        "written": "written now",
        "first": "made by this run, the first",
        "accepted": "written with what was accepted",
        "tightened": "tightened to this run",
    }
    state = states.get(verdict.baseline_state, "")
    return [
        *([f"policy: {name(verdict.policy)}"] if verdict.policy else []),
        *([f"baseline: {name(verdict.baseline)}{f' ({state})' if state else ''}"] if verdict.baseline else []),
        *([f"only what changed since: {name(verdict.changed_since)}"] if verdict.changed_since else []),
    ]


class Advice(NamedTuple):
    """What a reader can do: a sentence, and the command."""

    sentence: str
    command: str


def acceptance(verdict: Verdict) -> Advice | None:
    """Return how to take what the guards stopped into the baseline; `None` where they stopped nothing."""
    ids = dict.fromkeys(_guarded(verdict))
    # A name with characters that cannot be shown cannot be copied from here either.
    shown = [each for each in ids if printable(each, LONGEST_NAME) == each][:N_ACCEPTED]
    if not shown:
        return None
    some = f" (here {len(shown)} of {len(ids)} segments)" if len(ids) > len(shown) else ""
    options = " ".join(f"--accept {shlex.quote(each)}" for each in shown)
    return Advice(f"If these changes are meant{some}, accept them into the baseline:", f"scorer gate {options}")


def _guarded(verdict: Verdict) -> Iterator[str]:
    """Yield what names each segment that a guard stopped: its id, behind the file if several files have it."""
    n_files = Counter(key for pair in verdict.pairs for key in {segment.id for segment in pair.segments})
    for pair in verdict.pairs:
        for ruling in pair.failed():
            if ruling.rule.startswith(GUARDS):
                for cause in ruling.causes:
                    own = pair.segments[cause.segment].id
                    yield own if n_files[own] == 1 else f"{pair.name}:{own}"


def rest(ruling: Ruling, n_shown: int, more: str) -> str:
    """Return `and 4 more segments; the JSON output lists all`, or nothing where all are shown."""
    n = len(ruling.causes) - n_shown
    return f"… and {n} more segment{'' if n == 1 else 's'}; {more}" if n > 0 else ""


def unpassed(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Return the rules that failed, then those that are undecided."""
    return [ruling for outcome in ("fail", "undecided") for ruling in rulings if ruling.outcome == outcome]
