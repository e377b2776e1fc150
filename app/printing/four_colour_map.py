"""The four-colour map 安全风险四色图: the floor plan with each zone in the colour of its level, A4 to A1, PDF or SVG.

Every level stands in words beside its colour. A zone that is not assessed is hatched, never blue; one without
points is neither. The points are
numbered dots; the list names points and zones in full: beside the map, then below it, then on further pages.
"""

from collections.abc import Callable, Iterable
from math import dist

from app.printing.map_content import FourColourMap
from app.printing.map_layout import GAP, LEGEND_HEAD, LEGEND_ROW, NOTE, Drawing, Frame, fitted
from app.printing.map_list import draw_list, list_columns, slots_of
from app.printing.map_marks import DOT, draw_dot, draw_label, draw_north, draw_scale, draw_zones, hatch
from app.printing.page import LEADING, RULE, Sheet, paint
from app.printing.stamp import Look, Stamp
from app.printing.svg_sheet import SvgSheet
from qr import fonts
from risk_models import RiskLevel

Stamped = Iterable[tuple[FourColourMap, Stamp]]
Load = Callable[[FourColourMap], bytes | None]
"""Gives the drawing of the plan a map is on, PNG or JPEG."""

_UNSTAMPED = "屏幕查看用，没有版本和查验码；张贴请用打印件。"


def four_colour_maps(stamped: Stamped, look: Look, load: Load) -> bytes:
    """Return maps as one PDF, each with its list. Raises ValueError when there is none, or none that can be drawn."""
    return _drawn(stamped, look, load, _pdf)


def four_colour_maps_svg(stamped: Stamped, look: Look, load: Load) -> bytes:
    """Return maps as one SVG, its pages one below the other; raises as the PDF does."""
    return _drawn(stamped, look, load, _svg)


def map_for_screen(content: FourColourMap, look: Look, load: Load) -> bytes:
    """Return a map as SVG that is no print: without version and check code, and it says so."""
    sheet = SvgSheet(look.size, title=content.title)
    _draw(sheet, content, None, look, load(content))
    return sheet.finish()


def _pdf(content: FourColourMap, stamp: Stamp, look: Look) -> Sheet:
    return Sheet(look.size, title=content.title, enterprise=content.enterprise, drawn_on=stamp.printed_on)


def _svg(content: FourColourMap, stamp: Stamp, look: Look) -> Sheet:
    return SvgSheet(look.size, title=content.title)


def _drawn(stamped: Stamped, look: Look, load: Load, begin: Callable[[FourColourMap, Stamp, Look], Sheet]) -> bytes:
    sheet: Sheet | None = None
    for content, stamp in stamped:
        sheet = sheet or begin(content, stamp, look)
        _draw(sheet, content, stamp, look, load(content))
    if sheet is None:
        raise ValueError("没有可打印的四色图。")
    return sheet.finish()


def _draw(sheet: Sheet, content: FourColourMap, stamp: Stamp | None, look: Look, picture: bytes | None) -> None:
    """Draw one map: its pages with the map, then those with the rest of its list."""
    _check(content)
    frame, drawings = fitted(content, look, picture)
    lettered = any(drawings[0].letters)
    legend = (
        (frame.margin, drawings[0].area.bottom - GAP) if frame.wide else (frame.left_of(frame.columns - 1), frame.top)
    )
    slots = slots_of(frame, drawings[0].area, legend[1] - frame.legend_height(lettered=lettered), len(drawings))
    columns = list_columns(frame, drawings[0].letters, slots)
    pages = max([len(drawings), *(slots(n).page + 1 for n in range(len(columns)))])
    for page in range(pages):
        with sheet.scaled(frame.larger):
            _draw_heading(sheet, frame, again=page > 0)
            if page < len(drawings):
                _draw_map(sheet, content, drawings[page], picture)
            if page == 0:
                _draw_legend(sheet, frame, drawings[0], legend, lettered=lettered)
            for n, entries in enumerate(columns):
                if slots(n).page == page:
                    draw_list(sheet, entries, slots(n).left, slots(n).top, frame.column)
        with sheet.scaled(frame.foot):
            if stamp:
                sheet.stamped_foot(stamp, page + 1, pages)
            else:
                sheet.text([_UNSTAMPED], frame.margin * frame.larger / frame.foot, 40, 8.5, ink=RULE)
        sheet.next_page()


def _check(content: FourColourMap) -> None:
    if content.ground and min(content.ground.width, content.ground.height) <= 0:
        raise ValueError("平面图没有尺寸：请先设置平面图的宽和高。")
    for zone in content.zones:
        if content.ground and len(zone.polygon) < 3:
            raise ValueError(f"风险分区“{zone.name}”的边界少于三个点：请重新绘制边界。")


def _draw_heading(sheet: Sheet, frame: Frame, *, again: bool) -> None:
    top = frame.height - frame.margin
    for said in frame.heading:
        sheet.text(said.lines, frame.margin, top, said.size, font=said.font)
        top -= said.height
    right = frame.margin + frame.room
    if again:
        sheet.text(["（续）"], right, frame.height - frame.margin - 4, 13, align="right")
    elif frame.content.ground:
        draw_north(sheet, (right - 16, frame.height - frame.margin - 30), frame.content.ground.north)


def _draw_map(sheet: Sheet, content: FourColourMap, drawing: Drawing, picture: bytes | None) -> None:
    left, bottom, right, top = area = drawing.area
    with sheet.clipped([(left, bottom), (right, bottom), (right, top), (left, top)]):
        if picture is not None:
            sheet.picture(picture, left, bottom, right - left, top - bottom)
        draw_zones(sheet, [(drawn.outline, content.zones[drawn.zone]) for drawn in drawing.zones])
        # A dot that only made way a little needs no line to its true place.
        moved = [(*dot.true, *dot.middle) for dot in drawing.dots if dist(dot.true, dot.middle) > 3 * DOT]
        sheet.rules(moved)
        for drawn in drawing.zones:
            if drawn.label is not None:
                draw_label(sheet, drawn.label)
    for dot in drawing.dots:
        point = content.points[dot.point]
        draw_dot(sheet, dot.point + 1, point.level, dot.middle, now=point.now, radius=drawing.dot)
    sheet.box(area.left, area.bottom, right - left, top - bottom, line=0.8)


def _draw_legend(sheet: Sheet, frame: Frame, drawing: Drawing, corner: tuple[float, float], *, lettered: bool) -> None:
    left, top = corner
    sheet.text(["图例"], left, top, 13, font=fonts.BOLD)
    zones = [zone.level for zone in frame.content.zones if not zone.empty]
    points = [point.level for point in frame.content.points]
    for n, level in enumerate([*RiskLevel, None]):
        row = top - LEGEND_HEAD - n * LEGEND_ROW
        swatch = [(left, row - 15), (left + 34, row - 15), (left + 34, row), (left, row)]
        with sheet.clipped(swatch):
            sheet.polygon(swatch, fill=paint(level).fill)
            if level is None:
                hatch(sheet, swatch)
        sheet.polygon(swatch, outline=RULE, line=0.6)
        sheet.text([paint(level).words], left + 42, row + 1, 12)
        counts = f"分区 {zones.count(level)}　风险点 {points.count(level)}"
        sheet.text([counts], left + frame.column - 6, row, 9.5, align="right", ink=RULE)
    row = top - LEGEND_HEAD - 5 * LEGEND_ROW - 2
    notes = frame.notes(lettered=lettered)
    sheet.text(notes, left, row, NOTE, ink=RULE)
    row -= len(notes) * NOTE * LEADING + 6
    bar = frame.scale_bar(drawing)
    if bar is None:
        sheet.text(["示意图，无比例"], left, row, 10.5, font=fonts.BOLD)
        return
    length, metres, scale = bar
    draw_scale(sheet, left + 2, row, length, metres)
    said = f"约 1:{scale:,}".replace(",", " ")
    sheet.text([said, f"（{frame.look.paper.label} 原大）"], left + frame.column - 6, row, 8.5, align="right", ink=RULE)
