"""A user's own workbook with what is wrong marked in it (pure): the cells red with a note, and a sheet that lists all.

Formulas, merged cells, widths and pictures stay; charts and drawn shapes are lost, which the program that writes the
workbook cannot keep. Marks of an earlier check are taken away first.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from app.exchange.workbook.counting import irregular
from app.exchange.workbook.opening import opened
from app.exchange.workbook.sheet import Problem
from app.exchange.workbook.texts import shown
from app.printing.workbooks import cleaned

LISTED = "问题清单"
AUTHOR = "双重预防"
MARK = "【导入检查】"  # begins what is added to a note; by it the marks of an earlier check are known
MOST_MARKED = 5_000  # problems that are marked and listed; beyond that a person starts over anyway
_RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_KEPT_PICTURES = ("png", "jpeg", "gif")  # others would be decoded anew, at whatever size they claim
_WIDTHS = (24, 8, 18, 40, 70)


def marked(content: bytes, problems: Sequence[Problem]) -> bytes:
    """Return the workbook with its problems marked. Raises what `opened` raises."""
    opened(content)
    workbook = _loaded(content)
    if LISTED in workbook.sheetnames:
        del workbook[LISTED]
    for sheet in workbook.worksheets:
        _unmark(sheet)
        sheet._images = [image for image in sheet._images if image.format in _KEPT_PICTURES]
    told = list(problems[:MOST_MARKED])
    rows = list(_listed(workbook, told))
    for name, by_place in _by_sheet(told).items():
        if name in workbook.sheetnames:
            _mark(workbook[name], by_place)
    _write_list(workbook, rows, len(problems) - len(told))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _loaded(content: bytes) -> Workbook:
    try:
        return load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # noqa: BLE001 - it raises what it likes on styles or drawings no program would write
        raise irregular() from None


def _unmark(sheet: Any) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, MergedCell) and cell.comment and MARK in cell.comment.text:
                before = cell.comment.text.partition(MARK)[0].rstrip("\n")
                cell.comment = Comment(before, cell.comment.author) if before else None
                cell.fill = PatternFill()


def _by_sheet(problems: Iterable[Problem]) -> Mapping[str, Mapping[tuple[int, int], list[str]]]:
    """The messages of each place; what concerns a whole row stands in its first column."""
    found: dict[str, dict[tuple[int, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        found[problem.sheet][problem.row, problem.column or 1].append(problem.message)
    return found


def _mark(sheet: Any, by_place: Mapping[tuple[int, int], list[str]]) -> None:
    for (row, column), messages in by_place.items():
        cell = _top_left(sheet, sheet.cell(row, column))
        before = f"{cell.comment.text}\n" if cell.comment else ""
        author = cell.comment.author if cell.comment else AUTHOR
        cell.comment = Comment(before + MARK + cleaned("\n".join(messages)), author, height=120, width=280)
        cell.fill = _RED


def _top_left(sheet: Any, cell: Any) -> Any:
    """The cell itself, or the first one of the merged range that hides it."""
    if not isinstance(cell, MergedCell):
        return cell
    found = next(merged for merged in sheet.merged_cells.ranges if cell.coordinate in merged)
    return sheet.cell(found.min_row, found.min_col)


def _listed(workbook: Workbook, problems: Iterable[Problem]) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the list: where, what stands there, what is wrong with it."""
    for problem in problems:
        held = ""
        if problem.column and problem.sheet in workbook.sheetnames:
            sheet = workbook[problem.sheet]
            value = _top_left(sheet, sheet.cell(problem.row, problem.column)).value
            held = "" if value is None else shown(value if isinstance(value, str | int | float) else str(value))
        letter = get_column_letter(problem.column) if problem.column else ""
        yield problem.sheet, str(problem.row), f"{letter} {problem.heading}".strip(), held[:200], problem.message


def _write_list(workbook: Workbook, rows: Sequence[Sequence[str]], untold: int) -> None:
    sheet = workbook.create_sheet(LISTED)
    table = [("工作表", "行", "列", "内容", "问题"), *rows]
    if untold:
        table.append(("", "", "", "", f"另有 {untold} 处问题没有列出。请先改正上面的，再重新上传检查。"))
    for number, row in enumerate(table, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, cleaned(text))
            # What a user typed must not become a formula here, nor when somebody edits the cell.
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.quotePrefix = True
            cell.font = Font(bold=number == 1)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
