"""What an encoder's raw cosines mean: the values of unrelated texts and of faithful renderings, per language pair.

The table is `models/calibration.json`, made by `make recipe`: for each measure and original ("source" or "reference"),
the median of translations paired with another segment's text, and the 90th percentile of those that people found
faultless; half of these are above about 90 on the scale.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Literal

from scorer import assets
from scorer.types import Languages, Side

Measure = Literal["similarity", "precision", "recall"]
GapIn = Literal["original", "hypothesis"]
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

    A pair's name is `en-de` for a source, and the hypothesis' language for a reference. An encoder that the table
    was not made with has raw cosines, times 100.
    """
    return _scale(measure, side, languages, version(encoder_signature))


@functools.cache
def _scale(measure: Measure, side: Side, languages: Languages, known: str) -> Scale:
    if known == "none":
        return RAW
    scales = table()["scales"][side]  # type: ignore[index]
    backwards: Measure = _BACKWARDS.get(measure, measure)
    return Scale(*_of_pair(scales[measure], scales[backwards], side, languages))


_BACKWARDS: dict[Measure, Measure] = {"precision": "recall", "recall": "precision"}


def _of_pair(
    by_pair: dict[str, list[float]], by_pair_backwards: dict[str, list[float]], side: Side, languages: Languages
) -> list[float]:
    """Return a language pair's entry, else that of the same pair in the other direction, else that of all."""
    if side == "reference":
        return by_pair.get(str(languages.hypothesis), by_pair[ANY])
    reverse = str(Languages(languages.hypothesis, languages.source))
    return by_pair.get(str(languages)) or by_pair_backwards.get(reverse) or by_pair[ANY]


@functools.cache
def gaps(text: GapIn, side: Side, languages: Languages) -> tuple[float, float]:
    """Return from which weight on a run of unmatched words is a minor and a major finding (`scorer.checks.unmatched`).

    A language pair that was not measured has what four in five of the measured ones stay below.
    """
    entries = table()["gaps"][side]  # type: ignore[index]
    minor, major = _of_pair(
        entries[text], entries["original" if text == "hypothesis" else "hypothesis"], side, languages
    )
    return minor, major
