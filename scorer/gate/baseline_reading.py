"""Reading a baseline file: everything in it is checked, since people edit and merge it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from scorer.combine import Penalty
from scorer.errors import InputError
from scorer.gate.baseline_format import FORMAT, MAKE_AGAIN, Baseline, KnownPair
from scorer.gate.scored import KnownSegment
from scorer.printable import printable
from scorer.types import SEVERITIES, Stats

T = TypeVar("T")


class _Wrong(Exception):  # noqa: N818 - says what it is, and never leaves this module
    """Something in the file is not what it must be; `remedy` says what to do."""

    def __init__(self, what: str, remedy: str = MAKE_AGAIN) -> None:
        super().__init__(what)
        self.remedy = remedy


def read(path: Path) -> Baseline | None:
    """Return the baseline in a file; `None` where there is no file.

    Raises:
        InputError: The file cannot be read or used; the message says what is wrong, where, and how to make it again.
    """
    name = printable(str(path), 200)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"cannot read the baseline {name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"the baseline {name} is not UTF-8 at byte {error.start}; {MAKE_AGAIN}") from error
    try:
        return _parsed(text)
    except _Wrong as wrong:
        raise InputError(f"the baseline {name} cannot be used: {wrong}; {wrong.remedy}") from wrong


def _parsed(text: str) -> Baseline:
    content = _object(_loaded(text), "the file")
    _require_format(content)
    version = _text(_get(_object(_get(content, "tool", "the file"), "tool"), "version", "tool"), "tool version")
    pairs = _object(_get(content, "pairs", "the file"), "pairs")
    return Baseline(version, {name: _pair(pair, printable(name, 80)) for name, pair in pairs.items()})


def _loaded(text: str) -> Any:
    """Return the JSON value; twins of a key and numbers that JSON has not are refused."""
    try:
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        markers = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith(("<<<<<<<", ">>>>>>>"))]
        if markers:
            remedy = f"resolve it, or {MAKE_AGAIN}"
            raise _Wrong(f"line {markers[0]} marks a merge conflict", remedy) from error
        raise _Wrong(f"it is not JSON, line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _Wrong("it is nested too deeply") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise _Wrong(f"it is not JSON: {error}") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Wrong(f"the key {printable(key, 60)!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise _Wrong(f"{name} is no number that counts")


def _require_format(content: Mapping[str, Any]) -> None:
    found = _get(content, "format", "the file")
    if type(found) is int and found > FORMAT:
        remedy = f"install that one, or {MAKE_AGAIN}"
        raise _Wrong(f"a newer scorer wrote it (format {found}, this one reads {FORMAT})", remedy)
    if type(found) is not int or found != FORMAT:
        raise _Wrong(f"its format is {printable(repr(found), 40)}, not {FORMAT}")


def _pair(value: Any, name: str) -> KnownPair:
    pair = _object(value, f"the entry of {name}")
    signature = _text(_get(pair, "signature", name), f"signature of {name}")
    segments = _get(pair, "segments", name)
    if not isinstance(segments, list):
        raise _Wrong(f"segments of {name} is no list")
    return KnownPair(signature, tuple(_segment(each, f"segment {n} of {name}") for n, each in enumerate(segments, 1)))


def _segment(value: Any, where: str) -> KnownSegment:
    segment = _object(value, where)
    text, hypothesis, references = (
        _text(_get(segment, key, where), f"{key} in {where}") for key in ("text", "hypothesis", "references")
    )
    accuracy, fluency = _two(_get(segment, "points", where), f"points in {where}", _optional(_amount))
    n_words, n_words_read = _two(_get(segment, "words", where), f"words in {where}", _amount)
    rows = _object(_get(segment, "metrics", where), f"metrics in {where}")
    findings = _object(_get(segment, "findings", where), f"findings in {where}")
    return KnownSegment(
        text,
        hypothesis,
        references,
        Penalty(accuracy, fluency, n_words, n_words_read),
        {name: _row(row, f"{printable(name, 40)} in {where}") for name, row in rows.items()},
        {kind: _count(kind, n, where) for kind, n in findings.items()},
    )


def _row(value: Any, where: str) -> Stats | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise _Wrong(f"{where} is no list of numbers")
    return tuple(_number(each, where) for each in value)


def _count(kind: str, value: Any, where: str) -> int:
    check, _, severity = kind.rpartition(" ")
    if not check or severity not in SEVERITIES:
        raise _Wrong(f"findings in {where}: {printable(kind, 60)!r} is no check with a severity, like 'number major'")
    if type(value) is not int or value < 1:
        raise _Wrong(f"findings in {where}: {printable(kind, 60)!r} is no count from 1 on")
    return value


def _two(value: Any, where: str, one: Callable[[Any, str], T]) -> tuple[T, T]:
    if not isinstance(value, list) or len(value) != 2:
        raise _Wrong(f"{where} is no list of two numbers")
    return one(value[0], where), one(value[1], where)


def _optional(one: Callable[[Any, str], T]) -> Callable[[Any, str], T | None]:
    return lambda value, where: None if value is None else one(value, where)


def _amount(value: Any, where: str) -> float:
    number = _number(value, where)
    if number < 0:
        raise _Wrong(f"{where} has a number under 0")
    return number


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong(f"{where} is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Wrong(f"{where} has a number that is too large")
    return number


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"{where} is no JSON object")
    return value


def _get(content: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in content:
        raise _Wrong(f"{where} has no {key!r}")
    return content[key]


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"{where} is no text")
    return value
