"""The yearly plan 年度隐患排查计划: what is inspected, how often and by whom, tier by tier, on A4 landscape.

The plans of one tier share its cell; it is named again at the top of each page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.printing.page import A4_PORTRAIT, FOOT, GREY, LEADING, MARGIN, MM, Sheet, shorten
from app.printing.tables import Row, flow
from qr import fonts

_A4_LANDSCAPE = (A4_PORTRAIT[1], A4_PORTRAIT[0])
_SIZE = 8.5
_PADDING = 4.0
_SIDE = 3.0
_LINE = _SIZE * LEADING
_WIDTH = _A4_LANDSCAPE[0] - 2 * MARGIN
_TOP = _A4_LANDSCAPE[1] - MARGIN
_TITLE = 19 * MM
_HEADING = 8 * MM
_SIGNED = 10 * MM
_SIGNATURES = ("编制", "审核", "批准（主要负责人）", "批准日期")

_COLUMNS: tuple[tuple[str, float], ...] = (
    ("层级", 18),
    ("序号", 9),
    ("编号", 22),
    ("排查类型", 22),
    ("排查事项", 46),
    ("排查内容", 62),
    ("排查频次", 26),
    ("起止", 20),
    ("责任单位", 22),
    ("责任人", 15),
    ("备注", 15),
)
_WIDTHS = tuple(width * MM for _, width in _COLUMNS)
_EDGES = tuple(MARGIN + sum(_WIDTHS[:n]) for n in range(len(_WIDTHS) + 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """One inspection plan; the plans of one tier follow each other."""

    tier: str
    """Its name, such as 部门/车间."""
    code: str
    kind: str
    name: str
    scope: str
    content: str
    frequency: str
    period: str
    """The days it runs, a line each."""
    unit: str
    responsible: str
    note: str = ""
    """What else is to know: shutdowns, grace, that it was stopped."""


def yearly_plan(rows: Sequence[PlanRow], *, year: int, enterprise: str, version: str, printed_on: date) -> bytes:
    """Return the plan of a year as a PDF; of a year without plans, a page that says so."""
    title = f"{year} 年度隐患排查计划"
    sheet = Sheet(_A4_LANDSCAPE, title=title, enterprise=enterprise, drawn_on=printed_on)
    room = _TOP - _TITLE - _HEADING - _SIGNED - MARGIN - FOOT
    pages = flow(_table(rows), lambda _: room, _LINE, _PADDING)
    note = f"共 {len(rows)} 项排查。" if rows else "本年度没有排查计划。"
    for number, page in enumerate(pages, 1):
        _draw_title(sheet, title, enterprise)
        top = _draw_heading(sheet, _TOP - _TITLE)
        for place, row in enumerate(page):
            last = place == len(page) - 1 or bool(page[place + 1].cells[0])
            top = _draw_row(sheet, row, top, closes_tier=last)
        _draw_signatures(sheet)
        sheet.foot(version, printed_on, number, len(pages), note=note)
        sheet.next_page()
    return sheet.finish()


def _table(rows: Sequence[PlanRow]) -> Iterator[Row]:
    number = 0
    for tier, plans in groupby(rows, key=lambda row: row.tier):
        named = _wrapped(tier, _WIDTHS[0])
        for place, row in enumerate(plans):
            number += 1
            texts = zip(_texts(row, number), _WIDTHS[1:], strict=True)
            cells = tuple(_wrapped(text, width) for text, width in texts)
            yield Row(((), *cells) if place else (named, *cells), (named, *[()] * len(cells)), number)


def _texts(row: PlanRow, number: int) -> tuple[str, ...]:
    what = f"{row.name}\n范围：{row.scope}"
    return (
        str(number), row.code, row.kind, what, row.content, row.frequency, row.period, row.unit, row.responsible,
        row.note,
    )  # fmt: skip


def _wrapped(text: str, width: float) -> list[str]:
    return fonts.wrap(text, width - 2 * _SIDE, _SIZE)


def _draw_title(sheet: Sheet, title: str, enterprise: str) -> None:
    sheet.text(shorten(fonts.wrap(title, _WIDTH, 22, fonts.BOLD), 1), MARGIN, _TOP, 22, font=fonts.BOLD)
    sheet.text(shorten(fonts.wrap(enterprise, _WIDTH, 10), 1), MARGIN, _TOP - 11.5 * MM, 10)


def _draw_heading(sheet: Sheet, top: float) -> float:
    sheet.box(MARGIN, top - _HEADING, _EDGES[-1] - MARGIN, _HEADING, fill=GREY)
    for (name, _), left, width in zip(_COLUMNS, _EDGES, _WIDTHS, strict=False):
        hang = top - (_HEADING - 9 * LEADING) / 2
        sheet.text([name], left + width / 2, hang, 9, font=fonts.BOLD, align="centre")
    sheet.rules([(x, top, x, top - _HEADING) for x in _EDGES])
    sheet.rules([(MARGIN, y, _EDGES[-1], y) for y in (top, top - _HEADING)])
    return top - _HEADING


def _draw_row(sheet: Sheet, row: Row, top: float, *, closes_tier: bool) -> float:
    """Draw one plan hanging from `top` and return where the next one hangs from."""
    bottom = top - row.lines * _LINE - _PADDING
    for column, lines in enumerate(row.cells):
        if lines:
            font = fonts.REGULAR if column else fonts.BOLD
            sheet.text(lines, _EDGES[column] + _SIDE, top - _PADDING / 2, _SIZE, font=font)
    sheet.rules([(x, top, x, bottom) for x in _EDGES], 0.4)
    sheet.rules([(MARGIN if closes_tier else _EDGES[1], bottom, _EDGES[-1], bottom)], 0.4)
    return bottom


def _draw_signatures(sheet: Sheet) -> None:
    """Where whoever made, checked and approved the plan signs it, at the foot of every page."""
    top = MARGIN + FOOT + _SIGNED - 3 * MM
    step = _WIDTH / len(_SIGNATURES)
    for place, name in enumerate(_SIGNATURES):
        left = MARGIN + place * step
        sheet.text([f"{name}："], left, top, 10)
        begins = left + fonts.width(f"{name}：", 10) + 2
        sheet.rules([(begins, top - 12, left + step - 6 * MM, top - 12)], 0.5)
