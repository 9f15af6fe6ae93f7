import pytest

from scorer.checks.alignment_gap import addition, omission
from scorer.types import Segment


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("The council will meet again on Friday.", "critical"),
        ("Table of contents", "major"),
        ("市政署将于十月至十二月举办活动。", "critical"),
        ("目录", "major"),
        ("* * *", "minor"),
    ],
)
def test_omission_empty_hypothesis_weighs_what_is_lost(source: str, severity: str) -> None:
    [finding] = omission(Segment(3, source, "  "))
    assert (finding.check, finding.severity, finding.dimension, finding.index) == ("omission", severity, "adequacy", 3)
    assert finding.source_span == (0, len(source))
    assert finding.message.startswith("nothing was translated")


def test_omission_beside_a_peer_names_the_other_text() -> None:
    [finding] = omission(Segment(0, None, "", ("The council will meet on Friday.",)))
    assert finding.reference_span is not None
    assert finding.source_span is None
    assert "translated" not in finding.message


@pytest.mark.parametrize(
    "segment", [Segment(0, "", ""), Segment(0, None, ""), Segment(0, "a", "b"), Segment(0, " ", "\n")]
)
def test_omission_nothing_lost_is_silent(segment: Segment) -> None:
    assert list(omission(segment)) == []


@pytest.mark.parametrize(("hypothesis", "severity"), [("A sentence that nobody wrote.", "major"), ("***", "minor")])
def test_addition_empty_original_is_found(hypothesis: str, severity: str) -> None:
    [finding] = addition(Segment(0, "", hypothesis))
    assert (finding.check, finding.severity) == ("addition", severity)
    assert finding.hypothesis_span == (0, len(hypothesis))
    assert "has no counterpart in the source" in finding.message


@pytest.mark.parametrize("segment", [Segment(0, None, "text"), Segment(0, "a", "b"), Segment(0, "", " ")])
def test_addition_unknown_or_present_original_is_silent(segment: Segment) -> None:
    assert list(addition(segment)) == []
