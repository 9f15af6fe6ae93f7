from __future__ import annotations

import random
import time
import warnings
from dataclasses import dataclass, field
from unicodedata import combining

import numpy as np
import pytest
from tokenizers import Tokenizer

from scorer import e5, encoders
from scorer.encoders import E5Encoder, Embedding, LibraryEncoder, Memo
from scorer.errors import ModelError

TEXTS = [
    "The device is not waterproof.",
    "Das Gerät ist nicht wasserdicht.",
    "会议推迟到星期五上午九点。",
    "اجتماع الجمعة",
    "Встреча перенесена на пятницу, 9 утра.",
    "a",
    "Full-width ＡＢＣ, ligature ﬁ, e\u0301, ½ and  two  spaces.",
    "thumbs 👍🏽 up 👩\u200d👩\u200d👧!",
    "नमस्ते दुनिया",
]


def of(tiny: e5.Unpacked, **options) -> E5Encoder:
    """An encoder of the tiny model."""
    import torch

    weights = {name: torch.from_numpy(array.copy()) for name, array in tiny.weights.items()}
    return E5Encoder(dict(tiny.config), weights, Tokenizer.from_str(tiny.tokenizer), options.pop("layer", 2), **options)


@pytest.fixture(scope="module")
def library():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the libraries say at import is theirs
        return encoders.sentence_transformer()


def test_bundled_encoder_equals_sentence_transformers_on_the_same_folder(encoder, library):
    theirs = LibraryEncoder(library, "bundled", layer=encoder.layer).embed(TEXTS)
    for ours, other, text in zip(encoder.embed(TEXTS), theirs, TEXTS, strict=True):
        np.testing.assert_allclose(ours.sentence, other.sentence, atol=1e-5, err_msg=text)
        # The library's tokenizer counts the space before an unspaced script to the prompt; ours is a token of its own.
        n = len(other.spans)
        assert n <= len(ours.spans) <= n + 1
        assert ours.spans[-n:] == other.spans
        np.testing.assert_allclose(ours.tokens[-n:], other.tokens, atol=1e-5, err_msg=text)


def test_library_encoder_text_longer_than_the_model_reads_says_what_is_unread(tiny, tmp_path):
    e5.write(tiny, tmp_path)
    short, long = encoders.load(str(tmp_path)).embed(["abc", "abc def " * 20])
    assert short.n_unread == 0
    assert long.n_unread == 160 - long.spans[-1][1] > 0


def test_library_encoder_hostile_texts_have_vectors_or_zeros(library):
    blank, broken = LibraryEncoder(library, "bundled").embed([" \t", "a\ud800b"])
    assert not blank.sentence.any()
    assert len(blank.tokens) == 0
    assert broken.sentence.any()
    assert LibraryEncoder(library, "folder/name").signature().startswith("name-")


def test_embed_batch_size_changes_nothing(encoder, monkeypatch):
    together_all = encoder.embed(TEXTS)
    monkeypatch.setattr(encoder, "tokens_a_batch", 1)
    for alone, together in zip(encoder.embed(TEXTS), together_all, strict=True):
        np.testing.assert_allclose(alone.sentence, together.sentence, atol=1e-5)
        np.testing.assert_allclose(alone.tokens, together.tokens, atol=1e-5)


def test_embed_order_changes_nothing(encoder):
    shuffled = TEXTS[:]
    random.Random(1).shuffle(shuffled)
    known = dict(zip(TEXTS, encoder.embed(TEXTS), strict=True))
    for text, embedding in zip(shuffled, encoder.embed(shuffled), strict=True):
        np.testing.assert_allclose(embedding.sentence, known[text].sentence, atol=1e-6)
        assert embedding.spans == known[text].spans


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000", "\u2028"])
def test_embed_text_without_a_sign_is_zeros(tiny, text):
    embedding = of(tiny).embed([text])[0]
    assert not embedding.sentence.any()
    assert embedding.tokens.shape == (0, 16)
    assert embedding.spans == ()
    assert embedding.n_unread == 0


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\x00", "</s><pad><mask>", "\u200b", "\u202eabc", "a" * 5000])
def test_embed_hostile_text_has_unit_vectors_and_spans_inside_it(tiny, text):
    embedding = of(tiny).embed([text])[0]
    np.testing.assert_allclose(np.linalg.norm(embedding.sentence), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(embedding.tokens, axis=1), 1, atol=1e-5)
    assert all(0 <= start <= end <= len(text) for start, end in embedding.spans)


def test_embed_text_longer_than_the_window_is_read_whole(tiny):
    encoder = of(tiny)
    text = "abc def " * 30 + "end"
    embedding = encoder.embed([text])[0]
    assert len(embedding.tokens) == len(embedding.spans) > 10 * 24
    assert embedding.n_unread == 0
    spans = dict.fromkeys(embedding.spans)  # the tiny model's first letter is two tokens: a space and itself
    assert "".join(text[start:end] for start, end in spans) == text.replace(" ", "")
    # What stands in the last window counts as what stands in the first.
    assert encoder.embed([text[:-1] + "z"])[0].sentence @ embedding.sentence < 1 - 1e-6


def test_embed_text_beyond_the_last_window_says_how_much_is_unread(tiny):
    encoder = of(tiny)
    room = 24 - len(encoder._prompt_ids) - 2
    text = "ab" * (room * encoders.MAX_WINDOWS)
    embedding = encoder.embed([text])[0]
    assert len(embedding.tokens) == room * encoders.MAX_WINDOWS
    assert embedding.n_unread == len(text) - embedding.spans[-1][1] > 0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The cat", ["The", "cat"]),
        ("  The  cat ", ["The", "cat"]),
        ("我 喜欢", ["我", "喜欢"]),
        ("ok 👍 no", ["ok", "👍", "no"]),
        ("ＡＢＣ x", ["ＡＢＣ", "x"]),
    ],
)
def test_embed_spans_cover_the_right_characters(encoder, text, pieces):
    spans = encoder.embed([text])[0].spans
    assert [text[start:end] for start, end in spans if end > start] == pieces


def test_embed_spans_of_any_text_are_in_order(encoder):
    for text, embedding in zip(TEXTS, encoder.embed(TEXTS), strict=True):
        starts = [start for start, _ in embedding.spans]
        assert starts == sorted(starts)
        covered = {i for start, end in embedding.spans for i in range(start, end)}
        # A mark that is normalised into the letter before it has no token of its own.
        missed = [c for i, c in enumerate(text) if i not in covered and not c.isspace() and not combining(c)]
        assert missed == [], text


def test_embed_prompt_is_not_among_the_tokens(encoder):
    assert len(encoder.embed(["cat"])[0].tokens) == 1


def test_embed_nothing_is_nothing(tiny):
    assert of(tiny).embed([]) == []
    assert encoders.sentences(of(tiny), []).shape[0] == 0


def test_sentences_are_the_embeddings_sentences_in_order(tiny):
    encoder = of(tiny)
    found = encoders.sentences(encoder, ["abc", "xyz"])
    np.testing.assert_array_equal(found, [e.sentence for e in encoder.embed(["abc", "xyz"])])


def test_signature_names_weights_and_layer(tiny):
    assert of(tiny, layer=1).signature() != of(tiny, layer=2).signature()


@dataclass
class Counting:
    """An encoder that keeps account of what it was asked."""

    asked: list[str] = field(default_factory=list)
    name: str = "counting"

    def signature(self) -> str:
        return "counting"

    def embed(self, texts, *, sentences=True):
        self.asked.extend(texts)
        size = 4 if sentences else 0
        return [Embedding(np.full(size, len(text), np.float32), np.zeros((0, 4), np.float32), ()) for text in texts]


def test_memo_embeds_each_text_once():
    counting = Counting()
    memo = Memo(counting)
    found = memo.embed(["a", "bb", "a"])
    assert [int(e.sentence[0]) for e in found] == [1, 2, 1]
    assert [int(e.sentence[0]) for e in memo.embed(["bb", "ccc"])] == [2, 3]
    assert counting.asked == ["a", "bb", "ccc"]


def test_memo_asks_again_only_for_a_sentence_that_it_lacks():
    counting = Counting()
    memo = Memo(counting)
    memo.embed(["a"])
    memo.embed(["a", "bb"], sentences=False)
    memo.embed(["bb"], sentences=False)
    assert counting.asked == ["a", "bb"]
    assert [int(e.sentence[0]) for e in memo.embed(["a", "bb"])] == [1, 2]
    assert counting.asked == ["a", "bb", "bb"]
    assert memo._nbytes == sum(e.nbytes for e in memo._known.values())


def test_tokens_are_the_same_without_the_layers_above_them(encoder):
    whole, tokens_only = encoder.embed(TEXTS), encoder.embed(TEXTS, sentences=False)
    for one, other in zip(whole, tokens_only, strict=True):
        assert np.array_equal(one.tokens, other.tokens)
        assert np.array_equal(one.inner.early, other.inner.early)
        assert one.spans == other.spans
        assert one.sentence.shape == (384,)
        assert len(other.sentence) in {0, 384}
    assert any(not len(one.sentence) for one in tokens_only)


def test_memo_full_forgets_the_oldest_and_still_answers():
    counting = Counting()
    memo = Memo(counting, limit=3 * 16)
    texts = [str(i) * (i + 1) for i in range(10)]
    assert [int(e.sentence[0]) for e in memo.embed(texts)] == [len(text) for text in texts]
    memo.embed([texts[-1]])
    assert counting.asked == texts  # the newest is known still
    memo.embed([texts[0]])
    assert counting.asked == [*texts, texts[0]]
    assert memo._nbytes <= memo.limit


def test_load_is_one_encoder_for_all_callers():
    assert encoders.load() is encoders.load(encoders.BUNDLED)  # two would embed everything twice


def test_load_unknown_name_offline_says_what_to_do():
    with pytest.raises(ModelError, match=r"cannot load the encoder 'no/such-model'.*--online"):
        encoders.sentence_transformer("no/such-model")


def test_load_pickled_weights_are_refused(tiny, tmp_path):
    e5.write(tiny, tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot load the encoder"):
        encoders.sentence_transformer(str(tmp_path))


def test_load_pickle_named_safetensors_is_refused(tiny, tmp_path):
    e5.write(tiny, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x80\x04\x95cposix\nsystem\n")
    with pytest.raises(ModelError, match="cannot load the encoder"):
        encoders.sentence_transformer(str(tmp_path))


def test_load_folder_runs_it_through_the_library(tiny, tmp_path):
    e5.write(tiny, tmp_path)
    found = encoders.load(str(tmp_path)).embed(["abc def", ""])
    ours = of(tiny).embed(["abc def"])[0]
    np.testing.assert_allclose(found[0].sentence, ours.sentence, atol=1e-5)
    assert not found[1].sentence.any()


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("Er sagte: „Ja“ – und ging.", 'Er sagte: "Ja" - und ging.'),
        ("«C’est l’été», dit-il.", "\"C'est l'été\", dit-il."),
        ("他说：“好”。", '他说："好"。'),
        ("「はい」と言った。", '"はい"と言った。'),
        ("−5 °C", "-5 °C"),
    ],
)
def test_embed_typography_changes_nothing_and_moves_no_span(tiny, encoder, written, usual):
    assert encoders.plain(written) == usual
    for each in (of(tiny), encoder):
        ours, theirs = each.embed([written, usual])
        np.testing.assert_array_equal(ours.inner.ids, theirs.inner.ids)
        np.testing.assert_allclose(ours.sentence, theirs.sentence, atol=1e-6)
        assert ours.spans == theirs.spans


def test_plain_every_sign_stands_for_one():
    everything = "".join(map(chr, range(0x20, 0x3100))) + "."
    assert len(encoders.plain(everything)) == len(everything)
    changed = [sign for sign, read in zip(everything, encoders.plain(everything), strict=True) if sign != read]
    assert 20 < len(changed) < 40
    assert {encoders.plain(sign) for sign in changed} == {'"', "'", "-"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Index ........ 5", "Index ...      5"),
        ("Ende." + " ." * 300, "Ende. . ." + " " * 596),
        ("____________", "___" + 9 * " "),
        ("——————————", "---" + 7 * " "),
        ("wait......", "wait......"),  # six are still a way to write
        ("- - - a - - - -", "- - - a - - - -"),
        ("aaaaaaaaaa", "aaaaaaaaaa"),
    ],
)
def test_plain_long_run_of_a_mark_is_read_as_its_first_marks(encoder, written, read):
    assert encoders.plain(written) == read.rstrip()
    ours, once = encoder.embed([written, " ".join(read.split())])
    np.testing.assert_array_equal(ours.inner.ids, once.inner.ids)
    assert max(end for _, end in ours.spans) == len(read.rstrip())


def test_plain_hostile_runs_take_no_time():
    started = time.perf_counter()
    for text in (". " * 100_000, (". " + " " * 50) * 20_000, ".!" * 100_000, "." * 200_000, " " * 200_000 + "."):
        assert len(encoders.plain(text)) <= len(text)
    assert time.perf_counter() - started < 5
