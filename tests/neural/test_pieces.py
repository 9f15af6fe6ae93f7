"""SentencePiece models, numbered as they are or as fairseq does, agree with the libraries that made them."""

from __future__ import annotations

import io
import shutil
import sys

import pytest
import sentencepiece

from scorer.errors import MissingExtra, ModelError
from scorer.neural import pieces

TEXTS = ["the house", " ", "", "ein haus  am see", "\ud800 zzz", "a" * 5000]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A tiny SentencePiece model with T5's special tokens."""
    path = tmp_path_factory.mktemp("sp") / "spiece.model"
    lines = ["the house is near the sea", "ein haus am see", "a small house", "the small sea"] * 5
    with path.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=file,
            vocab_size=40,
            hard_vocab_limit=False,
            minloglevel=2,
            control_symbols=["[CLS]", "[SEP]"],
        )
    return path


def test_load_sentencepiece_gives_its_own_numbers(model):
    loaded = pieces.load(model.parent)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(model))
    assert loaded.encode(TEXTS[:4]) == [tuple(processor.encode(text)) for text in ("the house", "", "", TEXTS[3])]
    assert loaded.number("[CLS]") == processor.piece_to_id("[CLS]")
    assert len(loaded.encode(TEXTS)) == len(TEXTS)
    with pytest.raises(ModelError, match=r"has no token <none>"):
        loaded.number("<none>")


def test_load_xlmr_model_numbers_as_fairseq_does(model, tmp_path):
    shutil.copy(model, tmp_path / "sentencepiece.bpe.model")
    loaded = pieces.load(tmp_path)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(model))
    assert [loaded.number(token) for token in ("<s>", "<pad>", "</s>", "<unk>")] == [0, 1, 2, 3]
    known, unknown = loaded.encode(["the house", "文"])
    assert known == tuple(number + 1 for number in processor.encode("the house"))
    assert unknown[-1] == 3


def test_load_literal_special_tokens_of_a_text_are_text(model):
    loaded = pieces.load(model.parent)
    assert loaded.number("[SEP]") not in loaded.encode(["the [SEP] house"])[0]


def test_load_damaged_tokenizer_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"holds no tokenizer; expected one of tokenizer\.json"):
        pieces.load(tmp_path)
    for name in ("spiece.model", "tokenizer.json"):
        (tmp_path / name).write_bytes(io.BytesIO(b"damaged").getvalue())
        with pytest.raises(ModelError, match=rf"{name} is no tokenizer"):
            pieces.load(tmp_path)


def test_load_without_sentencepiece_names_the_extra(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    with pytest.raises(MissingExtra, match=r"spiece\.model needs an extra: pip install 'mt-scorer\[metricx\]'"):
        pieces.load(model.parent)
