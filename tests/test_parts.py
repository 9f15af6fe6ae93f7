"""Sentences of a segment: all texts cut in the same places, nothing lost, and a paragraph scored as its sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer import Settings, measure, metrics, parts, score
from scorer.checks import registry as checks
from scorer.types import Finding, Languages, Segment

GERMAN = [
    "Das große Ventil am Ende der Leitung ist seit gestern Abend offen, und niemand im Werk hat es bisher bemerkt.",
    "Schließen Sie es bitte von Hand, bevor Sie die Pumpe wieder einschalten und das Wasser in den Kessel läuft!",
    "Warten Sie danach mindestens zehn Minuten auf den Techniker, der den Druck in allen drei Rohren nochmals misst.",
]
ENGLISH = [
    "The large valve at the end of the line has been open since last night, and nobody at the plant has seen it yet.",
    "Please close it by hand before you turn the pump on again and the water runs into the boiler!",
    "After that, wait at least ten minutes for the technician, who will measure the pressure in all three pipes again.",
]
OTHER = [
    "Since yesterday evening the big valve at the end of the pipeline is open, and so far no one in the works saw it.",
    "Shut it manually, please, before switching the pump back on and letting the water flow into the boiler!",
    "Then wait for the technician for ten minutes or more, as he measures the pressure in all of the three pipes anew.",
]
PAIR = Languages("de", "en")


def paragraph(source=GERMAN, hypothesis=ENGLISH, references=()):
    joined = [" ".join(each) for each in (source, hypothesis, *references)]
    return Segment(3, joined[0], joined[1], tuple(joined[2:]), PAIR, system="s")


def test_paired_one_sentence_is_the_segment_itself():
    segment = Segment(0, GERMAN[0], ENGLISH[0], (OTHER[0],), PAIR)
    assert parts.paired(segment) == parts.own(segment) == (parts.Part(segment),)


@pytest.mark.parametrize("references", [(), (OTHER,), (OTHER, ENGLISH)])
def test_paired_sentences_stand_beside_what_renders_them(references):
    found = parts.paired(paragraph(references=references))
    assert [part.segment.source for part in found] == GERMAN
    assert [part.segment.hypothesis for part in found] == ENGLISH
    for i, reference in enumerate(references):
        assert [part.segment.references[i] for part in found] == reference
    assert {(part.segment.index, part.segment.system, part.segment.languages) for part in found} == {(3, "s", PAIR)}


def test_paired_what_is_left_out_stays_with_a_neighbour():
    found = parts.paired(paragraph(hypothesis=[ENGLISH[0], ENGLISH[2]]))
    assert [part.segment.hypothesis for part in found] == [ENGLISH[0], ENGLISH[2]]
    assert " ".join(part.segment.source for part in found) == " ".join(GERMAN)
    assert found[0].segment.source.startswith(GERMAN[0])
    assert found[1].segment.source.endswith(GERMAN[2])


def test_paired_two_sentences_made_one_stay_together():
    merged = (
        "The large valve at the end of the line has been open since last night, unnoticed by anybody at the plant, so "
        "please close it by hand before you turn the pump on again and the water runs into the boiler!"
    )
    found = parts.paired(paragraph(hypothesis=[merged, ENGLISH[2]]))
    assert [part.segment.source for part in found] == [" ".join(GERMAN[:2]), GERMAN[2]]


def test_paired_beside_a_text_of_one_sentence_is_whole():
    segment = paragraph(source=[", ".join(each.rstrip(".!") for each in GERMAN) + "."])
    assert parts.paired(segment) == (parts.Part(segment),)
    assert [part.segment.hypothesis for part in parts.own(segment)] == ENGLISH
    assert {part.segment.source for part in parts.own(segment)} == {None}


def test_paired_a_short_sentence_is_no_part():
    found = parts.paired(paragraph(["Ja. Gut.", *GERMAN], ["Yes. Good.", *ENGLISH]))
    assert [part.segment.hypothesis for part in found] == ["Yes. Good. " + ENGLISH[0], *ENGLISH[1:]]


def test_own_does_not_depend_on_what_lies_beside():
    alone = [part.segment.hypothesis for part in parts.own(Segment(0, None, " ".join(ENGLISH), (), PAIR))]
    for segment in (paragraph(), paragraph(references=(OTHER,)), paragraph(source=GERMAN[:1]), paragraph(source=[""])):
        assert [part.segment.hypothesis for part in parts.own(segment)] == alone


def test_paired_blank_sides_stay_blank():
    added = parts.paired(Segment(0, "", " ".join(ENGLISH), (" ",), PAIR))
    assert [part.segment.hypothesis for part in added] == ENGLISH
    assert {(part.segment.source, part.segment.references) for part in added} == {("", ("",))}
    omitted = paragraph(hypothesis=[""])
    assert parts.paired(omitted) == (parts.Part(omitted),)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from([*ENGLISH, "Yes.", "He is 3.5 m tall, e.g. today.", "\n", "  ", "会议推迟了。"]), max_size=6
    ),
    st.lists(st.sampled_from([*GERMAN, "Nein!", "会议推迟了。", "\n\n"]), max_size=6),
)
def test_paired_loses_nothing_and_knows_where_it_was(hypothesis, source):
    segment = Segment(0, " ".join(source), " ".join(hypothesis), (), PAIR)
    found = parts.paired(segment)
    for whole, pieces, starts in (
        (segment.hypothesis, [p.segment.hypothesis for p in found], [p.hypothesis for p in found]),
        (segment.source, [p.segment.source for p in found], [p.source for p in found]),
    ):
        assert "".join("".join(pieces).split()) == "".join(whole.split())
        assert all(whole[start:].startswith(piece) for piece, start in zip(pieces, starts, strict=True))
    assert len(found) == 1 or not source or all(p.segment.source.strip() for p in found) or not segment.source.strip()


def test_placed_moves_each_span_by_its_own_text():
    part = parts.Part(Segment(0, "b", "b"), hypothesis=10, source=20, reference=30)
    finding = Finding("x", "minor", "fluency", 0, "", hypothesis_span=(1, 2), source_span=(1, 2), reference_span=(1, 2))
    moved = part.placed(finding)
    assert (moved.hypothesis_span, moved.source_span, moved.reference_span) == ((11, 12), (21, 22), (31, 32))
    assert part.placed(replace(finding, hypothesis_span=None)).hypothesis_span is None


@pytest.mark.parametrize("name", ["learned_accuracy", "learned_fluency", "oddity", "match_f1", "similarity_source"])
def test_measured_rows_of_a_paragraph_are_the_sum_of_its_sentences(name):
    metric = metrics.registry.create(name)
    whole = paragraph(references=(OTHER,))
    apart = [
        replace(whole, source=a, hypothesis=b, references=(c,)) for a, b, c in zip(GERMAN, ENGLISH, OTHER, strict=True)
    ]
    (row,) = measure.measure_where_possible(metric, [whole])
    assert row == pytest.approx(measure.add(measure.measure_where_possible(metric, apart)), rel=1e-4)
    if name.startswith("learned"):
        assert row != pytest.approx(metric.measure([whole])[0], rel=1e-2)  # read in one piece it has other points


def test_fluency_of_a_paragraph_is_the_same_in_every_mode():
    metric = metrics.registry.create("learned_fluency")
    modes = [paragraph(), paragraph(references=(OTHER,)), paragraph(source=GERMAN[:1], references=(OTHER,))]
    rows = measure.measure_where_possible(metric, modes)
    assert rows[1] == pytest.approx(rows[0], rel=1e-4)
    assert rows[2] == pytest.approx(rows[0], rel=1e-4)


def test_findings_of_a_sentence_are_placed_in_the_paragraph():
    strange = "Please close it by hand before green bicycles from Venus sing old songs about cheese in the moonlight!"
    worse = [ENGLISH[0], strange, ENGLISH[2]]
    segment = paragraph(hypothesis=worse)
    spans = [
        finding.hypothesis_span
        for finding in measure.findings_of(checks.factory("unmatched"), segment)
        if finding.hypothesis_span
    ]
    assert spans
    for start, end in spans:
        assert segment.hypothesis[start:end] in worse[1]


def test_score_of_a_paragraph_is_that_of_its_sentences():
    wrong = [ENGLISH[0], "Please close it by hand before you turn the radio off and run into the boiler!", ENGLISH[2]]
    settled = Settings(metrics=("length_ratio",), languages=PAIR)
    whole = score([" ".join(wrong)], source=[" ".join(GERMAN)], settings=settled)
    apart = score(wrong, source=GERMAN, settings=settled)
    for name in ("adequacy", "fluency", "quality"):
        assert whole.dimensions[name].value == pytest.approx(apart.dimensions[name].value, abs=2.0)
