"""Text that is safe to print: file names and excerpts can hold anything.

A terminal obeys escape sequences, a log is cut by line ends, and bidirectional controls reorder what a reader sees
(Boucher and Anderson 2021, "Trojan Source"). All of them are shown as Python would write them in a string.
"""

from __future__ import annotations

import re

# C0 and C1 controls, soft and direction marks, line separators, invisible operators, surrogates, BOM, annotation
# anchors, tag characters. Joiners stay: Persian, the Indic scripts and emoji need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str, limit: int | None = None) -> str:
    r"""Return `text` with every character escaped that could act on a terminal or hide.

    Args:
        text: Anything; bytes of a file name that are not UTF-8 (`os.fsdecode`) come out as `\xNN`.
        limit: Most characters of `text` to show; a longer text ends in an ellipsis.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit] + "…"
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode's stand-in for a byte
        code -= 0xDC00
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
