"""`scorer metaeval`: tables in, agreement out, in every format; what is left out is said."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import command_line
import numpy as np
import pytest

from scorer import agreement_tables, metaeval, plots
from scorer.errors import InputError, UsageError
from scorer.plan import Settings

TEXT = "the gate opens when somebody turns this small wheel twice to its left side and waits"
FAST = Settings(preset="fast", n_resamples=50)


def table(n_items=12, n_systems=4, languages=("en-de", "zh-en"), seed=0) -> list[dict]:
    """Return rows whose metric `m` agrees with people, whose penalty does the other way round, and whose texts do."""
    random = np.random.default_rng(seed)
    rows = []
    for pair in languages:
        for item in range(n_items):
            for system in range(n_systems):
                damage = int(random.integers(0, 5)) + system
                words = [*TEXT.split()[item % 3 :], f"nr{item}"]
                hypothesis = " ".join(words[: max(2, len(words) - 2 * damage)])
                metric = -damage + float(random.normal())
                rows.append(
                    {"lang_pair": pair, "seg_id": f"{item}", "system": f"sys{system}", "source": " ".join(words)}
                    | {"hypothesis": hypothesis, "reference": " ".join(words), "score": -float(damage)}
                    | {"m": metric, "penalty": -metric, "is_human": False}
                )
    return rows


def written(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path) -> Path:
    return written(tmp_path / "data.jsonl", table())


def value(result, metric, statistic="pearson", level=0):
    found = next(each for each in result.levels[level].metrics if each.name == metric)
    return found.estimates[statistic].value


def evaluated(tmp_path, rows, columns=("m",), **options):
    options = {"settings": FAST} | options
    return metaeval.run(str(written(tmp_path / "t.jsonl", rows)), columns=columns, **options)


# Values --------------------------------------------------------------------------------------------------------------


def test_column_is_a_metric_by_language_pair_and_on_average(data):
    result = metaeval.run(str(data), columns=["m"], settings=FAST)
    rows = [row for row in table() if row["lang_pair"] == "zh-en"]
    expected = np.corrcoef([row["score"] for row in rows], [row["m"] for row in rows])[0, 1]
    assert [level.languages for level in result.levels] == ["en-de", "zh-en"]
    assert value(result, "m", level=1) == pytest.approx(expected)
    assert result.average.n_rows == 96
    assert (result.levels[0].n_items, len(result.levels[0].systems)) == (12, 4)


def test_lower_is_better_turns_a_metrics_sign(data):
    result = metaeval.run(str(data), columns=["m", "penalty:lower"], settings=FAST)
    assert value(result, "penalty", "accuracy") == value(result, "m", "accuracy")
    assert [column.higher_is_better for column in result.columns] == [True, False]


def test_lower_is_better_turns_peoples_sign(data):
    up, down = (metaeval.run(str(data), columns=["m"], lower_is_better=way, settings=FAST) for way in (False, True))
    assert value(down, "m") == pytest.approx(-value(up, "m"))
    assert "better:lower" in down.signature


def test_order_of_rows_changes_nothing(tmp_path):
    rows = table()
    one = evaluated(tmp_path, rows)
    np.random.default_rng(3).shuffle(rows)
    other = evaluated(tmp_path, rows)
    assert (one.levels, one.average) == (other.levels, other.average)


def test_human_translations_are_left_out_and_said(tmp_path):
    rows = [row | {"is_human": row["system"] == "sys0"} for row in table()]
    result = evaluated(tmp_path, rows)
    assert [each.name for each in result.levels[0].systems] == ["sys1", "sys2", "sys3"]
    assert "24 rows of human translations left out" in result.notes
    assert len(evaluated(tmp_path, rows, keep_human=True).levels[0].systems) == 4


def test_missing_scores_are_counted_and_said(tmp_path):
    rows = table()
    rows[0] = rows[0] | {"m": None}
    rows[1] = rows[1] | {"penalty": None, "score": None}
    result = evaluated(tmp_path, rows, ("m", "penalty:lower"))
    assert result.levels[0].n_rows == 46
    assert "1 rows without score left out" in result.notes
    assert "en-de: 1 of 47 rows lack a score (m 1)" in result.notes
    assert [column.n_missing for column in result.columns] == [1, 0]


def test_metric_that_misses_much_is_named_as_the_reason(tmp_path):
    rows = [row | ({"penalty": None} if i % 2 else {}) for i, row in enumerate(table())]
    notes = evaluated(tmp_path, rows, ("m", "penalty:lower")).notes
    assert "en-de: only rows that all metrics scored count; leave out a metric to compare the others on more" in notes


def test_metric_that_a_language_pair_lacks_costs_the_others_nothing(tmp_path):
    rows = [row | ({"penalty": None} if row["lang_pair"] == "zh-en" else {}) for row in table()]
    result = evaluated(tmp_path, rows, ("m", "penalty:lower"))
    assert result.levels[1].n_rows == 48
    assert "zh-en: no row has penalty" in result.notes
    assert [metric.name for metric in result.average.metrics] == ["m"]


def test_sources_are_told_by_text_where_there_is_no_number(tmp_path):
    rows = [{key: cell for key, cell in row.items() if key != "seg_id"} for row in table()]
    result = evaluated(tmp_path, rows)
    assert (result.levels[0].n_items, result.levels[0].n_pairs) == (12, 72)
    assert value(result, "m") == pytest.approx(value(evaluated(tmp_path, table()), "m"))


def test_repeated_rows_are_items_of_their_own_and_said(tmp_path):
    result = evaluated(tmp_path, table(languages=["en-de"]) * 2)
    assert (result.levels[0].n_items, result.levels[0].n_pairs) == (24, 144)
    assert "en-de: 48 rows repeat the source of an earlier row of their system" in result.notes


def test_rows_without_systems_are_compared_by_source_only(tmp_path):
    rows = [{key: cell for key, cell in row.items() if key != "system"} for row in table()]
    result = evaluated(tmp_path, rows)
    named = evaluated(tmp_path, table())
    assert value(result, "m", "accuracy") == pytest.approx(value(named, "m", "accuracy"))
    assert value(result, "m", "system_accuracy") is None


def test_too_many_systems_are_compared_by_source_only(tmp_path):
    rows = [row | {"system": f"{i}"} for i, row in enumerate(table(60, 4, ["en-de"]))]
    result = evaluated(tmp_path, rows)
    assert "en-de: 240 systems are too many to compare; only translations are" in result.notes
    assert result.levels[0].n_pairs == 360


def test_object_of_metrics_is_reached_by_a_dot(tmp_path):
    rows = [row | {"metrics": {"m": row["m"]}} for row in table()]
    result = evaluated(tmp_path, rows, ("m", "metrics.m"))
    assert value(result, "metrics.m") == value(result, "m")


# Our metrics ---------------------------------------------------------------------------------------------------------


def test_metrics_of_ours_are_measured_by_segment(data):
    from sacrebleu.metrics import CHRF

    result = metaeval.run(str(data), settings=Settings(preset="fast", metrics=("chrf", "ter"), n_resamples=50))
    rows = [row for row in table() if row["lang_pair"] == "en-de"]
    chrf = [CHRF().sentence_score(row["hypothesis"], [row["reference"]]).score for row in rows]
    assert value(result, "chrf") == pytest.approx(np.corrcoef([row["score"] for row in rows], chrf)[0, 1])
    assert value(result, "ter") > 0.8  # lower is better, and its sign was turned
    assert result.columns[0].signature.startswith("chrf|")


def test_dimensions_and_penalties_of_ours_are_metrics(data):
    named = Settings(preset="fast", metrics=("quality", "mqm", "chrf"), n_resamples=50)
    result = metaeval.run(str(data), columns=["m"], settings=named)
    assert [column.name for column in result.columns] == ["m", "quality", "mqm", "chrf"]
    assert [column.higher_is_better for column in result.columns] == [True, True, False, True]
    assert value(result, "quality", "spearman") > 0.5


def test_quality_and_the_default_metrics_are_measured_where_none_is_named(data):
    names = [column.name for column in metaeval.run(str(data), settings=FAST).columns]
    assert names[0] == "quality"
    assert {"chrf", "bleu", "ter"} <= set(names)


# Errors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([], {}, "there are no rows"),
        ([{"source": "a", "m": 1}], {}, "no column 'score'"),
        ([{"source": "a", "score": 1}], {}, "no column 'm'"),
        ([{"source": "a", "score": None, "m": 1}], {}, "none of 1 rows has a human score in 'score'"),
        ([{"source": "a", "score": 1, "m": 1, "is_human": 1}], {}, "1 are human translations, which --keep-human"),
        ([{"source": "a", "score": "good", "m": 1}], {}, "line 1: 'score' is 'good', not a finite number"),
        ([{"source": "a", "score": "inf", "m": 1}], {}, "not a finite number"),
        ([{"source": "a", "score": "1_0", "m": 1}], {}, "not a finite number"),
        ([{"source": "a", "score": True, "m": 1}], {}, "not a finite number"),
        ([{"source": "a", "score": 10**400, "m": 1}], {}, "not a finite number"),
        ([{"source": "a", "score": 1, "m": [1]}], {}, "'m' is \\[1\\], not a finite number"),
        ([{"source": "a", "score": 1, "m": 1, "is_human": "perhaps"}], {}, "not true or false"),
        ([{"score": 1, "m": 1}], {}, "needs 'seg_id', 'source' or 'reference'"),
        ([{"source": "a", "score": 1, "m": None}], {}, "no row has a human score and all metrics' scores"),
        ([{"source": "a", "score": 1, "m": 1}], {"columns": ("m", "m:lower")}, "two metrics are called 'm'"),
        ([{"source": "a", "score": 1, "m": 1}], {"columns": (":lower",)}, "cannot read the column ':lower'"),
    ],
)
def test_bad_table_is_refused_with_a_reason(tmp_path, rows, options, message):
    with pytest.raises((InputError, UsageError), match=message):
        evaluated(tmp_path, rows, **options)


@pytest.mark.parametrize("cell", [None, "", "nan", "NaN", " null ", "n/a"])
def test_number_of_nothing_is_none(cell):
    assert metaeval.number(metaeval.Row("t", 1, {}), "m", cell) is None


def test_number_reads_what_tables_of_text_hold():
    row = metaeval.Row("t", 1, {})
    assert [metaeval.number(row, "m", cell) for cell in (" -0.5 ", "1e3", 7, -0.0)] == [-0.5, 1000.0, 7.0, 0.0]


# Outputs -------------------------------------------------------------------------------------------------------------


def test_metaeval_prints_a_table_with_counts_seed_and_signature(data):
    outcome = command_line.run("metaeval", data, "--column", "m", "--column", "penalty:lower", "--resamples", "60")
    assert outcome.code == 0, outcome.err
    for part in ("en-de: 48 rows, 12 sources, 4 systems, 72 pairs", "seed 12345", "60 draws", "acc*eq", "p against"):
        assert part in outcome.out, part
    assert "metaeval|human:score" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_metaeval_writes_every_format_and_plots(data, tmp_path):
    files = [tmp_path / f"a{suffix}" for suffix in agreement_tables.SUFFIXES]
    named = [each for file in files for each in ("-o", file)]
    outcome = command_line.run("metaeval", data, "--column", "m", "--resamples", "20", "--plots", tmp_path, *named)
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    assert all(file.stat().st_size for file in files)
    whole = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert (whole["format"], whole["command"], whole["n_resamples"], whole["seed"]) == (1, "metaeval", 20, 12345)
    cells = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    pearson = next(row for row in cells if (row["languages"], row["statistic"]) == ("zh-en", "pearson"))
    level = whole["levels"][1]["metrics"][0]["estimates"]["pearson"]
    assert float(pearson["value"]) == level["value"]
    for name in plots.FILES:
        ElementTree.parse(tmp_path / name)


def test_metaeval_reads_csv_tsv_and_parquet_alike(tmp_path):
    import pyarrow
    from pyarrow import parquet

    rows = table()
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "t.parquet", compression="zstd")
    for name, delimiter in (("t.csv", ","), ("t.tsv", "\t")):
        with (tmp_path / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    results = [
        metaeval.run(str(tmp_path / name), columns=["m"], settings=FAST) for name in ("t.csv", "t.tsv", "t.parquet")
    ]
    assert results[0].levels == results[1].levels == results[2].levels


def test_metaeval_reads_standard_input(data):
    outcome = command_line.run("metaeval", "-", "--column", "m", "--resamples", "9", stdin=data.read_bytes())
    assert outcome.code == 0, outcome.err
    assert "standard input: 96 rows" in outcome.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--column", "nope"],
        ["--column", "m", "-m", "nope"],
        ["--column", "m", "-f", "html"],
        ["--column", "m", "-o", "a.pdf"],
        ["--column", "m", "--plots", "no/such/folder"],
        ["--column", "m", "--resamples", "0"],
        ["--column", "m", "--seed", "-1"],
        ["--column", "m", "--human", "hypothesis"],
        ["--column", "source"],
    ],
)
def test_metaeval_that_cannot_be_done_exits_with_2_and_a_sentence(data, arguments):
    outcome = command_line.run("metaeval", data, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.message.count("scorer:") == 1


def test_metaeval_does_not_write_over_its_input(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("source,score,m\na,1,2\n", encoding="utf-8")
    outcome = command_line.run("metaeval", path, "--column", "m", "-o", path)
    assert outcome.code == 2
    assert "is an input" in outcome.message


@pytest.fixture
def hostile(tmp_path):
    """Return a result with names that would do something, were they not escaped."""
    evil = '=cmd|"<script>alert(1)</script>&\x1b[31m\u202e|`@all`'
    rows = [row | {evil: row["m"], "system": f"{evil}{row['system']}", "lang_pair": evil} for row in table()]
    return evaluated(tmp_path, rows, (evil,))


def test_outputs_escape_names(hostile):
    for render in (agreement_tables.text, agreement_tables.markdown):
        shown = render(hostile)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in agreement_tables.markdown(hostile)
    cells = list(csv.reader(io.StringIO(agreement_tables.comma_separated(hostile))))
    assert all(not cell.startswith("=") for row in cells for cell in row)
    json.loads(agreement_tables.as_json(hostile))


def test_plots_escape_names_and_are_the_same_each_time(hostile):
    drawn = plots.drawn(hostile)
    assert set(drawn) == set(plots.FILES)
    for plot in drawn.values():
        tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(plot).iter()}
        assert tags <= {"svg", "rect", "text", "line", "circle", "title"}
    assert plots.drawn(hostile) == drawn


def test_plots_of_one_system_and_equal_scores_are_drawn(tmp_path):
    rows = [row | {"m": 1.0} for row in table(12, 1, ["en-de"])]
    drawn = plots.drawn(evaluated(tmp_path, rows))
    assert set(drawn) == {"segments.svg"}


@pytest.mark.parametrize(("low", "high"), [(0.4, 0.61), (-0.02, 0.9), (0.5, 0.5), (0.846, 0.8461)])
def test_nice_range_holds_both_ends_with_few_round_steps(low, high):
    start, end, step = plots.nice_range(low, high)
    assert start <= low + 1e-12
    assert end >= high - 1e-12
    assert round((end - start) / step) <= 7


def test_metaeval_of_many_rows_is_quick(tmp_path):
    import time

    random = np.random.default_rng(0)
    rows = [
        {"seg_id": i // 15, "system": f"s{i % 15}", "score": round(random.normal(), 1), "m": random.normal()}
        for i in range(26_000)
    ]
    begun = time.perf_counter()
    evaluated(tmp_path, rows, settings=Settings(preset="fast"))
    assert time.perf_counter() - begun < 20  # about 2 s; a tau of every draw anew takes minutes
