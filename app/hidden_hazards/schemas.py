"""What crosses the wire of hidden hazards."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole
from app.evidence.schemas import PhotoOut, announced
from app.hidden_hazards.lifecycle import Action, Gravity, Source, State


class HiddenHazardIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    point_id = Id(load_default=None, allow_none=True, data_key="risk_point_id")
    place = Text(200, least=0, load_default="")
    description = Text(2000, required=True, metadata={"example": "2#罐区东侧 GDS-07 可燃气体探测器故障"})
    client_at = Instant(required=True)
    photos = announced()

    @validates_schema
    def _located(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("point_id") and not data.get("place", "").strip():
            raise ValidationError("请指明风险点（risk_point_id）或写明地点。", "place")


class TreatmentPlanIn(Schema):
    """重大隐患治理方案的六项内容。"""

    goal = Text(500, required=True)
    measures = Text(2000, required=True)
    funds = Text(300, required=True)
    people = Text(300, required=True)
    time_limit = Text(300, required=True)
    safety_and_emergency = Text(1000, required=True)


class DualReportIn(Schema):
    """何时报告了负有安全监管职责的部门和职工代表大会。"""

    to_regulator_at = Instant(required=True)
    to_workers_congress_at = Instant(required=True)


class TransitionIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    action = Choice(Action, required=True)
    version = Whole(1, required=True)
    client_at = Instant(load_default=None, allow_none=True)
    gravity = Choice(Gravity, load_default=None, allow_none=True)
    criteria = Text(300, load_default=None, allow_none=True)
    rectifier_id = Id(load_default=None, allow_none=True)
    deadline_at = Instant(load_default=None, allow_none=True)
    treatment_plan = Part(TreatmentPlanIn, load_default=None, allow_none=True)
    dual_report = Part(DualReportIn, load_default=None, allow_none=True)
    measures = Text(2000, load_default=None, allow_none=True)
    cost = Number(load_default=None, allow_none=True, validate=validate.Range(min=0, error="费用不能为负。"))
    opinion = Text(500, load_default=None, allow_none=True)
    reason = Text(1000, load_default=None, allow_none=True)
    photos = announced()


class ReceiptOut(Schema):
    """The proof that this was kept: a phone deletes nothing before it holds one."""

    id = Id()
    sequence = fields.Integer(metadata={"description": "企业台账中的序号"})
    body_hash = fields.String(metadata={"description": "请求内容规范 JSON 的 SHA-256"})
    photos = fields.List(fields.String())
    received_at = Instant()


class HiddenHazardOut(Schema):
    id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    point_id = Id(attribute="hazard.point_id", data_key="risk_point_id", allow_none=True)
    place = fields.String(attribute="hazard.place")
    description = fields.String(attribute="hazard.description")
    source = Choice(Source, attribute="hazard.source")
    item_key = fields.String(attribute="hazard.item_key", allow_none=True)
    occurrences = fields.Integer(attribute="hazard.occurrences")
    previous_id = Id(attribute="hazard.previous_id", allow_none=True)
    region_code = fields.String(attribute="hazard.region_code")
    industry = fields.String(attribute="hazard.industry")
    found_by = Id(attribute="hazard.found_by", allow_none=True)
    found_at = Instant(attribute="hazard.found_at")
    client_found_at = Instant(attribute="hazard.client_found_at", allow_none=True)
    state = Choice(State, attribute="hazard.state")
    state_label = fields.Function(lambda row: row["hazard"].state.label, metadata={"type": "string"})
    version = fields.Integer(attribute="hazard.version")
    gravity = Choice(Gravity, attribute="hazard.gravity", allow_none=True)
    criteria = fields.String(attribute="hazard.criteria", allow_none=True)
    rectifier_id = Id(attribute="hazard.rectifier_id", allow_none=True)
    deadline_at = Instant(attribute="hazard.deadline_at", allow_none=True)
    original_deadline_at = Instant(attribute="hazard.original_deadline_at", allow_none=True)
    overdue = Flag(attribute="hazard.overdue")
    treatment_plan = fields.Raw(
        attribute="hazard.treatment_plan", allow_none=True, metadata={"schema": TreatmentPlanIn}
    )
    dual_report = fields.Raw(attribute="hazard.dual_report", allow_none=True, metadata={"schema": DualReportIn})
    measures = fields.String(attribute="hazard.measures", allow_none=True)
    cost = Number(attribute="hazard.cost", allow_none=True)
    submitted_at = Instant(attribute="hazard.submitted_at", allow_none=True)
    rejections = fields.Integer(attribute="hazard.rejections")
    closed_at = Instant(attribute="hazard.closed_at", allow_none=True)
    accepted_by = Id(attribute="hazard.accepted_by", allow_none=True)
    dismissed_at = Instant(attribute="hazard.dismissed_at", allow_none=True)
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag(metadata={"description": "照片是否已全部收到"})
    allowed_actions = ListOf(Choice(Action))
    receipt = fields.Nested(ReceiptOut, metadata={"x-sometimes": True, "description": "只在提交的回答中有"})


class HiddenHazardQuery(Schema):
    state = Choice(State)
    gravity = Choice(Gravity)
    source = Choice(Source)
    point_id = Id(data_key="risk_point_id")
    rectifier_id = Id()
    overdue = fields.String(validate=validate.OneOf(["true"], error="只能是 true。"))
    text = Text(100)


class EventOut(Schema):
    seq = fields.Integer()
    kind = fields.String()
    actor_id = Id(allow_none=True)
    actor_name = fields.String()
    at = Instant()
    client_at = Instant(allow_none=True)
    data = fields.Raw(metadata={"type": "object", "description": "这一步记录的内容"})
    hash = fields.String()


class TimelineOut(Schema):
    items = fields.List(fields.Nested(EventOut))
