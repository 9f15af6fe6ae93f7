from __future__ import annotations

import dataclasses
import random

import pytest

from scorer import Settings, api, compare, pairing
from scorer.errors import InputError, PairingError, UsageError
from scorer.types import Bead, Languages

FAST = Settings(preset="fast", n_resamples=50)
GERMAN = (
    "Das Gerät ist nicht wasserdicht. Die Rechnung über 1.250,50 Euro ist bis zum 3. März zu bezahlen. "
    "Nach dem Regen roch der ganze Garten nach Minze. Bitte schalten Sie das Gerät vor der Reinigung aus.\n"
)
ENGLISH = (
    "The device is not waterproof. The invoice for 1,250.50 euros must be paid by 3 March. "
    "After the rain the whole garden smelled of mint. Please switch the device off before cleaning it.\n"
)
REWORDED = (
    "The device is waterproof. The bill for 1,250.50 euros is to be paid by March 3. "
    "After the rain smelled whole garden for mint. Please turn off the unit before you clean it.\n"
)


def fast(**options) -> Settings:
    return dataclasses.replace(FAST, **options)


def values(report) -> dict[str, float | None]:
    return {name: dimension.value for name, dimension in report.dimensions.items()}


def test_compare_two_languages_a_is_the_source():
    report = compare(GERMAN, ENGLISH, settings=FAST)
    assert report.role == "source"
    assert report.languages == {"a": "de", "b": "en"}
    assert "A is in de and B in en" in report.role_reason
    assert report.texts == {}
    assert report.segments[0].source == "Das Gerät ist nicht wasserdicht."
    assert report.segments[0].references == ()


def test_compare_one_language_are_peers():
    report = compare(ENGLISH, REWORDED, settings=FAST)
    assert report.role == "peers"
    assert "neither is the reference" in report.role_reason
    assert report.texts.keys() == {"a", "b"}
    assert report.texts["a"].kept.value is not None


@pytest.mark.parametrize("role", ["source", "reference", "peers"])
def test_compare_named_role_is_taken(role):
    report = compare(ENGLISH, REWORDED, settings=fast(role=role))
    assert report.role == role
    assert f"--role {role}" in report.role_reason
    assert (report.segments[0].source is None) == (role != "source")


def test_compare_languages_that_cannot_be_told_are_asked_for():
    with pytest.raises(UsageError, match=r"cannot tell the language of A.*-l de-en"):
        compare("3.14", "3,14", settings=FAST)
    assert compare("Kino 3.14", "cinema 3,14", settings=fast(languages=Languages("de", "en"))).role == "source"


def test_compare_identical_texts_lack_nothing():
    report = compare(ENGLISH, ENGLISH, settings=FAST)
    assert report.role == "peers"
    assert report.findings == ()
    assert all(segment.differs == ((), ()) for segment in report.segments)
    assert {metric.name: metric.value for metric in report.metrics}["chrf"] == pytest.approx(100)
    changed = compare(ENGLISH, REWORDED, settings=FAST)
    assert report.dimensions["adequacy"].value > changed.dimensions["adequacy"].value


def test_compare_peers_changed_over_have_the_same_scores_and_changed_texts():
    forward, backward = compare(ENGLISH, REWORDED, settings=FAST), compare(REWORDED, ENGLISH, settings=FAST)
    assert values(forward) == pytest.approx(values(backward), abs=1e-6)
    for one, other in (("a", "b"), ("b", "a")):
        assert forward.texts[one].kept.value == pytest.approx(backward.texts[other].kept.value, abs=1e-6)
        assert forward.texts[one].fluency.value == pytest.approx(backward.texts[other].fluency.value, abs=1e-6)


def test_compare_peers_with_neural_metrics_changed_over_have_the_same_scores():
    settings = Settings(n_resamples=10)
    forward, backward = compare(ENGLISH, REWORDED, settings=settings), compare(REWORDED, ENGLISH, settings=settings)
    assert values(forward) == pytest.approx(values(backward), abs=1e-6)
    assert forward.texts["a"].kept.value == pytest.approx(backward.texts["b"].kept.value, abs=1e-6)
    assert None not in values(forward).values()


def test_compare_peers_finding_in_a_alone_points_into_a():
    report = compare(ENGLISH.replace("the whole", "the the whole"), ENGLISH, settings=FAST)
    (finding,) = [each for each in report.findings if each.check == "doubled_word"]
    assert finding.hypothesis_span is None
    start, end = finding.reference_span
    assert "the" in report.segments[finding.index].references[0][start:end]


def test_compare_omission_and_addition_are_counted_and_cost_adequacy():
    longer = ENGLISH + "Keep this sheet of paper in a safe place.\n"
    shorter = ENGLISH[: ENGLISH.index("Please")]
    whole, added, omitted = (
        compare(ENGLISH, text, settings=fast(role="source")) for text in (ENGLISH, longer, shorter)
    )
    assert whole.alignment.counts() == {"1-1": 4}
    assert added.alignment.counts() == {"1-1": 4, "0-1": 1}
    assert omitted.alignment.counts() == {"1-1": 3, "1-0": 1}
    for report, kind in ((added, "addition"), (omitted, "omission")):
        assert kind in {finding.check for finding in report.findings}
        assert report.dimensions["adequacy"].value < whole.dimensions["adequacy"].value
    assert added.segments[4].source == ""
    assert omitted.segments[3].hypothesis == ""


def test_compare_lines_that_hold_paragraphs_are_cut_into_sentences():
    report = compare(GERMAN, ENGLISH, settings=FAST)
    assert report.alignment.method == "document"
    assert [each.segments for each in report.inputs] == [4, 4]
    assert [each.lines for each in report.inputs] == [1, 1]


def test_compare_by_lines_blank_lines_keep_their_number():
    report = compare("a b\n\n\nc d\n", "a b\n\n\nc e\n", settings=fast(role="reference", align="lines"))
    assert report.alignment.method == "lines"
    assert [pair.a for pair in report.alignment.pairs] == [(0,), (3,)]
    assert [segment.place for segment in report.segments] == ["B:1", "B:4"]


def test_compare_by_lines_of_unequal_number_names_the_first_unpaired():
    with pytest.raises(PairingError, match="first unpaired line: 3"):
        compare("a\nb\nc\n", "a\nb\n", settings=fast(role="reference", align="lines"))
    with pytest.raises(PairingError, match="reference 1 has 1"):
        compare("a\nb\n", "a\nb\n", references=["a\n"], settings=fast(role="source", align="lines"))


def test_compare_references_in_document_mode_belong_to_their_sentences():
    report = compare(GERMAN, REWORDED, references=[ENGLISH.replace(". ", ".\n"), ENGLISH], settings=FAST)
    assert report.role == "source"
    assert [len(segment.references) for segment in report.segments] == [2] * 4
    assert report.segments[2].references == ("After the rain the whole garden smelled of mint.",) * 2


def test_compare_reference_that_joins_sentences_joins_the_segments():
    german = "Der Hund schläft. Die Katze sitzt auf dem Dach. Das Haus ist alt und leer."
    english = "The dog is sleeping. The cat is sitting on the roof. The house is old and empty."
    reference = "The dog is asleep and the cat sits on the roof. The house is old and empty."
    report = compare(german, english, references=[reference], settings=FAST)
    assert [segment.references for segment in report.segments] == [
        ("The dog is asleep and the cat sits on the roof.",),
        ("The house is old and empty.",),
    ]
    assert report.segments[0].hypothesis == "The dog is sleeping. The cat is sitting on the roof."
    assert [pair.a for pair in report.alignment.pairs] == [(0, 1), (2,)]


def test_compare_sentence_that_a_reference_lacks_is_not_held_against_nothing():
    short = ENGLISH.replace("After the rain the whole garden smelled of mint. ", "")
    report = compare(ENGLISH, ENGLISH, references=[short], settings=fast(role="source"))
    assert report.segments[2].references == ()
    assert report.segments[2].metrics["chrf"] is None
    assert report.dimensions["adequacy"].n == 3


@pytest.mark.parametrize(
    ("beads", "reference", "expected"),
    [
        (["0-0", "1-1", "2-2"], ["0-0", "1-1", "2-2"], ["0-0", "1-1", "2-2"]),
        (["0-0", "1-1", "2-2"], ["01-0", "2-1"], ["01-01", "2-2"]),
        (["0-0", "1-1", "2-2", "3-3"], ["01-0", "2-1", "3-2"], ["01-01", "2-2", "3-3"]),
        (["0-0", "1-1", "2-2"], ["01-0", "2-"], ["01-01", "2-2"]),
        (["0-0", "1-", "2-1"], ["01-0", "2-1"], ["0-0", "1-", "2-1"]),  # an omission stays one
        (["01-0", "2-1"], ["0-0", "12-1"], ["012-01"]),
    ],
)
def test_joined_beads_hold_whole_units_of_the_reference(beads, reference, expected):
    def parse(texts):
        return [Bead(*(tuple(map(int, side)) for side in text.split("-"))) for text in texts]

    assert list(pairing._joined(parse(beads), [parse(reference)])) == parse(expected)


def test_compare_peers_with_a_reference_is_refused():
    with pytest.raises(UsageError, match="--role source"):
        compare(ENGLISH, REWORDED, references=[ENGLISH], settings=FAST)


@pytest.mark.parametrize("text", ["", "  \n\n", "\ufeff\n"[1:]])
def test_compare_empty_text_is_an_error(text):
    with pytest.raises(InputError, match="B is empty"):
        compare(ENGLISH, text, settings=FAST)


def test_compare_path_given_as_text_is_an_error(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("text")
    with pytest.raises(UsageError, match="is a file here; pass Path"):
        compare(str(path), ENGLISH, settings=FAST)


@pytest.mark.parametrize("text", ["x " * 200, "y" * 400, "a\0b" * 10, "\ud800 half", "./" * 50])
def test_document_text_that_is_no_possible_path_is_a_text(text):
    assert api.document(text, "A").text == text


def test_document_file_and_text_have_the_same_lines_and_hash(tmp_path):
    text = "one\n\ntwo\u2028three\n\n"
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    document = api.document(path, "A")
    assert document.lines == api.document(text, "A").lines == ["one", "", "two\u2028three", ""]
    assert document.sha256 == api.document(text, "A").sha256
    assert document.n_lines == api.document(text, "A").n_lines == 4


def test_document_table_without_a_text_column_says_what_to_do(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"left": "a", "right": "b"}\n')
    with pytest.raises(InputError, match="give a file of plain text"):
        api.document(path, "A")


def test_compare_progress_is_told_to_the_end():
    told = []
    compare(GERMAN, ENGLISH, settings=FAST, progress=lambda *step: told.append(step))
    assert told[0][0] == "align"
    assert told[-1] == ("score", 4, 4)


def test_compare_worst_segments_are_those_that_cost_most():
    report = compare(GERMAN, REWORDED, settings=FAST)
    points = [report.segments[i].metrics["mqm"] for i in report.worst]
    assert points == sorted(points, reverse=True)
    assert report.worst[0] in {finding.index for finding in report.findings}


def test_compare_signature_names_what_changes_scores():
    report = compare(GERMAN, ENGLISH, settings=FAST)
    other = compare(GERMAN, ENGLISH, settings=fast(seed=1))
    assert report.signature != other.signature
    for part in (
        "command:compare",
        "role:source",
        "align:document",
        "preset:fast",
        "recipe:fast/source",
        "seed:12345",
        "version:",
    ):
        assert part in report.signature


def test_compare_named_metrics_are_shown_and_the_recipe_keeps_its_own():
    report = compare(GERMAN, ENGLISH, settings=fast(metrics=("overlap",)))
    assert [metric.name for metric in report.metrics] == ["overlap"]
    assert values(report) == values(compare(GERMAN, ENGLISH, settings=FAST))


@pytest.mark.parametrize("text", ["a " * 20_000, "x" * 100_000, "。" * 20_000, "会议" * 10_000, "a.\n" * 800])
def test_compare_hostile_text_is_bounded(text):
    report = compare(text, text[: len(text) // 2] + "b", settings=fast(role="reference"))
    assert report.segments


def test_compare_shuffled_paragraphs_still_give_every_unit_once():
    sentences = ENGLISH.strip().split(". ")
    random.Random(0).shuffle(sentences)
    report = compare(ENGLISH, ". ".join(sentences), settings=FAST)
    assert sorted(i for pair in report.alignment.pairs for i in pair.a) == list(range(report.inputs[0].segments))
    assert sorted(i for pair in report.alignment.pairs for i in pair.b) == list(range(report.inputs[1].segments))
