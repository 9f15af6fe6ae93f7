"""Numbers in running text, whatever their script, grouping and wording.

A number in digits is an ambiguous thing: "1.000" is a thousand in German and one in English, "10-20 million" holds ten
million and "90er" is 1990. So a `Number` carries every value that it may have, and two numbers agree when they share
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from scorer.lexicons import numbers as words
from scorer.types import Span

# The zeros of the scripts that write decimal digits; each block has its ten digits in order.
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
_ASCII = {ord(zero) + digit: ord("0") + digit for zero in _ZEROS for digit in range(10)} | {
    0x066B: ord("."),
    0x066C: ord(","),
}
_ASCII |= {ord("．"): ord("."), ord("："): ord(":"), ord("％"): ord("%")}

_SPACES = "\u00a0\u202f\u2009"
# Forty digits are more than any quantity has; longer runs (hostile or identifiers) are read in pieces.
_TOKEN = re.compile(rf"\d{{1,40}}(?:[.,'’]\d{{1,40}}|[{_SPACES} ]\d{{3}}(?!\d))*")
_GROUPED = re.compile(
    rf"\d{{1,3}}([.,'’{_SPACES} ])\d{{3}}(?:\1\d{{3}})*(?:[.,]\d+)?|\d{{1,2}}(?:,\d\d)+,\d{{3}}(?:\.\d+)?"
)
_GROUPED_BY_SPACE = re.compile(r"\d{1,3}(?: \d{3})+")
_DAY_AND_MONTH = re.compile(r"[0-3]?\d\.[01]?\d")
_HAN_UNIT = "".join(words.HAN_UNITS)
_AFTER_UNIT = re.compile(rf"[多余餘几 ]?([{_HAN_UNIT}]+)")
# 千伏 are kilovolts and 兆瓦 megawatts: there the sign may belong to the unit.
_PREFIXED_UNIT = re.compile(r"[千兆](?=[伏瓦克米卡赫帕焦升欧歐安字])")
_TENTHS = "成"
_PERCENT = re.compile(rf"[\s\u00a0-]{{0,2}}{words.PERCENT}", re.IGNORECASE)
_PERCENT_BEFORE = re.compile(r"(?:百分之|百分|%|yüzde |සියයට )$")
_DECADE = re.compile(words.DECADE)
_CENTURY = re.compile(words.CENTURY, re.IGNORECASE)
_CLOCK = re.compile(rf"(?::[0-5]\d(?!\d)|\.[0-5]\d(?=\s?Uhr))?{words.AFTERNOON}|:[0-5]\d(?!\d)", re.IGNORECASE)
_HOURS_AND_MINUTES = re.compile(r"0\d[0-5]\d")
_RANGE = re.compile(
    r"[\s\u00a0]?(?:[-–—~～/,到至和或、]|to|and|or|bis|und|oder|à|et|ou|a|y|o|e|до|и|или|through)[\s\u00a0]?"
)
_AFTER_WORD = re.compile(rf"[\s\u00a0-]{{0,2}}({words.WORD.pattern})")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in digits.

    `values` are all that it may mean, `value` the likeliest in its language. `firm` is false where the digits are part
    of a code or need not be repeated by a translation (the century of "20世纪90年代"): such a number excuses another
    and accuses none.
    """

    span: Span
    text: str
    value: Decimal
    values: frozenset[Decimal]
    percent: bool = False
    firm: bool = True


def numbers(text: str, language: str | None = None) -> list[Number]:
    """Return the numbers that are written in digits, in order; "1.6亿" is 160,000,000."""
    plain = text.translate(_ASCII)
    found = [_read(plain, span, also, language) for span, also in _pieces(plain, language)]
    return _merged(plain, _ranges(plain, found))


def _pieces(plain: str, language: str | None) -> Iterator[tuple[Span, frozenset[Decimal]]]:
    """Yield the span of each number and what else it may mean; dates, addresses and the like come in parts."""
    for match in _TOKEN.finditer(plain):
        whole, start = match[0], match.start()
        dated = (
            plain[match.end() : match.end() + 1] == "."
            and _DAY_AND_MONTH.fullmatch(whole)
            and language in words.COMMA_DECIMAL
        )
        if _is_quantity(whole, language) and not dated:
            yield match.span(), frozenset()
            continue
        # "1 500 men" in English is a slip for 1,500, or it is two numbers; "18.12." is a day, or 18.12 ends a sentence.
        joined = (
            frozenset({Decimal(whole.replace(" ", ""))})
            if dated or (" " in whole and _GROUPED_BY_SPACE.fullmatch(whole))
            else frozenset()
        )
        for part in re.finditer(r"\d+", whole):
            yield (start + part.start(), start + part.end()), joined


def _is_quantity(token: str, language: str | None) -> bool:
    """Return whether groups of digits make up one number."""
    if " " in token and language is not None and language not in words.SPACE_GROUPING:
        return False
    return _grouped(token) or (" " not in token and len(re.findall(r"\d+", token)) <= 2)


def _grouped(token: str) -> bool:
    """Return whether a token is grouped in thousands, or in lakhs, with or without decimals."""
    return _GROUPED.fullmatch(token) is not None


def _amounts(token: str, language: str | None) -> tuple[Decimal, frozenset[Decimal]]:
    """Return the likeliest value of a token and all possible ones."""
    groups = re.split(r"[^\d]", token)
    joined = Decimal("".join(groups))
    if len(groups) == 1:
        return joined, frozenset({joined})
    separators = re.sub(r"\d", "", token)
    decimal = Decimal("".join(groups[:-1]) + "." + groups[-1])
    if len(set(separators)) > 1:
        return decimal, frozenset({decimal})
    if not _grouped(token) or groups[0].startswith("0"):
        return decimal, frozenset({decimal})
    if len(groups) > 2 or separators not in ".,":
        return joined, frozenset({joined})
    is_decimal = (separators == ",") == (language in words.COMMA_DECIMAL)
    return (decimal if is_decimal else joined), frozenset({decimal, joined})


def _read(plain: str, span: Span, also: frozenset[Decimal], language: str | None) -> Number:
    """Return the number at a span with what stands around it taken in."""
    start, end = span
    value, values = _amounts(plain[start:end], language)
    before = plain[max(0, start - 8) : start]
    in_code = bool(re.search(r"[A-Za-zÀ-ɏЀ-ӿ_][-–]?$", before))
    number = Number(span, plain[start:end], value, values | also, firm=not in_code)
    number = _with_magnitude(plain, number)
    if _PERCENT.match(plain, number.span[1]) or _PERCENT_BEFORE.search(before):
        number = replace(number, percent=True)
    return _with_calendar(plain, before, number)


def _with_magnitude(plain: str, number: Number) -> Number:
    """Return a number times the magnitude that follows it."""
    end = number.span[1]
    if match := _AFTER_UNIT.match(plain, end):
        factor = Decimal(1)
        for unit in match[1]:
            factor *= words.HAN_UNITS[unit]
        prefix = _PREFIXED_UNIT.match(plain, match.end() - 1)
        also = {factor / words.HAN_UNITS[prefix[0]]} if prefix else set()
        return _times(number, plain, match.end(), frozenset({factor, *also}))
    if plain[end : end + 1] == _TENTHS:
        return replace(number, values=number.values | {value * 10 for value in number.values})
    while (match := _AFTER_WORD.match(plain, end)) and match.end() - number.span[0] <= 80:
        factors = words.factors(match[1].casefold())
        # "im Jahr 2012 Hunderte": nobody counts hundreds in hundreds.
        if not factors or (number.value >= 100 and Decimal(100) in factors):
            break
        stretched = end if 1 in factors else match.end(1)
        number, end = _times(number, plain, stretched, factors), match.end(1)
    return number


def _times(number: Number, plain: str, end: int, factors: frozenset[Decimal]) -> Number:
    """Return a number times each factor, stretched to `end`."""
    start = number.span[0]
    values = frozenset(value * factor for value in number.values for factor in factors)
    return replace(number, span=(start, end), text=plain[start:end], value=number.value * min(factors), values=values)


def _with_calendar(plain: str, before: str, number: Number) -> Number:
    """Return a number with the other ways to write the same decade, century, short year or hour."""
    end = number.span[1]
    (value, more) = (number.value, set(number.values))
    if value != int(value) or value > 9999:
        return number
    if _HOURS_AND_MINUTES.fullmatch(number.text):
        more.add(value // 100)
    small = value < 100
    if _DECADE.match(plain, end) and (value % 10 == 0 or small):
        more |= {value % 100, *(century + value % 100 for century in (1800, 1900, 2000))}
    elif small and (_CENTURY.match(plain, end) or before.endswith("世纪")):
        more |= {100 * (value - 1), 100 * value}
        number = replace(number, firm=not re.match(r"世[纪紀]\d", plain[end : end + 3]))
    elif small and (
        before.endswith(("'", "’")) or plain[end : end + 1] == "年" or re.search(r"\d{4}\s?[-–/]$", before)
    ):
        more |= {1900 + value, 2000 + value}
    elif value <= 24 and _CLOCK.match(plain, end):
        more |= {value - 12} if value > 12 else {(value + 12) % 24, value + 12}
    return replace(number, values=frozenset(more))


def _ranges(plain: str, found: list[Number]) -> list[Number]:
    """Return numbers where "10" of "10 to 20 million" may be ten million, and of "10-20%" is a per cent."""
    out = list(found)
    for index in range(len(out) - 2, -1, -1):
        left, right = out[index], out[index + 1]
        if right.span[0] - left.span[1] > 9 or not _RANGE.fullmatch(plain[left.span[1] : right.span[0]]):
            continue
        values = left.values | {value * _scale(right) for value in left.values}
        out[index] = replace(left, values=frozenset(values), percent=left.percent or right.percent)
    return out


def _scale(number: Number) -> Decimal:
    """Return the factor by which magnitude words raised a number; 1 without any."""
    digits = _TOKEN.match(number.text)
    base = _amounts(digits[0], None)[1] if digits else frozenset()
    return max((number.value / start for start in base if 0 < start < number.value), default=Decimal(1))


def _merged(plain: str, found: list[Number]) -> list[Number]:
    """Return numbers with "3亿5000万" as one."""
    out: list[Number] = []
    for number in found:
        last = out[-1] if out else None
        if last and plain[last.span[1] - 1] in words.HAN_UNITS and number.value < last.value:
            gap = plain[last.span[1] : number.span[0]]
            if gap in ("", "零") or (gap == " " and "가" <= plain[last.span[1] - 1] <= "힣"):
                span = (last.span[0], number.span[1])
                total = last.value + number.value
                out[-1] = replace(number, span=span, text=plain[slice(*span)], value=total, values=frozenset({total}))
                continue
        out.append(number)
    return out
