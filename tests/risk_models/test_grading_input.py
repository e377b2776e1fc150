"""Which factors are accepted, what is refused and how, and that grades are exact, shared and unchangeable."""

import copy
import pickle
from contextlib import suppress
from dataclasses import FrozenInstanceError, asdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_models import Grade, GradingError, Profile, grade, grade_many, profiles
from risk_models.catalogue import find

NAMES = [entry["name"] for entry in profiles()]


@pytest.mark.parametrize("three", ["3", " 3 ", "3.0", "3.00", 3, Decimal(3), Decimal("3.00"), Decimal("30E-1")])
def test_a_factor_is_the_same_as_text_int_or_decimal(three: object) -> None:
    assert grade("LEC", {"L": three, "E": "6", "C": "15"}) is grade("LEC", {"L": "3", "E": 6, "C": Decimal(15)})


def test_a_grade_keeps_its_method_profile_and_exact_factors() -> None:
    result = grade("LEC", {"C": "7", "L": "0.1", "E": "0.5"})
    assert (str(result.score), result.method, result.profile) == ("0.35", "LEC", "lec-four")
    assert list(result.factors.items()) == [("L", Decimal("0.1")), ("E", Decimal("0.5")), ("C", Decimal(7))]
    assert {type(value) for value in [result.score, *result.factors.values()]} == {Decimal}
    assert str(grade("LEC", {"L": "10", "E": "0.5", "C": "100"}).score) == "500"


def test_a_grade_cannot_be_changed_but_hashed_copied_and_pickled() -> None:
    result = grade("LS", {"L": 3, "S": 5})
    with pytest.raises(FrozenInstanceError):
        result.score = Decimal(1)  # type: ignore[misc]  # that is the point
    with pytest.raises(TypeError):
        result.factors["L"] = Decimal(1)  # type: ignore[index]  # that is the point
    twins = [copy.deepcopy(result), pickle.loads(pickle.dumps(result))]  # noqa: S301  # our own bytes
    assert {result, *twins} == {result}
    assert dict(asdict(result)["factors"]) == {"L": 3, "S": 5}


LEC = {"L": "3", "E": "6", "C": "15"}
REFUSED: list[tuple[str, Any, Any, str, str | None, list[str]]] = [
    ("LEC", LEC | {"L": "4"}, None, "off_scale", "L", ["10", "6", "3", "1", "0.5", "0.2", "0.1"]),
    ("LEC", LEC | {"E": "7"}, None, "off_scale", "E", ["10", "6", "3", "2", "1", "0.5"]),
    ("LEC", LEC | {"C": "10"}, None, "off_scale", "C", ["100", "40", "15", "7", "3", "1"]),
    ("LEC", {"L": "3", "E": "6"}, None, "missing_factor", "C", ["100", "40", "15", "7", "3", "1"]),
    ("LEC", LEC | {"S": "1"}, None, "surplus_factor", "S", ["L", "E", "C"]),
    ("LEC", LEC | {5: "1"}, None, "surplus_factor", "5", ["L", "E", "C"]),
    ("LS", {"L": 3, "S": 6}, None, "off_scale", "S", ["5", "4", "3", "2", "1"]),
    ("LS", {"L": 0, "S": 5}, None, "off_scale", "L", ["5", "4", "3", "2", "1"]),
    ("LS", [3, 5], None, "wrong_type", None, ["L", "S"]),
    ("LS", None, None, "wrong_type", None, ["L", "S"]),
    ("LS", {"L": 3, "S": 5}, "ls-e", "unknown_profile", None, NAMES),
    ("LS", {"L": 3, "S": 5}, 7, "unknown_profile", None, NAMES),
    ("LS", {"L": 3, "S": 5}, "lec-four", "method_mismatch", None, ["LEC"]),
    ("MES", {"L": 3, "S": 5}, None, "unknown_method", None, ["LS", "LEC", "custom"]),
    (["LS"], {"L": 3, "S": 5}, None, "unknown_method", None, ["LS", "LEC", "custom"]),
    ("custom", {"L": 3, "S": 5}, None, "unknown_profile", None, []),
]


@pytest.mark.parametrize(("method", "factors", "profile", "code", "factor", "allowed"), REFUSED)
def test_what_is_refused_says_what_is_allowed(
    method: str, factors: Any, profile: Any, code: str, factor: str | None, allowed: list[str]
) -> None:
    with pytest.raises(GradingError) as caught:
        grade(method, factors, profile)
    error = caught.value
    assert (error.code, error.factor, error.allowed) == (code, factor, allowed)
    assert all(item in str(error) for item in allowed)
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("wrong", [3.0, 0.5, True, False, None, [3], b"3", 3 + 0j, {"value": 3}])
def test_a_float_a_boolean_or_another_type_is_never_a_factor(wrong: object) -> None:
    for ask in (lambda: grade("LEC", LEC | {"L": wrong}), lambda: grade_many("LEC", [(wrong, 6, 15)])):
        with pytest.raises(GradingError) as caught:
            ask()
        assert (caught.value.code, caught.value.factor) == ("wrong_type", "L")


NUMBERS_OFF_THE_SCALE = [
    *(
        "",
        " ",
        "three",
        "3,0",
        "+3",
        "-3",
        "3e0",
        "0x3",
        "３",
        "3\n3",
        "NaN",
        "Infinity",
        "9" * 10_000,
        "3." + "0" * 10_000,
    ),
    *(-3, 10**5000, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal(-3), Decimal("1E+999999")),
    *(Decimal("3." + "0" * 300 + "1"), Decimal("3.0000000000000000000000000001"), Decimal("0")),
]


@pytest.mark.parametrize("wrong", NUMBERS_OFF_THE_SCALE, ids=range(len(NUMBERS_OFF_THE_SCALE)))
def test_text_and_numbers_off_the_scale_are_refused_in_a_short_message(wrong: object) -> None:
    for ask in (lambda: grade("LEC", LEC | {"L": wrong}), lambda: grade_many("LEC", [(wrong, "6", "15")])):
        with pytest.raises(GradingError) as caught:
            ask()
        assert caught.value.code == "off_scale"
        assert len(str(caught.value)) < 200


def test_an_error_survives_pickling() -> None:
    with pytest.raises(GradingError) as caught:
        grade("LS", {"L": 9, "S": 1})
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert (str(again), again.code, again.factor, again.allowed) == (
        str(caught.value),
        "off_scale",
        "L",
        ["5", "4", "3", "2", "1"],
    )


@given(st.data(), st.sampled_from(NAMES))
def test_a_higher_factor_never_lowers_the_level(data: st.DataObject, name: str) -> None:
    profile: Profile = find(name)
    lower = {
        factor.code: data.draw(st.sampled_from([step.value for step in factor.scale])) for factor in profile.factors
    }
    raised = data.draw(st.sampled_from(profile.factors))
    value = data.draw(st.sampled_from([step.value for step in raised.scale if step.value >= lower[raised.code]]))
    before: Grade = grade(profile.method, lower, name)
    after = grade(profile.method, lower | {raised.code: value}, profile)
    assert after.score >= before.score
    assert after.level.order <= before.level.order


@given(st.one_of(st.text(), st.integers(), st.decimals(), st.floats(), st.booleans(), st.none(), st.binary()))
def test_any_value_is_graded_exactly_or_refused_by_name(value: object) -> None:
    result = None
    with suppress(GradingError):
        result = grade("LS", {"L": value, "S": 5})
    if result is None:
        with pytest.raises(GradingError, match="因素 L"):
            grade_many("LS", [(value, 5)])
    else:
        assert not isinstance(value, bool | float)
        assert result.score == Decimal(str(value).strip()) * 5
        assert grade_many("LS", [(value, 5)]) == [result]
