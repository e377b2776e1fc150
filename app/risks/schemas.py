"""What crosses the wire of risks."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Factors, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole, clean_text
from app.risks.accidents import ACCIDENT_TYPES
from app.risks.models import Basis, Category, FactorClass, MeasureCategory, ZoneKind
from risk_models import RiskLevel

POINT_CODE = validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9_.#/-]{0,19}\Z", error="应为 1 到 20 位字母、数字或 _ . # / -。")


def _accident_type(text: str) -> None:
    if text not in ACCIDENT_TYPES:
        raise ValidationError("不是 GB 6441-2025 的事故类型，可选值见 GET /accident-types。")


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


class FloorPlanIn(Schema):
    name = Text(60, required=True)
    width = Whole(10, 100_000, required=True, metadata={"description": "多边形坐标的宽"})
    height = Whole(10, 100_000, required=True)
    north = Whole(0, 359, load_default=0, metadata={"description": "北向，自图上方顺时针的角度"})


class FloorPlanOut(Schema):
    id = Id()
    name = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    north = fields.Integer()
    image_sha256 = fields.String(allow_none=True)


CORNERS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    "description": "多边形各顶点的 [x, y]，以平面图的单位计",
}


def _corners() -> ListOf:
    return ListOf(ListOf(Whole(0, 100_000), least=2, most=2), most=200)


class RiskZoneIn(Schema):
    name = Text(60, required=True)
    kind = Choice(ZoneKind, required=True)
    parent_id = Id(load_default=None, allow_none=True)
    floor_plan_id = Id(load_default=None, allow_none=True)
    polygon = ListOf(ListOf(Whole(0, 100_000), least=2, most=2), most=200, load_default=list)


class RiskZonePatch(Schema):
    name = Text(60)
    floor_plan_id = Id(allow_none=True)
    polygon = _corners()


class Rolled(Schema):
    """The levels and counts of a node."""

    shown_level = level_field("shown_level")
    current_level = level_field("current_level")
    shown_counts = fields.Function(lambda node: node.counts("shown"), metadata={"schema": CountsOut})
    current_counts = fields.Function(lambda node: node.counts("current"), metadata={"schema": CountsOut})


class RiskZoneOut(Rolled):
    id = Id()
    parent_id = Id(allow_none=True)
    name = fields.String()
    kind = Choice(ZoneKind)
    floor_plan_id = Id(allow_none=True)
    polygon = fields.Raw(metadata=CORNERS)


class RiskLevelsOut(Rolled):
    shows = fields.Function(lambda _: "现状风险等级，未评估现状时为固有风险等级", metadata={"type": "string"})


class RiskPointIn(Schema):
    code = Text(20, load_default=None, allow_none=True, validate=POINT_CODE)
    name = Text(100, required=True)
    category = Choice(Category, required=True)
    zone_id = Id(required=True)
    unit_id = Id(required=True)
    responsible_id = Id(required=True)
    x = Whole(0, 100_000, load_default=None, allow_none=True)
    y = Whole(0, 100_000, load_default=None, allow_none=True)
    check_cycle = Text(20, least=0, load_default="")
    emergency_steps = ListOf(Text(200), most=12, load_default=list)


class RiskPointPatch(Schema):
    name = Text(100)
    category = Choice(Category)
    zone_id = Id()
    unit_id = Id()
    responsible_id = Id()
    x = Whole(0, 100_000, allow_none=True)
    y = Whole(0, 100_000, allow_none=True)
    check_cycle = Text(20, least=0)
    emergency_steps = ListOf(Text(200), most=12)


class RiskPointQuery(Schema):
    zone_id = Id()
    level = Choice(RiskLevel)
    category = Choice(Category)
    text = Text(100)


class RiskPointOut(Schema):
    id = Id()
    code = fields.String()
    name = fields.String()
    category = Choice(Category)
    zone_id = Id()
    unit_id = Id()
    responsible_id = Id()
    x = fields.Integer(allow_none=True)
    y = fields.Integer(allow_none=True)
    check_cycle = fields.String()
    emergency_steps = fields.List(fields.String())
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")


class RaiseOut(Schema):
    level = level_field("level")
    reason = fields.String()
    at = Instant()


class PointLevelsOut(Schema):
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")
    raised_by = fields.List(fields.Nested(RaiseOut))


class HazardSourceIn(Schema):
    point_id = Id(required=True, data_key="risk_point_id")
    name = Text(200, required=True)
    factor_class = Choice(FactorClass, required=True)
    accident_types = ListOf(Text(20, validate=_accident_type), least=1, most=10, required=True)
    consequences = Text(1000, least=0, load_default="")
    affected = Text(200, least=0, load_default="")


class HazardSourcePatch(Schema):
    name = Text(200)
    factor_class = Choice(FactorClass)
    accident_types = ListOf(Text(20, validate=_accident_type), least=1, most=10)
    consequences = Text(1000, least=0)
    affected = Text(200, least=0)


class HazardSourceQuery(Schema):
    point_id = Id(data_key="risk_point_id")


class HazardSourceOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    name = fields.String()
    factor_class = Choice(FactorClass)
    accident_types = fields.List(fields.String())
    consequences = fields.String()
    affected = fields.String()
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")


class AssessmentIn(Schema):
    source_id = Id(required=True, data_key="hazard_source_id")
    basis = Choice(Basis, required=True)
    method = Text(20, load_default=None, allow_none=True, metadata={"example": "LEC"})
    factors = Factors(load_default=None, allow_none=True, metadata={"example": {"L": "3", "E": "6", "C": "15"}})
    profile = Text(40, load_default=None, allow_none=True)
    direct_reason = Text(500, load_default=None, allow_none=True, metadata={"description": "直接判定为重大风险的理由"})
    note = Text(1000, least=0, load_default="")


class AssessmentQuery(Schema):
    source_id = Id(data_key="hazard_source_id")
    history = fields.String(validate=validate.OneOf(["true", "false"], error="只能是 true 或 false。"))


class AssessmentOut(Schema):
    id = Id()
    source_id = Id(data_key="hazard_source_id")
    basis = Choice(Basis)
    method = fields.String(allow_none=True)
    profile = fields.String(allow_none=True)
    factors = fields.Raw(metadata={"type": "object", "additionalProperties": {"type": "string"}})
    score = Number(allow_none=True)
    computed_level = level_field("computed_level")
    level_name = fields.String(allow_none=True)
    direct_reason = fields.String(allow_none=True)
    level = level_field("level")
    note = fields.String()
    assessor_id = Id()
    assessed_at = Instant()
    superseded_at = Instant(allow_none=True)


class ReadingIn(Schema):
    unit = Text(20, required=True)
    min = Number(load_default=None, allow_none=True)
    max = Number(load_default=None, allow_none=True)


class ReadingOut(Schema):
    unit = fields.String()
    min = fields.String(allow_none=True)
    max = fields.String(allow_none=True)


class ControlMeasureIn(Schema):
    source_id = Id(required=True, data_key="hazard_source_id")
    category = Choice(MeasureCategory, required=True)
    text = Text(1000, required=True)
    basis = Text(200, least=0, load_default="", metadata={"description": "法规、标准条款或企业制度"})
    check = Text(300, least=0, load_default="", metadata={"description": "检查内容；填写后进入排查清单"})
    how = Text(100, least=0, load_default="")
    standard = Text(300, least=0, load_default="")
    reading = Part(ReadingIn, load_default=None, allow_none=True)


class ControlMeasurePatch(Schema):
    category = Choice(MeasureCategory)
    text = Text(1000)
    basis = Text(200, least=0)
    check = Text(300, least=0)
    how = Text(100, least=0)
    standard = Text(300, least=0)
    reading = Part(ReadingIn, allow_none=True)
    retired = Flag()


class ControlMeasureQuery(Schema):
    source_id = Id(data_key="hazard_source_id")
    point_id = Id(data_key="risk_point_id")


class ControlMeasureOut(Schema):
    id = Id()
    source_id = Id(data_key="hazard_source_id")
    category = Choice(MeasureCategory)
    text = fields.String()
    basis = fields.String()
    check = fields.String()
    how = fields.String()
    standard = fields.String()
    reading = fields.Raw(allow_none=True, metadata={"schema": ReadingOut})
    retired_at = Instant(allow_none=True)


def _clean_document(value: Any) -> None:
    """Hold every text of a document to what can be stored."""
    if isinstance(value, str):
        clean_text(value)
    for inner in (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        _clean_document(inner)


class ProfileIn(Schema):
    document = fields.Dict(required=True, validate=_clean_document, error_messages={"required": "必填，请补上。"})


class ProfileOut(Schema):
    name = fields.String()
    title = fields.String()
    method = fields.String()
    edition = fields.String()
    default = Flag()


class ProfileListOut(Schema):
    items = fields.List(fields.Nested(ProfileOut))


class ProfileDetailOut(Schema):
    document = fields.Raw(metadata={"type": "object", "description": "因素、取值、含义和分级界限"})


class AccidentTypesOut(Schema):
    standard = fields.String()
    types = fields.List(fields.String())


class AccidentTypeListsOut(Schema):
    lists = fields.List(fields.Nested(AccidentTypesOut))
