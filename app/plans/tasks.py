"""What may happen to tasks: done by inspections, excused, handed over to another person.

The deadline is judged by when an inspection was received here, never by the phone's clock.
"""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.service import working_person
from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.rows import own
from app.enterprises.models import UnitKind
from app.enterprises.service import get_unit
from app.messages.service import tell
from app.plans.models import InspectionPlan, InspectionTask, TaskStop
from app.plans.planning import get_plan
from app.plans.terms import state_of
from app.risks.models import RiskPoint
from app.risks.points import must_lead

PLANS = "inspection:plan"
SETTLED = "inspection_task"
ANYONES = (UnitKind.TEAM, UnitKind.POST)  # tiers on which a colleague may do another's turn


def settle_stops(
    actor: Actor, *, point_id: UUID | None, inspection_id: UUID, task_id: UUID | None, received_at: datetime
) -> UUID | None:
    """Mark what this inspection does of the open tasks; gives the task it was counted for, if any.

    A task named is the only one. Otherwise those of the inspector that ask for this point are meant, and only where
    there is none, a colleague's: on the tiers of teams and posts, for a company's or department's round is walked by
    whoever has it, or handed over. Of one plan one turn, the one due first. One query, and what it finds is written.
    """
    found = _open_stops(actor, point_id, task_id, received_at)
    mine = [row for row in found if row[1].assignee_id == actor.id]
    counted: dict[UUID, tuple[TaskStop, InspectionTask, int]] = {}
    for stop, task, remaining in mine or found:
        counted.setdefault(task.plan_id, (stop, task, remaining))
    for stop, task, remaining in counted.values():
        stop.inspection_id, stop.done_at = inspection_id, received_at
        if remaining == 1:
            task.done_at, task.tell_at = received_at, None
            data = {"inspection_id": str(inspection_id), "state": state_of(task, received_at)}
            events.append(actor.enterprise, f"{SETTLED}.done", task.id, actor_id=actor.id, data=data)
    first = next(iter(counted.values()), None)
    return first[1].id if first else None


def excuse(actor: Actor, task_id: UUID, *, reason: str) -> InspectionTask:
    """Excuse a task that is not done, with the reason. Raises Forbidden for one's own, Conflict for a settled one.

    Excused after its deadline, it goes on counting as due and not done: an excuse cleans no rate.
    """
    task = _unsettled(actor, task_id)
    must_lead(actor, get_unit(actor, get_plan(actor, task.plan_id).unit_id))
    if task.assignee_id == actor.id:
        raise Forbidden("不能免除自己的排查任务，请由其他负责人或安全管理员免除。", code="own_task")
    data = {"reason": reason, "was": state_of(task, now())}
    task.excused_at, task.excused_by, task.excuse, task.tell_at = now(), actor.id, reason, None
    events.append(actor.enterprise, f"{SETTLED}.excused", task_id, actor_id=actor.id, data=data)
    return task


def hand_over(actor: Actor, task_id: UUID, *, to_id: UUID, reason: str) -> InspectionTask:
    """Give a task to another person, who is told. By whoever has it, or who plans it; Conflict past its grace."""
    task = _unsettled(actor, task_id)
    if task.assignee_id != actor.id:
        if not actor.may(PLANS):
            raise Forbidden("只有任务的责任人、其负责人或安全管理员可以转交，请联系他们。", code="not_own_task")
        must_lead(actor, get_unit(actor, get_plan(actor, task.plan_id).unit_id))
    if now() > task.grace_until:
        raise Conflict("任务已漏检，不能再转交；请安排补查，并由负责人说明情况。", code="task_settled")
    working_person(actor, to_id, field="/to_id")
    if to_id == task.assignee_id:
        raise Conflict("任务已在该人员名下，不必转交。", code="task_settled")
    data = {"from_id": str(task.assignee_id), "to_id": str(to_id), "reason": reason}
    task.assignee_id = to_id
    seq = events.append(actor.enterprise, f"{SETTLED}.handed_over", task_id, actor_id=actor.id, data=data)
    tell(
        actor, [to_id], kind="task_handed_over", key=f"task_handed_over:{task_id}:{seq}",
        title=f"转交给您的排查任务：{task.name}",
        text=f"{actor.name}把这项任务转交给您，请在 {local_text(task.due_at)} 前完成。原因：{reason}",
        subject_kind=SETTLED, subject_id=task_id,
    )  # fmt: skip
    return task


def get_task(actor: Actor, task_id: UUID) -> InspectionTask:
    """A task of the enterprise, else NotFound."""
    return own(actor, InspectionTask, task_id)


def _open_stops(
    actor: Actor, point_id: UUID | None, task_id: UUID | None, at: datetime
) -> list[tuple[TaskStop, InspectionTask, int]]:
    """What is still to be inspected there in open tasks, those due first first, and how many stops each task lacks."""
    asked = {
        "enterprise_id": actor.enterprise,
        "point_id": point_id,
        "task_id": task_id,
        "at": at,
        "actor_id": actor.id,
    }
    statement = _open(at_point=point_id is not None, of_task=task_id is not None)
    return [(stop, task, lacking) for stop, task, lacking in session().execute(statement, asked)]


@cache
def _open(*, at_point: bool, of_task: bool) -> Select[Any]:
    """The query of `_open_stops`, made once: every inspection asks it."""
    other = aliased(TaskStop)
    remaining = (
        select(func.count())
        .select_from(other)
        .outerjoin(RiskPoint, and_(RiskPoint.enterprise_id == other.enterprise_id, RiskPoint.id == other.point_id))
        .where(
            other.enterprise_id == InspectionTask.enterprise_id,
            other.task_id == InspectionTask.id,
            other.done_at.is_(None),
            RiskPoint.retired_at.is_(None),
        )
        .correlate(InspectionTask)
        .scalar_subquery()
    )
    statement = (
        select(TaskStop, InspectionTask, remaining)
        .join(
            InspectionTask,
            and_(InspectionTask.enterprise_id == TaskStop.enterprise_id, InspectionTask.id == TaskStop.task_id),
        )
        .join(
            InspectionPlan,
            and_(
                InspectionPlan.enterprise_id == InspectionTask.enterprise_id,
                InspectionPlan.id == InspectionTask.plan_id,
            ),
        )
        .where(
            TaskStop.enterprise_id == bindparam("enterprise_id"),
            TaskStop.point_id == bindparam("point_id") if at_point else TaskStop.point_id.is_(None),
            TaskStop.done_at.is_(None),
            InspectionTask.done_at.is_(None),
            InspectionTask.excused_at.is_(None),
            InspectionTask.opens_at <= bindparam("at"),
            InspectionTask.grace_until >= bindparam("at"),
            or_(InspectionTask.assignee_id == bindparam("actor_id"), InspectionPlan.tier.in_(ANYONES)),
        )
        .order_by(InspectionTask.due_at, InspectionTask.id, TaskStop.place)
    )
    return statement.where(InspectionTask.id == bindparam("task_id")) if of_task else statement


def _unsettled(actor: Actor, task_id: UUID) -> InspectionTask:
    task = get_task(actor, task_id)
    if task.done_at or task.excused_at:
        state = state_of(task, now())
        raise Conflict(f"任务{state.label}，不能再办理。", code="task_settled", facts={"state": state})
    return task
