"""A pair of files to segments, and what a gate must refuse: an empty, doubled or untranslated text proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scorer import languages, pairing
from scorer.errors import VacuousInput
from scorer.gate.files import FilePair
from scorer.languages import parse_pair
from scorer.pairing import Paired, Remember, forgetful
from scorer.plan import Settings
from scorer.printable import printable
from scorer.texts import Document, document
from scorer.types import Languages, Role, Segment

# A detector's confidence from which a translation counts as untranslated.
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Ready:
    """A pair of files, read and paired.

    Attributes:
        files: Which.
        role: What the first file is: "source", or "reference" where there is no source.
        languages: Of source and hypothesis.
        segments: In the order of the first file.
        paired: Their places in the files.
        notes: What a reader must know of the files.
    """

    files: FilePair
    role: Role
    languages: Languages
    segments: tuple[Segment, ...]
    paired: Paired
    notes: tuple[str, ...]


def read(files: FilePair, settings: Settings, remember: Remember = forgetful) -> Ready:
    """Return a pair's segments.

    Args:
        files: Which.
        settings: `languages` where the files do not say theirs, `role`, and how to align.
        remember: Where alignments of earlier runs are.

    Raises:
        VacuousInput: There is nothing, or nothing true, to judge; the message says why.
        ScorerError: A file cannot be used.
    """
    first = files.source or files.references[0]
    others = files.references if files.source else files.references[1:]
    _refuse_same_file(first, files, others)
    texts = [document(path, str(path)) for path in (first, files.hypothesis, *others)]
    _refuse_blank(texts)
    _refuse_copies(texts, is_source=files.source is not None)
    spoken, role = _languages(texts, files, settings)
    paired = pairing.pair(texts, spoken, role, settings, remember)
    segments = tuple(pairing.segments(paired, role, spoken))
    if not segments:
        raise VacuousInput(f"{texts[1].name} has no segments: there is nothing to judge")
    notes = [f"{text.name}: {note}" for text in texts for note in text.notes]
    return Ready(files, role, spoken, segments, paired, tuple(notes))


def read_before(files: FilePair, ready: Ready, settings: Settings, remember: Remember = forgetful) -> list[Segment]:
    """Return the segments of a pair's earlier state, paired as the present one is; none where a text was blank.

    Args:
        files: Where the files can be read as they were.
        ready: The same pair as it is.
        settings: How to align.
        remember: Where alignments of earlier runs are.
    """
    first, *others = (*([files.source] if files.source else []), *files.references)
    texts = [document(path, str(path)) for path in (first, files.hypothesis, *others)]
    if any(not text.text.strip() for text in texts[:2]):
        return []
    paired = pairing.pair(texts, ready.languages, ready.role, settings, remember)
    return pairing.segments(paired, ready.role, ready.languages)


def _refuse_same_file(first: Path, files: FilePair, others: Sequence[Path]) -> None:
    for path in (first, *others):
        if path.resolve() == files.hypothesis.resolve():
            what = "source" if path == files.source else "reference"
            raise VacuousInput(f"{printable(str(path))} is named as the {what} and as its translation: one file twice")


def _refuse_blank(texts: Sequence[Document]) -> None:
    for text in texts:
        if not text.text.strip():
            what = "is empty" if not text.n_lines else "has no text: all of it is blank"
            raise VacuousInput(f"{text.name} {what}, so there is nothing to judge")


def _refuse_copies(texts: Sequence[Document], *, is_source: bool) -> None:
    first, hypothesis, *others = texts
    if _alike(first, hypothesis):
        what = "its source: a source passed as its translation" if is_source else "its reference"
        raise VacuousInput(f"{hypothesis.name} has the same text as {first.name}, {what}")
    for text in others:
        if _alike(text, hypothesis):
            raise VacuousInput(f"{hypothesis.name} has the same text as {text.name}, its reference")


def _alike(a: Document, b: Document) -> bool:
    return a.text.split() == b.text.split()


def _languages(texts: Sequence[Document], files: FilePair, settings: Settings) -> tuple[Languages, Role]:
    """Return the languages, given or detected, and the role that the policy's files say.

    Raises:
        VacuousInput: The translation is in the language of its source.
        UsageError: A language was needed and could not be told.
    """
    role: Role = "source" if files.source is not None else "reference"
    if settings.role == "reference":
        role = "reference"
    given = parse_pair(files.languages) if files.languages else settings.languages or Languages()
    seen = [languages.detect(text.text) for text in texts[:2]]
    if role == "reference":
        spoken = given.hypothesis or seen[1].language or seen[0].language
        return Languages(spoken, spoken), role
    pair = Languages(given.source or seen[0].language, given.hypothesis or seen[1].language)
    own = seen[1]
    if (
        languages.same_language(own.language, pair.source)
        and own.confidence >= _SURE
        and not languages.confusable(given.hypothesis, pair.source)  # Danish may look like Norwegian
    ):
        raise VacuousInput(
            f"{texts[1].name} is in {own.language}, the language of its source {texts[0].name}: a source passed as "
            "its translation? Name the languages with -l, or judge two renderings with --role reference"
        )
    return pair, role
