"""The marks on the four-colour map: tinted or hatched zones, their labels, numbered dots and the arrow to the north."""

from collections.abc import Sequence
from math import cos, radians, sin

from reportlab.lib.colors import black, white

from app.printing.filling import LEADING as LABEL_LEADING
from app.printing.filling import PADDING as LABEL_PADDING
from app.printing.filling import Label
from app.printing.page import LEADING, MM, RULE, Sheet, paint
from app.printing.placing import Point, bounds
from qr import fonts
from risk_models import RiskLevel

DOT = 2.4 * MM
RING = 1.5 * DOT

_OPACITY = 0.45


def draw_zone(sheet: Sheet, shape: Sequence[Point], level: RiskLevel | None) -> None:
    """Tint a zone in the colour of its level, or hatch it when it is not assessed."""
    sheet.canvas.saveState()
    if level is None:
        hatch(sheet, shape)
    else:
        sheet.canvas.setFillAlpha(_OPACITY)
        sheet.polygon(shape, fill=paint(level).fill)
    sheet.polygon(shape, outline=paint(level).fill if level else RULE, line=2.0)
    sheet.canvas.restoreState()


def hatch(sheet: Sheet, shape: Sequence[Point]) -> None:
    """Fill a shape with slanting lines."""
    frame = bounds(shape)
    sheet.canvas.saveState()
    sheet.clip(shape)
    height = frame.top - frame.bottom
    starts = range(int(frame.left - height), int(frame.right) + 1, 7)
    sheet.rules([(x, frame.bottom, x + height, frame.top) for x in starts], 0.4)
    sheet.canvas.restoreState()


def draw_label(sheet: Sheet, label: Label) -> None:
    """Write name and level on a light ground, framed and with its leader line where it stands beside the zone."""
    (lines, bold, _), size, box, leader = label
    sheet.canvas.saveState()
    sheet.canvas.setFillAlpha(0.9)
    line = 0.0
    if leader:
        line = 0.5
        sheet.rules([(*leader[0], *leader[1])], 0.8)
    sheet.box(box.left, box.bottom, box.right - box.left, box.top - box.bottom, fill=white, line=line)
    sheet.canvas.restoreState()
    middle, leading = box.middle[0], size * LABEL_LEADING
    top = box.top - LABEL_PADDING / 2
    sheet.text(lines[:bold], middle, top, size, font=fonts.BOLD, align="centre", leading=leading)
    sheet.text(lines[bold:], middle, top - bold * leading, size, align="centre", leading=leading)


def draw_dot(
    sheet: Sheet, number: int, level: RiskLevel | None, middle: Point, *, now: RiskLevel | None = None
) -> None:
    """Draw the dot of a point with its number in the list, ringed in the level it is raised to now."""
    colours = paint(level)
    if now is not None:
        sheet.dot(middle, RING, fill=paint(now).fill)
    sheet.dot(middle, DOT, fill=colours.fill)
    size = 8.0 if number < 100 else 6.5
    top = middle[1] + size * LEADING / 2
    sheet.text([str(number)], middle[0], top, size, font=fonts.BOLD, ink=colours.ink, align="centre")


def draw_north(sheet: Sheet, middle: Point, north: float) -> None:
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
