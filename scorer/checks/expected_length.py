"""How long a translation is expected to be, by script. Registers no check.

Lengths are weighted characters without spaces: a Chinese character says about as much as 2.9 Latin letters. What
remains differs by language and is in `_VERBOSITY`; how far human translations stray is in `_spread`. Both were
measured on human translations of news, encyclopedias, talks and chat with

    python benchmarks/length_ratios.py ../shared/data
"""

from __future__ import annotations

import math
import re

from scorer.checks.writing import HAN, KANA, original_text
from scorer.types import Segment

_SPACES = re.compile(r"\s+")
# Characters of a script, and how many Latin letters one of them is worth.
_WEIGHTS: dict[str, tuple[re.Pattern[str], float]] = {
    "han": (re.compile(f"[{HAN}]+"), 2.9),
    "kana": (re.compile(f"[{KANA}]+"), 1.5),
    "hangul": (re.compile("[\uac00-\ud7af]+"), 2.2),
    "indic": (re.compile("[\u0900-\u0dff]+"), 1.0),
    "cyrillic": (re.compile("[\u0400-\u052f]+"), 1.0),
    "latin": (re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+"), 1.0),
}
# Length of the same text in a language and in English: log of the ratio, mean of both directions of translation.
_VERBOSITY = (
    {"de": 0.14, "es": 0.19, "fr": 0.18, "it": 0.19, "ta": 0.18, "fi": 0.13, "ro": 0.09, "pl": 0.07, "tr": 0.07}
    | {"si": 0.06, "lv": 0.04, "ru": 0.02, "cs": 0.01, "et": -0.01, "mr": -0.02, "ne": -0.03}
    | {"hi": -0.05, "gu": -0.07, "zh": -0.10, "ja": -0.11}
)
# Translators explain: whatever the direction, a translation is a little longer than its source would make it.
EXPLICITATION = 0.05


def weighted(text: str) -> tuple[float, str]:
    """Return a text's length in Latin letters, spaces left out, and the script that most of it is in, or `other`."""
    length = float(len(text) - sum(map(len, _SPACES.findall(text))))
    shares = {}
    for script, (pattern, weight) in _WEIGHTS.items():
        count = sum(map(len, pattern.findall(text)))
        shares[script] = count * weight
        length += count * (weight - 1)
    # Japanese is Chinese characters among kana.
    main = max(shares, key=shares.__getitem__)
    if main == "han" and shares["kana"] > 0.1 * shares["han"]:
        main = "kana"
    return length, main if shares[main] > 0.3 * length else "other"


def deviation(segment: Segment) -> tuple[float, float] | None:
    """Return how far a hypothesis' length is off: log ratio over the expected one, and that in spreads.

    A spread covers 99 in 100 human translations; below -1 is shorter than nearly all, above 1 longer. `None` where
    there is nothing to compare.
    """
    there, here = weighted(original_text(segment))[0], weighted(segment.hypothesis)[0]
    if not there or not here:
        return None
    off = math.log(here / there) - _expected(segment)
    return off, off / _spread(there)


def _expected(segment: Segment) -> float:
    """Return the log ratio that is usual for the languages; 0 beside a text in the same language."""
    if segment.original is None or segment.original.side == "reference":
        return 0.0
    there, here = segment.languages.source or "", segment.languages.hypothesis or ""
    return EXPLICITATION + _VERBOSITY.get(here, 0.0) - _VERBOSITY.get(there, 0.0)


def _spread(length: float) -> float:
    """Return the half-width of the log ratios of 99 in 100 human translations of a text of that weighted length."""
    return 0.25 + 2.5 / math.sqrt(length)
