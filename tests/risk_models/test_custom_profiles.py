"""An enterprise's own profiles: what is accepted, and that a table that leaves a score undecided is refused."""

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_models import GradingError, Profile, RiskLevel, describe, grade, grade_many, load_profile, profiles


def own(**changes: Any) -> dict[str, Any]:
    """Two factors; attainable scores 1, 2, 2.5, 4, 5 and 10."""
    return {
        "name": "plant-a",
        "title": "甲厂自定义",
        "method": "custom",
        "edition": "2026-12-01",
        "source": "企业制度",
        "certainty": "source",
        "factors": [
            {
                "code": "P",
                "name": "概率",
                "scale": [{"value": "1", "meaning": "低"}, {"value": "2.5", "meaning": "高"}],
            },
            {
                "code": "Q",
                "name": "后果",
                "scale": [{"value": value, "meaning": f"{value} 级"} for value in ("1", "2", "4")],
            },
        ],
        "bands": [
            {"level": "red", "level_name": "重大", "at_least": "10"},
            {"level": "yellow", "level_name": "一般", "above": "2.5", "below": "10"},
            {"level": "blue", "level_name": "低", "at_most": "2.5"},
        ],
    } | changes


def test_an_own_profile_grades_like_a_packaged_one() -> None:
    profile = load_profile(own())
    levels = [
        result.level.value for result in grade_many("custom", [(1, 1), ("2.5", "1"), (1, 4), ("2.5", 4)], profile)
    ]
    assert levels == ["blue", "blue", "yellow", "red"]
    result = grade("custom", {"P": Decimal("2.5"), "Q": "2"}, profile)
    assert (result.score, result.level, result.level_name) == (5, RiskLevel.YELLOW, "一般")
    assert (result.method, result.profile) == ("custom", "plant-a")


def test_equal_profiles_are_one_object_and_so_are_their_grades() -> None:
    first, second = load_profile(own()), load_profile(own())
    assert first is second
    assert load_profile(own(name="plant-b")) is not first


@pytest.mark.parametrize("name", [entry["name"] for entry in profiles()])
def test_a_description_goes_through_json_and_loads_as_an_own_profile(name: str) -> None:
    document = json.loads(json.dumps(describe(name))) | {"name": f"own-{name}"}
    profile = load_profile(document)
    assert isinstance(profile, Profile)
    assert describe(profile) == document


def test_the_name_of_a_packaged_profile_is_taken() -> None:
    with pytest.raises(GradingError, match="ls-shandong") as caught:
        load_profile(describe("ls-shandong"))
    assert caught.value.code == "invalid_profile"


def bands(*entries: tuple[str, dict[str, str]]) -> list[dict[str, str]]:
    return [{"level": level, "level_name": level, **bounds} for level, bounds in entries]


@pytest.mark.parametrize(
    ("table", "code", "named"),
    [
        (bands(("red", {"above": "4"}), ("blue", {"below": "4"})), "hole", "4"),
        (bands(("red", {"at_least": "4"})), "hole", "1、2、2.5"),
        (bands(("red", {"above": "100"})), "hole", "1、2、2.5、4、5 等 6 个"),
        (bands(("red", {"at_least": "4"}), ("blue", {"at_most": "4"})), "overlap", "4"),
        (bands(("red", {}), ("blue", {"at_most": "2"})), "overlap", "1、2"),
        (bands(("blue", {"at_least": "4"}), ("red", {"below": "4"})), "not_monotone", "4"),
        (
            bands(
                ("yellow", {"at_least": "5"}), ("red", {"at_least": "2.5", "below": "5"}), ("blue", {"below": "2.5"})
            ),
            "not_monotone",
            "5",
        ),
    ],
)
def test_a_hole_an_overlap_or_a_reversed_order_is_named(table: list[dict[str, str]], code: str, named: str) -> None:
    with pytest.raises(GradingError) as caught:
        load_profile(own(bands=table))
    assert caught.value.code == code
    assert f"得分 {named} " in str(caught.value)


def test_a_gap_that_no_score_can_reach_is_no_hole() -> None:
    table = bands(
        ("red", {"at_least": "10"}), ("orange", {"at_least": "4", "at_most": "5"}), ("blue", {"at_most": "2.5"})
    )
    assert grade("custom", {"P": 1, "Q": 4}, load_profile(own(bands=table))).level is RiskLevel.ORANGE


def test_a_band_that_no_score_can_reach_is_allowed() -> None:
    table = bands(
        ("red", {"at_least": "100"}), ("orange", {"at_least": "10", "below": "100"}), ("blue", {"below": "10"})
    )
    profile = load_profile(own(bands=table))
    assert RiskLevel.RED not in {result.level for result in profile.grades.values()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"factors": [{"code": "P", "name": "概率", "scale": [{"value": "1", "meaning": "低"}] * 2}]}, "P 的取值重复"),
        (
            {
                "factors": [
                    {"code": "P", "name": "概率", "scale": [{"value": v, "meaning": "低"} for v in ("2.5", "2.50")]}
                ]
            },
            "P 的取值重复",
        ),
        (
            {
                "factors": [
                    {"code": f"F{place}", "name": "因素", "scale": [{"value": "1", "meaning": "一"}]}
                    for place in range(7)
                ]
            },
            "最多 6 个因素",
        ),
        ({"factors": [{"code": "P", "name": "概率", "scale": []}]}, "scale"),
    ],
)
def test_a_scale_that_cannot_be_used_says_what_to_change(change: dict[str, Any], said: str) -> None:
    with pytest.raises(GradingError, match=said) as caught:
        load_profile(own(**change))
    assert caught.value.code == "invalid_profile"


def edit(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(document: dict[str, Any]) -> None:
        *parents, last = [int(key) if key.isdigit() else key for key in path.split("/")]
        target: Any = document
        for key in parents:
            target = target[key]
        if value is ...:
            del target[last]
        else:
            target[last] = value

    return apply


@pytest.mark.parametrize(
    "change",
    [
        *(edit(key, ...) for key in own()),
        *(edit(key, wrong) for key in own() for wrong in (None, 5, "", [], {}, "字" * 501)),
        edit("name", "a\x00b"),
        edit("surplus", "1"),
        edit("method", "MES"),
        edit("method", "LEC"),
        edit("edition", "2026-13-01"),
        edit("certainty", "sure"),
        edit("factors", "PQ"),
        edit("factors", [1, 2]),
        edit("factors/0/scale", []),
        edit("factors/0/scale", {"1": "低"}),
        edit("factors/0/colour", "red"),
        edit("factors/1/code", "P"),
        edit("factors/0/scale/0/value", 0.1),
        edit("factors/0/scale/0/value", True),
        edit("factors/0/scale/0/value", "-1"),
        edit("factors/0/scale/0/value", "2.50"),
        edit("factors/0/scale/0/meaning", ""),
        edit("factors/0/scale/0/dimensions", ["人员"]),
        edit("factors/0/scale/0/dimensions", {"人员": 3}),
        edit("bands/0/level", "green"),
        edit("bands/0/level_name", ...),
        edit("bands/0/above", "9"),
        edit("bands/0/at_least", "ten"),
        edit("bands/0/minimum", "10"),
        edit(
            "factors", [{"code": f"F{i}", "name": "因素", "scale": [{"value": "1", "meaning": "一"}]} for i in range(7)]
        ),
        edit("factors/0/scale", [{"value": str(i), "meaning": "多"} for i in range(1, 5000)]),
    ],
)
def test_a_document_of_another_shape_is_refused_with_a_reason(change: Callable[[dict[str, Any]], None]) -> None:
    document = deepcopy(own())
    change(document)
    with pytest.raises(GradingError) as caught:
        load_profile(document)
    assert caught.value.code == "invalid_profile"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("document", [None, [], "plant-a", 7])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(GradingError, match="应为对象"):
        load_profile(document)


SCORES = [Decimal(score) for score in ("1", "2", "2.5", "4", "5", "10")]


@given(st.lists(st.sampled_from(SCORES), min_size=3, max_size=3, unique=True).map(sorted))
def test_ascending_cuts_always_make_a_profile_whose_levels_rise_with_the_score(cuts: list[Decimal]) -> None:
    low, middle, high = map(str, cuts)
    table = bands(
        ("red", {"at_least": high}),
        ("orange", {"at_least": middle, "below": high}),
        ("yellow", {"at_least": low, "below": middle}),
        ("blue", {"below": low}),
    )
    profile = load_profile(own(bands=table))
    results = sorted(profile.grades.values(), key=lambda result: result.score)
    assert [result.score for result in results] == SCORES
    orders = [result.level.order for result in results]
    assert orders == sorted(orders, reverse=True)
