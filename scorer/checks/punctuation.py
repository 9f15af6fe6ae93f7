"""Marks at the end of a sentence that were lost or changed, doubled marks, marks of another script.

A period added where the original has none is no finding: headings and subtitles are closed by many translators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scorer.checks import register
from scorer.checks.writing import HAN, KANA, MOST, Ending, ending, original_text, shown, words
from scorer.types import Finding, Segment, found

_NO_STOP = words("th lo my km bo dz")  # languages that may leave the end of a sentence unmarked
_LATIN_MARKS = {"ar": ("،", "؛", "؟"), "fa": ("،", "؛", "؟"), "ur": ("،", "؛", "؟")}
_DOUBLED = re.compile(
    r"(?<!,),,(?!,)|(?<![.\s/\d])\.\.(?![.\w/])|(?<![;\w]);;(?!;)|[,;][.,;:](?![-)(DPp'])"
    r"|(?<![!?。])。。(?!。)|，，|、、|،،|。，|，。|、。|।।(?!।)"
)
_LETTER = re.compile(r"[^\W\d_]")
# A half-width mark after a Chinese or Japanese character, with one or the end behind it.
_HALF = re.compile(f"(?<=[{HAN}{KANA}])[,.?!;:](?=[{HAN}{KANA}]|\\s*$)")
_FULL = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f\u0400-\u052f])[，。？！；：、](?=\\s*[A-Za-z\u00c0-\u024f\u0400-\u052f]|\\s*$)"
)
# A mark that closes a sentence in the middle of one: `followed! by`.
_STRAY = re.compile(r"(?<=[^\W\d_])[!?](?=\s+[^\W\d_A-Z])")
_BAR = re.compile("(?<=[\u0900-\u097f])\\s?\\|(?=\\s|$)")


@register("punctuation")
def punctuation(segment: Segment) -> Iterator[Finding]:
    """Yield at most one finding on the end, then a few on doubled and foreign marks."""
    if not segment.hypothesis.strip():
        return
    yield from _end(segment)
    yield from islice(_doubled(segment), MOST)
    yield from _stray(segment)
    yield from islice(_foreign(segment), 1)
    if segment.languages.hypothesis == "es":
        yield from _spanish(segment)


def _minor(segment: Segment, message: str, span: tuple[int, int]) -> Finding:
    return found(segment, "punctuation", "minor", "fluency", message, hypothesis=span)


def _end(segment: Segment) -> Iterator[Finding]:
    original, hypothesis = original_text(segment), segment.hypothesis
    if not original.strip():
        return
    there, here = ending(original, segment.languages.source), ending(hypothesis, segment.languages.hypothesis)
    message = _question_message(segment, there, here) or _close_message(segment, there, here)
    if message:
        yield _minor(segment, message, here.span)


def _question_message(segment: Segment, there: Ending, here: Ending) -> str | None:
    """Return what is wrong where one side asks and the other does not, with no question mark anywhere."""
    side = segment.original.side if segment.original else "source"
    if there.kind == "question" and not _questions(segment.hypothesis, segment.languages.hypothesis):
        return f"the question mark of the {side} is lost"
    if here.kind == "question" and there.kind == "stop":
        asks = _questions(original_text(segment), segment.languages.source)
        return None if asks else f"a question mark where the {side} has none"
    return None


def _close_message(segment: Segment, there: Ending, here: Ending) -> str | None:
    """Return what is wrong where the original closes its sentence and the hypothesis does not."""
    if segment.languages.hypothesis in _NO_STOP:
        return None
    side = segment.original.side if segment.original else "source"
    theirs, ours = original_text(segment)[slice(*there.span)], segment.hypothesis[slice(*here.span)]
    if there.kind in ("stop", "exclamation", "colon") and here.kind is None and _LETTER.search(segment.hypothesis):
        return f"the final {shown(theirs[-1:])} is missing"
    if there.kind in ("stop", "question", "exclamation") and here.kind in ("comma", "colon", "dash"):
        return f"ends in {shown(ours, 10)}, the {side} in {shown(theirs, 10)}"
    return None


def _questions(text: str, language: str | None) -> bool:
    return any(mark in text for mark in "?？؟՞፧") or (language == "el" and ";" in text)


def _doubled(segment: Segment) -> Iterator[Finding]:
    original = original_text(segment)
    for match in _DOUBLED.finditer(segment.hypothesis):
        if match[0] not in original:
            yield _minor(segment, f"two marks in a row: {shown(match[0])}", match.span())


def _stray(segment: Segment) -> Iterator[Finding]:
    """Find an exclamation or question mark before a small letter, where the original has no such mark at all."""
    match = _STRAY.search(segment.hypothesis)
    original = original_text(segment)
    if match is None or not original or any(mark in original for mark in "!?！？؟;") or '"' in segment.hypothesis:
        return
    if segment.hypothesis[match.end() :].lstrip()[:1].islower():
        yield _minor(segment, f"{shown(match[0])} in the middle of a sentence", match.span())


def _foreign(segment: Segment) -> Iterator[Finding]:
    """Find marks of another script than the words beside them."""
    text, language = segment.hypothesis, segment.languages.hypothesis
    if language in ("zh", "ja", None):
        for match in _HALF.finditer(text):
            yield _minor(segment, f"half-width {shown(match[0])} among full-width characters", match.span())
    if language not in ("zh", "ja", "ko"):
        for match in _FULL.finditer(text):
            yield _minor(segment, f"full-width {shown(match[0])} after a letter", match.span())
    if language in ("hi", "ne", "mr", "sa"):
        for match in _BAR.finditer(text):
            yield _minor(segment, 'a bar "|" in place of the danda "।"', (match.end() - 1, match.end()))
    if language in _LATIN_MARKS:
        for match in re.finditer("(?<=[\u0621-\u06d3])[,;?](?=\\s|$)", text):
            right = _LATIN_MARKS[language][",;?".index(match[0])]
            yield _minor(segment, f"{shown(match[0])} in place of {shown(right)}", match.span())


def _spanish(segment: Segment) -> Iterator[Finding]:
    """Find questions and exclamations without their opening mark."""
    for opener, closer in ("¿?", "¡!"):
        if closer in segment.hypothesis and opener not in segment.hypothesis:
            at = segment.hypothesis.index(closer)
            if re.search(r"[^\W\d_]\s?$", segment.hypothesis[max(0, at - 2) : at]):
                yield _minor(segment, f"{shown(closer)} without its opening {shown(opener)}", (at, at + 1))
