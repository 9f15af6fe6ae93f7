"""Rows to segments: what is scored, what is skipped with a reason, what is an error."""

import pytest

from scorer.errors import InputError
from scorer.formats.entries import UNKNOWN, Entry, segments
from scorer.formats.tables import Row
from scorer.types import Languages, Segment


def only(cells: dict[str, object], languages: Languages = UNKNOWN) -> Entry:
    (entry,) = segments([Row("x.jsonl", 7, cells)], languages)
    return entry


def test_segments_full_row_becomes_a_segment() -> None:
    cells = {
        "source": "s",
        "hypothesis": "h",
        "reference": "r1",
        "references": ["r1", "r2", "", None],
        "document": 3,
        "system": "A",
        "languages": "en_US-de",
        "extra": {"kept": [1]},
    }
    entry = only(cells)
    assert entry.segment == Segment(0, "s", "h", ("r1", "r2"), Languages("en", "de"), "3", "A", "x.jsonl:7")
    assert entry.skipped is None
    assert entry.row.cells is cells


@pytest.mark.parametrize(
    ("cells", "source", "references"),
    [
        ({"src": "s", "mt": "h"}, "s", ()),
        ({"SRC ": "s", "Hyp": "h"}, "s", ()),
        ({"mt": "h", "ref": "r"}, None, ("r",)),
        ({"mt": "h", "reference": ["r", "q"]}, None, ("r", "q")),
        ({"mt": "h", "references": "r"}, None, ("r",)),
        ({"mt": "h", "src": None, "ref": "r"}, None, ("r",)),
        ({"mt": "h", "src": " ", "ref": "r"}, None, ("r",)),
        ({"mt": "h", "src": "s", "ref": None}, "s", ()),
        ({"mt": "h", "src": "s", "ref": ""}, "s", ()),
    ],
)
def test_segments_aliases_and_shapes_are_understood(
    cells: dict[str, object], source: str | None, references: tuple[str, ...]
) -> None:
    segment = only(cells).segment
    assert segment is not None
    assert (segment.source, segment.hypothesis, segment.references) == (source, "h", references)


def test_segments_blank_hypothesis_is_an_omission() -> None:
    segment = only({"src": "s", "mt": ""}).segment
    assert segment is not None
    assert segment.hypothesis == ""


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"src": "s", "mt": None}, "the hypothesis is null"),
        ({"src": "", "mt": " "}, "all texts are blank"),
        ({"src": None, "mt": ""}, "all texts are blank"),
        ({"src": None, "mt": "h"}, "there is neither a source nor a reference"),
        ({"src": "", "mt": "h", "refs": []}, "there is neither a source nor a reference"),
    ],
)
def test_segments_nothing_to_score_is_skipped_with_reason(cells: dict[str, object], reason: str) -> None:
    entry = only(cells)
    assert (entry.segment, entry.skipped) == (None, reason)
    assert entry.row.cells is cells


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"src": "s"}, r"no key 'hypothesis' \(or 'mt'\); keys: src"),
        ({}, "keys: none"),
        ({"mt": "h", "id": 1}, "needs 'source' or 'reference' beside 'hypothesis'; keys: mt, id"),
        ({"mt": 5, "src": "s"}, "'hypothesis' is a number, not a string"),
        ({"mt": "h", "src": ["s"]}, "'source' is a list"),
        ({"mt": "h", "src": True}, "'source' is a boolean"),
        ({"mt": "h", "refs": ["a", 1]}, "'references' is or holds a number"),
        ({"mt": "h", "ref": {}}, "'reference' is or holds an object"),
        ({"mt": "h", "src": "s", "document": 1.5}, "'document' is a number"),
        ({"mt": "h", "src": "s", "system": True}, "'system' is a boolean"),
        ({"mt": "h", "src": "s", "source": "s"}, "two keys mean 'source'"),
        ({"mt": "h", "src": "s", "languages": "english"}, "cannot read the language pair 'english'"),
        ({"mt": "h", "src": "s", "languages": "en-qq"}, "unknown language 'qq'"),
        ({"mt": "h", "src": "s", "languages": ["en", "de"]}, "'languages' is a list"),
        ({"\x1b[31m": 1}, r"keys: \\x1b\[31m"),
    ],
)
def test_segments_broken_row_raises_file_and_line(cells: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        only(cells)
    assert str(caught.value).startswith("x.jsonl, line 7: ")


def test_segments_rows_keep_order_and_index() -> None:
    rows = [Row("x", i + 1, {"src": "s", "mt": None if i % 2 else "h"}) for i in range(6)]
    entries = list(segments(rows, Languages("en", "de")))
    assert [entry.row.line for entry in entries] == [1, 2, 3, 4, 5, 6]
    scored = [entry.segment for entry in entries if entry.segment]
    assert [segment.index for segment in scored] == [0, 2, 4]
    assert {segment.languages for segment in scored} == {Languages("en", "de")}
