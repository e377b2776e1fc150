"""The risk notice board 安全风险公告栏: the great risks of an enterprise or a zone for everyone to read, A3 to A1.

A row a risk point, its level in colour and in words. What one sheet cannot hold continues on further sheets under the
same head. How to report stands at the foot of every sheet.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from reportlab.lib.colors import black, white

from app.printing.card_layout import ALARM, SLATE, UNFILLED, fitted, sizes
from app.printing.card_parts import Box, Line, draw_stack, reached_at
from app.printing.page import LEADING, MARGIN, MM, STAMPED, Sheet, paint
from app.printing.stamp import Look, Paper, Stamp
from app.printing.tables import Row, flow
from qr import fonts
from risk_models import RiskLevel

TITLE = "安全风险公告栏"
NOTE = "本栏按风险等级从高到低排列；内容以扫各风险点二维码所见为准。"
NOTHING = "所选范围内没有{levels}的风险点。"

_A3 = 297 * MM
_TITLE, _HEADING, _REPORT = 25 * MM, 10 * MM, 15 * MM
_SIDE, _PADDING = 1.6 * MM, 2.4 * MM
_STRETCH = 10 * MM  # what a row may grow by where a sheet has room
_LEVEL = 1
_ALL_SIZES_UP_TO = 40  # rows; of a longer board only some sizes are tried


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """One risk point on the board."""

    code: str
    point_name: str
    place: str
    level: RiskLevel | None
    raised: RiskLevel | None
    """What hidden hazards raise it to now, above its level."""
    main_risks: tuple[str, ...]
    accident_types: tuple[str, ...]
    check_items: tuple[str, ...]
    """What is looked at there; a hidden hazard is one of these found amiss."""
    consequences: tuple[str, ...]
    measures: tuple[str, ...]
    emergency_steps: tuple[str, ...]
    responsible: str
    phone: str | None
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeBoard:
    """What one board says; levels names which risks it lists, place which part of the enterprise."""

    enterprise: str
    place: str
    levels: str
    level_basis: str
    rows: tuple[NoticeRow, ...]
    emergency_phone: str
    how_to_report: tuple[str, ...]


class Column(NamedTuple):
    """A column: its head, its part of the width, and what it says of a row."""

    head: str
    share: float
    says: Callable[[NoticeRow], str]


def level_words(row: NoticeRow) -> str:
    """Return the level of a row, and what it is raised to."""
    words = paint(row.level).words.replace("（", "\n（")
    return words + (f"\n现已升为{paint(row.raised).words}" if row.raised else "")


def _named(row: NoticeRow) -> str:
    return "\n".join(filter(None, (row.point_name, row.code, row.place, row.status)))


def _listed(texts: Sequence[str]) -> str:
    if len(texts) < 2:
        return "".join(texts) or UNFILLED
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _amiss(row: NoticeRow) -> str:
    return "检查发现下列项目不符合：\n" + _listed(row.check_items) if row.check_items else UNFILLED


def _person(row: NoticeRow) -> str:
    return reached_at(row.responsible, row.phone, "\n")


def _what_threatens(row: NoticeRow) -> str:
    risks, kinds, harm = _listed(row.main_risks), "、".join(row.accident_types) or UNFILLED, _listed(row.consequences)
    return f"【主要风险】\n{risks}\n【易发事故】{kinds}\n【可能后果】\n{harm}"


WIDE = (
    Column("风险点", 40, _named),
    Column("风险等级", 25, level_words),
    Column("主要风险", 52, lambda row: _listed(row.main_risks)),
    Column("易发事故类型", 27, lambda row: "、".join(row.accident_types) or UNFILLED),
    Column("可能后果", 36, lambda row: _listed(row.consequences)),
    Column("主要隐患类型", 53, _amiss),
    Column("管控措施", 78, lambda row: _listed(row.measures)),
    Column("应急处置", 55, lambda row: _listed(row.emergency_steps)),
    Column("责任人及电话", 34, _person),
)
NARROW = (
    Column("风险点", 36, _named),
    Column("风险等级", 24, level_words),
    Column("主要风险、事故类型及后果", 62, _what_threatens),
    Column("主要隐患类型", 48, _amiss),
    Column("管控措施", 62, lambda row: _listed(row.measures)),
    Column("应急处置及责任人", 45, lambda row: f"{_listed(row.emergency_steps)}\n【责任人】{_person(row)}"),
)


def board_title(board: NoticeBoard) -> str:
    """Return what the board is a board of."""
    return f"{board.enterprise}　{board.place}" if board.place else board.enterprise


def about(board: NoticeBoard) -> str:
    """Return what the board lists, and by which level."""
    return f"公告范围：{board.levels}，共 {len(board.rows)} 个风险点；表中等级：{board.level_basis}等级"


def notice_boards(stamped: Iterable[tuple[NoticeBoard, Stamp]], look: Look | None = None) -> bytes:
    """Return a PDF of notice boards, each on as many sheets as it takes. Raises ValueError when there is none."""
    look = look or Look(Paper.A3, landscape=True)
    sheet = None
    for board, stamp in stamped:
        if sheet is None:
            sheet = Sheet(look.size, title=TITLE, enterprise=board.enterprise, drawn_on=stamp.printed_on)
        _Board(sheet, board).draw(stamp)
    if sheet is None:
        raise ValueError("没有要打印的公告栏：请选择企业或分区。")
    return sheet.finish()


class _Board:
    """One board on its sheets."""

    def __init__(self, sheet: Sheet, board: NoticeBoard) -> None:
        self.sheet, self.board = sheet, board
        self.unit = min(sheet.width, sheet.height) / _A3
        self.columns = WIDE if sheet.width > sheet.height else NARROW
        self.width = sheet.width - 2 * MARGIN
        whole = sum(column.share for column in self.columns)
        self.widths = [column.share / whole * self.width for column in self.columns]
        self.edges = [MARGIN + sum(self.widths[:n]) for n in range(len(self.widths) + 1)]
        self.top = sheet.height - MARGIN - (_TITLE + _HEADING) * self.unit
        self.report = MARGIN + STAMPED + _REPORT * self.unit
        self.padding = _PADDING * self.unit

    def draw(self, stamp: Stamp) -> None:
        size, pages = self._laid_out()
        for number, rows in enumerate(pages, 1):
            self._draw_head()
            top = self.top
            slack = top - self.report - 2 * MM - sum(row.lines * size * LEADING + self.padding for row in rows)
            stretch = min(slack / len(rows), _STRETCH * self.unit) if rows and len(pages) == 1 else 0.0
            for row in rows:
                top = self._draw_row(row, top, size, self.padding + stretch)
            if not self.board.rows:
                self._draw_nothing()
            self._draw_report()
            self.sheet.stamped_foot(stamp, number, len(pages), note=NOTE)
            self.sheet.next_page()

    def _laid_out(self) -> tuple[float, list[list[Row]]]:
        """Return the largest size at which the board takes no more sheets than it must, and its rows by sheet."""
        texts = [[column.says(row) for column in self.columns] for row in self.board.rows]
        within = sizes(14 * self.unit, 9)
        if len(texts) > _ALL_SIZES_UP_TO:
            within = (*[size for size in within if size <= 11][:1], within[-1])

        @cache
        def flowed(size: float) -> list[list[Row]]:
            rows = [self._row(row, place, size) for place, row in enumerate(texts)]
            return flow(rows, lambda _: self.top - self.report - 2 * MM, size * LEADING, self.padding)

        fewest = len(flowed(within[-1]))
        size = next(size for size in within if len(flowed(size)) == fewest)
        return size, flowed(size)

    def _row(self, texts: Sequence[str], place: int, size: float) -> Row:
        cells = [
            fonts.wrap(text, width - 2 * _SIDE, size, fonts.BOLD if n <= _LEVEL else fonts.REGULAR)
            for n, (text, width) in enumerate(zip(texts, self.widths, strict=True))
        ]
        named = fonts.wrap(f"（续）{self.board.rows[place].code}", self.widths[0] - 2 * _SIDE, size, fonts.BOLD)
        return Row(tuple(cells), (named, *[()] * (len(cells) - 1)), place)

    def _draw_head(self) -> None:
        sheet, unit, top = self.sheet, self.unit, self.sheet.height - MARGIN
        size = 46 * unit
        sheet.text([TITLE], MARGIN, top + 0.1 * size, size, font=fonts.BOLD)
        left = MARGIN + fonts.width(TITLE, size, fonts.BOLD) + 8 * MM * unit
        room = MARGIN + self.width - left
        named = fitted(board_title(self.board), room, 13 * MM * unit, sizes(24 * unit, 6)) or (6.0, [])
        listed = fitted(about(self.board), room, 8 * MM * unit, sizes(14 * unit, 6), fonts.REGULAR) or (6.0, [])
        right = MARGIN + self.width
        sheet.text(named[1], right, top, named[0], font=fonts.BOLD, align="right")
        sheet.text(listed[1], right, top - 14 * MM * unit, listed[0], align="right")
        bottom = self.top
        sheet.box(MARGIN, bottom, self.width, _HEADING * unit, fill=SLATE)
        for column, left, width in zip(self.columns, self.edges, self.widths, strict=False):
            found = fitted(column.head, width - 2 * _SIDE, _HEADING * unit, sizes(15 * unit, 6)) or (6.0, [column.head])
            size, lines = found
            hang = bottom + (_HEADING * unit + len(lines) * size * LEADING) / 2
            sheet.text(lines, left + width / 2, hang, size, font=fonts.BOLD, ink=white, align="centre")

    def _draw_row(self, row: Row, top: float, size: float, padding: float) -> float:
        """Draw one row hanging from `top` and return where the next one hangs from."""
        sheet, said = self.sheet, self.board.rows[row.place]
        bottom = top - row.lines * size * LEADING - padding
        parts = [(said.level, ""), *((raised, "现已升为") for raised in (said.raised,) if raised)]
        for part, (level, why) in enumerate(parts):
            height = (top - bottom) / len(parts)
            self._draw_level(level, why, top - part * height, height, size)
        for n, lines in enumerate(row.cells):
            if n != _LEVEL:
                font = fonts.BOLD if n < _LEVEL else fonts.REGULAR
                sheet.text(lines, self.edges[n] + _SIDE, top - padding / 2, size, font=font)
        sheet.rules([(x, top, x, bottom) for x in self.edges])
        sheet.rules([(MARGIN, y, MARGIN + self.width, y) for y in (top, bottom)])
        return bottom

    def _draw_level(self, level: RiskLevel | None, why: str, top: float, height: float, size: float) -> None:
        """Say a level in colour and in words in its column: on every sheet its row stands on."""
        left, width = self.edges[_LEVEL], self.widths[_LEVEL]
        colours = paint(level)
        self.sheet.box(left, top - height, width, height, fill=colours.fill)
        label, bracket, colour = colours.words.partition("（")
        lines = [Line(text, 1.3 * size) for text in (why, label, bracket + colour) if text]
        inner = Box(left + _SIDE, top, width - 2 * _SIDE, height)
        draw_stack(self.sheet, lines, inner, ink=colours.ink, align="centre")

    def _draw_nothing(self) -> None:
        text = NOTHING.format(levels=self.board.levels)
        lines = fonts.wrap(text, 0.8 * self.width, 30 * self.unit, fonts.BOLD)
        middle = (self.top + self.report) / 2 + len(lines) * 20 * self.unit
        self.sheet.text(lines, self.sheet.width / 2, middle, 30 * self.unit, font=fonts.BOLD, align="centre")

    def _draw_report(self) -> None:
        """Say how to report, and whom to call, across the foot of the sheet."""
        sheet, unit, height = self.sheet, self.unit, _REPORT * self.unit
        bottom, label = self.report - height, 34 * MM * unit
        sheet.box(MARGIN, bottom, label, height, fill=ALARM)
        size = 17 * unit
        hang = bottom + height / 2 + size * LEADING
        sheet.text(["发现隐患", "怎么报告"], MARGIN + label / 2, hang, size, font=fonts.BOLD, ink=white, align="centre")
        text = "　".join(self.board.how_to_report)
        room = self.width - label - 4 * MM * unit
        size, lines = fitted(text, room, height - 2, sizes(15 * unit, 5)) or (
            5.0,
            fonts.wrap(text, room, 5.0, fonts.BOLD),
        )
        hang = bottom + (height + len(lines) * size * LEADING) / 2
        sheet.text(lines, MARGIN + label + 2 * MM * unit, hang, size, font=fonts.BOLD, ink=black)
        sheet.box(MARGIN, bottom, self.width, height, line=1.0)
