"""Signals as they come about: read from the ledger, written once, shown to those who may see them, blocking nothing."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.core.clock import today
from app.core.db import db, reading
from app.hidden_hazards.models import HiddenHazard
from app.signals import settling
from app.signals.models import Signal
from app.signals.service import signals_of
from app.signals.settling import settle_signals
from tests.evidence.test_what_photos_say import TAKEN, saying
from tests.plans.planned import body
from tests.visitor import Visitor
from tests.world import Plant, World, announced, in_days, jpeg


def inspect(plant: Plant, **given: Any) -> dict[str, Any]:
    answer = plant.worker.post("/inspections", plant.inspection(**given))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def upload(plant: Plant, kind: str, subject: dict[str, Any], photo: bytes) -> None:
    answer = plant.worker.put(f"/{kind}/{subject['id']}/photos/{announced(photo)['sha256']}", photo)
    assert answer.status_code == 200, answer.text


def seen(plant: Plant, **query: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The signals by kind and subject."""
    items = plant.manager.get("/signals", **query, page_size=100).json["items"]
    return {(item["kind"], item["subject_id"]): item for item in items}


def test_a_photo_used_again_is_told_of_the_later_record_with_the_earlier(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=1)
    first = inspect(plant, failed=1, photos=[photo])  # its hidden hazard names the photo too, by right
    upload(plant, "inspections", first, photo)
    assert settle_signals() == 0
    second = plant.report(photos=[announced(photo)])
    assert settle_signals() > 0
    found = seen(plant)
    signal = found["photo_reused", second["id"]]
    assert signal["data"]["other_id"] in (first["id"], first["hidden_hazards"][0]["id"])
    assert (signal["kind_label"], signal["subject_kind"]) == ("照片重复使用", "hidden_hazard")
    assert signal["person_id"] == str(plant.worker.id)
    assert ("photo_reused", first["id"]) not in found


def test_a_picture_sent_without_a_name_is_compared_with_nobodys(world: World) -> None:
    """The same picture in an inspection and in an unnamed report would tell who reported."""
    plant, photo = world.plant, jpeg(seed=77, width=800, height=600)
    first = inspect(plant, failed=1, photos=[photo])
    upload(plant, "inspections", first, photo)
    _, report = Visitor(world).admitted(photo)
    settle_signals()
    named = {report["id"], report["hazard_id"]}
    for (kind, subject), signal in seen(plant).items():
        assert subject not in named, kind
        assert not named & set(map(str, signal["data"].values())), kind


def test_a_picture_sent_without_a_name_stops_no_signal_of_others(world: World) -> None:
    plant, photos = world.plant, [jpeg(seed=seed, width=800, height=600) for seed in (77, 78)]
    for photo in photos:
        Visitor(world).admitted(photo)
    first = inspect(plant, failed=1, photos=photos)
    for photo in photos:
        upload(plant, "inspections", first, photo)
    second = plant.report(photos=[announced(photos[0])])
    assert settle_signals() > 0
    assert ("photo_reused", second["id"]) in seen(plant)


def test_before_as_after_is_told_as_it_is_and_hinders_nothing(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=2)
    hazard = plant.report(photos=[announced(photo)])
    for action, facts in (
        ("grade", {"gravity": "general"}),
        ("assign", {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(3)}),
    ):
        hazard = plant.move(plant.manager, hazard, action, **facts).json
    hazard = plant.move(plant.worker, hazard, "submit", measures="已修", photos=[announced(photo)]).json
    upload(plant, "hidden-hazards", hazard, photo)
    settle_signals()
    assert seen(plant)["photo_reused", hazard["id"]]["data"]["before_and_after"] is True
    assert plant.move(plant.manager, hazard, "accept", opinion="合格").status_code == 201


def test_a_photo_that_claims_to_be_old_is_told_with_its_times(world: World) -> None:
    plant, photo = world.plant, saying(detail={TAKEN: "2020:01:01 08:00:00"})
    inspection = inspect(plant, failed=1, photos=[photo])
    upload(plant, "inspections", inspection, photo)
    settle_signals()
    data = seen(plant)["times_disagree", inspection["id"]]["data"]
    assert (data["why"], data["taken_at"]) == ("photo_taken_before", "2020-01-01T08:00:00+08:00")


def test_two_points_checked_in_the_same_second_are_told_of_both_in_whatever_order_they_come(world: World) -> None:
    plant = world.plant
    other = _another(plant)
    moment = datetime.now(UTC) - timedelta(hours=2)
    later = inspect(plant, client_at=(moment + timedelta(seconds=1)).isoformat())
    settle_signals()
    first = plant.inspection(client_at=moment.isoformat())
    first |= {"risk_point_id": other["point"], "checklist_version": 1}
    first["items"] = [{"key": key, "result": "normal"} for key in other["keys"]]
    assert plant.worker.post("/inspections", first).status_code == 201
    settle_signals()
    found = seen(plant, kind="impossible_speed")
    assert {subject for _, subject in found} == {later["id"], first["id"]}
    assert found["impossible_speed", later["id"]]["data"]["other_id"] == first["id"]


def test_looking_again_writes_nothing_twice_and_batches_change_nothing(world: World, monkeypatch: Any) -> None:
    plant, photo = world.plant, jpeg(seed=3)
    monkeypatch.setattr(settling, "AT_ONCE", 3)
    for _ in range(3):
        plant.report(photos=[announced(photo)])
    assert settle_signals() == 2
    assert settle_signals() == 0
    with reading() as session:
        for cursor in session.scalars(select(settling.SignalCursor)):
            cursor.seq = 0
            session.flush()
        assert session.scalar(select(func.count()).select_from(Signal)) == 2


def test_signals_are_for_those_who_accept_and_the_regulator_and_for_no_other_enterprise(world: World) -> None:
    plant, photo = world.plant, jpeg(seed=4)
    plant.report(photos=[announced(photo)])
    hazard = plant.report(photos=[announced(photo)])
    settle_signals()
    own = {"enterprise_id": str(plant.enterprise.id)}
    assert world.regulator.get("/signals", **own).json["total"] == 1
    assert plant.leader.get("/signals", subject_id=hazard["id"]).json["total"] == 1
    assert plant.manager.get("/signals", person_id=str(plant.leader.id)).json["total"] == 0
    assert world.other.manager.get("/signals", subject_id=hazard["id"]).json["total"] == 0
    assert plant.worker.get("/signals").status_code == 403
    with reading():
        ids = [uuid.UUID(hazard["id"])]
        assert [one.kind for one in signals_of(plant.manager.actor, ids)[ids[0]]] == ["photo_reused"]
        assert not signals_of(plant.worker.actor, ids)


def test_looking_through_many_records_takes_few_queries(world: World) -> None:
    from tests.core.test_query_counts import counted  # noqa: PLC0415 - beside its one use

    plant = world.plant
    for seed in range(2):
        inspect(plant, failed=1, photos=[jpeg(seed=seed)])
    with counted(db.engine) as few:
        settle_signals()
    for seed in range(8):
        inspect(plant, failed=1, photos=[jpeg(seed=10 + seed)])
    with counted(db.engine) as many:
        settle_signals()
    assert len(many) <= len(few)


def _another(plant: Plant) -> dict[str, Any]:
    """A second point of the plant with a checklist of its own."""
    made = plant.manager.post(
        "/risk-points",
        {
            "name": "循环泵", "category": "equipment", "zone_id": str(plant.zone.id), "unit_id": str(plant.unit.id),
            "responsible_id": str(plant.leader.id),
        },
    ).json  # fmt: skip
    source = {"risk_point_id": made["id"], "name": "泄漏", "factor_class": "things", "accident_types": ["中毒"]}
    source_id = plant.manager.post("/hazard-sources", source).json["id"]
    measure = {"hazard_source_id": source_id, "category": "engineering", "text": "每班巡检", "check": "有无泄漏"}
    plant.manager.post("/control-measures", measure)
    checklist = plant.manager.post(f"/risk-points/{made['id']}/checklist").json
    return {"point": made["id"], "keys": [item["key"] for item in checklist["items"]]}


def test_every_hidden_hazard_has_a_caption_for_its_photos(world: World) -> None:
    hazard = world.plant.report()
    from app.signals.subjects import caption_of  # noqa: PLC0415 - beside its one use

    with reading() as session:
        row = session.get_one(HiddenHazard, (world.plant.enterprise.id, uuid.UUID(hazard["id"])))
        said = caption_of(world.plant.worker.actor, row.id, "found")
        assert said == {"code": row.code, "place": row.place, "person": world.plant.worker.user.name}
        assert caption_of(world.other.worker.actor, row.id, "found") == {}


def test_an_inspection_of_nothing_does_no_task_and_is_told(world: World) -> None:
    plant = world.plant
    daily = body(plant, starts_on=today().isoformat())
    assert plant.manager.post("/inspection-plans", daily).status_code == 201
    nothing = plant.inspection()
    nothing["items"] = [{**item, "result": "not_applicable"} for item in nothing["items"]]
    answer = plant.worker.post("/inspections", nothing)
    assert (answer.status_code, answer.json["task_id"]) == (201, None)
    settle_signals()
    signal = seen(plant)["nothing_inspected", nothing["id"]]
    assert signal["data"] == {"items": len(nothing["items"])}
    assert inspect(plant)["task_id"]
