"""What crosses the wire of the listing board."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.core.fields import Choice, Day, Flag, Id, Instant, Schema, Text
from app.enterprises.schemas import TRADE
from app.hidden_hazards.major_schemas import ListingLevel
from app.hidden_hazards.terms import Source, State
from app.supervision.schemas import check_region_code


class ListingQuery(Schema):
    enterprise = Id(data_key="enterprise_id")
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)
    state = Choice(State)
    overdue = fields.String(
        validate=validate.OneOf(["true"], error="只能是 true。"), metadata={"description": "true：已过督办期限、未摘牌"}
    )


class ListingNoteIn(Schema):
    """登记立案和公布的日期。"""

    filed_on = Day(metadata={"description": "立案日期"})
    published_on = Day(metadata={"description": "向社会公布的日期"})

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("请填立案日期或公布日期。", "published_on")


class StepOut(Schema):
    name = fields.String()
    label = fields.String()
    due_on = Day()
    done_on = Day(allow_none=True)
    late = Flag(metadata={"description": "办理晚于期限，或期限已过还没有办理"})


class AskedOut(Schema):
    asked_at = Instant()
    reason = fields.String()
    deadline_before = Instant()
    deadline_wanted = Instant()


class ListedOut(Schema):
    """A listed major hidden hazard; its whole life is read within its enterprise."""

    enterprise_id = Id(attribute="enterprise.id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    place = fields.String(attribute="hazard.place")
    description = fields.String(attribute="hazard.description")
    criteria = fields.String(attribute="hazard.criteria", allow_none=True)
    source = Choice(Source, attribute="hazard.source")
    region_code = fields.String(attribute="hazard.region_code")
    trade = fields.String(attribute="hazard.trade")
    state = Choice(State, attribute="hazard.state")
    state_label = fields.Function(lambda row: row["hazard"].state.label, metadata={"type": "string"})
    version = fields.Integer(attribute="hazard.version")
    level = Choice(ListingLevel)
    level_label = fields.String()
    number = fields.String()
    regulator_owner = fields.String(metadata={"description": "监管责任人"})
    enterprise_owner = fields.String(metadata={"description": "企业责任人"})
    listed_at = Instant(attribute="hazard.listed_at")
    due_at = Instant(metadata={"description": "督办期限"})
    days_left = fields.Integer(allow_none=True, metadata={"description": "离督办期限的天数，过期为负；摘牌后为 null"})
    overdue = Flag()
    extension = fields.Nested(AskedOut, allow_none=True, metadata={"description": "等待答复的延期申请"})
    extensions = fields.Integer(attribute="hazard.extensions", metadata={"description": "已同意的延期次数"})
    delisted_at = Instant(attribute="hazard.delisted_at", allow_none=True)
    steps = fields.List(fields.Nested(StepOut))
    late_steps = fields.List(fields.String())
    clock_source = fields.String(metadata={"description": "这些期限是谁的做法"})
