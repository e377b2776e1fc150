"""The ledger as a workbook: what is written is read again, and text stays text."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.exchange.workbook.columns import LAYOUTS
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field
from app.exchange.workbook.writing import FIRST_ROW, ledger_workbook
from app.printing.workbooks import cleaned
from risk_models import RiskLevel

F = Field
FULL = {
    F.NUMBER: "1", F.POINT_CODE: "001", F.SOURCE_CODE: "1E5-1", F.ZONE: "厂区 › 罐区", F.POINT: "液氨储罐V-101",
    F.CATEGORY: "设备", F.SOURCE: "软管老化破裂", F.FACTOR_CLASS: "物的因素", F.ACCIDENTS: "中毒、泄漏",
    F.CONSEQUENCES: "人员中毒\n冻伤", F.AFFECTED: "卸车工", F.BASIS: "固有", F.L: "0.5", F.S: "3", F.E: "6", F.C: "15",
    F.SCORE: "45", F.LEVEL: "较大风险", F.TIER: "公司", F.UNIT: "储运车间", F.PERSON: "王建国（wang）",
    F.MEASURES: "1. 联锁\n2. 检查", F.ENGINEERING: "联锁", F.MANAGEMENT: "检查", F.TRAINING: "培训", F.PPE: "面具",
    F.EMERGENCY: "喷淋", F.CYCLE: "每班", F.ASSESSED_ON: "2026-11-21",
}  # fmt: skip


def ledger(rows, layout="ls"):
    return ledger_workbook(iter(rows), layout=layout, enterprise="=东湖化工", shown_on=date(2026, 11, 21))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_row_comes_back_as_it_was_written(layout):
    rows = [{name: text for name, text in FULL.items() if name in LAYOUTS[layout]}, {F.POINT: "锅炉", F.SOURCE: "爆燃"}]
    read = read_ledger(ledger(rows, layout))
    assert read.layout == layout
    assert read.problems == []
    assert read.ignored["风险分级管控台账"] == ()
    assert [dict(line.texts) for line in read.lines] == rows


def test_numbers_are_numbers_and_codes_are_text():
    sheet = openpyxl.load_workbook(io.BytesIO(ledger([FULL], "lec"))).active
    cells = dict(zip(LAYOUTS["lec"], sheet[FIRST_ROW + 1], strict=True))
    for name in (F.NUMBER, F.L, F.E, F.C, F.SCORE):
        assert cells[name].data_type == "n"
    assert cells[F.L].value == 0.5
    assert (cells[F.POINT_CODE].value, cells[F.SOURCE_CODE].value) == ("001", "1E5-1")
    assert sheet.freeze_panes == f"A{FIRST_ROW + 1}"


@pytest.mark.parametrize("level", RiskLevel)
def test_a_level_stands_in_words_on_its_colour(level):
    sheet = openpyxl.load_workbook(io.BytesIO(ledger([{**FULL, F.LEVEL: level.label}]))).active
    cell = sheet.cell(FIRST_ROW + 1, LAYOUTS["ls"].index(F.LEVEL) + 1)
    assert cell.value == level.label
    assert cell.fill.start_color.rgb == f"FF{level.colour[1:].upper()}"


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 10", "-5℃", "@SUM(A1)", '=HYPERLINK("http://x","y")', "http://example.cn/", "mailto:a@b.cn",
             "0012", "1e5", "TRUE", "_x0041_", "<b>&amp;", "ftp://x", "internal:Sheet1!A1", "'=1", '"=1"'],
)  # fmt: skip
def test_what_looks_like_a_formula_a_link_or_a_number_stays_text(text):
    content = ledger([{**FULL, F.SOURCE: text, F.POINT_CODE: text}])
    cells = openpyxl.load_workbook(io.BytesIO(content)).active[FIRST_ROW + 1]
    for name in (F.SOURCE, F.POINT_CODE):
        cell = cells[LAYOUTS["ls"].index(name)]
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.quotePrefix == (text[0] in "=+-@")
    assert read_ledger(content).lines[0].texts[F.SOURCE] == text


def test_what_cannot_be_seen_is_shown_and_what_is_too_long_says_so():
    assert cleaned("a\x00b\x1bc\td\r\ne") == "a\ufffdb\ufffdc\td\ne"
    long = cleaned("检" * 40_000)
    assert len(long) < 32_767
    assert long.endswith("未全部列出）")
    assert read_ledger(ledger([{**FULL, F.MEASURES: "检" * 40_000}])).problems


def test_an_empty_ledger_is_a_table_without_rows():
    assert openpyxl.load_workbook(io.BytesIO(ledger([]))).active.max_row == FIRST_ROW


AWKWARD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.sampled_from("=+-@'\"<>&_x0041D;:/\\ \t\r\n\u3000\x07\x85\ufffe\U0001f9ea危险"), max_size=20),
    st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "http://", "_x000D_", "＝"]), st.text(max_size=20)),
)
FREE = (F.POINT, F.SOURCE, F.CONSEQUENCES, F.AFFECTED, F.MEASURES)


# Workbooks are shrunk by nobody: the assertion names the text.
@settings(
    max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(st.lists(st.tuples(*[AWKWARD] * len(FREE)), min_size=20, max_size=20))
def test_5_000_texts_are_read_back_as_they_were_typed_without_formula_or_link(rows):
    content = ledger([{F.L: "3", F.S: "5", F.UNIT: "甲", **dict(zip(FREE, row, strict=True))} for row in rows])
    read = {line.row: line.texts for line in read_ledger(content).lines}
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    for number, row in enumerate(rows, FIRST_ROW + 1):
        for name, text in zip(FREE, row, strict=True):
            assert read[number].get(name, "") == cleaned(text).strip(), ascii(text)
            cell = sheet.cell(number, LAYOUTS["ls"].index(name) + 1)
            assert cell.data_type in ("s", "n")
            assert cell.data_type == "s" or cell.value is None
            assert cell.hyperlink is None
    parts = zipfile.ZipFile(io.BytesIO(content))
    xml = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml
    [values] = [
        sheet.to_python()
        for book in [python_calamine.load_workbook(io.BytesIO(content))]
        for sheet in [book.get_sheet_by_index(0)]
    ]
    assert len(values) == FIRST_ROW + len(rows)
