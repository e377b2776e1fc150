"""How tasks are looked up: by how they stand, whose they are, where and when.

How a task stands is derived (`terms.state_of`); the conditions of a query say the same.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from app.accounts.service import names_of
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.plans.calendar import start_of
from app.plans.models import InspectionPlan, InspectionTask, TaskStop
from app.plans.terms import TaskState, state_of
from app.risks.models import RiskPoint


def list_tasks(
    actor: Actor,
    *,
    state: TaskState | None = None,
    mine: bool | None = None,
    plan_id: UUID | None = None,
    point_id: UUID | None = None,
    unit_id: UUID | None = None,
    from_day: date | None = None,
    to_day: date | None = None,
) -> Select[InspectionTask]:
    """The tasks of the enterprise, those due first first; of local days those that are open on any of them."""
    statement = select(InspectionTask).where(InspectionTask.enterprise_id == actor.enterprise)
    if state:
        statement = statement.where(stands(state, now()))
    if mine:
        statement = statement.where(InspectionTask.assignee_id == actor.id)
    if plan_id:
        statement = statement.where(InspectionTask.plan_id == plan_id)
    if point_id:
        statement = statement.where(_asks_for(TaskStop.point_id == point_id))
    if unit_id:
        of_unit = InspectionPlan.unit_id == unit_id
        its_plan = and_(InspectionPlan.enterprise_id == actor.enterprise, InspectionPlan.id == InspectionTask.plan_id)
        statement = statement.where(exists().where(its_plan, of_unit))
    if from_day:
        statement = statement.where(InspectionTask.due_at > start_of(from_day))
    if to_day:
        statement = statement.where(InspectionTask.opens_at < start_of(to_day + timedelta(1)))
    return statement.order_by(InspectionTask.due_at, InspectionTask.id)


def stands(state: TaskState, at: datetime) -> ColumnElement[bool]:
    """The condition of `terms.state_of`, for a query."""
    task = InspectionTask
    settled = {
        TaskState.EXCUSED: task.excused_at.is_not(None),
        TaskState.DONE: and_(task.excused_at.is_(None), task.done_at <= task.due_at),
        TaskState.DONE_LATE: and_(task.excused_at.is_(None), task.done_at > task.due_at),
    }
    if state in settled:
        return settled[state]
    waiting = {
        TaskState.PENDING: task.opens_at > at,
        TaskState.OPEN: and_(task.opens_at <= at, task.due_at >= at),
        TaskState.LATE: and_(task.due_at < at, task.grace_until >= at),
        TaskState.MISSED: task.grace_until < at,
    }
    return and_(task.excused_at.is_(None), task.done_at.is_(None), waiting[state])


def shown(actor: Actor, tasks: Sequence[InspectionTask]) -> list[dict[str, Any]]:
    """Tasks with their states, who is to do them, and how many of their stops are done: two queries."""
    names = names_of({task.assignee_id for task in tasks})
    counted = session().execute(
        select(TaskStop.task_id, func.count(), func.count(TaskStop.done_at))
        .where(TaskStop.enterprise_id == actor.enterprise, TaskStop.task_id.in_([task.id for task in tasks]))
        .group_by(TaskStop.task_id)
    )
    stops = {task_id: (in_all, done) for task_id, in_all, done in counted}
    moment = now()
    return [
        {
            "task": task,
            "state": state_of(task, moment),
            "assignee": names[task.assignee_id],
            "stops_total": stops[task.id][0],
            "stops_done": stops[task.id][1],
        }
        for task in tasks
    ]


def stops_of(actor: Actor, task: InspectionTask) -> list[dict[str, Any]]:
    """The stops of a task in their order, each with the point it is at, if it is at one."""
    rows = session().execute(
        select(TaskStop, RiskPoint)
        .outerjoin(RiskPoint, _at_point())
        .where(TaskStop.enterprise_id == actor.enterprise, TaskStop.task_id == task.id)
        .order_by(TaskStop.place)
    )
    return [
        {
            "stop": stop,
            "code": point.code if point else "",
            "name": point.name if point else "基础管理",
            "retired": bool(point and point.retired_at),
        }
        for stop, point in rows
    ]


def _at_point() -> ColumnElement[bool]:
    return and_(RiskPoint.enterprise_id == TaskStop.enterprise_id, RiskPoint.id == TaskStop.point_id)


def _of(task: Any) -> tuple[ColumnElement[bool], ...]:
    return (TaskStop.enterprise_id == task.enterprise_id, TaskStop.task_id == task.id)


def _asks_for(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*_of(InspectionTask), what)
