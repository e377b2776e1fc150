"""Rounds over many points, and what one shift tells the next."""

from typing import Any
from uuid import UUID

import pytest

from app.core.clock import stopped_at
from app.core.db import reading, writing
from app.core.events import timeline
from app.core.ids import new_id
from app.plans import handing_over
from app.plans.rounds import add_round, get_round
from tests.plans.planned import another_point, at, body, inspect, local, told
from tests.world import Person, Plant, World


def walked(plant: Plant, **given: Any) -> dict[str, Any]:
    return {
        "name": "罐区一班巡检", "kind": "team", "unit_id": str(plant.unit.id),
        "risk_point_ids": [str(plant.point.id)], **given,
    }  # fmt: skip


def made(plant: Plant, **given: Any) -> dict[str, Any]:
    answer = plant.manager.post("/rounds", walked(plant, **given))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def handed(person: Person, round_id: str, to: Person, **given: Any) -> Any:
    said = {"id": str(new_id()), "to_id": str(to.id), "shift": "夜班", "client_at": "2026-11-21T08:00:00+08:00"}
    return person.post(f"/rounds/{round_id}/hand-overs", {**said, **given})


def test_a_round_keeps_its_stops_in_the_order_they_are_walked(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    one = made(plant, risk_point_ids=[str(second.id), str(plant.point.id)])
    detail = plant.worker.get(f"/rounds/{one['id']}").json
    assert [point["name"] for point in detail["points"]] == ["砂轮机", "液氨储罐"]
    turned = plant.manager.patch(f"/rounds/{one['id']}", {"risk_point_ids": [str(plant.point.id), str(second.id)]})
    assert turned.json["risk_point_ids"] == [str(plant.point.id), str(second.id)]


@pytest.mark.parametrize("wrong", ["twice", "absent", "another's", "none"])
def test_stops_are_points_in_use_each_once(world: World, wrong: str) -> None:
    plant = world.plant
    stops = {
        "twice": [plant.point.id, plant.point.id], "absent": [plant.point.id, new_id()],
        "another's": [plant.point.id, world.other.point.id], "none": [],
    }[wrong]  # fmt: skip
    answer = plant.manager.post("/rounds", walked(plant, risk_point_ids=[str(each) for each in stops]))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == ("/risk_point_ids" if wrong == "none" else "/risk_point_ids/1")


def test_a_leader_keeps_the_rounds_of_his_own_units(world: World) -> None:
    plant = world.plant
    elsewhere = another_point(plant, unit=plant.other_unit)
    assert plant.leader.post("/rounds", walked(plant)).status_code == 201
    for given in ({"unit_id": str(plant.other_unit.id)}, {"risk_point_ids": [str(elsewhere.id)]}):
        assert plant.leader.post("/rounds", walked(plant, **given)).json["code"] == "not_own_unit"
    theirs = made(plant, unit_id=str(plant.other_unit.id))
    assert plant.leader.patch(f"/rounds/{theirs['id']}", {"name": "改名"}).json["code"] == "not_own_unit"


def test_a_round_a_plan_goes_by_is_not_retired(world: World) -> None:
    plant = world.plant
    one = made(plant)
    plan = plant.manager.post("/inspection-plans", body(plant, scope={"round_id": one["id"]})).json
    refused = plant.manager.patch(f"/rounds/{one['id']}", {"retired": True})
    assert (refused.status_code, refused.json["code"]) == (409, "round_in_use")
    assert plan["code"] in refused.json["detail"]
    plant.manager.post(f"/inspection-plans/{plan['id']}/stop", {"reason": "换路线"})
    assert plant.manager.patch(f"/rounds/{one['id']}", {"retired": True}).json["retired_at"]
    assert plant.manager.get("/rounds").json["total"] == 0
    assert plant.manager.get("/rounds", retired="true").json["total"] == 1
    scoped = plant.manager.post("/inspection-plans", body(plant, scope={"round_id": one["id"]}))
    assert scoped.json["errors"][0]["pointer"] == "/scope/round_id"
    assert handed(plant.worker, one["id"], plant.colleague).json["code"] == "round_retired"
    assert plant.manager.patch(f"/rounds/{one['id']}", {"retired": False}).json["retired_at"] is None


def test_a_shift_is_handed_over_with_what_stands_and_taken_over_once_by_whom_it_was_handed_to(world: World) -> None:
    plant = world.plant
    second = another_point(plant)
    one = made(plant, risk_point_ids=[str(plant.point.id), str(second.id)])
    hazard = plant.report(description="护栏松动")
    plant.worker.post("/inspections", plant.inspection())
    given = {"id": str(new_id()), "note": "2# 泵有异响"}
    first = handed(plant.worker, one["id"], plant.colleague, **given)
    assert first.status_code == 201, first.text
    standing = first.json["standing"]
    assert [point["name"] for point in standing["not_inspected"]] == ["砂轮机"]
    assert [(each["code"], each["state"]) for each in standing["hidden_hazards"]] == [(hazard["code"], "reported")]
    assert handed(plant.worker, one["id"], plant.colleague, **given).json == first.json  # a repeat
    taking = f"/hand-overs/{first.json['id']}/taking-over"
    assert plant.manager.post(taking, {"id": str(new_id())}).json["code"] == "not_recipient"
    assert plant.colleague.post(taking, {"id": str(new_id())}).json["taken_over_at"]
    assert plant.colleague.post(taking, {"id": str(new_id())}).json["code"] == "taken_over"
    assert handed(plant.worker, one["id"], plant.worker).json["errors"][0]["pointer"] == "/to_id"
    assert handed(plant.worker, one["id"], world.other.worker).status_code == 422
    listed = plant.manager.get(f"/rounds/{one['id']}/hand-overs").json
    assert [each["note"] for each in listed["items"]] == ["2# 泵有异响"]
    assert told(plant.colleague) == ["round_handed_over"]
    with reading():
        kinds = [event.kind for event in timeline(plant.enterprise.id, UUID(one["id"]))]
    assert kinds == ["round.added", "round.handed_over", "round.taken_over"]


def test_each_hand_over_looks_back_to_the_last_and_at_most_a_day(world: World) -> None:
    plant = world.plant
    with stopped_at(local("11-16 07:00")):
        one = _round(plant)
    inspect(plant, plant.worker, "11-16 09:00")
    assert _standing(plant, one, "11-16 20:00") == []
    with at("11-16 20:00"):
        handing_over.hand_over(
            plant.worker.actor, new_id(), one, to_id=plant.colleague.id, shift="白班", note="",
            client_at=local("11-16 20:00"),
        )  # fmt: skip
    assert _standing(plant, one, "11-16 20:01") == ["液氨储罐"]
    inspect(plant, plant.colleague, "11-17 02:00")
    assert _standing(plant, one, "11-17 08:00") == []
    assert _standing(plant, one, "11-18 02:01") == ["液氨储罐"]


def _round(plant: Plant) -> UUID:
    with writing():
        return add_round(
            plant.manager.actor, name="巡检", kind="team", unit_id=plant.unit.id, stops=[plant.point.id]
        ).id


def _standing(plant: Plant, round_id: UUID, when: str) -> list[str]:
    with stopped_at(local(when)), reading():
        standing = handing_over.standing_of(plant.worker.actor, get_round(plant.worker.actor, round_id))
    return [point["name"] for point in standing["not_inspected"]]
