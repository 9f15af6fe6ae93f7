from __future__ import annotations

import pytest
import scored_pairs

from scorer.errors import UsageError
from scorer.gate import baseline, keeping
from scorer.gate.baseline import Baseline
from scorer.gate.case import Case
from scorer.gate.files import FilePair
from scorer.gate.known import match
from scorer.gate.policy import PairSpec, Policy, Rules
from scorer.gate.scoring import Scored
from scorer.gate.task import Task

POLICY = Policy(baseline="baseline.json")


def case(name, *segments):
    made = Case(FilePair(name, None, None, ()), PairSpec(name), Rules())
    if segments:
        made.scored = Scored(scored_pairs.pair_of(*segments, name=name), 0)
    return made


def kept(*cases):
    return Baseline("0", {each.files.name: baseline.of(each.scored.pair, ()) for each in cases})


def accepted(was, cases, *names, **options):
    found, state = keeping.next_baseline(Task(POLICY, accept=names, **options), was, cases)
    assert state == "accepted"
    return {name: [each.hypothesis for each in pair.segments] for name, pair in found.pairs.items()}


ONE, TWO = scored_pairs.scored("a", "A"), scored_pairs.scored("b", "B")
ONE_NOW, TWO_NOW = scored_pairs.scored("a", "AA", accuracy=1.0), scored_pairs.scored("b", "BB")
WAS = kept(case("de", ONE, TWO), case("fr", ONE, TWO))


def test_next_baseline_without_one_in_the_policy_is_none():
    assert keeping.next_baseline(Task(Policy()), None, [case("de", ONE)]) == (None, "")


def test_next_baseline_is_read_written_or_first():
    cases = [case("de", ONE, TWO)]
    assert keeping.next_baseline(Task(POLICY), WAS, cases) == (WAS, "read")
    assert keeping.next_baseline(Task(POLICY), None, cases)[1] == "first"
    made, state = keeping.next_baseline(Task(POLICY, write_baseline=True), None, cases)
    assert (list(made.pairs), state) == (["de"], "written")


def test_next_baseline_of_named_files_keeps_the_others():
    task = Task(POLICY, write_baseline=True, literal=True)
    made, _ = keeping.next_baseline(task, WAS, [case("de", ONE_NOW)])
    assert [each.hypothesis for each in made.pairs["de"].segments] == ["AA"]
    assert made.pairs["fr"] == WAS.pairs["fr"]


@pytest.mark.parametrize("cases", [[], [case("de")], [case("de", ONE), case("fr")]])
@pytest.mark.parametrize("write", [True, False])
def test_next_baseline_is_not_made_unless_all_was_scored(cases, write):
    task = Task(POLICY, write_baseline=write)
    now, state = keeping.next_baseline(task, None, cases)
    assert (now, state) == (None, "")
    (ruling,) = keeping.rulings(task, None, now, {"de"}, state)
    assert (ruling.rule, ruling.outcome) == ("baseline", "fail")
    assert "baseline.json was not written" in ruling.message


def test_next_baseline_of_changed_files_only_is_refused():
    with pytest.raises(UsageError, match="there is no baseline yet"):
        keeping.next_baseline(Task(POLICY, changed="HEAD"), None, [case("de", ONE)])


def test_accept_takes_a_segment_a_file_or_all():
    cases = [case("de", ONE_NOW, TWO_NOW), case("fr", ONE, TWO)]
    assert accepted(WAS, cases, "a") == {"de": ["AA", "B"], "fr": ["A", "B"]}
    assert accepted(WAS, cases, "de") == {"de": ["AA", "BB"], "fr": ["A", "B"]}
    both = [case("de", ONE_NOW, TWO), case("fr", ONE, TWO_NOW)]
    assert accepted(WAS, both, "all") == {"de": ["AA", "B"], "fr": ["A", "BB"]}
    assert accepted(WAS, both, "a", "b") == {"de": ["AA", "B"], "fr": ["A", "BB"]}


def test_accept_id_that_changed_in_two_files_needs_the_file():
    cases = [case("de", ONE_NOW, TWO), case("fr", ONE_NOW, TWO)]
    with pytest.raises(UsageError, match="a changed in 2 files; say which: --accept de:a or --accept fr:a"):
        accepted(WAS, cases, "a")
    assert accepted(WAS, cases, "fr:a") == {"de": ["A", "B"], "fr": ["AA", "B"]}


@pytest.mark.parametrize("name", ["c", "de:c", "xx:a", "xx", ""])
def test_accept_what_is_not_there_is_refused(name):
    with pytest.raises(UsageError, match="no segment and no file is called"):
        accepted(WAS, [case("de", ONE_NOW, TWO)], name)


def test_accept_segment_of_a_file_with_another_signature_changes_nothing():
    other = Baseline("0", {"de": baseline.KnownPair("other", WAS.pairs["de"].segments)})
    assert accepted(other, [case("de", ONE_NOW, TWO)], "a") == {"de": ["A", "B"]}
    assert accepted(other, [case("de", ONE_NOW, TWO)], "de") == {"de": ["AA", "B"]}


def test_accept_file_that_the_baseline_does_not_know_takes_it_in():
    assert accepted(WAS, [case("it", ONE)], "it")["it"] == ["A"]


def test_rulings_name_files_that_are_gone_unless_only_some_were_asked_for():
    (ruling,) = keeping.rulings(Task(POLICY), WAS, WAS, {"de"}, "read")
    assert ruling.message.startswith("fr is in the baseline and was not found")
    assert keeping.rulings(Task(POLICY, literal=True), WAS, WAS, {"de"}, "read") == []
    assert keeping.rulings(Task(POLICY), WAS, WAS, {"de"}, "written") == []


def test_rulings_count_one_file_as_one():
    now = kept(case("de", ONE, TWO))
    (ruling,) = keeping.rulings(Task(POLICY), None, now, {"de"}, "first")
    assert "was written with 2 segments of 1 file; commit it" in ruling.message


def test_tightened_takes_what_is_better_only():
    worse, better = scored_pairs.scored("a", "AA", accuracy=5.0), scored_pairs.scored("b", "BB")
    was = kept(case("de", ONE, scored_pairs.scored("b", "B", accuracy=3.0)))
    now = case("de", worse, better)
    now.matched = match(now.scored.pair.segments, was.pairs["de"].segments)
    tight = keeping.tightened(was, [now])
    assert [each.hypothesis for each in tight.pairs["de"].segments] == ["A", "BB"]
    assert keeping.tightened(was, [case("de", worse)]) is was
