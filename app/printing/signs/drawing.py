"""The small language the signs are drawn in, and its two outcomes: PDF operators and SVG path data.

One instruction a line, lengths in a box of 100 × 100 with y upwards. The first four draw in ink, the next four the
same in the ground of the sign, so that a detail can be cut out of a shape:

    fill PATH            box X Y WIDTH HEIGHT [CORNER]      disc X Y RADIUS      line WIDTH PATH
    cut PATH             slot X Y WIDTH HEIGHT [CORNER]     hole X Y RADIUS      gap WIDTH PATH
    paint NAME           what draws in ink draws in this paint from here on
    use NAME X Y SCALE [ANGLE [mirrored]]    a figure, its middle at X Y, turned anticlockwise by ANGLE degrees

A PATH is made of M x y, L x y …, C and Q as in SVG, S x y … (a smooth line through the points), A x y radius from to
(an arc in degrees) and Z, which closes it. Lines have round ends and round corners.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians, sin

Point = tuple[float, float]
Segment = tuple[str, tuple[Point, ...]]  # M, L, C or Z with its points

INK = "ink"
GROUND = "ground"
_IN_GROUND = {"cut": "fill", "slot": "box", "hole": "disc", "gap": "line"}
_TOKEN = re.compile(r"[A-Z]|-?[\d.]+")


class DrawingError(ValueError):
    """An instruction of a drawing cannot be understood; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One painted path: filled, or stroked with a line of `width` units when that is above 0."""

    paint: str
    width: float
    segments: tuple[Segment, ...]

    def moved(self, x: float, y: float, scale: float, angle: float = 0.0, *, mirrored: bool = False) -> "Mark":
        """Return the mark with the middle of its box at x, y, scaled and turned; mirrored means left for right."""
        across, up = scale * cos(radians(angle)), scale * sin(radians(angle))
        side = -1 if mirrored else 1

        def place(point: Point) -> Point:
            h, v = (point[0] - 50) * side, point[1] - 50
            return x + h * across - v * up, y + h * up + v * across

        segments = tuple((verb, tuple(place(point) for point in points)) for verb, points in self.segments)
        return Mark(self.paint, self.width * scale, segments)


def drawing(text: str, figures: Mapping[str, str]) -> tuple[Mark, ...]:
    """Read a drawing into the marks that make it, in the order they are painted.

    Raises DrawingError where an instruction cannot be understood.
    """
    marks: list[Mark] = []
    paint = INK
    for line in filter(None, map(str.strip, text.splitlines())):
        verb, _, rest = line.partition(" ")
        try:
            if verb == "paint":
                paint = rest
            elif verb == "use":
                name, x, y, scale, *turned = rest.split()
                angle = float(turned[0]) if turned else 0.0
                for mark in drawing(figures[name], figures):
                    placed = mark.moved(float(x), float(y), float(scale), angle, mirrored="mirrored" in turned)
                    marks.append(placed)
            else:
                shape = _IN_GROUND.get(verb, verb)
                marks.append(_mark(shape, rest, paint if shape == verb else GROUND))
        except (KeyError, ValueError, IndexError) as problem:
            raise DrawingError(f"这一笔看不懂：{line}") from problem
    return tuple(marks)


def _mark(shape: str, rest: str, paint: str) -> Mark:
    if shape == "line":
        width, _, path = rest.partition(" ")
        return Mark(paint, float(width), _path(path))
    if shape == "fill":
        return Mark(paint, 0.0, _path(rest))
    numbers = [float(number) for number in rest.split()]
    if shape == "disc":
        x, y, radius = numbers
        return Mark(paint, 0.0, (*_arc(x, y, radius, 0, 360), ("Z", ())))
    if shape == "box":
        return Mark(paint, 0.0, _box(*numbers))
    raise ValueError(shape)


def _path(text: str) -> tuple[Segment, ...]:
    tokens = _TOKEN.findall(text)
    segments: list[Segment] = []
    at = 0
    while at < len(tokens):
        verb, start = tokens[at], at + 1
        at = next((n for n in range(start, len(tokens)) if tokens[n].isalpha()), len(tokens))
        numbers = [float(token) for token in tokens[start:at]]
        closed = verb == "S" and tokens[at : at + 1] == ["Z"]
        segments += _segments(verb, numbers, segments, closed)
    return tuple(segments)


def _segments(verb: str, numbers: list[float], before: list[Segment], closed: bool) -> list[Segment]:
    if verb == "Z":
        return [("Z", ())]
    if verb == "A":
        arc = _arc(*numbers)
        return [("L", arc[0][1]), *arc[1:]] if before else arc
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    if verb == "M":
        return [("M", (points[0],)), *(("L", (point,)) for point in points[1:])]
    if verb == "L":
        return [("L", (point,)) for point in points]
    here = before[-1][1][-1]
    if verb == "S":
        return _smooth([here, *points], closed=closed)
    if verb == "Q":
        return [_raised(here, *points)]
    if verb == "C":
        return [("C", tuple(points[n : n + 3])) for n in range(0, len(points), 3)]
    raise ValueError(verb)


def _raised(start: Point, pull: Point, end: Point) -> Segment:
    """A quadratic curve as the cubic one that PDF knows."""
    first, second = (((a[0] + 2 * pull[0]) / 3, (a[1] + 2 * pull[1]) / 3) for a in (start, end))
    return "C", (first, second, end)


def _smooth(points: Sequence[Point], *, closed: bool) -> list[Segment]:
    """Curves through the points, in each of them parallel to the line between its neighbours (Catmull and Rom)."""
    last = len(points) - 1
    before = points[-1] if closed else points[0]
    after = [points[0], points[1]] if closed else [points[-1]]
    chain = [before, *points, *after]
    curves: list[Segment] = []
    for n in range(1, last + 1 + closed):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = chain[n - 1 : n + 3]
        curves.append(
            ("C", ((bx + (cx - ax) / 6, by + (cy - ay) / 6), (cx - (dx - bx) / 6, cy - (dy - by) / 6), (cx, cy)))
        )
    return curves


def _arc(x: float, y: float, radius: float, start: float, end: float) -> list[Segment]:
    """An arc as curves of at most a quarter each, anticlockwise when end is above start."""
    pieces = max(1, round(abs(end - start) / 90 + 0.49))
    step = radians(end - start) / pieces
    reach = 4 / 3 * (1 - cos(step / 2)) / sin(step / 2) * radius
    angles = [radians(start) + step * n for n in range(pieces + 1)]
    segments: list[Segment] = [("M", ((x + radius * cos(angles[0]), y + radius * sin(angles[0])),))]
    for a, b in pairwise(angles):
        ax, ay, bx, by = x + radius * cos(a), y + radius * sin(a), x + radius * cos(b), y + radius * sin(b)
        pulls = ((ax - reach * sin(a), ay + reach * cos(a)), (bx + reach * sin(b), by - reach * cos(b)))
        segments.append(("C", (*pulls, (bx, by))))
    return segments


def _box(x: float, y: float, width: float, height: float, corner: float = 0.0) -> tuple[Segment, ...]:
    left, right, low, high = x + corner, x + width - corner, y + corner, y + height - corner
    if not corner:
        return ("M", ((x, y),)), ("L", ((right, y),)), ("L", ((right, high),)), ("L", ((x, high),)), ("Z", ())
    segments: list[Segment] = []
    for at, start in (((right, low), -90), ((right, high), 0), ((left, high), 90), ((left, low), 180)):
        arc = _arc(*at, corner, start, start + 90)
        segments += [("L", arc[0][1]), *arc[1:]] if segments else arc
    return (*segments, ("Z", ()))


def pdf_operators(marks: Sequence[Mark], colours: Mapping[str, str]) -> str:
    """Write the marks as PDF operators, in units of the box; colours gives each paint as #rrggbb."""
    lines = ["1 J 1 j"]
    for mark in marks:
        ink = _rgb(colours[mark.paint])
        setting = f"{ink} RG {_number(mark.width)} w " if mark.width else f"{ink} rg "
        path = " ".join(_operator(verb, points) for verb, points in mark.segments)
        lines.append(f"{setting}{path} {'S' if mark.width else 'f'}")
    return "\n".join(lines)


def svg_path(mark: Mark) -> str:
    """Write the path of a mark as SVG path data, where y runs downwards from 100."""
    return "".join(
        verb + " ".join(f"{_number(x)} {_number(100 - y)}" for x, y in points) for verb, points in mark.segments
    )


def _operator(verb: str, points: Sequence[Point]) -> str:
    if verb == "Z":
        return "h"
    return " ".join(f"{_number(x)} {_number(y)}" for x, y in points) + f" {verb.lower()}"


@cache
def _rgb(colour: str) -> str:
    return " ".join(_number(part / 255, 3) for part in bytes.fromhex(colour.removeprefix("#")))


def _number(value: float, digits: int = 2) -> str:
    return f"{round(value, digits) + 0.0:g}"
