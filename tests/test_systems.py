from __future__ import annotations

import dataclasses
import random

import pytest

from scorer import Settings, encoders, score
from scorer.errors import InputError, PairingError, UsageError
from scorer.metrics import match
from scorer.types import Languages

FAST = Settings(preset="fast", n_resamples=200, languages=Languages("de", "en"))
REFERENCE = [
    "The device is not waterproof.",
    "The invoice must be paid by 3 March.",
    "After the rain the whole garden smelled of mint.",
    "Please switch the device off before cleaning it.",
    "The bridge was built in 1987.",
    "He forgot the keys in the office.",
    "The meeting was put off until Friday.",
    "Nobody knew where the dog had gone.",
    "She has lived here for ten years.",
    "The shop opens at nine.",
    "We need two more chairs.",
    "The train was late again.",
]
SOURCE = [f"Satz {i}." for i in range(len(REFERENCE))]
WORSE = [" ".join(line.split()[::-1]) for line in REFERENCE]
OTHER = [line.replace("The", "This") for line in REFERENCE]


def values(report):
    return {name: dimension.value for name, dimension in report.dimensions.items()}


def test_score_one_system_is_the_report(tmp_path):
    report = score(OTHER, references=[REFERENCE], settings=FAST)
    assert report.command == "score"
    assert report.role == "reference"
    assert [system.name for system in report.systems] == ["hypothesis"]
    assert report.systems[0].dimensions == report.dimensions
    assert report.comparisons == ()
    assert report.n_rows == 12
    assert [segment.index for segment in report.segments] == list(range(12))


def test_score_files_texts_and_lines_are_alike(tmp_path):
    path = tmp_path / "hyp.en"
    path.write_text("\n".join(OTHER) + "\n")
    reports = [score(each, references=[REFERENCE], settings=FAST) for each in (OTHER, path, "\n".join(OTHER) + "\n")]
    assert values(reports[0]) == values(reports[1]) == values(reports[2])
    assert reports[1].segments[4].place.endswith("hyp.en:5")


def test_score_corpus_metrics_are_not_means_of_segments():
    sacrebleu = pytest.importorskip("sacrebleu")
    report = score(OTHER, references=[REFERENCE], settings=FAST)
    found = {metric.name: metric.value for metric in report.metrics}
    assert found["bleu"] == pytest.approx(sacrebleu.corpus_bleu(OTHER, [REFERENCE]).score)
    assert found["chrf"] == pytest.approx(sacrebleu.corpus_chrf(OTHER, [REFERENCE]).score)


def test_score_systems_are_compared_pair_by_pair():
    systems = {"copy": REFERENCE, "other": OTHER, "worse": WORSE}
    report = score(systems, source=SOURCE, references=[REFERENCE], settings=FAST)
    assert [system.name for system in report.systems] == list(systems)
    assert {(each.a, each.b) for each in report.comparisons} == {
        ("copy", "other"),
        ("copy", "worse"),
        ("other", "worse"),
    }
    chrf = next(each for each in report.comparisons if (each.metric, each.a, each.b) == ("chrf", "copy", "worse"))
    assert chrf.difference < 0  # B less A
    assert chrf.low < chrf.difference < chrf.high < 0
    assert chrf.p_bootstrap < 0.05
    assert chrf.p_randomization < 0.05
    assert report.dimensions == report.systems[0].dimensions
    ranks = {system.name: int(system.group) for system in report.systems}
    assert ranks["copy"] <= ranks["other"] < ranks["worse"]


def test_score_many_systems_are_compared_with_the_first():
    systems = {f"s{i}": REFERENCE for i in range(6)}
    report = score(
        systems, references=[REFERENCE], settings=dataclasses.replace(FAST, n_resamples=20, metrics=("chrf",))
    )
    assert {(each.a, each.b) for each in report.comparisons} == {("s0", f"s{i}") for i in range(1, 6)}
    assert {system.group for system in report.systems} == {"1"}


def test_score_few_segments_have_no_test_and_say_so():
    report = score({"a": OTHER[:3], "b": WORSE[:3]}, references=[REFERENCE[:3]], settings=FAST)
    assert {each.p_bootstrap for each in report.comparisons} == {None}
    assert all(each.note for each in report.comparisons)
    assert {system.group for system in report.systems} == {""}


def test_score_line_blank_everywhere_is_left_out_and_keeps_its_number():
    def spaced(lines):
        return [lines[0], "", *lines[1:]]

    report = score(spaced(OTHER), source=spaced(SOURCE), references=[spaced(REFERENCE)], settings=FAST)
    assert [segment.index for segment in report.segments] == [0, *range(2, 13)]
    assert values(report) == values(score(OTHER, source=SOURCE, references=[REFERENCE], settings=FAST))


def test_score_blank_translation_is_an_omission():
    report = score(["", *OTHER[1:]], source=SOURCE, references=[REFERENCE], settings=FAST)
    assert "omission" in {finding.check for finding in report.segments[0].findings}
    assert report.segments[0].adequacy < 5
    assert report.segments[0].fluency is None


def test_score_blank_reference_is_no_reference():
    report = score(OTHER, source=SOURCE, references=[["", *REFERENCE[1:]]], settings=FAST)
    assert report.segments[0].references == ()
    assert report.segments[0].metrics["chrf"] is None
    assert report.segments[0].adequacy is not None  # the source alone has a recipe too
    chrf = next(metric for metric in report.metrics if metric.name == "chrf")
    assert (chrf.n_scored, chrf.n_skipped) == (11, 1)


def test_score_second_reference_counts_where_the_first_is_blank():
    report = score(OTHER, references=[["", *REFERENCE[1:]], REFERENCE], settings=FAST)
    assert report.segments[0].references == (REFERENCE[0],)
    assert "addition" not in {finding.check for finding in report.segments[0].findings}


def test_score_systems_with_blank_lines_at_different_places_stay_paired():
    source = ["", "", *SOURCE[:10]]
    one, two = ["x", "", *OTHER[:10]], ["", "y", *OTHER[:10]]
    report = score(
        {"one": one, "two": two}, source=source, settings=dataclasses.replace(FAST, metrics=("length_ratio",))
    )
    by_metric = {each.metric: each.difference for each in report.comparisons}
    assert by_metric["fluency"] == pytest.approx(0)
    assert len({system.dimensions["fluency"].n for system in report.systems}) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"references": [REFERENCE[:-1]]}, "reference 1 has 11; first unpaired line: 12"),
        ({"source": [*SOURCE, "x"]}, "source has 13 lines, hypothesis has 12; first unpaired line: 13"),
    ],
)
def test_score_uneven_lengths_name_the_first_unpaired_line(options, message):
    with pytest.raises(PairingError, match=message):
        score(OTHER, settings=FAST, **options)


def test_score_impossible_inputs_say_what_to_do():
    with pytest.raises(UsageError, match=r"source \(-s\) or a reference \(-r\)"):
        score(OTHER, settings=FAST)
    with pytest.raises(UsageError, match="no translation"):
        score({}, references=[REFERENCE], settings=FAST)
    with pytest.raises(InputError, match="nothing but blank lines"):
        score(["", " "], references=[["a", "b"]], settings=FAST)
    with pytest.raises(InputError, match="line 2 contains a line feed"):
        score(["a", "b\nc"], references=[["a", "b"]], settings=FAST)


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_score_batch_size_changes_nothing(batch_size):
    systems = {"other": OTHER, "worse": WORSE}
    whole = score(systems, references=[REFERENCE], settings=FAST)
    found = score(systems, references=[REFERENCE], settings=dataclasses.replace(FAST, batch_size=batch_size))
    assert found == whole


def test_score_shuffled_lines_have_the_same_scores():
    order = list(range(len(OTHER)))
    random.Random(2).shuffle(order)

    def shuffled(lines):
        return [lines[i] for i in order]

    plain = score({"a": OTHER, "b": WORSE}, source=SOURCE, references=[REFERENCE], settings=FAST)
    mixed = score(
        {"a": shuffled(OTHER), "b": shuffled(WORSE)},
        source=shuffled(SOURCE),
        references=[shuffled(REFERENCE)],
        settings=FAST,
    )
    assert values(plain) == values(mixed)
    assert [metric.value for metric in plain.metrics] == [metric.value for metric in mixed.metrics]
    assert [dimension.low for dimension in plain.dimensions.values()] == [
        dimension.low for dimension in mixed.dimensions.values()
    ]
    assert [each.p_bootstrap for each in plain.comparisons] == [each.p_bootstrap for each in mixed.comparisons]


def test_score_shuffled_lines_with_neural_metrics_have_the_same_scores_to_four_digits():
    settings = Settings(languages=Languages("de", "en"), n_resamples=1)
    order = [4, 1, 3, 0, 2]
    plain = score(OTHER[:5], references=[REFERENCE[:5]], settings=settings)
    encoders.load()._known.clear()
    match.matched.cache_clear()
    mixed = score([OTHER[i] for i in order], references=[[REFERENCE[i] for i in order]], settings=settings)
    assert values(plain) == pytest.approx(values(mixed), abs=1e-4)
    for position, i in enumerate(order):
        assert mixed.segments[position].metrics == pytest.approx(plain.segments[i].metrics, abs=1e-4)
