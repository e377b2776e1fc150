"""Bulk grading gives what single grading gives, the same objects, whatever the type of the values."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_models import GradingError, Profile, grade, grade_many, load_profile, profiles
from risk_models.catalogue import find

LEC_TEXT = list(
    product(("10", "6", "3", "1", "0.5", "0.2", "0.1"), ("10", "6", "3", "2", "1", "0.5"), ("100", "7", "1"))
)


def whole_or_decimal(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


@pytest.mark.parametrize("entry", profiles(), ids=lambda entry: str(entry["name"]))
@pytest.mark.parametrize(
    "read", [str, Decimal, whole_or_decimal, lambda text: f" {text}"], ids=["text", "decimal", "int", "spaced"]
)
def test_bulk_gives_the_same_shared_objects_as_single_grading(
    entry: dict[str, Any], read: Callable[[str], object]
) -> None:
    profile = find(entry["name"])
    codes = [factor.code for factor in profile.factors]
    rows = list(product(*([read(value) for value in factor.values()] for factor in profile.factors)))
    results = grade_many(profile.method, rows, profile)
    assert len(results) == len(rows)
    for row, result in zip(rows, results, strict=True):
        assert result is grade(profile.method, dict(zip(codes, row, strict=True)), profile.name)


def test_bulk_takes_any_iterable_of_tuples_or_lists_in_mixed_types() -> None:
    def rows() -> Iterator[Any]:
        yield ("3", 6, Decimal(15))
        yield ["0.5", "10", 40]

    assert [int(result.score) for result in grade_many("LEC", rows())] == [270, 200]
    assert grade_many("LEC", []) == []
    assert grade_many("LEC", iter(())) == []


@pytest.mark.parametrize(
    ("row", "code", "factor"),
    [
        ((3, 6, True), "wrong_type", "C"),
        ((Decimal(3), True, Decimal(15)), "wrong_type", "E"),
        ((1.0, Decimal(6), Decimal(15)), "wrong_type", "L"),
        ((complex(3), Decimal(6), Decimal(15)), "wrong_type", "L"),
        ((Decimal(2**61), Decimal(6), Decimal(15)), "off_scale", "L"),  # hashes as 1 does
        (("3", True, 15), "wrong_type", "E"),
        ((4, 6, 15), "off_scale", "L"),
        (("3", "6", "16"), "off_scale", "C"),
        ((3, 6), "missing_factor", "C"),
        ((), "missing_factor", "L"),
        ((3, 6, 15, 1), "surplus_factor", None),
        ((3.0, 6, 15), "wrong_type", "L"),
        ((3, True, 15), "wrong_type", "E"),
        ((Decimal(3), Decimal(6), 15.0), "wrong_type", "C"),
        (("3", "6", 15.0), "wrong_type", "C"),
        (([], 6, 15), "wrong_type", "L"),
        ("315", "wrong_type", None),
        ({"L": 3, "E": 6, "C": 15}, "wrong_type", None),
        (None, "wrong_type", None),
        (3, "wrong_type", None),
    ],
)
@pytest.mark.parametrize("others", [("3", "6", "15"), (3, 6, 15), (Decimal(3), Decimal(6), Decimal(15))])
def test_a_bad_row_is_named_by_its_place(row: Any, code: str, factor: str | None, others: tuple[Any, ...]) -> None:
    with pytest.raises(GradingError) as caught:
        grade_many("LEC", [others, others, row, others])
    assert (caught.value.code, caught.value.factor) == (code, factor)
    assert "第 3 行" in str(caught.value)


@given(st.lists(st.sampled_from(LEC_TEXT)), st.sampled_from([str, Decimal, whole_or_decimal]))
def test_bulk_keeps_the_order_of_the_rows(rows: list[tuple[str, ...]], read: Callable[[str], object]) -> None:
    results = grade_many("LEC", (tuple(map(read, row)) for row in rows))
    assert [tuple(map(str, result.factors.values())) for result in results] == rows


@st.composite
def own_profiles(draw: st.DrawFn) -> Profile:
    """A custom profile of one to three factors with any scale, and two to four bands cut anywhere."""
    number = st.decimals("0", "20", places=1)
    scales = draw(st.lists(st.lists(number, min_size=1, max_size=4, unique=True), min_size=1, max_size=3))
    cuts = sorted(draw(st.lists(st.decimals("0", "8000", places=1), min_size=1, max_size=3, unique=True)))
    names = ["red", "orange", "yellow", "blue"][3 - len(cuts) :]
    bands: list[dict[str, str]] = [{"level": name, "level_name": name} for name in reversed(names)]
    for lower, upper, cut in zip(bands, bands[1:], cuts, strict=False):
        lower["below"] = upper["at_least"] = str(cut)
    return load_profile(
        {
            "name": "any", "title": "任意", "method": "custom", "edition": "2026-12-01", "source": "企业制度",
            "certainty": "source", "bands": bands,
            "factors": [
                {
                    "code": f"F{place}", "name": "因素",
                    "scale": [{"value": str(value), "meaning": "一档"} for value in scale],
                }
                for place, scale in enumerate(scales)
            ],
        }
    )  # fmt: skip


AS_GIVEN = (str, Decimal, whole_or_decimal, lambda text: f" {text} ")
IMPOSTORS = (float, lambda text: bool(float(text)), lambda text: complex(float(text)), lambda _: None)


@given(st.data(), own_profiles())
def test_any_rows_of_any_profile_grade_in_bulk_as_one_by_one(data: st.DataObject, profile: Profile) -> None:
    value = st.tuples(*(st.sampled_from(factor.values()) for factor in profile.factors))
    kind = data.draw(st.sampled_from([AS_GIVEN[:1], AS_GIVEN[1:2], AS_GIVEN[1:3], AS_GIVEN[:4]]))
    rows = [tuple(data.draw(st.sampled_from(kind))(text) for text in values) for values in data.draw(st.lists(value))]
    codes = [factor.code for factor in profile.factors]
    one_by_one = [grade("custom", dict(zip(codes, row, strict=True)), profile) for row in rows]
    assert all(many is one for many, one in zip(grade_many("custom", rows, profile), one_by_one, strict=True))


@given(st.data(), own_profiles())
def test_an_impostor_that_equals_a_scale_value_is_found_anywhere(data: st.DataObject, profile: Profile) -> None:
    value = st.tuples(*(st.sampled_from(factor.values()) for factor in profile.factors))
    read = data.draw(st.sampled_from(AS_GIVEN[:3]))
    rows: list[Any] = [list(map(read, values)) for values in data.draw(st.lists(value, min_size=1))]
    place = data.draw(st.integers(0, len(rows) - 1))
    which = data.draw(st.integers(0, len(profile.factors) - 1))
    rows[place][which] = data.draw(st.sampled_from(IMPOSTORS))(str(rows[place][which]))
    with pytest.raises(GradingError) as caught:
        grade_many("custom", [tuple(row) for row in rows], profile)
    assert caught.value.code == "wrong_type"
    assert f"第 {place + 1} 行" in str(caught.value)
