from itertools import combinations
from random import Random

import pytest

from app.printing.map_content import MapPoint, ZoneShape
from app.printing.map_layout import Frame
from app.printing.map_marks import DOT
from app.printing.placing import Box, bounds
from app.printing.stamp import Look, Paper
from risk_models import RiskLevel

LEVELS = [*RiskLevel, None]
A3 = Look(Paper.A3, landscape=True)
A4 = Look(Paper.A4)


def tree(*parents):
    return tuple(ZoneShape(f"第{n}区", (), LEVELS[n % 5], parent) for n, parent in enumerate(parents))


def points_in(*zones):
    return tuple(MapPoint(f"FX-{n:04}", f"泵{n}", RiskLevel.BLUE, zone=zone) for n, zone in enumerate(zones, 1))


def chance_tree(many, seed):
    chance = Random(seed)
    return tree(*(None if n < 5 else chance.randrange(n // 3) for n in range(many)))


CHANCE = Random(3)
TREES = {
    "one": (tree(None), points_in(0, 0)),
    "one without points": (tree(None), ()),
    "one with very many points": (tree(None), points_in(*[0] * 1200)),
    "wide": (tree(*[None] * 60), points_in(*range(60))),
    "deep": (tree(None, *range(29)), points_in(*range(30))),
    "broad below one": (tree(None, *[0] * 120), points_in(*[1] * 90)),
    "300 zones, 800 points": (chance_tree(300, 1), points_in(*(CHANCE.randrange(300) for _ in range(800)))),
}


def nested(drawing, zones):
    """Assert that rectangles lie in one another or apart, and that each holds its own name and dots."""
    boxes = [bounds(drawn.outline) for drawn in drawing.zones]
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other) or other.within(one)
    labels = [drawn.label.box for drawn in drawing.zones]
    assert not any(one.overlaps(other) for one, other in combinations(labels, 2))
    for drawn, box in zip(drawing.zones, boxes, strict=True):
        assert drawn.label.box.within(box)
        assert drawn.label.size >= 9
        assert zones[drawn.zone].name in "".join(drawn.label.block.lines)
    dots = [Box.around(dot.middle, 2 * DOT, 2 * DOT) for dot in drawing.dots]
    assert not any(one.overlaps(other) for one, other in combinations(dots, 2))
    return boxes, labels, dots


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("look", [A3, A4], ids=["a3", "a4"])
def test_every_zone_is_named_and_every_point_stands_in_its_zone_however_the_tree_grows(name, look, make_map):
    zones, points = TREES[name]
    content = make_map(ground=None, zones=zones, points=points)
    drawings = Frame(content, look).drawings(None)
    assert {drawn.zone for drawing in drawings for drawn in drawing.zones} == set(range(len(zones)))
    assert sorted(dot.point for drawing in drawings for dot in drawing.dots) == list(range(len(points)))
    for drawing in drawings:
        boxes, labels, dots = nested(drawing, zones)
        assert all(box.within(drawing.area) for box in boxes)
        for dot, square in zip(drawing.dots, dots, strict=True):
            holding = [n for n, box in enumerate(boxes) if square.within(box)]
            innermost = max(holding)  # a zone stands after those it lies in
            assert drawing.zones[innermost].zone == points[dot.point].zone
            assert not any(square.overlaps(label) for label in labels)


def test_the_schematic_says_what_it_is_and_names_zones_as_typed(make_map, printed_map):
    awkward = "<b>粗</b>&" + "很长的名字" * 10
    zones = (ZoneShape(awkward, (), RiskLevel.RED), ZoneShape("泵房", (), None, 0))
    paper = printed_map(make_map(ground=None, zones=zones, points=points_in(0, 1)))
    for said in ("示意图（无平面图）", "示意图，无比例", "位置和大小不代表现场实际", awkward, "泵房", "未评估"):
        assert said in paper.text
    assert "北" not in paper.text
    assert paper.stays_on_its_pages()


def test_a_tree_too_large_for_a_page_goes_on_and_says_so(make_map, printed_map):
    zones, points = TREES["broad below one"]
    paper = printed_map(make_map(ground=None, zones=zones, points=points), A4)
    assert sum("第0区（续）" in text.replace("\r\n", "") for text in paper.texts) >= 1
    assert all(point.code in paper.text for point in points)


def test_a_schematic_of_nothing_is_an_empty_frame(make_map, printed_map):
    assert "本图0个风险点" in printed_map(make_map(ground=None, zones=(), points=())).text


def test_a_zone_with_more_points_is_larger(make_map):
    content = make_map(ground=None, zones=tree(None, None), points=points_in(*[0] * 60, 1))
    first, second = (bounds(drawn.outline) for drawn in Frame(content, A3).drawings(None)[0].zones)
    assert first.right - first.left > 1.5 * (second.right - second.left)


def test_names_are_larger_where_there_is_room(make_map):
    few = Frame(make_map(ground=None, zones=tree(None), points=()), A3).drawings(None)[0].zones[0].label
    many = Frame(make_map(ground=None, zones=tree(*[None] * 120), points=()), A3).drawings(None)[0].zones[0].label
    assert few.size > 1.4 * many.size
