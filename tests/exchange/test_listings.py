"""The ledger of hidden hazards and the one list of an enterprise, as people take them away."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from tests.world import World

HOSTILE = [
    "=HYPERLINK(\"http://x\",\"点\")", "＝1+1", "+86", "@SUM(A1)", "-2\n第二行", "<script>alert(1)</script>",
    "a,b;\"c\"", "\ttab", "𠮷野家 ①℃", "'quoted",
]  # fmt: skip


def sheet(content: bytes) -> list[dict[str, str]]:
    found = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [["" if cell.value is None else cell.value for cell in row] for row in found.iter_rows(min_row=3)]
    assert all(cell.data_type != "f" and not cell.hyperlink for row in found.iter_rows() for cell in row)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hidden_hazard_comes_out_of_both_ledgers_as_it_was_typed(world: World, text: str) -> None:
    world.plant.report(description=text)
    book = world.plant.manager.get("/hidden-hazard-ledger")
    assert [row["隐患描述"] for row in sheet(book.data)] == [text]
    listed = world.plant.manager.get("/hidden-hazard-ledger", format="csv")
    guarded = lines(listed.data)[0]["隐患描述"]
    assert guarded in (text, f"'{text}")
    assert guarded[0] not in "=+-@＝＋－＠\t"


def test_the_ledger_holds_what_the_filters_choose_and_follows_the_loop(world: World) -> None:
    closed = world.plant.rectified(world.plant.report())
    assert world.plant.move(world.plant.manager, closed, "accept", opinion="已更换").status_code == 201
    world.plant.report()
    rows = sheet(world.plant.manager.get("/hidden-hazard-ledger", state="closed").data)
    assert [(row["隐患编号"], row["状态"], row["验收人"]) for row in rows] == [
        (closed["code"], "已销号", "HG01manager")
    ]
    assert all(rows[0][step] for step in ("提交整改", "企业验收", "销号"))
    assert len(sheet(world.plant.manager.get("/hidden-hazard-ledger").data)) == 2


def test_a_leader_takes_away_what_is_at_points_of_his_own_units(world: World) -> None:
    world.plant.report()
    world.plant.report(risk_point_id=None, place="厂门口")
    assert len(sheet(world.plant.leader.get("/hidden-hazard-ledger").data)) == 1


def test_the_one_list_holds_every_item_in_force(world: World) -> None:
    found: list[dict[str, Any]] = sheet(world.plant.manager.get("/enterprise-checklist-export").data)
    assert [row["检查内容"] for row in found] == [item["check"] for item in world.plant.checklist.items]
    assert {row["类别"] for row in found} == {"现场管理类"}
    assert lines(world.plant.manager.get("/enterprise-checklist-export", format="csv").data) == found
