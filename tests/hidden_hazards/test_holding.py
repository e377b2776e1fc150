"""What cannot be washed away: deadlines in force, evidence to come, listings, photos of a submission that failed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.clock import stopped_at
from app.core.db import reading
from app.messages.models import Message
from tests.hidden_hazards.steps import (
    CRITERIA,
    GROUNDS,
    LISTING,
    MAJOR_PLAN,
    THERE,
    graded,
    moved,
    rectifying,
    submitted,
)
from tests.surface import problem_of
from tests.world import Plant, World, in_days


def told(world: World) -> list[str]:
    """The titles of what the regulator was told, in order."""
    with reading() as session:
        mine = session.query(Message).filter_by(recipient_id=world.regulator.id).order_by(Message.id)
        return [message.title.partition("：")[0] for message in mine]


def given(plant: Plant, days: float) -> dict[str, Any]:
    return {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(days)}


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, problem_of(answer)["code"]


def test_a_photo_that_never_comes_holds_only_its_own_submission_open(world: World) -> None:
    plant = world.plant
    lost = moved(plant, plant.worker, rectifying(plant), "submit", measures="已更换", photos=GROUNDS)
    held = plant.move(plant.manager, lost, "accept", opinion="合格")
    assert "11111111…" in held.json["detail"]
    again = submitted(plant, moved(plant, plant.manager, lost, "reject", reason="照片没有传到"))
    assert not plant.manager.get(f"/hidden-hazards/{again['id']}").json["complete"]
    assert moved(plant, plant.manager, again, "accept", opinion="合格")["state"] == "closed"


def test_a_decision_rests_on_photos_that_are_there(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    facts = {"reason": "不构成", "photos": THERE}
    early = plant.move(plant.manager, hazard, "dismiss", **facts)
    assert codes(early) == (422, "evidence_not_arrived")
    assert "add_evidence" in early.text
    assert moved(plant, plant.manager, plant.show(hazard), "dismiss", **facts)["state"] == "dismissed"
    named = [photo["sha256"] for photo in plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["photos"]]
    assert named == [THERE[0]["sha256"]]


def test_a_deadline_in_force_outlasts_a_lowering_even_when_it_has_passed(world: World) -> None:
    plant = world.plant
    major = plant.show(rectifying(plant, "major"))
    lowered = moved(plant, plant.principal, major, "regrade", gravity="general", reason="复核", photos=THERE)
    later = plant.move(plant.manager, lowered, "assign", **given(plant, 9))
    assert codes(later) == (422, "deadline_in_force")
    item = {"hazard_id": lowered["id"], "version": lowered["version"]}
    together = {"id": "019a3c5e-7c1e-7000-8000-00000000a001", "items": [item], **given(plant, 9)}
    assert plant.manager.post("/hidden-hazards/assignments", together).status_code == 422
    with stopped_at(datetime.now(UTC) + timedelta(days=6)):
        kept = moved(plant, plant.manager, lowered, "assign", rectifier_id=str(plant.worker.id))
    assert (kept["deadline_at"], kept["extensions"]) == (major["deadline_at"], 0)


def test_a_later_deadline_after_a_raising_or_a_reopening_counts_as_an_extension(world: World) -> None:
    plant = world.plant
    why = {"reason": "扩大", "photos": GROUNDS, "criteria": CRITERIA}
    raised = moved(plant, plant.manager, rectifying(plant), "regrade", gravity="major", **why)
    assigned = moved(plant, plant.manager, raised, "assign", **given(plant, 9), **MAJOR_PLAN)
    assert assigned["extensions"] == 1
    event = plant.manager.get(f"/hidden-hazards/{raised['id']}/timeline").json["items"][-1]
    assert event["data"]["counts_as_extension"]
    closed = moved(plant, plant.manager, submitted(plant, rectifying(plant)), "accept", opinion="合格")
    back = moved(plant, plant.manager, closed, "reopen", reason="又漏", photos=GROUNDS)
    item = {"hazard_id": back["id"], "version": back["version"]}
    together = {"id": "019a3c5e-7c1e-7000-8000-00000000a002", "items": [item], **given(plant, 9)}
    answer = plant.manager.post("/hidden-hazards/assignments", together)
    assert answer.json["items"][0]["extensions"] == 1, answer.text
    assert answer.json["items"][0]["original_deadline_at"] == closed["original_deadline_at"]


def test_a_delisted_one_that_reopens_is_listed_again_and_the_regulators_are_told(world: World) -> None:
    plant, office = world.plant, world.regulator
    listed = moved(plant, office, rectifying(plant, "major"), "list", listing=LISTING)
    accepted = moved(plant, plant.principal, submitted(plant, listed), "accept", opinion="合格")
    closed = moved(plant, office, accepted, "delist", opinion="符合")
    back = moved(plant, plant.manager, closed, "reopen", reason="又漏", photos=GROUNDS)
    assert (back["delisted_at"], back["listed_at"]) == (None, listed["listed_at"])
    lowering = plant.move(plant.principal, plant.show(back), "regrade", gravity="general", reason="x", photos=THERE)
    assert lowering.status_code == 403
    assert told(world) == ["挂牌督办的隐患已验收，请核查摘牌", "挂牌督办过的隐患重新打开，恢复挂牌"]


def test_whoever_dismissed_it_does_not_let_work_resume(world: World) -> None:
    plant = world.plant
    stopped = moved(plant, plant.worker, plant.report(), "stop_work", reason="泄漏", stop_kinds=["work"])
    ended = moved(plant, plant.manager, plant.show(stopped), "dismiss", reason="不构成", photos=THERE)
    assert "resume_work" not in ended["allowed_actions"]
    assert "认定" in plant.move(plant.manager, ended, "resume_work", opinion="可以").json["detail"]
    assert moved(plant, plant.principal, ended, "resume_work", opinion="已复核")["resumed_at"]


def test_a_deadline_lies_no_further_ahead_than_the_rules_allow(world: World) -> None:
    plant = world.plant
    general, major = graded(plant), graded(plant, "major")
    far = plant.move(plant.manager, general, "assign", **given(plant, 182))
    assert codes(far) == (422, "deadline_too_far")
    assert "180 天" in far.text
    assert codes(plant.move(plant.manager, major, "assign", **given(plant, 367), **MAJOR_PLAN))[0] == 422
    assert plant.manager.patch("/risk-rules", {"deadlines": {"general_days": 400}}).status_code == 422
    assert plant.manager.patch("/risk-rules", {"deadlines": {"general_days": 10}}).status_code == 200
    assert plant.move(plant.manager, general, "assign", **given(plant, 12)).status_code == 422
    moved(plant, plant.manager, general, "assign", **given(plant, 9))


def test_both_reports_come_after_the_finding(world: World) -> None:
    plant = world.plant
    early = {"to_regulator_at": in_days(-400), "to_workers_congress_at": in_days(0)}
    facts = {**given(plant, 9), **MAJOR_PLAN, "dual_report": early}
    answer = plant.move(plant.manager, graded(plant, "major"), "assign", **facts)
    assert answer.status_code == 422
    assert "不能早于" in answer.text
