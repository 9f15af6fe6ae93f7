"""Dates in running text: with month names, in figures, and in the Chinese and Japanese way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scorer.lexicons.months import MONTHS
from scorer.types import Span

Reading = tuple[int | None, int, int | None]  # year, month, day

_YEAR = r"(?:1[5-9]|20)\d\d"
_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_OF = r"(?:\s?(?:of|de|del|d[’']|di|do)\s)?"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?<!\d[.,:])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|-?го|-е)?\.?\s?{_OF}\s?(?P<m>{_NAME})\b\.?(?:,?\s?{_OF}\s?(?P<y>{_YEAR})(?!\d))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_NAME})\b\.?\s(?P<d>\d{{1,2}})(?![\d:%])(?!\s?[ap]\.?m)(?:st|nd|rd|th)?(?:,?\s(?P<y>{_YEAR})(?!\d))?",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(rf"\b(?P<m>{_NAME})\b\.?,?\s{_OF}\s?(?P<y>{_YEAR})(?!\d)", re.IGNORECASE)
_CJK = re.compile(r"(?:(?P<y>\d{4})\s?年\s?)?(?P<m>\d{1,2})\s?月(?:\s?(?P<d>\d{1,2})\s?[日号號])?")
_ISO = re.compile(rf"(?<!\d)(?P<y>{_YEAR})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}})(?!\d)")
_FIGURES = re.compile(r"(?<![\d.])(?P<a>\d{1,2})([./-])(?P<b>\d{1,2})\2(?P<y>(?:1[5-9]|20)?\d\d)(?![\d.])")
_JOIN = r"\s?(?:[-–—/&,~至到]|to|and|bis|und|et|y|e|a|au|до|и|по)\s?"
_BEFORE = re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?:\s?[日号])?{_JOIN}$")
_AFTER = re.compile(rf"(?:st|nd|rd|th|\.)?{_JOIN}(?P<d>\d{{1,2}})(?!\d)")
_IN_FIGURES = (_ISO, _FIGURES, _CJK)
_WITH_NAMES = (_DAY_FIRST, _MONTH_FIRST, _MONTH_YEAR)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff])*")


# Every date is held against every other; a text with hundreds of dates is a calendar or an attack.
_MOST_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Date:
    """A date and all that it may mean: 3/5/2020 is in March or in May."""

    span: Span
    text: str
    readings: frozenset[Reading]

    def agrees(self, other: Date) -> bool:
        """Return whether two dates may be the same; a part that one leaves out is no contradiction."""
        return any(
            all(left is None or right is None or left == right for left, right in zip(mine, theirs, strict=True))
            for mine in self.readings
            for theirs in other.readings
        )


def dates(text: str) -> list[Date]:
    """Return the dates of a text in order; a bare month or a bare year is none."""
    out: list[Date] = []
    taken: set[int] = set()
    named = not MONTHS.keys().isdisjoint(_WORD.findall(text.casefold()))
    for pattern in _IN_FIGURES + (_WITH_NAMES if named else ()):
        for match in pattern.finditer(text):
            readings = frozenset(filter(_possible, _with_range(text, match, _readings(match))))
            if readings and taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                out.append(Date(match.span(), match[0], readings))
    return sorted(out, key=lambda date: date.span)


def changed_dates(original: str, hypothesis: str) -> list[tuple[Date, Date]]:
    """Return pairs of dates of which neither agrees with any date of the other text; none where their counts differ.

    Above 40,000 pairs of dates nothing is compared.
    """
    theirs, ours = dates(original), dates(hypothesis)
    if len(theirs) * len(ours) > _MOST_PAIRS:
        return []
    lost = [date for date in theirs if not any(date.agrees(other) for other in ours)]
    made_up = [date for date in ours if not any(date.agrees(other) for other in theirs)]
    return list(zip(lost, made_up, strict=True)) if len(lost) == len(made_up) else []


def _readings(match: re.Match[str]) -> list[Reading]:
    parts = match.groupdict()
    year = _number(parts.get("y"))
    if "a" in parts:
        first, second = int(parts["a"]), int(parts["b"])
        full = year if year is None or year >= 100 else year + (2000 if year < 50 else 1900)
        return [(full, second, first)] if match[2] == "." else [(full, second, first), (full, first, second)]
    day = _number(parts.get("d"))
    if match.re is _CJK and year is None and day is None:
        return []
    months = [int(parts["m"])] if parts["m"].isdecimal() else MONTHS[parts["m"].casefold()]
    return [(year, month, day) for month in months]


def _with_range(text: str, match: re.Match[str], readings: list[Reading]) -> list[Reading]:
    """Return readings for each day of "12 to 27 January", whichever of them a pattern took."""
    start, end = match.span()
    near = [_BEFORE.search(text, max(0, start - 14), start), _AFTER.match(text, end)]
    days = [int(other["d"]) for other in near if other]
    return readings + [(year, month, day) for year, month, _ in readings for day in days]


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _possible(reading: Reading) -> bool:
    _, month, day = reading
    return 1 <= month <= 12 and (day is None or 1 <= day <= 31)
