"""Texts on which our n-gram metrics are held against sacreBLEU's."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from scorer.types import Segment

SHARED = Path(__file__).parents[3] / "shared" / "data" / "wmt22_mqm.parquet"

# Each a hypothesis and its references: every odd thing that sacreBLEU treats in a way of its own.
ODD = [
    ("", ("",)),
    ("", ("the cat sat",)),
    ("the cat sat", ("",)),
    ("   \t ", (" ",)),
    ("the cat sat on the mat.", ("the cat sat on the mat.",)),
    ("the cat", ("the cat", "a dog")),
    ("the the the the the the", ("the cat sat on the mat", "the the dog")),
    ("a", ("a",)),
    ("a b c", ("d e f",)),
    ("On the mat sat, the cat!", ("The cat sat on the mat.", "On a mat, the cat sat down.", "")),
    ('He said: "15,000.50 &amp; 3-4" (twice)...', ('He said "15,000.5 &amp; 3–4", twice.',)),
    ("<skipped>x-\ny\nz", ("x-y z",)),
    ("我喜欢机器翻译, OK?", ("我很喜欢机器翻译, OK!", "我爱翻译。")),
    ("日本語のテキストです。", ("日本語のテストです。",)),
    ("NFC é and NFD e\u0301", ("NFC e\u0301 and NFD é",)),
    ("emoji 👩‍👩‍👧 \u200b zero", ("emoji 👩‍👩‍👦 zero",)),
    ("lone \ud800 surrogate", ("lone \udfff surrogate \ud800",)),
    ("line\u2028separator\x0band\x85more", ("line separator and more",)),
    ("x" * 3000, ("x" * 2999 + "y",)),
    ("z z z", ("word word", "z z z z z")),
]


@dataclass(frozen=True)
class Corpus:
    """Hypotheses, each with its references."""

    pairs: list[tuple[str, tuple[str, ...]]]

    @property
    def hypotheses(self) -> list[str]:
        return [hypothesis for hypothesis, _ in self.pairs]

    @property
    def segments(self) -> list[Segment]:
        return [Segment(i, None, hypothesis, references) for i, (hypothesis, references) in enumerate(self.pairs)]

    @property
    def n_references(self) -> int | None:
        counts = {len(references) for _, references in self.pairs}
        return counts.pop() if len(counts) == 1 else None

    @property
    def by_rank(self) -> list[list[str | None]]:
        """References as sacreBLEU wants them: a list for each rank, `None` where a segment has fewer."""
        most = max(len(references) for _, references in self.pairs)
        return [[refs[i] if i < len(refs) else None for _, refs in self.pairs] for i in range(most)]


def noisy_pairs(n: int, n_references: int, seed: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    """Return sentences and disturbed copies of them: words dropped, doubled, changed and moved in blocks."""
    chance = random.Random(seed)
    text = "the a cat dogs saw, on mat (with) 1,000 Berlin isn't. is 3.5% very old-fashioned and, then left!"
    words = text.split(" ")

    def disturbed(sentence: list[str]) -> str:
        copy = [chance.choice(words) if chance.random() < 0.15 else word for word in sentence if chance.random() < 0.95]
        start = chance.randrange(len(copy) + 1)
        block = copy[start : start + chance.randrange(6)]
        rest = copy[:start] + copy[start + len(block) :]
        place = chance.randrange(len(rest) + 1)
        return " ".join(rest[:place] + block + rest[place:])

    sentences = [[chance.choice(words) for _ in range(chance.randrange(1, 40))] for _ in range(n)]
    return [(disturbed(each), tuple(disturbed(each) for _ in range(n_references))) for each in sentences]


@pytest.fixture(params=["odd", "noisy", "noisy, three references", "real", "real, two references"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    """Return texts; the real ones where the shared data lies beside the checkout."""
    if request.param == "odd":
        return Corpus(ODD)
    if request.param.startswith("noisy"):
        return Corpus(noisy_pairs(8, 3) if "three" in request.param else noisy_pairs(20, 1))
    if not SHARED.exists():
        pytest.skip(f"no {SHARED}")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(SHARED, columns=["hypothesis", "reference", "references"]).slice(5_000, 40).to_pylist()
    if "two" in request.param:
        return Corpus([(row["hypothesis"], tuple(row["references"])) for row in table])
    return Corpus([(row["hypothesis"], (row["reference"],)) for row in table])


@pytest.fixture
def readme() -> Corpus:
    """Return the example of sacreBLEU's README, whose scores stand there: BLEU 48.53, chrF2 59.73."""
    return Corpus(
        [
            ("The dog bit the man.", ("The dog bit the man.", "The dog had bit the man.")),
            ("It wasn't surprising.", ("It was not unexpected.", "No one was surprised.")),
            ("The man had just bitten him.", ("The man bit him first.", "The man had bitten the dog.")),
        ]
    )
