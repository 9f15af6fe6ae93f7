"""Stand-ins for workers; little is imported, as every spawned process has to."""

from __future__ import annotations

import os
import time
import zlib
from dataclasses import dataclass

from scorer.serve.work import Rendered
from scorer.serve.worker import STOP


@dataclass(frozen=True)
class Order:
    """What a stand-in is to do, and what it answers."""

    do: str
    seconds: float = 0.0


def obedient(connection, setup) -> None:
    """Do what each order says."""
    connection.send(("ready",))
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        if task != STOP:
            connection.send(_done(connection, task.work))


def _done(connection, order) -> tuple:
    if order.do == "die":
        os._exit(1)
    if order.do == "hang":
        time.sleep(600)
    if order.do in ("refuse", "fail"):
        return ({"refuse": "refused", "fail": "failed"}[order.do], f"{order.do} said")
    if order.do == "memory":
        return ("memory",)
    until = time.monotonic() + order.seconds
    steps = 0
    while time.monotonic() < until:
        steps += 1
        connection.send(("progress", "score", steps, 0))
        time.sleep(0.02)
        if connection.poll() and connection.recv() == STOP:
            return ("stopped",)
    return ("done", Rendered(f"{order.do} by {os.getpid()}", {"json": b""}))


def dying(connection, setup) -> None:
    """End before being ready."""
    os._exit(3)


def answering(connection, setup) -> None:
    """Answer every job at once with a report of two letters, whatever it asks for; words of text tell what to do."""
    connection.send(("ready",))
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        if task == STOP:
            continue
        text = task.work.a.data.decode()
        if text == "die":
            os._exit(1)
        outcome = _done(connection, Order("wait", float(text))) if text.replace(".", "").isdecimal() else ("done", None)
        if outcome[0] == "done":
            packed = {name: zlib.compress(f"{name}: {text}".encode()) for name in task.formats}
            outcome = ("done", Rendered("so be it", packed))
        connection.send(outcome)
