"""The GitHub Action: its steps are run as the runner would, from a clean copy of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import localised
import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step.get("id", "save"): step for step in ACTION["runs"]["steps"]}
_EXPRESSION = re.compile(r"\$\{\{ (\w+)\.([\w.-]+) \}\}")
# No package index: the build tool and all that scorer needs are those that the tests run with.
PIP_ARGS = "--no-index --no-deps --no-build-isolation --no-compile"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the runner's bash is not on every Windows path")


@dataclass
class Job:
    """A job of a workflow, as far as the action can see it."""

    action: Path
    temp: Path
    workspace: Path
    summary: Path
    outputs: dict[str, str] = field(default_factory=dict)

    def run(self, step: str, inputs: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a step's script in the way of GitHub's runner, and take in its outputs."""
        script, output = self.temp / f"{step}.sh", self.temp / f"{step}.output"
        script.write_text(STEPS[step]["run"], encoding="utf-8")
        output.write_text("", encoding="utf-8")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "OMP_NUM_THREADS": "1",
        }
        given = {name: each["default"] for name, each in ACTION["inputs"].items()} | dict(inputs)
        env |= {name: self._filled(value, given) for name, value in STEPS[step]["env"].items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = (line.partition("=") for line in output.read_text(encoding="utf-8").splitlines())
        self.outputs |= {f"{step}.outputs.{name}": value for name, _, value in told}
        return done

    def _filled(self, value: str, inputs: Mapping[str, str]) -> str:
        values = {"inputs": inputs, "steps": {"python.outputs.python-path": sys.executable} | self.outputs}
        return _EXPRESSION.sub(lambda match: values[match[1]][match[2]], value)

    def gate(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step that judges."""
        self.outputs = {name: value for name, value in self.outputs.items() if not name.startswith("gate.")}
        return self.run("gate", inputs)


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """What a clone of the repository would hold: no build output, nothing that is ignored."""
    folder = tmp_path_factory.mktemp("clone")
    if not (ROOT / ".git").exists():
        ignored = shutil.ignore_patterns(".venv", "__pycache__", "*.egg-info", "build", "dist", ".*_cache")
        shutil.copytree(ROOT, folder, dirs_exist_ok=True, ignore=ignored)
        return folder
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def installed(clone, tmp_path_factory) -> Job:
    """A job in which the action was installed."""
    temp = tmp_path_factory.mktemp("runner")
    job = Job(clone, temp, tmp_path_factory.mktemp("workspace"), temp / "summary.md")
    # In place of an index, the packages that are here.
    own = temp / "scorer-gate"
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", str(own)], check=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(own), "platbase": str(own)}))
    (site / "here.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")), encoding="utf-8")
    done = job.run("install", {"pip-args": PIP_ARGS})
    assert done.returncode == 0, done.stderr
    return job


@pytest.fixture
def job(installed, tmp_path) -> Job:
    """A job with a repository of its own."""
    workspace = tmp_path / "repository"
    workspace.mkdir()
    localised.fill(workspace)
    return Job(installed.action, installed.temp, workspace, tmp_path / "summary.md", dict(installed.outputs))


def test_action_installs_the_version_beside_it(installed):
    python = installed.outputs["install.outputs.python"]
    code = "import scorer; print(scorer.__version__, scorer.__file__)"
    told = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert told[0] == version[1]
    assert Path(told[1]).is_relative_to(installed.temp)


def test_action_installed_twice_in_a_job_is_left_alone(installed):
    done = installed.run("install", {"pip-args": "--no-such-option"})
    assert (done.returncode, done.stderr) == (0, "")


def test_action_installation_that_fails_is_no_failed_gate(installed, tmp_path):
    job = Job(tmp_path, installed.temp, tmp_path, tmp_path / "summary.md")  # an action without a package
    done = job.run("install", {"pip-args": PIP_ARGS})
    assert done.returncode == 2
    assert "ERROR" in done.stderr


def test_action_good_translation_passes_and_is_not_scored_twice(job):
    done = job.gate(markdown="gate.md", junit="gate.xml", sarif="gate.sarif")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pass: all ")
    assert job.outputs["gate.outputs.outcome"] == "pass"
    verdict = json.loads(Path(job.outputs["gate.outputs.verdict"]).read_bytes())
    assert (verdict["outcome"], [pair["name"] for pair in verdict["pairs"]]) == ("pass", ["locales/de/app.json"])
    assert all((job.workspace / name).stat().st_size for name in ("gate.md", "gate.xml", "gate.sarif"))
    assert "pass" in job.summary.read_text(encoding="utf-8")
    results = job.outputs["gate.outputs.results"]
    assert job.gate().returncode == 0
    assert job.outputs["gate.outputs.results"] == results  # named by content: the same are not kept twice
    counts = json.loads(Path(job.outputs["gate.outputs.verdict"]).read_bytes())["pairs"][0]["counts"]
    assert counts["cached"] == counts["segments"] == 6


def test_action_changed_price_fails_with_annotation_and_summary(job):
    localised.spoil(job.workspace)
    done = job.gate(markdown="gate.md")
    assert done.returncode == 1
    assert job.outputs["gate.outputs.outcome"] == "fail"
    annotation = next(line for line in done.stderr.splitlines() if line.startswith("::error "))
    assert "file=locales/de/app.json,line=7," in annotation
    assert re.search(r"\b52\b", (job.workspace / "gate.md").read_text(encoding="utf-8"))
    assert re.search(r"\b52\b", job.summary.read_text(encoding="utf-8"))


def test_action_files_and_args_are_words(job):
    (job.workspace / "scorer.toml").unlink()
    (job.workspace / "a b.json").write_bytes((job.workspace / "locales/de/app.json").read_bytes())
    done = job.gate(files="locales/en/app.json 'a b.json'", args="--preset fast\n--minimum quality=99.9 -l en-de")
    assert (done.returncode, job.outputs["gate.outputs.outcome"]) == (1, "fail"), done.stderr
    verdict = json.loads(Path(job.outputs["gate.outputs.verdict"]).read_bytes())
    assert [pair["name"] for pair in verdict["pairs"]] == ["a b.json"]


def test_action_policy_that_is_named_is_taken_and_without_cache_nothing_is_kept(job):
    (job.workspace / "strict.toml").write_text(localised.POLICY.replace("40", "99.9"), encoding="utf-8")
    assert job.gate(policy="strict.toml", cache="false").returncode == 1
    assert "gate.outputs.results" not in job.outputs


def test_action_changed_scores_what_git_says(job):
    def git(*words: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *identity, *words], cwd=job.workspace, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    localised.spoil(job.workspace)
    done = job.gate(changed="main")
    assert (done.returncode, job.outputs["gate.outputs.outcome"]) == (1, "fail"), done.stderr
    assert "1 of 6 segments changed" in " ".join(done.stdout.split())


HOSTILE = "$(touch pwned) `touch pwned` ; touch pwned # \" ' && touch pwned | touch pwned"


@pytest.mark.parametrize(
    "inputs",
    [
        {"policy": HOSTILE},
        {"files": "$(touch pwned) `touch pwned`;touch"},
        {"files": "--write-baseline --init"},
        {"args": "--policy $(touch pwned) ; touch pwned"},
        {"args": "--minimum 'quality=80"},
        {"changed": "--output=pwned"},
        {"markdown": "none/$(touch pwned).md"},
    ],
    ids=str,
)
def test_action_hostile_input_is_an_error_and_runs_nothing(job, inputs):
    before = sorted(job.workspace.rglob("*"))
    done = job.gate(**inputs)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith(("scorer: ", "Usage: ", "::error"))
    assert sorted(job.workspace.rglob("*")) == before
    assert "gate.outputs.outcome" not in job.outputs


def test_action_modules_in_the_repository_are_not_run(job):
    for name in ("json.py", "scorer.py", "pip.py", "sitecustomize.py"):
        (job.workspace / name).write_text("open('pwned', 'w')\n", encoding="utf-8")
    assert job.gate().returncode == 0
    assert not (job.workspace / "pwned").exists()


def test_action_scripts_hold_no_expression():
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    assert len(scripts) == 2
    assert not any("${{" in script for script in scripts)
    assert all(step["shell"] == "bash" for step in STEPS.values() if "run" in step)


def test_action_uses_official_actions_by_major_version():
    used = [step["uses"] for step in STEPS.values() if "uses" in step]
    assert len(used) == 3
    assert all(re.fullmatch(r"actions/[a-z/-]+@v\d+", each) for each in used)


def test_action_inputs_and_outputs_are_used_and_described():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name, each in ACTION["inputs"].items():
        assert re.search(rf"\binputs\.{name}\b", text), name
        assert each["description"]
        assert isinstance(each["default"], str)
    assert set(ACTION["outputs"]) == {"outcome", "verdict"}


def test_action_keeps_results_also_of_a_failed_gate_and_not_twice():
    condition = STEPS["save"]["if"]
    assert "!cancelled()" in condition
    assert "endsWith(steps.cache.outputs.cache-matched-key, steps.gate.outputs.results)" in condition
    key = STEPS["save"]["with"]["key"].removesuffix("${{ steps.gate.outputs.results }}")
    assert STEPS["cache"]["with"]["key"] == key
    assert all(key.startswith(each.strip()) for each in STEPS["cache"]["with"]["restore-keys"].splitlines())
