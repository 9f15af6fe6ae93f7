"""What an edit turned into its opposite: a translation that changed, beside the one that was agreed to.

The source is the same, so a "not" that went or came in the same words is no matter of style. Across languages the check
must be careful ("ohne" for "do not"); within one it need not. It costs no points: a score must not depend on which
baseline it is held against.
"""

from __future__ import annotations

import dataclasses
from typing import cast

from scorer import checks
from scorer.checks import Check
from scorer.gate.known import Matched
from scorer.gate.scored import KnownSegment, ScoredPair, ScoredSegment
from scorer.types import Finding, Languages, Segment

CHECK = "negation"


def with_edits(pair: ScoredPair, matched: Matched) -> ScoredPair:
    """Return the pair with a finding in each segment that an edit turned into its opposite."""
    segments = [
        dataclasses.replace(segment, findings=(*segment.findings, *reversals(segment, then)))
        if state == "changed" and then is not None
        else segment
        for segment, then, state in zip(pair.segments, matched.known, matched.states, strict=True)
    ]
    return dataclasses.replace(pair, segments=tuple(segments))


def reversals(segment: ScoredSegment, then: KnownSegment) -> list[Finding]:
    """Return what an edit reversed, critical where the words are the same; none where that mends what was wrong."""
    known = any(kind.startswith(f"{CHECK} ") and n for kind, n in then.findings.items())
    if known or any(finding.check == CHECK for finding in segment.findings):
        return []
    ours = segment.segment
    spoken = Languages(ours.languages.hypothesis, ours.languages.hypothesis)
    # What a registry makes checks with is the check itself.
    check = cast("Check", checks.registry.factory(CHECK))
    edit = Segment(ours.index, None, ours.hypothesis, (then.hypothesis,), spoken, ours.document, ours.system)
    return [
        dataclasses.replace(
            found,
            severity="critical" if found.severity == "major" else found.severity,
            message=f"beside the translation in the baseline: {found.message}",
            reference_span=None,
        )
        for found in check(edit)
    ]
