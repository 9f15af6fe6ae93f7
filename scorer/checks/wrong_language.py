"""A hypothesis that is not in the language it should be in.

By script first, which is sure: hardly a letter of the expected script, and whole words, not names, in another. Where
the script fits, language identification (py3langid, Barbaresi 2022, after Lui and Baldwin 2012) decides on long text
only, with a wide margin, and never between near languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from scorer import checks
from scorer.entities import protected
from scorer.languages import function_word_lead
from scorer.lexicons.scripts import SCRIPTS, letters, near
from scorer.types import Finding, Segment, found

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Share of letters in the expected script below which a text is not written in it.
FEW = 0.15
# Below so many letters identification guesses; a sign without spaces says as much as two letters.
LONG_ENOUGH = 60
SURE, UNLIKELY = 0.9, 0.02
_SPACED = re.compile(r"\S+")
_SMALL_WORD = re.compile(r"(?<![^\W\d_])[a-zà-öø-ÿа-яё][^\W\d_]+")
# A lead of a language's own function words over any other's that text in another language does not have.
PLAINLY = 0.05
_NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "ru": "Russian", "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ar": "Arabic", "hi": "Hindi",
    "pl": "Polish", "cs": "Czech", "uk": "Ukrainian",
}  # fmt: skip


@checks.register("wrong_language")
def wrong_language(segment: Segment) -> Iterator[Finding]:
    """Yield one critical finding for a hypothesis in another script or language, where its language is known."""
    language, text = segment.languages.hypothesis, _prose(segment.hypothesis)
    if language is None or not text.strip():
        return
    counts = letters(text)
    total = sum(counts.values())
    whole = (0, len(segment.hypothesis))
    if problem := _script_problem(language, text, counts):
        yield found(segment, "wrong_language", "critical", "adequacy", problem, hypothesis=whole)
    elif language in SCRIPTS and total + counts.get("han", 0) + counts.get("kana", 0) >= LONG_ENOUGH:
        other = _identified(text[:4000], language)
        if other and _has_words(text, total):
            message = f"reads as {_NAMES.get(other, other)}, expected {_NAMES.get(language, language)}"
            yield found(segment, "wrong_language", "critical", "adequacy", message, hypothesis=whole)


def _prose(text: str) -> str:
    """Return a text without addresses, placeholders and tags."""
    pieces, at = [], 0
    for mention in protected(text):
        pieces.append(text[at : mention.span[0]])
        at = mention.span[1]
    return " ".join([*pieces, text[at:]])


def _script_problem(language: str, text: str, counts: dict[str, int]) -> str | None:
    """Return what is wrong with the script of a text, or `None`."""
    expected = SCRIPTS.get(language)
    total = sum(counts.values())
    if expected is None or total < 4:
        return None
    main = max(counts, key=lambda script: counts[script])
    if language == "zh" and counts.get("kana", 0) > 0.2 * total and counts["kana"] >= 6:
        return "written in Japanese, expected Chinese"
    if language == "ja" and counts.get("han", 0) >= 30 and "kana" not in counts:
        return "has no kana, expected Japanese"
    if sum(counts.get(script, 0) for script in expected) >= FEW * total or main in expected:
        return None
    # Names stay in Latin letters in any language; a sentence has words in small letters.
    if main in ("latin", "cyrillic") and len(_SMALL_WORD.findall(text)) < 4:
        return None
    return f"written in {main.capitalize()} letters, expected {_NAMES.get(language, language)}"


def _has_words(text: str, total: int) -> bool:
    """Return whether enough of a text is in small letters; a list of names is in no language."""
    if len(_SPACED.findall(text)) < 4:
        return True
    small = sum(len(word) for word in _SMALL_WORD.findall(text))
    return "latin" not in letters(text) or small >= 0.3 * total


def _identified(text: str, expected: str) -> str | None:
    """Return the language that a text is surely in, if that is another than the expected one and not near it."""
    if function_word_lead(text, expected) >= PLAINLY:
        return None  # saves loading the model, which takes half a second
    ranking = _identifier().rank(text.lower() if text.isupper() else text)
    best, confidence = ranking[0]
    chance = dict(ranking).get(expected)
    if chance is None or near(best, expected) or confidence < SURE or chance > UNLIKELY:
        return None
    return str(best)


@cache
def _identifier() -> LanguageIdentifier:
    """Return an identifier of our own, as restricting the module's shared one would change it for everybody."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([language for language in identifier.labels if language in SCRIPTS])
    return identifier
