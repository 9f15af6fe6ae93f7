"""Workers that die, hang, refuse or are not wanted any more; the pool lives on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from serve_orders import Order, dying, obedient

from scorer.serve.jobs import Job
from scorer.serve.limits import Limits
from scorer.serve.monitor import Monitor
from scorer.serve.pool import Pool
from scorer.serve.problems import Problem
from scorer.serve.worker import Setup, Task


def run_apart(coroutine):
    """Run a coroutine in a thread of its own: a browser that other tests keep open has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def in_pool(use, *, target=obedient, **limits):
    """Run a coroutine function with a pool and return its result."""

    async def run():
        pool = Pool(Limits(**({"workers": 1, "timeout": 5} | limits)), Setup(), Monitor(), target)
        pool.start()
        try:
            return await use(pool)
        finally:
            await pool.stop(1)

    return run_apart(run())


def job(do="answer", seconds=0.0):
    return Job(Task(Order(do, seconds), ("json",)))


async def verdict(pool, *arguments):
    asked = job(*arguments)
    pool.submit(asked)
    return (await asked.outcome()).verdict


async def problem(pool, *arguments):
    with pytest.raises(Problem) as caught:
        await verdict(pool, *arguments)
    return caught.value


def test_pool_one_worker_serves_one_job_after_another():
    async def use(pool):
        return [await verdict(pool, f"job {i}") for i in range(3)]

    said = in_pool(use)
    assert [each.split(" by ")[0] for each in said] == ["job 0", "job 1", "job 2"]
    assert len({each.split(" by ")[1] for each in said}) == 1


@pytest.mark.parametrize(("order", "status"), [("refuse", 422), ("fail", 500), ("memory", 413)])
def test_pool_failed_job_has_its_status_and_the_worker_stays(order, status):
    async def use(pool):
        first = await verdict(pool, "x")
        found = await problem(pool, order)
        return found, first == await verdict(pool, "x"), dict(pool.monitor.restarts.values)

    found, same_worker, replaced = in_pool(use)
    assert found.status == status
    assert same_worker
    assert replaced == {}
    assert ("said" in found.detail) == (order == "refuse"), "only a refusal's words are for the client"


def test_pool_dead_worker_is_replaced():
    async def use(pool):
        first = await verdict(pool, "x")
        found = await problem(pool, "die")
        return found, first, await verdict(pool, "x"), dict(pool.monitor.restarts.values)

    found, first, then, replaced = in_pool(use)
    assert found.status == 500
    assert "ended" in found.detail
    assert first != then
    assert replaced == {(("reason", "died"),): 1}


def test_pool_job_over_its_time_is_ended_with_its_worker():
    async def use(pool):
        await verdict(pool, "x")
        begun = time.monotonic()
        found = await problem(pool, "hang")
        return found, time.monotonic() - begun, await verdict(pool, "x")

    found, seconds, said = in_pool(use, timeout=0.3)
    assert found.status == 504
    assert "0.3 seconds" in found.detail
    assert seconds < 5
    assert said.startswith("x by")


def test_pool_cancelled_job_stops_and_keeps_its_worker():
    async def use(pool):
        first = await verdict(pool, "x")
        asked = job("slow", 30)
        pool.submit(asked)
        while asked.progress[1] < 2:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        pool.cancel(asked)
        with pytest.raises(Problem):
            await asked.outcome()
        return asked.problem.status, time.monotonic() - begun, first == await verdict(pool, "x")

    status, seconds, same_worker = in_pool(use)
    assert status == 409
    assert seconds < 2
    assert same_worker


def test_pool_cancelled_job_that_hears_nothing_loses_its_worker():
    async def use(pool):
        await verdict(pool, "x")
        asked = job("hang")
        pool.submit(asked)
        while asked.state == "queued":
            await asyncio.sleep(0.01)
        pool.cancel(asked)
        with pytest.raises(Problem):
            await asked.outcome()
        return await verdict(pool, "x")

    assert in_pool(use, timeout=60).startswith("x by")


def test_pool_waiting_job_knows_its_place_and_can_be_cancelled():
    async def use(pool):
        running, *waiting = [job("slow", 0.4), job("x"), job("x"), job("x")]
        for each in (running, *waiting):
            pool.submit(each)
        while running.state == "queued":
            await asyncio.sleep(0.01)
        places = [pool.position(each) for each in waiting]
        pool.cancel(waiting[0])
        after = [pool.position(each) for each in waiting[1:]]
        counts = pool.n_running, pool.n_waiting
        outcomes = [await each.outcome() for each in waiting[1:]]
        return places, after, counts, len(outcomes), waiting[0].problem.status

    assert in_pool(use) == ([0, 1, 2], [0, 1], (1, 2), 2, 409)


def test_pool_progress_comes_through():
    async def use(pool):
        asked = job("slow", 0.3)
        pool.submit(asked)
        states = []
        async for _ in asked.changes(1):
            states.append((asked.state, asked.progress[1]))
        return states

    states = in_pool(use)
    assert states[0][0] == "queued"
    assert states[-1][0] == "done"
    steps = [done for state, done in states if state == "running"]
    assert steps == sorted(steps)
    assert len(set(steps)) > 3


def test_pool_worker_that_cannot_start_is_told_and_the_queue_goes_on():
    async def use(pool):
        return [(await problem(pool, "x")).status for _ in range(2)]

    assert in_pool(use, target=dying) == [503, 503]


def test_pool_stop_lets_running_jobs_finish_and_refuses_new_ones():
    async def run():
        pool = Pool(Limits(workers=1, timeout=5), Setup(), Monitor(), obedient)
        pool.start()
        running, late = job("slow", 0.3), job("slow", 60)
        pool.submit(running)
        pool.submit(late)
        while running.state == "queued":
            await asyncio.sleep(0.01)
        stopping = asyncio.create_task(pool.stop(2))
        await asyncio.sleep(0.05)
        with pytest.raises(Problem, match="about to stop"):
            pool.submit(job())
        await stopping
        with contextlib.suppress(Problem):
            await late.outcome()
        return running.state, late.problem.status, [w.process.is_alive() for w in pool.workers.values()]

    assert run_apart(run()) == ("done", 503, [])
