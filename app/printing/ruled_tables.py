"""How a ruled table is drawn: headings on every page, wrapped cells, rows that share cells and flow over pages.

The rows of a group follow each other and share some of its cells; what a page begins in the middle of is named again at
its top. Pages are drawn as they fill, so a table of any length takes the room of its drawn pages alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, zip_longest

from reportlab.lib.colors import black

from app.printing import workbooks
from app.printing.page import GREY, LEADING, MARGIN, MM, STAMPED, Paint, Sheet, shorten
from app.printing.stamp import Look, Stamp
from app.printing.tables import Cell, Row, paged
from qr import fonts

_AGAIN = 8  # lines of a shared cell at the top of a further page
_SIZE = 8.5  # of the text where the columns are as wide as they say; it shrinks and grows with the root of that
_SMALLEST, _LARGEST = 7.0, 10.5
_TITLE = 19 * MM
_CONTINUED = 8 * MM
_SIGNED = 11 * MM
_REMEMBERED = 4096  # cells: places, people and rhythms repeat
_MM_A_CHARACTER = 1.9  # in a workbook
_Rule = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading and its width in millimetres; on another paper all are wider or narrower alike.

    The rows of a group share the cell of a shared column; in a table of groups the first one is shared. Tied columns
    break their lines together, so that what belongs to each other stays at one height; there is one run of them.
    """

    heading: str
    width: float
    shared: bool = False
    tied: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its texts, the group it belongs to, and the paint of the table's painted column."""

    texts: tuple[str, ...]
    group: str = ""
    paint: Paint | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuledTable:
    """A table with what stands around it. `lines` is taken once, row by row."""

    title: str
    enterprise: str
    aside: str = ""
    """Right below the title: what was chosen."""
    note: str
    """At the foot of every page: what is counted."""
    nothing: str
    """What an empty table says."""
    columns: tuple[Column, ...]
    lines: Iterable[Line]
    painted: int | None = None
    signatures: tuple[str, ...] = ()


def as_pdf(tables: Iterable[tuple[RuledTable, Stamp]], look: Look) -> bytes:
    """Draw tables one after another, each with page numbers of its own."""
    sheet: Sheet | None = None
    for table, stamp in tables:
        sheet = sheet or Sheet(look.size, title=table.title, enterprise=table.enterprise, drawn_on=stamp.printed_on)
        _Drawing(sheet, table).draw(stamp)
    if sheet is None:
        raise ValueError("nothing to draw")
    return sheet.finish()


def as_xlsx(tables: Iterable[tuple[RuledTable, Stamp]]) -> bytes:
    """Write tables as a workbook, a sheet each, every cell filled, with what lets anyone check it below the title."""
    return workbooks.as_workbook(*(_sheet(table, stamp) for table, stamp in tables))


def _sheet(table: RuledTable, stamp: Stamp) -> workbooks.Table:
    texts = (line.texts for line in table.lines)
    return workbooks.Table(table.title, _said_of(table, stamp), workbook_columns(table.columns), texts)


def workbook_columns(columns: Sequence[Column]) -> list[workbooks.Column]:
    """The columns of a table as a workbook has them."""
    return [workbooks.Column(each.heading, max(6, round(each.width / _MM_A_CHARACTER))) for each in columns]


def _said_of(table: RuledTable, stamp: Stamp) -> str:
    """What a workbook says of itself in one line, as the foot of a page does."""
    chosen = f"  {table.aside}" if table.aside else ""
    return (
        f"{table.enterprise}{chosen}  第 {stamp.version} 版  打印日期：{stamp.printed_on:%Y-%m-%d}  "
        f"台账第 {stamp.seq} 号  查验码 {stamp.code}  {stamp.address}"
    )


class _Drawing:
    """One table on a sheet: its measures, and the page it has come to."""

    def __init__(self, sheet: Sheet, table: RuledTable) -> None:
        self.sheet, self.table = sheet, table
        self.width: float = sheet.width - 2 * MARGIN
        self.top: float = sheet.height - MARGIN
        scale = self.width / sum(column.width for column in table.columns)
        self.size = round(min(_LARGEST, max(_SMALLEST, _SIZE * (scale / MM) ** 0.5)), 1)
        self.line, self.padding = self.size * LEADING, 4.0
        self.side = self.size * 0.35
        self._wrapped = lru_cache(maxsize=_REMEMBERED)(self._wrap)
        self.widths = [column.width * scale for column in table.columns]
        self.edges = [MARGIN + sum(self.widths[:place]) for place in range(len(self.widths) + 1)]
        self.headings = [
            self._wrapped(c.heading, w, fonts.BOLD) for c, w in zip(table.columns, self.widths, strict=True)
        ]
        self.heading: float = max(map(len, self.headings)) * self.line + 3 * MM
        self.faces = [fonts.BOLD if column.bold else fonts.REGULAR for column in table.columns]
        self.shared = [place for place, column in enumerate(table.columns) if column.shared]
        tied = [place for place, column in enumerate(table.columns) if column.tied]
        self.tied = slice(tied[0], tied[-1] + 1) if tied else slice(0)
        self.paints: dict[int, Paint | None] = {}

    def draw(self, stamp: Stamp) -> None:
        """Draw every page; when the last is done, their feet."""
        for number, page in enumerate(paged(self._rows(), self._room_on, self.line, self.padding)):
            self._page(number, page)
            self.sheet.hold_page()
        self.sheet.release_pages(lambda page, pages: self.sheet.stamped_foot(stamp, page, pages, note=self.table.note))

    def _room_on(self, page: int) -> float:
        signed = _SIGNED if self.table.signatures else 0
        return self.top - MARGIN - STAMPED - signed - self.heading - (_CONTINUED if page else _TITLE)

    def _rows(self) -> Iterator[Row]:
        place = 0
        for _, lines in groupby(self.table.lines, key=lambda line: line.group):
            for number, line in enumerate(lines):
                cells: list[Cell] = list(map(self._wrapped, line.texts, self.widths, self.faces))
                cells[self.tied] = self._side_by_side(line.texts[self.tied], self.widths[self.tied])
                again = tuple(shorten(cell, _AGAIN) for cell in cells)
                if number and line.group:
                    for column in self.shared:
                        cells[column] = ()
                self.paints[place] = line.paint
                yield Row(tuple(cells), again, place)
                place += 1

    def _wrap(self, text: str, width: float, font: str = fonts.REGULAR) -> list[str]:
        return fonts.wrap(text, width - 2 * self.side, self.size, font)

    def _side_by_side(self, texts: Sequence[str], widths: Sequence[float]) -> list[Cell]:
        """Wrap cells of as many lines each, so that what belongs together stays at one height."""
        cells: list[list[str]] = [[] for _ in texts]
        for together in zip_longest(*(text.split("\n") for text in texts), fillvalue=""):
            wrapped = [self._wrapped(text, width) or [""] for text, width in zip(together, widths, strict=True)]
            height = max(map(len, wrapped))
            for cell, lines in zip(cells, wrapped, strict=True):
                cell += [*lines, *[""] * (height - len(lines))]
        return [*cells]

    def _page(self, number: int, page: Sequence[Row]) -> None:
        top = head = self._heading(self._continued() if number else self._title())
        ends: list[_Rule] = []
        for position, row in enumerate(page):
            closes = position == len(page) - 1 or bool(page[position + 1].cells[0])
            top = self._row(row, top)
            ends += self._closed(top) if closes else self._continues(top)
        if not page:
            self.sheet.text([self.table.nothing], self.sheet.width / 2, top - 6 * MM, 11, align="centre")
            top -= 18 * MM
            ends += self._closed(top)
        inner = self.edges if page else (self.edges[0], self.edges[-1])
        self.sheet.rules([(x, head, x, top) for x in inner] + ends, 0.4)
        self._signatures()
        for row in page[:-1]:  # the last may go on
            self.paints.pop(row.place, None)

    def _closed(self, y: float) -> list[_Rule]:
        return [(MARGIN, y, self.edges[-1], y)]

    def _continues(self, y: float) -> list[_Rule]:
        """The rule below a row whose group goes on: open where cells are shared."""
        columns = zip(self.table.columns, self.edges, self.edges[1:], strict=False)
        return [(left, y, right, y) for column, left, right in columns if not column.shared]

    def _title(self) -> float:
        title = fonts.wrap(self.table.title, self.width, 22, fonts.BOLD)
        self.sheet.text(shorten(title, 1), MARGIN, self.top, 22, font=fonts.BOLD)
        enterprise = shorten(fonts.wrap(self.table.enterprise, self.width * 0.45, 10), 1)
        self.sheet.text(enterprise, MARGIN, self.top - 11.5 * MM, 10)
        aside = shorten(fonts.wrap(self.table.aside, self.width * 0.52, 10), 1)
        self.sheet.text(aside, MARGIN + self.width, self.top - 11.5 * MM, 10, align="right")
        return self.top - _TITLE

    def _continued(self) -> float:
        title = fonts.wrap(f"{self.table.title}（续）", self.width / 2, 11, fonts.BOLD)
        self.sheet.text(shorten(title, 1), MARGIN, self.top, 11, font=fonts.BOLD)
        enterprise = shorten(fonts.wrap(self.table.enterprise, self.width / 2, 10), 1)
        self.sheet.text(enterprise, MARGIN + self.width, self.top, 10, align="right")
        return self.top - _CONTINUED

    def _heading(self, top: float) -> float:
        bottom: float = top - self.heading
        self.sheet.box(MARGIN, bottom, self.width, self.heading, fill=GREY)
        for lines, left, width in zip(self.headings, self.edges, self.widths, strict=False):
            hang = top - (self.heading - len(lines) * self.line) / 2
            self.sheet.text(lines, left + width / 2, hang, self.size, font=fonts.BOLD, align="centre")
        self.sheet.rules([(x, top, x, bottom) for x in self.edges])
        self.sheet.rules([(MARGIN, y, self.edges[-1], y) for y in (top, bottom)])
        return bottom

    def _row(self, row: Row, top: float) -> float:
        """Draw one row hanging from `top` and return where the next one hangs from."""
        bottom: float = top - row.lines * self.line - self.padding
        paint, painted = self.paints[row.place], self.table.painted
        if paint and painted is not None:
            self.sheet.box(self.edges[painted], bottom, self.widths[painted], top - bottom, fill=paint.fill)
        hang = top - self.padding / 2
        for place, (lines, face) in enumerate(zip(row.cells, self.faces, strict=True)):
            if lines:
                ink = paint.ink if paint and place == painted else black
                self.sheet.text(lines, self.edges[place] + self.side, hang, self.size, ink=ink, font=face)
        return bottom

    def _signatures(self) -> None:
        """Where whoever made, checked and approved it signs, at the foot of every page."""
        names = self.table.signatures
        top, step = MARGIN + STAMPED + _SIGNED - 4 * MM, self.width / max(1, len(names))
        for place, name in enumerate(names):
            left = MARGIN + place * step
            self.sheet.text([f"{name}："], left, top, 10)
            begins = left + fonts.width(f"{name}：", 10) + 2
            self.sheet.rules([(begins, top - 12, left + step - 6 * MM, top - 12)], 0.5)
