"""Four-colour maps made from what is stored; the order itself is tested with the other orders."""

from xml.etree import ElementTree

import pytest

from app.assessments import grading
from app.assessments.models import Basis
from app.core.actor import system
from app.core.db import reading, writing
from app.core.errors import Invalid
from app.core.ids import new_id
from app.printing import map_orders
from app.printing.catalogue import Format
from app.printing.prints import content_of
from app.risks.zones import add_floor_plan, add_zone, change_floor_plan, change_zone
from risk_models import RiskLevel
from tests.world import World

CORNERS = [[100, 100], [500, 100], [500, 400], [100, 400]]


@pytest.fixture
def drawn(world: World):
    """The plant with one plan, its zone drawn, and an inherent level above the residual one."""
    actor = world.plant.manager.actor
    with writing():
        plan = add_floor_plan(actor, name="厂区平面图", width=1000, height=700, floor="二层")
        change_zone(actor, world.plant.zone.id, floor_plan_id=plan.id, polygon=CORNERS)
        grading.assess(
            actor, source_id=world.plant.source.id, basis=Basis.INHERENT, method="LS", factors={"L": "5", "S": "5"}
        )
    return actor, plan


def only(actor, subject):
    with reading():
        (prepared,) = map_orders.gather(actor, [subject]).values()
    return prepared


@pytest.mark.parametrize(
    ("which", "level", "said"),
    [
        ("shown", RiskLevel.ORANGE, "现状风险等级（未评估现状的"),
        ("inherent", RiskLevel.RED, "固有"),
        ("residual", RiskLevel.ORANGE, "计入管控措施"),
        ("current", RiskLevel.ORANGE, "当前"),
    ],
)
def test_a_zone_has_the_worst_level_of_the_kind_asked_for(drawn, which, level, said) -> None:
    actor, plan = drawn
    content = only(actor, f"plan:{plan.id}|{which}").document
    assert [zone.level for zone in content.zones] == [level]
    assert [point.level for point in content.points] == [level]
    assert said in content.shows
    assert content.ground.name == "厂区平面图　二层"


def test_without_a_plan_named_every_plan_is_a_sheet_from_the_lowest_floor_up(drawn) -> None:
    actor, plan = drawn
    with writing():
        cellar = add_floor_plan(actor, name="泵房", width=100, height=100, floor="地下一层")
        roof = add_floor_plan(actor, name="泵房", width=100, height=100, floor="屋顶")
    with reading():
        assert map_orders.subjects(actor, {}) == [f"plan:{one.id}|shown" for one in (cellar, plan, roof)]
        named = {"floor_plan_id": roof.id, "map_level": "current"}
        assert map_orders.subjects(actor, named) == [f"plan:{roof.id}|current"]
        with pytest.raises(Invalid):
            map_orders.subjects(actor, {"floor_plan_id": new_id()})
        with pytest.raises(Invalid, match="太小"):
            map_orders.subjects(actor, {"paper": "a5"})
        maps = map_orders.gather(actor, [f"plan:{roof.id}|shown", f"plan:{new_id()}|shown"])
    assert list(maps) == [f"plan:{roof.id}|shown"]
    assert maps[f"plan:{roof.id}|shown"].document.on_other_plans == 1


def test_an_enterprise_without_a_plan_has_a_schematic_of_its_zones(world: World, stamp) -> None:
    actor = world.plant.manager.actor
    with writing():
        below = add_zone(actor, name="阀组间", kind="unit", parent_id=world.plant.zone.id)
    with reading():
        (subject,) = map_orders.subjects(actor, {})
    prepared = only(actor, subject)
    assert prepared.title == "安全风险四色分布图　示意图（无平面图）（现状）"
    zones = {zone.name: zone for zone in prepared.document.zones}
    assert zones[below.name].parent == prepared.document.zones.index(zones[world.plant.zone.name])
    assert (zones[below.name].level, zones[below.name].empty) == (None, True)
    assert not zones[world.plant.zone.name].empty
    svg = map_orders.FOUR_COLOUR_MAP.draws[Format.SVG]([(prepared.document, stamp)], {"paper": "a4"})
    assert "阀组间" in "".join(ElementTree.fromstring(svg).itertext())  # noqa: S314 - drawn here a moment ago


def test_where_nothing_is_identified_yet_the_order_says_what_to_do_first(app) -> None:
    nobody = system(new_id())
    with reading(), pytest.raises(Invalid, match="请先建立风险分区"):
        map_orders.subjects(nobody, {})


def test_a_map_is_another_when_what_it_says_changes_and_the_same_when_not(drawn) -> None:
    actor, plan = drawn
    subject = f"plan:{plan.id}|shown"
    before = content_of(only(actor, subject).document)
    assert content_of(only(actor, subject).document) == before
    with writing():
        change_floor_plan(actor, plan.id, millimetres_per_unit=250)
    assert content_of(only(actor, subject).document) != before


def test_points_whose_zone_no_plan_shows_are_named_and_those_below_a_drawn_zone_are_shown(drawn, world: World) -> None:
    actor, plan = drawn
    with writing():
        aside = add_zone(actor, name="厂外管线", kind="area")
    manager = world.plant.manager
    described = {"category": "equipment", "unit_id": str(world.plant.unit.id)}
    described["responsible_id"] = str(world.plant.worker.id)
    outside = manager.post("/risk-points", {**described, "name": "外管", "zone_id": str(aside.id)}).json
    content = only(actor, f"plan:{plan.id}|shown").document
    assert [point.code for point in content.elsewhere] == [outside["code"]]
    assert all(point.x is None and point.zone == 0 for point in content.points)


def test_a_page_shows_the_map_without_a_stamp(drawn, world: World) -> None:
    _, plan = drawn
    answer = world.plant.worker.get(f"/floor-plans/{plan.id}/map.svg", level="current")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "image/svg+xml"
    said = "".join(ElementTree.fromstring(answer.data).itertext())  # noqa: S314 - the product's own answer
    assert "当前风险等级" in said
    assert "屏幕查看用" in said
    assert world.plant.worker.get(f"/floor-plans/{new_id()}/map.svg").status_code == 404
