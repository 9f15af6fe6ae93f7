"""Texts to vectors; the only module that imports torch and sentence-transformers.

The bundled encoder runs on forty lines of torch, since importing transformers costs over four seconds at every start
and torch alone one; `sentence_transformer` loads the same folder as a `SentenceTransformer`, and the tests hold the two
together (docs/decisions/0001-encoder.md). Any other sentence-transformers folder goes through that library.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from scorer import e5
from scorer.errors import MissingExtra, ModelError, UsageError
from scorer.types import Span

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from scorer.linear import Product

Vectors = npt.NDArray[np.float32]

BUNDLED = "bundled"
# Sentence vectors come from the last layer, as the model was trained; tokens match best in the middle
# (benchmarks/layers.py).
TOKEN_LAYER = 9
# What the learned metric reads beside that layer: word forms are still there.
EARLY_LAYER = 6
# Tokens of one forward pass: near the fastest on CPUs with 1 to 8 threads, and bounded in memory.
TOKENS_A_BATCH = 512
# Tokens of a text up to which attention is faster in plain products than in torch's blocks.
SHORT = 256
# What stays in memory so that a text is embedded once; beyond it the oldest texts would be embedded again.
MEMO_BYTES = 384 * 2**20
# A text longer than the model's window is read in windows, up to this many; the rest is not read, and that is said.
MAX_WINDOWS = 32

_SURROGATE = re.compile("[\ud800-\udfff]")
# One sign for one, so that spans stay. What quotation marks and dashes look like is a house style and no quality: read
# as written, it ordered whole systems by theirs (docs/decisions/0009). Checks of typography read the text itself.
_TYPOGRAPHY = str.maketrans(
    {
        sign: usual
        for usual, signs in (('"', "«»“”„‟「」『』〝〞〟"), ("'", "‘’‚‛‹›"), ("-", "‐‑‒–—―−"))
        for sign in signs
    }
)
# A run of one mark (dot leaders, rules, a model that got stuck) says what its first marks say; hundreds of them would
# outweigh the text beside them.
_RUN = re.compile(r"([^\w\s]|_)(?:\s{0,2}\1){6,}")
_RUN_READ = 3


@dataclass(frozen=True, slots=True)
class Inner:
    """What else the encoder knows of n tokens.

    Attributes:
        ids: The tokens' numbers in its vocabulary, shape (n,).
        early: An earlier layer's output, shape (n, dim), in half precision.
        lengths: Of the token layer's vectors before they became unit vectors, shape (n,).
    """

    ids: npt.NDArray[np.int32]
    early: npt.NDArray[np.float16]
    lengths: Vectors


@dataclass(frozen=True, slots=True)
class Embedding:
    """What an encoder knows of one text.

    Attributes:
        sentence: Unit vector, shape (dim,); zeros for a text without a token. Where only tokens were asked for, it may
            be missing: shape (0,).
        tokens: Unit vectors of the tokens, shape (n, dim).
        spans: The tokens' characters, n of them, in order.
        n_unread: Characters beyond the longest text that is read.
        inner: What the learned metric reads beside them; only the bundled encoder gives it.
    """

    sentence: Vectors
    tokens: Vectors
    spans: tuple[Span, ...]
    n_unread: int = 0
    inner: Inner | None = None

    @property
    def nbytes(self) -> int:
        """Return roughly the memory that this takes."""
        inner = 0 if self.inner is None else self.inner.early.nbytes + 8 * len(self.spans)
        return self.sentence.nbytes + self.tokens.nbytes + inner + 100 * len(self.spans)


class Encoder(Protocol):
    """Turns texts into vectors; the same text has the same vectors in any company, to about 1e-6."""

    @property
    def name(self) -> str:
        """Return what it is called."""
        ...

    def signature(self) -> str:
        """Return a name for the weights and layers, for metrics' signatures."""
        ...

    def embed(self, texts: Sequence[str], *, sentences: bool = True) -> list[Embedding]:
        """Return an embedding for each text, in order.

        Without `sentences`, an encoder may leave the sentence vectors out, and the layers that only they need.
        """
        ...


def cosine(left: Embedding, right: Embedding) -> float:
    """Return the cosine of two sentence vectors; in double precision, as a scale makes 500 times its last digits."""
    return float(np.dot(left.sentence.astype(np.float64), right.sentence.astype(np.float64)))


def sentences(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Return the texts' unit vectors, shape (n, dim)."""
    if not texts:
        return np.zeros((0, 1), np.float32)
    return np.stack([embedding.sentence for embedding in encoder.embed(texts)])


@dataclass
class Memo:
    """An encoder that embeds each text once, as long as memory lasts."""

    encoder: Encoder
    limit: int = MEMO_BYTES
    _known: OrderedDict[str, Embedding] = field(default_factory=OrderedDict)
    _nbytes: int = 0

    @property
    def name(self) -> str:
        """Return the encoder's name."""
        return self.encoder.name

    def signature(self) -> str:
        """Return the encoder's signature."""
        return self.encoder.signature()

    def embed(self, texts: Sequence[str], *, sentences: bool = True) -> list[Embedding]:
        """Return an embedding for each text, in order; with the sentence vectors, or as far as it is known already."""
        new = [text for text in dict.fromkeys(texts) if not self._has(text, sentences)]
        fresh = dict(zip(new, self.encoder.embed(new, sentences=sentences), strict=True)) if new else {}
        embeddings = [fresh[text] if text in fresh else self._known[text] for text in texts]
        for text, embedding in fresh.items():
            if text in self._known:
                self._nbytes -= self._known.pop(text).nbytes
            self._known[text] = embedding
            self._nbytes += embedding.nbytes
        while self._nbytes > self.limit and self._known:
            self._nbytes -= self._known.popitem(last=False)[1].nbytes
        return embeddings

    def _has(self, text: str, sentence: bool) -> bool:
        known = self._known.get(text)
        return known is not None and not (sentence and not len(known.sentence))


@dataclass
class E5Encoder:
    """The bundled multilingual-e5-small on plain torch.

    Args:
        config: Sizes, as in config.json.
        weights: Tensors by their transformers names.
        tokenizer: A `tokenizers.Tokenizer`.
        layer: Which layer's output the token vectors are, 1 to 12.
    """

    config: dict[str, Any]
    weights: dict[str, torch.Tensor]
    tokenizer: Any
    layer: int = TOKEN_LAYER
    device: str = "cpu"
    tokens_a_batch: int = TOKENS_A_BATCH
    name: str = e5.NAME
    _products: dict[str, Product] = field(default_factory=dict, init=False, repr=False)

    prompt = "query: "

    def __post_init__(self) -> None:
        """Place the weights; each layer's three projections become one product."""
        import torch

        placed = {key: tensor.to(self.device) for key, tensor in self.weights.items()}
        for layer in range(self.config["num_hidden_layers"]):
            prefix = f"encoder.layer.{layer}.attention."
            for kind in ("weight", "bias"):
                parts = [placed.pop(f"{prefix}self.{part}.{kind}") for part in ("query", "key", "value")]
                placed[f"{prefix}qkv.{kind}"] = torch.cat(parts)
        self.weights = placed
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        # Without its final space, which the tokenizer would make a token of its own.
        self._prompt_ids = self.tokenizer.encode(self.prompt.strip(), add_special_tokens=False).ids

    def signature(self) -> str:
        """Return a name for the weights and the token layer."""
        return _bundled_signature(self.layer)

    def embed(self, texts: Sequence[str], *, sentences: bool = True) -> list[Embedding]:
        """Return an embedding for each text, in order; without `sentences`, the layers above the tokens' do not run."""
        depth = self.config["num_hidden_layers"] if sentences else self.layer
        pieces = [
            (index, window)
            for index, encoding in enumerate(self._tokenise(texts))
            for window in self._windows(encoding)
        ]
        by_text: list[list[_Piece]] = [[] for _ in texts]
        for (index, window), output in zip(pieces, self._outputs([window for _, window in pieces], depth), strict=True):
            by_text[index].append(_Piece(window, output))
        return [self._join(text, parts) for text, parts in zip(texts, by_text, strict=True)]

    def _tokenise(self, texts: Sequence[str]) -> list[Any]:
        encodings: list[Any] = self.tokenizer.encode_batch(list(map(plain, texts)), add_special_tokens=False)
        return encodings

    def _windows(self, encoding: Any) -> list[_Window]:
        """Return runs of tokens that fit the model beside the prompt and the two special tokens."""
        room = self.config["max_position_embeddings"] - len(self._prompt_ids) - 2
        starts = range(0, len(encoding.ids), room)
        return [
            _Window(tuple(encoding.ids[start : start + room]), tuple(encoding.offsets[start : start + room]))
            for start in starts[:MAX_WINDOWS]
        ]

    def _outputs(self, windows: Sequence[_Window], depth: int) -> list[_Output]:
        """Return what the first `depth` layers say of each window, in order."""
        order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
        outputs: list[_Output | None] = [None] * len(windows)
        for batch in self._batches(order, windows):
            for index, output in zip(batch, self._run([windows[index].ids for index in batch], depth), strict=True):
                outputs[index] = output
        return [output for output in outputs if output is not None]

    def _batches(self, order: Sequence[int], windows: Sequence[_Window]) -> Iterator[list[int]]:
        """Yield runs of `order`, which is sorted by length, of one length and a bounded number of tokens.

        Without padding a text has the same vectors, to the bit, in any company; it costs a tenth of the speed.
        """
        batch: list[int] = []
        for index in order:
            length = len(windows[index].ids)
            n_tokens = length + len(self._prompt_ids) + 2
            if batch and (length != len(windows[batch[0]].ids) or n_tokens * (len(batch) + 1) > self.tokens_a_batch):
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _run(self, ids: Sequence[tuple[int, ...]], depth: int) -> list[_Output]:
        import torch

        special = self.tokenizer.token_to_id
        rows = torch.tensor([[special("<s>"), *self._prompt_ids, *row, special("</s>")] for row in ids])
        with torch.inference_mode():
            early, middle, last = (
                output.float().cpu().numpy() for output in self._forward(rows.to(self.device), depth)
            )
        n_tokens = rows.shape[1]
        own = slice(1 + len(self._prompt_ids), n_tokens - 1)
        whole = depth == self.config["num_hidden_layers"]
        totals = last.sum(axis=1) if whole else np.zeros((len(ids), 0), np.float32)
        return [_Output(totals[i], middle[i, own], early[i, own], n_tokens) for i in range(len(ids))]

    def _forward(self, ids: torch.Tensor, depth: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the early, the token and the layer `depth`'s output, (batch, length, dim) (Devlin et al. 2019)."""
        from torch.nn import functional

        from scorer.linear import gelu

        weights, (batch, length) = self.weights, ids.shape
        heads, hidden = self.config["num_attention_heads"], self.config["hidden_size"]

        def norm(states: torch.Tensor, name: str) -> torch.Tensor:
            weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
            return functional.layer_norm(states, (hidden,), weight, bias, self.config["layer_norm_eps"])

        states = functional.embedding(ids, weights["embeddings.word_embeddings.weight"])
        states = states + weights["embeddings.position_embeddings.weight"][:length]
        states = norm(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        early = middle = states
        for layer in range(depth):
            prefix = f"encoder.layer.{layer}."
            projected = self._linear(f"{prefix}attention.qkv")(states).view(batch, length, 3, heads, hidden // heads)
            query, key, value = projected.permute(2, 0, 3, 1, 4)
            attended = _attended(query, key, value).transpose(1, 2).reshape(batch, length, hidden)
            attended = self._linear(f"{prefix}attention.output.dense")(attended)
            states = norm(states + attended, f"{prefix}attention.output.LayerNorm")
            wide = gelu(self._linear(f"{prefix}intermediate.dense"), states)
            fed = self._linear(f"{prefix}output.dense")(wide)
            states = norm(states + fed, f"{prefix}output.LayerNorm")
            if layer + 1 == EARLY_LAYER:
                early = states
            if layer + 1 == self.layer:
                middle = states
        return early, middle, states

    def _linear(self, name: str) -> Product:
        """Return the product that has this name, made when it is first asked for: the upper layers often are not."""
        from scorer.linear import Product

        if name not in self._products:
            self._products[name] = Product(self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])
        return self._products[name]

    def _join(self, text: str, parts: Sequence[_Piece]) -> Embedding:
        dim = self.config["hidden_size"]
        if not parts:
            return Embedding(np.zeros(dim, np.float32), np.zeros((0, dim), np.float32), ())
        mean = np.sum([part.output.total for part in parts], axis=0) / sum(part.output.n_tokens for part in parts)
        spans = [_trim(text, span) for part in parts for span in part.window.spans]
        read = spans[-1][1] if len(parts) == MAX_WINDOWS else len(text)
        late = np.concatenate([part.output.late for part in parts])
        inner = Inner(
            np.array([token for part in parts for token in part.window.ids], np.int32),
            np.concatenate([part.output.early for part in parts]).astype(np.float16),
            np.linalg.norm(late, axis=1),
        )
        return Embedding(_unit(mean[None])[0], _unit(late), tuple(spans), len(text) - read, inner)


def _attended(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """Return what attention makes of (batch, heads, length, dim); spelt out it is twice as fast for short texts."""
    from torch.nn import functional

    length, dim = query.shape[2:]
    if length > SHORT:
        return functional.scaled_dot_product_attention(query, key, value)
    weights: torch.Tensor = (query * dim**-0.5 @ key.transpose(2, 3)).softmax(-1)
    return weights @ value


@dataclass(frozen=True, slots=True)
class _Window:
    ids: tuple[int, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Output:
    total: Vectors  # the last layer's vectors, summed over all tokens, special ones too; empty where it did not run
    late: Vectors
    early: Vectors
    n_tokens: int


@dataclass(frozen=True, slots=True)
class _Piece:
    window: _Window
    output: _Output


def readable(text: str) -> str:
    """Return a text as tokenizers take it: lone surrogates replaced, one for one, and nothing where all is space."""
    return _SURROGATE.sub("\ufffd", text) if text.strip() else ""


def plain(text: str) -> str:
    """Return a text as the bundled encoder reads it, every sign in its place.

    It is readable, quotation marks and dashes are plain, of a long run of one mark all but the first are blank, and
    no space is at its end.
    """
    return _RUN.sub(_shortened, readable(text).translate(_TYPOGRAPHY)).rstrip()


def _shortened(run: re.Match[str]) -> str:
    mark, whole = run[1], run[0]
    read = [i for i, sign in enumerate(whole) if sign == mark][_RUN_READ - 1] + 1
    return whole[:read] + " " * (len(whole) - read)


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return scaled


def _trim(text: str, span: Span) -> Span:
    """Return a token's span without the space before it, which the tokenizer counts in."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    return start, end


@dataclass
class LibraryEncoder:
    """Any sentence-transformers model, run by that library.

    Sentence vectors are the model's own; token vectors are a hidden layer's of its transformer.
    """

    model: SentenceTransformer
    name: str
    layer: int | None = None
    batch_size: int = 16

    def signature(self) -> str:
        """Return the model's name with a digest of its weights, and the token layer."""
        return f"{Path(self.name).name}-{self._digest}.l{self.layer or 'last'}"

    @functools.cached_property
    def _digest(self) -> str:
        digest = hashlib.sha256()
        for key, tensor in sorted(self.model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().contiguous().view(-1)[:4096].float().numpy().tobytes())
        return digest.hexdigest()[:8]

    def embed(self, texts: Sequence[str], *, sentences: bool = True) -> list[Embedding]:
        """Return an embedding for each text, in order, whole in any case."""
        prompt = (self.model.prompts or {}).get("query") or ""
        texts = [readable(text) for text in texts]
        vectors = self.model.encode(
            texts, prompt=prompt or None, batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        embeddings: dict[int, Embedding] = {}
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            for index, (tokens, spans, read) in zip(
                batch, self._tokens([texts[i] for i in batch], prompt), strict=True
            ):
                vector = np.asarray(vectors[index], np.float32) * bool(texts[index])
                embeddings[index] = Embedding(vector, tokens, spans, len(texts[index]) - read)
        return [embeddings[index] for index in range(len(texts))]

    def _tokens(self, texts: Sequence[str], prompt: str) -> list[tuple[Vectors, tuple[Span, ...], int]]:
        """Return each text's token vectors, their spans, and how many of its characters were read."""
        import torch

        transformer: Any = self.model[0]
        longest = self.model.max_seq_length
        features = transformer.tokenizer(
            [prompt + text for text in texts],
            padding=True,
            truncation=True,
            max_length=longest,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            return_tensors="pt",
        )
        offsets, special = features.pop("offset_mapping").numpy(), features.pop("special_tokens_mask").numpy()
        with torch.inference_mode():
            hidden = transformer.auto_model(**features.to(self.model.device), output_hidden_states=True).hidden_states
        states = hidden[-1 if self.layer is None else self.layer].float().cpu().numpy()
        rows = []
        for row, text in enumerate(texts):
            keep = (special[row] == 0) & (offsets[row, :, 1] > len(prompt))
            spans = [_trim(text, (max(0, int(s) - len(prompt)), int(e) - len(prompt))) for s, e in offsets[row][keep]]
            cut = longest is not None and int(features["attention_mask"][row].sum()) >= longest
            rows.append((_unit(states[row][keep]), tuple(spans), spans[-1][1] if cut and spans else len(text)))
        return rows


@dataclass
class _Options:
    """How encoders are loaded in this process; set once by the command line."""

    device: str = "cpu"
    online: bool = False


_options = _Options()


def configure(*, threads: int = 0, device: str = "cpu", online: bool = False) -> None:
    """Choose how encoders run that are loaded from now on.

    Args:
        threads: Of torch; 0 leaves it to torch.
        device: A torch device.
        online: Whether a hub may be asked. Nothing else in the package opens a connection.
    """
    _options.device, _options.online = device, online
    if threads:
        import torch

        torch.set_num_threads(threads)


def device() -> str:
    """Return the torch device that models run on."""
    return _options.device


def online() -> bool:
    """Return whether a hub may be asked for a model."""
    return _options.online


def load(name: str = BUNDLED) -> Memo:
    """Return an encoder, loading it at the first call.

    Args:
        name: `bundled`, a sentence-transformers folder, or a hub name (already downloaded, unless configured online).

    Raises:
        ModelError: The weights are missing, damaged or not safetensors.
    """
    return _load(name)  # cached by a function without a default, or `load()` and `load("bundled")` would load two


def signature(name: str = BUNDLED) -> str:
    """Return an encoder's signature; the bundled one, whose weights are pinned, need not be loaded for it.

    Raises:
        ModelError: As for `load`.
    """
    return _bundled_signature(TOKEN_LAYER) if name == BUNDLED else load(name).signature()


def _bundled_signature(layer: int) -> str:
    # "plain": how texts are read, which the weights' digest says nothing of.
    return f"{e5.NAME}-q4-{e5.SHA256[:8]}.l{layer}.plain"


@functools.cache
def _load(name: str) -> Memo:
    if _options.device != "cpu":
        _try_device(_options.device)
    if name == BUNDLED:
        return Memo(_bundled(_options.device, TOKEN_LAYER))
    return Memo(LibraryEncoder(sentence_transformer(name, device=_options.device, online=_options.online), name))


def _try_device(device: str) -> None:
    import torch

    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        first_line = str(error).strip().split("\n")[0]
        raise UsageError(f"cannot run on the device {device!r}: {first_line}") from error


def _bundled(device: str, layer: int) -> E5Encoder:
    from tokenizers import Tokenizer

    folder = e5.folder()
    if folder is not None:
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            return E5Encoder(config, _tensors(folder / "model.safetensors"), tokenizer, layer, device)
        except Exception:  # a damaged cache, in whichever library notices it first: made again next time
            e5.forget()
    import torch

    model = e5.unpack(e5.blob())
    weights = {key: torch.from_numpy(np.array(array, np.float32)) for key, array in model.weights.items()}
    return E5Encoder(model.config, weights, Tokenizer.from_str(model.tokenizer), layer, device)


def _is_path(name: str) -> bool:
    """Return whether a name can only be a path: a hub's are `model` or `owner/model`."""
    return not name or name[0] in "./~\\" or name.count("/") > 1


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - not a dictionary


def sentence_transformer(name: str = BUNDLED, *, device: str = "cpu", online: bool = False) -> SentenceTransformer:
    """Return a model as a `SentenceTransformer`; the bundled one too.

    Only safetensors are loaded and no code that comes with a model is run.

    Raises:
        ModelError: The weights are missing, damaged or not safetensors.
        MissingExtra: sentence-transformers is not installed.
    """
    if name != BUNDLED and _is_path(name) and not Path(name).is_dir():  # told before seconds of imports
        raise ModelError(f"there is no folder {name!r} with an encoder")
    if not online:
        os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtra("an encoder other than the bundled one", "standard") from error
    path = str(e5.folder() or "") if name == BUNDLED else name
    if not path:
        raise ModelError("the cache folder cannot be written, so the bundled encoder has no folder; set SCORER_CACHE")
    try:
        model: SentenceTransformer = SentenceTransformer(
            path,
            device=device,
            local_files_only=not online,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # the library raises whatever its parts raise
        hint = "" if online or Path(path).exists() else "; not a folder here: add --online to download it from the hub"
        first_line = str(error).strip().split("\n")[0]
        raise ModelError(f"cannot load the encoder {path!r}: {first_line}{hint}") from error
    model.eval()
    return model
