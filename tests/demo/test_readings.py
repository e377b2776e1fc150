"""Readings stay within the limits of their item and near one usual value."""

from decimal import Decimal
from random import Random

import pytest

from app.demo.content import ENTERPRISES, document
from app.demo.readings import gauge


def limits() -> list[dict[str, str]]:
    return [
        measure["reading"]
        for name in ENTERPRISES
        for point in document(name)["points"]
        for source in point["sources"]
        for measure in source["measures"]
        if "reading" in measure
    ]


def test_no_reading_of_the_demo_leaves_its_limits() -> None:
    chance = Random(1)
    for limit in limits():
        instrument = gauge(limit, chance)
        for _ in range(30):
            value = instrument.read(chance)
            assert Decimal(limit.get("min", "0")) <= value <= Decimal(limit.get("max", "1e9")), limit


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        ({"unit": "%", "min": "19.5", "max": "23.5"}, (Decimal("20.4"), Decimal("21.2"))),
        ({"unit": "%LEL", "max": "25"}, (Decimal(0), Decimal(5))),
        ({"unit": "MPa", "min": "0.6", "max": "0.75"}, (Decimal("0.60"), Decimal("0.75"))),
    ],
    ids=["oxygen is that of air", "a gas detector stands near zero", "a pressure stands between its limits"],
)
def test_an_instrument_shows_what_such_instruments_show(limit: dict[str, str], shown: tuple[Decimal, Decimal]) -> None:
    chance = Random(2)
    instrument = gauge(limit, chance)
    assert all(shown[0] <= instrument.read(chance) <= shown[1] for _ in range(200))


def test_a_limit_without_room_is_read_exactly() -> None:
    chance = Random(3)
    assert gauge({"unit": "条", "min": "0", "max": "0"}, chance).read(chance) == 0
