"""A request's body: read in memory up to a limit, and taken apart as strict JSON or as a form."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from scorer.serve.problems import Problem

# Seconds that a body may take to come in, whatever its size.
ARRIVAL = 60.0
# Seconds for which the rest of a body that is not wanted is read and dropped: many clients read no answer before.
DROPPING = 3.0
# Parts of a form: texts, references and settings.
MAX_PARTS = 64


async def read(request: Request, max_bytes: int) -> bytes:
    """Return a request's body.

    Raises:
        Problem: It is too large, or comes too slowly.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > max_bytes:
        await drop(request)
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(ARRIVAL):
            return await _received(request, max_bytes)
    except TimeoutError:
        detail = f"the body took longer than {ARRIVAL:g} seconds to come in"
        raise Problem(408, detail, {"Connection": "close"}) from None


async def _received(request: Request, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    n_bytes = 0
    more = True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise Problem(400, "the body ended before all of it was there")
        chunk, more = message.get("body", b""), message.get("more_body", False)
        n_bytes += len(chunk)
        if n_bytes > max_bytes:
            chunks.clear()
            if more:
                await drop(request)
            raise _too_large(max_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


async def drop(request: Request) -> None:
    """Read and forget what a client still sends, for a moment."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DROPPING):
            while (message := await request.receive())["type"] == "http.request" and message.get("more_body", False):
                pass


def _too_large(max_bytes: int) -> Problem:
    detail = f"the body is larger than {max_bytes:,} bytes; send less at a time, or start the server with --max-bytes"
    return Problem(413, detail, {"Connection": "close"})


def parsed_json(data: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Stricter than Python's reader: NaN, infinities and keys given twice are refused, for nobody means them.

    Raises:
        Problem: It is none.
    """
    try:
        content = json.loads(
            data.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique, parse_float=_finite
        )
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error.msg} at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise Problem(422, "the body must be a JSON object")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _finite(digits: str) -> float:
    if (value := float(digits)) in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range")
    return value


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return content


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form; `filename` is `None` for a field that is no file."""

    name: str
    filename: str | None
    data: bytes = field(repr=False)

    @property
    def is_blank(self) -> bool:
        """Return whether it is what a browser sends for an input that nobody filled."""
        return not self.data and not self.filename

    def text(self) -> str:
        """Return a field's text.

        Raises:
            Problem: It is not UTF-8.
        """
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Problem(400, f"the field {self.name!r} is not UTF-8 at byte {error.start}") from error


def parsed_form(data: bytes, content_type: str) -> list[Part]:
    """Return the parts of a `multipart/form-data` body, in order. All of it stays in memory.

    Raises:
        Problem: It is broken, or has more than `MAX_PARTS` parts.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise Problem(400, "the form has no boundary in its Content-Type")
    collector = _Collector()
    try:
        parser = MultipartParser(boundary, collector.callbacks())
        parser.write(data)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError, ValueError) as error:
        raise Problem(400, "the form cannot be read: it is no sound multipart/form-data") from error
    if not collector.is_complete:
        raise Problem(400, "the form cannot be read: it ends before its last boundary")
    return collector.parts


class _Collector:
    """Puts parts together from what the parser calls out."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.is_complete = False
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._data: list[bytes] = []

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._data.append(data[start:end]),
            "on_part_end": self._end,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._disposition, self._data = b"", []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _end(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise Problem(422, f"the form has more than {MAX_PARTS} parts")
        options = parse_options_header(self._disposition)[1]
        if b"name" not in options:
            raise Problem(400, "a part of the form has no name")
        filename = options.get(b"filename")
        name = options[b"name"].decode("utf-8", "replace")
        called = None if filename is None else filename.decode("utf-8", "replace")
        self.parts.append(Part(name, called, b"".join(self._data)))

    def _finish(self) -> None:
        self.is_complete = True
