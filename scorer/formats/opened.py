"""An input file as bytes: opened once, hashed while it is read, unpacked with a limit, and refused with a reason."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Self

from scorer.errors import InputError
from scorer.formats.streams import Hashing, Held, Unpacking, open_bytes
from scorer.printable import printable

MAX_UNPACKED = 1 << 30  # bytes that a packed file may take up where it is read whole
CHUNK = 1 << 20

_BYTE_ORDER_MARKS = {  # UTF-32 before UTF-16, whose mark it begins with
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive or office document",
    b"%PDF-": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"{\\rtf": "a rich text document",
    b"\xfd7zXZ\0": "packed with xz",
    b"BZh": "packed with bzip2",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
}


class Opened:
    """An open file, one held in memory, or standard input for `-`; a context manager.

    Attributes:
        name: The path as it was given, safe to print; for messages.
        notes: What a reader should know about the file, in the order found. Grows while the file is read.
        n_lines: Lines, or rows of a binary table, handed out so far.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open `path`.

        Raises:
            InputError: It is missing, a folder, unreadable, packed in a way we do not read, or not text.
        """
        self.path = os.fspath(path)
        held = path if isinstance(path, Held) else None
        self._is_stdin = held is None and self.path == "-"
        self.name = "standard input" if self._is_stdin else printable(self.path)
        self.notes: list[str] = []
        self.n_lines = 0
        self._file: BinaryIO = io.BytesIO(held.data) if held else open_bytes(self.path, self.name)
        self._counter = Hashing(self._file)
        raw: io.RawIOBase = self._counter
        stream = io.BufferedReader(raw, CHUNK)
        try:
            with self._reading():
                self.packed = stream.peek(2)[:2] == b"\x1f\x8b"
                if self.packed:
                    raw = Unpacking(stream, self._counter, self.name, held.max_unpacked if held else None)
                    stream = io.BufferedReader(raw, CHUNK)
                self.stream = stream
                self._note_packing()
                self._refuse_other_kinds(stream.peek(8)[:8])
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if not self._is_stdin:
            self._file.close()

    def finish(self) -> None:
        """Read what is left of the file, so that its hash is that of the whole, and close it."""
        with self._reading():
            while not self._file.closed and self._counter.read(CHUNK):
                pass
        self.close()

    @property
    def sha256(self) -> str:
        """Return the hash, in hexadecimal, of the bytes as stored; of those read, before the end."""
        return self._counter.sha256.hexdigest()

    def error(self, line: int, message: str) -> InputError:
        """Return an error that names the file and a line, counted from 1."""
        return InputError(f"{self.name}, line {line}: {message}")

    def data(self) -> bytes:
        """Return all (unpacked) bytes.

        Raises:
            InputError: They cannot be read, or a packed file holds more than `MAX_UNPACKED`.
        """
        chunks: list[bytes] = []
        n_bytes = 0
        with self._reading():
            while chunk := self.stream.read(CHUNK):
                chunks.append(chunk)
                n_bytes += len(chunk)
                if self.packed and n_bytes > MAX_UNPACKED:
                    raise InputError(f"{self.name}: unpacks to more than {MAX_UNPACKED >> 20} MiB; unpack it first")
        return b"".join(chunks)

    def lines(self) -> Iterator[str]:
        """Yield the lines one at a time, without their ends; only a line feed ends a line.

        Raises:
            InputError: A line is not UTF-8 or holds a NUL byte.
        """
        offset = 0
        crlf = 0
        with self._reading():
            for raw in self.stream:
                self.n_lines += 1
                line = self.decoded(raw, self.n_lines, offset)
                offset += len(raw)
                if self.n_lines == 1 and line.startswith("\ufeff"):
                    self.notes.append("byte order mark removed")
                    line = line[1:]
                line = line.removesuffix("\n")
                if line.endswith("\r"):
                    crlf += 1
                    line = line[:-1]
                yield line
        self.note_line_ends(crlf)

    def decoded(self, data: bytes, line: int = 1, offset: int = 0) -> str:
        """Return UTF-8 as text.

        Args:
            data: Bytes of the file.
            line: The line that `data` begins, counted from 1; for the message.
            offset: The place of `data` in the file, in bytes counted from 0; for the message.

        Raises:
            InputError: It is not UTF-8, or holds a NUL byte.
        """
        if (nul := data.find(b"\0")) >= 0:
            line += data.count(b"\n", 0, nul)
            message = "NUL byte; this is a binary file, or UTF-16 without a byte order mark"
            raise InputError(f"{self.name}, line {line}, byte {offset + nul}: {message}")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            line += data.count(b"\n", 0, error.start)
            byte = data[error.start]
            raise InputError(
                f"{self.name}, line {line}, byte {offset + error.start}: not UTF-8 (0x{byte:02x}); "
                f"convert the file, for instance: iconv -f WINDOWS-1252 -t UTF-8"
            ) from error

    def note_line_ends(self, crlf: int) -> None:
        """Note that `crlf` of the lines so far ended in a carriage return and a line feed, and that a file is empty."""
        if crlf:
            self.notes.append(
                "CRLF line ends" if crlf >= self.n_lines - 1 else f"CRLF line ends on {crlf} of {self.n_lines} lines"
            )
        if self.n_lines == 0:
            self.notes.append("file is empty")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(f"{self.name}: cannot be read ({error.strerror or error})") from error

    def _note_packing(self) -> None:
        named_gz = self.path.lower().endswith(".gz")
        if self.packed and not named_gz:
            self.notes.append("unpacked: the file is gzip data")
        elif named_gz and not self.packed and self.stream.peek(1):
            self.notes.append("named .gz, but not packed")

    def _refuse_other_kinds(self, start: bytes) -> None:
        for mark, encoding in _BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                raise InputError(f"{self.name} is {encoding}; convert it: iconv -f {encoding} -t UTF-8")
        for mark, kind in _OTHER_KINDS.items():
            if start.startswith(mark):
                raise InputError(f"{self.name} is {kind}; save its text as UTF-8 first")
