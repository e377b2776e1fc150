"""How a four-colour map fills its paper: where plan, legend and list stand, and how large text is on each size.

Everything is laid out as on A3 and then drawn larger or smaller: a large paper is read from further away, but shows
more as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from math import ceil, floor, log10
from typing import NamedTuple

from PIL import Image

from app.printing.filling import Label
from app.printing.labelling import lay_out
from app.printing.map_content import FourColourMap, Ground
from app.printing.map_marks import DOT
from app.printing.page import LEADING, MARGIN, MM, STAMPED
from app.printing.placing import Box, Point, Polygon, bounds, contains, size_of
from app.printing.schematic import laid_out
from app.printing.stamp import Look, Paper
from qr import fonts
from risk_models import RiskLevel

LARGER = {Paper.A4: (0.85,), Paper.A3: (1.0, 0.85), Paper.A2: (1.3, 1.0), Paper.A1: (1.75, 1.3, 1.0)}
"""How large text and dots are beside those on A3: the first at which every zone is named on one page, or most are."""
GAP = 6 * MM
LEGEND_ROW = 20.0
LEGEND_HEAD = 22.0
NOTE = 9.0
SCALE = 34.0

_LEAST_COLUMN = 92 * MM
_BETWEEN = 6.0
_TITLE = (24.0, 22.0, 20.0, 18.0, 16.0)
_NORTH = 60.0
_LIGHT = 200
_RIM = 0.8
_DOTS = (DOT, 0.85 * DOT, 0.7 * DOT)
_MOST_DOTTED = 0.3


class Heading(NamedTuple):
    """Lines of one size above the map."""

    lines: list[str]
    size: float
    font: str

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


class Drawn(NamedTuple):
    """A zone on the page: its place in the map, its outline, and its name, where that stands on the map."""

    zone: int
    outline: Polygon
    label: Label | None


class Dot(NamedTuple):
    """A point on the page: its place in the map, where its dot stands, and where the point itself is."""

    point: int
    middle: Point
    true: Point


@dataclass(frozen=True)
class Drawing:
    """The map on a page: the area it fills, the zones from the outermost to those in them, and the dots."""

    area: Box
    zones: list[Drawn]
    dots: list[Dot]
    dot: float = DOT
    """The radius of the dots."""
    letters: tuple[str, ...] = ()
    """The letter of each zone whose name did not fit; empty where it did."""


def fitted(content: FourColourMap, look: Look, picture: bytes | None) -> "tuple[Frame, list[Drawing]]":
    """Lay a map out with text as large as its paper has it, smaller where zones would go unnamed or over the page."""
    tried: list[tuple[Frame, list[Drawing]]] = []
    for larger in LARGER[look.paper]:
        frame = Frame(content, look, larger)
        tried.append((frame, frame.drawings(picture)))
        if _wanting(tried[-1][1]) == (1, 0):
            break
    return min(tried, key=lambda each: _wanting(each[1]))


def _wanting(drawings: list[Drawing]) -> tuple[int, int]:
    """How many pages a map takes, and how many zones on it have no name."""
    return len(drawings), sum(map(bool, drawings[0].letters))


class Frame:
    """The page of one map, in points as on A3, and the columns its list and legend keep to."""

    def __init__(self, content: FourColourMap, look: Look, larger: float = 0.0) -> None:
        self.content, self.look = content, look
        self.larger = larger or LARGER[look.paper][0]
        self.foot = max(self.larger, 1.0)
        self.width, self.height = (side / self.larger for side in look.size)
        self.margin = MARGIN * self.foot / self.larger
        self.bottom = (MARGIN + STAMPED + 1.5 * MM) * self.foot / self.larger
        self.room = self.width - 2 * self.margin
        self.columns = max(1, int((self.room + _BETWEEN) / (_LEAST_COLUMN + _BETWEEN)))
        self.column = (self.room - _BETWEEN * (self.columns - 1)) / self.columns

    def left_of(self, column: int) -> float:
        """The left edge of a column."""
        return self.margin + column * (self.column + _BETWEEN)

    @cached_property
    def heading(self) -> list[Heading]:
        """What stands above the map, on every page of it."""
        content, room = self.content, self.room - _NORTH
        title = next((size for size in _TITLE if fonts.width(content.title, size, fonts.BOLD) <= room), _TITLE[-1])
        counted = f"本图 {len(content.points)} 个风险点"
        if content.on_other_plans:
            counted += f"，其他平面图上另有 {content.on_other_plans} 个"
        if content.elsewhere:
            counted += f"；另有 {len(content.elsewhere)} 个所在分区没有画在任何图上，列在列表末尾，序号为“—”"
        said = f"图中颜色表示：{content.shows}。{counted}。"
        return [
            Heading(fonts.wrap(content.title, room, title, fonts.BOLD), title, fonts.BOLD),
            Heading(fonts.wrap(content.enterprise, room, 13), 13, fonts.REGULAR),
            Heading(fonts.wrap(said, room, 10.5), 10.5, fonts.REGULAR),
        ]

    @property
    def top(self) -> float:
        """Where map and lists begin, below the heading."""
        return self.height - self.margin - sum(line.height for line in self.heading) - 6

    def notes(self, *, lettered: bool) -> list[str]:
        """What the legend explains, in lines."""
        content = self.content
        said = "带编号的圆点为风险点，名称见列表；分区按其中最高等级着色。"
        if lettered:
            said += "图上写不下名称的分区标字母，名称见列表。"
        if any(point.now for point in content.points):
            said += "带外圈的风险点因重大或逾期隐患暂时提高，外圈颜色为当前等级。"
        if unsure := sum(point.unconfirmed for point in (*content.points, *content.elsewhere)):
            said += f"有 {unsure} 个风险点的辨识结果未确认，列表中标“（未确认）”，等级以确认后的为准。"
        if empty := sum(zone.empty for zone in content.zones):
            said += f"有 {empty} 个分区无风险点，不着色，不计入未评估。"
        if content.ground and (unplaced := sum(point.x is None for point in content.points)):
            said += f"有 {unplaced} 个风险点未标位置，画在所在分区内。"
        if not content.ground:
            said += "方框为风险分区，方框套方框表示上下级；位置和大小不代表现场实际。"
        return fonts.wrap(said, self.column - 6, NOTE)

    def legend_height(self, *, lettered: bool = True) -> float:
        """How high the legend is."""
        return LEGEND_HEAD + 5 * LEGEND_ROW + len(self.notes(lettered=lettered)) * NOTE * LEADING + SCALE + 8

    @cached_property
    def wide(self) -> bool:
        """Whether the map takes the whole width, with the legend below it rather than beside it."""
        ground = self.content.ground
        if ground is None:
            return not self.look.landscape
        return self._scale(ground, self._above) > self._scale(ground, self._beside)

    @property
    def body(self) -> Box:
        """What of a page is below the heading and above the foot."""
        return Box(self.margin, self.bottom, self.margin + self.room, self.top)

    @property
    def _beside(self) -> Box:
        return self.body._replace(right=self.margin + self.room - self.column - GAP)

    @property
    def _above(self) -> Box:
        return self.body._replace(bottom=self.bottom + GAP + self.legend_height())

    def _scale(self, ground: Ground, area: Box) -> float:
        return min((area.right - area.left) / ground.width, (area.top - area.bottom) / ground.height)

    def drawings(self, picture: bytes | None) -> list[Drawing]:
        """The map, page by page: a plan on one, a schematic on as many as it needs."""
        area = self._above if self.wide else self._beside
        ground = self.content.ground
        if ground is not None:
            return [_on_plan(self.content, ground, picture, area, self._scale(ground, area))]
        pages = laid_out(self.content, 2 * (DOT + _RIM) + 2, _within(area), _within(self.body))
        return [
            Drawing(
                area if n == 0 else self.body,
                [Drawn(zone, _corners(box), label) for zone, box, label in page.zones],
                [Dot(point, middle, middle) for point, middle in page.dots],
            )
            for n, page in enumerate(pages)
        ]

    def scale_bar(self, drawing: Drawing) -> tuple[float, int, int] | None:
        """The length of the bar on the page, the metres it stands for, and the scale at which the paper shows them."""
        ground = self.content.ground
        if ground is None or ground.millimetres_per_unit is None:
            return None
        per_metre = (drawing.area.right - drawing.area.left) / ground.width / ground.millimetres_per_unit * 1000
        longest = 150 / per_metre
        tens = 10 ** floor(log10(longest))
        metres = next(step * tens for step in (5, 2, 1) if step * tens <= longest)
        if metres < 1:
            return None
        scale = 1000 / (per_metre * self.larger / MM)
        return metres * per_metre, round(metres), int(round(scale, 2 - floor(log10(scale))))


def _on_plan(content: FourColourMap, ground: Ground, picture: bytes | None, area: Box, scale: float) -> Drawing:
    width, height = ground.width * scale, ground.height * scale
    left, top = (area.left + area.right - width) / 2, area.top
    area = Box(left, top - height, left + width, top)

    def at(x: float, y: float) -> Point:
        return left + x * scale, top - y * scale

    outlines = [[at(*corner) for corner in zone.polygon] for zone in content.zones]
    names = [(zone.name, zone.words) for zone in content.zones]
    places = [
        at(point.x, point.y) if point.x is not None and point.y is not None else _inside(outlines, point.zone, area)
        for point in content.points
    ]
    within = Box(area.left + 1, area.bottom + 1, area.right - 1, area.top - 1)
    dot = _dot(outlines, places)
    layout = lay_out(outlines, names, places, dot + _RIM, within, _drawn(picture, area))
    zones = [Drawn(n, *one) for n, one in enumerate(zip(outlines, layout.labels, strict=True))]
    dots = [Dot(n, *one) for n, one in enumerate(zip(layout.dots, places, strict=True))]
    # A zone is drawn after those it lies in, and where two overlap otherwise the worse one is seen.
    zones.sort(key=lambda drawn: (layout.depths[drawn.zone], -_order(content.zones[drawn.zone].level)))
    return Drawing(area, zones, dots, dot, tuple(layout.letters))


def _dot(outlines: list[list[Point]], places: list[Point]) -> float:
    """How large dots are: smaller where they would take too much of the zones from their names."""
    if not outlines:
        return DOT
    room = sum(map(size_of, outlines)) * _MOST_DOTTED
    return next((dot for dot in _DOTS if len(places) * (2 * dot + 2 * _RIM) ** 2 <= room), _DOTS[-1])


def _order(level: RiskLevel | None) -> int:
    return level.order if level else len(RiskLevel) + 1


def _inside(outlines: list[list[Point]], zone: int | None, area: Box) -> Point:
    """A place in the middle of a zone, or on the level of its middle where that lies outside it."""
    outline = outlines[zone] if zone is not None else _corners(area)
    x, y = bounds(outline).middle
    if contains(outline, (x, y)):
        return x, y
    crossed = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in zip(outline, [*outline[1:], outline[0]], strict=True)
        if (y1 > y) != (y2 > y)
    )
    widest = max(zip(crossed[::2], crossed[1::2], strict=False), key=lambda ends: ends[1] - ends[0], default=(x, x))
    return sum(widest) / 2, y


def _drawn(picture: bytes | None, area: Box) -> Callable[[Box], bool]:
    """Return what says whether the plan shows lines or text in a box; light surfaces such as roads do not count."""
    if picture is None:
        return lambda box: False
    shades = Image.open(BytesIO(picture), formats=("PNG", "JPEG", "WEBP")).convert("L")
    scale = (shades.width / (area.right - area.left), shades.height / (area.top - area.bottom))

    def drawn(box: Box) -> bool:
        left, right = ((x - area.left) * scale[0] for x in (box.left, box.right))
        upper, lower = ((area.top - y) * scale[1] for y in (box.top, box.bottom))
        shown = shades.crop((int(left), int(upper), ceil(right), ceil(lower)))
        return any(shown.histogram()[:_LIGHT])

    return drawn


def _corners(box: Box) -> list[Point]:
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def _within(area: Box) -> Box:
    return Box(area.left + 5, area.bottom + 5, area.right - 5, area.top - 5)
