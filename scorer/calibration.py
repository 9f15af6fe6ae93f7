"""What an encoder's raw cosines mean: the values of unrelated texts and of faithful renderings, per language pair.

The table is `models/calibration.json`, made by `make recipe`: for each measure and original ("source" or "reference"),
the median of a translation paired with another segment's text, and that of one that people found faultless.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Literal

from scorer import assets
from scorer.types import Languages, Side

Measure = Literal["similarity", "precision", "recall"]
ANY = "*"


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low` to 0 and `high` to 100."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        """Return a raw value on the scale; not clipped, so that sums stay sums."""
        return 100 * (value - self.low) / (self.high - self.low)


RAW = Scale(0.0, 1.0)


@functools.cache
def table() -> dict[str, object]:
    """Return the shipped table."""
    loaded: dict[str, object] = json.loads(assets.read("calibration.json"))
    return loaded


def version(encoder_signature: str) -> str:
    """Return the table's version for an encoder it was made with, else `none`."""
    return str(table()["version"]) if table()["encoder"] == encoder_signature else "none"


def scale(measure: Measure, side: Side, languages: Languages, encoder_signature: str) -> Scale:
    """Return the scale of a language pair, or of all pairs together where it was not measured.

    A pair's name is `en-de` for a source, and the hypothesis' language for a reference. An encoder that the table was not
    made with has raw cosines, times 100.
    """
    return _scale(measure, side, languages, version(encoder_signature))


@functools.cache
def _scale(measure: Measure, side: Side, languages: Languages, known: str) -> Scale:
    if known == "none":
        return RAW
    scales = table()["scales"][side][measure]  # type: ignore[index]
    pair = str(languages) if side == "source" else str(languages.hypothesis)
    return Scale(*scales.get(pair, scales[ANY]))
