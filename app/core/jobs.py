"""Long work: a row with its progress and a lease, done after the request that asked for it has been answered.

The row is the truth. A worker claims it for a while and goes on claiming as it tells of its progress; one whose worker
was killed is claimed again when its lease has run out, so a handler does its writing in one transaction and nothing
before it. Handlers are handed to the application by `create_app`, by the kind of job.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, Json, Owned, after_commit, db, one_of, reading, session, writing
from app.core.errors import Conflict, NotFound, Refusal
from app.core.events import lock_ledger
from app.core.ids import new_id

LEASE = timedelta(seconds=120)
KEPT = timedelta(days=30)
MOST_ATTEMPTS = 5  # a job whose worker dies each time is given up
IDLE_SECONDS = 30.0  # between looks for a job whose worker was killed
TICK_SECONDS = 60.0  # between looks at what time alone has done
log = logging.getLogger("dual.jobs")


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "waiting": "排队中", "running": "进行中", "done": "已完成", "failed": "未完成", "cancelled": "已取消",
        }[self.value]  # fmt: skip


class Job(Owned, Base):
    """One piece of long work of one person: what was `asked`, what was `found`, or why nothing was done (`refusal`)."""

    __tablename__ = "jobs"
    __table_args__ = (
        ForeignKeyConstraint(["owner_id"], ["users.id"]),  # who may be of an office that acts in the enterprise
        Index("ix_jobs_state", "state", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[UUID]
    state: Mapped[JobState] = mapped_column(one_of(JobState, "job_state"), default=JobState.WAITING)
    step: Mapped[str] = mapped_column(String(60), default="排队中")
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found: Mapped[dict[str, Any] | None] = mapped_column(Json)
    refusal: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    @property
    def percent(self) -> int:
        """0–100; 100 only when it is done."""
        if self.state is JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class Cancelled(Exception):
    """The one who asked for a job wants it no more."""


@dataclass(frozen=True)
class Run:
    """A job while it is done: who asked, for what, and how to tell how far it has come."""

    actor: Actor
    job_id: UUID
    asked: dict[str, Any]
    attempt: int = 1  # which claim of the job this is; whoever's claim has passed to another stops

    @contextmanager
    def reading(self) -> Iterator[Actor]:
        """A transaction that leaves nothing behind, with the one who asked as they are now."""
        with reading():
            yield self._as_now()

    @contextmanager
    def writing(self) -> Iterator[Actor]:
        """A transaction that leaves everything or nothing, with the one who asked as they are now."""
        with writing():
            actor = self._as_now()
            lock_ledger(actor.enterprise)
            yield actor

    def _as_now(self) -> Actor:
        return _acting(current_app, self.actor.id, self.actor.enterprise)

    def tell(self, step: str, done: int, total: int) -> None:
        """Say how far the work has come, outside any transaction of its own; the lease begins anew.

        Raises Cancelled when the work is wanted no more, or has passed to another worker.
        """
        with writing():
            self.still_wanted()
            session().execute(
                update(Job).where(*self._mine()).values(step=step, done=done, total=total, lease_until=now() + LEASE)
            )

    def still_wanted(self) -> None:
        """Raise Cancelled when the work was cancelled or has passed to another worker.

        Asked within the transaction that writes what was made, it is the last word: cancelling takes the same lock.
        """
        if session().scalar(select(Job.id).where(*self._mine(), Job.cancel_asked_at.is_(None))) is None:
            raise Cancelled

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (
            Job.enterprise_id == self.actor.enterprise, Job.id == self.job_id, Job.state == JobState.RUNNING,
            Job.attempts == self.attempt,
        )  # fmt: skip


Handler = Callable[[Run], dict[str, Any]]


def ask_for(actor: Actor, kind: str, asked: dict[str, Any]) -> Job:
    """Put a job in the queue; it is begun when this transaction stands."""
    job = Job(
        enterprise_id=actor.enterprise, id=new_id(), kind=kind, owner_id=actor.id, asked=asked, created_at=now(),
        expires_at=now() + KEPT,
    )  # fmt: skip
    session().add(job)
    after_commit(current_app.extensions["worker"].wake)
    return job


def own_job(actor: Actor, job_id: UUID, *, kind: str) -> Job:
    """A job of this kind the actor asked for. Raises NotFound for anyone else's."""
    job = session().get(Job, (actor.enterprise, job_id))
    if job is None or job.owner_id != actor.id or job.kind != kind or job.expires_at <= now():
        raise NotFound
    return job


def cancel(actor: Actor, job_id: UUID, *, kind: str) -> Job:
    """Take a job out of the queue, or stop it where it stands. Raises Conflict when it has ended."""
    job = own_job(actor, job_id, kind=kind)
    waiting = update(Job).where(Job.enterprise_id == actor.enterprise, Job.id == job_id, Job.state == JobState.WAITING)
    ended = JobState.CANCELLED
    done = session().execute(waiting.values(state=ended, step=ended.label, finished_at=now(), cancel_asked_at=now()))
    session().refresh(job)
    # A worker may have claimed it between the reading and this: then it is asked to stop.
    if done.rowcount == 0 and job.state is JobState.RUNNING:  # type: ignore[attr-defined]
        job.cancel_asked_at = job.cancel_asked_at or now()
    elif job.state is not JobState.CANCELLED:
        raise Conflict(f"这项工作{job.state.label}，不能再取消。", code="job_ended", facts={"state": job.state})
    return job


def _acting(app: Flask, owner_id: UUID, enterprise_id: UUID) -> Actor:
    """The one who asked as they are now, placed in the enterprise they asked in."""
    door = app.extensions["door"]
    actor: Actor = door.act_for(owner_id)
    return actor if actor.enterprise_id == enterprise_id else door.place(actor, enterprise_id)


def run_one(app: Flask) -> bool:
    """Do the next waiting job, or one whose worker was killed; false when there is none."""
    job = _claimed()
    if job is None:
        return False
    found, refusal, ended = None, "", JobState.DONE
    try:
        if job.attempts >= MOST_ATTEMPTS:
            raise Conflict("这项工作多次中断，已停止重试；请先查看是否已有结果，再决定是否重新提交。")
        with reading():
            actor = _acting(app, job.owner_id, job.enterprise_id)
        found = app.extensions["job_handlers"][job.kind](Run(actor, job.id, job.asked, job.attempts + 1))
    except Cancelled:
        ended = JobState.CANCELLED
    except Refusal as refused:
        ended, refusal = JobState.FAILED, refused.detail
    except Exception:
        log.exception("job %s %s broke", job.kind, job.id)
        ended = JobState.FAILED
        refusal = "系统出现错误，没有写入任何内容；请稍后重试，仍然失败请联系管理员。"
    with writing():
        session().execute(
            update(Job)
            # Whoever took the job over meanwhile says how it ended.
            .where(Job.enterprise_id == job.enterprise_id, Job.id == job.id, Job.attempts == job.attempts + 1)
            .values(
                state=ended, step=ended.label, found=found, refusal=refusal, finished_at=now(), lease_until=None,
            )
        )  # fmt: skip
    return True


def _claimed() -> Job | None:
    """The oldest job that may be begun, claimed by one conditional UPDATE; None when there is none to be had."""
    free = or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & (Job.lease_until < now()))
    with reading() as current:
        job = current.scalar(select(Job).where(free).order_by(Job.created_at).limit(1))
    if job is None:
        return None
    with writing() as current:
        done = current.execute(
            update(Job)
            .where(Job.enterprise_id == job.enterprise_id, Job.id == job.id, free)
            .values(state=JobState.RUNNING, lease_until=now() + LEASE, attempts=Job.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        mine = done.rowcount == 1  # type: ignore[attr-defined]
    return job if mine else None


def tick(app: Flask) -> None:
    """Let what follows from time alone happen; what fails is logged, waits for the next time and stops nothing else."""
    for act in app.extensions["ticks"]:
        try:
            act()
        except Exception:
            log.exception("a tick failed: %s", act)
            session().rollback()


class Worker:
    """A thread that does jobs, started by the first request that a serving process answers."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.work = threading.Event()
        self.thread: threading.Thread | None = None
        self.stopping = False

    def start(self) -> None:
        """Begin to look for jobs; once a process."""
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self.thread.start()

    def stop(self) -> None:
        """Finish what is being done and look for no more."""
        self.stopping = True
        self.wake()
        if self.thread:
            self.thread.join()

    def wake(self) -> None:
        """There is a new job."""
        self.work.set()

    def _run(self) -> None:
        ticks_at = 0.0
        while not self.stopping:
            self.work.wait(IDLE_SECONDS)
            self.work.clear()
            try:
                with self.app.app_context():
                    more = True
                    while more and not self.stopping:
                        more = run_one(self.app)
                        db.session.remove()
                        if monotonic() >= ticks_at:  # between jobs too: a long queue delays no deadline
                            ticks_at = monotonic() + TICK_SECONDS
                            tick(self.app)
            except Exception:
                log.exception("the worker could not look for jobs")


def install(
    app: Flask, handlers: dict[str, Handler], *, ticks: Sequence[Callable[[], object]], background: bool
) -> None:
    """Give the application its handlers, what time alone does and, where the serving process does them, its worker."""
    app.extensions["ticks"] = ticks
    app.extensions["job_handlers"] = handlers
    worker = app.extensions["worker"] = Worker(app)
    if background:
        app.before_request(worker.start)
