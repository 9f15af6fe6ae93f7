"""The same texts have the same scores at any batch size and number of threads, each run in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def scored(folder: Path, batch_size: int, threads: int) -> dict:
    command = ["score", "-s", "a.txt", "-t", "b.txt", "-r", "c.txt", "-l", "de-en", "-f", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "scorer", *command, "--batch-size", str(batch_size), "--threads", str(threads)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def numbers(node, path=""):
    """All numbers of a report by where they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, f"{path}.{key}")
    elif isinstance(node, list):
        for key, value in enumerate(node):
            yield from numbers(value, f"{path}.{key}")
    elif isinstance(node, float):
        yield path, node


def texts(report):
    """All that is found and said, without numbers."""
    found = [{key: value for key, value in finding.items() if key != "certainty"} for finding in report["findings"]]
    return found, report["signature"], report["verdict"], report["worst"]


def test_score_batch_size_and_threads_change_no_score(tmp_path, seeds):
    def lines(name):
        return [line for line in (seeds / "news" / name).read_text(encoding="utf-8").split("\n") if line]

    for name, text in (("a", lines("source.de.txt")), ("b", lines("wrong.en.txt")), ("c", lines("good.en.txt"))):
        (tmp_path / f"{name}.txt").write_text("".join(f"{line[:120]}\n" for line in text[:5]), encoding="utf-8")
    one, many = scored(tmp_path, 1, 1), scored(tmp_path, 64, 2)
    assert texts(one) == texts(many)
    found, expected = dict(numbers(one)), dict(numbers(many))
    assert found.keys() == expected.keys()
    assert len(found) > 100
    assert found == pytest.approx(expected, rel=0, abs=1e-4)
