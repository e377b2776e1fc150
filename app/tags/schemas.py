"""What crosses the wire of tags and scans."""

from marshmallow import fields, validate

from app.core.fields import Choice, Id, Instant, ListOf, Schema, Text, Whole
from app.risks.fields import level_field
from qr import STOCKS
from risk_models import RiskLevel


class TagIn(Schema):
    point_id = Id(required=True, data_key="risk_point_id")


class TagQuery(Schema):
    point_id = Id(data_key="risk_point_id")


class RevokeIn(Schema):
    reason = Text(200, required=True)


class TagOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    token = fields.String()
    issued_at = Instant()
    revoked_at = Instant(allow_none=True)
    revoked_because = fields.String(allow_none=True)
    last_scanned_at = Instant(allow_none=True)


class SymbolQuery(Schema):
    format = fields.String(
        load_default="png",
        validate=validate.OneOf(["png", "svg"], error="只能是 png 或 svg。"),
        metadata={"description": "图片格式"},
    )


class LabelsIn(Schema):
    point_ids = ListOf(Id(), most=2000, load_default=None, allow_none=True, data_key="risk_point_ids")
    zone_id = Id(load_default=None, allow_none=True)
    level = Choice(RiskLevel, load_default=None, allow_none=True)
    stock = Text(
        20,
        load_default="a4-24",
        validate=validate.OneOf(list(STOCKS), error=f"纸张只能是：{'、'.join(STOCKS)}。"),
        metadata={"enum": list(STOCKS), "description": "标签纸"},
    )
    start = Whole(1, 100, load_default=1, metadata={"description": "从第几格开始印"})
    copies = Whole(1, 20, load_default=1)


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
