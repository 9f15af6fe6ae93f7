"""Texts to paired segments: what was given, what A is of B, and which of their parts render each other.

Texts are paired by key where both are key-value files, else by line, or aligned by what their sentences say.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from scorer import align, documents, encoders, languages
from scorer.encoders import BUNDLED
from scorer.errors import PairingError, UsageError
from scorer.lexical import LexicalEncoder
from scorer.plan import Settings
from scorer.report import Alignment, Pair
from scorer.texts import Document
from scorer.types import Absent, Bead, Languages, Role, Segment

# From here on a detector's word is taken even for languages as near as Spanish and Portuguese.
SURE = 0.95


def roles(a: Document, b: Document, settings: Settings) -> tuple[Languages, Role, str]:
    """Return the languages of A and B, what A is, and how that was found.

    Raises:
        UsageError: A language was needed and could not be told.
    """
    if settings.languages is not None:
        pair, how = settings.languages, "the languages were given"
    else:
        found = [languages.detect(text.text) for text in (a, b)]
        pair = Languages(found[0].language, found[1].language)
        sure = min(each.confidence for each in found) >= SURE
        how = "the languages were detected"
    if settings.role != "auto":
        if settings.role != "source" and pair.source != pair.hypothesis:
            known = settings.languages.hypothesis if settings.languages else pair.hypothesis or pair.source
            pair = Languages(known, known)  # one language, whatever the detector made of two short texts
        return pair, settings.role, f"--role {settings.role}"
    for text, language in ((a, pair.source), (b, pair.hypothesis)):
        if language is None:
            raise UsageError(
                f"cannot tell the language of {text.name}: too little text, or too mixed; name both with -l, "
                "as in -l de-en, or say what A is with --role"
            )
    if languages.same_language(pair.source, pair.hypothesis):
        return pair, "peers", f"both are in {pair.source}, so neither is the reference; {how}"
    if settings.languages is None and languages.confusable(pair.source, pair.hypothesis) and not sure:
        reason = (
            f"{pair.source} and {pair.hypothesis} are too near to tell apart, so they count as one; name them with -l"
        )
        return Languages(pair.hypothesis, pair.hypothesis), "peers", reason
    return pair, "source", f"A is in {pair.source} and B in {pair.hypothesis}, so A is the source; {how}"


@dataclass(frozen=True)
class Paired:
    """Documents cut into units, and how A's and B's pair.

    Attributes:
        documents: A, B, and the references.
        units: The units of each: sentences, lines or values.
        places: Where each unit is, for people: `de.json:12`.
        starts: Where each unit begins: in `Document.raw` of a key-value file, else in `Document.text`.
        beads: Which units of A and of B render each other; a segment each.
        alignment: The same, for the report.
        references: For each reference, which of its units render which of A's.
        joints: What stands between units of A, and of B, that are joined to one text: a space, or nothing.
        keys: The keys of A's units and of B's, where they are paired by key.
    """

    documents: tuple[Document, ...]
    units: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, ...], ...]
    starts: tuple[tuple[int, ...], ...]
    beads: tuple[Bead, ...]
    alignment: Alignment
    references: tuple[tuple[Bead, ...], ...]
    joints: tuple[str, str]
    keys: tuple[tuple[str, ...], tuple[str, ...]] | None = None


# Takes a name that says all that a result depends on and what makes it, and returns it, made now or earlier.
Remember = Callable[[str, Callable[[], str]], str]


def forgetful(_name: str, make: Callable[[], str]) -> str:
    """Return what `make` makes; nothing is remembered."""
    return make()


def pair(
    texts: Sequence[Document], spoken: Languages, role: Role, settings: Settings, remember: Remember = forgetful
) -> Paired:
    """Return how texts pair: by key if they are key-value files, else as `settings.align` says.

    Args:
        texts: A, B, and the references.
        spoken: The languages of A, and of B and the references.
        role: What A is.
        settings: `align`, and what encodes.
        remember: Where alignments of earlier runs are: they need the encoder, which takes seconds to load.

    Raises:
        PairingError: They cannot be paired by line as asked.
        UsageError: Only some are key-value files, or key-value files are to be paired by line.
    """
    joints = (joint(spoken.source), joint(spoken.hypothesis))
    if _are_keyed(texts):
        return _keyed_pair(texts, joints, role, settings, remember)
    each = [spoken.source, *[spoken.hypothesis] * (len(texts) - 1)]
    by_line = [tuple(text.lines) for text in texts]
    cut = [documents.cut(text.text, language) for text, language in zip(texts, each, strict=True)]
    reason = "--align document"
    if settings.align == "auto" and _hold_sentences(by_line[0], cut[0]) and _hold_sentences(by_line[1], cut[1]):
        reason = "lines hold several sentences each, so sentences are paired"
    elif settings.align != "document":
        names = (texts[0].name, texts[1].name)
        chosen = _aligner(role, settings, remember)(by_line[0], by_line[1], settings.align, names)
        if chosen.method == "lines":
            return _by_lines(texts, by_line, chosen, joints)
        reason = chosen.reason
    units = [
        [_Unit(unit.text, unit.start, f"{text.name}:{unit.line}") for unit in found]
        for text, found in zip(texts, cut, strict=True)
    ]
    return _by_meaning(texts, units, reason, joints, role, settings, remember)


def joint(language: str | None) -> str:
    """Return what stands between two sentences of a language: a space, or nothing."""
    return "" if language in ("zh", "ja", "th", "lo", "km", "my") else " "


def _aligner(role: Role, settings: Settings, remember: Remember) -> Callable[..., align.Alignment]:
    """Return what aligns two lists of texts, or knows how they were aligned before."""
    options = {"same_language": role != "source", "lexical": settings.preset == "fast"}
    # Of another encoder the name does not say which weights it has.
    memory = remember if settings.preset == "fast" or settings.encoder == BUNDLED else forgetful

    def aligned(
        a: Sequence[str], b: Sequence[str], mode: align.Mode, names: tuple[str, str] = ("source", "hypothesis")
    ) -> align.Alignment:
        def make() -> str:
            return align.dump(align.choose(a, b, _encode(settings), mode, names=names, **options))

        told = json.dumps([a, b, mode, names, options], sort_keys=True)
        return align.load(memory(f"align {hashlib.sha256(told.encode()).hexdigest()}", make))

    return aligned


@dataclass(frozen=True, slots=True)
class _Unit:
    """A part of a document that is paired whole."""

    text: str
    start: int
    place: str


def _paired(
    texts: Sequence[Document],
    units: Sequence[Sequence[_Unit]],
    beads: Sequence[Bead],
    references: Iterable[tuple[Bead, ...]],
    method: tuple[align.Method | Literal["keys"], str],
    joints: tuple[str, str],
) -> Paired:
    return Paired(
        documents=tuple(texts),
        units=tuple(tuple(unit.text for unit in side) for side in units),
        places=tuple(tuple(unit.place for unit in side) for side in units),
        starts=tuple(tuple(unit.start for unit in side) for side in units),
        beads=tuple(beads),
        alignment=Alignment(*method, tuple(Pair(bead.a, bead.b) for bead in beads)),
        references=tuple(references),
        joints=joints,
    )


def _by_meaning(
    texts: Sequence[Document],
    units: Sequence[Sequence[_Unit]],
    reason: str,
    joints: tuple[str, str],
    role: Role,
    settings: Settings,
    remember: Remember,
) -> Paired:
    """Return units aligned by what they say."""
    aligned = _aligner(role, settings, remember)
    said = [[unit.text for unit in side] for side in units]
    found = [aligned(said[0], other, "document").beads for other in said[1:]]
    references = tuple(found[1:])
    return _paired(texts, units, _joined(found[0], references), references, ("document", reason), joints)


def _joined(beads: Sequence[Bead], references: Sequence[Sequence[Bead]]) -> tuple[Bead, ...]:
    """Return the beads, neighbours made one where a reference renders them in one unit, which cannot be divided.

    Omissions and additions stay on their own.
    """
    home = {i: position for position, bead in enumerate(beads) for i in bead.a}
    last = list(range(len(beads)))
    for bead in (bead for reference in references for bead in reference if len(bead.a) > 1):
        first, end = home[bead.a[0]], home[bead.a[-1]]
        if all(each.a and each.b for each in beads[first : end + 1]):
            last[first] = max(last[first], end)
    joined: list[Bead] = []
    reach = -1
    for position, bead in enumerate(beads):
        before = joined.pop() if position <= reach else Bead((), ())
        joined.append(Bead(before.a + bead.a, before.b + bead.b))
        reach = max(reach, last[position])
    return tuple(joined)


# Sentences a line from which a line is a paragraph, and a segment had better be less.
_PARAGRAPH = 1.5


def _hold_sentences(lines: Sequence[str], units: Sequence[documents.Unit]) -> bool:
    filled = sum(bool(line.strip()) for line in lines)
    return filled > 0 and len(units) / filled >= _PARAGRAPH


def _by_lines(
    texts: Sequence[Document], by_line: Sequence[tuple[str, ...]], chosen: align.Alignment, joints: tuple[str, str]
) -> Paired:
    """Return line i with line i; lines that are blank in A and B are left out."""
    for text, lines in zip(texts[2:], by_line[2:], strict=True):
        if len(lines) != len(by_line[0]):
            raise PairingError(uneven(texts[0].name, by_line[0], text.name, lines))
    units = [
        [
            _Unit(line, start, f"{text.name}:{i}")
            for i, (line, start) in enumerate(zip(lines, _line_starts(lines), strict=True), 1)
        ]
        for text, lines in zip(texts, by_line, strict=True)
    ]
    kept = [i for i in range(len(by_line[0])) if by_line[0][i].strip() or by_line[1][i].strip()]
    beads = tuple(Bead((i,), (i,)) for i in kept)
    return _paired(texts, units, beads, (beads,) * (len(texts) - 2), ("lines", chosen.reason), joints)


def _line_starts(lines: Sequence[str]) -> list[int]:
    return list(itertools.accumulate((len(line) + 1 for line in lines[:-1]), initial=0))[: len(lines)]


def _are_keyed(texts: Sequence[Document]) -> bool:
    """Return whether all texts are key-value files.

    Raises:
        UsageError: Only some are.
    """
    keyed = [text.name for text in texts if text.keys is not None]
    plain = [text.name for text in texts if text.keys is None]
    if keyed and plain:
        raise UsageError(
            f"{keyed[0]} holds texts by key and {plain[0]} does not; give key-value files throughout, or none"
        )
    return bool(keyed)


def _keyed_pair(
    texts: Sequence[Document], joints: tuple[str, str], role: Role, settings: Settings, remember: Remember
) -> Paired:
    """Return values paired by key, or whole values aligned by what they say where that is asked for."""
    if settings.align == "lines":
        raise UsageError(
            f"{texts[0].name} and {texts[1].name} hold texts by key, not by line; without --align lines they are paired"
        )
    units = [
        [
            _Unit(value, start, f"{text.name}:{line}")
            for value, start, line in zip(text.values, text.offsets, text.rows, strict=True)
        ]
        for text in texts
    ]
    if settings.align == "document":
        filled = [[unit for unit in side if unit.text.strip()] for side in units]
        return _by_meaning(texts, filled, "--align document: whole values are paired", joints, role, settings, remember)
    return _by_keys(texts, units, joints)


def _by_keys(texts: Sequence[Document], units: Sequence[Sequence[_Unit]], joints: tuple[str, str]) -> Paired:
    """Return values with the value of the same key: A's keys in order, then those that only B has.

    Values that are blank or missing in A and B both are left out.
    """
    keys = _shared_keys([text.keys or () for text in texts])
    a, *others = [{key: i for i, key in enumerate(each)} for each in keys]
    beads = [Bead((i,), (others[0][key],) if key in others[0] else ()) for key, i in a.items()]
    beads += [Bead((), (i,)) for key, i in others[0].items() if key not in a]
    kept = [
        bead
        for bead in beads
        if any(units[0][i].text.strip() for i in bead.a) or any(units[1][i].text.strip() for i in bead.b)
    ]
    references = [tuple(Bead((i,), (other[key],)) for key, i in a.items() if key in other) for other in others[1:]]
    reason = f"{texts[0].name} and {texts[1].name} hold texts by key: {_told(a.keys(), others[0].keys(), texts)}"
    paired = _paired(texts, units, kept, references, ("keys", reason), joints)
    return dataclasses.replace(paired, keys=(keys[0], keys[1]))


def _shared_keys(keys: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return each file's keys, without the language around all of them where each file has its own.

    Rails writes `en: {home: {title: ...}}` in one file, and `de: {home: {title: ...}}` in the other.
    """
    roots = [_language_around(each) for each in keys]
    if len(set(roots)) == 1 or not all(roots):
        return list(keys)
    return [tuple(key[len(root) + 1 :] for key in each) for each, root in zip(keys, roots, strict=True)]


def _language_around(keys: Sequence[str]) -> str:
    """Return the language tag that all keys begin with, as a part of their own; "" if there is none."""
    root, dot, _ = keys[0].partition(".") if keys else ("", "", "")
    if not dot or not all(key.startswith(root + dot) for key in keys):
        return ""
    try:
        return root if languages.parse_language(root) else ""
    except UsageError:
        return ""


def _told(a: Set[str], b: Set[str], texts: Sequence[Document]) -> str:
    shared, missing, extra = len(a & b), len(a - b), len(b - a)
    parts = [f"{shared} {'key is' if shared == 1 else 'keys are'} in both"]
    if missing:
        parts.append(f"{missing} missing in {texts[1].name}")
    if extra:
        parts.append(f"{extra} only in {texts[1].name}")
    return ", ".join(parts)


def uneven(a: str, a_lines: Sequence[str], b: str, b_lines: Sequence[str]) -> str:
    """Return the message for files that cannot be paired by line."""
    first = min(len(a_lines), len(b_lines)) + 1
    return f"{a} has {len(a_lines)} lines, {b} has {len(b_lines)}; first unpaired line: {first}"


def _encode(settings: Settings) -> Callable[[Sequence[str]], encoders.Vectors]:
    if settings.preset == "fast":
        return LexicalEncoder().sentences
    encoder = encoders.load(settings.encoder)
    return lambda texts: encoders.sentences(encoder, texts)


def segments(paired: Paired, role: Role, spoken: Languages) -> list[Segment]:
    """Return a segment for each bead, in order; its texts are the bead's units joined."""
    between = paired.joints
    by_a = [
        _texts_by_a(beads, units, between[1]) for beads, units in zip(paired.references, paired.units[2:], strict=True)
    ]
    found = []
    for index, bead in enumerate(paired.beads):
        a = between[0].join(paired.units[0][i] for i in bead.a)
        b = between[1].join(paired.units[1][i] for i in bead.b)
        others = written(between[1].join(filter(None, (texts.get(i, "") for i in bead.a))) for texts in by_a)
        place = paired.places[1][bead.b[0]] if bead.b else paired.places[0][bead.a[0]]
        source, references = (a, others) if role == "source" else (None, (a, *others))
        key, absent = _key(paired, bead)
        found.append(Segment(index, source, b, references, spoken, place=place, key=key, absent=absent))
    return found


def _key(paired: Paired, bead: Bead) -> tuple[str, Absent]:
    """Return the key that a bead is paired by, and which side lacks it."""
    if paired.keys is None:
        return "", ""
    key = paired.keys[0][bead.a[0]] if bead.a else paired.keys[1][bead.b[0]]
    return key, "hypothesis" if not bead.b else "" if bead.a else "source"


def written(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the references of a segment that are not blank: a reference without a line for it says nothing of it."""
    return tuple(text for text in texts if text.strip())


def _texts_by_a(beads: Sequence[Bead], units: Sequence[str], space: str) -> dict[int, str]:
    """Return a reference's text for each unit of A; several of A's units in one bead leave it with the first."""
    return {bead.a[0]: space.join(units[i] for i in bead.b) for bead in beads if bead.a}


def remarks(texts: Sequence[Document], spoken: Sequence[str | None]) -> tuple[str, ...]:
    """Return notes on texts that are the same, or look like another language than the one they are taken for."""
    notes = [
        f"{a.name} and {b.name} are the same text"
        for a, b in itertools.combinations(texts, 2)
        if a.text.strip() == b.text.strip()
    ]
    for text, language in zip(texts, spoken, strict=True):
        seen = languages.detect(text.text).language
        if seen is not None and language is not None and not languages.confusable(seen, language):
            notes.append(f"{text.name} looks like {seen}, not {language}")
    return tuple(notes)
