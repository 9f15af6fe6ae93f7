"""A server in a process of its own: how it ends, and what it leaves behind, which is nothing."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import start

KIND = {"Content_Type": "application/json"}
SECRET = "Geheimnisvoll"
TEXTS = {
    "a": f"Das {SECRET} ist nicht für andere Augen bestimmt, und es bleibt unter uns.\n" * 3,
    "b": f"The {SECRET} is meant for other eyes, and it does not stay between us.\n" * 3,
    "languages": "de-en",
}


def asked(**changes) -> bytes:
    return json.dumps(TEXTS | changes).encode()


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """A server that did some work, also some that failed, and was then told to stop."""
    folder = tmp_path_factory.mktemp("home")
    running = start("workers=1, grace=20, max_bytes=4 << 20", cwd=folder)
    answers = []
    try:
        running.wait()
        before = files(folder)
        answers.append(running.ask("POST", "/v1/compare", asked(), **KIND)[0])
        answers.append(running.ask("POST", "/v1/compare", asked(b=""), **KIND)[0])
        answers.append(running.ask("POST", "/v1/compare?wait=false", asked(), **KIND)[0])
        answers.append(running.ask("GET", f"/{SECRET}?q={SECRET}", User_Agent=SECRET)[0])
        long = threading.Thread(
            target=lambda: answers.append(running.ask("POST", "/v1/compare", asked(a=TEXTS["a"] * 300), **KIND)[0])
        )
        until = time.monotonic() + 20
        while n_taken(running):  # the job that nobody waited for
            assert time.monotonic() < until
        long.start()
        while n_taken(running) == 0 and long.is_alive():
            assert time.monotonic() < until
        running.process.send_signal(signal.SIGTERM)
        long.join(40)
        code = running.stop()
    finally:
        running.process.kill()
        running.process.stderr.close()
    return running, answers, code, files(folder) - before


def n_taken(running) -> int:
    """Return how many jobs wait or run."""
    health = json.loads(running.ask("GET", "/v1/health")[1])
    return health["running"] + health["waiting"]


def files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_file()}


def test_process_sigterm_lets_the_running_job_finish(ended):
    _, answers, code, _ = ended
    assert answers == [200, 422, 202, 404, 200]
    assert code == 0


def test_process_log_holds_no_text(ended):
    running, *_ = ended
    log = "".join(running.lines)
    assert log.count("POST /v1/compare") == 4, log
    assert SECRET.lower() not in log.lower()
    assert "stopped" in running.lines[-1]


def test_process_nothing_is_written_to_disk(ended):
    assert ended[3] == set()


def test_process_workers_end_with_a_server_that_is_killed(server):
    running = start("workers=1")
    try:
        running.wait()
        workers = children(running.process.pid)
        assert workers or not sys.platform.startswith("linux")
        running.process.kill()
        running.process.wait(10)
        until = time.monotonic() + 20
        while any(map(alive, workers)):
            assert time.monotonic() < until, "a worker outlived its server"
            time.sleep(0.05)
    finally:
        running.process.kill()
        running.process.stderr.close()


def children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[1]) == pid:
            found.append(int(path.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_process_worker_killed_from_outside_costs_one_request_at_most(server):
    if not sys.platform.startswith("linux"):
        pytest.skip("finds workers in /proc")
    for pid in children(server.process.pid):
        if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
    statuses = [server.ask("POST", "/v1/compare", asked(), **KIND)[0] for _ in range(2)]
    assert statuses[0] in (200, 500)
    assert statuses[1] == 200


def test_process_too_large_a_body_gets_its_answer_while_it_is_sent(server):
    status, content = server.ask("POST", "/v1/compare", b" " * (12 << 20), **KIND)
    assert status == 413
    assert json.loads(content)["status"] == 413


def test_process_client_that_goes_away_frees_its_place(server):
    body = asked(a=TEXTS["a"] * 500, b=TEXTS["b"] * 500)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/v1/compare", body, {"Content-Type": "application/json"})
    until = time.monotonic() + 20
    while json.loads(server.ask("GET", "/v1/health")[1])["running"] == 0:
        assert time.monotonic() < until
    connection.close()
    while json.loads(server.ask("GET", "/v1/health")[1])["running"]:
        assert time.monotonic() < until, "the job went on for nobody"
    assert server.ask("POST", "/v1/compare", asked(), **KIND)[0] == 200


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\xff\r\n\r\n", b"POST /v1/compare HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"]
)
def test_process_broken_requests_are_refused(server, sent):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        answer = connection.recv(4096)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 421")), answer
