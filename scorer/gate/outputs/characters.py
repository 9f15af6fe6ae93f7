"""Text for files that other programs parse strictly: XML and HTML."""

from __future__ import annotations

import re

from scorer.printable import printable

# What `printable` leaves and XML 1.0 forbids or the HTML standard calls a parse error: noncharacters.
_NONCHARACTERS = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF)) + "]"
)


def shown(text: str, limit: int | None = None) -> str:
    r"""Return text on one line, with what cannot be parsed or hides written as `\x00`, `\ufffe` or `\U0001ffff`.

    Args:
        text: Anything.
        limit: Most characters of `text` to show; a longer text ends in an ellipsis.
    """
    return _NONCHARACTERS.sub(_escaped, printable(text, limit))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
