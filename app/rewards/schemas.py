"""What crosses the wire of rewards."""

from decimal import Decimal

from marshmallow import ValidationError, fields

from app.core.fields import Choice, Day, Id, Instant, Number, Schema, Text
from app.rewards.models import RewardKind, RewardState

MOST = Decimal(1_000_000)  # yuan


def _yuan(amount: Decimal) -> None:
    if not 0 < amount <= MOST or amount != amount.quantize(Decimal("0.01")):
        raise ValidationError("金额应大于 0，不超过 100 万元，最多两位小数。")


class RewardIn(Schema):
    hazard_id = Id(required=True)
    kind = Choice(RewardKind, required=True)
    amount = Number(required=True, validate=_yuan, metadata={"description": "元", "example": "200.00"})
    reason = Text(500, required=True)
    person_id = Id(load_default=None, allow_none=True, metadata={"description": "内部奖励给谁；不填为隐患的发现人"})
    report_id = Id(load_default=None, allow_none=True, metadata={"description": "举报奖励：受理的举报"})


class ApprovalIn(Schema):
    opinion = Text(500, least=0, load_default="")


class RefusalIn(Schema):
    opinion = Text(500, required=True)


class PaymentIn(Schema):
    voucher = Text(100, required=True, metadata={"description": "凭证号"})
    receipt = Text(40, load_default=None, allow_none=True, metadata={"description": "举报奖励：领取人出示的回执码"})


class RewardFilter(Schema):
    kind = Choice(RewardKind)
    state = Choice(RewardState)
    person_id = Id()
    hazard_id = Id()
    proposed_from = Day(metadata={"description": "提出日期从（北京时间，含当日）"})
    proposed_to = Day(metadata={"description": "提出日期到（北京时间，含当日）"})


class RewardOut(Schema):
    id = Id(attribute="reward.id")
    hazard_id = Id(attribute="reward.hazard_id")
    hazard_code = fields.String()
    kind = Choice(RewardKind, attribute="reward.kind")
    kind_label = fields.Function(lambda row: row["reward"].kind.label, metadata={"type": "string"})
    person_id = Id(attribute="reward.person_id", allow_none=True)
    report_id = Id(attribute="reward.report_id", allow_none=True)
    amount = Number(attribute="reward.amount")
    reason = fields.String(attribute="reward.reason")
    state = Choice(RewardState, attribute="reward.state")
    state_label = fields.Function(lambda row: row["reward"].state.label, metadata={"type": "string"})
    proposed_by = Id(attribute="reward.proposed_by")
    proposed_at = Instant(attribute="reward.proposed_at")
    decided_by = Id(attribute="reward.decided_by", allow_none=True)
    decided_at = Instant(attribute="reward.decided_at", allow_none=True)
    opinion = fields.String(attribute="reward.opinion")
    paid_at = Instant(attribute="reward.paid_at", allow_none=True)
    voucher = fields.String(attribute="reward.voucher")


class StateSumOut(Schema):
    state = Choice(RewardState)
    label = fields.Function(lambda row: row["state"].label, metadata={"type": "string"})
    count = fields.Integer()
    amount = Number(metadata={"description": "元"})


class KindSumOut(Schema):
    """One kind's sums; those of two kinds are never added."""

    kind = Choice(RewardKind)
    label = fields.Function(lambda row: row["kind"].label, metadata={"type": "string"})
    states = fields.List(fields.Nested(StateSumOut))


class SumsOut(Schema):
    kinds = fields.List(fields.Nested(KindSumOut))


class OwedOut(Schema):
    """The reward of a report, for whoever holds its receipt."""

    amount = Number(metadata={"description": "元"})
    state = Choice(RewardState)
    state_label = fields.Function(lambda reward: reward.state.label, metadata={"type": "string"})
    decided_at = Instant(allow_none=True)
    paid_at = Instant(allow_none=True)


class OwedListOut(Schema):
    items = fields.List(fields.Nested(OwedOut))
