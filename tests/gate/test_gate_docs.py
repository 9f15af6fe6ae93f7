"""The pages on the gate and on CI: they name all that there is, their files parse, and their commands run."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import command_line
import localised
import pytest
import typer
import yaml

from scorer import __version__, cli
from scorer.gate import keys, outputs, parsing

ROOT = Path(__file__).parents[2]
GATE, CI = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("gate.md", "ci.md"))
COMMAND = typer.main.get_command(cli.app).commands["gate"]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    return [match[2] for match in _FENCE.finditer(page) if match[1] == language]


def options() -> list[str]:
    return [name for each in COMMAND.params for name in (*each.opts, *each.secondary_opts) if name.startswith("--")]


WORKFLOWS = [yaml.safe_load(block) for block in blocks(CI, "yaml")]
GITHUB = [each for each in WORKFLOWS if "jobs" in each]
GITLAB = next(each["translation-gate"] for each in WORKFLOWS if "translation-gate" in each)
PRE_COMMIT = next(each["repos"][0] for each in WORKFLOWS if "repos" in each)
JENKINS = blocks(CI, "groovy")[0]


def commands() -> list[list[str]]:
    """Return the calls of the gate in the pipelines of GitLab and Jenkins."""
    lines = [*GITLAB["script"], *re.findall(r"^\s*sh '(.+)'$", JENKINS, re.MULTILINE)]
    found = [shlex.split(line) for line in lines if "pip install" not in line]
    return [words[1:] for words in found if words[0].endswith("scorer")]


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted({*keys.RULES, *keys.SETTINGS, *keys.BASELINE, *keys.PAIR, "pair", "override"}))
def test_gate_docs_name_every_key(key):
    assert re.search(rf"^\| `{key}` \|", GATE, re.MULTILINE)


@pytest.mark.parametrize("option", options())
def test_gate_docs_name_every_option(option):
    # What all commands share is explained with them, and named here.
    known = GATE if option in GATE else (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.search(rf"[` ]{option}[` ]", known)


@pytest.mark.parametrize("name", outputs.registry.names())
def test_gate_docs_name_every_output_with_its_suffix(name):
    row = next(line for line in GATE.splitlines() if line.startswith(f"| `{name}` |"))
    suffixes = [suffix for suffix, owner in outputs.suffixes.items() if owner == name]
    assert not suffixes or any(f"`{suffix}`" in row for suffix in suffixes)


@pytest.mark.parametrize("code", [0, cli.EXIT_GATE, cli.EXIT_INPUT, cli.EXIT_BUG])
def test_gate_docs_name_every_exit_code(code):
    assert f"\n| {code} | " in GATE
    assert f"\n| {code} | " in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*ACTION["inputs"], *ACTION["outputs"]])
def test_ci_docs_name_inputs_and_outputs_of_the_action(name):
    assert f"`{name}`" in CI


# Files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [*blocks(GATE, "toml"), *blocks(CI, "toml")])
def test_policy_in_the_docs_is_valid(block):
    content = tomllib.loads(block)
    policy = parsing.parse(content, name="scorer.toml", folder=Path())
    assert policy.pairs
    parsing.parse(content, name="pyproject.toml", folder=Path())


def test_policy_in_the_docs_layers_as_said():
    policy = parsing.parse(tomllib.loads(blocks(GATE, "toml")[0]), name="scorer.toml", folder=Path())
    legal = policy.pairs[1]
    assert policy.rules_for(legal, "legal/fr/terms.txt", "fr").minimum["adequacy"] == 90
    assert policy.rules_for(legal, "legal/ja/terms.txt", "ja").minimum["adequacy"] == 70
    assert policy.rules_for(policy.pairs[0], "locales/ja/app.json", "ja").minimum["adequacy"] == 80


def test_workflows_use_the_action_as_it_is():
    used = [step for each in GITHUB for job in each["jobs"].values() for step in job["steps"]]
    ours = [step for step in used if step.get("uses", "").startswith("OWNER/")]
    assert len(ours) == len(GITHUB) == 2
    for step in ours:
        assert step["uses"] == f"OWNER/scorer@v{__version__}"
        assert set(step.get("with", {})) <= set(ACTION["inputs"])
    told = set(re.findall(r"steps\.gate\.outputs\.(\w+)", CI))
    assert told <= set(ACTION["outputs"])


def test_workflows_pass_nothing_foreign_into_a_script():
    scripts = [
        step["run"] for each in GITHUB for job in each["jobs"].values() for step in job["steps"] if "run" in step
    ]
    assert scripts
    assert not any("${{" in script for script in scripts)


def test_versions_in_the_docs_are_ours():
    assert set(re.findall(r"scorer@v([\d.]+\d)", CI)) == {__version__}
    assert PRE_COMMIT["rev"] == f"v{__version__}"
    assert [hook["id"] for hook in PRE_COMMIT["hooks"]] == [hook["id"] for hook in HOOKS]


def test_gitlab_keeps_reports_and_results_of_a_failed_gate():
    written = commands()[0]
    assert GITLAB["artifacts"]["when"] == GITLAB["cache"]["when"] == "always"
    assert set(GITLAB["artifacts"]["reports"].values()) <= set(written)
    assert GITLAB["cache"]["paths"] == [f"{written[written.index('--cache-dir') + 1]}/"]


# Commands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_pipeline_command_judges_and_writes_its_reports(arguments, tmp_path, monkeypatch):
    localised.fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    here = [each.replace("$HOME", str(tmp_path / "home")) for each in arguments]
    assert command_line.run(*here).code == 0
    localised.spoil(tmp_path)
    outcome = command_line.run(*here)
    assert outcome.code == 1
    assert "findings.major" in outcome.out
    written = [here[i + 1] for i, each in enumerate(here) if each in ("--junit", "--sarif", "--codequality")]
    assert len(written) == 2
    assert all("number" in Path(name).read_text(encoding="utf-8") for name in written)
    assert (Path(here[here.index("--cache-dir") + 1]) / "results.sqlite").is_file()


def test_pipelines_are_both_there():
    assert len(commands()) == 2


def test_jenkins_reads_what_the_gate_writes():
    written = commands()[1]
    for name in (*re.findall(r"junit '(.+)'", JENKINS), *re.findall(r"pattern: '(.+?)'", JENKINS)):
        assert name in written
    assert JENKINS.count("{") == JENKINS.count("}")
    assert JENKINS.count("(") == JENKINS.count(")")


def test_story_of_the_docs_holds(tmp_path, monkeypatch):
    """Policy from the present state, baseline, pass; then a change, and its acceptance."""
    localised.fill(tmp_path)
    (tmp_path / "scorer.toml").unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "cache"))
    for line in blocks(CI, "sh")[0].splitlines():
        outcome = command_line.run(*shlex.split(line)[1:], "--preset", "fast")
        assert outcome.code == 0, outcome.out + outcome.err
    assert command_line.run("gate", "--preset", "fast").code == 0
    localised.spoil(tmp_path)
    outcome = command_line.run("gate", "--preset", "fast")
    assert outcome.code == 1
    assert "--accept cart.total" in outcome.out
    accepted = json.loads(command_line.run("gate", "--preset", "fast", "--accept", "cart.total", "-f", "json").out)
    failed = {ruling["rule"] for ruling in accepted["pairs"][0]["rulings"] if ruling["outcome"] != "pass"}
    assert "findings.major" in failed  # which looks at what there is, and
    assert not any(rule.startswith(("max_", "new_")) for rule in failed)  # these at what is new
