"""The three ledgers and the yearly plan on paper and as workbooks, by the one table they share."""

import io

import openpyxl
import pypdfium2
import pytest

from app.printing.check_ledger import CheckLedger, CheckRow, check_table
from app.printing.hazard_ledger import HazardLedger, HazardRow, hazard_table
from app.printing.ledger import RiskLedger, risk_table
from app.printing.ruled_tables import as_pdf, as_xlsx
from app.printing.stamp import Look, Paper
from app.printing.yearly_plan import PlanRow, YearlyPlan, plan_table
from qr import fonts
from risk_models import RiskLevel

AWKWARD = "<b>粗</b>&amp;<NAME>=1+1"
LONG = "".join(chr(0x4E00 + n) for n in range(3_000))
A3 = Look(Paper.A3, landscape=True)


@pytest.fixture
def paper(printed, stamp):
    """Print tables and read them back."""

    def make(*tables, look=A3):
        return printed(as_pdf([(table, stamp) for table in tables], look))

    return make


def risk(rows, chosen=""):
    return risk_table(RiskLedger(enterprise="东湖化工有限公司", shows="现状风险等级", chosen=chosen, rows=tuple(rows)))


def check(**changes):
    facts = {
        "half": "现场管理类", "code": "FX-0001", "place": "液氨储罐", "check": "液位、压力是否在控制范围内",
        "how": "读表", "standard": "液位 ≤ 80%", "limits": "0～1.4 MPa", "photo_required": True, "basis": "导则 5.2.3",
        "unit": "罐区班", "responsible": "赵永刚", "check_cycle": "每 2 小时", "checklist_version": 3,
    }  # fmt: skip
    return CheckRow(**(facts | changes))


def hazard(**changes):
    facts = {
        "code": "YH-2026-000001", "found_at": "2026-10-01 08:30", "place": "2#罐区东侧", "description": "探测器故障",
        "source": "企业自查", "channel": "日常排查", "gravity": "一般隐患", "grounds": "", "state": "整改中",
        "finder": "张三", "rectifier": "李四", "original_deadline": "2026-10-08 18:00", "deadline": "2026-10-20 18:00",
        "extensions": 1, "measures": "", "cost": "", "submitted_at": "", "accepted_at": "", "acceptor": "",
        "rechecked_at": "", "listed_at": "", "delisted_at": "", "closed_at": "", "rejections": 0,
        "regradings_down": 0, "reopenings": 0, "occurrences": 2, "overdue": True,
    }  # fmt: skip
    return HazardRow(**(facts | changes))


def plan(*tiers):
    rows = tuple(
        PlanRow(tier=tier, code=f"JH-{n}", kind="综合性排查", name="厂级检查", scope="全企业", content=AWKWARD,
                frequency="每月一次", period="全年", unit="安环部", responsible="陈志远")
        for n, tier in enumerate(tiers)
    )  # fmt: skip
    return plan_table(YearlyPlan(enterprise="东湖化工有限公司", year=2026, rows=rows))


def squeezed(text):
    return "".join(text.split())


def cells(book):
    found = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    assert all(cell.data_type in ("s", "n") for sheet in found for row in sheet.iter_rows() for cell in row)
    return [[[cell.value or "" for cell in row] for row in sheet.iter_rows()] for sheet in found]


def test_a_row_says_every_field_and_its_level_in_words(make_row, paper):
    printed = paper(risk([make_row()], "等级：较大风险"))
    for text in ("FX-0001", "加氢反应釜R-0001", "氢气泄漏遇静电点燃", "较大风险（橙色）", "等级：较大风险",
                 "表中等级：现状风险等级", "第3版", "查验码7KQ2-M4XD"):  # fmt: skip
        assert text in printed.text


@pytest.mark.parametrize(("size", "points"), [(Paper.A3, (1190.55, 841.89)), (Paper.A4, (841.89, 595.28))])
def test_a_ledger_lies_on_the_paper_that_was_asked_for(make_row, paper, size, points):
    printed = paper(risk([make_row()]), look=Look(size, landscape=True))
    assert printed.sizes[0] == pytest.approx(points, abs=0.01)
    assert printed.stays_on_its_pages()


def test_the_sources_of_a_point_share_its_cells(make_row, paper):
    printed = paper(risk([make_row(1), make_row(1, hazard_source="超温超压", level=RiskLevel.RED), make_row(2)]))
    assert printed.text.count("FX-0001") == 1
    assert printed.text.count("FX-0002") == 1
    assert printed.text.count("王强") == 2
    assert "共2个风险点，3个危险源" in printed.text


def test_every_page_repeats_the_headings_and_names_the_point_it_begins_in(make_row, paper):
    printed = paper(risk([make_row(1, hazard_source=f"危险源{n}", level=None) for n in range(90)]))
    assert len(printed.texts) > 2
    for number, text in enumerate(printed.texts, 1):
        assert "评估方法与因素" in squeezed(text)
        assert "FX-0001" in text
        assert f"第 {number} / {len(printed.texts)} 页" in text
    assert "未评估" in printed.text
    places = [printed.text.index(f"危险源{n}") for n in (10, 20, 45, 89)]
    assert places == sorted(places)


@pytest.mark.parametrize("field", ["measures", "point_name", "hazard_source", "control_tier"])
def test_a_row_longer_than_a_page_flows_on_and_none_is_lost(make_row, paper, field):
    long = LONG * 3 if field in ("measures", "hazard_source") else LONG
    text = (("工程技术", long),) if field == "measures" else long
    printed = paper(risk([make_row(1, **{field: text}), make_row(1), make_row(2)]))
    assert all(printed.text.count(character) >= len(long) // len(LONG) for character in LONG)
    assert "FX-0002" in printed.texts[-1]
    assert printed.stays_on_its_pages()
    assert len(printed.texts) > 1


def test_a_word_wider_than_its_column_is_broken_and_nothing_of_it_lost(make_row, paper):
    word = "".join(f"{n:05}" for n in range(80))
    assert word in paper(risk([make_row(hazard_source=word)])).text


def test_text_is_drawn_as_typed(make_row, paper):
    row = make_row(point_name=AWKWARD, hazard_source=AWKWARD, measures=((AWKWARD, AWKWARD),))
    assert paper(risk([row])).text.count(AWKWARD) >= 4


def test_fonts_are_embedded_as_subsets_with_unicode(make_row, paper):
    found = paper(risk([make_row()])).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


def test_a_table_without_rows_says_so(paper):
    printed = paper(risk([]), plan())
    assert "所选范围内没有风险点" in printed.texts[0]
    assert "本年度没有排查计划" in printed.texts[1]
    assert all("第 1 / 1 页" in text for text in printed.texts)


def test_the_unit_and_the_person_of_a_tier_stand_at_its_height(make_row, paper):
    units = "东湖化工集团有限公司第一分公司\n罐区班\n罐区班"
    row = make_row(control_tier="一级\n二级\n三级", responsible_unit=units, responsible="陈志远\n吴涛\n赵永刚")
    data = paper(risk([row])).data
    for tier, person in (("一级", "陈志远"), ("二级", "吴涛"), ("三级", "赵永刚")):
        assert height(data, tier) == pytest.approx(height(data, person), abs=1)
    assert height(data, "一级") - height(data, "二级") > height(data, "二级") - height(data, "三级")


def height(data, text):
    """Where a text stands on the first page, in points from its foot."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0].get_textpage()
        place, _ = page.search(text).get_next()
        return page.get_charbox(place, loose=True)[1]


def test_what_is_not_confirmed_is_said_beside_the_point(make_row, paper):
    assert "未确认（草稿）" in paper(risk([make_row(status="未确认（草稿）")])).text
    assert "未确认" not in paper(risk([make_row()])).text


def test_the_items_of_a_point_share_its_cells_on_the_check_ledger(paper):
    rows = (
        check(),
        check(check="法兰有无泄漏", photo_required=False),
        check(half="基础管理类", code="", place="责任制"),
    )
    printed = paper(check_table(CheckLedger(enterprise="东湖化工", chosen="", rows=rows)))
    for text in ("液位、压力是否在控制范围内", "法兰有无泄漏", "0～1.4MPa", "基础管理类", "责任制", "共3项检查内容"):
        assert text in printed.text
    assert (printed.text.count("液氨储罐"), printed.text.count("现场管理类")) == (1, 1)


def test_the_hazard_ledger_says_how_each_stands(paper):
    closed = {"code": "YH-2026-000002", "state": "已销号", "closed_at": "2026-10-09 09:00", "overdue": False}
    closed |= {"rejections": 2, "listed_at": "2026-10-02 09:00", "grounds": "判定标准第十二条"}
    rows = (hazard(description=AWKWARD), hazard(**closed))
    printed = paper(hazard_table(HazardLedger(enterprise="东湖化工", chosen="状态：整改中", rows=rows)))
    for text in (AWKWARD, "已逾期", "再次发现1次", "原定2026-10-08", "延期1次", "退回2次", "挂牌2026-10-02",
                 "判定标准第十二条", "状态：整改中", "共2项隐患，其中已销号1项，逾期未整改1项"):  # fmt: skip
        assert text in printed.text


def test_the_plan_names_a_tier_once_and_is_signed_on_every_page(paper):
    printed = paper(plan(*["公司"] * 3, *["班组"] * 40), look=Look(Paper.A4, landscape=True))
    assert len(printed.texts) > 1
    assert printed.texts[0].count("公司") == 2  # the enterprise's name and the tier
    assert all("批准（主要负责人）" in text and "班组" in text for text in printed.texts)
    assert AWKWARD in printed.text


def test_a_workbook_fills_every_cell_and_makes_no_formula_of_any(make_row, stamp):
    rows = [make_row(1, hazard_source="=1+1"), make_row(1, hazard_source="@SUM(A1)")]
    book = cells(as_xlsx([(risk(rows), stamp), (plan("公司"), stamp)]))
    sheet = book[0]
    assert sheet[0][0] == "安全风险分级管控清单"
    assert all(said in sheet[1][0] for said in ("东湖化工有限公司", "第 3 版", "7KQ2-M4XD", stamp.address))
    assert [row[5] for row in sheet[3:]] == ["=1+1", "@SUM(A1)"]
    assert [row[1] for row in sheet[3:]] == ["FX-0001", "FX-0001"]
    assert book[1][3][0] == "公司"


def test_the_workbook_of_the_hazard_ledger_has_a_column_for_each_thing(stamp):
    ledger = HazardLedger(enterprise="东湖化工", chosen="", rows=(hazard(description="-2\n=cmd"),))
    ((_, _, headings, row),) = cells(as_xlsx([(hazard_table(ledger, on_paper=False), stamp)]))
    said = dict(zip(headings, row, strict=True))
    assert (said["隐患描述"], said["是否逾期"], said["原定期限"]) == ("-2\n=cmd", "是", "2026-10-08 18:00")
