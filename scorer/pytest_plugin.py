"""The gate in a test suite: `assert_translation` for texts, and the fixture `translation_gate` with a project's policy.

pytest loads this module with every run of every project that has scorer installed, so it imports nothing but pytest:
the gate comes in when a test calls it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from scorer.gate.policy import Policy
    from scorer.gate.verdict import Verdict

__all__ = ["TranslationGate", "assert_translation", "translation_gate"]

Text = str | Path | Sequence[str]
Limits = Mapping[str, float]

# What holds where neither a policy nor the call says otherwise.
DEFAULTS: Mapping[str, Limits] = {"findings": {"critical": 0}}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Announce the setting `scorer_policy`."""
    parser.addini(
        "scorer_policy",
        "policy of the fixture translation_gate, relative to the root folder; else scorer.toml or pyproject.toml there",
        default="",
    )


def assert_translation(
    source: Text,
    hypothesis: Text,
    *,
    reference: Text | None = None,
    languages: str | None = None,
    minimum: Limits | None = None,
    findings: Limits | None = None,
    preset: str = "standard",
) -> Verdict:
    """Return the gate's verdict on a translation that passes. Nothing is kept on disk.

    Args:
        source: A text, its lines, or a file.
        hypothesis: Its translation, likewise. Of two lists, line i is held against line i; other texts are aligned.
        reference: A human translation, likewise.
        languages: Of source and hypothesis, as in `en-de`; detected otherwise, which short texts make unsure.
        minimum: Least value of a dimension, 0 to 100, or of a metric where higher is better.
        findings: Most findings by severity, check or both; critical ones are not allowed unless this says so.
        preset: "standard", or "fast" for no neural model at all.

    Raises:
        AssertionError: A rule is broken, or the texts are empty, alike, or not in two languages; the message has every
            rule that does not hold, both texts and what was found in them.
        ScorerError: An argument is impossible, or a text cannot be used.
    """
    __tracebackhide__ = True
    from scorer.gate import texts

    given = _given(minimum=minimum, findings=findings, languages=languages, preset=preset)
    policy = _policy({}, "", Path(), DEFAULTS, given)
    return _passed(texts.judge(source, hypothesis, reference, policy, cache=None))


@dataclass(frozen=True, slots=True)
class TranslationGate:
    """The fixture `translation_gate`: the gate with the policy of the project under test.

    Attributes:
        root: Where the policy is looked for: pytest's root folder.
        named: The policy file that the setting `scorer_policy` names; "" for none.
    """

    root: Path
    named: str = ""

    def __call__(
        self,
        source: Text | None = None,
        hypothesis: Text | None = None,
        *,
        reference: Text | None = None,
        languages: str | None = None,
        minimum: Limits | None = None,
        findings: Limits | None = None,
        preset: str | None = None,
    ) -> Verdict:
        """Return the verdict on texts that pass the policy's rules, or, without texts, on all that the policy names.

        Texts are held to the policy's limits without its baseline, and arguments win over it, key by key. Results are
        kept in the folder that `scorer gate` keeps them in. Without texts this is `scorer gate`: a first run writes the
        baseline, and fails once.

        Raises:
            AssertionError: As `assert_translation`.
            ScorerError: There is no policy for a call without texts, it cannot be used, or a text cannot.
        """
        __tracebackhide__ = True
        from scorer import assets
        from scorer.errors import UsageError
        from scorer.gate import run, texts
        from scorer.gate.task import Task

        content, name, folder = self._found()
        given = _given(minimum=minimum, findings=findings, languages=languages, preset=preset)
        cache = assets.cache_folder() / "gate"
        if source is not None and hypothesis is not None:
            policy = _policy(content, name, folder, DEFAULTS, given)
            return _passed(texts.judge(source, hypothesis, reference, policy, cache))
        if source is not None or hypothesis is not None or reference is not None:
            raise UsageError("translation_gate takes source and hypothesis, or neither to judge the policy's files")
        if not name:
            raise UsageError(f"there is no policy in {self.root} or above; scorer gate --init writes one")
        return _passed(run.gate(Task(_policy(content, name, folder, {}, given), cache=cache)))

    def _found(self) -> tuple[Mapping[str, Any], str, Path]:
        """Return the policy's content, name and folder; of none where there is none."""
        from scorer.gate import policy_file
        from scorer.printable import printable

        found = policy_file.find(self.root, str(self.root / self.named) if self.named else None)
        return ({}, "", self.root) if found is None else (found[1], printable(str(found[0])), found[0].parent)


@pytest.fixture(scope="session")
def translation_gate(pytestconfig: pytest.Config) -> TranslationGate:
    """Judges translations by the project's policy: texts and files, or, called without, all that the policy names."""
    return TranslationGate(pytestconfig.rootpath, str(pytestconfig.getini("scorer_policy")))


def _given(**arguments: Any) -> dict[str, Any]:
    """Return the arguments that were given, by the policy's own keys."""
    return {name: value for name, value in arguments.items() if value is not None}


def _policy(
    content: Mapping[str, Any], name: str, folder: Path, defaults: Mapping[str, Limits], given: Mapping[str, Any]
) -> Policy:
    """Return a policy's content over the defaults, and under what was given."""
    from scorer.gate import parsing

    merged = {**defaults, **content}
    for key in set(defaults) & set(content):
        if isinstance(content[key], Mapping):  # anything else is refused, with its place
            merged[key] = {**defaults[key], **content[key]}
    return parsing.parse(merged, name=name, folder=folder, flags=given)


def _passed(verdict: Verdict) -> Verdict:
    """Return a verdict that passes.

    Raises:
        AssertionError: It does not.
    """
    __tracebackhide__ = True
    if not verdict.passes:
        from scorer.gate import outputs

        raise AssertionError("scorer gate\n" + outputs.registry.factory("text")(verdict))
    return verdict
