"""Browser sessions and the token.

A session is a random name in a signed cookie; the server remembers none of them. Whether the session has shown the
token is part of what is signed. The key lives as long as the process.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response

from scorer.errors import UsageError

# Shorter ones can be guessed.
SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Session:
    """A browser's session.

    Attributes:
        name: Unguessable; "" for a client that is no browser with our page.
        has_shown_token: Whether it may do what the token is asked for.
    """

    name: str = ""
    has_shown_token: bool = False


def opened(has_shown_token: bool = False) -> Session:
    """Return a new session."""
    return Session(secrets.token_urlsafe(18), has_shown_token)


def refuse_weak(token: str) -> None:
    """Check a token; "" is none.

    Raises:
        UsageError: It could be guessed, or cannot stand in a header.
    """
    if token and len(token) < SHORTEST_TOKEN:
        raise UsageError(f"the token has {len(token)} characters; at least {SHORTEST_TOKEN} are needed")
    if not token.isascii() or any(character.isspace() for character in token):
        raise UsageError("the token may only hold ASCII characters and no spaces")


@dataclass(frozen=True)
class Keyring:
    """The token, if there is one, and what cookies are signed with.

    Attributes:
        token: What clients must show; "" for none.
        cookie: The cookie's name. Browsers send cookies to every port of a host, so it tells servers apart.
    """

    token: str = field(default="", repr=False)
    cookie: str = "scorer"
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def is_token(self, given: str) -> bool:
        """Return whether this is the token, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode("ascii"))

    def session(self, headers: Headers) -> Session:
        """Return the session that a request's cookie names; one without a name if there is no sound cookie."""
        value = cookie_parser(headers.get("cookie", "")).get(self.cookie, "")
        name, _, rest = value.partition(".")
        shown, _, mark = rest.partition(".")
        session = Session(name, shown == "1")
        sound = name and hmac.compare_digest(mark.encode("utf-8", "replace"), self._mark(session).encode("ascii"))
        return session if sound else Session()

    def admits(self, headers: Headers) -> bool:
        """Return whether a request has shown the token, in its header or its session, or none is asked for."""
        if not self.token:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(given.strip()):
            return True
        return self.session(headers).has_shown_token

    def give(self, response: Response, session: Session) -> None:
        """Set the session's cookie: no script can read it, and no other site's page makes a browser send it."""
        value = f"{session.name}.{int(session.has_shown_token)}.{self._mark(session)}"
        response.set_cookie(self.cookie, value, path="/", httponly=True, samesite="strict")

    def _mark(self, session: Session) -> str:
        said = f"{session.name}.{int(session.has_shown_token)}"
        return hmac.new(self.key, said.encode("utf-8", "replace"), sha256).hexdigest()
