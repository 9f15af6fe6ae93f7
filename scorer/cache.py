"""Results on disk by key, in one SQLite file: bounded, shared by jobs that run at once, and never a reason to fail.

The file can be copied from machine to machine, as CI caches do. Its journal is a rollback journal, so that nothing
lies beside it between runs and a killed job leaves it whole. Values are compressed, which also tells damaged ones:
their checksum does not fit, and they count as not there.
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from scorer import cache_file, fingerprint
from scorer.printable import printable

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

LIMIT_BYTES = 256 * 2**20
FILE = "results.sqlite"
# How long to wait for another job's transaction, in seconds; they take milliseconds.
PATIENCE = 10.0
# Larger values are not kept, packed as a share of the limit: one of them would drive out all others.
_LARGEST_SHARE = 0.125
# Keys of one SELECT; SQLite takes 999 parameters at least.
_AT_ONCE = 900
_DAY = 86_400


class Cache:
    """Values by key that outlive the process; a context manager. What goes wrong with it is told in `notes`.

    Attributes:
        notes: What a user should know, in the order in which it happened.

    Args:
        folder: Where the file lies or will lie; `None` remembers nothing.
        limit_bytes: Most bytes of the file; beyond it the values used least recently go.
    """

    def __init__(self, folder: Path | None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.notes: list[str] = []
        self._path = None if folder is None else folder / FILE
        self._limit = limit_bytes
        self._db: sqlite3.Connection | None = None
        self._inode = 0
        self._can_write = True
        self._has_been_set_aside = False
        self._unmarked: set[bytes] = set()
        self._environment = ""

    @property
    def is_on(self) -> bool:
        """Return whether it can remember anything."""
        return self._path is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values that are there, by key."""
        return self._attempt("read", lambda db: self._select(db, list(dict.fromkeys(keys))), {}) if keys else {}

    def put(self, items: Mapping[bytes, bytes]) -> None:
        """Remember values, in one transaction; a key that is there gets the new one."""
        packed = {key: zlib.compress(value, 1) for key, value in items.items()}
        largest = self._limit * _LARGEST_SHARE
        kept = [(key, _today(), value) for key, value in packed.items() if len(value) <= largest]
        if kept and self._can_write:
            self._attempt("written", lambda db: self._insert(db, kept), None)

    def get_value(self, name: str, make: Callable[[], str]) -> str:
        """Return the text that is known by a name, made at the first call.

        Args:
            name: All that the text depends on: digests of inputs, settings, the signature of an encoder. Our version
                and what `fingerprint.environment` covers come on top.
            make: Makes it. Its errors are the caller's.
        """
        if not self.is_on:
            return make()
        self._environment = self._environment or fingerprint.environment()
        named = f"value {self._environment} {name}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(named, digest_size=16).digest()
        if (found := self.get([key]).get(key)) is not None:
            return found.decode("utf-8", "surrogatepass")
        made = make()
        self.put({key: made.encode("utf-8", "surrogatepass")})
        return made

    def close(self) -> None:
        """Note what was used today, and close the file."""
        if self._unmarked and self._can_write:
            self._attempt("written", self._mark, None)
        self._close_file()

    def _attempt(self, doing: str, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Return what `work` makes of the open file, or `otherwise` where the file is of no use; never an error."""
        if self._path is None:
            return otherwise
        import sqlite3

        try:
            return work(self._open(self._path))
        except (sqlite3.Error, cache_file.ForeignFile, OSError) as error:
            name = getattr(error, "sqlite_errorname", "")
            if isinstance(error, cache_file.ForeignFile) or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                self._set_aside(self._path, error)
            else:
                self._give_up(doing, error)
            return otherwise

    def _open(self, path: Path) -> sqlite3.Connection:
        if self._db is None:
            import sqlite3

            path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit: transactions are begun by hand, as short as can be.
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            self._db.text_factory = bytes
            self._inode = path.stat().st_ino
            try:
                cache_file.prepare(self._db)
            except BaseException:
                self._close_file()
                raise
        return self._db

    def _close_file(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def _select(self, db: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        today = _today()
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, used, value FROM entries WHERE key IN ({marks})"  # noqa: S608 - question marks only
            for key, used, packed in db.execute(query, some):
                if (value := cache_file.unpacked(packed)) is not None:
                    found[key] = value
                    if used < today:
                        self._unmarked.add(key)
        return found

    def _insert(self, db: sqlite3.Connection, rows: Sequence[tuple[bytes, int, bytes]]) -> None:
        db.execute("BEGIN IMMEDIATE")
        with db:
            db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
        if cache_file.file_bytes(db) > self._limit:
            cache_file.trim(db, self._limit)

    def _mark(self, db: sqlite3.Connection) -> None:
        """Note that values were used today: once a day and value, since each mark rewrites the value's page."""
        marks = [(_today(), key) for key in sorted(self._unmarked)]
        db.execute("BEGIN IMMEDIATE")
        with db:
            db.executemany("UPDATE entries SET used = ? WHERE key = ?", marks)
        self._unmarked.clear()

    def _give_up(self, doing: str, error: Exception) -> None:
        """Go on without writing, or without the file where not even reading works."""
        self.notes.append(f"the cache could not be {doing}: {printable(str(self._path))}: {printable(str(error), 200)}")
        self._can_write = False
        if doing == "read" or self._db is None:
            self._path = None

    def _set_aside(self, path: Path, error: Exception) -> None:
        """Rename a file that is damaged or not ours; the next call begins a new one."""
        self._unmarked.clear()
        self._close_file()
        try:
            # Another job may have set it aside in the meantime and begun a new one, which is sound.
            if self._has_been_set_aside or path.stat().st_ino != self._inode:
                raise OSError(str(error))
            aside = path.with_suffix(".damaged")
            os.replace(path, aside)
            # It would be played back into the new file.
            path.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        except OSError as failure:
            self._give_up("used", failure)
            return
        self._has_been_set_aside = True
        where = printable(str(path))
        self.notes.append(f"the cache {where} was unusable ({printable(str(error), 200)}); it is now {aside.name}")


def _today() -> int:
    return int(time.time() // _DAY)
