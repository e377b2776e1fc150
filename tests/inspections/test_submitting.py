"""What a phone sends of an inspection, when it sends it, and what is kept of it."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.core.canonical import digest
from app.core.clock import now
from app.core.db import reading, writing
from app.core.events import Event
from app.core.ids import new_id
from app.inspections import checklists
from app.inspections.content import content_of, content_of_checklist
from app.inspections.models import Checklist, Inspection, InspectionItem
from app.risks.sources import add_measure
from tests.core.test_query_counts import statements
from tests.racing import at_once, post
from tests.sizes import size
from tests.surface import problem_of, row_counts
from tests.world import API, Plant, World, announced, in_days, jpeg

AT_ONCE = size(12, deep=50)
MOST = 14  # statements of a POST of an inspection, BEGIN and COMMIT not counted


def with_items(plant: Plant, count: int, **said: Any) -> Plant:
    """The plant with so many more items on a new version of its checklist."""
    with writing():
        for n in range(count):
            add_measure(
                plant.manager.actor, source_id=plant.source.id, category="engineering", text=f"措施{n}",
                check=f"看{n}", **said,
            )  # fmt: skip
        plant.checklist = checklists.publish_checklist(plant.manager.actor, plant.point.id)
    return plant


def detail(plant: Plant, inspection_id: str) -> dict[str, Any]:
    answer = plant.manager.get(f"/inspections/{inspection_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_photo_is_asked_for_where_the_item_demands_it(world: World) -> None:
    plant = world.plant
    made = plant.manager.post("/control-measures", {
        "hazard_source_id": str(plant.source.id), "category": "engineering", "text": "围堰", "check": "围堰完好",
        "photo_required": True,
    }).json  # fmt: skip
    assert made["photo_required"]
    with writing():
        plant.checklist = checklists.publish_checklist(plant.manager.actor, plant.point.id)
    shown = plant.worker.get(f"/risk-points/{plant.point.id}/checklist").json["items"]
    assert [item["photo_required"] for item in shown] == [False, False, True]
    place, key = next((place, item["key"]) for place, item in enumerate(shown) if item["photo_required"])
    body, photo = plant.inspection(), jpeg(seed=3)
    refused = plant.worker.post("/inspections", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in problem_of(refused)["errors"]] == [f"/items/{place}"]
    assert "围堰完好" in refused.text
    other = {**body, "photos": [{**announced(photo), "item_key": shown[0]["key"]}]}
    assert plant.worker.post("/inspections", other).status_code == 422
    body["items"][place]["result"] = "not_applicable"
    assert plant.worker.post("/inspections", body).status_code == 201
    body = plant.inspection(photos=[photo])
    body["photos"][0]["item_key"] = key
    answer = plant.worker.post("/inspections", body).json
    assert (answer["complete"], answer["receipt"]["photos"]) == (False, [announced(photo)["sha256"]])


def test_scan_place_and_times_are_kept_as_the_phone_said_them(world: World) -> None:
    plant = world.plant
    tag = plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json
    sent = now() - timedelta(days=3)
    said = {
        "client_at": sent.isoformat(),
        "started_at": (sent - timedelta(minutes=5)).isoformat(),
        "scan": {"token": tag["token"], "scanned_at": (sent - timedelta(minutes=6)).isoformat()},
        "location": {"latitude": "41.2424", "longitude": 121.99, "accuracy_metres": 12},
    }
    body = plant.inspection(**said)
    for item in body["items"]:
        item["answered_at"] = (sent - timedelta(minutes=1)).isoformat()
    assert plant.worker.post("/inspections", body).json["delay_seconds"] == pytest.approx(3 * 86400, abs=60)
    shown = detail(plant, body["id"])
    assert (shown["tag_id"], shown["task_id"]) == (tag["id"], None)
    assert shown["location"] == {"latitude": "41.2424", "longitude": "121.99", "accuracy_metres": 12}
    for name, was in (
        (shown["started_at"], said["started_at"]),
        (shown["scanned_at"], said["scan"]["scanned_at"]),
        (shown["items"][0]["answered_at"], body["items"][0]["answered_at"]),
    ):
        assert datetime.fromisoformat(name) == datetime.fromisoformat(was)
    ahead = plant.worker.post("/inspections", plant.inspection(client_at=in_days(1))).json
    assert ahead["delay_seconds"] == pytest.approx(-86400, abs=60)


def test_a_code_that_is_not_of_this_point_is_no_refusal_and_no_code(world: World) -> None:
    plant, manager = world.plant, world.plant.manager
    revoked = manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json
    manager.post(f"/tags/{revoked['id']}/revocation", {"reason": "破损"})
    with writing():
        elsewhere = plant.add_point(manager.actor)
    of_another = manager.post("/tags", {"risk_point_id": str(elsewhere.id)}).json
    foreign = world.other.manager.post("/tags", {"risk_point_id": str(world.other.point.id)}).json
    for token in (revoked["token"], of_another["token"], foreign["token"], "https://别处.cn/x", "A" * 26):
        body = plant.inspection(scan={"token": token, "scanned_at": in_days(0)})
        answer = plant.worker.post("/inspections", body)
        assert answer.status_code == 201, answer.text
        shown = detail(plant, body["id"])
        assert shown["tag_id"] is None
        assert shown["scanned_at"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"location": {"latitude": 90.1, "longitude": 0}}, "/location/latitude"),
        ({"location": {"latitude": 0, "longitude": "-180.01"}}, "/location/longitude"),
        ({"location": {"latitude": 0}}, "/location/longitude"),
        ({"location": {"latitude": 0, "longitude": 0, "accuracy_metres": -1}}, "/location/accuracy_metres"),
        ({"scan": {"token": "A"}}, "/scan/scanned_at"),
        ({"started_at": "2026-11-21T08:30:00"}, "/started_at"),
        ({"half": "both"}, "/half"),
    ],
)
def test_what_is_no_place_or_time_is_refused(world: World, wrong: dict[str, Any], pointer: str) -> None:
    answer = world.plant.worker.post("/inspections", world.plant.inspection(**wrong))
    assert answer.status_code == 422
    assert [error["pointer"] for error in problem_of(answer)["errors"]] == [pointer]


def test_a_point_has_both_coordinates_or_none(world: World) -> None:
    plant = world.plant
    path, both = f"/risk-points/{plant.point.id}", {"latitude": "41.2", "longitude": 122}
    assert plant.manager.patch(path, {"latitude": 41}).status_code == 422
    assert plant.manager.patch(path, both).json["longitude"] == "122"
    refused = plant.manager.patch(path, {"longitude": None})
    assert [error["pointer"] for error in problem_of(refused)["errors"]] == ["/longitude"]
    assert plant.manager.patch(path, {"latitude": None, "longitude": None}).json["latitude"] is None
    new = {"name": "泵", "category": "equipment", "zone_id": str(plant.zone.id), "unit_id": str(plant.unit.id)}
    new["responsible_id"] = str(plant.worker.id)
    assert plant.manager.post("/risk-points", {**new, "longitude": 1}).status_code == 422
    assert plant.manager.post("/risk-points", {**new, **both}).json["latitude"] == "41.2"


def test_a_phone_long_out_of_reach_sends_its_queue_in_any_order(world: World) -> None:
    """Six inspections and three reports of four days, some sent twice, one id used for another body."""
    plant, order = world.plant, random.Random(7)
    days = [now() - timedelta(days=back) for back in (4, 3, 3, 2, 1, 1)]
    checks = [plant.inspection(failed=1, client_at=day.isoformat(), note=f"第{n}次") for n, day in enumerate(days)]
    reports = [
        {
            "id": str(new_id()), "risk_point_id": str(plant.point.id), "description": f"第{n}处",
            "client_at": day.isoformat(),
        }
        for n, day in enumerate(days[:3])
    ]  # fmt: skip
    queue = [("/inspections", body) for body in checks] + [("/hidden-hazards", body) for body in reports]
    queue += order.sample(queue, 4)
    order.shuffle(queue)
    first: dict[str, Any] = {}
    for path, body in queue:
        answer = plant.worker.post(path, body)
        assert answer.status_code == 201, answer.text
        assert first.setdefault(body["id"], answer.json) == answer.json
    altered = plant.worker.post("/inspections", {**checks[0], "note": "改过"})
    assert (altered.status_code, problem_of(altered)["code"]) == (409, "id_reused")
    assert plant.manager.get("/inspections").json["total"] == 6
    joined = [answer["hidden_hazards"][0] for path, body in queue if "checklist_version" in body
              for answer in [first.pop(body["id"], None)] if answer]  # fmt: skip
    assert [one["occurrences"] for one in joined] == [1, 2, 3, 4, 5, 6]  # in the order of arrival
    assert len({one["id"] for one in joined}) == 1
    assert plant.manager.get("/hidden-hazards").json["total"] == 4
    assert plant.manager.get("/inspections", delayed="true").json["total"] == 6


def test_inspections_are_found_by_what_is_asked_of_them(world: World) -> None:
    plant = world.plant
    ids = {
        name: plant.worker.post("/inspections", plant.inspection(failed=failed, client_at=at)).json["id"]
        for name, failed, at in (("fresh", 0, in_days(0)), ("failed", 1, in_days(0)), ("late", 0, in_days(-2)))
    }
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    with writing() as session:
        session.execute(update(Inspection).where(Inspection.id == UUID(ids["fresh"])).values(
            received_at=moment, client_at=moment,
        ))  # fmt: skip
    for query, found in (
        ({"failed": "true"}, {"failed"}),
        ({"failed": "false"}, {"fresh", "late"}),
        ({"delayed": "true"}, {"late"}),
        ({"delayed": "false"}, {"fresh", "failed"}),
        ({"half": "field"}, {"fresh", "failed", "late"}),
        ({"half": "management"}, set()),
        ({"task_id": str(new_id())}, set()),
        ({"received_to": "2026-01-02T00:00:00Z"}, set()),
        ({"received_from": "2026-01-02T00:00:00Z", "received_to": "2026-01-02T00:00:01Z"}, {"fresh"}),
        ({"received_from": "2026-01-02T08:00:01+08:00"}, {"failed", "late"}),
        ({"inspector_id": str(plant.colleague.id)}, set()),
    ):
        listed = plant.manager.get("/inspections", **query).json["items"]
        assert {one["id"] for one in listed} == {ids[name] for name in found}, query


def test_the_detail_says_what_each_item_came_to(world: World) -> None:
    plant = world.plant
    sent = plant.worker.post("/inspections", plant.inspection(failed=1)).json
    items = detail(plant, sent["id"])["items"]
    assert [item["check"] for item in items] == [item["check"] for item in plant.checklist.items]
    raised = sent["hidden_hazards"][0]
    assert items[0]["hidden_hazard"] == {"id": raised["id"], "code": raised["code"], "state": "reported"}
    assert (items[1]["hidden_hazard"], items[1]["hidden_hazard_id"]) == (None, None)


def test_the_chain_holds_the_digest_of_every_inspection_and_checklist(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=8)
    body = plant.inspection(failed=1, photos=[photo], location={"latitude": "-0.50", "longitude": "1E+2"})
    body["items"][1]["answered_at"] = in_days(0)
    plant.worker.post("/inspections", body)
    with reading() as session:
        told = {event.subject_id: event.data for event in session.scalars(select(Event))}
        row = session.get_one(Inspection, (plant.enterprise.id, UUID(body["id"])))
        items = list(session.scalars(select(InspectionItem).where(InspectionItem.inspection_id == row.id)))
        assert told[row.id]["content"] == digest(content_of(row, items))
        assert told[row.id]["photos"] == [announced(photo)["sha256"]]
        for checklist in session.scalars(select(Checklist)):
            assert told[checklist.id]["content"] == digest(content_of_checklist(checklist))
        for change in ({"note": "补写"}, {"received_at": row.client_at}, {"failed": 0}, {"task_id": None}):
            altered = {**content_of(row, items), **change}
            assert (digest(altered) == told[row.id]["content"]) == (change == {"task_id": None})
        items[0].note = "没事"
        assert digest(content_of(row, items)) != told[row.id]["content"]
        session.expire_all()


def test_many_at_once_with_one_id_make_one_inspection_with_one_answer(world: World) -> None:
    plant = world.plant
    before, body = row_counts(), plant.inspection(failed=2)
    answers = at_once([post(plant.worker, "/inspections", body)] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json == answers[0].json for answer in answers)
    grown = {name: count - before[name] for name, count in row_counts().items() if count != before[name]}
    assert (grown["inspections"], grown["inspection_items"], grown["hidden_hazards"]) == (1, 2, 2)


def test_after_a_lost_answer_a_retry_gets_it_and_the_photos_follow(world: World) -> None:
    plant, photos = world.plant, [jpeg(seed=11), jpeg(seed=12)]
    body = plant.inspection(failed=1, photos=photos)
    lost = plant.worker.post("/inspections", body)  # what the phone never saw
    with reading() as session:
        assert session.get(Inspection, (plant.enterprise.id, UUID(body["id"])))
    receipt = plant.worker.post("/inspections", body).json
    assert receipt == lost.json
    path = f"/inspections/{body['id']}/photos/"
    first, second = (announced(photo)["sha256"] for photo in photos)
    assert plant.worker.put(path + second, photos[1]).json["complete"] is False
    wrong = {
        "of another hash": (path + first, photos[1]),
        "cut": (path + first, photos[0][:-20]),
        "not named": (path + announced(jpeg(seed=13))["sha256"], jpeg(seed=13)),
    }
    for why, (address, content) in wrong.items():
        assert plant.worker.put(address, content).status_code in (404, 422), why
    assert detail(plant, body["id"])["complete"] is False
    assert plant.worker.put(path + first, photos[0]).json["complete"] is True
    assert plant.worker.put(path + first, photos[0]).json["complete"] is True
    assert detail(plant, body["id"])["complete"] is True
    assert plant.worker.post("/inspections", body).json == receipt


@pytest.mark.parametrize("note", [
    "<script>alert(1)</script><b>&amp;", '=HYPERLINK("http://x")', "@SUM(1)\t+1\n-2", "＝1+1 𠮷 👷‍♂️ é", "'; DROP TABLE",
])  # fmt: skip
def test_a_note_comes_out_as_it_was_typed(world: World, note: str) -> None:
    plant = world.plant
    body = plant.inspection(failed=1, note=note)
    body["items"][0]["note"] = note
    sent = plant.worker.post("/inspections", body).json
    shown = detail(plant, body["id"])
    assert (shown["note"], shown["items"][0]["note"]) == (note, note)
    assert plant.manager.get(f"/hidden-hazards/{sent['hidden_hazards'][0]['id']}").json["description"] == note


@pytest.mark.parametrize("note", ["a\x00", "\x07", "\x1b[31m", "\x85", "\ud800"])
def test_a_control_character_is_refused_and_nothing_is_kept(world: World, note: str) -> None:
    before = row_counts()
    assert world.plant.worker.post("/inspections", world.plant.inspection(note=note)).status_code == 422
    assert row_counts() == before


def costs(world: World, body: dict[str, Any]) -> int:
    """How many statements a POST of this inspection takes."""
    headers = world.plant.worker.headers
    sent, answer = statements(lambda: world.app.test_client().post(API + "/inspections", json=body, headers=headers))
    assert answer.status_code == 201, answer.text
    return len(sent)


@pytest.mark.parametrize("count", [8, 28])
def test_an_inspection_with_everything_said_costs_no_more_for_many_items(world: World, count: int) -> None:
    plant = with_items(world.plant, count, reading={"unit": "MPa", "min": 0, "max": 9}, photo_required=True)
    tag = plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)}).json
    body = plant.inspection(
        scan={"token": tag["token"], "scanned_at": in_days(0)}, location={"latitude": 41, "longitude": 121}
    )
    body["photos"] = [
        {"sha256": f"{place:064x}", "size": 9, "item_key": item["key"]} for place, item in enumerate(body["items"])
    ]
    for item, asked in zip(body["items"], plant.checklist.items, strict=True):
        item["answered_at"] = in_days(0)
        if asked["reading"]:
            item["reading"] = "0.5"
    assert costs(world, body) <= MOST


def test_items_that_fail_for_the_second_time_are_reviewed_in_as_many_statements_as_one(world: World) -> None:
    plant = with_items(world.plant, 10)
    costs(world, plant.inspection(failed=12))
    again = [plant.inspection(failed=failed) for failed in (1, 11)]
    one, ten_more = (costs(world, body) for body in again)
    assert plant.manager.get("/reviews").json["total"] == 11
    assert ten_more - one <= 10 * OF_A_HAZARD


OF_A_HAZARD = 3  # statements each hidden hazard may add: what it says is read back for its event
