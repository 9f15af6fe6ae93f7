"""The lexical encoder: same vectors everywhere, alike where texts share words, names, numbers or marks."""

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.lexical import LexicalEncoder, plain_digits, token_counts


def cosines(first, second):
    left, right = LexicalEncoder().sentences([first, second])
    return float(left @ right)


@given(st.lists(st.text(max_size=80), max_size=6))
def test_sentences_any_texts_are_unit_or_zero(texts):
    vectors = LexicalEncoder().sentences(texts)
    assert vectors.shape == (len(texts), 512)
    assert vectors.dtype == np.float32
    norms = np.linalg.norm(vectors, axis=1)
    assert ((np.abs(norms - 1) < 1e-5) | (norms == 0)).all()


@given(st.lists(st.text(alphabet="abcd 12,.é中文", max_size=30), min_size=1, max_size=6))
def test_sentences_any_company_same_vector(texts):
    together = LexicalEncoder().sentences(texts)
    alone = np.concatenate([LexicalEncoder().sentences([text]) for text in texts])
    assert (together == alone).all()


def test_sentences_other_hash_seed_same_vector():
    code = "from scorer.lexical import LexicalEncoder as L; print(L().sentences(['Rasen, 15 m lang.']).tobytes().hex())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("text", ["", " \t", "。，、", "...", "\u200b"])
def test_sentences_nothing_to_go_by_is_zero(text):
    assert not LexicalEncoder().sentences([text]).any()


@pytest.mark.parametrize(
    ("text", "partner", "stranger"),
    [
        ("The companies announced it.", "A company has announced this.", "Rain fell on the hills all night."),
        ("In 2015 gab es 1.000 Autos.", "There were 1,000 cars in 2015.", "There were 900 cars in 2018."),
        ("阿里巴巴说 TechCrunch", "Alibaba told TechCrunch.", "Alibaba told the Times."),
        ("Почему?", "Why?", "Because."),
        ("Ｈｕａｗｅｉ １２３", "huawei 123", "Xpeng 456"),
        ("他在北京工作", "北京的工作很好", "我们喜欢吃鱼"),
    ],
)
def test_sentences_partner_is_nearer_than_stranger(text, partner, stranger):
    assert cosines(text, partner) > cosines(text, stranger) + 0.1


@pytest.mark.parametrize(("number", "digits"), [("1,000", "1000"), ("1.000,5", "10005"), ("٣٫٥", "35"), ("१२", "12")])
def test_plain_digits_table(number, digits):
    assert plain_digits(number) == digits


def test_token_counts_repeated_token_is_one_entry():
    assert len(token_counts("na " * 1000)) == 1


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "1" * 100_000, "1," * 50_000, "a " * 200_000, "中文" * 50_000, "\ud800" * 9]
)
def test_sentences_hostile_text_is_quick(text):
    start = time.process_time()
    LexicalEncoder().sentences([text])
    assert time.process_time() - start < 2
