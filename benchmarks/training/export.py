"""Write a run's averaged weights to models/learned/network.safetensors, in half precision, with its input's scales.

python -m benchmarks.training.export --states FOLDER --run FOLDER --whole FOLDER [--out FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from benchmarks.training.batches import Library
from benchmarks.training.states import States

ROOT = Path(__file__).parent.parent.parent


def export(states: Path, weights: Path, whole: Path, out: Path) -> None:
    """Write the shipped file; layer norms and scales stay in single precision."""
    library = Library(States(states))
    loaded = load_file(str(weights)) | {f"whole.{name}": tensor for name, tensor in load_file(str(whole)).items()}
    tensors = {
        name: tensor.half() if name.endswith("weight") and tensor.ndim == 2 else tensor.float()
        for name, tensor in loaded.items()
    }
    scale = library.states
    tensors |= {
        "scale.words.mean": library.word_mean,
        "scale.words.std": library.word_std,
        "scale.early.mean": torch.from_numpy(scale.mean[0]),
        "scale.early.std": torch.from_numpy(scale.std[0]),
        "scale.late.mean": torch.from_numpy(scale.mean[1]),
        "scale.late.std": torch.from_numpy(scale.std[1]),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in sorted(tensors.items())}, str(out))
    print(f"{out}: {out.stat().st_size / 2**20:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--whole", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "learned" / "network.safetensors")
    given = parser.parse_args()
    export(given.states, given.run / "average.safetensors", given.whole / "whole.safetensors", given.out)


if __name__ == "__main__":
    main()
