"""What crosses the wire of tags and scans."""

from marshmallow import fields, validate

from app.core.fields import Choice, Day, Id, Instant, Part, Schema, Text, Whole
from app.risks.fields import level_field, yes_or_no
from app.tags.states import Attention, TagState


class TagIn(Schema):
    point_id = Id(required=True, data_key="risk_point_id")


class RollIn(Schema):
    id = Id(required=True, metadata={"description": "这一卷的编号，由客户端生成；重发不会多签发"})
    count = Whole(1, 1000, required=True, metadata={"description": "空白码的张数"})


class RollOut(Schema):
    roll_id = Id()
    count = fields.Integer()
    first = fields.String(metadata={"description": "第一张的序号", "example": "BQ-000001"})
    last = fields.String(metadata={"description": "最后一张的序号"})


class TagQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    roll_id = Id()
    zone_id = Id(metadata={"description": "风险分区，包括其下各级"})
    state = Choice(TagState)
    worn = yes_or_no()
    never_scanned = yes_or_no()
    not_scanned_days = Whole(
        1, 3650, from_text=True, metadata={"description": "在用、已贴满这么多天，且这么多天没有扫过"}
    )
    attention = yes_or_no()


class RevokeIn(Schema):
    reason = Text(200, required=True)


class ReplaceIn(Schema):
    id = Id(required=True)
    reason = Text(200, required=True)
    grace_days = Whole(0, 90, load_default=14, metadata={"description": "旧码还能用多少天，0 为立即作废"})


class BindIn(Schema):
    id = Id(required=True)
    point_id = Id(required=True, data_key="risk_point_id")


class WornIn(Schema):
    id = Id(required=True)
    note = Text(200, least=0, load_default="", metadata={"description": "例如：右下角缺损，手机要扫几次"})


class WornOut(Schema):
    worn_at = Instant(metadata={"description": "最先报告磨损的时间"})
    worn_note = fields.String()


class TagOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id", allow_none=True)
    point_code = fields.String(data_key="risk_point_code", allow_none=True)
    point_name = fields.String(data_key="risk_point_name", allow_none=True)
    token = fields.String()
    serial = fields.String(allow_none=True, metadata={"description": "成卷印制的空白码的序号"})
    roll_id = Id(allow_none=True)
    state = Choice(TagState)
    state_label = fields.Function(lambda tag: tag["state"].label, metadata={"type": "string"})
    attention = fields.List(Choice(Attention), metadata={"description": "在用的码要去看一看的原因"})
    issued_at = Instant()
    bound_at = Instant(allow_none=True)
    replaced_by_id = Id(allow_none=True)
    good_until = Instant(allow_none=True, metadata={"description": "换新后，旧码用到什么时候"})
    worn_at = Instant(allow_none=True)
    worn_note = fields.String()
    revoked_at = Instant(allow_none=True)
    revoked_because = fields.String(allow_none=True, metadata={"description": "作废或换新的原因"})
    last_scanned_at = Instant(allow_none=True)
    old_address_at = Instant(allow_none=True, metadata={"description": "最近一次从印着旧地址的码扫到它的时间"})


class ScannedIn(Schema):
    text = Text(2000, required=True, metadata={"description": "扫码器读到的文字，原样"})


class ScannedOut(Schema):
    token = fields.String()


class SymbolQuery(Schema):
    format = fields.String(
        load_default="png",
        validate=validate.OneOf(["png", "svg"], error="只能是 png 或 svg。"),
        metadata={"description": "图片格式"},
    )


class OldTagOut(Schema):
    replaced_on = Day()
    good_until = Instant()


class ScanOut(Schema):
    """What a scan says without signing in: the card and nothing else."""

    code = fields.String()
    name = fields.String()
    enterprise = fields.String()
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")
    main_risks = fields.List(fields.String())
    accident_types = fields.List(fields.String())
    measures = fields.List(fields.String())
    emergency_steps = fields.List(fields.String())
    emergency_phone = fields.String()
    old_tag = Part(OldTagOut, allow_none=True, metadata={"description": "扫的是已换新、还在宽限期内的旧码"})
