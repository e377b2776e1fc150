"""A user's own workbook comes back with its problems marked, and nothing else changed."""

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from app.core.errors import Refusal
from app.exchange.workbook import marking
from app.exchange.workbook.marking import LISTED, MARK, marked
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Problem
from tests.exchange.sheets import LS, ROW, book_of, changed, saved, sheet_of

RED = "FFFFC7CE"


def problem(row, column, message="不在取值之列", *, sheet="台账", heading="L"):
    return Problem(sheet, row, column, heading, message)


def loaded(content):
    return openpyxl.load_workbook(io.BytesIO(content), rich_text=True)


def test_bad_cells_are_red_with_a_note_and_listed():
    book = loaded(
        marked(sheet_of(LS, ROW, ROW), [problem(3, 5), problem(3, 5, "又一个"), problem(2, 10, heading="责任单位")])
    )
    cell = book["台账"]["E3"]
    assert cell.fill.start_color.rgb == RED
    assert cell.comment.text == f"{MARK}不在取值之列\n又一个"
    assert book["台账"]["E2"].comment is None
    assert book["台账"]["E2"].fill.fill_type is None
    listed = [list(row) for row in book[LISTED].iter_rows(values_only=True)]
    assert listed[0] == ["工作表", "行", "列", "内容", "问题"]
    assert listed[1] == ["台账", "3", "E L", "3", "不在取值之列"]
    assert listed[3] == ["台账", "2", "J 责任单位", "储运车间", "不在取值之列"]


def test_everything_else_stays():
    book = book_of([LS, ROW, (2, None, *ROW[2:]), (3, *ROW[1:])], merged=["B2:B3"])
    sheet = book.active
    sheet["G4"] = "=E4*F4"
    sheet["B4"] = "=1+1"
    sheet["B4"].data_type = "s"
    sheet["C4"] = CellRichText("软管", TextBlock(InlineFont(b=True), "老化"))
    sheet["D4"].font = Font(bold=True, color="FF00FF00")
    sheet.column_dimensions["C"].width = 41
    sheet.row_dimensions[3].height = 33
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = "A1:L4"
    book.create_sheet("说明").append(["别动"])
    after = loaded(marked(saved(book), [problem(3, 2, heading="风险点")]))
    again = after["台账"]
    assert str(again.merged_cells) == "B2:B3"
    assert again["B2"].fill.start_color.rgb == RED
    assert "不在取值之列" in again["B2"].comment.text
    assert (again["G4"].data_type, again["G4"].value) == ("f", "=E4*F4")
    assert (again["B4"].data_type, again["B4"].value) == ("s", "=1+1")
    assert isinstance(again["C4"].value, CellRichText)
    assert again["D4"].font.b
    assert (again.column_dimensions["C"].width, again.row_dimensions[3].height) == (41, 33)
    assert (again.freeze_panes, again.auto_filter.ref) == ("A2", "A1:L4")
    assert after.sheetnames == ["台账", "说明", LISTED]
    assert after.active.title == "台账"
    assert [[cell.value for cell in row] for row in after["说明"]] == [["别动"]]


def test_a_whole_row_is_marked_at_its_beginning():
    book = loaded(marked(sheet_of(LS, ROW), [problem(2, 0, "与第 5 行重复", heading="")]))
    assert "与第 5 行重复" in book["台账"]["A2"].comment.text
    assert [cell.value for cell in book[LISTED][2]][:2] == ["台账", "2"]


def test_the_marks_of_an_earlier_check_are_taken_away():
    book = book_of([LS, ROW, ROW])
    book.active["F2"].comment = Comment("我的批注", "王建国")
    first = marked(saved(book), [problem(2, 5), problem(2, 6), problem(3, 5)])
    assert "我的批注" in loaded(first)["台账"]["F2"].comment.text
    second = loaded(marked(first, [problem(3, 5, "仍然不对")]))
    sheet = second["台账"]
    assert sheet["E2"].comment is None
    assert sheet["E2"].fill.fill_type is None
    assert (sheet["F2"].comment.text, sheet["F2"].comment.author) == ("我的批注", "王建国")
    assert sheet["E3"].comment.text == f"{MARK}仍然不对"
    assert second.sheetnames == ["台账", LISTED]
    assert second[LISTED].max_row == 2


def test_a_marked_workbook_is_read_as_before():
    content = sheet_of(LS, ROW, ROW)
    after = marked(content, [problem(2, 5), problem(3, 1)])
    assert [line.texts for line in read_ledger(after).lines] == [line.texts for line in read_ledger(content).lines]


def test_what_users_typed_becomes_no_formula_in_the_list():
    book = book_of([LS, ROW])
    book.active["C2"] = "=cmd|' /C calc'!A1"
    book.active["C2"].data_type = "s"
    content = marked(saved(book), [problem(2, 3, "=1+1", heading="=2\x07")])
    row = loaded(content)[LISTED][2]
    assert [cell.data_type for cell in row] == ["s"] * 5
    assert all(cell.quotePrefix for cell in row)
    assert row[3].value == "=cmd|' /C calc'!A1"


def test_a_sheet_that_is_not_there_is_listed_only():
    assert loaded(marked(sheet_of(LS, ROW), [problem(2, 5, sheet="没有")]))[LISTED].max_row == 2


def test_more_problems_than_anyone_reads_are_counted(monkeypatch):
    monkeypatch.setattr(marking, "MOST_MARKED", 3)
    book = loaded(marked(sheet_of(LS, *[ROW] * 9), [problem(row, 5) for row in range(2, 10)]))
    assert book[LISTED].max_row == 5
    assert "另有 5 处" in book[LISTED]["E5"].value
    assert book["台账"]["E6"].comment is None


def test_what_may_not_be_opened_is_not_marked():
    with pytest.raises(Refusal):
        marked(changed(sheet_of(LS, ROW), {"xl/vbaProject.bin": b"x"}), [problem(2, 5)])
