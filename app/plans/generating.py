"""How tasks come of plans: ahead of time, once for each turn, however often and by whomever it is asked.

Made are the turns that open from the day a plan was made to (`made_to`, local) to as far ahead as its rhythm needs.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import insert_new, insert_rows, session
from app.core.ids import new_id
from app.plans.calendar import Rhythm, Shift, Slot, slots, start_of
from app.plans.models import InspectionPlan, InspectionTask, TaskStop
from app.plans.scoping import Ground, ground_of
from app.plans.terms import CycleUnit

WITHIN_A_DAY = (CycleUnit.HOUR, CycleUnit.SHIFT)


def generate(actor: Actor, until: date | None = None) -> int:
    """Make the tasks of every plan that runs out before `until`, or before its own days ahead; how many are new."""
    plans = session().scalars(
        select(InspectionPlan)
        .where(InspectionPlan.enterprise_id == actor.enterprise, runs_out(until))
        .order_by(InspectionPlan.code)
    )
    ground = None
    made = 0
    for plan in plans.all():
        ground = ground or ground_of(actor)
        made += _carry_on(actor, plan, ground, until or horizon(plan))
    return made


def begin(actor: Actor, plan: InspectionPlan) -> int:
    """Make the first tasks of a new plan: what is open at this moment too, save a turn of hours that has begun."""
    moment = now()
    begun = [
        slot
        for slot in slots(rhythm_of(plan), moment, start_of(horizon(plan)))
        if slot.opens_at > moment or plan.cycle_unit not in WITHIN_A_DAY
    ]
    return _make(actor, plan, ground_of(actor), begun, to=horizon(plan))


def begin_again(actor: Actor, plan: InspectionPlan) -> int:
    """Make the tasks of a changed plan that have not opened yet anew; what has opened stays as it was."""
    removed = remove_unopened(actor, plan)
    moment = now()
    later = [slot for slot in slots(rhythm_of(plan), moment, start_of(horizon(plan))) if slot.opens_at > moment]
    _make(actor, plan, ground_of(actor), later, to=horizon(plan))
    return removed


def remove_unopened(actor: Actor, plan: InspectionPlan) -> int:
    """Take back the tasks of a plan that have not opened and were not excused; how many."""
    unopened = select(InspectionTask.id).where(
        InspectionTask.enterprise_id == actor.enterprise,
        InspectionTask.plan_id == plan.id,
        InspectionTask.opens_at > now(),
        InspectionTask.excused_at.is_(None),
    )
    ids = list(session().scalars(unopened))
    for model, key in ((TaskStop, TaskStop.task_id), (InspectionTask, InspectionTask.id)):
        gone = delete(model).where(model.enterprise_id == actor.enterprise, key.in_(unopened))
        session().execute(gone.execution_options(synchronize_session=False))
    return len(ids)


def runs_out(until: date | None = None) -> ColumnElement[bool]:
    """The condition that a plan still goes on and its tasks are not made as far ahead as they should be."""
    goes_on = or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= InspectionPlan.made_to)
    running = and_(InspectionPlan.stopped_at.is_(None), InspectionPlan.cycle_unit != CycleUnit.ONCE, goes_on)
    if until:
        return and_(running, InspectionPlan.made_to < until)
    short = [
        and_(InspectionPlan.cycle_unit == unit, InspectionPlan.made_to < _ahead(unit))
        for unit in CycleUnit
        if unit is not CycleUnit.ONCE
    ]
    return and_(running, or_(*short))


def horizon(plan: InspectionPlan) -> date:
    """The day before whose beginning every turn that opens is to be made by now."""
    if plan.cycle_unit is CycleUnit.ONCE:
        return (plan.ends_on or plan.starts_on) + timedelta(1)
    return _ahead(plan.cycle_unit)


def rhythm_of(plan: InspectionPlan) -> Rhythm:
    """The rhythm of a plan, for the calendar."""
    return Rhythm(
        unit=plan.cycle_unit,
        every=plan.cycle_every,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        workdays_only=plan.workdays_only,
        shifts=shifts_of(plan.shifts),
        pauses=[(date.fromisoformat(one["from"]), date.fromisoformat(one["to"])) for one in plan.pauses],
        grace=timedelta(hours=plan.grace_hours),
    )


def shifts_of(kept: Sequence[dict[str, Any]]) -> list[Shift]:
    """Shifts as they are kept, for the calendar."""
    return [Shift(one["name"], time.fromisoformat(one["from"]), time.fromisoformat(one["to"])) for one in kept]


def _ahead(unit: CycleUnit) -> date:
    return today() + timedelta(unit.days_ahead + 1)


def _carry_on(actor: Actor, plan: InspectionPlan, ground: Ground, until: date) -> int:
    """Make what opens from where the plan was left, which may be days ago, up to a day."""
    begins = start_of(plan.made_to)
    later = [slot for slot in slots(rhythm_of(plan), begins, start_of(until)) if slot.opens_at >= begins]
    return _make(actor, plan, ground, later, to=until)


def _make(actor: Actor, plan: InspectionPlan, ground: Ground, turns: Sequence[Slot], *, to: date) -> int:
    """Store the tasks of these turns, those that are there already left as they are, and how far the plan is made."""
    plan.made_to = to
    stops = ground.stops(plan.scope)
    rows = [_task(plan, slot) for slot in turns] if stops else []
    new = insert_new(InspectionTask, rows)
    insert_rows(
        TaskStop,
        [
            _stop(plan, row["id"], place, point_id)
            for row in rows
            if row["id"] in new
            for place, point_id in enumerate(stops, 1)
        ],
    )
    if new:
        data = {"tasks": len(new), "stops": len(stops), "made_to": to.isoformat()}
        events.append(actor.enterprise, "inspection_plan.tasks_made", plan.id, actor_id=actor.id, data=data)
    return len(new)


def _task(plan: InspectionPlan, slot: Slot) -> dict[str, Any]:
    at: dict[str, datetime | None] = {
        "opens_at": slot.opens_at, "due_at": slot.due_at, "grace_until": slot.grace_until, "tell_at": slot.due_at,
        "created_at": now(), "done_at": None, "excused_at": None,
    }  # fmt: skip
    return {
        "enterprise_id": plan.enterprise_id,
        "id": new_id(),
        "plan_id": plan.id,
        "slot": slot.key,
        "name": f"{plan.name}（{slot.label}）" if slot.label else plan.name,
        "assignee_id": plan.assignee_id,
        "excused_by": None,
        "excuse": "",
        **at,
    }


def _stop(plan: InspectionPlan, task_id: UUID, place: int, point_id: UUID | None) -> dict[str, Any]:
    return {
        "enterprise_id": plan.enterprise_id, "task_id": task_id, "place": place, "point_id": point_id,
        "inspection_id": None, "done_at": None,
    }  # fmt: skip
