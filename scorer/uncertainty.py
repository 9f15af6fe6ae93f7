"""How far people's judgment may lie from ours: of one segment, and of which of two systems is better.

Everything is read from `models/uncertainty.json`, which `benchmarks/calibrate.py` fits to judgments that the recipes
were not fitted to; docs/calibration.md says how, and how often it held. There is an entry for each recipe that was
measured; for others nothing is claimed.

Sources: conformalised quantile regression (Romano et al. 2019) for the intervals; Kocmi et al. 2024, "Navigating the
Metrics Maze", for agreement as the meaning of a difference.
"""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from scorer import assets
from scorer.errors import ModelError
from scorer.types import Languages, Segment

Floats = npt.NDArray[np.float64]
Knots = tuple[tuple[float, float], ...]
Seen = Literal["trained", "related", "unseen"]

FILE = "uncertainty.json"
VERSION = 1
ANY = "*"
# People take at most 25 points off a segment (a non-translation); an expectation beyond that is our own count.
CAP = 25.0
# Words of an ordinary segment, and of the longest that judgments tell of.
LENGTH, LONGEST = 20.0, 100.0


@dataclass(frozen=True, slots=True)
class Curves:
    """Both ends of the 80% interval over expected points.

    Attributes:
        low: Knots of the lower end.
        high: Knots of the upper end of a segment of `LENGTH` words.
        words: Power of a segment's words over `LENGTH` by which its upper end is larger.
        factors: How much more severely a language pair is judged, and any pair (`*`).
    """

    low: Knots
    high: Knots
    words: float
    factors: Mapping[str, float]

    def ends(self, points: Floats, n_words: Floats, factor: float, widening: float) -> tuple[Floats, Floats]:
        """Return both ends, shape (n,) each, of segments, shape (n,); the expectation is never outside.

        A factor below 1 lowers both ends; one above 1 raises the upper only, since some judge mildly everywhere.
        """
        low, high = self.plain(points, n_words)
        low, high = low * min(1.0, factor) / widening, high * factor * widening
        return np.minimum(low, points), np.maximum(high.clip(0, CAP), points)

    def plain(self, points: Floats, n_words: Floats) -> tuple[Floats, Floats]:
        """Return both curves for segments, shape (n,) each; constant beyond the first and the last knot."""
        return _bend(points, self.low), _bend(points, self.high) * (n_words.clip(1, LONGEST) / LENGTH) ** self.words


def _bend(points: Floats, knots: Knots) -> Floats:
    xs, ys = (np.array(column, dtype=np.float64) for column in zip(*knots, strict=True))
    bent: Floats = np.interp(points, xs, ys)
    return bent


@dataclass(frozen=True, slots=True)
class Agreement:
    """The chance that people put two systems in our order, over the difference in quality and the number of segments.

    It is 1/2 for no difference and grows to `ceiling` as a normal distribution does. Nothing is claimed beyond the
    largest difference and number of segments that were measured, nor below the smallest number.

    Attributes:
        per_system: Spread in points of quality that stays however many segments there are.
        per_segment: Spread of one segment, which n segments divide by the root of n.
        ceiling: Share that no difference exceeds.
        largest_difference: In points of quality.
        n_segments: Smallest and largest number.
    """

    per_system: float
    per_segment: float
    ceiling: float
    largest_difference: float
    n_segments: tuple[int, int]

    def share(self, differences: Floats, n_segments: Floats) -> Floats:
        """Return the chance for each difference, shape (n,); numbers of segments stay in the measured range."""
        spread = np.sqrt(self.per_system**2 + self.per_segment**2 / n_segments.clip(*self.n_segments))
        reach = np.abs(differences).clip(0, self.largest_difference) / spread
        certain = np.array([math.erf(each / math.sqrt(2)) for each in reach.tolist()])
        return 0.5 + (self.ceiling - 0.5) * certain


@dataclass(frozen=True, slots=True)
class Table:
    """The content of `models/uncertainty.json`.

    Attributes:
        curves: By the recipe's name.
        widening: By the recipe's name, and by how well the languages are known: how much wider the interval is.
        agreement: By the recipe's name.
        trained: Language pairs with expert judgments that were learned from.
        languages: All languages that anything was learned from.
    """

    curves: Mapping[str, Curves]
    widening: Mapping[str, Mapping[Seen, float]]
    agreement: Mapping[str, Agreement]
    trained: frozenset[str]
    languages: frozenset[str]


def table() -> Table:
    """Return the shipped table.

    Raises:
        ModelError: The file is missing or damaged, or of a newer version.
    """
    return _parsed(assets.read(FILE))


@functools.cache  # by content, so that two models in one process keep apart
def _parsed(content: bytes) -> Table:
    loaded = json.loads(content)
    if loaded["version"] != VERSION:
        raise ModelError(
            f"models/{FILE} has version {loaded['version']}, this scorer reads {VERSION}; upgrade mt-scorer"
        )
    intervals, agreements = loaded["intervals"].items(), loaded["agreement"].items()
    return Table(
        {
            name: Curves(_knots(each["low"]), _knots(each["high"]), each["words"], each["factors"])
            for name, each in intervals
        },
        {name: each["widening"] for name, each in intervals},
        {name: _agreement(each) for name, each in agreements},
        frozenset(loaded["languages"]["trained"]),
        frozenset(loaded["languages"]["known"]),
    )


def _agreement(entry: dict[str, Any]) -> Agreement:
    smallest, largest = entry["n_segments"]
    return Agreement(**entry | {"n_segments": (smallest, largest)})


def _knots(pairs: Iterable[Sequence[float]]) -> Knots:
    return tuple((float(x), float(y)) for x, y in pairs)


def seen(languages: Languages, *, with_source: bool = True) -> Seen:
    """Return how well the languages of a translation are known.

    `trained`: expert judgments of this pair were learned from. `related`: both languages occur in what was learned
    from, the pair does not. `unseen`: one of them occurs nowhere, or cannot be told.

    Args:
        languages: Of source and hypothesis.
        with_source: Whether the source is read; where it is not, only the hypothesis' language counts.
    """
    if unknown(languages, with_source=with_source):
        return "unseen"
    pairs = table().trained
    known = str(languages) in pairs if with_source else languages.hypothesis in {pair.split("-")[1] for pair in pairs}
    return "trained" if known else "related"


def unknown(languages: Languages, *, with_source: bool = True) -> tuple[str, ...]:
    """Return the languages that nothing was learned from; `?` for one that cannot be told. Arguments as for `seen`."""
    needed = (languages.source, languages.hypothesis) if with_source else (languages.hypothesis,)
    return tuple(dict.fromkeys(each or "?" for each in needed if each not in table().languages))


def seen_in(segment: Segment) -> Seen:
    """Return how well the languages that a segment is read in are known."""
    return seen(segment.languages, with_source=segment.source is not None)


def notes(segments: Iterable[Segment]) -> tuple[str, ...]:
    """Return a note on segments in languages that nothing was learned from; none where there are none."""
    counts = Counter(unknown(each.languages, with_source=each.source is not None) for each in segments)
    return notes_on({names: n for names, n in counts.items() if names})


def notes_on(counts: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """Return the note on so many segments with such unknown languages."""
    if not counts:
        return ()
    names = dict.fromkeys("a language that cannot be told" if name == "?" else name for each in counts for name in each)
    n = sum(counts.values())
    rough = f"{n} segment{'s' * (n > 1)} with wider intervals and rough values"
    return (f"nothing was learned from {' or '.join(names)}: {rough}",)


def interval(
    points: float | None, n_words: float, recipe: str, languages: Languages, *, known: Seen
) -> tuple[float | None, float | None]:
    """Return the interval that a person's penalty of a segment lies in four times out of five, in points.

    Args:
        points: Expected by the recipe.
        n_words: Of the segment.
        recipe: Its name, as in `standard/both`.
        languages: Of the segment; a pair that was measured has its own severity.
        known: What `seen` says of them.

    Returns:
        Both ends, with the expectation between them; `None` twice where points are undefined or the recipe was not
        measured.
    """
    found = table().curves.get(recipe)
    if points is None or found is None:
        return None, None
    factor = found.factors.get(str(languages), found.factors[ANY])
    low, high = found.ends(np.array([points]), np.array([n_words]), factor, table().widening[recipe][known])
    return float(low[0]), float(high[0])


def agreement(difference: float | None, n_segments: int, recipe: str, *, known: Seen) -> float | None:
    """Return the expected share of people's judgments that would put two systems in the order of their quality.

    Args:
        difference: In points of quality, either way round.
        n_segments: That both systems have.
        recipe: Its name, as in `standard/both`.
        known: What `seen` says of the languages.

    Returns:
        From 0.5 to 1; `None` for fewer segments than were measured, an undefined difference, a recipe that was not
        measured and languages that are unseen.
    """
    found = table().agreement.get(recipe)
    if difference is None or found is None or known == "unseen" or n_segments < found.n_segments[0]:
        return None
    return float(found.share(np.array([difference]), np.array([float(n_segments)]))[0])
