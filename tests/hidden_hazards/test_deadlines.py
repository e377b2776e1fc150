"""A deadline may be said in working days; it is kept as the instant the last of them ends."""

from datetime import datetime

from app.core.clock import LOCAL, stopped_at
from tests.world import World, in_days

BEFORE_HOLIDAY = datetime(2026, 9, 24, 9, tzinfo=LOCAL)  # a Thursday; Mid-Autumn is off from the 25th to the 27th


def test_working_days_skip_the_holidays(world: World) -> None:
    plant = world.plant
    with stopped_at(BEFORE_HOLIDAY):
        hazard = plant.report()
        graded = plant.move(plant.manager, hazard, "grade", gravity="general").json
        answer = plant.move(plant.manager, graded, "assign", rectifier_id=str(plant.worker.id), within_workdays=2)
    assert answer.status_code == 201, answer.text
    assert datetime.fromisoformat(answer.json["deadline_at"]) == datetime(2026, 9, 30, tzinfo=LOCAL)


def test_a_deadline_is_said_once(world: World) -> None:
    plant = world.plant
    graded = plant.move(plant.manager, plant.report(), "grade", gravity="general").json
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(3), "within_workdays": 2}
    assert plant.move(plant.manager, graded, "assign", **facts).status_code == 422
