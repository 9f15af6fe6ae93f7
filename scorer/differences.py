"""Where two texts in one language differ, in words."""

from __future__ import annotations

import difflib
import re

from scorer.types import Span

# Beyond this many words matching blocks take too long; such a pair is compared by its metrics alone.
LONGEST = 2_000

# A word, or one character of a script without spaces, or one mark.
_TOKEN = re.compile(
    r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+(?:['’\-][^\W]+)*|\w|[^\w\s]"
)


def differing(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans of each text that the other lacks, neighbours joined; case and kinds of quotes are equal."""
    left_tokens = [match.span() for match in _TOKEN.finditer(left)]
    right_tokens = [match.span() for match in _TOKEN.finditer(right)]
    if max(len(left_tokens), len(right_tokens)) > LONGEST:
        return (), ()
    words = [_plain(left[start:end]) for start, end in left_tokens]
    others = [_plain(right[start:end]) for start, end in right_tokens]
    left_spans: list[Span] = []
    right_spans: list[Span] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind != "equal":
            left_spans.extend([(left_tokens[a][0], left_tokens[b - 1][1])] if b > a else [])
            right_spans.extend([(right_tokens[c][0], right_tokens[d - 1][1])] if d > c else [])
    return tuple(left_spans), tuple(right_spans)


def _plain(token: str) -> str:
    return token.casefold().translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x201E: '"'})
