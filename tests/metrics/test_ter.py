import time

import pytest
from sacrebleu.metrics import TER

from scorer import metrics
from scorer.measure import add
from scorer.metrics.ter import MOST_WORDS
from scorer.types import Segment

SETTINGS = [
    {},
    {"case_sensitive": True},
    {"normalized": True, "asian_support": True},
    {"no_punct": True},
]


def ter(**settings):
    return metrics.registry.factory("ter")(**settings)


def segment(hypothesis, *references):
    return Segment(0, None, hypothesis, references)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_ter_equals_sacrebleu(corpus, settings):
    ours = ter(**settings).settled("en", corpus.n_references)
    theirs = TER(**settings)
    stats = theirs._extract_corpus_statistics(corpus.hypotheses, corpus.by_rank)
    rows = ours.measure(corpus.segments)
    assert rows == [tuple(row) for row in stats]
    assert ours.finish(add(rows)) == pytest.approx(theirs._aggregate_and_compute(stats).score, rel=1e-12)
    assert ours.signature() == f"ter|{theirs.get_signature()}"
    for row, expected in zip(rows, stats, strict=True):
        assert (ours.finish(row) or 0.0) == theirs._compute_score_from_stats(expected).score


def test_ter_default_signature_is_sacrebleus():
    assert ter().signature() == "ter|nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"


@pytest.mark.parametrize(
    ("hypothesis", "references", "expected"),
    [
        ("", ("",), None),
        (" \t", ("", " "), None),
        ("", ("some text",), 100.0),
        ("some text", ("",), 100.0),
        ("some text", ("Some text",), 0.0),
        ("b c d a", ("a b c d",), 25.0),  # one move
        ("one two three four five", ("one",), 400.0),
    ],
)
def test_ter_small_cases(hypothesis, references, expected):
    ours = ter()
    assert ours.finish(ours.measure([segment(hypothesis, *references)])[0]) == expected


def test_ter_chinese_settled_counts_characters():
    ours = ter().settled("zh", 1)
    assert "|norm:yes|punct:yes|asian:yes|" in ours.signature()
    assert ours.finish(ours.measure([segment("我喜欢机器翻译。", "我喜欢机器译文。")])[0]) < 50
    assert "|asian:no|" in ter(asian_support=False).settled("zh", 1).signature()


def test_ter_200000_tokens_against_itself_is_quick():
    text = "token " * 200_000
    start = time.perf_counter()
    assert ter().measure([segment(text, text)]) == [(0, 200_000)]
    assert time.perf_counter() - start < 2


def test_ter_too_long_is_undefined_and_says_why():
    long = segment("a b " * MOST_WORDS, "b a " * MOST_WORDS)
    (row,) = ter().measure([long])
    assert ter().finish(row) is None
    assert ter().reason_undefined(long) == f"too long for TER: {2 * MOST_WORDS:,} words, at most {MOST_WORDS:,}"
    assert ter().reason_undefined(segment("a", "b")) is None
    assert ter().reason_undefined(segment(long.hypothesis, long.hypothesis)) is None


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        (["a"] * 1_999, ["a"] * 2_000),
        ([str(i) for i in range(2_000)], [str(-i) for i in range(2_000)]),
        ([str(i) for i in range(2_000)], [str(i) for i in range(1_999, -1, -1)]),
        ([str(i % 7) for i in range(2_000)], [str(i % 5) for i in range(2_000)]),
        (["x"], [str(i) for i in range(2_000)]),
    ],
    ids=["one fewer", "disjoint", "reversed", "few words", "one word"],
)
def test_ter_long_texts_are_quick(hypothesis, reference):
    start = time.perf_counter()
    ter().measure([segment(" ".join(hypothesis), " ".join(reference))])
    assert time.perf_counter() - start < 3  # sacreBLEU: minutes
