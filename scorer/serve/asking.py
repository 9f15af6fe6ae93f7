"""From what a client sends to the work it asks for. Field names are those of the command line's long options.

Texts become files held in memory, so a name that happens to be a file on the server's disk is a text like any other,
and no setting that could name one is taken.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, cast

from scorer.errors import ScorerError
from scorer.formats.streams import Held
from scorer.languages import parse_pair
from scorer.plan import Settings
from scorer.printable import printable
from scorer.registry import nearest, split_specs
from scorer.serve.body import Part
from scorer.serve.problems import Problem
from scorer.serve.work import Compare, Score, ScoreTable, Text, Work

SETTINGS = ("languages", "preset", "metrics", "seed")
COMPARE = ("a", "b", "references", "role", "align", *SETTINGS)
SCORE = ("hypothesis", "hypotheses", "source", "references", "rows", *SETTINGS)
COMPARE_PARTS = ("a", "b", "reference", "role", "align", *SETTINGS)
SCORE_PARTS = ("hypothesis", "source", "reference", "input", *SETTINGS)

# Settings of metrics that say where weights or tokenizers lie: the server's owner chooses those.
PLACES = ("model", "tokenizer", "encoder")
MAX_METRICS = 32
MAX_REFERENCES = 16
MAX_SYSTEMS = 16
LONGEST_SPEC = 200
LONGEST_NAME = 100
# Names of what is not a file, as the command line's reports have them.
SEED_BELOW = 2**53


@dataclasses.dataclass(frozen=True)
class Asker:
    """Makes work out of bodies.

    Attributes:
        settings: What holds where a client says nothing.
        max_unpacked: Bytes that a packed upload may take up.
    """

    settings: Settings
    max_unpacked: int

    def compare_json(self, content: Mapping[str, Any]) -> Compare:
        """Return the work that a JSON object asks for.

        Raises:
            Problem: A field is unknown, missing or of the wrong kind.
        """
        _refuse_unknown(content, COMPARE)
        a, b = (self._document(name, content.get(name), name.upper()) for name in ("a", "b"))
        references = _listed("references", content.get("references"), MAX_REFERENCES)
        held = tuple(self._document("references", each, f"reference {i}") for i, each in enumerate(references, 1))
        return Compare(a, b, held, self._settings(content))

    def score_json(self, content: Mapping[str, Any]) -> Work:
        """Return the work that a JSON object asks for.

        Raises:
            Problem: A field is unknown, missing or of the wrong kind.
        """
        _refuse_unknown(content, SCORE)
        given = [name for name in ("hypothesis", "hypotheses", "rows") if content.get(name) is not None]
        if len(given) != 1:
            raise Problem(422, "name the translations in one of the fields hypothesis, hypotheses and rows")
        settings = self._settings(content)
        if given == ["rows"]:
            if content.get("source") is not None or content.get("references"):
                raise Problem(422, "rows have their own sources and references; leave out source and references")
            return ScoreTable(_rows(content["rows"]), settings)
        named = content["hypotheses"] if given == ["hypotheses"] else {"hypothesis": content["hypothesis"]}
        if not isinstance(named, dict) or not 0 < len(named) <= MAX_SYSTEMS:
            raise Problem(422, f"hypotheses must be an object with 1 to {MAX_SYSTEMS} systems, each a text by its name")
        texts = {_system(name): self._text("hypothesis", each, name) for name, each in named.items()}
        source = None if content.get("source") is None else self._text("source", content["source"], "source")
        references = _listed("references", content.get("references"), MAX_REFERENCES)
        others = tuple(self._text("references", each, f"reference {i}") for i, each in enumerate(references, 1))
        return Score(texts, source, others, settings)

    def compare_form(self, parts: Sequence[Part]) -> Compare:
        """Return the work that a form asks for; a text is a file or a field.

        Raises:
            Problem: A part is unknown, missing or given twice.
        """
        files, fields = _sorted(parts, COMPARE_PARTS, ("a", "b", "reference"))
        a, b = (self._only(name, files[name], name.upper()) for name in ("a", "b"))
        if a is None or b is None:
            raise Problem(422, f"the text {'a' if a is None else 'b'} is missing")
        return Compare(a, b, self._references(files["reference"]), self._settings(fields))

    def score_form(self, parts: Sequence[Part]) -> Work:
        """Return the work that a form asks for.

        Raises:
            Problem: A part is unknown, missing or given twice.
        """
        files, fields = _sorted(parts, SCORE_PARTS, ("hypothesis", "source", "reference", "input"))
        settings = self._settings(fields)
        table = self._only("input", files["input"], "input.jsonl")
        if (table is None) == (not files["hypothesis"]):
            raise Problem(422, "name the translations in parts called hypothesis, or one table in a part called input")
        source = self._only("source", files["source"], "source")
        if table is not None:
            if source or files["reference"]:
                raise Problem(422, "a table has its own sources and references; leave out source and reference")
            return ScoreTable(table, settings)
        if len(files["hypothesis"]) > MAX_SYSTEMS:
            raise Problem(422, f"there are more than {MAX_SYSTEMS} translations")
        held = [self._held(part, f"system {i}") for i, part in enumerate(files["hypothesis"], 1)]
        if len({each.name for each in held}) < len(held):
            raise Problem(422, "two translations have the same file name; each system needs its own")
        return Score({each.name: each for each in held}, source, self._references(files["reference"]), settings)

    def _references(self, parts: Sequence[Part]) -> tuple[Held, ...]:
        if len(parts) > MAX_REFERENCES:
            raise Problem(422, f"there are more than {MAX_REFERENCES} references")
        return tuple(self._held(part, f"reference {i}") for i, part in enumerate(parts, 1))

    def _only(self, name: str, parts: Sequence[Part], called: str) -> Held | None:
        if len(parts) > 1:
            raise Problem(422, f"the text {name} is given {len(parts)} times; give a file or a text, once")
        return self._held(parts[0], called) if parts else None

    def _held(self, part: Part, called: str) -> Held:
        # A field's line ends are written so by every browser, whatever they were; a file's are its own.
        data = part.data if part.filename is not None else part.data.replace(b"\r\n", b"\n")
        return Held(_file_name(part.filename) or called, data, self.max_unpacked)

    def _document(self, name: str, value: object, called: str) -> Held:
        """Return a text of a comparison; lines are joined, for documents may be cut anew."""
        text = self._text(name, value, called)
        if isinstance(text, Held):
            return text
        return Held(called, _encoded(name, "".join(f"{line}\n" for line in text)))

    def _text(self, name: str, value: object, called: str) -> Text:
        if isinstance(value, str):
            return Held(called, _encoded(name, value))
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            for i, line in enumerate(value, 1):
                _encoded(name, line)
                if "\n" in line:
                    raise Problem(422, f"line {i} of {name} holds a line feed; a line is one segment")
            return tuple(value)
        raise Problem(422, f"{name} must be a text or a list of lines" + ("; it is missing" if value is None else ""))

    def _settings(self, fields: Mapping[str, Any]) -> Settings:
        chosen: dict[str, Any] = {}
        for name, read in _READERS.items():
            if fields.get(name) not in (None, ""):
                chosen[name] = read(name, fields[name])
        if "metrics" in chosen:
            _refuse_places(chosen["metrics"], self.settings.metrics)
        try:
            return dataclasses.replace(self.settings, **chosen)
        except ScorerError as error:
            raise Problem(422, str(error)) from error


def _refuse_unknown(content: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in content:
        if name not in known:
            raise Problem(
                422, f"unknown field {printable(name, 40)!r}{nearest(name[:40], known)}; known: {', '.join(known)}"
            )


def _listed(name: str, value: object, most: int) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most:
        raise Problem(422, f"{name} must be a list of at most {most} texts")
    return value


def _rows(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise Problem(422, "rows must be a list of one object or more, each a segment")
    _encoded("rows", json.dumps(value, ensure_ascii=False))
    return tuple(value)


def _system(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Problem(422, f"a system's name must have 1 to {LONGEST_NAME} characters")
    return printable(name)


def _file_name(given: str | None) -> str:
    """Return the last part of a file's name, safe to print; browsers may send a path."""
    name = printable(PurePosixPath((given or "").replace("\\", "/")).name)[-LONGEST_NAME:]
    return "" if name in ("-", "..") else name


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        detail = f"{name} holds half a surrogate pair at character {error.start + 1}, which is no character"
        raise Problem(422, detail) from error


def _sorted(
    parts: Sequence[Part], known: Sequence[str], files: Sequence[str]
) -> tuple[dict[str, list[Part]], dict[str, str]]:
    """Return a form's texts by name, and its other fields; inputs that nobody filled are left out."""
    _refuse_unknown({part.name: None for part in parts}, known)
    given = [part for part in parts if not part.is_blank]
    fields: dict[str, str] = {}
    for part in given:
        if part.name not in files:
            if part.name in fields:
                raise Problem(422, f"the field {part.name} is given twice")
            fields[part.name] = part.text().strip()
    return {name: [part for part in given if part.name == name] for name in files}, fields


def _word(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Problem(422, f"{name} must be a string")
    return value


def _pair(name: str, value: object) -> object:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise Problem(422, f"{name} must be a pair of languages, as in en-de")
    try:
        return parse_pair(value)
    except ScorerError as error:
        raise Problem(422, str(error)) from error


def _specs(name: str, value: object) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise Problem(422, f"{name} must be a list of names, as in chrf or bleu(lowercase=True)")
    specs = tuple(spec for each in cast("list[str]", given) for spec in split_specs(each[: LONGEST_SPEC * MAX_METRICS]))
    if len(specs) > MAX_METRICS or any(len(spec) > LONGEST_SPEC for spec in specs):
        raise Problem(422, f"{name} may hold {MAX_METRICS} metrics of {LONGEST_SPEC} characters each")
    return specs


def _whole(name: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 17:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < SEED_BELOW:
        raise Problem(422, f"{name} must be a whole number from 0 to {SEED_BELOW - 1}")
    return value


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "languages": _pair,
    "preset": _word,
    "role": _word,
    "align": _word,
    "metrics": _specs,
    "seed": _whole,
}


def _refuse_places(specs: Sequence[str], own: Sequence[str]) -> None:
    """Check metrics that a client names.

    Raises:
        Problem: One does not exist, says where its weights lie, or needs weights that the server was not started with.
    """
    from scorer import metrics
    from scorer.registry import parse_settings, settings_of

    allowed = {spec.partition("(")[0].strip() for spec in own}
    for spec in specs:
        name, _, rest = spec.partition("(")
        try:
            factory = metrics.registry.factory(name.strip())
            settings = parse_settings(spec, rest.rstrip().removesuffix(")"))
            for place in PLACES:
                if place in settings:
                    raise Problem(422, f"the setting {place} of {name.strip()} is for the server's owner to choose")
            metrics.registry.create(spec)
        except ScorerError as error:
            raise Problem(422, str(error)) from error
        if "tokenizer" in settings_of(factory) and name.strip() not in allowed:
            raise Problem(
                422, f"{name.strip()} needs its own weights; the server was not started with -m {name.strip()}"
            )
