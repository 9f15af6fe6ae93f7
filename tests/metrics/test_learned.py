"""The learned metric: what it must never get wrong, and numbers that do not depend on company."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from scorer import estimator, metrics
from scorer.checks.learned import learned
from scorer.types import Languages, Segment

SOURCE = "Der Rasen war heute Morgen mit Schnee bedeckt, und niemand ging zur Arbeit."
REFERENCE = "The lawn was covered with snow this morning, and nobody went to work."
GOOD = "This morning the lawn was covered in snow, and nobody went to work."
WRONG = [
    "The committee has approved the budget for the coming financial year.",
    "snow The with was lawn nobody covered, morning work and to this went.",
    "The lawn lawn lawn lawn was was was covered covered covered covered.",
    "Tho lewn wes cuverod weth snuw thes murneng, end nubudy wint tu wurk.",
]
ALL = [GOOD, *WRONG]


def segment(hypothesis: str, source: str | None = SOURCE, references: tuple[str, ...] = (REFERENCE,)) -> Segment:
    return Segment(0, source, hypothesis, references, Languages("de", "en"))


def rate(name: str, one: Segment) -> float | None:
    metric = metrics.registry.create(name)
    return metric.finish(metric.measure([one])[0])


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("mode", ["source", "reference", "both"])
def test_learned_points_of_a_wrong_translation_are_above_the_good_one(wrong, mode):
    source, references = (None if mode == "reference" else SOURCE), (() if mode == "source" else (REFERENCE,))
    values = [
        sum(rate(f"learned_{part}", segment(text, source, references)) for part in ("accuracy", "fluency"))
        for text in (GOOD, wrong)
    ]
    assert values[1] > 1.5 * values[0]


def test_learned_fluency_is_the_same_with_and_without_other_texts():
    assert rate("learned_fluency", segment(GOOD)) == rate("learned_fluency", segment(GOOD, None, ()))


def test_learned_accuracy_reads_the_source():
    other = "Der Ausschuss hat den Haushalt für das kommende Jahr gebilligt."
    assert rate("learned_accuracy", segment(GOOD, other, ())) > 2 * rate("learned_accuracy", segment(GOOD, SOURCE, ()))


def test_a_text_has_one_fluency_whatever_it_is_read_beside():
    beside = [segment(GOOD, SOURCE, ()), segment(GOOD, None), segment(GOOD), segment(GOOD, None, ())]
    *others, alone = [estimator.estimate([one])[0].fluency for one in beside]
    for fluency in others:
        np.testing.assert_allclose(fluency, alone, atol=2e-5)


def test_learned_metric_of_a_blank_hypothesis_is_undefined():
    assert rate("learned_accuracy", segment(" ")) is None


def test_estimates_are_the_same_in_any_company_and_order():
    segments = [segment(text) for text in ALL] + [segment(GOOD * 3), segment(GOOD, None, ())]
    estimator._memo.cache_clear()
    together = estimator.estimate(segments)
    estimator._memo.cache_clear()
    backwards = estimator.estimate(segments[::-1])[::-1]
    for number, one in enumerate(segments):
        estimator._memo.cache_clear()
        (alone,) = estimator.estimate([one])
        for each in (together[number], backwards[number]):
            np.testing.assert_allclose(each.accuracy, alone.accuracy, atol=2e-5)
            np.testing.assert_allclose(each.error, alone.error, atol=2e-5)


def test_estimate_of_several_references_is_their_mean():
    others = ("Snow lay on the grass in the morning and no one went to work.", REFERENCE)
    (both,) = estimator.estimate([segment(GOOD, None, others)])
    single = [estimator.estimate([segment(GOOD, None, (text,))])[0] for text in others]
    np.testing.assert_allclose(both.accuracy, np.mean([each.accuracy for each in single], axis=0), atol=1e-5)


def test_points_of_a_paragraph_are_about_those_of_its_sentences():
    sentences = [(SOURCE, GOOD), ("Es kostet nichts.", "It costs nothing."), ("Er kam spät.", "The budget was late.")]
    apart = sum(math.fsum(estimator.estimate([segment(h, s, ())])[0].accuracy) for s, h in sentences)
    whole = segment(" ".join(h for _, h in sentences), " ".join(s for s, _ in sentences), ())
    (together,) = estimator.estimate([whole])
    assert math.fsum(together.accuracy) == pytest.approx(apart, rel=0.75)


def test_estimate_of_a_long_text_covers_every_token():
    long = " ".join([GOOD] * 60)
    (estimate,) = estimator.estimate([segment(long, " ".join([SOURCE] * 60), ())])
    assert len(estimate.accuracy) == len(estimate.spans) == len(estimate.error) > 2 * estimator.WINDOW
    assert estimate.spans[-1][1] == len(long)
    assert np.isfinite(estimate.accuracy).all()


def test_check_learned_marks_words_inside_the_text_and_adds_no_points():
    from scorer import combine

    one = segment(WRONG[1])
    findings = tuple(learned(one))
    assert findings
    assert len(findings) <= 5
    for finding in findings:
        start, end = finding.hypothesis_span
        assert 0 <= start < end <= len(one.hypothesis)
        assert finding.suspected
    recipe = combine.recipe("fast", "reference")
    scores = {"chrf": 50.0, "ter": 60.0}
    assert combine.penalty(one, scores, findings, recipe) == combine.penalty(one, scores, (), recipe)


def test_learned_signature_names_encoder_and_network():
    assert (
        metrics.registry.create("learned_accuracy")
        .signature()
        .startswith(f"learned_accuracy|model:multilingual-e5-small-q4-1571fc98.l9.plain|network:{estimator.version()}")
    )


def test_estimate_of_text_that_is_only_odd_characters_is_finite():
    for text in ("\u200b\u200d", "🙂" * 300, "\ud800 lone", "a" * 5000):
        (estimate,) = estimator.estimate([replace(segment(GOOD), hypothesis=text)])
        assert np.isfinite(estimate.accuracy).all()


def test_check_learned_suspects_nothing_that_the_source_has_as_it_stands(monkeypatch):
    from scorer.checks import learned as check

    text = "Write to refunds@brandsund.example by 2026 please."
    monkeypatch.setattr(check, "SHOWN", 0.0)
    monkeypatch.setattr(check, "errors", lambda text, estimate: [((9, 16), 0.9, 2, 3), ((0, 5), 0.8, 0, 1)])
    one = segment(text, "Schreiben Sie bitte bis 2026 an refunds@brandsund.example.", ())
    assert [finding.hypothesis_span for finding in check.learned(one)] == [(0, 5)]


def test_report_signature_changes_with_the_network_even_where_it_is_not_shown(monkeypatch):
    from scorer import Settings, compare

    def signature() -> str:
        return compare(SOURCE, GOOD, settings=Settings(metrics=("overlap",), n_resamples=1)).signature

    before = signature()
    assert before == signature()
    monkeypatch.setattr(estimator, "version", lambda model=None: "otherone")
    assert signature() != before


@pytest.mark.parametrize(
    ("source", "hypothesis", "languages"),
    [
        ("Next", "Weiter", "en-de"),
        ("Undo", "Rückgängig", "en-de"),
        ("Settings", "Einstellungen", "en-de"),
        ("Loading…", "Wird geladen …", "en-de"),
        ("Save", "Enregistrer", "en-fr"),
        ("Add to cart", "Ajouter au panier", "en-fr"),
        ("Save changes", "Guardar cambios", "en-es"),
        ("Back", "Назад", "en-ru"),
        ("Cancel", "取消", "en-zh"),
    ],
)
def test_sound_labels_of_an_interface_are_not_suspected_and_keep_their_quality(source, hypothesis, languages):
    from scorer import Settings, score

    report = score(hypothesis, source=source, settings=Settings(languages=Languages(*languages.split("-"))))
    assert not [finding for finding in report.findings if finding.suspected]
    assert report.segments[0].quality >= 65


def test_network_without_layers_of_its_own_goes_by_the_encoders_states():
    import torch

    from scorer.assets import SHIPPED
    from scorer.network import Network

    shipped = estimator._network(SHIPPED)
    loaded = replace(shipped, network=Network(0))
    [(_, reading)], _ = estimator._jobs([(GOOD, SOURCE, ())])
    late = loaded.late([reading.hypothesis])[reading.hypothesis]
    torch.testing.assert_close(torch.from_numpy(late), loaded._side([reading.hypothesis]).late[0])
    assert not np.allclose(late, shipped.late([reading.hypothesis])[reading.hypothesis])
