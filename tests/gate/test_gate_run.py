"""The run as a function: what it writes, what it tells while it runs, and that neural results go through it too."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from command_line import environment
from repository import BASELINE, DE, EN, NEWS, NEWS_DE, POLICY, behind, broken, made, pair_of

from scorer.errors import InputError, UsageError
from scorer.gate import parsing, run
from scorer.gate.task import Task

POLICY_STANDARD = """\
findings = {critical = 0}
baseline = "scorer-baseline.json"
max_segment_drop = {quality = 15}

[[pair]]
source = "locales/de/app.json"
hypothesis = "locales/en/app.json"
languages = "de-en"
"""


@pytest.fixture
def repository(tmp_path):
    return made(tmp_path / "repository")


def task(repository, content, **options):
    policy = parsing.parse(content, name="scorer.toml", folder=repository.folder, flags={})
    return Task(policy, cache=repository.path(".cache"), **options)


CONTENT = {
    "preset": "fast",
    "minimum": {"quality": 1},
    "baseline": BASELINE,
    "pair": [{"source": NEWS_DE, "hypothesis": NEWS}, {"source": DE, "hypothesis": EN}],
}


def test_gate_tells_its_progress_by_file(repository):
    told = []
    run.gate(task(repository, CONTENT, literal=True), lambda *each: told.append(each))
    assert told[-1] == ("score 2 of 2", 14, 14)
    assert ("score 1 of 2", 13, 13) in told


def test_gate_is_the_same_twice_and_at_any_batch_size(repository):
    def bare(verdict):
        pairs = [dataclasses.replace(pair, counts={}) for pair in verdict.pairs]
        return dataclasses.replace(verdict, pairs=tuple(pairs))

    whole = run.gate(dataclasses.replace(task(repository, CONTENT, literal=True), cache=None))
    small = run.gate(dataclasses.replace(task(repository, CONTENT, literal=True, batch_size=1), cache=None))
    cached = run.gate(task(repository, CONTENT, literal=True))
    assert bare(whole) == bare(small) == bare(cached)


def test_gate_leaves_a_baseline_alone_that_says_the_same(repository):
    before = repository.path(BASELINE).stat()
    run.gate(task(repository, CONTENT, literal=True))
    after = repository.path(BASELINE).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_gate_one_file_under_two_pairs_is_refused(repository):
    with pytest.raises((UsageError, InputError), match=r"docs/news\.en\.txt"):
        run.gate(task(repository, CONTENT | {"pair": [CONTENT["pair"][0], CONTENT["pair"][0]]}))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"write_baseline": True}, "there is no baseline to write"),
        ({"accept": ("all",)}, "there is no baseline to write"),
    ],
)
def test_gate_without_a_baseline_has_none_to_write(repository, options, message):
    content = {key: value for key, value in CONTENT.items() if key != "baseline"}
    with pytest.raises(UsageError, match=message):
        run.gate(task(repository, content, **options))


def test_gate_pair_of_whose_files_one_was_not_there_before_counts_as_new(repository):
    repository.write("docs/more.de.txt", "Die Garantie gilt 2 Jahre ab dem Tag des Kaufs.\n")
    repository.write("docs/more.en.txt", "The warranty is valid for 2 years from the day of purchase.\n")
    code, verdict = repository.verdict("--changed", "HEAD")
    assert [pair["name"] for pair in verdict["pairs"]] == ["docs/more.en.txt"]
    assert pair_of(verdict, "docs/more.en.txt")["counts"]["scored"] == 1
    assert code == 1
    assert "it is not in the baseline" in broken(verdict, "docs/more.en.txt")["baseline"]


def test_gate_renamed_file_is_compared_with_what_it_was(repository):
    repository.write("scorer.toml", POLICY.replace("findings = {critical = 0}\n", ""))
    for language in ("de", "en"):
        repository.git("mv", f"docs/news.{language}.txt", f"docs/report.{language}.txt")
    repository.edit("docs/report.en.txt", "37 employees", "73 employees")
    _, verdict = repository.verdict("--changed", "HEAD")
    assert pair_of(verdict, "docs/report.en.txt")["counts"]["scored"] == 1


@pytest.fixture(scope="module")
def standard(tmp_path_factory):
    """A repository of three segments that the standard preset has scored once, and the verdict."""
    repository = made(tmp_path_factory.mktemp("standard") / "repository", policy=POLICY_STANDARD)
    for name in (DE, EN):
        chapter = json.loads(repository.read(name))["manual"]
        repository.write(name, json.dumps(chapter["mounting"], ensure_ascii=False, indent=1))
    code, verdict = repository.verdict("--write-baseline")
    assert code == 0
    return repository, verdict


def test_gate_neural_results_come_from_the_cache_and_agree_with_the_baseline(standard):
    repository, first = standard
    assert "|preset:standard|" in pair_of(first, EN)["signature"]
    code, second = repository.verdict()
    pair, again = pair_of(first, EN), pair_of(second, EN)
    assert (code, again["counts"]["cached"], again["counts"]["unchanged"]) == (0, 4, 4)
    assert [each["values"] for each in again["segments"]] == [each["values"] for each in pair["segments"]]
    assert again["values_since"] == again["values_then"]


_WARM = """
import sys
from scorer import cli, encoders
def refuse(name):
    raise AssertionError("a model was loaded")
encoders._load = refuse
sys.argv = ["scorer", *sys.argv[1:]]
try:
    cli.main()
finally:
    loaded = {"torch", "transformers", "sentence_transformers", "tokenizers", "safetensors"} & set(sys.modules)
    print("loaded:", *sorted(loaded), file=sys.stderr)
"""


def test_gate_warm_standard_run_loads_no_model_and_no_torch(standard):
    repository, _ = standard
    # Filled by a process of the same state of the code, so that this one finds all of it.
    run_in = {"cwd": repository.folder, "env": environment(), "capture_output": True, "text": True, "timeout": 120}
    argv = [sys.executable, "-c", _WARM, "gate", "--cache-dir", ".cache", "-f", "json"]
    done = subprocess.run(argv, check=False, **run_in)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "loaded:"
    assert json.loads(done.stdout)["pairs"][0]["counts"]["cached"] == 4


def test_gate_standard_sees_a_dropped_not_and_scores_only_it(standard, tmp_path):
    repository, _ = standard
    before = repository.read(EN)
    try:
        repository.edit(EN, "do not use pliers", "use pliers")
        code, verdict = repository.verdict()
    finally:
        repository.write(EN, before)
    assert code == 1
    assert pair_of(verdict, EN)["counts"]["cached"] == 3
    assert behind(verdict, EN, "findings.critical") == ["s1"]
