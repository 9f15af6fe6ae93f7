"""A word written twice in a row by mistake: `the the`, `in the in the`.

Languages double words on purpose: grammar (`that that`, `die die`, `nous nous`), emphasis (`very very`), names
(`Bora Bora`) and, in many languages, as a regular means (Rubino 2013, "Reduplication", WALS chapter 27). Each has its
excuse below; three in a row have fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from scorer.checks import register
from scorer.checks.writing import MOST, Piece, original_text, pieces, shown, times, words
from scorer.types import Finding, Segment, Severity, found

# Doubling is grammar here: Indonesian to Turkish `yavaş yavaş`; a doubled word says nothing about an error.
_REDUPLICATING = words(
    "id ms jv su tl zh ja ko th lo km my vi hi ur bn mr gu pa ne si ta te kn ml or as sd tr az kk ky uz tk tt hy ka "
    "fa ps ku ar he mt sw ha yo ht mg mi haw sm to"
)
_GRAMMAR: dict[str, str] = {
    "en": "that had is was do her you in on it who what there so very really no yes now never bye ha blah knock well "
    "many long far more much oh ah go come win hush yum night tut la da na hear tick chop ho hip poor please big "
    "wait hey ding beep whoa wow ok okay old same one",
    "de": "die das der den dem sie ihr ihnen es er wir was wer um in an auf zu haben hat war waren ist sind wird "
    "werden sehr ganz viel nein ja ach so na ha lange mehr immer",
    "fr": "nous vous est faire tout très bien non oui si bon en ha ah oh la",
    "es": "para que no muy sí ya nos ha casi bien así",
    "pt": "nos não muito sim para ha já",
    "it": "via man mano piano così poco quasi appena molto pian lì là no sì ben bene sotto solo proprio giù passo ha",
    "ro": "foarte nu da încet ha",
    "nl": "die dat we ze u jij had heel zij het er is te in om op ja nee",
    "sv": "det den de som är var på i om för till av att ha så mycket hej nej ja",
    "da": "det den de som er var på i om for til af at ha så meget nej ja",
    "no": "det den de som er var på i om for til av å ha så mye nei ja",
    "nb": "det den de som er var på i om for til av å ha så mye nei ja",
    "ru": "что еле очень да нет ха так давно ну много едва вот",
    "uk": "що ледь дуже так ні ха",
    "pl": "to co bardzo tak nie ha",
    "cs": "se si to velmi ne ano ha",
    "hu": "az ez már a nagyon nem igen",
    "fi": "ja hyvin se ei he on ovat",
    "et": "väga ei ja see",
    "el": "πολύ σιγά όχι",
}
_ANY_GRAMMAR = words(" ".join(_GRAMMAR.values()))
# `more and more and`, `day by day by`: the second half of a longer pattern.
_CONNECTORS = words(
    "and or by after to on upon for of und oder für um an et ou à en y o e por per и или за в i a lub og och"
)
_WORDLIKE = re.compile(r"[-‐‑'’@/.#&]")


@register("doubled_word")
def doubled_word(segment: Segment) -> Iterator[Finding]:
    """Yield a finding for each word or pair of words that is doubled and not excused."""
    yield from islice(_doubled(segment), MOST)


def _doubled(segment: Segment) -> Iterator[Finding]:
    text, row = segment.hypothesis, list(pieces(segment.hypothesis))
    known: set[str] | None = None
    position = 0
    keys = [*(word.key for word in row), "", ""]
    while position < len(row) - 1:
        if keys[position] != keys[position + 1] and keys[position] != keys[position + 2]:
            position += 1
            continue
        size, copies = _copies(text, row, position)
        if copies < 2:
            position += 1
            continue
        if known is None:
            known = _doubles(original_text(segment))
        run = row[position : position + size * copies]
        if not _excused(segment, run, size, copies, known):
            span = (run[0].start, run[-1].end)
            severity: Severity = "major" if copies > 2 else "minor"
            message = f"{shown(text[run[0].start : run[size - 1].end])} is written {times(copies)} in a row"
            yield found(segment, "doubled_word", severity, "fluency", message, hypothesis=span)
        position += size * copies - 1


def _copies(text: str, row: Sequence[Piece], position: int) -> tuple[int, int]:
    """Return the size of the unit that repeats at `position`, one word or two, and how often it stands there."""
    if row[position].weight < 1:
        return 1, 1  # scripts without spaces double characters as they please
    for size in (1, 2):
        copies, at = 1, position
        while _continues(text, row, at, size):
            copies, at = copies + 1, at + size
        if copies > 1:
            return size, copies
    return 1, 1


def _continues(text: str, row: Sequence[Piece], at: int, size: int) -> bool:
    """Return whether the unit at `at` is followed by itself, with nothing but spaces anywhere between its words."""
    if at + 2 * size > len(row):
        return False
    if any(row[at + i].key != row[at + size + i].key for i in range(size)):
        return False
    run = row[at : at + 2 * size]
    gaps_blank = all(text[a.end : b.start].isspace() for a, b in pairwise(run))
    return gaps_blank and not _joined(text, run[0].start - 1) and not _joined(text, run[-1].end, before_space=True)


def _joined(text: str, index: int, *, before_space: bool = False) -> bool:
    """Return whether a hyphen, an apostrophe or the like ties a word to something beyond it."""
    if not 0 <= index < len(text) or not _WORDLIKE.match(text[index]):
        return False
    return not before_space or (index + 1 < len(text) and text[index + 1].isalnum())


def _excused(segment: Segment, run: Sequence[Piece], size: int, copies: int, known: set[str]) -> bool:
    """Return whether a doubling is none of our business: no words, doubled in the original, or a loop."""
    unit = [piece.key for piece in run[:size]]
    if not all(any(map(str.isalpha, key)) for key in unit):
        return True
    if any(key in known for key in unit) or (known and not _is_function_word(segment, run[0])):
        return True
    # More copies make a loop, which the check `repetition` reports.
    return copies * size > 4 or copies > 3 or _is_name(segment, run) or (copies == 2 and _is_usage(segment, unit))


def _is_usage(segment: Segment, unit: Sequence[str]) -> bool:
    """Return whether the language doubles such words on purpose; three in a row are never that."""
    language = segment.languages.hypothesis
    if language in _REDUPLICATING:
        return True
    if len(unit) == 2:
        return bool(_CONNECTORS.intersection(unit)) or unit[0] == unit[1]
    grammar = _ANY_GRAMMAR if language is None else words(_GRAMMAR.get(language, ""))
    return unit[0] in grammar or (len(unit[0]) == 1 and unit[0] not in "aàoyеиіeè")


def _is_function_word(segment: Segment, piece: Piece) -> bool:
    """Return whether a word is short and lower case: an original's emphasis does not excuse `the the`."""
    return piece.end - piece.start <= 4 and segment.hypothesis[piece.start : piece.end].islower()


def _is_name(segment: Segment, run: Sequence[Piece]) -> bool:
    """Return whether all words are capitalised, as `Bora Bora`, and the original's script would not show it.

    `Omega OMEGA`, a name and how its owner writes it, is one in any case.
    """
    first, *others = (segment.hypothesis[piece.start : piece.end] for piece in run)
    if first.istitle() and len(first) > 1 and all(map(str.isupper, others)):
        return True
    if any(map(str.isupper, original_text(segment))):
        return False  # a script with capitals would double the name as well, and that was looked up before
    return all(segment.hypothesis[piece.start].isupper() for piece in run)


def _doubles(text: str) -> set[str]:
    """Return the words that stand twice in a row in an original; a doubling there is worth one here."""
    row = list(pieces(text))
    return {
        a.key
        for a, b in pairwise(row)
        # The second may be inflected: Polish `Duran Duranem`.
        if (a.key == b.key or (a.key[:4] == b.key[:4] and len(a.key) > 3))
        and (a.weight == 1 or len(row) < 12)
        and not text[a.end : b.start].strip(" ,-،、")
    }
