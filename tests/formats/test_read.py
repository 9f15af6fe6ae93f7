"""Opening and plain text: every bad file is refused with a reason or read with a note."""

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scorer import formats
from scorer.errors import InputError, UsageError


def written(folder: Path, data: bytes, name: str = "hyp.de") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "lines", "notes"),
    [
        (b"", [], ("file is empty",)),
        (b"a", ["a"], ()),
        (b"a\nb\n", ["a", "b"], ()),
        (b"a\n\nb", ["a", "", "b"], ()),
        (b"\n\n", ["", ""], ("only blank lines",)),
        (b"\xef\xbb\xbf", [], ("byte order mark removed", "file is empty")),
        (b"\xef\xbb\xbfa\n", ["a"], ("byte order mark removed",)),
        (b"a\r\nb\r\n", ["a", "b"], ("CRLF line ends",)),
        (b"a\r\nb", ["a", "b"], ("CRLF line ends",)),
        (b"a\r\nb\nc\nd\n", ["a", "b", "c", "d"], ("CRLF line ends on 1 of 4 lines",)),
        (b"a\rb\nc\n", ["a\rb", "c"], ("kept 1 carriage returns inside lines",)),
        (b"a\r\r\nb\n", ["a\r", "b"], ("kept 1 carriage returns inside lines", "CRLF line ends")),
        (
            "a\u2028b\x0bc\x0cd\x85e\u2029f\n".encode(),
            ["a\u2028b\x0bc\x0cd\x85e\u2029f"],
            ("kept 5 line separators other than the line feed inside lines",),
        ),
    ],
)
def test_read_text_bytes_give_lines_and_notes(
    tmp_path: Path, data: bytes, lines: list[str], notes: tuple[str, ...]
) -> None:
    table = formats.read(written(tmp_path, data))
    assert table.texts() == lines
    assert table.notes == notes
    assert table.n_lines == len(lines)
    assert table.sha256 == hashlib.sha256(data).hexdigest()
    assert table.format == "text"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ok\ncaf\xe9 noir\n", r"line 2, byte 6: not UTF-8 \(0xe9\); convert"),
        (b"\xef\xbb\xbfok\n\xff", r"line 2, byte 6: not UTF-8 \(0xff\)"),
        (b"cut \xe4\xbd", r"line 1, byte 4: not UTF-8"),
        (b"ok\nok\na\0b", "line 3, byte 7: NUL byte"),
        ("hi".encode("utf-16"), "is UTF-16; convert it: iconv -f UTF-16"),
        ("hi".encode("utf-16-le"), "NUL byte.*UTF-16 without"),
        (b"\xfe\xff\0h", "is UTF-16"),
        ("hi".encode("utf-32"), "is UTF-32"),
        (b"a\rb\rc\r", "carriage returns only"),
        (b"PK\x03\x04rest", "zip archive or office"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08junk", "gzip data is damaged"),
    ],
)
def test_read_bad_bytes_raises_where_and_why(tmp_path: Path, data: bytes, message: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(InputError, match=message) as caught:
        formats.read(path)
    assert str(caught.value).startswith(str(path))


def test_read_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        formats.read(tmp_path / "nowhere.txt")


def test_read_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        formats.read(tmp_path)


def test_read_unreadable_file_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # chmod does not stop root, who runs many test suites

    path = written(tmp_path, b"a")
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match="no permission"):
        formats.read(path)


def test_read_nul_in_path_raises() -> None:
    with pytest.raises(InputError, match=r"a\\x00b"):
        formats.read("a\0b")


@pytest.mark.parametrize("name", ["a\nb.txt", "-rf", 'it\'s "x".txt', "\x1b[31m.txt", os.fsdecode(b"\xe9.txt")])
def test_read_odd_name_is_printed_safely(tmp_path: Path, name: str) -> None:
    table = formats.read(written(tmp_path, b"a\n", name))
    assert table.texts() == ["a"]
    assert re.search(r"[\x00-\x1f\ud800-\udfff]", table.name) is None
    with pytest.raises(InputError) as caught:
        formats.read(written(tmp_path, b"\xff", name))
    str(caught.value).encode("utf-8")


@pytest.mark.parametrize("name", ["hyp.txt.gz", "hyp.de"])
def test_read_gzip_is_unpacked_whatever_the_name(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(b"a\n") + gzip.compress(b"b\n")  # two members, as `cat a.gz b.gz` makes
    table = formats.read(written(tmp_path, packed, name))
    assert table.texts() == ["a", "b"]
    assert table.sha256 == hashlib.sha256(packed).hexdigest()
    assert table.notes == (() if name.endswith("gz") else ("unpacked: the file is gzip data",))


def test_read_named_gz_but_plain_is_noted(tmp_path: Path) -> None:
    table = formats.read(written(tmp_path, b"a\n", "hyp.gz"))
    assert (table.texts(), table.notes) == (["a"], ("named .gz, but not packed",))


def test_read_gzip_cut_off_raises(tmp_path: Path) -> None:
    packed = gzip.compress(os.urandom(1000).hex().encode())
    with pytest.raises(InputError, match="cut off"):
        formats.read(written(tmp_path, packed[:-20], "hyp.gz"))


def test_read_gzip_bomb_raises_soon(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a" * (64 << 20), 1)
    with pytest.raises(InputError, match="200 times its size"):
        formats.read(written(tmp_path, bomb, "hyp.gz"))


def test_read_gzip_over_cap_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorer.formats.opened.MAX_UNPACKED", 1 << 20)
    text = os.urandom(1 << 20).hex().encode()
    with pytest.raises(InputError, match="more than 1 MiB"):
        formats.read(written(tmp_path, gzip.compress(text, 1), "hyp.gz"))


def test_read_fifo_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def feed() -> None:
        with path.open("wb", buffering=0) as pipe:
            for byte in gzip.compress(b"one\ntwo\n"):
                pipe.write(bytes([byte]))

    writer = threading.Thread(target=feed)
    writer.start()
    table = formats.read(path)
    writer.join()
    assert table.texts() == ["one", "two"]


def test_read_stdin_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfa\nb\n"), encoding="ascii"))
    table = formats.read("-")
    assert (table.name, table.texts(), table.n_lines) == ("standard input", ["a", "b"], 2)
    assert not sys.stdin.closed


def test_read_stdin_closed_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="closed"):
        formats.read("-")


def test_refuse_stdin_twice_raises() -> None:
    formats.refuse_stdin_twice(["-", "a", Path("b")])
    with pytest.raises(UsageError, match="twice"):
        formats.refuse_stdin_twice(["-", "a", "-"])


def test_read_unknown_format_raises(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown format 'tvs'.*did you mean 'tsv'"):
        formats.read(written(tmp_path, b"a"), "tvs")


def test_registry_names_every_format() -> None:
    assert formats.registry.names() == ["csv", "json", "jsonl", "parquet", "text", "tsv"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text"),
        ("a", "text"),
        ("a.de", "text"),
        ("a.TSV", "tsv"),
        ("a.csv.gz", "csv"),
        ("a.jsonl", "jsonl"),
        ("a.ndjson.GZ", "jsonl"),
        ("a.parquet", "parquet"),
        (".jsonl", "text"),
        ("dir.csv/hyp", "text"),
    ],
)
def test_format_of_suffix_decides(name: str, expected: str) -> None:
    assert formats.format_of(name) == expected


def test_texts_missing_column_lists_columns(tmp_path: Path) -> None:
    table = formats.read(written(tmp_path, b'{"mt": "a"}\n{"mt": 1}\n', "x.jsonl"))
    with pytest.raises(InputError, match="no column 'text'; columns: 'mt'"):
        table.texts()
    with pytest.raises(InputError, match="row 2: 'mt' is not a string"):
        table.texts("mt")


def test_read_a_million_lines_is_quick(tmp_path: Path) -> None:
    path = written(tmp_path, b"A short line.\r\n" * 1_000_000)
    started = time.perf_counter()
    assert formats.read(path).n_lines == 1_000_000
    assert time.perf_counter() - started < 2.0  # 0.3 s measured


def test_read_one_long_line_is_whole(tmp_path: Path) -> None:
    table = formats.read(written(tmp_path, b"word " * 2_000_000))
    assert [len(line) for line in table.texts()] == [10_000_000]


def test_import_formats_loads_nothing_heavy() -> None:
    code = (
        "import sys; from scorer import formats, documents, languages; formats.registry.names();"
        "print([m for m in ('py3langid', 'sentencex', 'pyarrow', 'numpy', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_read_device_that_fails_raises() -> None:
    if not os.path.exists("/proc/self/mem"):
        pytest.skip("needs /proc")
    with pytest.raises(InputError, match="cannot be read"):
        formats.read("/proc/self/mem")
