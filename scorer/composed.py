"""Unicode's normal forms, in bounded time.

Ordering n combining marks takes n² steps (21 s for 100,000). The longest run that text for people needs is 30 (Unicode
Standard Annex 15, stream-safe text); what holds a longer one is no such text, and stays as it is.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

_LONGEST_RUN = 30
# In a text this short any run is harmless.
_SHORT = 500


def normalised(text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> str:
    """Return a text in one of Unicode's normal forms, or as it is where that would take for ever."""
    return text if text.isascii() or _is_heavy(text) else unicodedata.normalize(form, text)


def _is_heavy(text: str) -> bool:
    run = 0
    for character in text if len(text) > _SHORT else "":
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _LONGEST_RUN:
            return True
    return False
