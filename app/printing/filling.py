"""The map as it fills: dots first, then the label of each zone, inside it or beside it, wherever nothing stands yet."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import dist
from typing import NamedTuple

from app.printing.placing import Box, Point, Polygon, Region, Taken, bounds, contains, nearest_on, places_near
from qr import fonts

LEADING = 1.25
PADDING = 3.0
NEAR, FAR = (7.0, 16.0, 28.0), (44.0, 64.0, 90.0)
"""How far from its zone a label may stand, in points."""

_LETTER = (9.0, 8.0, 7.0, 6.5)
_SHARES = [n / 8 for n in range(9)]
_WALL = 2.5
_CLOSE = 1.0
_MOST_ASIDE = 4
_MOST_FOR_LETTER = 12
_MOST_BESIDE = 3


class Block(NamedTuple):
    """The lines of a label, of which the first `bold` are its name; width is that of the widest at size 1."""

    lines: tuple[str, ...]
    bold: int
    width: float
    padding: float = PADDING

    def measure(self, size: float) -> tuple[float, float]:
        """Return width and height at a font size, with the padding about the text."""
        return self.width * size + 2 * self.padding, len(self.lines) * size * LEADING + self.padding


class Label(NamedTuple):
    """What stands for a zone: its lines at a size in a box, and the leader line of a label beside its zone."""

    block: Block
    size: float
    box: Box
    leader: tuple[Point, Point] | None = None

    def steps(self) -> list[Box]:
        """Return small boxes along the leader line, by which it is kept clear."""
        if self.leader is None:
            return []
        (x, y), end = self.leader
        many = int(dist((x, y), end) / 2.5) + 1
        shares = [step / many for step in range(1, many + 1)]
        return [Box.around((x + share * (end[0] - x), y + share * (end[1] - y)), 2, 2) for share in shares]


class Page:
    """The page as it fills: dots first, then labels."""

    def __init__(self, zones: list[Region], radius: float, within: Box, drawn: Callable[[Box], bool]) -> None:
        self._drawn = drawn
        self._zones = zones
        self._radius = radius
        self._within = within
        self._taken = Taken(within)
        self._hopeless: set[tuple[int, Block, float]] = set()
        self._members: list[list[int]] = [[] for _ in zones]
        self.dots: list[Point] = []

    def settle_dots(self, places: Sequence[Point]) -> None:
        """Stand each dot at its point, or near it in the same zone where a dot or a wall is in the way."""
        radius = self._radius
        left, bottom, right, top = self._within
        middles = Box(left + radius, bottom + radius, right - radius, top - radius)
        # Where a dot found no room, none will later: points at one place go on from where the last one stood.
        rooms: dict[Point, Iterator[Point]] = {}
        for n, at in enumerate(map(middles.nearest, places)):
            home = self._home(at)
            self.dots.append(next(rooms.setdefault(at, self._rooms_for_dot(at, home)), at))
            self._taken.add(self._square(self.dots[-1]))
            if home is not None:
                self._members[home].append(n)

    def inside(self, n: int, blocks: Sequence[Block], sizes: Sequence[float], *, central: bool = False) -> Label | None:
        """Place a label in its zone as unbroken, then as large, high and central as fits."""
        for block, size in product(blocks, sizes):
            # The page only fills: what did not fit once never will.
            if (n, block, size) in self._hopeless:
                continue
            if label := self._fit(n, block, size, self._zones[n].holds, central):
                return self._keep(label)
            if not central:
                self._hopeless.add((n, block, size))
        return None

    def inside_with_dots_aside(
        self, n: int, blocks: Sequence[Block], sizes: Sequence[float], *, most: int = _MOST_ASIDE
    ) -> Label | None:
        """Place a label where the dots of its zone would stand, and stand `most` of them at most beside it."""
        members = self._members[n]
        frame = self._zones[n].frame
        wide, high = frame.right - frame.left - 2 * _WALL, frame.top - frame.bottom - 2 * _WALL
        measured = (block.measure(size) for block, size in product(blocks, sizes))
        if not 0 < len(members) <= most or all(width > wide or height > high for width, height in measured):
            return None
        before, full = [self.dots[member] for member in members], self._taken
        emptied = full.without({self._square(middle) for middle in before})
        for block, size in product(blocks, sizes):
            self._taken = emptied
            if label := self._fit(n, block, size, self._zones[n].holds):
                self._taken = emptied.without(())
                self._keep(label)
                if after := self._aside(n, before):
                    for member, place in zip(members, after, strict=True):
                        self.dots[member] = place
                    return label
        self._taken = full
        return None

    def beside(self, n: int, blocks: Sequence[Block], sizes: Sequence[float], gaps: Sequence[float]) -> Label | None:
        """Place a label in free space near its zone, with a leader line that crosses nothing."""
        zone, covering = self._zones[n], None
        for gap, size, block in product(gaps, sizes, blocks[:_MOST_BESIDE]):
            for box in _about(zone.frame, gap, *block.measure(size)):
                if not (self._taken.free(box) and zone.clear_of_zones(box)):
                    continue
                label = Label(block, size, box, _leader(zone.outline, box))
                if not all(self._taken.free(step) and zone.clear_of_others(step) for step in label.steps()):
                    continue
                if not self._drawn(box):
                    return self._keep(label)
                covering = covering or label
        return self._keep(covering)

    def lettered(self, n: int, letter: str) -> Label | None:
        """Place the letter of a zone in it, else beside it, else in it even where zones lie on one another."""
        zone, blocks = self._zones[n], [Block((letter,), 1, fonts.width(letter, 1, fonts.BOLD), _CLOSE)]
        return (
            self.inside(n, blocks, _LETTER)
            or self.inside_with_dots_aside(n, blocks, _LETTER, most=_MOST_FOR_LETTER)
            or self.beside(n, blocks, _LETTER[1:2], (*NEAR, *FAR))
            or self._keep(self._fit(n, blocks[0], _LETTER[-1], lambda box: contains(zone.outline, box.middle)))
        )

    def _fit(
        self, n: int, block: Block, size: float, holds: Callable[[Box], bool], central: bool = False
    ) -> Label | None:
        """Return the label as high and as central in its zone as it can stand; central allows no way to the side."""
        frame, (width, height) = self._zones[n].frame, block.measure(size)
        across, up = frame.right - frame.left - width - 2 * _WALL, frame.top - frame.bottom - height - 2 * _WALL
        if min(across, up) < 0:
            return None
        columns = [frame.left + _WALL + across * share for share in ([0.5] if central else _SHARES)]
        places = []
        for share in _SHARES:
            bottom = frame.bottom + _WALL + up * share
            if bottom < self._within.bottom or bottom + height > self._within.top:
                continue
            blocked = self._taken.blocked(bottom, height, width)
            places += [(left, bottom) for left in columns if left >= 0 and not blocked >> int(left) & 1]
        best = (frame.left + _WALL + across / 2, frame.bottom + _WALL + up)
        boxes = (Box(x, y, x + width, y + height) for x, y in sorted(places, key=lambda place: dist(place, best)))
        found = next((box for box in boxes if box.within(self._within) and holds(box)), None)
        return Label(block, size, found) if found else None

    def _keep(self, label: Label | None) -> Label | None:
        if label:
            for box in (label.box, *label.steps()):
                self._taken.add(box)
        return label

    def _aside(self, n: int, before: Sequence[Point]) -> list[Point] | None:
        """Return where the dots of a zone stand clear of its label, or None when one of them cannot."""
        after: list[Point] = []
        for at in before:
            room = places_near(at, self._radius, lambda box: self._taken.free(box) and self._zones[n].holds(box))
            place = next(room, None)
            if place is None:
                return None
            self._taken.add(self._square(place))
            after.append(place)
        return after

    def _rooms_for_dot(self, at: Point, home: int | None) -> Iterator[Point]:
        """Yield free places wholly in the zone, then those whose middle is in it."""
        if home is None:
            yield from places_near(at, self._radius, lambda box: self._taken.free(box))
            return
        zone = self._zones[home]
        yield from places_near(at, self._radius, lambda box: self._taken.free(box) and zone.holds(box))
        yield from places_near(
            at, self._radius, lambda box: self._taken.free(box) and contains(zone.outline, box.middle)
        )

    def _home(self, at: Point) -> int | None:
        """Return the innermost zone a point lies in."""
        around = [n for n, zone in enumerate(self._zones) if zone.frame.has(at) and contains(zone.outline, at)]
        return min(around, key=lambda n: self._zones[n].size, default=None)

    def _square(self, middle: Point) -> Box:
        return Box.around(middle, 2 * self._radius, 2 * self._radius)


def _about(frame: Box, gap: float, width: float, height: float) -> list[Box]:
    """Return places for a label at a distance from the frame of its zone."""
    (x, y), aside, above = frame.middle, gap + width / 2, gap + height / 2
    columns = (x, frame.left + width / 2, frame.right - width / 2)
    rows = (y, frame.top - height / 2, frame.bottom + height / 2)
    middles = [(mx, my) for my in (frame.bottom - above, frame.top + above) for mx in columns]
    middles += [(mx, my) for mx in (frame.right + aside, frame.left - aside) for my in rows]
    return [Box.around(middle, width, height) for middle in middles]


def _leader(outline: Polygon, box: Box) -> tuple[Point, Point]:
    """Return a line from the label to a little inside the outline."""
    # The middle of what lies between the two, or of where they stand side by side.
    frame = bounds(outline)
    between = Box(*map(max, box[:2], frame[:2]), *map(min, box[2:], frame[2:])).middle
    start = box.nearest(between)
    x, y = nearest_on(outline, start)
    far = dist(start, (x, y)) or 1.0
    return start, (x + 3 * (x - start[0]) / far, y + 3 * (y - start[1]) / far)
