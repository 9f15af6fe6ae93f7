"""Tables of records: what each format reads, refuses and carries along."""

import gzip
import io
import itertools
import json
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import formats
from scorer.errors import InputError, MissingExtra, UsageError


def rows_of(folder: Path, data: bytes | str, name: str) -> formats.RowStream:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return formats.rows(path)


def cells(stream: formats.RowStream) -> list[dict[str, object]]:
    return [row.cells for row in stream]


def test_rows_jsonl_keeps_every_value(tmp_path: Path) -> None:
    row = {"source": "a\u2028b", "mt": "x", "id": 12345678901234567890, "tags": [1, None, {"k": 0.5}], "ok": True}
    stream = rows_of(tmp_path, json.dumps(row) + "\n\n" + json.dumps(row, ensure_ascii=False), "x.jsonl")
    got = list(stream)
    assert [each.cells for each in got] == [row, row]
    assert [each.line for each in got] == [1, 3]
    assert got[1].place.endswith("x.jsonl:3")
    assert stream.opened.n_lines == 3
    assert list(stream) == []


def test_rows_jsonl_bom_crlf_gzip_are_read_and_noted(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"mt": "a"}\r\n{"mt": "b"}\r\n'
    stream = rows_of(tmp_path, gzip.compress(data), "x.jsonl.gz")
    assert cells(stream) == [{"mt": "a"}, {"mt": "b"}]
    assert stream.opened.notes == ["byte order mark removed", "CRLF line ends"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"mt": "a"', "not JSON: Expecting ',' delimiter at character 11"),
        ("[1]", r"expected an object \{\.\.\.\}, found \[1\]"),
        ('"text"', "expected an object"),
        ('{"mt": NaN}', "NaN is no JSON value"),
        ('{"mt": -Infinity}', "-Infinity is no JSON value"),
        ('{"mt": 1e999}', "out of range"),
        ('{"mt": "a", "mt": "b"}', "the key 'mt' stands twice"),
        ('{"mt": "\\ud800"}', "half a surrogate pair"),
        ('{"\\uDFFF": 1}', "half a surrogate pair"),
        ('{"mt": "a"} x', "Extra data"),
        ('{"mt": "tab\there"}', "Invalid control character"),
        ('{"a":' * 100_000, "not JSON"),
        ('{"a": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_rows_jsonl_broken_line_raises_its_line(tmp_path: Path, line: str, message: str) -> None:
    stream = rows_of(tmp_path, '{"mt": "a"}\n' * 6 + line + "\n", "x.jsonl")
    got = list(itertools.islice(stream, 6))
    assert len(got) == 6
    with pytest.raises(InputError, match=message) as caught:
        next(stream)
    assert "x.jsonl, line 7: " in str(caught.value)
    assert len(str(caught.value)) < 400


def test_rows_jsonl_bad_encoding_raises_line_and_byte(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 2, byte 20: not UTF-8 \(0xe9\)"):
        list(rows_of(tmp_path, b'{"mt": "a"}\n{"mt": "\xe9"}\n', "x.jsonl"))
    with pytest.raises(InputError, match="line 1, byte 3: NUL byte"):
        list(rows_of(tmp_path, b'{"m\0"}\n', "x.jsonl"))


def test_rows_jsonl_surrogate_pair_is_a_character(tmp_path: Path) -> None:
    assert cells(rows_of(tmp_path, '{"mt": "\\ud83d\\ude00"}', "x.jsonl")) == [{"mt": "😀"}]


def test_rows_stdin_is_jsonl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"mt": "a"}\n')))
    assert cells(formats.rows("-")) == [{"mt": "a"}]


def test_rows_text_raises_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a table; .*\.csv"):
        rows_of(tmp_path, "a", "x.txt")


def test_rows_left_early_closes_the_file(tmp_path: Path) -> None:
    with rows_of(tmp_path, '{"mt": "a"}\n' * 3, "x.jsonl") as stream:
        next(stream)
    with pytest.raises(ValueError, match="closed"):
        stream.opened._file.read()


def test_rows_tsv_takes_cells_as_they_are(tmp_path: Path) -> None:
    text = 'Source\tmt\tid\n"a\tb""\t =1+1\n\n\t\t\n'
    assert cells(rows_of(tmp_path, text, "x.tsv")) == [
        {"Source": '"a', "mt": 'b""', "id": " =1+1"},
        {"Source": "", "mt": "", "id": ""},
    ]


def test_rows_tsv_ragged_raises_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.tsv, line 3: 3 cells, but line 1 has 2"):
        list(rows_of(tmp_path, "src\tmt\na\tb\na\tb\tc\n", "x.tsv"))
    with pytest.raises(InputError, match=r"line 2: 1 cell, but line 1 has 2"):
        list(rows_of(tmp_path, "src\tmt\na\n", "x.tsv"))


@pytest.mark.parametrize("suffix", ["tsv", "csv"])
def test_rows_two_columns_without_header_are_source_and_hypothesis(tmp_path: Path, suffix: str) -> None:
    mark = "\t" if suffix == "tsv" else ","
    stream = rows_of(tmp_path, f"Hello{mark}Hallo\nBye{mark}Tschüs\n", f"x.{suffix}")
    assert cells(stream) == [
        {"source": "Hello", "hypothesis": "Hallo"},
        {"source": "Bye", "hypothesis": "Tschüs"},
    ]
    assert stream.opened.notes == ["no header: columns taken as source and hypothesis"]


@pytest.mark.parametrize("header", ["a\tb\tc", "a", "a\tb\tc\td"])
def test_rows_no_header_other_widths_raise(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match="line 1: no header; the first line must name the columns: source, hypothesis"):
        list(rows_of(tmp_path, header + "\n", "x.tsv"))


@pytest.mark.parametrize("suffix", ["tsv", "csv"])
def test_rows_header_twice_raises(tmp_path: Path, suffix: str) -> None:
    header = "src\tmt\tid\tid\n" if suffix == "tsv" else "src,mt,id,id\n"
    with pytest.raises(InputError, match="line 1: the header names 'id' twice"):
        list(rows_of(tmp_path, header, f"x.{suffix}"))


@pytest.mark.parametrize("name", ["x.tsv", "x.csv", "x.jsonl"])
def test_rows_empty_file_has_no_rows(tmp_path: Path, name: str) -> None:
    stream = rows_of(tmp_path, "", name)
    assert list(stream) == []
    assert stream.opened.notes == ["file is empty"]


def test_rows_csv_embedded_line_ends_and_quotes(tmp_path: Path) -> None:
    text = 'source,hypothesis,note\r\n"one\r\n""two"", three",x,1\r\ny,z,2\r\n'
    stream = rows_of(tmp_path, text, "x.csv")
    got = list(stream)
    assert [row.cells for row in got] == [
        {"source": 'one\n"two", three', "hypothesis": "x", "note": "1"},
        {"source": "y", "hypothesis": "z", "note": "2"},
    ]
    assert [row.line for row in got] == [2, 4]
    assert stream.opened.notes == ["CRLF line ends"]


def test_rows_csv_semicolons_are_noted(tmp_path: Path) -> None:
    stream = rows_of(tmp_path, "source;hypothesis\na,b;c\n", "x.csv")
    assert cells(stream) == [{"source": "a,b", "hypothesis": "c"}]
    assert stream.opened.notes == ["cells are separated by ';'"]


@pytest.mark.parametrize(
    ("text", "line"), [('src,mt\na,b\n"open,c\nd\n', 3), ('src,mt\na,"b"c\n', 2), ("src,mt\na,b\rc,d\n", 2)]
)
def test_rows_csv_broken_quoting_raises_where_it_begins(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InputError, match=f"line {line}: broken CSV"):
        list(rows_of(tmp_path, text, "x.csv"))


def test_rows_csv_long_cell_is_read(tmp_path: Path) -> None:
    assert len(str(cells(rows_of(tmp_path, f"src,mt\n{'a' * 300_000},b\n", "x.csv"))[0]["src"])) == 300_000


def test_read_records_gives_columns_with_gaps(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"mt": "a"}\n{"mt": "b", "src": "B"}\n{"src": "C"}\n', encoding="utf-8")
    table = formats.read(path)
    assert dict(table.columns) == {"mt": ["a", "b", None], "src": [None, "B", "C"]}
    assert (table.format, table.n_lines) == ("jsonl", 3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats(allow_nan=False, allow_infinity=False)
                | st.text(st.characters(exclude_categories=["Cs"])),
                lambda inner: st.lists(inner, max_size=3),
                max_leaves=5,
            ),
            max_size=4,
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_rows_jsonl_any_json_survives(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[dict[str, object]], ascii_only: bool
) -> None:
    folder = tmp_path_factory.mktemp("json")
    text = "".join(json.dumps(row, ensure_ascii=ascii_only) + "\n" for row in wanted)
    assert cells(rows_of(folder, text, "x.jsonl")) == wanted


def test_rows_parquet_nulls_and_nan_are_none(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "x.parquet"
    table = arrow.table(
        {"source": ["a", None], "hypothesis": ["b", "c"], "score": [float("nan"), 0.5], "references": [["r"], []]}
    )
    parquet.write_table(table, path)
    stream = formats.rows(path)
    assert cells(stream) == [
        {"source": "a", "hypothesis": "b", "score": None, "references": ["r"]},
        {"source": None, "hypothesis": "c", "score": 0.5, "references": []},
    ]
    assert stream.opened.n_lines == 2


def test_rows_parquet_damaged_raises(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="not a sound Parquet file"):
        list(rows_of(tmp_path, b"PAR1 and no more", "x.parquet"))


def test_rows_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"pip install 'mt-scorer\[formats\]'"):
        list(rows_of(tmp_path, b"PAR1", "x.parquet"))


def test_rows_jsonl_streams_quickly(tmp_path: Path) -> None:
    line = json.dumps({"src": "Ein Satz. " * 5, "mt": "A sentence. " * 5, "id": 7}) + "\n"
    started = time.perf_counter()
    assert sum(1 for _ in rows_of(tmp_path, line * 50_000, "x.jsonl")) == 50_000
    assert time.perf_counter() - started < 3.0  # 0.2 s measured
