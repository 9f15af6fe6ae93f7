"""JSON lines: an object a line (https://jsonlines.org). Blank lines hold no row.

Stricter than Python's reader: NaN, infinities, keys given twice and lone surrogates are no JSON that others could read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import NoReturn

from scorer import formats
from scorer.formats.opened import Opened
from scorer.printable import printable


@formats.register("jsonl", ".jsonl", ".ndjson")
def rows(opened: Opened) -> Iterator[formats.Row]:
    """Yield each object as a row, with all of its keys and values as they are.

    Raises:
        InputError: A line is not a JSON object.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique)
    for number, line in enumerate(opened.lines(), start=1):
        if line.isspace() or not line:
            continue
        try:
            cells = decoder.decode(line)
            if "\\u" in line:
                json.dumps(cells, ensure_ascii=False).encode("utf-8")
        except json.JSONDecodeError as error:
            raise opened.error(number, f"not JSON: {error.msg} at character {error.pos + 1}") from error
        except UnicodeEncodeError as error:
            raise opened.error(number, "half a surrogate pair (\\ud800 to \\udfff), which is no character") from error
        except (ValueError, RecursionError) as error:
            raise opened.error(number, f"not JSON: {error}") from error
        if not isinstance(cells, dict):
            raise opened.error(number, f"expected an object {{...}}, found {printable(line, 40)}")
        yield formats.Row(opened.name, number, cells)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value; write null")


def _finite(digits: str) -> float:
    if math.isinf(value := float(digits)):
        raise ValueError(f"the number {printable(digits, 40)} is out of range")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    cells = dict(pairs)
    if len(cells) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {printable(twice, 40)!r} stands twice")
    return cells
