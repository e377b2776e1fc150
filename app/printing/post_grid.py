"""A table among other things on a page: its rows wrapped and measured once, then drawn one by one where they hang.

The layout of the paper says where; a row draws the rules above it, so that cells a group shares stay open between rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.lib.colors import black

from app.printing.page import GREY, LEADING, MARGIN, MM, Paint, Sheet, shorten
from app.printing.post_papers import Table
from app.printing.tables import Row
from qr import fonts

_AGAIN = 8  # lines of a shared cell at the top of a further page
_ROWS, _LINES = 3, 3  # of a table that stand where it begins, rather than one alone at the foot of a page


@dataclass(frozen=True, slots=True)
class Ruled:
    """A row as it is drawn: whether it begins a group, and what paints its painted cell."""

    row: Row
    opens: bool
    paint: Paint | None


class Grid:
    """A table with its measures, in points."""

    def __init__(self, table: Table, width: float, size: float) -> None:
        """Wrap a table to a width at a font size."""
        self.table, self.width, self.size = table, width, size
        self.line, self.padding, self.side = size * LEADING, 0.5 * size, 0.4 * size
        scale = width / sum(column.width for column in table.columns)
        self.widths = [column.width * scale for column in table.columns]
        self.edges = [MARGIN + sum(self.widths[:place]) for place in range(len(self.widths) + 1)]
        self.faces = [fonts.BOLD if column.bold else fonts.REGULAR for column in table.columns]
        self.headings = [
            fonts.wrap(column.heading, wide - 2 * self.side, size, fonts.BOLD)
            for column, wide in zip(table.columns, self.widths, strict=True)
        ]
        self.head = max(map(len, self.headings)) * self.line + 1.5 * self.padding if table.headed else 0.0
        self.rows = list(self._rows()) or [self._nothing()]

    @property
    def height(self) -> float:
        """The height of the whole table."""
        return self.head + sum(self.height_of(ruled.row) for ruled in self.rows)

    def height_of(self, row: Row) -> float:
        return row.lines * self.line + self.padding

    @property
    def least(self) -> float:
        """The height that is to be left where it begins: of its headings and of some lines of its first rows."""
        begun = (min(_LINES, ruled.row.lines) * self.line + self.padding for ruled in self.rows[:_ROWS])
        return self.head + sum(begun)

    def fitting(self, room: float) -> int:
        """How many lines of a row a height takes."""
        return max(0, int((room - self.padding) / self.line + 1e-6))

    def draw_head(self, sheet: Sheet, top: float) -> None:
        """Draw the headings; a table without them begins with its first row."""
        if not self.head:
            return
        bottom = top - self.head
        sheet.box(MARGIN, bottom, self.width, self.head, fill=GREY)
        for lines, left, wide in zip(self.headings, self.edges, self.widths, strict=False):
            hang = top - (self.head - len(lines) * self.line) / 2
            sheet.text(lines, left + wide / 2, hang, self.size, font=fonts.BOLD, align="centre")
        sheet.rules([(x, top, x, bottom) for x in self.edges])
        sheet.rules([(MARGIN, top, MARGIN + self.width, top)])

    def draw_row(self, ruled: Ruled, sheet: Sheet, top: float) -> None:
        """Draw a row hanging from `top`."""
        high = self.height_of(ruled.row)
        if not self.table.lines:
            self._draw_nothing(ruled.row, sheet, top, high)
            return
        painted = self.table.painted
        for place, (lines, face) in enumerate(zip(ruled.row.cells, self.faces, strict=True)):
            left, hang, ink = self.edges[place] + self.side, top - self.padding / 2, black
            if place == painted and ruled.paint:
                sheet.box(self.edges[place], top - high, self.widths[place], high, fill=ruled.paint.fill)
                hang, ink = top - (high - len(lines) * self.line) / 2, ruled.paint.ink
            if place == painted:
                middle = self.edges[place] + self.widths[place] / 2
                sheet.text(lines, middle, hang, self.size, font=face, ink=ink, align="centre")
            elif lines:
                sheet.text(lines, left, hang, self.size, font=face)
        columns = zip(self.table.columns, self.edges, self.edges[1:], strict=False)
        above = [(left, top, right, top) for column, left, right in columns if ruled.opens or not column.shared]
        sheet.rules(above + [(x, top, x, top - high) for x in self.edges], 0.5)

    def draw_end(self, sheet: Sheet, top: float) -> None:
        """Draw the rule below the last row on a page."""
        sheet.rules([(MARGIN, top, MARGIN + self.width, top)])

    def _rows(self) -> Iterator[Ruled]:
        group = None
        for place, line in enumerate(self.table.lines):
            cells: list[list[str]] = [
                fonts.wrap(text, wide - 2 * self.side, self.size, face)
                for text, wide, face in zip(line.texts, self.widths, self.faces, strict=True)
            ]
            again = tuple(shorten(cell, _AGAIN) if self._named_again(at) else [] for at, cell in enumerate(cells))
            opens = not line.group or line.group != group
            if not opens:
                for at, column in enumerate(self.table.columns):
                    cells[at] = [] if column.shared else cells[at]
            group = line.group
            yield Ruled(Row(tuple(cells), again, place), opens, line.paint)

    def _named_again(self, place: int) -> bool:
        """Whether a cell is shown again where its row goes on: what is shared or painted, and what names the row."""
        return self.table.columns[place].shared or place == self.table.painted or not place

    def _nothing(self) -> Ruled:
        said = fonts.wrap(self.table.nothing, self.width - 2 * self.side - 4 * MM, self.size)
        return Ruled(Row((said,)), True, None)

    def _draw_nothing(self, row: Row, sheet: Sheet, top: float, high: float) -> None:
        hang = top - self.padding / 2
        sheet.text(row.cells[0], MARGIN + self.width / 2, hang, self.size, align="centre")
        sheet.rules([(x, top, x, top - high) for x in (MARGIN, MARGIN + self.width)])
