"""Scored files made by hand, for the tests of what the gate decides."""

from __future__ import annotations

from scorer.combine import Penalty, Prediction, Recipe
from scorer.gate.known import kept
from scorer.gate.scored import ScoredPair, ScoredSegment
from scorer.metrics.chrf import Chrf
from scorer.metrics.ter import Ter
from scorer.plan import Plan
from scorer.types import Finding, Segment

NOTHING = Prediction((), 0.0, ((0.0, 0.0),))
METRICS = (Chrf(), Ter())
PLAN = Plan(METRICS, METRICS, {}, Recipe("by-hand", NOTHING, NOTHING, "0" * 64), ())
SIGNATURE = "scorer|preset:fast|v:1"


def finding(check="negation", severity="critical", dimension="adequacy"):
    return Finding(check, severity, dimension, 0, f"{check} {severity}")


def scored(
    text="Hello",
    hypothesis="Hallo",
    accuracy=0.0,
    fluency=0.0,
    *,
    words=10.0,
    findings=(),
    rows=None,
    scores=None,
    references="",
    is_scored=True,
    is_changed=True,
    name=None,
):
    """A segment of this run; `accuracy` and `fluency` are points over `words` words."""
    segment = Segment(0, text, hypothesis)
    penalty = Penalty(accuracy, fluency, words, words if hypothesis else 0.0) if is_scored else None
    return ScoredSegment(
        name or text,
        text,
        segment,
        references,
        penalty,
        rows or {},
        scores or {},
        tuple(findings),
        is_changed,
    )


def measured(text, hypothesis, reference):
    """A segment with the rows and scores of chrF and TER."""
    segment = Segment(0, text, hypothesis, (reference,))
    rows = {metric.name: metric.measure([segment])[0] for metric in METRICS}
    scores = {metric.name: metric.finish(rows[metric.name]) for metric in METRICS}
    return ScoredSegment(text, text, segment, "", Penalty(0.0, 0.0, 10.0, 10.0), rows, scores, ())


def pair_of(*segments, name="de.json"):
    return ScoredPair(name, SIGNATURE, PLAN, tuple(segments))


def then(*segments, metrics=()):
    """The segments as a baseline keeps them."""
    return tuple(kept(segment, metrics) for segment in segments)
