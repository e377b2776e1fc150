"""What may happen to inspection plans: made with their first tasks, changed for what has not opened yet, stopped."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select

from app.accounts.service import names_of, working_person
from app.core import events
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Conflict, invalid_field
from app.core.ids import new_id
from app.core.rows import change, own
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit, own_enterprise
from app.plans import generating
from app.plans.calendar import frequency, start_of
from app.plans.checks import check, warnings_of
from app.plans.models import InspectionPlan
from app.plans.scoping import settled_scope
from app.plans.terms import PlanKind
from app.risks.points import must_lead

CHECKED = (
    "kind", "cycle_unit", "cycle_every", "workdays_only", "shifts", "pauses", "grace_hours", "starts_on", "ends_on",
)  # fmt: skip


BEGUN_BEFORE = timedelta(days=31)


def add_plan(actor: Actor, **described: Any) -> InspectionPlan:
    """Make a plan, numbered by the ledger, with its first tasks.

    Raises Invalid for what does not fit together, Forbidden for a leader's plan outside his own units.
    """
    kept = _kept(described)
    check({name: kept[name] for name in CHECKED})
    _check_start(kept)
    _check_people(actor, kept)
    kept["scope"] = settled_scope(actor, kept["scope"])
    code = events.next_code(actor.enterprise, f"JH-{today().year}", 4)
    plan = InspectionPlan(
        enterprise_id=actor.enterprise, id=new_id(), code=code, created_by=actor.id, created_at=now(),
        made_to=today(), **kept,
    )  # fmt: skip
    session().add(plan)
    session().flush()
    data = {"code": code, "kind": plan.kind, "cycle_unit": plan.cycle_unit, "cycle_every": plan.cycle_every}
    data |= {"scope": plan.scope, "assignee_id": str(plan.assignee_id)}
    events.append(actor.enterprise, "inspection_plan.made", plan.id, actor_id=actor.id, data=data)
    generating.begin(actor, plan)
    return plan


def change_plan(actor: Actor, plan_id: UUID, **changes: Any) -> InspectionPlan:
    """Change a plan; tasks that have not opened are made anew, those that have stay. Conflict for a stopped one."""
    plan = workable_plan(actor, plan_id)
    changes = _kept(changes)
    check({name: changes.get(name, getattr(plan, name)) for name in CHECKED})
    if changes.get("starts_on") != plan.starts_on:
        _check_start(changes)
    _check_people(actor, changes)
    if "scope" in changes:
        changes["scope"] = settled_scope(actor, changes["scope"])
    told = change(plan, changes)
    session().flush()
    told["tasks_taken_back"] = generating.begin_again(actor, plan)
    events.append(actor.enterprise, "inspection_plan.changed", plan_id, actor_id=actor.id, data=told)
    return plan


def stop_plan(actor: Actor, plan_id: UUID, *, reason: str) -> InspectionPlan:
    """Stop a plan: tasks that have not opened are taken back, those that have are still to be done."""
    plan = workable_plan(actor, plan_id)
    plan.stopped_at = now()
    data = {"reason": reason, "tasks_taken_back": generating.remove_unopened(actor, plan)}
    events.append(actor.enterprise, "inspection_plan.stopped", plan_id, actor_id=actor.id, data=data)
    return plan


def _check_start(given: dict[str, Any]) -> None:
    """Raise Invalid for a plan that is said to have begun long ago: nothing was asked of anybody then."""
    if given.get("starts_on", today()) < today() - BEGUN_BEFORE:
        raise invalid_field("/starts_on", f"开始日期最多可写到 {BEGUN_BEFORE.days} 天以前，请改为近日。")


def list_plans(
    actor: Actor,
    *,
    kind: PlanKind | None = None,
    unit_id: UUID | None = None,
    assignee_id: UUID | None = None,
    stopped: bool | None = None,
) -> Select[InspectionPlan]:
    """The plans of the enterprise, newest first."""
    statement = select(InspectionPlan).where(InspectionPlan.enterprise_id == actor.enterprise)
    for name, value in {"kind": kind, "unit_id": unit_id, "assignee_id": assignee_id}.items():
        if value is not None:
            statement = statement.where(getattr(InspectionPlan, name) == value)
    if stopped is not None:
        is_stopped = InspectionPlan.stopped_at.is_not(None)
        statement = statement.where(is_stopped if stopped else ~is_stopped)
    return statement.order_by(InspectionPlan.created_at.desc(), InspectionPlan.id.desc())


def plans_of_year(actor: Actor, year: int) -> list[InspectionPlan]:
    """The plans that run in a year, by number; one stopped before it is not among them."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    goes_on = or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= first)
    not_stopped = or_(InspectionPlan.stopped_at.is_(None), InspectionPlan.stopped_at >= start_of(first))
    statement = select(InspectionPlan).where(
        InspectionPlan.enterprise_id == actor.enterprise, and_(InspectionPlan.starts_on <= last, goes_on, not_stopped)
    )
    return list(session().scalars(statement.order_by(InspectionPlan.code)))


def get_plan(actor: Actor, plan_id: UUID) -> InspectionPlan:
    """A plan of the enterprise, else NotFound."""
    return own(actor, InspectionPlan, plan_id)


def workable_plan(actor: Actor, plan_id: UUID) -> InspectionPlan:
    """A plan that goes on and is the actor's to change: a leader's only those of his own units."""
    plan = get_plan(actor, plan_id)
    must_lead(actor, get_unit(actor, plan.unit_id))
    if plan.stopped_at:
        raise Conflict(f"排查计划 {plan.code} 已停用，请另订新的计划。", code="plan_stopped")
    return plan


def led(actor: Actor) -> Any:
    """The condition that a plan is the actor's to work on, for a query of plans."""
    if actor.role != "leader":
        return InspectionPlan.enterprise_id == actor.enterprise
    return exists().where(
        OrgUnit.enterprise_id == InspectionPlan.enterprise_id,
        OrgUnit.id == InspectionPlan.unit_id,
        OrgUnit.path.startswith(actor.unit_path or "-"),
    )


def shown(actor: Actor, plans: Sequence[InspectionPlan]) -> list[dict[str, Any]]:
    """Plans with the name of who is responsible, how often they come round, and what is unusual: two queries."""
    names = names_of({plan.assignee_id for plan in plans})
    trade = own_enterprise(actor).trade
    return [
        {
            "plan": plan,
            "assignee": names[plan.assignee_id],
            "frequency": frequency_of(plan),
            "warnings": warnings_of(generating.rhythm_of(plan), plan.scope, trade),
        }
        for plan in plans
    ]


def frequency_of(plan: InspectionPlan) -> str:
    """How often a plan comes round, as people say it."""
    shifts = generating.shifts_of(plan.shifts)
    return frequency(plan.cycle_unit, plan.cycle_every, shifts=shifts, workdays_only=plan.workdays_only)


def _kept(given: dict[str, Any]) -> dict[str, Any]:
    """What was given as it is kept: the days of shutdowns as text."""
    kept = dict(given)
    if "pauses" in kept:
        kept["pauses"] = [
            {**one, "from": one["from"].isoformat(), "to": one["to"].isoformat()} for one in kept["pauses"]
        ]
    return kept


def _check_people(actor: Actor, kept: dict[str, Any]) -> None:
    if "unit_id" in kept:
        must_lead(actor, get_unit(actor, kept["unit_id"], field="/unit_id"))
    if "assignee_id" in kept:
        working_person(actor, kept["assignee_id"], field="/assignee_id")
