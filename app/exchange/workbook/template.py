"""The workbook a safety manager fills in (pure): noted headings, drop-downs from a hidden sheet, samples, guidance."""

import io
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from app.exchange.workbook.columns import LAYOUTS, REQUIRED, SHEET, drawn, heading, width
from app.exchange.workbook.counting import MOST_ROWS
from app.exchange.workbook.sheet import Field
from app.exchange.workbook.texts import CODES, FACTORS, NUMBERS
from app.exchange.workbook.writing import FIRST_ROW, begin
from app.printing.workbooks import HEADING, PLAIN, TITLE, cleaned

OPTIONS, SAMPLES, GUIDANCE = "选项", "示例", "填写说明"
_ADVISED = (Field.ZONE, Field.UNIT, Field.PERSON)  # another name may be typed, and is then asked about
_FREE = (Field.ACCIDENTS,)  # several may be typed


def template_workbook(*, layout: str, enterprise: str, choices: Mapping[Field, Sequence[str]]) -> bytes:
    """Write the empty ledger of a layout. `choices` are what a column's drop-down offers; without any it has none."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {**PLAIN, "constant_memory": False, "in_memory": True}) as workbook:
        columns = LAYOUTS[layout]
        sheet = workbook.add_worksheet(SHEET)
        note = "带 * 的栏必填；鼠标停在表头上看说明。填写方法见“填写说明”，样子见“示例”。"
        begin(workbook, sheet, columns, f"{enterprise}  {SHEET}", note)
        _explain(workbook, sheet, columns)
        _write_samples(workbook, columns)
        _write_guidance(workbook)
        _offer(workbook, sheet, columns, choices)
    return content.getvalue()


def _explain(workbook: Any, sheet: Any, columns: tuple[Field, ...]) -> None:
    """A note on every heading, a star on those that must be filled, cells for codes that stay text."""
    required = workbook.add_format({**HEADING, "font_color": "#c00000"})
    for place, name in enumerate(columns):
        if name in REQUIRED:
            sheet.write_string(FIRST_ROW - 1, place, f"{heading(name)} *", required)
        sheet.write_comment(FIRST_ROW - 1, place, _said()["notes"][name], {"x_scale": 1.6, "y_scale": 0.9})
        look = {**drawn(name), "border": 0, **({"num_format": "@"} if name in CODES else {})}
        sheet.set_column(place, place, width(name), workbook.add_format(look))


def _write_samples(workbook: Any, columns: tuple[Field, ...]) -> None:
    sheet = workbook.add_worksheet(SAMPLES)
    begin(workbook, sheet, columns, SAMPLES, "这张表只供参考，不会导入。")
    styles = {name: workbook.add_format({**drawn(name), "font_color": "#7f7f7f"}) for name in columns}
    both = {Field.S, Field.C} <= set(columns)
    for row, sample in enumerate(_said()["samples"], FIRST_ROW):
        for place, name in enumerate(columns):
            text = sample.get(name, "")
            if name in FACTORS and both and name not in sample["in_five"]:
                continue
            if text and name in NUMBERS:
                sheet.write_number(row, place, float(text), styles[name])
            elif text:
                sheet.write_string(row, place, text, styles[name])


def _write_guidance(workbook: Any) -> None:
    sheet = workbook.add_worksheet(GUIDANCE)
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, GUIDANCE, workbook.add_format(TITLE))
    style = workbook.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    for row, line in enumerate(_said()["instructions"]["lines"], 2):
        sheet.write_string(row, 0, line, style)


def _offer(workbook: Any, sheet: Any, columns: tuple[Field, ...], choices: Mapping[Field, Sequence[str]]) -> None:
    """Drop-downs fed from a hidden sheet, for a list written into a cell may have no more than 255 characters."""
    options = workbook.add_worksheet(OPTIONS)
    options.hide()
    for place, name in enumerate(columns):
        offered = choices.get(name, ())
        if not offered:
            continue
        for row, text in enumerate(offered):
            if name in FACTORS:
                options.write_number(row, place, float(text))
            else:
                options.write_string(row, place, cleaned(text))
        letter = xl_col_to_name(place, True)
        source = f"={OPTIONS}!{letter}$1:{letter}${len(offered)}"
        sheet.data_validation(FIRST_ROW, place, FIRST_ROW + MOST_ROWS - 1, place, _validation(name, source))


def _validation(name: Field, source: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"validate": "list", "source": source}
    if name in _FREE:
        return {**rule, "show_error": False}
    if name in _ADVISED:
        advice = "列表里没有这个名称。请先在系统中建立，或从列表中选。"
        return {**rule, "error_type": "warning", "error_title": heading(name), "error_message": advice}
    return {**rule, "error_title": heading(name), "error_message": "请从下拉列表中选。"}


@cache
def _said() -> Mapping[str, Any]:
    """The texts of the template."""
    return tomllib.loads(files("app.exchange.workbook").joinpath("template.toml").read_text(encoding="utf-8"))
