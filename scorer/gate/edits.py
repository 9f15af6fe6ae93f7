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
from scorer.types import SEVERITIES, Finding, Languages, Segment

CHECK = "negation"


def with_edits(pair: ScoredPair, matched: Matched) -> ScoredPair:
    """Return the pair with a critical finding in each segment that an edit turned into its opposite.

    Under `--changed` that is so of an older edit too: it was not scored again, but the baseline has not agreed to it.
    """
    segments = [
        _with_edit(segment, then) if state in ("changed", "untold") and then is not None else segment
        for segment, then, state in zip(pair.segments, matched.known, matched.states, strict=True)
    ]
    return dataclasses.replace(pair, segments=tuple(segments))


def _with_edit(segment: ScoredSegment, then: KnownSegment) -> ScoredSegment:
    """Return a segment with what an edit reversed; of what its check across languages found too, only the severity."""
    found = reversals(segment, then)
    own = [finding for finding in segment.findings if finding.check == CHECK]
    if not found or not own:
        return dataclasses.replace(segment, findings=(*segment.findings, *found)) if found else segment
    worst = min((each.severity for each in found), key=SEVERITIES.index)
    raised = tuple(
        dataclasses.replace(each, severity=min(each.severity, worst, key=SEVERITIES.index)) if each in own else each
        for each in segment.findings
    )
    return dataclasses.replace(segment, findings=raised)


def reversals(segment: ScoredSegment, then: KnownSegment) -> list[Finding]:
    """Return what an edit reversed, critical where the words are the same; none where that mends what was wrong."""
    if any(kind.startswith(f"{CHECK} ") and n for kind, n in then.findings.items()):
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
