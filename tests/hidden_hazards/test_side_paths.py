"""Side paths of the loop over HTTP: stopped work, regrading, duplicates, hand-over, entrusting, reopening, listing."""

from typing import Any
from uuid import UUID

from app.core import events
from app.core.db import reading
from app.hidden_hazards.models import WorkStop
from tests.hidden_hazards.steps import (
    CRITERIA,
    GROUNDS,
    LISTING,
    MAJOR_PLAN,
    THERE,
    micro,
    moved,
    rectifying,
    submitted,
)
from tests.surface import problem_of
from tests.world import Plant, World, in_days


def pointers(answer: Any, status: int = 422) -> set[str]:
    assert answer.status_code == status, answer.text
    return {error["pointer"] for error in problem_of(answer)["errors"]}


def current(plant: Plant) -> str:
    return str(plant.worker.get(f"/risk-points/{plant.point.id}").json["current_level"]["code"])


def test_anyone_stops_work_before_any_grading_and_it_resumes_only_after_the_end(world: World) -> None:
    plant = world.plant
    hazard = moved(
        plant, plant.colleague, plant.report(), "stop_work", reason="罐顶泄漏", stop_kinds=["work", "people"]
    )
    assert (hazard["state"], hazard["resumed_at"]) == ("reported", None)
    again = moved(plant, plant.leader, hazard, "stop_work", reason="泵也停用", stop_kinds=["use"])
    assert again["stopped_at"] == hazard["stopped_at"]
    early = plant.move(plant.manager, again, "resume_work", opinion="可以")
    assert early.status_code == 409
    assert "resume_work" not in early.json["allowed_actions"]
    waiting = plant.rectified(again)
    closed = moved(plant, plant.manager, waiting, "accept", opinion="合格")
    assert "resume_work" in closed["allowed_actions"]
    assert closed["resumed_at"] is None
    resumed = moved(plant, plant.manager, closed, "resume_work", opinion="已复核")
    assert resumed["resumed_at"]
    assert resumed["closed_at"] == closed["closed_at"]
    assert plant.move(plant.manager, resumed, "resume_work", opinion="再次").status_code == 409
    with reading() as session:
        stops = session.query(WorkStop).order_by(WorkStop.stopped_at).all()
    assert [stop.kinds for stop in stops] == [["work", "people"], ["use"]]
    assert {stop.resumed_by for stop in stops} == {plant.manager.id}


def test_a_regrading_changes_the_gravity_and_what_the_point_shows(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    why = {"reason": "复核", "photos": GROUNDS}
    same = plant.move(plant.manager, hazard, "regrade", gravity="general", **why)
    assert pointers(same) == {"/gravity"}
    assert pointers(plant.move(plant.manager, hazard, "regrade", gravity="major", **why)) == {"/criteria"}
    raised = moved(plant, plant.manager, hazard, "regrade", gravity="major", criteria=CRITERIA, **why)
    assert (raised["state"], raised["regradings_down"], raised["graded_by"]) == ("graded", 0, str(plant.manager.id))
    assert raised["deadline_at"] == hazard["deadline_at"]
    assert current(plant) == "red"
    assert plant.manager.get("/reviews").json["total"] == 1
    alone = plant.move(plant.manager, raised, "regrade", gravity="general", **why)
    assert "定级人" in alone.json["detail"]
    unproven = plant.move(plant.principal, raised, "regrade", gravity="general", **why)
    assert (unproven.json["code"], pointers(unproven)) == ("evidence_not_arrived", {"/photos"})
    why = {"reason": "复核", "photos": THERE}
    lowered = moved(plant, plant.principal, plant.show(raised), "regrade", gravity="general", **why)
    assert (lowered["regradings_down"], lowered["criteria"]) == (1, None)
    assert current(plant) == "orange"


def test_a_duplicate_ends_and_counts_for_its_original(world: World) -> None:
    plant = world.plant
    original, elsewhere = plant.report(), plant.report(risk_point_id=None, place="厂门口")
    copy = moved(plant, plant.worker, plant.report(), "stop_work", reason="泄漏", stop_kinds=["work"])
    copy = plant.show(copy)
    facts = {"reason": "同一处", "photos": THERE}
    absent = "019a3c5e-7c1e-7000-8000-00000000dead"
    foreign = world.other.report()
    for wrong in (copy["id"], elsewhere["id"], absent, foreign["id"]):
        answer = plant.move(plant.manager, copy, "mark_duplicate", original_id=wrong, **facts)
        assert pointers(answer) == {"/original_id"}, wrong
    ended = moved(plant, plant.manager, copy, "mark_duplicate", original_id=original["id"], **facts)
    assert (ended["state"], ended["duplicate_of_id"]) == ("duplicate", original["id"])
    assert ended["dismissed_at"]
    first = plant.manager.get(f"/hidden-hazards/{original['id']}").json
    assert first["occurrences"] == 2
    assert first["stopped_at"], "what stands still waits for the original"
    assert not ended["allowed_actions"]
    third = plant.report()
    chained = plant.move(plant.manager, third, "mark_duplicate", original_id=ended["id"], **facts)
    assert pointers(chained) == {"/original_id"}
    with reading():
        told = events.timeline(plant.enterprise.id, UUID(original["id"]))[-1]
    assert (told.kind, told.data["duplicate_code"]) == ("hidden_hazard.found_again", ended["code"])


def test_an_item_that_fails_again_never_joins_a_duplicate(world: World) -> None:
    plant = world.plant
    first = plant.worker.post("/inspections", plant.inspection(failed=1)).json["hidden_hazards"][0]
    hazard = plant.manager.get(f"/hidden-hazards/{first['id']}").json
    facts = {"original_id": plant.report()["id"], "reason": "同一处", "photos": THERE}
    moved(plant, plant.manager, plant.show(hazard), "mark_duplicate", **facts)
    again = plant.worker.post("/inspections", plant.inspection(failed=1)).json["hidden_hazards"][0]
    fresh = plant.manager.get(f"/hidden-hazards/{again['id']}").json
    assert again["id"] != first["id"]
    assert fresh["previous_id"] is None


def test_handed_over_the_new_rectifier_submits_under_the_same_deadline(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    same = plant.move(plant.manager, hazard, "hand_over", rectifier_id=str(plant.worker.id), reason="休假")
    assert pointers(same) == {"/rectifier_id"}
    foreign = plant.move(plant.manager, hazard, "hand_over", rectifier_id=str(world.other.worker.id), reason="休假")
    assert pointers(foreign) == {"/rectifier_id"}
    handed = moved(plant, plant.leader, hazard, "hand_over", rectifier_id=str(plant.colleague.id), reason="休假")
    assert (handed["state"], handed["deadline_at"]) == ("rectifying", hazard["deadline_at"])
    assert plant.move(plant.worker, handed, "submit", measures="已修", photos=GROUNDS).status_code == 409
    assert submitted(plant, handed, plant.colleague)["state"] == "pending_acceptance"


def test_a_micro_enterprise_entrusts_the_acceptance_and_never_to_the_rectifier(world: World) -> None:
    plant = world.plant
    waiting = plant.rectified(plant.report(), rectifier=plant.principal)
    outside = {"name": "王验收", "organisation": "安全技术服务公司", "qualification": "注册安全工程师 0451"}
    facts = {"entrusted": outside, "opinion": "合格", "photos": GROUNDS}
    refused = plant.move(plant.principal, waiting, "accept_entrusted", **facts)
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_state")
    micro(world)
    own = {**outside, "name": f" {plant.principal.user.name} "}
    answer = plant.move(plant.principal, waiting, "accept_entrusted", **{**facts, "entrusted": own})
    assert pointers(answer) == {"/entrusted/name"}
    closed = moved(plant, plant.principal, waiting, "accept_entrusted", **facts)
    assert (closed["state"], closed["entrusted"], closed["accepted_by"]) == ("closed", outside, None)
    assert closed["accepted_at"]


def test_a_closed_one_reopens_when_the_fault_is_back_and_keeps_what_was(world: World) -> None:
    plant = world.plant
    waiting = submitted(plant, rectifying(plant, "major"))
    closed = moved(plant, plant.principal, waiting, "accept", opinion="合格")
    assert current(plant) == "orange"
    back = moved(plant, plant.manager, closed, "reopen", reason="又漏", photos=GROUNDS)
    assert (back["state"], back["reopenings"]) == ("graded", 1)
    assert not any(back[name] for name in ("submitted_at", "accepted_at", "accepted_by", "closed_at", "rechecked_at"))
    assert back["original_deadline_at"] == closed["original_deadline_at"]
    assert current(plant) == "red"
    told = plant.manager.get(f"/hidden-hazards/{closed['id']}/timeline").json["items"]
    was = next(event for event in told if event["kind"] == "hidden_hazard.reopen")["data"]["was"]
    assert {"submitted_at", "accepted_at", "closed_at"} <= set(was)
    given = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(9), **MAJOR_PLAN}
    again = moved(plant, plant.manager, back, "assign", **given)
    assert again["original_deadline_at"] == closed["original_deadline_at"]


def test_a_listed_one_is_closed_by_the_regulators_review_alone_and_its_dates_stay_apart(world: World) -> None:
    plant, office = world.plant, world.regulator
    hazard = moved(plant, office, rectifying(plant, "major"), "list", listing=LISTING)
    stopped = moved(plant, plant.worker, hazard, "stop_work", reason="停用", stop_kinds=["use"])
    accepted = moved(plant, plant.principal, submitted(plant, stopped), "accept", opinion="合格")
    assert (accepted["state"], accepted["closed_at"]) == ("pending_review", None)
    assert accepted["accepted_at"]
    assert current(plant) == "red"
    back = moved(plant, office, accepted, "fail_review", reason="联锁未恢复")
    assert (back["state"], back["accepted_at"], back["rejections"]) == ("rectifying", None, 1)
    accepted = moved(plant, plant.principal, submitted(plant, back), "accept", opinion="合格")
    closed = moved(plant, office, accepted, "delist", opinion="符合")
    assert current(plant) == "orange"
    resumed = moved(plant, plant.manager, closed, "resume_work", opinion="已复核")
    dates = [resumed[name] for name in ("stopped_at", "submitted_at", "accepted_at", "delisted_at", "resumed_at")]
    assert dates == sorted(dates)
    assert resumed["closed_at"]
