"""Where things stand on the map: dots clear of each other, the name of a zone inside it and clear of the dots."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import cos, dist, pi, sin
from typing import NamedTuple

Point = tuple[float, float]
Polygon = Sequence[Point]

_GRID = 9
_RINGS = 6


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

    def overlaps(self, other: "Box") -> bool:
        """Say whether the two have an area in common."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


def bounds(polygon: Polygon) -> Box:
    """Return the smallest rectangle that holds the polygon."""
    xs, ys = zip(*polygon, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def contains(polygon: Polygon, point: Point) -> bool:
    """Say whether a point lies inside, by the even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def spread(points: Sequence[Point], radius: float, within: Box) -> list[Point]:
    """Return where the dots of the points go: at the point, or beside it where another dot already stands."""
    # Dots are looked up by cells as wide as a dot, so that only those nearby are compared.
    cells: dict[tuple[int, int], list[Point]] = defaultdict(list)

    def free(place: Point) -> bool:
        i, j = _cell(place, radius)
        near = (other for di in (-1, 0, 1) for dj in (-1, 0, 1) for other in cells.get((i + di, j + dj), ()))
        return all(dist(place, other) >= 2 * radius for other in near)

    placed = []
    for x, y in points:
        at = _inside((x, y), 2 * radius, 2 * radius, within)
        place = next(filter(free, _around(at, radius, within)), at)
        cells[_cell(place, radius)].append(place)
        placed.append(place)
    return placed


def _cell(place: Point, radius: float) -> tuple[int, int]:
    return int(place[0] // (2 * radius)), int(place[1] // (2 * radius))


def _around(middle: Point, radius: float, within: Box) -> Iterator[Point]:
    yield middle
    for ring in range(1, _RINGS + 1):
        for step in range(6 * ring):
            angle, far = pi * step / (3 * ring), 2.1 * radius * ring
            place = (middle[0] + far * cos(angle), middle[1] + far * sin(angle))
            yield _inside(place, 2 * radius, 2 * radius, within)


def _inside(middle: Point, width: float, height: float, within: Box) -> Point:
    """Return the middle moved so that a rectangle of that size about it lies within another."""
    x = min(max(middle[0], within.left + width / 2), within.right - width / 2)
    y = min(max(middle[1], within.bottom + height / 2), within.top - height / 2)
    return x, y


def place(polygon: Polygon, width: float, height: float, taken: Sequence[Box], within: Box) -> Box:
    """Return the best place for a label of a size: least over what is taken, then most inside, then most central."""
    frame = bounds(polygon)
    centre = ((frame.left + frame.right) / 2, (frame.bottom + frame.top) / 2)

    def badness(middle: Point) -> tuple[int, int, float]:
        box = Box.around(middle, width, height)
        corners = [(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
        outside = sum(not contains(polygon, corner) for corner in corners)
        distance = (middle[0] - centre[0]) ** 2 + (middle[1] - centre[1]) ** 2
        return sum(box.overlaps(other) for other in taken), outside, distance

    best = min(_candidates(polygon, frame), key=badness, default=centre)
    return Box.around(_inside(best, width, height, within), width, height)


def _candidates(polygon: Polygon, frame: Box) -> Iterator[Point]:
    for i in range(1, _GRID + 1):
        for j in range(1, _GRID + 1):
            x = frame.left + (frame.right - frame.left) * i / (_GRID + 1)
            y = frame.bottom + (frame.top - frame.bottom) * j / (_GRID + 1)
            if contains(polygon, (x, y)):
                yield x, y
