"""What cards have in common besides their text: the level, the row of signs, the code of the point, the telephones."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from reportlab.lib.colors import Color, black, white

from app.printing.card_layout import ALARM, UNFILLED, fitted, sizes
from app.printing.page import LEADING, MM, Align, Sheet, paint
from app.printing.signs import SIGNS, draw_named
from qr import Symbol, fonts
from risk_models import RiskLevel

PUBLIC_PHONES = (("火警", "119"), ("急救", "120"))
_GAP = 2 * MM
_RAISED = 0.3
_LEAST_CODE = 5.5  # points; a longer code stands in the text of the card alone
_CODE_ADVICE = "扫码看最新内容"


class Box(NamedTuple):
    """A rectangle from its upper left corner, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top - self.height


class Line(NamedTuple):
    """One line of a stack: its text, and the size it has where there is room."""

    text: str
    size: float
    font: str = fonts.BOLD


class Level(NamedTuple):
    """What a card says of its level: which it is, what that means, and what the point is raised to now."""

    level: RiskLevel | None
    said: tuple[str, ...]
    raised: RiskLevel | None = None


def draw_stack(sheet: Sheet, lines: Sequence[Line], box: Box, *, ink: Color = black, align: Align = "left") -> None:
    """Draw lines under each other in the middle of a box, each as large as it may be there."""
    drawn = [(fonts.printable(text), size, font) for text, size, font in lines]
    narrowed = [(text, min(size, box.width / max(fonts.width(text, 1, font), 0.1)), font) for text, size, font in drawn]
    high = sum(size for _, size, _ in narrowed) * LEADING
    scale = min(1.0, box.height / high)
    top = box.top - (box.height - high * scale) / 2
    x = box.left + {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * box.width
    for text, size, font in narrowed:
        sheet.text([text], x, top, size * scale, font=font, ink=ink, align=align)
        top -= size * scale * LEADING


def draw_level(sheet: Sheet, level: Level, box: Box, unit: float, *, band: bool) -> None:
    """Say the level in colour and in words, and which level it is: as a band across the page, or as a block."""
    colours = paint(level.level)
    strip = box.height * _RAISED if level.raised else 0.0
    sheet.box(box.left, box.bottom + strip, box.width, box.height - strip, fill=colours.fill, line=1.2)
    side = 4 * MM * unit
    inner = Box(box.left + side, box.top, box.width - 2 * side, box.height - strip)
    said = [Line(text, 13 * unit, fonts.REGULAR) for text in level.said]
    if band:
        room = 0.64 * inner.width
        draw_stack(sheet, [Line(colours.words, 42 * unit)], inner._replace(width=room), ink=colours.ink)
        beside = inner._replace(left=inner.left + room, width=inner.width - room)
        draw_stack(sheet, said, beside, ink=colours.ink, align="right")
    else:
        label, bracket, colour = colours.words.partition("（")
        words = [Line(label, 42 * unit), *(Line(bracket + colour, 20 * unit) for _ in colour[:1])]
        lines = [*(words if len(said) + bool(level.raised) < 2 else [Line(colours.words, 30 * unit)]), *said]
        draw_stack(sheet, lines, inner, ink=colours.ink, align="centre")
    if level.raised:
        _draw_raised(sheet, level.raised, Box(box.left, box.bottom + strip, box.width, strip), unit)


def _draw_raised(sheet: Sheet, raised: RiskLevel, box: Box, unit: float) -> None:
    colours = paint(raised)
    sheet.box(box.left, box.bottom, box.width, box.height, fill=colours.fill, line=1.2)
    inner = Box(box.left + 2 * MM, box.top, box.width - 4 * MM, box.height)
    said = [Line(f"现已升为 {colours.words}", 20 * unit), Line("有未销号的重大隐患或逾期隐患", 12 * unit)]
    if box.width > 10 * box.height:
        said = [Line("：".join(line.text for line in said), 18 * unit)]
    draw_stack(sheet, said, inner, ink=colours.ink, align="centre")


def sign_width(count: int, room: float, most: float) -> float:
    """Return how wide each of some signs may be in a row."""
    return min(most, (room - (count - 1) * _GAP) / count) if count else 0.0


def draw_signs(sheet: Sheet, keys: Sequence[str], left: float, bottom: float, room: float, most: float) -> None:
    """Draw signs with their names in the middle of a row."""
    width = sign_width(len(keys), room, most)
    gap = min((room - len(keys) * width) / max(1, len(keys) - 1), 0.35 * width)
    x = left + (room - len(keys) * width - (len(keys) - 1) * gap) / 2
    for key in keys:
        draw_named(sheet, SIGNS[key], x, bottom, width)
        x += width + gap


def draw_code(sheet: Sheet, symbol: Symbol | None, code: str, box: Box, unit: float) -> None:
    """Draw the code of a point at the top of a box, with the human code and what it is for below."""
    side = box.width
    if symbol:
        sheet.symbol(symbol, box.left, box.top - side, side)
        # Below a symbol stay four of its modules free, or it is not read.
        below = box.top - side - 4 * side / symbol.size
    else:
        sheet.box(box.left, box.top - side, side, side, line=0.6)
        draw_stack(
            sheet, [Line("尚无二维码", 12 * unit, fonts.REGULAR)], Box(box.left, box.top, side, side), align="centre"
        )
        below = box.top - side - 2
    lines = [Line(code, 15 * unit)] if fits_code(code, box) else []
    advice = [Line(_CODE_ADVICE, 9 * unit, fonts.REGULAR)] if symbol else []
    draw_stack(sheet, [*lines, *advice], Box(box.left, below, side, below - box.bottom), align="centre")


def fits_code(code: str, box: Box) -> bool:
    """Say whether a human code can stand under its symbol."""
    return box.width >= _LEAST_CODE * fonts.width(fonts.printable(code), 1, fonts.BOLD)


def phone_numbers(phone: str) -> list[tuple[str, str]]:
    """Return whom to call: the enterprise's own number and the public ones it does not name already."""
    named = re.findall(r"(?<![\d-])1\d\d(?![\d-])", phone)
    return [("本单位应急电话", phone or UNFILLED), *(pair for pair in PUBLIC_PHONES if pair[1] not in named)]


def reached_at(name: str, phone: str | None, between: str = "　") -> str:
    """Return who is responsible and the telephone, or that there is none; None leaves it out: call nobody."""
    return (name or UNFILLED) + ("" if phone is None else between + (phone or f"电话{UNFILLED}"))


def phone_line(phone: str) -> str:
    """Return the telephones in one line."""
    (_, own), *public = phone_numbers(phone)
    return "　".join(["应急电话 " + own, *(f"{name} {number}" for name, number in public)])


def draw_phones(sheet: Sheet, phone: str, box: Box, unit: float) -> None:
    """Draw the telephones as a strip; see fits_strip."""
    found = fitted_phones(phone, box, unit)
    if found:
        size, lines = found
        sheet.box(box.left, box.bottom, box.width, box.height, fill=ALARM, line=0.6)
        top = box.top - (box.height - len(lines) * size * LEADING) / 2
        sheet.text(lines, box.left + box.width / 2, top, size, font=fonts.BOLD, ink=white, align="centre")


def fitted_phones(phone: str, box: Box, unit: float) -> tuple[float, list[str]] | None:
    """Return size and lines of the telephones in a strip; None when they do not fit it."""
    return fitted(phone_line(phone), box.width - 6 * MM, box.height, sizes(26 * unit, 9))


def draw_chip(sheet: Sheet, level: RiskLevel | None, right: float, top: float, size: float) -> float:
    """Draw the words of a level on its colour, ending at `right`; return where it begins."""
    colours = paint(level)
    width = fonts.width(colours.words, size, fonts.BOLD) + size
    # A white rim parts it from a ground of like colour.
    sheet.box(right - width - 1.5, top - 1.7 * size - 1.5, width + 3, 1.7 * size + 3, fill=white)
    sheet.box(right - width, top - 1.7 * size, width, 1.7 * size, fill=colours.fill, line=0.6)
    hang = top - (1.7 - LEADING) / 2 * size
    sheet.text([colours.words], right - width / 2, hang, size, font=fonts.BOLD, ink=colours.ink, align="centre")
    return right - width
