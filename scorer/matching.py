"""Tokens of two texts matched softly: each with the most similar one of the other text."""

from __future__ import annotations

import numpy as np

from scorer.encoders import Vectors

# Rows of a similarity table computed at once; bounds memory for texts of many thousand tokens.
_ROWS = 1024


def best(left: Vectors, right: Vectors) -> tuple[Vectors, Vectors]:
    """Return each token's best cosine, shapes (n_left,) and (n_right,); both sides have tokens."""
    best_left = np.empty(len(left), np.float32)
    best_right = np.full(len(right), -1.0, np.float32)
    for start in range(0, len(left), _ROWS):
        cosines = left[start : start + _ROWS] @ right.T
        best_left[start : start + _ROWS] = cosines.max(axis=1)
        np.maximum(best_right, cosines.max(axis=0), out=best_right)
    return best_left, best_right
