"""Plans for tests, made by the services at a time of the test's choosing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import LOCAL, stopped_at, today
from app.core.db import reading, session, writing
from app.core.ids import new_id
from app.inspections import service as inspections
from app.inspections.judging import Result
from app.inspections.models import Inspection
from app.messages.models import Message
from app.plans import planning
from app.plans.models import InspectionPlan, InspectionTask
from app.plans.terms import CycleUnit, PlanKind, state_of
from app.risks.models import RiskPoint
from tests.world import Person, Plant


def local(text: str) -> datetime:
    """A local instant of 2026: "11-16" or "11-16 08:00"."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


@contextmanager
def at(text: str) -> Iterator[None]:
    """Write at a local instant of 2026."""
    with stopped_at(local(text)), writing():
        yield


def body(plant: Plant, **given: Any) -> dict[str, Any]:
    """What a daily plan over the plant's point says over HTTP."""
    return {
        "name": "罐区日检", "kind": "daily", "tier": "team", "content": "压力、阀门、围堰",
        "scope": {"risk_point_ids": [str(plant.point.id)]}, "cycle_unit": "day", "unit_id": str(plant.unit.id),
        "assignee_id": str(plant.worker.id), "starts_on": today().isoformat(), **given,
    }  # fmt: skip


def planned(plant: Plant, when: str, *, by: Actor | None = None, **given: Any) -> InspectionPlan:
    """A daily plan over the plant's point with working days and all else as `add_plan` takes it."""
    said = {
        "name": "罐区日检", "kind": PlanKind.DAILY, "tier": "team", "content": "", "cycle_every": 1,
        "scope": {"point_ids": [plant.point.id]}, "cycle_unit": CycleUnit.DAY, "workdays_only": False, "shifts": [],
        "pauses": [], "unit_id": plant.unit.id, "assignee_id": plant.worker.id, "grace_hours": 0, "ends_on": None,
        "starts_on": local(when).date(), **given,
    }  # fmt: skip
    with at(when):
        return planning.add_plan(by or plant.manager.actor, **said)


def inspect(plant: Plant, person: Person, when: str, *, task_id: UUID | None = None) -> Inspection:
    """An inspection of the plant's point, all normal, received at an instant."""
    with at(when):
        inspection, *_ = inspections.record(
            person.actor, new_id(), point_id=plant.point.id, checklist_version=plant.checklist.version,
            client_at=local(when), items=[{"key": item["key"], "result": Result.NORMAL} for item in
                                          plant.checklist.items], task_id=task_id,
        )  # fmt: skip
    return inspection


def tasks_of(plan: InspectionPlan) -> dict[str, InspectionTask]:
    """The tasks of a plan by slot, in the order they open."""
    with reading():
        found = session().query(InspectionTask).filter_by(enterprise_id=plan.enterprise_id, plan_id=plan.id)
        return {task.slot: task for task in found.order_by(InspectionTask.opens_at)}


def states(plan: InspectionPlan, when: str) -> dict[str, str]:
    """How the tasks of a plan stand at an instant, by slot."""
    return {slot: str(state_of(task, local(when))) for slot, task in tasks_of(plan).items()}


def told(person: Person) -> list[str]:
    """The kinds of what a person was told, in order."""
    with reading():
        rows = session().query(Message).filter_by(recipient_id=person.id).order_by(Message.id)
        return [message.kind for message in rows if message.kind.startswith(("task_", "round_"))]


def another_point(plant: Plant, name: str = "砂轮机", **given: Any) -> RiskPoint:
    """A further point of the plant."""
    with writing():
        return plant.add_point(plant.manager.actor, name=name, **given)


def day(text: str) -> date:
    return local(text).date()
