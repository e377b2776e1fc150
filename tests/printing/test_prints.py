"""The prints over HTTP, made from what is stored."""

import pypdfium2
import pytest
import zxingcpp

from app.core.db import writing
from app.core.ids import new_id
from tests.world import API, World


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def codes_in(pdf: bytes) -> list[str]:
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(image)]


def test_the_label_a_manager_prints_is_read_and_opens_the_point(world: World) -> None:
    answer = world.plant.manager.post("/qr-labels", {"risk_point_ids": [str(world.plant.point.id)]})
    assert answer.status_code == 200, answer.text
    (text,) = codes_in(answer.data)
    token = text.rpartition("/")[2]
    seen = world.anyone.get(f"{API}/scan/{token}")
    assert seen.json["code"] == world.plant.point.code
    assert world.plant.point.code in text_of(answer.data)


def test_a_card_says_all_that_must_be_posted(world: World) -> None:
    plant = world.plant
    plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)})
    answer = plant.manager.get(f"/risk-points/{plant.point.id}/warning-card")
    assert answer.status_code == 200, answer.text
    text = text_of(answer.data)
    for said in ("液氨储罐", "氨泄漏", "中毒", "压力表读数措施", "切断阀开关", "较大风险", "现状风险"):
        assert said in text
    assert len(codes_in(answer.data)) == 1


def test_a_card_without_a_code_says_what_to_do_first(world: World) -> None:
    answer = world.plant.manager.get(f"/risk-points/{world.plant.point.id}/warning-card")
    assert answer.status_code == 404
    assert "签发" in answer.json["detail"]


def test_cards_of_a_selection_are_one_page_each(world: World) -> None:
    answer = world.plant.manager.post("/warning-cards", {"level": "orange"})
    assert len(pypdfium2.PdfDocument(answer.data)) == 1
    assert world.plant.manager.post("/warning-cards", {"level": "blue"}).status_code == 422


@pytest.mark.parametrize("level", ["shown", "current"])
def test_the_map_paints_each_zone_and_says_which_level(world: World, level: str) -> None:
    manager = world.plant.manager
    plan = manager.post("/floor-plans", {"name": "总平面图", "width": 1000, "height": 700}).json
    corners = [[100, 100], [500, 100], [500, 400], [100, 400]]
    changed = manager.patch(f"/risk-zones/{world.plant.zone.id}", {"floor_plan_id": plan["id"], "polygon": corners})
    assert changed.status_code == 200, changed.text
    answer = manager.get(f"/floor-plans/{plan['id']}/four-colour-map", level=level)
    assert answer.status_code == 200, answer.text
    text = text_of(answer.data)
    assert "罐区" in text
    assert "较大风险" in text
    assert ("现状风险等级" if level == "shown" else "当前风险等级") in text


def test_the_ledger_lists_every_source_with_its_assessment(world: World) -> None:
    answer = world.plant.manager.get("/risk-ledger")
    assert answer.status_code == 200, answer.text
    text = text_of(answer.data).replace("\r\n", "").replace("\n", "")
    for said in ("FX-0001", "氨泄漏", "ls-shandong", "L=3", "S=5"):
        assert said in text


def test_the_code_of_a_point_comes_as_png_and_as_svg(world: World) -> None:
    plant = world.plant
    plant.manager.post("/tags", {"risk_point_id": str(plant.point.id)})
    png = plant.manager.get(f"/risk-points/{plant.point.id}/qr")
    assert png.data.startswith(b"\x89PNG")
    svg = plant.manager.get(f"/risk-points/{plant.point.id}/qr", format="svg")
    assert svg.mimetype == "image/svg+xml"
    assert plant.manager.get(f"/risk-points/{plant.point.id}/qr", format="gif").status_code == 422


def test_a_leader_prints_for_his_own_units_alone(world: World) -> None:
    plant = world.plant
    with writing():
        foreign = plant.add_point(plant.manager.actor, name="外部门砂轮机", unit=plant.other_unit)
    assert plant.leader.get(f"/risk-points/{foreign.id}/warning-card").status_code == 403
    assert plant.leader.post("/qr-labels", {"risk_point_ids": [str(foreign.id)]}).status_code == 404
    assert foreign.code not in text_of(plant.leader.get("/risk-ledger").data)
    assert foreign.code in text_of(plant.manager.get("/risk-ledger").data)


def test_a_point_without_a_place_stands_in_its_zone_and_none_vanishes_unsaid(world: World) -> None:
    manager = world.plant.manager
    plan = manager.post("/floor-plans", {"name": "总平面图", "width": 1000, "height": 700}).json
    undrawn = text_of(manager.get(f"/floor-plans/{plan['id']}/four-colour-map").data)
    assert "另有 1 个风险点所在分区没有画在图上：FX-0001" in undrawn.replace("\r\n", "")
    corners = [[100, 100], [500, 100], [500, 400], [100, 400]]
    manager.patch(f"/risk-zones/{world.plant.zone.id}", {"floor_plan_id": plan["id"], "polygon": corners})
    drawn = text_of(manager.get(f"/floor-plans/{plan['id']}/four-colour-map").data)
    assert "FX-0001" in drawn
    assert "另有" not in drawn


def test_a_card_names_the_basis_its_level_comes_from(world: World) -> None:
    plant = world.plant
    body = {"risk_point_id": str(plant.point.id), "name": "储罐倾覆", "factor_class": "things"}
    source = plant.manager.post("/hazard-sources", {**body, "accident_types": ["坍塌"]}).json
    graded = {"basis": "inherent", "method": "LS", "factors": {"L": 5, "S": 5}}
    plant.manager.post("/assessments", {"hazard_source_id": source["id"], **graded})
    answer = plant.manager.post("/warning-cards", {})
    text = text_of(answer.data)
    assert "重大风险" in text
    assert "固有风险等级" in text


def test_the_ledger_names_who_controls_each_tier(world: World) -> None:
    plant = world.plant
    text = text_of(plant.manager.get("/risk-ledger").data).replace("\r\n", "").replace("\n", "")
    for said in ("公司", "部门/车间", "班组", "岗位", "HG01", "一车间", "主要负责人", "HG01leader", "（未指定）"):
        assert said in text


@pytest.mark.parametrize(("steps", "said"), [((), "草稿"), (("submit",), "审核中"), (("submit", "confirm"), "")])
def test_a_print_says_when_nobody_has_confirmed_what_it_says(world: World, steps: tuple[str, ...], said: str) -> None:
    plant = world.plant
    for step in steps:
        body = {"id": str(new_id()), "step": step, "risk_point_ids": [str(plant.point.id)]}
        assert plant.manager.post("/confirmations", body).status_code == 200
    for answer in (plant.manager.get("/risk-ledger"), plant.manager.post("/warning-cards", {})):
        text = text_of(answer.data).replace("\r\n", "")
        assert ("未确认" in text) is bool(said)
        assert said in text


def test_a_card_names_the_principal_of_a_red_point(world: World) -> None:
    plant = world.plant
    graded = {"basis": "inherent", "method": "LS", "factors": {"L": 5, "S": 5}}
    plant.manager.post("/assessments", {"hazard_source_id": str(plant.source.id), **graded})
    assert "公司：主要负责人" in text_of(plant.manager.post("/warning-cards", {}).data)
