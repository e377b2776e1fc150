"""The four-colour map 安全风险四色图: the floor plan with each zone in the colour of its level, on A3 landscape.

Every level stands in words beside its colour. A zone that is not assessed is hatched, never blue. The points are
numbered dots; the list beside the map names points and zones in full and goes on over further pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from math import cos, radians, sin

from reportlab.lib.colors import black, white
from reportlab.lib.utils import ImageReader

from app.printing.page import A3_LANDSCAPE, FOOT, GREY, LEADING, MARGIN, MM, RULE, Sheet, paint, shorten
from app.printing.placing import Box, Point, bounds, place, spread
from app.printing.tables import Row, flow
from qr import fonts
from risk_models import RiskLevel

_WIDTH = A3_LANDSCAPE[0] - 2 * MARGIN
_TOP = A3_LANDSCAPE[1] - MARGIN
_TITLE = 19 * MM
_SIDE = 98 * MM
_LEGEND = 62 * MM
_GAP = 6 * MM
_FRAME = Box(MARGIN, MARGIN + FOOT, MARGIN + _WIDTH - _SIDE - _GAP, _TOP - _TITLE)
_DOT = 2.6 * MM
_OPACITY = 0.45
_SIZE = 9.0
_LINE = _SIZE * LEADING
_PADDING = 3.0
_LIST_HEADING = 16.0
_COLUMNS_PER_PAGE = 4
_LIST_COLUMNS = (("序号", 10 * MM), ("编号", 19 * MM), ("名称", 41 * MM), ("等级", 28 * MM))


_Entry = tuple[Row, RiskLevel | None]


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A risk zone: its outline in plan coordinates, and its level, None when not assessed."""

    name: str
    polygon: tuple[Point, ...]
    level: RiskLevel | None


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A risk point at x, y in plan coordinates."""

    code: str
    name: str
    level: RiskLevel | None
    x: float
    y: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FourColourMap:
    """What one map shows; plan coordinates run from the upper left corner, x to the right and y downwards."""

    enterprise: str
    title: str
    plan_width: float
    plan_height: float
    background: bytes | None
    """The floor plan as a PNG that fills plan_width × plan_height."""
    zones: tuple[ZoneShape, ...]
    points: tuple[MapPoint, ...]
    shows: str
    """Which level is shown, such as 现状风险等级."""
    version: str
    drawn_on: date
    north: float = 0.0
    """Where north points, in degrees clockwise from the top of the plan."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the plan lies on the page, and its scale in points per plan unit."""

    left: float
    top: float
    scale: float

    def at(self, point: Point) -> Point:
        """Return a plan coordinate as a place on the page."""
        return self.left + point[0] * self.scale, self.top - point[1] * self.scale


def four_colour_map(plan: FourColourMap) -> bytes:
    """Return the map as a PDF: the plan with legend, north and list of points, and the rest of a long list.

    Raises ValueError when the plan has no size or a zone fewer than three corners.
    """
    if plan.plan_width <= 0 or plan.plan_height <= 0:
        raise ValueError("平面图没有尺寸：请先设置平面图的宽和高。")
    for zone in plan.zones:
        if len(zone.polygon) < 3:
            raise ValueError(f"风险分区“{zone.name}”的边界少于三个点：请重新绘制边界。")
    sheet = Sheet(A3_LANDSCAPE, title=plan.title, enterprise=plan.enterprise, drawn_on=plan.drawn_on)
    columns = _list_columns(plan)
    pages = 1 + -(-(len(columns) - 1) // _COLUMNS_PER_PAGE)
    for page in range(pages):
        _draw_title(sheet, plan)
        if page == 0:
            _draw_plan(sheet, plan)
            _draw_legend(sheet, plan)
            _draw_list(sheet, columns[0], _FRAME.right + _GAP, _TOP - _TITLE - _LEGEND)
        else:
            first = 1 + (page - 1) * _COLUMNS_PER_PAGE
            for n, entries in enumerate(columns[first : first + _COLUMNS_PER_PAGE]):
                _draw_list(sheet, entries, MARGIN + n * (_SIDE + 2 * MM), _TOP - _TITLE)
        sheet.foot(plan.version, plan.drawn_on, page + 1, pages, said="绘制日期")
        sheet.next_page()
    return sheet.finish()


def _draw_title(sheet: Sheet, plan: FourColourMap) -> None:
    sheet.text(shorten(fonts.wrap(plan.title, _WIDTH, 24, fonts.BOLD), 1), MARGIN, _TOP, 24, font=fonts.BOLD)
    said = f"{plan.enterprise}　图中颜色表示：{plan.shows}"
    sheet.text(shorten(fonts.wrap(said, _WIDTH, 11), 1), MARGIN, _TOP - 11.5 * MM, 11)


def _draw_plan(sheet: Sheet, plan: FourColourMap) -> None:
    room = (_FRAME.right - _FRAME.left, _FRAME.top - _FRAME.bottom)
    scale = min(room[0] / plan.plan_width, room[1] / plan.plan_height)
    width, height = plan.plan_width * scale, plan.plan_height * scale
    on_page = _Plan(_FRAME.left + (room[0] - width) / 2, _FRAME.top - (room[1] - height) / 2, scale)
    area = Box(on_page.left, on_page.top - height, on_page.left + width, on_page.top)
    sheet.canvas.saveState()
    sheet.clip([(area.left, area.bottom), (area.right, area.bottom), (area.right, area.top), (area.left, area.top)])
    if plan.background is not None:
        sheet.canvas.drawImage(
            ImageReader(BytesIO(plan.background)), area.left, area.bottom, width, height, mask="auto"
        )
    shapes = [[on_page.at(corner) for corner in zone.polygon] for zone in plan.zones]
    for zone, shape in zip(plan.zones, shapes, strict=True):
        _draw_zone(sheet, shape, zone.level)
    true_places = [on_page.at((point.x, point.y)) for point in plan.points]
    places = spread(true_places, _DOT + 0.5, area)
    taken = [Box.around(middle, 2 * _DOT, 2 * _DOT) for middle in places]
    for zone, shape in zip(plan.zones, shapes, strict=True):
        taken.append(_draw_zone_label(sheet, zone, shape, taken, area))
    sheet.rules([(*true, *middle) for true, middle in zip(true_places, places, strict=True) if true != middle])
    sheet.canvas.restoreState()
    for number, (point, middle) in enumerate(zip(plan.points, places, strict=True), 1):
        _draw_dot(sheet, number, point, middle)
    sheet.box(area.left, area.bottom, width, height, line=0.8)


def _draw_zone(sheet: Sheet, shape: Sequence[Point], level: RiskLevel | None) -> None:
    sheet.canvas.saveState()
    if level is None:
        _hatch(sheet, shape)
    else:
        sheet.canvas.setFillAlpha(_OPACITY)
        sheet.polygon(shape, fill=paint(level).fill)
    sheet.polygon(shape, outline=paint(level).fill if level else RULE, line=2.0)
    sheet.canvas.restoreState()


def _hatch(sheet: Sheet, shape: Sequence[Point]) -> None:
    frame = bounds(shape)
    sheet.canvas.saveState()
    sheet.clip(shape)
    height = frame.top - frame.bottom
    starts = range(int(frame.left - height), int(frame.right) + 1, 7)
    sheet.rules([(x, frame.bottom, x + height, frame.top) for x in starts], 0.4)
    sheet.canvas.restoreState()


def _draw_zone_label(sheet: Sheet, zone: ZoneShape, shape: Sequence[Point], taken: Sequence[Box], within: Box) -> Box:
    """Write name and level on a light ground within the zone and return where they stand."""
    frame = bounds(shape)
    room = max(frame.right - frame.left - 8, 22 * MM)
    size = min(13.0, max(8.0, room / 9))
    name = shorten(fonts.wrap(zone.name, room, size, fonts.BOLD), 2)
    words = fonts.wrap(paint(zone.level).words, room, size, fonts.BOLD)
    lines = [*name, *words]
    width = max(fonts.width(line, size, fonts.BOLD) for line in lines) + 6
    box = place(shape, width, len(lines) * size * LEADING + 2, taken, within)
    sheet.canvas.saveState()
    sheet.canvas.setFillAlpha(0.8)
    sheet.box(box.left, box.bottom, box.right - box.left, box.top - box.bottom, fill=white)
    sheet.canvas.restoreState()
    sheet.text(lines, (box.left + box.right) / 2, box.top - 1, size, font=fonts.BOLD, align="centre")
    return box


def _draw_dot(sheet: Sheet, number: int, point: MapPoint, middle: Point) -> None:
    colours = paint(point.level)
    sheet.dot(middle, _DOT, fill=colours.fill)
    size = 8.0 if number < 100 else 6.5
    top = middle[1] + size * LEADING / 2
    sheet.text([str(number)], middle[0], top, size, font=fonts.BOLD, ink=colours.ink, align="centre")


def _draw_legend(sheet: Sheet, plan: FourColourMap) -> None:
    left, top = _FRAME.right + _GAP, _TOP - _TITLE
    sheet.text(["图例"], left, top, 13, font=fonts.BOLD)
    zones = [zone.level for zone in plan.zones]
    points = [point.level for point in plan.points]
    for n, level in enumerate([*RiskLevel, None]):
        row = top - 22 - n * 22
        swatch = [(left, row - 16), (left + 34, row - 16), (left + 34, row), (left, row)]
        sheet.polygon(swatch, fill=paint(level).fill)
        if level is None:
            _hatch(sheet, swatch)
        sheet.polygon(swatch, outline=RULE, line=0.6)
        sheet.text([paint(level).words], left + 42, row + 1, 12)
        counts = f"分区 {zones.count(level)}　风险点 {points.count(level)}"
        sheet.text([counts], left + _SIDE, row, 9.5, align="right", ink=RULE)
    sheet.text(["带编号的圆点为风险点，名称见下表；分区按其中最高等级着色。"], left, top - 136, 9, ink=RULE)
    _draw_north(sheet, (left + _SIDE - 14, top + 8), plan.north)


def _draw_north(sheet: Sheet, middle: Point, north: float) -> None:
    """Draw an arrow to the north, with its letter at the tip."""
    angle = radians(north)
    along, across = (sin(angle), cos(angle)), (cos(angle), -sin(angle))

    def at(forward: float, aside: float) -> Point:
        return (
            middle[0] + forward * along[0] + aside * across[0],
            middle[1] + forward * along[1] + aside * across[1],
        )

    sheet.polygon([at(14, 0), at(-14, 8), at(-8, 0), at(-14, -8)], fill=black)
    letter = at(22, 0)
    sheet.text(["北"], letter[0], letter[1] + 12 * LEADING / 2, 12, font=fonts.BOLD, align="centre")


def _list_columns(plan: FourColourMap) -> list[list[_Entry]]:
    """Lay the list in columns: the first beside the map under the legend, the others on pages of their own."""
    listed = [(str(n), point.code, point.name, point.level) for n, point in enumerate(plan.points, 1)]
    listed += [("", "分区", zone.name, zone.level) for zone in plan.zones]
    rows = []
    for n, (*texts, level) in enumerate(listed):
        cells = zip((*texts, paint(level).words), _LIST_COLUMNS, strict=True)
        rows.append(Row(tuple(fonts.wrap(text, width - 5, _SIZE) for text, (_, width) in cells), place=n))
    room = _TOP - _TITLE - _LIST_HEADING - MARGIN - FOOT
    columns = flow(rows, lambda column: room - (0 if column else _LEGEND), _LINE, _PADDING)
    return [[(row, listed[row.place][3]) for row in column] for column in columns]


def _draw_list(sheet: Sheet, entries: Sequence[_Entry], left: float, top: float) -> None:
    edges = [left + sum(width for _, width in _LIST_COLUMNS[:n]) for n in range(len(_LIST_COLUMNS) + 1)]
    sheet.box(left, top - _LIST_HEADING, _SIDE, _LIST_HEADING, fill=GREY)
    for (name, _), x in zip(_LIST_COLUMNS, edges, strict=False):
        sheet.text([name], x + 3, top - 2, 9, font=fonts.BOLD)
    y = top - _LIST_HEADING
    ruled = [top, y]
    for row, level in entries:
        height = row.lines * _LINE + _PADDING
        colours = paint(level)
        sheet.box(edges[-2], y - height, edges[-1] - edges[-2], height, fill=colours.fill)
        for cell, x, ink in zip(row.cells, edges, (black, black, black, colours.ink), strict=False):
            sheet.text(cell, x + 3, y - _PADDING / 2, _SIZE, ink=ink)
        y -= height
        ruled.append(y)
    sheet.rules([(left, ruling, left + _SIDE, ruling) for ruling in ruled], 0.4)
    sheet.rules([(x, top, x, y) for x in edges], 0.4)
