"""What is read of the ledgers people really keep."""

import io
import random
from contextlib import suppress
from datetime import date, datetime

import pytest
import xlsxwriter

from app.accounts.schemas import PersonIn
from app.core.errors import Refusal
from app.enterprises.schemas import OrgUnitIn
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field
from app.exchange.workbook.texts import LONGEST, texts_of
from app.printing.workbooks import cleaned
from app.risks.schemas import ControlMeasureIn, HazardSourceIn, RiskPointIn, RiskZoneIn
from tests.exchange.sheets import LS, ROW, SHEET, book_of, changed, saved, sheet_of, with_cells

F = Field


def lines(content):
    return [dict(line.texts) for line in read_ledger(content).lines]


def refused(content):
    with pytest.raises(Refusal) as refusal:
        read_ledger(content)
    return refusal.value


def test_a_row_is_read_as_a_spreadsheet_shows_it():
    ledger = read_ledger(sheet_of(LS, ROW))
    assert ledger.layout == "ls"
    assert ledger.columns["台账"][F.SOURCE] == 3
    [line] = ledger.lines
    assert (line.sheet, line.row) == ("台账", 2)
    assert line.texts == {
        F.NUMBER: "1", F.POINT: "液氨储罐V-101", F.SOURCE: "软管老化破裂", F.ACCIDENTS: "中毒", F.L: "3", F.S: "5",
        F.SCORE: "15", F.LEVEL: "较大风险", F.TIER: "公司", F.UNIT: "储运车间", F.PERSON: "王建国",
        F.MEASURES: "装车前检查软管",
    }  # fmt: skip


def test_a_provincial_ledger_with_two_rows_of_headings_merged_points_and_a_blank_tail():
    rows = [
        ["某某公司作业活动风险分级管控清单", *[None] * 15],
        ["单位：储运车间", *[None] * 14, "日期：2026.11"],
        ["风险点", None, "作业步骤", "危险源\n（危害因素）", "可能发生的事故类型及后果", "风险评价", None, None,
         "风险\n等级", "管控措施", None, None, None, None, "责任单位", "责任人"],
        ["编号", "名称", None, None, None, "Ｌ", "Ｓ", "Ｒ", None, "工程技术", "管理",
         "培训", "个体", "应急", None, None],
        ["ＦＸ－０００１", "液氨储罐", "卸车", "软管破裂", "中毒", "３", "５", "=F5*G5", "较大",
         "联锁", "检查", None, None, None, "储运车间", "王建国"],
        [None, None, None, "阀门泄漏", "中毒", 2, 5.0, "=F6*G6", "一般", None, "检查", None, "面具", None, None, None],
        ["二、动力车间", *[None] * 15],
        ["FX-0002", "锅炉", "点火", "爆燃", "锅炉爆炸", 1, 5, 5, "低",
         None, "规程", None, None, None, "动力车间", "李红梅"],
        [None] * 16,
        ["合计", None, None, None, None, None, None, 3, *[None] * 8],
        ["备注：本清单由安全部编制", *[None] * 15],
    ]  # fmt: skip
    merged = [
        "A1:P1", "A3:B3", "C3:C4", "D3:D4", "E3:E4", "F3:H3", "I3:I4", "J3:N3", "O3:O4", "P3:P4", "A5:A6", "B5:B6",
        "C5:C6", "O5:O6", "P5:P6", "A7:P7", "A11:P11",
    ]  # fmt: skip
    book = book_of(rows, merged=merged)
    for row in range(12, 400):
        book.active.cell(row, 8).value = f"=F{row}*G{row}"
        book.active.cell(row, 1).number_format = "@"
    ledger = read_ledger(stored(book))
    assert ledger.layout == "five"
    assert ledger.problems == []
    assert [line.row for line in ledger.lines] == [5, 6, 8]
    first, second, third = (line.texts for line in ledger.lines)
    assert first[F.POINT_CODE] == second[F.POINT_CODE] == "FX-0001"
    assert (second[F.POINT], second[F.UNIT], second[F.PERSON]) == ("液氨储罐", "储运车间", "王建国")
    assert (first[F.L], first[F.S], first[F.SCORE]) == ("3", "5", "15")
    assert (second[F.S], second[F.PPE]) == ("5", "面具")
    assert F.ENGINEERING not in second
    assert third[F.POINT] == "锅炉"
    assert ledger.ignored["台账"] == ("作业步骤",)


def stored(book):
    """The workbook with the results of its formulas stored: openpyxl stores none, a spreadsheet always does."""

    def with_results(xml):
        for row, result in ((5, b"15"), (6, b"10")):
            xml = xml.replace(b"<f>F%d*G%d</f><v></v>" % (row, row), b"<f>F%d*G%d</f><v>%s</v>" % (row, row, result))
            xml = xml.replace(b"<f>F%d*G%d</f><v />" % (row, row), b"<f>F%d*G%d</f><v>%s</v>" % (row, row, result))
        for row in range(12, 400):
            for without in (b"<v></v>", b"<v />", b"<v/>"):
                xml = xml.replace(b"<f>F%d*G%d</f>%s" % (row, row, without), b"<f>F%d*G%d</f><v>0</v>" % (row, row))
        return xml

    return changed(saved(book), {SHEET: with_results})


def test_rows_in_which_only_a_formula_stands_are_none_even_where_it_failed():
    blank = b'<row r="3"><c r="A3"><v>2</v></c><c r="G3" t="e"><f>E3*F3</f><v>#VALUE!</v></c></row>'
    content = changed(sheet_of(LS, ROW), {SHEET: lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>")})
    ledger = read_ledger(content)
    assert len(ledger.lines) == 1
    assert ledger.problems == []


def test_an_error_and_a_formula_never_calculated_are_problems_at_their_cells():
    book = book_of([LS, ROW, (2, "储罐", "泄漏", "中毒", "=1+2", 5)])
    ledger = read_ledger(
        changed(saved(book), {SHEET: lambda xml: xml.replace(b'<c r="G2" t="n"><v>15</v></c>',
                                                             b'<c r="G2" t="e"><v>#REF!</v></c>')})
    )  # fmt: skip
    assert [(problem.row, problem.column, problem.heading) for problem in ledger.problems] == [(2, 7, "R"), (3, 5, "L")]
    assert "#REF!" in ledger.problems[0].message
    assert "没有保存计算结果" in ledger.problems[1].message
    assert F.SCORE not in ledger.lines[0].texts
    assert F.L not in ledger.lines[1].texts


def test_a_workbook_of_formulas_never_calculated_says_so():
    ledger = read_ledger(sheet_of(LS, ["=1", "=B1", "=C1"]))
    assert ledger.lines == []
    assert {problem.column for problem in ledger.problems} == {2, 3}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"), (0.5, "0.5"), (0.1 * 3, "0.3"), (2.9999999999999996, "3"), ("３", "3"), (" ０．５ ", "0.5"),
        ("10", "10"), (100, "100"), (1e-05, "0.00001"), (True, "TRUE"), (320, "320"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_numbers_are_read_exactly(value, text):
    assert texts_of(F.L, [value]) == ([text], {})


DAY = datetime(2026, 11, 21, 8, 30)  # noqa: DTZ001 - a spreadsheet knows no zones


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21", "2026/11/21", "2026.11.21", "2026年11月21日", "２０２６年１１月２１日", "2026-11-21 08:30",
        " 2026-11-21", "20261121", 20261121.0, 46347.0, DAY.date(), DAY, DAY.replace(hour=0, minute=0),
    ],
)  # fmt: skip
def test_days_are_read_however_they_are_written(value):
    assert texts_of(F.ASSESSED_ON, [value]) == (["2026-11-21"], {})


@pytest.mark.parametrize("value", ["2026-02-30", "2026年11月", "去年", 3.0, "2026-13-01", True])
def test_what_is_no_day_is_told(value):
    [text], amiss = texts_of(F.ASSESSED_ON, [value])
    assert text == ""
    assert "2026-11-21" in amiss[value]


def test_days_of_a_workbook_are_read_from_their_serials():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["风险点", "危险源", "L", "S", "评估日期"])
        sheet.write_row(1, 0, ["储罐", "泄漏", 3, 5])
        sheet.write_datetime(1, 4, date(2026, 3, 5))
        sheet.write_row(2, 0, ["储罐", "超压", 3, 5, 46347])
    assert [line[F.ASSESSED_ON] for line in lines(buffer.getvalue())] == ["2026-03-05", "2026-11-21"]


def test_full_width_is_narrowed_in_codes_and_numbers_and_names_but_never_in_prose():
    values = {
        F.POINT_CODE: ("ＦＸ－０００１", "FX-0001"), F.S: ("５", "5"), F.UNIT: ("２号车间", "2号车间"),
        F.SOURCE: ("２０℃，ＣＯ泄漏", "２０℃，ＣＯ泄漏"), F.MEASURES: ("１、巡检（每班）", "１、巡检（每班）"),
    }  # fmt: skip
    for name, (value, text) in values.items():
        assert texts_of(name, [value])[0] == [text]


def test_true_is_not_the_number_one():
    rows = [("储罐", "泄漏", 1, True), ("储罐", "超压", True, 1)]
    ledger = read_ledger(sheet_of(("风险点", "危险源", "L", "S"), *rows))
    assert [(line.texts[F.L], line.texts[F.S]) for line in ledger.lines] == [("1", "TRUE"), ("TRUE", "1")]


def test_control_characters_and_long_texts_are_problems_at_their_cells():
    cells = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe9\xa3\x8e\xe9\x99\xa9\xe7\x82\xb9</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>\xe5\x8d\xb1\xe9\x99\xa9\xe6\xba\x90</t></is></c>'
        b'<c r="C1" t="inlineStr"><is><t>L</t></is></c><c r="D1" t="inlineStr"><is><t>S</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>a_x0007_b</t></is></c>'
        b'<c r="B2" t="inlineStr"><is><t>' + b"x" * 201 + b'</t></is></c><c r="C2"><v>3</v></c></row>'
    )
    ledger = read_ledger(with_cells(cells))
    assert [(problem.row, problem.column) for problem in ledger.problems] == [(2, 1), (2, 2)]
    assert "U+0007" in ledger.problems[0].message
    assert "最多 200 个" in ledger.problems[1].message
    assert ledger.lines[0].texts == {F.L: "3"}


def test_a_measure_may_be_long_but_no_line_of_it_longer_than_is_stored():
    assert texts_of(F.MEASURES, ["\n".join(["检" * 1000] * 5)])[1] == {}
    assert "改短" in texts_of(F.MEASURES, ["检" * 1001])[1]["检" * 1001]


def test_a_merged_cell_is_told_of_once():
    ledger = read_ledger(
        sheet_of(("风险点", "危险源", "L", "S"), ("点" * 101, "甲", 3, 3), (None, "乙", 3, 3), merged=["A2:A3"])
    )
    assert [(problem.row, problem.column) for problem in ledger.problems] == [(2, 1)]


def test_headings_that_come_again_and_headings_of_sections_are_no_rows():
    rows = [("清单", *[None] * 11), LS, ROW, ("清单", *[None] * 11), LS, (2, *ROW[1:]), ("第二部分", *[None] * 11), ROW]
    merged = ["A1:L1", "A4:L4", "A7:L7"]
    assert [line.row for line in read_ledger(sheet_of(*rows, merged=merged)).lines] == [3, 6, 8]


def test_a_row_in_which_the_factors_are_merged_is_a_row():
    rows = [LS, (1, "储罐", "重大危险源", "火灾", "直接判定为重大", None, None, "重大")]
    assert lines(sheet_of(*rows, merged=["E2:G2"]))[0][F.S] == "直接判定为重大"


def test_sheets_that_are_no_ledger_and_sheets_nobody_sees_are_skipped():
    book = book_of([LS, ROW], name="一车间")
    for name, state in (("填写说明", "visible"), ("示例", "visible"), ("隐藏", "hidden"), ("二车间", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in [["填写说明"], ["逐行填写"]] if name == "填写说明" else [LS, ROW]:
            sheet.append(row)
    book.create_chartsheet("图")
    assert [(line.sheet, line.row) for line in read_ledger(saved(book)).lines] == [("一车间", 2), ("二车间", 2)]


def test_a_sheet_whose_headings_are_not_known_is_said_to_be_unread():
    book = book_of([LS, ROW], name="一车间")
    book.create_sheet("储运车间").append(["名称", "有什么危险"])
    book.create_sheet("空白")
    ignored = read_ledger(saved(book)).ignored
    assert "没有读取" in ignored["储运车间"][0]
    assert set(ignored) == {"一车间", "储运车间"}


def test_the_basis_stands_above_the_factors():
    content = sheet_of(
        ("风险点", "危险源", "现状风险评价", None), (None, None, "L", "S"), ("储罐", "泄漏", 2, 5),
        merged=["C1:D1", "A1:A2", "B1:B2"],
    )  # fmt: skip
    assert lines(content)[0][F.BASIS] == "现状"


def test_a_workbook_without_a_ledger_says_what_was_looked_for_and_what_is_missing():
    refusal = refused(sheet_of(("风险点", "危险源", "可能性", "频繁程度", "措施"), name="作业活动"))
    assert refusal.code == "no_ledger"
    assert "“作业活动”" in refusal.detail
    assert "后果（C）" in refusal.detail
    assert refused(sheet_of(("姓名", "电话"))).code == "no_ledger"
    assert refused(sheet_of(LS)).code == "empty_ledger"


def test_merged_ranges_that_cannot_be_do_no_harm():
    cells = b'<row r="1">' + b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (column, text.encode())
        for column, text in ((b"A", "风险点"), (b"B", "危险源"), (b"C", "L"), (b"D", "S"))
    )
    cells += b'</row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    for wrong in (b"D9:A1", b"B2:B2", b"Z90:ZZ95", b"A2:A99999"):
        after = b'<mergeCells><mergeCell ref="%s"/></mergeCells>' % wrong
        assert read_ledger(with_cells(cells, after=after)).layout == "ls"


def test_a_workbook_changed_at_random_is_read_or_refused():
    drawn, buffer = random.Random(20261121), io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((LS, *[ROW] * 5)):
            sheet.write_row(number, 0, row)
        sheet.merge_range("A3:A4", 2)
    good = buffer.getvalue()
    assert len(lines(good)) == 5
    begins = [b"<", b">", b'"', b"r=", b't="', b"<v>", b"</c>", b"ref=", b"0", b"9" * 9, b"<c ", b"&", b"-", b"A1"]
    for _ in range(400):

        def mutated(xml):
            for _ in range(drawn.randint(1, 3)):
                place = drawn.randrange(len(xml))
                xml = xml[:place] + drawn.choice(begins) + xml[place + drawn.randint(0, 6) :]
            return xml

        part = drawn.choice([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
        content = changed(good, {part: mutated})
        with suppress(Refusal):
            read_ledger(content)


def test_the_longest_texts_are_those_that_are_stored():
    def longest(schema, name):
        return next(rule.max for rule in schema().fields[name].validators if hasattr(rule, "max"))

    assert LONGEST[F.POINT] == longest(RiskPointIn, "name")
    assert LONGEST[F.POINT_CODE] == longest(RiskPointIn, "code")
    assert LONGEST[F.CYCLE] == longest(RiskPointIn, "check_cycle")
    assert LONGEST[F.SOURCE] == longest(HazardSourceIn, "name")
    assert LONGEST[F.CONSEQUENCES] == longest(HazardSourceIn, "consequences")
    assert LONGEST[F.AFFECTED] == longest(HazardSourceIn, "affected")
    assert LONGEST[F.MEASURES] == longest(ControlMeasureIn, "text")
    assert LONGEST[F.ZONE] >= max(2000, longest(RiskZoneIn, "name"))
    assert LONGEST[F.UNIT] >= longest(OrgUnitIn, "name")
    assert LONGEST[F.PERSON] >= longest(PersonIn, "name")


@pytest.mark.parametrize("name", [F.MEASURES, F.CONSEQUENCES])
def test_a_cell_as_full_as_a_cell_can_be_is_a_problem_and_never_content(name):
    full = "检查阀门\n" * 6553 + "检查"
    assert len(full) == 32_767
    for text in (full, cleaned(full + "阀门"), "检查阀门\n检查……（超出单元格上限，未全部列出）"):
        texts, amiss = texts_of(name, [text, "检查"])
        assert texts == ["", "检查"]
        assert amiss == {text: "内容达到 Excel 单元格上限，可能已被截断，请分行填写。"}
