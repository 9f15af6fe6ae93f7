"""Fit the oddity head: which words of a text look out of place?

Sound texts (WMT20 and WMT21 en-de and zh-en, Apache-2.0; MLQE-PE, CC0; training splits) are damaged word by word: a
word is replaced by a near neighbour of its input embedding, by another form of it, or by some other word of the
language, or it is doubled or swapped with the next one. A small network learns from the bundled encoder's token
vectors, which stay as they are, which tokens were touched. Held out: a tenth of the texts.

    python benchmarks/fit_oddity.py ../shared/data [--each 2000]

writes models/oddity.safetensors and benchmarks/results/oddity.md.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.numpy import save_file
from sklearn.metrics import average_precision_score, roc_auc_score

from scorer import encoders, words

ROOT = Path(__file__).parent.parent
HIDDEN = 128
EPOCHS = 8
# Columns of training rows that hold texts written or corrected by people: (file, language pair, column).
TEXTS = {
    "en": [("wmt20_mqm", "zh-en", "reference"), ("wmt20_mqm", "en-de", "source"), ("wmt21_mqm", "zh-en", "reference"),
           ("wmt21_mqm", "en-de", "source"), ("mlqe_pe", "en-de", "source"), ("mlqe_pe", "ro-en", "post_edit")],
    "de": [("wmt20_mqm", "en-de", "reference"), ("wmt21_mqm", "en-de", "reference"), ("mlqe_pe", "en-de", "post_edit")],
    "zh": [("wmt20_mqm", "zh-en", "source"), ("wmt21_mqm", "zh-en", "source"), ("mlqe_pe", "en-zh", "post_edit")],
    "ru": [("mlqe_pe", "ru-en", "source")],
    "ro": [("mlqe_pe", "ro-en", "source")],
    "et": [("mlqe_pe", "et-en", "source")],
    "ne": [("mlqe_pe", "ne-en", "source")],
    "si": [("mlqe_pe", "si-en", "source")],
}  # fmt: skip
Damaged = tuple[str, list[tuple[int, int]]]


def texts(data: Path, language: str, n: int) -> list[str]:
    """Return up to n distinct sound texts of 5 to 60 words."""
    files: dict[str, pd.DataFrame] = {}
    found: dict[str, None] = {}
    for file, pair, column in TEXTS[language]:
        rows = files.setdefault(file, pd.read_parquet(data / f"{file}.parquet"))
        chosen = rows[(rows.lang_pair == pair) & (rows.split == "train")][column].dropna()
        found.update(dict.fromkeys(text for text in chosen if 5 <= words.count(text) <= 60))
    kept = sorted(found)
    random.Random(f"{language} texts").shuffle(kept)
    return kept[:n]


class Damage:
    """Replaces words of one language's texts; everything follows from the seed."""

    def __init__(self, language: str, sound: list[str], encoder: encoders.E5Encoder) -> None:
        self.random = random.Random(f"{language} damage")
        self.tokenizer = encoder.tokenizer
        self.spaced = language != "zh"
        counts = Counter(text[a:b] for text in sound for a, b in self.units(text))
        self.words = [word for word, n in counts.items() if n >= 2]
        self.near = self._neighbours(encoder)
        self.forms: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            self.forms[word[:4].lower()].append(word)

    def units(self, text: str) -> list[tuple[int, int]]:
        """Return the spans that can be damaged: words, or the tokenizer's pieces where there are no spaces."""
        if self.spaced:
            return [(a, b) for a, b in words.spans(text) if text[a:b].isalpha()]
        return [(a, b) for a, b in self.tokenizer.encode(text, add_special_tokens=False).offsets if text[a:b].isalpha()]

    def _neighbours(self, encoder: encoders.E5Encoder) -> dict[str, list[str]]:
        single = {}
        for word in self.words:
            ids = self.tokenizer.encode(word, add_special_tokens=False).ids
            if len(ids) == 1 or (len(ids) == 2 and not self.spaced):
                single[word] = ids[-1]
        names = list(single)
        if not names:
            return {}
        table = encoder.weights["embeddings.word_embeddings.weight"][[single[name] for name in names]]
        table = torch.nn.functional.normalize(table, dim=1)
        near = {}
        for i, name in enumerate(names):
            order = (table @ table[i]).topk(min(30, len(names))).indices.tolist()
            near[name] = [names[j] for j in order if names[j].lower() != name.lower()]
        return near

    def replacement(self, word: str) -> str:
        """Return a word to put in place of another."""
        draw = self.random.random()
        others = [form for form in self.forms[word[:4].lower()] if form.lower() != word.lower()]
        if draw < 0.6 and word in self.near:
            new = self.random.choice(self.near[word])
        elif draw < 0.75 and len(word) > 4 and others:
            new = self.random.choice(others)
        else:
            new = self.random.choice(self.words)
        return new[:1].upper() + new[1:] if word[:1].isupper() else new.lower() if word.islower() else new

    def __call__(self, text: str) -> Damaged:
        """Return the damaged text and the spans that were touched."""
        units = self.units(text)
        chosen = set(self.random.sample(range(len(units)), max(1, len(units) // 12))) if units else set()
        out, position, touched = "", 0, []
        skip = -1
        for i, (a, b) in enumerate(units):
            out += text[position:a]
            word, new = text[a:b], text[a:b]
            if i in chosen and i != skip:
                draw = self.random.random()
                if draw < 0.06 and self.spaced:
                    new = f"{word} {word}"
                elif draw < 0.12 and self.spaced and i + 1 < len(units) and text[b : units[i + 1][0]] == " ":
                    following = text[slice(*units[i + 1])]
                    new, skip = f"{following} {word}", i + 1
                    b = units[i + 1][1]  # noqa: PLW2901 - two words were taken
                else:
                    new = self.replacement(word)
            elif i == skip:
                continue
            if new.lower() != word.lower():
                touched.append((len(out), len(out) + len(new)))
            out += new
            position = b
        return out + text[position:], touched


def features(encoder: encoders.E5Encoder, damaged: list[Damaged]) -> tuple[np.ndarray, np.ndarray]:
    """Return the token vectors of all texts and which of them were touched."""
    vectors, labels = [], []
    for start in range(0, len(damaged), 200):
        part = damaged[start : start + 200]
        for (_, touched), embedding in zip(part, encoder.embed([text for text, _ in part]), strict=True):
            vectors.append(embedding.tokens.astype(np.float16))
            labels.append([any(a < end and b > begin for begin, end in touched) for a, b in embedding.spans])
    return np.concatenate(vectors), np.concatenate([np.array(label, dtype=np.float32) for label in labels if label])


def fit(vectors: np.ndarray, labels: np.ndarray) -> torch.nn.Module:
    torch.manual_seed(0)
    dim = vectors.shape[1]
    net = torch.nn.Sequential(
        torch.nn.Linear(dim, HIDDEN),
        torch.nn.GELU(approximate="tanh"),
        torch.nn.Dropout(0.2),
        torch.nn.Linear(HIDDEN, 1),
    )
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=0.05)
    order = np.arange(len(labels))
    shuffle = np.random.default_rng(0)
    # Unit vectors have components of about 1/sqrt(dim); scaled, they suit the initial weights.
    for epoch in range(EPOCHS):
        shuffle.shuffle(order)
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * (1 - epoch / EPOCHS)
        for start in range(0, len(order), 512):
            batch = order[start : start + 512]
            x = torch.from_numpy(vectors[batch].astype(np.float32)) * dim**0.5
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x)[:, 0], torch.from_numpy(labels[batch]))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--each", type=int, default=2000, help="texts a language")
    options = parser.parse_args()
    encoder = encoders.load().encoder
    train, held = [], {}
    for language in TEXTS:
        begun = time.monotonic()
        sound = texts(options.data, language, options.each)
        damage = Damage(language, sound, encoder)
        # Half of the texts stay sound, so that the head sees what a text without a fault looks like.
        damaged = [damage(text) if i % 2 else (text, []) for i, text in enumerate(sound)]
        cut = len(damaged) * 9 // 10
        train.append(features(encoder, damaged[:cut]))
        held[language] = features(encoder, damaged[cut:])
        print(f"{language}: {len(sound)} texts, {time.monotonic() - begun:.0f} s", flush=True)
    net = fit(np.concatenate([x for x, _ in train]), np.concatenate([y for _, y in train]))
    lines = ["# Words out of place", "", f"`python benchmarks/fit_oddity.py DATA --each {options.each}`", ""]
    lines += ["Tokens of held-out texts, half of them damaged.", ""]
    lines += ["| language | tokens | touched | area under ROC | average precision |", "|---|--:|--:|--:|--:|"]
    with torch.no_grad():
        for language, (x, y) in held.items():
            p = torch.sigmoid(net(torch.from_numpy(x.astype(np.float32)) * x.shape[1] ** 0.5)[:, 0]).numpy()
            auc, precision = roc_auc_score(y, p), average_precision_score(y, p)
            lines.append(f"| {language} | {len(y)} | {y.mean():.1%} | {auc:.3f} | {precision:.3f} |")
    (ROOT / "benchmarks/results/oddity.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    state = {name: tensor.numpy().astype(np.float32) for name, tensor in net.state_dict().items()}
    scale = np.float32(state["0.weight"].shape[1] ** 0.5)
    save_file(
        {
            "hidden.weight": np.ascontiguousarray(state["0.weight"] * scale),
            "hidden.bias": state["0.bias"],
            "out.weight": state["3.weight"],
            "out.bias": state["3.bias"],
        },
        ROOT / "models/oddity.safetensors",
    )


if __name__ == "__main__":
    main()
