"""Document pairs with a known alignment, made from human-judged segments by deleting, merging, splitting and inserting.

A segment undergoes one thing at most, so every true bead is one of the six kinds an aligner knows. Two merges that
overlap, (1 2)(3) against (1)(2 3), make a true 2-2 bead.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scorer.types import Bead

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»’')]*\s+(?=\S)|(?<=[。！？])[”’」]?(?=\S)")
CLAUSE_END = re.compile(r"(?<=[,;:–—])\s+(?=\S)|(?<=[，；：])(?=\S)")
SHARES = {"delete": 0.10, "merge": 0.10, "split": 0.10, "insert": 0.05}
LANGUAGES_WITHOUT_SPACES = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text in two languages, a segment a row."""

    name: str
    pair: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Two lists of units and the beads that an aligner should find."""

    name: str
    pair: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    truth: tuple[Bead, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of text and the original segments it renders; none for a foreign one."""

    text: str
    segments: tuple[int, ...]


def read_texts(path: Path, pair: str, domains: Sequence[str], other: str, *, least: int = 40) -> list[Text]:
    """Return texts of at least `least` segments: whole documents, joined in order within a domain.

    Args:
        path: A parquet file with one row per rated translation.
        pair: Language pair, `en-de`.
        domains: The domains to take.
        other: What the two sides are: `reference`, the source and its reference; `system`, the source and the first
            MT system by name; `peers`, the reference and that system, both in one language.
        least: Fewest segments of a text.
    """
    rows = pd.read_parquet(path)
    rows = rows[(rows.lang_pair == pair) & rows.domain.isin(domains) & rows.reference.notna()]
    if other != "reference":
        rows = rows[~rows.is_human & (rows.system == min(rows[~rows.is_human].system))]
        first = rows.reference if other == "peers" else rows.source
        pair = pair.split("-")[1] + "-" + pair.split("-")[1] if other == "peers" else pair
        rows = rows.assign(source=first, reference=rows.hypothesis)
    rows = rows.drop_duplicates(["domain", "doc_id", "seg_id"])
    rows = rows.assign(order=rows.seg_id.astype(str).str.extract(r"(\d+)$")[0].astype(int))
    texts = []
    for domain, members in rows.groupby("domain"):
        left: list[str] = []
        right: list[str] = []
        for _, rated in members.groupby("doc_id"):
            document = rated.sort_values("order")
            left += document.source.str.strip().tolist()
            right += document.reference.str.strip().tolist()
            if len(left) >= least:
                texts.append(Text(f"{path.stem}/{domain}/{len(texts)}", pair, tuple(left), tuple(right)))
                left, right = [], []
    return texts


def make_puzzle(text: Text, foreign: Sequence[Text], rng: random.Random) -> Puzzle:
    """Return `text` with both sides edited at random, and its true beads, none larger than 2-2."""
    while True:
        puzzle = scramble(text, foreign, rng)
        if all(len(bead.a) <= 2 and len(bead.b) <= 2 for bead in puzzle.truth):
            return puzzle


def scramble(text: Text, foreign: Sequence[Text], rng: random.Random) -> Puzzle:
    """Return `text` with both sides edited at random; merges may chain to beads of any size."""
    languages = text.pair.split("-")
    strangers = [other for other in foreign if other.name != text.name]
    sides = []
    for number, segments in enumerate((text.left, text.right)):
        glue = "" if languages[number] in LANGUAGES_WITHOUT_SPACES else " "
        sides.append([Unit(segment, (index,)) for index, segment in enumerate(segments)])
        sides[number] = merge(sides[number], glue, rng)
    touched = {s for side in sides for unit in side if len(unit.segments) > 1 for s in unit.segments}
    for number in (0, 1):
        sides[number], touched = split(sides[number], touched, rng)
    for number in (0, 1):
        sides[number], touched = delete(sides[number], touched, rng)
    for number in (0, 1):
        pool = [segment for other in strangers for segment in (other.left, other.right)[number]]
        sides[number] = insert(sides[number], pool, touched, rng)
    left, right = sides
    return Puzzle(
        text.name, text.pair, tuple(unit.text for unit in left), tuple(unit.text for unit in right), beads(left, right)
    )


def merge(units: Sequence[Unit], glue: str, rng: random.Random) -> list[Unit]:
    """Return the units with a tenth of the places between neighbours closed, never two in a row."""
    merged: list[Unit] = []
    for unit in units:
        if merged and len(merged[-1].segments) == 1 and rng.random() < SHARES["merge"]:
            merged[-1] = Unit(merged[-1].text + glue + unit.text, merged[-1].segments + unit.segments)
        else:
            merged.append(unit)
    return merged


def split(units: Sequence[Unit], touched: set[int], rng: random.Random) -> tuple[list[Unit], set[int]]:
    """Return the units with a tenth of them cut in two, at a sentence's end if possible, and the segments touched."""
    result: list[Unit] = []
    touched = set(touched)
    for unit in units:
        halves = halve(unit.text, rng) if not touched & set(unit.segments) and rng.random() < SHARES["split"] else None
        result += [Unit(half, unit.segments) for half in halves] if halves else [unit]
        touched |= set(unit.segments) if halves else set()
    return result, touched


def halve(text: str, rng: random.Random) -> tuple[str, str] | None:
    """Return the two parts of a text cut at a sentence's or else a clause's end; neither under a fifth of it."""
    for boundary in (SENTENCE_END, CLAUSE_END):
        places = [match.end() for match in boundary.finditer(text)]
        places = [place for place in places if 0.2 <= place / len(text) <= 0.8]
        if places:
            place = rng.choice(places)
            return text[:place].strip(), text[place:].strip()
    return None


def delete(units: Sequence[Unit], touched: set[int], rng: random.Random) -> tuple[list[Unit], set[int]]:
    """Return the units without a tenth of those that nothing else has happened to, and the segments touched."""
    kept: list[Unit] = []
    touched = set(touched)
    for unit in units:
        if not touched & set(unit.segments) and rng.random() < SHARES["delete"]:
            touched |= set(unit.segments)
        else:
            kept.append(unit)
    return kept, touched


def insert(units: Sequence[Unit], pool: Sequence[str], touched: set[int], rng: random.Random) -> list[Unit]:
    """Return the units with segments of other texts put before some that nothing else has happened to.

    So no stranger stands between the two halves of one bead, which would then be none.
    """
    result: list[Unit] = []
    for unit in units:
        if not touched & set(unit.segments) and rng.random() < SHARES["insert"]:
            result.append(Unit(rng.choice(pool), ()))
        result.append(unit)
    return result


def beads(left: Sequence[Unit], right: Sequence[Unit]) -> tuple[Bead, ...]:
    """Return the groups of units that share segments, in order; a unit without a counterpart stands alone."""
    owners = defaultdict(list)
    for position, unit in enumerate(right):
        for segment in unit.segments:
            owners[segment].append(position)
    found: list[Bead] = []
    for position, unit in enumerate(left):
        linked = {owner for segment in unit.segments for owner in owners[segment]}
        if found and linked & set(found[-1].b):
            found[-1] = Bead((*found[-1].a, position), tuple(sorted(linked | set(found[-1].b))))
        else:
            found.append(Bead((position,), tuple(sorted(linked))))
    paired = {position for bead in found for position in bead.b}
    alone = [Bead((), (position,)) for position in range(len(right)) if position not in paired]
    return tuple(found + alone)
