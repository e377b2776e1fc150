"""Polygons of zones (pure): what a usable outline is."""

from collections.abc import Sequence
from itertools import product

Corner = list[int]
MOST_CORNERS = 200
PLAN_WARNINGS = {"overlap": "同级分区重叠", "outside": "风险点不在所属分区内", "unplaced": "风险点没有标位置"}


def problem_of(polygon: list[Corner], *, width: int, height: int) -> str:
    """What is wrong with an outline on a plan of this size, in Chinese; empty when nothing is."""
    if len({tuple(corner) for corner in polygon}) < 3:
        return "边界至少需要三个不同的顶点，请再添加。"
    if len(polygon) > MOST_CORNERS:
        return f"边界有 {len(polygon)} 个顶点，最多 {MOST_CORNERS} 个，请合并相邻的顶点。"
    seen: dict[tuple[int, ...], int] = {}
    for n, (x, y) in enumerate(polygon, 1):
        if not (0 <= x <= width and 0 <= y <= height):
            return f"第 {n} 个顶点（{x}，{y}）落在平面图之外，平面图为 {width}×{height}，请移回图内。"
        if seen.setdefault((x, y), n) != n:
            return f"第 {n} 个顶点（{x}，{y}）与第 {seen[x, y]} 个重复，请删去一个。"
    if not _area(polygon):
        return "边界没有围成面积：顶点在一条线上，或两部分面积相抵，请重画。"
    sides = _sides(polygon)
    for i, first in enumerate(sides):
        if _turns_back(first, sides[(i + 1) % len(sides)]):
            return f"边界自相交：第 {i + 1} 条边与第 {(i + 1) % len(sides) + 1} 条边重叠，请重画。"
        for j in range(i + 2, len(sides)):
            if (i, j) != (0, len(sides) - 1) and _cross(first, sides[j]):
                return f"边界自相交：第 {i + 1} 条边与第 {j + 1} 条边交叉，请重画。"
    return ""


def overlap(one: list[Corner], other: list[Corner]) -> bool:
    """Say whether two outlines have an area in common; walls and corners shared are none."""
    if _apart(one, other):
        return False
    if any(_cross(*pair, properly=True) for pair in product(_sides(one), _sides(other))):
        return True
    # None runs through the other: then one lies in the other, or they are apart.
    return any(surely_in(corner, other) for corner in _within(one)) or any(
        surely_in(corner, one) for corner in _within(other)
    )


def _apart(one: list[Corner], other: list[Corner]) -> bool:
    """Say whether the two are told apart by one coordinate alone."""
    ranges = [[(min(values), max(values)) for values in zip(*polygon, strict=True)] for polygon in (one, other)]
    return any(a[1] <= b[0] or b[1] <= a[0] for a, b in zip(*ranges, strict=True))


def _within(polygon: list[Corner]) -> list[tuple[float, float]]:
    """Its corners and the middles of its sides: one of them lies off the other's outline, unless the two are one."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in _sides(polygon)]
    middle = (sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon))
    return [*((float(x), float(y)) for x, y in polygon), *middles, middle]


def surely_in(point: tuple[float, float], polygon: list[Corner]) -> bool:
    """Say whether a point lies inside and on no side, by the even-odd rule."""
    x, y = point
    inside = False
    for a, b in _sides(polygon):
        if _turn(a, b, point) == 0 and _between(a, b, point):
            return False
        if (a[1] > y) != (b[1] > y) and x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]):
            inside = not inside
    return inside


def _sides(polygon: list[Corner]) -> list[tuple[Corner, Corner]]:
    return list(zip(polygon, polygon[1:] + polygon[:1], strict=True))


def _turns_back(first: tuple[Corner, Corner], then: tuple[Corner, Corner]) -> bool:
    """Say whether a side goes back along the one before it."""
    (a, b), (_, c) = first, then
    along = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return _turn(a, b, c) == 0 and along < 0


def _area(polygon: list[Corner]) -> int:
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs))


def _cross(first: tuple[Corner, Corner], second: tuple[Corner, Corner], *, properly: bool = False) -> bool:
    """Say whether two sides meet; properly is when each has an end on either side of the other."""
    (a, b), (c, d) = first, second
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if 0 in turns:
        if properly:
            return False
        touching = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
        return any(turn == 0 and _between(*three) for turn, three in zip(turns, touching, strict=True))
    return (turns[0] > 0) != (turns[1] > 0) and (turns[2] > 0) != (turns[3] > 0)


def _turn(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
