"""Texts to the encoder's token states, kept in files: the frozen lower layers are computed once, not in every epoch.

A folder holds `ids.npy` (the tokens of all texts, one after the other), `starts.npy` (where each text begins) and
`states.int8` (tokens x layers x dim), the states standardised with `mean` and `std` of `scale.npz` and stored in steps
of 1/20 of a standard deviation. Texts are known by their sha256, in `texts.txt`, so a folder can be added to.

    python -m benchmarks.training.states --states FOLDER [--data ../shared/data]

encodes every text that training and its figures need, 100 to 200 a second on two cores; interrupted, it goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from scorer import encoders

LAYERS = (6, 9)
STEPS = 20.0
TOKENS_A_BATCH = 4096
LONGEST = 384  # tokens; longer texts are left out of training


def digest(text: str) -> str:
    """Return what a text is known by: 24 hexadecimal digits of its sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class States:
    """A folder of token states, read into memory: drawn at random, they would be read from disk again and again."""

    def __init__(self, folder: Path) -> None:
        self.index = {line: i for i, line in enumerate((folder / "texts.txt").read_text().split())}
        self.starts = np.load(folder / "starts.npy")
        self.ids = np.load(folder / "ids.npy")
        self.n_layers = len(LAYERS)
        self.states = np.fromfile(folder / "states.int8", np.int8, int(self.starts[-1]) * len(LAYERS) * 384).reshape(
            -1, self.n_layers, 384
        )
        scale = np.load(folder / "scale.npz")
        self.mean, self.std = scale["mean"], scale["std"]

    def __contains__(self, text: str) -> bool:
        return digest(text) in self.index

    def position(self, text: str) -> int:
        """Return the number of a text in the folder."""
        return self.index[digest(text)]

    def length(self, number: int) -> int:
        """Return how many tokens a text has."""
        return int(self.starts[number + 1] - self.starts[number])


class Writer:
    """Adds texts to a folder; can be stopped at any time and taken up again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.encoder: Any = encoders.load().encoder
        self.known: list[str] = []
        self.starts: list[int] = [0]
        self.ids: list[np.ndarray[Any, Any]] = []
        if (folder / "texts.txt").exists():
            self.known = (folder / "texts.txt").read_text().split()
            self.starts = np.load(folder / "starts.npy").tolist()
            self.ids = [np.load(folder / "ids.npy")]
        self.seen = set(self.known)
        with (folder / "states.int8").open("ab") as file:
            file.truncate(self.starts[-1] * len(LAYERS) * 384)
        self.weights = {
            name: tensor.to(torch.bfloat16) if tensor.ndim == 2 and "embeddings" not in name else tensor
            for name, tensor in self.encoder.weights.items()
        }
        self.biases = {
            name: tensor.to(torch.bfloat16) for name, tensor in self.encoder.weights.items() if name.endswith(".bias")
        }

    def add(self, texts: Sequence[str], *, chunk: int = 4096, until: float = float("inf")) -> None:
        """Encode the texts that are not there yet, saving after every chunk; stops at the time `until`."""
        new = [text for text in dict.fromkeys(texts) if digest(text) not in self.seen and text.strip()]
        for start in range(0, len(new), chunk):
            if time.time() > until:
                return
            began = time.time()
            self._chunk(new[start : start + chunk])
            print(f"{start + chunk:>7} of {len(new)}  {chunk / (time.time() - began):.0f} texts/s", flush=True)

    def _chunk(self, texts: Sequence[str]) -> None:
        encodings = self.encoder.tokenizer.encode_batch(list(map(encoders.plain, texts)), add_special_tokens=False)
        kept = [(text, enc.ids) for text, enc in zip(texts, encodings, strict=True) if 0 < len(enc.ids) <= LONGEST]
        outputs: list[np.ndarray[Any, Any] | None] = [None] * len(kept)
        for batch in _batches([len(ids) for _, ids in kept]):
            for i, output in zip(batch, self._run([kept[i][1] for i in batch]), strict=True):
                outputs[i] = output
        if not (self.folder / "scale.npz").exists():
            sample = np.concatenate([output for output in outputs if output is not None])
            np.savez(self.folder / "scale.npz", mean=sample.mean(0), std=sample.std(0) + 1e-6)
        scale = np.load(self.folder / "scale.npz")
        with (self.folder / "states.int8").open("ab") as file:
            for (text, ids), output in zip(kept, outputs, strict=True):
                assert output is not None
                scaled = np.clip(np.rint((output - scale["mean"]) / scale["std"] * STEPS), -127, 127).astype(np.int8)
                file.write(scaled.tobytes())
                self.known.append(digest(text))
                self.seen.add(self.known[-1])
                self.starts.append(self.starts[-1] + len(ids))
                self.ids.append(np.array(ids, np.int32))
        self._save()

    def _save(self) -> None:
        np.save(self.folder / "ids.tmp.npy", np.concatenate(self.ids))
        np.save(self.folder / "starts.tmp.npy", np.array(self.starts, np.int64))
        (self.folder / "texts.tmp").write_text("\n".join(self.known) + "\n")
        os.replace(self.folder / "ids.tmp.npy", self.folder / "ids.npy")
        os.replace(self.folder / "starts.tmp.npy", self.folder / "starts.npy")
        os.replace(self.folder / "texts.tmp", self.folder / "texts.txt")

    def _run(self, rows: Sequence[Sequence[int]]) -> Iterator[np.ndarray[Any, Any]]:
        """Yield each row's states, (tokens, layers, dim), without the prompt's and the special tokens."""
        encoder = self.encoder
        special, prompt = encoder.tokenizer.token_to_id, encoder._prompt_ids
        ids = torch.tensor([[special("<s>"), *prompt, *row, special("</s>")] for row in rows])
        with torch.inference_mode():
            states = self._forward(ids)
        states = states[:, 1 + len(prompt) : ids.shape[1] - 1].numpy()
        yield from states

    def _forward(self, ids: torch.Tensor) -> torch.Tensor:
        weights, (batch, length) = self.weights, ids.shape
        heads, hidden, eps = 12, 384, self.encoder.config["layer_norm_eps"]

        def linear(states: torch.Tensor, name: str) -> torch.Tensor:
            return functional.linear(states, weights[f"{name}.weight"], self.biases[f"{name}.bias"])

        def norm(states: torch.Tensor, name: str) -> torch.Tensor:
            return functional.layer_norm(states, (hidden,), weights[f"{name}.weight"], weights[f"{name}.bias"], eps)

        states = functional.embedding(ids, weights["embeddings.word_embeddings.weight"])
        states = states + weights["embeddings.position_embeddings.weight"][:length]
        states = norm(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        kept = []
        for layer in range(max(LAYERS)):
            prefix = f"encoder.layer.{layer}."
            projected = linear(states.bfloat16(), f"{prefix}attention.qkv").view(
                batch, length, 3, heads, hidden // heads
            )
            query, key, value = projected.permute(2, 0, 3, 1, 4)
            attended = functional.scaled_dot_product_attention(query, key, value)
            attended = linear(
                attended.transpose(1, 2).reshape(batch, length, hidden), f"{prefix}attention.output.dense"
            )
            states = norm(states + attended.float(), f"{prefix}attention.output.LayerNorm")
            fed = functional.gelu(linear(states.bfloat16(), f"{prefix}intermediate.dense"))
            states = norm(states + linear(fed, f"{prefix}output.dense").float(), f"{prefix}output.LayerNorm")
            if layer + 1 in LAYERS:
                kept.append(states)
        return torch.stack(kept, 2)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    batch: list[int] = []
    for i in order:
        if batch and (lengths[i] != lengths[batch[0]] or lengths[i] * (len(batch) + 1) > TOKENS_A_BATCH):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def main() -> None:
    from benchmarks.training import corpus, paragraphs  # they import neighbours, none of which encoding needs

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--states", type=Path, required=True)
    given = parser.parse_args()
    groups = corpus.training(given.data, with_wmt22=True) + corpus.development(given.data)
    groups += paragraphs.training(given.data)
    Writer(given.states).add([text for group in groups for text in group.texts()])


if __name__ == "__main__":
    main()
