"""Judging texts that are in memory, as a test suite has them, by a policy's limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scorer import __version__
from scorer.cache import Cache
from scorer.errors import UsageError
from scorer.formats.streams import Held
from scorer.gate import case, rules
from scorer.gate.files import FilePair, name_of
from scorer.gate.policy import PairSpec, Policy, Rules
from scorer.gate.summary import sentence
from scorer.gate.verdict import Verdict
from scorer.languages import parse_pair
from scorer.plan import Settings

# A text, its lines, or a file.
Text = str | Path | Sequence[str]


class Memory(Held):
    """A text held in memory; what is derived from its name is a plain path."""

    def with_segments(self, *segments: str) -> Path:
        """Return a path, where Python 3.12 and newer would make another one that brings bytes."""
        return Path(*segments)


def judge(source: Text, hypothesis: Text, reference: Text | None, policy: Policy, cache: Path | None) -> Verdict:
    """Return the verdict on texts by a policy's limits; its files and its baseline are left out.

    Args:
        source: A text, its lines, or a file.
        hypothesis: Its translation, likewise. Of two lists, line i is paired with line i.
        reference: A human translation, likewise; `None` for none.
        policy: The limits and settings.
        cache: The folder of results of earlier runs; `None` keeps nothing.

    Raises:
        ScorerError: No rule applies, or a text cannot be used; texts with nothing to judge are a failed rule instead.
    """
    settings = _settings(policy, are_lists=_are_lines(source) and _are_lines(hypothesis))
    files = _files(source, hypothesis, reference, policy)
    judged = case.Case(files, PairSpec(files.name, "source"), Rules())
    with Cache(cache) as known:
        case.score(judged, lambda language: _limits(policy, files, language), settings, known)
        if judged.scored is not None:
            judged.rulings = rules.absolute(judged.scored.pair, judged.rules, case.values(judged))
    pair = case.pair_verdict(judged, settings)
    told = sentence(pair.outcome, (pair,), (), "")
    return Verdict(
        pair.outcome, pair.outcome == "pass", told, (), (pair,), __version__, policy.name, notes=tuple(known.notes)
    )


def _settings(policy: Policy, *, are_lists: bool) -> Settings:
    given: dict[str, Any] = dict(policy.settings)
    if given.get("languages"):
        given["languages"] = parse_pair(str(given["languages"]))
    return Settings(**given | ({"align": "lines"} if are_lists else {}))


def _files(source: Text, hypothesis: Text, reference: Text | None, policy: Policy) -> FilePair:
    name = name_of(hypothesis, policy.folder) if isinstance(hypothesis, Path) else "hypothesis"
    references = () if reference is None else (_path(reference, "reference"),)
    return FilePair(name, _path(hypothesis, "hypothesis"), _path(source, "source"), references)


def _limits(policy: Policy, files: FilePair, language: str | None) -> Rules:
    """Return the policy's limits for a translation into `language`, without those that need a baseline."""
    own = policy.rules_for(None, files.name, language)
    return dataclasses.replace(own, max_drop={}, max_segment_drop={}, new_findings={})


def _path(text: Text, name: str) -> Path:
    """Return a file, or a text in memory as one."""
    if isinstance(text, Path):
        return text
    if not isinstance(text, str):
        for number, line in enumerate(text, 1):
            if "\n" in line:
                raise UsageError(f"line {number} of the {name} holds a line feed; pass a text that is not cut as a str")
        text = "".join(f"{line}\n" for line in text)
    return Memory(name, text.encode("utf-8", "surrogatepass"))


def _are_lines(text: Text) -> bool:
    return not isinstance(text, str | Path)
