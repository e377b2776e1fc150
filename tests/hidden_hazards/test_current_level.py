"""What is shown now: raised by open major and overdue hidden hazards, for a reason, and back when they close."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import events
from app.core.clock import stopped_at
from app.core.db import reading
from app.hidden_hazards.overdue import settle_overdue
from tests.world import SHOWN, World, announced, in_days, jpeg


def levels(world: World) -> dict[str, Any]:
    return dict(world.plant.manager.get(f"/risk-points/{world.plant.point.id}/levels").json)


def current(world: World) -> str:
    return str(levels(world)["current_level"]["code"])


def being_rectified(world: World, *, days: float = 3) -> dict[str, Any]:
    """A general hidden hazard at the point (shown orange), due in so many days."""
    plant = world.plant
    hazard = dict(plant.move(plant.manager, plant.report(), "grade", gravity="general").json)
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(days)}
    return dict(plant.move(plant.manager, hazard, "assign", **facts).json)


def test_an_overdue_hidden_hazard_raises_its_point_by_one_until_it_closes(world: World) -> None:
    plant, hazard = world.plant, being_rectified(world)
    assert settle_overdue() == 0
    assert current(world) == "orange"
    with stopped_at(datetime.now(UTC) + timedelta(days=4)):
        assert settle_overdue() == 1
        assert settle_overdue() == 0
        shown = levels(world)
        assert (shown["shown_level"]["code"], shown["current_level"]["code"]) == ("orange", "red")
        (reason,) = shown["raised_by"]
        assert reason["kind"] == "overdue"
        assert hazard["code"] in reason["reason"]
        zone = plant.manager.get(f"/risk-zones/{plant.zone.id}").json
        assert (zone["shown_level"]["code"], zone["current_level"]["code"]) == ("orange", "red")
        after = jpeg(seed=9)
        hazard = plant.move(plant.worker, hazard, "submit", measures="已更换", photos=[announced(after)]).json
        plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(after)['sha256']}", after)
        settle_overdue()
        assert current(world) == "red"  # rectified late and not yet accepted
        assert plant.move(plant.manager, hazard, "accept", opinion="合格").status_code == 201
        assert current(world) == "orange"
        assert levels(world)["raised_by"] == []
        assert settle_overdue() == 0


def test_each_change_of_what_is_shown_now_is_an_event_with_its_reason(world: World) -> None:
    hazard = being_rectified(world)
    with stopped_at(datetime.now(UTC) + timedelta(days=4)):
        settle_overdue()
    with reading():
        told = events.timeline(world.plant.enterprise.id, world.plant.point.id)[-1]
    assert told.kind == "point.level_changed"
    assert told.actor_id is None  # nobody did it: time did
    assert (told.data["was_current"], told.data["current"]) == ("orange", "red")
    assert hazard["code"] in told.data["because"]


def test_a_rectification_in_time_is_never_overdue_however_late_it_is_accepted(world: World) -> None:
    world.plant.rectified(world.plant.report())
    with stopped_at(datetime.now(UTC) + timedelta(days=30)):
        assert settle_overdue() == 0
    assert current(world) == "orange"


def test_the_rule_decides_to_which_level(world: World) -> None:
    being_rectified(world)
    settled = world.plant.manager.patch("/risk-rules", {"current": {"overdue": "unchanged"}})
    assert settled.status_code == 200, settled.text
    with stopped_at(datetime.now(UTC) + timedelta(days=4)):
        settle_overdue()
        assert current(world) == "orange"
        assert world.plant.manager.patch("/risk-rules", {"current": {"overdue": "red"}}).status_code == 200
        assert current(world) == "red"


def test_a_hidden_hazard_without_a_point_raises_nothing(world: World) -> None:
    plant = world.plant
    hazard = dict(
        plant.move(plant.manager, plant.report(risk_point_id=None, place="厂门口"), "grade", gravity="general").json
    )
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(1)}
    assert plant.move(plant.manager, hazard, "assign", **facts).status_code == 201
    with stopped_at(datetime.now(UTC) + timedelta(days=4)):
        assert settle_overdue() == 0


def test_a_major_one_raises_to_red_and_falls_back_when_it_is_dismissed(world: World) -> None:
    plant, hazard = world.plant, world.plant.report()
    graded = dict(plant.move(plant.manager, hazard, "grade", gravity="major", criteria="第四条第（二）项").json)
    assert current(world) == "red"
    graded = plant.show(graded)
    facts = {"reason": "经复核不属于判定标准所列情形", "photos": [announced(SHOWN)]}
    answer = plant.move(plant.principal, graded, "dismiss", **facts)
    if answer.status_code == 201:
        assert current(world) == "orange"
    else:  # the table lets a graded one go only from reported
        assert answer.json["code"] == "wrong_state"
        assert current(world) == "red"
