"""What a worker is asked to do, as values that can be sent to another process, and what comes back.

Texts are held in memory all the way: nothing of a request is written to disk.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from scorer import languages
from scorer.errors import InputError
from scorer.formats.streams import Held
from scorer.plan import Settings
from scorer.printable import printable
from scorer.report import Report
from scorer.types import Languages, Segment

# What a report can be had as, with its media type.
FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "text": "text/plain; charset=utf-8",
}
ENDINGS: Mapping[str, str] = {"json": ".json", "html": ".html", "markdown": ".md", "text": ".txt"}

Text = Held | tuple[str, ...]


class Progress(Protocol):
    """Is told a stage, how much of it is done, and how much there is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note of it."""
        ...


class Work(Protocol):
    """Something that ends in a report."""

    def report(self, progress: Progress) -> Report:
        """Return the report; called in a worker.

        Raises:
            ScorerError: The texts cannot be used or do not fit together.
        """
        ...


@dataclass(frozen=True, slots=True)
class Compare:
    """Two documents, as for `scorer compare`."""

    a: Held = field(repr=False)
    b: Held = field(repr=False)
    references: tuple[Held, ...] = field(repr=False)
    settings: Settings

    def report(self, progress: Progress) -> Report:
        """Return the report."""
        from scorer import api

        return api.compare(self.a, self.b, references=self.references, settings=self.settings, progress=progress)


@dataclass(frozen=True, slots=True)
class Score:
    """Line-aligned texts, as for `scorer score -s -t -r`."""

    hypotheses: Mapping[str, Text] = field(repr=False)
    source: Text | None = field(repr=False)
    references: tuple[Text, ...] = field(repr=False)
    settings: Settings

    def report(self, progress: Progress) -> Report:
        """Return the report."""
        from scorer import systems

        return systems.score(
            self.hypotheses, source=self.source, references=self.references, settings=self.settings, progress=progress
        )


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """A table of rows, as for `scorer score --input`; given as a file, or as the rows themselves."""

    table: Held | tuple[dict[str, Any], ...] = field(repr=False)
    settings: Settings

    def report(self, progress: Progress) -> Report:
        """Return the report."""
        from scorer import formats, systems
        from scorer.formats import entries
        from scorer.report import Input

        chosen = self.settings
        if isinstance(self.table, Held):
            name = printable(str(self.table))
            with formats.rows(self.table) as stream:
                found = list(entries.segments(stream, chosen.languages or entries.UNKNOWN))
            opened = stream.opened
            digest, n_lines, notes = opened.sha256, opened.n_lines, tuple(opened.notes)
        else:
            rows = (formats.Row("rows", i, cells) for i, cells in enumerate(self.table, 1))
            name, digest, n_lines, notes = "rows", _digest(self.table), len(self.table), ()
            found = list(entries.segments(rows, chosen.languages or entries.UNKNOWN))
        if not found:
            raise InputError(f"{name}: there are no rows to score")
        peeked = systems.segments_of(found[: systems.PEEK])
        pair = chosen.languages or _detected(peeked)
        scored = systems.rate(found, pair, chosen, progress, total=len(found), sample=peeked)
        described = Input(name, digest, n_lines, len(found), pair.hypothesis, notes)
        return systems.summarise(scored, pair, [described], chosen, notes=notes)


def _digest(rows: tuple[dict[str, Any], ...]) -> str:
    """Return the sha256 of rows that came without a file: of each as a line of JSON."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row).encode("ascii") + b"\n")
    return digest.hexdigest()


def _detected(segments: Sequence[Segment]) -> Languages:
    """Return the languages of a table's first rows, the hypothesis' from the references where there are any."""
    sources = "\n".join(segment.source or "" for segment in segments)
    targets = "\n".join((segment.references or (segment.hypothesis,))[0] for segment in segments)
    return Languages(languages.detect(sources).language, languages.detect(targets).language)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A report in the formats that were asked for, packed with zlib.

    Attributes:
        verdict: The report in one sentence.
        packed: The report by name of its format.
    """

    verdict: str
    packed: Mapping[str, bytes] = field(repr=False)

    def content(self, name: str) -> bytes:
        """Return the report in a format, UTF-8."""
        return zlib.decompress(self.packed[name])

    @property
    def n_bytes(self) -> int:
        """Return how much memory it takes up."""
        return sum(map(len, self.packed.values()))


def rendered(report: Report, formats: tuple[str, ...]) -> Rendered:
    """Return a report in some formats."""
    from scorer import reporters

    packed = {}
    for name in formats:
        # Half a surrogate pair, which a text in JSON may hold, is no character and cannot be sent.
        text = reporters.registry.factory(name)(report)
        assert isinstance(text, str), f"{name} is no format of text"
        packed[name] = zlib.compress(text.encode("utf-8", "backslashreplace"), 1)
    return Rendered(report.verdict, packed)
