from __future__ import annotations

import dataclasses

import pytest
import scored_pairs

from scorer.gate.edits import reversals, with_edits
from scorer.gate.known import match
from scorer.gate.scored import KnownSegment
from scorer.types import Finding, Languages, Segment

SOURCE = "Schrauben Sie das Gerät von Hand auf den Hahn, ohne eine Zange zu benutzen."
AGREED = "Screw the unit onto the faucet by hand; do not use pliers."
REVERSED = "Screw the unit onto the faucet by hand; use pliers."


def segment(hypothesis, *, findings=(), language="en", is_scored=True):
    made = scored_pairs.scored(SOURCE, hypothesis, findings=findings, is_scored=is_scored)
    return dataclasses.replace(made, segment=Segment(7, SOURCE, hypothesis, languages=Languages("de", language)))


def known(hypothesis, **findings):
    then = {f"{name} major": n for name, n in findings.items()}
    return dataclasses.replace(scored_pairs.then(segment(hypothesis))[0], findings=then)


def edited(now, then: KnownSegment):
    pair = scored_pairs.pair_of(now)
    return with_edits(pair, match(pair.segments, [then])).segments[0]


def test_reversals_of_a_lost_not_in_the_same_words_are_critical_and_placed():
    (found,) = reversals(segment(REVERSED), known(AGREED))
    assert (found.check, found.severity, found.dimension, found.index) == ("negation", "critical", "adequacy", 7)
    assert found.message.startswith("beside the translation in the baseline: negation lost")
    # The text that has the "not" is in no file of this run.
    assert (found.source_span, found.reference_span) == (None, None)


def test_reversals_of_a_not_that_came_in_are_critical():
    (found,) = reversals(segment(AGREED), known(REVERSED))
    assert found.severity == "critical"
    assert AGREED[slice(*found.hypothesis_span)].lower() == "not"


@pytest.mark.parametrize(
    ("now", "then", "language"),
    [
        (AGREED, AGREED, "en"),
        ("Screw the unit onto the faucet by hand; never use pliers.", AGREED, "en"),
        ("Screw the unit onto the faucet by hand, without pliers.", AGREED, "en"),
        (REVERSED, AGREED, "xx"),
        (REVERSED, AGREED, None),
        ("", AGREED, "en"),
        (REVERSED, "", "en"),
    ],
    ids=["same", "never", "without", "no word list", "unknown", "emptied", "was empty"],
)
def test_reversals_where_nothing_was_reversed_are_none(now, then, language):
    assert reversals(segment(now, language=language), known(then)) == []


def test_reversals_that_mend_what_the_baseline_had_wrong_are_none():
    assert reversals(segment(AGREED), known(REVERSED, negation=1)) == []
    assert reversals(segment(AGREED), known(REVERSED, number=1))


def test_with_edits_leaves_penalty_and_what_did_not_change_alone():
    now = edited(segment(REVERSED), known(AGREED))
    assert [each.severity for each in now.findings] == ["critical"]
    assert now.penalty == segment(REVERSED).penalty
    assert edited(segment(REVERSED), known(REVERSED)) == segment(REVERSED)


def test_with_edits_raises_what_the_check_across_languages_found_and_tells_it_once():
    own = Finding("negation", "major", "adequacy", 7, 'negation lost: "nicht"', source_span=(3, 8))
    other = Finding("number", "minor", "adequacy", 7, "4 is missing")
    now = edited(segment(REVERSED, findings=(other, own)), known(AGREED))
    assert now.findings == (other, dataclasses.replace(own, severity="critical"))


def test_with_edits_looks_at_segments_that_were_not_scored_again():
    now = edited(segment(REVERSED, is_scored=False), known(AGREED))
    assert [each.severity for each in now.findings] == ["critical"]


def test_with_edits_gives_new_segments_no_finding():
    pair = scored_pairs.pair_of(segment(REVERSED))
    assert with_edits(pair, match(pair.segments, [])) == pair


def test_reversals_in_hostile_texts_are_found_in_linear_time():
    long = "not " * 50_000
    assert len(reversals(segment(long), known("use " * 50_000))) <= 1
    assert len(reversals(segment("a" * 100_000), known("not a" * 20_000))) <= 1
