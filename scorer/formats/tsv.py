"""Tab-separated values: a header line, then a row a line. Quotes mean nothing; no cell holds a tab or a line end.

Blank lines hold no row. Without a header that names one of our columns, two columns are source and hypothesis; more are
an error, for their order cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator

from scorer import formats
from scorer.formats.header import Record, keyed
from scorer.formats.opened import Opened


@formats.register("tsv", ".tsv", ".tab")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each line as a row of strings.

    Raises:
        InputError: There is no usable header, or a line has more or fewer cells than it.
    """
    return keyed(opened, records(opened))


def records(opened: Opened) -> Iterator[Record]:
    """Yield line numbers and cells."""
    for number, line in enumerate(opened.lines(), start=1):
        if line:
            yield number, line.split("\t")
