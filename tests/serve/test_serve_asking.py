"""From bodies to work: what is taken, and with which words the rest is refused."""

from __future__ import annotations

import json

import pytest

from scorer.formats.streams import Held
from scorer.plan import Settings
from scorer.serve import body
from scorer.serve.asking import Asker
from scorer.serve.body import Part
from scorer.serve.problems import Problem
from scorer.serve.work import ScoreTable

ASKER = Asker(Settings(preset="fast"), 1 << 20)


def refused(ask, *arguments) -> str:
    with pytest.raises(Problem) as caught:
        ask(*arguments)
    assert caught.value.status in (400, 422)
    return caught.value.detail


def test_compare_json_texts_lines_and_settings():
    work = ASKER.compare_json(
        {
            "a": "eins\r\nzwei",
            "b": ["one", "two"],
            "references": ["1\n2"],
            "languages": "de-en",
            "metrics": ["chrf", "bleu(lowercase=True)"],
            "seed": 7,
            "role": "source",
            "align": "lines",
            "preset": None,
        }
    )
    assert (str(work.a), work.a.data) == ("A", b"eins\r\nzwei")
    assert (str(work.b), work.b.data) == ("B", b"one\ntwo\n")
    assert [(str(each), each.data) for each in work.references] == [("reference 1", b"1\n2")]
    assert str(work.settings.languages) == "de-en"
    assert work.settings.metrics == ("chrf", "bleu(lowercase=True)")
    assert (work.settings.seed, work.settings.role, work.settings.align) == (7, "source", "lines")
    assert work.settings.preset == "fast"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"a": None}, "a must be a text or a list of lines; it is missing"),
        ({"a": 1}, "a must be a text or a list of lines"),
        ({"b": ["x", 1]}, "b must be a text"),
        ({"b": ["x\ny"]}, "line 1 of b holds a line feed"),
        ({"b": "\ud800"}, "half a surrogate pair at character 1"),
        ({"c": 1}, "unknown field 'c'; known: a, b"),
        ({"lanuages": "de-en"}, "did you mean 'languages'?"),
        ({"references": "x"}, "references must be a list"),
        ({"references": ["x"] * 17}, "at most 16"),
        ({"languages": "dingsbums"}, "cannot read the language pair"),
        ({"languages": 5}, "languages must be a pair"),
        ({"preset": "slow"}, "preset cannot be 'slow'"),
        ({"preset": []}, "preset must be a string"),
        ({"role": "boss"}, "role cannot be 'boss'"),
        ({"align": "no"}, "align cannot be 'no'"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
        ({"seed": 2**53}, "seed must be a whole number"),
        ({"seed": "٣"}, "seed must be a whole number"),
        ({"metrics": [5]}, "metrics must be a list"),
        ({"metrics": ["chrv"]}, "did you mean 'chrf'?"),
        ({"metrics": ["x" * 201]}, "200 characters"),
        ({"metrics": ["chrf"] * 33}, "32 metrics"),
        ({"metrics": ["similarity(encoder=/etc)"]}, "for the server's owner"),
        ({"metrics": ["learned_accuracy(model=/etc)"]}, "for the server's owner"),
        ({"metrics": ["comet(tokenizer=/etc)"]}, "for the server's owner"),
        ({"metrics": ["comet"]}, "not started with -m comet"),
        ({"metrics": [" comet ( truncate = True )"]}, "not started with -m comet"),
        ({"metrics": ["metricx_qe"]}, "not started with"),
        ({"metrics": "bleurt"}, "not started with"),
        ({"metrics": ["chrf(char_order=" + "(" * 90 + ")]"]}, "char_order"),
    ],
)
def test_compare_json_wrong_field_is_named(change, told):
    assert told in refused(ASKER.compare_json, {"a": "x", "b": "y"} | change)


def test_score_json_three_ways():
    lines = ASKER.score_json({"hypothesis": ["a", "b"], "source": "x\ny\n"})
    assert lines.hypotheses == {"hypothesis": ("a", "b")}
    assert isinstance(lines.source, Held)
    systems = ASKER.score_json({"hypotheses": {"one": "a", "two": ["b"]}, "references": [["r"]]})
    assert list(systems.hypotheses) == ["one", "two"]
    assert systems.references == (("r",),)
    rows = ASKER.score_json({"rows": [{"mt": "a", "src": "b"}]})
    assert isinstance(rows, ScoreTable)
    assert rows.table == ({"mt": "a", "src": "b"},)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "one of the fields"),
        ({"hypothesis": "a", "rows": []}, "one of the fields"),
        ({"hypotheses": {}}, "1 to 16 systems"),
        ({"hypotheses": {" ": "a"}}, "system's name"),
        ({"hypotheses": ["a"]}, "hypotheses must be an object"),
        ({"rows": []}, "rows must be a list of one object"),
        ({"rows": [1]}, "rows must be a list"),
        ({"rows": [{"mt": "\udfff"}]}, "half a surrogate"),
        ({"rows": [{"mt": "a"}], "source": "b"}, "own sources"),
        ({"hypothesis": "a", "role": "source"}, "unknown field 'role'"),
    ],
)
def test_score_json_wrong_field_is_named(content, told):
    assert told in refused(ASKER.score_json, content)


def test_asker_metric_with_weights_is_taken_where_the_server_has_it():
    own = Asker(Settings(preset="fast", metrics=("comet(model=/models/ours)",)), 1 << 20)
    assert own.compare_json({"a": "x", "b": "y", "metrics": ["comet"]}).settings.metrics == ("comet",)
    assert "owner" in refused(own.compare_json, {"a": "x", "b": "y", "metrics": ["comet(model=/etc)"]})


def test_compare_form_files_and_fields():
    parts = [
        Part("a", "C:\\texts\\quelle.txt.gz", b"packed"),
        Part("a", None, b""),
        Part("b", None, b"one\r\ntwo"),
        Part("b", "", b""),
        Part("reference", "../../etc/passwd", b"r"),
        Part("reference", None, b"s"),
        Part("languages", None, b" de-en "),
        Part("preset", None, b""),
        Part("metrics", None, b"chrf,bleu"),
    ]
    work = ASKER.compare_form(parts)
    assert (str(work.a), work.a.data, work.a.max_unpacked) == ("quelle.txt.gz", b"packed", 1 << 20)
    assert (str(work.b), work.b.data) == ("B", b"one\ntwo"), "browsers write every line end of a field so"
    assert [str(each) for each in work.references] == ["passwd", "reference 2"]
    assert work.settings.metrics == ("chrf", "bleu")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([Part("a", None, b"x")], "the text b is missing"),
        ([Part("a", None, b"x"), Part("a", "f", b"y"), Part("b", None, b"z")], "the text a is given 2 times"),
        ([Part("q", None, b"x")], "unknown field 'q'"),
        ([Part("a", None, b"x"), Part("b", None, b"x"), Part("seed", None, b"\xff")], "field 'seed' is not UTF-8"),
        ([Part("a", None, b"x"), Part("b", None, b"x"), *[Part("seed", None, b"1")] * 2], "seed is given twice"),
        ([Part("a", None, b"x"), Part("b", None, b"x"), *[Part("reference", None, b"1")] * 17], "more than 16 ref"),
    ],
)
def test_compare_form_wrong_part_is_named(parts, told):
    assert told in refused(ASKER.compare_form, parts)


@pytest.mark.parametrize("name", ["-", "..", ".", "", "/", "a/", "\\"])
def test_form_odd_file_name_is_not_taken_for_a_place(name):
    work = ASKER.compare_form([Part("a", name, b"x"), Part("b", "b" * 500 + ".tsv", b"y")])
    assert str(work.a) in ("A", "a")
    assert len(str(work.b)) == 100
    assert str(work.b).endswith(".tsv")


def test_score_form_systems_or_a_table():
    systems = ASKER.score_form(
        [Part("hypothesis", "one.txt", b"a"), Part("hypothesis", None, b"b"), Part("source", None, b"s")]
    )
    assert list(systems.hypotheses) == ["one.txt", "system 2"]
    table = ASKER.score_form([Part("input", "pairs.tsv", b"source\thypothesis\n")])
    assert str(table.table) == "pairs.tsv"
    assert "one table" in refused(ASKER.score_form, [Part("source", None, b"s")])
    twins = [Part("hypothesis", "one.txt", b"a"), Part("hypothesis", "x/one.txt", b"b")]
    assert "same file name" in refused(ASKER.score_form, twins)
    assert "own sources" in refused(ASKER.score_form, [Part("input", "x.tsv", b"a"), Part("source", None, b"s")])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'{"a": NaN}', "NaN is no JSON value"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "must be a JSON object"),
    ],
)
def test_parsed_json_broken_body_is_refused(data, told):
    assert told in refused(body.parsed_json, data)


def form(*parts: tuple[str, bytes], boundary: bytes = b"xyz") -> bytes:
    lines = [b"--" + boundary + b"\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts]
    return b"".join(lines) + b"--" + boundary + b"--\r\n"


def test_parsed_form_bytes_stay_as_they_are():
    data = bytes(range(256)) * 10
    sent = form(
        (
            'Content-Disposition: form-data; name="a"; filename="ü.txt"\r\nContent-Type: text/plain; charset=latin-1',
            data,
        ),
        ('content-disposition: form-data; name="b"', b"\r\n"),
    )
    a, b = body.parsed_form(sent, "multipart/form-data; boundary=xyz")
    assert (a.name, a.filename, a.data) == ("a", "ü.txt", data)
    assert (b.name, b.filename, b.data) == ("b", None, b"\r\n")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "multipart/form-data; boundary=xyz"),
        (form(("Content-Disposition: form-data", b"x")), "multipart/form-data; boundary=xyz"),
        (form(('Content-Disposition: form-data; name="a"', b"x")), "multipart/form-data"),
        (form(('Content-Disposition: form-data; name="a"', b"x")), "multipart/form-data; boundary=other"),
        (form(('Content-Disposition: form-data; name="a"', b"x"))[:-10], "multipart/form-data; boundary=xyz"),
        (form(*[('Content-Disposition: form-data; name="a"', b"x")] * 65), "multipart/form-data; boundary=xyz"),
        (b"\r\n" * 50_000, "multipart/form-data; boundary=xyz"),
    ],
)
def test_parsed_form_broken_body_is_refused(data, kind):
    refused(body.parsed_form, data, kind)


def test_problem_long_or_unprintable_detail_is_made_short_and_safe():
    content = json.loads(Problem(422, "\x1b[31m\u202e" + "x" * 5000).response().body)
    assert len(content["detail"]) < 700
    assert "\x1b" not in content["detail"]
    assert content["status"] == 422
