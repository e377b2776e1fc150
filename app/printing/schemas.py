"""What is asked of prints."""

from marshmallow import fields, validate

from app.core.fields import Choice, Id, ListOf, Schema, Whole
from risk_models import RiskLevel


class CardsIn(Schema):
    point_ids = ListOf(Id(), most=2000, load_default=None, allow_none=True, data_key="risk_point_ids")
    zone_id = Id(load_default=None, allow_none=True)
    level = Choice(RiskLevel, load_default=None, allow_none=True)


class MapQuery(Schema):
    level = fields.String(
        load_default="shown",
        validate=validate.OneOf(["shown", "current"], error="只能是 shown（现状）或 current（当前）。"),
        metadata={"description": "图上显示的等级：shown 现状，current 计入未销号的重大隐患"},
    )


class LedgerQuery(Schema):
    zone_id = Id()
    level = Choice(RiskLevel)


class YearQuery(Schema):
    year = Whole(2000, 2200, from_text=True)
