"""A point is called controlled only when nothing is missing, and never without the plan its level asks for."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from app.controls.gaps import Lack, SourceFacts, gaps_of, governing_level
from app.core.clock import months_after, now, stopped_at, today
from app.core.db import writing
from risk_models import RiskLevel
from tests.controls.steps import assess, control, draft, kinds, levels, regrade, signed
from tests.world import Plant, World

RED, ORANGE, YELLOW, BLUE = RiskLevel
WHOLE = SourceFacts("WX-00001 氨泄漏", RED, ORANGE, True)


@pytest.mark.parametrize("inherent", [*RiskLevel, None])
@pytest.mark.parametrize("shown", [*RiskLevel, None])
def test_the_worse_of_inherent_and_shown_governs(inherent: RiskLevel | None, shown: RiskLevel | None) -> None:
    known = [level for level in (inherent, shown) if level]
    assert governing_level(inherent, shown) is (min(known, key=lambda level: level.order) if known else None)


@pytest.mark.parametrize(
    ("retired", "sources", "without_person", "without_plan"),
    list(
        product(
            (False, True),
            ((), (WHOLE,), (WHOLE, SourceFacts("甲", None, None, True)), (WHOLE, SourceFacts("乙", BLUE, BLUE, False))),
            ((), ("班组级：没有负责人",)),
            (None, "须有专项管控方案"),
        )
    ),
)
def test_whatever_is_missing_is_named(
    retired: bool, sources: tuple[SourceFacts, ...], without_person: tuple[str, ...], without_plan: str | None
) -> None:
    gaps = gaps_of(retired=retired, sources=sources, without_person=without_person, without_plan=without_plan)
    expected = {
        Lack.NO_SOURCE: not sources,
        Lack.NOT_ASSESSED: any(source.level is None for source in sources),
        Lack.NO_MEASURE: any(not source.has_measure for source in sources),
        Lack.NO_PERSON: bool(without_person),
        Lack.NO_PLAN: bool(without_plan),
    }
    wanted = {Lack.RETIRED} if retired else {lack for lack, missing in expected.items() if missing}
    assert {gap.lack for gap in gaps} == wanted
    assert all(gap.detail.endswith("。") or gap.lack in (Lack.NO_PERSON, Lack.NO_PLAN) for gap in gaps)


def whole(plant: Plant) -> None:
    """Name who is missing on every tier, so that only what a test is about can be."""
    duty = {"unit_id": str(plant.unit.id), "person_id": str(plant.worker.id)}
    duties = [{"tier": tier, **duty} for tier in ("workshop", "team", "post")]
    answer = plant.manager.patch(f"/risk-points/{plant.point.id}/duties", {"duties": duties})
    assert answer.status_code == 200, answer.text


def lacks(plant: Plant) -> list[str]:
    found = control(plant)
    assert found["controlled"] is (not found["gaps"])
    return [gap["lack"] for gap in found["gaps"]]


@pytest.mark.parametrize(("level", "needs"), [("red", True), ("orange", True), ("yellow", False), ("blue", False)])
def test_red_and_orange_are_not_controlled_without_a_plan_in_force(world: World, level: str, needs: bool) -> None:
    plant = world.plant
    whole(plant)
    regrade(plant, level)
    assert control(plant)["needs_plan"] is needs
    assert lacks(plant) == (["no_plan"] if needs else [])
    draft(plant.manager, plant)
    assert lacks(plant) == (["no_plan"] if needs else [])
    signed(plant)
    assert lacks(plant) == []


def test_no_measure_that_lowers_the_residual_level_takes_the_plan_away(world: World) -> None:
    plant = world.plant
    whole(plant)
    assess(plant, "red")
    assess(plant, "blue", basis="residual")
    assert levels(plant)[:2] == ("red", "blue")
    assert lacks(plant) == ["no_plan"]


def test_an_expired_plan_is_none_and_the_gap_says_since_when(world: World) -> None:
    plant = world.plant
    whole(plant)
    signed(plant)
    assert lacks(plant) == []
    day = today()
    with stopped_at(now() + timedelta(days=2)):
        (gap,) = plant.worker.get(f"/risk-points/{plant.point.id}/control").json["gaps"]
        assert gap["lack"] == "no_plan"
        assert f"{day:%Y-%m-%d} 到期" in gap["detail"]
        assert _states(plant) == ["expired"]


def test_a_new_version_supersedes_the_former_one_only_once_it_is_signed(world: World) -> None:
    plant = world.plant
    first = signed(plant)
    second = draft(plant.leader, plant, goal="第二版目标").json
    assert _states(plant) == ["draft", "in_force"]
    assert control(plant)["plan"]["id"] == first["id"]
    plant.principal.post(f"/control-plans/{second['id']}/signature")
    assert _states(plant) == ["in_force", "superseded"]
    assert control(plant)["plan"]["goal"] == "第二版目标"
    assert kinds(plant, UUID(second["id"])) == ["control_plan.drafted", "control_plan.signed"]


def test_a_version_is_signed_once_and_an_older_one_never_after_a_newer(world: World) -> None:
    plant = world.plant
    older, newer = draft(plant.manager, plant).json, draft(plant.manager, plant).json
    assert plant.principal.post(f"/control-plans/{newer['id']}/signature").status_code == 200
    for plan in (older, newer):
        answer = plant.principal.post(f"/control-plans/{plan['id']}/signature")
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_status")
    assert _states(plant) == ["in_force", "superseded"]


def test_a_draft_past_its_day_cannot_be_signed(world: World) -> None:
    plan = draft(world.plant.manager, world.plant).json
    with stopped_at(now() + timedelta(days=2)):
        answer = world.plant.principal.post(f"/control-plans/{plan['id']}/signature")
        assert (answer.status_code, answer.json["state"]) == (409, "expired")


@pytest.mark.parametrize(
    ("role", "drafts", "signs"),
    [
        ("worker", 403, 403), ("leader", 201, 403), ("safety_manager", 201, 403), ("principal", 201, 200),
        ("regulator", 403, 403),
    ],
)  # fmt: skip
def test_a_leader_and_above_drafts_and_the_principal_alone_signs(
    world: World, role: str, drafts: int, signs: int
) -> None:
    plant, person = world.plant, world.everyone()[role]
    plan = draft(plant.manager, plant).json
    assert draft(person, plant).status_code == drafts
    assert person.post(f"/control-plans/{plan['id']}/signature").status_code == signs


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 201), (1, 201), (400, 422)])
def test_a_plan_ends_within_a_year(world: World, days: int, status: int) -> None:
    day = today() + timedelta(days=days)
    assert draft(world.plant.manager, world.plant, valid_until=day.isoformat()).status_code == status


def test_the_last_day_of_a_plan_is_that_of_a_year(world: World) -> None:
    last = months_after(today(), 12)
    assert draft(world.plant.manager, world.plant, valid_until=last.isoformat()).status_code == 201
    assert draft(world.plant.manager, world.plant, valid_until=str(last + timedelta(days=1))).status_code == 422


def test_each_thing_that_is_missing_is_found_and_says_what_to_do(world: World) -> None:
    plant = world.plant
    whole(plant)
    signed(plant)
    assert lacks(plant) == []
    body = {"risk_point_id": str(plant.point.id), "name": "静电", "factor_class": "things", "accident_types": ["火灾"]}
    source = plant.manager.post("/hazard-sources", body).json
    assert lacks(plant) == ["not_assessed", "no_measure"]
    assert source["code"] in control(plant)["gaps"][0]["detail"]
    assess(plant, "blue", source=source["id"])
    assert lacks(plant) == ["no_measure"]
    measure = {"hazard_source_id": source["id"], "category": "engineering", "text": "接地"}
    measure = plant.manager.post("/control-measures", measure).json
    assert lacks(plant) == []
    plant.manager.patch(f"/control-measures/{measure['id']}", {"retired": True})
    assert lacks(plant) == ["no_measure"]


def test_a_point_without_sources_is_not_controlled(world: World) -> None:
    plant = world.plant
    with writing():
        point = plant.add_point(plant.manager.actor)
    found = control(plant, point.id)
    assert (found["controlled"], found["level"], found["tiers"]) == (False, None, [])
    assert [gap["lack"] for gap in found["gaps"]] == ["no_source"]


def test_the_list_before_an_inspection_names_every_gap_and_the_counts_agree(world: World) -> None:
    plant = world.plant
    with writing():
        for n in range(3):
            plant.add_point(plant.manager.actor, name=f"泵{n}", unit=plant.other_unit)
    whole(plant)
    page = plant.manager.get("/uncontrolled-points", page_size=2).json
    assert (page["total"], len(page["items"])) == (4, 2)
    assert page["items"][0]["code"] == "FX-0001"
    assert [gap["lack"] for gap in page["items"][0]["gaps"]] == ["no_plan"]
    assert plant.manager.get("/uncontrolled-points", page=3, page_size=2).json["items"] == []
    assert plant.manager.get("/uncontrolled-points", unit_id=str(plant.other_unit.id)).json["total"] == 3
    assert _summary(plant) == {
        "points": 4, "controlled": 0, "uncontrolled": 4, "needing_plan": 1, "without_source": 3, "not_assessed": 0,
        "without_measure": 0, "without_person": 0, "without_plan": 1,
    }  # fmt: skip
    signed(plant)
    assert plant.manager.get("/uncontrolled-points", level="orange").json["total"] == 0
    assert _summary(plant, level="orange")["controlled"] == 1


def _summary(plant: Plant, **filters: Any) -> dict[str, int]:
    return dict(plant.manager.get("/risk-control-summary", **filters).json)


def _states(plant: Plant) -> list[str]:
    plans = plant.worker.get(f"/risk-points/{plant.point.id}/control-plans").json["items"]
    return [plan["state"] for plan in plans]
