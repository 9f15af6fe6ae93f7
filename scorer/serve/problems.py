"""What a client is told when something cannot be done: problem details (RFC 9457), one sentence each."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from scorer.printable import printable

MEDIA_TYPE = "application/problem+json"
# Longest detail; a message may quote a text under test.
LONGEST = 600


class Problem(Exception):  # noqa: N818 - the RFC's word
    """An answer that is an error.

    Attributes:
        status: The HTTP status.
        detail: One sentence: what is wrong, where, and what to do.
        headers: For the answer.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON values."""
        detail = printable(self.detail, LONGEST)
        return {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": detail}

    def response(self) -> Response:
        """Return the answer."""
        content = json.dumps(self.to_dict(), ensure_ascii=True) + "\n"
        return Response(content, self.status, self.headers, MEDIA_TYPE)


def later(status: int, detail: str, seconds: float) -> Problem:
    """Return a problem that goes away by itself; the client is told when to come back."""
    return Problem(status, detail, {"Retry-After": str(max(1, math.ceil(seconds)))})
