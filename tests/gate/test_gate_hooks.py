"""The hook for pre-commit: its manifest, and what it does in a repository, run by pre-commit itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import command_line
import localised
import pytest
import yaml

from scorer import formats

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOK = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))[0]


def pre_commit(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *map(str, arguments)],
        cwd=folder,
        env=command_line.environment(PRE_COMMIT_HOME=str(folder / ".cache"), SCORER_CACHE=str(folder / ".scorer")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=folder, check=True)


@pytest.fixture
def repository(tmp_path) -> Path:
    """A repository that uses the hook, with the program that is here in place of an installed one."""
    own = HOOK | {"language": "system", "entry": f"{sys.executable} -m {HOOK['entry']}"}
    content = {"repos": [{"repo": "local", "hooks": [own]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (tmp_path / ".gitignore").write_text(".cache\n.scorer\n", encoding="utf-8")
    localised.fill(tmp_path)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    return tmp_path


def test_hook_manifest_is_one_that_pre_commit_takes(tmp_path):
    done = pre_commit("validate-manifest", MANIFEST, folder=tmp_path)
    assert done.returncode == 0, done.stdout


def test_hook_entry_is_an_installed_command():
    assert HOOK["entry"].split()[0] in (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("scripts]")[2]
    assert HOOK["language"] == "python"


def test_hook_runs_for_every_format_and_for_the_policy():
    names = [*formats.suffixes, *(f"{suffix}.gz" for suffix in formats.suffixes)] if formats.registry.names() else []
    paths = [*(f"locales/de{suffix}" for suffix in names), "scorer.toml", "web/pyproject.toml", "scorer-baseline.json"]
    assert [path for path in paths if not re.search(HOOK["files"], path)] == []
    assert not re.search(HOOK["files"], "src/main.py")


def test_hook_stops_a_commit_that_breaks_a_rule(repository):
    done = pre_commit("run", folder=repository)
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout + done.stderr
    localised.spoil(repository)
    git(repository, "add", ".")
    done = pre_commit("run", folder=repository)
    assert done.returncode == 1
    assert "- exit code: 1" in done.stdout
    assert "findings.major: 1 major finding; none is allowed: number 1" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="git's line ends differ there")
def test_hook_commit_without_texts_does_not_run(repository):
    git(repository, "commit", "-q", "-m", "first", "--no-verify")
    (repository / "main.py").write_text("x = 1\n", encoding="utf-8")
    git(repository, "add", ".")
    done = pre_commit("run", folder=repository)
    assert (done.returncode, "Skipped" in done.stdout) == (0, True), done.stdout
