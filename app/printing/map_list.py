"""The list of a four-colour map: every point and lettered zone in full, in columns that go on where there is room."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reportlab.lib.colors import black

from app.printing.map_layout import GAP, Frame
from app.printing.page import GREY, LEADING, MM, Sheet, paint
from app.printing.placing import Box
from app.printing.tables import Row, flow
from qr import fonts
from risk_models import RiskLevel

Entry = tuple[Row, RiskLevel | None]

_SIZE = 9.0
_LINE = _SIZE * LEADING
_PADDING = 3.0
_HEADING = 16.0
_LEAST = 22 * MM
_NAMES = ("序号", "编号", "名称", "等级")
_NUMBER, _CODE, _LEVEL = 10 * MM, 19 * MM, 31 * MM


class Slot(NamedTuple):
    """Where a column of the list stands."""

    page: int
    left: float
    top: float


def slots_of(frame: Frame, area: Box, below_legend: float, maps: int) -> Callable[[int], Slot]:
    """Return where each column stands: below the legend, below the map, then on pages after those with the map."""
    below_map = area.bottom - GAP
    first = [Slot(0, frame.margin if frame.wide else frame.left_of(frame.columns - 1), below_legend)]
    others = range(1, frame.columns) if frame.wide else range(frame.columns - 1)
    first += [Slot(0, frame.left_of(column), below_map) for column in others]
    first = [slot for slot in first if slot.top - frame.bottom >= _LEAST]

    def slot(n: int) -> Slot:
        if n < len(first):
            return first[n]
        page, column = divmod(n - len(first), frame.columns)
        return Slot(maps + page, frame.left_of(column), frame.top)

    return slot


def list_columns(frame: Frame, letters: Sequence[str], slot: Callable[[int], Slot]) -> list[list[Entry]]:
    """Deal the list out over its columns: points by number, those no plan shows, then zones that have a letter."""
    content = frame.content
    listed = [(str(n), point.code, point.name, point.words, point.level) for n, point in enumerate(content.points, 1)]
    listed += [("—", point.code, point.name, point.words, point.level) for point in content.elsewhere]
    zones = zip(letters, content.zones, strict=bool(letters))
    listed += [(letter, "分区", zone.name, zone.words, zone.level) for letter, zone in zones if letter]
    widths = _widths(frame.column)
    rows = []
    for n, (*texts, _) in enumerate(listed):
        cells = zip(texts, widths, strict=True)
        rows.append(Row(tuple(fonts.wrap(text, width - 5, _SIZE) for text, width in cells), place=n))
    columns = flow(rows, lambda n: slot(n).top - _HEADING - frame.bottom, _LINE, _PADDING)
    return [[(row, listed[row.place][4]) for row in column] for column in columns if column]


def draw_list(sheet: Sheet, entries: Sequence[Entry], left: float, top: float, width: float) -> None:
    """Draw one column of the list, hanging from `top`."""
    widths = _widths(width)
    edges = [left + sum(widths[:n]) for n in range(len(widths) + 1)]
    sheet.box(left, top - _HEADING, width, _HEADING, fill=GREY)
    for name, x in zip(_NAMES, edges, strict=False):
        sheet.text([name], x + 3, top - 2, _SIZE, font=fonts.BOLD)
    y = top - _HEADING
    ruled = [top, y]
    for row, level in entries:
        height = row.lines * _LINE + _PADDING
        colours = paint(level)
        sheet.box(edges[-2], y - height, edges[-1] - edges[-2], height, fill=colours.fill)
        for cell, x, ink in zip(row.cells, edges, (black, black, black, colours.ink), strict=False):
            sheet.text(cell, x + 3, y - _PADDING / 2, _SIZE, ink=ink)
        y -= height
        ruled.append(y)
    sheet.rules([(left, ruling, left + width, ruling) for ruling in ruled], 0.4)
    sheet.rules([(x, top, x, y) for x in edges], 0.4)


def _widths(column: float) -> tuple[float, ...]:
    return _NUMBER, _CODE, column - _NUMBER - _CODE - _LEVEL, _LEVEL
