"""What a usable outline is, which outlines overlap, and which floor lies above which."""

import pytest

from app.risks.floors import height_of
from app.risks.shapes import MOST_CORNERS, overlap, problem_of

SQUARE = [[10, 10], [50, 10], [50, 50], [10, 50]]


@pytest.mark.parametrize(
    ("polygon", "said"),
    [
        (SQUARE, ""),
        (SQUARE[::-1], ""),
        ([[0, 0], [100, 0], [100, 80], [0, 80]], ""),  # the plan itself
        ([[10, 10], [50, 10], [50, 50], [30, 50], [30, 30], [10, 30]], ""),  # an L
        ([[0, 0], [30, 0], [60, 0], [60, 30]], ""),  # a corner on a straight wall
        ([], "三个不同的顶点"),
        (SQUARE[:2], "三个不同的顶点"),
        ([[10, 10], [50, 10], [10, 10], [50, 10]], "三个不同的顶点"),
        ([*SQUARE, [10, 10]], "第 5 个顶点（10，10）与第 1 个重复"),
        ([[10, 10], [101, 10], [50, 50]], "第 2 个顶点（101，10）落在平面图之外，平面图为 100×80"),
        ([[10, 10], [50, 10], [50, 81]], "第 3 个顶点（50，81）落在平面图之外"),
        ([[-1, 10], [50, 10], [50, 50]], "第 1 个顶点（-1，10）落在平面图之外"),
        ([[10, 10], [20, 20], [30, 30]], "没有围成面积"),
        ([[10, 10], [50, 50], [50, 10], [10, 50]], "没有围成面积"),  # a bow tie whose halves are equal
        ([[10, 10], [50, 50], [50, 10], [10, 70]], "第 1 条边与第 3 条边交叉"),
        ([[10, 10], [60, 10], [40, 10], [40, 50]], "第 1 条边与第 2 条边重叠"),
        ([[10, 10], [50, 10], [50, 50], [30, 10], [10, 50]], "第 1 条边与第 3 条边交叉"),  # a corner on another side
        ([[n, 0] for n in range(1, MOST_CORNERS + 1)] + [[5, 9]], f"最多 {MOST_CORNERS} 个"),
    ],
)
def test_an_outline_that_cannot_be_used_is_refused_with_the_corner_or_side_at_fault(polygon, said):
    problem = problem_of(polygon, width=100, height=80)
    assert said in problem
    assert bool(problem) is bool(said)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([[60, 10], [90, 10], [90, 50]], False),
        ([[50, 10], [90, 10], [90, 50], [50, 50]], False),  # shares a wall
        ([[50, 20], [90, 20], [90, 40], [50, 40]], False),  # shares a part of a wall
        ([[50, 50], [90, 50], [90, 90]], False),  # shares a corner
        ([[40, 20], [90, 20], [90, 40], [40, 40]], True),
        ([[20, 20], [40, 20], [40, 40], [20, 40]], True),  # lies inside
        ([[0, 0], [99, 0], [99, 99], [0, 99]], True),  # lies around
        ([[20, 0], [40, 0], [40, 99], [20, 99]], True),  # runs through
        ([[10, 10], [50, 10], [50, 30], [10, 30]], True),  # three walls in common
        (SQUARE, True),
        ([[0, 0], [99, 0], [99, 99], [95, 99], [95, 5], [0, 5]], False),  # about it, but hollow
    ],
)
def test_siblings_overlap_where_they_share_an_area_but_not_where_they_share_a_wall(other, expected):
    assert overlap(SQUARE, other) is expected
    assert overlap(other, SQUARE) is expected


def test_floors_are_ordered_from_the_cellar_to_the_roof():
    floors = ["B2", "地下一层", "一层", "一层夹层", "2F", "三层", "十二层", "二十一层", "", "屋顶"]
    assert sorted(sorted(floors), key=height_of) == floors
    assert height_of("首层")[0] == height_of("1 层")[0] == 1
    assert height_of("B1")[0] == height_of("-1层")[0] == height_of("负一层")[0] == -1
