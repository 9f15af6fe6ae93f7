"""Key-value JSON: which texts it holds, where they are, and what is refused with which words."""

import gzip
import json
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import formats
from scorer.errors import InputError, UsageError
from scorer.formats.json import MAX_DEPTH, Value, escaped, read

I18NEXT = """{
  "home": {
    "title": "Willkommen, {{name}}!",
    "items_one": "{{count}} Nachricht",
    "items_other": "{{count}} Nachrichten"
  },
  "app.version": "Version {{v}}",
  "steps": ["Öffnen", {"label": "Schlie\\u00dfen"}, ["Ende \\ud83d\\ude00"]],
  "empty": "",
  "max": 12,
  "beta": false,
  "later": null
}
"""
ARB = """{
  "@@locale": "de",
  "@@x-generator": "tool",
  "title": "Titel",
  "@title": {"description": "The title of the page", "placeholders": {"n": {"type": "int"}}},
  "@handle": "kein Eintrag, sondern ein Text"
}
"""


def values_of(folder: Path, data: bytes | str, name: str = "de.json") -> list[Value]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with formats.Opened(path) as opened:
        return read(opened)[1]


def texts_of(folder: Path, data: bytes | str) -> dict[str, str]:
    return {value.key: value.text for value in values_of(folder, data)}


def test_read_nested_objects_gives_paths_texts_and_places(tmp_path: Path) -> None:
    values = values_of(tmp_path, I18NEXT)
    assert [(value.key, value.text, value.line) for value in values] == [
        ("home.title", "Willkommen, {{name}}!", 3),
        ("home.items_one", "{{count}} Nachricht", 4),
        ("home.items_other", "{{count}} Nachrichten", 5),
        ("app\\.version", "Version {{v}}", 7),
        ("steps.0", "Öffnen", 8),
        ("steps.1.label", "Schließen", 8),
        ("steps.2.0", "Ende 😀", 8),
        ("empty", "", 9),
    ]
    assert all(I18NEXT[value.offset - 1] == '"' for value in values)
    assert I18NEXT[values[0].offset :].startswith("Willkommen")
    assert I18NEXT[values[5].offset :].startswith("Schlie\\u00df")


def test_table_of_a_key_value_file_has_keys_texts_and_offsets(tmp_path: Path) -> None:
    path = tmp_path / "de.json.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + I18NEXT.replace("\n", "\r\n").encode()))
    table = formats.read(path)
    assert table.format == "json"
    assert list(table.columns) == ["key", "text", "offset"]
    assert table.texts("key")[:2] == ["home.title", "home.items_one"]
    assert table.n_lines == I18NEXT.count("\n")
    assert table.notes == ("byte order mark removed", "CRLF line ends", "3 values are no text and were left out")


def test_read_arb_leaves_out_what_is_said_about_texts(tmp_path: Path) -> None:
    path = tmp_path / "app_de.arb"
    path.write_text(ARB)
    table = formats.read(path)
    assert table.texts("key") == ["title", "@handle"]
    assert table.notes == ("4 values are about other texts (@) and were left out",)


@pytest.mark.parametrize("text", ["{}", "[]", ' {"a": {}, "b": []} ', '{"a": 1}', "\ufeff{}\r\n"])
def test_read_without_texts_gives_none(tmp_path: Path, text: str) -> None:
    assert values_of(tmp_path, text) == []


def test_read_paths_that_look_alike_stay_apart(tmp_path: Path) -> None:
    tree = {"a.b": "1", "a": {"b": "2", "": "3"}, "a\\": {"b": "4"}, "": "5", "x": {"": {"": "6"}}}
    assert texts_of(tmp_path, json.dumps(tree)) == {
        "a\\.b": "1",
        "a.b": "2",
        "a.": "3",
        "a\\\\.b": "4",
        "": "5",
        "x..": "6",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty, which is no JSON; write {} where there are no texts"),
        (" \n ", "line 1: the file is empty"),
        ("\n  7", r"line 2, column 3: expected an object {...} or a list [...]"),
        ('"text"', r"line 1, column 1: expected an object {...} or a list [...]"),
        ("key: text\n", r"line 1, column 1: expected an object {...} or a list [...]"),
        ('{\n  "a": "1",\n  "b": "2",\n  "a": "3"\n}', "line 4: the key 'a' stands in line 2 already"),
        ('{"a": {"b": ""}, "b": "", "a": []}', "line 1: the key 'a' stands in line 1 already"),
        ('{"a": "1" "b": "2"}', "line 1, column 11: expected ',' or '}'"),
        ('{"a": ["1" "2"]}', "line 1, column 12: expected ',' or ']'"),
        ('{"a": "1",\n}', "line 1, column 10: a comma before '}'; JSON has none after the last value"),
        ('{"a": ["1",]}', "line 1, column 11: a comma before ']'; JSON has none after the last value"),
        ('{"a": "1", // note\n "b": "2"}', "line 1, column 12: a comment, which JSON has not; take it out"),
        ('/* note */ {"a": "1"}', "line 1, column 1: a comment, which JSON has not; take it out"),
        ('{"a": # note\n "1"}', "line 1, column 7: a comment, which JSON has not"),
        ('{"a": NaN}', "line 1, column 7: NaN is no JSON value; write null"),
        ('{"a": [-Infinity]}', "line 1, column 8: -Infinity is no JSON value; write null"),
        ('{"a": 01}', "line 1, column 7: expected a value: text in double quotes, an object or a list"),
        ('{"a": .5}', "line 1, column 7: expected a value"),
        ('{"a": truely}', "line 1, column 7: expected a value"),
        ("{\"a\": '1'}", "line 1, column 7: expected a value: text in double quotes"),
        ("{'a': \"1\"}", "line 1, column 2: expected a key in double quotes"),
        ('{a: "1"}', "line 1, column 2: expected a key in double quotes"),
        ('{,"a": "1"}', "line 1, column 2: expected a key in double quotes"),
        ('{"a" "1"}', "line 1, column 6: expected ':' after the key"),
        ('{\n"a": "1\n2"}', "line 2, column 8: a tab or a line end inside a text; write \\t or \\n"),
        ('{"a": "C:\\Temp"}', "line 1, column 10: a backslash that begins no escape; write \\\\"),
        ('{"a": "\\u12g4"}', "line 1, column 9: \\u without four hexadecimal digits"),
        ('{"a": "1', "line 1, column 7: a text whose closing quote is missing"),
        ('{"a": "1"', "line 1, column 10: the file breaks off: expected ',' or '}'"),
        ('{"a": ', "line 1, column 7: the file breaks off: expected a value"),
        ('{"a": "1"}\n{"a": "2"}', "line 2, column 1: something follows the end of the JSON; a file with an object a"),
        ('{"a": "1"} x', "line 1, column 12: something follows the end of the JSON"),
        ('{"a": "\\ud800"}', "line 1, column 7: half a surrogate pair (\\ud800 to \\udfff), which is no character"),
        ('{"\\uDFFF": "a"}', "line 1, column 2: half a surrogate pair"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "line 1, column 501: nested more than 100 levels deep"),
        ("[" * 100_000, "line 1, column 101: nested more than 100 levels deep"),
    ],
)
def test_read_what_is_no_json_names_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        values_of(tmp_path, text)
    assert f"de.json, {message}" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_read_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 2, byte 8: not UTF-8 \(0xe9\)"):
        values_of(tmp_path, b'{\n"a": "\xe9"}')
    with pytest.raises(InputError, match="UTF-16; convert it"):
        values_of(tmp_path, '{"a": "b"}'.encode("utf-16"))


def test_read_as_deep_as_allowed_works(tmp_path: Path) -> None:
    text = '{"a":' * MAX_DEPTH + '"end"' + "}" * MAX_DEPTH
    assert texts_of(tmp_path, text) == {".".join("a" * MAX_DEPTH): "end"}


def test_rows_of_a_key_value_file_are_no_table_of_segments(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    path.write_text('[{"source": "a", "hypothesis": "b"}]')
    with pytest.raises(UsageError, match=r"pairs\.json is taken for texts by key, not for a table; .* named \.jsonl"):
        formats.rows(path)


def test_read_100_000_keys_and_long_values_is_quick(tmp_path: Path) -> None:
    tree = {f"section {i}": {f"key {j}": f"Text Nummer {j} \u00e9" for j in range(1000)} for i in range(100)}
    tree["long"] = {"text": "x\n" * 2_000_000, "escapes": "\U0001f600" * 200_000}
    text = json.dumps(tree, indent=1)
    begun = time.process_time()
    values = values_of(tmp_path, text)
    assert time.process_time() - begun < 5
    assert len(values) == 100_002
    assert values[-3].line == text.count("\n", 0, values[-3].offset) + 1


def test_read_long_key_over_many_short_ones_is_refused(tmp_path: Path) -> None:
    tree = {"k" * 1_000_000: dict.fromkeys(map(str, range(1000)), "")}
    with pytest.raises(InputError, match="hold more than 256 Mi characters"):
        values_of(tmp_path, json.dumps(tree))


NAMES = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["a.b", "a\\", "title", "0", ""])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(["😀", 'a "b"', "\\", "\n\t\x00é\u2028"])
TREES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES.filter(lambda n: not n.startswith("@")), inner),
    max_leaves=25,
)


def flat(tree: object, path: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    if isinstance(tree, str):
        return [(".".join(map(escaped, path)), tree)]
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [found for name, inner in members for found in flat(inner, (*path, str(name)))]


@given(st.data(), TREES, st.sampled_from([None, 0, 2, "\t"]), st.booleans(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_read_any_tree_agrees_with_pythons_reader(
    tmp_path_factory: pytest.TempPathFactory, data, tree, indent, ensure_ascii, with_crlf
) -> None:
    text = json.dumps([tree], indent=indent, ensure_ascii=ensure_ascii)
    text = text.replace("\n", "\r\n") if with_crlf else text
    values = values_of(tmp_path_factory.mktemp("json"), text)
    assert [(value.key, value.text) for value in values] == flat([tree])
    for value in values:
        assert text[value.offset - 1] == '"'
        assert json.JSONDecoder().raw_decode(text, value.offset - 1)[0] == value.text
        assert value.line == text.count("\n", 0, value.offset) + 1


def test_read_damaged_text_is_refused_exactly_where_pythons_reader_refuses_it(tmp_path: Path) -> None:
    draw = random.Random(5)
    sound = json.dumps(json.loads(I18NEXT), indent=1)
    refused = 0
    for _ in range(500):
        characters = list(sound)
        for _ in range(draw.randint(1, 2)):
            place = draw.randrange(len(characters))
            characters[place : place + draw.randint(0, 2)] = draw.choice('",{}[]\\1- :e')
        text = "".join(characters)
        try:
            json.loads(text, object_pairs_hook=unique)
            is_sound = True
        except ValueError:
            is_sound = False
            refused += 1
        try:
            values_of(tmp_path, text)
            assert is_sound, text
        except InputError:
            assert not is_sound or re.search(r"\\ud[89a-f]", text), text
    assert 100 < refused < 480


def unique(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)
