"""MetricX, against transformers' own mT5 with the same weights, on padded batches."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from scorer import metrics
from scorer.errors import ModelError, UsageError
from scorer.neural import metricx
from scorer.types import Need, Segment

# Of the row that answers: with random weights it says less than 0, which is clipped.
FACTOR = -1.0
SEGMENTS = [
    Segment(0, "das haus", "the house", ("the house", "a home")),
    Segment(1, "guten morgen", "good morning everyone, how are you", ("good morning",)),
    Segment(2, "", "an addition", ("",)),
    Segment(3, "weg", "", ("gone",)),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "metricx-24-tiny"
    model = tiny_models.write_metricx(folder)
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"][250089] *= FACTOR
    save_file(tensors, folder / "model.safetensors")
    return folder, model, tensors["lm_head.weight"][250089]


@torch.no_grad()
def answers(folder, model, row, sentences):
    """Return what MetricX says, before it is clipped, with padding and masks as upstream has them."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text in sentences]
    longest = max(map(len, rows))
    ids = torch.tensor([each + [0] * (longest - len(each)) for each in rows])
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in rows])
    states = model.encoder(input_ids=ids, attention_mask=mask)[0]
    start = torch.zeros(len(rows), 1, dtype=torch.long)
    decoded = model.decoder(input_ids=start, encoder_hidden_states=states, encoder_attention_mask=mask)[0]
    return (decoded[:, 0] @ row).tolist()


def test_metricx_24_equals_transformers_and_the_best_reference_counts(made):
    folder, model, row = made
    found = metrics.registry.create(f"metricx(model={folder})").measure(SEGMENTS)
    sentences = [f"source: {s.source} candidate: {s.hypothesis} reference: {r}" for s in SEGMENTS for r in s.references]
    raw = answers(folder, model, row, sentences)
    assert all(0 < each < 25 for each in raw)
    assert np.std(raw) > 0.01
    first, second, *others = np.clip(raw, 0, 25)
    np.testing.assert_allclose([each[0] for each in found], [min(first, second), *others], atol=1e-4)


def test_metricx_state_equals_transformers_beyond_what_clipping_shows(made):
    folder, model, row = made
    loaded = metricx.load(str(folder), "", 24)
    for text in ("a", "source: das candidate: the " * 30):
        ids = loaded.tokenizer.encode([text])[0]
        ours = float(loaded.model.first_state(torch.tensor([ids]))[0] @ row)
        assert ours == pytest.approx(answers(folder, model, row, [text])[0], rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "generation", "sentence"),
    [
        ("metricx", 23, "candidate: the house reference: a home"),
        ("metricx_qe", 23, "candidate: the house source: das haus"),
        ("metricx", 24, "source: das haus candidate: the house reference: a home"),
        ("metricx_qe", 24, "source: das haus candidate: the house"),
    ],
)
def test_metricx_reads_the_sentence_of_its_generation(made, name, generation, sentence):
    folder, model, row = made
    metric = metrics.registry.create(f"{name}(model={folder}, generation={generation})")
    found = metric.measure([Segment(0, "das haus", "the house", ("a home",))])[0][0]
    assert found == pytest.approx(np.clip(answers(folder, model, row, [sentence])[0], 0, 25), abs=1e-4)
    assert f"|gen:{generation}|" in metric.signature()


def test_metricx_needs_follow_the_generation(made):
    needs = {
        (name, generation): metrics.registry.create(f"{name}(model=x, generation={generation})").needs
        for name in ("metricx", "metricx_qe")
        for generation in (23, 24)
    }
    assert needs["metricx", 23] == {Need.REFERENCE}
    assert needs["metricx", 24] == {Need.SOURCE, Need.REFERENCE}
    assert needs["metricx_qe", 23] == needs["metricx_qe", 24] == {Need.SOURCE}
    assert metrics.registry.create("metricx(model=google/metricx-23-xl-v2p0)").needs == {Need.REFERENCE}
    assert not metrics.registry.create("metricx").higher_is_better


def test_metricx_of_unknown_generation_asks_for_it():
    with pytest.raises(UsageError, match="say which MetricX some/model is"):
        metrics.registry.create("metricx(model=some/model)")


def test_metricx_order_and_batches_change_nothing(made):
    metric = metrics.registry.create(f"metricx(model={made[0]})")
    together = metric.measure(SEGMENTS)
    np.testing.assert_allclose([metric.measure([s])[0] for s in reversed(SEGMENTS)][::-1], together, atol=1e-4)
    assert metric.measure([]) == []


def test_metricx_text_beyond_the_window_is_undefined_and_counted(made):
    long = Segment(0, "a", "b" * 1600, ("c",))
    whole, cut = (metrics.registry.create(f"metricx(model={made[0]}, truncate={t})") for t in (False, True))
    row = whole.measure([long])[0]
    n_tokens = len(
        Tokenizer.from_file(str(made[0] / "tokenizer.json"))
        .encode(f"source: a candidate: {'b' * 1600} reference: c")
        .ids
    )
    assert row == (0.0, 0.0, 0.0)
    assert whole.reason_undefined(long).startswith(f"{n_tokens - 1535} tokens beyond")
    assert whole.reason_undefined(SEGMENTS[0]) is None
    assert cut.measure([long])[0][1:] == (1.0, n_tokens - 1535)
    assert whole.finish(row) is None


def test_metricx_pickled_weights_with_shared_embeddings_score_alike(tmp_path, made, monkeypatch):
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "cache"))
    tiny_models.write_metricx(tmp_path / "metricx-24", "bin")
    tensors = torch.load(tmp_path / "metricx-24" / "pytorch_model.bin", weights_only=True)
    tensors["lm_head.weight"][250089] *= FACTOR
    torch.save(tensors, tmp_path / "metricx-24" / "pytorch_model.bin")
    found = metrics.registry.create(f"metricx(model={tmp_path / 'metricx-24'})").measure(SEGMENTS)
    np.testing.assert_allclose(found, metrics.registry.create(f"metricx(model={made[0]})").measure(SEGMENTS), atol=1e-5)


def test_metricx_other_models_are_refused(tmp_path, made):
    folder = tmp_path / "metricx-24-x"
    folder.mkdir()
    for file in made[0].iterdir():
        (folder / file.name).symlink_to(file)
    config = json.loads((made[0] / "config.json").read_text())
    for change, said in (
        ({"feed_forward_proj": "relu"}, "is no mT5"),
        ({"num_layers": 3}, r"the config says \(3, 2\) layers"),
        ({"num_heads": 5}, "do not divide"),
        ({"num_heads": 2}, "relative_attention_bias"),
    ):
        (folder / "config.json").unlink()
        (folder / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(ModelError, match=said):
            metrics.registry.create(f"metricx(model={folder})").measure(SEGMENTS)


def test_metricx_without_its_output_is_refused(tmp_path, made):
    folder = tmp_path / "metricx-24-y"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (folder / name).symlink_to(made[0] / name)
    tensors = load_file(made[0] / "model.safetensors")
    del tensors["lm_head.weight"]
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ModelError, match=r"lacks the row 250089 of lm_head\.weight"):
        metrics.registry.create(f"metricx(model={folder})").measure(SEGMENTS)


def test_metricx_without_a_tokenizer_says_where_to_get_one(tmp_path, made):
    (tmp_path / "config.json").symlink_to(made[0] / "config.json")
    with pytest.raises(ModelError, match=r"google/mt5-large.*tokenizer=FOLDER"):
        metrics.registry.create(f"metricx(model={tmp_path}, generation=24)").measure(SEGMENTS)
