"""Numbers that are not written in digits: words, Han and Roman numerals, fractions and month names.

They are read generously, every part and every sum of a run of number words, since they only ever excuse a number in
digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from scorer.lexicons import numbers as words
from scorer.lexicons.months import MONTHS
from scorer.lexicons.numbers import WORD

_HAN_UNIT = "".join(words.HAN_UNITS)
_HAN_NUMBER = re.compile(rf"[{''.join(words.HAN_DIGITS)}{_HAN_UNIT}]+(?:点[{''.join(words.HAN_DIGITS)}]+)?")
_HALF_PAST = re.compile("[时時点點]半")
_ROMAN = re.compile(r"\b[IVXLCDM]{1,9}\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}


def spelled(text: str, language: str | None = None) -> set[Decimal]:
    """Return the values that words, Han or Roman numerals, month names and fractions of a text may stand for."""
    values = set(_han_values(text)) | set(_roman_values(text))
    values |= {Decimal(value) for sign, value in _FRACTIONS.items() if sign in text}
    if lexicon := words.WORDS.get(language or "", words.WORDS["en"] if language is None else {}):
        values |= set(_word_values(text, lexicon))
    for word in WORD.findall(text.casefold()):
        values |= {Decimal(month) for month in MONTHS.get(word, ())}
    return values


def _han_values(text: str) -> Iterator[Decimal]:
    """Yield what runs of Han numerals mean: 一百五十 is 150, 二〇二〇 is 2020, 三点五 is 3.5, 七成 is 70 per cent.

    Digits in a row may be a list or a date (一二三年级, 六四), with one unit behind them too (六七十 is 60 to 70).
    """
    if _HALF_PAST.search(text):
        yield Decimal(30)
    for match in _HAN_NUMBER.finditer(text):
        whole, _, part = match[0][:40].partition("点")
        digits = "".join(str(words.HAN_DIGITS[sign]) for sign in part)
        if all(sign in words.HAN_DIGITS for sign in whole):
            number = Decimal("".join(str(words.HAN_DIGITS[sign]) for sign in whole))
        else:
            number = _han_sum(whole)
        values = [words.HAN_DIGITS[sign] for sign in whole if sign in words.HAN_DIGITS]
        unit = words.HAN_UNITS.get(whole[-1], 1)
        if len(values) == len(whole) - (unit > 1):
            yield from (Decimal(value * unit) for value in values)
            if text[match.end() : match.end() + 1] == "成":
                yield from (Decimal(value * 10) for value in values)
        elif whole[0] == "十" and len(values) == len(whole) - 1:  # 十四五: the fourteenth five-year plan
            yield Decimal(10 + values[0])
        yield number + Decimal(f"0.{digits}") if digits else number
        if "世" in text[match.end() : match.end() + 1]:
            yield 100 * (number - 1)


def _han_sum(signs: str) -> Decimal:
    total = section = digit = 0
    for sign in signs:
        if sign in words.HAN_DIGITS:
            digit = words.HAN_DIGITS[sign]
        elif (unit := words.HAN_UNITS[sign]) >= 10**4:
            total, section, digit = total + max(section + digit, 1) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    return Decimal(total + section + digit)


def _roman_values(text: str) -> Iterator[Decimal]:
    for match in _ROMAN.finditer(text):
        signs = [_ROMAN_VALUES[sign] for sign in match[0]]
        yield Decimal(sum(-sign if sign < after else sign for sign, after in zip(signs, [*signs[1:], 0], strict=True)))


def _word_values(text: str, lexicon: dict[str, Decimal]) -> Iterator[Decimal]:
    """Yield the value of each number word and of each run of them: "twenty-five", "quatre-vingt-dix"."""
    total = current = last = Decimal(0)
    for word in WORD.findall(text.casefold()):
        factors = words.factors(word)
        if factors and word not in words.UNSURE_MULTIPLIERS - {"mil", "cent", "cents"}:
            factor = min(factors - {Decimal(1)})
            current, total = (
                ((current or 1) * factor, total) if factor == 100 else (Decimal(0), total + (current or 1) * factor)
            )
            last = factor
        elif word in lexicon:
            value = lexicon[word]
            yield value
            if last == 4 and word.startswith("vingt"):
                current = current + 76
            else:
                # After a unit, or a smaller number, another one begins: "two, three" is not five.
                current = value if last < 10 or value >= last else current + value
            last = value
        elif word in words.LINKS:
            continue
        else:
            total = current = last = Decimal(0)
            continue
        yield total + current
