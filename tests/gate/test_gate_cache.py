from __future__ import annotations

import dataclasses
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from scorer import cache as storage
from scorer import encoders, fingerprint, measure
from scorer.assets import Model
from scorer.gate.cache import PLACE, Cache, content_keys, identity, measured
from scorer.plan import Plan, Settings, default_metrics, plan
from scorer.types import Finding, Languages, Need, Segment, Stats, found

SEGMENTS = tuple(
    Segment(i, source, hypothesis, references, Languages("de", "en"), place=f"hyp.txt:{i + 1}")
    for i, (source, hypothesis, references) in enumerate(
        [
            ("Das Gerät ist nicht wasserdicht.", "The device is waterproof.", ("The device is not waterproof.",)),
            ("Es kostet 15 Euro.", "It costs 50 euros.", ("It costs 15 euros.",)),
            ("", "An addition \ud800.", ()),
            ("Etwas.", "", ("Something.", "Some thing.")),
            ("Es kostet 15 Euro.", "It costs 50 euros.", ("It costs 15 euros.",)),
        ]
    )
)


@dataclass
class Counting:
    """A metric that knows what it was asked, with rows of every kind of number."""

    name: str = "counting"
    version: int = 1
    asked: list[str] = field(default_factory=list)
    needs: frozenset[Need] = frozenset()
    higher_is_better: bool = True

    def signature(self) -> str:
        return f"{self.name}|v:{self.version}"

    def measure(self, segments: Sequence[Segment]) -> list[Stats]:
        self.asked += [segment.hypothesis for segment in segments]
        return [(0.1 + 0.2, float(np.float32(0.1)), -0.0, 5e-324, 2, math.inf) for _ in segments]

    def finish(self, stats: Stats) -> float | None:
        return stats[0]


@dataclass
class Looking:
    asked: list[int] = field(default_factory=list)

    def __call__(self, segment: Segment) -> Iterator[Finding]:
        self.asked.append(segment.index)
        yield found(segment, "one", "major", "adequacy", f"{segment.hypothesis!r}", hypothesis=(0, 1), certainty=1 / 3)
        yield found(segment, "other", "minor", "fluency", "\ud800", original=(1, 2))


def fast() -> Plan:
    return plan(Settings(preset="fast"), "both", "en", None)


def of(*metrics: Any, **checks: Callable[[Segment], Iterator[Finding]]) -> Plan:
    return replace(fast(), shown=metrics, measured=metrics, checks=checks)


def uncached(segments: Sequence[Segment], chosen: Plan) -> measure.Measured:
    return measure.measure(segments, chosen.measured, tuple(chosen.checks.values()))


def exact(result: measure.Measured) -> str:
    return repr(result)  # tells -0.0 from 0.0 and 2 from 2.0, and all digits


@pytest.mark.parametrize("batch_size", [1, 2, 256])
def test_measured_cold_and_warm_is_what_measure_gives_to_the_bit(tmp_path, batch_size):
    chosen = fast()
    expected = exact(uncached(SEGMENTS, chosen))
    for n_cached in (0, len(SEGMENTS)):
        with Cache(tmp_path) as cache:
            result, n = measured(SEGMENTS, chosen, cache, batch_size=batch_size)
        assert n == n_cached
        assert exact(result) == expected
        assert cache.notes == []
    assert result.findings


@pytest.mark.parametrize("is_cached", [True, False])
def test_measured_encodes_each_text_once_whatever_the_metrics_read_of_it(tmp_path, monkeypatch, is_cached):
    chosen = plan(Settings(metrics=("match_f1_source",)), "source", "en", 0)
    assert {"learned_accuracy", "similarity_source"} <= {metric.name for metric in chosen.measured}
    memo, asked = encoders.load(), []
    embed = memo.encoder.embed
    monkeypatch.setattr(memo, "_known", type(memo._known)())
    monkeypatch.setattr(memo, "_nbytes", 0)
    monkeypatch.setattr(memo.encoder, "embed", lambda texts, **how: asked.extend(texts) or embed(texts, **how))
    segments = [replace(segment, references=()) for segment in SEGMENTS]
    with Cache(tmp_path if is_cached else None) as cache:
        measured(segments, chosen, cache)
    assert sorted(asked) == sorted({text for each in segments for text in (each.source, each.hypothesis)})


def test_measured_without_a_cache_is_measure(tmp_path):
    with Cache(None) as cache:
        result, n_cached = measured(SEGMENTS, fast(), cache)
    assert (exact(result), n_cached) == (exact(uncached(SEGMENTS, fast())), 0)


def test_measured_no_segments_gives_empty_columns(tmp_path):
    with Cache(tmp_path) as cache:
        result, n_cached = measured([], of(Counting()), cache)
    assert (result, n_cached) == (measure.Measured((), {"counting": ()}, ()), 0)


def test_measured_only_new_texts_are_measured_and_old_results_move_with_theirs(tmp_path):
    metric, look = Counting(), Looking()
    with Cache(tmp_path) as cache:
        measured(SEGMENTS[:2], of(metric, one=look), cache)
    metric.asked.clear()
    look.asked.clear()
    moved = replace(SEGMENTS[1], index=7, place="other.txt:9", system="B", document="other")
    with Cache(tmp_path) as cache:
        result, n_cached = measured([moved, SEGMENTS[3]], of(metric, one=look), cache)
    assert (metric.asked, look.asked, n_cached) == ([""], [3], 1)
    assert exact(result) == exact(uncached([moved, SEGMENTS[3]], of(Counting(), one=Looking())))
    assert [(each.index, each.system) for each in result.findings] == [(7, "B"), (7, "B"), (3, ""), (3, "")]


def test_measured_another_metric_or_check_is_added_to_what_is_known(tmp_path):
    first, second, look, late = Counting("first"), Counting("second"), Looking(), Looking()
    with Cache(tmp_path) as cache:
        measured(SEGMENTS[:2], of(first, look=look), cache)
    with Cache(tmp_path) as cache:
        result, n_cached = measured(SEGMENTS[:3], of(second, first, late=late, look=look), cache)
    assert n_cached == 0
    assert len(first.asked) == len(second.asked) == len(look.asked) == len(late.asked) == 3
    assert exact(result) == exact(uncached(SEGMENTS[:3], of(second, first, late=late, look=look)))
    with Cache(tmp_path) as cache:
        assert measured(SEGMENTS[:3], of(first, look=look), cache)[1] == 3  # a part of what is known is enough
        assert measured(SEGMENTS[:3], of(second, first, late=late, look=look), cache)[1] == 3


def test_measured_an_interrupted_run_keeps_the_batches_that_were_done(tmp_path):
    def interrupt(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Cache(tmp_path) as cache:
        measured(SEGMENTS[:4], of(Counting()), cache, batch_size=2, progress=interrupt)
    with Cache(tmp_path) as cache:
        assert measured(SEGMENTS[:4], of(Counting()), cache)[1] == 2


def test_measured_progress_begins_with_what_is_known(tmp_path):
    told: list[int] = []
    with Cache(tmp_path) as cache:
        measured(SEGMENTS[:2], of(Counting()), cache, batch_size=1, progress=told.append)
        assert told == [1, 2]
        told.clear()
        measured(SEGMENTS[:4], of(Counting()), cache, batch_size=1, progress=told.append)
    assert told == [2, 3, 4]


@pytest.mark.parametrize("stored", [b"", b"[]", b"{}", b"[1,2]", b'[{"a":1},{}]', b'[{},{"one":[[1]]}]', b"[" * 9999])
def test_measured_an_entry_of_another_shape_is_measured_again(tmp_path, stored):
    with Cache(tmp_path) as cache:
        cache.put({content_keys(SEGMENTS)[0]: stored})
        result, n_cached = measured(SEGMENTS[:1], of(Counting(), one=Looking()), cache)
    assert n_cached == 0
    assert exact(result) == exact(uncached(SEGMENTS[:1], of(Counting(), one=Looking())))


def test_measured_a_cache_that_fails_changes_no_result(tmp_path, monkeypatch):
    def fail(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(sqlite3, "connect", fail)
    with Cache(tmp_path) as cache:
        result, n_cached = measured(SEGMENTS, fast(), cache)
    assert (exact(result), n_cached) == (exact(uncached(SEGMENTS, fast())), 0)
    assert len(cache.notes) == 1


def test_measured_nothing_of_another_version_is_served(tmp_path, monkeypatch):
    def n_cached(metric: Counting) -> int:
        with Cache(tmp_path) as cache:
            return measured(SEGMENTS[:2], of(metric), cache)[1]

    assert [n_cached(Counting()), n_cached(Counting())] == [0, 2]
    assert n_cached(Counting(version=2)) == 0
    monkeypatch.setattr(encoders, "device", lambda: "cuda")
    assert [n_cached(Counting()), n_cached(Counting())] == [0, 2]
    monkeypatch.setattr(fingerprint, "code", lambda: "another version")
    assert [n_cached(Counting()), n_cached(Counting())] == [0, 2]


OTHER: dict[str, Any] = {
    "source": None,
    "hypothesis": "x",
    "references": ("The device is", " not waterproof."),
    "languages": Languages("de", "fr"),
    "index": 9,
    "document": "x",
    "system": "x",
    "place": "x",
}


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(Segment)])
def test_content_keys_change_with_everything_but_the_place(name):
    other = replace(SEGMENTS[0], **{name: OTHER.get(name, "x")})
    first, second = content_keys([SEGMENTS[0], other])
    assert (first == second) is (name in PLACE)


def test_content_keys_tell_where_one_text_ends():
    segments = [Segment(0, "a", "b", refs) for refs in (("c", "d"), ("cd",), ("c", "", "d"), ("c', 'd",), ())]
    segments += [Segment(0, None, "b"), Segment(0, "None", "b"), Segment(0, "", "ab")]
    assert len(set(content_keys(segments))) == len(segments)


def test_place_is_read_by_no_metric_and_no_check_of_the_fast_preset():
    elsewhere = [replace(each, index=each.index + 50, place="x", document="y", system="") for each in SEGMENTS]
    here, there = uncached(SEGMENTS, fast()), uncached(elsewhere, fast())
    assert here.rows == there.rows
    assert here.findings == tuple(replace(each, index=each.index - 50) for each in there.findings)


def test_identity_of_shipped_metrics_needs_no_model_and_is_each_ones_own(monkeypatch):
    monkeypatch.setattr(encoders, "load", lambda name="": pytest.fail("a model was loaded"))
    metrics = plan(Settings(), "both", "en", 1, specs=default_metrics("standard", "both")).measured
    metrics += plan(Settings(preset="fast", metrics=("chrf(beta=1)", "bleu(lowercase=True)")), "both", "en", 1).measured
    assert len({identity(metric) for metric in metrics}) == len(set(metrics))


def test_identity_follows_the_settings_and_the_model_and_not_the_number_of_references():
    (learned,) = plan(Settings(metrics=("learned_accuracy",)), "source", "en", 0).shown
    (chrf,) = plan(Settings(metrics=("chrf",)), "both", "en", 2).shown
    assert identity(chrf) == identity(replace(chrf, n_references=None))
    assert identity(chrf) != identity(replace(chrf, lowercase=True))
    fitted = [Model(folder, (("recipes.json", sha),), sha) for folder, sha in (("a", "1"), ("b", "1"), ("a", "2"))]
    same, moved, other = (identity(replace(learned, model=model)) for model in fitted)
    assert same == moved != other
    assert same != identity(learned)


def test_identity_of_another_encoder_is_its_signature(monkeypatch):
    (metric,) = plan(Settings(metrics=("similarity",)), "both", "en", 1).shown
    other = replace(metric, encoder="folder")
    seen = []
    for weights in ("similarity|weights:1", "similarity|weights:2"):
        monkeypatch.setattr(type(metric), "signature", lambda _, weights=weights: weights)
        seen.append(identity(other))
    assert seen[0] != seen[1]


def test_cache_is_the_one_of_all_commands():
    assert Cache is storage.Cache
