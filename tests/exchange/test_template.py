"""The empty ledger a safety manager fills in."""

import io

import openpyxl
import pytest

from app.core.errors import Refusal
from app.exchange.cells import BASIS_UNSAID
from app.exchange.exporting import BASES
from app.exchange.workbook.columns import LAYOUTS, SHEET, heading
from app.exchange.workbook.headings import Headings, recognise
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field
from app.exchange.workbook.template import OPTIONS, SAMPLES, template_workbook
from app.exchange.workbook.texts import FACTORS
from app.exchange.workbook.writing import FIRST_ROW
from app.risks.accidents import ACCIDENT_TYPES
from app.risks.terms import Category, FactorClass
from risk_models import describe, grade

F = Field
UNITS = [f"第{number}车间甲班乙组" for number in range(200)]
CHOICES = {
    F.CATEGORY: [category.label for category in Category],
    F.FACTOR_CLASS: [kind.label for kind in FactorClass],
    F.ACCIDENTS: sorted(ACCIDENT_TYPES), F.BASIS: ["固有", "现状"], F.UNIT: UNITS, F.PERSON: ["=王建国", "李红梅"],
    F.ZONE: ["厂区", "厂区 › 罐区"], F.L: ["5", "4", "3", "2", "1"], F.S: ["5", "4", "3", "2", "1"],
    F.E: ["10", "0.5"], F.C: ["100", "40"],
}  # fmt: skip


def template(layout="ls"):
    content = template_workbook(layout=layout, enterprise="东湖化工", choices=CHOICES)
    return content, openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_template_is_a_ledger_of_its_layout_that_has_no_rows_yet(layout):
    content, book = template(layout)
    assert book.sheetnames == [SHEET, SAMPLES, "填写说明", OPTIONS]
    assert book[OPTIONS].sheet_state == "hidden"
    found = recognise([list(row) for row in book[SHEET].iter_rows(values_only=True)])
    assert isinstance(found, Headings)
    assert (found.layout, tuple(found.columns), found.ignored) == (layout, LAYOUTS[layout], ())
    with pytest.raises(Refusal) as refusal:
        read_ledger(content)
    assert refusal.value.code == "empty_ledger"


def test_every_heading_says_what_to_fill_in_and_required_ones_bear_a_star():
    for layout, columns in LAYOUTS.items():
        _, book = template(layout)
        for place, name in enumerate(columns, 1):
            cell = book[SHEET].cell(FIRST_ROW, place)
            assert cell.value.removesuffix(" *") == heading(name)
            assert len(cell.comment.text) >= 5
            assert cell.value.endswith("*") == cell.comment.text.startswith("必填")


def test_drop_downs_are_fed_from_the_hidden_sheet_however_long_they_are():
    _, book = template("five")
    rules = {str(rule.sqref): rule for rule in book[SHEET].data_validations.dataValidation}
    for place, name in enumerate(LAYOUTS["five"]):
        letter = openpyxl.utils.get_column_letter(place + 1)
        rule = rules.get(f"{letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + 20_000}")
        assert (rule is not None) == (name in CHOICES), name
        if rule:
            offered = book[OPTIONS][rule.formula1.lstrip("=").split("!")[1].replace("$", "")]
            values = [str(row[0].value) for row in offered]
            assert values == CHOICES[name]
            assert all(row[0].data_type != "f" for row in offered)
    assert rules[f"I{FIRST_ROW + 1}:I{FIRST_ROW + 20_000}"].showErrorMessage in (False, None)


def test_a_filled_template_is_read_and_the_samples_are_not():
    _, book = template()
    sheet = book[SHEET]
    for place, name in enumerate(LAYOUTS["ls"], 1):
        sheet.cell(FIRST_ROW + 1, place).value = {F.POINT: "锅炉", F.SOURCE: "爆燃", F.L: 3, F.S: 5}.get(name)
    buffer = io.BytesIO()
    book.save(buffer)
    [line] = read_ledger(buffer.getvalue()).lines
    assert dict(line.texts) == {F.POINT: "锅炉", F.SOURCE: "爆燃", F.L: "3", F.S: "5"}


LS, LEC = "ls-shandong", "lec-four"


@pytest.mark.parametrize(("layout", "profiles"), [("ls", (LS, LS)), ("lec", (LEC, LEC)), ("five", (LS, LEC))])
def test_the_samples_are_what_the_product_would_take(layout, profiles):
    _, book = template(layout)
    buffer = io.BytesIO()
    book[SAMPLES].title = "试填"
    book.save(buffer)
    lines = [line for line in read_ledger(buffer.getvalue()).lines if line.sheet == "试填"]
    assert len(lines) == 2
    for line, profile in zip(lines, profiles, strict=True):
        assert line.texts[F.CATEGORY] in CHOICES[F.CATEGORY]
        assert line.texts[F.FACTOR_CLASS] in CHOICES[F.FACTOR_CLASS]
        assert set(line.texts[F.ACCIDENTS].split("、")) <= ACCIDENT_TYPES
        factors = {name: line.texts[name] for name in FACTORS if name in line.texts}
        assert grade(describe(profile)["method"], factors, profile).level


def test_a_template_without_choices_has_no_drop_downs():
    content = template_workbook(layout="ls", enterprise="东湖化工", choices={})
    assert not openpyxl.load_workbook(io.BytesIO(content))[SHEET].data_validations.dataValidation


def test_the_notes_and_the_guidance_say_what_an_import_does_with_blank_cells():
    _, book = template("five")
    said = {name: book[SHEET].cell(FIRST_ROW, place).comment.text for place, name in enumerate(LAYOUTS["five"], 1)}
    assert f"不填为{BASES[BASIS_UNSAID]}" in said[F.BASIS]
    assert "空着则不变" in said[F.PPE]
    assert all("按名称对应" in said[name] for name in (F.POINT_CODE, F.SOURCE_CODE))
    guidance = "".join(str(row[0]) for row in book["填写说明"].iter_rows(values_only=True))
    assert "空着的单元格保持不变" in guidance
