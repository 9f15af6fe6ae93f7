"""Files that are held in memory, and read like any other."""

from __future__ import annotations

import gzip
import hashlib
import pickle

import pytest

from scorer import Languages, Settings, compare, formats
from scorer.errors import InputError
from scorer.formats.streams import Held


def test_held_is_read_by_its_name_and_bytes():
    data = b"source\thypothesis\nHaus\thouse\n"
    table = formats.read(Held("pairs.tsv", data))
    assert (table.format, table.columns) == ("tsv", {"source": ["Haus"], "hypothesis": ["house"]})
    assert (table.name, table.sha256, table.n_lines) == ("pairs.tsv", hashlib.sha256(data).hexdigest(), 2)


def test_held_survives_the_way_to_another_process():
    held = pickle.loads(pickle.dumps(Held("a.txt", b"x\n", 5)))
    assert (str(held), held.data, held.max_unpacked) == ("a.txt", b"x\n", 5)
    assert formats.read(held).texts() == ["x"]


def test_held_name_of_a_file_on_disk_is_only_a_name(tmp_path, monkeypatch):
    (tmp_path / "here.txt").write_text("on disk")
    monkeypatch.chdir(tmp_path)
    assert formats.read(Held("here.txt", b"in memory")).texts() == ["in memory"]


def test_held_dash_is_no_standard_input():
    report = compare(
        Held("-", b"Das Haus steht am Meer.\n"),
        Held("b", b"The house stands by the sea.\n"),
        settings=Settings("fast", languages=Languages("de", "en")),
    )
    assert [each.name for each in report.inputs] == ["-", "b"]


def test_held_packed_is_unpacked_up_to_its_limit():
    packed = gzip.compress(b"a line\n" * 300_000)
    assert len(formats.read(Held("a.txt.gz", packed)).texts()) == 300_000
    with pytest.raises(InputError, match=r"a\.txt\.gz: unpacks to more than 1 MiB"):
        formats.read(Held("a.txt.gz", packed, 1 << 20))


def test_held_bytes_do_not_show():
    assert "secret" not in repr(Held("a", b"secret"))
