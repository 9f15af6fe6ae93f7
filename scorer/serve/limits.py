"""How much a server takes on: sizes, times, places in the queue, and each client's share of them."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from scorer.errors import UsageError

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server refuses to go beyond.

    Attributes:
        max_bytes: Of a request's body.
        timeout: Seconds that a job may run; then its worker is ended.
        workers: Processes that score.
        queue: Jobs that may wait for a worker; with more, clients are asked to come back.
        per_client: Jobs of one client (an address) that may run or wait at once.
        per_minute: Jobs that one client may ask for a minute; half of them at once.
        results: Finished reports that are kept for the page.
        results_bytes: Bytes that they may take up together, packed.
        results_seconds: How long one is kept.
        memory: Bytes that a worker may allocate (on Linux); 0 for no limit.
        grace: Seconds that running jobs get when the server is told to stop.
    """

    max_bytes: int = 10 * MIB
    timeout: float = 120.0
    workers: int = 2
    queue: int = 16
    per_client: int = 8
    per_minute: int = 240
    results: int = 64
    results_bytes: int = 64 * MIB
    results_seconds: float = 3600.0
    memory: int = 4096 * MIB
    grace: float = 30.0

    def __post_init__(self) -> None:
        """Check what the types cannot say.

        Raises:
            UsageError: A limit is impossible.
        """
        least = {"max_bytes": 1024, "workers": 1, "queue": 1, "per_client": 1, "per_minute": 2, "results": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise UsageError(f"{name.replace('_', '-')} is {getattr(self, name)}; it must be {low} or more")
        for name in ("timeout", "grace", "results_seconds"):
            if not 0 < getattr(self, name) < math.inf:
                raise UsageError(f"{name.replace('_', '-')} is {getattr(self, name)}; it must be more than 0 seconds")

    @property
    def places(self) -> int:
        """Return how many jobs there may be at once, running, waiting or on their way in."""
        return self.workers + self.queue

    @property
    def max_unpacked(self) -> int:
        """Return how many bytes a packed file may take up: text packs 3 to 5 times."""
        return 5 * self.max_bytes


class Rates:
    """How often each client may do something: a bucket a client that fills up again evenly.

    Args:
        per_minute: How many times a minute; a bucket holds half of that.
        clock: Seconds, monotonic.
        limit: Clients that are remembered; the one not seen for longest is forgotten, and by then its bucket is full.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic, limit: int = 4096) -> None:
        self.size = max(1.0, per_minute / 2)
        self.per_second = per_minute / 60
        self.clock = clock
        self.limit = limit
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Return how many seconds a client has to wait for its next turn; 0 if it may go now."""
        return max(0.0, (1 - self._level(client)) / self.per_second)

    def take(self, client: str) -> float:
        """Take a turn; return 0, or how many seconds the client has to wait if it has none left."""
        level = self._level(client)
        if level < 1:
            return self.wait(client)
        self._buckets[client] = (level - 1, self.clock())
        self._buckets.move_to_end(client)
        while len(self._buckets) > self.limit:
            self._buckets.popitem(last=False)
        return 0.0

    def _level(self, client: str) -> float:
        level, seen = self._buckets.get(client, (self.size, self.clock()))
        return min(self.size, level + (self.clock() - seen) * self.per_second)
