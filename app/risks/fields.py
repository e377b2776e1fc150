"""The field types risks add to the product's: levels and their counts, accident types, true or false in a query."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Number, Schema
from app.risks.accidents import ACCIDENT_TYPES
from risk_models import RiskLevel


def known_accident_type(text: str) -> None:
    """Hold a text to the accident types of the lists."""
    if text not in ACCIDENT_TYPES:
        raise ValidationError("不是 GB 6441-2025 的事故类型，可选值见 GET /accident-types。")


class YesNo(StrEnum):
    TRUE = "true"
    FALSE = "false"


class Either(Choice):
    """A query parameter that is true or false."""

    def __init__(self, **given: Any) -> None:
        super().__init__(YesNo, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs) is YesNo.TRUE


def yes_or_no() -> Choice:
    """A query parameter that is true or false."""
    return Either()


def latitude(**given: Any) -> Number:
    """A latitude in degrees, WGS 84, north positive."""
    return _degrees(90, "纬度（度，北纬为正）", **given)


def longitude(**given: Any) -> Number:
    """A longitude in degrees, WGS 84, east positive."""
    return _degrees(180, "经度（度，东经为正）", **given)


def _degrees(most: int, description: str, **given: Any) -> Number:
    within = validate.Range(-most, most, error=f"应在 -{most} 到 {most} 之间。")
    return Number(validate=within, metadata={"description": description}, **given)


class LevelOut(Schema):
    """A level for people and for programs; null where nothing is assessed."""

    code = fields.String()
    label = fields.String()
    colour_name = fields.String()
    colour = fields.String()


def level_field(name: str) -> fields.Function:
    """A level in full: code, label, colour."""
    return fields.Function(
        lambda row: level_in_full(row[name] if isinstance(row, dict) else getattr(row, name)),
        allow_none=True,
        metadata={"schema": LevelOut, "description": "等级；null 表示未评估"},
    )


def level_in_full(level: RiskLevel | None) -> dict[str, str] | None:
    """A level as pages and clients need it."""
    if level is None:
        return None
    return {
        "code": level.value, "label": level.label, "colour_name": level.colour_name, "colour": level.colour
    }  # fmt: skip


class CountsOut(Schema):
    red = fields.Integer()
    orange = fields.Integer()
    yellow = fields.Integer()
    blue = fields.Integer()
    unassessed = fields.Integer()
