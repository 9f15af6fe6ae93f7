"""The gate as a command: its streams, files and exit codes, hostile texts, two jobs at once, and an interrupt."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import jsonschema
import pytest
from command_line import command, environment
from lxml import etree
from markdown_it import MarkdownIt
from repository import BASELINE, DE, EN, ES, NEWS, NEWS_DE, POLICY, broken, made, pair_of

SCHEMAS = Path(__file__).parent / "outputs"
HOSTILE = (
    "::error file=x::boom\u0007 <script>alert(1)</script> ]]> \u001b[31mred\u001b[0m | `code` %0A::stop-commands::x "
    "\u202egnp.exe <!-- --> &amp; $(id)"
)


@pytest.fixture
def repository(tmp_path):
    return made(tmp_path / "repository")


# Hostile text.


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """All outputs of one run on a translation that attacks each of them, by name."""
    repository = made(tmp_path_factory.mktemp("hostile") / "repository")
    tree = json.loads(repository.read(EN))
    tree["manual"]["mounting"]["s1"] = f"{HOSTILE} use pliers"
    tree["manual"]["care"] |= {"]]>::error::<b>|": HOSTILE}
    repository.write(EN, json.dumps(tree, ensure_ascii=False))
    names = ("json", "junit", "sarif", "markdown", "html", "codequality")
    options = [part for name in names for part in (f"--{name}", f"out.{name}")]
    done = repository.gate(*options, "--github")
    assert done.code == 1, done.err
    return {name: repository.read(f"out.{name}") for name in names} | {"text": done.out, "github": done.err}


def test_cli_hostile_json_is_json_with_the_text_whole(hostile):
    verdict = json.loads(hostile["json"])
    assert any(HOSTILE in each["hypothesis"] for each in pair_of(verdict, EN)["segments"])


def test_cli_hostile_junit_is_xml_for_two_parsers_and_the_schema(hostile):
    content = hostile["junit"].encode("utf-8")
    assert ElementTree.fromstring(content).tag == "testsuites"
    etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd")).assertValid(etree.fromstring(content))


def test_cli_hostile_sarif_follows_the_schema(hostile):
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(json.loads(hostile["sarif"]))


def test_cli_hostile_codequality_is_json(hostile):
    found = [each for each in json.loads(hostile["codequality"]) if each["location"]["path"] == EN]
    assert "key" in {each["check_name"] for each in found}


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_cli_hostile_pages_have_no_script(hostile, name):
    page = hostile[name]
    if name == "markdown":
        page = MarkdownIt("gfm-like", {"html": True}).render(page)
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    tags = [node.tag for node in tree.iter() if isinstance(node.tag, str)]
    assert "script" not in tags
    assert "alert(1)" in "".join(tree.itertext())


def test_cli_hostile_text_starts_no_command_and_no_colour(hostile):
    for name in ("text", "github", "junit", "markdown", "html"):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", hostile[name].replace("\t", "")), name
    lines = hostile["github"].split("\n")
    starts = {line.split("::")[1].split(" ")[0] for line in lines if line.startswith("::")}
    assert starts <= {"error", "warning", "notice"}
    assert not any(line.startswith(("::error file=x", "::stop-commands")) for line in lines)
    assert not any(line.lstrip().startswith("::") for line in hostile["text"].split("\n"))


# Streams and files.


def test_cli_json_on_standard_output_is_nothing_else_in_github_actions(repository, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    repository.edit(EN, "must not exceed 8 bar", "must exceed 8 bar")
    for arguments in (("-f", "json"), ("--json", "-"), ("-f", "json", "-o", "-")):
        done = repository.gate(*arguments)
        assert done.code == 1
        assert json.loads(done.out)["outcome"] == "fail"
        assert f"::error file={EN},line=8," in done.err
    told = summary.read_text(encoding="utf-8")
    assert told.startswith("before\n")
    assert told.count("negation") >= 3  # appended, a run at a time
    assert repository.gate("--no-github").err == ""


def test_cli_annotations_are_silent_elsewhere(repository, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    done = repository.gate()
    assert (done.code, done.err) == (0, "")
    assert "::" not in done.out


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere/report.json", "there is no folder"),
        (".", "it is a folder"),
        ("/dev/full", "No space left on device"),
        ("scorer.toml/x.json", "there is no folder"),
    ],
)
def test_cli_output_that_cannot_be_written_exits_2(repository, path, message):
    done = repository.gate("--json", path)
    assert done.code == 2
    assert message in done.message


def test_cli_standard_output_on_a_full_disk_exits_2(repository):
    with open("/dev/full", "w") as full:
        done = repository.spawn(stdout=full)
    assert done.code == 2
    assert "No space left on device" in done.err


def test_cli_baseline_that_cannot_be_written_exits_2(repository):
    done = repository.gate("--baseline", "nowhere/baseline.json", "--write-baseline")
    assert done.code == 2
    assert "cannot write nowhere/baseline.json" in done.message


def test_cli_cache_that_cannot_be_used_changes_no_verdict(repository):
    code, verdict = repository.verdict("--cache-dir", "scorer.toml/cache")
    assert (code, verdict["outcome"]) == (0, "pass")
    assert "cache" in verdict["notes"][0]


# Which files, which policy.


def test_cli_below_the_policys_folder_judges_the_same(repository):
    code, verdict = repository.verdict(below="docs")
    assert (code, [pair["name"] for pair in verdict["pairs"]]) == (0, [EN, ES, NEWS])
    assert verdict["baseline_state"] == "read"


def test_cli_named_files_go_by_the_policy_and_its_baseline(repository):
    for arguments, below in (((NEWS_DE, NEWS), ""), (("news.de.txt", "news.en.txt"), "docs")):
        code, verdict = repository.verdict(*arguments, below=below)
        assert (code, [pair["name"] for pair in verdict["pairs"]]) == (0, [NEWS])
        assert pair_of(verdict, NEWS)["counts"]["unchanged"] == 13


def test_cli_named_files_leave_the_others_in_the_baseline(repository):
    repository.edit(NEWS, "37 employees", "73 employees")
    assert repository.verdict(NEWS_DE, NEWS, "--write-baseline")[0] == 0
    code, verdict = repository.verdict()
    assert code == 0
    assert all(pair["counts"]["changed"] == 0 for pair in verdict["pairs"])


def test_cli_named_files_without_a_policy_go_by_flags(repository):
    repository.path("scorer.toml").unlink()
    done = repository.gate(NEWS_DE, NEWS)
    assert done.code == 2
    assert "there is no policy: write one with `scorer gate --init SOURCE HYPOTHESIS`, or name a rule" in done.message
    flags = ("--preset", "fast", "--minimum", "quality=40")
    assert repository.verdict(NEWS_DE, NEWS, *flags)[0] == 0
    code, verdict = repository.verdict(NEWS_DE, NEWS, *flags, "--minimum", "adequacy=99.5")
    assert (code, list(broken(verdict, NEWS))) == (1, ["minimum.adequacy"])
    assert repository.gate("--minimum", "quality=40").code == 2  # and no files


def test_cli_damaged_baseline_of_named_files_says_how_to_begin_again(repository):
    repository.write("own.json", "{")
    flags = ("--preset", "fast", "--minimum", "quality=40", "--baseline", "own.json", "--write-baseline")
    done = repository.gate(NEWS_DE, NEWS, *flags)
    assert done.code == 2
    assert "to begin with these files alone, delete it" in done.message
    repository.path("own.json").unlink()
    assert repository.gate(NEWS_DE, NEWS, *flags).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--minimum", "quality=nan"), "finite number"),
        (("--minimum", "quality=101"), "101"),
        (("--minimum", "quality=80%"), "cannot read"),
        (("--minimum", "ter=40"), "use maximum"),
        (("--minimum", "qualty=4"), "did you mean 'quality'"),
        (("--minimum", "match_f1=40"), "--preset standard"),
        (("--findings", "critical=1,critical=2"), "twice"),
        (("--coverage", "1.5"), "coverage"),
        (("--on-undecided", "maybe"), "pass"),
        (("--accept", "x", "--write-baseline"), "leave out --accept"),
        (("--changed", "HEAD", "--write-baseline"), "leave out --changed"),
        ((NEWS,), "two files"),
        (("-r", NEWS), "-r goes with two files"),
        (("--policy", "nowhere.toml"), "no such file"),
        (("-o", "report.docx"), "suffix"),
        (("-f", "docx"), "docx"),
    ],
)
def test_cli_what_cannot_be_meant_exits_2(repository, arguments, message):
    before = repository.read(BASELINE)
    done = repository.gate(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.message
    assert repository.read(BASELINE) == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("minimun = {quality = 3}", "no such key; did you mean 'minimum'?"),
        ("minimum = {quality = 30}", "not valid TOML"),
        ("coverage = 'much'", "coverage"),
        ("[[pair", "not valid TOML"),
    ],
)
def test_cli_policy_that_cannot_be_used_exits_2(repository, line, message):
    repository.write("scorer.toml", f"{line}\n{POLICY}")
    done = repository.gate()
    assert done.code == 2
    assert message in done.message
    assert "scorer.toml" in done.message


def test_cli_changed_without_git_history_exits_2(repository):
    subprocess.run(["rm", "-r", ".git"], cwd=repository.folder, check=True)
    done = repository.gate("--changed", "HEAD")
    assert done.code == 2
    assert "--changed HEAD" in done.message


def test_cli_rule_on_a_metric_without_what_it_needs_fails(repository):
    code, verdict = repository.verdict("--minimum", "chrf=1")
    assert code == 1
    assert broken(verdict, NEWS)["minimum.chrf"] == (
        "chrf is undefined, as no reference was given, so its limit of 1 cannot hold"
    )
    repository.write("docs/reference.txt", repository.read(NEWS).replace("night", "overnight"))
    code, verdict = repository.verdict(NEWS_DE, NEWS, "-r", "docs/reference.txt", "--minimum", "chrf=60", "-l", "de-en")
    assert "minimum.chrf" not in broken(verdict, NEWS)
    assert 90 < pair_of(verdict, NEWS)["values"]["chrf"] < 100


# The first policy.


@pytest.mark.parametrize(
    ("files", "names"),
    [((NEWS_DE, NEWS), [NEWS]), ((DE, "locales/{language}/app.json"), [EN, ES])],
    ids=["text", "keys"],
)
@pytest.mark.parametrize("target", ["scorer.toml", "pyproject.toml"])
def test_cli_init_writes_a_policy_that_holds_at_once(repository, files, names, target):
    for name in ("scorer.toml", BASELINE):
        repository.path(name).unlink()
    if target == "pyproject.toml":
        repository.write(target, '[project]\nname = "x"\n')
    named = ("--policy", target) if target != "scorer.toml" else ()
    done = repository.gate("--init", *files, "--preset", "fast", *named)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"wrote {target}; read it, then run: scorer gate --write-baseline\n"
    policy = tomllib.loads(repository.read(target))
    policy = policy["tool"]["scorer"]["gate"] if named else policy
    assert policy["minimum"].keys() >= {"quality", "adequacy", "fluency"}
    code, verdict = repository.verdict("--write-baseline", "--preset", "fast")
    assert (code, [pair["name"] for pair in verdict["pairs"]]) == (0, names)
    assert repository.verdict("--preset", "fast")[0] == 0
    again = repository.gate("--init", *files, "--preset", "fast", *named)
    assert again.code == 2


def test_cli_init_refuses_what_no_limits_follow_from(repository):
    repository.path("scorer.toml").unlink()
    repository.write(NEWS, "")
    done = repository.gate("--init", NEWS_DE, NEWS, "--preset", "fast")
    assert done.code == 2
    assert "no limits can be derived: docs/news.en.txt is empty" in done.message
    assert not repository.path("scorer.toml").exists()


# A model that is not there.


@pytest.mark.parametrize("preset", ["fast", "standard"])
@pytest.mark.parametrize("is_there", [False, True])
def test_cli_model_that_cannot_be_loaded_fails_and_keeps_the_baseline(repository, preset, is_there):
    folder = repository.path("model")
    if is_there:
        folder.mkdir()
        repository.write("model/MANIFEST.json", "{}")
    before = repository.read(BASELINE)
    for more in ((), ("--write-baseline",)):
        code, verdict = repository.verdict(DE, EN, "--preset", preset, "--model", folder, *more)
        assert code == 1
        assert broken(verdict, EN)["input"].startswith(f"the model could not be loaded: {folder} is not a model")
    assert repository.read(BASELINE) == before


@pytest.mark.parametrize("files", [(DE, EN), (NEWS_DE, NEWS)], ids=["keys", "text"])
def test_cli_encoder_that_is_not_there_fails_even_where_none_is_needed(repository, files):
    code, verdict = repository.verdict(*files, "--preset", "standard", "--encoder", "./nowhere")
    assert code == 1
    assert broken(verdict, files[1]) == {
        "input": "the model could not be loaded: there is no folder './nowhere' with an encoder"
    }


# Jobs at once, and an interrupt.


def test_cli_two_jobs_share_a_cache_and_a_baseline(repository):
    repository.path(BASELINE).unlink()
    subprocess.run(["rm", "-rf", ".cache"], cwd=repository.folder, check=True)
    argv = command("gate", "--cache-dir", ".cache", "--write-baseline", "-f", "json")
    jobs = [
        subprocess.Popen(argv, cwd=repository.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    results = [job.communicate(timeout=120) for job in jobs]
    assert [(job.returncode, err) for job, (_, err) in zip(jobs, results, strict=True)] == [(0, b"")] * 2
    assert all(json.loads(out)["notes"] == [] for out, _ in results)
    assert repository.git("status", "--porcelain") == ""  # the baseline is whole, and the committed one
    verdict = json.loads(repository.spawn("-f", "json").out)
    assert all(pair["counts"]["cached"] == pair["counts"]["segments"] for pair in verdict["pairs"])


# Scores one segment a batch and tells of each, so that the signal comes between two.
_SLOW = """
import sys, time
from scorer import cli, measure
work = measure.measure_where_possible
def told(metric, segments):
    print("scoring", file=sys.stderr, flush=True)
    time.sleep(0.1)
    return work(metric, segments)
measure.measure_where_possible = told
sys.argv = ["scorer", *sys.argv[1:]]
cli.main()
"""


def test_cli_interrupt_keeps_the_baseline_and_what_was_scored(repository):
    repository.edit(NEWS, "37 employees", "73 employees")
    before = repository.read(BASELINE)
    arguments = ("gate", "--cache-dir", "own", "--batch-size", "1", "--write-baseline", "--json", "verdict.json")
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, *arguments],
        cwd=repository.folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell has its background jobs ignore the signal, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no other thread runs here
    )
    assert process.stderr is not None
    for _ in range(12):
        assert process.stderr.readline() == b"scoring\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert err.replace(b"scoring\n", b"") == b"scorer: interrupted\n"
    assert repository.read(BASELINE) == before
    assert sorted(os.listdir(repository.folder)) == sorted(
        [".cache", ".git", ".gitignore", "docs", "locales", "own", BASELINE, "scorer.toml"]
    )
    # In a process of its own, as the first: results are those of one state of the code.
    done = repository.spawn("--cache-dir", "own", "--write-baseline", "-f", "json")
    verdict = json.loads(done.out)
    n_cached = sum(pair["counts"]["cached"] for pair in verdict["pairs"])
    assert (done.code, verdict["notes"]) == (0, [])
    assert 0 < n_cached < 41
    assert repository.read(BASELINE) != before
