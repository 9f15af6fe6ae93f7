"""Parquet, by pyarrow: an optional extra, as it is large and few need it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scorer import formats
from scorer.errors import InputError, MissingExtra
from scorer.formats.opened import Opened

BATCH = 4096  # rows


@formats.register("parquet", ".parquet", ".pq")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each row, counted from 1, with nulls as `None`; NaN, which pandas writes for a null, is `None` too.

    Raises:
        InputError: The file is damaged, or names a column twice.
        MissingExtra: pyarrow is not installed.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("reading Parquet", "formats") from error
    try:
        file = parquet.ParquetFile(arrow.BufferReader(opened.data()))
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            raise InputError(f"{opened.name}: the schema names a column twice")
        for batch in file.iter_batches(batch_size=BATCH):
            for cells in batch.to_pylist():
                opened.n_lines += 1
                yield formats.Row(opened.name, opened.n_lines, {key: _json(cell) for key, cell in cells.items()})
    except (arrow.ArrowException, OSError) as error:
        raise InputError(f"{opened.name}: not a sound Parquet file ({error})") from error


def _json(cell: object) -> formats.Cell:
    """Return a cell as JSON can hold it: NaN as `None`, dates, times and decimals as text."""
    if cell is None or isinstance(cell, str | bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, list):
        return [_json(item) for item in cell]
    if isinstance(cell, dict):
        return {str(key): _json(item) for key, item in cell.items()}
    return str(cell)
