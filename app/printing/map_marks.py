"""The marks on the four-colour map: tinted or hatched zones, their labels, numbered dots, the north and the scale."""

from collections.abc import Sequence
from math import ceil, cos, radians, sin

from reportlab.lib.colors import black, white

from app.printing.filling import LEADING as LABEL_LEADING
from app.printing.filling import Label
from app.printing.map_content import ZoneShape
from app.printing.page import LEADING, MM, RULE, Polygon, Sheet, paint
from app.printing.placing import Box, Point, bounds
from qr import fonts
from risk_models import RiskLevel

DOT = 2.4 * MM
RING = 1.5 * DOT

_OPACITY = 0.5
_HATCH = 7


def draw_zones(sheet: Sheet, zones: Sequence[tuple[Polygon, ZoneShape]]) -> None:
    """Tint zones in the colours of their levels, hatch those not assessed; what a later one lies on is left out.

    Two colours on one another would be seen as a third, which means another level or none.
    """
    frames = [bounds(outline) for outline, _ in zones]
    for n, (outline, zone) in enumerate(zones):
        on_it = [m for m in range(n + 1, len(zones)) if frames[m].overlaps(frames[n])]
        with sheet.clipped(outline, [[zones[m][0] for m in group] for group in _apart(on_it, frames)]):
            if zone.level:
                sheet.polygon(outline, fill=paint(zone.level).fill, opacity=_OPACITY)
            elif not zone.empty:
                hatch(sheet, outline)
    for outline, zone in zones:
        sheet.polygon(outline, outline=paint(zone.level).fill if zone.level else RULE, line=2.0)


def _apart(numbers: Sequence[int], frames: Sequence[Box]) -> list[list[int]]:
    """Group zones so that those of one group do not overlap; one that lies in another that is left out says nothing."""
    groups: list[list[int]] = []
    for n in numbers:
        group = next((group for group in groups if not any(frames[n].overlaps(frames[m]) for m in group)), None)
        if group is None:
            groups.append(group := [])
        group.append(n)
    return groups


def hatch(sheet: Sheet, shape: Polygon) -> None:
    """Draw slanting lines across the frame of a shape, to which the caller clips them."""
    frame = bounds(shape)
    # All hatches of a page are parts of one, so that those of neighbours meet.
    starts = range(ceil((frame.left - frame.top) / _HATCH), ceil((frame.right - frame.bottom) / _HATCH))
    slants = [(n * _HATCH, max(frame.left, n * _HATCH + frame.bottom)) for n in starts]
    ends = [min(frame.right, slant + frame.top) for slant, _ in slants]
    sheet.rules([(x, x - slant, end, end - slant) for (slant, x), end in zip(slants, ends, strict=True)], 0.4)


def draw_label(sheet: Sheet, label: Label) -> None:
    """Write name and level on a light ground, framed and with its leader line where it stands beside the zone."""
    (lines, bold, _, padding), size, box, leader = label
    if leader:
        sheet.rules([(*leader[0], *leader[1])], 0.8)
    corners = [(box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top)]
    sheet.polygon(corners, fill=white, opacity=0.9, outline=RULE if leader else None, line=0.5)
    middle, leading = box.middle[0], size * LABEL_LEADING
    top = box.top - padding / 2
    sheet.text(lines[:bold], middle, top, size, font=fonts.BOLD, align="centre", leading=leading)
    sheet.text(lines[bold:], middle, top - bold * leading, size, align="centre", leading=leading)


def draw_dot(
    sheet: Sheet,
    number: int,
    level: RiskLevel | None,
    middle: Point,
    *,
    now: RiskLevel | None = None,
    radius: float = DOT,
) -> None:
    """Draw the dot of a point with its number in the list, ringed in the level it is raised to now."""
    colours = paint(level)
    if now is not None:
        sheet.dot(middle, RING * radius / DOT, fill=paint(now).fill)
    sheet.dot(middle, radius, fill=colours.fill)
    size = (8.0 if number < 100 else 6.5 if number < 1000 else 5.0) * radius / DOT
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


def draw_scale(sheet: Sheet, left: float, top: float, length: float, metres: int) -> None:
    """Draw a bar of that length in two halves, with the metres it stands for."""
    for n, fill in enumerate((black, white)):
        sheet.box(left + n * length / 2, top - 18, length / 2, 5, fill=fill, line=0.6)
    half = f"{metres / 2:g}"
    for share, said in ((0.0, "0"), (0.5, half), (1.0, f"{metres} 米")):
        sheet.text([said], left + share * length, top, 8.5, align="left" if share == 0 else "centre")
