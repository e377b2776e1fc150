"""What crosses the wire of reviews."""

from enum import StrEnum

from marshmallow import fields

from app.core.fields import Choice, Day, Id, Instant, ListOf, Schema, Text, Whole
from app.reviews.models import MOST_POINTS, ChangeKind, Outcome, ReviewKind
from app.risks.schemas import RiskPointFilter, RiskPointOut


class ReviewState(StrEnum):
    """Which reviews a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "未办结", "overdue": "逾期未办结", "closed": "已办结"}[self.value]


class ChangeIn(Schema):
    kind = Choice(ChangeKind, required=True)
    description = Text(1000, required=True, metadata={"example": "3# 反应釜搅拌由填料密封改为磁力密封"})
    happened_on = Day(required=True)
    point_ids = ListOf(Id(), most=MOST_POINTS, load_default=list, data_key="risk_point_ids")
    zone_id = Id(load_default=None, allow_none=True, metadata={"description": "分区及其下级的全部风险点"})


class ChangeOut(Schema):
    id = Id()
    code = fields.String()
    kind = Choice(ChangeKind)
    description = fields.String()
    happened_on = Day()
    recorded_by = Id()
    recorded_at = Instant()


class ReviewQuery(Schema):
    point_id = Id(data_key="risk_point_id")
    change_id = Id()
    kind = Choice(ReviewKind)
    state = Choice(ReviewState)


class ReviewOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    kind = Choice(ReviewKind)
    kind_label = fields.Function(lambda review: review.kind.label, metadata={"type": "string"})
    reason = fields.String()
    asks_for_reassessment = fields.Function(
        lambda review: review.kind.asks_for_reassessment,
        metadata={"type": "boolean", "description": "须重新评估全部危险源才能办结"},
    )
    change_id = Id(allow_none=True)
    opened_at = Instant()
    due_on = Day()
    outcome = Choice(Outcome, allow_none=True)
    conclusion = fields.String()
    closed_by = Id(allow_none=True)
    closed_at = Instant(allow_none=True)


class FinishIn(Schema):
    conclusion = Text(2000, required=True, metadata={"description": "管控措施、排查清单和评估各看到什么、改了什么"})


class WaiveIn(Schema):
    reason = Text(1000, required=True)


class DueQuery(RiskPointFilter):
    class Meta(Schema.Meta):
        exclude = ("due",)

    within_days = Whole(0, 366, from_text=True, load_default=0, metadata={"description": "今后这么多天内到期的也列出"})


class DueOut(Schema):
    point = fields.Nested(RiskPointOut, data_key="risk_point")
    reasons = fields.List(fields.String(), metadata={"description": "为什么应重新评估"})
