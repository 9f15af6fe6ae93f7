"""How fast the learned metric is beside an encoder of COMET's size, in one run, on the same texts and threads.

    python benchmarks/speed_learned.py ../shared/data --n 128 --threads 2

Texts are WMT22 translations of 20 to 30 words, each of another source. XLM-R-large (24 layers, 1,024 wide) has random
weights, which are as fast as trained ones, and reads what COMET reads: source, hypothesis and reference, each on its
own, in batches of 16 sorted by length. Without references it reads what CometKiwi reads: hypothesis and source as one
text. Token ids are the bundled encoder's, whose vocabulary is XLM-R's. Loading and tokenising count for neither; the
product's time holds its encoder, the network and all that the metric computes; nothing is remembered between rounds.

Writes benchmarks/results/speed_learned.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from scorer import encoders, estimator, metrics, words
from scorer.plan import Settings
from scorer.systems import score
from scorer.types import Languages, Segment

ROOT = Path(__file__).parent.parent
SEED = 1
SHORTEST, LONGEST = 20, 30
ROUNDS = 3
LARGE_BATCH = 16
LEARNED = ("learned_accuracy", "learned_fluency")
# What the product promises: times the large encoder's speed, and segments a second with references on two cores.
TIMES, LEAST = 10.0, 20.0


def texts(data: Path, n: int) -> list[Segment]:
    """Return `n` en-de translations of 20 to 30 words with source and reference, no source twice."""
    rows = pd.read_parquet(data / "wmt22_mqm.parquet", columns=["lang_pair", "source", "hypothesis", "reference"])
    rows = rows[(rows.lang_pair == "en-de") & rows.reference.notna()]
    rows = rows[[SHORTEST <= words.count(text) <= LONGEST for text in rows.hypothesis]]
    rows = rows.sample(frac=1, random_state=SEED).drop_duplicates("source").head(n)
    return [
        Segment(i, row.source, row.hypothesis, (row.reference,), Languages("en", "de"))
        for i, row in enumerate(rows.itertuples())
    ]


def without_references(segments: Sequence[Segment]) -> list[Segment]:
    return [Segment(s.index, s.source, s.hypothesis, (), s.languages) for s in segments]


def without_sources(segments: Sequence[Segment]) -> list[Segment]:
    return [Segment(s.index, None, s.hypothesis, s.references, s.languages) for s in segments]


def forget() -> None:
    """Let the encoder and the learned metric know nothing: each round reads all texts anew."""
    memo = encoders.load()
    memo._known.clear()
    memo._nbytes = 0
    estimator._memo.cache_clear()


def learned(segments: Sequence[Segment]) -> None:
    for name in LEARNED:
        metrics.registry.create(name).measure(segments)


def whole(segments: Sequence[Segment]) -> None:
    """Score as `scorer score` does: every default metric and check, intervals, report."""
    references = [[s.references[0] for s in segments]] if segments[0].references else []
    settings = Settings(languages=Languages("en", "de"))
    score(
        [s.hypothesis for s in segments], source=[s.source or "" for s in segments], references=references,
        settings=settings,
    )  # fmt: skip


class Large:
    """XLM-R-large with random weights, and the texts' token ids."""

    def __init__(self, segments: Sequence[Segment], layers: int) -> None:
        from transformers import XLMRobertaConfig, XLMRobertaModel

        config = XLMRobertaConfig(
            vocab_size=250_002,
            hidden_size=1024,
            num_hidden_layers=layers,
            num_attention_heads=16,
            intermediate_size=4096,
            max_position_embeddings=514,
            type_vocab_size=1,
        )
        torch.manual_seed(SEED)
        self.model = XLMRobertaModel(config, add_pooling_layer=False).eval()
        encoder = encoders.load().encoder
        assert isinstance(encoder, encoders.E5Encoder)
        self._tokenizer = encoder.tokenizer
        self.sides = [
            self._ids([side(s) for s in segments])
            for side in (lambda s: s.source, lambda s: s.hypothesis, lambda s: s.references[0])
        ]
        # CometKiwi's input: <s> hypothesis </s> </s> source </s>
        joined = zip(self.sides[1], self.sides[0], strict=True)
        self.joined = [[*hypothesis, 2, *source[1:]] for hypothesis, source in joined]

    def _ids(self, given: Sequence[str]) -> list[list[int]]:
        return [[0, *e.ids, 2] for e in self._tokenizer.encode_batch(list(given), add_special_tokens=False)]

    def separately(self) -> None:
        """Read source, hypothesis and reference as COMET does."""
        for side in self.sides:
            self._read(side)

    def without_source(self) -> None:
        """Read hypothesis and reference, each on its own."""
        for side in self.sides[1:]:
            self._read(side)

    def together(self) -> None:
        """Read hypothesis and source as CometKiwi does."""
        self._read(self.joined)

    def _read(self, rows: Sequence[list[int]]) -> None:
        rows = sorted(rows, key=len)
        for start in range(0, len(rows), LARGE_BATCH):
            batch = rows[start : start + LARGE_BATCH]
            ids = torch.ones(len(batch), max(map(len, batch)), dtype=torch.long)
            for i, row in enumerate(batch):
                ids[i, : len(row)] = torch.tensor(row)
            with torch.inference_mode():
                self.model(input_ids=ids, attention_mask=(ids != 1).long())


def seconds(work: Callable[[], None], rounds: int) -> list[float]:
    """Return how long each round takes, sorted."""
    taken = []
    for _ in range(rounds):
        forget()
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"), help="folder of human judgments")
    parser.add_argument("--n", type=int, default=128, help="segments (default 128)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layers", type=int, default=24, help="of the large encoder; fewer only to try the script")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "results" / "speed_learned.md")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    segments = texts(options.data, options.n)
    alone = without_references(segments)
    learned(segments[:2])  # loads what there is to load, as the large encoder below is loaded
    large = Large(segments, options.layers)
    large._read(large.joined[:2])
    taken = {
        "learned, both": seconds(lambda: learned(segments), ROUNDS),
        "learned, reference": seconds(lambda: learned(without_sources(segments)), ROUNDS),
        "learned, source": seconds(lambda: learned(alone), ROUNDS),
        "score, both": seconds(lambda: whole(segments), ROUNDS),
        "score, source": seconds(lambda: whole(alone), ROUNDS),
        "large, both": seconds(large.separately, 1),
        "large, reference": seconds(large.without_source, 1),
        "large, source": seconds(large.together, 1),
    }
    # The machine may have changed its pace meanwhile.
    taken["learned, both"] = sorted([*taken["learned, both"], *seconds(lambda: learned(segments), ROUNDS)])
    taken["large, both"] = sorted([*taken["large, both"], *seconds(large.separately, 1)])
    text = report(options, segments, large, taken)
    options.output.write_text(text, encoding="utf-8")
    print(text)


def report(
    options: argparse.Namespace, segments: Sequence[Segment], large: Large, taken: dict[str, list[float]]
) -> str:
    """Return the page."""
    n = len(segments)
    rows = (
        ("the learned metric, with source and reference", "learned, both", "large, both"),
        ("the learned metric, with the reference", "learned, reference", "large, reference"),
        ("the learned metric, with the source", "learned, source", "large, source"),
        (
            "`scorer score`, default metrics and checks, with source and reference",
            "score, both",
            "large, both",
        ),
        ("`scorer score`, default metrics and checks, with the source", "score, source", "large, source"),
        ("XLM-R-large, source, hypothesis and reference each (COMET)", "large, both", "large, both"),
        ("XLM-R-large, hypothesis and reference each", "large, reference", "large, reference"),
        ("XLM-R-large, hypothesis and source joined (CometKiwi)", "large, source", "large, source"),
    )
    lines = []
    for label, own, other in rows:
        best, middle, worst = taken[own][0], float(np.median(taken[own])), taken[own][-1]
        times = float(np.median(taken[other])) / middle
        spread = f"{n / worst:.1f} to {n / best:.1f}" if worst > best else ""
        lines.append(f"| {label} | {n / middle:.1f} | {spread} | {times:.1f} |")
    speed = n / float(np.median(taken["learned, reference"]))
    times = float(np.median(taken["large, both"])) / float(np.median(taken["learned, both"]))
    n_words = np.mean([words.count(segment.hypothesis) for segment in segments])
    tokens = np.mean([sum(map(len, sides)) for sides in zip(*large.sides, strict=True)])
    n_large = sum(p.numel() for p in large.model.parameters())
    return "\n".join(
        [
            "# Speed of the learned metric",
            "",
            f"`python benchmarks/speed_learned.py DATA --n {options.n} --threads {options.threads}`; "
            f"{platform.machine()}, {os.cpu_count()} cores, {options.threads} threads, load average "
            f"{os.getloadavg()[0]:.1f} at the end, Python {platform.python_version()}, torch {torch.__version__}, "
            f"network {estimator.version()}.",
            "",
            f"{n} segments of WMT22 en-de, {n_words:.1f} words in the mean "
            f"({tokens:.0f} tokens of source, hypothesis and reference together). All in one process, one after the "
            f"other; median of {ROUNDS} rounds, of one for XLM-R-large; where both read source and reference, of "
            f"twice as many, half of them at the end. XLM-R-large has {options.layers} layers and "
            f"{n_large / 1e6:.0f} million parameters. Times: of its speed on the same texts. Loading is not counted, "
            "nor tokenising for XLM-R-large.",
            "",
            "| what | segments/s | slowest to fastest round | times XLM-R-large |",
            "|---|--:|--:|--:|",
            *lines,
            "",
            f"Promised: at least {TIMES:.0f} times with source and reference (here {times:.1f}: {kept(times, TIMES)}) "
            f"and at least {LEAST:.0f} segments a second with the reference (here {speed:.1f}: {kept(speed, LEAST)}).",
            "",
        ]
    )


def kept(measured: float, promised: float) -> str:
    return "kept" if measured >= promised else "missed"


if __name__ == "__main__":
    main()
