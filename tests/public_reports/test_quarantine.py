"""What the enterprise does of a report: admits it as a hidden hazard, or discards it for a reason that is told."""

from typing import Any
from uuid import UUID

import pytest

from app.core.db import reading
from app.core.events import broken_at, timeline
from tests.surface import problem_of
from tests.visitor import DESCRIPTION, Visitor
from tests.world import SHOWN, World, announced, in_days, jpeg


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world)


def test_an_admitted_report_is_a_hidden_hazard_the_public_found(world: World, visitor: Visitor) -> None:
    receipt, report = visitor.admitted(jpeg(seed=1))
    assert (report["verdict"], report["decided_by"]) == ("admitted", str(world.plant.manager.id))
    hazard = world.plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json
    assert (hazard["source"], hazard["found_by"], hazard["state"]) == ("public", None, "reported")
    assert hazard["complete"]
    assert [photo["sha256"] for photo in hazard["photos"]] == [photo["sha256"] for photo in report["photos"]]
    followed = visitor.status(receipt).json
    assert (followed["verdict_label"], followed["hazard"]["state_label"]) == ("已受理", "已上报")
    with reading():
        kinds = [event.kind for event in timeline(world.plant.enterprise.id, _id(report))]
        assert kinds[0] == "public_report.received"
        assert kinds[-1] == "public_report.admitted"
        assert broken_at(world.plant.enterprise.id) is None


def test_a_photo_that_comes_after_the_admission_reaches_the_hidden_hazard(world: World, visitor: Visitor) -> None:
    photos = [jpeg(seed=1), jpeg(seed=2)]
    receipt = visitor.post(visitor.body(*photos)).json["receipt"]
    visitor.put(receipt, photos[0])
    report = world.plant.manager.post(f"/public-reports/{visitor.waiting()['id']}/admission").json
    at_first = world.plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json
    assert (len(at_first["photos"]), at_first["complete"]) == (1, True)
    visitor.put(receipt, photos[1])
    later = world.plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json
    assert (len(later["photos"]), later["complete"]) == (2, True)


def test_the_reporter_follows_a_hidden_hazard_to_its_end_without_a_name(world: World, visitor: Visitor) -> None:
    plant = world.plant
    receipt, report = visitor.admitted()
    hazard = plant.rectified(plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json)
    returned = plant.move(plant.manager, hazard, "reject", reason=f"{plant.worker.actor.name}没有拍全").json
    followed = visitor.status(receipt)
    assert followed.json["hazard"]["rejections"] == 1
    assert plant.worker.actor.name not in followed.text
    assert hazard["code"] not in followed.text
    assert set(followed.json["hazard"]) == {"state", "state_label", "rejections", "closed_at"}
    assert returned["state"] == "rectifying"


def test_a_report_that_proves_a_duplicate_is_followed_by_the_first(world: World, visitor: Visitor) -> None:
    plant = world.plant
    first = plant.report()
    receipt, report = visitor.admitted()
    hazard = plant.manager.get(f"/hidden-hazards/{report['hazard_id']}").json
    facts = {"reason": "同一处", "original_id": first["id"], "photos": [announced(SHOWN)]}
    moved = plant.move(plant.principal, plant.show(hazard), "mark_duplicate", **facts)
    assert moved.status_code == 201, moved.text
    followed = visitor.status(receipt).json
    assert followed["joined"]
    assert followed["hazard"]["state"] == "reported"


def test_a_discarded_report_says_why_and_is_counted(world: World, visitor: Visitor) -> None:
    receipt = visitor.report()
    path = f"/public-reports/{visitor.waiting()['id']}/discard"
    assert problem_of(world.plant.manager.post(path, {}))["status"] == 422
    answer = world.plant.manager.post(path, {"reason": "现场核实，出口没有堵"})
    assert (answer.status_code, answer.json["verdict"]) == (200, "discarded")
    followed = visitor.status(receipt).json
    assert (followed["verdict_label"], followed["reason"]) == ("不予受理", "现场核实，出口没有堵")
    assert followed["hazard"] is None
    assert world.plant.manager.get("/hidden-hazards").json["total"] == 0
    listed = world.plant.manager.get("/public-reports", verdict="discarded").json
    assert (listed["total"], world.plant.manager.get("/public-reports", verdict="quarantined").json["total"]) == (1, 0)


def test_a_report_is_decided_once(world: World, visitor: Visitor) -> None:
    _, report = visitor.admitted()
    for path, body in (("admission", None), ("discard", {"reason": "重复"})):
        answer = world.plant.principal.post(f"/public-reports/{report['id']}/{path}", body)
        problem = problem_of(answer)
        assert (problem["status"], problem["code"]) == (409, "report_decided")
        assert problem["hazard_id"] == report["hazard_id"]
    assert world.plant.manager.get("/hidden-hazards").json["total"] == 1


def test_only_those_who_decide_see_what_was_reported(world: World, visitor: Visitor) -> None:
    visitor.report()
    for person in (world.plant.worker, world.plant.leader, world.regulator):
        assert person.get("/public-reports").status_code == 403
    assert world.other.manager.get("/public-reports").json["total"] == 0
    assert world.plant.principal.get("/public-reports").json["items"][0]["description"] == DESCRIPTION


def test_an_office_sees_counts_and_since_when_the_oldest_waits(world: World, visitor: Visitor) -> None:
    visitor.admitted()
    receipt = visitor.report(description="第二条")
    visitor.report(description="第三条")
    world.plant.manager.post(f"/public-reports/{visitor.waiting()['id']}/discard", {"reason": "看错了"})
    Visitor(world, world.other).report(description="别县的")
    answer = world.regulator.get("/supervision/public-reports")
    (row,) = answer.json["items"]
    counts = [row[name] for name in ("received", "waiting", "admitted", "discarded")]
    assert (row["enterprise_code"], counts) == ("HG01", [3, 1, 1, 1])
    assert row["oldest_waiting_at"] == visitor.status(receipt).json["received_at"]
    assert "第二条" not in answer.text
    assert world.regulator.get("/supervision/public-reports", trade="grain").json["total"] == 0
    assert in_days(0) > row["oldest_waiting_at"]


def _id(report: dict[str, Any]) -> UUID:

    return UUID(report["id"])
