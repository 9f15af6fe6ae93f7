import logging
import time

import pytest
from sacrebleu.metrics import BLEU

from scorer import metrics
from scorer.errors import MissingExtra, UsageError
from scorer.measure import add, segment_level
from scorer.types import Segment

SETTINGS = [
    {},
    {"lowercase": True},
    {"tokenize": "zh"},
    {"tokenize": "char"},
    {"tokenize": "intl"},
    {"tokenize": "none"},
    {"smooth_method": "floor"},
    {"smooth_method": "add-k"},
    {"smooth_method": "none"},
]


@pytest.fixture(autouse=True)
def _quiet(caplog):
    # sacreBLEU advises against sentence scores without effective order; that is what is compared here.
    caplog.set_level(logging.ERROR, logger="sacrebleu")


def bleu(**settings):
    return metrics.registry.factory("bleu")(**settings)


def segment(hypothesis, *references):
    return Segment(0, None, hypothesis, references)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_bleu_corpus_equals_sacrebleu(corpus, settings):
    ours = bleu(**settings).settled("en", corpus.n_references)
    theirs = BLEU(**settings)
    expected = theirs.corpus_score(corpus.hypotheses, corpus.by_rank)
    rows = ours.measure(corpus.segments)
    assert ours.finish(add(rows)) == expected.score
    assert ours.signature() == f"bleu|{theirs.get_signature()}"
    assert rows == [tuple(row) for row in theirs._extract_corpus_statistics(corpus.hypotheses, corpus.by_rank)]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_bleu_segments_equal_sacrebleu_sentences_with_effective_order(corpus, settings):
    ours = segment_level(bleu(**settings))
    theirs = BLEU(effective_order=True, **settings)
    for each, row in zip(corpus.segments, ours.measure(corpus.segments), strict=True):
        expected = theirs.sentence_score(each.hypothesis, each.references).score
        assert (ours.finish(row) or 0.0) == expected
    assert "|eff:yes|" in ours.signature()


def test_bleu_readme_example_gives_the_printed_score(readme):
    ours = bleu()
    assert round(ours.finish(add(ours.measure(readme.segments))), 2) == 48.53


def test_bleu_default_signature_is_sacrebleus():
    assert bleu().signature() == "bleu|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"


@pytest.mark.parametrize(
    ("hypothesis", "references", "expected"),
    [
        ("", ("",), None),
        (" \t", ("", " "), None),
        ("", ("some text",), 0.0),
        ("some text", ("",), 0.0),
        ("no match", ("at all",), 0.0),
        ("the same old text", ("the same old text",), 100.0),
    ],
)
def test_bleu_blank_texts_are_undefined_only_on_both_sides(hypothesis, references, expected):
    ours = bleu()
    assert ours.finish(ours.measure([segment(hypothesis, *references)])[0]) == (
        None if expected is None else pytest.approx(expected)
    )


def test_bleu_chinese_settled_uses_characters():
    ours = bleu().settled("zh", 1)
    assert "|tok:zh|" in ours.signature()
    assert ours.finish(ours.measure([segment("我很喜欢机器翻译。", "我也喜欢机器翻译。")])[0]) > 50


def test_bleu_settled_keeps_a_tokenizer_that_was_named():
    assert "|tok:13a|" in bleu(tokenize="13a").settled("zh", None).signature()
    assert "|nrefs:var|" in bleu().settled("zh", None).signature()


@pytest.mark.parametrize("spec", ["bleu(tokenize=flores200)", "bleu(tokenize=x)", "bleu(smooth_method=x)", "bleu(x=1)"])
def test_bleu_unknown_setting_raises(spec):
    with pytest.raises(UsageError):
        metrics.registry.create(spec)


def test_bleu_missing_dictionary_names_the_extra(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"mt-scorer\[ja\]"):
        bleu(tokenize="ja-mecab")


def test_bleu_200000_identical_tokens_is_quick():
    text = "token " * 200_000
    ours = bleu()
    start = time.perf_counter()
    assert ours.finish(ours.measure([segment(text, text)])[0]) == pytest.approx(100)
    assert time.perf_counter() - start < 5
