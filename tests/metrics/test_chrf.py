import time

import pytest
from sacrebleu.metrics import CHRF

from scorer import metrics
from scorer.errors import UsageError
from scorer.measure import add
from scorer.types import Segment

SETTINGS = [
    {},
    {"lowercase": True},
    {"whitespace": True},
    {"char_order": 3, "beta": 1},
    {"char_order": 12, "word_order": 1},
]


def made(name, **settings):
    return metrics.registry.factory(name)(**settings)


def segment(hypothesis, *references):
    return Segment(0, None, hypothesis, references)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("name", ["chrf", "chrf++"])
def test_chrf_equals_sacrebleu(corpus, name, settings):
    ours = made(name, **settings).settled("en", corpus.n_references)
    theirs = CHRF(**({"word_order": 2 if name == "chrf++" else 0} | settings))
    expected = theirs.corpus_score(corpus.hypotheses, corpus.by_rank)
    rows = ours.measure(corpus.segments)
    assert [row[:-1] for row in rows] == [
        tuple(row) for row in theirs._extract_corpus_statistics(corpus.hypotheses, corpus.by_rank)
    ]
    assert ours.finish(add(rows)) == expected.score
    assert ours.signature().removesuffix(str(theirs.get_signature())) in {f"{name}|", f"{name}|beta:1|"}
    for each, row in zip(corpus.segments, rows, strict=True):
        assert (ours.finish(row) or 0.0) == theirs.sentence_score(each.hypothesis, each.references).score


def test_chrf_readme_example_gives_the_printed_score(readme):
    ours = made("chrf")
    assert round(ours.finish(add(ours.measure(readme.segments))), 2) == 59.73


def test_chrf_default_signatures_are_sacrebleus():
    assert made("chrf").signature() == "chrf|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0"
    assert made("chrf++").signature() == "chrf++|nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0"


@pytest.mark.parametrize("name", ["chrf", "chrf++"])
@pytest.mark.parametrize(
    ("hypothesis", "references", "expected"),
    [
        ("", ("",), None),
        (" \t", ("", " "), None),
        ("", ("some text",), 0.0),
        ("some text", ("",), 0.0),
        ("abc", ("xyz",), 0.0),
        ("some text", ("some text",), 100.0),
    ],
)
def test_chrf_blank_texts_are_undefined_only_on_both_sides(name, hypothesis, references, expected):
    ours = made(name)
    score = ours.finish(ours.measure([segment(hypothesis, *references)])[0])
    assert score == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("spec", ["chrf(char_order=0)", "chrf(word_order=-1)", "chrf(beta=0)", "chrf(char_order=99)"])
def test_chrf_impossible_setting_raises(spec):
    with pytest.raises(UsageError):
        metrics.registry.create(spec)


@pytest.mark.parametrize("name", ["chrf", "chrf++"])
def test_chrf_200000_identical_tokens_is_quick(name):
    text = "token " * 200_000
    ours = made(name)
    start = time.perf_counter()
    assert ours.finish(ours.measure([segment(text, text)])[0]) == pytest.approx(100)
    assert time.perf_counter() - start < 8
