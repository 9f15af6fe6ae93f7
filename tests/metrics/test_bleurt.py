"""BLEURT, against transformers' own BERT behind narrow embeddings, on padded batches."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from scorer import metrics
from scorer.errors import ModelError
from scorer.neural.bleurt import fitting
from scorer.types import Segment

SEGMENTS = [
    Segment(0, None, "the house", ("the house", "a home")),
    Segment(1, None, "good morning everyone", ("good morning",)),
    Segment(2, None, "", ("gone",)),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "BLEURT-20"
    return folder, tiny_models.write_bleurt(folder)


@torch.no_grad()
def expected(folder, made, pairs):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows, kinds = [], []
    for reference, hypothesis in pairs:
        left, right = (tokenizer.encode(t, add_special_tokens=False).ids if t else [] for t in (reference, hypothesis))
        rows.append([2, *left, 3, *right, 3])
        kinds.append([0] * (len(left) + 2) + [1] * (len(right) + 1))
    longest = max(map(len, rows))
    ids, types = (torch.tensor([row + [0] * (longest - len(row)) for row in each]) for each in (rows, kinds))
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    model = made.bleurt
    embedded = model.encoder.embedding_projection(model.embeddings(input_ids=ids, token_type_ids=types))
    large = torch.finfo(torch.float32).min
    states = embedded
    for layer in model.encoder.layer:
        output = layer(states, attention_mask=(1.0 - mask[:, None, None].float()) * large)
        states = output[0] if isinstance(output, tuple) else output
    return made.classifier(model.pooler(states))[:, 0].tolist()


def test_bleurt_equals_transformers_and_the_best_reference_counts(made):
    folder, modules = made
    found = metrics.registry.create(f"bleurt(model={folder})").measure(SEGMENTS)
    first, second, *others = expected(folder, modules, [(r, s.hypothesis) for s in SEGMENTS for r in s.references])
    np.testing.assert_allclose([row[0] / 100 for row in found], [max(first, second), *others], atol=2e-5)


def test_bleurt_of_a_bert_for_classification_scores_alike(made, tmp_path):
    folder = tmp_path / "bleurt"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (folder / name).symlink_to(made[0] / name)
    tensors = load_file(made[0] / "model.safetensors")
    save_file({name.replace("bleurt.", "bert."): t for name, t in tensors.items()}, folder / "model.safetensors")
    found, same = (metrics.registry.create(f"bleurt(model={each})").measure(SEGMENTS) for each in (folder, made[0]))
    assert found == same
    save_file({name.replace("bleurt.", "gpt."): t for name, t in tensors.items()}, folder / "model.safetensors")


def test_bleurt_of_another_model_is_refused(made, tmp_path):
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).symlink_to(made[0] / name)
    save_file({"transformer.wte.weight": torch.zeros(2, 2)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="is no BLEURT"):
        metrics.registry.create(f"bleurt(model={tmp_path})").measure(SEGMENTS)


def test_bleurt_order_and_batches_change_nothing(made):
    metric = metrics.registry.create(f"bleurt(model={made[0]})")
    together = metric.measure(SEGMENTS)
    np.testing.assert_allclose([metric.measure([s])[0] for s in reversed(SEGMENTS)][::-1], together, atol=1e-4)
    assert metric.measure([Segment(0, None, " ", ("",))]) == [(0.0, 0.0, 0.0)]


def test_bleurt_text_beyond_the_window_is_undefined_and_counted(made):
    long = Segment(0, None, "a" * 40, ("b" * 40,))  # 41 tokens each; the window is 60, three of them special
    whole, cut = (metrics.registry.create(f"bleurt(model={made[0]}, truncate={t})") for t in (False, True))
    assert whole.measure([long]) == [(0.0, 0.0, 0.0)]
    assert whole.reason_undefined(long).startswith(f"{82 - 57} tokens beyond")
    assert whole.reason_undefined(SEGMENTS[0]) is None
    assert cut.measure([long])[0][1:] == (1.0, 82 - 57)
    assert cut.measure([long])[0][0] / 100 == pytest.approx(
        expected(*made, [("b" * 28, "a" * 27)])[0], abs=2e-5
    )  # 29 and 28 tokens, a word's mark among them
    assert "long:cut" in cut.signature()


@pytest.mark.parametrize(
    ("n_left", "n_right", "room", "kept"),
    [(3, 3, 6, (3, 3)), (9, 3, 6, (3, 3)), (3, 9, 6, (3, 3)), (9, 9, 7, (4, 3)), (9, 1, 7, (6, 1)), (1, 9, 7, (1, 6))],
)
def test_fitting_cuts_from_the_longer_text(n_left, n_right, room, kept):
    """The counts are those of transformers' `longest_first`, token by token."""
    left, right = fitting((1,) * n_left, (2,) * n_right, room)
    assert (len(left), len(right)) == kept
