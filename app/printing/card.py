"""The warning card 岗位安全风险告知卡: what is posted at a risk point, one A4 page to be read from two metres.

The text is as large as the page allows. What does not fit at the smallest size goes on to a second page, never away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil

from reportlab.lib.colors import HexColor, black

from app.printing.page import A4_PORTRAIT, FOOT, GREY, LEADING, MARGIN, MM, Sheet, paint, shorten
from app.printing.tables import Row, flow
from qr import Symbol, fonts, symbols
from risk_models import RiskLevel

SIZES = (16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)
"""Text sizes a card may take, in points, the largest first."""

TITLE = "岗位安全风险告知卡"
ALARM = HexColor("#c00000")

_WIDTH = A4_PORTRAIT[0] - 2 * MARGIN
_TOP = A4_PORTRAIT[1] - MARGIN
_SYMBOL = 31 * MM
_HEAD = 42 * MM
_BANNER = 21 * MM
_CONTINUED = 12 * MM
_LABEL = 29 * MM
_PAD_X = 2.2 * MM
_PAD_Y = 2.6 * MM


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
    phone: str
    check_cycle: str
    emergency_steps: tuple[str, ...]
    emergency_phone: str
    qr_text: str
    version: str
    printed_on: date
    controllers: tuple[tuple[str, str], ...] = ()
    """Tier and person of whoever controls the point, highest tier first."""
    status: str = ""
    """What to say of an identification that is not confirmed."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """One row of the card: pairs of label and text side by side, each text given as paragraphs."""

    pairs: tuple[tuple[str, Sequence[str]], ...]
    urgent: bool = False

    @property
    def font(self) -> str:
        """The typeface of the texts."""
        return fonts.BOLD if self.urgent else fonts.REGULAR

    @property
    def room(self) -> float:
        """The width of a line of text, in points."""
        return _WIDTH / len(self.pairs) - _LABEL - 2 * _PAD_X

    def row(self, place: int, size: float) -> Row:
        """Wrap the texts at a font size."""
        wrapped = [
            [line for text in texts for line in fonts.wrap(text, self.room, size, self.font)] for _, texts in self.pairs
        ]
        return Row(tuple(wrapped), place=place)

    def lengths(self) -> list[list[float]]:
        """Return for each pair the lengths of its texts on one line, in lines at font size 1."""
        return [[fonts.width(text, 1, self.font) / self.room for text in texts] for _, texts in self.pairs]


def warning_cards(cards: Sequence[Card]) -> bytes:
    """Return a PDF with each card on a page of its own, or on several where its text is long.

    Raises ValueError when there is no card.
    """
    if not cards:
        raise ValueError("没有要打印的告知卡：请至少选择一个风险点。")
    first = cards[0]
    sheet = Sheet(A4_PORTRAIT, title=TITLE, enterprise=first.enterprise, drawn_on=first.printed_on)
    for card, symbol in zip(cards, symbols(card.qr_text for card in cards), strict=True):
        _draw(sheet, card, symbol)
    return sheet.finish()


def _facts(card: Card) -> list[_Fact]:
    measures = [f"【{category}】{text}" for category, text in card.measures]
    facts = [
        (("风险点", [card.point_name]), ("编号", [card.code])),
        (("所在场所", [card.place]), ("风险点类别", [card.category])),
        (("主要风险", _listed(card.main_risks)),),
        (("易发事故类型", ["、".join(card.accident_types)]),),
        (("可能后果", _listed(card.consequences)),),
        (("管控措施", measures),),
        (("检查要点", _listed(card.check_items)),),
        (("应急处置", _listed(card.emergency_steps)),),
        *((("分级管控", [_controllers(card)]),) for _ in card.controllers[:1]),
        (("责任人", [card.responsible]), ("联系电话", [card.phone])),
        (("检查周期", [card.check_cycle]), ("单位名称", [card.enterprise])),
    ]
    return [*map(_Fact, facts), _Fact((("应急电话", [card.emergency_phone]),), urgent=True)]


def _controllers(card: Card) -> str:
    return "　".join(f"{tier}：{person}" for tier, person in card.controllers)


def _listed(texts: Sequence[str]) -> list[str]:
    return list(texts) if len(texts) < 2 else [f"{n}. {text}" for n, text in enumerate(texts, 1)]


def _draw(sheet: Sheet, card: Card, symbol: Symbol) -> None:
    facts = _facts(card)
    size, pages = _lay_out(facts)
    padding = _padding(size, pages)
    for number, rows in enumerate(pages):
        if number == 0:
            _draw_head(sheet, card, symbol)
        else:
            _draw_continued_head(sheet, card)
        top = _TOP - (_HEAD + _BANNER if number == 0 else _CONTINUED)
        for row in rows:
            top = _draw_row(sheet, facts[row.place], row, top, size, padding)
        note = "发现异常立即停止作业、撤离并报告；扫码看最新内容。"
        sheet.foot(card.version, card.printed_on, number + 1, len(pages), note=note)
        sheet.next_page()


def _room_on(page: int) -> float:
    return _TOP - MARGIN - FOOT - (_CONTINUED if page else _HEAD + _BANNER)


def _height(rows: Sequence[Row], size: float) -> float:
    return sum(row.lines for row in rows) * size * LEADING + len(rows) * _PAD_Y


def _lay_out(facts: Sequence[_Fact]) -> tuple[float, list[list[Row]]]:
    """Return the largest size at which the facts take no more pages than they must, and their rows page by page."""
    lengths = [fact.lengths() for fact in facts]

    @cache
    def laid_out(size: float) -> list[list[Row]]:
        rows = [fact.row(place, size) for place, fact in enumerate(facts)]
        return flow(rows, _room_on, size * LEADING, _PAD_Y)

    def least_height(size: float) -> float:
        lines = sum(max(sum(ceil(length * size) for length in cell) for cell in row) for row in lengths)
        return lines * size * LEADING + len(facts) * _PAD_Y

    def largest(pages: int) -> float | None:
        room = sum(map(_room_on, range(pages)))
        # Wrapping is the slow part, so sizes that cannot fit even without a ragged margin are not tried.
        sizes = [size for size in SIZES if least_height(size) <= room]
        return next((size for size in sizes if len(laid_out(size)) <= pages), None)

    size = largest(1) or largest(len(laid_out(SIZES[-1]))) or SIZES[-1]
    return size, laid_out(size)


def _padding(size: float, pages: Sequence[Sequence[Row]]) -> float:
    """Return the padding of a row: on a card of one page the rows share what is left of it."""
    if len(pages) > 1:
        return _PAD_Y
    return _PAD_Y + (_room_on(0) - _height(pages[0], size)) / len(pages[0])


def _draw_head(sheet: Sheet, card: Card, symbol: Symbol) -> None:
    room = _WIDTH - _SYMBOL - 6 * MM
    sheet.text(shorten(fonts.wrap(card.enterprise, room, 14), 1), MARGIN, _TOP, 14)
    sheet.text([TITLE], MARGIN, _TOP - 7.5 * MM, 38, font=fonts.BOLD)
    name = fonts.wrap(card.point_name, room, 26, fonts.BOLD)
    size = 26 if len(name) == 1 else 15
    name = shorten(fonts.wrap(card.point_name, room, size, fonts.BOLD), 2)
    sheet.text(name, MARGIN, _TOP - 25.5 * MM, size, font=fonts.BOLD)
    left = MARGIN + _WIDTH - _SYMBOL
    sheet.symbol(symbol, left, _TOP - _SYMBOL, _SYMBOL)
    code = shorten(fonts.wrap(card.code, _SYMBOL, 12, fonts.BOLD), 1)
    sheet.text(code, left + _SYMBOL / 2, _TOP - _SYMBOL - 4 * MM, 12, font=fonts.BOLD, align="centre")
    _draw_banner(sheet, card)


def _draw_banner(sheet: Sheet, card: Card) -> None:
    """Say the level in colour and in words, and which level it is."""
    colours = paint(card.level)
    top = _TOP - _HEAD
    sheet.box(MARGIN, top - _BANNER, _WIDTH, _BANNER, fill=colours.fill, line=1.2)
    sheet.text([colours.words], MARGIN + 6 * MM, top - 1.2 * MM, 42, font=fonts.BOLD, ink=colours.ink)
    said = f"本卡显示：{card.level_basis}等级" + ("" if card.level else "\n尚未评估，不表示风险低")
    said += f"\n{card.status}" if card.status else ""
    basis = shorten(fonts.wrap(said, 60 * MM, 14), 3)
    sheet.text(
        basis,
        MARGIN + _WIDTH - 6 * MM,
        top - (_BANNER - len(basis) * 14 * LEADING) / 2,
        14,
        ink=colours.ink,
        align="right",
    )


def _draw_continued_head(sheet: Sheet, card: Card) -> None:
    colours = paint(card.level)
    words = fonts.width(colours.words, 12, fonts.BOLD) + 8
    title = fonts.wrap(f"{TITLE}（续）　{card.code}　{card.point_name}", _WIDTH - words - 8, 12, fonts.BOLD)
    sheet.text(shorten(title, 1), MARGIN, _TOP - 4, 12, font=fonts.BOLD)
    left = MARGIN + _WIDTH - words
    sheet.box(left, _TOP - 22, words, 20, fill=colours.fill, line=0.6)
    sheet.text([colours.words], left + 4, _TOP - 4, 12, font=fonts.BOLD, ink=colours.ink)


def _draw_row(sheet: Sheet, fact: _Fact, row: Row, top: float, size: float, padding: float) -> float:
    """Draw one row hanging from `top` and return where the next one hangs from."""
    height = row.lines * size * LEADING + padding
    width = _WIDTH / len(fact.pairs)
    ink, font = (ALARM, fonts.BOLD) if fact.urgent else (black, fonts.REGULAR)
    for column, ((label, _), lines) in enumerate(zip(fact.pairs, row.cells, strict=True)):
        left = MARGIN + column * width
        sheet.box(left, top - height, _LABEL, height, fill=GREY)
        middle = top - (height - 12 * LEADING) / 2
        sheet.text([label], left + _LABEL / 2, middle, 12, font=fonts.BOLD, align="centre")
        hang = top - (height - len(lines) * size * LEADING) / 2
        sheet.text(lines, left + _LABEL + _PAD_X, hang, size, font=font, ink=ink)
    edges = [MARGIN + column * width + x for column in range(len(fact.pairs)) for x in (0, _LABEL)]
    sheet.rules([(x, top, x, top - height) for x in (*edges, MARGIN + _WIDTH)])
    sheet.rules([(MARGIN, y, MARGIN + _WIDTH, y) for y in (top, top - height)])
    return top - height
