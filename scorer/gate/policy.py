"""The gate's policy: what is judged, and the limits, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scorer.errors import UsageError
from scorer.gate import patterns
from scorer.languages import same_language
from scorer.printable import printable

Limits = Mapping[str, float]
NO_RULE = (
    "a gate without a rule passes everything; write one such as minimum = {quality = 80}, or let scorer gate --init "
    "write a policy"
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits for one translated file. Exactly at a limit passes.

    Attributes:
        minimum: Least value of a dimension, or of a metric where higher is better, over all segments.
        maximum: Largest value of a metric where lower is better.
        worst_segment: Least value of a dimension or metric in any one segment.
        findings: Most findings by severity (`major`), check (`number`) or both (`"number major"`); suspicions count
            only where the check `learned` is named.
        coverage: Least share of segments whose quality could be scored, 0 to 1.
        max_drop: Most that a dimension or metric may get worse over the segments that the baseline knows.
        max_segment_drop: Most that a dimension or metric may get worse in any one segment that the baseline knows.
        new_findings: Most findings, by the keys of `findings`, that segments have and had not in the baseline.
        confidence: From which a drop counts as more than chance, between 0 and 1.
        on_undecided: What a drop does that this set is too small to tell from chance.
    """

    minimum: Limits = field(default_factory=dict)
    maximum: Limits = field(default_factory=dict)
    worst_segment: Limits = field(default_factory=dict)
    findings: Limits = field(default_factory=dict)
    coverage: float = 0.95
    max_drop: Limits = field(default_factory=dict)
    max_segment_drop: Limits = field(default_factory=dict)
    new_findings: Limits = field(default_factory=lambda: {"critical": 0.0})
    confidence: float = 0.95
    on_undecided: Literal["pass", "fail"] = "pass"


# What alone judges nothing: how drops are read.
_MANNERS = ("confidence", "on_undecided")


@dataclass(frozen=True, slots=True)
class PairSpec:
    """A translated file, or a pattern of them, and what it is held against; paths are relative to the policy's folder.

    Attributes:
        hypothesis: The translated file, or a pattern.
        source: Its source, which may hold `{language}` and `{name}`; "" for none.
        references: Its references, files or patterns.
        languages: Of source and hypothesis, as in `en-de`; "" to take them from the path, or to detect them.
        rules: The pair's own, by the names of `Rules`; they win over the policy's, key by key.
    """

    hypothesis: str
    source: str = ""
    references: tuple[str, ...] = ()
    languages: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
    """Rules for a language, for files, or for both together.

    Attributes:
        language: Base code of the hypothesis' language, as in `pt`; "" for any.
        path: A pattern of the translated files' names; "" for any.
        rules: By the names of `Rules`.
    """

    language: str
    path: str
    rules: Mapping[str, Any]

    def matches(self, path: str, language: str | None) -> bool:
        """Return whether the rules hold for a file; an unknown language is like none."""
        return (not self.language or same_language(self.language, language)) and (
            not self.path or patterns.whole(self.path).fullmatch(path) is not None
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What is judged, and by which rules.

    Attributes:
        rules: The policy's own, by the names of `Rules`, only those given.
        pairs: The files.
        overrides: Rules for some of them, in order.
        flags: Rules from the command line, which win.
        baseline: The baseline file, relative to `folder`; "" for none.
        ratchet: Whether improvements tighten the baseline.
        settings: Of `preset`, `languages`, `encoder`, `model`, `align`, `role` and `seed` those given.
        folder: What paths are relative to.
        name: The policy file as given, for messages; "" for flags alone.
    """

    rules: Mapping[str, Any] = field(default_factory=dict)
    pairs: tuple[PairSpec, ...] = ()
    overrides: tuple[Override, ...] = ()
    flags: Mapping[str, Any] = field(default_factory=dict)
    baseline: str = ""
    ratchet: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    name: str = ""

    @property
    def on_undecided(self) -> Literal["pass", "fail"]:
        """Return what an undecided drop does where no pair and no override says otherwise."""
        return layered(self.rules, self.flags).on_undecided

    def rules_for(self, spec: PairSpec | None, path: str, language: str | None) -> Rules:
        """Return the limits for one file: the policy's, the pair's, those of overrides in order, the flags'.

        Args:
            spec: The policy's pair that the file comes from; `None` where the command line names it.
            path: The file's name, relative to the policy's folder, with forward slashes.
            language: The hypothesis' language; `None` where unknown.

        Raises:
            UsageError: None of them sets a rule, and there is no baseline to hold it against.
        """
        own = spec.rules if spec else {}
        fitting = [each.rules for each in self.overrides if each.matches(path, language)]
        layers = (self.rules, own, *fitting, self.flags)
        if not self.baseline and not any(map(judges, layers)):
            raise UsageError(f"{self.name or 'the gate'}: no rule applies to {printable(path)}; {NO_RULE}")
        return layered(*layers)


def judges(rules: Mapping[str, Any]) -> bool:
    """Return whether one of `rules` can fail a file."""
    return any(name not in _MANNERS for name in rules)


def layered(*layers: Mapping[str, Any]) -> Rules:
    """Return rules of which later ones win over earlier ones and over the defaults; tables key by key."""
    merged: dict[str, Any] = {"new_findings": Rules().new_findings}
    for layer in layers:
        for name, value in layer.items():
            merged[name] = {**merged.get(name, {}), **value} if isinstance(value, Mapping) else value
    return Rules(**merged)
