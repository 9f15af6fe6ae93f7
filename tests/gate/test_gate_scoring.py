from __future__ import annotations

import json

import pytest

from scorer.cache import Cache
from scorer.errors import ModelError, UsageError
from scorer.gate import scoring
from scorer.gate.files import FilePair
from scorer.gate.inputs import read
from scorer.plan import Settings
from scorer.types import Segment

FAST = Settings(preset="fast")
GERMAN = {"open": "Öffnen Sie das Gehäuse nicht.", "train": "Der Zug fährt heute um 14:35 Uhr ab.", "two": "2 Jahre"}
ENGLISH = {"open": "Do not open the housing.", "train": "The train leaves at 14:35 today.", "two": "2 years"}


@pytest.fixture
def ready(tmp_path):
    """Return a pair of key-value files, read."""

    def make(german=GERMAN, english=ENGLISH):
        for name, tree in (("de", german), ("en", english)):
            (tmp_path / f"{name}.json").write_text(json.dumps(tree, ensure_ascii=False), encoding="utf-8")
        return read(FilePair("en.json", tmp_path / "en.json", tmp_path / "de.json", (), "de-en"), FAST)

    return make


def scored(ready, cache=None, **options):
    options = {"metrics": (), "settings": FAST} | options
    return scoring.score(ready, options.pop("metrics"), options.pop("settings"), Cache(cache), **options)


def test_score_gives_every_segment_a_penalty_its_findings_and_its_key(ready):
    found = scored(ready(english=ENGLISH | {"train": "The train leaves at 14:53 today."}))
    assert [each.id for each in found.pair.segments] == ["open", "train", "two"]
    assert [each.segment.index for each in found.pair.segments] == [0, 1, 2]
    assert all(0 <= each.value("quality") <= 100 for each in found.pair.segments)
    assert {each.check for each in found.pair.segments[1].findings} >= {"number"}
    assert found.n_cached == 0


def test_score_of_segments_that_were_there_before_is_left_out_but_not_their_findings(ready):
    now = ready(english=ENGLISH | {"train": "The train leaves at 14:53 today.", "two": "Two years"})
    before = {scoring.identity(segment) for segment in now.segments[:2]}
    found = scored(now, before=before)
    assert [each.is_changed for each in found.pair.segments] == [False, False, True]
    assert [each.penalty is None for each in found.pair.segments] == [True, True, False]
    assert {each.check for each in found.pair.segments[1].findings} >= {"number"}
    whole = scored(now)
    assert found.pair.segments[2] == whole.pair.segments[2]
    assert found.pair.signature == whole.pair.signature


def test_score_through_the_cache_is_the_same_and_counts_what_was_known(ready, tmp_path):
    first = scored(ready(), tmp_path / "cache")
    again = scored(ready(), tmp_path / "cache")
    assert (first.n_cached, again.n_cached) == (0, 3)
    assert again.pair.segments == first.pair.segments
    # A key more moves nothing.
    more = scored(ready({"a": "Hallo!"} | GERMAN, {"a": "Hello!"} | ENGLISH), tmp_path / "cache")
    assert more.n_cached == 3
    assert [each.penalty for each in more.pair.segments[1:]] == [each.penalty for each in first.pair.segments]


def test_score_measures_the_metrics_that_rules_name(ready, tmp_path):
    reference = tmp_path / "reference.json"
    reference.write_text(json.dumps(ENGLISH | {"two": "two years"}), encoding="utf-8")
    ready()
    files = FilePair("en.json", tmp_path / "en.json", tmp_path / "de.json", (reference,), "de-en")
    found = scored(read(files, FAST), metrics=("chrf", "ter"))
    assert found.pair.segments[0].value("chrf") == pytest.approx(100)
    assert found.pair.segments[2].value("chrf") < 100
    assert found.pair.metric("ter").name == "ter"
    assert len({scored(read(files, FAST), metrics=names).pair.signature for names in ((), ("chrf",), ("ter",))}) == 3


def test_score_neural_metric_without_neural_models_is_refused(ready):
    with pytest.raises(UsageError, match="--preset standard"):
        scored(ready(), metrics=("match_f1_source",))


def test_score_with_a_model_that_is_not_there_is_refused_also_when_all_is_cached(ready, tmp_path):
    scored(ready(), tmp_path / "cache")
    with pytest.raises(ModelError, match="is not a model"):
        scored(ready(), tmp_path / "cache", settings=Settings(preset="fast", model=str(tmp_path / "nowhere")))


def test_text_is_the_source_else_the_reference_else_the_hypothesis():
    assert scoring.text(Segment(0, " Hallo ", "Hello")) == "Hallo"
    assert scoring.text(Segment(0, None, "Hello", ("Hi",))) == "Hi"
    assert scoring.text(Segment(0, "", "Added")) == "Added"
    assert scoring.text(Segment(0, "Cafe\u0301", "x")) == "Caf\u00e9"


def test_text_of_100_000_combining_marks_takes_no_time():
    # Composing them takes a quarter of a minute, as ordering marks is quadratic.
    assert len(scoring.text(Segment(0, "a" + "\u0301\u0316" * 50_000, "x"))) == 100_001


def test_ids_of_equal_texts_are_numbered(tmp_path):
    for name, text in (("de", "Ja.\nNein.\nJa.\n"), ("en", "Yes.\nNo.\nYeah.\n")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    ready = read(FilePair("en", tmp_path / "en.txt", tmp_path / "de.txt", (), "de-en"), FAST)
    ids = [each.id for each in scored(ready).pair.segments]
    assert ids[2] == f"{ids[0]}-2"
    assert len(ids[0]) == 8


def test_signature_depends_on_preset_role_and_metrics_and_not_on_texts(ready):
    signatures = {scored(ready()).pair.signature, scored(ready(english=ENGLISH | {"two": "Two years"})).pair.signature}
    (signature,) = signatures
    assert "|role:source|preset:fast|" in signature
