"""The plans of the last four weeks: teams and departments weekly, the principal monthly, the management half quarterly.

The tasks are made as time passes, and the inspections of the story do them, or miss them.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from app.accounts.policy import Role
from app.core.actor import system
from app.demo.content import Calendar, loaded
from app.demo.plant import principal, safety_manager
from app.demo.rounds import inspect
from app.demo.stage import Act, Stage
from app.inspections import checklists, management
from app.plans.planning import add_plan
from app.plans.round_schemas import RoundIn
from app.plans.rounds import add_round
from app.plans.schemas import PlanIn
from app.plans.ticking import settle_tasks_of

Entry = dict[str, Any]

BEGINS = 28  # days before today
LED = 12  # days before today on which the principal leads his monthly inspection
SETTLED = (21, 14, 7, 1)  # days before today on which tasks are made and what is late is told
OFTEN = ("每小时", "每2小时", "每班", "每日", "每周")  # cycles of points that are seen every week
SEVERE = ("red", "orange")


def plans(stage: Stage, calendar: Calendar) -> Iterator[Act]:
    """Adopt the management half, set up a round and the plans, and let time make their tasks."""
    yield Act(calendar.moment(BEGINS, 9, 10), partial(_look_after_management, stage))
    yield Act(calendar.moment(BEGINS, 9, 30), partial(_plan, stage, calendar))
    chief = _first(stage, Role.PRINCIPAL)
    severe = [key for key, point in stage.points.items() if point.shown_level in SEVERE]
    for place, point in enumerate(severe):
        yield Act(calendar.moment(LED, 10) + place * timedelta(minutes=9), partial(_lead, stage, point, chief))
    for day in SETTLED:
        yield Act(calendar.moment(day, 0, 30), partial(settle_tasks_of, system(stage.enterprise.id)))


def _lead(stage: Stage, point: str, chief: str) -> None:
    inspect(stage, point, chief)


def _first(stage: Stage, role: Role) -> str:
    return str(next(person["key"] for person in stage.document["people"] if person["role"] == role))


def _look_after_management(stage: Stage) -> None:
    manager = safety_manager(stage)
    management.adopt_template(manager, "common")
    checklists.publish_management_checklist(manager)


def _plan(stage: Stage, calendar: Calendar) -> None:
    first = calendar.moment(BEGINS, 0).date().isoformat()
    for leader in (person for person in stage.document["people"] if person["role"] == Role.LEADER):
        points = _points_of(stage, leader["unit"])
        if points:
            _add(stage, first, leader["key"], leader["unit"], kind="daily", tier="team", cycle_unit="week",
                 name=f"{stage.units[leader['unit']].name}周排查", grace_hours=24,
                 content="按各风险点的排查清单逐项检查，核对上周隐患整改",
                 scope={"risk_point_ids": points})  # fmt: skip
            _add_round(stage, leader, points)
    worker = next(person for person in stage.document["people"] if person["role"] == Role.WORKER)
    _add(stage, first, worker["key"], worker["unit"], kind="daily", tier="post", cycle_unit="week",
         name=f"{stage.units[worker['unit']].name}岗位周排查", grace_hours=24, content="本岗位风险点逐项检查",
         scope={"risk_point_ids": _near(stage, worker["unit"])})  # fmt: skip
    severe = [str(point.id) for point in stage.points.values() if point.shown_level in SEVERE]
    chief, manager = _first(stage, Role.PRINCIPAL), _first(stage, Role.SAFETY_MANAGER)
    top = stage.document["units"][0]["key"]
    _add(stage, first, chief, top, kind="comprehensive", tier="company", cycle_unit="month", name="主要负责人月排查",
         content="带队检查重大、较大风险点，督促整改", scope={"risk_point_ids": severe})  # fmt: skip
    _add(stage, first, manager, top, kind="professional", tier="company", cycle_unit="quarter", name="基础管理季度排查",
         content="证照、责任制、培训、预案等基础管理类清单", scope={"management": True})  # fmt: skip


def _points_of(stage: Stage, unit: str) -> list[str]:
    """The points of a unit and those below it that are seen every week."""
    led = stage.units[unit].path
    return [
        str(stage.points[entry["key"]].id)
        for entry in stage.document["points"]
        if entry["cycle"] in OFTEN and stage.units[entry["unit"]].path.startswith(led)
    ]


def _near(stage: Stage, unit: str) -> list[str]:
    """The points of a unit, or of the nearest one above it that has any that are seen every week."""
    parents = {entry["key"]: entry.get("parent") for entry in stage.document["units"]}
    here: str | None = unit
    while here:
        if points := _points_of(stage, here):
            return points[:4]
        here = parents[here]
    return []


def _add(stage: Stage, first: str, assignee: str, unit: str, **described: Any) -> None:
    given = loaded(
        PlanIn, **described, unit_id=str(stage.units[unit].id), assignee_id=str(stage.actors[assignee].id),
        starts_on=first,
    )  # fmt: skip
    add_plan(principal(stage), **given)


def _add_round(stage: Stage, leader: Entry, points: list[str]) -> None:
    given = loaded(
        RoundIn, name=f"{stage.units[leader['unit']].name}巡检路线", kind="team",
        unit_id=str(stage.units[leader["unit"]].id), risk_point_ids=points,
    )  # fmt: skip
    add_round(safety_manager(stage), **given)
