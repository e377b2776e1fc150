"""Signs on paper and on screens: as PDF operators kept once a document, as SVG, and with their name on a plate."""

from functools import cache, lru_cache
from xml.etree import ElementTree

from reportlab.lib.colors import Color, HexColor

from app.printing.page import LEADING, Sheet
from app.printing.signs.catalogue import SIGNS, Family, Sign, colours, marks, plate
from app.printing.signs.drawing import pdf_operators, svg_path
from qr import fonts

# The plate under a sign, as parts of the sign's width: the gap above it, its height, its text and the text's margin.
GAP = 0.05
PLATE = 0.24
TEXT = 0.175
SIDES = 0.03
ONE_LINE = 9  # characters; longer names stand in two lines


@cache
def operators(key: str) -> str:
    """Return a sign as PDF operators, in a box of 100 × 100."""
    return pdf_operators(marks(key), colours(SIGNS[key].family))


def draw(sheet: Sheet, sign: Sign, x: float, y: float, side: float) -> None:
    """Draw a sign in the square of `side` points whose lower left corner is x, y."""
    sheet.figure(f"sign-{sign.key}", operators(sign.key), x, y, side)


def named_height(width: float) -> float:
    """Return how high a sign of that width stands with the plate under it, in points."""
    return width * (1 + GAP + PLATE)


def draw_named(sheet: Sheet, sign: Sign, x: float, y: float, width: float) -> None:
    """Draw a sign with its name on a plate below it; x, y is the lower left corner of both, see named_height."""
    draw(sheet, sign, x, y + width * (GAP + PLATE), width)
    fill, ink = _paints(sign.family)
    line, height = 0.012 * width, width * PLATE
    sheet.box(x + line / 2, y + line / 2, width - line, height - line, fill=fill, line=line)
    lines, size, leading = _lettering(sign.name, width)
    top = y + (height + leading * len(lines)) / 2
    sheet.text(lines, x + width / 2, top, size, font=fonts.BOLD, ink=ink, align="centre", leading=leading)


@cache
def _paints(family: Family) -> tuple[Color, Color]:
    look = plate(family)
    return HexColor(look.fill), HexColor(look.ink)


# A batch of cards has signs of one width, so their names are measured once.
@lru_cache(maxsize=1024)
def _lettering(name: str, width: float) -> tuple[list[str], float, float]:
    """Return the lines of a name on a plate as wide as the sign, their size and their leading, in points."""
    half = (len(name) + 1) // 2
    lines = [name] if len(name) <= ONE_LINE else [name[:half], name[half:]]
    widest = max(fonts.width(each, 1.0, fonts.BOLD) for each in lines)
    line_height = width * PLATE / len(lines)
    size = min(width * TEXT, width * (1 - 2 * SIDES) / widest, 0.88 * line_height)
    return lines, size, min(size * LEADING, line_height)


@cache
def svg(sign: Sign) -> str:
    """Return a sign as an SVG document titled with its name, as large as the place it is given."""
    paints = colours(sign.family)
    root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox="0 0 100 100", role="img")
    ElementTree.SubElement(root, "title").text = sign.name
    for mark in marks(sign.key):
        path = ElementTree.SubElement(root, "path", d=svg_path(mark))
        if mark.width:
            path.attrib |= {"fill": "none", "stroke": paints[mark.paint], "stroke-width": f"{mark.width:g}"}
            path.attrib |= {"stroke-linecap": "round", "stroke-linejoin": "round"}
        else:
            path.set("fill", paints[mark.paint])
    return ElementTree.tostring(root, encoding="unicode")
