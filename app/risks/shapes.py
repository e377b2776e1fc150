"""Polygons of zones (pure): what a usable outline is."""

Corner = list[int]


def problem_of(polygon: list[Corner], *, width: int, height: int) -> str:
    """What is wrong with an outline on a plan of this size, in Chinese; empty when nothing is."""
    if len(polygon) < 3:
        return "边界至少需要三个顶点。"
    for x, y in polygon:
        if not (0 <= x <= width and 0 <= y <= height):
            return f"顶点（{x}，{y}）落在平面图之外，平面图为 {width}×{height}。"
    if len({tuple(corner) for corner in polygon}) < len(polygon):
        return "边界有重复的顶点，请删去重复的一个。"
    sides = [(polygon[i], polygon[(i + 1) % len(polygon)]) for i in range(len(polygon))]
    for i, first in enumerate(sides):
        for j in range(i + 2, len(sides)):
            if (i, j) != (0, len(sides) - 1) and _cross(first, sides[j]):
                return f"边界自相交：第 {i + 1} 条边与第 {j + 1} 条边交叉，请重画。"
    return "" if _area(polygon) else "边界没有围成面积，请重画。"


def _area(polygon: list[Corner]) -> int:
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs))


def _cross(first: tuple[Corner, Corner], second: tuple[Corner, Corner]) -> bool:
    (a, b), (c, d) = first, second
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if 0 in turns:
        touching = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
        return any(turn == 0 and _between(*three) for turn, three in zip(turns, touching, strict=True))
    return (turns[0] > 0) != (turns[1] > 0) and (turns[2] > 0) != (turns[3] > 0)


def _turn(a: Corner, b: Corner, c: Corner) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Corner, b: Corner, c: Corner) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
