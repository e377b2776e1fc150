"""What a person is told, and that nobody else reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import stopped_at
from app.core.db import reading, writing
from app.core.errors import NotFound
from app.core.ids import new_id
from app.messages.models import Message
from app.messages.service import tell
from tests.messages.conftest import told, told_and_refused
from tests.world import Person, World


def inbox(person: Person, **query: str) -> list[str]:
    return [item["title"] for item in person.get("/messages", **query).json["items"]]


def test_a_person_reads_what_was_told_newest_first_and_marks_it_read(world: World) -> None:
    worker = world.plant.worker
    for hour in (1, 2, 3):
        with stopped_at(datetime(2026, 11, 21, hour, tzinfo=UTC)):
            told(world, f"k:{hour}", subject_kind="risk_point", subject_id=world.plant.point.id)
    assert inbox(worker) == ["消息 k:3", "消息 k:2", "消息 k:1"]
    newest = worker.get("/messages").json["items"][0]
    assert newest["subject_id"] == str(world.plant.point.id)
    assert newest["enterprise_name"] == world.plant.enterprise.name
    read = worker.post(f"/messages/{newest['id']}/read").json
    assert worker.post(f"/messages/{newest['id']}/read").json["read_at"] == read["read_at"] is not None
    assert inbox(worker, unread="true") == ["消息 k:2", "消息 k:1"]
    assert worker.get("/messages/unread-count").json == {"unread": 2}
    assert worker.post("/messages/read-all", {"up_to": "2026-11-21T01:00:00Z"}).json == {"unread": 1}
    assert inbox(worker, unread="true") == ["消息 k:2"]


def test_nobody_reads_or_marks_what_another_was_told(world: World) -> None:
    told(world)
    (message,) = world.plant.worker.get("/messages").json["items"]
    absent = world.plant.colleague.post(f"/messages/{new_id()}/read")
    for person in (world.plant.colleague, world.plant.manager, world.other.worker, world.regulator, world.admin):
        assert inbox(person) == []
        answer = person.post(f"/messages/{message['id']}/read")
        assert (answer.status_code, answer.json["detail"]) == (404, absent.json["detail"])
        person.post("/messages/read-all", {"up_to": "2100-01-01T00:00:00Z"})
    assert world.plant.worker.get("/messages/unread-count").json == {"unread": 1}


def test_a_regulator_reads_what_several_enterprises_told(world: World) -> None:
    for plant in (world.plant, world.other):
        with writing():
            tell(plant.manager.actor, [world.regulator.id], kind="a.b", key="k", title=plant.enterprise.code)
    told_by = {item["enterprise_name"] for item in world.regulator.get("/messages").json["items"]}
    assert told_by == {world.plant.enterprise.name, world.other.enterprise.name}
    first = world.regulator.get("/messages").json["items"][0]
    assert world.regulator.post(f"/messages/{first['id']}/read").status_code == 200


def test_the_same_cause_never_tells_one_person_twice(world: World) -> None:
    plant = world.plant
    told(world)
    with writing():
        recipients = [plant.worker.id, plant.colleague.id, plant.worker.id]
        tell(plant.manager.actor, recipients, kind="a.b", key="k:1", title="长" * 300)
    assert inbox(plant.worker) == ["消息 k:1"]
    assert inbox(plant.colleague) == ["长" * 200]


def test_what_falls_with_its_transaction_tells_nobody(world: World) -> None:
    with pytest.raises(NotFound):
        told_and_refused(world)
    with reading() as session:
        assert session.query(Message).count() == 0


def test_an_inbox_is_paged(world: World) -> None:
    for number in range(3):
        with stopped_at(datetime.now(UTC) + timedelta(seconds=number)):
            told(world, f"k:{number}")
    page = world.plant.worker.get("/messages", page=2, page_size=2).json
    assert ([item["title"] for item in page["items"]], page["total"]) == (["消息 k:0"], 3)
