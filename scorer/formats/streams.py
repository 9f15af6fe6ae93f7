"""Byte streams under an input file: one hashes what passes, one unpacks gzip and stops at a bomb."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from scorer.errors import InputError

# Text packs 3 to 5 times; a file of repeated lines may reach 100. Deflate's own limit is 1,032, and bombs sit there.
MAX_RATIO = 200
RATIO_GRACE = 1 << 24  # bytes; no harm is done below, and a tiny file of one repeated word may pack better


if TYPE_CHECKING:
    _AnyPath = Path
else:
    _AnyPath = type(Path())  # before Python 3.12, only the class for this system can be derived from


class Held(_AnyPath):
    """A path that brings its bytes along, as an upload does: whatever reads files reads it, and nothing touches a disk.

    It has no content as a path of the file system; only `Opened` knows better. `-` is no standard input here.
    """

    def __new__(cls, name: str, data: bytes, max_unpacked: int | None = None) -> Self:
        """Return a file held in memory.

        Args:
            name: What it is called; its suffix picks the format.
            data: Its bytes.
            max_unpacked: Bytes that it may take up if it is packed; `None` for the limits of files on disk.
        """
        return super().__new__(cls, name)

    def __init__(self, name: str, data: bytes, max_unpacked: int | None = None) -> None:
        if sys.version_info >= (3, 12):
            super().__init__(name)
        self.data = data
        self.max_unpacked = max_unpacked

    def __reduce__(self) -> tuple[type[Held], tuple[str, bytes, int | None]]:
        """Return how to make it anew in another process."""
        return Held, (str(self), self.data, self.max_unpacked)


def open_bytes(path: str, name: str) -> BinaryIO:
    """Return `path`, or standard input for `-`, opened for reading.

    Raises:
        InputError: It cannot be opened; the message says why, and calls the file `name`.
    """
    if path == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise InputError("standard input is closed")
        return sys.stdin.buffer
    try:
        return open(path, "rb", buffering=0)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{name} is a folder; name a file in it") from None
    except PermissionError:
        raise InputError(f"{name}: no permission to read it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{name}: cannot be opened ({reason})") from error


class Hashing(io.RawIOBase):
    """A raw stream that hashes and counts what passes through it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)  # what is there, not `n` bytes
        self.sha256 = hashlib.sha256()
        self.n_bytes = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the start; return how many bytes were there."""
        data = self._read(len(buffer))
        # A pipe may deliver a byte at a time; the first eight tell what kind of file it is.
        while self.n_bytes == 0 and len(data) < 8 and (more := self._read(len(buffer) - len(data))):
            data += more
        self.sha256.update(data)
        self.n_bytes += len(data)
        buffer[: len(data)] = data
        return len(data)


class Unpacking(io.RawIOBase):
    """A raw stream of what a gzip stream holds, which stops at what looks like a bomb."""

    def __init__(self, packed: BinaryIO, counter: Hashing, name: str, limit: int | None = None) -> None:
        self.stream = gzip.GzipFile(fileobj=packed, mode="rb")
        self.counter = counter
        self.name = name
        self.limit = limit
        self.n_bytes = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the start; return how many bytes were there."""
        try:
            data = self.stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{self.name}: the gzip data is damaged or cut off ({error})") from error
        self.n_bytes += len(data)
        if self.limit is not None and self.n_bytes > self.limit:
            raise InputError(f"{self.name}: unpacks to more than {self.limit >> 20} MiB; send less at a time")
        if self.n_bytes > max(RATIO_GRACE, MAX_RATIO * self.counter.n_bytes):
            raise InputError(
                f"{self.name}: unpacks to more than {MAX_RATIO} times its size, which text does not; "
                "if it is sound, unpack it with gunzip first"
            )
        buffer[: len(data)] = data
        return len(data)
