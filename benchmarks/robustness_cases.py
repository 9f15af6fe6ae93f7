"""Sound translations that training has not seen, and the made cases of what learned metrics are known to fall for.

Sentences are DEMETR's kept-out ones (Karpinska et al. 2022; read into English, and from English), and pairs of human
references, or of a reference and the best system, in languages whose judgments training does not read: WMT21 en-ru,
WMT22 en-zh, and IndicMT-Eval.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from benchmarks.training.damage import damage
from benchmarks.training.split import kept_out

CODES = {"chinese_simple": "zh", "czech": "cs", "french": "fr", "german": "de", "hindi": "hi", "italian": "it",
         "japanese": "ja", "polish": "pl", "russian": "ru", "spanish": "es", "english": "en"}  # fmt: skip
FEWEST, MOST = 25, 400  # characters of an English sentence that is used: shorter ones have no half to lose
PERFECT = 0.95  # IndicMT-Eval's score of a translation that is taken for sound


@dataclass(frozen=True, slots=True)
class Sound:
    """A good translation; `elsewhere` is the same sentence in further languages."""

    languages: tuple[str, str]
    source: str
    hypothesis: str
    reference: str | None = None
    elsewhere: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A sound translation and what was made of it."""

    kind: str
    sound: Sound
    damaged: str


Maker = Callable[[Sound, random.Random, Sequence[Sound]], str | None]


def planted(kind: str) -> Maker:
    """Return the maker of one kind of `training/damage.py`; the other sentence is drawn from the same language."""

    def make(sound: Sound, rng: random.Random, others: Sequence[Sound]) -> str | None:
        other = rng.choice([each.hypothesis for each in others if each.source != sound.source] or [""])
        out = damage(sound.hypothesis, kind, rng, language=sound.languages[1], other=other)
        return out.text if out else None

    return make


def empty(sound: Sound, rng: random.Random, others: Sequence[Sound]) -> str | None:
    return ""


def source_copied(sound: Sound, rng: random.Random, others: Sequence[Sound]) -> str | None:
    return sound.source


def wrong_language(sound: Sound, rng: random.Random, others: Sequence[Sound]) -> str | None:
    """Return the same sentence in a third language."""
    texts = sorted(text for language, text in sound.elsewhere.items() if language not in sound.languages)
    return rng.choice(texts) if texts else None


# What is made, and the dimensions that have to fall with it.
MAKERS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "empty": (empty, ("adequacy",)),
    "source copied": (source_copied, ("adequacy",)),
    "wrong language": (wrong_language, ("adequacy",)),
    "unrelated sentence": (planted("unrelated"), ("adequacy",)),
    "repeated": (planted("repeated_words"), ("fluency",)),
    "truncated": (planted("truncated"), ("adequacy",)),
    "doubled": (planted("doubled"), ("adequacy", "fluency")),
    "half omitted": (planted("half_omitted"), ("adequacy",)),
    "sentence added": (planted("extra_sentence"), ("adequacy",)),
    "negation flipped": (planted("negation"), ("adequacy",)),
    "number changed": (planted("number_changed"), ("adequacy",)),
    "names swapped": (planted("name_swapped"), ("adequacy",)),
    "words shuffled": (planted("words_shuffled"), ("fluency",)),
    "gibberish": (planted("gibberish"), ("adequacy", "fluency")),
}
HARMLESS = "odd punctuation"


def cases(sounds: Sequence[Sound], n: int, seed: int) -> Iterator[Case]:
    """Yield up to `n` cases of each kind, and of odd punctuation, for sentences of one hypothesis language."""
    makers = {kind: maker for kind, (maker, _) in MAKERS.items()} | {HARMLESS: planted("punctuation_odd")}
    for kind, make in makers.items():
        rng = random.Random(f"{seed}:{kind}")
        made = 0
        for sound in rng.sample(sounds, len(sounds)):
            damaged = make(sound, rng, sounds) if made < n else None
            if damaged is not None and damaged != sound.hypothesis:
                made += 1
                yield Case(kind, sound, damaged)


# Sentences -----------------------------------------------------------------------------------------------------------


def sounds_of(folder: Path) -> dict[str, list[Sound]]:
    """Return the sound translations by the hypothesis' language."""
    elsewhere = same_sentences(folder)
    out: dict[str, list[Sound]] = defaultdict(list)
    for sound in (*from_demetr(folder, elsewhere), *with_references(folder, elsewhere)):
        english = sound.source if sound.languages[0] == "en" else sound.reference or ""
        if FEWEST <= len(english) <= MOST and "\n" not in sound.source + sound.hypothesis + (sound.reference or ""):
            out[sound.languages[1]].append(sound)
    return {language: out[language] for language in sorted(out)}


def demetr(folder: Path) -> pd.DataFrame:
    """Return the rows of DEMETR's kept-out sentences, without those that WMT21's judgments hold too."""
    rows = pd.read_parquet(folder / "demetr_contrastive.parquet")
    seen = set(pd.read_parquet(folder / "wmt21_mqm.parquet", columns=["source"]).source)
    return rows[[kept_out(row) and row.source not in seen for row in rows.itertuples()]]


def from_demetr(folder: Path, elsewhere: dict[str, dict[str, str]]) -> Iterator[Sound]:
    """Yield DEMETR's machine translations with source and reference, and the references with the foreign text."""
    for row in demetr(folder).drop_duplicates(["lang_pair", "item"]).itertuples():
        language = CODES[row.lang_pair.split("-")[0]]
        others = elsewhere.get(row.reference.strip(), {})
        yield Sound((language, "en"), row.source, row.good, row.reference, others)
        yield Sound(("en", language), row.reference, row.source, None, others)


def with_references(folder: Path, elsewhere: dict[str, dict[str, str]]) -> Iterator[Sound]:
    """Yield two human references of a source, or the best translation of it beside the reference."""
    for name, pair in (("wmt21_mqm", "en-ru"), ("wmt22_mqm_3raters", "en-zh")):
        rows = pd.read_parquet(folder / f"{name}.parquet", columns=["lang_pair", "source", "references"])
        for row in rows[rows.lang_pair == pair].drop_duplicates("source").itertuples():
            texts = [text for text in row.references if text and text.strip()]
            if len(texts) > 1 and texts[0] != texts[1]:
                yield Sound(("en", pair[-2:]), row.source, texts[1], texts[0], elsewhere.get(row.source.strip(), {}))
    rows = pd.read_parquet(folder / "indic_mqm.parquet")
    rows = rows[(rows.score >= PERFECT) & (rows.hypothesis != rows.reference)]
    for row in rows.drop_duplicates(["lang_pair", "source"]).itertuples():
        others = elsewhere.get(row.source.strip(), {})
        yield Sound(("en", row.lang_pair[-2:]), row.source, row.hypothesis, row.reference, others)


def same_sentences(folder: Path) -> dict[str, dict[str, str]]:
    """Return the human translations of English sentences, by sentence and language."""
    out: dict[str, dict[str, str]] = defaultdict(dict)
    for name in ("wmt21_mqm", "wmt22_mqm_3raters", "indic_mqm"):
        rows = pd.read_parquet(folder / f"{name}.parquet", columns=["lang_pair", "source", "reference"]).dropna()
        for pair, source, reference in rows.drop_duplicates(["lang_pair", "source"]).itertuples(index=False):
            if pair.startswith("en-"):
                out[source.strip()][pair[-2:]] = reference
    return out


def sample(sounds: Sequence[Sound], n: int, seed: int, *, needs_reference: bool) -> list[Sound]:
    """Return up to `n` sentences, those with the same sentence in a third language first: they are rarer."""
    fitting = [sound for sound in sounds if sound.reference or not needs_reference]
    drawn = random.Random(seed).sample(fitting, len(fitting))
    return sorted(drawn, key=lambda sound: not has_third(sound))[:n]


def has_third(sound: Sound) -> bool:
    """Return whether the sentence is at hand in a language that is neither its source's nor its own."""
    return bool(set(sound.elsewhere) - set(sound.languages))


def by_pair(items: Iterable[Case]) -> dict[tuple[str, str], list[Case]]:
    """Return cases by language pair, in order."""
    out: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for item in items:
        out[item.sound.languages].append(item)
    return dict(out)
