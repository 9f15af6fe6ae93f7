from __future__ import annotations

import pytest

from scorer.errors import ModelError
from scorer.hparams import parse_flat, read_settings

# As Unbabel/wmt22-cometkiwi-da has it, shortened.
KIWI = """activations: Tanh
class_identifier: unified_metric
dropout: 0.1
encoder_learning_rate: 1.0e-06
final_activation: null
hidden_sizes:
- 3072
- 1024
input_segments:
  - mt
  - 'src'
layer: mix
layer_norm: false
word_layer: 24
validation_data:
- data/wmt-ende-newstest2021.csv
# the end
"""


def test_parse_flat_reads_what_lightning_writes():
    assert parse_flat(KIWI) == {
        "activations": "Tanh",
        "class_identifier": "unified_metric",
        "dropout": 0.1,
        "encoder_learning_rate": 1e-06,
        "final_activation": None,
        "hidden_sizes": [3072, 1024],
        "input_segments": ["mt", "src"],
        "layer": "mix",
        "layer_norm": False,
        "word_layer": 24,
        "validation_data": ["data/wmt-ende-newstest2021.csv"],
    }


def test_parse_flat_tags_stay_text():
    assert parse_flat("a: !!python/object/apply:os.system ['x']\n") == {"a": "!!python/object/apply:os.system ['x']"}


@pytest.mark.parametrize("text", ["", "- a\n", "  nested: 1\n", "a" * 100_000, ": :\n" * 9, "a:\n" * 50_000])
def test_parse_flat_odd_text_is_no_error(text):
    assert isinstance(parse_flat(text), dict)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_read_settings_damaged_file_is_said(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"config\.json"):
        read_settings(tmp_path / "config.json")


def test_read_settings_missing_file_is_said(tmp_path):
    with pytest.raises(ModelError, match=r"has no hparams\.yaml"):
        read_settings(tmp_path / "hparams.yaml")
