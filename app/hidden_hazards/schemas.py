"""What crosses the wire of hidden hazards."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.fields import Choice, Day, Flag, Id, Instant, ListOf, Number, Part, Schema, Text, Whole
from app.evidence.schemas import PhotoOut, announced
from app.hidden_hazards.deadlines import Deadlined
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.major_schemas import DualReportIn, GuaranteesIn, ListingIn, TreatmentPlanIn
from app.hidden_hazards.searching import Mine
from app.hidden_hazards.terms import Channel, Gravity, Source, State, StopKind
from app.risks.rules import EscalatedTo

MOST_ASSIGNED = 200


class HiddenHazardIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    point_id = Id(load_default=None, allow_none=True, data_key="risk_point_id")
    place = Text(200, least=0, load_default="")
    description = Text(2000, required=True, metadata={"example": "2#罐区东侧 GDS-07 可燃气体探测器故障"})
    channel = Choice(Channel, load_default=None, allow_none=True)
    client_at = Instant(required=True)
    photos = announced()

    @validates_schema
    def _located(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("point_id") and not data.get("place", "").strip():
            raise ValidationError("请指明风险点（risk_point_id）或写明地点。", "place")


class EntrustedIn(Schema):
    """受委托验收的企业外人员。"""

    name = Text(40, required=True)
    organisation = Text(100, required=True)
    qualification = Text(200, required=True, metadata={"description": "资格或证书，例如注册安全工程师及证号"})


class TransitionIn(Deadlined):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    action = Choice(Action, required=True)
    version = Whole(1, required=True)
    client_at = Instant(load_default=None, allow_none=True)
    gravity = Choice(Gravity, load_default=None, allow_none=True)
    criteria = Text(300, load_default=None, allow_none=True)
    clauses = ListOf(Text(100), most=10, load_default=list, metadata={"description": "判定条款的键"})
    stop_kinds = ListOf(Choice(StopKind), most=3, load_default=list)
    original_id = Id(load_default=None, allow_none=True, metadata={"description": "认定为重复时的原隐患"})
    rectifier_id = Id(load_default=None, allow_none=True)
    treatment_plan = Part(TreatmentPlanIn, load_default=None, allow_none=True)
    dual_report = Part(DualReportIn, load_default=None, allow_none=True)
    guarantees = Part(GuaranteesIn, load_default=None, allow_none=True)
    interim_measures = Text(2000, load_default=None, allow_none=True)
    listing = Part(ListingIn, load_default=None, allow_none=True)
    entrusted = Part(EntrustedIn, load_default=None, allow_none=True)
    measures = Text(2000, load_default=None, allow_none=True)
    cost = Number(load_default=None, allow_none=True, validate=validate.Range(min=0, error="费用不能为负。"))
    opinion = Text(500, load_default=None, allow_none=True)
    reason = Text(1000, load_default=None, allow_none=True)
    photos = announced()


class AssignmentIn(Schema):
    hazard_id = Id(required=True)
    version = Whole(1, required=True)


class AssignmentsIn(Deadlined):
    """把多项一般隐患指派给同一人，期限相同。"""

    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    items = ListOf(Part(AssignmentIn), least=1, most=MOST_ASSIGNED, required=True)
    rectifier_id = Id(required=True)

    @validates_schema
    def _dated(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("deadline_at") and not data.get("within_workdays"):
            raise ValidationError("请填写整改期限（deadline_at 或 within_workdays）。", "deadline_at")


class ReceiptOut(Schema):
    """The proof that this was kept: a phone deletes nothing before it holds one."""

    id = Id()
    sequence = fields.Integer(metadata={"description": "企业台账中的序号"})
    body_hash = fields.String(metadata={"description": "请求内容规范 JSON 的 SHA-256"})
    photos = fields.List(fields.String())
    received_at = Instant()


class ExtensionOut(Schema):
    """等待答复的延期申请。"""

    asked_by = Id()
    asked_at = Instant()
    reason = fields.String()
    deadline_before = Instant()
    deadline_wanted = Instant()


class HiddenHazardOut(Schema):
    id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    point_id = Id(attribute="hazard.point_id", data_key="risk_point_id", allow_none=True)
    place = fields.String(attribute="hazard.place")
    description = fields.String(attribute="hazard.description")
    source = Choice(Source, attribute="hazard.source")
    channel = Choice(Channel, attribute="hazard.channel")
    item_key = fields.String(attribute="hazard.item_key", allow_none=True)
    occurrences = fields.Integer(attribute="hazard.occurrences")
    previous_id = Id(attribute="hazard.previous_id", allow_none=True)
    duplicate_of_id = Id(attribute="hazard.duplicate_of_id", allow_none=True)
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
    clauses = fields.Raw(
        attribute="hazard.clauses",
        metadata={"type": "array", "items": {"type": "object"}, "description": "定级时引用的判定条款"},
    )
    graded_by = Id(attribute="hazard.graded_by", allow_none=True)
    regradings_down = fields.Integer(attribute="hazard.regradings_down")
    stopped_at = Instant(attribute="hazard.stopped_at", allow_none=True)
    rectifier_id = Id(attribute="hazard.rectifier_id", allow_none=True)
    deadline_at = Instant(attribute="hazard.deadline_at", allow_none=True)
    original_deadline_at = Instant(attribute="hazard.original_deadline_at", allow_none=True)
    extensions = fields.Integer(attribute="hazard.extensions", metadata={"description": "已同意的延期次数"})
    extension = fields.Nested(ExtensionOut, allow_none=True)
    overdue = Flag(attribute="hazard.overdue")
    treatment_plan = fields.Raw(
        attribute="hazard.treatment_plan", allow_none=True, metadata={"schema": TreatmentPlanIn}
    )
    dual_report = fields.Raw(attribute="hazard.dual_report", allow_none=True, metadata={"schema": DualReportIn})
    guarantees = fields.Raw(attribute="hazard.guarantees", allow_none=True, metadata={"schema": GuaranteesIn})
    interim_measures = fields.String(attribute="hazard.interim_measures", allow_none=True)
    measures = fields.String(attribute="hazard.measures", allow_none=True)
    cost = Number(attribute="hazard.cost", allow_none=True)
    submitted_at = Instant(attribute="hazard.submitted_at", allow_none=True)
    rejections = fields.Integer(attribute="hazard.rejections")
    accepted_at = Instant(attribute="hazard.accepted_at", allow_none=True)
    accepted_by = Id(attribute="hazard.accepted_by", allow_none=True)
    entrusted = fields.Raw(attribute="hazard.entrusted", allow_none=True, metadata={"schema": EntrustedIn})
    ordered = Flag(attribute="hazard.ordered")
    rechecked_at = Instant(attribute="hazard.rechecked_at", allow_none=True)
    listing = fields.Raw(attribute="hazard.listing", allow_none=True, metadata={"schema": ListingIn})
    listed_at = Instant(attribute="hazard.listed_at", allow_none=True)
    delisted_at = Instant(attribute="hazard.delisted_at", allow_none=True)
    resumed_at = Instant(attribute="hazard.resumed_at", allow_none=True)
    closed_at = Instant(attribute="hazard.closed_at", allow_none=True)
    reopenings = fields.Integer(attribute="hazard.reopenings")
    dismissed_at = Instant(attribute="hazard.dismissed_at", allow_none=True)
    photos = fields.List(fields.Nested(PhotoOut))
    complete = Flag(metadata={"description": "照片是否已全部收到"})
    allowed_actions = ListOf(Choice(Action))
    receipt = fields.Nested(ReceiptOut, metadata={"x-sometimes": True, "description": "只在提交的回答中有"})


class AssignmentsOut(Schema):
    items = fields.List(fields.Nested(HiddenHazardOut))
    receipt = fields.Nested(ReceiptOut)


def _only_true() -> fields.String:
    return fields.String(validate=validate.OneOf(["true"], error="只能是 true。"))


class HiddenHazardQuery(Schema):
    mine = Choice(Mine)
    state = Choice(State)
    gravity = Choice(Gravity)
    source = Choice(Source)
    channel = Choice(Channel)
    point_id = Id(data_key="risk_point_id")
    zone_id = Id(metadata={"description": "风险分区，含其下各级"})
    unit_id = Id(metadata={"description": "责任部门，含其下各级"})
    rectifier_id = Id()
    found_from = Day()
    found_to = Day(metadata={"description": "含当日"})
    due_before = Instant()
    overdue = _only_true()
    listed = _only_true()
    ordered = _only_true()
    extension_asked = _only_true()
    text = Text(100, metadata={"description": "按空格分成若干词，每个词都须出现在描述、地点、整改措施或编号中"})


FLAGS = ("overdue", "listed", "ordered", "extension_asked")


class RefusedMoveOut(Schema):
    """一项到达时已不适用、没有生效的操作，按提交的原样保存。"""

    id = Id()
    action = fields.String()
    actor_id = Id()
    actor_name = fields.String()
    version = fields.Integer(metadata={"description": "操作所依据的版本"})
    state = Choice(State)
    why = fields.String()
    facts = fields.Raw(metadata={"type": "object"})
    client_at = Instant(allow_none=True)
    at = Instant()


class EscalationOut(Schema):
    """One step up the tiers for one that stayed open past its deadline."""

    step = fields.Integer(metadata={"description": "第几步，从 0 起"})
    to = Choice(EscalatedTo)
    to_label = fields.Function(lambda row: EscalatedTo(row.to).label, metadata={"type": "string"})
    deadline_at = Instant(metadata={"description": "当时的整改期限"})
    at = Instant()


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
