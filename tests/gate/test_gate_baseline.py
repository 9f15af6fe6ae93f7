import json
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_pairs import SIGNATURE, finding, measured, pair_of, scored, then

from scorer.errors import InputError, UsageError
from scorer.gate import baseline
from scorer.gate.baseline import Baseline, KnownPair
from scorer.gate.known import match

HELLO = scored("Hello", "Hallo", 1.0, 0.5, findings=[finding("number", "major")], rows={"chrf": (1.0, 2.5)})
BYE = scored("Bye", "Tschüs", None, 0.0)


def made(*segments, metrics=("chrf",)):
    return Baseline("1.2", {"de.json": baseline.of(pair_of(*segments), metrics)})


def reread(text, folder):
    path = folder / "scorer-baseline.json"
    path.write_text(text, encoding="utf-8")
    return baseline.read(path)


# --- the file ---


def test_dump_is_one_line_a_segment():
    assert baseline.dump(made(HELLO, BYE)).splitlines() == [
        "{",
        '"format": 1,',
        '"tool": {"name": "scorer", "version": "1.2"},',
        '"pairs": {',
        '"de.json": {',
        f'"signature": "{SIGNATURE}",',
        '"summary": {"quality": 54.9, "adequacy": 67, "fluency": 90.5},',
        '"segments": [',
        '{"text": "Bye", "hypothesis": "Tschüs", "references": "", "quality": null, "adequacy": null, "fluency": 100, '
        '"points": [null, 0], "words": [10, 10], "metrics": {"chrf": null}, "findings": {}},',
        '{"text": "Hello", "hypothesis": "Hallo", "references": "", "quality": 54.9, "adequacy": 67, '
        '"fluency": 81.9, "points": [1, 0.5], "words": [10, 10], "metrics": {"chrf": [1, 2.5]}, '
        '"findings": {"number major": 1}}',
        "]}",
        "}",
        "}",
    ]


def test_read_gives_back_what_was_written(tmp_path):
    content = made(HELLO, BYE, scored("Pi", "Pi", math.pi, math.e, words=7.625))
    text = baseline.dump(content)
    assert reread(text, tmp_path) == content
    assert baseline.dump(reread(text, tmp_path)) == text


def test_dump_does_not_depend_on_order():
    segments = [HELLO, BYE, scored("Hello", "Guten Tag"), scored("Hello", "Hallo", 2.0)]
    assert baseline.dump(made(*segments)) == baseline.dump(made(*reversed(segments)))
    unsorted = KnownPair(SIGNATURE, then(HELLO, BYE, metrics=["chrf"]))
    assert baseline.dump(Baseline("1.2", {"de.json": unsorted})) == baseline.dump(made(HELLO, BYE))


def test_dump_headline_at_the_top_adds_one_line():
    body = [scored(f"Line {i}", "Zeile", 0.5) for i in range(50)]
    before = baseline.dump(made(*body)).splitlines()
    after = baseline.dump(made(scored("Breaking", "Eilmeldung", 0.5), *body)).splitlines()
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


def test_dump_pairs_are_sorted_and_none_is_fine(tmp_path):
    pair = made(HELLO).pairs["de.json"]
    text = baseline.dump(Baseline("1", {"b": pair, "a": pair, "c": KnownPair("s", ())}))
    assert text.index('"a": {') < text.index('"b": {') < text.index('"c": {')
    assert reread(text, tmp_path).pairs["c"] == KnownPair("s", ())
    assert reread(baseline.dump(Baseline("1", {})), tmp_path) == Baseline("1", {})


HOSTILE = 'a\u2028b\u202ec\x00d\x1be\x7ff\x85g\ufeffh\ud800i\U000e0041j"k\\l\nm\r\n</script>::error::\u200d\u0301é中🙂'


def test_dump_escapes_what_hides_and_leaves_what_is_read(tmp_path):
    content = made(scored(HOSTILE, HOSTILE), scored("x", HOSTILE))
    text = baseline.dump(content)
    assert not set(text) & set("\u2028\u202e\x00\x1b\x7f\x85\ufeff\ud800\U000e0041\r")
    assert all(there in text for there in ("é", "中", "🙂", "\u200d"))
    text.encode("utf-8")
    assert len(text.splitlines()) == len(baseline.dump(made(HELLO, BYE)).splitlines())
    assert reread(text, tmp_path) == content


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.floats(0, 1e6), st.floats(0, 1e4)), max_size=6))
def test_dump_of_any_text_is_stable(tmp_path_factory, rows):
    segments = [scored(t, h, p, words=n) for t, h, p, n in rows]
    text = baseline.dump(made(*segments))
    read = reread(text, tmp_path_factory.mktemp("baseline"))
    assert read == made(*segments)
    assert baseline.dump(read) == text
    assert set(match(segments, read.pairs["de.json"].segments).states) <= {"unchanged"}


def test_baseline_of_five_thousand_segments_is_quick(tmp_path):
    content = made(*[scored(f"Line {i}", f"Zeile {i}", i % 7 / 3) for i in range(5_000)])
    start = time.process_time()
    assert reread(baseline.dump(content), tmp_path) == content
    assert time.process_time() - start < 5


# --- reading what people did to it ---


def test_read_missing_is_none(tmp_path):
    assert baseline.read(tmp_path / "none.json") is None


def test_read_crlf_and_bom_are_fine(tmp_path):
    path = tmp_path / "baseline.json"
    path.write_bytes(b"\xef\xbb\xbf" + baseline.dump(made(HELLO)).replace("\n", "\r\n").encode())
    assert baseline.read(path) == made(HELLO)


GOOD = baseline.dump(made(HELLO))


def changed(*keys, to):
    content = json.loads(GOOD)
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = to
    return json.dumps(content)


def without(*keys):
    content = json.loads(GOOD)
    place = content
    for key in keys[:-1]:
        place = place[key]
    del place[keys[-1]]
    return json.dumps(content)


PAIR = ("pairs", "de.json")
SEGMENT = (*PAIR, "segments", 0)
BROKEN = {
    "empty": ("", "not JSON, line 1"),
    "cut": (GOOD[:200], "not JSON, line "),
    "merge conflict": (
        GOOD.replace('"pairs": {', '<<<<<<< HEAD\n"pairs": {'),
        "line 4 marks a merge conflict; resolve it",
    ),
    "list": ("[]", "the file is no JSON object"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "nan": (GOOD.replace('"points": [1,', '"points": [NaN,'), "NaN is no number"),
    "infinite": (GOOD.replace('"points": [1,', '"points": [-Infinity,'), "-Infinity is no number"),
    "too large": (GOOD.replace('"points": [1,', '"points": [1e999,'), "points in segment 1 of de.json .* too large"),
    "huge whole number": (GOOD.replace('"points": [1,', f'"points": [{"9" * 400},'), "too large"),
    "endless number": (GOOD.replace('"points": [1,', f'"points": [{"9" * 9000},'), "not JSON"),
    "twin key": (GOOD.replace('"format": 1,', '"format": 1, "format": 1,'), "'format' stands twice"),
    "no format": (without("format"), "the file has no 'format'"),
    "newer format": (changed("format", to=2), "newer scorer wrote it .format 2, this one reads 1.; install that one"),
    "older format": (changed("format", to=0), "format is 0, not 1"),
    "true for format": (changed("format", to=True), "format is True"),
    "version": (changed("tool", "version", to=1), "tool version is no text"),
    "no tool": (without("tool"), "no 'tool'"),
    "pairs": (changed("pairs", to=[]), "pairs is no JSON object"),
    "pair": (changed(*PAIR, to=3), "the entry of de.json is no JSON object"),
    "signature": (changed(*PAIR, "signature", to=None), "signature of de.json is no text"),
    "segments": (changed(*PAIR, "segments", to={}), "segments of de.json is no list"),
    "segment": (changed(*SEGMENT, to="x"), "segment 1 of de.json is no JSON object"),
    "no hypothesis": (without(*SEGMENT, "hypothesis"), "segment 1 of de.json has no 'hypothesis'"),
    "text": (changed(*SEGMENT, "text", to=5), "text in segment 1 of de.json is no text"),
    "points": (changed(*SEGMENT, "points", to=[1]), "no list of two numbers"),
    "points text": (changed(*SEGMENT, "points", to=["1", 2]), "points in segment 1 of de.json is no number"),
    "points true": (changed(*SEGMENT, "points", to=[True, 2]), "is no number"),
    "points negative": (changed(*SEGMENT, "points", to=[-1, 2]), "a number under 0"),
    "words null": (changed(*SEGMENT, "words", to=[None, 2]), "words in segment 1 of de.json is no number"),
    "row": (changed(*SEGMENT, "metrics", to={"chrf": 3}), "chrf in segment 1 of de.json is no list of numbers"),
    "row empty": (changed(*SEGMENT, "metrics", to={"chrf": []}), "no list of numbers"),
    "row text": (changed(*SEGMENT, "metrics", to={"chrf": ["x"]}), "no number"),
    "kind": (changed(*SEGMENT, "findings", to={"number": 1}), "'number' is no check with a severity"),
    "count": (changed(*SEGMENT, "findings", to={"number major": 0}), "is no count"),
    "count true": (changed(*SEGMENT, "findings", to={"number major": True}), "is no count"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_read_broken_names_what_where_and_what_to_do(case, tmp_path):
    text, message = BROKEN[case]
    with pytest.raises(InputError, match=message) as error:
        reread(text, tmp_path)
    assert "scorer-baseline.json" in str(error.value)
    assert str(error.value).endswith("make it again with `scorer gate --write-baseline`")


def test_read_not_utf8_names_the_byte(tmp_path):
    path = tmp_path / "baseline.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(InputError, match=r"not UTF-8 at byte 7"):
        baseline.read(path)


def test_read_a_folder_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot read the baseline"):
        baseline.read(tmp_path)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.sampled_from(["", "x", "0", "{", '"', "null", "\n<<<<<<<"])
)
def test_read_damaged_gives_a_baseline_or_an_input_error(tmp_path_factory, start, length, instead):
    text = GOOD[:start] + instead + GOOD[start + length :]
    try:
        message = ""
        reread(text, tmp_path_factory.mktemp("damaged"))
    except InputError as error:
        message = str(error)
    assert not message or message.endswith("make it again with `scorer gate --write-baseline`")


# --- making and changing it ---


def test_of_keeps_only_the_metrics_asked_for():
    pair = pair_of(measured("a", "x y", "x y z"))
    (segment,) = baseline.of(pair, ["quality", "chrf"]).segments
    assert list(segment.rows) == ["chrf"]


def test_of_not_scored_is_refused():
    with pytest.raises(UsageError, match="leave out --changed"):
        baseline.of(pair_of(scored(is_scored=False)), ())


def known_of(*segments):
    return baseline.of(pair_of(*segments), ())


def hypotheses(known):
    return {segment.text: segment.hypothesis for segment in known.segments}


def test_accepted_named_segments_only():
    known = known_of(scored("a", "alt"), scored("b", "alt"), scored("gone", "alt"))
    now = pair_of(scored("a", "neu", 5.0), scored("b", "neu", 5.0), scored("c", "neu"), scored("d", "neu"))
    found = baseline.accepted(known, now, ["b", "c"], ())
    assert hypotheses(found) == {"a": "alt", "b": "neu", "c": "neu", "gone": "alt"}


def test_accepted_all_is_what_there_is():
    known = known_of(scored("a", "alt"), scored("gone", "alt"))
    now = pair_of(scored("a", "neu", 5.0), scored("c", "neu"))
    assert baseline.accepted(known, now, "all", ()) == baseline.of(now, ())


def test_accepted_all_keeps_what_was_not_scored():
    known = known_of(scored("a", "alt"), scored("b", "alt"))
    now = pair_of(scored("a", "neu"), scored("b", "anders", is_scored=False, is_changed=False))
    assert hypotheses(baseline.accepted(known, now, "all", ())) == {"a": "neu", "b": "alt"}


def test_accepted_unknown_id_names_the_nearest():
    now = pair_of(scored("menu.file.open", "x"))
    with pytest.raises(UsageError, match=r"no segment 'menu.file.opne'; did you mean 'menu.file.open'\?"):
        baseline.accepted(known_of(), now, ["menu.file.opne"], ())


def test_accepted_not_scored_is_refused():
    now = pair_of(scored("a", "x", is_scored=False, is_changed=False))
    with pytest.raises(UsageError, match="was not scored"):
        baseline.accepted(known_of(), now, ["a"], ())


def test_accepted_another_signature_is_replaced_whole_or_refused():
    known = KnownPair("another", known_of(scored("a", "alt"), scored("b", "alt")).segments)
    now = pair_of(scored("a", "neu"), scored("b", "neu"))
    with pytest.raises(UsageError, match="another signature; make it again"):
        baseline.accepted(known, now, ["a"], ())
    unscored = pair_of(scored("a", "neu"), scored("b", "alt", is_scored=False, is_changed=False))
    with pytest.raises(UsageError, match="another signature"):
        baseline.accepted(known, unscored, "all", ())
    assert baseline.accepted(known, now, "all", ()) == baseline.of(now, ())


def tightened(known, *segments, names=()):
    now = pair_of(*segments)
    return baseline.tightened(known, now, match(now.segments, known.segments), names)


def test_tightened_better_replaces_worse_stays():
    known = known_of(scored("up", "alt", 2.0), scored("down", "alt", 2.0), scored("gone", "alt"))
    found = tightened(known, scored("up", "neu", 1.0), scored("down", "neu", 3.0), scored("new", "neu"))
    assert hypotheses(found) == {"up": "neu", "down": "alt", "new": "neu"}
    assert found.signature == known.signature


def test_tightened_new_finding_is_not_better():
    known = known_of(scored("a", "alt", 2.0))
    assert hypotheses(tightened(known, scored("a", "neu", 1.0, findings=[finding()]))) == {"a": "alt"}


def test_tightened_looks_at_what_the_policy_limits():
    known = known_of(scored("a", "alt", 2.0, 1.0))
    now = scored("a", "neu", 0.0, 2.0)
    assert hypotheses(tightened(known, now)) == {"a": "neu"}
    assert hypotheses(tightened(known, now, names=["fluency"])) == {"a": "alt"}


def test_tightened_undefined_now_is_not_better():
    assert hypotheses(tightened(known_of(scored("a", "alt", 9.0)), scored("a", "neu", None))) == {"a": "alt"}
    assert hypotheses(tightened(known_of(scored("a", "alt", None)), scored("a", "neu", 9.0))) == {"a": "neu"}


def test_tightened_never_loosens():
    known = known_of(*[scored(f"{i}", "alt", i / 3) for i in range(9)])
    for run in range(4):
        segments = [scored(f"{i}", f"{run}", (i * 7 + run * 5) % 9 / 3) for i in range(9)]
        tighter = tightened(known, *segments)
        pairs = zip(tighter.segments, known.segments, strict=True)
        assert all(new.penalty.accuracy <= old.penalty.accuracy for new, old in pairs)
        known = tighter


def test_refusal_same_signature_is_none():
    assert baseline.refusal(known_of(), SIGNATURE, "scorer-baseline.json") is None


def test_refusal_names_what_differs_and_the_command():
    ruling = baseline.refusal(KnownPair("scorer|preset:fast|v:1", ()), "scorer|preset:standard|v:1", "b.json")
    assert (ruling.rule, ruling.outcome) == ("baseline", "fail")
    assert ruling.message == (
        "b.json was made with preset:fast, this run has preset:standard: their scores cannot be compared; make it "
        "again with `scorer gate --write-baseline`"
    )
    assert "no signature" in baseline.refusal(KnownPair("", ()), SIGNATURE, "b.json").message
