"""Lines and columns of findings, held against the files as they are stored."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import Settings, pairing
from scorer.gate.positions import SegmentPlaces, segment_places, unescaped_place
from scorer.gate.verdict import Position
from scorer.texts import document as opened
from scorer.types import Languages


def places(folder: Path, a: str | bytes, b: str | bytes, suffix: str, spoken=("en", "de"), **options) -> tuple:
    paths = [folder / f"{name}{suffix}" for name in "ab"]
    for path, content in zip(paths, (a, b), strict=True):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    texts = [opened(path, "text") for path in paths]
    languages = Languages(*spoken)
    paired = pairing.pair(texts, languages, "source", Settings(preset="fast", **options))
    return paths[1], paired, pairing.segments(paired, "source", languages)


def stored(path: Path, start: Position, end: Position) -> str:
    """Return what stands between two positions of a file, found by an editor's rules."""
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    lines = text.split("\n")
    places = [sum(len(line) + 1 for line in lines[: at.line - 1]) + at.column - 1 for at in (start, end)]
    return text[slice(*places)]


def found_in(path: Path, where: SegmentPlaces, segments, needle: str) -> str:
    [segment] = [each for each in segments if needle in each.hypothesis]
    start = segment.hypothesis.index(needle)
    return stored(path, *where.span(segment.index, (start, start + len(needle))))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_span_in_lines_of_a_file_with_a_mark_and_any_line_end(tmp_path, end):
    lines = ["Ein Hund schläft 😀 hier.", "", "Zwei Katzen sehen zu.", "Das Ende."]
    a = end.join(["A dog sleeps here.", "", "Two cats look on.", "The end."]) + end
    path, paired, segments = places(tmp_path, a, "\ufeff" + end.join(lines) + end, ".txt", align="lines")
    where = segment_places(paired)
    assert where.span(0, (4, 8)) == ((1, 5), (1, 9))
    assert where.span(0, (19, 23)) == ((1, 20), (1, 24))
    assert where.span(1) == ((3, 1), (3, 22))
    assert where.span(2, (0, 9)) == ((4, 1), (4, 10))
    assert all(found_in(path, where, segments, word) == word for word in ("Hund", "hier", "Katzen", "Ende"))
    assert segment_places(paired, "a").span(1, (4, 8)) == ((3, 5), (3, 9))


WRAPPED = """Die Bibliothek am Hafen öffnet am kommenden Montag um neun Uhr
ihre Türen, und alle Kinder aus der Nachbarschaft sind dazu ganz
herzlich eingeladen. Es gibt Saft und Kuchen für alle, die früh
genug da sind, und am Abend liest eine Autorin aus ihrem neuen
Roman vor, der im letzten Sommer hier in der Stadt entstanden
ist. Der Eintritt ist frei.
"""
SOURCE = (
    "The library at the harbour opens its doors next Monday at nine, and all children are invited. There is juice and "
    "cake for all who come early, and in the evening an author reads from her new novel, which was written here in "
    "town last summer. Admission is free.\n"
)


def test_span_in_a_sentence_of_a_wrapped_paragraph(tmp_path):
    path, paired, segments = places(tmp_path, SOURCE, WRAPPED, ".txt", align="document")
    where = segment_places(paired)
    assert len(segments) == 3
    for word in ("Hafen", "Nachbarschaft", "herzlich", "Saft", "Autorin", "Sommer", "frei", "Eintritt"):
        assert found_in(path, where, segments, word) == word
    assert found_in(path, where, segments, "neun Uhr ihre Türen") == "neun Uhr\nihre Türen"
    start, end = where.span(2)
    assert (start, end) == ((6, 6), (6, 28))
    assert stored(path, start, end) == "Der Eintritt ist frei."


def test_span_in_joined_sentences_goes_to_the_right_one(tmp_path):
    a = "The small shop closed because the owner had become ill. It is raining.\n"
    b = "Der kleine Laden schloss.\n\nDer Inhaber war krank geworden. Es regnet heute.\n"
    path, paired, segments = places(tmp_path, a, b, ".txt", align="document")
    [first, *_] = segments
    assert first.hypothesis == "Der kleine Laden schloss. Der Inhaber war krank geworden."
    where = segment_places(paired)
    assert found_in(path, where, segments, "Laden") == "Laden"
    assert found_in(path, where, segments, "krank") == "krank"
    assert where.span(0, (17, 25)) == ((1, 18), (1, 26))
    assert where.span(0, (25, 26)) == ((1, 26), (3, 1))  # the space that joins them
    assert where.span(0, (26, 29)) == ((3, 1), (3, 4))
    assert found_in(path, where, segments, "schloss. Der") == "schloss.\n\nDer"
    assert where.span(0) == ((1, 1), (3, 32))


def test_span_in_sentences_joined_without_a_space(tmp_path):
    a = "The small shop in town closed because the owner had become ill.\n"
    b = "町の小さな店は閉店した。\n店主が病気になったからだ。\n"
    path, paired, segments = places(tmp_path, a, b, ".txt", ("en", "ja"), align="document")
    [segment] = segments
    assert segment.hypothesis == "町の小さな店は閉店した。店主が病気になったからだ。"
    where = segment_places(paired)
    assert where.span(0, (0, 12)) == ((1, 1), (1, 13))
    assert where.span(0, (12, 14)) == ((2, 1), (2, 3))
    assert where.span(0, (12, 12)) == ((1, 13), (1, 13))
    assert found_in(path, where, segments, "病気") == "病気"


LOCALE = """{
  "title": "Gr\\u00fc\\u00dfe \\ud83d\\ude00 aus K\\u00f6ln",
  "path": "C:\\\\Temp\\nzweite \\"Zeile\\"\\tEnde",
  "both": {"a": "kurz", "b": ""}
}
"""


def test_span_in_json_values_looks_through_escapes(tmp_path):
    a = json.dumps({"title": "Greetings", "path": "C", "lost": "Gone", "both": {"a": "short", "b": "Something"}})
    path, paired, segments = places(tmp_path, a, "\ufeff" + LOCALE.replace("\n", "\r\n"), ".json")
    where = segment_places(paired)
    assert [each.key for each in segments] == ["title", "path", "lost", "both.a", "both.b"]
    assert segments[0].hypothesis == "Grüße 😀 aus Köln"
    for needle, raw in (
        ("Grüße", "Gr\\u00fc\\u00dfe"),
        ("😀", "\\ud83d\\ude00"),
        ("aus", "aus"),
        ("Köln", "K\\u00f6ln"),
        ("\\Temp", "\\\\Temp"),
        ("\nzweite", "\\nzweite"),
        ('"Zeile"', '\\"Zeile\\"'),
        ("Ende", "Ende"),
        ("kurz", "kurz"),
    ):
        assert found_in(path, where, segments, needle) == raw
    assert where.span(0, (0, 1)) == ((2, 13), (2, 14))
    assert where.span(4) == ((4, 31), (4, 31))  # an empty value: between its quotes


def test_span_of_what_is_missing_is_the_end_of_the_one_before(tmp_path):
    a = json.dumps({"first": "One", "title": "Two", "lost": "Three", "gone": "Four", "both": {"a": "Five"}})
    path, paired, segments = places(tmp_path, a, LOCALE, ".json")
    where = segment_places(paired)
    by_key = {segment.key: where.span(segment.index) for segment in segments}
    assert by_key["first"] == (Position(1, 1), Position(1, 1))
    end = by_key["title"][1]
    assert by_key["lost"] == by_key["gone"] == (end, end)
    line = path.read_text().split("\n")[end.line - 1]
    assert line[end.column - 2 : end.column + 1] == 'n",'


def test_span_in_a_table_is_the_line_of_its_row(tmp_path):
    a = "source\nOne dog\nTwo cats\n"
    _, paired, segments = places(tmp_path, a, "hypothesis\nEin Hund\nZwei Katzen\n", ".tsv", align="lines")
    assert segments[1].hypothesis == "Zwei Katzen"
    assert segment_places(paired).span(1, (5, 8)) == ((3, 1), (3, 1))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=25) | st.text(st.sampled_from('😀é\\"\n/u0\t'), max_size=25)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=100, deadline=None)
def test_unescaped_place_every_character_stands_where_it_says(texts, ensure_ascii, indent):
    raw = json.dumps(texts, ensure_ascii=ensure_ascii, indent=indent)
    begin = 0
    for text in texts:
        start = raw.index('"', begin) + 1
        begin = json.JSONDecoder().raw_decode(raw, start - 1)[1]
        bounds = [unescaped_place(raw, start, offset) for offset in range(len(text) + 1)]
        assert (bounds[0], bounds[-1]) == (start, begin - 1)
        assert [json.loads(f'"{raw[i:j]}"') for i, j in pairwise(bounds)] == list(text)


def test_span_5_000_segments_of_a_long_line_are_quick(tmp_path):
    tree = {f"k{i}": f"Wert {i} é" for i in range(5000)}
    path, paired, _ = places(tmp_path, json.dumps({**tree, "x": "y"}), json.dumps(tree), ".json")
    begun = time.process_time()
    where = segment_places(paired)
    assert time.process_time() - begun < 0.1
    found = [where.span(i, (5, 6)) for i in range(5000)]
    assert time.process_time() - begun < 1.5
    assert {start.line for start, _ in found} == {1}
    assert re.fullmatch(r"\d", stored(path, *found[4321]))


def test_unescaped_place_100_000_characters_is_quick():
    raw = '"' + "\\ud83d\\ude00" * 100_000 + '"' + " " * 1_000_000
    begun = time.process_time()
    assert unescaped_place(raw, 1, 100_000) == 1_200_001
    assert [unescaped_place(raw, 1, 3) for _ in range(1000)][-1] == 37
    assert time.process_time() - begun < 1
