"""What crosses the wire of supervision."""

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Day, Flag, Id, Instant, Schema, Text
from app.enterprises.codes import is_region_code
from app.enterprises.schemas import TRADE
from app.hidden_hazards.schemas import HiddenHazardIn
from app.hidden_hazards.terms import Channel, Gravity, Source, State
from app.plans.schemas import CompletionQuery
from app.risks.fields import CountsOut, level_field
from app.supervision.counting import GroupBy


class OwnGroupBy(StrEnum):
    """What an enterprise's own figures are broken down by."""

    MONTH = "month"
    NONE = "none"

    @property
    def label(self) -> str:
        return {"month": "月份", "none": "不分组"}[self.value]


def check_region_code(text: str) -> None:
    if not is_region_code(text):
        raise ValidationError("区划代码应为 2、4、6、9 或 12 位数字。")


def _not_month(group_by: GroupBy) -> None:
    if group_by is GroupBy.MONTH:
        raise ValidationError("风险等级是当前的，只能按 region、industry 或 enterprise 分组。")


class PeriodQuery(Schema):
    found_from = Day(metadata={"description": "发现日期从（北京时间，含当日）；不填为当年 1 月 1 日"})
    found_to = Day(metadata={"description": "发现日期到（北京时间，含当日）；不填为统计时点当日"})
    as_of = Instant(metadata={"description": "统计时点；不填为现在，不能晚于现在"})


class OwnRatesQuery(PeriodQuery):
    group_by = Choice(OwnGroupBy, load_default=OwnGroupBy.MONTH)


class RatesQuery(PeriodQuery):
    group_by = Choice(GroupBy, load_default=GroupBy.REGION)
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)


class TaskCompletionQuery(CompletionQuery):
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)


class RateOut(Schema):
    """A rate with what is needed to read it."""

    name = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    rate = fields.String(
        allow_none=True, metadata={"description": "百分数，一位小数；分母为 0 时为 null", "example": "76.1%"}
    )
    definition = fields.String()
    as_of = Instant()


class RateSetOut(Schema):
    rectification = fields.Nested(RateOut, metadata={"description": "整改率"})
    due_rectification = fields.Nested(RateOut, metadata={"description": "到期整改率"})
    timely_rectification = fields.Nested(RateOut, metadata={"description": "按期整改率"})
    timely_rectification_by_original = fields.Nested(RateOut, metadata={"description": "按期整改率（按原定期限）"})


class CountedOut(Schema):
    """Counts as of the instant, and the rates made of them."""

    found = fields.Integer(metadata={"description": "统计期内发现"})
    dismissed = fields.Integer(metadata={"description": "其中已认定不构成隐患，不计入各率"})
    duplicates = fields.Integer(metadata={"description": "其中已认定为重复，不计入各率"})
    cohort = fields.Integer(metadata={"description": "计入各率的隐患：发现数减去不构成隐患的和重复的"})
    closed = fields.Integer(metadata={"description": "已销号"})
    due = fields.Integer(metadata={"description": "现行期限已到"})
    closed_due = fields.Integer(metadata={"description": "到期且已销号"})
    in_time = fields.Integer(metadata={"description": "到期、按期提交整改，且该次整改已验收（复查）通过"})
    waiting = fields.Integer(metadata={"description": "到期、按期提交整改、待验收（复查）"})
    reviewing = fields.Integer(metadata={"description": "到期、按期提交整改并经企业验收，挂牌的待监管部门核查摘牌"})
    overdue = fields.Integer(metadata={"description": "逾期：到期未销号，且未按期提交整改（被退回的不算提交）"})
    due_by_original = fields.Integer(metadata={"description": "原定期限已到"})
    in_time_by_original = fields.Integer(metadata={"description": "按原定期限提交整改，且该次整改已验收（复查）通过"})
    rejections = fields.Integer(metadata={"description": "验收或复查不通过的次数，至今累计"})
    joined = fields.Integer(metadata={"description": "再次发现、并入未销号隐患的次数，至今累计"})
    regradings_down = fields.Integer(metadata={"description": "由重大改定为一般的次数，至今累计"})
    extensions = fields.Integer(metadata={"description": "同意延期的次数，至今累计"})
    reopenings = fields.Integer(metadata={"description": "销号后重新打开的次数，至今累计"})
    rates = fields.Nested(RateSetOut)


class SourceOut(CountedOut):
    label = fields.String()
    major = fields.Nested(
        CountedOut,
        metadata={"description": "其中现定为重大隐患的；延期、降级、重新打开、验收不通过等次数连同后来降级的"},
    )


class GovernmentChannelsOut(Schema):
    """The government's three ways of finding, kept apart."""

    enforcement = fields.Integer(metadata={"description": "执法检查"})
    patrol = fields.Integer(metadata={"description": "巡查"})
    expert_service = fields.Integer(metadata={"description": "专家服务"})


class GovernmentOut(SourceOut):
    channels = fields.Nested(GovernmentChannelsOut, metadata={"description": "计入各率的发现，按检查方式分开"})
    without_point = fields.Integer(metadata={"description": "未指明风险点，不计入 unreported"})
    unreported = fields.Nested(RateOut, metadata={"description": "政府检查发现而企业此前未自报的比例"})


class SourcesOut(Schema):
    """Each source apart; they are never added together."""

    self_check = fields.Nested(SourceOut, metadata={"description": "企业自查"})
    government = fields.Nested(GovernmentOut, metadata={"description": "政府检查"})
    public = fields.Nested(SourceOut, metadata={"description": "群众举报"})


class RateGroupOut(Schema):
    key = fields.String(metadata={"description": "分组的编号：区划代码、行业代码、企业 id 或月份"})
    code = fields.String()
    name = fields.String()
    sources = fields.Nested(SourcesOut)


class RatesOut(Schema):
    found_from = Day()
    found_to = Day()
    as_of = Instant()
    group_by = fields.String()
    items = fields.List(fields.Nested(RateGroupOut))
    total = fields.Nested(SourcesOut)


class TipOffsQuery(Schema):
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)


class TipOffsOut(Schema):
    """The reports one enterprise got without an account, counted."""

    enterprise_id = Id(attribute="enterprise.id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    received = fields.Integer(metadata={"description": "收到的举报"})
    waiting = fields.Integer(metadata={"description": "其中待核实"})
    admitted = fields.Integer(metadata={"description": "其中已受理"})
    discarded = fields.Integer(metadata={"description": "其中不予受理"})
    oldest_waiting_at = Instant(allow_none=True, metadata={"description": "最早一条待核实的收到时间"})


FLAGS = ("overdue", "escalated", "listed", "ordered")  # of the query: each is "true" or left out


def only_true(description: str) -> fields.String:
    """A filter that is named with "true", or left out."""
    return fields.String(
        validate=validate.OneOf(["true"], error="只能是 true。"), metadata={"description": f"true：{description}"}
    )


class SupervisedQuery(Schema):
    enterprise = Id(data_key="enterprise_id")
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)
    source = Choice(Source)
    state = Choice(State)
    gravity = Choice(Gravity)
    channel = Choice(Channel)
    overdue = only_true("逾期未整改")
    escalated = only_true("逾期未整改，已逐级上报到监管部门的")
    listed = only_true("挂牌督办中")
    ordered = only_true("责令限期整改指令书的各项")
    found_from = Day()
    found_to = Day()


class SupervisedOut(Schema):
    """A hidden hazard of one of the enterprises; its photos and timeline are read within that enterprise."""

    enterprise_id = Id(attribute="enterprise.id")
    enterprise_code = fields.String(attribute="enterprise.code")
    enterprise_name = fields.String(attribute="enterprise.name")
    id = Id(attribute="hazard.id")
    code = fields.String(attribute="hazard.code")
    point_id = Id(attribute="hazard.point_id", data_key="risk_point_id", allow_none=True)
    place = fields.String(attribute="hazard.place")
    description = fields.String(attribute="hazard.description")
    source = Choice(Source, attribute="hazard.source")
    channel = Choice(Channel, attribute="hazard.channel")
    ordered = Flag(attribute="hazard.ordered", metadata={"description": "是责令限期整改指令书的一项"})
    listed_at = Instant(attribute="hazard.listed_at", allow_none=True)
    delisted_at = Instant(attribute="hazard.delisted_at", allow_none=True)
    region_code = fields.String(attribute="hazard.region_code")
    industry = fields.String(attribute="hazard.industry")
    trade = fields.String(attribute="hazard.trade")
    found_at = Instant(attribute="hazard.found_at")
    state = Choice(State, attribute="hazard.state")
    state_label = fields.Function(lambda row: row["hazard"].state.label, metadata={"type": "string"})
    version = fields.Integer(attribute="hazard.version")
    gravity = Choice(Gravity, attribute="hazard.gravity", allow_none=True)
    deadline_at = Instant(attribute="hazard.deadline_at", allow_none=True)
    original_deadline_at = Instant(attribute="hazard.original_deadline_at", allow_none=True)
    overdue = Flag(attribute="hazard.overdue")
    submitted_at = Instant(attribute="hazard.submitted_at", allow_none=True)
    rejections = fields.Integer(attribute="hazard.rejections")
    occurrences = fields.Integer(attribute="hazard.occurrences")
    closed_at = Instant(attribute="hazard.closed_at", allow_none=True)
    dismissed_at = Instant(attribute="hazard.dismissed_at", allow_none=True)


class LevelsQuery(Schema):
    group_by = Choice(GroupBy, load_default=GroupBy.REGION, validate=_not_month)
    region_code = Text(12, validate=check_region_code)
    trade = Text(30, validate=TRADE)


class LevelTotalOut(Schema):
    enterprises = fields.Integer(metadata={"description": "企业家数"})
    shown_counts = fields.Nested(CountsOut, metadata={"description": "各级风险点数（现状等级，未评估现状时为固有）"})
    current_counts = fields.Nested(CountsOut, metadata={"description": "各级风险点数（计入未销号重大隐患）"})


class LevelGroupOut(LevelTotalOut):
    key = fields.String(metadata={"description": "分组的编号：区划代码、行业代码或企业 id"})
    code = fields.String()
    name = fields.String()
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")


class SupervisedLevelsOut(Schema):
    """A region or an industry shows counts, never one colour; an enterprise shows its worst level too."""

    group_by = fields.String()
    items = fields.List(fields.Nested(LevelGroupOut))
    total = fields.Nested(LevelTotalOut)


def _not_by_the_enterprise(source: Any) -> None:
    if source is Source.SELF_CHECK:
        raise ValidationError("只能是：government（政府检查）、public（群众举报）；企业自查由企业上报。")


class FindingIn(HiddenHazardIn):
    source = Choice(Source, required=True, validate=_not_by_the_enterprise)
