"""Limits, the door before the queue, and what is kept for how long."""

from __future__ import annotations

import pytest

from scorer.errors import UsageError
from scorer.serve.door import Door
from scorer.serve.jobs import Job, Kept
from scorer.serve.limits import Limits, Rates
from scorer.serve.problems import Problem
from scorer.serve.work import Rendered


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    "wrong", [{"max_bytes": 0}, {"workers": 0}, {"queue": 0}, {"timeout": 0}, {"timeout": float("nan")}, {"grace": -1}]
)
def test_limits_impossible_value_raises(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong)).replace("_", "-")):
        Limits(**wrong)


def test_rates_half_a_minute_at_once_then_evenly():
    clock = Clock()
    rates = Rates(12, clock)
    assert [rates.take("x") for _ in range(6)] == [0] * 6
    assert rates.take("x") == pytest.approx(5)
    assert rates.take("y") == 0
    clock.now += 5.001
    assert rates.take("x") == 0
    assert rates.take("x") > 0


def test_rates_number_of_clients_is_bounded():
    rates = Rates(12, Clock(), limit=10)
    for i in range(1000):
        rates.take(str(i))
    assert len(rates._buckets) == 10


def test_door_full_for_a_client_then_for_all():
    door = Door(Limits(workers=1, queue=2, per_client=2))
    places = [door.enter("x"), door.enter("x")]
    with pytest.raises(Problem) as caught:
        door.enter("x")
    assert caught.value.status == 429
    assert int(caught.value.headers["Retry-After"]) >= 1
    door.enter("y")
    with pytest.raises(Problem) as caught:
        door.enter("z")
    assert caught.value.status == 503
    places[0].hold()
    places[0].leave()
    assert door.inside.total() == 3, "someone else still holds it"
    places[0].leave()
    door.enter("z")
    assert door.inside == {"x": 1, "y": 1, "z": 1}


def test_door_refused_client_uses_up_no_turn():
    door = Door(Limits(workers=1, queue=1, per_client=1, per_minute=4))
    place = door.enter("x")
    for _ in range(10):
        with pytest.raises(Problem, match="under way"):
            door.enter("x")
    place.leave()
    door.enter("x").leave()
    with pytest.raises(Problem, match="4 jobs a minute"):
        door.enter("x")


def test_door_closed_nobody_comes_in():
    door = Door(Limits(grace=5))
    assert door.grace == 5
    door.close()
    with pytest.raises(Problem) as caught:
        door.enter("x")
    assert caught.value.status == 503
    assert 4 < door.grace <= 5


def finished(n_bytes: int, clock: Clock, owner: str = "") -> Job:
    job = Job(None, owner=owner)
    job.end(Rendered("done", {"json": b"x" * n_bytes}))
    job.ended = clock.now
    return job


def test_kept_number_size_and_age_are_bounded():
    clock = Clock()
    kept = Kept(Limits(results=3, results_bytes=100, results_seconds=60), clock)
    jobs = [finished(10, clock) for _ in range(5)]
    for job in jobs:
        kept.add(job)
    assert len(kept) == 3
    assert kept.get(jobs[-1].id, "") is jobs[-1]
    with pytest.raises(Problem, match="no such report"):
        kept.get(jobs[0].id, "")
    kept.add(finished(95, clock))
    assert (len(kept), kept.n_bytes) == (1, 95)
    clock.now += 61
    kept.tidy()
    assert (len(kept), kept.n_bytes) == (0, 0)


def test_kept_job_under_way_is_never_let_go():
    kept = Kept(Limits(results=1, results_seconds=1), Clock())
    jobs = [Job(None) for _ in range(5)]
    for job in jobs:
        kept.add(job)
    assert len(kept) == 5


def test_kept_other_owner_is_told_the_same_as_of_no_job():
    clock = Clock()
    kept = Kept(Limits(), clock)
    job = finished(1, clock, "mine")
    kept.add(job)
    assert kept.get(job.id, "mine") is job
    said = set()
    for job_id, owner in ((job.id, "theirs"), (job.id, ""), ("nowhere", "mine")):
        with pytest.raises(Problem) as caught:
            kept.get(job_id, owner)
        said.add((caught.value.status, caught.value.detail))
    assert len(said) == 1


def test_job_ids_are_long_and_differ():
    ids = {Job(None).id for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 32
    assert all(each not in repr(Job(None)) for each in ids)


def test_job_over_lets_go_of_its_texts():
    job = Job("texts")
    job.end(Problem(422, "no"))
    job.end(Rendered("late", {}))
    assert (job.task, job.state, job.result) == (None, "failed", None)
