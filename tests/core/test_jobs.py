"""Long work: begun once, told of, done again when its worker was killed, and never half."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import jobs
from app.core.clock import now, stopped_at
from app.core.db import db, insert_once, reading, writing
from app.core.errors import Conflict, NotFound
from app.core.jobs import LEASE, MOST_ATTEMPTS, Job, JobState, Run, ask_for, own_job, run_one
from app.enterprises.models import Region
from tests.racing import at_once
from tests.world import World

KIND = "of-a-test"


def ask(world: World, handler: Callable[[Run], dict[str, Any]], **asked: Any) -> Job:
    world.app.extensions["job_handlers"] = {KIND: handler}
    with writing():
        return ask_for(world.plant.manager.actor, KIND, asked)


def again(world: World, job: Job) -> Job:
    with reading() as session:
        session.expire_all()
        return own_job(world.plant.manager.actor, job.id, kind=KIND)


def regions() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(Region.code)))


def write_region(code: str) -> None:
    insert_once(Region, {"code": code, "name": "某省"})


def test_a_job_waits_is_done_and_keeps_what_it_found(world: World) -> None:
    seen: list[Any] = []

    def handler(run: Run) -> dict[str, Any]:
        seen.append((run.actor.id, run.asked, again(world, job).state))
        run.tell("一半", 5, 10)
        half = again(world, job)
        seen.append((half.step, half.percent))
        return {"rows": 3}

    job = ask(world, handler, name="甲")
    assert (again(world, job).state, again(world, job).percent) == (JobState.WAITING, 0)
    assert run_one(world.app)
    assert seen == [(world.plant.manager.id, {"name": "甲"}, JobState.RUNNING), ("一半", 50)]
    done = again(world, job)
    assert (done.state, done.percent, done.found, done.refusal) == (JobState.DONE, 100, {"rows": 3}, "")
    assert done.finished_at is not None
    assert done.lease_until is None
    assert not run_one(world.app)


def test_the_percent_of_what_is_not_done_stays_below_a_hundred() -> None:
    assert Job(state=JobState.RUNNING, done=10, total=10).percent == 99
    assert Job(state=JobState.RUNNING, done=0, total=0).percent == 0
    assert Job(state=JobState.FAILED, done=3, total=10).percent == 30


def test_two_workers_do_a_job_once(world: World) -> None:
    began: list[int] = []
    job = ask(world, lambda run: began.append(1) or {})  # type: ignore[func-returns-value]

    def work() -> bool:
        with world.app.app_context():
            try:
                return run_one(world.app)
            finally:
                db.session.remove()

    at_once([work] * 4)
    assert began == [1]
    assert again(world, job).state is JobState.DONE


def test_a_job_whose_worker_was_killed_is_done_again_when_its_lease_has_run_out(world: World) -> None:
    class Killed(BaseException):
        pass

    times: list[int] = []

    def handler(run: Run) -> dict[str, Any]:
        times.append(1)
        if len(times) == 1:
            with run.writing():
                write_region("31")
                raise Killed
        return {}

    job = ask(world, handler)
    with pytest.raises(Killed):
        run_one(world.app)
    assert again(world, job).state is JobState.RUNNING
    assert not run_one(world.app)
    assert "31" not in regions()
    with stopped_at(now() + LEASE + timedelta(seconds=1)):
        assert run_one(world.app)
    assert (len(times), again(world, job).state) == (2, JobState.DONE)


def test_telling_of_progress_keeps_the_lease(world: World) -> None:
    claims: list[bool] = []

    def handler(run: Run) -> dict[str, Any]:
        with stopped_at(now() + LEASE - timedelta(seconds=1)):
            run.tell("还在做", 1, 2)
        with stopped_at(now() + LEASE + timedelta(seconds=1)):
            claims.append(run_one(world.app))
        return {}

    ask(world, handler)
    assert run_one(world.app)
    assert claims == [False]


def test_a_handler_that_breaks_leaves_nothing_and_says_so(world: World) -> None:
    def handler(run: Run) -> dict[str, Any]:
        with run.writing():
            write_region("32")
            raise ZeroDivisionError

    job = ask(world, handler)
    assert run_one(world.app)
    failed = again(world, job)
    assert failed.state is JobState.FAILED
    assert "没有写入任何内容" in failed.refusal
    assert "ZeroDivision" not in failed.refusal
    assert failed.found is None
    assert "32" not in regions()


def test_a_refusal_is_told_in_its_own_words(world: World) -> None:
    def handler(run: Run) -> dict[str, Any]:
        raise Conflict("台账有了变动，请重新核对。")

    job = ask(world, handler)
    run_one(world.app)
    assert (again(world, job).state, again(world, job).refusal) == (JobState.FAILED, "台账有了变动，请重新核对。")


def test_a_job_of_another_person_kind_or_enterprise_or_past_its_time_is_not_there(world: World) -> None:
    job = ask(world, lambda run: {})
    for person in (world.plant.principal, world.plant.leader, world.other.manager):
        with reading(), pytest.raises(NotFound):
            own_job(person.actor, job.id, kind=KIND)
    with reading(), pytest.raises(NotFound):
        own_job(world.plant.manager.actor, job.id, kind="another")
    with stopped_at(now() + jobs.KEPT), reading(), pytest.raises(NotFound):
        own_job(world.plant.manager.actor, job.id, kind=KIND)


def test_nothing_is_done_for_someone_disabled_since(world: World) -> None:
    began: list[int] = []
    with writing():
        world.app.extensions["job_handlers"] = {KIND: lambda run: began.append(1) or {}}
        job = ask_for(world.plant.leader.actor, KIND, {})
    assert world.plant.manager.patch(f"/users/{world.plant.leader.id}", {"disabled": True}).status_code == 200
    assert run_one(world.app)
    assert began == []
    with reading() as session:
        failed = session.get_one(Job, (world.plant.enterprise.id, job.id))
    assert (failed.state, "停用" in failed.refusal) == (JobState.FAILED, True)


def test_a_job_asked_for_in_a_write_that_falls_is_never_begun(world: World) -> None:
    def fall() -> None:
        with writing():
            ask_for(world.plant.manager.actor, KIND, {})
            raise LookupError

    with pytest.raises(LookupError):
        fall()
    assert not run_one(world.app)


def test_the_oldest_job_comes_first(world: World) -> None:
    order: list[str] = []
    for name in ("一", "二", "三"):
        ask(world, lambda run: order.append(run.asked["name"]) or {}, name=name)  # type: ignore[func-returns-value]
    while run_one(world.app):
        pass
    assert order == ["一", "二", "三"]


def test_the_serving_process_does_jobs_in_the_background(world: World) -> None:
    worker = world.app.extensions["worker"] = jobs.Worker(world.app)
    worker.start()
    worker.start()
    begun = threading.Event()
    job = ask(world, lambda run: begun.set() or {})  # type: ignore[func-returns-value]
    assert begun.wait(30)
    worker.stop()
    assert again(world, job).state is JobState.DONE


def test_a_job_whose_worker_dies_every_time_is_given_up_and_says_so(world: World) -> None:
    class Killed(BaseException):
        pass

    def handler(run: Run) -> dict[str, Any]:
        raise Killed

    job, moment = ask(world, handler), now()
    for _ in range(MOST_ATTEMPTS):
        with stopped_at(moment), pytest.raises(Killed):
            run_one(world.app)
        moment += LEASE + timedelta(seconds=1)
    with stopped_at(moment):
        assert run_one(world.app)
        assert not run_one(world.app)
        given_up = again(world, job)
    assert given_up.state is JobState.FAILED
    assert "停止重试" in given_up.refusal
