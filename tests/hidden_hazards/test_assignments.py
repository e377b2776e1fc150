"""Many assigned at once: all or nothing, each refusal with its item, in as many statements for many as for few."""

from typing import Any

from app.accounts.policy import Role
from app.core.db import db
from app.core.ids import new_id
from app.messages.models import Message
from tests.core.test_query_counts import counted
from tests.hidden_hazards.steps import graded
from tests.surface import problem_of, row_counts
from tests.world import Plant, World, in_days


def body(plant: Plant, hazards: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    items = [{"hazard_id": hazard["id"], "version": hazard["version"]} for hazard in hazards]
    person = str(plant.worker.id)
    return {"id": str(new_id()), "items": items, "rectifier_id": person, "deadline_at": in_days(5), **given}


def pointers(answer: Any, status: int, code: str) -> list[str]:
    assert answer.status_code == status, answer.text
    problem = problem_of(answer)
    assert problem["code"] == code
    return [error["pointer"] for error in problem["errors"]]


def test_all_are_assigned_with_one_receipt_and_one_message(world: World) -> None:
    plant = world.plant
    sent = body(plant, [graded(plant) for _ in range(3)])
    answer = plant.manager.post("/hidden-hazards/assignments", sent)
    assert answer.status_code == 201, answer.text
    assert [item["id"] for item in answer.json["items"]] == [item["hazard_id"] for item in sent["items"]]
    for item in answer.json["items"]:
        assert (item["state"], item["version"], item["rectifier_id"]) == ("rectifying", 3, str(plant.worker.id))
        assert item["original_deadline_at"] == item["deadline_at"]
        told = plant.manager.get(f"/hidden-hazards/{item['id']}/timeline").json["items"]
        assert told[-1]["data"]["together"] == sent["id"]
    assert answer.json["receipt"]["id"] == sent["id"]
    before = row_counts()
    assert plant.manager.post("/hidden-hazards/assignments", sent).json == answer.json
    assert row_counts() == before
    assert db.session.query(Message).filter_by(recipient_id=plant.worker.id).count() == 1


def test_one_that_cannot_be_assigned_keeps_all_from_it_and_is_named(world: World) -> None:
    plant = world.plant
    good, reported, major = graded(plant), plant.report(), graded(plant, "major")
    stale = {**graded(plant), "version": 1}
    foreign, absent = world.other.report(), {"id": str(new_id()), "version": 1}
    other = plant.hire("other.leader", Role.LEADER, plant.other_unit)
    before = row_counts()
    path = "/hidden-hazards/assignments"
    answer = plant.manager.post(path, body(plant, [good, reported, major, stale]))
    assert pointers(answer, 409, "not_assignable") == ["/items/1", "/items/2", "/items/3"]
    for wrong in (foreign, absent, good):
        answer = plant.manager.post(path, body(plant, [good, wrong]))
        assert pointers(answer, 422, "invalid") == ["/items/1/hazard_id"]
    answer = plant.manager.post(path, body(plant, [good], deadline_at=in_days(-1)))
    assert pointers(answer, 422, "invalid") == ["/deadline_at"]
    assert pointers(other.post(path, body(plant, [good])), 403, "forbidden") == ["/items/0"]
    assert plant.worker.post(path, body(plant, [good])).status_code == 403
    assert row_counts() == before
    assert plant.manager.get(f"/hidden-hazards/{good['id']}").json["state"] == "graded"


def test_it_costs_as_many_statements_for_many_as_for_two(world: World) -> None:
    plant = world.plant
    costs = []
    for size in (2, 8):
        sent = body(plant, [graded(plant) for _ in range(size)])
        with counted(db.engine) as statements:
            answer = plant.manager.post("/hidden-hazards/assignments", sent)
        assert answer.status_code == 201
        costs.append(len(statements))
    assert costs[0] == costs[1]
