"""The demo's pictures, drawn: the plan of a site, and what stands in for photos taken on a round."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from app.core.clock import LOCAL, local_text
from qr import fonts

FONT = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
PLAN_WIDTH = 1600  # pixels
OUTLINE, ROAD, INSIDE, NAME = "#8a8f94", "#eceeef", "#f8f9f9", "#5c6166"
PHOTO = (480, 360)  # pixels
TAKEN = 36867  # EXIF: DateTimeOriginal

Corners = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Scene:
    """What a photo shows, and when it was taken."""

    subject: str
    place: str
    shows: str  # 整改前, 整改后 or 依据
    at: datetime


def plan_drawing(plan: dict[str, Any]) -> bytes:
    """A site's plan as PNG: roads, the outlines of its buildings and their names, grey on white."""
    scale = PLAN_WIDTH / plan["width"]
    image = Image.new("RGB", (PLAN_WIDTH, round(plan["height"] * scale)), "white")
    pen = ImageDraw.Draw(image)
    for road in plan["roads"]:
        pen.polygon(_scaled(road["polygon"], scale), fill=ROAD)
    for building in plan["buildings"]:
        corners = _scaled(building["polygon"], scale)
        pen.polygon(corners, fill=INSIDE, outline=OUTLINE, width=2)
        _write_inside(pen, building["name"], corners)
    return _saved(image, "PNG", optimize=True)


def photograph(scene: Scene, *, seed: str) -> bytes:
    """A drawn photo as JPEG: the same place for one seed, with or without its defect, captioned as a phone would."""
    chance = Random(seed)  # noqa: S311 - the same story has the same pictures
    image = Image.new("RGB", PHOTO, _shade(chance, 190, 225))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 235, *PHOTO), fill=_shade(chance, 120, 150))
    _equipment(pen, chance)
    spot = (chance.randrange(90, 360), chance.randrange(110, 220))
    if scene.shows == "整改前":
        _defect(pen, spot, chance)
    elif scene.shows == "整改后":
        _mended(pen, spot)
    _caption(pen, scene)
    exif = Image.Exif()
    exif[TAKEN] = scene.at.astimezone(LOCAL).strftime("%Y:%m:%d %H:%M:%S")
    return _saved(image, "JPEG", quality=72, exif=exif)


def _equipment(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    """A vessel or two, the pipe between them, a valve."""
    height = chance.randrange(70, 130)
    pen.line((0, height, PHOTO[0], height), fill=_shade(chance, 90, 170), width=chance.randrange(10, 20))
    for left in (chance.randrange(30, 120), chance.randrange(240, 330)):
        box = (left, chance.randrange(60, 140), left + chance.randrange(80, 130), chance.randrange(240, 290))
        pen.rounded_rectangle(box, radius=chance.randrange(4, 40), fill=_shade(chance, 120, 210), outline="#44484c")
    middle = chance.randrange(170, 230)
    pen.ellipse((middle - 14, height - 14, middle + 14, height + 14), fill=_shade(chance, 60, 130), outline="#333333")


def _defect(pen: ImageDraw.ImageDraw, spot: tuple[int, int], chance: Random) -> None:
    for _ in range(14):
        x, y, size = spot[0] + chance.randrange(-26, 26), spot[1] + chance.randrange(-18, 18), chance.randrange(3, 11)
        pen.ellipse((x, y, x + size, y + size), fill=(chance.randrange(110, 160), chance.randrange(50, 80), 30))
    pen.ellipse((spot[0] - 48, spot[1] - 40, spot[0] + 48, spot[1] + 40), outline="#d7001d", width=4)


def _mended(pen: ImageDraw.ImageDraw, spot: tuple[int, int]) -> None:
    x, y = spot
    pen.rectangle((x - 30, y - 22, x + 30, y + 22), fill="#d6dde2", outline="#55606a", width=2)
    pen.line(((x - 14, y), (x - 3, y + 11), (x + 17, y - 11)), fill="#1f8a4c", width=5, joint="curve")


def _caption(pen: ImageDraw.ImageDraw, scene: Scene) -> None:
    pen.rectangle((0, 296, *PHOTO), fill="#20262b")
    pen.text((12, 301), _cut(f"{scene.shows}　{scene.subject}", _font(19)), font=_font(19), fill="white")
    pen.text((12, 330), _cut(f"{local_text(scene.at)}　{scene.place}", _font(15)), font=_font(15), fill="#cfd6db")


def _cut(text: str, font: ImageFont.FreeTypeFont) -> str:
    while font.getlength(text) > PHOTO[0] - 24:
        text = text[:-2] + "…"
    return text


def _write_inside(pen: ImageDraw.ImageDraw, name: str, corners: list[tuple[int, int]]) -> None:
    """The name along the upper wall of a building, so that what is drawn on its floor has room; else in the middle."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    width, height = max(xs) - min(xs) - 12, max(ys) - min(ys) - 8
    size = next((size for size in range(18, 8, -1) if _height(name, width, size) <= height), 8)
    text, font, centre = "\n".join(fonts.wrap(name, width, size)), _font(size), (min(xs) + max(xs)) / 2
    if len(corners) == 4 and height > 3 * _height(name, width, size):
        pen.multiline_text((centre, min(ys) + 6), text, font=font, fill=NAME, anchor="ma", align="center")
    else:
        middle = (min(ys) + max(ys)) / 2
        pen.multiline_text((centre, middle), text, font=font, fill=NAME, anchor="mm", align="center")


def _height(name: str, width: float, size: int) -> float:
    """Pixels a name takes when broken to a width."""
    return len(fonts.wrap(name, width, size)) * size * 1.35


def _scaled(corners: Corners, scale: float) -> list[tuple[int, int]]:
    return [(round(x * scale), round(y * scale)) for x, y in corners]


def _shade(chance: Random, least: int, most: int) -> tuple[int, int, int]:
    grey = chance.randrange(least, most)
    return (grey, grey + chance.randrange(-8, 9), grey + chance.randrange(-8, 14))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(resources.files("justmytype_intl_cjk").joinpath(FONT)), size)
    font.set_variation_by_axes([500])
    return font


def _saved(image: Image.Image, form: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **how)
    return buffer.getvalue()
