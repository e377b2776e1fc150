"""The emergency card 应急处置卡: what to do, in which order and whom to call, for one risk point.

On A4 it is a page; on A5 two stand on a page of A4, to be cut apart and carried.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import white

from app.printing.batches import Marks, with_marks
from app.printing.card_layout import (
    ALARM,
    BLUSH,
    SLATE,
    Ground,
    Laid,
    Section,
    Style,
    draw_page,
    fitted,
    lay_out,
    plain,
    sizes,
)
from app.printing.card_parts import (
    Box,
    Line,
    draw_chip,
    draw_code,
    draw_stack,
    fits_code,
    phone_numbers,
    reached_at,
)
from app.printing.page import MARGIN, MM, STAMPED, Sheet
from app.printing.stamp import Look, Paper, Stamp
from qr import fonts
from risk_models import RiskLevel

TITLE = "应急处置卡"
NOTE = "先保人身安全：处置不了立即撤离并报告。"
NO_STEPS = "（未填写应急处置步骤，请安全管理员补充；先撤离、报告）"

_A4 = 210 * MM
_STEP = Style(label_width=13.0, fill=ALARM, font=fonts.BOLD, label_scale=1.4)
_URGENT = Style(label_width=25.0, fill=ALARM, ground=BLUSH, font=fonts.BOLD, text_ink=ALARM)
_FACT = Style(label_width=25.0)
_HEAD, _PHONES, _CONTINUED = 39 * MM, 27 * MM, 14 * MM


@dataclass(frozen=True, kw_only=True, slots=True)
class EmergencyCard:
    """What one emergency card says."""

    enterprise: str
    place: str
    point_name: str
    code: str
    level: RiskLevel | None
    accident_types: tuple[str, ...]
    steps: tuple[str, ...]
    equipment: tuple[str, ...]
    """The measures for protection and for emergencies."""
    responsible: str
    phone: str | None
    emergency_phone: str
    qr_text: str
    status: str = ""
    """What to say of an identification that is not confirmed."""


def emergency_cards(stamped: Iterable[tuple[EmergencyCard, Stamp]], look: Look | None = None) -> bytes:
    """Return a PDF of emergency cards, one after another. Raises ValueError when there is none."""
    look = look or Look()
    cards = _Cards(look)
    for card, stamp, marks in with_marks(stamped, lambda card: card.qr_text):
        cards.add(card, stamp, marks)
    return cards.finish()


class _Cards:
    """Cards in the making: each takes a page, or half of one."""

    def __init__(self, look: Look) -> None:
        self._halved = look.paper is Paper.A5
        self._size = look.size
        # Two halves lie the other way on their page than the page does.
        self._page = Look(Paper.A4, not look.landscape).size if self._halved else look.size
        self._sheet: Sheet | None = None
        self._used = 0

    def add(self, card: EmergencyCard, stamp: Stamp, marks: Marks) -> None:
        if self._sheet is None:
            self._sheet = Sheet(self._page, title=TITLE, enterprise=card.enterprise, drawn_on=stamp.printed_on)
        sections, ground, laid = _laid_out(card, self._size)
        for page in range(laid.pages):
            left, bottom = self._corner()
            with self._sheet.framed(left, bottom, *self._size):
                _draw_head(self._sheet, card, marks, ground, page)
                draw_page(self._sheet, sections, laid, ground, page)
                self._sheet.stamped_foot(stamp, page + 1, laid.pages, note=NOTE, symbol=marks.check)
            self._close()

    def finish(self) -> bytes:
        if self._sheet is None:
            raise ValueError("没有要打印的应急处置卡：请至少选择一个风险点。")
        if self._halved and self._used % 2:
            self._sheet.next_page()
        return self._sheet.finish()

    def _corner(self) -> tuple[float, float]:
        """Return the lower left corner of the next card: of two, the upper or left one comes first."""
        first = self._used % 2 == 0
        if not self._halved:
            return 0.0, 0.0
        if self._size[0] < self._size[1]:
            return (0.0 if first else self._page[0] / 2), 0.0
        return 0.0, (self._page[1] / 2 if first else 0.0)

    def _close(self) -> None:
        assert self._sheet is not None  # noqa: S101 - a card was drawn on it
        self._used += 1
        width, height = self._page
        if self._halved and self._used % 2:
            upright = self._size[0] < self._size[1]
            edge = 3 * MM
            across, along = (edge, height / 2, width - edge, height / 2), (width / 2, edge, width / 2, height - edge)
            cut = along if upright else across
            self._sheet.rules([cut], 0.3)
        else:
            self._sheet.next_page()


def _laid_out(card: EmergencyCard, size: tuple[float, float]) -> tuple[list[Section], Ground, Laid]:
    unit, width = min(size) / _A4, size[0] - 2 * MARGIN
    top, floor = size[1] - MARGIN, MARGIN + STAMPED
    lying, gap = size[0] > size[1], 2.5 * MM * unit
    column = (width - gap) / 2 if lying else width
    hang = top - _HEAD * unit
    ground = Ground(
        lefts=(MARGIN, MARGIN + column + gap) if lying else (MARGIN,),
        width=column,
        unit=unit,
        tops=(hang, hang) if lying else (hang,),
        floor=floor + _PHONES * unit + gap,
        again=top - _CONTINUED * unit,
        low=floor,
    )
    steps, others = _sections(card, ground)
    sections = [*steps, *others]
    return sections, ground, lay_out(sections, ground, sizes(32 * unit, 8), apart=len(steps))


def _sections(card: EmergencyCard, ground: Ground) -> tuple[list[Section], list[Section]]:
    steps = [Section(((str(n), plain(step)),), _STEP) for n, step in enumerate(card.steps or (NO_STEPS,), 1)]
    equipment = [("·", text) for text in card.equipment]
    room = _title_box(ground)
    others = [
        *(Section((("风险点", plain(card.point_name)),), _FACT) for _ in range(_name(card, room) is None)),
        *(Section((("编号", plain(card.code)),), _FACT) for _ in range(not fits_code(card.code, _code_box(ground)))),
        Section((("事故类型", plain("、".join(card.accident_types))),), _FACT),
        Section((("防护器材", tuple(equipment) or plain()),), _FACT),
        Section((("负责人", plain(reached_at(card.responsible, card.phone))),), _FACT),
        Section((("地点单位", plain(f"{card.place}　{card.enterprise}")),), _FACT),
    ]
    if len(card.emergency_phone) > _MOST_PHONE:
        others.append(Section((("应急电话", plain(card.emergency_phone)),), _URGENT))
    return steps, others


_MOST_PHONE = 60  # characters; a longer one stands in the text of the card


def _code_box(ground: Ground) -> Box:
    unit, right, top = ground.unit, ground.lefts[-1] + ground.width, ground.tops[0] + _HEAD * ground.unit
    side = 26 * MM * unit
    return Box(right - side, top, side, (_HEAD - 2 * MM) * unit)


def _title_box(ground: Ground) -> Box:
    code = _code_box(ground)
    return Box(MARGIN, code.top, code.left - MARGIN - 6 * MM * ground.unit, code.height)


def _name(card: EmergencyCard, box: Box) -> tuple[float, list[str]] | None:
    return fitted(card.point_name, box.width, 0.48 * box.height, sizes(30, 8))


def _draw_head(sheet: Sheet, card: EmergencyCard, marks: Marks, ground: Ground, page: int) -> None:
    unit, box = ground.unit, _title_box(ground)
    if page:
        draw_chip(sheet, card.level, sheet.width - MARGIN, box.top, 13 * unit)
        size, lines = fitted(_again(card), 0.66 * sheet.width, 11 * MM * unit, sizes(14 * unit, 7)) or (
            13 * unit,
            [f"{TITLE}（续）"],
        )
        sheet.text(lines, MARGIN, box.top, size, font=fonts.BOLD)
        return
    band = box._replace(height=0.45 * box.height)
    sheet.box(band.left, band.bottom, band.width, band.height, fill=ALARM)
    inner = band._replace(left=band.left + 4 * MM * unit, width=band.width - 8 * MM * unit)
    draw_stack(sheet, [Line(TITLE, 38 * unit)], inner._replace(width=0.64 * inner.width), ink=white)
    _draw_level(sheet, card, inner, 14 * unit)
    named = _name(card, box)
    if named:
        size, lines = named
        under = Box(box.left, band.bottom - 0.03 * box.height, box.width, 0.5 * box.height)
        draw_stack(sheet, [Line(line, size) for line in lines], under)
    draw_code(sheet, marks.code, card.code, _code_box(ground), unit)
    _draw_phones(sheet, card.emergency_phone, ground)


def _again(card: EmergencyCard) -> str:
    return "　".join(filter(None, (f"{TITLE}（续）", card.code, card.status, card.point_name)))


def _draw_level(sheet: Sheet, card: EmergencyCard, band: Box, size: float) -> None:
    """Draw the level at the end of the band, and under it that nobody has confirmed it."""
    right = band.left + band.width
    size, rows = (0.88 * size, 3.1) if card.status else (size, 1.7)
    top = band.top - (band.height - rows * size) / 2
    draw_chip(sheet, card.level, right, top, size)
    if card.status:
        sheet.text([card.status], right, top - 1.85 * size, size, font=fonts.BOLD, ink=white, align="right")


def _draw_phones(sheet: Sheet, phone: str, ground: Ground) -> None:
    """Draw whom to call side by side, the numbers as large as they may be."""
    numbers = phone_numbers(phone if len(phone) <= _MOST_PHONE else "见本卡“应急电话”")
    gap, width, unit = 2 * MM * ground.unit, sheet.width - 2 * MARGIN, ground.unit
    shares = _shares(numbers)
    left, top = MARGIN, MARGIN + STAMPED + _PHONES * unit
    for (name, number), share in zip(numbers, shares, strict=True):
        box = Box(left, top, (width - gap * (len(numbers) - 1)) * share, _PHONES * unit)
        sheet.box(box.left, box.bottom, box.width, box.height, fill=ALARM if share == shares[0] else SLATE)
        inner = Box(box.left + 2 * MM, box.top, box.width - 4 * MM, box.height)
        draw_stack(sheet, [Line(name, 15 * unit), Line(number, 44 * unit)], inner, ink=white, align="centre")
        left += box.width + gap


def _shares(numbers: Sequence[tuple[str, str]]) -> list[float]:
    """Return the part of the width each telephone gets: the enterprise's own as much as the public ones together."""
    others = len(numbers) - 1
    return [1.0] if not others else [0.5, *[0.5 / others] * others]
