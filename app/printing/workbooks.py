"""Tables of texts as a workbook or as CSV (pure): row by row, and whatever users typed stays text.

A CSV opens in a spreadsheet too, so a text that a spreadsheet would take for a formula goes behind an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from app.core.fields import UNSEEN

PLAIN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
DRAWN: dict[str, Any] = {
    "border": 1,
    "border_color": "#bfbfbf",
    "text_wrap": True,
    "valign": "vcenter",
    "font_size": 10,
}
TITLE: dict[str, Any] = {"bold": True, "font_size": 16}
SMALL: dict[str, Any] = {"font_size": 9, "font_color": "#595959"}
HEADING: dict[str, Any] = {**DRAWN, "bold": True, "align": "center", "bg_color": "#d9e2f3"}
MOST_CHARACTERS = 32_767  # of a cell; no spreadsheet takes more
CUT = "……（超出单元格上限，未全部列出）"  # how a cell ends that could not hold all; it is never read as content
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
BOM = "\ufeff"  # by which a spreadsheet knows the file is UTF-8
_SHOWN = "\N{REPLACEMENT CHARACTER}"
_FIRST_ROW = 3  # of the rows below title, note and headings, from 0
_A3 = 8
_NAME = 31  # characters of a sheet's name
Rows = Iterable[Sequence[str]]


@dataclass(frozen=True)
class Column:
    """One column: its heading, and how wide it is drawn, in characters."""

    heading: str
    width: int = 12


@dataclass(frozen=True)
class Table:
    """A table with its title, a note below that, and rows that may come from a query as it streams."""

    title: str
    note: str
    columns: Sequence[Column]
    rows: Rows


def columns(*described: tuple[str, int]) -> tuple[Column, ...]:
    """Columns by heading and width."""
    return tuple(Column(heading, width) for heading, width in described)


def as_workbook(*tables: Table) -> bytes:
    """The tables as .xlsx, a sheet each, headings in sight and every cell a text; their titles name the sheets."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, dict(PLAIN)) as workbook:
        for number, table in enumerate(tables, 1):
            mark = f" {number}" if number > 1 else ""
            _write(workbook, workbook.add_worksheet(table.title[: _NAME - len(mark)] + mark), table)
    return content.getvalue()


def _write(workbook: Any, sheet: Any, table: Table) -> None:
    sheet.write_string(0, 0, cleaned(table.title), workbook.add_format(TITLE))
    sheet.write_string(1, 0, cleaned(table.note), workbook.add_format(SMALL))
    heading, drawn = workbook.add_format(HEADING), workbook.add_format(DRAWN)
    quoted = workbook.add_format({**DRAWN, "quote_prefix": True})
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_FIRST_ROW - 1, place, column.heading, heading)
    last = _FIRST_ROW - 1
    for last, row in enumerate(table.rows, _FIRST_ROW):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(last, place, cleaned(text), quoted if text.startswith(FORMULA) else drawn)
            else:
                sheet.write_blank(last, place, None, drawn)
    sheet.freeze_panes(_FIRST_ROW, 0)
    sheet.autofilter(_FIRST_ROW - 1, 0, max(last, _FIRST_ROW), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST_ROW - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})


def as_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8: headings and rows alone."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    writer.writerows(_guarded(table.rows))
    return text.getvalue().encode("utf-8")


def cleaned(text: str) -> str:
    """A text as a cell can hold it: what cannot be seen stands as �, what is too long is cut and says so."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1 - len(CUT)] + CUT
    if UNSEEN.search(text) or "\r" in text or "\ufffe" in text or "\uffff" in text:
        text = UNSEEN.sub(_SHOWN, text.replace("\r\n", "\n").replace("\r", "\n"))
        text = text.replace("\ufffe", _SHOWN).replace("\uffff", _SHOWN)  # no XML may hold these two
    return text


def _guarded(rows: Rows) -> Iterator[list[str]]:
    for row in rows:
        yield [f"'{text}" if text.startswith(FORMULA) else text for text in row]
