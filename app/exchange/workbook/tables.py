"""A table of texts as a workbook or as CSV (pure): row by row, and whatever users typed stays text.

A CSV opens in a spreadsheet too, so a text that a spreadsheet would take for a formula goes behind an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import xlsxwriter

from app.exchange.workbook.columns import DRAWN, HEADING, SMALL, TITLE
from app.exchange.workbook.writing import PLAIN, cleaned

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
BOM = "\ufeff"  # by which a spreadsheet knows the file is UTF-8
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


def as_workbook(table: Table) -> bytes:
    """The table as .xlsx, headings in sight and every cell a text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, dict(PLAIN)) as workbook:
        sheet = workbook.add_worksheet(table.title[:31])
        sheet.write_string(0, 0, cleaned(table.title), workbook.add_format(TITLE))
        sheet.write_string(1, 0, cleaned(table.note), workbook.add_format(SMALL))
        heading, drawn = workbook.add_format(HEADING), workbook.add_format(DRAWN)
        quoted = workbook.add_format({**DRAWN, "quote_prefix": True})
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(2, place, column.heading, heading)
        last = 2
        for last, row in enumerate(table.rows, 3):
            for place, text in enumerate(row):
                if text:
                    sheet.write_string(last, place, cleaned(text), quoted if text.startswith(FORMULA) else drawn)
                else:
                    sheet.write_blank(last, place, None, drawn)
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, max(last, 3), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    return content.getvalue()


def as_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8: headings and rows alone."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([column.heading for column in table.columns])
    writer.writerows(_guarded(table.rows))
    return text.getvalue().encode("utf-8")


def _guarded(rows: Rows) -> Iterator[list[str]]:
    for row in rows:
        yield [f"'{text}" if text.startswith(FORMULA) else text for text in row]
