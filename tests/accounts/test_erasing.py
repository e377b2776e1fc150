"""A person who has left is erased: nothing personal stays, what they did does, and the chain still holds."""

from sqlalchemy import select

from app.commands.checks import findings
from app.core.db import reading
from app.core.events import Event, PersonalValue
from tests.surface import problem_of
from tests.world import World


def test_an_erased_person_leaves_a_number_and_a_chain_that_holds(world: World) -> None:
    plant = world.plant
    name, login = plant.worker.user.name, plant.worker.user.login
    hazard = plant.report(plant.worker)
    manager = plant.manager
    assert manager.patch(f"/users/{plant.worker.id}", {"phone": "13800000000", "disabled": True}).status_code == 200
    answer = manager.post(f"/users/{plant.worker.id}/erasure")
    assert answer.status_code == 200, answer.text
    said = answer.json
    assert (said["name"], said["login"], said["phone"]) == ("已注销人员 ZX-0001", "已注销人员 ZX-0001", "")
    timeline = manager.get(f"/hidden-hazards/{hazard['id']}/timeline").json["items"]
    assert timeline[0]["actor_name"] == "已注销人员 ZX-0001"
    with reading() as session:
        told = session.scalars(select(Event).where(Event.subject_id == plant.worker.id).order_by(Event.seq)).all()
        assert [event.kind for event in told] == ["person.added", "person.changed", "person.erased"]
        assert told[-1].data == {"number": "ZX-0001"}
        kept = session.scalars(select(PersonalValue).where(PersonalValue.seq.in_([event.seq for event in told])))
        assert not [value for value in kept if value.enterprise_id == plant.enterprise.id]
        assert not session.scalars(select(PersonalValue).where(PersonalValue.value.in_([name, "13800000000"]))).all()
        assert list(findings(plant.enterprise)) == []
    assert plant.worker.get("/auth/me").status_code == 401
    again = {"login": login, "name": "新来的", "password": "long enough text", "role": "worker"}
    assert manager.post("/users", again).status_code == 201, "the login is free again"


def test_only_a_disabled_person_is_erased_once_and_for_all(world: World) -> None:
    plant = world.plant
    address = f"/users/{plant.worker.id}/erasure"
    assert problem_of(plant.manager.post(address))["code"] == "not_disabled"
    plant.manager.patch(f"/users/{plant.worker.id}", {"disabled": True})
    assert plant.leader.post(address).status_code == 403
    assert world.other.manager.post(address).status_code == 404
    assert plant.manager.post(address).status_code == 200
    assert problem_of(plant.manager.post(address))["code"] == "erased"
    back = plant.manager.patch(f"/users/{plant.worker.id}", {"disabled": False, "name": "又回来"})
    assert problem_of(back)["code"] == "erased"


def test_a_principal_is_erased_by_a_principal_alone(world: World) -> None:
    plant = world.plant
    person = {"login": "second", "name": "另一位负责人", "password": "long enough text", "role": "principal"}
    second = plant.principal.post("/users", person).json
    assert plant.principal.patch(f"/users/{second['id']}", {"disabled": True}).status_code == 200
    assert plant.manager.post(f"/users/{second['id']}/erasure").status_code == 403
    assert plant.principal.post(f"/users/{second['id']}/erasure").status_code == 200
