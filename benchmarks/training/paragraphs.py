"""Judged paragraphs: runs of consecutive segments of a document, joined, with what people took off all of them.

A rater's noise shrinks when segments are summed, and translations are often scored by paragraphs, of which the
collections have none.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.training import corpus
from benchmarks.training.corpus import HELD_OUT_DOMAINS, Group, Rated
from scorer.pairing import joint

MOST_SEGMENTS = 5
LONGEST = 1000  # characters; in a European language these are about 280 tokens
MOST_RATED = 6  # translations of a paragraph, drawn at random
KEPT = 1300  # of the 2,450 that there are; more of them would crowd out single segments


def training(data: Path) -> list[Group]:
    """Return paragraphs of the segments that training reads one by one; the same list for the same data."""
    found = paragraphs(data, "wmt20_mqm") + paragraphs(data, "wmt21_mqm")
    random.Random(1).shuffle(found)
    found += paragraphs(data, "wmt22_mqm", without=HELD_OUT_DOMAINS)
    random.Random(1).shuffle(found)
    return found[:KEPT]


def paragraphs(
    data: Path, name: str, languages: Sequence[str] = ("en-de", "zh-en"), *, without: Sequence[str] = (), seed: int = 1
) -> list[Group]:
    """Return the groups of an MQM collection's paragraphs of two to five segments; no segment is in two of them.

    Args:
        data: The folder of collections.
        name: Of the collection.
        languages: The pairs that are read.
        without: Domains that are left out.
        seed: Of the runs' lengths and of which translations are kept.
    """
    rng = random.Random(f"{seed}/{name}")
    frame = corpus.judged(data, name, languages)
    frame = frame[~frame.domain.isin(without)]
    frame = frame.assign(number=frame.seg_id.astype(int))
    groups = []
    for (pair, _), document in frame.groupby(["lang_pair", "doc_id"], sort=True):
        segments = {
            number: {row.system: row for row in rows.itertuples()} for number, rows in document.groupby("number")
        }
        for run in runs(segments, rng):
            group = joined([segments[number] for number in run], name, pair, rng)
            if group is not None:
                groups.append(group)
    return groups


def runs(segments: dict[int, dict[str, Any]], rng: random.Random) -> Iterator[list[int]]:
    """Yield runs of consecutive numbers, at least two, no longer than a paragraph may be."""
    longest = {
        number: max(max(len(row.hypothesis), len(row.source)) for row in rows.values())
        for number, rows in segments.items()
    }
    run: list[int] = []
    most = rng.randint(2, MOST_SEGMENTS)
    for number in sorted(segments):
        goes_on = run and number == run[-1] + 1 and len(run) < most
        if not goes_on or sum(longest[n] for n in run) + longest[number] > LONGEST:
            if len(run) > 1:
                yield run
            run, most = [], rng.randint(2, MOST_SEGMENTS)
        run.append(number)
    if len(run) > 1:
        yield run


def joined(segments: Sequence[dict[str, Any]], name: str, pair: str, rng: random.Random) -> Group | None:
    """Return the group of a run's segments, of the systems that translated all of them; `None` of fewer than two."""
    source, target = map(joint, pair.split("-"))
    systems = sorted(set.intersection(*(set(rows) for rows in segments)))
    if len(systems) < 2:
        return None
    kept = sorted(rng.sample(systems, min(MOST_RATED, len(systems))))
    rated = tuple(_joined([corpus.rated(rows[system]) for rows in segments], target) for system in kept)
    references = tuple(dict.fromkeys(reference for one in rated for reference in one.references or ()))
    text = source.join(rows[kept[0]].source for rows in segments)
    return Group("mqm", f"{name}/paragraphs", pair, text, references, rated)


def _joined(parts: Sequence[Rated], space: str) -> Rated:
    starts = [0, *itertools.accumulate(len(part.hypothesis) + len(space) for part in parts)]
    tags: tuple[corpus.Tag, ...] | None = None
    if all(part.tags is not None for part in parts):
        tags = tuple(
            (start + at, end + at, error, major)
            for part, at in zip(parts, starts, strict=False)
            for start, end, error, major in part.tags or ()
        )
    return Rated(
        space.join(part.hypothesis for part in parts),
        _sum(part.total for part in parts),
        _sum(part.accuracy for part in parts),
        _sum(part.fluency for part in parts),
        tags=tags,
        references=tuple(space.join(texts) for texts in zip(*(part.references or () for part in parts), strict=False)),
        system=parts[0].system,
        domain=parts[0].domain,
    )


def _sum(values: Iterator[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
