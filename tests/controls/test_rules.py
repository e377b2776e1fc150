"""The rules an enterprise settles for itself: what is refused, what follows at once, what can never be settled away."""

from typing import Any

import pytest

from app.controls.settling import RaisedTo, tiers_refused
from app.core.db import reading
from app.core.events import broken_at, timeline
from app.enterprises.models import UnitKind
from app.risks.rules import default_rules
from risk_models import RiskLevel
from tests.controls.steps import assess, control, levels
from tests.surface import custom_profile
from tests.world import Plant, World

COMPANY, WORKSHOP, TEAM, POST = UnitKind


@pytest.mark.parametrize(
    ("level", "tiers", "fits"),
    [
        (RiskLevel.RED, (COMPANY, WORKSHOP, TEAM, POST), True),
        (RiskLevel.RED, (COMPANY,), True),
        (RiskLevel.RED, (WORKSHOP, TEAM, POST), False),
        (RiskLevel.ORANGE, (WORKSHOP,), True),
        (RiskLevel.ORANGE, (), False),
        (RiskLevel.YELLOW, (WORKSHOP, POST), True),
        (RiskLevel.YELLOW, (TEAM, WORKSHOP), False),
        (RiskLevel.BLUE, (POST, POST), False),
        (RiskLevel.BLUE, (POST,), True),
    ],
)
def test_tiers_stand_from_the_top_and_red_has_the_company(
    level: RiskLevel, tiers: tuple[UnitKind, ...], fits: bool
) -> None:
    assert (tiers_refused(level, tiers) is None) is fits


@pytest.mark.parametrize("raised", RaisedTo)
def test_every_level_a_rule_may_raise_to_has_a_name(raised: RaisedTo) -> None:
    assert raised.label


def test_the_defaults_are_shown_until_something_is_settled(world: World) -> None:
    assert world.plant.worker.get("/risk-rules").json == default_rules()


def test_what_is_not_named_stays_and_no_other_enterprise_is_touched(world: World) -> None:
    answer = world.plant.manager.patch("/risk-rules", {"review": {"reassess_months": 6}})
    assert answer.status_code == 200, answer.text
    assert answer.json["review"] == {**default_rules()["review"], "reassess_months": 6}
    assert (
        world.plant.manager.patch("/risk-rules", {"tiers": {"blue": ["post"]}}).json["review"]["reassess_months"] == 6
    )
    assert world.plant.worker.get("/risk-rules").json["tiers"]["blue"] == ["post"]
    assert world.other.worker.get("/risk-rules").json == default_rules()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, None),
        ({"tiers": {}}, None),
        ({"tiers": {"red": ["workshop"]}}, "/tiers/red"),
        ({"tiers": {"orange": []}}, "/tiers/orange"),
        ({"tiers": {"yellow": ["post", "team"]}}, "/tiers/yellow"),
        ({"tiers": {"blue": ["office"]}}, "/tiers/blue/0"),
        ({"current": {"major": "green"}}, "/current/major"),
        ({"review": {"reassess_months": 0}}, "/review/reassess_months"),
        ({"review": {"reassess_months": 61}}, "/review/reassess_months"),
        ({"review": {"failures": 1}}, "/review/failures"),
        ({"review": {"failures": 11}}, "/review/failures"),
        ({"review": {"within_days": 367}}, "/review/within_days"),
        ({"review": {"due_days": 91}}, "/review/due_days"),
        ({"plan": {"levels": []}}, "/plan/levels"),
        ({"plan": {"levels": ["red"]}}, "/plan/levels"),
        ({"plan": {"levels": ["red", "orange", "green"]}}, "/plan/levels/2"),
        ({"profiles": {"LS": "no-such"}}, "/profiles/LS"),
        ({"profiles": {"LS": "lec-four"}}, "/profiles/LS"),
        ({"profiles": {"LEC": "ls-b"}}, "/profiles/LEC"),
        ({"profiles": {"MES": "ls-b"}}, "/profiles/MES"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused_by_name(world: World, body: dict[str, Any], pointer: str | None) -> None:
    answer = world.plant.manager.patch("/risk-rules", body)
    assert answer.status_code == 422, answer.text
    assert pointer is None or pointer in {error["pointer"] for error in answer.json["errors"]}
    assert world.plant.worker.get("/risk-rules").json == default_rules()


def test_another_enterprises_profile_is_as_unknown_as_none(world: World) -> None:
    plant = world.plant
    plant.manager.post("/profiles", {"document": custom_profile("own-method")})
    assert plant.manager.patch("/risk-rules", {"profiles": {"custom": "own-method"}}).status_code == 200
    foreign = world.other.manager.patch("/risk-rules", {"profiles": {"custom": "own-method"}})
    absent = world.other.manager.patch("/risk-rules", {"profiles": {"custom": "no-method"}})
    assert foreign.json == {**absent.json, "instance": foreign.json["instance"]}


def test_a_default_profile_grades_what_names_none(world: World) -> None:
    plant = world.plant
    plant.manager.patch("/risk-rules", {"profiles": {"LS": "ls-d"}})
    assess(plant, "orange")  # R = 15
    assert levels(plant)[0] == "red"


def test_current_levels_follow_a_changed_rule_at_once_and_say_why(world: World) -> None:
    plant = world.plant
    hazard = plant.report()
    plant.move(plant.manager, hazard, "grade", gravity="major", criteria="判定标准第三条")
    assert _current(plant) == "red"
    assert plant.manager.patch("/risk-rules", {"current": {"major": "unchanged"}}).status_code == 200
    assert _current(plant) == "orange"
    with reading():
        told = timeline(plant.enterprise.id, plant.point.id)[-1]
        assert told.kind == "point.level_changed"
        assert "不变" in told.data["because"]
    plant.manager.patch("/risk-rules", {"current": {"major": "one_higher"}})
    assert _current(plant) == "red"


def test_tiers_follow_a_changed_rule_at_once(world: World) -> None:
    plant = world.plant
    plant.manager.patch("/risk-rules", {"tiers": {"orange": ["workshop"]}})
    assert [duty["tier"] for duty in control(plant)["tiers"]] == ["workshop"]


def test_settling_is_an_event(world: World) -> None:
    plant = world.plant
    plant.manager.patch("/risk-rules", {"tiers": {"red": ["company"]}, "current": {"major": "orange"}})
    plant.manager.patch("/risk-rules", {"review": {"due_days": 10}})
    with reading():
        assert broken_at(plant.enterprise.id) is None
        told = timeline(plant.enterprise.id, plant.enterprise.id)[-1]
        assert (told.kind, told.actor_id) == ("risk_rules.settled", plant.manager.id)
        assert told.data == {"review": {"due_days": 10}}


def _current(plant: Plant) -> str:
    return str(plant.worker.get(f"/risk-points/{plant.point.id}").json["current_level"]["code"])
