"""Reviews: what opens them, what is due, and that none ends without its conclusion."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.assessments import grading
from app.assessments.models import Basis
from app.core.clock import stopped_at, today
from app.core.db import writing
from app.core.ids import new_id
from app.risks.sources import add_source
from tests.world import World, in_days

CHANGE = {"kind": "process", "description": "搅拌由填料密封改为磁力密封", "happened_on": "2026-11-20"}


def reviews(world: World, **query: Any) -> list[dict[str, Any]]:
    return list(world.plant.manager.get("/reviews", **query).json["items"])


def changed(world: World, **given: Any) -> dict[str, Any]:
    body = {**CHANGE, "risk_point_ids": [str(world.plant.point.id)], **given}
    answer = world.plant.manager.post("/changes", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def due(world: World, **query: Any) -> dict[str, list[str]]:
    """What is due, and why, by the code of the point."""
    items = world.plant.manager.get("/reassessments-due", **query).json["items"]
    return {item["risk_point"]["code"]: item["reasons"] for item in items}


def assess(world: World, **given: Any) -> None:
    body = {
        "hazard_source_id": str(world.plant.source.id), "basis": "residual", "method": "LS",
        "factors": {"L": "3", "S": "5"}, **given,
    }  # fmt: skip
    answer = world.plant.manager.post("/assessments", body)
    assert answer.status_code == 201, answer.text


def test_a_major_hidden_hazard_opens_one_review_of_its_point(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    graded = plant.move(plant.manager, hazard, "grade", gravity="major", criteria="第四条第（二）项")
    assert graded.status_code == 201, graded.text
    (review,) = reviews(world)
    assert review["kind"] == "major_hazard"
    assert hazard["code"] in review["reason"]
    assert review["risk_point_id"] == str(plant.point.id)
    assert not review["asks_for_reassessment"]
    assert due(world) == {}


def test_a_general_hidden_hazard_opens_none(world: World) -> None:
    plant = world.plant
    plant.move(plant.manager, plant.report(), "grade", gravity="general")
    assert reviews(world) == []


def test_an_item_failing_twice_in_ninety_days_opens_one_review(world: World) -> None:
    plant = world.plant
    assert plant.worker.post("/inspections", plant.inspection(failed=1)).status_code == 201
    assert reviews(world) == []
    assert plant.worker.post("/inspections", plant.inspection(failed=2)).status_code == 201
    (review,) = reviews(world)
    assert review["kind"] == "repeated_failure"
    assert "90 天内第 2 次不合格" in review["reason"]
    plant.worker.post("/inspections", plant.inspection(failed=1))
    assert len(reviews(world)) == 1


def test_failures_further_apart_open_none(world: World) -> None:
    plant, present = world.plant, datetime.now(UTC)
    with stopped_at(present):
        plant.worker.post("/inspections", plant.inspection(failed=1))
    with stopped_at(present + timedelta(days=91)):
        plant.worker.post("/inspections", plant.inspection(failed=1))
        assert reviews(world) == []
    with stopped_at(present + timedelta(days=92)):
        plant.worker.post("/inspections", plant.inspection(failed=1))
        assert len(reviews(world)) == 1


def test_a_change_makes_its_points_due_until_every_source_was_assessed_again(world: World) -> None:
    plant = world.plant
    made = changed(world)
    assert made["code"].startswith("BG-")
    assert any(made["code"] in reason for reason in due(world)[plant.point.code])
    (review,) = reviews(world, state="open")
    early = plant.manager.post(f"/reviews/{review['id']}/completion", {"conclusion": "已复核"})
    assert (early.status_code, early.json["code"]) == (409, "not_reassessed")
    assert plant.source.name in early.json["detail"]
    assess(world, occasion="change")
    done = plant.leader.post(f"/reviews/{review['id']}/completion", {"conclusion": "已重新评估，清单增加一项"})
    assert done.status_code == 200, done.text
    assert done.json["outcome"] == "done"
    assert due(world) == {}
    again = plant.manager.post(f"/reviews/{review['id']}/completion", {"conclusion": "再办一次"})
    assert (again.status_code, again.json["code"]) == (409, "review_closed")


def test_a_change_of_a_zone_touches_every_point_below_it(world: World) -> None:
    plant = world.plant
    with writing():
        other = plant.add_point(plant.manager.actor)
    changed(world, risk_point_ids=[], zone_id=str(plant.zone.id))
    touched = {review["risk_point_id"] for review in reviews(world)}
    assert touched == {str(plant.point.id), str(other.id)}


def test_two_changes_are_two_reviews_and_the_point_is_due_until_both_end(world: World) -> None:
    plant = world.plant
    changed(world)
    changed(world, kind="accident", description="同类装置发生中毒事故")
    first, second = reviews(world)
    assert {first["kind"], second["kind"]} == {"change", "accident"}
    waived = plant.manager.post(f"/reviews/{first['id']}/waiver", {"reason": "不涉及本风险点的危险源"})
    assert waived.json["outcome"] == "waived"
    assert plant.point.code in due(world)
    plant.manager.post(f"/reviews/{second['id']}/waiver", {"reason": "已在上月复评"})
    assert due(world) == {}


def test_waiving_takes_the_safety_manager_and_a_reason(world: World) -> None:
    plant = world.plant
    changed(world)
    (review,) = reviews(world)
    assert plant.leader.post(f"/reviews/{review['id']}/waiver", {"reason": "不涉及"}).status_code == 403
    assert plant.manager.post(f"/reviews/{review['id']}/waiver", {}).status_code == 422
    assert reviews(world, state="open")


def test_a_year_after_its_assessment_a_point_is_due_and_shortly_before_when_asked(world: World) -> None:
    plant = world.plant
    present = datetime.now(UTC)
    with stopped_at(present + timedelta(days=340)):
        assert due(world) == {}
        assert plant.point.code in due(world, within_days=30)
        assert plant.manager.get("/risk-points", due="true").json["total"] == 0
    with stopped_at(present + timedelta(days=367)):
        (reason,) = due(world)[plant.point.code]
        assert "每 12 个月" in reason
        assert plant.manager.get("/risk-points", due="true").json["total"] == 1
        assess(world, occasion="periodic")
        assert due(world) == {}


def test_a_judgement_entered_late_counts_from_the_day_it_was_made(world: World) -> None:
    plant = world.plant
    with writing():
        actor = plant.manager.actor
        point = plant.add_point(actor)
        source = add_source(
            actor, point_id=point.id, name="砂轮碎裂", factor_class="things", accident_types=["物体打击"]
        )
        long_ago, factors = today() - timedelta(days=400), {"L": "3", "S": "3"}
        grading.assess(
            actor, source_id=source.id, basis=Basis.RESIDUAL, method="LS", factors=factors, assessed_on=long_ago
        )
    assert "上次评估" in due(world)[point.code][0]
    body = {"hazard_source_id": str(source.id), "basis": "residual", "method": "LS", "factors": factors}
    earlier = plant.manager.post("/assessments", {**body, "assessed_on": (long_ago - timedelta(days=1)).isoformat()})
    assert (earlier.status_code, earlier.json["errors"][0]["pointer"]) == (422, "/assessed_on")


def test_a_point_without_assessment_is_due_and_says_so(world: World) -> None:
    with writing():
        point = world.plant.add_point(world.plant.manager.actor)
    assert "还没有" in due(world)[point.code][0] or "没有评估" in due(world)[point.code][0]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"happened_on": in_days(2)[:10]}, "/happened_on"),
        ({"kind": "weather"}, "/kind"),
        ({"description": ""}, "/description"),
        ({"zone_id": "019a3c5e-7c1e-7000-8000-00000000dead"}, "/zone_id"),
        ({"risk_point_ids": ["019a3c5e-7c1e-7000-8000-00000000dead"]}, "/risk_point_ids/0"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_leaves_nothing(
    world: World, given: dict[str, Any], pointer: str
) -> None:
    refused = world.plant.manager.post("/changes", {**CHANGE, "risk_point_ids": [str(world.plant.point.id)], **given})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == pointer
    assert world.plant.manager.get("/changes").json["total"] == 0


def test_a_change_that_touches_nothing_is_refused(world: World) -> None:
    refused = world.plant.manager.post("/changes", {**CHANGE, "risk_point_ids": []})
    assert (refused.status_code, refused.json["code"]) == (422, "nothing_selected")


def test_a_leader_records_changes_of_own_units_alone(world: World) -> None:
    plant = world.plant
    with writing():
        foreign = plant.add_point(plant.manager.actor, unit=plant.other_unit)
    refused = plant.leader.post("/changes", {**CHANGE, "risk_point_ids": [str(foreign.id)]})
    assert (refused.status_code, refused.json["code"]) == (403, "not_own_unit")
    made = plant.leader.post("/changes", {**CHANGE, "risk_point_ids": [], "zone_id": str(plant.zone.id)})
    assert made.status_code == 201
    assert {review["risk_point_id"] for review in reviews(world)} == {str(plant.point.id)}


def test_another_table_or_a_judgement_of_before_is_no_reassessment(world: World) -> None:
    plant = world.plant
    with stopped_at(datetime.now(UTC) + timedelta(days=2)):
        changed(world, happened_on=(today()).isoformat())
        (review,) = reviews(world)
        body = {"id": str(new_id()), "method": "LS", "to": "ls-g", "reason": "省里换了标准"}
        assert plant.manager.post("/profile-changes", body).status_code in (200, 201)
        early = plant.manager.post(f"/reviews/{review['id']}/completion", {"conclusion": "标准换过了"})
        assert (early.status_code, early.json["code"]) == (409, "not_reassessed")
        assess(world, assessed_on=(today() - timedelta(days=1)).isoformat())
        early = plant.manager.post(f"/reviews/{review['id']}/completion", {"conclusion": "变更前评过"})
        assert (early.status_code, early.json["code"]) == (409, "not_reassessed")
        assess(world, occasion="change")
        done = plant.manager.post(f"/reviews/{review['id']}/completion", {"conclusion": "已重新评估"})
        assert done.status_code == 200
