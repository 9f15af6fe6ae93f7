import random
import time
import unicodedata

from scored_pairs import finding, scored, then

from scorer.combine import Penalty
from scorer.gate.known import kept, kept_row, match, normalised


def states_of(segments, known):
    return match(segments, known).states


def test_match_same_text_and_hypothesis_is_unchanged():
    matched = match([scored("One", "Eins")], then(scored("One", "Eins")))
    assert matched.states == ("unchanged",)
    assert matched.known[0].hypothesis == "Eins"
    assert matched.removed == ()


def test_match_other_hypothesis_is_changed():
    assert states_of([scored("One", "Ein")], then(scored("One", "Eins"))) == ("changed",)


def test_match_other_references_is_changed():
    now, before = scored("One", "Eins", references="aaaa"), scored("One", "Eins", references="bbbb")
    assert states_of([now], then(before)) == ("changed",)


def test_match_other_text_is_new_and_the_old_one_removed():
    known = then(scored("One", "Eins"))
    matched = match([scored("Two", "Eins")], known)
    assert (matched.known, matched.states, matched.removed) == ((None,), ("new",), known)
    assert matched.n_matched == 0


def test_match_unicode_form_and_outer_space_of_the_text_do_not_count():
    decomposed = unicodedata.normalize("NFD", "Überblick")
    assert states_of([scored(f" {decomposed}\n", "Overview")], then(scored("Überblick", "Overview"))) == ("unchanged",)


def test_match_white_space_of_the_hypothesis_counts():
    assert states_of([scored("One", "Eins ")], then(scored("One", "Eins"))) == ("changed",)


def test_match_duplicates_same_hypothesis_goes_first():
    known = then(scored("OK", "Ja"), scored("OK", "Gut"))
    matched = match([scored("OK", "Gut"), scored("OK", "Prima"), scored("OK", "Weiter")], known)
    assert matched.states == ("unchanged", "changed", "new")
    assert [each and each.hypothesis for each in matched.known] == ["Gut", "Ja", None]


def test_match_duplicates_same_references_go_before_same_hypothesis():
    known = then(scored("OK", "Ja", references="a"), scored("OK", "Ja", references="b"))
    matched = match([scored("OK", "Ja", references="b"), scored("OK", "Ja", references="c")], known)
    assert matched.states == ("unchanged", "changed")
    assert [each.references for each in matched.known] == ["b", "a"]


def test_match_duplicates_left_over_are_removed():
    known = then(*[scored("OK", "Ja")] * 3)
    matched = match([scored("OK", "Ja")], known)
    assert matched.states == ("unchanged",)
    assert len(matched.removed) == 2


def test_match_not_scored_is_unchanged_or_untold():
    segments = [scored(text, "Eins", is_scored=False, is_changed=False) for text in ("One", "Two", "Three")]
    known = then(scored("One", "Eins"), scored("Two", "Zwei"))
    assert states_of(segments, known) == ("unchanged", "untold", "untold")


def test_match_empty_baseline_all_new():
    assert states_of([scored("One"), scored("Two")], ()) == ("new", "new")


def test_match_many_alike_is_quick():
    segments = [scored("OK", f"Ja {i % 7}") for i in range(10_000)]
    known = then(*segments)
    shuffled = list(known)
    random.Random(0).shuffle(shuffled)
    start = time.process_time()
    assert set(match(segments, shuffled).states) == {"unchanged"}
    assert time.process_time() - start < 2


def test_kept_rounds_and_leaves_out_suspicions():
    segment = scored(
        accuracy=1.234567,
        fluency=None,
        findings=(finding(), finding(), finding("number", "major"), finding("learned", "major")),
        rows={"chrf": (1.23456789, 2), "ter": None},
    )
    known = kept(segment, ["quality", "chrf", "ter"])
    assert known.penalty == Penalty(1.2346, None, 10.0, 10.0)
    assert known.rows == {"chrf": (1.234568, 2.0), "ter": None}
    assert known.findings == {"negation critical": 2, "number major": 1}


def test_kept_row_not_scored_is_none():
    assert kept_row(scored(is_scored=False), "quality") is None
    assert kept_row(scored(is_scored=False), "chrf") is None


def test_normalised_long_runs_of_marks_are_left_and_quick():
    hostile = "a" + "\u0301\u0323" * 50_000
    start = time.process_time()
    assert normalised(f" {hostile}") == hostile
    assert time.process_time() - start < 1


def test_normalised_long_text_for_people_is_composed():
    text = unicodedata.normalize("NFD", "Gedächtnis für Größe " * 100)
    assert normalised(text) == unicodedata.normalize("NFC", text).strip()
