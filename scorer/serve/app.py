"""The application: routes, their shared parts, and what happens at start and end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scorer.plan import Settings
from scorer.serve import worker
from scorer.serve.asking import Asker
from scorer.serve.door import Door
from scorer.serve.endpoints import Endpoints
from scorer.serve.guard import Guard
from scorer.serve.jobs import Kept
from scorer.serve.limits import Limits
from scorer.serve.monitor import Monitor
from scorer.serve.pages import Pages
from scorer.serve.pool import Pool
from scorer.serve.problems import Problem
from scorer.serve.sessions import Keyring
from scorer.serve.worker import Setup


@dataclass(frozen=True, slots=True)
class Served:
    """The application, and what whoever runs it needs of its parts."""

    app: Guard
    door: Door
    pool: Pool
    monitor: Monitor


def build(
    settings: Settings,
    limits: Limits,
    keyring: Keyring,
    *,
    setup: Setup | None = None,
    hosts: Sequence[str] = (),
    is_local: bool = True,
    target: Callable[[Connection, Setup], None] = worker.main,
) -> Served:
    """Return the application; its workers start and end with it.

    Args:
        settings: What holds where a client says nothing.
        limits: What it refuses to go beyond.
        keyring: The token, and the key of the sessions.
        setup: Of the workers.
        hosts: Names by which it may be called.
        is_local: Whether it listens on loopback only.
        target: What workers run; another in tests.
    """
    monitor = Monitor()
    pool = Pool(limits, setup or Setup(memory=limits.memory), monitor, target)
    door = Door(limits)
    asker = Asker(settings, limits.max_unpacked)
    endpoints = Endpoints(limits, keyring, asker, pool, monitor, door, Kept(limits))
    pages = Pages(settings, limits, keyring)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        pool.start()
        yield
        door.close()
        await pool.stop(door.grace)

    app = Starlette(
        routes=_routes(endpoints, pages),
        lifespan=life,
        exception_handlers={Problem: _problem, HTTPException: _standard, Exception: _fault},
    )
    guard = Guard(app, keyring=keyring, monitor=monitor, hosts=hosts, is_local=is_local)
    endpoints.guard = guard
    return Served(guard, door, pool, monitor)


def _routes(endpoints: Endpoints, pages: Pages) -> list[Route]:
    return [
        Route("/", pages.index),
        Route("/assets/{name}", pages.asset),
        Route("/openapi.json", pages.openapi),
        Route("/v1/compare", endpoints.compare, methods=["POST"]),
        Route("/v1/score", endpoints.score, methods=["POST"]),
        Route("/v1/jobs/{id}", endpoints.job, methods=["GET", "DELETE"]),
        Route("/v1/jobs/{id}/events", endpoints.events),
        Route("/v1/jobs/{id}/report", endpoints.report),
        Route("/v1/session", endpoints.session, methods=["POST"]),
        Route("/v1/health", endpoints.health),
        Route("/v1/metrics", endpoints.metrics),
    ]


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _standard(_: Request, error: Exception) -> Response:
    """Return what the framework refuses, in our form."""
    assert isinstance(error, HTTPException)
    details = {404: "there is no such address", 405: "this address does not take that method"}
    return Problem(error.status_code, details.get(error.status_code, str(error.detail)), error.headers).response()


async def _fault(_: Request, __: Exception) -> Response:
    return Problem(500, "a fault of ours; the server's log says where").response()
