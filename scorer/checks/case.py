"""Upper and lower case: sentences that start small, texts that shout, the English `i`.

Only letters with a title case count, which leaves out Georgian and all scripts without case. German nouns and other
rules of spelling are left to spell checkers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.writing import ending, original_text, pieces, shown, words
from scorer.types import Finding, Segment, Span, found

_FIRST_WORD = re.compile(r"[^\W\d_][^\s,.;:!?)\]]{0,60}")
# `i` as the English pronoun, not a roman numeral, a variable or `i.e.`
_SMALL_I = re.compile(r"(?<![\w.'’(&/@#-])i(?:['’](?:m|ve|ll|d))?(?= [a-z]{2,}(?![=]))")
# Small words that names begin with: `van Gogh`, `de Gaulle`, `al-Assad`, `bin Laden`.
_NAME_PARTICLES = words("van von de del della di da dos du le la el al bin ibn ter ten zu af der den mc o d l")


@register("case")
def case(segment: Segment) -> Iterator[Finding]:
    """Yield at most one finding on the whole text or its first letter, and one on `i`."""
    original = original_text(segment)
    if not _has_case(segment.hypothesis):
        return
    finding = _whole(segment, original) or _start(segment, original)
    if finding:
        yield finding
    if segment.languages.hypothesis == "en" and not _is_small(segment.hypothesis) and not _SMALL_I.search(original):
        for match in _SMALL_I.finditer(segment.hypothesis):
            yield _finding(segment, f"{shown(match[0])} is written small", match.span())
            return


def _finding(segment: Segment, message: str, span: Span) -> Finding:
    return found(segment, "case", "minor", "fluency", message, hypothesis=span)


def _whole(segment: Segment, original: str) -> Finding | None:
    """Find a text in capitals beside one that is not, or a long one without any beside one that has some."""
    upper, lower = cased(segment.hypothesis)
    n_words = sum(1 for _ in pieces(segment.hypothesis[:2000]))
    span = (0, len(segment.hypothesis))
    if upper >= 10 and lower <= upper // 20 and n_words >= 3:
        upper_there, lower_there = cased(original)
        if lower_there > upper_there or (original and not lower_there and not upper_there):
            return _finding(segment, "the text is in capitals", span)
    if lower >= 10 and not upper and n_words >= 4 and cased(original)[0] >= 2:
        return _finding(segment, "the text has no capital letter", span)
    return None


def _start(segment: Segment, original: str) -> Finding | None:
    """Find a small first letter where the original's is a capital, or where it ends a sentence and has no case."""
    match = _FIRST_WORD.search(segment.hypothesis)
    if match is None or not _is_small_letter(match[0][0]) or segment.hypothesis[: match.start()].strip(" \"“„«'¿¡(["):
        return None
    word = match[0]
    if segment.hypothesis[: match.start()].strip().endswith(("'", "’", "(", "[")) or word[1:].lower() != word[1:]:
        return None  # 's Avonds; iPhone
    if word in original or word.casefold() in _NAME_PARTICLES:
        return None
    if _asks_for_capital(segment, original):
        return _finding(segment, f"{shown(word)} starts the sentence in lower case", match.span())
    return None


def _asks_for_capital(segment: Segment, original: str) -> bool:
    first = _FIRST_WORD.search(original)
    if first is None:
        return False
    letter = first[0][0]
    sentence = ending(original, segment.languages.source).kind in ("stop", "question", "exclamation")
    if letter.isupper():
        # German writes every noun large, and names are large everywhere: one word proves nothing.
        return sentence or sum(1 for _ in pieces(original[:500])) >= 4
    uncased = letter.lower() == letter.upper()
    same = ending(segment.hypothesis, segment.languages.hypothesis).kind in ("stop", "question", "exclamation")
    return uncased and sentence and same and sum(1 for _ in pieces(segment.hypothesis[:500])) >= 5


def _has_case(text: str) -> bool:
    """Return whether most letters are of a script with case; a Latin name in a Hindi text proves nothing."""
    # Vowel signs of Indic scripts are marks (M), not letters.
    return 2 * sum(cased(text)) > sum(unicodedata.category(character)[0] in "LM" for character in text)


def _is_small_letter(letter: str) -> bool:
    return letter.islower() and letter.title() != letter


def _is_small(text: str) -> bool:
    return text == text.lower()


def cased(text: str) -> tuple[int, int]:
    """Return the numbers of upper-case and lower-case letters of scripts that have both."""
    upper = sum(map(str.isupper, text))
    lower = sum(map(str.islower, text))
    # Georgian letters count as lower case, and no Georgian sentence starts with a capital.
    return upper, lower - sum("\u10d0" <= letter <= "\u10ff" for letter in text)
