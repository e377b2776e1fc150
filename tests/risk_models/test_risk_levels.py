"""The four levels: what is stored, what is shown, and which of several counts."""

import pickle

import pytest

from risk_models import RiskLevel, worst

RED, ORANGE, YELLOW, BLUE = RiskLevel


@pytest.mark.parametrize(
    ("level", "code", "label", "colour_name", "order"),
    [
        (RED, "red", "重大风险", "红", 1),
        (ORANGE, "orange", "较大风险", "橙", 2),
        (YELLOW, "yellow", "一般风险", "黄", 3),
        (BLUE, "blue", "低风险", "蓝", 4),
    ],
)
def test_a_level_is_code_label_colour_and_order(
    level: RiskLevel, code: str, label: str, colour_name: str, order: int
) -> None:
    assert (level.value, level.label, level.colour_name, level.order) == (code, label, colour_name, order)
    assert RiskLevel(code) is level
    assert level == code
    assert len(level.colour) == 7
    assert int(level.colour.removeprefix("#"), 16) >= 0


def test_a_level_stays_itself_through_pickling() -> None:
    assert all(pickle.loads(pickle.dumps(level)) is level for level in RiskLevel)  # noqa: S301  # our own bytes


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([BLUE], BLUE),
        ([None, BLUE, None], BLUE),
        ([BLUE, YELLOW, BLUE], YELLOW),
        ([YELLOW, RED, ORANGE, None], RED),
        ([ORANGE, YELLOW], ORANGE),
    ],
)
def test_the_worst_level_counts_and_not_assessed_is_ignored(
    levels: list[RiskLevel | None], expected: RiskLevel | None
) -> None:
    assert worst(levels) is expected
    assert worst(iter(reversed(levels))) is expected
