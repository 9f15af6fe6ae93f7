from __future__ import annotations

import pytest

from scorer.errors import InputError, UsageError, VacuousInput
from scorer.gate.files import FilePair
from scorer.gate.inputs import read, read_before
from scorer.plan import Settings
from scorer.types import Languages

GERMAN = "Öffnen Sie das Gehäuse nicht.\nDer Zug nach Berlin fährt heute um 14:35 Uhr ab.\nDie Garantie gilt 2 Jahre.\n"
ENGLISH = "Do not open the housing.\nThe train to Berlin leaves at 14:35 today.\nThe warranty is valid for 2 years.\n"
OTHER = ENGLISH.replace("housing", "case")
FAST = Settings(preset="fast")


@pytest.fixture
def pair(tmp_path):
    """Return a pair of files of given texts; a text of `None` is no file."""

    def make(hypothesis, source=GERMAN, references=(), languages="", suffix=".txt"):
        def written(name, text):
            path = tmp_path / f"{name}{suffix}"
            path.write_text(text, encoding="utf-8")
            return path

        paths = tuple(written(f"ref{i}", text) for i, text in enumerate(references))
        first = None if source is None else written("source", source)
        return FilePair("hypothesis.txt", written("hypothesis", hypothesis), first, paths, languages)

    return make


def test_read_pairs_lines_and_tells_the_languages(pair):
    ready = read(pair(ENGLISH), FAST)
    assert (ready.role, ready.languages) == ("source", Languages("de", "en"))
    assert [segment.source for segment in ready.segments] == GERMAN.split("\n")[:-1]
    assert [segment.hypothesis for segment in ready.segments] == ENGLISH.split("\n")[:-1]


def test_read_with_references_gives_them_to_each_segment(pair):
    ready = read(pair(ENGLISH, references=(OTHER,)), FAST)
    assert ready.segments[0].references == ("Do not open the case.",)


def test_read_without_source_holds_against_the_reference(pair):
    ready = read(pair(ENGLISH, source=None, references=(OTHER,)), FAST)
    assert (ready.role, ready.languages) == ("reference", Languages("en", "en"))
    assert ready.segments[0].source is None
    assert ready.segments[0].references == ("Do not open the case.",)


@pytest.mark.parametrize("which", ["hypothesis", "source", "reference"])
@pytest.mark.parametrize(("text", "told"), [("", "is empty"), ("\n \n\t", "has no text: all of it is blank")])
def test_read_blank_text_is_refused(pair, which, text, told):
    texts = {"hypothesis": ENGLISH, "source": GERMAN, "reference": OTHER} | {which: text}
    with pytest.raises(VacuousInput, match=told):
        read(pair(texts["hypothesis"], texts["source"], (texts["reference"],)), FAST)


def test_read_blank_second_reference_is_refused(pair):
    with pytest.raises(VacuousInput, match=r"ref1\.txt is empty"):
        read(pair(ENGLISH, references=(OTHER, "")), FAST)


def test_read_one_file_twice_is_refused_also_through_a_link(pair, tmp_path):
    files = pair(ENGLISH)
    (tmp_path / "link.txt").symlink_to(files.hypothesis)
    for source in (files.hypothesis, tmp_path / "link.txt"):
        with pytest.raises(VacuousInput, match="as the source and as its translation: one file twice"):
            read(FilePair("x", files.hypothesis, source, ()), FAST)
    with pytest.raises(VacuousInput, match="as the reference and as its translation: one file twice"):
        read(FilePair("x", files.hypothesis, files.source, (tmp_path / "link.txt",)), FAST)


@pytest.mark.parametrize("copy", [GERMAN, GERMAN.replace("\n", "\r\n"), "\ufeff" + GERMAN, GERMAN.replace(" ", "  ")])
def test_read_source_in_place_of_its_translation_is_refused(pair, copy):
    with pytest.raises(VacuousInput, match="its source: a source passed as its translation"):
        read(pair(copy), FAST)


def test_read_translation_in_the_language_of_its_source_is_refused(pair):
    with pytest.raises(VacuousInput, match="is in de, the language of its source"):
        read(pair(GERMAN.replace("2 Jahre", "zwei Jahre")), FAST)
    with pytest.raises(VacuousInput, match="is in de, the language of its source"):
        read(pair(GERMAN.replace("2 Jahre", "zwei Jahre"), languages="de-en"), FAST)


def test_read_two_renderings_of_one_language_are_judged_on_demand(pair):
    ready = read(pair(OTHER, source=ENGLISH), Settings(preset="fast", role="reference"))
    assert ready.role == "reference"


def test_read_copy_of_a_reference_is_refused(pair):
    with pytest.raises(VacuousInput, match=r"same text as .*ref1.txt, its reference"):
        read(pair(ENGLISH, references=(OTHER, ENGLISH)), FAST)


def test_read_lines_that_do_not_match_are_refused_where_lines_were_asked_for(pair):
    with pytest.raises(InputError, match="3 lines"):
        read(pair(ENGLISH + "One more line.\n"), Settings(preset="fast", align="lines"))


def test_read_keys_beside_lines_is_refused(pair, tmp_path):
    files = pair('{"a": "Do not open the housing."}', suffix=".json")
    (tmp_path / "source.txt").write_text(GERMAN, encoding="utf-8")
    with pytest.raises(UsageError, match="holds texts by key"):
        read(FilePair("x", files.hypothesis, tmp_path / "source.txt", ()), FAST)


def test_read_file_without_any_value_is_refused(pair):
    with pytest.raises((VacuousInput, InputError)):
        read(pair('{"a": 3}', source='{"a": "Die Garantie gilt 2 Jahre."}', suffix=".json"), FAST)


def test_read_before_pairs_as_the_present_and_takes_a_blank_past_for_none(pair):
    files = pair(ENGLISH)
    ready = read(files, FAST)
    assert read_before(files, ready, FAST) == list(ready.segments)
    assert read_before(pair("\n"), ready, FAST) == []
