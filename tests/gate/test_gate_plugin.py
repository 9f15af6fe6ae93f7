"""The pytest plugin: `assert_translation` here, and the fixture in projects of its own, run by pytest itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import command_line
import localised
import pytest

from scorer.errors import PairingError, UsageError
from scorer.gate import texts
from scorer.gate.parsing import parse
from scorer.pytest_plugin import assert_translation

SOURCE = "The device is not waterproof."
GOOD, WRONG = "Das Gerät ist nicht wasserdicht.", "Das Gerät ist wasserdicht."


@pytest.fixture(autouse=True)
def _results(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "results"))


# assert_translation -------------------------------------------------------------------------------------------------


def test_assert_translation_good_text_returns_the_verdict():
    verdict = assert_translation(SOURCE, GOOD, languages="en-de", minimum={"quality": 40}, preset="fast")
    assert (verdict.outcome, verdict.pairs[0].languages, verdict.policy) == ("pass", "en-de", "")
    assert [ruling.rule for ruling in verdict.pairs[0].rulings] == ["minimum.quality", "findings.critical", "coverage"]


def test_assert_translation_lost_negation_raises_with_rule_texts_and_findings():
    with pytest.raises(AssertionError) as caught:
        assert_translation(SOURCE, WRONG, languages="en-de", findings={"major": 0}, preset="fast")
    message = str(caught.value)
    assert "findings.major: 1 major finding; none is allowed" in message
    assert SOURCE in message
    assert WRONG in message
    assert 'negation lost: "not"' in message


def test_assert_translation_critical_finding_raises_by_default():
    english = ["The sun is shining.", "It costs 25 euros.", "The train leaves today.", "Please close all the windows."]
    german = ["Die Sonne scheint.", "Es kostet 25 Euro.", "Der Zug fährt heute ab.", english[3]]
    texts = english, german
    with pytest.raises(AssertionError, match=r"findings\.critical: 1 critical finding"):
        assert_translation(*texts, languages="en-de", preset="fast")
    assert assert_translation(*texts, languages="en-de", findings={"critical": 1}, preset="fast").passes


def test_assert_translation_low_score_raises():
    with pytest.raises(AssertionError, match=r"minimum\.adequacy: adequacy is \d"):
        assert_translation(SOURCE, WRONG, languages="en-de", minimum={"adequacy": 50}, preset="fast")


def test_assert_translation_with_a_reference_has_its_metrics():
    verdict = assert_translation(
        SOURCE, GOOD, reference=GOOD.replace("Gerät", "Ding"), languages="en-de", minimum={"chrf": 50}, preset="fast"
    )
    assert 50 < verdict.pairs[0].values["chrf"] < 100


@pytest.mark.parametrize(
    ("source", "hypothesis", "message"),
    [
        ("", GOOD, "source is empty"),
        (SOURCE, "", "hypothesis is empty"),
        (SOURCE, " \n\t", "hypothesis has no text"),
        ([], [], "source is empty"),
        (SOURCE, SOURCE, "hypothesis has the same text as source"),
        (
            "Please close all windows before you leave the house, since it may rain.",
            "You should close each window before leaving the house, because it might rain.",
            "the language of its source",
        ),
    ],
)
def test_assert_translation_vacuous_texts_raise(source, hypothesis, message):
    with pytest.raises(AssertionError, match="FAIL") as caught:
        assert_translation(source, hypothesis, preset="fast")
    assert message in " ".join(str(caught.value).split())


def test_gate_of_texts_with_an_encoder_that_is_not_there_fails():
    given = tomllib.loads('encoder = "./nowhere"\nlanguages = "en-de"\nfindings = {critical = 0}')
    policy = parse(given, name="scorer.toml", folder=Path(), flags={})
    verdict = texts.judge(SOURCE, GOOD, None, policy, None)
    assert verdict.outcome == "fail"
    assert [ruling.message for ruling in verdict.pairs[0].rulings] == [
        "the model could not be loaded: there is no folder './nowhere' with an encoder"
    ]


def test_assert_translation_lists_are_paired_line_by_line():
    lines = ["The sun is shining.", "It costs 25 euros."], ["Die Sonne scheint.", "Es kostet 52 Euro."]
    with pytest.raises(AssertionError, match=r"hypothesis:2:") as caught:
        assert_translation(*lines, languages="en-de", findings={"major": 0}, preset="fast")
    assert "25 became 52" in str(caught.value)


def test_assert_translation_lists_of_unequal_length_raise():
    with pytest.raises(PairingError, match="source has 2 lines, hypothesis has 1"):
        assert_translation(["One thing.", "Another."], ["Ein Ding."], languages="en-de", preset="fast")


def test_assert_translation_line_with_a_line_feed_is_refused():
    with pytest.raises(UsageError, match="line 2 of the hypothesis holds a line feed"):
        assert_translation(["One.", "Two."], ["Eins.", "Zwei.\nDrei."], preset="fast")


def test_assert_translation_unknown_score_is_refused():
    with pytest.raises(UsageError, match="did you mean 'quality'"):
        assert_translation(SOURCE, GOOD, minimum={"qualiti": 40}, preset="fast")


def test_assert_translation_files_are_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a longer path would be broken over two lines
    localised.fill(tmp_path)
    english, german = tmp_path / "locales/en/app.json", tmp_path / "locales/de/app.json"
    assert assert_translation(english, german, findings={"major": 0}, preset="fast").pairs[0].counts["segments"] == 6
    localised.spoil(tmp_path)
    with pytest.raises(AssertionError, match=r"app\.json:7:"):
        assert_translation(english, german, findings={"major": 0}, preset="fast")


def test_assert_translation_keeps_nothing_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert_translation(SOURCE, GOOD, languages="en-de", preset="fast")
    assert list(tmp_path.iterdir()) == []


def test_assert_translation_hostile_text_cannot_start_a_line():
    with pytest.raises(AssertionError) as caught:
        assert_translation(
            "Press the red button.", "::error::pwned\x1b[31m\n##[group]x", minimum={"quality": 100}, preset="fast"
        )
    assert "\x1b" not in str(caught.value)
    assert not any(line.startswith(("::", "##[")) for line in str(caught.value).splitlines())


# The fixture --------------------------------------------------------------------------------------------------------

TESTS = """
import pytest

def test_pass(translation_gate):
    verdict = translation_gate("It costs 25 euros.", "Es kostet 25 Euro.", languages="en-de")
    assert verdict.policy.endswith("scorer.toml")

def test_policy_limits_texts(translation_gate):
    translation_gate("It costs 25 euros.", "Es kostet 52 Euro.", languages="en-de")

def test_call_wins(translation_gate):
    translation_gate("It costs 25 euros.", "Es kostet 52 Euro.", languages="en-de", minimum={"quality": 0},
                     findings={"major": 1})

def test_half(translation_gate):
    translation_gate("It costs 25 euros.")

def test_all(translation_gate):
    translation_gate()
"""


def run_pytest(folder: Path, *arguments: str) -> str:
    """Return what pytest prints in a project of its own; of all plugins that are here it loads only ours."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "scorer.pytest_plugin", *arguments],
        cwd=folder,
        env=command_line.environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def project(folder: Path, tests: str = TESTS, **options: str) -> Path:
    localised.fill(folder, **options)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    (folder / "test_texts.py").write_text(tests, encoding="utf-8")
    return folder


def test_fixture_judges_texts_and_files_by_the_policy(tmp_path):
    project(tmp_path)
    localised.spoil(tmp_path)
    (tmp_path / "below").mkdir()
    told = run_pytest(tmp_path)
    outcomes = {
        line.split("::")[1].split()[0]: line.split()[0]
        for line in told.splitlines()
        if line.startswith(("PASSED test_texts.py::", "FAILED test_texts.py::"))
    }
    expected = {"pass": "PASSED", "policy_limits_texts": "FAILED", "call_wins": "PASSED", "half": "FAILED"}
    assert outcomes == {f"test_{name}": outcome for name, outcome in (expected | {"all": "FAILED"}).items()}, told
    assert "hypothesis:1:" in told  # of the text, and
    assert "locales/de/app.json:7:" in told  # of the policy's file
    assert "translation_gate takes source and hypothesis, or neither" in told
    assert "pytest_plugin.py:" not in told.partition("test_half")[0]  # a failure is shown where the test is


def test_fixture_finds_the_policy_from_any_folder_and_by_name(tmp_path):
    tests = "def test_all(translation_gate):\n    translation_gate()\n"
    project(tmp_path, tests)
    (tmp_path / "below").mkdir()
    assert "1 passed" in run_pytest(tmp_path / "below", "..")
    (tmp_path / "gates").mkdir()
    strict = localised.POLICY.replace("40", "99.9").replace('"locales', '"../locales')
    (tmp_path / "gates" / "strict.toml").write_text(strict, encoding="utf-8")
    assert "minimum.quality" in run_pytest(tmp_path, "-o", "scorer_policy=gates/strict.toml")


def test_fixture_without_a_policy_says_so(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "test_it.py").write_text("def test_it(translation_gate):\n    translation_gate()\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    told = run_pytest(tmp_path)
    assert "there is no policy in" in told
    assert "scorer gate --init writes one" in told


def test_fixture_first_run_writes_the_baseline_and_fails_once(tmp_path):
    tests = "def test_all(translation_gate):\n    translation_gate()\n"
    project(tmp_path, tests, policy='baseline = "scorer-baseline.json"\n' + localised.POLICY)
    first = run_pytest(tmp_path)
    assert "there was no baseline" in first
    assert (tmp_path / "scorer-baseline.json").exists()
    assert "1 passed" in run_pytest(tmp_path)


def test_plugin_is_announced_to_pytest():
    project = tomllib.loads((command_line.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"scorer": "scorer.pytest_plugin"}


def test_plugin_loads_nothing_but_pytest():
    code = (
        "import sys, pytest; before = set(sys.modules); import scorer.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
        cwd=command_line.ROOT,
    )
    assert set(done.stdout.split()) <= {"scorer", "scorer.pytest_plugin"}
