from __future__ import annotations

import hashlib
import json

import jsonschema
import numpy as np
import pytest

from scorer import assets, judge, plan, reporters, uncertainty
from scorer.combine import NAMES
from scorer.errors import ModelError
from scorer.plan import Settings
from scorer.report import Comparison
from scorer.reporters import shown
from scorer.systems import score
from scorer.types import Languages, Segment
from scorer.uncertainty import Agreement, Curves

RECIPES = [f"{preset}/{available}" for preset, available in NAMES]
EN_DE, SWAHILI, EN_RU = Languages("en", "de"), Languages("en", "sw"), Languages("en", "ru")
CURVES = Curves(((1.0, 0.0), (5.0, 2.0)), ((1.0, 2.0), (5.0, 10.0)), 0.5, {"*": 1.0, "en-de": 0.5})
AGREEMENT = Agreement(2.0, 20.0, 0.95, 10.0, (10, 400))


@pytest.fixture
def shipped() -> dict:
    return json.loads(assets.read(uncertainty.FILE))


def ends(points, n_words=20.0, factor=1.0, widening=1.0):
    low, high = CURVES.ends(np.array([points]), np.array([n_words]), factor, widening)
    return float(low[0]), float(high[0])


@pytest.mark.parametrize(
    ("points", "n_words", "factor", "widening", "expected"),
    [
        (1.0, 20.0, 1.0, 1.0, (0.0, 2.0)),  # the first knot
        (3.0, 20.0, 1.0, 1.0, (1.0, 6.0)),  # half way
        (0.0, 20.0, 1.0, 1.0, (0.0, 2.0)),  # constant before the first knot
        (3.0, 80.0, 1.0, 1.0, (1.0, 12.0)),  # four times the words, to the power of a half
        (3.0, 20.0, 1.5, 1.0, (1.0, 9.0)),  # severer judges: the upper end only
        (3.0, 20.0, 0.8, 1.0, (0.8, 4.8)),  # milder ones: both
        (3.0, 20.0, 0.1, 1.0, (0.1, 3.0)),  # never below the expectation
        (3.0, 20.0, 1.0, 2.0, (0.5, 12.0)),  # wider on both sides
        (5.0, 20.0, 1.0, 4.0, (0.5, 25.0)),  # nobody takes off more than 25
        (40.0, 20.0, 1.0, 1.0, (2.0, 40.0)),  # but an expectation may be more
        (3.0, 0.0, 1.0, 1.0, (1.0, 3.0)),  # no words: as one
        (3.0, 1e9, 1.0, 1.0, (1.0, 6.0 * 5**0.5)),  # no longer than was measured
    ],
)
def test_ends_table(points, n_words, factor, widening, expected):
    assert ends(points, n_words, factor, widening) == pytest.approx(expected)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("known", ["trained", "related", "unseen"])
def test_interval_of_shipped_recipes_holds_the_expectation_and_grows(recipe, known):
    points = [0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 25.0, 100.0]
    found = [uncertainty.interval(each, 25.0, recipe, EN_DE, known=known) for each in points]
    assert all(0 <= low <= each <= high for each, (low, high) in zip(points, found, strict=True))
    for side in zip(*found, strict=True):
        assert list(side) == sorted(side)


@pytest.mark.parametrize("recipe", RECIPES)
def test_interval_of_less_known_languages_is_wider(recipe):
    widths = []
    for known in ("trained", "related", "unseen"):
        low, high = uncertainty.interval(3.0, 25.0, recipe, SWAHILI, known=known)
        widths.append(high - low)
    assert widths[0] < widths[1] < widths[2]


def test_interval_without_points_or_of_an_unmeasured_recipe_is_none():
    assert uncertainty.interval(None, 9.0, "standard/both", EN_DE, known="trained") == (None, None)
    assert uncertainty.interval(1.0, 9.0, "another/both", EN_DE, known="trained") == (None, None)


def test_share_of_no_difference_is_a_coin_and_grows_to_the_ceiling():
    differences = np.linspace(0, 12, 50)
    found = AGREEMENT.share(differences, np.full(50, 100.0))
    assert found[0] == 0.5
    assert (np.diff(found) >= 0).all()
    assert found[-1] <= 0.95
    # 4 points on 100 segments: a spread of sqrt(4 + 4), so 0.5 + 0.45 * erf(sqrt(2) / sqrt(2))
    assert AGREEMENT.share(np.array([4.0]), np.array([100.0]))[0] == pytest.approx(0.5 + 0.45 * 0.8427, abs=1e-4)


def test_share_grows_with_segments_up_to_what_was_measured():
    found = AGREEMENT.share(np.full(4, 4.0), np.array([10.0, 100.0, 400.0, 1e6]))
    assert found[0] < found[1] < found[2] == found[3]


def test_share_of_a_larger_difference_than_was_measured_is_that_of_the_largest():
    found = AGREEMENT.share(np.array([10.0, -10.0, 1000.0]), np.full(3, 50.0))
    assert len(set(found.tolist())) == 1


def test_agreement_is_not_claimed_without_ground():
    assert uncertainty.agreement(5.0, 9, "fast/both", known="trained") is None
    assert uncertainty.agreement(None, 50, "fast/both", known="trained") is None
    assert uncertainty.agreement(5.0, 50, "fast/both", known="unseen") is None
    assert uncertainty.agreement(5.0, 50, "another/both", known="trained") is None
    assert 0.5 <= uncertainty.agreement(-5.0, 50, "fast/both", known="related") <= 1


@pytest.mark.parametrize(
    ("languages", "with_source", "expected"),
    [
        (EN_DE, True, "trained"),
        (Languages("zh", "en"), True, "trained"),
        (Languages("de", "en"), True, "related"),
        (EN_RU, True, "related"),
        (SWAHILI, True, "unseen"),
        (Languages("sw", "en"), True, "unseen"),
        (Languages("sw", "en"), False, "trained"),  # the source is not read
        (Languages(None, "de"), False, "trained"),
        (Languages(None, "ru"), False, "related"),
        (Languages("en", None), True, "unseen"),
        (Languages(), False, "unseen"),
    ],
)
def test_seen_table(languages, with_source, expected):
    assert uncertainty.seen(languages, with_source=with_source) == expected


def test_notes_name_languages_and_count_segments():
    segments = [Segment(i, "a", "b", (), SWAHILI) for i in range(3)] + [Segment(3, "a", "b", (), EN_DE)]
    assert uncertainty.notes(segments[3:]) == ()
    (note,) = uncertainty.notes([*segments, Segment(4, None, "b", ("c",), Languages())])
    assert "sw or a language that cannot be told" in note
    assert "4 segments" in note


def test_table_of_a_newer_version_is_refused(shipped, seal):
    seal(uncertainty.FILE, json.dumps(shipped | {"version": 99}).encode())
    with pytest.raises(ModelError, match="version 99"):
        uncertainty.table()


def test_table_follows_the_models_folder(shipped, seal):
    shipped["languages"]["known"].append("sw")
    seal(uncertainty.FILE, json.dumps(shipped).encode())
    assert uncertainty.seen(SWAHILI) == "related"


def test_shipped_table_has_all_recipes_and_languages_of_trained_pairs(shipped):
    assert set(shipped["intervals"]) == set(shipped["agreement"]) == set(RECIPES)
    spoken = {language for pair in shipped["languages"]["trained"] for language in pair.split("-")}
    assert spoken <= set(shipped["languages"]["known"])


def test_shipped_intervals_cover_what_they_say_unless_provisional(shipped):
    if shipped["provisional"]:
        pytest.skip("fitted to predictions that are not final")
    assert shipped["recipes_sha256"] == hashlib.sha256(assets.read("recipes.json")).hexdigest()
    covered = {name: each["coverage"] for name, each in shipped["intervals"].items() if name.startswith("standard/")}
    assert {name: share for name, share in covered.items() if not 0.75 <= share <= 0.85} == {}


# In judgments and reports --------------------------------------------------------------------------------------------

FAST = Settings(preset="fast", n_resamples=100)


def judged(languages: Languages) -> judge.Judged:
    segments = [
        Segment(0, "Das Gerät ist neu.", "The device is new.", ("The unit is new.",), languages),
        Segment(1, "Er kam 1987.", "", ("He came in 1987.",), languages),
    ]
    return judge.judge(segments, plan.plan(FAST, "both", languages.hypothesis, 1))


def test_segment_reports_hold_the_interval_around_the_points():
    for report in judge.segment_reports(judged(Languages("de", "en"))):
        assert report.metrics["mqm_low"] <= report.metrics["mqm"] <= report.metrics["mqm_high"]
        assert report.confident


def test_segment_reports_of_an_unseen_language_are_wider_and_not_confident():
    known, unseen = (judge.segment_reports(judged(Languages("de", each)))[0] for each in ("en", "sw"))
    assert known.metrics["mqm"] == unseen.metrics["mqm"]
    assert known.metrics["mqm_high"] < unseen.metrics["mqm_high"]
    assert not unseen.confident
    assert "rough" in shown.points(unseen)


def systems(languages: Languages, n: int = 16):
    source = [f"Die Lieferung dauert {i} Tage." for i in range(3, 3 + n)]
    good = [f"Delivery takes {i} days." for i in range(3, 3 + n)]
    bad = [line.replace("days", "of the weeks") if i % 2 else line for i, line in enumerate(good)]
    settings = Settings(preset="fast", metrics=("chrf",), n_resamples=100, languages=languages)
    return score({"good": good, "bad": bad}, source=source, references=[good], settings=settings)


def test_score_two_systems_say_how_many_people_would_agree():
    report = systems(Languages("de", "en"))
    by_metric = {each.metric: each for each in report.comparisons}
    assert 0.5 < by_metric["quality"].agreement <= 1
    assert by_metric["chrf"].agreement is by_metric["adequacy"].agreement is None
    (line,) = shown.agreements(report.comparisons)
    share = f"{100 * by_metric['quality'].agreement:.0f}%"
    assert line == f"good better than bad: expected agreement of people: {share}"
    for name in ("text", "markdown"):
        assert f"agreement of people: {share}" in _plain(reporters.registry.factory(name)(report))


def _plain(text: str) -> str:
    return " ".join(text.replace("&#58;", ":").split())


def test_score_unseen_language_is_noted_and_agreement_is_not_stated():
    report = systems(Languages("de", "sw"))
    assert any("nothing was learned from sw: 32 segments" in note for note in report.notes)
    assert [each.agreement for each in report.comparisons if each.agreement is not None] == []
    assert not any(segment.confident for segment in report.segments)


def test_score_few_segments_have_no_agreement():
    assert all(each.agreement is None for each in systems(Languages("de", "en"), n=6).comparisons)


def test_report_with_intervals_fits_the_schema():
    schema = json.loads((assets._PACKAGE / "schemas/report.json").read_text(encoding="utf-8"))
    jsonschema.validate(systems(Languages("de", "sw")).to_dict(), schema)


def test_agreements_without_a_difference_are_not_told():
    same = Comparison("quality", "a", "b", 0.0, None, None, None, None, None, "", 0.5)
    assert shown.agreements([same]) == []
