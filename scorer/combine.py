"""Statistics and findings to expected error penalties, and from them adequacy, fluency and quality.

The unit is the point of the MQM scheme (Freitag et al. 2021): a minor error 1, a major one 5. A recipe, which is
data in `models/recipes.json`, turns a segment's metrics into expected points of accuracy and of fluency per 100
words. Points and words add up over segments, and every dimension is a function of their quotient:

    dimension = 100 · exp(-points per 100 words / 25)

so a text without an error has 100, one minor error in 38 words 90, one in 11 words (or a major one in 56) 70, a major
error in every 29 words 50. A paragraph scored whole has about the score of its sentences together
(benchmarks/results/paragraphs.md).
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from scorer import assets, words
from scorer.assets import SHIPPED, Model
from scorer.errors import ModelError
from scorer.printable import printable
from scorer.types import DimensionName, Finding, Segment, Severity, Stats

Preset = Literal["standard", "fast"]
Available = Literal["source", "reference", "both"]
Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])

# Of all recipes: by preset, and by what hypotheses can be held against.
NAMES: tuple[tuple[Preset, Available], ...] = (
    ("standard", "source"),
    ("standard", "reference"),
    ("standard", "both"),
    ("fast", "source"),
    ("fast", "reference"),
    ("fast", "both"),
)

PER_WORDS = 100
# A major error in every 17 words takes two thirds of the scale.
SCALE = 25.0
POINTS: Mapping[Severity, float] = {"minor": 1.0, "major": 5.0, "critical": 10.0}
# A critical finding leaves its segment at most 20 of 100 in its dimension, however long the segment is.
CRITICAL_RATE = 40.0
# The power in which expected and found points are added: 1 for their sum, infinity for the larger one.
OVERLAP = 3
# Metrics of single words are shaky in a short text: in one of so many words they count half, in a label hardly at all.
HALF_HEARD = 10
OF_WORDS = frozenset({"learned_accuracy", "learned_fluency", "oddity"})
# Text that has no counterpart at all: nearly nothing is left (2 of 100).
MISSING_RATE = 100.0


@dataclass(frozen=True, slots=True)
class Term:
    """One metric's part in a prediction: its segment score, bent by `knots` and weighted."""

    metric: str
    knots: tuple[tuple[float, float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Expected points per 100 words: the terms' sum, bent by `knots`."""

    terms: tuple[Term, ...]
    bias: float
    knots: tuple[tuple[float, float], ...]

    def __call__(self, scores: Mapping[str, float | None]) -> float | None:
        """Return the expected points per 100 words; `None` as soon as one of the metrics is undefined."""
        total = self.bias
        for term in self.terms:
            score = scores.get(term.metric)
            if score is None:
                return None
            total += term.weight * bend(score, term.knots)
        return bend(total, self.knots)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How metrics become expected penalties, fitted to human judgments; a value read from `models/`."""

    name: str
    adequacy: Prediction
    fluency: Prediction
    sha256: str

    @property
    def metrics(self) -> frozenset[str]:
        """Return the names of the metrics that it reads."""
        return frozenset(term.metric for part in (self.adequacy, self.fluency) for term in part.terms)

    def signature(self) -> str:
        """Return `recipe:standard/both|sha256:...|v:5`."""
        return f"recipe:{self.name}|sha256:{self.sha256[:8]}|v:5"


@dataclass(frozen=True, slots=True)
class Penalty:
    """A segment's expected points; `None` where a dimension is undefined.

    Attributes:
        accuracy: Points of accuracy, over `n_words`.
        fluency: Points of fluency, over `n_words_read`.
        n_words: The segment's `length`.
        n_words_read: The same, but 0 where the hypothesis is blank: what is not there reads neither well nor badly.
    """

    accuracy: float | None
    fluency: float | None
    n_words: float
    n_words_read: float

    def row(self, dimension: DimensionName) -> Stats | None:
        """Return (points, words) for a dimension, or `None`."""
        if dimension == "adequacy":
            points = self.accuracy
        elif dimension == "fluency":
            points = self.fluency
        else:
            points = None if self.accuracy is None or self.fluency is None else self.accuracy + self.fluency
        if points is None:
            return None
        return points, self.n_words_read if dimension == "fluency" else self.n_words


def recipe(preset: Preset, available: Available, model: Model = SHIPPED) -> Recipe:
    """Return a model's recipe for what is there to compare with, the shipped one where the model has none for it.

    Raises:
        ModelError: `models/` lacks it, or the model's recipes cannot be used.
    """
    name = f"{preset}/{available}"
    found = _recipes(model).get(name) or _recipes(SHIPPED).get(name)
    if found is None:
        raise ModelError(f"models/recipes.json has no recipe {name!r}; reinstall mt-scorer")
    return found


def has_own(preset: Preset, available: Available, model: Model) -> bool:
    """Return whether a model brings a recipe of its own for what is there to compare with."""
    return assets.RECIPES in dict(model.files) and f"{preset}/{available}" in _recipes(model)


@functools.lru_cache(maxsize=16)
def _recipes(model: Model) -> Mapping[str, Recipe]:
    import hashlib

    content = assets.read(assets.RECIPES, model)
    digest = hashlib.sha256(content).hexdigest()
    try:
        return {
            name: Recipe(name, _prediction(parts["adequacy"]), _prediction(parts["fluency"]), digest)
            for name, parts in json.loads(content)["recipes"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        where = printable(model.folder) or "models"
        raise ModelError(f"{where}/{assets.RECIPES} holds no recipes that can be used ({error!r})") from error


def _prediction(part: Mapping[str, Any]) -> Prediction:
    terms = tuple(Term(str(term["metric"]), _knots(term["knots"]), _finite(term["weight"])) for term in part["terms"])
    return Prediction(terms, _finite(part["bias"]), _knots(part["knots"]))


def _knots(pairs: Iterable[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    knots = tuple((_finite(x), _finite(y)) for x, y in pairs)
    if not knots or any(here[0] >= after[0] for here, after in itertools.pairwise(knots)):
        raise ValueError("the knots of a curve must rise")
    return knots


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    return float(value)


def bend(value: float, knots: Sequence[tuple[float, float]]) -> float:
    """Return the value on the line through the knots; constant beyond the first and the last."""
    xs, ys = zip(*knots, strict=True)
    return float(np.interp(value, xs, ys))


def steadied(metric: str, score: Numbers, n_words: Numbers) -> Numbers:
    """Return a segment's score as recipes read it; scores and the hypothesis's words may be arrays, shape (n,).

    What is said of one word is unsure, and a mean over three strays farther than one over thirty, in a sound "She lost
    her keys." too; of a button's one word the network knows nothing (docs/decisions/0019-labels.md).
    """
    return score * n_words**2 / (n_words**2 + HALF_HEARD**2) if metric in OF_WORDS else score


def penalty(
    segment: Segment, scores: Mapping[str, float | None], findings: Sequence[Finding], recipe: Recipe
) -> Penalty:
    """Return a segment's expected points.

    What the recipe expects is a minimum, and so is what was found (`together`): a critical finding cannot leave a
    dimension high.
    A hypothesis that is its reference, word for word, keeps all of its meaning: there is nothing to expect.

    Args:
        segment: The segment.
        scores: Its scores, by metric.
        findings: What the checks found in it.
        recipe: What turns scores into points.
    """
    original = segment.original
    n_words = length(segment)
    own = float(words.count(segment.hypothesis))
    is_there = own > 0
    scores = {name: None if score is None else steadied(name, score, own) for name, score in scores.items()}
    n_read = n_words if is_there else 0.0
    fluency = _points(recipe.fluency(scores), _of(findings, "fluency"), n_read) if is_there else 0.0
    if segment.absent == "source":  # a key that only the translation has: clutter, and no meaning changed
        return Penalty(_points(0.0, _of(findings, "adequacy"), n_words), fluency, n_words, n_read)
    if original is not None and bool(original.text.strip()) != is_there:
        return Penalty(MISSING_RATE * n_words / PER_WORDS, fluency, n_words, n_read)
    is_reference = is_there and segment.hypothesis.strip() in {reference.strip() for reference in segment.references}
    expected = 0.0 if is_reference else recipe.adequacy(scores)
    accuracy = _points(expected, _of(findings, "adequacy"), n_words)
    return Penalty(accuracy, fluency, n_words, n_read)


def length(segment: Segment) -> float:
    """Return the words that a segment's points are counted over, 0 without any.

    The mean of the hypothesis and of what it is held against: its references, else its source. Over its own words alone
    the longer of two translations would have more points for its length (docs/decisions/0010-length.md). Where one side
    is blank the other one counts.
    """
    own = words.count(segment.hypothesis)
    others = [n for n in map(words.count, segment.references) if n] or [words.count(segment.source or "")]
    other = sum(others) / len(others)
    return (own + other) / 2 if own and other else own or other


def _of(findings: Sequence[Finding], dimension: DimensionName) -> list[Finding]:
    """Return a dimension's findings but for those of the learned metric, whose cost is expected already."""
    return [finding for finding in findings if finding.dimension == dimension and not finding.suspected]


def _points(rate: float | None, findings: Sequence[Finding], n_words: float) -> float | None:
    if rate is None:
        return None
    found, least = _demanded(findings, n_words)
    expected = max(0.0, rate * n_words / PER_WORDS)
    return max(together(expected, found) if expected and found else expected or found, least)


def demands(findings: Sequence[Finding], n_words: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return, of accuracy and of fluency, the points that findings cost and the least that critical ones leave."""
    return _demanded(_of(findings, "adequacy"), n_words), _demanded(_of(findings, "fluency"), n_words)


def _demanded(findings: Sequence[Finding], n_words: float) -> tuple[float, float]:
    is_critical = any(finding.severity == "critical" for finding in findings)
    found = math.fsum(POINTS[finding.severity] for finding in findings)
    return found, CRITICAL_RATE * n_words / PER_WORDS if is_critical else 0.0


def together(expected: Numbers, found: Numbers) -> Numbers:
    """Return the points of which a recipe expects some and checks found some; numbers, or arrays of shape (n,).

    More than either, and less than their sum, as some of what was found was expected: a norm of both. With the third
    power it is about the larger one, which fits people's points best, and yet every finding lowers a score
    (docs/decisions/0015-findings.md).
    """
    points: Numbers = (expected**OVERLAP + found**OVERLAP) ** (1 / OVERLAP)
    return points


class Dimension:
    """Finishes (points, words) as a metric finishes its statistics."""

    def finish(self, stats: Stats) -> float | None:
        """Return 0 to 100, higher is better; `None` without a word."""
        points, n_words = stats
        return 100 * math.exp(-PER_WORDS * points / n_words / SCALE) if n_words else None

    def finish_many(self, stats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return `finish` of each row, shape (m,); NaN where it is undefined."""
        rates = np.divide(stats[:, 0], stats[:, 1], out=np.full(len(stats), np.nan), where=stats[:, 1] > 0)
        return np.asarray(100 * np.exp(-PER_WORDS * rates / SCALE))


DIMENSION = Dimension()
