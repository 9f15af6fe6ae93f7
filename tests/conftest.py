"""Fixtures for all tests: where texts lie, the bundled encoder, and a model small enough to be made in a blink."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from scorer import assets, e5, encoders

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser):
    parser.addoption("--golden-update", action="store_true", help="rewrite tests/golden/*/expected.json")


@pytest.fixture(scope="session")
def seeds() -> Path:
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of human judgments, which is not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("there are no human judgments in ../shared/data")
    return folder


@pytest.fixture(scope="session")
def encoder() -> encoders.E5Encoder:
    """The bundled encoder, which remembers nothing."""
    bundled = encoders.load().encoder
    assert isinstance(bundled, encoders.E5Encoder)
    return bundled


TINY = {"hidden": 16, "layers": 3, "heads": 2, "ffn": 32, "vocab": 0, "positions": 24, "types": 2}


@pytest.fixture(scope="session")
def tiny() -> e5.Unpacked:
    """A model of the bundled one's form, with three layers of random weights, and letters for tokens."""
    letters = [(letter, -3.0) for letter in "▁abcdefghijklmnopqrstuvwxyz:.ß中文"]
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), *letters]
    sizes = TINY | {"vocab": len(vocabulary) + 1}  # `<mask>` is added behind
    random = np.random.default_rng(0)

    def weights(*shape: int) -> np.ndarray:
        return random.normal(0, 0.3, int(np.prod(shape))).astype(np.float32)

    hidden, ffn = sizes["hidden"], sizes["ffn"]
    packed = {
        "emb.word": weights(sizes["vocab"], hidden),
        "emb.pos": weights(sizes["positions"], hidden),
        "emb.type": weights(sizes["types"], hidden),
        "emb.ln.w": 1 + weights(hidden),
        "emb.ln.b": weights(hidden),
    }
    shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
    shapes |= {"fi": (ffn, hidden), "fo": (hidden, ffn)}
    for layer in range(sizes["layers"]):
        for name, (n_out, n_in) in shapes.items():
            packed |= {f"l{layer}.{name}.w": weights(n_out, n_in), f"l{layer}.{name}.b": weights(n_out)}
        for name in ("aln", "oln"):
            packed |= {f"l{layer}.{name}.w": 1 + weights(hidden), f"l{layer}.{name}.b": weights(hidden)}
    tokenizer = e5._tokenizer(vocabulary, bos="<s>", eos="</s>", ids=(0, 2), unknown=3)
    return e5.Unpacked(e5._config(sizes, pad=1), e5._rename(sizes, packed), tokenizer)


@pytest.fixture
def models(tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of `models/` that a test may change, through `seal`."""
    folder = tmp_path / "models"
    shutil.copytree(assets.models_folder(), folder)
    monkeypatch.setenv("SCORER_MODELS", str(folder))
    assets.read.cache_clear()
    yield folder
    assets.read.cache_clear()


@pytest.fixture
def seal(models) -> Callable[[str, bytes], None]:
    """Write a file of the models folder and bring its manifest up to date."""

    def write(name: str, content: bytes) -> None:
        (models / name).write_bytes(content)
        manifest = json.loads((models / "MANIFEST.json").read_text(encoding="utf-8"))
        manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        (models / "MANIFEST.json").write_text(json.dumps(manifest), encoding="utf-8")
        assets.read.cache_clear()

    return write


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER: list[str] = []


def pytest_terminal_summary(terminalreporter):
    for reason in dict.fromkeys(NO_BROWSER):
        terminalreporter.write_line(f"NOT TESTED IN A BROWSER: {reason}", red=True, bold=True)


def skip_browser(reason: str) -> None:
    NO_BROWSER.append(reason)
    pytest.skip_browser(reason)


@pytest.fixture(scope="session")
def chromium():
    """A browser; tests that need one are skipped, and that is told, where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        skip_browser("playwright is not installed: pip install -e '.[dev]'")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        skip_browser(f"no Chromium among {', '.join(BROWSERS)}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
