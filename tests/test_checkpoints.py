"""Models are found, converted once and safely, and refused where they hold more than weights."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import socket
import zipfile

import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file

from scorer import checkpoints, metrics, unpickle
from scorer.errors import ModelError
from scorer.types import Segment

SEGMENT = Segment(0, "das haus", "the house", ("a home",))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "checkpoints"


class Evil:
    """Unpickled, it writes a file."""

    def __init__(self, path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def test_find_pickle_is_converted_once_and_kept_by_digest(tmp_path, cache, monkeypatch):
    tiny_models.write_comet(tmp_path / "m", "ckpt")
    found = checkpoints.find(tmp_path / "m")
    assert found.files == (cache / f"{found.sha256}.safetensors",)
    assert found.sha256 == checkpoints.sha256(tmp_path / "m" / "checkpoints" / "model.ckpt")
    assert [path.name for path in cache.iterdir()] == [f"{found.sha256}.safetensors"]  # nothing half made is left

    def never(*arguments):
        raise AssertionError("converted a second time")

    monkeypatch.setattr(checkpoints, "_unpickle", never)
    assert checkpoints.find(tmp_path / "m") == found
    written = torch.load(tmp_path / "m" / "checkpoints" / "model.ckpt", weights_only=True)["state_dict"]
    read = load_file(found.files[0])
    assert set(read) == set(written)
    assert all(torch.equal(read[name], written[name]) for name in written)


@pytest.mark.parametrize("container", ["zip", "bare"])
def test_find_malicious_pickle_is_refused_and_does_not_run(tmp_path, cache, container):
    mark = tmp_path / "ran"
    (tmp_path / "checkpoints").mkdir()
    ckpt = tmp_path / "checkpoints" / "model.ckpt"
    content = {"state_dict": {"a": torch.zeros(1)}, "callbacks": Evil(mark)}
    if container == "zip":
        torch.save(content, ckpt)
    else:
        ckpt.write_bytes(pickle.dumps({"state_dict": Evil(mark)}, protocol=2))
    with pytest.raises(ModelError, match=r"model.ckpt is a pickle and is refused: .*system"):
        checkpoints.find(tmp_path)
    assert not mark.exists()
    assert list(cache.iterdir()) == []
    assert pickle.loads(pickle.dumps(Evil(mark))) == 0  # it does what it says when it is trusted
    assert mark.exists()


def test_convert_more_than_weights_is_refused(tmp_path):
    torch.save({"state_dict": {"a": torch.zeros(1)}, "hparams": argparse.Namespace(x=1)}, tmp_path / "a.ckpt")
    with pytest.raises(unpickle.Refused, match=r"argparse\.Namespace"):
        unpickle.convert(str(tmp_path / "a.ckpt"), str(tmp_path / "out"))
    for content in ({"state_dict": {"a": 1}}, [torch.zeros(1)], {}):
        torch.save(content, tmp_path / "b.ckpt")
        with pytest.raises(unpickle.Refused, match="it holds no tensors"):
            unpickle.convert(str(tmp_path / "b.ckpt"), str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"not a pickle", b"PK\x03\x04" + b"\0" * 60])
def test_convert_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "a.ckpt").write_bytes(content)
    with pytest.raises(unpickle.Refused):
        unpickle.convert(str(tmp_path / "a.ckpt"), str(tmp_path / "out"))


def test_convert_by_a_torch_with_known_holes_is_refused(tmp_path, monkeypatch):
    torch.save({"a": torch.zeros(1)}, tmp_path / "a.bin")
    monkeypatch.setattr(torch, "__version__", "2.9.1+cpu")
    with pytest.raises(unpickle.Refused, match=r"pip install 'torch>=2\.10'"):
        unpickle.convert(str(tmp_path / "a.bin"), str(tmp_path / "out"))


def test_forbid_refuses_processes_and_connections_and_lets_files_be():
    for event in ("os.system", "subprocess.Popen", "socket.connect", "os.posix_spawn", "urllib.Request"):
        with pytest.raises(unpickle.Refused, match=event):
            unpickle.forbid(event, ())
    for event in ("open", "import", "mmap.__new__"):
        unpickle.forbid(event, ())


def test_distinct_shared_tensors_are_kept_once_and_named():
    shared, other = torch.arange(6.0).reshape(2, 3), torch.ones(2)
    kept, aliases = unpickle.distinct({"a": shared, "b": shared, "view": shared[0], "t": shared.T, "other": other})
    assert aliases == {"b": "a"}
    assert {name: tensor.tolist() for name, tensor in kept.items()} == {
        "a": shared.tolist(),
        "view": shared[0].tolist(),
        "t": shared.T.tolist(),
        "other": [1.0, 1.0],
    }
    assert len({tensor.untyped_storage().data_ptr() for tensor in kept.values()}) == len(kept)


def test_find_damaged_twin_is_removed_and_said(tmp_path, cache):
    tiny_models.write_comet(tmp_path / "m", "ckpt")
    cache.mkdir(parents=True)
    twin = cache / f"{checkpoints.sha256(tmp_path / 'm' / 'checkpoints' / 'model.ckpt')}.safetensors"
    twin.write_bytes(b"half")
    with pytest.raises(ModelError, match="has been removed; run again"):
        metrics.registry.create(f"comet(model={tmp_path / 'm'})").measure([SEGMENT])
    assert not twin.exists()


def test_find_cache_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    tiny_models.write_comet(tmp_path / "m", "ckpt")
    monkeypatch.setenv("SCORER_CACHE", str(tmp_path / "m" / "hparams.yaml" / "below"))
    with pytest.raises(ModelError, match=r"cannot write .*SCORER_CACHE"):
        checkpoints.find(tmp_path / "m")


def test_find_pickle_named_safetensors_is_refused(tmp_path):
    mark = tmp_path / "ran"
    tiny_models.write_comet(tmp_path / "m")
    (tmp_path / "m" / "model.safetensors").write_bytes(pickle.dumps(Evil(mark)))
    with pytest.raises(ModelError, match="no safetensors file"):
        metrics.registry.create(f"comet(model={tmp_path / 'm'})").measure([SEGMENT])
    assert not mark.exists()


def test_find_parts_are_read_together(tmp_path):
    tiny_models.write_comet(tmp_path / "m")
    whole = metrics.registry.create(f"comet(model={tmp_path / 'm'})").measure([SEGMENT])
    tensors = load_file(tmp_path / "m" / "model.safetensors")
    (tmp_path / "m").rename(tmp_path / "parts")
    (tmp_path / "parts" / "model.safetensors").unlink()
    names = sorted(tensors)
    listed = {name: f"part{i % 2}.safetensors" for i, name in enumerate(names)}
    for part in ("part0.safetensors", "part1.safetensors"):
        save_file({n: tensors[n] for n in names if listed[n] == part}, tmp_path / "parts" / part)
    index = tmp_path / "parts" / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": listed}))
    assert metrics.registry.create(f"comet(model={tmp_path / 'parts'})").measure([SEGMENT]) == whole
    (tmp_path / "parts" / "part1.safetensors").unlink()
    with pytest.raises(ModelError, match=r"part1.safetensors cannot be read"):
        checkpoints.find(tmp_path / "parts")
    index.write_text(json.dumps({"weight_map": {"a": "../m.safetensors"}}))
    with pytest.raises(ModelError, match="does not list"):
        checkpoints.find(tmp_path / "parts")


def test_find_folder_without_weights_says_what_is_expected(tmp_path):
    with pytest.raises(ModelError, match=r"holds no weights; expected one of model\.safetensors"):
        checkpoints.find(tmp_path)


def test_folder_of_a_checkpoint_file_is_the_models(tmp_path):
    tiny_models.write_comet(tmp_path / "m", "ckpt")
    assert checkpoints.folder(str(tmp_path / "m" / "checkpoints" / "model.ckpt")) == tmp_path / "m"
    assert checkpoints.folder(str(tmp_path / "m" / "hparams.yaml")) == tmp_path / "m"


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "a/b/c", ""])
def test_folder_that_is_missing_is_said(name):
    with pytest.raises(ModelError, match="there is no folder"):
        checkpoints.folder(name)


def test_folder_hub_name_offline_opens_no_connection(monkeypatch):
    tried = []

    def refuse(*arguments, **options):
        tried.append(arguments)
        raise OSError("no network here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for spec in ("comet(model=no-such/model)", "metricx(model=no-such/metricx-24)", "bleurt(model=no-such/model)"):
        with pytest.raises(ModelError, match=r"cannot load the model 'no-such/.*--online"):
            metrics.registry.create(spec).measure([SEGMENT])
    assert tried == []


def test_folder_online_asks_the_hub_for_one_kind_of_weights(tmp_path, monkeypatch):
    import huggingface_hub

    from scorer import encoders

    asked = {}
    files = ["config.json", "pytorch_model.bin", "model.safetensors", "README.md", "spm.model"]
    monkeypatch.setattr(encoders._options, "online", True)
    monkeypatch.setattr(huggingface_hub, "list_repo_files", lambda name: files)
    monkeypatch.setattr(
        huggingface_hub,
        "snapshot_download",
        lambda name, **options: asked.update(name=name, **options) or str(tmp_path),
    )
    assert checkpoints.folder("owner/model") == tmp_path
    assert asked == {
        "name": "owner/model",
        "allow_patterns": ["*.json", "*.yaml", "*.model", "*.safetensors"],
        "local_files_only": False,
    }
    checkpoints.folder("owner/model", weights=False)
    assert asked["allow_patterns"] == ["*.json", "*.yaml", "*.model"]


def test_cache_folder_of_a_real_conversion_is_a_plain_safetensors_file(tmp_path, cache):
    torch.save({"weight": torch.ones(2)}, tmp_path / "pytorch_model.bin")
    found = checkpoints.find(tmp_path)
    assert not zipfile.is_zipfile(found.files[0])
    assert load_file(found.files[0])["weight"].tolist() == [1.0, 1.0]
