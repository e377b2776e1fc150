"""A factor scored by dimensions is the worst of them, and what the profile does not name is refused by name."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_models import GradingError, describe, grade, load_profile, worst_of

PEOPLE, LAW, FAME = "人员", "法律法规", "声誉"


@pytest.mark.parametrize(
    ("scores", "value"),
    [
        ({PEOPLE: "5", FAME: "2"}, 5),
        ({PEOPLE: "2", FAME: "5"}, 5),
        ({PEOPLE: 1}, 1),
        ({PEOPLE: Decimal("3.0"), LAW: " 4 "}, 4),
    ],
)
def test_the_factor_is_the_highest_score(scores: dict[str, Any], value: int) -> None:
    assert worst_of("S", scores, "LS") == value


def test_c_of_lec_has_dimensions_too() -> None:
    worst = worst_of("C", {PEOPLE: "7", LAW: "40"}, "LEC")
    assert worst == 40
    assert grade("LEC", {"L": 1, "E": 6, "C": worst}).score == 240


@pytest.mark.parametrize(
    ("factor", "scores", "code", "said"),
    [
        ("S", {}, "unknown_dimension", "人员"),
        ("S", None, "unknown_dimension", "至少给出一个方面"),
        ("S", {"天气": "3"}, "unknown_dimension", "天气"),
        ("S", {PEOPLE: "6"}, "off_scale", "的“人员”不能取“6”"),
        ("S", {PEOPLE: 3.0}, "wrong_type", "的“人员”"),
        ("S", {PEOPLE: True}, "wrong_type", "的“人员”"),
        ("S", {PEOPLE: "5", FAME: None}, "wrong_type", "的“声誉”"),
        ("L", {PEOPLE: "5"}, "unknown_dimension", "不分方面"),
        ("C", {PEOPLE: "5"}, "surplus_factor", "因素是：L、S"),
    ],
)
def test_what_is_wrong_is_named(factor: str, scores: Any, code: str, said: str) -> None:
    with pytest.raises(GradingError, match=said) as caught:
        worst_of(factor, scores, "LS")
    assert (caught.value.code, caught.value.factor) == (code, factor)


def test_an_own_profile_may_name_its_own_dimensions() -> None:
    document = deepcopy(describe("ls-b")) | {"name": "own-dimensions"}
    for step in document["factors"][0]["scale"]:
        step["dimensions"] = {"频次": "按记录", "暴露": "按工时"}
    own = load_profile(document)
    assert worst_of("L", {"频次": "2", "暴露": "3"}, "LS", own) == 3
    with pytest.raises(GradingError, match="频次、暴露"):
        worst_of("L", {PEOPLE: "2"}, "LS", own)


@given(st.dictionaries(st.sampled_from([PEOPLE, LAW, FAME, "停工", "直接经济损失"]), st.integers(1, 5), min_size=1))
def test_no_dimension_counts_more_than_the_factor(scores: dict[str, int]) -> None:
    assert worst_of("S", scores, "LS") == max(scores.values())
