"""What each address of the API does. `openapi.json` describes all of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from scorer import __version__
from scorer.serve import body, monitor
from scorer.serve.asking import Asker
from scorer.serve.door import Door, Place
from scorer.serve.guard import Guard, client_of
from scorer.serve.jobs import Job, Kept
from scorer.serve.limits import Limits
from scorer.serve.pool import Pool
from scorer.serve.problems import Problem
from scorer.serve.sessions import Keyring, opened
from scorer.serve.work import ENDINGS, FORMATS, Rendered, Work
from scorer.serve.worker import Task

JSON, FORM = "application/json", "multipart/form-data"
# Seconds after which a stream of events says something: how many wait before, or that it is still there.
PULSE = 2.0
# A token in JSON is no longer.
TOKEN_BYTES, LONGEST_TOKEN = 4096, 1000

# A report runs its own scripts, but as a page of no site: it reaches no cookie, no network and nothing of ours.
REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads allow-modals allow-popups; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


@dataclass
class Endpoints:
    """The API's functions, with all that they share."""

    limits: Limits
    keyring: Keyring
    asker: Asker
    pool: Pool
    monitor: monitor.Monitor
    door: Door
    kept: Kept
    guard: Guard | None = None

    async def compare(self, request: Request) -> Response:
        """`POST /v1/compare`."""
        return await self._ask(request, self.asker.compare_json, self.asker.compare_form)

    async def score(self, request: Request) -> Response:
        """`POST /v1/score`."""
        return await self._ask(request, self.asker.score_json, self.asker.score_form)

    async def _ask(self, request: Request, from_json: Callable[..., Work], from_form: Callable[..., Work]) -> Response:
        name, wait = _query(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (JSON, FORM):
            raise Problem(415, f"the body must be {JSON} or {FORM}")
        client = client_of(request.scope)
        try:
            place = self.door.enter(client)
        except Problem:
            await body.drop(request)
            raise
        try:
            data = await body.read(request, self.limits.max_bytes)
            # Taking ten megabytes apart would keep all others waiting.
            work = await run_in_threadpool(self._work, kind, request, data, from_json, from_form)
            del data
            owner = "" if wait else self.keyring.session(request.headers).name
            job = Job(Task(work, (name,) if wait else tuple(FORMATS)), client, owner)
            del work
            self._submit(job, place)
        finally:
            place.leave()
        if not wait:
            self.kept.add(job)
            return JSONResponse(job.to_dict(), 202, {"Location": f"/v1/jobs/{job.id}"})
        return shown(await self._wait(request, job), name)

    def _work(
        self, kind: str, request: Request, data: bytes, from_json: Callable[..., Work], from_form: Callable[..., Work]
    ) -> Work:
        if kind == JSON:
            return from_json(body.parsed_json(data))
        return from_form(body.parsed_form(data, request.headers["content-type"]))

    def _submit(self, job: Job, place: Place) -> None:
        """Put a job into the queue; it holds its place until it is over, whoever waits for it."""
        self.pool.submit(job)
        place.hold()

        async def hold() -> None:
            async for _ in job.changes(60):
                pass
            place.leave()
            self.kept.tidy()

        task = asyncio.create_task(hold())
        self._holding.add(task)
        task.add_done_callback(self._holding.discard)

    def __post_init__(self) -> None:
        self._holding: set[asyncio.Task[None]] = set()

    async def _wait(self, request: Request, job: Job) -> Rendered:
        """Return a job's result, or stop it when the client has gone."""
        outcome = asyncio.ensure_future(job.outcome())
        gone = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({outcome, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not outcome.done():
                self.pool.cancel(job)
            return await outcome
        finally:
            gone.cancel()
            outcome.cancel()
            if not job.is_over:
                self.pool.cancel(job)

    async def job(self, request: Request) -> Response:
        """`GET` and `DELETE /v1/jobs/{id}`."""
        job = self._find(request)
        if request.method != "DELETE":
            return JSONResponse(job.to_dict())
        self.pool.cancel(job)
        self.kept.forget(job)
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """`GET /v1/jobs/{id}/events`."""
        job = self._find(request)
        return StreamingResponse(self._told(job), media_type="text/event-stream")

    async def _told(self, job: Job) -> AsyncIterator[str]:
        """Yield a job's state as server-sent events, at once and at every change, and a pulse in between."""
        last = ""
        async for _ in job.changes(PULSE):
            content = job.to_dict() | {"waiting": self.pool.position(job) if job.state == "queued" else 0}
            said = json.dumps(content)
            yield f"event: {job.state}\ndata: {said}\n\n" if said != last else ": still here\n\n"
            last = said

    async def report(self, request: Request) -> Response:
        """`GET /v1/jobs/{id}/report`."""
        name, _ = _query(request)
        job = self._find(request)
        if job.problem is not None:
            raise job.problem
        if job.result is None:
            raise Problem(409, "the report is not there yet; ask again when the job is done")
        response = shown(job.result, name)
        if request.query_params.get("download") == "true":
            response.headers["content-disposition"] = f'attachment; filename="report{ENDINGS[name]}"'
        return response

    def _find(self, request: Request) -> Job:
        return self.kept.get(request.path_params["id"], self.keyring.session(request.headers).name)

    async def session(self, request: Request) -> Response:
        """`POST /v1/session`: a browser shows the token once."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Problem(415, f"the body must be {JSON}")
        given = body.parsed_json(await body.read(request, TOKEN_BYTES)).get("token")
        if not isinstance(given, str) or len(given) > LONGEST_TOKEN:
            raise Problem(422, f"token must be a string of at most {LONGEST_TOKEN} characters")
        if self.keyring.token and not self.keyring.is_token(given) and self.guard:
            self.guard.refuse(client_of(request.scope))
        response = Response(status_code=204)
        self.keyring.give(response, opened(has_shown_token=True))
        return response

    async def health(self, request: Request) -> Response:
        """`GET /v1/health`."""
        alive = sum(worker.process.is_alive() for worker in list(self.pool.workers.values()))
        stopping = self.door.closed is not None
        content = {
            "status": "stopping" if stopping else "ok" if alive else "starting",
            "version": __version__,
            "workers": alive,
            "running": self.pool.n_running,
            "waiting": self.pool.n_waiting,
        }
        return JSONResponse(content, 200 if alive and not stopping else 503)

    async def metrics(self, request: Request) -> Response:
        """`GET /v1/metrics`."""
        workers = list(self.pool.workers.values())
        gauges = (
            ("scorer_jobs_running", "Jobs that a worker is at.", self.pool.n_running),
            ("scorer_jobs_waiting", "Jobs that wait for a worker.", self.pool.n_waiting),
            ("scorer_places_taken", "Places taken, by jobs and by bodies on their way in.", self.door.inside.total()),
            ("scorer_places", "Places that there are.", self.limits.places),
            ("scorer_reports_kept", "Jobs that can be asked for by id.", len(self.kept)),
            ("scorer_reports_kept_bytes", "Memory of their reports.", self.kept.n_bytes),
            ("scorer_workers", "Workers alive.", sum(worker.process.is_alive() for worker in workers)),
        )
        page = self.monitor.page(gauges, [worker.process.pid for worker in workers])
        return Response(page, headers={"content-type": monitor.MEDIA_TYPE})


def shown(result: Rendered, name: str) -> Response:
    """Return a report in a format as an answer."""
    response = Response(result.content(name), headers={"content-type": FORMATS[name]})
    if name == "html":
        response.headers["content-security-policy"] = REPORT_POLICY
        response.headers["x-frame-options"] = "SAMEORIGIN"
        # An opener would be a way back for a page that is not to have one.
        response.headers["cross-origin-opener-policy"] = "same-origin"
    return response


def _query(request: Request) -> tuple[str, bool]:
    """Return the format that is asked for, and whether the client waits for the report."""
    name = request.query_params.get("format", "json")
    if name not in FORMATS:
        raise Problem(422, f"format must be one of {', '.join(FORMATS)}")
    for flag in ("wait", "download"):
        if request.query_params.get(flag, "true") not in ("true", "false"):
            raise Problem(422, f"{flag} must be true or false")
    return name, request.query_params.get("wait", "true") == "true"


async def _gone(request: Request) -> None:
    """Return when the client has gone."""
    with contextlib.suppress(RuntimeError):
        while (await request.receive())["type"] != "http.disconnect":
            pass
