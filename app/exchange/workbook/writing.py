"""A risk ledger as a workbook (pure): written row by row, so that its length costs no memory.

Whatever users typed is written as text and stays text: no formula, no link, no number comes of it.
"""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import xlsxwriter

from app.exchange.workbook.columns import LAYOUTS, SHEET, coloured, drawn, heading, width
from app.exchange.workbook.sheet import DIRECTLY_JUDGED, Field
from app.exchange.workbook.texts import NUMBERS
from app.printing.workbooks import HEADING, PLAIN, SMALL, TITLE, cleaned
from risk_models import RiskLevel

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,13})(?:\.\d{0,5}[1-9])?", re.ASCII)
_BEGINS_FORMULA = ("=", "+", "-", "@")


def ledger_workbook(rows: Iterable[Mapping[Field, str]], *, layout: str, enterprise: str, shown_on: date) -> bytes:
    """Write the ledger in the columns of a layout, ls, lec or five; what `read_ledger` reads of it are the same texts.

    The rows are taken one at a time, so they may come from a query that streams. A level stands on its colour.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, dict(PLAIN)) as workbook:
        sheet = workbook.add_worksheet(SHEET)
        columns = LAYOUTS[layout]
        begin(workbook, sheet, columns, f"{enterprise}  {SHEET}", f"导出日期：{shown_on.isoformat()}")
        last = _write_rows(workbook, sheet, columns, rows)
        sheet.autofilter(FIRST_ROW - 1, 0, max(last, FIRST_ROW), len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    return content.getvalue()


FIRST_ROW = 3  # of the rows below title, note and headings, from 0


def begin(workbook: Any, sheet: Any, columns: tuple[Field, ...], title: str, note: str) -> None:
    """Draw what stands above the rows: title, note, headings that stay in sight; and how wide the columns are."""
    for place, name in enumerate(columns):
        sheet.set_column(place, place, width(name))
    sheet.write_string(0, 0, cleaned(title), workbook.add_format(TITLE))
    sheet.write_string(1, 0, cleaned(note), workbook.add_format(SMALL))
    sheet.set_row(FIRST_ROW - 1, 32)
    style = workbook.add_format(HEADING)
    for place, name in enumerate(columns):
        sheet.write_string(FIRST_ROW - 1, place, heading(name), style)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 1)


def _write_rows(workbook: Any, sheet: Any, columns: tuple[Field, ...], rows: Iterable[Mapping[Field, str]]) -> int:
    """Write the rows and return the last one's number, from 0."""
    styles = [(place, name, workbook.add_format(drawn(name))) for place, name in enumerate(columns)]
    quoted = {name: workbook.add_format({**drawn(name), "quote_prefix": True}) for name in columns}
    colours = {level.label: workbook.add_format(coloured(level)) for level in RiskLevel}
    colours |= {f"{label}（{DIRECTLY_JUDGED}）": colour for label, colour in colours.items()}
    string, number, blank, place = sheet.write_string, sheet.write_number, sheet.write_blank, FIRST_ROW - 1
    for place, row in enumerate(rows, FIRST_ROW):
        for column, name, style in styles:
            text = row.get(name, "")
            if not text:
                blank(place, column, None, style)
            elif name is Field.LEVEL and text in colours:
                string(place, column, text, colours[text])
            elif name in NUMBERS and _NUMBER.fullmatch(text):
                number(place, column, float(text), style)
            elif text.startswith(_BEGINS_FORMULA):
                # Marked as text, or it would become a formula when somebody edits the cell.
                string(place, column, cleaned(text), quoted[name])
            else:
                string(place, column, cleaned(text), style)
    return place
