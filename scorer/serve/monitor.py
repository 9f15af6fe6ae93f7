"""What a server counts, in the text format that Prometheus reads (exposition format 0.0.4).

Used in the event loop's thread only. Labels come from fixed sets (routes, statuses), never from what clients send.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from scorer import __version__
from scorer.serve.worker import resident

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

Labels = tuple[tuple[str, str], ...]


class Counter:
    """A number for each combination of labels; it only grows."""

    kind = "counter"

    def __init__(self, name: str, help: str) -> None:
        self.name, self.help = name, help
        self.values: dict[Labels, float] = {}

    def add(self, amount: float, reason: str = "", **labels: str) -> None:
        """Count something; `reason` is short for the label of that name."""
        key = tuple({**({"reason": reason} if reason else {}), **labels}.items())
        self.values[key] = self.values.get(key, 0) + amount

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        """Yield name, labels and value."""
        for labels, value in self.values.items():
            yield self.name, labels, value


class Histogram:
    """How many seconds something took: counts up to each bound, their number and their sum."""

    kind = "histogram"

    def __init__(self, name: str, help: str, bounds: tuple[float, ...] = SECONDS) -> None:
        self.name, self.help, self.bounds = name, help, bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        """Yield name, labels and value."""
        total = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            total += count
            yield f"{self.name}_bucket", (("le", bound),), total
        yield f"{self.name}_sum", (), self.sum
        yield f"{self.name}_count", (), total


class Monitor:
    """All that is counted."""

    def __init__(self) -> None:
        self.requests = Counter("scorer_requests_total", "Requests answered.")
        self.request_seconds = Histogram("scorer_request_seconds", "Time to answer a request, streams left out.")
        self.jobs = Counter("scorer_jobs_total", "Jobs ended; the outcome is done or the status of the problem.")
        self.job_seconds = Histogram("scorer_job_seconds", "Time that a worker spent on a job.")
        self.restarts = Counter("scorer_worker_replacements_total", "Workers replaced.")

    def page(self, gauges: Iterable[tuple[str, str, float]], pids: Iterable[int | None] = ()) -> str:
        """Return all numbers.

        Args:
            gauges: Names with a sentence each and what they stand at now.
            pids: Of the workers, for their memory.
        """
        lines = []
        for each in (self.requests, self.request_seconds, self.jobs, self.job_seconds, self.restarts):
            lines += _head(each.name, each.help, each.kind)
            lines += [_line(*sample) for sample in each.samples()]
        memory = ("process_resident_memory_bytes", "Memory of the server without its workers.", resident(os.getpid()))
        workers = ("scorer_workers_resident_memory_bytes", "Memory of the workers.", sum(map(resident, pids)))
        for name, about, value in (*gauges, memory, workers):
            lines += [*_head(name, about, "gauge"), _line(name, (), value)]
        lines += [*_head("scorer_info", "The version.", "gauge"), _line("scorer_info", (("version", __version__),), 1)]
        return "\n".join(lines) + "\n"


def _head(name: str, help: str, kind: str) -> list[str]:
    return [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]


def _line(name: str, labels: Labels, value: float) -> str:
    quoted = ",".join(f'{key}="{_escaped(each)}"' for key, each in labels)
    return f"{name}{{{quoted}}} {value!r}" if labels else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
