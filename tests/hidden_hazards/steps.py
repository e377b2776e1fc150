"""The steps of a hidden hazard's life that several tests begin with."""

from typing import Any

from app.core.db import writing
from app.core.ids import new_id
from app.enterprises.models import Enterprise
from tests.world import SHOWN, Person, Plant, World, announced, in_days, jpeg

GROUNDS = [{"sha256": "1" * 64, "size": 9}]
THERE = [announced(SHOWN)]  # after plant.show(hazard)
CRITERIA = "判定标准第三条"
PLAN = {
    "goal": "消除泄漏", "measures": "更换法兰", "funds": "两万元", "people": "设备科", "time_limit": "十天",
    "safety_and_emergency": "停用并隔离",
}  # fmt: skip
MAJOR_PLAN = {
    "treatment_plan": PLAN,
    "dual_report": {
        "to_regulator_at": "2026-11-21T09:00:00+08:00",
        "to_workers_congress_at": "2026-11-21T10:00:00+08:00",
    },
    "guarantees": dict.fromkeys(("responsibility", "measures", "funds", "time_limit", "plan"), "已落实"),
    "interim_measures": "停用，每小时巡查",
}
LISTING = {
    "level": "city",
    "number": "安委督〔2026〕1号",
    "regulator_owner": "张监管",
    "enterprise_owner": "主要负责人",
}


def moved(plant: Plant, person: Person, hazard: dict[str, Any], action: str, **facts: Any) -> dict[str, Any]:
    """The hidden hazard after a move that must succeed; a regulator names the enterprise."""
    body = {"action": action, "version": hazard["version"], **facts}
    query = {"enterprise_id": str(plant.enterprise.id)} if person.actor.is_of_office else {}
    answer = person.post(f"/hidden-hazards/{hazard['id']}/transitions", {"id": str(new_id()), **body}, **query)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def graded(plant: Plant, gravity: str = "general") -> dict[str, Any]:
    """A fresh hidden hazard, graded by the manager."""
    why = {"criteria": CRITERIA} if gravity == "major" else {}
    return moved(plant, plant.manager, plant.report(), "grade", gravity=gravity, **why)


def rectifying(plant: Plant, gravity: str = "general", *, days: float = 5) -> dict[str, Any]:
    """One that the worker is to rectify."""
    facts = MAJOR_PLAN if gravity == "major" else {}
    given = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(days), **facts}
    return moved(plant, plant.manager, graded(plant, gravity), "assign", **given)


def submitted(plant: Plant, hazard: dict[str, Any], person: Person | None = None) -> dict[str, Any]:
    """The same with its rectification submitted and the photo there."""
    person, after = person or plant.worker, jpeg(seed=hazard["version"] * 7)
    hazard = moved(plant, person, hazard, "submit", measures="已更换", photos=[announced(after)])
    sent = person.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(after)['sha256']}", after)
    assert sent.status_code == 200, sent.text
    return hazard


def micro(world: World) -> None:
    """Let the plant be a micro-enterprise."""
    with writing() as session:
        session.get_one(Enterprise, world.plant.enterprise.id).micro = True
