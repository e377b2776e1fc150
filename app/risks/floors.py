"""Which floor lies above which (pure): the order of plans by what people call their floors."""

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = re.compile(r"\d{1,3}|[零〇一二两三四五六七八九十]{1,3}")
_BELOW = ("地下", "负", "B", "b", "-", "－")
_TOP = ("顶", "屋面", "天面")
_UNKNOWN = 500
_ROOF = 1000


def height_of(floor: str) -> tuple[float, str]:
    """What to order floors by, from the lowest to the roof, those of no known height before the roof, by name.

    地下一层 and B1 lie below 一层, 1F and 首层; a mezzanine 夹层 lies between a floor and the next.
    """
    found = _NUMBER.search(floor)
    half = 0.5 if "夹" in floor else 0.0
    if found is None:
        if "首层" in floor or "底层" in floor or "地面" in floor:
            return 1 + half, floor
        return (float(_ROOF) if any(mark in floor for mark in _TOP) else float(_UNKNOWN)), floor
    number = int(found[0]) if found[0].isdecimal() else _chinese(found[0])
    below = floor.strip().startswith(_BELOW)
    return (half - number if below else number + half), floor


def _chinese(text: str) -> int:
    """A number up to 99, such as 十二 or 三十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text[-1], 0)
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
