"""The schematic map for where there is no plan: the tree of zones as rectangles in one another, in rows on a page.

A rectangle has room for its name, its level in words and the dots of its points, so nothing on it is ever too small to
read; zones that do not fit on one page go on on the next, and what a page has to spare its rectangles share.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from math import ceil, sqrt
from typing import NamedTuple

from app.printing.filling import LEADING, PADDING, Block, Label
from app.printing.map_content import FourColourMap
from app.printing.placing import Box, Point
from qr import fonts

DEEPEST = 5
"""How many rectangles stand in one another; what lies deeper stands beside its zone, named by it."""

_SIZES = (12.0, 11.0, 10.0, 9.0, 9.0)
_WALL = 5.0
_BETWEEN = 4.0
_LEAST_WIDTH = 92.0
_BROAD = 1.5
_MOST_STRETCHED = 2.2
_LARGER = (1.8, 1.5, 1.25)


@dataclass(frozen=True)
class Node:
    """A zone with its points and what lies in it; a later part of one that goes on over a page is `continued`."""

    zone: int
    name: str
    words: str
    depth: int
    points: tuple[int, ...] = ()
    children: tuple["Node", ...] = ()
    continued: bool = False


class Placed(NamedTuple):
    """What stands on one page: for each rectangle its zone, outline and label, and the middle of each dot."""

    zones: list[tuple[int, Box, Label]]
    dots: list[tuple[int, Point]]


@dataclass
class _Row:
    """Nodes side by side, each as wide as the row leaves it."""

    nodes: list[Node] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    height: float = 0.0


def laid_out(content: FourColourMap, dot: float, first: Box, others: Box) -> list[Placed]:
    """Lay the zones out on as many pages as they need, the first in one area and the rest in another.

    `dot` is how far apart the middles of two dots stand. Names are as large as one page allows, where one is enough.
    """
    roots = _roots(content)
    for larger in _LARGER:
        begun = list(islice(_Schematic(roots, dot, larger).pages(first, others), 2))
        if len(begun) == 1:
            return begun
    return list(_Schematic(roots, dot, 1.0).pages(first, others))


class _Schematic:
    """How the tree of zones is laid out with names of one size."""

    def __init__(self, roots: list[Node], dot: float, larger: float) -> None:
        self._roots, self._dot, self._sizes = roots, dot, [size * larger for size in _SIZES]

    def pages(self, first: Box, others: Box) -> Iterator[Placed]:
        """Lay the zones out page by page, on as many as they need; one without zones is empty."""
        nodes, area = self._roots, first
        most: float | None = None
        while nodes:
            width, height = area.right - area.left, area.top - area.bottom
            nodes = [part for node in nodes for part in self._parts(node, width, height)]
            rows = self._fitting(nodes, width, height)
            # The last of several pages need not be full; a page of its own is, however little there is on it.
            page = Placed([], [])
            self._stand(rows, area, page, most=most)
            yield page
            nodes = nodes[sum(len(row.nodes) for row in rows) :]
            area, most = others, _MOST_STRETCHED
        if area is first:
            yield Placed([], [])

    def _fitting(self, nodes: Sequence[Node], width: float, height: float) -> list[_Row]:
        """The first rows of nodes, as many as there is room for, but one at least: a node alone always fits."""
        rows = self._rows(nodes, width)
        if rows[0].height > height:
            return self._rows(nodes[:1], width)
        fitting = 0
        for row in rows:
            if row.height > height:
                break
            height -= row.height + _BETWEEN
            fitting += 1
        return rows[:fitting]

    def _stand(self, rows: Sequence[_Row], area: Box, placed: Placed, *, most: float | None = None) -> None:
        """Stand rows below each other; they share the height of the area, stretched no more than `most` times."""
        gaps = _BETWEEN * (len(rows) - 1)
        stretch = (area.top - area.bottom - gaps) / sum(row.height for row in rows)
        stretch = min(stretch, most) if most else stretch
        top = area.top
        for row in rows:
            left, height = area.left, row.height * stretch
            for node, width in zip(row.nodes, row.widths, strict=True):
                self._place(node, Box(left, top - height, left + width, top), placed)
                left += width + _BETWEEN
            top -= height + _BETWEEN

    def _place(self, node: Node, box: Box, placed: Placed) -> None:
        block, size = self._label(node, box.right - box.left)
        width, height = block.measure(size)
        corner = (box.left + _WALL, box.top - _WALL)
        label = Label(block, size, Box(corner[0], corner[1] - height, corner[0] + width, corner[1]))
        placed.zones.append((node.zone, box, label))
        top = corner[1] - height - _BETWEEN
        step, across = self._dot, self._dots_across(box.right - box.left)
        for n, point in enumerate(node.points):
            row, column = divmod(n, across)
            placed.dots.append((point, (box.left + _WALL + (column + 0.5) * step, top - (row + 0.5) * step)))
        if node.children:
            top -= ceil(len(node.points) / across) * step
            inner = Box(box.left + _WALL, box.bottom + _WALL, box.right - _WALL, top)
            self._stand(self._rows(node.children, inner.right - inner.left), inner, placed)

    def _rows(self, nodes: Sequence[Node], width: float) -> list[_Row]:
        """Deal nodes out over rows of like length, and give each its share of the width of its row."""
        wanted = [min(self._wanted(node), width) for node in nodes]
        each = sum(wanted) / max(1, ceil(sum(wanted) / width))
        rows: list[_Row] = []
        used = width
        for node, wish in zip(nodes, wanted, strict=True):
            if not rows or used + wish > width + 0.01 or used >= each - wish / 2:
                rows.append(_Row())
                used = 0.0
            rows[-1].nodes.append(node)
            rows[-1].widths.append(wish)
            used += wish + _BETWEEN
        for row in rows:
            spare = width - _BETWEEN * (len(row.nodes) - 1) - sum(row.widths)
            needs = [self._need(node) for node in row.nodes]
            row.widths = [wish + spare * need / sum(needs) for wish, need in zip(row.widths, needs, strict=True)]
            row.height = max(self._height(*one) for one in zip(row.nodes, row.widths, strict=True))
        return rows

    def _wanted(self, node: Node) -> float:
        """How wide a node would be: somewhat broader than high, its label on few lines."""
        return max(_LEAST_WIDTH * self._sizes[node.depth] / _SIZES[-1] + 2 * _WALL, sqrt(_BROAD * self._need(node)))

    def _need(self, node: Node) -> float:
        size = self._sizes[node.depth]
        own = (fonts.width(node.name, size, fonts.BOLD) + 80) * size * LEADING * 1.5 + len(node.points) * self._dot**2
        return own + 1.25 * sum(map(self._need, node.children)) + 1500

    def _height(self, node: Node, width: float) -> float:
        block, size = self._label(node, width)
        dots = ceil(len(node.points) / self._dots_across(width)) * self._dot
        height = 2 * _WALL + block.measure(size)[1] + _BETWEEN + dots
        if not node.children:
            return height
        rows = self._rows(node.children, width - 2 * _WALL)
        return height + sum(row.height for row in rows) + _BETWEEN * (len(rows) - 1)

    def _dots_across(self, width: float) -> int:
        return max(1, int((width - 2 * _WALL) / self._dot))

    def _label(self, node: Node, width: float) -> tuple[Block, float]:
        """Name and words on one line where they fit, else one below the other, the name on as many as it needs."""
        size, room = self._sizes[node.depth], width - 2 * _WALL - 2 * PADDING
        name = f"{node.name}（续）" if node.continued else node.name
        together = f"{fonts.printable(name)}　{node.words}"
        if fonts.width(together, size, fonts.BOLD) <= room:
            return Block((together,), 1, fonts.width(together, 1, fonts.BOLD)), size
        lines = (*fonts.wrap(name, room, size, fonts.BOLD), *fonts.wrap(node.words, room, size, fonts.BOLD))
        bold = len(lines) - len(fonts.wrap(node.words, room, size, fonts.BOLD))
        return Block(lines, bold, max(fonts.width(line, 1, fonts.BOLD) for line in lines)), size

    def _parts(self, node: Node, width: float, most: float) -> Iterator[Node]:
        """Yield a node, or the parts of one that is too high for a page."""
        if self._height(node, width) <= most:
            yield node
            return
        inner = width - 2 * _WALL
        room = most - self._height(replace(node, points=(), children=(), continued=True), width) - _BETWEEN
        each = max(1, int(room / self._dot)) * self._dots_across(width)
        kept = replace(node, points=node.points[:each], children=())
        for start in range(each, len(node.points), each):
            yield kept
            kept = replace(kept, points=node.points[start : start + each], continued=True)
        for child in chain.from_iterable(self._parts(child, inner, room) for child in node.children):
            larger = replace(kept, children=(*kept.children, child))
            if self._height(larger, width) > most and (kept.children or kept.points):
                yield kept
                larger = replace(kept, points=(), children=(child,), continued=True)
            kept = larger
        yield kept


def _roots(content: FourColourMap) -> list[Node]:
    """The zones as a tree no deeper than DEEPEST: what lies deeper stands beside its zone, named after it."""
    points: dict[int | None, list[int]] = {}
    for n, point in enumerate(content.points):
        points.setdefault(point.zone, []).append(n)
    depths: list[int] = []
    above: list[int | None] = []
    names: list[str] = []
    below: dict[int | None, list[int]] = {}
    for n, zone in enumerate(content.zones):
        parent, name = zone.parent, zone.name
        if parent is not None and depths[parent] == DEEPEST - 1:
            name, parent = f"{names[parent]} › {name}", above[parent]
        names.append(name)
        above.append(parent)
        depths.append(0 if parent is None else depths[parent] + 1)
        below.setdefault(parent, []).append(n)

    def node(n: int) -> Node:
        children = tuple(map(node, below.get(n, ())))
        return Node(n, names[n], content.zones[n].words, depths[n], tuple(points.get(n, ())), children)

    return [node(n) for n in below.get(None, ())]
