"""Numbers that a translation changed, lost or made up.

A number agrees with any number of the other text that may have the same value, whatever the notation; number words,
Roman and Han numerals and month names excuse a number but never accuse one. Where one number on either side is left
without a partner, it was changed: major. A number that only one text has is minor, as translators spell out, round and
merge numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from scorer import checks
from scorer.dates import Date, changed_dates
from scorer.lexicons.numbers import IMPERIAL, METRIC, WORDS
from scorer.numerals import Number, numbers
from scorer.spelled import spelled
from scorer.types import Finding, Segment, Severity, found

# Digits from which on another grouping is a way to write the same, as of telephone numbers; "12" and "1, 2" are not.
LONG_CODE = 6
# Up to here numbers are commonly written as words; in a language without a list of them they prove nothing.
LARGEST_COMMONLY_SPELLED = 100


@checks.register("number")
def number(segment: Segment) -> Iterator[Finding]:
    """Yield a finding for each changed number, then for each that is missing or added."""
    original = segment.original
    if original is None or not original.text.strip() or not segment.hypothesis.strip():
        return
    language = segment.languages.hypothesis
    theirs, ours = numbers(original.text, original.language), numbers(segment.hypothesis, language)
    lost = _unmatched(theirs, ours, spelled(segment.hypothesis, language), language)
    made_up = _unmatched(ours, theirs, spelled(original.text, original.language), original.language)
    lost, made_up = _without_regrouped(*_without_dates(segment, lost, made_up))
    if original.side == "source" and segment.references:
        lost, made_up = _against_references(segment, lost, made_up)
    yield from _findings(segment, *_surplus(lost, made_up, theirs, ours))


def _unmatched(these: list[Number], others: list[Number], words: set[Decimal], language: str | None) -> list[Number]:
    """Return the firm numbers of one text that nothing in the other text, which is in `language`, accounts for."""
    known = words.union(*(number.values for number in others))
    return [
        number for number in these if number.firm and known.isdisjoint(number.values) and not _excused(number, language)
    ]


def _excused(number: Number, language: str | None) -> bool:
    """Return whether a number may well be missing from a text in `language` without harm."""
    if number.value in (0, 1):
        return True
    whole = number.value == int(number.value)
    return whole and number.value <= LARGEST_COMMONLY_SPELLED and not number.percent and language not in WORDS


def _without_dates(segment: Segment, lost: list[Number], made_up: list[Number]) -> tuple[list[Number], list[Number]]:
    """Return the numbers that stand outside the dates that the check `date` reports."""
    original = segment.original
    if original is None or not (pairs := changed_dates(original.text, segment.hypothesis)):
        return lost, made_up
    return _outside(lost, [left for left, _ in pairs]), _outside(made_up, [right for _, right in pairs])


def _without_regrouped(lost: list[Number], made_up: list[Number]) -> tuple[list[Number], list[Number]]:
    """Return both lists without what is the same digits in other groups, as telephone numbers are written."""
    digits = _digits(lost)
    same = len(digits) >= LONG_CODE and digits == _digits(made_up) and len(lost) != len(made_up)
    return ([], []) if same else (lost, made_up)


def _digits(these: list[Number]) -> str:
    return "".join(sign for number in these for sign in number.text if sign.isdecimal())


def _outside(these: list[Number], taken: Iterable[Date]) -> list[Number]:
    spans = [date.span for date in taken]
    return [number for number in these if not any(start <= number.span[0] < end for start, end in spans)]


def _against_references(
    segment: Segment, lost: list[Number], made_up: list[Number]
) -> tuple[list[Number], list[Number]]:
    """Return the numbers against which references speak too: a human may have changed or left out the same."""
    language = segment.languages.hypothesis
    known = [spelled(text, language).union(*(n.values for n in numbers(text, language))) for text in segment.references]
    return (
        [number for number in lost if any(not values.isdisjoint(number.values) for values in known)],
        [number for number in made_up if all(values.isdisjoint(number.values) for values in known)],
    )


def _surplus(
    lost: list[Number], made_up: list[Number], theirs: list[Number], ours: list[Number]
) -> tuple[list[Number], list[Number]]:
    """Return both lists, an empty one filled with repetitions: 3-2 that became 3-3 has a 3 too many."""
    if lost and not made_up:
        return lost, _repeated(ours, theirs, len(lost))
    if made_up and not lost:
        return _repeated(theirs, ours, len(made_up)), made_up
    return lost, made_up


def _repeated(these: list[Number], others: list[Number], wanted: int) -> list[Number]:
    """Return the last occurrences of numbers that one text has more often; nothing unless exactly `wanted`."""
    spare = Counter(number.value for number in these) - Counter(number.value for number in others)
    if spare.total() != wanted:
        return []
    out = []
    for number in reversed(these):
        if spare[number.value] > 0:
            spare[number.value] -= 1
            out.append(number)
    return out[::-1]


def _findings(segment: Segment, lost: list[Number], made_up: list[Number]) -> Iterator[Finding]:
    pairs = _paired(lost, made_up)
    for left, right in sorted(pairs, key=lambda pair: _converted(segment, *pair)):
        severity: Severity = "minor" if _converted(segment, left, right) else "major"
        message = f"{_shown(left)} became {_shown(right)}"
        yield found(segment, "number", severity, "adequacy", message, hypothesis=right.span, original=left.span)
    changed = {id(number) for pair in pairs for number in pair}
    for number in lost:
        if id(number) not in changed:
            yield found(segment, "number", "minor", "adequacy", f"{_shown(number)} is missing", original=number.span)
    for number in made_up:
        if id(number) not in changed:
            yield found(segment, "number", "minor", "adequacy", f"{_shown(number)} was added", hypothesis=number.span)


def _converted(segment: Segment, left: Number, right: Number) -> bool:
    """Return whether one number stands before a unit of the metric system and its partner before one that is not."""
    original = segment.original
    assert original is not None
    places = (original.text, left.span[1]), (segment.hypothesis, right.span[1])
    return any(
        IMPERIAL.match(*here) is not None and METRIC.match(*there) is not None for here, there in (places, places[::-1])
    )


def _paired(lost: list[Number], made_up: list[Number]) -> list[tuple[Number, Number]]:
    """Return which number became which: in order where counts agree, else only per cents with per cents."""
    if len(lost) == len(made_up):
        return [pair for pair in zip(lost, made_up, strict=True) if _comparable(*pair)]
    left, right = ([number for number in these if number.percent] for these in (lost, made_up))
    return list(zip(left, right, strict=True)) if len(left) == len(right) else []


def _comparable(left: Number, right: Number) -> bool:
    """Return whether one number may have become the other; a year becomes no number of another length."""
    return _is_year(left) == _is_year(right) or len(left.text) == len(right.text)


def _is_year(number: Number) -> bool:
    return number.text.isdecimal() and 1500 <= number.value < 2100


def _shown(number: Number) -> str:
    return f"{number.text}%" if number.percent else number.text
