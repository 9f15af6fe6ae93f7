"""A server in this process, one in its own, and a browser."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="scorer serve is not installed: pip install -e '.[serve,dev]'")

from serve_applications import client_of, served
from starlette.testclient import TestClient

ROOT = Path(__file__).parents[2]
START = """
from scorer import serve
from scorer.plan import Settings
serve.run(port=0, settings=Settings(preset="fast"), {})
"""


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """An application with one real worker."""
    with client_of(served()) as ready:
        until = time.monotonic() + 60
        while ready.get("/v1/health").status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.05)
        yield ready


@dataclass
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): each for name, each in headers.items()})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while self.ask("GET", "/v1/health")[0] != 200:
            assert time.monotonic() < until, self.lines
            time.sleep(0.05)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.reader.join(5)
        return code

    def read(self) -> None:
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True)
        self.reader.start()


def start(options: str = "workers=1", cwd: Path | None = None) -> Running:
    command = [sys.executable, "-c", START.format(options)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    if cwd is not None:
        environment |= {"TMPDIR": str(cwd), "HOME": str(cwd)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=cwd)
    running = Running(process)
    first = process.stderr.readline()
    found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", first)
    if found is None:
        process.kill()
        raise AssertionError(first + process.stderr.read())
    running.port = int(found[1])
    running.read()
    return running


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    running = start("workers=1, per_client=100, queue=100, per_minute=10**6")
    running.wait()
    yield running
    running.stop()
    running.process.stderr.close()
