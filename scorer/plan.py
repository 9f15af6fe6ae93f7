"""What to run: the user's settings, and the metrics, checks and recipe that follow from them and from what is there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeGuard, cast

from scorer import assets, checks, combine, metrics
from scorer.assets import SHIPPED, Model
from scorer.checks import Check
from scorer.combine import Available, Preset, Recipe
from scorer.encoders import BUNDLED
from scorer.errors import UsageError
from scorer.types import Languages, Metric, Role, Segment

Align = Literal["auto", "lines", "document"]

# In the order in which a reader wants them; `overlap` is what must survive translation.
WITH_REFERENCE = ("chrf", "chrf++", "bleu", "ter", "similarity", "match_f1", "match_precision", "match_recall")
WITH_SOURCE = ("similarity_source", "match_f1_source", "match_precision_source", "match_recall_source")
ALWAYS = ("learned_accuracy", "learned_fluency", "overlap", "oddity")
NEED_REFERENCE = ("chrf", "chrf++", "bleu", "ter")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can choose.

    Attributes:
        preset: "standard", or "fast" for no neural model at all.
        metrics: Specs such as `chrf` or `bleu(lowercase=True)`; empty for those that fit what is there.
        role: "source", "reference" or "peers" says what A is; "auto" finds out.
        align: "auto", "lines" or "document".
        languages: Of A and B; `None` to detect them.
        encoder: `bundled`, a sentence-transformers folder, or a hub name.
        model: A folder that `scorer fit` made, or `shipped`; by default what `SCORER_MODEL` names, else `shipped`.
        n_resamples: Bootstrap resamples.
        confidence: Of intervals, between 0 and 1.
    """

    preset: Preset = "standard"
    metrics: tuple[str, ...] = ()
    role: Role | Literal["auto"] = "auto"
    align: Align = "auto"
    languages: Languages | None = None
    encoder: str = BUNDLED
    seed: int = 12345
    n_resamples: int = 1000
    confidence: float = 0.95
    batch_size: int = 256
    model: str = ""

    def __post_init__(self) -> None:
        """Check what the types cannot say.

        Raises:
            UsageError: A value is impossible.
        """
        choices = {
            "preset": ("standard", "fast"),
            "role": ("auto", "source", "reference", "peers"),
            "align": ("auto", "lines", "document"),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise UsageError(f"{name} cannot be {getattr(self, name)!r}; choose from {', '.join(known)}")
        if self.seed < 0:
            raise UsageError(f"the seed is {self.seed}; it must be 0 or more")
        if self.n_resamples < 1:
            raise UsageError(f"{self.n_resamples} resamples make no interval; name 1 or more")
        if not 0 < self.confidence < 1:
            raise UsageError(f"the confidence is {self.confidence}; it must lie between 0 and 1, as in 0.95")
        if self.batch_size < 1:
            raise UsageError(f"the batch size is {self.batch_size}; it must be 1 or more")


class Settled(Protocol):
    """A metric with settings that follow from the data, as BLEU's tokenizer follows from the language."""

    def settled(self, language: str | None, n_references: int | None) -> Metric:
        """Return the metric with them filled in."""
        ...


@dataclass(frozen=True)
class Plan:
    """What runs on every segment.

    Attributes:
        shown: Metrics for the report, in order.
        measured: Those and the ones that the recipe reads, each once, in the order in which they are measured.
        checks: By name.
        recipe: What turns scores into dimensions.
        skipped: Names of what was left out, with the reason.
        model: Where recipe and learned metrics come from: the user's, if it has a recipe for what is there.
        notes: What a reader of the report must know of the choice.
    """

    shown: tuple[Metric, ...]
    measured: tuple[Metric, ...]
    checks: dict[str, Check]
    recipe: Recipe
    skipped: tuple[tuple[str, str], ...]
    model: Model = SHIPPED
    notes: tuple[str, ...] = ()


def plan(
    settings: Settings,
    available: Available,
    language: str | None,
    n_references: int | None,
    *,
    specs: Sequence[str] | None = None,
) -> Plan:
    """Return what to run on segments that are alike in what they have besides the hypothesis.

    Args:
        settings: The user's.
        available: What hypotheses can be held against.
        language: Of the hypotheses.
        n_references: On every segment, for signatures; `None` where it varies.
        specs: Metrics to show where the user named none; those that fit what is there if it is `None`.
    """
    # The standard recipes read calibrated cosines, and only the bundled encoder's are.
    bundled = settings.preset == "standard" and settings.encoder == BUNDLED
    preset: Preset = "standard" if bundled else "fast"
    named = assets.model(settings.model)
    # A recipe belongs to the metrics that it was fitted on: where the model has none, all is as shipped.
    model = named if named != SHIPPED and combine.has_own(preset, available, named) else SHIPPED
    recipe = combine.recipe(preset, available, model)
    names = settings.metrics or (default_metrics(settings.preset, available) if specs is None else specs)
    shown = [_settle(create(spec, settings.encoder, model), language, n_references) for spec in names]
    _refuse_neural(shown, settings.preset)
    _refuse_twins(shown)
    known = {metric.name for metric in shown}
    hidden = [create(name, settings.encoder, model) for name in sorted(recipe.metrics - known)]
    measured = sorted((*shown, *(_settle(metric, language, n_references) for metric in hidden)), key=_reads_tokens_only)
    chosen, skipped_checks = _checks(settings.preset)
    skipped = [*_skipped_metrics(settings, available), *skipped_checks]
    notes = _notes(named, model, recipe)
    return Plan(tuple(shown), tuple(measured), chosen, recipe, tuple(skipped), model, notes)


def _notes(named: Model, used: Model, recipe: Recipe) -> tuple[str, ...]:
    """Return what a reader must know of a model that was named."""
    if named != used:
        return (f"the model was not fitted for {recipe.name}; the shipped one scored",)
    if used != SHIPPED and used.over != assets.shipped_digest():
        return ("the model was fitted over another version's shipped model; fit it again to be sure of its scores",)
    return ()


def number_of_references(segments: Sequence[Segment]) -> int | None:
    """Return how many references every segment has; `None` where it varies."""
    counts = {len(segment.references) for segment in segments}
    return counts.pop() if len(counts) == 1 else None


def what_is_there(segments: Sequence[Segment]) -> Available:
    """Return what hypotheses can be held against."""
    source = any(segment.source is not None for segment in segments)
    reference = any(segment.references for segment in segments)
    if source and reference:
        return "both"
    return "source" if source else "reference"


def default_metrics(preset: Preset, available: Available) -> tuple[str, ...]:
    """Return the metrics that fit what is there."""
    names = (
        *(WITH_REFERENCE if available != "source" else ()),
        *(WITH_SOURCE if available != "reference" else ()),
        *ALWAYS,
    )
    return tuple(name for name in names if preset == "standard" or not needs_encoder(metrics.registry.factory(name)))


def needs_encoder(metric: object) -> bool:
    """Return whether a metric or its factory runs a neural model."""
    return bool(getattr(getattr(metric, "func", metric), "needs_encoder", False))


def create(spec: str, encoder: str, model: Model = SHIPPED) -> Metric:
    """Return a metric; one that runs an encoder or a model runs the chosen one, unless the spec names its own."""
    metric = metrics.registry.create(spec)
    if model != SHIPPED and isinstance(getattr(metric, "model", None), Model):
        metric = dataclasses.replace(metric, model=model)  # type: ignore[type-var]
    if needs_encoder(metric) and encoder != BUNDLED and getattr(metric, "encoder", encoder) == BUNDLED:
        return dataclasses.replace(metric, encoder=encoder)  # type: ignore[type-var]
    return metric


def _reads_tokens_only(metric: Metric) -> bool:
    """Return whether a metric comes after those that read whole sentences: these have a text encoded once for all."""
    return not getattr(metric, "needs_sentences", False)


def _settle(metric: Metric, language: str | None, n_references: int | None) -> Metric:
    return metric.settled(language, n_references) if _depends_on_data(metric) else metric


def _depends_on_data(metric: object) -> TypeGuard[Settled]:
    return hasattr(metric, "settled")


def _refuse_neural(shown: Sequence[Metric], preset: Preset) -> None:
    for metric in shown:
        if preset == "fast" and needs_encoder(metric):
            raise UsageError(
                f"{metric.name} needs the neural encoder, which the fast preset leaves out; say --preset standard"
            )


def _refuse_twins(shown: Sequence[Metric]) -> None:
    seen: set[str] = set()
    for metric in shown:
        if metric.name in seen:
            raise UsageError(f"the metric {metric.name} is named twice; run it in two calls to compare its settings")
        seen.add(metric.name)


def _checks(preset: Preset) -> tuple[dict[str, Check], list[tuple[str, str]]]:
    names = checks.registry.names()
    left_out = sorted(checks.neural) if preset == "fast" else []
    # A check is what its registry makes others with: the function itself.
    chosen = {name: cast("Check", checks.registry.factory(name)) for name in names if name not in left_out}
    return chosen, [(name, "needs the neural encoder, which the fast preset leaves out") for name in left_out]


def _skipped_metrics(settings: Settings, available: Available) -> list[tuple[str, str]]:
    if settings.metrics:
        return []
    skipped = [(name, "needs a reference") for name in NEED_REFERENCE] if available == "source" else []
    if settings.preset == "fast":
        ran = default_metrics("fast", available)
        neural = [name for name in default_metrics("standard", available) if name not in ran]
        skipped += [(name, "needs the neural encoder, which the fast preset leaves out") for name in neural]
    return skipped
