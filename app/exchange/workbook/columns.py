"""Which columns each layout has, and how they are headed and drawn (pure)."""

from typing import Any

from app.exchange.workbook.sheet import Field
from app.exchange.workbook.texts import FACTORS, NUMBERS
from app.printing.workbooks import DRAWN
from risk_models import RiskLevel

SHEET = "风险分级管控台账"
_BEFORE = (
    Field.NUMBER, Field.POINT_CODE, Field.SOURCE_CODE, Field.ZONE, Field.POINT, Field.CATEGORY, Field.SOURCE,
    Field.FACTOR_CLASS, Field.ACCIDENTS, Field.CONSEQUENCES, Field.AFFECTED, Field.BASIS,
)  # fmt: skip
_GRADED = (Field.SCORE, Field.LEVEL, Field.TIER, Field.UNIT, Field.PERSON)
_FIVE = (Field.ENGINEERING, Field.MANAGEMENT, Field.TRAINING, Field.PPE, Field.EMERGENCY)
_AFTER = (Field.CYCLE, Field.ASSESSED_ON)
LAYOUTS = {
    "ls": (*_BEFORE, Field.L, Field.S, *_GRADED, Field.MEASURES, *_AFTER),
    "lec": (*_BEFORE, Field.L, Field.E, Field.C, *_GRADED, Field.MEASURES, *_AFTER),
    "five": (*_BEFORE, *FACTORS, *_GRADED, *_FIVE, *_AFTER),
}
REQUIRED = frozenset({Field.POINT, Field.SOURCE, Field.ACCIDENTS, Field.UNIT, Field.PERSON})
HEADINGS = {Field.L: "可能性（L）", Field.S: "严重性（S）", Field.E: "暴露频繁程度（E）", Field.C: "后果（C）"}
_WIDTHS = {
    Field.POINT: 18, Field.SOURCE: 30, Field.ZONE: 18, Field.ACCIDENTS: 16, Field.CONSEQUENCES: 22, Field.MEASURES: 48,
    **dict.fromkeys(_FIVE, 28), Field.TIER: 16, Field.UNIT: 14, Field.POINT_CODE: 12, Field.SOURCE_CODE: 14,
    Field.AFFECTED: 14, Field.ASSESSED_ON: 12, **dict.fromkeys((Field.NUMBER, *FACTORS, Field.SCORE), 7),
}  # fmt: skip


def heading(name: Field) -> str:
    """How a column is headed."""
    return HEADINGS.get(name, name.value)


def width(name: Field) -> int:
    """How wide a column is drawn, in characters."""
    return _WIDTHS.get(name, 10)


def drawn(name: Field) -> dict[str, Any]:
    """How the cells of a column are drawn: numbers and short words in the middle, prose from the left."""
    return {**DRAWN, "align": "center"} if name in NUMBERS or width(name) <= 12 else DRAWN


def coloured(level: RiskLevel) -> dict[str, Any]:
    """How the cell of a level is drawn: filled with its colour, its words readable on it."""
    dark = level in (RiskLevel.RED, RiskLevel.BLUE)
    return {
        **DRAWN, "align": "center", "bold": True, "bg_color": level.colour,
        "font_color": "#ffffff" if dark else "#000000",
    }  # fmt: skip
