"""The four risk levels: their codes, words, colours and order, and which of several counts."""

from collections.abc import Iterable
from enum import StrEnum


class RiskLevel(StrEnum):
    """A risk level 风险等级; the stored value is the colour code, for tables number the levels from either end."""

    RED = "red", "重大风险", "红", "#d7000f"
    ORANGE = "orange", "较大风险", "橙", "#f08200"
    YELLOW = "yellow", "一般风险", "黄", "#ffe100"
    BLUE = "blue", "低风险", "蓝", "#0068b7"

    label: str
    colour_name: str
    colour: str
    order: int

    def __new__(cls, code: str, label: str = "", colour_name: str = "", colour: str = "") -> "RiskLevel":
        """Make a member from its code, 中文, colour word and default colour; they stand from the worst down.

        The defaults are there for readers of types only: looking a level up takes its code alone.
        """
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.colour_name = colour_name
        member.colour = colour
        member.order = len(cls.__members__) + 1
        return member


def worst(levels: Iterable[RiskLevel | None]) -> RiskLevel | None:
    """Return the most severe level; None means not assessed and is ignored, and nothing assessed gives None."""
    return min((level for level in levels if level is not None), key=lambda level: level.order, default=None)
