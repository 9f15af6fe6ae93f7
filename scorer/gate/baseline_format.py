"""The baseline's file: its content as values, and the text that holds them, for people and for git.

One line a segment, sorted by text: a headline inserted at the top of a translated file adds one line here and moves
none. Dimensions and the summary are there for readers; what counts are points, words and rows. Characters that hide,
reorder a line or end it are escaped, so that a diff shows what is there.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorer import combine
from scorer.gate.known import POINT_DECIMALS, ROW_DECIMALS
from scorer.gate.scored import KnownSegment
from scorer.measure import add
from scorer.types import DimensionName, Stats

FORMAT = 1
MAKE_AGAIN = "make it again with `scorer gate --write-baseline`"

# Of the values that are there for readers only.
READ_DECIMALS = 1
_SHOWN: tuple[DimensionName, ...] = ("quality", "adequacy", "fluency")

# What a diff would hide, reorder or cut, and what is not UTF-8; joiners stay, as many scripts need them.
_UNSAFE = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class KnownPair:
    """A translated file of the baseline: what its scores depend on, and its segments."""

    signature: str
    segments: tuple[KnownSegment, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """All that a baseline file holds: the version of scorer that wrote it, and the translated files by name."""

    tool_version: str
    pairs: Mapping[str, KnownPair]


def dump(baseline: Baseline) -> str:
    """Return the content of a baseline file; the same for the same baseline, however its segments are ordered."""
    head = [
        "{",
        f'"format": {FORMAT},',
        f'"tool": {_json({"name": "scorer", "version": baseline.tool_version})},',
        '"pairs": {',
    ]
    pairs = ",\n".join(_lines(name, baseline.pairs[name]) for name in sorted(baseline.pairs))
    return "\n".join([*head, *([pairs] if pairs else []), "}", "}"]) + "\n"


def ordered(segments: Iterable[KnownSegment]) -> tuple[KnownSegment, ...]:
    """Return segments in the file's order: by text, by hypothesis, and by all the rest where both are alike."""
    rough = sorted(segments, key=_texts)
    runs = (list(run) for _, run in itertools.groupby(rough, key=_texts))
    return tuple(each for run in runs for each in (sorted(run, key=_line) if len(run) > 1 else run))


def _texts(segment: KnownSegment) -> tuple[str, str]:
    return segment.text, segment.hypothesis


def _lines(name: str, pair: KnownPair) -> str:
    summary = {name: _rounded(_value([each.row(name) for each in pair.segments]), READ_DECIMALS) for name in _SHOWN}
    segments = ",\n".join(map(_line, ordered(pair.segments)))
    return "\n".join(
        [
            f"{_json(name)}: {{",
            f'"signature": {_json(pair.signature)},',
            f'"summary": {_json(summary)},',
            '"segments": [',
            *([segments] if segments else []),
            "]}",
        ]
    )


def _line(segment: KnownSegment) -> str:
    penalty = segment.penalty
    values = {name: _rounded(_value([segment.row(name)]), READ_DECIMALS) for name in _SHOWN}
    rows = {
        name: None if row is None else [_rounded(x, ROW_DECIMALS) for x in row]
        for name, row in sorted(segment.rows.items())
    }
    return _json(
        {"text": segment.text, "hypothesis": segment.hypothesis, "references": segment.references}
        | values
        | {"points": [_rounded(penalty.accuracy, POINT_DECIMALS), _rounded(penalty.fluency, POINT_DECIMALS)]}
        | {"words": [_rounded(penalty.n_words, POINT_DECIMALS), _rounded(penalty.n_words_read, POINT_DECIMALS)]}
        | {"metrics": rows, "findings": dict(sorted(segment.findings.items()))}
    )


def _value(rows: Sequence[Stats | None]) -> float | None:
    told = [row for row in rows if row is not None and row[1] > 0]
    return combine.DIMENSION.finish(add(told)) if told else None


def _rounded(number: float | None, places: int) -> float | None:
    """Return a number rounded; a whole one without a decimal point, which JSON need not have."""
    if number is None:
        return None
    value = round(float(number), places)
    return int(value) if value.is_integer() else value


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    # JSON writes what lies beyond the first plane as two halves.
    return json.dumps(match[0])[1:-1]
