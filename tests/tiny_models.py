"""Other people's learned metrics in their true layout, with random weights and small enough to be made in a blink."""

from __future__ import annotations

import itertools
import json
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the library says at import is its own
    import transformers

LETTERS = "▁abcdefghijklmnopqrstuvwxyzäöüß.,:?中文"
HIDDEN, LAYERS, HEADS, WIDE = 32, 2, 4, 48
POSITIONS = 60  # of XLM-R: a window of 58


def write_tokenizer(folder: Path, special: tuple[str, ...]) -> int:
    """Write a tokenizer of letters, its special tokens numbered first; return how many tokens it has."""
    vocabulary = [(token, 0.0) for token in special] + [(letter, -3.0) for letter in LETTERS]
    unknown = next(i for i, token in enumerate(special) if "unk" in token.lower())
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(vocabulary)


def random_state(module: torch.nn.Module, seed: int = 0) -> dict[str, torch.Tensor]:
    """Fill a module with random numbers, large enough that all of them matter, and return them."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            offset = 1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0
            parameter.copy_(offset + 0.3 * torch.randn(parameter.shape, generator=generator))
    module.eval()
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def save(folder: Path, tensors: dict[str, torch.Tensor], layout: str, **beside: object) -> None:
    """Write weights as Lightning does ("ckpt"), as transformers did ("bin") or does ("safetensors")."""
    if layout == "ckpt":
        (folder / "checkpoints").mkdir()
        torch.save({"state_dict": tensors, "epoch": 1, **beside}, folder / "checkpoints" / "model.ckpt")
    elif layout == "bin":
        torch.save(tensors, folder / "pytorch_model.bin")
    else:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")


HPARAMS = {
    "activations": "Tanh",
    "batch_size": 4,
    "class_identifier": "regression_metric",
    "dropout": 0.1,
    "encoder_learning_rate": "1.0e-06",
    "encoder_model": "XLM-RoBERTa",
    "final_activation": None,
    "hidden_sizes": [24, 12],
    "keep_embeddings_frozen": True,
    "layer": "mix",
    "layer_norm": False,
    "layer_transformation": "sparsemax",
    "nr_frozen_epochs": 0.3,
    "pool": "avg",
    "pretrained_model": "xlm-roberta-large",
    "train_data": ["data/1720-da.csv"],
}


def yaml(settings: dict[str, object]) -> str:
    """Return settings as Lightning writes them."""
    words = {None: "null", True: "true", False: "false"}
    lines = []
    for key, value in sorted(settings.items()):
        if isinstance(value, list):
            lines += [f"{key}:", *(f"- {item}" for item in value)]
        else:
            lines.append(f"{key}: {words[value] if value is None or isinstance(value, bool) else value}")
    return "\n".join(lines) + "\n"


class Comet(torch.nn.Module):
    """The modules of a COMET checkpoint, under their names there."""

    def __init__(self, settings: dict[str, object], n_tokens: int) -> None:
        super().__init__()
        config = transformers.XLMRobertaConfig(
            vocab_size=n_tokens,
            hidden_size=HIDDEN,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            intermediate_size=WIDE,
            max_position_embeddings=POSITIONS,
            type_vocab_size=1,
            layer_norm_eps=1e-5,
        )
        self.encoder = torch.nn.Module()
        self.encoder.model = transformers.XLMRobertaModel(config, add_pooling_layer=False)
        self.layerwise_attention = torch.nn.Module()
        self.layerwise_attention.scalar_parameters = torch.nn.ParameterList(torch.zeros(1) for _ in range(LAYERS + 1))
        self.layerwise_attention.gamma = torch.nn.Parameter(torch.ones(1))
        self.layerwise_attention.register_buffer("dropout_mask", torch.zeros(LAYERS + 1))
        self.estimator = torch.nn.Module()
        blocks = {"regression_metric": 6, "referenceless_regression_metric": 4, "unified_metric": 1}
        widths = [blocks[str(settings["class_identifier"])] * HIDDEN, *settings["hidden_sizes"]]  # type: ignore[misc]
        parts: list[torch.nn.Module] = []
        for n_in, n_out in itertools.pairwise(widths):
            parts += [torch.nn.Linear(n_in, n_out), torch.nn.Tanh(), torch.nn.Dropout(0.1)]
        self.estimator.ff = torch.nn.Sequential(*parts, torch.nn.Linear(widths[-1], 1))


def write_comet(folder: Path, layout: str = "safetensors", **settings: object) -> Comet:
    """Write a COMET with its encoder's tokenizer and config beside it; return the modules."""
    folder.mkdir(parents=True, exist_ok=True)
    hparams = HPARAMS | settings
    made = Comet(hparams, write_tokenizer(folder, ("<s>", "<pad>", "</s>", "<unk>")))
    tensors = random_state(made)
    # Old transformers wrote this buffer too; a word-level head is in some kiwis.
    tensors["encoder.model.embeddings.position_ids"] = torch.arange(POSITIONS)[None]
    tensors["hidden2tag.weight"] = torch.zeros(2, HIDDEN)
    (folder / "hparams.yaml").write_text(yaml(hparams), encoding="utf-8")
    (folder / "config.json").write_text(made.encoder.model.config.to_json_string(), encoding="utf-8")
    save(folder, tensors, layout, hyper_parameters=hparams, **{"pytorch-lightning_version": "1.8.2"})
    return made


def write_metricx(
    folder: Path, layout: str = "safetensors", **changes: object
) -> transformers.MT5ForConditionalGeneration:
    """Write a MetricX with mT5's vocabulary size and tokenizer; return transformers' mT5 with the same weights."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, ("<pad>", "</s>", "<unk>"))
    config = transformers.MT5Config(
        vocab_size=250112,
        d_model=8,
        d_kv=4,
        d_ff=16,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=3,
        tie_word_embeddings=False,
    )
    model = transformers.MT5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(model.lm_head.weight))
    tensors = random_state(model)
    written = json.loads(config.to_json_string()) | {
        "architectures": ["MT5ForRegression"],
        "tie_word_embeddings": False,
    }
    (folder / "config.json").write_text(json.dumps(written | changes), encoding="utf-8")
    shared = tensors["shared.weight"]
    same = {"encoder.embed_tokens.weight": shared, "decoder.embed_tokens.weight": shared}
    if layout == "safetensors":
        save(folder, {name: tensor for name, tensor in tensors.items() if name not in same}, layout)
    else:
        save(folder, tensors | same, layout)
    return model


class Bleurt(torch.nn.Module):
    """The modules of a BLEURT checkpoint, under their names there: BERT behind narrow embeddings, as RemBERT has."""

    def __init__(self, n_tokens: int, narrow: int) -> None:
        super().__init__()
        config = transformers.BertConfig(
            vocab_size=n_tokens,
            hidden_size=HIDDEN,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            intermediate_size=WIDE,
            max_position_embeddings=POSITIONS,
        )
        self.bleurt = transformers.BertModel(config)
        self.classifier = torch.nn.Linear(HIDDEN, 1)
        for part in ("word", "position", "token_type"):
            size = getattr(self.bleurt.embeddings, f"{part}_embeddings").num_embeddings
            setattr(self.bleurt.embeddings, f"{part}_embeddings", torch.nn.Embedding(size, narrow))
        self.bleurt.embeddings.LayerNorm = torch.nn.LayerNorm(narrow, eps=1e-12)
        self.bleurt.encoder.embedding_projection = torch.nn.Linear(narrow, HIDDEN)


def write_bleurt(folder: Path, layout: str = "safetensors") -> Bleurt:
    """Write a BLEURT-20 with its tokenizer; return the modules."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Bleurt(write_tokenizer(folder, ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")), narrow=20)
    config = {
        "architectures": ["BleurtForSequenceClassification"],
        "model_type": "bleurt",
        "embedding_size": 20,
        "hidden_act": "gelu",
        "hidden_size": HIDDEN,
        "layer_norm_eps": 1e-12,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save(folder, random_state(made), layout)
    return made
