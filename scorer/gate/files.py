"""From the pairs that a policy names to the files that are there.

Plain names are taken as they are, and must exist. Of a pattern's matches, its own sources and references are left out,
told by their paths and not by their content: a translation that is a link to its source is judged, and fails.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scorer.errors import InputError, UsageError
from scorer.gate import folders, patterns
from scorer.gate.policy import PairSpec
from scorer.languages import parse_pair
from scorer.printable import printable
from scorer.registry import nearest
from scorer.types import Languages

Find = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class FilePair:
    r"""A translated file and what it is held against.

    Attributes:
        name: The translated file's path relative to the policy's folder, with forward slashes; bytes that are not
            UTF-8 stand as `\xNN`, so that any file can hold it.
        hypothesis: The translated file.
        source: Its source; `None` where there is none.
        references: Its references.
        languages: Of source and hypothesis, as in `en-de` or `?-de`; "" where nothing says them.
    """

    name: str
    hypothesis: Path
    source: Path | None
    references: tuple[Path, ...]
    languages: str = ""


def expand(spec: PairSpec, folder: Path) -> list[FilePair]:
    """Return the pairs of files that a policy's pair stands for, sorted by name.

    Args:
        spec: As the policy has it.
        folder: What its paths are relative to.

    Returns:
        None where a pattern matches no file but its own sources and references.

    Raises:
        InputError: A file that is named, or that follows from a match, is not there, or a folder cannot be read.
        UsageError: A pattern cannot be read, or a source needs what the hypothesis does not name.
    """
    refuse_unfillable(spec)
    spec = _from_folder(spec, folder)
    find = functools.cache(functools.partial(folders.found, folder=folder))
    if not patterns.is_pattern(spec.hypothesis):
        return [_pair(spec, folder, _references(spec.references, {}, find, but=spec.hypothesis))]
    pairs = []
    for path in find(spec.hypothesis):
        filled, values = _filled(spec, path)
        originals = _references(spec.references, values, find)
        if _place(path, folder) not in {_place(each, folder) for each in (filled.source, *originals) if each}:
            pairs.append(_pair(filled, folder, originals))
    return sorted(pairs, key=lambda pair: pair.name)


def literal(spec: PairSpec, folder: Path) -> FilePair:
    """Return the pair of files whose names are exactly as given, whatever signs they hold.

    Raises:
        InputError: One of them is not there.
    """
    return _pair(spec, folder, spec.references)


def name_of(path: str | Path, folder: Path) -> str:
    """Return a file's path relative to `folder`, with forward slashes; what is not UTF-8 as escapes."""
    return os.fsencode(relative(path, folder)).decode("utf-8", "backslashreplace")


def relative(path: str | Path, folder: Path) -> str:
    """Return a path relative to `folder`, with forward slashes; absolute where there is no way, as across drives."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return os.path.abspath(path).replace(os.sep, "/")


def refuse_twice(pairs: Sequence[FilePair]) -> None:
    """Check that every translated file is judged once; the baseline knows it by its name.

    Raises:
        UsageError: Two pairs name one.
    """
    seen: set[str] = set()
    for pair in pairs:
        if pair.name in seen:
            raise UsageError(
                f"two pairs of the policy name {printable(pair.name)}; leave one out, and give it rules of its own "
                "in an override with path"
            )
        seen.add(pair.name)


def refuse_unfillable(spec: PairSpec) -> None:
    """Check that source and references ask only for what the hypothesis names.

    Raises:
        UsageError: They do not; the message says which and what to write.
    """
    known = patterns.placeholders(spec.hypothesis)
    for what, text in (("source", spec.source), *(("reference", each) for each in spec.references)):
        for name in sorted(patterns.placeholders(text) - known):
            raise UsageError(f"{what} has {{{name}}}, which hypothesis {printable(spec.hypothesis, 80)!r} has not")
    if patterns.has_wildcard(spec.source):
        raise UsageError(
            f"source {printable(spec.source, 80)!r} has a * or ?, which does not say which source belongs to which "
            "translation; write {name} in both source and hypothesis"
        )
    if patterns.is_pattern(spec.hypothesis):
        for text in (spec.hypothesis, spec.source, *spec.references):
            patterns.refuse_misspelt(text)
    for text in (spec.hypothesis, *spec.references):
        patterns.whole(text)


def _from_folder(spec: PairSpec, folder: Path) -> PairSpec:
    """Return a pair whose patterns are relative to `folder`, with forward slashes."""

    def tidy(name: str) -> str:
        if not patterns.is_pattern(name):
            return name
        return relative(name, folder) if os.path.isabs(name) else name.replace(os.sep, "/")

    references = tuple(map(tidy, spec.references))
    return dataclasses.replace(spec, hypothesis=tidy(spec.hypothesis), references=references)


def _filled(spec: PairSpec, path: str) -> tuple[PairSpec, dict[str, str]]:
    """Return a pair for one match of its hypothesis, with source and languages, and what the placeholders matched."""
    shape = patterns.whole(spec.hypothesis)
    match = shape.fullmatch(path)
    assert match is not None, path
    values = {name: text for name, text in match.groupdict().items() if name in patterns.PLACEHOLDERS}
    source = patterns.fill(spec.source, values)
    from_source = shape.fullmatch("/".join(patterns.parts(source)))
    seen = Languages(patterns.language_of(from_source) if from_source else None, patterns.language_of(match))
    return PairSpec(path, source, languages=_languages(spec.languages, seen)), values


def _languages(given: str, seen: Languages) -> str:
    """Return what is said, and for what is not said, what the paths say."""
    said = parse_pair(given) if given else Languages()
    both = Languages(said.source or seen.source, said.hypothesis or seen.hypothesis)
    return str(both) if both != Languages() else ""


def _references(references: Sequence[str], values: Mapping[str, str], find: Find, *, but: str = "") -> tuple[str, ...]:
    """Return the paths of all references, filled in; of what `*` and `?` match, all `but` the translation itself."""
    paths: list[str] = []
    for reference in references:
        name = patterns.fill(reference, values)
        if patterns.has_wildcard(reference):
            if any(map(patterns.is_pattern, values.values())):
                raise InputError(f"a matched name holds * ? or braces, so the reference {printable(name)!r} is unclear")
            matched = [path for path in find(name) if not but or os.path.normpath(path) != os.path.normpath(but)]
            if not matched:
                raise InputError(f"no file matches the reference {printable(name)!r}")
            paths += matched
        else:
            paths.append(name)
    return tuple(dict.fromkeys(paths))


def _pair(spec: PairSpec, folder: Path, references: Sequence[str]) -> FilePair:
    name = printable(spec.hypothesis)
    return FilePair(
        name_of(folder / spec.hypothesis, folder),
        _there(spec.hypothesis, folder, "translation"),
        _there(spec.source, folder, f"source of {name}") if spec.source else None,
        tuple(_there(reference, folder, f"reference of {name}") for reference in references),
        _languages(spec.languages, Languages()),
    )


def _there(name: str, folder: Path, what: str) -> Path:
    path = folder / name
    if "\0" in name or not os.path.lexists(path):
        raise InputError(f"{printable(str(path))}: no such file; it is the {what}{_hint(name)}")
    if os.path.isdir(path):
        raise InputError(f"{printable(str(path))} is a folder; name a file as the {what}")
    return path


def _hint(name: str) -> str:
    """Return what may be meant by braces that are no placeholder."""
    inside = name.partition("{")[2].partition("}")[0]
    return nearest(f"{{{inside[:40]}}}", [f"{{{each}}}" for each in patterns.PLACEHOLDERS]) if inside else ""


def _place(name: str, folder: Path) -> str:
    return os.path.abspath(folder / name)
