"""`fit`: a table of human scores in, a model folder out, if it beats the shipped model on rows that it has not seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scorer import __version__, adaptation, assets, combine, fit_rows, fitting, heads, model_folder
from scorer.adaptation import Parts, Rated, Unit
from scorer.api import Progress, silent
from scorer.combine import Available, Preset, Recipe
from scorer.errors import InputError, UsageError
from scorer.fit_check import Figure, beats, figures
from scorer.fit_rows import MINIMUM_ROWS, MINIMUM_SOURCES, Judgments, Scale
from scorer.fitting import Floats
from scorer.heads import Heads
from scorer.printable import printable
from scorer.registry import nearest
from scorer.types import Languages

What = Literal["calibration", "heads"]
MODES: tuple[Available, ...] = ("source", "reference", "both")
UNIT = "MQM points per 100 words"


@dataclass(frozen=True, slots=True)
class Options:
    """What a user can choose.

    Attributes:
        human: The column of human scores.
        scale: "mqm" (penalty points of a segment), "0-100" (a quality) or "da" (any range, higher is better).
        what: "calibration" for recipes, "heads" for the learned metric's output layer too.
        preset: Whose recipes to fit.
        modes: To hold hypotheses against; empty for those that the rows are in.
        languages: Of rows that do not name their own; `None` to detect them.
        n_folds: Of the cross-validation.
        n_resamples: Of the bootstrap.
        force: Whether to write what does not beat the shipped model.
    """

    scale: Scale
    human: str = "score"
    what: What = "calibration"
    preset: Preset = "standard"
    modes: tuple[Available, ...] = ()
    languages: Languages | None = None
    n_folds: int = 5
    n_resamples: int = 1000
    seed: int = 12345
    force: bool = False

    def __post_init__(self) -> None:
        """Check what the types cannot say.

        Raises:
            UsageError: A value is impossible.
        """
        choices: dict[str, Sequence[str]] = {
            "scale": fit_rows.SCALES,
            "what": ("calibration", "heads"),
            "preset": ("standard", "fast"),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise UsageError(f"{name} cannot be {getattr(self, name)!r}; choose from {', '.join(known)}")
        for mode in self.modes:
            if mode not in MODES:
                raise UsageError(f"there is no mode {mode!r}{nearest(mode, MODES)}; choose from {', '.join(MODES)}")
        if not 2 <= self.n_folds <= MINIMUM_SOURCES:
            raise UsageError(f"{self.n_folds} folds are not possible; name 2 to {MINIMUM_SOURCES}")
        if self.seed < 0:
            raise UsageError(f"the seed is {self.seed}; it must be 0 or more")
        if self.n_resamples < 1:
            raise UsageError(f"{self.n_resamples} resamples make no interval; name 1 or more")


@dataclass(frozen=True, slots=True)
class Fitted:
    """One recipe, fitted to all rows of its mode, with what the check says of recipes made likewise.

    Attributes:
        way: Of `adaptation.WAYS`.
        n_rows: Rows that it was fitted to and checked on.
        n_undefined: Rows left out, as one of its metrics is undefined there.
        n_sources: Different sources among the rows.
        unit: Of errors in `figures`.
        is_better: Whether it beats the shipped recipe.
        heads: Weights of the learned metric's last layer, accuracy and fluency, if they were fitted too.
    """

    name: str
    way: str
    parts: Parts
    n_rows: int
    n_undefined: int
    n_sources: int
    unit: Unit
    figures: tuple[Figure, ...]
    is_better: bool
    heads: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """The outcome: what was fitted, and what is worth keeping."""

    options: Options
    judgments: Judgments
    fitted: tuple[Fitted, ...]
    notes: tuple[str, ...]

    @property
    def kept(self) -> tuple[Fitted, ...]:
        """Return the recipes that a model is made of: those that are better, or all if that was asked for."""
        return tuple(each for each in self.fitted if each.is_better or self.options.force)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {
            "format": 1,
            "tool": {"name": "scorer", "version": __version__},
            "command": "fit",
            "input": {"name": self.judgments.name, "sha256": self.judgments.sha256, "rows": self.judgments.n_rows},
            "human": self.options.human,
            "scale": self.options.scale,
            "what": self.options.what,
            "seed": self.options.seed,
            "folds": self.options.n_folds,
            "resamples": self.options.n_resamples,
            "left_out": dict(self.judgments.left_out),
            "languages": dict(self.judgments.languages),
            "recipes": [_described(each, kept=each in self.kept) for each in self.fitted],
            "notes": list(self.notes),
        }


def _described(fitted: Fitted, *, kept: bool) -> dict[str, Any]:
    return {
        "name": fitted.name,
        "way": fitted.way,
        "rows": fitted.n_rows,
        "sources": fitted.n_sources,
        "unit": fitted.unit,
        "beats_shipped": fitted.is_better,
        "kept": kept,
        "figures": {
            figure.name: {
                which: dict(zip(("value", "low", "high"), getattr(figure, which), strict=True))
                for which in ("shipped", "fitted", "difference")
            }
            for figure in fitted.figures
        },
    }


def fit(path: str, options: Options, progress: Progress = silent) -> Fit:
    """Return recipes fitted to a table's human scores, each checked against the shipped one.

    Args:
        path: A table in any format of rows; `-` is JSON lines on standard input.
        options: What to fit and how.
        progress: Called with a stage, how much of it is done, and how much there is.

    Raises:
        UsageError: A column or option is not there.
        InputError: A row cannot be used, or too few can.
        ModelError: The shipped model is damaged.
    """
    judgments = fit_rows.read(path, options.human, options.scale, options.languages)
    modes = options.modes or tuple(fit_rows.modes_of(judgments.rows))
    if options.what == "heads" and len(modes) > 1:
        raise UsageError(
            f"heads are fitted to one mode at a time, and there are {', '.join(modes)}; name one with --modes"
        )
    fitted: list[Fitted] = []
    notes = list(judgments.notes)
    for mode in modes:
        rows = fit_rows.of_mode(judgments.rows, mode)
        if (reason := _too_few(len(rows))) is not None:
            notes.append(f"{options.preset}/{mode} is not fitted: {reason}")
            continue
        known = combine.recipe(options.preset, mode)
        rated, used = fit_rows.rated(rows, options.scale, known, options.preset, progress)
        if (reason := _too_few(len(rated), len(set(rated.item.tolist())))) is not None:
            notes.append(f"{known.name} is not fitted: {reason}")
            continue
        reads = heads.heads_of(used, known) if options.what == "heads" else None
        fitted.append(_fitted(known, rated, len(rows) - len(used), reads, options, progress))
    if not fitted:
        raise InputError(_nothing_fitted(judgments, notes))
    return Fit(options, judgments, tuple(fitted), tuple(notes))


def _too_few(n_rows: int, n_sources: int = MINIMUM_SOURCES) -> str | None:
    if n_rows < MINIMUM_ROWS:
        return f"{n_rows} usable rows, at least {MINIMUM_ROWS}"
    return f"{n_sources} different sources, at least {MINIMUM_SOURCES}" if n_sources < MINIMUM_SOURCES else None


def _nothing_fitted(judgments: Judgments, notes: Sequence[str]) -> str:
    left = ", ".join(f"{reason}: {n}" for reason, n in judgments.left_out.items())
    return f"{judgments.name}: too little to fit to: {'; '.join(notes)}" + (f" (rows left out: {left})" if left else "")


def _fitted(
    known: Recipe, rated: Rated, n_undefined: int, reads: Heads | None, options: Options, progress: Progress
) -> Fitted:
    progress(f"check {known.name}", 0, 1)
    shipped = adaptation.judged((known.adequacy, known.fluency), rated)
    weights = None
    if reads is None:
        unseen = adaptation.held_out(known, rated, options.n_folds, options.seed)
        way, parts = adaptation.best(known, rated, options.n_folds, options.seed)
    else:
        unseen = heads.held_out(known, rated, reads, options.n_folds, options.seed)
        own, way, parts = heads.best(known, rated, reads, options.n_folds, options.seed)
        weights = own.weights
    found = figures(rated, shipped, unseen, n_resamples=options.n_resamples, seed=options.seed)
    progress(f"check {known.name}", 1, 1)
    n_sources = len(set(rated.item.tolist()))
    return Fitted(known.name, way, parts, len(rated), n_undefined, n_sources, rated.unit, found, beats(found), weights)


def write(folder: Path, outcome: Fit, card: str) -> assets.Model:
    """Write the recipes that are kept as a model, with its card (`scorer.fit_card` writes one).

    Raises:
        InputError: None is kept, or the folder cannot be written.
        UsageError: The folder is more than a model.
    """
    if not outcome.kept:
        raise InputError(not_better(outcome))
    recipes = {
        each.name: {"adequacy": fitting.as_json(each.parts[0]), "fluency": fitting.as_json(each.parts[1])}
        for each in outcome.kept
    }
    content = json.dumps({"version": 1, "unit": UNIT, "recipes": recipes}, indent=1) + "\n"
    files = {assets.RECIPES: content.encode(), assets.CARD: card.encode()}
    for weights in (each.heads for each in outcome.kept if each.heads is not None):
        files[assets.NETWORK] = heads.network_with(weights)  # of one mode: `fit` refuses more
    return model_folder.write(folder, files)


def not_better(outcome: Fit) -> str:
    """Return the sentence on recipes that do not beat the shipped ones."""
    names = ", ".join(each.name for each in outcome.fitted if not each.is_better)
    if outcome.options.force:
        return f"{names} is not shown to beat the shipped recipe in cross-validation; written because of --force"
    return (
        f"fitted to {printable(outcome.judgments.name)}, {names} is not shown to beat the shipped recipe in "
        "cross-validation, and so is not written; more rows may show it, and --force writes it all the same"
    )
