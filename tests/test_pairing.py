"""From files to segments: by key, by line, or aligned; and what does not go together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scorer import Settings, compare, pairing, score
from scorer.errors import InputError, UsageError
from scorer.pairing import Paired
from scorer.plan import Align
from scorer.texts import document as opened
from scorer.types import Languages, Role, Segment

ENGLISH = {
    "home": {
        "title": "Welcome back to your reading list",
        "hint": "You have not saved any articles yet. Search for one to begin.",
    },
    "error": {"offline": "The server cannot be reached. Check your connection.", "empty": ""},
    "steps": ["Open the settings of your account", "Choose the language that you want to read in"],
    "ok": "OK",
}
GERMAN = {
    "ok": "OK",
    "steps": ["Öffnen Sie die Einstellungen Ihres Kontos", "Wählen Sie die Sprache, in der Sie lesen möchten"],
    "home": {
        "title": "Willkommen zurück bei Ihrer Leseliste",
        "hint": "Sie haben noch keine Artikel gespeichert. Suchen Sie einen, um zu beginnen.",
        "old": "Diesen Text zeigt niemand mehr an.",
    },
    "error": {"empty": ""},
}
PAIR = Languages("en", "de")


def file(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2, ensure_ascii=False))
    return path


def paired(*paths: Path, role: Role = "source", align: Align = "auto") -> tuple[Paired, list[Segment]]:
    settings = Settings(preset="fast", align=align)
    texts = [opened(path, "text") for path in paths]
    found = pairing.pair(texts, PAIR, role, settings)
    return found, pairing.segments(found, role, PAIR)


def test_document_key_value_file_keeps_keys_values_and_places(tmp_path):
    path = file(tmp_path, "de.json", GERMAN)
    document = opened(path, "B")
    assert document.keys[:3] == ("ok", "steps.0", "steps.1")
    assert document.values[0] == "OK"
    assert document.raw == path.read_text()
    assert [document.raw[start - 1 : start + 2] for start in document.offsets[:2]] == ['"OK', '"Öf']
    assert document.rows[:3] == (2, 4, 5)
    assert document.text.splitlines()[:2] == ["OK", "Öffnen Sie die Einstellungen Ihres Kontos"]
    with pytest.raises(UsageError, match=r"de\.json holds texts by key, not by line"):
        _ = document.lines


def test_pair_key_value_files_by_key_in_the_order_of_a(tmp_path):
    a, b = file(tmp_path, "en.json", ENGLISH), file(tmp_path, "de.json", GERMAN)
    found, segments = paired(a, b)
    assert [(each.key, each.absent) for each in segments] == [
        ("home.title", ""),
        ("home.hint", ""),
        ("error.offline", "hypothesis"),
        ("steps.0", ""),
        ("steps.1", ""),
        ("ok", ""),
        ("home.old", "source"),
    ]
    assert segments[0].source == ENGLISH["home"]["title"]
    assert segments[0].hypothesis == GERMAN["home"]["title"]
    assert (segments[2].hypothesis, segments[6].source) == ("", "")
    assert segments[0].place == f"{b}:8"
    assert segments[2].place == f"{a}:7"
    assert [each.index for each in segments] == list(range(7))
    assert found.alignment.method == "keys"
    assert (
        found.alignment.reason == f"{a} and {b} hold texts by key: 6 keys are in both, 1 missing in {b}, 1 only in {b}"
    )
    assert [pair.b for pair in found.alignment.pairs][2] == ()


def test_pair_reference_by_key_and_none_where_it_lacks_the_key(tmp_path):
    reference = {"ok": "Gut", "home": {"title": "Willkommen zurück!"}}
    paths = [file(tmp_path, f"{i}.json", tree) for i, tree in enumerate((ENGLISH, GERMAN, reference))]
    _, segments = paired(*paths)
    references = {each.key: each.references for each in segments}
    assert references["home.title"] == ("Willkommen zurück!",)
    assert references["ok"] == ("Gut",)
    assert references["steps.0"] == references["home.old"] == ()


def test_pair_keys_without_the_language_around_them(tmp_path):
    a = file(tmp_path, "en.json", {"en": {"save": "Save", "quit": "Quit"}})
    b = file(tmp_path, "de.json", {"de-AT": {"quit": "Beenden", "save": "Sichern"}})
    _, segments = paired(a, b)
    assert [(each.key, each.hypothesis, each.absent) for each in segments] == [
        ("save", "Sichern", ""),
        ("quit", "Beenden", ""),
    ]


@pytest.mark.parametrize(("left", "right"), [("app", "web"), ("en", "menu"), ("de", "de")])
def test_pair_keys_keep_what_is_no_language_around_them(tmp_path, left, right):
    _, segments = paired(
        file(tmp_path, "a.json", {left: {"save": "Save"}}), file(tmp_path, "b.json", {right: {"save": "Sichern"}})
    )
    assert {each.key for each in segments} == {f"{left}.save", f"{right}.save"}


def test_pair_values_blank_on_both_sides_are_no_segments(tmp_path):
    a = file(tmp_path, "en.json", {"a": "", "b": " ", "c": "", "d": "Text"})
    b = file(tmp_path, "de.json", {"a": "\u00a0", "c": "Wort", "d": " ", "e": ""})
    _, segments = paired(a, b)
    assert [(each.key, each.absent) for each in segments] == [("c", ""), ("d", "")]


def test_compare_key_value_files_tells_missing_and_extra_keys_once(tmp_path):
    a, b = file(tmp_path, "en.json", ENGLISH), file(tmp_path, "de.json", GERMAN)
    report = compare(a, b, settings=Settings(preset="fast"))
    assert (report.role, report.languages) == ("source", {"a": "en", "b": "de"})
    assert "align:keys" in report.signature
    assert [(f.check, f.severity) for f in report.findings if f.index == 2] == [("key", "critical")]
    assert [(f.check, f.severity) for f in report.findings if f.index == 6] == [("key", "minor")]
    assert report.segments[2].adequacy < 5
    assert report.inputs[1].segments == 7


def test_compare_key_value_peers_see_a_missing_key_from_both_sides(tmp_path):
    a = file(tmp_path, "a.json", GERMAN)
    b = file(tmp_path, "b.json", {**GERMAN, "ok": "In Ordnung", "neu": "Das ist ein neuer Satz."})
    report = compare(a, b, settings=Settings(preset="fast"))
    assert report.role == "peers"
    [finding] = [f for f in report.findings if f.check == "key"]
    assert finding.message.startswith("the key 'neu' is not in the other text")
    assert (report.texts["a"].kept.n, report.texts["b"].kept.n) == (6, 7)
    assert report.texts["a"].kept.value > report.texts["b"].kept.value + 10


def test_pair_key_value_files_as_documents_aligns_whole_values(tmp_path):
    a = file(tmp_path, "en.json", {"a": "One short sentence. And one more.", "b": "", "c": "42 apples", "d": "OK"})
    b = file(tmp_path, "de.json", {"x": "Ein kurzer Satz. Und noch einer.", "y": "42 Äpfel", "z": "OK"})
    found, segments = paired(a, b, align="document")
    assert found.alignment.method == "document"
    assert [each.hypothesis for each in segments] == ["Ein kurzer Satz. Und noch einer.", "42 Äpfel", "OK"]
    assert {each.key for each in segments} == {""}


def test_pair_key_value_files_by_line_is_refused(tmp_path):
    a, b = file(tmp_path, "en.json", ENGLISH), file(tmp_path, "de.json", GERMAN)
    with pytest.raises(UsageError, match="hold texts by key, not by line; without --align lines they are paired"):
        paired(a, b, align="lines")


@pytest.mark.parametrize("names", [("a.json", "b.txt"), ("a.txt", "b.json"), ("a.txt", "b.txt", "c.json")])
def test_pair_key_value_file_with_a_plain_one_is_refused(tmp_path, names):
    paths = [file(tmp_path, name, ENGLISH) for name in names]
    with pytest.raises(UsageError, match=r"\.json holds texts by key and .*\.txt does not"):
        paired(*paths)


def test_score_key_value_files_are_refused_with_the_command_to_use(tmp_path):
    a, b = file(tmp_path, "en.json", ENGLISH), file(tmp_path, "de.json", GERMAN)
    with pytest.raises(UsageError, match=r"not by line; `scorer compare A B` and `scorer gate A B` pair by key"):
        score({"b": b}, source=a, settings=Settings(preset="fast"))


def test_compare_key_value_file_without_texts_is_an_error(tmp_path):
    a, b = file(tmp_path, "en.json", ENGLISH), file(tmp_path, "de.json", {"ok": {"n": 7}, "x": " "})
    with pytest.raises(InputError, match=r"de\.json is empty: there is nothing to compare"):
        compare(a, b, settings=Settings(preset="fast"))


def test_document_table_knows_the_line_of_each_of_its_lines(tmp_path):
    path = file(tmp_path, "a.csv", 'hypothesis\none\n"two\nlines"\nthree\n')
    document = opened(path, "A")
    assert document.lines == ["one", "two", "lines", "three"]
    assert document.rows == (2, 3, 3, 5)
    assert document.notes == ("line ends inside 1 cells end a line here",)


@pytest.mark.parametrize(("text", "starts"), [("", ()), ("a", (0,)), ("a\n", (0,)), ("ab\n\ncd\n", (0, 3, 4))])
def test_line_starts_are_those_in_the_text(text, starts):
    assert tuple(pairing._line_starts(opened(text, "A").lines)) == starts


def test_pair_5_000_keys_is_quick(tmp_path):
    tree = {f"k{i}": f"text {i}" for i in range(5000)}
    _, segments = paired(file(tmp_path, "a.json", tree), file(tmp_path, "b.json", dict(reversed(tree.items()))))
    assert [each.source for each in segments] == [each.hypothesis for each in segments] == list(tree.values())
