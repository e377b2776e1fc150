"""An action happens once however often it is sent, and two at once never both win."""

import json
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts.policy import Role
from app.core import events, once
from app.core.db import reading
from app.core.events import Event
from app.core.ids import new_id
from app.core.once import Action
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Inspection, InspectionItem
from tests.racing import at_once, post
from tests.sizes import RACES
from tests.surface import problem_of, row_counts
from tests.world import API, World, announced, in_days, jpeg

pytestmark = pytest.mark.deep

FEW = min(RACES, 100)  # races whose every turn takes many requests to prepare


def count(model: type, *where: object) -> int:
    with reading() as session:
        return session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()


def test_the_same_inspection_again_gets_the_same_answer_and_writes_nothing(world: World) -> None:
    plant = world.plant
    body = plant.inspection(failed=2, photos=[jpeg(seed=1)])
    first = plant.worker.post("/inspections", body)
    before = row_counts()
    for _ in range(3):
        again = plant.worker.post("/inspections", body)
        assert (again.status_code, again.data) == (first.status_code, first.data)
    reordered = json.dumps(dict(reversed(body.items())), indent=3)
    again = plant.worker.client.post(
        API + "/inspections", data=reordered, content_type="application/json", headers=plant.worker.headers
    )
    assert again.json == first.json
    assert row_counts() == before
    assert first.json["receipt"]["id"] == body["id"]


def test_the_same_id_for_anything_else_is_refused(world: World) -> None:
    plant = world.plant
    body = plant.inspection()
    assert plant.worker.post("/inspections", body).status_code == 201
    before = row_counts()
    hazard = {
        "id": body["id"], "risk_point_id": body["risk_point_id"], "description": "别的", "client_at": body["client_at"],
    }  # fmt: skip
    for answer in (
        plant.worker.post("/inspections", {**body, "note": "改动"}),
        plant.worker.post("/inspections", {**body, "client_at": "2026-11-21T08:30:00.000001+08:00"}),
        plant.colleague.post("/inspections", body),
        plant.worker.post("/hidden-hazards", hazard),
    ):
        assert answer.status_code == 409, answer.text
        assert problem_of(answer)["code"] == "id_reused"
    assert row_counts() == before


def test_a_refused_action_leaves_its_id_free(world: World) -> None:
    plant = world.plant
    body = plant.inspection()
    assert plant.worker.post("/inspections", {**body, "checklist_version": 99}).status_code == 422
    assert plant.worker.post("/inspections", body).status_code == 201


def test_an_inspection_does_not_take_the_id_of_a_hidden_hazard(world: World) -> None:
    """Its photos and events would mix with the hazard's, and hold up its closure."""
    plant = world.plant
    raised = plant.worker.post("/inspections", plant.inspection(failed=1)).json["hidden_hazards"][0]
    body = plant.inspection(id=raised["id"], photos=[jpeg(seed=44)], failed=1)
    answer = plant.worker.post("/inspections", body)
    assert answer.status_code == 409
    assert problem_of(answer)["code"] == "id_reused"
    assert plant.worker.get(f"/hidden-hazards/{raised['id']}").json["complete"]


def test_a_fault_at_the_last_step_leaves_nothing_and_the_id_free(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, before = world.plant, row_counts(but=set())
    body = plant.inspection(failed=1, photos=[jpeg(seed=1)])

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(once, "keep", break_down)
        answer = plant.worker.post("/inspections", body)
    assert answer.status_code == 500
    assert "power cut" not in problem_of(answer)["detail"]
    assert row_counts(but=set()) == before
    assert plant.worker.post("/inspections", body).status_code == 201


def test_sixteen_threads_with_one_id_make_one_inspection(world: World) -> None:
    plant = world.plant
    bodies = [plant.inspection(failed=1) for _ in range(RACES)]
    hazards = count(HiddenHazard)
    for body in bodies:
        answers = at_once([post(plant.worker, "/inspections", body)] * 16)
        assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
        assert all(answer.json == answers[0].json for answer in answers)
    ids = [UUID(body["id"]) for body in bodies]
    assert count(Inspection, Inspection.id.in_(ids)) == RACES
    assert count(InspectionItem, InspectionItem.inspection_id.in_(ids)) == 2 * RACES
    assert count(Action, Action.id.in_(ids)) == RACES
    assert count(HiddenHazard) == hazards + 1  # the first found it, the others found it again
    assert count(Event, Event.kind == "hidden_hazard.found_again") == RACES - 1
    with reading():
        assert events.broken_at(plant.enterprise.id) is None


def test_one_id_with_different_bodies_at_once_has_one_winner(world: World) -> None:
    plant = world.plant
    for _ in range(FEW):
        body = plant.inspection()
        answers = at_once([post(plant.worker, "/inspections", {**body, "note": str(n)}) for n in range(8)])
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert count(Inspection) == FEW


def test_two_acceptors_at_once_close_it_once(world: World) -> None:
    plant = world.plant
    for _ in range(FEW):
        hazard = plant.rectified(plant.report())
        acts = [
            post(
                person, f"/hidden-hazards/{hazard['id']}/transitions",
                {"id": str(new_id()), "action": action, "version": hazard["version"], **facts},
            )
            for person, action, facts in (
                (plant.manager, "accept", {"opinion": "符合"}),
                (plant.principal, "accept", {"opinion": "符合"}),
                (plant.leader, "reject", {"reason": "渗漏"}),
            )
        ]  # fmt: skip
        answers = at_once(acts)
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409], [a.text for a in answers]
        lost = [answer for answer in answers if answer.status_code == 409]
        won = next(answer for answer in answers if answer.status_code == 201)
        assert {answer.json["state"] for answer in lost} == {won.json["state"]}
    moved = count(Event, Event.kind.in_(["hidden_hazard.accept", "hidden_hazard.reject"]))
    assert moved == FEW


def test_sixteen_at_one_move_have_one_winner(world: World) -> None:
    plant = world.plant
    for _ in range(RACES):
        hazard = plant.report()
        path = f"/hidden-hazards/{hazard['id']}/transitions"
        grade = {"action": "grade", "version": 1, "gravity": "general"}
        answers = at_once([post(plant.manager, path, {"id": str(new_id()), **grade}) for _ in range(16)])
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
        with reading() as session:
            kept = session.get_one(HiddenHazard, (plant.enterprise.id, UUID(hazard["id"])))
            assert (kept.state, kept.version) == ("graded", 2)


def test_one_move_sent_sixteen_times_at_once_is_made_once(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    body = {"id": str(new_id()), "action": "grade", "version": 1, "gravity": "general"}
    answers = at_once([post(plant.manager, f"/hidden-hazards/{hazard['id']}/transitions", body)] * 16)
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json == answers[0].json for answer in answers)
    assert count(Event, Event.kind == "hidden_hazard.grade") == 1


def test_sixty_people_reporting_at_once_get_sixty_codes(world: World) -> None:
    plant = world.plant
    people = [plant.hire(f"person{n}", Role.WORKER) for n in range(60)]
    acts = [
        post(
            person, "/hidden-hazards",
            {
                "id": str(new_id()), "risk_point_id": str(plant.point.id), "description": f"第{n}处",
                "client_at": "2026-11-21T08:30:00+08:00",
            },
        )
        for n, person in enumerate(people)
    ]  # fmt: skip
    answers = at_once(acts)
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    numbers = sorted(int(answer.json["code"].rsplit("-", 1)[1]) for answer in answers)
    assert numbers == list(range(1, 61))
    assert sorted(answer.json["receipt"]["sequence"] for answer in answers) == sorted(
        {answer.json["receipt"]["sequence"] for answer in answers}
    )
    with reading():
        assert events.broken_at(plant.enterprise.id) is None


def test_people_adding_points_at_once_get_different_codes(world: World) -> None:
    plant = world.plant
    body = {
        "name": "泵", "category": "equipment", "zone_id": str(plant.zone.id), "unit_id": str(plant.unit.id),
        "responsible_id": str(plant.worker.id),
    }  # fmt: skip
    answers = at_once([post(plant.manager, "/risk-points", body) for _ in range(12)])
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json["code"] for answer in answers}) == 12
    named = at_once([post(plant.manager, "/risk-points", {**body, "code": "A-1"}) for _ in range(6)])
    assert sorted(answer.status_code for answer in named) == [201] + [409] * 5
    assert plant.manager.get("/risk-levels").json["shown_counts"]["unassessed"] == 13


def test_one_photo_sent_by_many_at_once_is_kept_once(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=60)
    hazard = plant.report(photos=[announced(photo)])
    address = f"{API}/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}"

    def put() -> int:
        client = plant.worker.app.test_client()
        return client.put(address, data=photo, content_type="image/jpeg", headers=plant.worker.headers).status_code

    assert set(at_once([put] * 8)) == {200}
    assert count(Event, Event.kind == "photo.received") == 1
    answer = plant.manager.get(f"/photos/{announced(photo)['sha256']}/original")
    assert answer.data == photo


def test_assignments_at_once_with_a_deadline_each_leave_one(world: World) -> None:
    plant = world.plant
    hazard = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    path = f"/hidden-hazards/{hazard['id']}/transitions"
    acts = [
        post(plant.manager, path, {
            "id": str(new_id()), "action": "assign", "version": 2, "rectifier_id": str(person.id),
            "deadline_at": in_days(day),
        })
        for day, person in enumerate((plant.worker, plant.colleague, plant.leader), start=1)
    ]  # fmt: skip
    answers = at_once(acts)
    won = next(answer.json for answer in answers if answer.status_code == 201)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert plant.worker.get(f"/hidden-hazards/{hazard['id']}").json["rectifier_id"] == won["rectifier_id"]
