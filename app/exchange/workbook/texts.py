"""How the value of a cell becomes text, and which texts cannot be taken (pure).

A value is worked out once a column, however many rows repeat it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.core.fields import UNSEEN
from app.exchange.workbook.sheet import Field
from app.printing.workbooks import CUT, MOST_CHARACTERS

# The longest each field may be stored, as app/risks/schemas.py says; of the measures, each line.
LONGEST = {
    Field.POINT_CODE: 20, Field.SOURCE_CODE: 24, Field.ZONE: 2000, Field.POINT: 100, Field.SOURCE: 200,
    Field.ACCIDENTS: 300, Field.CONSEQUENCES: 1000, Field.AFFECTED: 200, Field.CYCLE: 20, Field.UNIT: 2000,
    Field.PERSON: 100, Field.MEASURES: 1000, Field.ENGINEERING: 1000, Field.MANAGEMENT: 1000, Field.TRAINING: 1000,
    Field.PPE: 1000, Field.EMERGENCY: 1000,
}  # fmt: skip
_OTHERWISE = 100
FACTORS = (Field.L, Field.S, Field.E, Field.C)
MEASURES = (Field.MEASURES, Field.ENGINEERING, Field.MANAGEMENT, Field.TRAINING, Field.PPE, Field.EMERGENCY)
NUMBERS = (Field.NUMBER, *FACTORS, Field.SCORE)
CODES = (Field.POINT_CODE, Field.SOURCE_CODE)
_NAMES = (Field.ZONE, Field.UNIT, Field.PERSON, Field.CATEGORY, Field.FACTOR_CLASS, Field.BASIS, Field.LEVEL)
_HALF_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)}
_HALF = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?(?:[T\s]+[\d:：.]+)?|(\d{4})(\d\d)(\d\d)",
    re.ASCII,
)
_FIRST_DAY = date(1899, 12, 30)  # the day a spreadsheet counts from, as far as days after February 1900 go
_SERIALS = range(36526, 109575)  # 2000-01-01 to 2199-12-31


def texts_of(name: Field, values: Sequence[object]) -> tuple[list[str], dict[object, str]]:
    """The text of each value of a column, empty where it is blank or cannot be taken; and of those last, why."""
    texts = {
        value: value.strip() if isinstance(value, str) and "\r" not in value else shown(value) for value in set(values)
    }
    amiss: dict[object, str] = {}
    if name in NUMBERS or name in CODES:
        texts = {value: text.translate(_HALF).strip() for value, text in texts.items()}
    elif name in _NAMES:
        texts = {value: text.translate(_HALF_DIGITS) for value, text in texts.items()}
    elif name == Field.ASSESSED_ON:
        texts = {value: _day(value, text) for value, text in texts.items()}
        amiss = {value: "看不出是哪一天，请写成 2026-11-21 这样的日期。" for value in texts if not texts[value]}
        amiss = {value: message for value, message in amiss.items() if shown(value)}
    full = [value for value in texts if isinstance(value, str) and _is_cut(value)]
    amiss |= dict.fromkeys(full, "内容达到 Excel 单元格上限，可能已被截断，请分行填写。")
    texts |= dict.fromkeys(full, "")
    longest = LONGEST.get(name, _OTHERWISE)
    # One look at all of them together is many times faster than one at each.
    if UNSEEN.search("".join(texts.values())) or max(map(len, texts.values()), default=0) > longest:
        amiss |= {value: message for value, text in texts.items() if (message := _unfit(name, text, longest))}
        texts |= dict.fromkeys(amiss, "")
    return [texts[value] for value in values], amiss


def _is_cut(text: str) -> bool:
    """Whether a cell is as full as a cell can be, or was written so: what it should say further is missing."""
    return len(text) >= MOST_CHARACTERS or text.rstrip().endswith(CUT)


def _unfit(name: Field, text: str, longest: int) -> str:
    """Why a text cannot be taken; empty where it can."""
    if found := UNSEEN.search(text):
        return f"含有不可见的控制字符（U+{ord(found[0]):04X}），请删去后重填。"
    if len(text) > longest and name not in MEASURES:
        return f"有 {len(text)} 个字，最多 {longest} 个，请改短。"
    if any(len(line) > longest for line in text.splitlines()):
        return f"有一条措施超过 {longest} 个字，请改短，或分行写成几条。"
    return ""


def _day(value: object, text: str) -> str:
    """A day as 2026-11-21, from the many ways it is written or the number a spreadsheet keeps of it; else empty."""
    if isinstance(value, float | int) and int(value) in _SERIALS:
        return (_FIRST_DAY + timedelta(days=int(value))).isoformat()
    found = _DAY.fullmatch(text.translate(_HALF).strip())
    try:
        return date(*(int(part) for part in found.groups() if part)).isoformat() if found else ""
    except ValueError:
        return ""


def shown(value: object) -> str:
    """A value as a spreadsheet shows it: 3 for 3.0, fifteen digits, a day without a time of midnight."""
    if isinstance(value, str):
        return (value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return _number(float(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != datetime.min.time() else value.date().isoformat()
    return str(value)


def _number(number: float) -> str:
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    text = format(number, ".15g")
    return format(float(text), ".20f").rstrip("0") if "e-" in text and abs(number) > 1e-9 else text
