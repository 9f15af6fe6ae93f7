r"""Texts by key, as programs keep them for translation: JSON (RFC 8259), objects in objects (i18next, Rails, ARB).

A text's key is its path, joined with dots: `home.title`, and `steps.0` for an item of a list. A dot that belongs to a
key is written `\.`, a backslash `\\`, so that no two paths look alike. Values that are no text are left out, and so is
what ARB says about its texts (`@title` beside `title`, `@@locale`). Both are noted.

Stricter than Python's reader, as in JSON lines. Nothing here recurses, and every character is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder
from typing import NamedTuple, NoReturn

from scorer import formats
from scorer.errors import InputError
from scorer.formats.opened import Opened
from scorer.printable import printable

# Files that people translate have five levels or so.
MAX_DEPTH = 100
# Characters of all paths together: a long key over many short ones would fill the memory from a small file.
MAX_PATHS = 1 << 28

# Called at quotes only, it reads texts as Python does.
_STRINGS = JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-])")
_WORD = re.compile(r"[-+\w.]{1,40}")
_HALF = re.compile("[\ud800-\udfff]")
_FIRST_KEY = re.compile(r"(?:[^.\\]|\\.)*", re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}


class Value(NamedTuple):
    """A text in a key-value file.

    Attributes:
        key: Its path, `home.title`.
        text: The text, with escapes resolved.
        offset: The code point of the file that follows its opening quote, from 0; a byte order mark is not counted.
        line: The line of its opening quote, from 1.
    """

    key: str
    text: str
    offset: int
    line: int


@formats.register(formats.KEYED, ".json", ".arb")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each text as a row with the cells `key`, `text` and `offset`, in the file's order.

    Raises:
        InputError: It is not JSON, or not an object or a list; the message names line and column.
    """
    for value in read(opened)[1]:
        yield formats.Row(opened.name, value.line, {"key": value.key, "text": value.text, "offset": value.offset})


def read(opened: Opened) -> tuple[str, list[Value]]:
    """Return the file as decoded, without a byte order mark, and its texts in order.

    Raises:
        InputError: As for `rows`.
    """
    text = opened.decoded(opened.data())
    if text.startswith("\ufeff"):
        opened.notes.append("byte order mark removed")
        text = text[1:]
    opened.n_lines = text.count("\n") + (not text.endswith("\n"))
    scanner = _Scanner(opened, text)
    values = list(scanner.values())
    kept = [value for value in values if not _is_about_a_text(value.key, scanner.roots)]
    opened.note_line_ends(text.count("\r\n"))
    if scanner.n_others:
        opened.notes.append(f"{_counted(scanner.n_others)} no text and {_were(scanner.n_others)} left out")
    if n_about := len(values) - len(kept):
        opened.notes.append(f"{_counted(n_about)} about other texts (@) and {_were(n_about)} left out")
    return text, kept


def _counted(n: int) -> str:
    return "1 value is" if n == 1 else f"{n} values are"


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _is_about_a_text(key: str, roots: frozenset[str]) -> bool:
    """Return whether a value is ARB's own: `@@locale`, or a part of `@title` beside `title`."""
    if not key.startswith("@"):
        return False
    match = _FIRST_KEY.match(key)
    root = match[0] if match else key
    return root.startswith("@@") or (root != key and root[1:] in roots)


def escaped(name: str) -> str:
    r"""Return a key as a path shows it, with a dot as `\.` and a backslash as `\\`."""
    return name.replace("\\", "\\\\").replace(".", "\\.") if "." in name or "\\" in name else name


@dataclass(slots=True)
class _Level:
    """An object or list that is open: its path with a dot behind it, its closing bracket, and its keys so far."""

    prefix: str
    closer: str
    n_members: int = 0
    keys: dict[str, int] = field(default_factory=dict)


class _Scanner:
    """One walk through a file.

    Attributes:
        n_others: How many values were no text.
        roots: The keys of the outermost object, complete at the end.
    """

    def __init__(self, opened: Opened, text: str) -> None:
        self.opened = opened
        self.text = text
        self.at = 0
        self.n_others = 0
        self.roots: frozenset[str] = frozenset()
        self._levels: list[_Level] = []
        self._line, self._seen = 1, 0
        self._n_path = 0

    def values(self) -> Iterator[Value]:
        """Yield the texts."""
        if self._skip() not in _CLOSERS:
            self._refuse_start()
        self._enter("")
        while self._levels:
            level = self._levels[-1]
            if self._closes(level):
                self._levels.pop()
                self.roots = frozenset(map(escaped, level.keys))
                continue
            path = self._path(level)
            start = self.at + 1
            if (mark := self._skip()) == '"':
                start = self.at + 1
                yield Value(path, self._string(), start, self._line_of(start))
            elif mark in _CLOSERS:
                self._enter(path + ".")
            else:
                self._scalar()
        if self._skip():
            hint = "; a file with an object a line is .jsonl" if self.text[self.at] in _CLOSERS else ""
            self._fail(f"something follows the end of the JSON{hint}")

    def _skip(self) -> str:
        """Go on to the next character that is no space, and return it; "" at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def _enter(self, prefix: str) -> None:
        if len(self._levels) == MAX_DEPTH:
            self._fail(f"nested more than {MAX_DEPTH} levels deep")
        self._levels.append(_Level(prefix, _CLOSERS[self.text[self.at]]))
        self.at += 1

    def _closes(self, level: _Level) -> bool:
        """Step over a closing bracket and return true, or over the comma before the next member."""
        mark = self._skip()
        if mark == level.closer:
            self.at += 1
            return True
        if level.n_members:
            if mark != ",":
                self._fail(f"expected ',' or '{level.closer}'")
            comma, self.at = self.at, self.at + 1
            if self._skip() == level.closer:
                self.at = comma
                self._fail(f"a comma before '{level.closer}'; JSON has none after the last value")
        return False

    def _path(self, level: _Level) -> str:
        """Step over a member's key, and return its path."""
        name = str(level.n_members) if level.closer == "]" else escaped(self._key(level))
        level.n_members += 1
        path = level.prefix + name
        self._n_path += len(path)
        if self._n_path > MAX_PATHS:
            self._fail(f"the keys, with all that they are nested in, hold more than {MAX_PATHS >> 20} Mi characters")
        return path

    def _key(self, level: _Level) -> str:
        start = self.at
        if self._skip() != '"':
            self._fail("expected a key in double quotes")
        start, name = self.at, self._string()
        if (first := level.keys.setdefault(name, start)) != start:
            lines = [self.text.count("\n", 0, place) + 1 for place in (first, start)]
            raise self.opened.error(lines[1], f"the key '{printable(name, 60)}' stands in line {lines[0]} already")
        if self._skip() != ":":
            self._fail("expected ':' after the key")
        self.at += 1
        return name

    def _string(self) -> str:
        try:
            string, end = _STRINGS.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            self.at = min(error.pos, len(self.text))
            self._fail(_SAID.get(error.msg.removesuffix(" at"), error.msg.removesuffix(" at").lower()))
        if _HALF.search(string):
            self._fail("half a surrogate pair (\\ud800 to \\udfff), which is no character, in the text")
        self.at = end
        return str(string)

    def _scalar(self) -> None:
        match = _SCALAR.match(self.text, self.at)
        if match is None:
            self._fail("expected a value: text in double quotes, an object or a list")
        self.n_others += 1
        self.at = match.end()

    def _line_of(self, place: int) -> int:
        self._line += self.text.count("\n", self._seen, place)
        self._seen = place
        return self._line

    def _refuse_start(self) -> NoReturn:
        if not self.text.strip():
            raise self.opened.error(1, "the file is empty, which is no JSON; write {} where there are no texts")
        self._fail("expected an object {...} or a list [...]")

    def _fail(self, message: str) -> NoReturn:
        """Raise an error that names line and column, in the words for what stands here where there are better ones."""
        here = self.text[self.at : self.at + 2]
        word = _WORD.match(self.text, self.at)
        if not here:
            message = f"the file breaks off: {message}"
        elif here in ("//", "/*") or here[0] == "#":
            message = "a comment, which JSON has not; take it out"
        elif word and word[0].lstrip("+-") in ("NaN", "Infinity"):
            message = f"{word[0]} is no JSON value; write null"
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - self.text.rfind("\n", 0, self.at)
        raise InputError(f"{self.opened.name}, line {line}, column {column}: {message}")


# The words of Python's scanner, in ours.
_SAID = {
    "Unterminated string starting": "a text whose closing quote is missing",
    "Invalid control character": "a tab or a line end inside a text; write \\t or \\n",
    "Invalid \\escape": "a backslash that begins no escape; write \\\\",
    "Invalid \\uXXXX escape": "\\u without four hexadecimal digits",
}
