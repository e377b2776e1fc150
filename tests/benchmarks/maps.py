"""A four-colour map of 300 zones and 800 points beside its bare polygons and texts, drawn without any placement.

The bare map has the same background, tinted polygons, names, dots and list, each text simply at the middle of its zone
or point, where it covers what it covers. All are measured in turn in processor time, three times, fonts registered
before. The peak of memory is that of a process that draws one map and nothing else.
Run it from the project's root: python -m tests.benchmarks.maps
"""

import io
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

from PIL import Image, ImageDraw
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.printing.four_colour_map import four_colour_maps, four_colour_maps_svg
from app.printing.map_content import FourColourMap, Ground, MapPoint, ZoneShape
from app.printing.map_layout import fitted
from app.printing.page import paint
from app.printing.stamp import Look, Paper, Stamp
from qr import fonts
from risk_models import RiskLevel
from tests.benchmarks._alone import peak, said_by

ACROSS, DOWN = 20, 15
ZONES, POINTS = ACROSS * DOWN, 800
STEP = 100  # units of the plan
RUNS = 3
NAMES = ["合成车间", "液氨罐组", "循环水泵房", "甲类中间仓库", "配电室", "空压站", "包装间", "冷冻站"]
STAMP = Stamp(
    version=1, printed_on=date(2026, 7, 1), seq=1, code="7KQ2-M4XD",
    address="HTTPS://SAFETY.EXAMPLE.CN/P/ABCDEFGHIJKLMNOPQRSTUVWXYZ",
)  # fmt: skip


def main() -> None:
    """Print times, ratios, names that found room and the peak memory."""
    fonts.register()
    picture = _picture()
    look = Look(Paper.A3, landscape=True)
    ways: dict[str, Callable[[FourColourMap], bytes]] = {
        "bare": lambda content: _bare(content, picture),
        "plan": lambda content: four_colour_maps([(content, STAMP)], look, lambda _: picture),
        "svg": lambda content: four_colour_maps_svg([(content, STAMP)], look, lambda _: picture),
        "schematic": lambda content: four_colour_maps([(_schematic(content), STAMP)], look, lambda _: None),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    made = {name: way(_content(0)) for name, way in ways.items()}
    for run in range(1, RUNS + 1):
        content = _content(run)
        for name, way in ways.items():
            start = time.process_time()
            made[name] = way(content)
            taken[name].append(time.process_time() - start)
    seconds = {name: statistics.median(times) for name, times in taken.items()}
    print(f"{ZONES} zones, {POINTS} points on A3, medians of {RUNS}")
    for name, each in seconds.items():
        print(f"{name}: {each:.2f} s, {len(made[name]) / 1000:.0f} kB, {each / seconds['bare']:.1f} times the bare map")
    for paper in (Paper.A3, Paper.A1):
        _, (drawing,) = fitted(content, Look(paper, landscape=True), picture)
        lettered = sum(map(bool, drawing.letters))
        unnamed = sum(drawn.label is None for drawn in drawing.zones)
        print(
            f"{paper.label}: {ZONES - lettered} zones named, {lettered - unnamed} lettered, {unnamed} in the list alone"
        )
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(picture)
        file.flush()
        before, most = said_by("maps", "alone", file.name)
    print(f"peak memory of drawing alone: {most:.0f} MB, of which {before:.0f} MB are there before (wanted: 200)")


def alone(picture_file: str) -> None:
    """Draw one map over a picture and nothing else; print the peak of memory before and after."""
    picture = Path(picture_file).read_bytes()
    fonts.register()
    before = peak()
    four_colour_maps([(_content(1), STAMP)], Look(Paper.A3, landscape=True), lambda _: picture)
    print(before, peak())


def _bare(content: FourColourMap, picture: bytes) -> bytes:
    """The same polygons and texts straight on the canvas."""
    buffer = io.BytesIO()
    width, height = landscape(A3)
    canvas = Canvas(buffer, pagesize=(width, height), initialFontName=fonts.REGULAR, pageCompression=1)
    scale = 800 / (ACROSS * STEP)
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 28, 100, ACROSS * STEP * scale, DOWN * STEP * scale)

    def at(x: float, y: float) -> tuple[float, float]:
        return 28 + x * scale, 100 + (DOWN * STEP - y) * scale

    for zone in content.zones:
        corners = [at(*corner) for corner in zone.polygon]
        path = canvas.beginPath()
        path.moveTo(*corners[0])
        for corner in corners[1:]:
            path.lineTo(*corner)
        path.close()
        canvas.setFillColor(paint(zone.level).fill, alpha=0.5)
        canvas.drawPath(path, stroke=1, fill=1)
        canvas.setFillColor(HexColor("#000000"), alpha=1)
        canvas.setFont(fonts.BOLD, 8)
        canvas.drawString(corners[0][0] + 3, corners[0][1] - 10, zone.name)
        canvas.drawString(corners[0][0] + 3, corners[0][1] - 20, paint(zone.level).words)
    for number, point in enumerate(content.points, 1):
        middle = at(point.x or 0, point.y or 0)
        canvas.setFillColor(paint(point.level).fill)
        canvas.circle(*middle, 6.8, stroke=1, fill=1)
        canvas.setFillColor(paint(point.level).ink)
        canvas.setFont(fonts.BOLD, 6.5)
        canvas.drawCentredString(middle[0], middle[1] - 2, str(number))
    _bare_list(canvas, content, height)
    canvas.save()
    return buffer.getvalue()


def _bare_list(canvas: Canvas, content: FourColourMap, height: float) -> None:
    """The list on pages of four columns, a line a point, cells not wrapped."""
    canvas.setFillColor(HexColor("#000000"))
    a_column = int((height - 120) / 15)
    for number, point in enumerate(content.points):
        place, row = divmod(number, a_column)
        if row == 0 and place % 4 == 0:
            canvas.showPage()
        x, y = 28 + place % 4 * 285, height - 60 - row * 15
        canvas.setFont(fonts.REGULAR, 9)
        for left, text in ((0, str(number + 1)), (30, point.code), (85, point.name), (200, paint(point.level).words)):
            canvas.drawString(x + left, y, text)


def _content(seed: int) -> FourColourMap:
    chance = random.Random(seed)
    levels = [*RiskLevel, None]
    zones = []
    for n in range(ZONES):
        x, y = n % ACROSS * STEP, n // ACROSS * STEP
        right, low = x + chance.randint(70, 98), y + chance.randint(60, 98)
        corners = ((x + 3, y + 3), (right, y + 3), (right, low), (x + 3, low))
        zones.append(ZoneShape(f"{chance.choice(NAMES)}{n}", corners, chance.choice(levels)))
    points = [_point(n, chance) for n in range(1, POINTS + 1)]
    ground = Ground(
        name="总平面图", width=ACROSS * STEP, height=DOWN * STEP, picture="0" * 64, millimetres_per_unit=200
    )
    return FourColourMap(
        enterprise_id=UUID(int=1), enterprise="青山县绿源精细化工有限公司", ground=ground, zones=tuple(zones),
        points=tuple(points), shows="现状风险等级",
    )  # fmt: skip


def _point(n: int, chance: random.Random) -> MapPoint:
    zone = chance.randrange(ZONES)
    x = zone % ACROSS * STEP + chance.randint(5, 68)
    y = zone // ACROSS * STEP + chance.randint(5, 58)
    return MapPoint(f"FX-{n:04}", f"{chance.choice(NAMES)}{n}#设备", chance.choice(list(RiskLevel)), x, y, zone=zone)


def _schematic(content: FourColourMap) -> FourColourMap:
    """The same zones and points as a tree: twenty areas of fifteen."""
    zones = tuple(
        ZoneShape(zone.name, (), zone.level, n % 20 if n >= 20 else None) for n, zone in enumerate(content.zones)
    )
    return FourColourMap(
        enterprise_id=content.enterprise_id, enterprise=content.enterprise, ground=None, zones=zones,
        points=content.points, shows=content.shows,
    )  # fmt: skip


def _picture() -> bytes:
    """A plan as large as the product keeps one, with the outlines of buildings on it."""
    from app.risks.drawings import drawn  # noqa: PLC0415 - drawing alone holds no rooms

    image = Image.new("RGB", (3600, 2700), "white")
    pen = ImageDraw.Draw(image)
    for n in range(ZONES):
        x, y = n % ACROSS * 180, n // ACROSS * 180
        pen.rectangle((x + 10, y + 10, x + 150, y + 150), outline="#8a8f94", width=3)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return drawn(buffer.getvalue(), most_pixels=50_000_000)


if __name__ == "__main__":
    main()
