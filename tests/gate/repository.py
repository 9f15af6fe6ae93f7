"""A real git repository with real localised files: a manual by key in two languages, and news as text.

The texts are those of `seeds/`. Built once, then copied: a test may do with its copy what it likes.
"""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_line import ROOT, Outcome, run, spawn

from scorer import documents

SEEDS = ROOT / "seeds"
POLICY = """\
preset = "fast"
minimum = {quality = 40}
findings = {critical = 0}
baseline = "scorer-baseline.json"
max_drop = {quality = 1.0}
max_segment_drop = {quality = 15}

[[pair]]
source = "locales/de/app.json"
hypothesis = "locales/{language}/app.json"

[[pair]]
source = "docs/{name}.de.txt"
hypothesis = "docs/{name}.en.txt"
"""
EN, ES, DE = "locales/en/app.json", "locales/es/app.json", "locales/de/app.json"
NEWS, NEWS_DE = "docs/news.en.txt", "docs/news.de.txt"
BASELINE = "scorer-baseline.json"
_PARTS = ("title", "warning", "start", "mounting", "care")


@dataclass(frozen=True)
class Repository:
    """A work tree."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def read(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace what occurs exactly once, so that no test goes on with a text that it did not change."""
        text = self.read(name)
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        command = ["git", *identity, "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def gate(self, *arguments: str | Path, stdin: bytes = b"", below: str = "") -> Outcome:
        """Run the gate in this process, in the repository's top folder or one below it."""
        with chdir(self.folder / below):
            return run("gate", *self._cache(arguments), *arguments, stdin=stdin)

    def verdict(self, *arguments: str | Path, below: str = "") -> tuple[int, dict[str, Any]]:
        """Run the gate in this process; return its exit code and its verdict."""
        done = self.gate("-f", "json", *arguments, below=below)
        assert done.code in (0, 1), done.err
        return done.code, json.loads(done.out)

    def spawn(self, *arguments: str | Path, **options: Any) -> Outcome:
        """Run the gate in a process of its own."""
        return spawn("gate", *self._cache(arguments), *arguments, cwd=self.folder, **options)

    def _cache(self, arguments: tuple[str | Path, ...]) -> list[str]:
        own = {"--cache-dir", "--no-cache"}
        return [] if own & set(map(str, arguments)) else ["--cache-dir", str(self.folder / ".cache")]


def made(folder: Path, *, policy: str = POLICY) -> Repository:
    """Return a repository in a folder that is not there yet, with one commit, its baseline in it."""
    shutil.copytree(_template(), folder, symlinks=True)
    repository = Repository(folder)
    if policy != POLICY:
        repository.write("scorer.toml", policy)
    return repository


def broken(verdict: dict[str, Any], name: str = "") -> dict[str, str]:
    """Return the messages of the rules that do not hold, by rule; of one file, or of the run as a whole."""
    pairs = {pair["name"]: pair for pair in verdict["pairs"]}
    rulings = pairs[name]["rulings"] if name else verdict["rulings"]
    return {ruling["rule"]: ruling["message"] for ruling in rulings if ruling["outcome"] != "pass"}


def all_broken(verdict: dict[str, Any]) -> set[tuple[str, str]]:
    """Return all rules that do not hold, with their files; "" for the run as a whole."""
    files = ["", *(pair["name"] for pair in verdict["pairs"])]
    return {(name, rule) for name in files for rule in broken(verdict, name)}


def pair_of(verdict: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what the verdict says of a file."""
    (found,) = [pair for pair in verdict["pairs"] if pair["name"] == name]
    return found


def behind(verdict: dict[str, Any], name: str, rule: str) -> list[str]:
    """Return the ids of the segments behind a rule's outcome, most harmful first."""
    pair = pair_of(verdict, name)
    (ruling,) = [each for each in pair["rulings"] if each["rule"] == rule]
    return [pair["segments"][cause["segment"]]["id"] for cause in ruling["causes"]]


@functools.cache
def _template() -> Path:
    """Return a finished repository to copy; it lies in a folder for temporary files while the process lasts."""
    holder = tempfile.TemporaryDirectory(prefix="scorer-gate-")
    _KEPT.append(holder)
    repository = Repository(Path(holder.name) / "repository")
    fill(repository)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(".gitignore", ".cache/\n")
    done = repository.gate("--write-baseline")
    assert done.code == 0, done.out + done.err
    repository.commit("Localised texts and their baseline")
    return repository.folder


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def fill(repository: Repository, *, policy: str = POLICY) -> None:
    """Write the policy and the texts, but no baseline."""
    repository.write("scorer.toml", policy)
    for name, seed in ((NEWS_DE, "source.de.txt"), (NEWS, "good.en.txt")):
        repository.write(name, (SEEDS / "news" / seed).read_text(encoding="utf-8"))
    for name, seed, language in ((DE, "source.de.txt", "de"), (EN, "good.en.txt", "en"), (ES, "source.es.txt", "es")):
        repository.write(name, written(_tree(SEEDS / "manual" / seed, language)))


def written(tree: dict[str, Any]) -> str:
    """Return a key-value file as tools write it."""
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def _tree(path: Path, language: str) -> dict[str, Any]:
    """Return a manual by chapter and sentence."""
    paragraphs = [text for text in path.read_text(encoding="utf-8").split("\n") if text.strip()]
    return {
        "manual": {
            part: {f"s{n}": text[start:end] for n, (start, end) in enumerate(documents.sentences(text, language), 1)}
            for part, text in zip(_PARTS, paragraphs, strict=True)
        },
        "version": 3,
    }
