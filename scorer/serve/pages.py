"""The web page, its files, and the API's description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from scorer import __version__
from scorer.plan import Settings
from scorer.report import BANDS
from scorer.serve.limits import MIB, Limits
from scorer.serve.problems import Problem
from scorer.serve.sessions import Keyring, opened

ASSETS: Mapping[str, str] = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
# Title, the two texts, and what the page tells of them.
EXAMPLES = (
    ("A translation with errors", "machine.de.txt", "machine.en.txt", "German into English"),
    ("A good translation", "museum.fr.txt", "museum.en.txt", "French into English"),
    ("Two versions in English", "garden-1.en.txt", "garden-2.en.txt", "neither is the original"),
    ("Sentences left out", "notice.es.txt", "notice.en.txt", "Spanish into English, not line by line"),
)


def shipped(folder: str, name: str) -> bytes:
    """Return a file of this package."""
    return (resources.files("scorer.serve") / folder / name).read_bytes()


@dataclass(frozen=True)
class Pages:
    """What a browser is shown.

    Attributes:
        settings: Which preset is chosen beforehand.
        limits: What the page tells of them.
        keyring: Whether the page asks for a token.
    """

    settings: Settings
    limits: Limits
    keyring: Keyring

    async def index(self, request: Request) -> Response:
        """`GET /`."""
        session = self.keyring.session(request.headers)
        response = Response(self._page(locked=not self.keyring.admits(request.headers)), media_type="text/html")
        if not session.name:
            self.keyring.give(response, opened())
        return response

    async def asset(self, request: Request) -> Response:
        """`GET /assets/{name}`."""
        name = request.path_params["name"]
        if name not in ASSETS:
            raise Problem(404, "there is no such file")
        return Response(shipped("assets", name), headers={"content-type": ASSETS[name], "cache-control": "no-cache"})

    async def openapi(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        return Response(json.dumps(self.description, ensure_ascii=False), media_type="application/json")

    def _page(self, *, locked: bool) -> str:
        environment = Environment(
            loader=PackageLoader("scorer.serve", "templates"), autoescape=True, undefined=StrictUndefined
        )
        examples = [
            {"title": title, "about": about, "a": shipped("examples", a).decode(), "b": shipped("examples", b).decode()}
            for title, a, b, about in EXAMPLES
        ]
        return environment.get_template("page.html").render(
            version=__version__,
            preset=self.settings.preset,
            examples=examples,
            locked=locked,
            max_bytes=self.limits.max_bytes,
            max_mib=self.limits.max_bytes // MIB,
            timeout=self.limits.timeout,
            bands=BANDS,
        )

    @cached_property
    def description(self) -> dict[str, Any]:
        """The OpenAPI document, with the report's schema in its place."""
        described: dict[str, Any] = json.loads(shipped(".", "openapi.json"))
        schema = json.loads((resources.files("scorer") / "schemas" / "report.json").read_text(encoding="utf-8"))
        parts = schema.pop("$defs")
        for key in ("$schema", "$id"):
            schema.pop(key)
        named = {"Report": schema} | {f"Report.{name}": part for name, part in parts.items()}
        described["components"]["schemas"] |= {name: _moved(part) for name, part in named.items()}
        described["info"]["version"] = __version__
        if not self.keyring.token:
            described.pop("security")
        return described


def _moved(schema: Any) -> Any:
    """Return a part of the report's schema with its references pointing to where OpenAPI has them."""
    if isinstance(schema, dict):
        return {key: _moved(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_moved(each) for each in schema]
    prefix = "#/$defs/"
    if isinstance(schema, str) and schema.startswith(prefix):
        return f"#/components/schemas/Report.{schema.removeprefix(prefix)}"
    return schema
