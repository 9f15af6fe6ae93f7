"""Amounts of money whose currency a translation changed: $5 that became 5 €.

Only signs, codes and names beside a number accuse; anywhere in the text they excuse. A sign stands for all currencies
that use it, so "$" agrees with "US-Dollar", "港元" and "CAD".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scorer import checks
from scorer.lexicons.currencies import CODES, NAMES, SIGNS
from scorer.types import Finding, Segment, Span, found

_SIGN = "|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True)))
_CODE = "|".join(CODES)
_CJK_NAME = "|".join(sorted((name for name in NAMES if name > "⺀"), key=len, reverse=True))
_NAME = "|".join(sorted((re.escape(name) for name in NAMES if name < "⺀"), key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<sign>{_SIGN})|\b(?P<code>{_CODE})\b|(?P<cjk>{_CJK_NAME})|\b(?:US-)?(?P<name>(?i:{_NAME}))\w{{0,4}}\b"
)
_NUMBER_BEFORE = re.compile(r"\d[\d.,]*[\s\u00a0-]?(?:[^\W\d_]{1,14}\.?[\s\u00a0-]|[百千万亿兆億萬만억조]{1,3})?$")
_NUMBER_AFTER = re.compile(r"\.?[\s\u00a0]?\d")


@dataclass(frozen=True, slots=True)
class Money:
    """A currency where a text names it; `priced` where a number stands beside it."""

    span: Span
    text: str
    codes: frozenset[str]
    priced: bool


@checks.register("currency")
def currency(segment: Segment) -> Iterator[Finding]:
    """Yield a major finding where a currency beside a number gave way to another one."""
    original = segment.original
    if original is None or not segment.hypothesis.strip():
        return
    theirs, ours = currencies(original.text), currencies(segment.hypothesis)
    lost, made_up = _unmatched(theirs, ours), _unmatched(ours, theirs)
    if original.side == "source" and segment.references:
        known = [money for text in segment.references for money in currencies(text)]
        made_up = _unmatched(made_up, known)
    for left, right in zip(lost[:1], made_up[:1], strict=False):
        message = f"{left.text} became {right.text}"
        yield found(segment, "currency", "major", "adequacy", message, hypothesis=right.span, original=left.span)


def currencies(text: str) -> list[Money]:
    """Return the currencies that a text names, in order."""
    out = []
    for match in _MONEY.finditer(text):
        start, end = match.span()
        priced = bool(_NUMBER_BEFORE.search(text, max(0, start - 30), start) or _NUMBER_AFTER.match(text, end))
        out.append(Money((start, end), match[0], _codes(match), priced))
    return out


def _codes(match: re.Match[str]) -> frozenset[str]:
    if match["sign"]:
        return SIGNS[match["sign"]]
    if match["code"]:
        return CODES[match["code"]]
    return NAMES[match["cjk"] or match["name"].casefold()]


def _unmatched(these: list[Money], others: list[Money]) -> list[Money]:
    """Return priced currencies of one text that the other does not name, not even ambiguously."""
    known = frozenset[str]().union(*(money.codes for money in others))
    return [money for money in these if money.priced and known.isdisjoint(money.codes)]
