"""Who comes in: a place for each job, and not too many for one client; taken before a body is read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from scorer.serve.limits import Limits, Rates
from scorer.serve.problems import later

# What a client is told to wait when all places are taken: about as long as a job of some pages takes.
SOON = 2.0


class Place:
    """A job's place. It is given back when whoever holds it last lets go."""

    def __init__(self, door: Door, client: str) -> None:
        self._door, self._client, self._holders = door, client, 1

    def hold(self) -> None:
        """Keep the place for someone else too."""
        self._holders += 1

    def leave(self) -> None:
        """Let go of it."""
        self._holders -= 1
        if self._holders == 0:
            self._door.leave(self._client)


class Door:
    """Counts the jobs that are in, each client's own, and how often each asks."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inside: Counter[str] = Counter()
        self.closed: float | None = None
        self._rates = Rates(limits.per_minute)

    def close(self) -> None:
        """Let nobody in any more."""
        self.closed = self.closed or time.monotonic()

    @property
    def grace(self) -> float:
        """Return how many seconds are left for those inside."""
        since = 0.0 if self.closed is None else time.monotonic() - self.closed
        return max(0.0, self.limits.grace - since)

    def enter(self, client: str) -> Place:
        """Return a place for a job of a client.

        Raises:
            Problem: 503 if there is none, 429 if the client has its share already.
        """
        if self.closed is not None:
            raise later(503, "the server is about to stop; try again later", 10)
        if wait := self._rates.wait(client):
            raise later(429, f"more than {self.limits.per_minute} jobs a minute from one client; wait a little", wait)
        if self.inside[client] >= self.limits.per_client:
            raise later(429, f"{self.limits.per_client} jobs of this client are under way; wait for one of them", SOON)
        if self.inside.total() >= self.limits.places:
            raise later(503, f"all {self.limits.places} places for jobs are taken; try again soon", SOON)
        self._rates.take(client)
        self.inside[client] += 1
        return Place(self, client)

    def leave(self, client: str) -> None:
        """Give a place back."""
        self.inside[client] -= 1
        if self.inside[client] <= 0:
            del self.inside[client]

    @contextmanager
    def place(self, client: str) -> Iterator[Place]:
        """Hold a place for as long as the block lasts; longer if someone else holds it too."""
        place = self.enter(client)
        try:
            yield place
        finally:
            place.leave()
