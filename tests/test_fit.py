"""`scorer fit` end to end with the fast preset, and models of one's own in every command."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from command_line import Outcome, run

from scorer import (
    Settings,
    adaptation,
    api,
    assets,
    combine,
    fit_rows,
    judge,
    known_answers,
    model_folder,
    plan,
    systems,
)  # fmt: skip
from scorer.errors import InputError, ModelError, ScorerError, UsageError
from scorer.fit import Options
from scorer.languages import parse_pair

EN_DE = parse_pair("de-en")
TEXTS = {"hypothesis": ["The dog sleeps on the sofa today."], "references": [["The dog is asleep on the sofa."]]}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCORER_MODEL", raising=False)
    return tmp_path


def sentences(seeds: Path) -> list[tuple[str, str]]:
    found = []
    for name in ("news", "manual"):
        sources, targets = (
            (seeds / name / file).read_text(encoding="utf-8").split("\n") for file in ("source.de.txt", "good.en.txt")
        )
        found += [(a, b) for a, b in zip(sources, targets, strict=False) if len(a) > 30 and len(b) > 30]
    return found


def rated_rows(seeds: Path, n: int = 240, *, with_source: bool = True) -> list[dict]:
    """Good translations with more and more words left out, and points for each of them: stricter than the shipped."""
    chance = random.Random(1)
    pairs = sentences(seeds)
    rows = []
    for i in range(n):
        source, reference = pairs[i % len(pairs)]
        words = reference.split()
        n_lost = chance.randrange(0, 1 + len(words) // 3)
        lost = set(chance.sample(range(len(words)), n_lost))
        hypothesis = " ".join(word for place, word in enumerate(words) if place not in lost)
        row = {"hypothesis": hypothesis, "reference": reference, "score": 8.0 * n_lost + chance.random()}
        rows.append(row | ({"source": source} if with_source else {}))
    return rows


def write(path: str, rows: list[dict]) -> Path:
    Path(path).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return Path(path)


@pytest.fixture
def data(folder: Path, seeds: Path) -> Path:
    return write("rated.jsonl", rated_rows(seeds))


FIT = ("--preset", "fast", "-l", "de-en", "--resamples", "200")


def fitted(data: Path | str = "rated.jsonl", to: str = "M", *more: str, scale: str = "mqm"):
    return run("fit", data, "-o", to, "--scale", scale, *FIT, *more)


@pytest.fixture(scope="session")
def fitted_once(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> tuple[Path, Outcome]:
    """A fit through the command line, in a folder that tests only read, and what the command said."""
    home = tmp_path_factory.mktemp("fit")
    write(str(home / "rated.jsonl"), rated_rows(seeds))
    done = fitted(home / "rated.jsonl", str(home / "M"))
    assert done.code == 0, done
    return home / "M", done


@pytest.fixture
def model(fitted_once: tuple[Path, Outcome], folder: Path) -> Path:
    """A fitted model to change."""
    shutil.copytree(fitted_once[0], folder / "M")
    return folder / "M"


# The command ---------------------------------------------------------------------------------------------------------


def test_fit_to_stricter_judges_writes_a_model_that_scores_as_they_do(model, data, fitted_once):
    assert "It beats the shipped recipe." in fitted_once[1].out
    assert fitted_once[1].err == ""
    assert sorted(path.name for path in model.iterdir()) == ["CARD.md", "MANIFEST.json", "recipes.json"]
    manifest = json.loads((model / "MANIFEST.json").read_text(encoding="utf-8"))
    assert manifest["format"] == 1
    for name, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256((model / name).read_bytes()).hexdigest()
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    human = sum(row["score"] for row in rows)
    points = {}
    for named in ("shipped", str(model)):
        done = run("score", "--input", data, "-o", "-", "--preset", "fast", "-l", "de-en", "--model", named)
        assert done.code == 0, done
        points[named] = sum(json.loads(line)["metrics"]["mqm"] for line in done.out.splitlines())
    assert abs(points[str(model)] - human) < 0.2 * human
    assert abs(points["shipped"] - human) > 0.4 * human


def test_fit_card_says_what_it_was_made_of(model, data):
    card = (model / "CARD.md").read_text(encoding="utf-8")
    sha256 = hashlib.sha256(data.read_bytes()).hexdigest()
    for said in ("rated.jsonl", sha256, "240, of which 240 usable", "de-en 240", "MQM penalty points", "fast/both"):
        assert said in card, said
    for figure in ("Pearson", "Kendall", "accuracy within a source", "mean absolute error, points", "12345"):
        assert figure in card, figure
    assert "It beats the shipped recipe." in card
    assert "force" not in card


def test_fit_rows_in_another_order_give_the_same_recipes_in_place_of_the_older_model(model, seeds):
    before = (model / "recipes.json").read_bytes()
    rows = rated_rows(seeds)
    random.Random(2).shuffle(rows)
    assert fitted(write("shuffled.jsonl", rows)).code == 0
    assert (model / "recipes.json").read_bytes() == before
    assert "shuffled.jsonl" in (model / "CARD.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_read_other_tables_and_wmt_signs_give_the_same_rows(form, data, seeds):
    rows = [row | {"score": -row["score"]} for row in rated_rows(seeds)]
    if form == "csv":
        with open("t.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    else:
        lines = ["\t".join(rows[0]), *("\t".join(str(cell) for cell in row.values()) for row in rows)]
        Path("t.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, expected = (fit_rows.read(str(path), "score", "mqm", EN_DE).rows for path in (f"t.{form}", data))
    assert [(row.segment.hypothesis, row.human) for row in found] == [
        (row.segment.hypothesis, row.human) for row in expected
    ]


def test_fit_to_scores_that_the_shipped_recipe_gives_is_refused_and_forced(data, seeds):
    done = run("score", "--input", data, "-o", "own.jsonl", "--preset", "fast", "-l", "de-en")
    assert done.code == 0, done
    rows = [json.loads(line) for line in Path("own.jsonl").read_text(encoding="utf-8").splitlines()]
    own = [row | {"score": row["metrics"]["mqm"]} for row in rows]
    write("own.jsonl", [{key: row[key] for key in ("source", "hypothesis", "reference", "score")} for row in own])
    done = fitted("own.jsonl")
    assert (done.code, Path("M").exists()) == (2, False)
    assert (
        "fast/both is not shown to beat the shipped recipe in cross-validation, and so is not written" in done.message
    )
    assert "It is not shown to beat the shipped recipe." in done.out
    done = fitted("own.jsonl", "M", "--force")
    assert done.code == 0
    assert "written because of --force" in done.message
    assert "Written by force" in (Path("M") / "CARD.md").read_text(encoding="utf-8")


def test_fit_modes_by_hiding_fits_each(data):
    done = fitted(data, "M", "--modes", "source,reference", "-f", "json")
    found = {recipe["name"]: recipe for recipe in json.loads(done.out)["recipes"]}
    assert found.keys() == {"fast/source", "fast/reference"}
    assert found["fast/reference"]["figures"]["kendall"]["fitted"]["value"] > 0.5
    kept = {name for name, recipe in found.items() if recipe["kept"]}
    assert "fast/reference" in kept
    assert set(json.loads((Path("M") / "recipes.json").read_text())["recipes"]) == kept


def test_of_mode_hides_the_other_side(data):
    rows = fit_rows.read(str(data), "score", "mqm", EN_DE).rows
    assert fit_rows.modes_of(rows) == ["both"]
    assert {(row.segment.source, bool(row.segment.references)) for row in fit_rows.of_mode(rows, "reference")} == {
        (None, True)
    }
    assert not any(row.segment.references for row in fit_rows.of_mode(rows, "source"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[:199], "199 usable rows, at least 200"),
        (lambda rows: [row | {"score": 3} for row in rows], "all 240 scores in 'score' are 3; nothing to fit to"),
        (lambda rows: [row | {"score": None} for row in rows], "no row has a text to score and a number in 'score'"),
        (lambda rows: [{**row, "score": -row["score"] if i else 1} for i, row in enumerate(rows)], "have one sign"),
        (lambda rows: [{**row, "points": row["score"], "score": "bad"} for row in rows], "'bad', not a finite number"),
        (lambda rows: [{"mt": "a b", "ref": "a c", "score": i} for i in range(300)], "1 different sources"),
        (lambda rows: [{"mark": 1, "mt": row["hypothesis"], "ref": "a"} for row in rows], "no column 'score'"),
        (lambda rows: [], "there are no rows"),
    ],
)  # fmt: skip
def test_fit_of_rows_that_tell_nothing_is_refused_with_a_sentence(folder, seeds, change, said):
    done = fitted(write("bad.jsonl", change(rated_rows(seeds))))
    assert done.code == 2
    assert said in done.message
    assert not Path("M").exists()


def test_fit_counts_what_it_leaves_out(seeds):
    rows = rated_rows(seeds, 250)
    rows[3]["score"] = None
    rows[4]["score"] = float("nan")
    rows[5]["hypothesis"] = "  "
    rows[6]["hypothesis"] = None
    table = fit_rows.read(str(write("some.jsonl", rows[:4] + rows[5:])), "score", "mqm", EN_DE)
    assert table.left_out == {"no human score": 1, "one side is blank": 1, "the hypothesis is null": 1}
    assert len(table.rows) == 246
    with pytest.raises(InputError, match="line 5"):
        fit_rows.read(str(write("nan.jsonl", rows)), "score", "mqm", EN_DE)  # NaN is no JSON


def test_read_scale_0_100_refuses_other_numbers_and_names_the_line(seeds):
    rows = [row | {"score": 100 - row["score"] / 4} for row in rated_rows(seeds)]
    assert len(fit_rows.read(str(write("q.jsonl", rows)), "score", "0-100", EN_DE).rows) == 240
    rows[7]["score"] = 101
    with pytest.raises(InputError, match="line 8: 'score' is 101, not from 0 to 100"):
        fit_rows.read(str(write("q.jsonl", rows)), "score", "0-100", EN_DE)


def test_rated_scale_0_100_is_quality_as_it_stands(seeds):
    rows = [row | {"score": 100 - row["score"] / 4} for row in rated_rows(seeds, 40)]
    found = fit_rows.of_mode(fit_rows.read(str(write("q.jsonl", rows)), "score", "0-100", EN_DE).rows, "reference")
    known = combine.recipe("fast", "reference")
    rated, segments = fit_rows.rated(found, "0-100", known, "fast", lambda *_: None)
    assert rated.unit == "quality"
    human = {row.segment.index: row.human for row in found}
    assert rated.human.tolist() == [human[segment.index] for segment in segments]
    rates = -25 * np.log(rated.human / 100)
    np.testing.assert_allclose(rated.accuracy + rated.fluency, rates)
    assert (np.diff(rated.item) >= 0).all()


def test_rated_by_the_known_recipe_is_what_reports_say():
    texts = [("Thank you.", "Thanks."), ("The dog sleep at the sofa.", "The dog is asleep on the sofa.")]
    texts += [
        (f"{text} It has been raining since Monday, and nobody went out.", f"{text} It rains.") for text, _ in texts
    ]
    rows = [
        {"hypothesis": text, "reference": reference, "score": float(i)} for i, (text, reference) in enumerate(texts)
    ]
    found = fit_rows.of_mode(fit_rows.read(str(write("r.jsonl", rows)), "score", "mqm", EN_DE).rows, "reference")
    known = combine.recipe("standard", "reference")
    rated, segments = fit_rows.rated(found, "mqm", known, "standard", lambda *_: None)
    judged = judge.judge(segments, plan.plan(Settings(), "reference", "en", 1))
    reported = [each.metrics["mqm"] for each in judge.segment_reports(judged)]
    np.testing.assert_allclose(adaptation.judged((known.adequacy, known.fluency), rated), reported, atol=1e-4)


def test_on_quality_reads_only_the_order_of_scores():
    quality = np.array([90.0, 50.0, 70.0, 60.0, 80.0])
    human = np.array([-3.0, 0.0, 0.0, 8.0, 2.0])
    for same_order in (human, 1000 + human**3):
        assert fit_rows.on_quality(same_order, quality).tolist() == [50.0, 65.0, 65.0, 90.0, 80.0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scale", "percent"), "scale cannot be 'percent'; choose from mqm, 0-100, da"),
        (("--modes", "refrence"), "did you mean 'reference'?"),
        (("--folds", "1"), "name 2 to 10"),
        (("--what", "all"), "what cannot be 'all'"),
        (("--what", "heads"), "the recipe fast/both does not read the learned metric, so it has no heads to fit"),
        (("--what", "heads", "--modes", "source,both"), "heads are fitted to one mode"),
        (("-f", "html"), "there is no format 'html'"),
    ],
)
def test_fit_impossible_options_are_refused(data, options, said):
    done = run("fit", data, "-o", "M", "--scale", "mqm", *FIT, *options)
    assert done.code == 2
    assert said in done.message


def test_fit_needs_the_scale(data):
    done = run("fit", data, "-o", "M")
    assert done.code == 2
    assert "--scale" in done.message


# The folder ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "folder", "model and more", "parent", "link"])
def test_fit_output_that_may_not_be_replaced_is_refused_at_once(kind, folder, seeds):
    target = Path("M")
    if kind == "file":
        target.write_text("mine")
    elif kind == "folder":
        target.mkdir()
        (target / "thesis.txt").write_text("mine")
    elif kind == "model and more":
        model_folder.write(target, {"recipes.json": b'{"recipes": {}}'})
        (target / "thesis.txt").write_text("mine")
    elif kind == "link":
        Path("elsewhere").mkdir()
        target.symlink_to("elsewhere")
    else:
        target = Path("no/M")
    done = fitted("no-such-data.jsonl", str(target))
    assert done.code == 2
    assert "scorer: cannot write" in done.message or "more than a model" in done.message
    if kind in ("folder", "model and more"):
        assert (target / "thesis.txt").read_text() == "mine"


def test_write_that_fails_leaves_the_older_model(monkeypatch):
    target = Path("M").absolute()
    before = model_folder.write(target, {"recipes.json": b'{"recipes": {}}'})
    rename = os.rename

    def failing(source, to):
        if Path(to) == target and Path(source).name != "old":
            raise OSError(28, "No space left on device")
        rename(source, to)

    monkeypatch.setattr(model_folder.os, "rename", failing)
    with pytest.raises(InputError, match="No space left"):
        model_folder.write(target, {"recipes.json": b"{}"})
    assert assets.opened(target) == before
    assert [path.name for path in target.parent.iterdir()] == ["M"]


def damaged(model: Path, how: str) -> None:
    manifest = json.loads((model / "MANIFEST.json").read_text())
    if how == "hash":
        content = bytearray((model / "recipes.json").read_bytes())
        content[20] ^= 1
        (model / "recipes.json").write_bytes(bytes(content))
        return
    if how == "size":
        (model / "recipes.json").write_bytes(b"{}")
        return
    if how == "gone":
        (model / "recipes.json").unlink()
        return
    if how == "newer":
        manifest["format"] = 2
    elif how == "outside":
        manifest["files"]["../secret"] = manifest["files"]["recipes.json"]
    elif how == "unsound":
        manifest["files"]["recipes.json"]["sha256"] = 7
    (model / "MANIFEST.json").write_text("no JSON" if how == "not json" else json.dumps(manifest))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("hash", "is damaged: the sha256 of recipes.json is not the manifest's"),
        ("size", "is damaged"),
        ("gone", "is incomplete: recipes.json is missing"),
        ("newer", "is of format 2, newer than this version's 1; upgrade mt-scorer"),
        ("outside", "it lists ../secret, which a model cannot replace"),
        ("unsound", "is not a model"),
        ("not json", "is not a model"),
    ],
)
@pytest.mark.parametrize("command", ["score", "compare"])
def test_bad_model_is_one_sentence(model, command, how, said):
    Path("a.txt").write_text("The dog sleeps here.\n")
    damaged(model, how)
    files = ("-t", "a.txt", "-r", "a.txt") if command == "score" else ("a.txt", "a.txt", "--role", "reference")
    done = run(command, *files, "--preset", "fast", "-l", "de-en", "--model", model)
    assert done.code == 2
    assert said in done.message
    assert done.out == ""


@pytest.mark.parametrize("content", ["[]", '{"recipes": {"fast/reference": {}}}', '{"recipes": 3}', "x", "[" * 100_000])
def test_model_with_recipes_that_cannot_be_used_is_one_sentence(content):
    model_folder.write(Path("M"), {"recipes.json": content.encode()})
    with pytest.raises(ModelError, match="holds no recipes that can be used"):
        systems.score(**call("M"))


@pytest.mark.parametrize("knots", [[], [[0, 1], [0, 2]], [[0, "x"]], [[0, float("nan")]]])
def test_model_with_impossible_curves_is_refused(knots):
    part = {"terms": [{"metric": "chrf", "knots": knots, "weight": 1}], "bias": 0, "knots": [[0, 0], [1, 1]]}
    content = json.dumps({"recipes": {"fast/reference": {"adequacy": part, "fluency": part}}})
    model_folder.write(Path("M"), {"recipes.json": content.encode()})
    with pytest.raises(ModelError, match="holds no recipes that can be used"):
        systems.score(**call("M"))


@pytest.mark.parametrize(("named", "said"), [("nowhere", "no such folder"), (".", "it has no MANIFEST.json")])
def test_model_that_is_none_is_refused(named, said):
    with pytest.raises(ModelError, match=said):
        assets.model(named)


def test_shipped_folder_is_no_model_of_ones_own():
    with pytest.raises(ModelError, match="is not a model"):
        assets.model(str(assets.models_folder()))


# Models in use -------------------------------------------------------------------------------------------------------


def call(model: str = "", **changes) -> dict:
    settings = Settings(preset="fast", languages=EN_DE, model=model, n_resamples=20, **changes)
    return {"hypotheses": TEXTS["hypothesis"], "references": TEXTS["references"], "settings": settings}


def flat(value: float, modes=("fast/reference",)) -> dict[str, bytes]:
    """A model that expects the same points of accuracy of every text."""
    part = {"terms": [], "bias": value, "knots": [[0, 0], [1000, 1000]]}
    recipes = {mode: {"adequacy": part, "fluency": part | {"bias": 0}} for mode in modes}
    return {"recipes.json": json.dumps({"recipes": recipes}).encode()}


def test_two_models_in_one_process_give_each_its_own_numbers():
    for name, value in (("A", 10.0), ("B", 30.0)):
        model_folder.write(Path(name), flat(value))
    shipped = systems.score(**call())
    reports = {name: systems.score(**call(name)) for name in ("A", "B", "A", "", "B")}
    points = {name: report.segments[0].metrics["mqm_accuracy"] for name, report in reports.items()}
    assert points["A"] == pytest.approx(0.7)
    assert points["B"] == pytest.approx(2.1)
    assert reports[""] == shipped
    assert len({report.signature for report in reports.values()}) == 3
    assert "|model:" not in shipped.signature


def test_model_written_anew_is_read_anew():
    for value in (10.0, 20.0):
        model_folder.write(Path("A"), flat(value))
        assert systems.score(**call("A")).segments[0].metrics["mqm_accuracy"] == pytest.approx(7 * value / 100)


def test_model_is_named_by_the_environment_unless_an_option_names_another(monkeypatch):
    for name, value in (("A", 10.0), ("B", 30.0)):
        model_folder.write(Path(name), flat(value))
    found = {name: systems.score(**call(name)) for name in ("shipped", "A", "B")}
    case = known_answers._record()["cases"][0]
    known = known_answers.values(case)
    monkeypatch.setenv("SCORER_MODEL", "A")
    assert systems.score(**call()) == found["A"]
    assert systems.score(**call("B")) == found["B"]
    assert systems.score(**call("shipped")) == found["shipped"]
    assert known_answers.values(case) == known  # the self-test is of what was shipped


def test_model_without_a_recipe_for_what_is_there_leaves_it_as_shipped_and_says_so():
    model_folder.write(Path("A"), flat(10.0, modes=("fast/source",)))
    shipped, own = systems.score(**call()), systems.score(**call("A"))
    assert own.signature == shipped.signature
    assert own.dimensions == shipped.dimensions
    assert "the model was not fitted for fast/reference; the shipped one scored" in own.notes


def test_model_of_compare_is_in_report_and_signature():
    model_folder.write(Path("A"), flat(10.0))
    settings = Settings(preset="fast", languages=parse_pair("en-en"), role="reference", model="A", n_resamples=20)
    report = api.compare("The dog is asleep.", "The dog sleeps there.", settings=settings)
    assert report.segments[0].metrics["mqm_accuracy"] == pytest.approx(0.4)
    assert f"|{assets.model('A').signature()}|" in report.signature


def test_model_over_another_shipped_model_says_so(models, seal):
    model_folder.write(Path("A"), flat(10.0))
    told = "the model was fitted over another version's shipped model; fit it again to be sure of its scores"
    assert told not in systems.score(**call("A")).notes
    seal("CARD.md", b"another card")
    assert told not in systems.score(**call("A")).notes
    seal("calibration.json", assets.read("calibration.json") + b"\n")
    assert told in systems.score(**call("A")).notes


def test_recipe_of_a_model_reads_its_own_and_falls_back():
    model_folder.write(Path("A"), flat(10.0))
    model = assets.model("A")
    assert combine.recipe("fast", "reference", model).adequacy.bias == 10.0
    assert combine.recipe("fast", "source", model) == combine.recipe("fast", "source")
    assert assets.read("calibration.json", model) == assets.read("calibration.json")


def test_interrupted_table_is_not_taken_up_with_another_model(folder, data):
    """The partial file belongs to one model."""
    from scorer import tables

    model_folder.write(Path("A"), flat(10.0))
    heads = {tables._head(str(data), EN_DE, Settings(preset="fast", model=name)) for name in ("", "A")}
    model_folder.write(Path("A"), flat(20.0))
    heads.add(tables._head(str(data), EN_DE, Settings(preset="fast", model="A")))
    assert len(heads) == 3


def test_list_models_shows_a_model_of_ones_own():
    model_folder.write(Path("A"), flat(10.0))
    done = run("list", "models", "--model", "A")
    assert done.code == 0
    assert "fitted for fast/reference" in done.out
    assert "recipes.json" in done.out.split("fitted for")[1]
    assert "fitted for" not in run("list", "models").out


def test_fit_to_human_judgments_of_wmt(shared_data):
    """250 real rows: whatever comes out, the figures are there and the rules are kept."""
    from itertools import islice

    from scorer import formats

    with formats.rows(shared_data / "wmt20_mqm.parquet") as stream:
        kept = [dict(row.cells) for row in islice(stream, 0, 5000, 20)]
    rows = [
        {key: row[key] for key in ("source", "hypothesis", "reference", "score", "lang_pair", *fit_rows.PARTS)}
        for row in kept
    ]
    done = fitted(write("wmt.jsonl", rows), "W", "-f", "json")
    assert done.code in (0, 2), done
    found = json.loads(done.out)
    assert found["languages"] == {"en-de": 250}
    for recipe in found["recipes"]:
        assert recipe["rows"] == 250
        assert -1 <= recipe["figures"]["kendall"]["fitted"]["value"] <= 1
        assert recipe["beats_shipped"] == Path("W").exists() == (done.code == 0)


def test_errors_are_scorer_errors():
    with pytest.raises(ScorerError):
        Options("mqm", seed=-1)
    with pytest.raises(UsageError):
        Options("mqm", n_resamples=0)
