"""Jobs as the server sees them: where each stands, whose it is, and the reports that are kept for a while."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal

from scorer.serve.limits import Limits
from scorer.serve.problems import Problem
from scorer.serve.work import Rendered
from scorer.serve.worker import Task

State = Literal["queued", "running", "done", "failed"]


@dataclass(eq=False)
class Job:
    """One task on its way; used in the event loop's thread only, but for `cancelled`.

    Attributes:
        task: What the worker is sent; let go of at the end.
        client: The address that asked, whose share of places it takes up.
        owner: The browser session that alone may see it; "" for whoever knows its id.
        progress: Stage, done, total.
        cancelled: Nobody waits for it any more.
    """

    task: Task | None = field(repr=False)
    client: str = ""
    owner: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    state: State = "queued"
    progress: tuple[str, int, int] = ("", 0, 0)
    result: Rendered | None = None
    problem: Problem | None = None
    cancelled: bool = False
    submitted: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    _changed: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def is_over(self) -> bool:
        """Return whether there is an outcome."""
        return self.state in ("done", "failed")

    def start(self) -> None:
        """Note that a worker has it."""
        self.state = "running"
        self._tell()

    def advance(self, progress: tuple[str, int, int]) -> None:
        """Note how far it is."""
        self.progress = progress
        self._tell()

    def end(self, outcome: Rendered | Problem) -> None:
        """Note the outcome, once, and let go of the texts."""
        if self.is_over:
            return
        self.task = None
        self.ended = time.monotonic()
        if isinstance(outcome, Problem):
            self.state, self.problem = "failed", outcome
        else:
            self.state, self.result = "done", outcome
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def changes(self, every: float) -> AsyncIterator[None]:
        """Yield now, at every change and at least `every` so many seconds; ends with the job."""
        while True:
            changed = self._changed
            yield
            if self.is_over:
                return
            try:
                await asyncio.wait_for(changed.wait(), every)
            except TimeoutError:
                continue

    async def outcome(self) -> Rendered:
        """Return the result, when it is there.

        Raises:
            Problem: It failed.
        """
        async for _ in self.changes(60):
            pass
        if self.problem is not None:
            raise self.problem
        assert self.result is not None
        return self.result

    def to_dict(self) -> dict[str, object]:
        """Return where it stands, as JSON values."""
        stage, done, total = self.progress
        return {
            "id": self.id,
            "state": self.state,
            "progress": {"stage": stage, "done": done, "total": total},
            "verdict": self.result.verdict if self.result else None,
            "problem": self.problem.to_dict() if self.problem else None,
        }


class Kept:
    """The jobs that can be asked for by id: those under way, and a bounded number of finished ones.

    Args:
        limits: How many finished ones, how large, for how long.
        clock: Seconds, monotonic.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.clock = clock
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def add(self, job: Job) -> None:
        """Keep a job."""
        self._jobs[job.id] = job
        self.tidy()

    def get(self, job_id: str, owner: str) -> Job:
        """Return a job.

        Raises:
            Problem: There is none, or it is not for this owner: which of the two is not told.
        """
        self.tidy()
        job = self._jobs.get(job_id)
        if job is None or (job.owner and not secrets.compare_digest(job.owner, owner)):
            raise Problem(404, "there is no such report here, or no more; finished reports are kept for a while only")
        return job

    def forget(self, job: Job) -> None:
        """Let go of a job."""
        self._jobs.pop(job.id, None)

    def tidy(self) -> None:
        """Let go of what is too old or too much, oldest first."""
        finished = [job for job in self._jobs.values() if job.is_over]
        n, n_bytes = len(finished), self.n_bytes
        for job in finished:
            stale = self.clock() - job.ended > self.limits.results_seconds
            if not stale and n <= self.limits.results and n_bytes <= self.limits.results_bytes:
                continue
            n -= 1
            n_bytes -= job.result.n_bytes if job.result else 0
            self.forget(job)

    @property
    def n_bytes(self) -> int:
        """Return how much memory the finished reports take up."""
        return sum(job.result.n_bytes for job in self._jobs.values() if job.result)

    def __len__(self) -> int:
        return len(self._jobs)
