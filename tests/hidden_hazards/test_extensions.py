"""Extensions: asked with a reason and evidence, answered by another, counted, and never after the deadline."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.clock import stopped_at
from app.core.db import reading
from app.hidden_hazards.models import Extension
from tests.hidden_hazards.steps import GROUNDS, THERE, moved, rectifying, submitted
from tests.world import SHOWN, Plant, World, in_days


def asked(plant: Plant, hazard: dict[str, Any], *, days: float = 12) -> dict[str, Any]:
    return moved(
        plant, plant.worker, hazard, "ask_extension", deadline_at=in_days(days), reason="备件未到", photos=THERE
    )


def sent(plant: Plant, hazard: dict[str, Any]) -> None:
    """Send the photo of the request."""
    answer = plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{THERE[0]['sha256']}", SHOWN)
    assert answer.status_code == 200, answer.text


def rows() -> list[Extension]:
    with reading() as session:
        return session.query(Extension).order_by(Extension.asked_at).all()


def test_a_granted_extension_moves_the_deadline_and_not_the_original_one(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    waiting = asked(plant, hazard)
    assert (waiting["state"], waiting["deadline_at"]) == ("rectifying", hazard["deadline_at"])
    assert waiting["extension"]["reason"] == "备件未到"
    twice = plant.move(
        plant.worker, waiting, "ask_extension", deadline_at=in_days(20), reason="还要", photos=GROUNDS
    )  # fmt: skip
    assert (twice.status_code, twice.json["code"]) == (409, "wrong_state")
    assert plant.move(plant.leader, waiting, "grant_extension", opinion="同意").status_code == 403
    early = plant.move(plant.manager, waiting, "grant_extension", opinion="同意")
    assert "没有收到" in early.json["detail"]
    sent(plant, waiting)
    granted = moved(plant, plant.manager, waiting, "grant_extension", opinion="同意")
    assert granted["deadline_at"] == waiting["extension"]["deadline_wanted"]
    assert granted["original_deadline_at"] == hazard["original_deadline_at"]
    assert (granted["extensions"], granted["extension"]) == (1, None)
    (row,) = rows()
    assert (row.granted, row.decided_by, row.opinion) == (True, plant.manager.id, "同意")


def test_the_wanted_deadline_is_later_than_the_present_one_and_has_evidence(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    facts = {"deadline_at": in_days(1), "reason": "备件未到", "photos": GROUNDS}
    answer = plant.move(plant.worker, hazard, "ask_extension", **facts)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/deadline_at"]
    answer = plant.move(plant.worker, hazard, "ask_extension", deadline_at=in_days(9), reason="备件未到")
    assert [error["pointer"] for error in answer.json["errors"]] == ["/photos"]


def test_nobody_answers_his_own_request_and_a_refusal_keeps_the_deadline(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant)
    facts = {"deadline_at": in_days(12), "reason": "备件未到", "photos": GROUNDS}
    own = moved(plant, plant.manager, hazard, "ask_extension", **facts)
    assert "自己的延期申请" in plant.move(plant.manager, own, "grant_extension", opinion="同意").json["detail"]
    kept = moved(plant, plant.principal, own, "refuse_extension", opinion="按期完成")
    assert (kept["deadline_at"], kept["extensions"], kept["extension"]) == (hazard["deadline_at"], 0, None)
    assert [row.granted for row in rows()] == [False]


def test_an_extension_is_neither_asked_nor_granted_after_the_deadline(world: World) -> None:
    plant = world.plant
    hazard = rectifying(plant, days=3)
    waiting = asked(plant, hazard)
    with stopped_at(datetime.now(UTC) + timedelta(days=4)):
        late = plant.move(plant.manager, waiting, "grant_extension", opinion="同意")
        assert (late.status_code, late.json["code"]) == (409, "wrong_state")
        assert moved(plant, plant.manager, waiting, "refuse_extension", opinion="已逾期")["overdue"]


def test_an_unanswered_request_ends_with_the_submission(world: World) -> None:
    plant = world.plant
    done = submitted(plant, asked(plant, rectifying(plant)))
    assert done["extension"] is None
    (row,) = rows()
    assert (row.granted, row.decided_by, row.opinion) == (False, None, "整改已提交")


def test_a_major_ones_extension_is_granted_by_the_principal(world: World) -> None:
    plant = world.plant
    waiting = asked(plant, rectifying(plant, "major"))
    assert plant.move(plant.manager, waiting, "grant_extension", opinion="同意").status_code == 403
    sent(plant, waiting)
    assert moved(plant, plant.principal, waiting, "grant_extension", opinion="同意")["extensions"] == 1
