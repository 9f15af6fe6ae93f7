from __future__ import annotations

import random

import pandas as pd
import pytest

from benchmarks.training import paragraphs


def row(number: int, system: str, text: str, **other: object) -> dict[str, object]:
    return {
        "lang_pair": "en-de", "doc_id": "d1", "seg_id": str(number), "system": system, "domain": "news",
        "source": f"Source {number}.", "hypothesis": text, "reference": f"Ref {number}.",
        "references": [f"Ref {number}.", f"Other {number}."], "score": -3.0, "n_raters": 1,
        "mqm_accuracy": -1.0, "mqm_fluency": -2.0, "mqm_other": 0.0,
        "errors": [{"side": "target", "severity": "major", "start": 0, "end": 3}],
    } | other  # fmt: skip


def written(folder, rows: list[dict[str, object]]):
    pd.DataFrame(rows).to_parquet(folder / "wmt20_mqm.parquet")
    return folder


def test_paragraphs_add_up_texts_points_and_marks(tmp_path):
    data = written(tmp_path, [row(n, system, f"Der {n} {system}.") for n in (1, 2) for system in ("A", "B")])
    (group,) = paragraphs.paragraphs(data, "wmt20_mqm")
    assert (group.kind, group.collection, group.languages) == ("mqm", "wmt20_mqm/paragraphs", "en-de")
    assert group.source == "Source 1. Source 2."
    assert group.references == ("Ref 1. Ref 2.", "Other 1. Other 2.")
    first, second = group.rated
    assert (first.hypothesis, second.hypothesis) == ("Der 1 A. Der 2 A.", "Der 1 B. Der 2 B.")
    assert (first.total, first.accuracy, first.fluency) == (6.0, 2.0, 4.0)
    assert [first.hypothesis[start:end] for start, end, _, _ in first.tags or ()] == ["Der", "Der"]


def test_paragraphs_in_chinese_have_no_spaces(tmp_path):
    rows = [row(n, s, "Text.", lang_pair="zh-en", source="句子。") for n in (1, 2) for s in "AB"]
    (group,) = paragraphs.paragraphs(written(tmp_path, rows), "wmt20_mqm")
    assert (group.source, group.rated[0].hypothesis) == ("句子。句子。", "Text. Text.")


def test_paragraphs_what_one_segment_lacks_the_paragraph_lacks(tmp_path):
    rows = [row(n, s, "Text hier.") for n in (1, 2) for s in "AB"]
    rows[2] |= {"mqm_accuracy": None, "mqm_fluency": None, "mqm_other": None}
    first, second = paragraphs.paragraphs(written(tmp_path, rows), "wmt20_mqm")[0].rated
    assert (first.total, first.accuracy, first.fluency, first.tags) == (6.0, None, None, None)
    assert (second.total, second.accuracy, second.fluency) == (6.0, 2.0, 4.0)


def test_paragraphs_leave_out_domains_blanks_and_lone_translations(tmp_path):
    rows = [row(n, s, "Text.") for n in (1, 2) for s in "AB"]
    assert paragraphs.paragraphs(written(tmp_path, rows), "wmt20_mqm", without=("news",)) == []
    rows[1]["hypothesis"] = "  "
    assert paragraphs.paragraphs(written(tmp_path, rows), "wmt20_mqm") == []


@pytest.mark.parametrize(
    ("numbers", "length"), [([1, 2, 3, 4, 5, 6, 7, 8, 9], 20), ([1, 3, 5, 6, 9, 10, 11], 20), ([1, 2, 3, 4], 450)]
)
def test_runs_are_consecutive_short_enough_and_share_nothing(numbers, length):
    rows = {n: {"A": pd.Series({"hypothesis": "x" * length, "source": "y"})} for n in numbers}
    seen: list[int] = []
    for seed in range(20):
        found = list(paragraphs.runs(rows, random.Random(seed)))
        seen = [n for run in found for n in run]
        assert len(set(seen)) == len(seen)
        for run in found:
            assert 2 <= len(run) <= paragraphs.MOST_SEGMENTS
            assert run == list(range(run[0], run[-1] + 1))
            assert len(run) * length <= paragraphs.LONGEST
    assert seen
