"""What crosses the wire of a major hidden hazard beside its moves: the plan, the dual report, 五落实, the listing."""

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.core.fields import Choice, Day, Instant, Schema, Text
from app.enterprises.schemas import TRADE


class ListingLevel(StrEnum):
    """挂牌督办的层级: which government lists it."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return {"province": "省级", "city": "市级", "county": "县级"}[self.value]


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


class GuaranteesIn(Schema):
    """隐患治理“五落实”：责任、措施、资金、时限、预案，各写明内容。"""

    responsibility = Text(500, required=True)
    measures = Text(1000, required=True)
    funds = Text(300, required=True)
    time_limit = Text(300, required=True)
    plan = Text(1000, required=True)


class ListingIn(Schema):
    """挂牌督办的内容；期限（due_at）不填为挂牌之日起一年，也不能更晚。"""

    level = Choice(ListingLevel, required=True)
    number = Text(60, required=True, metadata={"description": "挂牌督办通知书文号"})
    regulator_owner = Text(60, required=True, metadata={"description": "监管责任人"})
    enterprise_owner = Text(60, required=True, metadata={"description": "企业责任人"})
    due_at = Instant(load_default=None, allow_none=True, metadata={"description": "督办期限"})
    due_on = Day(load_default=None, allow_none=True, metadata={"description": "督办期限（当日截止），与 due_at 二选一"})
    filed_on = Day(load_default=None, allow_none=True, metadata={"description": "立案（登记建档）日期；不填为未登记"})
    published_on = Day(load_default=None, allow_none=True, metadata={"description": "向社会公布的日期；不填为未公布"})

    @validates_schema
    def _one_due(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("due_on") and data.get("due_at"):
            raise ValidationError("due_on 与 due_at 只填一项。", "due_on")


class CriteriaQuery(Schema):
    trade = Text(
        30, validate=TRADE, metadata={"description": "监管行业代码；企业人员不填为本企业的，不在表中的按全部适用"}
    )
    text = Text(500, metadata={"description": "隐患描述：只列与它有共同关键词的条款，最接近的在前；不填为全部"})
    subject = Text(30, metadata={"description": "专题，例如 confined_space、dust_explosion、fire、gas"})
    on = Day(metadata={"description": "哪一天现行的判定标准；不填为今天"})


class ClauseOut(Schema):
    """重大隐患判定标准的一条。转述，不是原文；引用前请核对原文。"""

    key = fields.String(metadata={"description": "定级时 clauses 填它", "example": "hazardous-chemicals-121/第十五条"})
    file = fields.String()
    title = fields.String()
    number = fields.String(metadata={"description": "文号或标准号"})
    edition = fields.String()
    clause = fields.String()
    text = fields.String()
    certainty = fields.String(metadata={"description": "practice：见于公开文本；recall：未经核对"})
    note = fields.String()
    reasons = fields.List(fields.String(), metadata={"description": "与描述共有的关键词"})


class ClausesOut(Schema):
    items = fields.List(fields.Nested(ClauseOut))
