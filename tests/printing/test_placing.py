import pytest

from app.printing.placing import Box, Taken, contains, crosses, nearest_on, places_near, regions, size_of

PAGE = Box(0, 0, 1000, 800)
ELL = [(0, 0), (600, 0), (600, 200), (200, 200), (200, 600), (0, 600)]


def square(left, bottom, side):
    return [(left, bottom), (left + side, bottom), (left + side, bottom + side), (left, bottom + side)]


def test_inside_and_outside_of_a_hollow_shape_are_told_apart():
    assert contains(ELL, (100, 500))
    assert contains(ELL, (500, 100))
    assert not contains(ELL, (400, 400))


def test_the_area_of_a_shape_is_known_whichever_way_round_it_is_drawn():
    assert size_of(ELL) == size_of(ELL[::-1]) == 600 * 200 + 200 * 400


@pytest.mark.parametrize(
    ("box", "crossed"),
    [
        (Box(50, 50, 150, 150), False),
        (Box(150, 150, 250, 250), True),
        (Box(300, 300, 400, 400), False),
        (Box(-10, -10, 700, 700), True),
        (Box(150, 300, 250, 310), True),
    ],
)
def test_a_box_is_crossed_where_an_outline_runs_through_it(box, crossed):
    assert crosses(ELL, box) is crossed


def test_the_nearest_point_of_an_outline_lies_on_it():
    assert nearest_on(ELL, (300, 250)) == (300, 200)
    assert nearest_on(ELL, (-5, -5)) == (0, 0)


def test_a_zone_holds_nothing_that_stands_in_a_zone_inside_it():
    outer, inner = regions([square(0, 0, 400), square(100, 100, 100)])
    assert outer.holds(Box(10, 10, 60, 40))
    assert not outer.holds(Box(120, 120, 160, 140))
    assert not outer.holds(Box(80, 120, 160, 140))
    assert inner.holds(Box(120, 120, 160, 140))


def test_zones_that_share_a_wall_do_not_shut_each_other_out():
    west, east = regions([square(0, 0, 100), square(100, 0, 100)])
    assert west.holds(Box(1, 1, 99, 99))
    assert not east.clear_of_others(Box(50, 50, 60, 60))
    assert not west.clear_of_zones(Box(50, 50, 60, 60))


def test_one_of_two_equal_zones_lies_in_the_other():
    first, second = regions([square(0, 0, 100)] * 2)
    assert first.holds(Box(10, 10, 20, 20)) is not second.holds(Box(10, 10, 20, 20))


def test_what_is_taken_is_not_free_until_it_is_given_back():
    taken = Taken(PAGE, [Box(100, 100, 200, 150)])
    assert not taken.free(Box(190, 140, 300, 300))
    assert taken.free(Box(201, 100, 300, 150))
    assert not taken.free(Box(990, 10, 1010, 20))
    assert taken.without({Box(100, 100, 200, 150)}).free(Box(190, 140, 300, 300))


def test_the_blocked_places_of_a_row_are_those_where_a_box_is_not_free():
    taken = Taken(PAGE, [Box(100, 100, 200, 150), Box(420, 120, 430, 300)])
    blocked = taken.blocked(110, 30, 57)
    for left in range(900):
        free = taken.free(Box(left, 110, left + 57, 140))
        assert free or blocked >> left & 1
        # Parts of a point count as whole ones, so a place may be blocked one point early.
        assert not (blocked >> left & 1) or not taken.free(Box(left, 110, left + 58, 140))


def test_a_lone_dot_stands_at_its_point_and_crowded_dots_stand_apart():
    taken, placed = Taken(PAGE), []
    for _ in range(30):
        placed.append(next(places_near((300, 300), 8, taken.free)))
        box = Box.around(placed[-1], 16, 16)
        assert taken.free(box)
        taken.add(box)
    assert placed[0] == (300, 300)
    assert not list(places_near((300, 300), 8, lambda box: False))
