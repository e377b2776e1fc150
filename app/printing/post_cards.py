"""The four papers of a post 两单两卡 as a PDF: each begins on a page of its own, the pages of all are counted.

The text of a paper is as large as it may be without taking more pages than it must. What is said of a point stays
on one page where that leaves little of another empty; what goes on is named again at the top of the page it goes on to.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from reportlab.lib.colors import white

from app.printing.card_layout import ALARM, SLATE
from app.printing.card_parts import Box, Line, draw_chip, draw_signs, draw_stack, phone_line, sign_width
from app.printing.page import LEADING, MARGIN, MM, STAMPED, Sheet, paint, shorten
from app.printing.post_content import PostCards
from app.printing.post_grid import Grid, Ruled
from app.printing.post_papers import TITLES, PostPaper, Section, papers_of
from app.printing.signs import named_height
from app.printing.stamp import Look, Stamp
from qr import fonts

NAME = "岗位“两单两卡”"
_SIZES = (15.0, 13.5, 12.0, 10.5, 9.8, 9.0)
_FEW = 40  # pages; a longer paper is in the smallest size at once
_BAND, _AGAIN, _GAP = 15 * MM, 8 * MM, 4 * MM
_SIGN, _SIGNS_AROUND = 1.75 * MM, 2.5 * MM  # the width of a sign for each point of the text's size
_WHOLE = 0.55  # of a page: what is said of a point is not broken unless it is higher
_A4_WIDTH = 210 * MM

Draw = Callable[[Sheet, float], None]
Page = list[tuple[float, Draw]]


def post_cards(stamped: Iterable[tuple[PostCards, Stamp]], look: Look | None = None) -> bytes:
    """Return a PDF with the papers of units, one unit after another. Raises ValueError when there is none."""
    look = look or Look()
    sheet: Sheet | None = None
    for cards, stamp in stamped:
        sheet = sheet or Sheet(look.size, title=NAME, enterprise=cards.enterprise, drawn_on=stamp.printed_on)
        _draw(sheet, cards, stamp)
    if sheet is None:
        raise ValueError("没有要打印的两单两卡：请选择有风险点的部门、班组或岗位。")
    return sheet.finish()


def _draw(sheet: Sheet, cards: PostCards, stamp: Stamp) -> None:
    notes = []
    for paper in papers_of(cards):
        for page in _fitted(sheet, cards, paper):
            for top, draw in page:
                draw(sheet, top)
            sheet.hold_page()
            notes.append(f"{paper.title}：{paper.note}")
    sheet.release_pages(lambda number, pages: sheet.stamped_foot(stamp, number, pages, note=notes[number - 1]))


def _fitted(sheet: Sheet, cards: PostCards, paper: PostPaper) -> list[Page]:
    """A paper in the largest size in which it takes no more pages than in the smallest."""
    unit = sheet.width / _A4_WIDTH
    least = _Layout(sheet, cards, paper, _SIZES[-1] * unit).pages
    tried = [size for size in _SIZES[:-1] if size <= paper.largest and len(least) <= _FEW]
    for size in tried:
        pages = _Layout(sheet, cards, paper, size * unit).pages
        if len(pages) <= len(least):
            return pages
    return least


class _Layout:
    """One paper laid out at one size: page by page what is drawn, and what it hangs from."""

    def __init__(self, sheet: Sheet, cards: PostCards, paper: PostPaper, size: float) -> None:
        self.cards, self.paper, self.size = cards, paper, size
        self.unit = sheet.width / _A4_WIDTH
        self.width, self.highest = sheet.width - 2 * MARGIN, sheet.height - MARGIN
        self.ground = ALARM if paper.urgent else SLATE
        self.pages: list[Page] = [[]]
        self.top, self.fresh = self.highest, True
        self._head()
        for section in paper.sections:
            self._section(section)

    @property
    def room(self) -> float:
        """The height that is left on the page."""
        return self.top - MARGIN - STAMPED

    def _add(self, height: float, draw: Draw) -> None:
        self.pages[-1].append((self.top, draw))
        self.top -= height

    def _turn(self) -> None:
        """Go on to a further page, which says again what paper it is and of whom."""
        self.pages.append([])
        self.top, self.fresh = self.highest, True
        named = f"{self.paper.title}（续）　{self.cards.unit}"
        size = 11 * self.unit
        lines = shorten(fonts.wrap(named, 0.62 * self.width, size, fonts.BOLD), 1)
        said = shorten(fonts.wrap(self.cards.enterprise, 0.36 * self.width, 9 * self.unit), 1)

        def draw(sheet: Sheet, top: float) -> None:
            sheet.text(lines, MARGIN, top, size, font=fonts.BOLD)
            sheet.text(said, MARGIN + self.width, top + 1, 9 * self.unit, align="right", leading=size * LEADING)

        self._add(_AGAIN * self.unit, draw)
        self._phones()

    def _head(self) -> None:
        """What the first page of each paper begins with: which of the four it is, of which unit, whom to call."""
        self._add((_BAND + 1.5 * MM) * self.unit, self._draw_band)
        self._text(self.cards.unit, 17 * self.unit, fonts.BOLD)
        self._text(self.cards.about, 10 * self.unit)
        self.top -= 1.5 * MM
        self._phones()

    def _text(self, text: str, size: float, font: str = fonts.REGULAR) -> None:
        lines = fonts.wrap(text, self.width, size, font)
        self._add(len(lines) * size * LEADING, lambda sheet, top: sheet.text(lines, MARGIN, top, size, font=font))

    def _phones(self) -> None:
        """Whom to call, on every page of an urgent paper."""
        if not self.paper.urgent:
            return
        size = 15 * self.unit if len(self.cards.emergency_phone) <= 40 else 10 * self.unit
        lines = fonts.wrap(phone_line(self.cards.emergency_phone), self.width - 8 * MM, size, fonts.BOLD)
        height = len(lines) * size * LEADING + 2 * MM

        def draw(sheet: Sheet, top: float) -> None:
            sheet.box(MARGIN, top - height, self.width, height, fill=ALARM)
            middle = MARGIN + self.width / 2
            sheet.text(lines, middle, top - 1 * MM, size, font=fonts.BOLD, ink=white, align="centre")

        self._add(height + 3 * MM, draw)

    def _draw_band(self, sheet: Sheet, top: float) -> None:
        high, unit = _BAND * self.unit, self.unit
        sheet.box(MARGIN, top - high, self.width, high, fill=self.ground)
        inner = Box(MARGIN + 4 * MM * unit, top, 0.38 * self.width, high)
        draw_stack(sheet, [Line(self.paper.title, 25 * unit)], inner, ink=white)
        wide, low, gap = 25 * MM * unit, 8 * MM * unit, 1.5 * MM * unit
        left = MARGIN + self.width - 4 * MM * unit - 4 * wide - 3 * gap
        for place, title in enumerate(TITLES):
            own = place == self.paper.place
            box = Box(left + place * (wide + gap), top - (high - low) / 2, wide, low)
            if own:
                sheet.box(box.left, box.bottom, wide, low, fill=white)
            said = [Line(f"{place + 1} {title.removeprefix('岗位')}", 10.5 * unit)]
            inner = box._replace(left=box.left + 1 * MM, width=wide - 2 * MM)
            draw_stack(sheet, said, inner, ink=self.ground if own else white, align="centre")

    def _section(self, section: Section) -> None:
        """A part with its tables; one that is broken is named again with their headings on every page."""
        grids = [Grid(table, self.width, self.size) for table in section.tables]
        bar, signs = self._bar(section.heading, section), self._signs_height(section)
        high = [bar[0] + signs, *(grid.height for grid in grids)]
        whole, page = sum(high), self.highest - MARGIN - STAMPED - 2 * _AGAIN
        kept = section.rated and whole <= _WHOLE * page
        least = whole if kept else min(whole, sum(high[:1]) + grids[0].least)
        if least > self.room and not self.fresh:
            self._turn()
        self._add(*bar)
        if signs:
            self._add(signs, partial(self._draw_signs, section.signs))
        for grid in grids:
            self._table(section, grid)
        self.top -= _GAP * self.unit

    def _table(self, section: Section, grid: Grid) -> None:
        if grid.least > self.room and not self.fresh:
            self._again(section)
        self._add(grid.head, grid.draw_head)
        for row in grid.rows:
            for part in self._parts(section, grid, row):
                self._add(grid.height_of(part.row), partial(grid.draw_row, part))
                self.fresh = False
        self._add(0, grid.draw_end)

    def _parts(self, section: Section, grid: Grid, ruled: Ruled) -> Iterator[Ruled]:
        """A row as it stands on the page, or on this and further ones where it is too high."""
        row, opens = ruled.row, ruled.opens
        while grid.height_of(row) > self.room:
            fitting = grid.fitting(self.room)
            high = grid.height_of(row) > (self.highest - MARGIN - STAMPED) / 3
            if self.fresh or (high and fitting >= 2):
                head, row = row.split(max(fitting, 1))
                yield Ruled(head, opens, ruled.paint)
            self._add(0, grid.draw_end)
            self._again(section)
            self._add(grid.head, grid.draw_head)
            row, opens = row.opened(), True
        yield Ruled(row, opens, ruled.paint)

    def _again(self, section: Section) -> None:
        self._turn()
        self._add(*self._bar(f"{section.heading}（续）", section))

    def _bar(self, heading: str, section: Section) -> tuple[float, Draw]:
        """The heading of a part, with its level: how high it is, and how it is drawn."""
        size = self.size * 1.15
        chip = fonts.width(paint(section.level).words, self.size, fonts.BOLD) + self.size + 3 * MM
        lines = fonts.wrap(heading, self.width - 4 * MM - (chip if section.rated else 0), size, fonts.BOLD)
        height = max(len(lines) * size * LEADING, 1.7 * self.size) + 2.2 * MM

        def draw(sheet: Sheet, top: float) -> None:
            sheet.box(MARGIN, top - height, self.width, height, fill=self.ground)
            hang = top - (height - len(lines) * size * LEADING) / 2
            sheet.text(lines, MARGIN + 2 * MM, hang, size, font=fonts.BOLD, ink=white)
            if section.rated:
                right = MARGIN + self.width - 1.8 * MM
                draw_chip(sheet, section.level, right, top - (height - 1.7 * self.size) / 2, self.size)

        return height, draw

    def _signs_height(self, section: Section) -> float:
        if not section.signs:
            return 0.0
        return named_height(self._sign_width(section.signs)) + 2 * _SIGNS_AROUND * self.unit

    def _sign_width(self, keys: tuple[str, ...]) -> float:
        return sign_width(len(keys), self.width - 8 * MM, _SIGN * self.size)

    def _draw_signs(self, keys: tuple[str, ...], sheet: Sheet, top: float) -> None:
        around, wide = _SIGNS_AROUND * self.unit, self._sign_width(keys)
        bottom = top - named_height(wide) - 2 * around
        sheet.rules([(x, top, x, bottom) for x in (MARGIN, MARGIN + self.width)])
        draw_signs(sheet, keys, MARGIN + 4 * MM, bottom + around, self.width - 8 * MM, wide)
