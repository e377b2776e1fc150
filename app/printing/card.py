"""The warning card 岗位安全风险告知卡: what is posted at a risk point, on A4 or A3, to be read from two metres.

Upright it has the level as a band, the signs in a row and one column of text. Lying it has the level beside the title
and two columns: signs and hazards, then measures and what to do in an emergency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.printing.batches import Marks, with_marks
from app.printing.card_layout import (
    URGENT,
    Ground,
    Section,
    draw_page,
    fitted,
    lay_out,
    numbered,
    plain,
    sizes,
)
from app.printing.card_parts import (
    Box,
    Level,
    draw_chip,
    draw_code,
    draw_level,
    draw_phones,
    draw_signs,
    fits_code,
    fitted_phones,
    phone_line,
    reached_at,
    sign_width,
)
from app.printing.page import LEADING, MARGIN, MM, STAMPED, Sheet
from app.printing.signs import EDITION, named_height
from app.printing.stamp import Look, Stamp
from qr import fonts
from risk_models import RiskLevel

TITLE = "岗位安全风险告知卡"
NOTE = f"发现异常立即停止作业、撤离并报告。安全标志依据 {EDITION.standard}。"
LARGEST, LEAST = 22.0, 9.0  # points: the sizes of the text of a card on A4; the least is that of larger paper too

_A4 = 210 * MM
_CONTINUED = 22 * MM
_STRIP = 13 * MM
_SIGN = 24 * MM
_SMALL_SIGN = 23 * MM
_SAVES_LIVES = ("事故类型", "应急处置", "应急电话", "责任人")


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What one warning card says; level None is not assessed, level_basis names the level shown, such as 现状风险."""

    enterprise: str
    place: str
    point_name: str
    code: str
    category: str
    level: RiskLevel | None
    level_basis: str
    main_risks: tuple[str, ...]
    accident_types: tuple[str, ...]
    consequences: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    """Category and text of each control measure."""
    check_items: tuple[str, ...]
    responsible: str
    phone: str | None
    check_cycle: str
    emergency_steps: tuple[str, ...]
    emergency_phone: str
    qr_text: str
    """What the code of the point says; empty where it has none."""
    signs: tuple[str, ...] = ()
    """The keys of the safety signs, in their order."""
    raised: RiskLevel | None = None
    """What hidden hazards raise the point to now, above its level."""
    controllers: tuple[tuple[str, str], ...] = ()
    """Tier and person of whoever controls the point, highest tier first."""
    status: str = ""
    """What to say of an identification that is not confirmed."""


class _Form(NamedTuple):
    """Where the parts of a card stand on its first page."""

    unit: float
    title: Box
    code: Box
    level: Box
    signs: tuple[float, float, float, float]  # left, bottom, room, the width a sign may have
    phones: Box
    ground: Ground


def warning_cards(stamped: Iterable[tuple[Card, Stamp]], look: Look | None = None) -> bytes:
    """Return a PDF with each card on a page of its own, or on several where its text is long.

    Raises ValueError when there is no card.
    """
    look = look or Look()
    sheet = None
    for card, stamp, marks in with_marks(stamped, lambda card: card.qr_text):
        if sheet is None:
            sheet = Sheet(look.size, title=TITLE, enterprise=card.enterprise, drawn_on=stamp.printed_on)
        _draw(sheet, card, stamp, marks)
    if sheet is None:
        raise ValueError("没有要打印的告知卡：请至少选择一个风险点。")
    return sheet.finish()


def _draw(sheet: Sheet, card: Card, stamp: Stamp, marks: Marks) -> None:
    form = _lying(sheet, card) if sheet.width > sheet.height else _upright(sheet, card)
    sections, apart = _sections(card, form)
    laid = lay_out(sections, form.ground, sizes(LARGEST * form.unit, LEAST), apart=apart)
    if laid.pages > 1:
        sections = _urgent_first(sections)
        laid = lay_out(sections, form.ground, sizes(LARGEST * form.unit, LEAST), apart=len(sections))
    for page in range(laid.pages):
        if page == 0:
            _draw_first(sheet, card, form, marks)
        else:
            _draw_continued(sheet, card, marks, form.unit)
        draw_page(sheet, sections, laid, form.ground, page)
        sheet.stamped_foot(stamp, page + 1, laid.pages, note=NOTE, symbol=marks.check)
        sheet.next_page()


def _upright(sheet: Sheet, card: Card) -> _Form:
    unit = sheet.width / _A4
    width, top = sheet.width - 2 * MARGIN, sheet.height - MARGIN
    side, band = 28 * MM * unit, (26 if card.raised else 18) * MM * unit
    head, gap = 40 * MM * unit, 2 * MM * unit
    title = Box(MARGIN, top, width - side - 6 * MM * unit, head - gap)
    code = Box(MARGIN + width - side, top, side, head - gap)
    level = Box(MARGIN, top - head, width, band)
    sign = sign_width(len(card.signs), width, _SIGN * unit)
    signs = level.bottom - gap - named_height(sign) if card.signs else level.bottom
    phones = Box(MARGIN, MARGIN + STAMPED + _STRIP * unit, width, _STRIP * unit)
    ground = Ground(
        lefts=(MARGIN,), width=width, unit=unit, tops=(signs - gap,), floor=phones.top + gap,
        again=top - _CONTINUED * unit, low=MARGIN + STAMPED,
    )  # fmt: skip
    return _Form(unit, title, code, level, (MARGIN, signs, width, _SIGN * unit), phones, ground)


def _lying(sheet: Sheet, card: Card) -> _Form:
    unit = sheet.height / _A4
    width, top = sheet.width - 2 * MARGIN, sheet.height - MARGIN
    head, side, gap = 38 * MM * unit, 26 * MM * unit, 2.5 * MM * unit
    column = (width - gap) / 2
    level = Box(MARGIN, top, 76 * MM * unit, head)
    code = Box(MARGIN + width - side, top, side, head)
    left = MARGIN + level.width + 5 * MM * unit
    title = Box(left, top, code.left - 5 * MM * unit - left, head)
    sign = sign_width(len(card.signs), column, _SMALL_SIGN * unit)
    under = top - head - gap
    signs = under - named_height(sign) if card.signs else under + gap
    phones = Box(MARGIN, MARGIN + STAMPED + _STRIP * unit, width, _STRIP * unit)
    ground = Ground(
        lefts=(MARGIN, MARGIN + column + gap), width=column, unit=unit, tops=(signs - gap, under),
        floor=phones.top + gap, again=top - _CONTINUED * unit, low=MARGIN + STAMPED,
    )  # fmt: skip
    return _Form(unit, title, code, level, (MARGIN, signs, column, _SMALL_SIGN * unit), phones, ground)


def _sections(card: Card, form: _Form) -> tuple[list[Section], int]:
    """Return the sections in the order of the form, and which of them begins the second column.

    What its place in the head or the strip cannot hold stands here too.
    """
    title = _title(card, form)
    hazards = [
        *(Section((("单位", plain(card.enterprise)),)) for _ in range(title.enterprise is None)),
        *(Section((("风险点", plain(card.point_name)),)) for _ in range(title.name is None)),
        *(Section((("编号", plain(card.code)),)) for _ in range(not fits_code(card.code, form.code))),
        Section((("所在场所", plain(card.place)),)),
        Section((("主要风险", numbered(card.main_risks) if card.main_risks else plain("（尚未辨识危险源）")),)),
        Section((("事故类型", plain("、".join(card.accident_types))),)),
        Section((("可能后果", numbered(card.consequences)),)),
    ]
    measures = tuple(("·", f"【{category}】{text}") for category, text in card.measures)
    answers = [
        Section((("管控措施", measures or plain()),)),
        Section((("检查要点", numbered(card.check_items)),)),
        Section((("应急处置", numbered(card.emergency_steps)),), URGENT),
    ]
    if fitted_phones(card.emergency_phone, form.phones, form.unit) is None:
        answers.append(Section((("应急电话", plain(phone_line(card.emergency_phone))),), URGENT))
    duties = [
        *(Section((("分级管控", plain(_controllers(card))),)) for _ in card.controllers[:1]),
        Section((("责任人", plain(reached_at(card.responsible, card.phone))),)),
        Section((("检查周期", plain(card.check_cycle)), ("类别", plain(card.category)))),
    ]
    if len(form.ground.lefts) == 1:
        return [*hazards, *answers, *duties], 0
    return [*hazards, *duties, *answers], len(hazards) + len(duties)


def _urgent_first(sections: Sequence[Section]) -> list[Section]:
    """Order the sections of a card of several pages so that what saves lives stands on the first of them."""
    first = [one for label in _SAVES_LIVES for one in sections if one.pairs[0][0] == label]
    after = next(n for n, one in enumerate(sections, 1) if one.pairs[0][0] == "主要风险")
    return [*sections[:after], *first, *(one for one in sections[after:] if one not in first)]


def _controllers(card: Card) -> str:
    return "　".join(f"{tier}：{person}" for tier, person in card.controllers)


class _Title(NamedTuple):
    """The texts beside the title, each with its size, as they fit there; None where one does not."""

    enterprise: tuple[float, list[str]] | None
    name: tuple[float, list[str]] | None


def _title(card: Card, form: _Form) -> _Title:
    box, unit = form.title, form.unit
    firm = fitted(card.enterprise, box.width, 0.2 * box.height, sizes(14 * unit, 7), fonts.REGULAR)
    return _Title(firm, fitted(card.point_name, box.width, 0.4 * box.height, sizes(26 * unit, 8)))


def _draw_first(sheet: Sheet, card: Card, form: _Form, marks: Marks) -> None:
    box, texts = form.title, _title(card, form)
    if texts.enterprise:
        size, lines = texts.enterprise
        sheet.text(lines, box.left, box.top, size)
    size = min(38 * form.unit, box.width / fonts.width(TITLE, 1, fonts.BOLD))
    middle = box.top - 0.4 * box.height
    sheet.text([TITLE], box.left, middle + size * LEADING / 2, size, font=fonts.BOLD)
    if texts.name:
        size, lines = texts.name
        top = box.bottom + 0.2 * box.height + len(lines) * size * LEADING / 2
        sheet.text(lines, box.left, top, size, font=fonts.BOLD)
    draw_code(sheet, marks.code, card.code, form.code, form.unit)
    band = form.level.width > 6 * form.level.height
    draw_level(sheet, Level(card.level, _said(card), card.raised), form.level, form.unit, band=band)
    left, bottom, room, most = form.signs
    draw_signs(sheet, card.signs, left, bottom, room, most)
    draw_phones(sheet, card.emergency_phone, form.phones, form.unit)


def _said(card: Card) -> tuple[str, ...]:
    """Return which level the card shows, and what a reader must know of it."""
    unassessed = () if card.level else ("尚未评估，不表示风险低",)
    return (f"本卡显示：{card.level_basis}等级", *unassessed, *((card.status,) if card.status else ()))


def _draw_continued(sheet: Sheet, card: Card, marks: Marks, unit: float) -> None:
    top, right, side = sheet.height - MARGIN, sheet.width - MARGIN, (_CONTINUED - 4 * MM) * unit
    if marks.code:
        sheet.symbol(marks.code, right - side, top - side, side)
        right -= side + 5 * MM * unit
    left = draw_chip(sheet, card.level, right, top, 13 * unit)
    room = left - MARGIN - 4 * MM
    said = filter(None, (f"{TITLE}（续）", card.code, card.status, card.point_name))
    named = fitted("　".join(said), room, side, sizes(15 * unit, 8))
    size, lines = named or (13 * unit, [f"{TITLE}（续）"])
    sheet.text(lines, MARGIN, top, size, font=fonts.BOLD)
