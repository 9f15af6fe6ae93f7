"""How long commands take, how fast the encoder is by batch size, and n-gram metrics beside sacreBLEU.

    python benchmarks/speed.py [A B]

compares A and B (the seeds' news by default) and writes benchmarks/results/speed.md. `cold` has no cache folder, so the
encoder is unpacked first; `warm` has. Peak memory is the whole process'. The machine is noisy: best and worst of three.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sacrebleu
import torch

from scorer import documents, encoders, metrics
from scorer.types import Segment

ROOT = Path(__file__).parent.parent


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return seconds and peak memory in MB of a command."""
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.monotonic() - begun, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def commands(a: str, b: str) -> list[str]:
    lines = ["| command | seconds, best and worst of 3 | peak memory, MB |", "|---|--:|--:|"]
    scorer = [sys.executable, "-m", "scorer"]
    with tempfile.TemporaryDirectory() as cache:
        for name, arguments, cold in (
            ("--help", ["--help"], False),
            ("compare A B --preset fast", ["compare", a, b, "--preset", "fast"], False),
            ("compare A B, cold", ["compare", a, b], True),
            ("compare A B, warm", ["compare", a, b], False),
        ):
            runs = []
            for turn in range(3):
                folder = f"{cache}/{turn}" if cold else f"{cache}/0"
                runs.append(timed([*scorer, *arguments], {**os.environ, "SCORER_CACHE": folder}))
            seconds = sorted(run[0] for run in runs)
            lines.append(
                f"| `scorer {name}` | {seconds[0]:.2f} to {seconds[-1]:.2f} | {max(run[1] for run in runs):.0f} |"
            )
    return lines


def encoder(texts: list[str]) -> list[str]:
    lines = ["| tokens a batch | 1 thread, sentences/s | 2 threads, sentences/s |", "|--:|--:|--:|"]
    model = encoders.load().encoder
    assert isinstance(model, encoders.E5Encoder)
    model.embed(texts[:8])
    for size in (64, 128, 256, 512, 1024, 2048):
        model.tokens_a_batch = size
        cells = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            begun = time.monotonic()
            model.embed(texts)
            cells.append(f"{len(texts) / (time.monotonic() - begun):.0f}")
        lines.append(f"| {size} | {' | '.join(cells)} |")
    model.tokens_a_batch = encoders.TOKENS_A_BATCH
    return lines


def ngrams(texts: list[str]) -> list[str]:
    """Return segments a second of ours and of sacreBLEU's corpus call, in turns, best of three."""
    references = texts[1:] + texts[:1]
    segments = [Segment(i, None, h, (r,)) for i, (h, r) in enumerate(zip(texts, references, strict=True))]
    theirs = {
        "bleu": sacrebleu.BLEU(),
        "chrf": sacrebleu.CHRF(),
        "chrf++": sacrebleu.CHRF(word_order=2),
        "ter": sacrebleu.TER(),
    }
    lines = ["| metric | ours, segments/s | sacreBLEU, segments/s |", "|---|--:|--:|"]
    for name, other in theirs.items():
        best = [np.inf, np.inf]
        for _ in range(3):
            begun = time.perf_counter()
            metrics.registry.create(name).measure(segments)
            middle = time.perf_counter()
            other.corpus_score(texts, [references])
            best = [min(best[0], middle - begun), min(best[1], time.perf_counter() - middle)]
        lines.append(f"| {name} | {len(texts) / best[0]:,.0f} | {len(texts) / best[1]:,.0f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("a", nargs="?", default=str(ROOT / "seeds/news/source.de.txt"))
    parser.add_argument("b", nargs="?", default=str(ROOT / "seeds/news/wrong.en.txt"))
    options = parser.parse_args()
    texts = [
        unit.text
        for path in sorted((ROOT / "seeds").glob("*/*.txt"))
        for unit in documents.cut(path.read_text(encoding="utf-8"), path.suffixes[0][1:])
    ]
    # Commands first: a child's peak memory counts what its parent had when it was made.
    commands_table = commands(options.a, options.b)
    n_tokens = sum(len(embedding.spans) for embedding in encoders.load().embed(texts)) / len(texts)
    head = [
        "# Speed",
        "",
        f"`python benchmarks/speed.py {Path(options.a).name} {Path(options.b).name}`; {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}, "
        f"sacreBLEU {sacrebleu.__version__}.",
        "",
        "## Commands",
        "",
        *commands_table,
        "",
        "## Encoder",
        "",
        f"{len(texts)} sentences of {n_tokens:.0f} tokens in the mean, sorted by length, embedded anew each time.",
        "",
        *encoder(texts),
        "",
        "## N-gram metrics",
        "",
        f"{len(texts)} pairs of unrelated sentences, one thread, measuring and reading included, in one run.",
        "",
        *ngrams(texts * 3),
    ]
    text = "\n".join(head) + "\n"
    (ROOT / "benchmarks/results/speed.md").write_text(text, encoding="utf-8")
    print(text, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")


if __name__ == "__main__":
    main()
