"""A process that scores: it loads the model once, does one job at a time, and keeps nothing of it.

Messages to the parent are tuples: `("ready",)`, `("progress", stage, done, total)`, and at the end of a job one of
`("done", Rendered)`, `("refused", message)`, `("memory",)`, `("stopped",)` and `("failed", where)`. From the parent
come `Job`s, and `STOP` while one runs. The process ends when the parent has gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
import warnings
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scorer.plan import Settings

STOP = "stop"
# Seconds between two messages on progress: more would only cost.
EVERY = 0.1
WARMING = ("Pes spí pod starým stromem.\n", "The dog sleeps under an old tree.\n")


@dataclass(frozen=True, slots=True)
class Setup:
    """How a worker gets ready.

    Attributes:
        threads: CPU threads of numpy and torch.
        device: Where the encoder runs.
        online: Whether a hub may be asked for a model.
        settings: What is tried out beforehand, so that no job waits for a model; `None` for the fast preset alone.
        memory: Bytes that it may allocate; 0 for no limit.
    """

    threads: int = 1
    device: str = "cpu"
    online: bool = False
    settings: Settings | None = None
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is sent: a `scorer.serve.work.Work`, and the formats of the report."""

    work: Any
    formats: tuple[str, ...]


class Stopped(Exception):  # noqa: N818 - no error
    """Nobody wants the result any more."""


def main(connection: Connection, setup: Setup) -> None:
    """Serve jobs until the parent has gone."""
    _isolate(setup)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _warm(setup)
        connection.send(("ready",))
        while True:
            task = connection.recv()
            if task != STOP:  # one that came too late
                connection.send(_outcome(task, connection))


def _isolate(setup: Setup) -> None:
    """Keep to the limits, and leave no trace of a text on disk or in a log, whatever happens."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(setup.threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent decides
    warnings.simplefilter("ignore")  # their lines may quote
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold texts
        if setup.memory:
            resource.setrlimit(resource.RLIMIT_DATA, (setup.memory, setup.memory))
    with contextlib.suppress(OSError):
        # If memory runs out, the kernel ends a worker, which is replaced, and not the server.
        Path("/proc/self/oom_score_adj").write_text("700", encoding="ascii")


def _warm(setup: Setup) -> None:
    """Load what every job needs. What cannot be loaded is told to the job that asks for it."""
    from scorer import api, checks, encoders, metrics, reporters, systems  # noqa: F401
    from scorer.errors import ScorerError
    from scorer.plan import Settings
    from scorer.serve.work import FORMATS, rendered

    for registry in (checks.registry, metrics.registry, reporters.registry):
        registry.names()
    encoders.configure(device=setup.device, online=setup.online)
    # Much is loaded when it is first used; that this text's language is told takes the detector's model.
    for settings in filter(None, (Settings(preset="fast"), setup.settings)):
        with contextlib.suppress(ScorerError):
            rendered(api.compare(*WARMING, settings=settings), tuple(FORMATS))


def _outcome(task: Task, connection: Connection) -> tuple[Any, ...]:
    """Return how a job ended."""
    from scorer.errors import ScorerError
    from scorer.serve.work import rendered

    try:
        report = task.work.report(_Teller(connection))
        return ("done", rendered(report, task.formats))
    except Stopped:
        return ("stopped",)
    except ScorerError as error:
        return ("refused", str(error))
    except MemoryError:
        return ("memory",)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        return ("memory",) if "can't allocate memory" in str(error) else ("failed", where(error))


def where(error: BaseException) -> str:
    """Return an error's type and the places it came through, without its message, which may quote a text."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


class _Teller:
    """Sends progress to the parent, not too often, and stops the job when nobody waits for it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.told = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.connection.poll() and self.connection.recv() == STOP:
            raise Stopped
        now = time.monotonic()
        if done == total or now - self.told >= EVERY:
            self.told = now
            self.connection.send(("progress", stage, done, total))


def resident(pid: int | None) -> int:
    """Return the bytes of memory that a process takes up; 0 where the system does not tell."""
    if pid is None or not sys.platform.startswith("linux"):
        return 0
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
