"""Agreement of metrics with people: per language pair and averaged, with intervals, paired tests and groups.

Intervals and tests are those of a paired bootstrap over items (sources): all translations of a source are drawn
together, the same draws serve all metrics (BOOT-INPUTS of Deutsch, Dror and Roth 2021), and systems stay as they are.
Nothing here depends on the order of rows.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scorer import correlation, pairwise, resampling
from scorer.correlation import Ints
from scorer.pairwise import Pairs
from scorer.resampling import Floats

# Names of the statistics, in the order of tables, and what tables call them.
STATISTICS = {
    "pearson": "Pearson",
    "spearman": "Spearman",
    "kendall": "Kendall",
    "accuracy": "acc*eq",
    "system_accuracy": "PA",
    "soft_accuracy": "SPA",
}
CORRELATIONS = {
    "pearson": correlation.pearson,
    "spearman": correlation.spearman,
    "kendall": correlation.kendall,
}
MINIMUM_ITEMS = 10

_EQUAL = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of one language pair, rows sorted by item and system; higher is better in all of them.

    Attributes:
        languages: Name of the language pair.
        item: Of each row, ascending from 0, shape (n,).
        system: Of each row, a place in `systems`, shape (n,); ascending within an item, each once.
        systems: Names; empty where rows name none: then `system` only counts an item's rows.
        human: Shape (n,), finite.
        metrics: By name, each of shape (n,), finite.
    """

    languages: str
    item: Ints
    system: Ints
    systems: tuple[str, ...]
    human: Floats
    metrics: Mapping[str, Floats]

    @property
    def n_items(self) -> int:
        """Return how many items there are."""
        return int(self.item[-1]) + 1 if len(self.item) else 0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to resample: draws of items, permutations for the soft accuracy, the share of draws in an interval."""

    seed: int = 12345
    n_resamples: int = 1000
    n_permutations: int = pairwise.N_PERMUTATIONS
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A statistic with its interval; all `None` where undefined, the ends also below `MINIMUM_ITEMS` items.

    Attributes:
        value: Correlations in [-1, 1], accuracies in [0, 1]; higher is better.
        low: Lower end of the interval.
        high: Upper end.
        group: From 1; a new one begins where every metric above is better than every metric below beyond chance.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class MetricAgreement:
    """One metric: its estimate by name of statistic, and its largest difference that counts as a tie."""

    name: str
    estimates: Mapping[str, Estimate]
    epsilon: float | None = None


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Two metrics on one statistic: `difference` is the first less the second; `p` is two-sided, in (0, 1]."""

    statistic: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class System:
    """One system's means over its rows; of metrics, higher is better whatever their own direction."""

    name: str
    n_rows: int
    human: float
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Level:
    """One language pair, or the average of all.

    Attributes:
        n_pairs: Pairs of translations of one source.
        n_system_pairs: Pairs of systems that share an item.
        notes: Why statistics are undefined.
    """

    languages: str
    n_rows: int
    n_items: int
    n_pairs: int
    n_system_pairs: int
    systems: tuple[System, ...]
    metrics: tuple[MetricAgreement, ...]
    tests: tuple[PairedTest, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One metric on one statistic: its value, and its values on resampled items; NaN where undefined."""

    value: float | None
    resampled: Floats


_Table = dict[str, dict[str, _Measured]]  # by metric and statistic


def evaluate(scores: Sequence[Scores], settings: Settings) -> tuple[tuple[Level, ...], Level | None]:
    """Return the agreement on each language pair, and averaged over them; no average of fewer than two.

    The average is that of the language pairs' values; it is undefined for a metric that is undefined on one of them.
    """
    tables = [_measured(each, settings) for each in scores]
    levels = tuple(
        _level(each, table, epsilons, settings) for each, (table, epsilons) in zip(scores, tables, strict=True)
    )
    if len(levels) < 2:
        return levels, None
    return levels, _average(levels, [table for table, _ in tables], settings)


def _measured(scores: Scores, settings: Settings) -> tuple[_Table, dict[str, float]]:
    """Return all statistics of all metrics, and their epsilons."""
    seed = _seed(settings.seed, scores.languages)
    few = pairwise.n_pairs_within(scores.item) <= pairwise.MAX_PAIRS
    pairs = pairwise.pairs_within(scores.item if few else scores.item[:0])
    table: _Table = {}
    epsilons: dict[str, float] = {}
    for name, metric in scores.metrics.items():
        statistics, epsilon = _statistics(scores, metric, pairs, seed, settings)
        if epsilon is not None:
            epsilons[name] = epsilon
        table[name] = _resampled(statistics, scores.n_items, seed, settings)
    return table, epsilons


def _seed(seed: int, name: str) -> int:
    """Return a language pair's own seed: draws of two pairs must not go together, whatever other pairs there are."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big")


_Statistic = tuple[float | None, Callable[[Floats], Floats]]


def _statistics(
    scores: Scores, metric: Floats, pairs: Pairs, seed: int, settings: Settings
) -> tuple[dict[str, _Statistic], float | None]:
    """Return each statistic's value and its function of counts, and the metric's epsilon."""
    found: dict[str, _Statistic] = {}
    for name, correlate in CORRELATIONS.items():
        correlated = correlate(scores.human, metric, scores.item, scores.n_items)
        found[name] = correlated.value, correlated.resampled
    calibrated = pairwise.calibrated_accuracy(scores.human, metric, pairs, scores.n_items)
    if calibrated is not None:
        found["accuracy"] = calibrated.accuracy.value, calibrated.accuracy.resampled
    if scores.systems and (both := pairwise.system_pairs(scores.human, metric, pairs, scores.system, scores.n_items)):
        found["system_accuracy"] = both.accuracy, both.resampled_accuracy
        found["soft_accuracy"] = both.soft_accuracy(seed, settings.n_permutations), both.resampled_soft_accuracy
    return found, calibrated.epsilon if calibrated else None


def _resampled(
    statistics: Mapping[str, _Statistic], n_items: int, seed: int, settings: Settings
) -> dict[str, _Measured]:
    parts: dict[str, list[Floats]] = {name: [] for name in statistics}
    if n_items >= MINIMUM_ITEMS:
        for counts in resampling.draws(n_items, settings.n_resamples, seed):
            for name, (_, resample) in statistics.items():
                parts[name].append(resample(counts))
    nothing = np.full(settings.n_resamples, np.nan)
    measured = {
        name: _Measured(statistics[name][0], np.concatenate(each) if each else nothing) for name, each in parts.items()
    }
    return {name: measured.get(name, _Measured(None, nothing)) for name in STATISTICS}


def _level(scores: Scores, table: _Table, epsilons: Mapping[str, float], settings: Settings) -> Level:
    n_pairs = pairwise.n_pairs_within(scores.item)
    return Level(
        scores.languages,
        len(scores.item),
        scores.n_items,
        n_pairs,
        _n_system_pairs(scores) if n_pairs <= pairwise.MAX_PAIRS else 0,
        _systems(scores),
        _metrics(table, epsilons, settings),
        tuple(_tests(table, settings)),
        tuple(_reasons(scores, table, n_pairs)),
    )


def _n_system_pairs(scores: Scores) -> int:
    pairs = pairwise.pairs_within(scores.item)
    if not scores.systems:
        return 0
    return len(np.unique(scores.system[pairs.first] * len(scores.systems) + scores.system[pairs.second]))


def _systems(scores: Scores) -> tuple[System, ...]:
    n_rows = np.bincount(scores.system, minlength=len(scores.systems))

    def means(column: Floats) -> list[float]:
        sums = np.bincount(scores.system, weights=column, minlength=len(scores.systems))
        return [float(each) for each in sums / n_rows]

    if not scores.systems:
        return ()
    human, metrics = means(scores.human), {name: means(column) for name, column in scores.metrics.items()}
    return tuple(
        System(name, int(n_rows[i]), human[i], {metric: column[i] for metric, column in metrics.items()})
        for i, name in enumerate(scores.systems)
    )


def _reasons(scores: Scores, table: _Table, n_pairs: int) -> Iterator[str]:
    """Yield why statistics are undefined on a language pair."""
    if len(scores.human) and scores.human.min() == scores.human.max():
        yield "all human scores are equal, so nothing correlates with them"
    for name, column in scores.metrics.items():
        if len(column) and column.min() == column.max():
            yield f"all scores of {name} are equal, so it correlates with nothing"
    if not n_pairs:
        yield "no source has two translations: accuracies of translations and of systems are undefined"
    elif n_pairs > pairwise.MAX_PAIRS:
        yield f"{n_pairs} pairs of translations are more than the {pairwise.MAX_PAIRS} that are compared"
    elif not scores.systems:
        yield "rows name no system: accuracies of systems are undefined"
    elif any(each["system_accuracy"].value is None for each in table.values()):
        yield "there are too many systems and sources for accuracies of systems"
    if scores.n_items < MINIMUM_ITEMS:
        yield f"too few sources for intervals and tests: {scores.n_items}, at least {MINIMUM_ITEMS}"


def _average(levels: Sequence[Level], tables: Sequence[_Table], settings: Settings) -> Level:
    """Return the average of language pairs; resampled averages draw in each pair on its own."""
    names = list(dict.fromkeys(name for table in tables for name in table))
    everywhere = [name for name in names if all(name in table for table in tables)]
    table = {name: {each: _mean([table[name][each] for table in tables]) for each in STATISTICS} for name in everywhere}
    absent = [name for name in names if name not in table]
    notes = [f"no average, for not there in all language pairs: {', '.join(absent)}"] if absent else []
    return Level(
        f"average of {len(levels)}",
        sum(level.n_rows for level in levels),
        sum(level.n_items for level in levels),
        sum(level.n_pairs for level in levels),
        sum(level.n_system_pairs for level in levels),
        (),
        _metrics(table, {}, settings),
        tuple(_tests(table, settings)),
        tuple(notes),
    )


def _mean(measured: Sequence[_Measured]) -> _Measured:
    values = [each.value for each in measured if each.value is not None]
    value = sum(values) / len(values) if len(values) == len(measured) else None
    return _Measured(value, np.mean([each.resampled for each in measured], axis=0))


def _metrics(table: _Table, epsilons: Mapping[str, float], settings: Settings) -> tuple[MetricAgreement, ...]:
    groups = {name: _groups({metric: table[metric][name] for metric in table}, settings) for name in STATISTICS}

    def estimate(metric: str, name: str) -> Estimate:
        measured = table[metric][name]
        low, high = _ends(measured, settings)
        return Estimate(measured.value, low, high, groups[name].get(metric))

    return tuple(
        MetricAgreement(metric, {name: estimate(metric, name) for name in STATISTICS}, epsilons.get(metric))
        for metric in table
    )


def _ends(measured: _Measured, settings: Settings) -> tuple[float, float] | tuple[None, None]:
    """Return the ends of the interval; `None` if more draws are undefined than may lie outside."""
    return (None, None) if measured.value is None else _interval(measured.resampled, settings)


def _interval(resampled: Floats, settings: Settings) -> tuple[float, float] | tuple[None, None]:
    defined = resampled[~np.isnan(resampled)]
    if not len(defined) or len(defined) < settings.confidence * len(resampled):
        return None, None
    low, high = np.quantile(defined, [(1 - settings.confidence) / 2, (1 + settings.confidence) / 2])
    return float(low), float(high)


def _groups(measured: Mapping[str, _Measured], settings: Settings) -> dict[str, int]:
    """Return the group of each metric that has a value and an interval."""
    values = {name: each.value for name, each in measured.items() if each.value is not None}
    ranked = sorted(values, key=lambda name: (-values[name], name))
    ranked = [name for name in ranked if _ends(measured[name], settings)[0] is not None]
    is_worse = np.zeros((len(ranked), len(ranked)), dtype=bool)
    for (i, above), (j, below) in itertools.combinations(enumerate(ranked), 2):
        low, _ = _interval(measured[above].resampled - measured[below].resampled, settings)
        is_worse[i, j] = low is not None and low > _EQUAL
    numbers = np.cumsum([is_worse[:i, i:].all() for i in range(len(ranked))])
    return dict(zip(ranked, numbers.tolist(), strict=True))


def _tests(table: _Table, settings: Settings) -> Iterator[PairedTest]:
    """Yield a test of every two metrics on every statistic that both have."""
    for statistic in STATISTICS:
        for first, second in itertools.combinations(table, 2):
            one, other = table[first][statistic], table[second][statistic]
            if one.value is None or other.value is None:
                continue
            differences = one.resampled - other.resampled
            low, high = _interval(differences, settings)
            if low is not None and high is not None:
                yield PairedTest(statistic, first, second, one.value - other.value, low, high, two_sided_p(differences))


def two_sided_p(differences: Floats) -> float:
    """Return how surely resampled differences lie on one side of zero, as a two-sided p in (0, 1].

    Twice the share of draws on the smaller side, zero on both, the real data counted as one more draw.
    """
    defined = differences[~np.isnan(differences)]
    least = min(int((defined >= -_EQUAL).sum()), int((defined <= _EQUAL).sum()))
    return min(1.0, 2 * (least + 1) / (len(defined) + 1))
