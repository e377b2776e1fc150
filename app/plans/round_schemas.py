"""What crosses the wire of rounds and of handing them over."""

from marshmallow import fields

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Schema, Text
from app.plans.schemas import MOST_STOPS, yes
from app.plans.terms import RoundKind


class RoundIn(Schema):
    name = Text(100, required=True)
    kind = Choice(RoundKind, required=True)
    unit_id = Id(required=True)
    stops = ListOf(
        Id(), least=1, most=MOST_STOPS, required=True, data_key="risk_point_ids", metadata={"description": "按巡检顺序"}
    )


class RoundPatch(Schema):
    name = Text(100)
    kind = Choice(RoundKind)
    unit_id = Id()
    stops = ListOf(Id(), least=1, most=MOST_STOPS, data_key="risk_point_ids")
    retired = Flag()


class RoundQuery(Schema):
    unit_id = Id()
    retired = yes(metadata={"description": "true：列出已停用的"})


class RoundOut(Schema):
    id = Id()
    name = fields.String()
    kind = Choice(RoundKind)
    kind_label = fields.String(attribute="kind.label")
    unit_id = Id()
    stops = fields.List(Id(), data_key="risk_point_ids")
    created_at = Instant()
    retired_at = Instant(allow_none=True)


class StopPointOut(Schema):
    id = Id()
    code = fields.String()
    name = fields.String()
    retired_at = Instant(allow_none=True)


class RoundDetail(RoundOut):
    points = fields.List(fields.Nested(StopPointOut), metadata={"description": "按巡检顺序的风险点"})


class HandOverIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    to_id = Id(required=True, metadata={"description": "接班人"})
    shift = Text(40, required=True, metadata={"description": "班次，例如 夜班"})
    note = Text(2000, least=0, load_default="", metadata={"description": "交班说明"})
    client_at = Instant(required=True, metadata={"description": "手机上的时间"})


class TakingOverIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})


class StandingPointOut(Schema):
    id = fields.String()
    code = fields.String()
    name = fields.String()


class StandingHazardOut(Schema):
    id = fields.String()
    code = fields.String()
    point_id = fields.String(attribute="risk_point_id", data_key="risk_point_id")
    description = fields.String()
    state = fields.String()
    state_label = fields.String()
    gravity = fields.String(allow_none=True)


class StandingOut(Schema):
    """As it was when it was handed over; never changed afterwards."""

    since = fields.String(metadata={"format": "date-time", "description": "上次交班，最早为 24 小时前"})
    not_inspected = fields.List(fields.Nested(StandingPointOut), metadata={"description": "此后没有排查记录的点"})
    hidden_hazards = fields.List(fields.Nested(StandingHazardOut), metadata={"description": "未销号的隐患"})


class HandOverOut(Schema):
    id = Id()
    round_id = Id()
    shift = fields.String()
    from_id = Id()
    to_id = Id()
    note = fields.String()
    standing = fields.Nested(StandingOut)
    client_at = Instant()
    at = Instant()
    taken_over_at = Instant(allow_none=True)
