"""COMET and CometKiwi, against their formulas written out with transformers' own encoder, on padded batches."""

from __future__ import annotations

import random

import numpy as np
import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from scorer import metrics
from scorer.errors import ModelError, UsageError
from scorer.measure import add
from scorer.neural.comet_files import sparsemax
from scorer.types import Need, Segment

SEGMENTS = [
    Segment(0, "das haus", "the house", ("the house", "a home")),
    Segment(1, "guten morgen", "good morning everyone", ("good morning",)),
    Segment(2, "", "an addition", ("",)),
    Segment(3, "weg", "", ("gone",)),
    Segment(4, "a", "b", ("c",)),
]
BLANK = Segment(5, " ", "", ("\n",))


def spec(name, folder, **settings):
    return f"{name}({', '.join(f'{k}={v}' for k, v in {'model': folder, **settings}.items())})"


def encoded(folder, texts):
    """Return padded ids and their mask, `<s> a </s></s> b </s>` for a tuple of texts."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = []
    for parts in texts:
        ids = [0]
        for i, part in enumerate(parts):
            ids += ([2, 2] if i else []) + (
                tokenizer.encode(part, add_special_tokens=False).ids if part.strip() else []
            )
        rows.append([*ids, 2])
    longest = max(map(len, rows))
    ids = torch.tensor([row + [1] * (longest - len(row)) for row in rows])
    return ids, (ids != 1).long()


def mixed(made, folder, texts, weights, layer_norm=False):
    ids, mask = encoded(folder, texts)
    with torch.no_grad():
        layers = made.encoder.model(ids, attention_mask=mask, output_hidden_states=True).hidden_states
    wide = mask[..., None].float()
    total = 0
    for weight, layer in zip(weights, layers, strict=True):
        if layer_norm:
            n = wide.sum((1, 2), keepdim=True) * layer.shape[-1]
            mean = (layer * wide).sum((1, 2), keepdim=True) / n
            variance = (((layer - mean) * wide) ** 2).sum((1, 2), keepdim=True) / n
            total = total + weight * (layer - mean) / (variance + 1e-12).sqrt()
        else:
            total = total + weight * layer
    return made.layerwise_attention.gamma * total, wide


def weights_of(made, transform):
    return transform(torch.cat(list(made.layerwise_attention.scalar_parameters))).detach()


def simplex(z):
    """Sparsemax by bisection, which shares nothing with the closed form."""
    low, high = float(z.min()) - 1, float(z.max())
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if float((z - middle).clamp(min=0).sum()) > 1 else (low, middle)
    return (z - low).clamp(min=0)


def regression(made, folder, triples, transform, layer_norm=False):
    pooled = []
    for texts in zip(*triples, strict=True):
        states, wide = mixed(made, folder, [(text,) for text in texts], weights_of(made, transform), layer_norm)
        pooled.append((states * wide).sum(1) / wide.sum(1))
    src, mt, *ref = pooled
    blocks = (
        [mt, ref[0], mt * ref[0], (mt - ref[0]).abs(), mt * src, (mt - src).abs()]
        if ref
        else [mt, src, mt * src, (mt - src).abs()]
    )
    return made.estimator.ff(torch.cat(blocks, 1))[:, 0].tolist()


def unified(made, folder, inputs, transform):
    states, _ = mixed(made, folder, inputs, weights_of(made, transform))
    return made.estimator.ff(states[:, 0])[:, 0].tolist()


def softmax(z):
    return z.softmax(0)


@pytest.fixture(scope="module")
def da(tmp_path_factory):
    """A reference-based COMET as Lightning writes it, and its modules; converted at the first load."""
    patch = pytest.MonkeyPatch()
    patch.setenv("SCORER_CACHE", str(tmp_path_factory.mktemp("cache")))
    folder = tmp_path_factory.mktemp("models") / "wmt22-comet-da"
    yield folder, tiny_models.write_comet(folder, "ckpt")
    patch.undo()


@pytest.fixture(scope="module")
def kiwi(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "wmt22-cometkiwi-da"
    made = tiny_models.write_comet(
        folder,
        class_identifier="unified_metric",
        input_segments=["mt", "src"],
        layer_transformation="sparsemax_patch",
        sent_layer="mix",
        word_layer=2,
    )
    return folder, made


@torch.no_grad()
def test_comet_equals_the_formula_and_the_best_reference_counts(da):
    folder, made = da
    found = metrics.registry.create(spec("comet", folder)).measure(SEGMENTS)
    triples = [(s.source, s.hypothesis, r) for s in SEGMENTS for r in s.references]
    first, second, *others = regression(made, folder, triples, simplex)
    np.testing.assert_allclose([row[0] / 100 for row in found], [max(first, second), *others], atol=2e-5)
    assert {row[1:] for row in found} == {(1.0, 0.0)}
    assert np.std([row[0] for row in found]) > 1  # the tiny model does tell the texts apart


@torch.no_grad()
@pytest.mark.parametrize("pool", ["cls", "max"])
def test_comet_other_settings_of_the_checkpoint_are_heeded(tmp_path, pool):
    made = tiny_models.write_comet(tmp_path, pool=pool, layer_norm=True, layer_transformation="softmax")
    found = metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS[1:2])[0][0]
    states = []
    for text in (SEGMENTS[1].source, SEGMENTS[1].hypothesis, SEGMENTS[1].references[0]):
        layers, _ = mixed(made, tmp_path, [(text,)], weights_of(made, softmax), layer_norm=True)
        states.append(layers[:, 0] if pool == "cls" else layers.amax(1))
    src, mt, ref = states
    blocks = [mt, ref, mt * ref, (mt - ref).abs(), mt * src, (mt - src).abs()]
    assert found / 100 == pytest.approx(made.estimator.ff(torch.cat(blocks, 1)).item(), abs=2e-5)


@torch.no_grad()
def test_cometkiwi_equals_the_formula_with_softmax_as_upstream_runs_it(kiwi):
    folder, made = kiwi
    found = metrics.registry.create(spec("cometkiwi", folder)).measure(SEGMENTS)
    expected = unified(made, folder, [(s.hypothesis, s.source) for s in SEGMENTS], softmax)
    np.testing.assert_allclose([row[0] / 100 for row in found], expected, atol=2e-5)


@torch.no_grad()
def test_cometkiwi_of_separately_encoded_texts_equals_the_formula(tmp_path):
    made = tiny_models.write_comet(tmp_path, class_identifier="referenceless_regression_metric")
    found = metrics.registry.create(spec("cometkiwi", tmp_path)).measure(SEGMENTS)
    expected = regression(made, tmp_path, [(s.source, s.hypothesis) for s in SEGMENTS], simplex)
    np.testing.assert_allclose([row[0] / 100 for row in found], expected, atol=2e-5)


@torch.no_grad()
def test_comet_unified_is_the_mean_over_source_reference_and_both(tmp_path):
    made = tiny_models.write_comet(
        tmp_path, class_identifier="unified_metric", input_segments=["mt", "src", "ref"], layer_transformation="softmax"
    )
    segment = SEGMENTS[1]
    src, mt, ref = segment.source, segment.hypothesis, segment.references[0]
    found = metrics.registry.create(spec("comet", tmp_path)).measure([segment])[0][0]
    expected = unified(made, tmp_path, [(mt, src), (mt, ref), (mt, src, ref)], softmax)
    assert found / 100 == pytest.approx(np.mean(expected), abs=2e-5)
    alone = metrics.registry.create(spec("cometkiwi", tmp_path)).measure([segment])[0][0]
    assert alone / 100 == pytest.approx(expected[0], abs=2e-5)


@pytest.mark.parametrize("name", ["comet", "cometkiwi"])
def test_comet_any_batches_and_order_give_the_same_score(da, kiwi, name):
    metric = metrics.registry.create(spec(name, (da if name == "comet" else kiwi)[0]))
    many = [Segment(i, s.source, s.hypothesis + " a" * (i % 4), s.references) for i, s in enumerate(SEGMENTS * 4)]
    together = metric.measure(many)
    order = list(range(len(many)))
    random.Random(3).shuffle(order)
    shuffled = metric.measure([many[i] for i in order])
    np.testing.assert_allclose([shuffled[order.index(i)] for i in range(len(many))], together, atol=1e-4)
    np.testing.assert_allclose([metric.measure([segment])[0] for segment in many], together, atol=1e-4)
    assert metric.measure([]) == []
    assert {row[1] for row in together} == {1.0}
    assert metric.finish(add(together)) == pytest.approx(np.mean([row[0] for row in together]))


def test_comet_blank_texts_are_undefined_and_cost_no_other_segment(da):
    metric = metrics.registry.create(spec("comet", da[0]))
    assert metric.measure([BLANK]) == [(0.0, 0.0, 0.0)]
    assert metric.finish((0.0, 0.0, 0.0)) is None
    assert metric.measure([BLANK, SEGMENTS[4]])[1] == pytest.approx(metric.measure([SEGMENTS[4]])[0], abs=1e-4)


def test_comet_needs_are_declared():
    assert metrics.registry.create("comet").needs == {Need.SOURCE, Need.REFERENCE}
    assert metrics.registry.create("cometkiwi").needs == {Need.SOURCE}


@pytest.mark.parametrize("name", ["comet", "cometkiwi"])
def test_comet_text_beyond_the_window_is_undefined_and_counted(da, kiwi, name):
    folder = (da if name == "comet" else kiwi)[0]
    long = Segment(0, "a", "b" * 100, ("c",))
    metric, cutting = (metrics.registry.create(spec(name, folder, truncate=cut)) for cut in (False, True))
    row = metric.measure([long])[0]
    assert row == (0.0, 0.0, 0.0)
    assert metric.finish(row) is None
    # A word's mark and 100 letters, of which a text by itself keeps the window of 58 less 4; a pair is cut once more.
    n_unread = 101 - 54 if name == "comet" else 101 - 54 + (1 + 54 + 2 + 2 + 1 - 58)
    assert metric.reason_undefined(long).startswith(f"{n_unread} tokens beyond what the model reads; {name}(truncate=")
    assert metric.reason_undefined(SEGMENTS[0]) is None
    assert metric.reason_undefined(BLANK) is None
    scored = cutting.measure([long])[0]
    assert cutting.finish(scored) is not None
    assert cutting.unread(scored) == n_unread
    assert metric.signature() != cutting.signature()


@pytest.mark.parametrize("text", ["b" * 100_000, "b " * 100_000, "\ud800\x00\u202e", "</s><s><pad>", "𝔘𝔫𝔦" * 9])
def test_comet_hostile_text_is_scored_or_counted(da, text):
    metric = metrics.registry.create(spec("comet", da[0], truncate=True))
    row = metric.measure([Segment(0, text, text, (text,))])[0]
    assert row[1] == 1
    assert np.isfinite(row[0])
    assert (row[2] > 0) == (len(text) > 60)


def test_comet_signature_carries_the_digest(da, tmp_path):
    signature = metrics.registry.create(spec("comet", da[0])).signature()
    assert signature.startswith("comet|model:wmt22-comet-da-")
    tiny_models.write_comet(tmp_path / "wmt22-comet-da", hidden_sizes=[8])
    other = metrics.registry.create(spec("comet", tmp_path / "wmt22-comet-da")).signature()
    assert other.split("|")[1] != signature.split("|")[1]


def test_comet_of_the_other_kind_says_which_to_use(da, kiwi):
    with pytest.raises(ModelError, match="use cometkiwi"):
        metrics.registry.create(spec("comet", kiwi[0])).measure(SEGMENTS)
    with pytest.raises(ModelError, match="use comet"):
        metrics.registry.create(spec("cometkiwi", da[0])).measure(SEGMENTS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"class_identifier": "xcomet_metric"}, "class_identifier xcomet_metric; known: regression_metric"),
        ({"encoder_model": "XLM-RoBERTa-XL"}, "encoder_model"),
        ({"pool": "median"}, "pool median"),
        ({"activations": "System"}, "activations System"),
        ({"layer": 9}, "layer 9 of 3"),
        ({"hidden_sizes": "many"}, "no hidden_sizes"),
    ],
)
def test_comet_settings_that_are_not_known_are_refused(tmp_path, changes, said):
    tiny_models.write_comet(tmp_path)
    (tmp_path / "hparams.yaml").write_text(tiny_models.yaml(tiny_models.HPARAMS | changes), encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("encoder.model.encoder.layer.1.output.dense.weight", "lacks 1 of its weights"),
        ("encoder.model.embeddings.position_embeddings.weight", "lacks 1 of its weights"),
        ("layerwise_attention.scalar_parameters.2", "lacks 1 of its weights"),
        ("estimator.ff.3.bias", "lacks 1 of its weights"),
    ],
)
def test_comet_missing_and_mismatched_weights_are_refused(tmp_path, name, said):
    tiny_models.write_comet(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    good = tensors.pop(name)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=said):
        metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS)
    save_file({**tensors, name: torch.cat([good, good])}, tmp_path / "model.safetensors")
    with pytest.raises(
        ModelError, match=r"has the shape|the config says max_position_embeddings 60, the weights have 120"
    ):
        metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS)


def test_comet_encoder_with_fewer_layers_than_its_config_is_refused(tmp_path):
    tiny_models.write_comet(tmp_path)
    tensors = {k: v for k, v in load_file(tmp_path / "model.safetensors").items() if "layer.1." not in k}
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="num_hidden_layers 2, the weights have 1"):
        metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS)


def test_comet_truncated_file_is_refused(tmp_path):
    tiny_models.write_comet(tmp_path)
    content = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="damaged or no safetensors"):
        metrics.registry.create(spec("comet", tmp_path)).measure(SEGMENTS)


def test_comet_unknown_setting_is_a_usage_error():
    with pytest.raises(UsageError, match="has no setting 'modle'; did you mean 'model'"):
        metrics.registry.create("comet(modle=x)")


def test_sparsemax_is_the_nearest_point_of_the_simplex():
    random_numbers = torch.randn(200, 25, generator=torch.Generator().manual_seed(1))
    for z in random_numbers:
        np.testing.assert_allclose(sparsemax(z), simplex(z), atol=1e-5)
    assert sparsemax(torch.tensor([5.0, 0.0])).tolist() == [1.0, 0.0]
