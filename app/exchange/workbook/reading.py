"""The lines of a risk ledger out of a workbook (pure): which sheets, which rows, and what each cell says."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.core.errors import Invalid
from app.exchange.workbook.counting import Place, irregular
from app.exchange.workbook.headings import MOST_COLUMNS, Headings, Missing, recognise, skipped, spoken
from app.exchange.workbook.opening import opened
from app.exchange.workbook.sheet import Field, Ledger, Line, Problem
from app.exchange.workbook.texts import FACTORS, texts_of

# A row that says no more than this says nothing: numbers and formulas are often drawn on far below the last row.
_NOTHING_ALONE = frozenset({Field.NUMBER, Field.SCORE, Field.LEVEL, Field.BASIS})
_FOOTER = re.compile(
    r"\s*(合计|总计|小计|备\s*注|注\s*[:：]|说\s*明|填\s*表|制\s*表|填\s*报|编\s*制|审\s*核|审\s*批|批\s*准|会\s*签)"
)


@dataclass(frozen=True)
class Grid:
    """The cells of a sheet, merged ones filled; by row the columns filled so, and those filled from their own row."""

    rows: list[list[Any]]
    filled: Mapping[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    across: Mapping[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def read_ledger(content: bytes) -> Ledger:
    """Read every ledger of a workbook; what a cell cannot say is a problem at its place and missing from its line.

    Raises what `opened` raises for a file that may not be read, and Invalid where no sheet has the headings of a
    ledger or none has a row.
    """
    workbook = opened(content)
    ledgers, others, unread = [], [], []
    for name, grid in _grids(workbook.content):
        found = recognise(grid.rows)
        if isinstance(found, Headings):
            ledgers.append((name, grid, found))
        else:
            others.append((name, found))
            unread += [name] if any(value != "" for row in grid.rows for value in row) else []
    if not ledgers:
        raise _no_ledger(others)
    read = [_read(name, grid, found, workbook.flaws.get(name, {})) for name, grid, found in ledgers]
    lines = [line for found, _ in read for line in found]
    problems = [problem for _, found in read for problem in found]
    if not lines and not problems:
        raise Invalid("台账里没有数据行。请在表头下面逐行填写危险源，保存后再上传。", code="empty_ledger")
    return Ledger(
        layout=ledgers[0][2].layout,
        lines=lines,
        columns={
            name: {what: column + 1 for what, column in found.columns.items()} for name, _, found in ledgers
        },
        problems=problems,
        ignored={
            **{name: found.ignored for name, _, found in ledgers},
            **dict.fromkeys(unread, ("整个工作表没有台账的表头，没有读取",)),
        },
    )  # fmt: skip


def _grids(content: bytes) -> Iterator[tuple[str, Grid]]:
    """The sheets a person sees, but those that are never a ledger."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for sheet in workbook.sheets_metadata:
                seen = sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
                if seen and not skipped(sheet.name):
                    yield sheet.name, _grid(workbook.get_sheet_by_name(sheet.name))
    except Exception:  # noqa: BLE001 - a reader raises what it likes on what no program would write
        raise irregular() from None


def _grid(sheet: CalamineSheet) -> Grid:
    grid = Grid(sheet.to_python(skip_empty_area=False))
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(grid.rows) or left >= len(grid.rows[top]):
            continue
        value = grid.rows[top][left]
        for place in range(top, min(bottom + 1, len(grid.rows))):
            row = grid.rows[place]
            covered = range(left + (place == top), min(right + 1, len(row), MOST_COLUMNS))
            for column in covered:
                row[column] = value
            grid.filled[place].update(covered)
            grid.across[place].update(range(left + 1, covered.stop))
    return grid


def _read(name: str, grid: Grid, headings: Headings, flaws: Mapping[Place, str]) -> tuple[list[Line], list[Problem]]:
    """The lines of one sheet and the problems of its cells, both from the top down."""
    places = list(_places(grid, headings))
    given = {Field.BASIS: headings.basis} if headings.basis and Field.BASIS not in headings.columns else {}
    said: list[list[str]] = []
    problems = list(_flawed(name, headings, flaws, {place + 1 for place in places}))
    for what, column in headings.columns.items():
        values = _hashed([grid.rows[place][column] for place in places])
        texts, amiss = texts_of(what, values)
        said.append(texts)
        problems += [
            Problem(name, place + 1, column + 1, headings.heading(what), amiss[value])
            for place, value in (zip(places, values, strict=True) if amiss else ())
            if value in amiss and column not in grid.filled.get(place, ())
        ]
    fields = list(headings.columns)
    lines = [
        Line(name, place + 1, {what: text for what, text in zip(fields, texts, strict=True) if text} | given)
        for place, texts in zip(places, zip(*said, strict=True), strict=True)
    ]
    return lines, sorted(problems, key=lambda problem: (problem.row, problem.column))


def _hashed(values: list[Any]) -> list[Any]:
    """Values as they are looked up by: True is not the number 1."""
    if bool in set(map(type, values)):
        return [str(value).upper() if isinstance(value, bool) else value for value in values]
    return values


def _places(grid: Grid, headings: Headings) -> Iterator[int]:
    """The rows that are lines of the ledger: not blank, no heading again, no heading of a section, no footer."""
    columns = headings.columns
    telling = [column for what, column in columns.items() if what not in _NOTHING_ALONE]
    block = grid.rows[max(headings.first_row - 3, 0) : headings.first_row]
    again = {column: {row[column] for row in block} - {""} for column in columns.values()}
    factors = [columns[what] for what in FACTORS if what in columns]
    source = columns[Field.SOURCE]
    for place in range(headings.first_row, len(grid.rows)):
        row, filled = grid.rows[place], grid.filled.get(place, ())
        if not any(_says(row[column]) and column not in filled for column in telling):
            continue
        if source not in filled and _says(row[source]):
            if row[source] not in again[source]:
                yield place
                continue
        elif _is_footer(row):
            continue
        if source in grid.across.get(place, ()) and not any(
            _says(row[column]) and column not in filled for column in factors
        ):
            continue
        if not _repeats(row, again):
            yield place


def _says(cell: object) -> bool:
    return cell != "" and (not isinstance(cell, str) or not cell.isspace())


def _is_footer(row: Sequence[object]) -> bool:
    first = next((cell for cell in row if _says(cell)), "")
    return isinstance(first, str) and _FOOTER.match(first) is not None


def _repeats(row: Sequence[object], again: Mapping[int, set[object]]) -> bool:
    """Whether a row is the headings once more, as they are when a long ledger is printed."""
    said = [column for column in again if _says(row[column])]
    same = sum(row[column] in again[column] for column in said)
    return same >= 2 and 2 * same >= len(said)


def _flawed(name: str, headings: Headings, flaws: Mapping[Place, str], rows: set[int]) -> Iterator[Problem]:
    """The cells without a value that matter: of a line, or standing where a line would say something."""
    fields = {column + 1: what for what, column in headings.columns.items()}
    for (row, column), message in flaws.items():
        what = fields.get(column)
        if what and row > headings.first_row and (row in rows or what not in _NOTHING_ALONE):
            yield Problem(name, row, column, headings.heading(what), message)


def _no_ledger(others: Sequence[tuple[str, Missing]]) -> Invalid:
    """The refusal of a workbook without a ledger: what was looked for, and what the likeliest sheet lacks."""
    sought = "风险点、危险源，以及 L、S（LS 法）或 L、E、C（LEC 法）"
    name, nearest = max(others, key=lambda other: len(other[1].found), default=("", None))
    if nearest is None or not nearest.found:
        detail = f"没有找到台账的表头。每张表的前 15 行里要有：{sought}。请使用模板，或补上表头后再上传。"
    else:
        lacking = "、".join(spoken(what) for what in nearest.missing)
        detail = f"工作表“{name}”的表头缺少：{lacking}。台账要有：{sought}。请补上这些列，或使用模板。"
    return Invalid(detail, code="no_ledger")
