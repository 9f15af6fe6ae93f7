"""What a run costs in seconds of the processor: warm, by size, and on hostile texts; see benchmarks/speed_gate.py."""

from __future__ import annotations

import dataclasses
import json
import re
import time

import pytest
from repository import SEEDS, Repository

from scorer import encoders
from scorer.gate import cache

POLICY = """\
preset = "fast"
findings = {critical = 99999}
baseline = "scorer-baseline.json"
max_drop = {quality = 1.0}
max_segment_drop = {quality = 99}

[[pair]]
source = "de.json"
hypothesis = "en.json"
languages = "de-en"
"""
NUMBER = re.compile(r" \(\d+\)$")


def fill(folder, n_segments):
    """Write as many different segments: the paragraphs of the seeds, each with a number."""
    folder.mkdir()
    repository = Repository(folder)
    repository.write("scorer.toml", POLICY)
    for language, name in (("de", "source.de.txt"), ("en", "good.en.txt")):
        texts = [line for line in (SEEDS / "news" / name).read_text(encoding="utf-8").split("\n") if line][2:4]
        tree = {f"s{i}": f"{texts[i % len(texts)]} ({i})" for i in range(n_segments)}
        repository.write(f"{language}.json", json.dumps(tree))
    return repository


@pytest.fixture
def bare_results(monkeypatch):
    """Measure segments without their number, and each text once, so that a cache is filled in a blink."""
    measure, seen = cache._measure, {}

    def once(segments, known, metrics, checks):
        for segment, each in zip(segments, known, strict=True):
            texts = {name: NUMBER.sub("", getattr(segment, name)) for name in ("source", "hypothesis")}
            key = tuple(texts.values())
            if key not in seen:
                measure([dataclasses.replace(segment, **texts)], [each], metrics, checks)
                seen[key] = (each.rows, each.findings)
            each.rows, each.findings = map(dict, seen[key])

    monkeypatch.setattr(cache, "_measure", once)


def spent(repository, *arguments):
    """Return the processor's seconds of a run, which must not load an encoder."""
    start = time.process_time()
    done = repository.gate("-f", "json", *arguments)
    seconds = time.process_time() - start
    assert done.code == 0, done.out[:500] + done.err
    counts = json.loads(done.out)["pairs"][0]["counts"]
    return seconds, counts


def test_gate_warm_run_is_fast_grows_linearly_and_scores_nothing(tmp_path, bare_results, monkeypatch):
    sizes = (500, 2_000)
    repositories = [fill(tmp_path / str(n), n) for n in sizes]
    for repository in repositories:
        spent(repository, "--write-baseline")
    monkeypatch.setattr(cache, "_measure", lambda *_: pytest.fail("a segment was scored twice"))
    monkeypatch.setattr(encoders, "_load", lambda name: pytest.fail("an encoder was loaded"))
    (small, _), (large, counts) = map(spent, repositories)
    assert (counts["cached"], counts["unchanged"]) == (2_000, 2_000)
    # 0.4 s where this was written; 5,000 segments may take 3 s in all, 1.2 s of these for 2,000.
    assert large < 3
    assert large < 8 * max(small, 0.1)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("word " * 20_000, "other " * 20_000),
        ("a" * 100_000, "b" * 100_000),
        ("not " * 10_000, "no " * 10_000),
        ("a" + "\u0301\u0316" * 5_000, "a" + "\u0316\u0301" * 5_000),
        ("{0} %s <b>" * 4_000, "<" * 50_000),
    ],
    ids=["tokens", "word", "negations", "marks", "placeholders"],
)
def test_gate_hostile_segment_takes_no_minute(tmp_path, text, then):
    repository = fill(tmp_path / "repository", 3)
    for name, value in (("de.json", text), ("en.json", then)):
        repository.write(name, json.dumps(json.loads(repository.read(name)) | {"hostile": value}))
    start = time.process_time()
    assert repository.gate("--write-baseline").code in (0, 1)
    repository.write("en.json", json.dumps(json.loads(repository.read("en.json")) | {"hostile": text}))
    assert repository.gate().code in (0, 1)
    assert time.process_time() - start < 20
