"""Ledgers are known by their headings, however a province writes them."""

import pytest

from app.exchange.workbook.headings import Headings, Missing, plain, recognise, written
from app.exchange.workbook.sheet import Field

F = Field


def columns(*rows):
    found = recognise(rows)
    assert isinstance(found, Headings), found
    return found.layout, dict(found.columns)


def test_the_ls_layout_as_it_is_usually_written():
    layout, found = columns(
        ["序号", "风险点", "危险源", "可能事故", "L", "S", "R", "等级", "管控层级", "责任单位", "责任人", "措施"]
    )
    assert layout == "ls"
    assert list(found) == [
        F.NUMBER, F.POINT, F.SOURCE, F.ACCIDENTS, F.L, F.S, F.SCORE, F.LEVEL, F.TIER, F.UNIT, F.PERSON, F.MEASURES,
    ]  # fmt: skip


def test_the_lec_layout_under_titles_with_line_breaks_brackets_and_units():
    layout, found = columns(
        ["XX化工有限公司风险分级管控清单"] * 11,
        ["单位：储运车间", "", "", "", "", "", "", "", "", "日期：2026年11月", ""],
        ["序 号", "场所/部位", "危险有害因素", "可能导致的\n事故类型", "事故发生的\n可能性（L）",
         "人员暴露于危险环境中的频繁程度（E）", "发生事故产生的后果（C）", "风险值（D=L×E×C）",
         "风险\n级别", "责任部门", "现有控制措施"],
    )  # fmt: skip
    assert layout == "lec"
    assert found == {
        F.NUMBER: 0, F.POINT: 1, F.SOURCE: 2, F.ACCIDENTS: 3, F.L: 4, F.E: 5, F.C: 6, F.SCORE: 7, F.LEVEL: 8, F.UNIT: 9,
        F.MEASURES: 10,
    }  # fmt: skip


def test_the_five_column_layout_under_two_rows_of_merged_headings():
    layout, found = columns(
        ["风险分级管控清单"] * 16,
        ["风险点", "风险点", "作业步骤", "危险源", "可能发生的事故类型及后果", *["风险评价"] * 4, *["管控措施"] * 5,
         "管控责任", "管控责任"],
        ["编号", "名称", "作业步骤", "危险源", "可能发生的事故类型及后果", "L", "S", "R", "风险等级",
         "工程技术", "管理", "培训", "个体", "应急", "单位", "责任人"],
    )  # fmt: skip
    assert layout == "five"
    assert found == {
        F.POINT_CODE: 0, F.POINT: 1, F.SOURCE: 3, F.ACCIDENTS: 4, F.L: 5, F.S: 6, F.SCORE: 7, F.LEVEL: 8,
        F.ENGINEERING: 9, F.MANAGEMENT: 10, F.TRAINING: 11, F.PPE: 12, F.EMERGENCY: 13, F.UNIT: 14, F.PERSON: 15,
    }  # fmt: skip


def test_headings_of_groups_that_were_not_merged():
    layout, found = columns(
        ["序号", "风险点", "危害因素", "评价", "", "", "等级", "控制措施", "", "责任人"],
        ["", "", "", "L", "S", "R", "", "工程控制", "个体防护", ""],
    )
    assert layout == "five"
    assert found[F.POINT] == 1
    assert found[F.L] == 3
    assert found[F.PPE] == 8
    assert found[F.PERSON] == 9


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("可能性(L)", F.L), ("Ｌ", F.L), ("L（可能性）", F.L), ("l值", F.L), ("严重性(S)", F.S), ("后果（S）", F.S),
        ("*责任人", F.PERSON), ("责任人 *", F.PERSON), ("责任人（电话）", F.PERSON), ("责任单位/部门", F.UNIT),
        ("风险度（R）", F.SCORE), ("R=L×S", F.SCORE), ("管控层级：", F.TIER), ("现有控制措施", F.MEASURES),
    ],
)  # fmt: skip
def test_a_heading_is_known_in_many_forms(heading, name):
    base = {F.POINT: "风险点", F.SOURCE: "危险源", F.L: "L", F.S: "S"}
    _, found = columns([*(text for key, text in base.items() if key != name), heading])
    assert name in found


def test_severity_beside_exposure_is_the_c_of_lec():
    layout, found = columns(["风险点", "危险源", "可能性", "频繁程度", "严重性", "等级"])
    assert layout == "lec"
    assert found[F.C] == 4


def test_of_two_columns_the_one_better_named_is_taken_and_the_other_told():
    found = recognise([["风险点", "作业步骤", "危险源", "L", "S", "备注"]])
    assert found.columns[F.SOURCE] == 2
    assert found.ignored == ("作业步骤", "备注")


def test_a_group_above_the_factors_says_their_basis():
    found = recognise(
        [["风险点", "危险源", *["固有风险评价"] * 3, *["剩余风险评价"] * 3], ["风险点", "危险源", *"LSR", *"LSR"]]
    )
    assert found.basis == "固有"
    assert (found.columns[F.L], found.columns[F.SCORE]) == (2, 4)
    assert len(found.ignored) == 3


def test_a_sheet_that_is_no_ledger_says_what_it_lacks():
    found = recognise([["风险点", "危险源", "L", "措施"]])
    assert isinstance(found, Missing)
    assert found.missing == (F.S,)
    assert recognise([["人员花名册"], ["姓名", "电话"]]).missing == (F.POINT, F.SOURCE, F.L, F.S)
    assert isinstance(recognise([]), Missing)
    assert isinstance(recognise([[]]), Missing)


def test_headings_below_the_fifteenth_row_are_not_looked_for():
    heading = ["风险点", "危险源", "L", "S"]
    assert isinstance(recognise([[""]] * 14 + [heading]), Headings)
    assert isinstance(recognise([[""]] * 15 + [heading]), Missing)


def test_no_way_of_writing_stands_for_two_fields():
    seen = {}
    for name, ways in written()["fields"].items():
        assert Field(name)
        for way in {plain(way) for way in ways}:
            assert way not in seen, (way, name, seen[way])
            seen[way] = name
    assert set(written()["fields"]) == {name.value for name in Field}
