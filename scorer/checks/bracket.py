"""Brackets that are opened and not closed, or closed and not opened.

The brackets of each family are matched by a counter, so `[0, 1)` is odd in two families unless the original is too.
List markers (`a)`, `1)`) and emoticons are no brackets. Guillemets belong to the check `quotes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.writing import original_text, shown
from scorer.types import Finding, Segment, found

# Full-width forms share a family with the ASCII ones: texts in Chinese mix them freely.
_FAMILIES = (
    ("(（", ")）"),
    ("[［", "]］"),
    ("{｛", "}｝"),
    ("「", "」"),
    ("『", "』"),
    ("【", "】"),
    ("《", "》"),
    ("〈", "〉"),
)
_OPENERS = {mark: family for family, (openers, _) in enumerate(_FAMILIES) for mark in openers}
_CLOSERS = {mark: family for family, (_, closers) in enumerate(_FAMILIES) for mark in closers}
_NOT_BRACKETS = re.compile(
    r"(?<!\S)(?:[^\W\d_]|[ivxIVX]{1,4}|\d{1,3}(?:\.\d{1,2})?)[)）](?=\s?\w)"  # a) 1) iv) 2.1)
    r"|(?<![\w)(])[:;=xX8][-'^oO]?[)(\]\[{}]+"  # :-) ;) =(
    r"|(?<!\S)[)(\]\[]+[-'^]?[:;=](?!\S)"  # (: (-:
    r"|[\[(（]\s*[-−+]?[\d.∞]+\s*[,;–-]\s*[-−+]?[\d.∞]+\s*[)\]）]"  # [0, 1)
    r"|(?<=[^\s()])\){2,9}(?=\s*$)"  # Russian smile at the end: ))
)


@register("bracket")
def bracket(segment: Segment) -> Iterator[Finding]:
    """Yield a finding for each family of brackets that is unbalanced, unless the original's is too."""
    faults = unbalanced(segment.hypothesis)
    if not faults:
        return
    known = {family for family, _ in unbalanced(original_text(segment)).values()}
    reported: set[tuple[int, bool]] = set()
    for position, (family, is_opener) in sorted(faults.items()):
        if family in known or (family, is_opener) in reported:
            continue
        reported.add((family, is_opener))
        message = f"{shown(segment.hypothesis[position])} is {'never closed' if is_opener else 'never opened'}"
        yield found(segment, "bracket", "minor", "fluency", message, hypothesis=(position, position + 1))


def unbalanced(text: str) -> dict[int, tuple[int, bool]]:
    """Return the positions of brackets without a partner, with their family and whether they open."""
    skipped = (
        {p for match in _NOT_BRACKETS.finditer(text) for p in range(*match.span())} if _has_bracket(text) else set()
    )
    waiting: list[list[int]] = [[] for _ in _FAMILIES]
    faults: dict[int, tuple[int, bool]] = {}
    for position, character in enumerate(text):
        if character in _OPENERS:
            if position not in skipped:
                waiting[_OPENERS[character]].append(position)
        elif character in _CLOSERS:
            family = _CLOSERS[character]
            if waiting[family]:
                waiting[family].pop()
            elif position not in skipped:
                faults[position] = (family, False)
    return faults | {position: (family, True) for family, open_ in enumerate(waiting) for position in open_}


def _has_bracket(text: str) -> bool:
    return any(mark in text for mark in (*_OPENERS, *_CLOSERS))
