"""The life of a tag: printed blank by the roll, bound on site, worn, replaced with a grace, revoked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.clock import LOCAL, now, stopped_at
from app.core.db import reading, writing
from app.core.events import Event
from app.core.ids import new_id
from app.inspections.models import Inspection
from app.messages.models import Message
from app.risks import retiring
from app.tags import service
from qr import new_token
from tests.racing import at_once, post
from tests.surface import problem_of
from tests.world import Person, Plant, World


def blank(plant: Plant, count: int = 1) -> list[dict[str, Any]]:
    """The tags of a fresh roll, by serial."""
    roll = {"id": str(new_id()), "count": count}
    assert plant.manager.post("/tag-rolls", roll).status_code == 201
    tags = plant.manager.get("/tags", roll_id=roll["id"], page_size=100).json["items"]
    return sorted(tags, key=lambda tag: tag["serial"])


def issued(plant: Plant) -> dict[str, Any]:
    return dict(plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json)


def binding(plant: Plant, **given: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "risk_point_id": str(plant.point.id), **given}


def replacement(**given: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "reason": "褪色", **given}


def kinds_of(subject_id: str) -> list[str]:
    with reading() as session:
        events = select(Event.kind, Event.subject_id).order_by(Event.seq)
        return [kind for kind, subject in session.execute(events) if str(subject) == subject_id]


def test_a_roll_is_issued_once_with_serials_that_go_on_and_one_event(world: World) -> None:
    plant = world.plant
    roll = {"id": str(new_id()), "count": 3}
    first = plant.manager.post("/tag-rolls", roll)
    assert first.json == {"roll_id": roll["id"], "count": 3, "first": "BQ-000001", "last": "BQ-000003"}
    assert plant.manager.post("/tag-rolls", roll).data == first.data
    assert kinds_of(roll["id"]) == ["tag.roll_issued"]
    assert blank(plant)[0]["serial"] == "BQ-000004"
    assert plant.manager.get("/tags", state="blank").json["total"] == 4
    assert blank(world.other)[0]["serial"] == "BQ-000001"
    for count in (0, 1001):
        assert plant.manager.post("/tag-rolls", {"id": str(new_id()), "count": count}).status_code == 422
    assert plant.worker.post("/tag-rolls", {"id": str(new_id()), "count": 1}).status_code == 403


def test_a_roll_is_printed_by_serial_without_those_already_bound(world: World) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    tags = blank(plant, 3)
    roll_id = UUID(tags[0]["roll_id"])
    plant.manager.post(f"/scan/{tags[1]['token']}/binding", binding(plant))
    with reading():
        assert [tag.serial for tag in service.tags_of_roll(actor, roll_id)] == [tags[0]["serial"], tags[2]["serial"]]
        with pytest.raises(service.NotFound):
            service.tags_of_roll(world.other.manager.actor, roll_id)
    for tag in (tags[0], tags[2]):
        plant.manager.post(f"/tags/{tag['id']}/revocation", {"reason": "印坏"})
    with reading(), pytest.raises(service.Invalid) as refused:
        service.tags_of_roll(actor, roll_id)
    assert refused.value.code == "nothing_selected"


def test_a_blank_tag_is_bound_on_site_once_and_then_shows_the_card(world: World) -> None:
    plant, (tag,), body = world.plant, blank(world.plant), binding(world.plant)
    first = plant.leader.post(f"/scan/{tag['token']}/binding", body)
    assert first.status_code == 200, first.text
    assert (first.json["risk_point_code"], first.json["risk_point_name"]) == (plant.point.code, plant.point.name)
    assert (first.json["state"], first.json["serial"]) == ("good", tag["serial"])
    assert world.anyone.get(f"/api/v1/scan/{tag['token']}").json["code"] == plant.point.code
    again = post(plant.leader, f"/scan/{tag['token']}/binding", body)
    assert {answer.data for answer in at_once([again] * 20)} == {first.data}
    assert kinds_of(tag["id"]) == ["tag.bound"]
    refused = plant.manager.post(f"/scan/{tag['token']}/binding", binding(plant))
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "tag_bound")
    assert plant.point.code in problem_of(refused)["detail"]
    issued(plant)  # a point may carry several
    assert plant.manager.get("/tags", risk_point_id=str(plant.point.id), state="good").json["total"] == 2


def test_of_two_who_bind_a_blank_tag_at_once_one_wins(world: World) -> None:
    plant, (tag,) = world.plant, blank(world.plant)
    with writing():
        other = str(plant.add_point(plant.manager.actor).id)
    bodies = [binding(plant), binding(plant, risk_point_id=other)]
    answers = at_once([post(plant.manager, f"/scan/{tag['token']}/binding", body) for body in bodies])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert kinds_of(tag["id"]) == ["tag.bound"]


def test_what_cannot_be_bound_says_why_and_a_foreign_one_is_as_one_never_made(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    free, revoked = blank(plant, 2)
    manager.post(f"/tags/{revoked['id']}/revocation", {"reason": "印坏"})
    with writing():
        point = plant.add_point(manager.actor, unit=plant.other_unit)
        gone = plant.add_point(manager.actor)
    with writing():
        retiring.retire_point(manager.actor, gone.id, reason="拆除")

    def refused(person: Person, token: str, **given: Any) -> tuple[int, str]:
        answer = person.post(f"/scan/{token}/binding", binding(plant, **given))
        return answer.status_code, problem_of(answer)["code"]

    assert refused(manager, revoked["token"]) == (409, "tag_revoked")
    assert refused(manager, free["token"], risk_point_id=str(gone.id)) == (409, "retired")
    assert refused(plant.leader, free["token"], risk_point_id=str(point.id)) == (403, "not_own_unit")
    assert refused(plant.worker, free["token"]) == (403, "forbidden")
    assert refused(manager, free["token"], risk_point_id=str(world.other.point.id)) == (422, "invalid")
    own = {"id": str(new_id()), "risk_point_id": str(world.other.point.id)}
    foreign = world.other.manager.post(f"/scan/{free['token']}/binding", own)
    absent = world.other.manager.post(f"/scan/{new_token()}/binding", {**own, "id": str(new_id())})
    assert (foreign.status_code, foreign.data) == (404, absent.data)
    assert manager.get("/tags", state="blank").json["total"] == 1


def test_a_replaced_tag_answers_until_its_grace_is_over_and_says_that_it_is_old(world: World) -> None:
    plant, old, body = world.plant, issued(world.plant), replacement()
    new = plant.manager.post(f"/tags/{old['id']}/replacement", body)
    assert (new.status_code, new.json["risk_point_code"], new.json["state"]) == (201, plant.point.code, "good")
    assert plant.manager.post(f"/tags/{old['id']}/replacement", body).data == new.data
    seen = plant.manager.get("/tags", state="old").json["items"]
    assert [(tag["id"], tag["replaced_by_id"], tag["revoked_because"]) for tag in seen] == [
        (old["id"], new.json["id"], "褪色")
    ]
    scanned = world.anyone.get(f"/api/v1/scan/{old['token']}").json
    replaced_on = datetime.fromisoformat(new.json["issued_at"]).astimezone(LOCAL).date()
    assert scanned["old_tag"] == {"replaced_on": replaced_on.isoformat(), "good_until": seen[0]["good_until"]}
    assert "这是旧码" in world.anyone.get(f"/q/{old['token']}").text
    assert "这是旧码" not in world.anyone.get(f"/q/{new.json['token']}").text
    with reading():
        assert service.good_tag(plant.manager.actor, plant.point.id).token == new.json["token"]
        with stopped_at(now() + timedelta(days=15)), pytest.raises(service.NotFound):
            service.find(old["token"])
    again = plant.manager.post(f"/tags/{old['id']}/replacement", replacement())
    assert problem_of(again)["code"] == "tag_replaced"
    plant.manager.post(f"/tags/{old['id']}/revocation", {"reason": "已揭下"})
    assert world.anyone.get(f"/api/v1/scan/{old['token']}").status_code == 404
    assert world.anyone.get(f"/api/v1/scan/{new.json['token']}").json["old_tag"] is None


def test_a_replaced_tag_with_no_grace_is_revoked_at_once(world: World) -> None:
    plant, old = world.plant, issued(world.plant)
    assert plant.manager.post(f"/tags/{old['id']}/replacement", replacement(grace_days=91)).status_code == 422
    assert plant.manager.post(f"/tags/{old['id']}/replacement", replacement(grace_days=0)).status_code == 201
    assert [tag["id"] for tag in plant.manager.get("/tags", state="revoked").json["items"]] == [old["id"]]
    again = plant.manager.post(f"/tags/{old['id']}/revocation", {"reason": "丢失"})
    assert problem_of(again)["code"] == "tag_revoked"


def test_of_a_replacement_and_a_revocation_at_once_what_stands_is_one_story(world: World) -> None:
    plant, tag = world.plant, issued(world.plant)
    replaced, revoked = at_once([
        post(plant.manager, f"/tags/{tag['id']}/replacement", replacement()),
        post(plant.principal, f"/tags/{tag['id']}/revocation", {"reason": "破损"}),
    ])  # fmt: skip
    kinds = kinds_of(tag["id"])
    assert revoked.status_code == 200  # a replaced one may be revoked before its grace is over
    if replaced.status_code == 201:
        assert kinds == ["tag.issued", "tag.replaced", "tag.revoked"]
    else:
        assert (replaced.status_code, kinds) == (409, ["tag.issued", "tag.revoked"])
    assert world.anyone.get(f"/api/v1/scan/{tag['token']}").status_code == 404


def test_an_inspection_counts_an_old_tag_as_scanned_in_its_grace_and_not_after(world: World) -> None:
    plant, tag = world.plant, issued(world.plant)
    plant.manager.post(f"/tags/{tag['id']}/replacement", replacement(grace_days=3))
    counted = {}
    for days in (1, 5):
        scan = {"token": tag["token"], "scanned_at": (now() + timedelta(days=days)).isoformat()}
        body = plant.inspection(scan=scan)
        assert plant.worker.post("/inspections", body).status_code == 201
        counted[days] = body["id"]
    with reading() as session:
        tags = dict(session.execute(select(Inspection.id, Inspection.tag_id)).all())
    by_id = {str(inspection): str(tag_id) for inspection, tag_id in tags.items() if tag_id}
    assert by_id == {counted[1]: tag["id"]}
    tip = {"id": str(new_id()), "secret": "s" * 24, "description": "出口堵塞"}
    assert world.anyone.post(f"/api/v1/scan/{tag['token']}/reports", json=tip).status_code == 201


def test_a_worn_tag_is_reported_once_to_its_keepers_until_it_is_replaced_or_cleared(world: World) -> None:
    plant, tag = world.plant, issued(world.plant)
    first = {"id": str(new_id()), "note": "右下角缺损"}
    told = plant.worker.post(f"/scan/{tag['token']}/worn", first)
    assert (told.status_code, told.json["worn_note"]) == (200, "右下角缺损")
    assert plant.worker.post(f"/scan/{tag['token']}/worn", first).data == told.data
    later = plant.colleague.post(f"/scan/{tag['token']}/worn", {"id": str(new_id()), "note": "扫不出来"}).json
    assert later == {**told.json, "worn_note": "扫不出来"}
    with reading() as session:
        recipients = select(Message.recipient_id).where(Message.kind == "tag.worn")
        keepers = [plant.leader.id, plant.manager.id, plant.principal.id]
        assert sorted(session.scalars(recipients)) == sorted(keepers)
    assert plant.manager.get("/tags", worn="true").json["items"][0]["attention"] == ["worn", "never_scanned"]
    cleared = plant.leader.post(f"/tags/{tag['id']}/worn-clearance")
    assert (cleared.status_code, cleared.json["worn_at"]) == (200, None)
    assert problem_of(plant.leader.post(f"/tags/{tag['id']}/worn-clearance"))["code"] == "tag_not_worn"
    plant.worker.post(f"/scan/{tag['token']}/worn", {"id": str(new_id())})
    plant.manager.post(f"/tags/{tag['id']}/replacement", replacement())
    assert plant.manager.get("/tags", worn="true").json["total"] == 0
    refused = plant.worker.post(f"/scan/{tag['token']}/worn", {"id": str(new_id())})
    assert problem_of(refused)["code"] == "tag_replaced"
    (empty,) = blank(plant)
    for token, outcome in ((empty["token"], (409, "tag_blank")), (new_token(), (404, "not_found"))):
        answer = plant.worker.post(f"/scan/{token}/worn", {"id": str(new_id())})
        assert (answer.status_code, problem_of(answer)["code"]) == outcome
    foreign = world.other.worker.post(f"/scan/{empty['token']}/worn", {"id": str(new_id())})
    assert foreign.status_code == 404
