"""Source text that a translation kept: the whole segment, or a run of words.

Names, numbers, addresses and single words may stay as they are, so a copy counts only where words in small letters are
in it, or, in scripts without capitals, enough letters. Case, accents and punctuation are no disguise. Near languages
(Czech and Slovak) share whole phrases and are held to whole copies of some length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorer import checks
from scorer.composed import normalised
from scorer.entities import protected
from scorer.lexicons.scripts import SCRIPTS, letters, near
from scorer.types import Finding, Segment, Severity, Span, found

# A run of this many words, of which this many are in small letters, is no name and no title.
LONGEST_NAME = 4
CONTENT_WORDS = 4
# Of a hypothesis' words; beyond it hardly anything was translated.
MOSTLY = 0.75
# A word counts as copied in a run of three; single words are common to many languages.
COMPANY = 3
# Letters of a foreign script in a row; shorter ones are glosses and proper names.
LONGEST_GLOSS = 8
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\u0300-\u036f\u0900-\u0dff\u1780-\u17d3])*")
_BRACKETS = re.compile(r"[(（\[【«“\"「『《][^)）\]】»”\"」』》]{0,200}[)）\]】»”\"」』》]")
_SPACELESS = re.compile("[぀-ヿ㐀-鿿฀-๿ក-៿က-႟]+")

Word = tuple[str, bool, Span]  # normal form, in small letters, place


@checks.register("untranslated")
def untranslated(segment: Segment) -> Iterator[Finding]:
    """Yield one finding: critical for a copied segment, major for a copied run."""
    source, languages = segment.source, segment.languages
    if not source or not source.strip() or not segment.hypothesis.strip():
        return
    if languages.source is not None and languages.source == languages.hypothesis:
        return
    theirs = _words(source)
    ours = _as_in(theirs, _words(segment.hypothesis))
    akin = near(languages.source, languages.hypothesis)
    copied, run = _copied(theirs, ours)
    share = sum(word[1] for word in copied) / max(1, sum(word[1] for word in ours))
    kept = segment.hypothesis[slice(*_span(ours, run))] if run else ""
    if _same_script(segment) and share >= MOSTLY and _is_content(copied) and not (akin and share < 1):
        whole = (0, len(segment.hypothesis))
        yield found(segment, "untranslated", "critical", "adequacy", "the source was not translated", hypothesis=whole)
    elif run and not akin and not any(kept in text for text in segment.references):
        yield found(
            segment,
            "untranslated",
            "major",
            "adequacy",
            f'left untranslated: "{_short(kept)}"',
            hypothesis=_span(ours, run),
        )
    elif gloss := _foreign_run(segment):
        text = segment.hypothesis[slice(*gloss)]
        severity: Severity = "critical" if gloss[1] - gloss[0] > len(segment.hypothesis.strip()) / 2 else "major"
        yield found(
            segment, "untranslated", severity, "adequacy", f'left untranslated: "{_short(text)}"', hypothesis=gloss
        )


def _words(text: str) -> list[Word]:
    """Return the words of a text without addresses and placeholders; each sign of a script without spaces is one."""
    for mention in reversed(protected(text)):
        start, end = mention.span
        text = text[:start] + " " * (end - start) + text[end:]
    out: list[Word] = []
    for match in _WORD.finditer(text):
        if _SPACELESS.match(match[0]):
            out += [(sign, True, (match.start() + at, match.start() + at + 1)) for at, sign in enumerate(match[0])]
        else:
            out.append((_bare(match[0]), not match[0][0].isupper(), match.span()))
    return out


def _as_in(theirs: list[Word], ours: list[Word]) -> list[Word]:
    """Return words with the capitals of the source: a lowercased name is still one, a Title Cased Copy too."""
    small = {form for form, is_small, _ in theirs if is_small}
    capital = {form for form, is_small, _ in theirs if not is_small} - small
    return [(form, form in small or (is_small and form not in capital), span) for form, is_small, span in ours]


def _bare(word: str) -> str:
    """Return a word without case and accents; a letter of another script keeps its marks."""
    return "".join(sign for sign in normalised(word.casefold(), "NFKD") if not "\u0300" <= sign <= "\u036f")


def _copied(theirs: list[Word], ours: list[Word]) -> tuple[list[Word], range | None]:
    """Return the words of the hypothesis that stand in the source in the same company, and the longest copied run."""
    together = _covered(theirs, ours, COMPANY)
    if [word[0] for word in theirs] == [word[0] for word in ours]:
        together = set(range(len(ours)))
    covered = _covered(theirs, ours, LONGEST_NAME + 1)
    runs, begin = [], None
    for at in range(len(ours) + 1):
        if at in covered:
            begin = at if begin is None else begin
        elif begin is not None:
            runs.append(range(begin, at))
            begin = None
    content = [run for run in runs if _is_run(ours, run)]
    return [ours[at] for at in sorted(together)], max(content, key=len, default=None)


def _covered(theirs: list[Word], ours: list[Word], order: int) -> set[int]:
    """Return the places in `ours` that an n-gram of `theirs` covers."""
    known = {_gram(theirs, at, order) for at in range(len(theirs) - order + 1)}
    starts = [at for at in range(len(ours) - order + 1) if _gram(ours, at, order) in known]
    return {at + step for at in starts for step in range(order)}


def _gram(words: list[Word], at: int, order: int) -> tuple[str, ...]:
    return tuple(word[0] for word in words[at : at + order])


def _is_run(words: list[Word], run: range) -> bool:
    """Return whether copied words are language: enough in small letters, and different ones."""
    small = {words[at][0] for at in run if words[at][1]}
    n_signs = sum(len(word) for word in small)
    return len(small) >= CONTENT_WORDS and n_signs >= 12 and sum(words[at][1] for at in run) > len(run) / 2


def _is_content(words: list[Word]) -> bool:
    """Return whether a text is more than names: three words in small letters, or ten signs without spaces."""
    small = {word[0] for word in words if word[1]}
    signs = sum(len(word) == 1 and word >= "⺀" for word in small)
    return (len(small) - signs >= 3 and sum(word[1] for word in words) >= len(words) / 3) or signs >= 6


def _same_script(segment: Segment) -> bool:
    """Return whether the hypothesis is in the script of its source, so that equal words are copies."""
    expected = SCRIPTS.get(segment.languages.source or "")
    found_scripts = letters(segment.hypothesis)
    return (
        expected is None
        or not found_scripts
        or max(found_scripts, key=lambda script: found_scripts[script]) in expected
    )


def _foreign_run(segment: Segment) -> Span | None:
    """Return the longest run of signs that the hypothesis' language does not use; glosses in brackets are left out."""
    expected = SCRIPTS.get(segment.languages.hypothesis or "")
    if expected is None or not expected.isdisjoint({"han", "kana", "hangul", "thai", "khmer", "myanmar"}):
        return None
    plain = _BRACKETS.sub(lambda match: " " * len(match[0]), segment.hypothesis)
    spans = [match.span() for match in _SPACELESS.finditer(plain) if match.end() - match.start() >= LONGEST_GLOSS]
    return max(spans, key=lambda span: span[1] - span[0], default=None)


def _span(words: list[Word], run: range) -> Span:
    return words[run[0]][2][0], words[run[-1]][2][1]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
