"""Every tier a point's level asks for ends with a named unit and person, or says what is missing."""

from typing import Any

import pytest

from app.accounts.policy import Role
from app.controls.duties import duties_of
from app.core.db import db, reading, session, writing
from app.enterprises.models import OrgUnit
from app.enterprises.service import add_unit
from app.risks.models import RiskPoint
from tests.controls.steps import assess, control, kinds, regrade
from tests.core.test_query_counts import counted
from tests.world import Plant, World


def tiers(plant: Plant, point: Any = None) -> dict[str, tuple[str, str, bool]]:
    return {duty["tier"]: (duty["unit"], duty["person"], duty["named"]) for duty in control(plant, point)["tiers"]}


def team(plant: Plant, name: str = "甲班", parent: OrgUnit | None = None, kind: str = "team") -> OrgUnit:
    with writing():
        return add_unit(plant.manager.actor, name=name, kind=kind, parent_id=(parent or plant.unit).id)


def name(plant: Plant, *duties: dict[str, Any], person: Any = None) -> Any:
    return (person or plant.manager).patch(f"/risk-points/{plant.point.id}/duties", {"duties": list(duties)})


@pytest.mark.parametrize(
    ("level", "asked"),
    [
        ("red", ["company", "workshop", "team", "post"]),
        ("orange", ["company", "workshop", "team", "post"]),
        ("yellow", ["workshop", "team", "post"]),
        ("blue", ["team", "post"]),
    ],
)
def test_the_tiers_are_those_of_the_inherent_level(world: World, level: str, asked: list[str]) -> None:
    regrade(world.plant, level)
    assert [duty["tier"] for duty in control(world.plant)["tiers"]] == asked


def test_a_residual_level_never_lowers_the_tiers(world: World) -> None:
    plant = world.plant
    assess(plant, "red")
    assess(plant, "blue", basis="residual")
    assert control(plant)["level"]["code"] == "red"
    assert "company" in tiers(plant)


def test_a_source_judged_on_its_residual_level_alone_raises_the_tiers_too(world: World) -> None:
    plant = world.plant
    body = {"risk_point_id": str(plant.point.id), "name": "静电", "factor_class": "things", "accident_types": ["火灾"]}
    source = plant.manager.post("/hazard-sources", body).json
    assess(plant, "blue", source=source["id"])
    assert control(plant)["level"]["code"] == "orange"  # the first source, known by its residual level


def test_what_is_not_named_follows_from_the_units_above(world: World) -> None:
    plant = world.plant
    assert tiers(plant) == {
        "company": (plant.enterprise.name, plant.principal.user.name, False),
        "workshop": ("一车间", plant.leader.user.name, False),
        "team": ("", "", False),
        "post": ("一车间", plant.leader.user.name, False),
    }
    assert [gap["lack"] for gap in control(plant)["gaps"]] == ["no_person", "no_plan"]
    assert "班组级：一车间之上没有班组" in control(plant)["gaps"][0]["detail"]


def test_the_nearest_unit_of_a_kind_answers_through_its_first_leader(world: World) -> None:
    plant = world.plant
    outer = team(plant, "大班")
    inner = team(plant, "小班", outer)
    with writing():
        point = plant.add_point(plant.manager.actor, unit=inner)
    plant.hire("z.outer", Role.LEADER, outer)
    late, early = plant.hire("z.inner", Role.LEADER, inner), plant.hire("a.inner", Role.LEADER, inner)
    assess_new(plant, point.id)
    assert tiers(plant, point.id)["team"] == ("小班", early.user.name, False)
    plant.principal.patch(f"/users/{early.id}", {"disabled": True})
    assert tiers(plant, point.id)["team"] == ("小班", late.user.name, False)
    plant.principal.patch(f"/users/{late.id}", {"disabled": True})
    assert tiers(plant, point.id)["team"] == ("小班", "", False)


def test_the_lowest_tier_falls_to_whoever_answers_for_the_point(world: World) -> None:
    plant = world.plant
    post = team(plant, "装卸岗", kind="post")
    plant.manager.patch(
        f"/risk-points/{plant.point.id}", {"unit_id": str(post.id), "responsible_id": str(plant.worker.id)}
    )
    assert tiers(plant)["post"] == ("装卸岗", plant.worker.user.name, False)
    plant.manager.patch(f"/users/{plant.worker.id}", {"disabled": True})
    duty = plant.leader.get(f"/risk-points/{plant.point.id}/control").json["tiers"][-1]
    assert (duty["unit"], duty["person_id"]) == ("装卸岗", None)


def test_named_duties_replace_what_follows_and_each_other(world: World) -> None:
    plant = world.plant
    first = {"tier": "team", "unit_id": str(plant.unit.id), "person_id": str(plant.worker.id)}
    answer = name(plant, first)
    assert answer.status_code == 200, answer.text
    assert tiers(plant)["team"] == ("一车间", plant.worker.user.name, True)
    name(plant, {"tier": "post", "unit_id": str(plant.unit.id), "person_id": str(plant.colleague.id)})
    assert tiers(plant)["team"] == ("", "", False)
    assert tiers(plant)["post"] == ("一车间", plant.colleague.user.name, True)
    assert kinds(plant).count("point.duties_named") == 2


def test_red_belongs_to_the_principal_whoever_was_named_before(world: World) -> None:
    plant = world.plant
    manager = {"tier": "company", "person_id": str(plant.manager.id)}
    assert name(plant, manager).status_code == 200
    assert tiers(plant)["company"][1] == plant.manager.user.name
    regrade(plant, "red")
    assert tiers(plant)["company"] == (plant.enterprise.name, plant.principal.user.name, False)
    refused = name(plant, manager)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/duties/0/person_id")
    second = plant.hire("z.principal", Role.PRINCIPAL)
    assert name(plant, {"tier": "company", "person_id": str(second.id)}).status_code == 200
    assert tiers(plant)["company"][1] == second.user.name


def test_a_named_person_who_left_is_a_gap_and_nobody_steps_in_silently(world: World) -> None:
    plant = world.plant
    name(plant, {"tier": "workshop", "unit_id": str(plant.unit.id), "person_id": str(plant.colleague.id)})
    plant.manager.patch(f"/users/{plant.colleague.id}", {"disabled": True})
    assert tiers(plant)["workshop"] == ("一车间", "", True)
    assert any("停用" in gap["detail"] for gap in control(plant)["gaps"])


@pytest.mark.parametrize(
    ("duty", "pointer"),
    [
        ({"tier": "team"}, "/duties/0/unit_id"),
        ({"tier": "team", "unit_id": "absent"}, "/duties/0/unit_id"),
        ({"tier": "team", "unit_id": "own", "person_id": "absent"}, "/duties/0/person_id"),
        ({"tier": "team", "unit_id": "foreign"}, "/duties/0/unit_id"),
        ({"tier": "team", "unit_id": "own", "person_id": "foreign"}, "/duties/0/person_id"),
    ],
)
def test_a_duty_of_nobody_or_nowhere_is_refused(world: World, duty: dict[str, str], pointer: str) -> None:
    plant = world.plant
    units = {"own": plant.unit.id, "foreign": world.other.unit.id, "absent": plant.point.id}
    people = {"own": plant.worker.id, "foreign": world.other.worker.id, "absent": plant.point.id}
    body: dict[str, Any] = {"tier": duty["tier"], "person_id": str(people[duty.get("person_id", "own")])}
    if "unit_id" in duty:
        body["unit_id"] = str(units[duty["unit_id"]])
    answer = name(plant, body)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_tier_is_named_once(world: World) -> None:
    duty = {"tier": "team", "unit_id": str(world.plant.unit.id), "person_id": str(world.plant.worker.id)}
    answer = name(world.plant, duty, duty)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/duties/1/tier")


def test_a_leader_names_duties_in_his_own_units_alone(world: World) -> None:
    plant = world.plant
    duty = {"tier": "team", "unit_id": str(plant.unit.id), "person_id": str(plant.worker.id)}
    assert name(plant, duty, person=plant.leader).status_code == 200
    plant.manager.patch(f"/risk-points/{plant.point.id}", {"unit_id": str(plant.other_unit.id)})
    assert name(plant, duty, person=plant.leader).status_code == 403


def test_the_duties_of_many_points_cost_as_few_queries_as_those_of_one(world: World) -> None:
    plant = world.plant
    with writing():
        for n in range(30):
            plant.add_point(plant.manager.actor, name=f"泵{n}")
    with reading():
        points = list(session().query(RiskPoint).filter_by(enterprise_id=plant.enterprise.id))
        with counted(db.engine) as few:
            duties_of(plant.manager.actor, points[:1])
        session().expunge_all()
        points = list(session().query(RiskPoint).filter_by(enterprise_id=plant.enterprise.id))
        with counted(db.engine) as many:
            duties_of(plant.manager.actor, points)
    assert len(points) == 31
    assert len(many) == len(few) <= 4


def assess_new(plant: Plant, point_id: Any) -> None:
    body = {"risk_point_id": str(point_id), "name": "泄漏", "factor_class": "things", "accident_types": ["中毒"]}
    assess(plant, "orange", source=plant.manager.post("/hazard-sources", body).json["id"])
