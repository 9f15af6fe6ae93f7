"""Scripts: which letters belong to which, and which a language is written in."""

# ruff: noqa: E501 (word lists read better in long lines)
from __future__ import annotations

import re

_RANGES = {
    "latin": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿＡ-Ｚａ-ｚ",
    "greek": "Ͱ-Ͽἀ-῿",
    "cyrillic": "Ѐ-ԯ",
    "armenian": "԰-֏",
    "hebrew": "֐-׿",
    "arabic": "؀-ۿݐ-ݿࢠ-ࣿﭐ-﷿ﹰ-ﻼ",
    "devanagari": "ऀ-ॿ",
    "bengali": "ঀ-৿",
    "gurmukhi": "਀-੿",
    "gujarati": "઀-૿",
    "oriya": "଀-୿",
    "tamil": "஀-௿",
    "telugu": "ఀ-౿",
    "kannada": "ಀ-೿",
    "malayalam": "ഀ-ൿ",
    "sinhala": "඀-෿",
    "thai": "฀-๿",
    "lao": "຀-໿",
    "tibetan": "ༀ-࿿",
    "myanmar": "က-႟",
    "georgian": "Ⴀ-ჿ",
    "hangul": "ᄀ-ᇿ㄰-㆏가-힣",
    "ethiopic": "ሀ-፿",
    "khmer": "ក-៿",
    "kana": "ぁ-ヿｦ-ﾟ",
    "han": "㐀-䶿一-鿿々\U00020000-\U0002ffff",
}
LETTERS: dict[str, re.Pattern[str]] = {script: re.compile(f"[{ranges}]") for script, ranges in _RANGES.items()}

_WRITTEN_IN = {
    "greek": "el", "cyrillic": "ru uk be bg mk kk ky tg mn", "armenian": "hy", "hebrew": "he yi", "arabic": "ar fa ur ps sd ug ckb",
    "devanagari": "hi mr ne sa bho mai", "bengali": "bn as", "gurmukhi": "pa", "gujarati": "gu", "oriya": "or", "tamil": "ta", "telugu": "te",
    "kannada": "kn", "malayalam": "ml", "sinhala": "si", "thai": "th", "lao": "lo", "tibetan": "bo dz", "myanmar": "my", "georgian": "ka",
    "hangul": "ko", "ethiopic": "am ti", "khmer": "km", "han": "zh yue",
    "latin": "en de fr es it pt nl sv da no nb nn fi et lv lt pl cs sk sl hr bs ro hu tr az vi id ms tl sw af sq eu ca gl ga cy is mt eo la"
             " lb ast oc br zu xh so ha yo ig mg jv su ht rw sn st ny",
}  # fmt: skip
SCRIPTS: dict[str, frozenset[str]] = {
    language: frozenset({script}) for script, languages in _WRITTEN_IN.items() for language in languages.split()
} | {"ja": frozenset({"kana", "han"}), "ko": frozenset({"hangul", "han"}), "sr": frozenset({"cyrillic", "latin"})}

# Languages that share so much that a text of one can be taken for the other, or stand for it.
_NEAR = (
    "no nb nn da sv", "hr sr bs sl sh mk", "cs sk", "id ms jv su", "es gl ca pt ast an oc", "ru uk be bg mk sr", "hi mr ne bho mai sa", "zh yue ja",
    "af nl li", "fi et", "bn as", "fa ur ar ps", "it co scn sc ca", "tr az tk", "kk ky tt", "de lb nds", "en sco", "fr oc wa", "zu xh", "ro mo",
)  # fmt: skip


def near(left: str | None, right: str | None) -> bool:
    """Return whether two languages are one, or near enough for a text to pass as either."""
    return left == right or any(left in group.split() and right in group.split() for group in _NEAR)


def letters(text: str) -> dict[str, int]:
    """Return how many letters of each script a text has, scripts without any left out."""
    counts = {script: len(pattern.findall(text)) for script, pattern in LETTERS.items()}
    return {script: count for script, count in counts.items() if count}
