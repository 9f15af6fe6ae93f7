from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scorer import cache, cache_file, fingerprint
from scorer.cache import FILE, Cache

ROOT = Path(__file__).parents[1]
WRITER = """
import sys
from pathlib import Path
from scorer.cache import Cache
folder, name, times = Path(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3])
with Cache(folder) as cache:
    for i in range(times):
        cache.put({b"%s %d %d" % (name, i, k): b"%s %d %d" % (name, i, k) * 100 for k in range(200)})
        if i == 0:
            print("going", flush=True)
    print("; ".join(cache.notes))
"""


def writer(folder: Path, name: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(times)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sql(folder: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(folder / FILE)
    with connection:
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def remembered(folder: Path, *keys: bytes) -> dict[bytes, bytes]:
    with Cache(folder) as again:
        found = again.get(keys)
    assert again.notes == []
    return found


def test_get_what_was_put_in_an_earlier_run_is_there(tmp_path):
    folder = tmp_path / "not" / "there" / "yet"
    with Cache(folder) as first:
        assert first.get([b"a"]) == {}
        first.put({b"a": b"1", b"b": b"", b"\0\xff": bytes(range(256))})
        first.put({b"a": b"2"})
        first.put({})
        assert first.get([b"a"]) == {b"a": b"2"}
    assert remembered(folder, b"a", b"a", b"b", b"\0\xff", b"c") == {
        b"a": b"2",
        b"b": b"",
        b"\0\xff": bytes(range(256)),
    }
    assert remembered(folder) == {}
    assert [path.name for path in folder.iterdir()] == [FILE]  # no journal, no lock


def test_cache_without_a_folder_remembers_nothing_and_says_nothing():
    with Cache(None) as nothing:
        nothing.put({b"a": b"1"})
        assert nothing.get([b"a"]) == {}
        assert nothing.get_value("a", lambda: "made") == "made"
    assert not nothing.is_on
    assert nothing.notes == []


def test_cache_import_does_not_load_sqlite():
    code = "import sys; from scorer import cache; cache.Cache(None).get([b'a']); sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_get_5000_keys_are_read_and_written_in_time(tmp_path):
    rng = random.Random(0)
    items = {rng.randbytes(16): rng.randbytes(300) * 3 for _ in range(5000)}
    with Cache(tmp_path) as first:
        started = time.process_time()
        first.put(items)
        assert time.process_time() - started < 1
    with Cache(tmp_path) as second:
        started = time.process_time()
        assert second.get(list(items)) == items
        assert time.process_time() - started < 0.3


def test_put_two_processes_at_once_lose_nothing(tmp_path):
    writers = [writer(tmp_path, name, 15) for name in ("one", "two")]
    for said, failed in [each.communicate(timeout=60) for each in writers]:
        assert (said.split("\n", 1)[1].strip(), failed) == ("", "")
    keys = [b"%s %d %d" % (name, i, k) for name in (b"one", b"two") for i in range(15) for k in range(200)]
    assert remembered(tmp_path, *keys) == {key: key * 100 for key in keys}


@pytest.mark.parametrize("asked", ["PRAGMA application_id", "PRAGMA user_version"])
def test_prepare_a_file_that_another_job_makes_meanwhile_is_ours(tmp_path, monkeypatch, asked):
    one, other = (sqlite3.connect(tmp_path / FILE, timeout=0, isolation_level=None) for _ in range(2))
    number = cache_file._number

    def slowly(db, query):
        found = number(db, query)
        if db is one and query == asked:
            with contextlib.suppress(sqlite3.OperationalError):  # told to wait
                cache_file.prepare(other)
        return found

    monkeypatch.setattr(cache_file, "_number", slowly)
    cache_file.prepare(one)
    cache_file.prepare(other)
    assert cache_file._is_ours(one)
    assert cache_file._is_ours(other)
    one.close()
    other.close()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("wait", [0.0, 0.013, 0.05])
def test_put_killed_in_the_middle_leaves_a_sound_file(tmp_path, wait):
    process = writer(tmp_path, "killed", 100_000)
    assert process.stdout is not None
    assert process.stdout.readline() == "going\n"
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    first = [b"killed 0 %d" % k for k in range(200)]
    assert len(remembered(tmp_path, *first)) == 200
    assert sql(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    batches = sql(tmp_path, "SELECT count(*) FROM entries")[0][0]
    assert batches % 200 == 0  # whole transactions only


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.9])
def test_cache_a_truncated_file_is_set_aside_and_a_new_one_begun(tmp_path, share):
    with Cache(tmp_path) as first:
        first.put({b"%d" % i: random.Random(i).randbytes(2000) for i in range(500)})
    content = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(content[: int(len(content) * share)])
    with Cache(tmp_path) as second:
        second.get([b"%d" % i for i in range(500)])
        second.put({b"new": b"1"})
        second.put({b"newer": b"2"})
    assert len(second.notes) == 1
    assert "unusable" in second.notes[0]
    assert (tmp_path / "results.damaged").exists()
    assert remembered(tmp_path, b"newer") == {b"newer": b"2"}


def foreign_text(path: Path) -> None:
    path.write_text("this is not a database\n" * 100)


def foreign_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entries (key, value)")
    connection.close()


def another_schema(path: Path) -> None:
    with Cache(path.parent) as made:
        made.put({b"a": b"old"})
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {cache_file.SCHEMA + 1}")
    connection.close()


@pytest.mark.parametrize("make", [foreign_text, foreign_tables, another_schema])
def test_cache_a_foreign_file_is_set_aside_whole(tmp_path, make):
    make(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    with Cache(tmp_path) as opened:
        assert opened.get([b"a"]) == {}
        opened.put({b"a": b"1"})
    assert len(opened.notes) == 1
    assert (tmp_path / "results.damaged").read_bytes() == before
    assert remembered(tmp_path, b"a") == {b"a": b"1"}


def test_cache_an_empty_file_is_begun_without_a_word(tmp_path):
    (tmp_path / FILE).touch()
    with Cache(tmp_path) as opened:
        opened.put({b"a": b"1"})
    assert opened.notes == []
    assert remembered(tmp_path, b"a") == {b"a": b"1"}


def test_get_a_damaged_value_counts_as_missing(tmp_path):
    with Cache(tmp_path) as first:
        first.put({b"a": b"first " * 50, b"b": b"second", b"c": b"third"})
    damaged = "CAST(substr(value, 1, 8) || x'00' || substr(value, 10) AS BLOB)"
    sql(tmp_path, f"UPDATE entries SET value = {damaged} WHERE key = x'61'")
    sql(tmp_path, "UPDATE entries SET value = 'text' WHERE key = x'62'")
    assert remembered(tmp_path, b"a", b"b", b"c") == {b"c": b"third"}


def test_put_the_limit_is_kept_and_the_least_recently_used_go(tmp_path, monkeypatch):
    limit = 400_000
    values = {b"%d" % i: random.Random(i).randbytes(1000) for i in range(200)}
    with Cache(tmp_path, limit) as first:
        first.put(values)
    kept = [b"%d" % i for i in range(20)]
    tomorrow = cache._today() + 1
    monkeypatch.setattr(cache, "_today", lambda: tomorrow)
    with Cache(tmp_path, limit) as second:
        assert len(second.get(kept)) == 20
    assert sql(tmp_path, "SELECT count(*) FROM entries WHERE used = (SELECT max(used) FROM entries)") == [(20,)]
    for run in range(6):
        with Cache(tmp_path, limit) as third:
            third.put({b"%d %d" % (run, i): random.Random(run * i).randbytes(1000) for i in range(50)})
            third.get(kept)
            assert (tmp_path / FILE).stat().st_size <= limit
    assert third.notes == []
    # Used every time, but written first: of one day these are the first to go, and not before the ones of yesterday.
    left = {key for (key,) in sql(tmp_path, "SELECT key FROM entries")}
    assert not left & (set(values) - set(kept))
    assert {b"5 %d" % i for i in range(50)} <= left
    assert (tmp_path / FILE).stat().st_size > limit / 2


def test_put_a_value_that_would_drive_out_all_others_is_not_kept(tmp_path):
    with Cache(tmp_path, 100_000) as opened:
        opened.put({b"small": b"1"})
        opened.put({b"large": random.Random(0).randbytes(50_000)})
        assert opened.get([b"small", b"large"]) == {b"small": b"1"}
    assert opened.notes == []


def test_put_a_smaller_limit_shrinks_the_file(tmp_path):
    with Cache(tmp_path) as first:
        first.put({b"%d" % i: random.Random(i).randbytes(1000) for i in range(1000)})
    with Cache(tmp_path, 200_000) as second:
        second.put({b"new": b"1"})
    assert (tmp_path / FILE).stat().st_size <= 200_000
    assert remembered(tmp_path, b"new") == {b"new": b"1"}


@pytest.fixture
def connecting(monkeypatch):
    """Change how the file is opened: root may write everywhere, so that permissions prove nothing."""

    def change(prepare) -> None:
        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda path, **options: prepare(connect, path, options))

    return change


def test_cache_a_read_only_file_is_read_and_a_failed_write_told_once(tmp_path, connecting, monkeypatch):
    with Cache(tmp_path) as first:
        first.put({b"a": b"1"})
    connecting(lambda connect, path, options: connect(f"{path.as_uri()}?mode=ro", uri=True, **options))
    monkeypatch.setattr(cache, "_today", lambda: 10**6)
    with Cache(tmp_path) as second:
        assert second.get([b"a"]) == {b"a": b"1"}
        second.put({b"b": b"2"})
        second.put({b"c": b"3"})
        assert second.get([b"a", b"b"]) == {b"a": b"1"}
    (note,) = second.notes
    assert "could not be written" in note
    assert "readonly" in note


def test_cache_no_space_left_is_told_and_what_is_there_stays(tmp_path, connecting):
    with Cache(tmp_path) as first:
        first.put({b"a": b"1"})

    def prepare(connect, path, options):
        connection = connect(path, **options)
        connection.execute("PRAGMA max_page_count = 8")
        return connection

    connecting(prepare)
    with Cache(tmp_path) as second:
        second.put({b"%d" % i: random.Random(i).randbytes(1000) for i in range(100)})
        assert second.get([b"a", b"1"]) == {b"a": b"1"}
    (note,) = second.notes
    assert "full" in note


def test_cache_a_folder_that_cannot_be_is_told_once(tmp_path):
    (tmp_path / "file").touch()
    with Cache(tmp_path / "file" / "below") as opened:
        assert opened.get([b"a"]) == {}
        opened.put({b"a": b"1"})
        assert opened.get_value("a", lambda: "made") == "made"
    assert len(opened.notes) == 1


def test_cache_a_file_locked_by_another_job_is_told_and_not_waited_for_long(tmp_path, monkeypatch):
    with Cache(tmp_path) as first:
        first.put({b"a": b"1"})
    monkeypatch.setattr(cache, "PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Cache(tmp_path) as second:
        assert second.get([b"a"]) == {b"a": b"1"}
        second.put({b"b": b"2"})
    other.close()
    (note,) = second.notes
    assert "locked" in note


def test_get_value_is_made_once_and_again_by_another_version(tmp_path, monkeypatch):
    made: list[str] = []

    def make() -> str:
        made.append("x")
        return f"{len(made)} ä\ud800"

    with Cache(tmp_path) as first:
        assert first.get_value("alignment \ud800", make) == "1 ä\ud800"
        assert first.get_value("alignment \ud800", make) == "1 ä\ud800"
        assert first.get_value("another", make) == "2 ä\ud800"
    with Cache(tmp_path) as second:
        assert second.get_value("alignment \ud800", make) == "1 ä\ud800"
    monkeypatch.setattr(fingerprint, "code", lambda: "another version")
    with Cache(tmp_path) as third:
        assert third.get_value("alignment \ud800", make) == "3 ä\ud800"
