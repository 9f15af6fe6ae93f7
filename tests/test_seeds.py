"""The example texts keep what seeds/README.md promises: files, form, and quotes that can be found."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from scorer.types import SEVERITIES

SEEDS = Path(__file__).parents[1] / "seeds"
FOLDERS = sorted(path for path in SEEDS.iterdir() if path.is_dir())
TEXTS = sorted(SEEDS.glob("*/*.txt"))
QUALITIES = ("good", "clumsy", "wrong", "broken")
SURFACE = {
    "punctuation",
    "bracket",
    "quotes",
    "spacing",
    "doubled_word",
    "case",
    "encoding",
    "repetition",
    "truncation",
}
CONTENT = {"number", "date", "currency", "negation", "name", "placeholder", "omission", "addition", "length_ratio"}
LANGUAGE = {"untranslated", "wrong_language"}
UNCHECKED = {"wording", "mistranslation"}  # no single check covers these; metrics should
KINDS = SURFACE | CONTENT | LANGUAGE | UNCHECKED
LABEL_KEYS = {"translation", "check", "severity", "source", "hypothesis", "note"}


def read(path: Path) -> str:
    """Return a file's text with its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def labels(folder: Path) -> list[dict[str, Any]]:
    """Return a folder's known defects."""
    return [json.loads(line) for line in read(folder / "labels.jsonl").removesuffix("\n").split("\n")]


def name(path: Path) -> str:
    """Return a path's place under seeds/, to name a test."""
    return path.relative_to(SEEDS).as_posix()


every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=name)


def test_seeds_folders_hold_the_three_kinds() -> None:
    assert {folder.name for folder in FOLDERS} >= {"news", "product", "manual"}


@every_folder
def test_folder_has_sources_translations_card_and_labels(folder: Path) -> None:
    assert len(list(folder.glob("source.*.txt"))) >= 2
    for file in (*(f"{quality}.en.txt" for quality in QUALITIES), "CARD.md", "labels.jsonl"):
        assert (folder / file).is_file(), file
    assert all(
        re.fullmatch(rf"(source|{'|'.join(QUALITIES)})\.[a-z]{{2}}\.txt", path.name) for path in folder.glob("*.txt")
    )


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_text_form_is_one_paragraph_a_line(path: Path) -> None:
    text = read(path)
    assert text.endswith("\n")
    assert not text.startswith("\ufeff")
    assert not re.search(r"[\r\t\u2028\u2029\u0085]", text)
    assert unicodedata.is_normalized("NFC", text)
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) % 2 == 1
    assert all(line and line == line.strip() for line in lines[::2])
    assert not any(lines[1::2])


@every_folder
def test_sources_of_a_folder_have_equal_paragraph_counts(folder: Path) -> None:
    counts = {path.name: read(path).count("\n\n") + 1 for path in folder.glob("source.*.txt")}
    assert len(set(counts.values())) == 1, counts


@every_folder
def test_labels_use_known_words_only(folder: Path) -> None:
    for label in labels(folder):
        assert label.keys() == LABEL_KEYS
        assert label["check"] in KINDS, label
        assert label["severity"] in SEVERITIES, label
        assert label["note"], label


@every_folder
def test_labels_quotes_occur_exactly_once(folder: Path) -> None:
    for label in labels(folder):
        quotes = {f"source.{language}.txt": quote for language, quote in label["source"].items()}
        if label["hypothesis"]:
            quotes[label["translation"]] = label["hypothesis"]
        assert quotes, label
        for file, quote in quotes.items():
            assert quote, label
            assert read(folder / file).count(quote) == 1, (file, quote)


@every_folder
def test_labels_sides_fit_omission_and_addition(folder: Path) -> None:
    languages = {path.name.split(".")[1] for path in folder.glob("source.*.txt")}
    for label in labels(folder):
        assert (label["check"] == "omission") == (label["hypothesis"] == ""), label
        if label["check"] == "addition":
            assert label["source"] == {}, label
        if label["check"] == "omission":
            assert label["source"].keys() == languages, label


@every_folder
def test_labels_cover_every_flawed_translation_and_no_good_one(folder: Path) -> None:
    flawed = {path.name for path in folder.glob("*.txt") if path.name.split(".")[0] in ("clumsy", "wrong", "broken")}
    assert {label["translation"] for label in labels(folder)} == flawed


@every_folder
def test_labels_of_clumsy_translations_are_wording_only(folder: Path) -> None:
    assert {label["check"] for label in labels(folder) if label["translation"].startswith("clumsy")} == {"wording"}


@every_folder
def test_card_has_a_row_for_every_label(folder: Path) -> None:
    card = read(folder / "CARD.md")
    assert "Apache-2.0" in card
    for path in folder.glob("*.txt"):
        assert path.name in card
    rows = [line for line in card.split("\n") if re.match(r"\| \(?\d+\.\d+\)? \|", line)]
    named = sorted((label["check"], label["severity"], label["note"]) for label in labels(folder))
    assert sorted(tuple(row.strip("| ").split(" | ")[-3:]) for row in rows) == named


@pytest.mark.parametrize(("kind", "language"), [("news", "de"), ("product", "es"), ("manual", "de")])
def test_compare_seeds_come_out_in_their_order_of_quality(kind, language):
    from scorer import Settings, compare

    folder = SEEDS / kind
    found = {
        name: compare(folder / f"source.{language}.txt", folder / f"{name}.en.txt", settings=Settings(n_resamples=1))
        for name in ("good", "clumsy", "wrong", "broken")
    }
    adequacy = {name: report.dimensions["adequacy"].value for name, report in found.items()}
    fluency = {name: report.dimensions["fluency"].value for name, report in found.items()}
    assert min(adequacy["good"], adequacy["clumsy"]) > max(adequacy["wrong"], adequacy["broken"])
    assert min(fluency["good"], fluency["wrong"]) > fluency["clumsy"] > fluency["broken"]
