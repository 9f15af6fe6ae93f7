"""How long `scorer gate` takes for many segments: the first time, and when nothing or little changed.

    python benchmarks/speed_gate.py [--segments 5000] [--turns 3]

writes benchmarks/results/speed_gate.md. The texts are sentences of `seeds/manual` and `seeds/news`, each with a number
of its own, so that no two segments are alike: as one key-value file and as one text file of a sentence a line. Each run
is a process of its own, with a policy of a minimum, findings and all guards, beside a baseline.

Scoring thousands of segments by the standard preset takes minutes and is not what a warm run does. So its cache is
filled with the results of the bare sentences, each measured once, for all sentences that differ from it by their
number: what a warm run reads has the size and the variety of real results. Nothing else of the warm run differs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scorer import cli, documents
from scorer.gate import cache

ROOT = Path(__file__).parent.parent
SEEDS = (("manual", "source.de.txt", "good.en.txt"), ("news", "source.de.txt", "good.en.txt"))
POLICY = """\
preset = "{preset}"
minimum = {{quality = 1}}
findings = {{critical = 99999}}
baseline = "{preset}-{kind}.json"
max_drop = {{quality = 1}}
max_segment_drop = {{quality = 99}}
new_findings = {{critical = 99999}}

[[pair]]
source = "de.{kind}"
hypothesis = "en.{kind}"
languages = "de-en"
"""
NUMBER = re.compile(r" \(\d+\)\.?$")


def sentences() -> list[tuple[str, str]]:
    """Return the pairs of sentences of paragraphs that have as many in both languages."""
    pairs: list[tuple[str, str]] = []
    for folder, *names in SEEDS:
        texts = [(ROOT / "seeds" / folder / name).read_text(encoding="utf-8").split("\n") for name in names]
        for german, english in zip(*(filter(str.strip, text) for text in texts), strict=True):
            both = ((german, "de"), (english, "en"))
            cut = [[text[a:b] for a, b in documents.sentences(text, code)] for text, code in both]
            if len(cut[0]) == len(cut[1]):
                pairs += zip(*cut, strict=True)
    return pairs


def write(folder: Path, n_segments: int, n_changed: int = 0) -> None:
    """Write the files; of the first `n_changed` segments the translation has another number at its end."""
    pairs = sentences()
    for side, language in enumerate(("de", "en")):
        texts = []
        for i in range(n_segments):
            number = i + n_segments if side == 1 and i < n_changed else i
            texts.append(f"{pairs[i % len(pairs)][side]} ({number})")
        (folder / f"{language}.txt").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        parts = range(0, n_segments, 100)
        tree = {f"part{start}": {f"s{i}": text for i, text in enumerate(texts[start : start + 100])} for start in parts}
        (folder / f"{language}.json").write_text(json.dumps(tree, ensure_ascii=False, indent=2), encoding="utf-8")


def bare_results() -> None:
    """Have segments measured without their number, each sentence once."""
    measure, seen = cache._measure, {}

    def once(segments, known, metrics, checks):
        for segment, each in zip(segments, known, strict=True):
            texts = {name: NUMBER.sub("", getattr(segment, name)) for name in ("source", "hypothesis")}
            key = (*texts.values(), *metrics, *checks)
            if key not in seen:
                measure([dataclasses.replace(segment, **texts)], [each], metrics, checks)
                seen[key] = (each.rows, each.findings)
            each.rows, each.findings = map(dict, seen[key])

    cache._measure = once


def fill(arguments: list[str]) -> None:
    """Run the gate in this process with a cache of bare results."""
    bare_results()
    sys.argv = ["scorer", *arguments]
    cli.main()


@dataclasses.dataclass
class Run:
    """What a process took: seconds by the clock and of the processor, and memory in MB."""

    wall: float
    cpu: float
    memory: float
    code: int


def timed(folder: Path, policy: str, *more: str, filling: bool = False) -> Run:
    start = [sys.executable, str(Path(__file__)), "--fill"] if filling else [sys.executable, "-m", "scorer"]
    command = [
        *start,
        "gate",
        "--policy",
        policy,
        "--cache-dir",
        f"cache-{policy.partition('-')[0]}",
        "-o",
        "verdict.txt",
        *more,
    ]
    begun = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    per_mb = 1024 if sys.platform == "linux" else 1024**2
    cpu = usage.ru_utime + usage.ru_stime
    return Run(time.monotonic() - begun, cpu, usage.ru_maxrss / per_mb, os.waitstatus_to_exitcode(status))


def row(name: str, runs: list[Run]) -> str:
    assert all(run.code in (0, 1) for run in runs), (name, runs)
    cells = []
    for values in ([run.cpu for run in runs], [run.wall for run in runs]):
        values.sort()
        cells.append(f"{values[0]:.2f}" if len(values) == 1 else f"{values[0]:.2f} to {values[-1]:.2f}")
    line = f"| {name} | {' | '.join(cells)} | {max(run.memory for run in runs):.0f} |"
    print(line, flush=True)
    return line


def measured(folder: Path, n_segments: int, turns: int) -> list[str]:
    lines = []
    for preset, kind in (("fast", "json"), ("fast", "txt"), ("standard", "json")):
        policy = f"{preset}-{kind}.toml"
        (folder / policy).write_text(POLICY.format(preset=preset, kind=kind), encoding="utf-8")
        write(folder, n_segments)
        name = f"{preset}, {'keys' if kind == 'json' else 'lines'}"
        filling = preset == "standard"
        cold = timed(folder, policy, "--write-baseline", filling=filling)
        if filling:
            assert cold.code == 0
        else:
            lines.append(row(f"{name}: cold, baseline written", [cold]))
        lines.append(row(f"{name}: warm, nothing changed", [timed(folder, policy) for _ in range(turns)]))
        if preset == "fast":
            write(folder, n_segments, n_changed=10)
            lines.append(row(f"{name}: warm, 10 changed", [timed(folder, policy)]))
            lines.append(row(f"{name}: warm, these too", [timed(folder, policy)]))
    return lines


ENDING = """\
The standard preset's cache holds the bare sentences' results (see the script); its warm run imports no torch. Size of
the cache: {fast:.1f} MB for both files under fast, {standard:.1f} MB for one under standard."""


def head(n_segments: int, turns: int) -> list[str]:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    load = f"load average {os.getloadavg()[0]:.1f} at the end"
    return [
        "# Speed of the gate",
        "",
        f"`python benchmarks/speed_gate.py --segments {n_segments}`; {machine}, {load}.",
        "Whole processes: start, reading, judging beside a baseline of all segments, the verdict as text. Least and",
        f"most of {turns} where there are two numbers. Where other programs have the cores, compare the processor's",
        "seconds.",
        "",
        "| run | processor, s | clock, s | peak memory, MB |",
        "|---|--:|--:|--:|",
    ]


def main() -> None:
    if sys.argv[1:2] == ["--fill"]:
        fill(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=5000)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        lines = measured(Path(place), arguments.segments, arguments.turns)
        sizes = {name: os.path.getsize(f"{place}/cache-{name}/results.sqlite") / 2**20 for name in ("fast", "standard")}
    text = [*head(arguments.segments, arguments.turns), *lines, "", ENDING.format(**sizes)]
    (ROOT / "benchmarks" / "results" / "speed_gate.md").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
