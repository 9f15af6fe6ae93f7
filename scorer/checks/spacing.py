"""Spaces that are too many or missing: `$ 160`, `word ,`, `word,word`, `( text )`, two in a row.

French sets a space before `; : ! ?`, German one before `€` and `%`, Chinese none at all: each rule names its languages.
What the original has in the same way, in the same language, or word for word, is excused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from scorer.checks import register
from scorer.checks.writing import HAN, KANA, MOST, original_text, shown, words
from scorer.types import Finding, Segment, found

_LETTER = r"[^\W\d_]"
_CJK = HAN + KANA
_SPACELESS = words("zh ja th lo km my bo")
_SYMBOL_FIRST = words("en zh ja ko th hi he")


class Rule(NamedTuple):
    """One thing to find: a pattern whose match is the span, what to say, and the languages that it holds for."""

    name: str
    pattern: re.Pattern[str]
    says: Callable[[re.Match[str]], str]
    holds: Callable[[str | None], bool]


def _everywhere(_language: str | None) -> bool:
    return True


RULES = (
    Rule(
        "currency",
        re.compile(r"(?<![\w.])(?:[A-Z]{1,3})?[$£€¥₹]\s+\d[\d.,]*(?<=\d)"),
        lambda match: f"space after {shown(match[0].split()[0])}",
        lambda language: language in _SYMBOL_FIRST,
    ),
    Rule(
        "percent",
        re.compile(r"\d[ \xa0]%"),
        lambda match: 'space before "%"',
        lambda language: language in ("en", "zh", "ja", "ko", "it", "nl", "pt", "hi"),
    ),
    Rule(
        "before mark",
        re.compile(r"(?<=[^\s.,;:!?…\-–—(\[])[ \t\xa0]+[,.;:!?](?=\s|[\"'”’»)\]]|$)"),
        lambda match: f"space before {shown(match[0][-1])}",
        lambda language: language not in (None, "fr", "br") and language not in _SPACELESS,
    ),
    Rule(
        "before mark",
        re.compile(r"(?<=[^\s.,;:!?…\-–—(\[])[ \t\xa0]+[,.](?=\s|[\"'”’»)\]]|$)"),
        lambda match: f"space before {shown(match[0][-1])}",
        lambda language: language in (None, "fr", "br"),
    ),
    Rule(
        "before mark",
        re.compile(f"(?<=[{_CJK}])[ \\t]+[，。；：！？、]"),
        lambda match: f"space before {shown(match[0][-1])}",
        lambda language: language in ("zh", "ja", None),
    ),
    Rule(
        "after comma",
        re.compile(rf"(?<={_LETTER}{_LETTER})[,;!?]{_LETTER}(?={_LETTER})"),
        lambda match: f"no space after {shown(match[0][0])}",
        lambda language: language not in _SPACELESS,
    ),
    Rule(
        "after period",
        re.compile(
            r"(?<=[a-zа-яё\u00df-\u00f6\u00f8-\u00ff]{3})\.[A-ZА-ЯЁ\u00c0-\u00d6\u00d8-\u00de][a-zа-яё](?=[\w\s'’,])"
        ),
        lambda match: 'no space after "."',
        lambda language: language not in _SPACELESS,
    ),
    Rule(
        "brackets",
        re.compile(r"(?<![\w:;=])[(\[][ \xa0]+(?=[\w\"'“])|(?<=[\w\"'”.])[ \xa0]+[)\]](?![:;=])"),
        lambda match: f"space inside {shown(match[0].strip())}",
        _everywhere,
    ),
    Rule(
        "double",
        re.compile(r"(?<=[^\s.!?:…。])[ \xa0]{2,}(?=\S)"),
        lambda match: f"{len(match[0])} spaces in a row",
        _everywhere,
    ),
    Rule(
        "contraction",
        re.compile(rf"(?<={_LETTER})\s+['’](?:s|t|re|ve|ll|m|d)\b(?!['’])|(?<={_LETTER})\s+n['’]t\b"),
        lambda match: f"space before {shown(match[0].strip())}",
        lambda language: language == "en",
    ),
    Rule(
        "characters",
        re.compile(f"(?<=[{HAN}])[ ]+(?=[{HAN}])"),
        lambda match: "space between characters",
        lambda language: language == "zh",
    ),
)


@register("spacing")
def spacing(segment: Segment) -> Iterator[Finding]:
    """Yield a few findings, one for each kind of fault; a kind that occurs more often says how often."""
    original, language = original_text(segment), segment.languages.hypothesis
    findings = (_first(segment, rule, original) for rule in RULES if rule.holds(language))
    yield from islice((finding for finding in findings if finding), MOST)
    yield from islice(_edges(segment, original), 1)


def _first(segment: Segment, rule: Rule, original: str) -> Finding | None:
    """Return a finding on the first match of a rule that the original does not excuse."""
    text = segment.hypothesis
    first = rule.pattern.search(text)
    if first is None:
        return None
    same_rules = segment.original is not None and rule.holds(segment.original.language)
    if same_rules and rule.pattern.search(original):
        return None
    matches = [match for match in rule.pattern.finditer(text) if not _excused(text, match, original)]
    if not matches:
        return None
    message = rule.says(matches[0])
    if len(matches) > 1:
        message += f" ({len(matches)} such places)"
    return found(segment, "spacing", "minor", "fluency", message, hypothesis=matches[0].span())


def _excused(text: str, match: re.Match[str], original: str) -> bool:
    """Return whether a mark belongs to an address, a file name or something that the original has word for word."""
    start, end = match.start(), match.end()
    while start > 0 and match.start() - start < 60 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and end - match.end() < 60 and not text[end].isspace():
        end += 1
    word = text[start:end]
    if " " not in match[0].strip() and any(mark in word for mark in ("://", "www.", "@", "#", "\\", "()")):
        return True
    return len(word) > 2 and word.strip("\"'“”«»,.") in original and not word.isspace()


def _edges(segment: Segment, original: str) -> Iterator[Finding]:
    """Find spaces at the ends of the text that the original does not have."""
    text = segment.hypothesis
    if not text.strip() or not original.strip():
        return
    lead = len(text) - len(text.lstrip())
    trail = len(text) - len(text.rstrip())
    if lead and not original[:1].isspace():
        yield found(segment, "spacing", "minor", "fluency", "space at the start of the text", hypothesis=(0, lead))
    if trail and not original[-1:].isspace():
        span = (len(text) - trail, len(text))
        yield found(segment, "spacing", "minor", "fluency", "space at the end of the text", hypothesis=span)
