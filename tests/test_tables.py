from __future__ import annotations

import csv
import json
import os

import pytest

from scorer import Settings
from scorer.errors import InputError, UsageError
from scorer.systems import rate
from scorer.tables import score_table, takes_rows
from scorer.types import Languages

# Four batches of eight rows, so that there is something to interrupt.
SETTINGS = Settings(preset="fast", n_resamples=20, languages=Languages("de", "en"), batch_size=2)
N_BATCH = SETTINGS.batch_size * 4


def silent(stage, done, total):
    pass


def row(i: int) -> dict:
    return {
        "id": f"line-{i}",
        "source": f"Der Zug Nummer {i + 200} war wieder spät.",
        "mt": f"The train number {i + 200 + (i % 5 == 0)} was late again.",
        "reference": f"Train number {i + 200} was late once more.",
        "extra": {"nested": [1, None, "ü"]},
    }


ROWS = [row(i) for i in range(4 * N_BATCH - 3)]
ROWS[3] = {"id": "none", "source": "Nichts.", "mt": None, "reference": None}
ROWS[5] = {"id": "blank", "source": " ", "mt": ""}
ROWS[6] = {"id": "omitted", "source": "Das fehlt.", "mt": ""}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in ROWS), encoding="utf-8")
    return path


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def run(table, *outputs, settings=SETTINGS, progress=silent):
    return score_table(str(table), [str(output) for output in outputs], settings, progress)


def test_score_table_rows_keep_their_order_and_what_they_carry(table, tmp_path):
    run(table, tmp_path / "out.jsonl")
    found = read(tmp_path / "out.jsonl")
    assert [each["index"] for each in found] == list(range(len(ROWS)))
    for given, each in zip(ROWS, found, strict=True):
        assert {key: each[key] for key in given} == given
        assert {"quality", "adequacy", "fluency", "metrics", "findings", "skipped"} <= each.keys()


def test_score_table_row_that_cannot_be_scored_says_why(table, tmp_path):
    report = run(table, tmp_path / "out.jsonl")
    found = read(tmp_path / "out.jsonl")
    assert found[3]["skipped"] == "the hypothesis is null"
    assert found[5]["skipped"] == "all texts are blank"
    for i in (3, 5):
        assert (found[i]["quality"], found[i]["metrics"], found[i]["findings"]) == (None, {}, [])
    assert found[6]["skipped"] is None
    assert [finding["check"] for finding in found[6]["findings"]] == ["omission"]
    assert report.n_rows == len(ROWS)
    assert f"2 of {len(ROWS)} rows could not be scored" in report.notes[0]


def test_score_table_findings_are_as_promised(table, tmp_path):
    run(table, tmp_path / "out.jsonl")
    (finding,) = read(tmp_path / "out.jsonl")[0]["findings"]
    assert finding["check"] == "number"
    assert {
        "check",
        "severity",
        "dimension",
        "message",
        "source_span",
        "hypothesis_span",
        "reference_span",
    } <= finding.keys()
    start, end = finding["hypothesis_span"]
    assert ROWS[0]["mt"][start:end] == "201"


def test_score_table_of_strings_has_a_column_for_each_score(table, tmp_path):
    run(table, tmp_path / "out.tsv", tmp_path / "out.csv", tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    tsv = [line.split("\t") for line in (tmp_path / "out.tsv").read_text(encoding="utf-8").split("\n")[:-1]]
    assert len(cells) == len(rows) == len(tsv) - 1
    assert {len(line) for line in tsv} == {len(tsv[0])}
    assert {"index", "id", "quality", "mqm", "chrf", "findings", "skipped"} <= set(tsv[0]) & cells[0].keys()
    for each, line in zip(rows, cells, strict=True):
        assert line["quality"] == ("" if each["quality"] is None else repr(each["quality"]))
    assert "number" in cells[0]["findings"]


def test_score_table_of_strings_cannot_be_broken_by_a_cell(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"source": "a\tb\nc", "mt": "=cmd|' /C calc'!A0", "id": 'q"uo,te'}) + "\n")
    run(path, tmp_path / "out.tsv", tmp_path / "out.csv")
    head, line, end = (tmp_path / "out.tsv").read_text().split("\n")
    assert (len(head.split("\t")), end) == (len(line.split("\t")), "")
    with (tmp_path / "out.csv").open(newline="") as file:
        (cells,) = csv.DictReader(file)
    assert cells["mt"] == "'=cmd|' /C calc'!A0"  # a spreadsheet shows it and runs nothing
    assert cells["source"] == "a\tb\nc"
    assert cells["id"] == 'q"uo,te'


@pytest.mark.parametrize("interrupted_after", [1, 2, 3])
def test_score_table_interrupted_is_taken_up_and_ends_alike(table, tmp_path, monkeypatch, interrupted_after):
    whole = run(table, tmp_path / "whole.jsonl", tmp_path / "whole.csv")
    target = tmp_path / "out.jsonl"

    def interrupt(stage, done, total):
        if done >= interrupted_after * N_BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(table, target, tmp_path / "out.csv", progress=interrupt)
    assert not target.exists()
    scored = []

    def counting(entries, *arguments, **options):
        for each in rate(entries, *arguments, **options):
            scored.append(each.entry.row.cells["id"])
            yield each

    monkeypatch.setattr("scorer.tables.rate", counting)
    again = run(table, target, tmp_path / "out.csv")
    assert scored == [each["id"] for each in ROWS[interrupted_after * N_BATCH :]]
    assert target.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert again == whole
    assert not list(tmp_path.glob(".*"))


def interrupted(table, target, settings=SETTINGS):
    def interrupt(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(table, target, settings=settings, progress=interrupt)
    return target.with_name(f".{target.name}.partial")


def test_score_table_line_cut_short_by_the_interruption_is_scored_again(table, tmp_path):
    run(table, tmp_path / "whole.jsonl")
    partial = interrupted(table, tmp_path / "out.jsonl")
    partial.write_bytes(partial.read_bytes()[:-100])
    run(table, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize("damage", ["settings", "input", "bytes", "empty"])
def test_score_table_partial_file_of_another_run_is_ignored(table, tmp_path, damage):
    other = Settings(preset="fast", languages=Languages("de", "en"), metrics=("length_ratio",), batch_size=2)
    partial = interrupted(table, tmp_path / "out.jsonl", other if damage == "settings" else SETTINGS)
    if damage == "input":
        table.write_text("".join(json.dumps(each) + "\n" for each in reversed(ROWS)), encoding="utf-8")
    if damage == "bytes":
        partial.write_bytes(partial.read_bytes().replace(b'"cells"', b"\xff{"))
    if damage == "empty":
        partial.write_bytes(b"")
    run(table, tmp_path / "whole.jsonl")
    run(table, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_score_table_pipe_with_other_rows_is_not_taken_up(table, tmp_path, monkeypatch):
    import io

    def piped(rows):
        class Standard:
            buffer = io.BytesIO("".join(json.dumps(each) + "\n" for each in rows).encode())
            closed = False

        monkeypatch.setattr("sys.stdin", Standard)

    target = tmp_path / "out.jsonl"
    piped(ROWS)
    with pytest.raises(KeyboardInterrupt):
        score_table("-", [str(target)], SETTINGS, lambda *step: (_ for _ in ()).throw(KeyboardInterrupt))
    others = [row(i + 100) for i in range(20)]
    piped(others)
    score_table("-", [str(target)], SETTINGS, silent)
    assert [each["id"] for each in read(target)] == [each["id"] for each in others]
    fresh = tmp_path / "fresh.jsonl"
    piped(others)
    score_table("-", [str(fresh)], SETTINGS, silent)
    assert target.read_bytes() == fresh.read_bytes()


def test_score_table_metrics_are_those_of_the_first_rows_after_an_interruption_too(tmp_path, monkeypatch):
    monkeypatch.setattr("scorer.tables.PEEK", N_BATCH)
    rows = [row(i) for i in range(N_BATCH)] + [
        {k: v for k, v in row(i).items() if k != "reference"} for i in range(N_BATCH)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    run(path, tmp_path / "whole.jsonl")
    interrupted(path, tmp_path / "out.jsonl")
    run(path, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_score_table_broken_row_leaves_the_old_output(table, tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")
    with table.open("a") as file:
        file.write("{broken\n")
    with pytest.raises(InputError, match=f"line {len(ROWS) + 1}: not JSON"):
        run(table, target)
    assert target.read_text() == "old\n"
    assert not list(tmp_path.glob(".*"))


def test_score_table_output_is_replaced_in_one_step(table, tmp_path, monkeypatch):
    target = tmp_path / "out.jsonl"
    target.write_text("old\n")
    seen = []
    monkeypatch.setattr("os.replace", lambda old, new: (seen.append(target.read_text()), os.rename(old, new)))
    run(table, target)
    assert seen == ["old\n"]
    assert len(read(target)) == len(ROWS)


def test_score_table_rows_on_standard_output_come_as_they_are_scored(table, capsys):
    score_table(str(table), ["-"], SETTINGS, silent)
    found = [json.loads(line) for line in capsys.readouterr().out.split("\n")[:-1]]
    assert [each["id"] for each in found] == [each["id"] for each in ROWS]


def test_score_table_output_that_is_the_input_is_refused(table):
    with pytest.raises(UsageError, match="is the input"):
        run(table, table)


def test_score_table_without_a_row_to_score_is_an_error(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"source": "", "mt": ""}\n' * 3)
    with pytest.raises(InputError, match="none of 3 rows could be scored"):
        run(path, tmp_path / "out.jsonl")
    path.write_text("")
    with pytest.raises(InputError, match=r"no rows|empty"):
        run(path, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_score_table_report_is_that_of_its_systems(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [each | {"system": name} for name in ("one", "two") for each in (row(i) for i in range(12))]
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    report = run(path, tmp_path / "out.jsonl")
    assert [system.name for system in report.systems] == ["one", "two"]
    assert {each.difference for each in report.comparisons} == {0.0}
    assert report.inputs[0].lines == len(rows)
    assert len(report.inputs[0].sha256) == 64


@pytest.mark.parametrize(
    ("path", "expected"),
    [("-", True), ("a.JSONL", True), ("a.tsv", True), ("a.csv", True), ("a.json", False), ("a.md", False)],
)
def test_takes_rows_by_suffix(path, expected):
    assert takes_rows(path) == expected
