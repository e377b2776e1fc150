from itertools import combinations
from math import dist

from app.printing.placing import Box, contains, place, spread

PAGE = Box(0, 0, 1000, 800)
ELL = [(0, 0), (600, 0), (600, 200), (200, 200), (200, 600), (0, 600)]


def test_inside_and_outside_of_a_hollow_shape_are_told_apart():
    assert contains(ELL, (100, 500))
    assert contains(ELL, (500, 100))
    assert not contains(ELL, (400, 400))


def test_a_label_stands_inside_its_zone_clear_of_the_dots():
    dots = [Box.around((x, 100), 14, 14) for x in range(50, 600, 100)]
    box = place(ELL, 80, 30, dots, PAGE)
    assert all(contains(ELL, corner) for corner in [(box.left, box.bottom), (box.right, box.top)])
    assert not any(box.overlaps(dot) for dot in dots)


def test_a_label_never_leaves_the_plan():
    box = place([(990, 790), (1000, 790), (1000, 800)], 120, 40, [], PAGE)
    assert box.right <= 1000
    assert box.top <= 800


def test_a_lone_dot_stands_at_its_point_and_crowded_dots_stand_apart():
    assert spread([(300, 300)], 8, PAGE) == [(300, 300)]
    placed = spread([(300, 300)] * 30, 8, PAGE)
    assert all(dist(a, b) >= 16 for a, b in combinations(placed, 2))
