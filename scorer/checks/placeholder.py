"""Placeholders, tags, character entities, URLs and e-mail addresses that a translation lost, changed or made up."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator

from scorer import checks
from scorer.entities import Mention, protected
from scorer.types import Finding, Segment, Severity, found


@checks.register("placeholder")
def placeholder(segment: Segment) -> Iterator[Finding]:
    """Yield a major finding for each that is missing, then a minor one for each that came in."""
    original = segment.original
    if original is None or not original.text.strip() or not segment.hypothesis.strip():
        return
    theirs, ours = protected(original.text), protected(segment.hypothesis)
    lost, came_in = _surplus(theirs, ours), _surplus(ours, theirs)
    squeezed = "".join(segment.hypothesis.split())
    known = (
        {mention.key for text in segment.references for mention in protected(text)}
        if original.side == "source"
        else None
    )
    for mention in lost:
        if not _survives(mention, segment.hypothesis) and not (
            known is not None and segment.references and mention.key not in known
        ):
            # A tag broken up by spaces ("< b >") is a slip; any other broken placeholder no longer works.
            slip = mention.text.startswith("&") or (mention.text.startswith("<") and mention.key in squeezed)
            severity: Severity = "minor" if slip else "major"
            message = f"{mention.text[:80]} is missing"
            yield found(segment, "placeholder", severity, "adequacy", message, original=mention.span)
    for mention in came_in:
        if mention.text not in original.text and mention.key not in (known or ()):
            yield found(
                segment, "placeholder", "minor", "adequacy", f"{mention.text[:80]} was added", hypothesis=mention.span
            )


def _surplus(these: list[Mention], others: list[Mention]) -> list[Mention]:
    """Return what one text has more often than the other, the last occurrences of each."""
    spare = Counter(mention.key for mention in these) - Counter(mention.key for mention in others)
    out = []
    for mention in reversed(these):
        if spare[mention.key] > 0:
            spare[mention.key] -= 1
            out.append(mention)
    return out[::-1]


def _survives(mention: Mention, text: str) -> bool:
    """Return whether a mention is there all the same: an address broken by spaces, an entity as its character."""
    squeezed = "".join(text.split())
    if mention.text.startswith("&"):
        return html.unescape(mention.text) in text
    return mention.key in squeezed.casefold() if mention.kind in ("url", "email") else False
