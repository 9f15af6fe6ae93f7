"""Words of a text as damage sees them: what can be moved, dropped or replaced, in any script.

Words are what stands between spaces, without the punctuation around it; scripts without spaces are cut into pieces of
two or three letters, katakana into whole runs. No piece begins with a vowel sign.
"""

from __future__ import annotations

import re
import unicodedata

from scorer.types import Span
from scorer.words import is_unspaced

_TOKEN = re.compile(r"\S+")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{2,}")
# Thai, Lao, Burmese and Khmer spell a syllable in about three letters and a word in more.
_HAN_PIECE, _ABUGIDA_PIECE = 2, 3
_PARTING = frozenset({"Pi", "Pf", "Ps", "Pe", "Pd"})  # quotes, brackets and dashes
_JOINERS = frozenset("\u17d2\u1039\u200d\u094d")  # Khmer and Burmese stackers, ZWJ, virama: the next letter belongs


def words(text: str) -> list[Span]:
    """Return where the words of a text are, in order and without overlap."""
    return [span for token in _TOKEN.finditer(text) for span in _pieces(text, *_bare(text, *token.span()))]


def _bare(text: str, start: int, end: int) -> Span:
    """Return a token without the punctuation at its ends; empty if there is nothing else."""
    while start < end and unicodedata.category(text[start])[0] in "PSC":
        start += 1
    while start < end and unicodedata.category(text[end - 1])[0] in "PSC":
        end -= 1
    return start, end


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """Return a token's runs of spaced letters, and its unspaced ones in pieces."""
    runs: list[list[int]] = []
    previous = ""
    for place in range(start, end):
        kind, most = _piece_kind(text[place])
        joins = (
            bool(runs)
            and runs[-1][1] == place
            and (unicodedata.category(text[place])[0] == "M" or text[place - 1] in _JOINERS)
        )
        fits = bool(runs) and runs[-1][1] == place and kind == previous and runs[-1][2] < most
        if kind == "" and not joins:
            previous = ""
        elif joins or fits:
            runs[-1][1:] = [place + 1, runs[-1][2] + (not joins)]
        else:
            runs.append([place, place + 1, 1])
            previous = kind
    return [(first, last) for first, last, _ in runs if any(map(str.isalnum, text[first:last]))]


def _piece_kind(character: str) -> tuple[str, float]:
    """Return what may stand in one piece with a character, "" for none, and how many letters a piece holds."""
    if _parts(character):
        return "", 0
    if not is_unspaced(character):
        return "spaced", float("inf")
    if character.isdecimal():
        return "digits", float("inf")
    if _KATAKANA.match(character * 2):
        return "katakana", float("inf")
    return ("abugida", _ABUGIDA_PIECE) if character < "\u3000" else ("han", _HAN_PIECE)


def _parts(character: str) -> bool:
    """Return whether a character ends a word without a space: quotes, brackets, dashes, full-width punctuation."""
    category = unicodedata.category(character)
    if category[0] in "PSZ" and (character > "\u2e7f" or is_unspaced(character)):
        return True
    return category in _PARTING and character not in "'’-‐‑"


def clusters(word: str) -> list[str]:
    """Return a word's letters, each with the marks that belong to it."""
    out: list[str] = []
    for character in word:
        if out and (unicodedata.category(character)[0] == "M" or character in _JOINERS or out[-1][-1] in _JOINERS):
            out[-1] += character
        else:
            out.append(character)
    return out


def names(text: str) -> list[Span]:
    """Return where names may be: capitals inside sentences (in German all nouns), Latin words elsewhere, katakana."""
    out = []
    for start, end in words(text):
        before = text[:start].rstrip()[-1:] if start < 2 else text[max(0, start - 4) : start].rstrip()[-1:]
        begins = before in ("", *".!?:;…\"“„«»'‘’(-–—")
        dense = is_unspaced(text[start])
        mixed = not dense and text[start].isalpha() and any(map(is_unspaced, text[max(0, start - 2) : start]))
        if end - start > 2 and (
            (dense and _KATAKANA.fullmatch(text, start, end)) or (text[start].isupper() and not begins) or mixed
        ):
            out.append((start, end))
    return out
