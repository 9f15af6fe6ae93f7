"""Patterns of paths: `*`, `?`, `**`, `{language}` and `{name}`.

A path is cut at its slashes. `*` and `?` stand for any characters, or one, of one part; a part that is `**` stands for
any number of folders. `{language}` is a language code as files are named by it (`de`, `pt-BR`, `zh_Hans`, Android's
`pt-rBR`, `sr@latin`), `{name}` one or more characters of one part; where either stands twice, it is the same text.
Brackets and other braces are letters like any. What begins with a dot is hidden, as in a shell: only a pattern that
begins with one matches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from scorer.errors import UsageError
from scorer.languages import parse_language
from scorer.lexicons.language_codes import ALIASES, THREE_LETTERS, TWO_LETTERS
from scorer.printable import printable
from scorer.registry import nearest

PLACEHOLDERS = ("language", "name")
ANY_FOLDERS = "**"
# A regular expression tries all ways to share a part among its wildcards: 2.7 million for three in 255 characters.
MAX_WILDCARDS = 3
MAX_ANY_FOLDERS = 2

_TOKEN = re.compile(r"\*+|\?|\{(?:language|name)\}")
_SIGNS = [f"{{{name}}}" for name in PLACEHOLDERS]
_BRACES = re.compile(r"\{\w{1,20}\}")
_SUBTAGS = r"(?:[-_](?:[A-Za-z]{4}|r?[A-Za-z]{2}|[0-9]{3})){0,2}(?:@[a-z]{1,20})?"
_CODES = "|".join(sorted(TWO_LETTERS | THREE_LETTERS | frozenset(ALIASES)))
_LANGUAGE = f"(?i:{_CODES}){_SUBTAGS}"
# Behind a mere star, three letters are too often a word: may, mac, min, sun.
_PLAIN_LANGUAGE = re.compile(rf"[A-Za-z]{{2}}{_SUBTAGS}")
_HEAD = re.compile(r"[A-Za-z]+")


def is_pattern(text: str) -> bool:
    """Return whether a path stands for any file that fits it."""
    return _TOKEN.search(text) is not None


def has_wildcard(text: str) -> bool:
    """Return whether a path holds `*` or `?`, which have no name and so cannot be filled in."""
    return "*" in text or "?" in text


def placeholders(text: str) -> set[str]:
    """Return which of `language` and `name` a path holds."""
    return {name for name in PLACEHOLDERS if f"{{{name}}}" in text}


def refuse_misspelt(text: str) -> None:
    """Check that no braces in a pattern come near a placeholder; other braces are letters of a name.

    Raises:
        UsageError: They do, as `{lang}` does.
    """
    for word in _BRACES.findall(text):
        if word not in _SIGNS and (meant := nearest(word, _SIGNS)):
            raise UsageError(f"{printable(text, 80)!r} has {word}{meant}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the placeholders that `values` names filled in."""
    return _TOKEN.sub(lambda token: values.get(token[0][1:-1], token[0]), text)


def parts(pattern: str) -> tuple[str, ...]:
    """Return the parts of a pattern: none for `.` and doubled slashes; what ends in a slash is all that lies below."""
    made: list[str] = []
    for piece in [*pattern.split("/"), ANY_FOLDERS if pattern.endswith("/") else ""]:
        if piece not in ("", ".") and [piece] != made[-1:] * (piece == ANY_FOLDERS):
            made.append(piece)
    return (*made, "*") if made[-1:] == [ANY_FOLDERS] else tuple(made)


@lru_cache(maxsize=1024)
def whole(pattern: str) -> re.Pattern[str]:
    """Return the expression of a whole path; its groups are `language`, `name`, and stars for `language_of`.

    Raises:
        UsageError: The pattern has so many wildcards that a hostile file name could keep it busy.
    """
    pieces = parts(pattern)
    if pieces.count(ANY_FOLDERS) > MAX_ANY_FOLDERS:
        raise UsageError(f"the pattern {printable(pattern, 80)!r} has more than {MAX_ANY_FOLDERS} times '**'")
    seen: set[str] = set()
    expressions = [
        "(?:[^/]+/)*" if piece == ANY_FOLDERS else _expression(piece, position, seen) + "/"
        for position, piece in enumerate(pieces)
    ]
    return re.compile("".join(expressions).removesuffix("/"), re.DOTALL)


@lru_cache(maxsize=1024)
def part(piece: str) -> re.Pattern[str]:
    """Return the expression of one part of a pattern.

    Raises:
        UsageError: It has more than three wildcards.
    """
    return re.compile(_expression(piece, 0, set()), re.DOTALL)


def _expression(piece: str, position: int, seen: set[str]) -> str:
    """Return a part as a regular expression; `seen` are the placeholders that stood further left, and grows."""
    tokens = list(_TOKEN.finditer(piece))
    if sum(token[0] not in ("?", "{language}") for token in tokens) > MAX_WILDCARDS:
        raise UsageError(f"{printable(piece, 80)!r} has more than {MAX_WILDCARDS} wildcards between two slashes")
    made = ["(?!\\.)" if tokens and tokens[0].start() == 0 else ""]
    end = 0
    for number, token in enumerate(tokens):
        made += [re.escape(piece[end : token.start()]), _sign(token[0], f"{position}_{number}", seen, piece)]
        end = token.end()
    return "".join([*made, re.escape(piece[end:])])


def _sign(sign: str, place: str, seen: set[str], piece: str) -> str:
    name = sign.strip("{}")
    if sign == "?":
        return "[^/]"
    if name not in PLACEHOLDERS:
        kind = "folder" if sign == piece else "star"
        return f"(?P<{kind}{place}>[^/]*)"
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>{_LANGUAGE if name == 'language' else '[^/]+?'})"


def language_of(match: re.Match[str]) -> str | None:
    """Return the base code of the language that a path names: `pt` for `pt-BR`; `None` where it names none, or several.

    What `{language}` matched decides; else parts that a `*` alone matched whole; else what stars within parts matched.
    """
    groups = match.groupdict()
    if groups.get("language"):
        return _code(groups["language"])
    for kind in ("folder", "star"):
        named = _codes(text for group, text in groups.items() if group.startswith(kind))
        if named:
            return named.pop() if len(named) == 1 else None
    return None


def _codes(texts: Iterable[str]) -> set[str]:
    tags = (text for text in texts if _PLAIN_LANGUAGE.fullmatch(text))
    return {code for tag in tags if (code := _code(tag)) is not None}


def _code(tag: str) -> str | None:
    head = _HEAD.match(tag)
    try:
        return parse_language(head[0]) if head else None
    except UsageError:
        return None
