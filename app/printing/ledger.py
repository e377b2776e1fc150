"""The ledger 风险分级管控清单: every hazard source of every risk point in a row, on A3 landscape.

The rows of one point share its cells; what a page begins in the middle of is named again at its top.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, zip_longest

from reportlab.lib.colors import black

from app.printing.page import A3_LANDSCAPE, FOOT, GREY, LEADING, MARGIN, MM, Sheet, paint, shorten
from app.printing.tables import Cell, Row, flow
from qr import fonts
from risk_models import RiskLevel

_SIZE = 8.5
_PADDING = 4.0
_SIDE = 3.0
_LINE = _SIZE * LEADING
_WIDTH = A3_LANDSCAPE[0] - 2 * MARGIN
_TOP = A3_LANDSCAPE[1] - MARGIN
_TITLE = 19 * MM
_HEADING = 9 * MM
_AGAIN = 4
_TIERS = slice(11, 14)
_SHARED = 5
_LEVEL = 9

_COLUMNS: tuple[tuple[str, float], ...] = (
    ("序号", 10),
    ("编号", 19),
    ("风险点", 27),
    ("区域", 26),
    ("类别", 15),
    ("危险源", 44),
    ("可能事故", 25),
    ("评估方法与因素", 31),
    ("分值", 12),
    ("等级", 17),
    ("管控措施", 96),
    ("管控层级", 19),
    ("责任单位", 20),
    ("责任人", 18),
    ("检查周期", 21),
)
_WIDTHS = tuple(width * MM for _, width in _COLUMNS)
_EDGES = tuple(MARGIN + sum(_WIDTHS[:n]) for n in range(len(_WIDTHS) + 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow:
    """One hazard source of a risk point; the rows of one point follow each other and share its code."""

    code: str
    point_name: str
    zone: str
    category: str
    hazard_source: str
    accident_types: tuple[str, ...]
    assessment: str
    """Method and factors, such as LEC（lec-four）L=1 E=6 C=40; empty when not assessed."""
    score: str
    level: RiskLevel | None
    measures: tuple[tuple[str, str], ...]
    """Category and text of each control measure."""
    control_tier: str
    """The tiers that control the point, a line each; unit and person have as many lines."""
    responsible_unit: str
    responsible: str
    check_cycle: str
    status: str = ""
    """What to say of an identification that is not confirmed."""


def risk_ledger(
    rows: Sequence[LedgerRow], *, title: str, enterprise: str, shows: str, version: str, printed_on: date
) -> bytes:
    """Return the ledger as a PDF; shows names the level it lists, such as 现状风险等级."""
    sheet = Sheet(A3_LANDSCAPE, title=title, enterprise=enterprise, drawn_on=printed_on)
    pages = flow(_table(rows), lambda _: _TOP - _TITLE - _HEADING - MARGIN - FOOT, _LINE, _PADDING)
    points = sum(1 for _ in groupby(rows, key=lambda row: row.code))
    note = f"共 {points} 个风险点，{len(rows)} 个危险源。"
    for number, page in enumerate(pages, 1):
        _draw_title(sheet, title, enterprise, shows)
        top = _draw_heading(sheet, _TOP - _TITLE)
        for position, row in enumerate(page):
            last = position == len(page) - 1 or bool(page[position + 1].cells[0])
            top = _draw_row(sheet, row, rows[row.place].level, top, closes_point=last)
        sheet.foot(version, printed_on, number, len(pages), note=note)
        sheet.next_page()
    return sheet.finish()


def _table(rows: Sequence[LedgerRow]) -> Iterator[Row]:
    place = 0
    for number, (_, sources) in enumerate(groupby(rows, key=lambda row: row.code), 1):
        for source, row in enumerate(sources):
            texts = _texts(row, number)
            cells: list[Cell] = [_wrapped(text, width) for text, width in zip(texts, _WIDTHS, strict=True)]
            cells[_TIERS] = _side_by_side(texts[_TIERS], _WIDTHS[_TIERS])
            again = tuple(shorten(cell, _AGAIN) for cell in cells)
            if source:
                cells[:_SHARED] = [()] * _SHARED
            yield Row(tuple(cells), again, place)
            place += 1


def _texts(row: LedgerRow, number: int) -> tuple[str, ...]:
    colours = paint(row.level)
    return (
        str(number),
        row.code,
        f"{row.point_name}\n{row.status}" if row.status else row.point_name,
        row.zone,
        row.category,
        row.hazard_source,
        "、".join(row.accident_types),
        row.assessment,
        row.score,
        colours.words.replace("（", "\n（"),
        "\n".join(f"【{category}】{text}" for category, text in row.measures),
        row.control_tier,
        row.responsible_unit,
        row.responsible,
        row.check_cycle,
    )


def _wrapped(text: str, width: float) -> list[str]:
    return fonts.wrap(text, width - 2 * _SIDE, _SIZE)


def _side_by_side(texts: Sequence[str], widths: Sequence[float]) -> list[Cell]:
    """Wrap cells of as many lines each, so that what belongs together stays at one height."""
    cells: list[list[str]] = [[] for _ in texts]
    for together in zip_longest(*(text.split("\n") for text in texts), fillvalue=""):
        wrapped = [_wrapped(text, width) or [""] for text, width in zip(together, widths, strict=True)]
        height = max(map(len, wrapped))
        for cell, lines in zip(cells, wrapped, strict=True):
            cell += [*lines, *[""] * (height - len(lines))]
    return [*cells]


def _draw_title(sheet: Sheet, title: str, enterprise: str, shows: str) -> None:
    sheet.text(shorten(fonts.wrap(title, _WIDTH, 22, fonts.BOLD), 1), MARGIN, _TOP, 22, font=fonts.BOLD)
    said = fonts.wrap(f"表中等级：{shows}", _WIDTH / 3, 10)
    sheet.text(shorten(said, 1), MARGIN + _WIDTH, _TOP - 11.5 * MM, 10, align="right")
    sheet.text(shorten(fonts.wrap(enterprise, _WIDTH / 2, 10), 1), MARGIN, _TOP - 11.5 * MM, 10)


def _draw_heading(sheet: Sheet, top: float) -> float:
    sheet.box(MARGIN, top - _HEADING, _EDGES[-1] - MARGIN, _HEADING, fill=GREY)
    for (name, _), left, width in zip(_COLUMNS, _EDGES, _WIDTHS, strict=False):
        lines = fonts.wrap(name, width - 2 * _SIDE, 9, fonts.BOLD)
        hang = top - (_HEADING - len(lines) * 9 * LEADING) / 2
        sheet.text(lines, left + width / 2, hang, 9, font=fonts.BOLD, align="centre")
    sheet.rules([(x, top, x, top - _HEADING) for x in _EDGES])
    sheet.rules([(MARGIN, y, _EDGES[-1], y) for y in (top, top - _HEADING)])
    return top - _HEADING


def _draw_row(sheet: Sheet, row: Row, level: RiskLevel | None, top: float, *, closes_point: bool) -> float:
    """Draw one row hanging from `top` and return where the next one hangs from."""
    bottom = top - row.lines * _LINE - _PADDING
    colours = paint(level)
    if level is not None:
        sheet.box(_EDGES[_LEVEL], bottom, _WIDTHS[_LEVEL], top - bottom, fill=colours.fill)
    for column, lines in enumerate(row.cells):
        if lines:
            ink, font = (colours.ink, fonts.BOLD) if column == _LEVEL else (black, fonts.REGULAR)
            sheet.text(lines, _EDGES[column] + _SIDE, top - _PADDING / 2, _SIZE, ink=ink, font=font)
    sheet.rules([(x, top, x, bottom) for x in _EDGES], 0.4)
    left = MARGIN if closes_point else _EDGES[_SHARED]
    sheet.rules([(left, bottom, _EDGES[-1], bottom)], 0.4)
    return bottom
