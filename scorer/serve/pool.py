"""The worker processes and the queue before them.

Each worker has a keeper: a thread that hands it one job after another, listens to it, and replaces it when it crashes,
takes too long, or has grown too large. The server's event loop never waits for a worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from scorer.serve.jobs import Job
from scorer.serve.limits import MIB, Limits
from scorer.serve.monitor import Monitor
from scorer.serve.problems import Problem, later
from scorer.serve.work import Rendered
from scorer.serve.worker import STOP, Setup, main, resident

log = logging.getLogger("scorer.serve")

# Seconds that a worker may take to load its models from a slow disk on a busy machine.
START = 600.0
# Seconds after which a keeper looks whether its job is still wanted.
LOOK = 0.1
# Seconds after which a keeper without a job looks after its worker.
RETRY = 5.0
# Seconds that a job whose client has gone gets to notice.
STOPPING = 2.0
# What a worker may have grown by before it is replaced between two jobs: freed memory is not always given back.
GROWTH = 512 * MIB


class Died(Exception):  # noqa: N818 - says what happened
    """A worker ended in the middle of something."""


class Worker:
    """A worker process, ready for a job; starting one takes seconds."""

    def __init__(self, setup: Setup, target: Callable[[Connection, Setup], None] = main) -> None:
        """Start the process and wait until it is ready.

        Raises:
            Died: It is not.
        """
        context = multiprocessing.get_context("spawn")  # a forked one would share locks, sockets and texts with us
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=target, args=(theirs, setup), daemon=True)
        self.process.start()
        theirs.close()  # or its end would not be seen when the process dies
        if self.receive(START) is None:
            self.kill()
            raise Died
        self.size = resident(self.process.pid)

    def send(self, message: object) -> None:
        """Send a message."""
        try:
            self.connection.send(message)
        except OSError as error:
            raise Died from error

    def receive(self, seconds: float) -> tuple[Any, ...] | None:
        """Return the next message, or `None` if none comes in time."""
        try:
            return self.connection.recv() if self.connection.poll(seconds) else None
        except (EOFError, OSError) as error:
            self.process.join(5)
            raise Died from error

    def kill(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.process.join(5)
        with contextlib.suppress(OSError):
            self.connection.close()

    @property
    def has_grown(self) -> bool:
        """Return whether it had better be replaced."""
        return resident(self.process.pid) > self.size + GROWTH


class Pool:
    """Workers with their keepers. Made and used in an event loop; results come back to it.

    Args:
        limits: Of time, number and memory.
        setup: Of each worker.
        monitor: What is counted.
        target: What workers run; another in tests.
    """

    def __init__(
        self, limits: Limits, setup: Setup, monitor: Monitor, target: Callable[[Connection, Setup], None] = main
    ) -> None:
        self.limits = limits
        self.setup = setup
        self.monitor = monitor
        self.target = target
        self.workers: dict[int, Worker] = {}
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._jobs: set[Job] = set()
        self._stopping = False
        self._keepers: list[threading.Thread] = []

    def start(self) -> None:
        """Start the keepers, which start their workers; returns at once."""
        self._loop = asyncio.get_running_loop()
        for number in range(self.limits.workers):
            keeper = threading.Thread(target=self._keep, args=(number,), name=f"keeper-{number}", daemon=True)
            self._keepers.append(keeper)
            keeper.start()

    @property
    def n_waiting(self) -> int:
        """Return how many jobs wait for a worker."""
        return sum(job.state == "queued" for job in self._jobs)

    @property
    def n_running(self) -> int:
        """Return how many jobs a worker is at."""
        return sum(job.state == "running" for job in self._jobs)

    def submit(self, job: Job) -> None:
        """Put a job into the queue. How many there may be is decided before a body is read: `scorer.serve.door`.

        Raises:
            Problem: The server is about to stop.
        """
        if self._stopping:
            raise later(503, "the server is about to stop; try again later", 10)
        self._jobs.add(job)
        self._waiting.put(job)

    def position(self, job: Job) -> int:
        """Return how many jobs wait before this one, in the order in which they came."""
        waiting = [each for each in self._jobs if each.state == "queued"]
        return sum(each.submitted < job.submitted for each in waiting)

    def cancel(self, job: Job) -> None:
        """Stop a job that nobody waits for."""
        job.cancelled = True
        if job.state == "queued":
            self._end(job, Problem(409, "the job was cancelled"))

    async def stop(self, grace: float) -> None:
        """Take no more jobs, let those there are finish for `grace` seconds, and end the workers."""
        self._stopping = True
        until = time.monotonic() + grace
        while self._jobs and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for job in list(self._jobs):
            job.cancelled = True
            self._end(job, later(503, "the server was stopped before the job was done", 10))
        for _ in self._keepers:
            self._waiting.put(None)
        for worker in list(self.workers.values()):
            worker.process.kill()
        for keeper in self._keepers:
            await asyncio.to_thread(keeper.join, 5)

    def _end(self, job: Job, outcome: Rendered | Problem) -> None:
        self._jobs.discard(job)
        if not job.is_over:
            job.end(outcome)
            told = "done" if isinstance(outcome, Rendered) else str(outcome.status)
            self.monitor.jobs.add(1, outcome=told)

    def _tell(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the event loop's thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function, *arguments)

    # What follows runs in a keeper's thread.

    def _keep(self, number: int) -> None:
        """Serve jobs with one worker until the pool stops."""
        self._ready(number)
        while (job := self._next(number)) is not None:
            task = job.task
            if job.cancelled or task is None:
                continue
            worker = self._ready(number)
            if worker is None:
                detail = "no worker could be started; the server's log says more"
                self._tell(self._end, job, later(503, detail, 10))
                continue
            self._tell(job.start)
            begun = time.monotonic()
            outcome, reason = self._run(worker, job, task)
            self._tell(self.monitor.job_seconds.observe, time.monotonic() - begun)
            self._tell(self._end, job, outcome)
            del job, task, outcome  # or the last texts would stay until the next come
            if reason or worker.has_grown:
                self._replace(number, reason or "grown")
        self._drop(number)

    def _next(self, number: int) -> Job | None:
        """Return the next job, `None` at the end; meanwhile a worker that died at rest is replaced."""
        while True:
            try:
                return self._waiting.get(timeout=RETRY)
            except queue.Empty:
                self._ready(number)

    def _run(self, worker: Worker, job: Job, task: object) -> tuple[Rendered | Problem, str]:
        """Return how a job ended, and why its worker must be replaced, if it must."""
        until = time.monotonic() + self.limits.timeout
        told = False
        try:
            worker.send(task)
            while (left := until - time.monotonic()) > 0:
                message = worker.receive(min(LOOK, left))
                if job.cancelled and not told:
                    worker.send(STOP)
                    told, until = True, min(until, time.monotonic() + STOPPING)
                if message is None:
                    continue
                if message[0] == "progress":
                    self._tell(job.advance, message[1:])
                else:
                    return self._outcome(message), ""
        except Died:
            return Problem(500, "the worker ended before the job was done; it may have needed too much memory"), "died"
        if job.cancelled:
            return Problem(409, "the job was cancelled"), "cancelled"
        seconds = f"{self.limits.timeout:g} seconds"
        return Problem(504, f"the job took longer than {seconds}; send less text, or use the fast preset"), "timeout"

    def _outcome(self, message: tuple[Any, ...]) -> Rendered | Problem:
        kind, *content = message
        if kind == "done":
            return content[0]  # type: ignore[no-any-return]
        if kind == "refused":
            return Problem(422, content[0])
        if kind == "stopped":
            return Problem(409, "the job was cancelled")
        if kind == "memory":
            return Problem(413, "the texts need more memory than a worker has; send less at a time")
        log.error("a job failed: %s", content[0])
        return Problem(500, "the job failed through a fault of ours; the server's log says where")

    def _ready(self, number: int) -> Worker | None:
        """Return this keeper's worker, a new one if there is none; `None` if it cannot be started."""
        worker = self.workers.get(number)
        if worker is not None and worker.process.is_alive():
            return worker
        self._drop(number)
        if self._stopping:
            return None
        try:
            self.workers[number] = Worker(self.setup, self.target)
        except (Died, OSError) as error:
            log.error("a worker could not be started: %s", error.__cause__ or error)
            return None
        return self.workers[number]

    def _replace(self, number: int, reason: str) -> None:
        if not self._stopping:
            log.warning("a worker is replaced: %s", reason)
            self._tell(self.monitor.restarts.add, 1, reason)
        self._drop(number)
        self._ready(number)

    def _drop(self, number: int) -> None:
        worker = self.workers.pop(number, None)
        if worker is not None:
            worker.kill()
