"""The cache's SQLite file: its tables, its marks, and how it stays within its limit."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# Of the tables; another one's file is set aside. The application's number marks a file as ours ("mtsc").
SCHEMA, APPLICATION = 1, 0x6D747363
# After a trim the file is this share of its limit, so that the next put does not trim again.
_LEFT_AFTER_TRIM = 0.8
# What a row takes beside its value: key, index and record header, in bytes.
_ROW = 64
# Bytes of a value; ours are thousands of times smaller.
_LARGEST_UNPACKED = 2**28

_TABLE = "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL)"
# Those least recently used, and of one day those written first, beyond what may stay.
_TRIM = """
DELETE FROM entries WHERE rowid IN (
    SELECT rowid FROM (
        SELECT rowid, sum(length(value) + ?) OVER (ORDER BY used DESC, rowid DESC) AS so_far FROM entries
    ) WHERE so_far > ?
)
"""


class ForeignFile(Exception):  # noqa: N818 - a file, not an error of ours
    """The file is a database, but not this cache's."""


def prepare(db: sqlite3.Connection) -> None:
    """Make the table in a new file.

    Raises:
        ForeignFile: It holds somebody else's tables, or another schema.
    """
    db.execute("BEGIN")  # the marks and the tables as they were at one moment: another job may be making them
    with db:
        is_ours = _is_ours(db)
    if is_ours:
        return
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before the first table, or a trim could not shrink the file
    db.execute("BEGIN IMMEDIATE")
    with db:
        if not _is_ours(db):  # another job may have been first
            db.execute(_TABLE)
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {SCHEMA}")


def _is_ours(db: sqlite3.Connection) -> bool:
    """Return true for this cache's file, false for one that is still empty."""
    marks = _number(db, "PRAGMA application_id"), _number(db, "PRAGMA user_version")
    if marks == (APPLICATION, SCHEMA):
        return True
    if marks != (0, 0) or _number(db, "SELECT count(*) FROM sqlite_master"):
        raise ForeignFile("not a cache of this version")
    return False


def trim(db: sqlite3.Connection, limit: int) -> None:
    """Drop the values used least recently, so that the file is well below `limit` bytes."""
    content = _number(db, f"SELECT total(length(value) + {_ROW}) FROM entries")  # noqa: S608 - a number of ours
    # Pages are not filled to the last byte: what may stay is reckoned by how well this file fills them.
    keep = int(content * limit * _LEFT_AFTER_TRIM / file_bytes(db))
    db.execute("BEGIN IMMEDIATE")
    with db:
        db.execute(_TRIM, (_ROW, keep))
    db.executescript("PRAGMA incremental_vacuum")  # a step frees a page, and execute takes a single step


def file_bytes(db: sqlite3.Connection) -> int:
    """Return the size of the file."""
    return _number(db, "PRAGMA page_count") * _number(db, "PRAGMA page_size")


def _number(db: sqlite3.Connection, query: str) -> int:
    (number,) = db.execute(query).fetchone()
    return int(number)


def unpacked(packed: object) -> bytes | None:
    """Return a value; `None` where it is damaged, or larger than any of ours."""
    reader = zlib.decompressobj()
    try:
        value = reader.decompress(packed, _LARGEST_UNPACKED)  # type: ignore[arg-type]
    except (zlib.error, TypeError):
        return None
    return value if reader.eof else None
