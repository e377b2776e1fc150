import tomllib
from importlib import resources
from itertools import combinations
from random import Random

import pytest

from app.printing.filling import Label
from app.printing.labelling import lay_out
from app.printing.placing import Box, bounds, contains, crosses
from risk_models import RiskLevel

RADIUS = 7.6
LEVELS = [f"{level.label}（{level.colour_name}色）" for level in RiskLevel] + ["未评估"]


def square(left, bottom, width, height):
    return [(left, bottom), (left + width, bottom), (left + width, bottom + height), (left, bottom + height)]


def demo_plans():
    """Yield the floor plans of the three demo enterprises as enterprise, width, height, zones and positions."""
    for name in ("chemical_plant", "machine_shop", "grain_store"):
        plant = tomllib.loads((resources.files("app.demo") / f"{name}.toml").read_text("utf-8"))
        for plan in plant["floor_plans"]:
            zones = [zone for zone in plant["zones"] if zone.get("floor_plan") == plan["key"] and zone.get("polygon")]
            keys = {zone["key"] for zone in zones}
            places = [p["position"] for p in plant["points"] if p["zone"] in keys and p.get("position")]
            yield pytest.param(plan, zones, places, id=f"{name}-{plan['key']}")


def check(layout, outlines, names, page):
    """Assert what holds of every map, whatever is on it."""
    labels = [label for label in layout.labels if label]
    dots = [Box.around(dot, 2 * RADIUS - 1.6, 2 * RADIUS - 1.6) for dot in layout.dots]
    for label in labels:
        assert label.box.within(page)
        assert not any(label.box.overlaps(dot) for dot in dots)
    assert not any(one.box.overlaps(other.box) for one, other in combinations(labels, 2))
    for label, letter, (name, words) in zip(layout.labels, layout.letters, names, strict=True):
        if not letter:
            said = "".join(label.block.lines).replace("　", "").replace(" ", "")
            assert said == (name + words).replace(" ", "")
            assert not any(crosses(outline, label.box) for outline in outlines)
        elif label:
            assert label.block.lines == (letter,)
    lettered = [letter for letter in layout.letters if letter]
    assert len(set(lettered)) == len(lettered)
    assert all(dot.within(page) for dot in dots)


@pytest.mark.parametrize(("plan", "zones", "places"), list(demo_plans()))
def test_every_zone_of_the_demo_plans_is_named_on_the_map_clear_of_dots_and_of_other_labels(plan, zones, places):
    scale = min(839 / plan["width"], 708 / plan["height"])
    page = Box(1, 1, plan["width"] * scale - 1, plan["height"] * scale - 1)

    def at(corner):
        return corner[0] * scale, (plan["height"] - corner[1]) * scale

    outlines = [[at(corner) for corner in zone["polygon"]] for zone in zones]
    names = [(zone["name"], LEVELS[1]) for zone in zones]
    assert zones
    layout = lay_out(outlines, names, [at(place) for place in places], RADIUS, page)
    check(layout, outlines, names, page)
    assert not any(layout.letters)
    for place, dot in zip(places, layout.dots, strict=True):
        homes = [outline for outline in outlines if contains(outline, at(place))]
        assert not homes or any(contains(home, dot) for home in homes)


@pytest.mark.parametrize("seed", range(25))
def test_no_label_covers_anything_however_zones_and_points_lie(seed):
    chance = Random(seed)
    page = Box(1, 1, 799, 599)
    outlines, names = [], []
    for n in range(chance.randrange(1, 40)):
        x, y = chance.uniform(-20, 760), chance.uniform(-20, 560)
        corners = square(x, y, chance.uniform(5, 260), chance.uniform(5, 200))
        outlines.append(corners if n % 3 else corners[:3])
        names.append(("仓储区" * chance.randrange(1, 20) + str(n), chance.choice(LEVELS)))
    places = [(chance.uniform(-9, 820), chance.uniform(-9, 620)) for _ in range(chance.randrange(120))]
    check(lay_out(outlines, names, places, RADIUS, page), outlines, names, page)


PAGE = Box(0, 0, 800, 600)
NAME = [("机修间", "低风险（蓝色）")]


def only(layout) -> Label:
    (label,) = layout.labels
    assert label
    return label


def test_a_label_stands_in_its_zone_large_where_there_is_room():
    label = only(lay_out([square(100, 100, 300, 200)], NAME, [(250, 200)], RADIUS, PAGE))
    assert label.size == 13
    assert label.block.lines == ("机修间", "低风险（蓝色）")
    assert label.box.within(Box(100, 100, 400, 300))
    assert label.leader is None


def test_a_dot_steps_aside_in_its_zone_for_the_name():
    zone = square(100, 100, 90, 45)
    layout = lay_out([zone], NAME, [(145, 122)], RADIUS, PAGE)
    assert only(layout).leader is None
    assert layout.dots != [(145, 122)]
    assert Box.around(layout.dots[0], 2 * RADIUS, 2 * RADIUS).within(bounds(zone))


def test_the_label_of_a_small_zone_stands_beside_it_with_a_leader_line():
    zone = square(100, 100, 30, 25)
    label = only(lay_out([zone], NAME, [(115, 112)], RADIUS, PAGE))
    start, end = label.leader
    assert not label.box.overlaps(bounds(zone))
    assert label.box.nearest(start) == start
    assert contains(zone, end)


def test_a_label_beside_its_zone_rather_leaves_the_drawing_uncovered():
    zone, gatehouse = square(400, 300, 30, 25), Box(300, 200, 500, 299)
    label = only(lay_out([zone], NAME, [(415, 312)], RADIUS, PAGE, gatehouse.overlaps))
    assert not label.box.overlaps(gatehouse)
    everywhere = only(lay_out([zone], NAME, [(415, 312)], RADIUS, PAGE, lambda box: True))
    assert everywhere.box.overlaps(gatehouse)


def test_a_zone_hemmed_in_by_others_has_a_letter():
    outlines = [square(100 + 40 * i, 100 + 40 * j, 40, 40) for i in range(5) for j in range(5)]
    names = [(f"第{n}号甲类危险化学品中间仓库", LEVELS[0]) for n in range(25)]
    layout = lay_out(outlines, names, [], RADIUS, PAGE)
    check(layout, outlines, names, PAGE)
    assert layout.letters[12]
    assert layout.labels[12].box.within(bounds(outlines[12]))


def test_a_name_too_long_for_the_map_is_never_cut_short():
    layout = lay_out([square(100, 100, 300, 200)], [("很长的名字" * 20, LEVELS[0])], [], RADIUS, PAGE)
    assert layout.letters == ["A"]


def test_letters_go_on_after_z():
    outlines = [square(10 + 20 * i, 10 + 20 * j, 18, 18) for i in range(6) for j in range(5)]
    layout = lay_out(outlines, [("很长的名字" * 20, LEVELS[0])] * 30, [], RADIUS, PAGE)
    assert layout.letters[25:28] == ["Z", "AA", "AB"]
