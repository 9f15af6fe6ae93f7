"""Which of DEMETR (Karpinska et al. 2022) is never trained on: three sentences in ten, and some kinds of damage whole.

A sentence is kept out with all that was done to it, so that the robustness table is measured on texts that training has
not seen; the kinds show what is learned of damage that was never shown.

    >>> from types import SimpleNamespace
    >>> kept_out(SimpleNamespace(lang_pair="german-english", item=108))
    True
"""

from __future__ import annotations

import hashlib
from typing import Protocol

KEPT_OUT_SHARE = 0.3

# One or two of each sort: meaning, omission, addition, grammar, order, spelling, punctuation.
KEPT_OUT_KINDS = frozenset(
    {
        "critical_id7_antonym",
        "critical_id22_verb_removed",
        "critical_id25_ne_removed",
        "critical_id11_gender",
        "major_id18_aspect",
        "minor_id13_pos_shift",
        "minor_id26_misspelled",
        "minor_id29_punc_addition",
    }
)


class Row(Protocol):
    """A row of `demetr_contrastive.parquet`, as `itertuples` gives it."""

    @property
    def lang_pair(self) -> str:
        """Return the languages, as in `german-english`."""
        ...

    @property
    def item(self) -> int:
        """Return the number of the sentence; no two languages share one."""
        ...


def kept_out(row: Row) -> bool:
    """Return whether a row's sentence is kept for the benchmark, by a hash that no order and no subset changes."""
    digest = hashlib.sha256(f"{row.lang_pair}:{int(row.item)}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < KEPT_OUT_SHARE * 2**32


def trained_on(row: Row, kind: str) -> bool:
    """Return whether training may use a row with this `pert_name`."""
    return not kept_out(row) and kind not in KEPT_OUT_KINDS
