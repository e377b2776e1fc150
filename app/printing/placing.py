"""What fits where on the map: boxes and outlines, what of the page is taken, and dots clear of each other."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise
from math import ceil, floor, hypot
from operator import or_
from typing import NamedTuple

Point = tuple[float, float]
Polygon = Sequence[Point]


class Box(NamedTuple):
    """A rectangle on the page, in points."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, middle: Point, width: float, height: float) -> "Box":
        """Return the rectangle of a width and height about its middle."""
        x, y = middle
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def middle(self) -> Point:
        """The point where its diagonals cross."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def overlaps(self, other: "Box") -> bool:
        """Say whether the two have an area in common."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )

    def has(self, point: Point) -> bool:
        """Say whether a point lies in it."""
        return self.left <= point[0] <= self.right and self.bottom <= point[1] <= self.top

    def within(self, other: "Box") -> bool:
        """Say whether it lies wholly in another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )

    def nearest(self, point: Point) -> Point:
        """Return the point of the rectangle nearest to a point."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.bottom), self.top)


def bounds(polygon: Polygon) -> Box:
    """Return the smallest rectangle that holds the polygon."""
    xs, ys = zip(*polygon, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def edges(polygon: Polygon) -> Iterator[tuple[Point, Point]]:
    """Yield the edges of the closed polygon."""
    return pairwise([*polygon, polygon[0]])


def size_of(polygon: Polygon) -> float:
    """Return the area of the polygon, by the shoelace formula."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges(polygon))) / 2


def contains(polygon: Polygon, point: Point) -> bool:
    """Say whether a point lies inside, by the even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in edges(polygon):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def crosses(polygon: Polygon, box: Box) -> bool:
    """Say whether the outline of the polygon runs through the box."""
    left, bottom, right, top = box
    for (x1, y1), (x2, y2) in edges(polygon):
        if max(x1, x2) <= left or min(x1, x2) >= right or max(y1, y2) <= bottom or min(y1, y2) >= top:
            continue
        # The edge's line misses the box when all four corners lie on one side of it.
        dx, dy = x2 - x1, y2 - y1
        sides = [dx * (y - y1) - dy * (x - x1) for x in (left, right) for y in (bottom, top)]
        if min(sides) < 0 < max(sides):
            return True
    return False


def nearest_on(polygon: Polygon, point: Point) -> Point:
    """Return the point of the outline nearest to a point."""

    def on(edge: tuple[Point, Point]) -> Point:
        (x1, y1), (x2, y2) = edge
        dx, dy = x2 - x1, y2 - y1
        along = ((point[0] - x1) * dx + (point[1] - y1) * dy) / (dx * dx + dy * dy or 1.0)
        share = min(max(along, 0.0), 1.0)
        return x1 + share * dx, y1 + share * dy

    return min(map(on, edges(polygon)), key=lambda p: (p[0] - point[0]) ** 2 + (p[1] - point[1]) ** 2)


@dataclass(frozen=True, slots=True)
class Region:
    """The outline of a zone on the page.

    `foreign` are the zones in which nothing of this one may stand, `within` those of them that reach into its frame,
    and `around` the zones it lies in.
    """

    outline: Polygon
    frame: Box
    size: float
    foreign: tuple[tuple[Polygon, Box], ...]
    within: tuple[tuple[Polygon, Box], ...]
    around: tuple[Polygon, ...]

    def holds(self, box: Box) -> bool:
        """Say whether the box lies wholly in this zone and in no zone inside it."""
        if not box.within(self.frame) or not contains(self.outline, box.middle):
            return False
        return not _touches(self.within, box) and not any(crosses(each, box) for each in (self.outline, *self.around))

    def clear_of_zones(self, box: Box) -> bool:
        """Say whether the box lies outside this zone and those foreign to it, and on no outline."""
        own = box.overlaps(self.frame) and (crosses(self.outline, box) or contains(self.outline, box.middle))
        return not own and self.clear_of_others(box) and not any(crosses(outline, box) for outline in self.around)

    def clear_of_others(self, box: Box) -> bool:
        """Say whether the box touches no zone but this one and those around it."""
        return not _touches(self.foreign, box)


def _touches(zones: Iterable[tuple[Polygon, Box]], box: Box) -> bool:
    return any(
        box.overlaps(frame) and (crosses(outline, box) or contains(outline, box.middle)) for outline, frame in zones
    )


def regions(outlines: Sequence[Polygon]) -> list[Region]:
    """Return the zones with what is foreign to each: every other zone, but for those it lies in."""
    known = [(outline, bounds(outline), size_of(outline)) for outline in outlines]

    def surrounds(outer: int, inner: int) -> bool:
        bigger = (known[outer][2], inner) > (known[inner][2], outer)
        if not bigger or not known[outer][1].overlaps(known[inner][1]):
            return False
        # Corners are drawn in a little, for zones often share a wall.
        x, y = known[inner][1].middle
        drawn_in = [(x + 0.96 * (cx - x), y + 0.96 * (cy - y)) for cx, cy in known[inner][0]]
        return all(contains(known[outer][0], corner) for corner in drawn_in)

    def region(n: int) -> Region:
        outline, frame, size = known[n]
        others = [m for m in range(len(known)) if m != n]
        around = tuple(known[m][0] for m in others if surrounds(m, n))
        foreign = tuple(known[m][:2] for m in others if not surrounds(m, n))
        within = tuple(other for other in foreign if other[1].overlaps(frame))
        return Region(outline, frame, size, foreign, within, around)

    return [region(n) for n in range(len(known))]


class Taken:
    """What of the page is taken, as a row of bits for each point of height; parts of a point count as whole ones."""

    def __init__(self, page: Box, boxes: Iterable[Box] = ()) -> None:
        """Begin with the boxes that stand; none may reach beyond the page."""
        self._page = page
        self._rows = [0] * (ceil(page.top) + 1)
        self._boxes: list[Box] = []
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        """Take the place of a box."""
        self._boxes.append(box)
        self._enter(box)

    def _enter(self, box: Box) -> None:
        bits = _bits(box)
        for y in range(floor(box.bottom), ceil(box.top)):
            self._rows[y] |= bits

    def without(self, boxes: Collection[Box]) -> "Taken":
        """Return a copy in which the place of these boxes is given back."""
        copy = Taken(self._page)
        copy._rows, copy._boxes = self._rows[:], [box for box in self._boxes if box not in boxes]
        for box in boxes:
            bits = _bits(box)
            for y in range(floor(box.bottom), ceil(box.top)):
                copy._rows[y] &= ~bits
        # Parts of a point count as whole ones, so that neighbours may have lost some of theirs.
        given = [Box(box.left - 1, box.bottom - 1, box.right + 1, box.top + 1) for box in boxes]
        for box in copy._boxes:
            if any(box.overlaps(each) for each in given):
                copy._enter(box)
        return copy

    def free(self, box: Box) -> bool:
        """Say whether the box is on the page and overlaps none that stands."""
        if not box.within(self._page):
            return False
        bits = _bits(box)
        return not any(map(bits.__and__, self._rows[floor(box.bottom) : ceil(box.top)]))

    def blocked(self, bottom: float, height: float, width: float) -> int:
        """Return the bits of each x from which a box of that height and width would overlap one that stands."""
        bits = reduce(or_, self._rows[floor(bottom) : ceil(bottom + height)], 0)
        # A box is blocked by what stands up to its width further right: the bits are smeared to the left, by doubling.
        wide, reach = ceil(width) + 1, 1
        while reach < wide:
            step = min(reach, wide - reach)
            bits |= bits >> step
            reach += step
        return bits


def _bits(box: Box) -> int:
    left = floor(box.left)
    return ((1 << (ceil(box.right) - left)) - 1) << left


def places_near(at: Point, radius: float, fits: Callable[[Box], bool]) -> Iterator[Point]:
    """Yield the places where the square about a dot fits, those nearest to a point first; fits is asked when drawn."""
    for dx, dy in _offsets(radius):
        place = (at[0] + dx, at[1] + dy)
        if fits(Box.around(place, 2 * radius, 2 * radius)):
            yield place


@cache
def _offsets(radius: float) -> list[Point]:
    """List the steps away from a point, nearest first: fine ones for a nudge, then a dot's width each."""
    steps = [(0.5 * radius, range(-2, 3)), (2 * radius + 1, range(-7, 8))]
    return sorted(
        {(i * step, j * step) for step, reach in steps for i in reach for j in reach}, key=lambda o: hypot(*o)
    )
