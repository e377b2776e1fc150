"""The four-colour map 安全风险四色图: the floor plan with each zone in the colour of its level, on A3 landscape.

Every level stands in words beside its colour. A zone that is not assessed is hatched, never blue. The points are
numbered dots; the list names points and zones in full: beside the map, then below it, then on further pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from math import dist

from PIL import Image
from reportlab.lib.colors import black
from reportlab.lib.utils import ImageReader

from app.printing.labelling import Layout, lay_out
from app.printing.map_marks import DOT, draw_dot, draw_label, draw_north, draw_zone, hatch
from app.printing.page import A3_LANDSCAPE, FOOT, GREY, LEADING, MARGIN, MM, RULE, Sheet, paint, shorten
from app.printing.placing import Box, Point
from app.printing.tables import Row, flow
from qr import fonts
from risk_models import RiskLevel

_WIDTH = A3_LANDSCAPE[0] - 2 * MARGIN
_TOP = A3_LANDSCAPE[1] - MARGIN
_TITLE = 19 * MM
_SIDE = 98 * MM
_LEGEND = 62 * MM
_GAP = 6 * MM
_BOTTOM = MARGIN + FOOT
_HEIGHT = _TOP - _TITLE - _BOTTOM
_ROOM_FOR_DOT = DOT + 0.8
_LIGHT = 200
_SIZE = 9.0
_LINE = _SIZE * LEADING
_PADDING = 3.0
_LIST_HEADING = 16.0
_COLUMNS_PER_PAGE = 4
_LEAST_BELOW = 22 * MM
_BETWEEN = 2.5
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
    """A risk point at x, y in plan coordinates; `now` is what it is raised to, where that is above its level."""

    code: str
    name: str
    level: RiskLevel | None
    x: float
    y: float
    now: RiskLevel | None = None

    @property
    def words(self) -> str:
        """Its level in words, and the one it is raised to now."""
        raised = f"\n现 {paint(self.now).words}" if self.now else ""
        return paint(self.level).words + raised


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
class _Drawing:
    """The plan on the page: the area it fills, its zones, the places of its points, and how both are laid out."""

    area: Box
    wide: bool
    """Whether it takes the whole width, with the legend below it rather than beside it."""
    shapes: list[list[Point]]
    true_places: list[Point]
    layout: Layout

    @property
    def legend(self) -> Point:
        """The upper left corner of the legend."""
        below = (MARGIN, self.area.bottom - _GAP)
        return below if self.wide else (MARGIN + _WIDTH - _SIDE, _TOP - _TITLE)


def four_colour_map(plan: FourColourMap) -> bytes:
    """Return the map as a PDF: the plan with legend, north and list of points, and the rest of a long list.

    Raises ValueError when the plan has no size or a zone fewer than three corners.
    """
    if plan.plan_width <= 0 or plan.plan_height <= 0:
        raise ValueError("平面图没有尺寸：请先设置平面图的宽和高。")
    for zone in plan.zones:
        if len(zone.polygon) < 3:
            raise ValueError(f"风险分区“{zone.name}”的边界少于三个点：请重新绘制边界。")
    drawing = _drawing(plan)
    sheet = Sheet(A3_LANDSCAPE, title=plan.title, enterprise=plan.enterprise, drawn_on=plan.drawn_on)
    columns = _list_columns(plan, drawing)
    slots = [_slot(column, drawing) for column in range(len(columns))]
    pages = 1 + slots[-1][0]
    for page in range(pages):
        _draw_title(sheet, plan)
        if page == 0:
            _draw_plan(sheet, plan, drawing)
            _draw_legend(sheet, plan, drawing)
            draw_north(sheet, (MARGIN + _WIDTH - 14, _TOP - _TITLE + 20), plan.north)
        for entries, (on, left, top) in zip(columns, slots, strict=True):
            if on == page:
                _draw_list(sheet, entries, left, top)
        sheet.foot(plan.version, plan.drawn_on, page + 1, pages, said="绘制日期")
        sheet.next_page()
    return sheet.finish()


def _drawing(plan: FourColourMap) -> _Drawing:
    """Lay the plan out below the title, as large as it can be with the legend beside it or below it."""
    beside = min((_WIDTH - _SIDE - _GAP) / plan.plan_width, _HEIGHT / plan.plan_height)
    above = min(_WIDTH / plan.plan_width, (_HEIGHT - _GAP - _LEGEND) / plan.plan_height)
    scale, room = (above, _WIDTH) if above > beside else (beside, _WIDTH - _SIDE - _GAP)
    width, height = plan.plan_width * scale, plan.plan_height * scale
    left, top = MARGIN + (room - width) / 2, _TOP - _TITLE
    area = Box(left, top - height, left + width, top)

    def at(x: float, y: float) -> Point:
        return left + x * scale, top - y * scale

    shapes = [[at(*corner) for corner in zone.polygon] for zone in plan.zones]
    names = [(zone.name, paint(zone.level).words) for zone in plan.zones]
    places = [at(point.x, point.y) for point in plan.points]
    within = Box(area.left + 1, area.bottom + 1, area.right - 1, area.top - 1)
    layout = lay_out(shapes, names, places, _ROOM_FOR_DOT, within, _drawn(plan.background, area))
    return _Drawing(area, above > beside, shapes, places, layout)


def _drawn(background: bytes | None, area: Box) -> Callable[[Box], bool]:
    """Return what says whether the plan shows lines or text in a box; light surfaces such as roads do not count."""
    if background is None:
        return lambda box: False
    shades, opacity = Image.open(BytesIO(background)).convert("LA").split()
    picture = Image.new("L", shades.size, "white")
    picture.paste(shades, mask=opacity)
    scale = (picture.width / (area.right - area.left), picture.height / (area.top - area.bottom))

    def drawn(box: Box) -> bool:
        left, right = ((x - area.left) * scale[0] for x in (box.left, box.right))
        upper, lower = ((area.top - y) * scale[1] for y in (box.top, box.bottom))
        shown = picture.crop((int(left), int(upper), int(right) + 1, int(lower) + 1))
        return any(shown.histogram()[:_LIGHT])

    return drawn


def _draw_title(sheet: Sheet, plan: FourColourMap) -> None:
    sheet.text(shorten(fonts.wrap(plan.title, _WIDTH, 24, fonts.BOLD), 1), MARGIN, _TOP, 24, font=fonts.BOLD)
    said = f"{plan.enterprise}　图中颜色表示：{plan.shows}"
    sheet.text(shorten(fonts.wrap(said, _WIDTH - 14 * MM, 11), 1), MARGIN, _TOP - 11.5 * MM, 11)


def _draw_plan(sheet: Sheet, plan: FourColourMap, drawing: _Drawing) -> None:
    left, bottom, right, top = area = drawing.area
    sheet.canvas.saveState()
    sheet.clip([(left, bottom), (right, bottom), (right, top), (left, top)])
    if plan.background is not None:
        picture = ImageReader(BytesIO(plan.background))
        sheet.canvas.drawImage(picture, left, bottom, right - left, top - bottom, mask="auto")
    for zone, shape in zip(plan.zones, drawing.shapes, strict=True):
        draw_zone(sheet, shape, zone.level)
    # A dot that only made way a little needs no line to its true place.
    moved = zip(drawing.true_places, drawing.layout.dots, strict=True)
    sheet.rules([(*true, *dot) for true, dot in moved if dist(true, dot) > 3 * DOT])
    for label in drawing.layout.labels:
        if label is not None:
            draw_label(sheet, label)
    sheet.canvas.restoreState()
    for number, (point, middle) in enumerate(zip(plan.points, drawing.layout.dots, strict=True), 1):
        draw_dot(sheet, number, point.level, middle, now=point.now)
    sheet.box(area.left, area.bottom, right - left, top - bottom, line=0.8)


def _draw_legend(sheet: Sheet, plan: FourColourMap, drawing: _Drawing) -> None:
    left, top = drawing.legend
    sheet.text(["图例"], left, top, 13, font=fonts.BOLD)
    zones = [zone.level for zone in plan.zones]
    points = [point.level for point in plan.points]
    for n, level in enumerate([*RiskLevel, None]):
        row = top - 22 - n * 22
        swatch = [(left, row - 16), (left + 34, row - 16), (left + 34, row), (left, row)]
        sheet.polygon(swatch, fill=paint(level).fill)
        if level is None:
            hatch(sheet, swatch)
        sheet.polygon(swatch, outline=RULE, line=0.6)
        sheet.text([paint(level).words], left + 42, row + 1, 12)
        counts = f"分区 {zones.count(level)}　风险点 {points.count(level)}"
        sheet.text([counts], left + _SIDE - 6, row, 9.5, align="right", ink=RULE)
    notes = "带编号的圆点为风险点，名称见列表；分区按其中最高等级着色。"
    if any(drawing.layout.letters):
        notes += "图上写不下名称的分区标字母，名称见列表。"
    if any(point.now for point in plan.points):
        notes += "带外圈的风险点因重大或逾期隐患暂时提高，外圈颜色为当前等级。"
    sheet.text(fonts.wrap(notes, _SIDE - 6, 9), left, top - 136, 9, ink=RULE)


def _slot(column: int, drawing: _Drawing) -> tuple[int, float, float]:
    """Return where a column of the list stands, as page, left and top: by the legend, below the map, further on."""
    left, top = drawing.legend
    if not drawing.wide:
        if column == 0:
            return 0, left, top - _LEGEND
        column, top = column - 1, drawing.area.bottom - _GAP
    here = (_COLUMNS_PER_PAGE - 1) if top - _BOTTOM >= _LEAST_BELOW else 0
    if column < here:
        return 0, MARGIN + (column + drawing.wide) * (_SIDE + _BETWEEN), top
    page, place = divmod(column - here, _COLUMNS_PER_PAGE)
    return page + 1, MARGIN + place * (_SIDE + _BETWEEN), _TOP - _TITLE


def _list_columns(plan: FourColourMap, drawing: _Drawing) -> list[list[_Entry]]:
    listed = [(str(n), point.code, point.name, point.words, point.level) for n, point in enumerate(plan.points, 1)]
    zones = zip(drawing.layout.letters, plan.zones, strict=True)
    listed += [(letter, "分区", zone.name, paint(zone.level).words, zone.level) for letter, zone in zones]
    rows = []
    for n, (*texts, _) in enumerate(listed):
        cells = zip(texts, _LIST_COLUMNS, strict=True)
        rows.append(Row(tuple(fonts.wrap(text, width - 5, _SIZE) for text, (_, width) in cells), place=n))
    columns = flow(rows, lambda n: _slot(n, drawing)[2] - _LIST_HEADING - _BOTTOM, _LINE, _PADDING)
    return [[(row, listed[row.place][4]) for row in column] for column in columns]


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
