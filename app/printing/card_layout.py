"""How the text of a card is laid out: labelled sections in one or two columns, as large as the page allows.

The sections stand on one page at the largest size at which they fit; what does not fit at the smallest flows on to
further pages, never away. Where two columns share a page, the second begins with the section named; with another, or
within one, only where that makes the text clearly larger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import ceil

from reportlab.lib.colors import Color, HexColor, black, white

from app.printing.page import LEADING, MM, Sheet
from app.printing.tables import Row, flow
from qr import fonts

ALARM = HexColor("#b3261e")
SLATE = HexColor("#24384f")
BLUSH = HexColor("#fdeceb")
UNFILLED = "（未填写）"

_SIZES = (
    44.0, 40.0, 36.0, 33.0, 30.0, 28.0, 26.0, 24.0, 22.0, 20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.5, 12.0,
    11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0,
)  # fmt: skip
_PAD_X = 2.2 * MM
_PAD_Y = 2.2 * MM
_LARGEST_LABEL = 16.0
_WORTH_IT = 1.15

Paragraph = tuple[str, str]  # what marks its first line, and its text


@dataclass(frozen=True, slots=True)
class Style:
    """How a section looks; the width of its label is in millimetres on A4, `label_scale` its size beside the text's."""

    label_width: float = 25.0
    fill: Color = SLATE
    ink: Color = white
    ground: Color | None = None
    font: str = fonts.REGULAR
    text_ink: Color = black
    label_scale: float = 1.0


PLAIN = Style()
URGENT = Style(fill=ALARM, ground=BLUSH)


@dataclass(frozen=True, slots=True)
class Section:
    """One row of a card: pairs of label and paragraphs side by side."""

    pairs: tuple[tuple[str, tuple[Paragraph, ...]], ...]
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Ground:
    """Where sections may stand: columns of one width, hanging on the first page from `tops`, later from `again`.

    `floor` is where they end on the first page, `low` on later ones; `unit` is 1 on A4 and grows with the page.
    """

    lefts: tuple[float, ...]
    width: float
    unit: float
    tops: tuple[float, ...]
    floor: float
    again: float
    low: float

    def top(self, column: int) -> float:
        """Return what the nth column, counted through all pages, hangs from."""
        return self.tops[column] if column < len(self.tops) else self.again

    def room(self, column: int) -> float:
        """Return the height of the nth column."""
        return self.top(column) - (self.floor if column < len(self.tops) else self.low)


@dataclass(frozen=True, slots=True)
class Laid:
    """Sections laid out: the size of the text and, column by column through all pages, rows and their padding."""

    size: float
    columns: tuple[tuple[Row, ...], ...]
    paddings: tuple[float, ...]
    a_page: int

    @property
    def pages(self) -> int:
        return max(1, ceil(len(self.columns) / self.a_page))


def plain(*texts: str) -> tuple[Paragraph, ...]:
    """Return texts as paragraphs, or words that say there are none."""
    return tuple(("", text) for text in texts if text) or (("", UNFILLED),)


def numbered(texts: Sequence[str]) -> tuple[Paragraph, ...]:
    """Return texts as numbered paragraphs; a single one needs no number."""
    if len(texts) < 2:
        return plain(*texts)
    return tuple((chr(0x245F + n) if n <= 20 else f"{n}. ", text) for n, text in enumerate(texts, 1))


def sizes(largest: float, least: float) -> tuple[float, ...]:
    """Return the sizes text may take between two bounds, in points, the largest first."""
    return tuple(size for size in _SIZES if least <= size <= largest)


def fitted(
    text: str, width: float, height: float, within: Sequence[float], font: str = fonts.BOLD
) -> tuple[float, list[str]] | None:
    """Return the largest of these sizes at which the text fits a box, with its lines; None when it does at none."""
    for size in within:
        if len(text) * size * size > 3 * width * (height + size):
            continue
        lines = fonts.wrap(text, width, size, font)
        if len(lines) * size * LEADING <= height + 0.01:
            return size, lines
    return None


def lay_out(sections: Sequence[Section], ground: Ground, within: Sequence[float], apart: int = 0) -> Laid:
    """Lay sections out at the largest of these sizes at which they take no more pages than they must.

    apart is the section that by preference begins the second column of a page.
    """
    lengths = [list(_lengths(section, ground)) for section in sections]
    columns = len(ground.lefts)
    padding = _PAD_Y * ground.unit

    @cache
    def rows_at(size: float) -> list[Row]:
        return [_row(section, place, ground, size) for place, section in enumerate(sections)]

    @cache
    def flowed(size: float) -> list[list[Row]]:
        return flow(rows_at(size), ground.room, size * LEADING, padding)

    def least_height(size: float) -> float:
        lines = sum(max(sum(ceil(length * size - 1e-6) for length in cell) for cell in row) for row in lengths)
        return lines * size * LEADING + len(sections) * padding

    # Wrapping is the slow part, so sizes that cannot fit even without a ragged margin are not tried.
    def possible(pages: int) -> Iterator[float]:
        room = sum(map(ground.room, range(pages * columns)))
        return (size for size in within if least_height(size) <= room)

    instead: Laid | None = None
    for size in possible(1):
        rows = rows_at(size)
        heights = [row.lines * size * LEADING + padding for row in rows]
        ends = _parted(heights, ground, apart)
        if ends and ends[0] in (apart, len(rows)):
            return _on_one_page(rows, heights, ends, ground, size)
        if instead is None and ends:
            instead = _on_one_page(rows, heights, ends, ground, size)
        elif instead is None and columns > 1 and len(flowed(size)) <= columns:
            instead = Laid(size, tuple(map(tuple, flowed(size))), (padding,) * columns, columns)
        if instead and instead.size > size * _WORTH_IT:
            break
    if instead:
        return instead
    pages = ceil(len(flowed(within[-1])) / columns)
    size = next((size for size in possible(pages) if len(flowed(size)) <= pages * columns), within[-1])
    laid = tuple(map(tuple, flowed(size)))
    return Laid(size, laid, (padding,) * len(laid), columns)


def _parted(heights: Sequence[float], ground: Ground, apart: int) -> tuple[int, ...] | None:
    """Return where each column of one page ends so that all fit, the preferred way first; None when none does."""
    total = [0.0, *accumulate(heights)]
    if len(ground.lefts) == 1:
        return (len(heights),) if total[-1] <= ground.room(0) else None
    for end in sorted(range(len(heights) + 1), key=lambda end: abs(end - apart)):
        if total[end] <= ground.room(0) and total[-1] - total[end] <= ground.room(1):
            return end, len(heights)
    return None


def _on_one_page(
    rows: Sequence[Row], heights: Sequence[float], ends: Sequence[int], ground: Ground, size: float
) -> Laid:
    """Part rows into the columns of one page; the rows of a column share what is left of it."""
    columns, paddings, start = [], [], 0
    for column, end in enumerate(ends):
        left = ground.room(column) - sum(heights[start:end])
        columns.append(tuple(rows[start:end]))
        paddings.append(_PAD_Y * ground.unit + left / max(1, end - start))
        start = end
    return Laid(size, tuple(columns), tuple(paddings), len(ground.lefts))


def _label_size(style: Style, size: float, unit: float) -> float:
    return min(size, _LARGEST_LABEL * unit) if style.label_scale == 1 else min(size * style.label_scale, 26 * unit)


def _text_room(section: Section, ground: Ground) -> float:
    return ground.width / len(section.pairs) - section.style.label_width * MM * ground.unit - 2 * _PAD_X


def _row(section: Section, place: int, ground: Ground, size: float) -> Row:
    """Wrap a section at a font size; each pair gives a cell for its label and one for its text."""
    style, cells, again = section.style, [], []
    label_room = style.label_width * MM * ground.unit - 4
    room = _text_room(section, ground)
    for label, paragraphs in section.pairs:
        lines = fonts.wrap(label, label_room, _label_size(style, size, ground.unit), fonts.BOLD)
        cells += [lines, _lines(paragraphs, room, size, style.font)]
        again += [lines, []]
    return Row(tuple(cells), tuple(again), place)


def _lines(paragraphs: Sequence[Paragraph], room: float, size: float, font: str) -> list[str]:
    found: list[str] = []
    for mark, text in paragraphs:
        if not mark:
            found += fonts.wrap(text, room, size, font)
            continue
        indent = max(fonts.width(mark, size, font), size)
        first, *rest = fonts.wrap(text, room - indent, size, font)
        found += [mark + first, *("\u3000" + line for line in rest)]
    return found


def _lengths(section: Section, ground: Ground) -> Iterator[list[float]]:
    """Yield for each pair the lengths of its paragraphs on one line, in lines at font size 1."""
    room = _text_room(section, ground)
    for _, paragraphs in section.pairs:
        yield [fonts.width(fonts.printable(mark + text), 1, section.style.font) / room for mark, text in paragraphs]


def draw_page(sheet: Sheet, sections: Sequence[Section], laid: Laid, ground: Ground, page: int) -> None:
    """Draw the columns of one page, counted from 0."""
    for place, left in enumerate(ground.lefts):
        column = page * laid.a_page + place
        if column < len(laid.columns):
            _draw_column(sheet, sections, laid, ground, column, left)


def _draw_column(
    sheet: Sheet, sections: Sequence[Section], laid: Laid, ground: Ground, column: int, left: float
) -> None:
    top, padding = ground.top(column), laid.paddings[column]
    lines = [(left, top, left + ground.width, top)]
    for row in laid.columns[column]:
        section = sections[row.place]
        bottom = top - row.lines * laid.size * LEADING - padding
        lines += _draw_row(sheet, section, row, (left, top, bottom), ground, laid.size)
        lines.append((left, bottom, left + ground.width, bottom))
        top = bottom
    sheet.rules(lines)


def _draw_row(
    sheet: Sheet, section: Section, row: Row, place: tuple[float, float, float], ground: Ground, size: float
) -> list[tuple[float, float, float, float]]:
    """Draw one row between two heights and return the lines that part its cells."""
    (left, top, bottom), style = place, section.style
    width, label_width = ground.width / len(section.pairs), style.label_width * MM * ground.unit
    label_size = _label_size(style, size, ground.unit)
    for pair in range(len(section.pairs)):
        x = left + pair * width
        label, lines = row.cells[2 * pair], row.cells[2 * pair + 1]
        sheet.box(x, bottom, label_width, top - bottom, fill=style.fill)
        if style.ground:
            sheet.box(x + label_width, bottom, width - label_width, top - bottom, fill=style.ground)
        middle = _hanging(top, bottom, label, label_size)
        sheet.text(label, x + label_width / 2, middle, label_size, font=fonts.BOLD, ink=style.ink, align="centre")
        hang = _hanging(top, bottom, lines, size)
        sheet.text(lines, x + label_width + _PAD_X, hang, size, font=style.font, ink=style.text_ink)
    edges = [left + pair * width for pair in range(len(section.pairs) + 1)]
    return [(x, top, x, bottom) for x in edges]


def _hanging(top: float, bottom: float, lines: Sequence[str], size: float) -> float:
    """Return what lines hang from to stand in the middle between two heights."""
    return top - (top - bottom - len(lines) * size * LEADING) / 2
