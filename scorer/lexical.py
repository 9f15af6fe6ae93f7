"""Texts to vectors by their characters alone: the sentence encoder of the fast preset, which needs no model.

A text's vector is a sum of hashed features: character n-grams of its words, numbers without their separators, and the
punctuation that translations keep. Words of one language meet in n-grams; across languages names, numbers, loanwords
and question marks do. It follows feature hashing with signs (Weinberger et al. 2009). Hashes are CRC-32, so the same
text has the same vector everywhere and in any company.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scorer.composed import normalised

Vectors = npt.NDArray[np.float32]
Features = tuple[tuple[int, ...], tuple[float, ...]]

DIMENSION = 512
TEXTS_A_BATCH = 1024
# Words beyond this are read in pieces, so that one word cannot fill the memo.
_LONGEST_WORD = 40
_MEMO_SIZE = 1 << 17
# Scripts written without spaces: a character is a word there.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"(?P<number>\d{{1,{_LONGEST_WORD}}}(?:[.,'’]\d{{1,{_LONGEST_WORD}}})*)"
    rf"|(?P<sign>[{_UNSPACED}])"
    rf"|(?P<word>[^\W\d_{_UNSPACED}]{{1,{_LONGEST_WORD}}})"
    r"|(?P<mark>[?!:()\"%€$£¥#@&/])"
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』〝〞", '"'))
_NOT_DIGIT = re.compile(r"\D")
# How much one occurrence says about which sentence this is.
_NUMBER_WEIGHT, _NAME_WEIGHT, _WORD_WEIGHT, _SHORT_WEIGHT, _SIGN_WEIGHT, _MARK_WEIGHT = 2.0, 1.5, 1.0, 0.4, 0.5, 0.5


@dataclass
class LexicalEncoder:
    """An encoder of sentences without a model; a few seconds for 20,000 sentences on one core."""

    dimension: int = DIMENSION
    name: str = "lexical"
    _memo: dict[str, Features] = field(default_factory=dict, repr=False)

    def signature(self) -> str:
        """Return a name for the features, for metrics' signatures."""
        return f"lexical-{self.dimension}-v1"

    def sentences(self, texts: Sequence[str]) -> Vectors:
        """Return the texts' unit vectors, shape (n, dimension); zeros for a text without letters, digits or marks."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), TEXTS_A_BATCH):
            self._fill(vectors[start : start + TEXTS_A_BATCH], texts[start : start + TEXTS_A_BATCH])
        return vectors

    def _fill(self, rows: Vectors, texts: Sequence[str]) -> None:
        cells: list[npt.NDArray[np.int64]] = []
        values: list[npt.NDArray[np.float64]] = []
        for row, text in enumerate(texts):
            columns: list[int] = []
            weights: list[float] = []
            for (token, weight), count in token_counts(text).items():
                buckets, signs = self._features(token)
                scale = weight * (1 + math.log(count))
                columns += buckets
                weights += [scale * sign for sign in signs]
            cells.append(np.array(columns, np.int64) + row * self.dimension)
            values.append(np.array(weights, np.float64))
        flat = np.bincount(np.concatenate(cells), np.concatenate(values), rows.size)
        matrix = flat.reshape(rows.shape)
        norms = np.linalg.norm(matrix, axis=1, keepdims=True)
        np.divide(matrix, norms, out=rows, where=norms > 0, casting="same_kind")

    def _features(self, token: str) -> Features:
        known = self._memo.get(token)
        if known is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            known = self._memo[token] = hashed(ngrams(token), self.dimension)
        return known


def token_counts(text: str) -> Counter[tuple[str, float]]:
    """Return how often each token stands in a text, with what one occurrence weighs."""
    counts: Counter[tuple[str, float]] = Counter()
    previous = ""
    for match in _TOKEN.finditer(normalised(text, "NFKC").translate(_QUOTES)):
        kind, token = match.lastgroup, match[0]
        if kind == "number":
            counts[plain_digits(token), _NUMBER_WEIGHT] += 1
        elif kind == "sign":
            counts[token, _SIGN_WEIGHT] += 1
            counts[previous + token, _SIGN_WEIGHT] += bool(previous)
        elif kind == "word":
            counts[f" {token.casefold()} ", word_weight(token, first=not counts)] += 1
        else:
            counts[token, _MARK_WEIGHT] += 1
        previous = token if kind == "sign" else ""
    return +counts


def word_weight(word: str, *, first: bool) -> float:
    """Return what a word's occurrence weighs: more for a name, little for a word of up to three letters."""
    if word[0].isupper() and not first:
        return _NAME_WEIGHT
    return _WORD_WEIGHT if len(word) > 3 else _SHORT_WEIGHT


def plain_digits(number: str) -> str:
    """Return a number's digits in ASCII; separators go, as 1,000 and 1.000 may be the same."""
    return "".join(str(unicodedata.digit(digit)) for digit in _NOT_DIGIT.sub("", number))


def ngrams(token: str) -> list[str]:
    """Return a token's features: itself, and the 3- and 4-grams of a word, which stands between spaces."""
    grams = [token]
    if token[0] == " ":
        grams += [token[i : i + n] for n in (3, 4) for i in range(len(token) - n + 1)]
    return grams


def hashed(grams: Sequence[str], dimension: int) -> Features:
    """Return the features' buckets and signed weights, which make a vector of length 1 where none collide."""
    codes = [zlib.crc32(gram.encode("utf-8", "surrogatepass")) for gram in grams]
    size = 1 / math.sqrt(len(codes))
    return (
        tuple((code >> 1) % dimension for code in codes),
        tuple(size if code & 1 else -size for code in codes),
    )
