"""What every request passes: whom it says it is for, where it comes from, the token, and the headers of the answer."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scorer.serve.limits import Rates
from scorer.serve.monitor import Monitor
from scorer.serve.problems import Problem, later
from scorer.serve.sessions import Keyring
from scorer.serve.worker import where

access = logging.getLogger("scorer.serve.access")
log = logging.getLogger("scorer.serve")

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Ways in that ask for no token: they show nothing of anybody.
OPEN = ("/v1/health", "/v1/session")
# Wrong tokens that a client may try a minute.
GUESSES = 20

# A page of ours: scripts and styles from files only, nothing from elsewhere, in nobody's frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: browsers would then send `Origin: null` with our own form.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}


def host_of(address: str) -> str:
    """Return the host of `host:port`, lower case and without brackets; "" if there is none to be read."""
    try:
        return (urlsplit(f"//{address}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_address(host: str) -> bool:
    """Return whether a host is an IP address, which no name server can turn into another."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Guard:
    """The outermost layer of the application.

    Args:
        app: What is guarded.
        keyring: The token.
        monitor: Where requests are counted.
        hosts: Names by which the server may be called besides loopback's and IP addresses. A page elsewhere can have
            its own name point here (DNS rebinding), and then counts as the same site; but it cannot change the name.
        is_local: Whether the server listens on loopback only; then only loopback's own addresses are taken.
    """

    def __init__(
        self, app: ASGIApp, *, keyring: Keyring, monitor: Monitor, hosts: Sequence[str] = (), is_local: bool = True
    ) -> None:
        self.app = app
        self.keyring = keyring
        self.monitor = monitor
        self.hosts = {*LOOPBACK, *(host.lower() for host in hosts)}
        self.is_local = is_local
        self.guesses = Rates(GUESSES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        begun = time.monotonic()
        try:
            self._check(scope)
            await self.app(scope, receive, answer)
        except Problem as problem:
            await problem.response()(scope, receive, answer)
        except Exception as error:
            # Its message may quote a text, and so may uvicorn's traceback.
            log.error("a request failed: %s", where(error))
            if not answer.status:
                await Problem(500, "a fault of ours; the server's log says where").response()(scope, receive, answer)
        finally:
            self._note(scope, answer, time.monotonic() - begun)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = host_of(headers.get("host", ""))
        if host not in self.hosts and (self.is_local or not is_address(host)):
            raise Problem(421, "the Host header names no host that this server goes by; see --allowed-host")
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            _refuse_other_sites(headers)
        path = scope["path"]
        if path.startswith("/v1/") and path not in OPEN and not self.keyring.admits(headers):
            self.refuse(client_of(scope))

    def refuse(self, client: str) -> None:
        """Say that the token is missing or wrong, and slow down who guesses.

        Raises:
            Problem: 401, or 429 after too many.
        """
        if wait := self.guesses.take(client):
            raise later(429, "too many requests without the right token; wait a little", wait)
        raise Problem(401, "this needs the server's token: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"})

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        """Count a request and write its line. A path is named by its route: ids give access."""
        route = getattr(scope.get("route"), "path", "") or "(no such path)"
        method = scope["method"] if scope["method"] in ("GET", "POST", "DELETE", "HEAD", "OPTIONS") else "(other)"
        self.monitor.requests.add(1, method=method, path=route, status=str(answer.status or 499))
        if not route.endswith("/events"):
            self.monitor.request_seconds.observe(seconds)
        access.info(
            "%s %s %s %s %d bytes %.0f ms",
            client_of(scope),
            method,
            route,
            answer.status or 499,
            answer.n_bytes,
            1000 * seconds,
        )


def _refuse_other_sites(headers: Headers) -> None:
    """Refuse what another site's page makes a browser send.

    Raises:
        Problem: It comes from elsewhere.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    elsewhere = origin is not None and _place(origin) != headers.get("host", "").lower()
    if elsewhere or site not in ("same-origin", "none"):
        raise Problem(403, "another site's page may not do this")


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def client_of(scope: Scope) -> str:
    """Return a client's address."""
    return scope["client"][0] if scope.get("client") else "unknown"


class _Answer:
    """Passes an answer on with our headers, and notes its status and size."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 0
        self.n_bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        elif message["type"] == "http.response.body":
            self.n_bytes += len(message.get("body", b""))
        await self.send(message)
