"""What time alone does to plans: tasks are made ahead, people are told what is late or missed, retired points excuse.

It is settled each minute by whoever serves, and by `flask tick`. One read finds what is to do in all enterprises; each
enterprise is then written in its own transaction.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, union

from app.accounts.models import User
from app.accounts.policy import Role
from app.core import events
from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading, session
from app.core.ticking import each_enterprise
from app.enterprises.models import OrgUnit
from app.messages.service import tell
from app.plans.generating import generate, runs_out
from app.plans.models import InspectionPlan, InspectionTask, TaskStop
from app.plans.tasks import SETTLED
from app.plans.terms import TaskState, state_of
from app.risks.models import RiskPoint

RETIRED = "所查风险点已停用"


def settle_tasks() -> int:
    """Let what follows from time alone happen to plans and tasks; in how many enterprises something did."""
    with reading() as current:
        waiting = sorted(
            current.scalars(
                union(
                    select(InspectionPlan.enterprise_id).where(runs_out()),
                    select(InspectionTask.enterprise_id).where(_at_retired_points()),
                    select(InspectionTask.enterprise_id).where(_to_tell()),
                )
            )
        )
    return each_enterprise(waiting, settle_tasks_of)


def settle_tasks_of(actor: Actor) -> None:
    """The same for one enterprise, in the transaction that is open."""
    generate(actor)
    _excuse_retired(actor)
    _tell_late(actor)


def _excuse_retired(actor: Actor) -> None:
    """Settle the tasks that lack nothing but stops at retired points: done by the others, else excused."""
    when = (
        select(InspectionTask, func.max(TaskStop.done_at), func.max(RiskPoint.retired_at))
        .join(TaskStop, _of_task())
        .outerjoin(RiskPoint, and_(_at_point(), TaskStop.done_at.is_(None)))
        .where(InspectionTask.enterprise_id == actor.enterprise, _at_retired_points())
        .group_by(InspectionTask.enterprise_id, InspectionTask.id)
    )
    for task, done_at, retired_at in session().execute(when).all():
        if done_at:
            task.done_at = done_at
        else:
            task.excused_at, task.excuse = retired_at, RETIRED
        task.tell_at = None
        data = {"state": state_of(task, now()), "reason": RETIRED}
        kind = f"{SETTLED}.done" if done_at else f"{SETTLED}.excused"
        events.append(actor.enterprise, kind, task.id, actor_id=actor.id, data=data)
    session().flush()


def _tell_late(actor: Actor) -> None:
    """Tell whoever has a task once that it is late, and who planned it once that it was missed."""
    moment = now()
    rows = (
        session()
        .execute(
            select(InspectionTask, InspectionPlan)
            .join(
                InspectionPlan,
                and_(
                    InspectionPlan.enterprise_id == InspectionTask.enterprise_id,
                    InspectionPlan.id == InspectionTask.plan_id,
                ),
            )
            .where(InspectionTask.enterprise_id == actor.enterprise, _to_tell())
            .order_by(InspectionTask.due_at, InspectionTask.id)
        )
        .all()
    )
    planners = _planners(actor, {plan.unit_id for _, plan in rows})
    for task, plan in rows:
        state = state_of(task, moment)
        task.tell_at = task.grace_until if state is TaskState.LATE else None
        if state is TaskState.LATE:
            said = f"期限 {local_text(task.due_at)} 已过，请在 {local_text(task.grace_until)} 前补做，过后按漏检统计。"
            _tell(actor, task, state, [task.assignee_id], said)
        elif state is TaskState.MISSED:
            said = f"{local_text(task.grace_until)} 前没有完成，按漏检统计。请安排补查，查明原因。"
            _tell(actor, task, state, {task.assignee_id, *planners[plan.unit_id]}, said)
    if rows:
        session().flush()


def _tell(actor: Actor, task: InspectionTask, state: TaskState, people: Sequence[UUID] | set[UUID], said: str) -> None:
    tell(
        actor, sorted(people), kind=f"task_{state}", key=f"task_{state}:{task.id}",
        title=f"排查任务{state.label}：{task.name}"[:200], text=said, subject_kind=SETTLED, subject_id=task.id,
    )  # fmt: skip


def _planners(actor: Actor, unit_ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Who is told for each unit: the safety managers, and the leaders of the unit and of those above it."""
    if not unit_ids:
        return {}
    people = (
        session()
        .execute(
            select(User.id, User.role, OrgUnit.path)
            .outerjoin(OrgUnit, and_(OrgUnit.enterprise_id == User.enterprise_id, OrgUnit.id == User.unit_id))
            .where(
                User.enterprise_id == actor.enterprise,
                User.role.in_([Role.SAFETY_MANAGER, Role.LEADER]),
                User.disabled_at.is_(None),
            )
        )
        .all()
    )
    units = session().execute(
        select(OrgUnit.id, OrgUnit.path).where(OrgUnit.enterprise_id == actor.enterprise, OrgUnit.id.in_(unit_ids))
    )
    return {
        unit_id: {
            who
            for who, role, led in people
            if role is Role.SAFETY_MANAGER or (led is not None and path.startswith(led))
        }
        for unit_id, path in units
    }


def _to_tell() -> ColumnElement[bool]:
    return and_(InspectionTask.tell_at < now(), *_not_settled())


def _at_retired_points() -> ColumnElement[bool]:
    """The condition that an open task lacks stops at retired points alone, each retired before its grace ended."""
    lacks = and_(_of_task(), TaskStop.done_at.is_(None))
    in_time = RiskPoint.retired_at <= InspectionTask.grace_until
    there = select(TaskStop.place).outerjoin(RiskPoint, _at_point()).correlate(InspectionTask)
    some = there.where(lacks, in_time).exists()
    others = there.where(lacks, or_(RiskPoint.retired_at.is_(None), ~in_time)).exists()
    opened = InspectionTask.opens_at <= now()
    return and_(InspectionTask.tell_at.is_not(None), opened, *_not_settled(), some, ~others)


def _not_settled() -> tuple[ColumnElement[bool], ...]:
    return (InspectionTask.done_at.is_(None), InspectionTask.excused_at.is_(None))


def _of_task() -> ColumnElement[bool]:
    return and_(TaskStop.enterprise_id == InspectionTask.enterprise_id, TaskStop.task_id == InspectionTask.id)


def _at_point() -> ColumnElement[bool]:
    return and_(RiskPoint.enterprise_id == TaskStop.enterprise_id, RiskPoint.id == TaskStop.point_id)
