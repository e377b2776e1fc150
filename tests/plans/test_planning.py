"""Plans: what they may cover and how often, who may make them, and what they say of themselves."""

from typing import Any

import pytest

from app.core.clock import stopped_at, today
from app.core.db import reading, writing
from app.core.ids import new_id
from app.enterprises.models import Enterprise
from app.plans.models import TaskStop
from app.printing.gather_plans import yearly_plans
from app.printing.yearly_plan import plan_table
from app.risks.retiring import retire_point
from app.risks.zones import add_zone
from tests.plans.planned import another_point, body, local, planned, tasks_of
from tests.world import Person, Plant, World

NIGHT = {"name": "夜班", "from": "20:00", "to": "08:00"}
PAUSE = {"from": "2026-11-20", "to": "2026-11-22"}


def made(person: Person, plan: dict[str, Any]) -> dict[str, Any]:
    answer = person.post("/inspection-plans", plan)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"scope": {}}, "/scope"), ({"scope": {"management": False}}, "/scope"),
        ({"scope": {"management": True, "categories": ["equipment"]}}, "/scope"),
        ({"scope": {"categories": ["post"]}}, "/scope"),  # there is none
        ({"scope": {"round_id": str(new_id())}}, "/scope/round_id"),
        ({"scope": {"zone_ids": [str(new_id())]}}, "/scope/zone_ids/0"),
        ({"scope": {"risk_point_ids": [str(new_id())]}}, "/scope/risk_point_ids/0"),
        ({"cycle_unit": "shift"}, "/shifts"), ({"shifts": [NIGHT]}, "/shifts"),
        ({"cycle_unit": "shift", "shifts": [NIGHT, {**NIGHT, "from": "08:00", "to": "20:00"}]}, "/shifts/1/name"),
        ({"cycle_unit": "shift", "shifts": [NIGHT, {**NIGHT, "name": "早班", "from": "07:00"}]}, "/shifts/1/from"),
        ({"cycle_unit": "shift", "shifts": [{**NIGHT, "to": "20:00"}]}, "/shifts/0/to"),
        ({"starts_on": "2026-09-01"}, "/starts_on"), ({"pauses": [{**PAUSE, "reason": ""}]}, "/pauses/0/reason"),
        ({"cycle_unit": "shift", "shifts": [NIGHT], "cycle_every": 2}, "/cycle_every"),
        ({"cycle_unit": "hour", "cycle_every": 25}, "/cycle_every"), ({"cycle_unit": "once"}, "/ends_on"),
        ({"kind": "holiday"}, "/ends_on"), ({"kind": "restart"}, "/ends_on"), ({"ends_on": "2026-11-15"}, "/ends_on"),
        ({"pauses": [{"from": "2026-11-22", "to": "2026-11-20", "reason": "检修"}]}, "/pauses/0/to"),
        ({"pauses": [{"from": "2026-11-22", "to": "2028-11-20", "reason": "检修"}]}, "/pauses/0/to"),
        ({"assignee_id": str(new_id())}, "/assignee_id"), ({"unit_id": str(new_id())}, "/unit_id"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_together_is_refused(world: World, given: dict[str, Any], pointer: str) -> None:
    answer = world.plant.manager.post("/inspection-plans", body(world.plant, **given))
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_point_named_twice_is_refused(world: World) -> None:
    twice = {"risk_point_ids": [str(world.plant.point.id)] * 2}
    answer = world.plant.manager.post("/inspection-plans", body(world.plant, scope=twice))
    assert answer.json["errors"][0]["pointer"] == "/scope/risk_point_ids/1"


def test_anothers_people_points_and_plans_are_as_if_they_were_not_there(world: World) -> None:
    plant, other = world.plant, world.other
    for given in ({"assignee_id": str(other.worker.id)}, {"scope": {"risk_point_ids": [str(other.point.id)]}}):
        assert plant.manager.post("/inspection-plans", body(plant, **given)).status_code == 422
    plan = made(other.manager, body(other))
    assert plant.manager.get(f"/inspection-plans/{plan['id']}").status_code == 404
    assert plant.manager.patch(f"/inspection-plans/{plan['id']}", {"name": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("zone", ["液氨储罐", "搅拌釜", "内罐"]), ("zone and kind", ["液氨储罐", "内罐"]),
        ("kind", ["液氨储罐", "内罐", "库区叉车"]), ("below", ["内罐"]), ("points", ["搅拌釜", "液氨储罐"]),
    ],
)  # fmt: skip
def test_a_scope_covers_what_it_says_in_its_order(world: World, scope: str, names: list[str]) -> None:
    plant = world.plant
    points = _points(plant)
    zone, below = str(plant.zone.id), str(points["内罐"].zone_id)
    scopes = {
        "zone": {"zone_ids": [zone]},
        "zone and kind": {"zone_ids": [zone], "categories": ["equipment"]},
        "kind": {"categories": ["equipment"]},
        "below": {"zone_ids": [below]},
        "points": {"risk_point_ids": [str(points["搅拌釜"].id), str(plant.point.id)]},
    }
    plan = made(plant.manager, body(plant, scope=scopes[scope], starts_on=today().isoformat()))
    assert {name: value for name, value in plan["scope"].items() if value} == scopes[scope]
    task = plant.worker.get("/inspection-tasks", plan_id=plan["id"], mine="true").json["items"][0]
    detail = plant.worker.get(f"/inspection-tasks/{task['id']}").json
    assert [stop["name"] for stop in detail["stops"]] == names
    assert (task["state"], task["stops_total"], task["stops_done"]) == ("open", len(names), 0)


def _points(plant: Plant) -> dict[str, Any]:
    with writing():
        actor = plant.manager.actor
        below = add_zone(actor, name="罐组", kind="building", parent_id=plant.zone.id)
        elsewhere = add_zone(actor, name="库区", kind="area")
        found = {}
        for name, zone, category in (
            ("搅拌釜", plant.zone, "process"), ("内罐", below, "equipment"), ("库区叉车", elsewhere, "equipment"),
            ("旧泵", plant.zone, "equipment"),
        ):  # fmt: skip
            point = plant.add_point(actor, name=name)
            point.zone_id, point.category = zone.id, category
            found[name] = point
        retire_point(actor, found["旧泵"].id, reason="拆除")
    return {"液氨储罐": plant.point, **found}


def test_a_leader_plans_within_his_own_units_alone(world: World) -> None:
    plant = world.plant
    elsewhere = another_point(plant, unit=plant.other_unit)
    assert plant.leader.post("/inspection-plans", body(plant)).status_code == 201
    for given in (
        {"unit_id": str(plant.other_unit.id)}, {"scope": {"risk_point_ids": [str(elsewhere.id)]}},
        {"scope": {"zone_ids": [str(plant.zone.id)]}},
    ):  # fmt: skip
        answer = plant.leader.post("/inspection-plans", body(plant, **given))
        assert (answer.status_code, answer.json["code"]) == (403, "not_own_unit"), given
    plan = made(plant.manager, body(plant, unit_id=str(plant.other_unit.id)))
    for answer in (
        plant.leader.patch(f"/inspection-plans/{plan['id']}", {"name": "改名"}),
        plant.leader.post(f"/inspection-plans/{plan['id']}/stop", {"reason": "不需要"}),
    ):
        assert answer.status_code == 403


def test_a_plan_is_numbered_changed_and_stopped(world: World) -> None:
    plant = world.plant
    plan = made(plant.manager, body(plant, cycle_unit="shift", shifts=[NIGHT], pauses=[{**PAUSE, "reason": "检修"}]))
    assert plan["code"] == f"JH-{today().year}-0001"
    assert (plan["frequency"], plan["shifts"], plan["pauses"]) == (
        "每班一次（夜班）",
        [NIGHT],
        [{**PAUSE, "reason": "检修"}],
    )
    address = f"/inspection-plans/{plan['id']}"
    assert plant.manager.patch(address, {"cycle_unit": "week"}).json["errors"][0]["pointer"] == "/shifts"
    changed = plant.manager.patch(address, {"cycle_unit": "week", "shifts": [], "cycle_every": 2, "pauses": []})
    assert (changed.json["frequency"], changed.json["pauses"]) == ("每 2 周一次", [])
    assert plant.manager.get("/inspection-plans").json["total"] == 1
    assert plant.manager.post(f"{address}/stop", {"reason": "并入综合检查"}).json["stopped_at"]
    assert plant.manager.get("/inspection-plans").json["total"] == 0
    assert plant.manager.get("/inspection-plans", stopped="true").json["total"] == 1
    for again in (
        plant.manager.patch(address, {"name": "x"}),
        plant.manager.post(f"{address}/stop", {"reason": "再停"}),
    ):
        assert (again.status_code, again.json["code"]) == (409, "plan_stopped")


def test_chemical_rounds_more_than_two_hours_apart_are_warned_of_and_made(world: World) -> None:
    plant = world.plant
    walked = {
        "name": "罐区巡检",
        "kind": "team",
        "unit_id": str(plant.unit.id),
        "risk_point_ids": [str(plant.point.id)],
    }
    scope = {"round_id": plant.manager.post("/rounds", walked).json["id"]}
    slow = made(plant.manager, body(plant, scope=scope, cycle_unit="hour", cycle_every=4))
    assert "2 小时" in slow["warnings"][0]
    assert made(plant.manager, body(plant, scope=scope, cycle_unit="hour", cycle_every=2))["warnings"] == []
    assert made(plant.manager, body(plant, cycle_unit="hour", cycle_every=4))["warnings"] == []
    with writing() as session:
        session.get_one(Enterprise, plant.enterprise.id).trade = "machinery"
    assert made(plant.manager, body(plant, scope=scope, cycle_unit="hour", cycle_every=4))["warnings"] == []


def test_a_task_is_excused_by_another_and_handed_over_by_whoever_has_it(world: World) -> None:
    plant = world.plant
    plan = made(plant.manager, body(plant, starts_on=today().isoformat(), assignee_id=str(plant.leader.id)))
    first, second, third = plant.manager.get("/inspection-tasks", plan_id=plan["id"]).json["items"][:3]
    own = plant.leader.post(f"/inspection-tasks/{first['id']}/excuse", {"reason": "太忙"})
    assert (own.status_code, own.json["code"]) == (403, "own_task")
    excused = plant.manager.post(f"/inspection-tasks/{first['id']}/excuse", {"reason": "台风停工"}).json
    assert (excused["state"], excused["excuse"], excused["excused_by"]) == (
        "excused",
        "台风停工",
        str(plant.manager.id),
    )
    again = plant.manager.post(f"/inspection-tasks/{first['id']}/excuse", {"reason": "台风停工"})
    assert (again.status_code, again.json["code"]) == (409, "task_settled")

    def hand(person: Person, task: dict[str, Any], to: Person) -> Any:
        given = {"id": str(new_id()), "to_id": str(to.id), "reason": "请假"}
        return person.post(f"/inspection-tasks/{task['id']}/hand-over", given)

    assert hand(plant.worker, second, plant.colleague).json["code"] == "not_own_task"
    assert hand(plant.leader, second, plant.worker).json["assignee_id"] == str(plant.worker.id)
    assert hand(plant.worker, second, plant.colleague).json["assignee_id"] == str(plant.colleague.id)
    assert hand(plant.manager, third, plant.worker).json["assignee_id"] == str(plant.worker.id)
    assert hand(plant.manager, third, plant.worker).status_code == 409
    assert hand(plant.manager, first, plant.worker).status_code == 409
    assert hand(plant.manager, third, world.other.worker).status_code == 422
    mine = plant.worker.get("/inspection-tasks", mine="true", unit_id=str(plant.unit.id)).json
    assert [task["id"] for task in mine["items"]] == [third["id"]]


def test_tasks_are_found_by_point_state_and_day(world: World) -> None:
    plant = world.plant
    plan = made(plant.manager, body(plant, starts_on=today().isoformat()))
    day = today().isoformat()

    def count(**query: str) -> int:
        return int(plant.worker.get("/inspection-tasks", plan_id=plan["id"], **query).json["total"])

    assert (count(), count(risk_point_id=str(plant.point.id)), count(risk_point_id=str(new_id()))) == (8, 8, 0)
    assert (count(from_day=day, to_day=day), count(state="open"), count(state="pending")) == (1, 1, 7)
    assert count(unit_id=str(plant.other_unit.id)) == 0


def test_completion_is_the_same_for_the_enterprise_and_its_office(world: World) -> None:
    plant = world.plant
    planned(plant, "11-16 09:00")
    days = {"from_day": "2026-11-16", "to_day": "2026-11-17"}
    own = plant.worker.get("/inspection-tasks/completion", **days).json
    assert (own["due"], own["missed"], own["completion"]["rate"]) == (2, 2, "0.0%")
    seen = world.regulator.get("/supervision/task-completion", **days).json
    assert [item["code"] for item in seen["items"]] == ["HG01"]
    assert seen["items"][0]["due"] == seen["total"]["due"] == 2
    assert (
        plant.worker.get("/inspection-tasks/completion", from_day="2026-11-17", to_day="2026-11-16").status_code == 422
    )
    nothing = world.regulator.get("/supervision/task-completion", from_day="2026-01-01", to_day="2026-01-02").json
    assert (nothing["items"][0]["due"], nothing["total"]["completion"]["rate"]) == (0, None)


def test_the_yearly_plan_prints_every_plan_of_the_year_tier_by_tier(world: World) -> None:
    plant = world.plant
    begun = {"starts_on": "2026-11-16"}
    with stopped_at(local("11-16 08:00")):
        made(plant.manager, body(plant, name="班组日检<b>&", content="=压力", **begun))
    pauses = [{"from": "2026-12-30", "to": "2027-01-04", "reason": "检修"}]
    for kept in ({"name": "厂长月检", "tier": "company", "scope": {"management": True}, "cycle_unit": "month"},
                 {"name": "节前检查", "kind": "holiday", "ends_on": "2026-12-31", "pauses": pauses},
                 {"name": "明年再查", "starts_on": "2027-01-01"}):  # fmt: skip
        with stopped_at(local("11-16 08:00")):
            made(plant.manager, body(plant, **{**begun, **kept}))
    with reading():
        plans = yearly_plans(plant.leader.actor, [2026, 2020])
    text = "\n".join(text for line in plan_table(plans[2026]).lines for text in line.texts)
    for said in ("班组日检<b>&", "=压力", "每日一次", "每月一次", "基础管理（全企业）",
                 "停产", "12-31", "一车间", "HG01worker"):  # fmt: skip
        assert said in text, said
    assert "明年再查" not in text
    assert text.index("厂长月检") < text.index("班组日检")
    assert (len(plans[2026].rows), plans[2020].rows) == (3, ())


def test_a_plan_with_nothing_left_to_inspect_makes_no_tasks(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    plan = planned(plant, "11-16", scope={"point_ids": [second.id, plant.point.id]})
    assert len(tasks_of(plan)) == 8
    with writing() as session:
        assert session.query(TaskStop).count() == 16
