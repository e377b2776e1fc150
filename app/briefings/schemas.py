"""What crosses the wire of briefings."""

from marshmallow import fields, validate

from app.briefings.models import Cause
from app.core.fields import Choice, Day, Id, Instant, Schema, Text
from risk_models import RiskLevel

ONLY_TRUE = validate.OneOf(["true"], error="只能是 true。")


class BriefingQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    cause = Choice(Cause)
    unsigned = fields.String(validate=ONLY_TRUE, metadata={"description": "只列仍有效、还有人没有签收的"})


class MineQuery(Schema):
    waiting = fields.String(validate=ONLY_TRUE, metadata={"description": "只列等我签收的"})


class SignatureIn(Schema):
    id = Id(required=True)


class PaperSignatureIn(Schema):
    id = Id(required=True)
    name = Text(60, required=True, metadata={"description": "签字人姓名"})
    organisation = Text(100, least=0, load_default="", metadata={"description": "所在单位，例如承包商"})
    signed_on = Day(required=True, metadata={"description": "纸上的签字日期"})


class BriefingOut(Schema):
    id = Id(attribute="briefing.id")
    point_id = Id(attribute="briefing.point_id", data_key="risk_point_id")
    code = fields.String(attribute="point.code", metadata={"example": "FX-0001"})
    name = fields.String(attribute="point.name")
    cause = Choice(Cause, attribute="briefing.cause")
    cause_label = fields.Function(lambda row: row["briefing"].cause.label, metadata={"type": "string"})
    title = fields.String(attribute="briefing.title")
    version = fields.Integer(attribute="briefing.version")
    asked_by = Id(attribute="briefing.asked_by", allow_none=True)
    asked_at = Instant(attribute="briefing.asked_at")
    ended_at = Instant(
        attribute="briefing.ended_at", allow_none=True, metadata={"description": "被新的一份取代的时间；仍有效的为空"}
    )


class CountedBriefingOut(BriefingOut):
    asked = fields.Integer(metadata={"description": "请多少人签收（有账号的）"})
    signed = fields.Integer(metadata={"description": "其中多少人已签收"})
    on_paper = fields.Integer(metadata={"description": "另有多少人在纸上签收"})


class ToldOut(Schema):
    """What people are told, as it stood when they were asked."""

    news = fields.List(fields.String(), metadata={"description": "这次告知什么"})
    level = Choice(RiskLevel, allow_none=True)
    level_label = fields.String()
    level_colour = fields.String()
    main_risks = fields.List(fields.String())
    accident_types = fields.List(fields.String())
    consequences = fields.List(fields.String())
    measures = fields.List(fields.String())
    emergency_steps = fields.List(fields.String())
    emergency_phone = fields.String()


class SignatureOut(Schema):
    id = Id(attribute="signature.id")
    person_id = Id(attribute="signature.person_id", allow_none=True)
    name = fields.String()
    organisation = fields.String(attribute="signature.organisation")
    signed_at = Instant(
        attribute="signature.signed_at", allow_none=True, metadata={"description": "签收（纸质的为登记）的时间"}
    )
    signed_on = Day(attribute="signature.signed_on", allow_none=True, metadata={"description": "纸上的签字日期"})
    recorded_by = Id(attribute="signature.recorded_by", allow_none=True, metadata={"description": "谁登记的纸质签收"})


class BriefingInFullOut(CountedBriefingOut):
    told = fields.Nested(ToldOut, attribute="briefing.told")
    people = fields.List(fields.Nested(SignatureOut), metadata={"description": "没有签收的在前，纸上签收的在后"})


class MyBriefingOut(BriefingOut):
    told = fields.Nested(ToldOut, attribute="briefing.told")
    signed_at = Instant(allow_none=True, metadata={"description": "我签收的时间；等我签收的为空"})
