"""How a table flows over pages: rows of wrapped cells, kept whole where they can be, broken between lines where not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

Cell = Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table as lines of text.

    again is what a cell shows when it is empty at the top of a page: a few lines, or a page would hold nothing
    else. place is the row's number in the table it was made from.
    """

    cells: tuple[Cell, ...]
    again: tuple[Cell, ...] = ()
    place: int = 0

    @property
    def lines(self) -> int:
        """The number of lines of its longest cell."""
        return max(map(len, self.cells))

    def opened(self) -> "Row":
        """Return the row as it stands at the top of a page: cells that are empty are shown again."""
        if not self.again:
            return self
        return replace(self, cells=tuple(own or shown for own, shown in zip(self.cells, self.again, strict=True)))

    def split(self, lines: int) -> "tuple[Row, Row]":
        """Return the row's first lines and the rest of it."""
        head = tuple(cell[:lines] for cell in self.cells)
        rest = tuple(cell[lines:] for cell in self.cells)
        return replace(self, cells=head), replace(self, cells=rest)


def flow(rows: Iterable[Row], room_on: Callable[[int], float], line: float, padding: float) -> list[list[Row]]:
    """Lay rows on pages, in order, losing no line; see `paged`."""
    return list(paged(rows, room_on, line, padding))


def paged(rows: Iterable[Row], room_on: Callable[[int], float], line: float, padding: float) -> Iterator[list[Row]]:
    """Give page after page as it fills, so that a long table is never held whole; without rows, one empty page.

    room_on(page) is the height free for rows on page 0, 1, …; a row of n lines is n * line + padding high. A row moves
    to the next page whole unless it is higher than a third of that page; then it is split between two lines.
    """
    number, page = 0, list[Row]()
    room = room_on(number)
    for whole in rows:
        row = whole if page else whole.opened()
        while row.lines > (fitting := _fitting(room, line, padding, empty=not page)):
            high = row.lines * line + padding > room_on(number + 1) / 3
            if not page or (high and fitting >= 2):
                head, row = row.split(fitting)
                page.append(head)
            yield page
            number, page = number + 1, []
            room = room_on(number)
            row = row.opened()
        page.append(row)
        room -= row.lines * line + padding
    yield page


def _fitting(room: float, line: float, padding: float, *, empty: bool) -> int:
    """Return how many lines fit; an empty page takes one however low it is, or the flow would never end."""
    return max(int((room - padding) / line + 1e-6), int(empty))
