"""Statements that a translation turned into their opposite: a "not" that was lost or came in.

Languages negate in different places ("fail to", "without", "un-"), so across languages a finding needs a plain negation
in one text and nothing that could render it in the other. In one language, against a reference or a peer, a differing
count in nearly the same words is enough. Languages without a word list are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scorer import checks
from scorer.lexicons.negation import NEGATION, YET, Negation, Yet
from scorer.types import Finding, Original, Segment, Span, found

# Long segments say things twice and in other ways: measured on human translations, a lone negation goes astray in them
# more often.
LONGEST_CLEAR = 40
# Share of common words above which two texts of one language are wordings of one sentence, and above which they are one
# wording.
NEARLY_THE_SAME = 0.55
THE_SAME = 0.62
# Signs of a script without spaces agree sooner than words do.
THE_SAME_IN_SIGNS = 0.72
_WORD = re.compile(r"[^\W\d_]+")


@checks.register("negation")
def negation(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where one text negates and the other does not."""
    original, language = segment.original, segment.languages.hypothesis
    if original is None or not original.text.strip() or not segment.hypothesis.strip():
        return
    theirs, ours = NEGATION.get(original.language or ""), NEGATION.get(language or "")
    if theirs is None or ours is None:
        return
    lost, came_in = negators(original.text, theirs), negators(segment.hypothesis, ours)
    if original.language == language:
        yield from _same_language(segment, original, lost, came_in)
    elif lost and not came_in:
        yield from _lost(segment, original, lost, ours)
    elif came_in and not lost:
        yield from _came_in(segment, original, came_in, theirs, ours)
    else:
        yield from _already(segment, original, theirs, ours)


def negators(text: str, language: Negation) -> list[Span]:
    """Return where a text negates, idioms left out."""
    plain = language.idioms.sub(lambda match: " " * len(match[0]), _lower(text))
    return [match.span() for match in language.strong.finditer(plain)]


def _lower(text: str) -> str:
    """Return the text in lower case, one character for one, so that spans hold."""
    return "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)


def _lost(segment: Segment, original: Original, lost: list[Span], ours: Negation) -> Iterator[Finding]:
    """Yield a finding for a negation of the source that nothing in the hypothesis renders, not even an idiom."""
    references = [negators(text, ours) for text in segment.references]
    text = _lower(segment.hypothesis)
    if _renders(ours, text) or (references and not any(references)) or _kept(_lower(original.text), lost[0], text):
        return
    yield _finding(segment, original, lost[0], None, serious=bool(references) or _is_plain(original.text))


def _came_in(
    segment: Segment, original: Original, came_in: list[Span], theirs: Negation, ours: Negation
) -> Iterator[Finding]:
    """Yield a finding for a negation of the hypothesis for which nothing in the source calls."""
    references = [negators(text, ours) for text in segment.references]
    if _renders(theirs, _lower(original.text)) or any(references):
        return
    yield _finding(segment, original, None, came_in[0], serious=bool(references) or _is_plain(original.text))


def _renders(language: Negation, text: str) -> bool:
    """Return whether anything in a text may stand for a negation of the other one."""
    return bool(language.weak.search(text) or language.strong.search(text))


def _kept(source: str, negator: Span, text: str) -> bool:
    """Return whether a negation was left in the source's language, with the word after it: "No-Deal", "No justice"."""
    after = _WORD.search(source, negator[1])
    if after is None:
        return False
    kept = rf"\b{re.escape(source[slice(*negator)])}\W{{1,3}}{re.escape(after[0])}\b"
    return re.search(kept, text) is not None


def _already(segment: Segment, original: Original, theirs: Negation, ours: Negation) -> Iterator[Finding]:
    """Yield a finding where "not yet" became "already", or the reverse; a reference that says the same excuses it."""
    there, here = (YET[language or ""] for language in (original.language, segment.languages.hypothesis))
    source, text, *references = map(_lower, (original.text, segment.hypothesis, *segment.references))
    lost, came_in = _not_yet(source, there, text, here, ours), _not_yet(text, here, source, there, theirs)
    if lost and not any(map(here.already.search, references)):
        yield _finding(segment, original, lost, None, serious=True)
    if came_in and not any(map(here.not_yet.search, references)):
        yield _finding(segment, original, None, came_in, serious=True)


def _not_yet(text: str, own: Yet, other: str, its: Yet, negation: Negation) -> Span | None:
    """Return where a text says "not yet" if the other one says "already" and negates nothing."""
    found = own.not_yet.search(text)
    if found is None or own.already.search(text) or not its.already.search(other):
        return None
    rest = its.already.sub(" ", other)
    return None if negation.strong.search(rest) or negation.weak.search(rest) else found.span()


def _same_language(segment: Segment, original: Original, lost: list[Span], came_in: list[Span]) -> Iterator[Finding]:
    """Yield a finding where wordings of one sentence differ in how often they negate, or one does not at all."""
    language = NEGATION[original.language or ""]
    more, fewer = (
        (original.text, segment.hypothesis) if len(lost) > len(came_in) else (segment.hypothesis, original.text)
    )
    hints = [len(language.weak.findall(text.lower())) for text in (more, fewer)]
    # "unable" for "not able" moves a hint from the strong to the weak words and leaves their number alone.
    if len(lost) == len(came_in) or hints[0] <= hints[1]:
        return
    share = _overlap(more, fewer)
    serious = share >= (THE_SAME_IN_SIGNS if any(sign >= "⺀" for sign in fewer) else THE_SAME)
    if share < NEARLY_THE_SAME and (min(len(lost), len(came_in)) > 0 or hints[1] > 0):
        return
    if len(lost) > len(came_in):
        yield _finding(segment, original, lost[-1 if came_in else 0], None, serious=serious)
    else:
        yield _finding(segment, original, None, came_in[-1 if lost else 0], serious=serious)


def _finding(
    segment: Segment, original: Original, lost: Span | None, came_in: Span | None, *, serious: bool
) -> Finding:
    text = original.text[slice(*lost)] if lost else segment.hypothesis[slice(*came_in)] if came_in else ""
    message = f'negation lost: "{text.strip()}"' if lost else f'negation added: "{text.strip()}"'
    return found(
        segment, "negation", "major" if serious else "minor", "adequacy", message, hypothesis=came_in, original=lost
    )


def _is_plain(text: str) -> bool:
    """Return whether a text is short and no question; "isn't it?" and "is it?" ask the same."""
    if text.rstrip("\"'”’»」 ").endswith(("?", "？", "؟")):
        return False
    # Scripts without spaces have no words to count; two characters make about one.
    n_words = max(len(_WORD.findall(text)), sum(sign >= "⺀" for sign in text) // 2)
    return n_words <= LONGEST_CLEAR


def _overlap(left: str, right: str) -> float:
    """Return the share of words common to two texts, of the longer one; of characters where words have no spaces."""
    bags = [Counter(_units(text.lower())) for text in (left, right)]
    return (bags[0] & bags[1]).total() / max(bags[0].total(), bags[1].total(), 1)


def _units(text: str) -> list[str]:
    return [unit for word in _WORD.findall(text) for unit in (list(word) if word[0] >= "⺀" else [word])]
