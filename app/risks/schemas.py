"""What crosses the wire of risks."""

from marshmallow import fields, validate

from app.core.fields import Choice, Day, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole
from app.risks.fields import CountsOut, known_accident_type, latitude, level_field, longitude, yes_or_no
from app.risks.models import RaiseKind, Status, ZoneKind
from app.risks.shapes import MOST_CORNERS, PLAN_WARNINGS
from app.risks.terms import Category, FactorClass, MeasureCategory
from risk_models import RiskLevel

POINT_CODE = validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9_.#/-]{0,19}\Z", error="应为 1 到 20 位字母、数字或 _ . # / -。")


FLOOR = {"description": "楼层，如 一层、地下一层、B1；四色图按楼层从低到高排列"}
SCALE = {"description": "坐标一个单位在现场是多少毫米；不知道时不填，图上注明无比例"}


class FloorPlanIn(Schema):
    name = Text(60, required=True)
    width = Whole(10, 100_000, required=True, metadata={"description": "多边形坐标的宽"})
    height = Whole(10, 100_000, required=True)
    north = Whole(0, 359, load_default=0, metadata={"description": "北向，自图上方顺时针的角度"})
    floor = Text(20, least=0, load_default="", metadata=FLOOR)
    millimetres_per_unit = Whole(1, 1_000_000, load_default=None, allow_none=True, metadata=SCALE)


class FloorPlanPatch(Schema):
    name = Text(60)
    north = Whole(0, 359)
    floor = Text(20, least=0, metadata=FLOOR)
    millimetres_per_unit = Whole(1, 1_000_000, allow_none=True, metadata=SCALE)


class FloorPlanOut(Schema):
    id = Id()
    name = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    north = fields.Integer()
    floor = fields.String()
    millimetres_per_unit = fields.Integer(allow_none=True)
    image_sha256 = fields.String(allow_none=True)


class PlanWarningOut(Schema):
    kind = fields.String(metadata={"enum": list(PLAN_WARNINGS), "description": "，".join(PLAN_WARNINGS.values())})
    text = fields.String()
    zone_ids = fields.List(Id())
    risk_point_ids = fields.List(Id())


class PlanWarningsOut(Schema):
    items = fields.List(fields.Nested(PlanWarningOut))


CORNERS = {
    "type": "array",
    "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    "description": "多边形各顶点的 [x, y]，以平面图的单位计",
}


def _corners() -> ListOf:
    return ListOf(ListOf(Whole(0, 100_000), least=2, most=2), most=5 * MOST_CORNERS)


class RiskZoneQuery(Schema):
    retired = yes_or_no()


class RiskZoneIn(Schema):
    name = Text(60, required=True)
    kind = Choice(ZoneKind, required=True)
    parent_id = Id(load_default=None, allow_none=True)
    floor_plan_id = Id(load_default=None, allow_none=True)
    polygon = ListOf(ListOf(Whole(0, 100_000), least=2, most=2), most=5 * MOST_CORNERS, load_default=list)


class RiskZonePatch(Schema):
    name = Text(60)
    parent_id = Id(allow_none=True, metadata={"description": "移到这个分区之下，连同其下的一切；null 为最上层"})
    floor_plan_id = Id(allow_none=True)
    polygon = _corners()


class MergerIn(Schema):
    into_id = Id(required=True, metadata={"description": "并入哪一个"})


class RetirementIn(Schema):
    reason = Text(500, required=True, metadata={"description": "停用原因"})


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
    copied_from_id = Id(allow_none=True)
    merged_into_id = Id(allow_none=True)
    retired_at = Instant(allow_none=True)


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
    latitude = latitude(load_default=None, allow_none=True)
    longitude = longitude(load_default=None, allow_none=True)
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
    latitude = latitude(allow_none=True)
    longitude = longitude(allow_none=True)
    check_cycle = Text(20, least=0)
    emergency_steps = ListOf(Text(200), most=12)


class RiskPointFilter(Schema):
    zone_id = Id()
    level = Choice(RiskLevel)
    current_level = Choice(RiskLevel)
    inherent_level = Choice(RiskLevel)
    category = Choice(Category)
    accident_type = Text(20, validate=known_accident_type)
    unit_id = Id()
    responsible_id = Id()
    status = Choice(Status)
    due = yes_or_no()
    text = Text(100)


class RiskPointQuery(RiskPointFilter):
    retired = yes_or_no()


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
    latitude = Number(allow_none=True)
    longitude = Number(allow_none=True)
    check_cycle = fields.String()
    emergency_steps = fields.List(fields.String())
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")
    status = Choice(Status)
    assessed_on = Day(allow_none=True)
    reassess_by = Day(allow_none=True)
    copied_from_id = Id(allow_none=True)
    merged_into_id = Id(allow_none=True)
    retired_at = Instant(allow_none=True)


class RaiseOut(Schema):
    kind = Choice(RaiseKind)
    level = level_field("level")
    reason = fields.String()
    at = Instant()


class LevelCountsOut(Schema):
    inherent = fields.Nested(CountsOut)
    shown = fields.Nested(CountsOut)
    current = fields.Nested(CountsOut)


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
    accident_types = ListOf(Text(20, validate=known_accident_type), least=1, most=10, required=True)
    consequences = Text(1000, least=0, load_default="")
    affected = Text(200, least=0, load_default="")


class HazardSourcePatch(Schema):
    name = Text(200)
    factor_class = Choice(FactorClass)
    accident_types = ListOf(Text(20, validate=known_accident_type), least=1, most=10)
    consequences = Text(1000, least=0)
    affected = Text(200, least=0)


class HazardSourceQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    accident_type = Text(20, validate=known_accident_type)
    retired = yes_or_no()


class HazardSourceOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    code = fields.String()
    name = fields.String()
    factor_class = Choice(FactorClass)
    accident_types = fields.List(fields.String())
    consequences = fields.String()
    affected = fields.String()
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")
    assessed_on = Day(allow_none=True)
    retired_at = Instant(allow_none=True)


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
    photo_required = Flag(load_default=False, metadata={"description": "检查这一项时必须拍照"})


class ControlMeasurePatch(Schema):
    category = Choice(MeasureCategory)
    text = Text(1000)
    basis = Text(200, least=0)
    check = Text(300, least=0)
    how = Text(100, least=0)
    standard = Text(300, least=0)
    reading = Part(ReadingIn, allow_none=True)
    photo_required = Flag()
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
    photo_required = Flag()
    retired_at = Instant(allow_none=True)


class AccidentTypesOut(Schema):
    standard = fields.String()
    types = fields.List(fields.String())


class SuccessorOut(Schema):
    name = fields.String()
    when = fields.String(metadata={"description": "何时用这个名称；空表示只有这一个"})


class MovedNameOut(Schema):
    old = fields.String()
    new = fields.List(fields.Nested(SuccessorOut))


class AccidentTypeListsOut(Schema):
    lists = fields.List(fields.Nested(AccidentTypesOut))
    moved = fields.List(fields.Nested(MovedNameOut), metadata={"description": "旧名在现行标准中的去处"})
