"""The commented policy that `scorer gate --init` writes, with limits that the current state keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from scorer.errors import UsageError
from scorer.gate.policy import PairSpec
from scorer.printable import printable
from scorer.types import DIMENSIONS, SEVERITIES

BASELINE = "scorer-baseline.json"
# Points below the current state, so that the first edit does not fail by a hair.
ROOM, SEGMENT_ROOM = 2, 5
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def starter(
    *,
    pairs: Sequence[PairSpec],
    dimensions: Mapping[str, float],
    worst: float | None,
    counts: Mapping[str, int],
    languages: str = "",
    settings: Mapping[str, object] | None = None,
    header: bool,
) -> str:
    """Return a policy as TOML.

    Args:
        pairs: The files to list, their paths relative to the policy's folder; none for an example.
        dimensions: Current values over all segments of what is to have a minimum; the least one of several files.
        worst: Quality of the worst segment, 0 to 100; `None` where unknown.
        counts: Current findings by severity, or by any other key of `findings`; the most that one file has.
        languages: Of source and hypothesis, as in `en-de`; "" to detect them.
        settings: Of `preset`, `encoder`, `model`, `align`, `role` and `seed` those that the limits were measured with.
        header: Whether the keys stand in `[tool.scorer.gate]`, for pyproject.toml, or at the top of scorer.toml.

    Raises:
        UsageError: A file's name is not UTF-8, which TOML cannot hold.
    """
    section = "tool.scorer.gate." if header else ""
    lines = [
        *(["[tool.scorer.gate]"] if header else []),
        "# The gate's policy; scorer gate judges by it. A value exactly at its limit passes.",
        *_limits(dimensions, worst, counts),
        *_against_baseline(),
        *_settings(languages, settings or {}),
        *_pairs(pairs, languages, section),
        *_override(section),
    ]
    return "\n".join(lines) + "\n"


def _limits(dimensions: Mapping[str, float], worst: float | None, counts: Mapping[str, int]) -> Iterator[str]:
    minimums = {name: least(value, ROOM) for name, value in _ordered(dimensions).items() if math.isfinite(value)}
    yield ""
    yield f"# Least value over all segments of a file: what it has now, less {ROOM}. Metrics may stand here too."
    yield f"minimum = {_table(minimums)}" if minimums else "# minimum = {quality = 80}"
    yield "# Largest value of a metric where lower is better."
    yield "# maximum = {ter = 60}"
    yield f"# Least value of any one segment: what the worst has now, less {SEGMENT_ROOM}."
    if worst is not None and math.isfinite(worst):
        yield f"worst_segment = {_table({'quality': least(worst, SEGMENT_ROOM)})}"
    else:
        yield "# worst_segment = {quality = 30}"
    yield f"# Most findings in a file, by severity, check or both: what there is now.{_to_zero(counts)}"
    yield f"findings = {_table({'critical': 0, 'major': 0} | dict(counts))}"
    yield "# Least share of segments that could be scored."
    yield "coverage = 0.95"


def _to_zero(counts: Mapping[str, int]) -> str:
    return " Get critical to 0." if counts.get("critical", 0) else ""


def _against_baseline() -> Iterator[str]:
    yield from (
        "",
        "# The state to compare with; commit it. scorer gate --write-baseline makes it anew.",
        f"baseline = {quoted(BASELINE)}",
        "# Most that a value may fall over the segments that the baseline knows.",
        "max_drop = {quality = 1.0}",
        "# Most that any one segment may fall.",
        "max_segment_drop = {quality = 15}",
        "# Most findings that segments may gain.",
        "new_findings = {critical = 0, major = 0}",
        "# How sure a drop must be, to be more than chance.",
        "confidence = 0.95",
        '# What a drop does that the file is too small to tell from chance: "pass" or "fail".',
        'on_undecided = "pass"',
        "# Whether a run that passes and is better than the baseline tightens it.",
        "ratchet = false",
    )


def _settings(languages: str, given: Mapping[str, object]) -> Iterator[str]:
    yield from (
        "",
        '# "standard", or "fast" for no neural model at all.',
        _setting("preset", given, "standard"),
        '# Of source and translation, as in "en-de"; a ? is told from the path or from the text.',
        f"languages = {quoted(languages)}" if languages else '# languages = "en-de"',
        '# A sentence-transformers folder or hub name, in place of "bundled".',
        _setting("encoder", given, "bundled", is_bare=True),
        '# A model that scorer fit made, or "shipped".',
        _setting("model", given, "shipped", is_bare=True),
        '# How segments are paired: "auto", "lines" or "document".',
        _setting("align", given, "auto"),
        '# What the first file is: "auto", "source" or "reference".',
        _setting("role", given, "auto"),
        "# Of the resampling.",
        _setting("seed", given, 12345),
    )


def _setting(name: str, given: Mapping[str, object], default: str | int, *, is_bare: bool = False) -> str:
    """Return the line of a setting; one that is left to its default is a comment if `is_bare`."""
    value = given.get(name, default)
    line = f"{name} = {quoted(value) if isinstance(value, str) else value}"
    return f"# {line}" if is_bare and name not in given else line


def _pairs(pairs: Sequence[PairSpec], languages: str, section: str) -> Iterator[str]:
    yield ""
    yield "# The files, relative to this one; * ? ** match any, {language} and {name} also fill source and reference."
    yield "# Any rule above may stand in a pair too, and wins there."
    if not pairs:
        yield f"# [[{section}pair]]"
        yield '# source = "locales/en/app.json"'
        yield '# hypothesis = "locales/{language}/app.json"'
    for pair in pairs:
        yield f"[[{section}pair]]"
        if pair.source:
            yield f"source = {quoted(pair.source)}"
        yield f"hypothesis = {quoted(pair.hypothesis)}"
        if pair.references:
            yield f"reference = [{', '.join(map(quoted, pair.references))}]"
        if pair.languages not in ("", languages):
            yield f"languages = {quoted(pair.languages)}"
        yield ""


def _override(section: str) -> Iterator[str]:
    yield "# Rules for a language, a path, or both; of several that match, the last wins."
    yield f"# [[{section}override]]"
    yield '# language = "ja"'
    yield '# path = "legal/**"'
    yield "# minimum = {adequacy = 70}"


def least(value: float, room: int) -> int:
    """Return the limit that a value keeps with `room` points to spare: a whole number, not below 0."""
    return max(0, math.floor(value) - room)


def _ordered(values: Mapping[str, float]) -> dict[str, float]:
    names = [*(name for name in DIMENSIONS if name in values), *(name for name in values if name not in DIMENSIONS)]
    return {name: values[name] for name in names}


def _table(values: Mapping[str, int]) -> str:
    rank = [*SEVERITIES]
    names = sorted(values, key=lambda name: rank.index(name) if name in rank else len(rank))
    return "{" + ", ".join(f"{_key(name)} = {values[name]}" for name in names) + "}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """Return a text as TOML's basic string; what cannot be seen is escaped.

    Raises:
        UsageError: It holds bytes that are not UTF-8.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"the name {printable(text, 80)} is not UTF-8, which a policy cannot hold; rename the file")
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
