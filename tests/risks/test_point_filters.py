"""Finding points: each filter alone and with others, the counts beside the list, and what a filter cannot take."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.assessments import grading
from app.assessments.models import Basis
from app.core.clock import stopped_at
from app.core.db import writing
from app.risks import retiring
from app.risks.levels import raise_level
from app.risks.models import RaiseKind, RiskPoint, Status
from app.risks.points import add_point
from app.risks.sources import add_source
from app.risks.zones import add_zone
from tests.core.test_query_counts import statements
from tests.surface import problem_of
from tests.world import Plant, World

LONG_AGO = datetime.now(UTC) - timedelta(days=500)


@pytest.fixture
def points(world: World) -> dict[str, str]:
    """Five points by name, each of its own kind; the world's own is the tank: orange, equipment, poisoning."""
    plant, actor = world.plant, world.plant.manager.actor
    made = {"tank": plant.point}
    with writing() as session:
        below = add_zone(actor, name="泵房", kind="building", parent_id=plant.zone.id)
        apart = add_zone(actor, name="库区", kind="area")
        for name, zone, category, unit, person in (
            ("pump", below, "equipment", plant.other_unit, plant.worker),
            ("store", apart, "place", plant.unit, plant.leader),
            ("weld", apart, "operation", plant.unit, plant.colleague),
            ("old", apart, "process", plant.unit, plant.leader),
        ):
            made[name] = add_point(
                actor, zone_id=zone.id, unit_id=unit.id, responsible_id=person.id, name=f"点 {name}", category=category
            )
        judged(plant, made["pump"], severity=5, kind="触电")
        with stopped_at(LONG_AGO):
            judged(plant, made["store"], severity=1, kind="火灾")
        judged(plant, made["old"], severity=1, kind="火灾")
        raise_level(actor, made["store"].id, because="x", kind=RaiseKind.MAJOR, reason="重大隐患")
        session.get_one(RiskPoint, (plant.enterprise.id, made["pump"].id)).status = Status.CONFIRMED
        retiring.retire_point(actor, made["old"].id, reason="拆除")
    return {str(point.id): name for name, point in made.items()}


def judged(plant: Plant, point: RiskPoint, *, severity: int, kind: str) -> None:
    source = add_source(
        plant.manager.actor, point_id=point.id, name=kind, factor_class="things", accident_types=[kind, "其他"]
    )
    for basis in (Basis.INHERENT, Basis.RESIDUAL):
        factors = {"L": "5", "S": severity}
        grading.assess(plant.manager.actor, source_id=source.id, basis=basis, method="LS", factors=factors)


def found(world: World, points: dict[str, str], query: dict[str, Any]) -> set[str]:
    plant = world.plant
    named = {"zone": plant.zone.id, "other_unit": plant.other_unit.id, "leader": plant.leader.id}
    query = {name: str(named.get(value, value)) for name, value in query.items()}
    listed = plant.manager.get("/risk-points", **query)
    assert listed.status_code == 200, listed.text
    if "retired" not in query:
        counts = plant.manager.get("/risk-points/counts", **query).json
        assert {sum(each.values()) for each in counts.values()} == {listed.json["total"]}
    return {points[point["id"]] for point in listed.json["items"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "tank pump store weld"),
        ({"zone_id": "zone"}, "tank pump"),
        ({"level": "orange"}, "tank"),
        ({"level": "red"}, "pump"),
        ({"level": "blue"}, "store"),
        ({"current_level": "red"}, "pump store"),
        ({"inherent_level": "red"}, "pump"),
        ({"inherent_level": "orange"}, ""),
        ({"category": "equipment"}, "tank pump"),
        ({"category": "operation"}, "weld"),
        ({"accident_type": "触电"}, "pump"),
        ({"accident_type": "其他"}, "pump store"),
        ({"accident_type": "中毒"}, "tank"),
        ({"responsible_id": "leader"}, "tank store"),
        ({"unit_id": "other_unit"}, "pump"),
        ({"status": "confirmed"}, "pump"),
        ({"status": "draft"}, "tank store weld"),
        ({"status": "in_review"}, ""),
        ({"due": "true"}, "store weld"),
        ({"due": "false"}, "tank pump"),
        ({"text": "点 "}, "pump store weld"),
        ({"text": "FX-0001"}, "tank"),
        ({"text": "%"}, ""),
        ({"text": "_"}, ""),
        ({"retired": "true"}, "old"),
        ({"retired": "false"}, "tank pump store weld"),
        ({"retired": "true", "accident_type": "火灾", "level": "blue"}, "old"),
        ({"zone_id": "zone", "category": "equipment", "level": "red", "status": "confirmed"}, "pump"),
        ({"due": "true", "current_level": "red", "accident_type": "火灾", "responsible_id": "leader"}, "store"),
        ({"zone_id": "zone", "due": "true"}, ""),
    ],
)
def test_points_are_found_by_each_filter_and_by_several(
    world: World, points: dict[str, str], query: dict[str, str], expected: str
) -> None:
    assert found(world, points, query) == set(expected.split())


def test_counts_tell_the_levels_apart(world: World, points: dict[str, str]) -> None:
    none = dict.fromkeys(("red", "orange", "yellow", "blue", "unassessed"), 0)
    assert world.plant.manager.get("/risk-points/counts").json == {
        "inherent": {**none, "red": 1, "blue": 1, "unassessed": 2},
        "shown": {**none, "red": 1, "orange": 1, "blue": 1, "unassessed": 1},
        "current": {**none, "red": 2, "orange": 1, "unassessed": 1},
    }
    assert len(points) == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zone_id", "019a3c5e-7c1e-7000-8000-00000000dead"), ("zone_id", "x"), ("level", "purple"), ("level", ""),
        ("current_level", "1"), ("inherent_level", "重大"), ("category", "tank"), ("accident_type", "倒霉"),
        ("unit_id", "7"), ("responsible_id", ""), ("status", "done"), ("due", "yes"), ("due", "1"),
        ("retired", "maybe"), ("text", ""), ("text", "长" * 101), ("colour", "red"),
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_named(world: World, name: str, value: str) -> None:
    for path in ("/risk-points", "/risk-points/counts"):
        answer = world.plant.manager.get(path, **{name: value})
        assert answer.status_code == 422, (path, answer.text)
        assert problem_of(answer)["errors"][0]["pointer"].strip("/") == name


def test_filters_cost_the_same_however_many_points_there_are(world: World) -> None:
    plant = world.plant
    query = {
        "zone_id": str(plant.zone.id), "accident_type": "中毒", "due": "false", "text": "储罐", "level": "orange",
        "unit_id": str(plant.unit.id), "status": "draft",
    }  # fmt: skip
    asked = [partial(plant.manager.get, path, **query) for path in ("/risk-points", "/risk-points/counts")]
    few = [len(statements(ask)[0]) for ask in asked]
    copied = plant.manager.post(f"/risk-points/{plant.point.id}/copies", {"count": 50})
    assert copied.status_code == 201
    assert [len(statements(ask)[0]) for ask in asked] == few
    assert max(few) <= 8
    assert plant.manager.get("/risk-points", **query).json["total"] == 51


def test_copying_costs_the_same_statements_for_fifty_as_for_two(world: World) -> None:
    plant = world.plant

    def copy(count: int) -> int:
        sent, answer = statements(lambda: plant.manager.post(f"/risk-points/{plant.point.id}/copies", {"count": count}))
        assert answer.status_code == 201, answer.text
        return len(sent)

    assert copy(2) == copy(50) <= 40
