"""What crosses the wire of rules, duties, plans and confirmations."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from app.controls.confirming import MOST_POINTS, RoundState
from app.controls.gaps import Lack
from app.controls.plans import PlanState, state_of
from app.controls.settling import NEEDING_PLAN, RaisedTo, tiers_refused
from app.controls.steps import Step
from app.core.fields import Choice, Day, Id, Instant, ListOf, Part, Schema, Text, Whole
from app.enterprises.models import UnitKind
from app.risks.fields import level_field
from app.risks.models import Status
from app.risks.rules import EscalatedTo
from risk_models import RiskLevel


def _tiers(level: RiskLevel) -> ListOf:
    def fit(tiers: Sequence[UnitKind]) -> None:
        why = tiers_refused(level, tiers)
        if why:
            raise ValidationError(why)

    return ListOf(Choice(UnitKind), most=4, validate=fit, metadata={"description": "从高到低排列"})


def _with_red_and_orange(named: Sequence[RiskLevel]) -> None:
    if not set(named) >= NEEDING_PLAN:
        raise ValidationError("重大、较大风险必须有专项管控方案：须包含 red 和 orange，可另加 yellow、blue。")


class TiersPatch(Schema):
    red = _tiers(RiskLevel.RED)
    orange = _tiers(RiskLevel.ORANGE)
    yellow = _tiers(RiskLevel.YELLOW)
    blue = _tiers(RiskLevel.BLUE)


class CurrentPatch(Schema):
    major = Choice(RaisedTo)
    overdue = Choice(RaisedTo)


class ReviewRulesPatch(Schema):
    reassess_months = Whole(1, 60, metadata={"description": "月，距上次评估"})
    failures = Whole(2, 10, metadata={"description": "次，同一检查项不合格"})
    within_days = Whole(1, 366, metadata={"description": "天，在此期间内"})
    due_days = Whole(1, 90, metadata={"description": "天，复查期限"})


class PlanRulesPatch(Schema):
    levels = ListOf(Choice(RiskLevel), most=4, validate=_with_red_and_orange)


def _upward(steps: Sequence[dict[str, Any]]) -> None:
    places = [list(EscalatedTo).index(step["to"]) for step in steps]
    hours = [step["after_hours"] for step in steps]
    if places != sorted(set(places)) or hours != sorted(hours):
        raise ValidationError("步骤应逐级向上、不重复，时间先后一致：team、workshop、company、regulator。")
    if not steps or steps[-1]["to"] is not EscalatedTo.REGULATOR:
        raise ValidationError("最后一步必须是报告监管部门（regulator）。")


class EscalationStepIn(Schema):
    after_hours = Whole(0, 720, required=True, metadata={"description": "小时，超过整改期限之后"})
    to = Choice(EscalatedTo, required=True)


class EscalationPatch(Schema):
    steps = ListOf(Part(EscalationStepIn), most=4, validate=_upward, metadata={"description": "一般隐患"})
    major = ListOf(Part(EscalationStepIn), most=4, validate=_upward, metadata={"description": "重大隐患"})
    accept_within_hours = Whole(1, 720, metadata={"description": "小时，提交整改后未验收即提醒；两倍时提醒主要负责人"})


class DeadlineRulesPatch(Schema):
    """整改期限最长多少天；企业可以收紧，不能放宽。"""

    general_days = Whole(1, 180, metadata={"description": "天，一般隐患"})
    major_days = Whole(1, 365, metadata={"description": "天，重大隐患"})
    government_days = Whole(1, 30, metadata={"description": "天，政府检查发现而没有指令书的"})


class ProfilesPatch(Schema):
    LS = Text(40, metadata={"example": "ls-shandong"})
    LEC = Text(40, metadata={"example": "lec-four"})
    custom = Text(40)


class RulesPatch(Schema):
    tiers = Part(TiersPatch, metadata={"description": "各级风险的管控层级"})
    current = Part(CurrentPatch, metadata={"description": "未销号的重大隐患、逾期隐患把当前等级抬高到哪一级"})
    review = Part(ReviewRulesPatch)
    plan = Part(PlanRulesPatch, metadata={"description": "须有专项管控方案的等级"})
    escalation = Part(EscalationPatch, metadata={"description": "隐患逾期未整改，逐级上报的时间"})
    deadlines = Part(DeadlineRulesPatch, metadata={"description": "整改期限最长多少天"})
    profiles = Part(ProfilesPatch, metadata={"description": "评估未指明标准时所用的标准"})


class RulesOut(Schema):
    """The same parts with every key."""

    tiers = fields.Nested(TiersPatch)
    current = fields.Nested(CurrentPatch)
    review = fields.Nested(ReviewRulesPatch)
    plan = fields.Nested(PlanRulesPatch)
    escalation = fields.Nested(EscalationPatch)
    deadlines = fields.Nested(DeadlineRulesPatch)
    profiles = fields.Nested(ProfilesPatch)


class DutyIn(Schema):
    tier = Choice(UnitKind, required=True)
    unit_id = Id(load_default=None, allow_none=True, metadata={"description": "责任单位；公司级可不填，即企业本身"})
    person_id = Id(required=True)


class DutiesPatch(Schema):
    duties = ListOf(Part(DutyIn), most=4, required=True, metadata={"description": "没有列出的层级按组织机构推定"})


class DutyOut(Schema):
    tier = Choice(UnitKind)
    tier_label = fields.Function(lambda duty: duty.tier.label, metadata={"type": "string"})
    unit_id = Id(allow_none=True)
    unit = fields.String()
    person_id = Id(allow_none=True)
    person = fields.String()
    named = fields.Boolean(metadata={"description": "true 为指定的，false 为按组织机构推定的"})


class GapOut(Schema):
    lack = Choice(Lack)
    detail = fields.String(metadata={"description": "缺什么、怎么补"})


class ControlPlanIn(Schema):
    goal = Text(2000, required=True, metadata={"description": "管控目标"})
    measures = Text(10_000, required=True, metadata={"description": "管控措施"})
    organisation = Text(4000, required=True, metadata={"description": "组织机构与责任人"})
    resources = Text(4000, required=True, metadata={"description": "经费、物资、人员保障"})
    schedule = Text(4000, required=True, metadata={"description": "时间安排"})
    emergency = Text(4000, required=True, metadata={"description": "应急处置"})
    valid_until = Day(required=True, metadata={"description": "有效期至，最长一年"})


class ControlPlanOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    version = fields.Integer()
    state = fields.Function(lambda plan: state_of(plan).value, metadata={"type": "string", "enum": list(PlanState)})
    goal = fields.String()
    measures = fields.String()
    organisation = fields.String()
    resources = fields.String()
    schedule = fields.String()
    emergency = fields.String()
    valid_until = Day()
    drafted_by = Id()
    drafted_at = Instant()
    signed_by = Id(allow_none=True)
    signed_at = Instant(allow_none=True)
    superseded_at = Instant(allow_none=True)


class ControlOut(Schema):
    risk_point_id = fields.UUID(attribute="point.id")
    level = level_field("level")
    tiers = fields.List(fields.Nested(DutyOut), attribute="duties")
    needs_plan = fields.Boolean()
    plan = fields.Nested(ControlPlanOut, allow_none=True, metadata={"description": "有效的专项管控方案"})
    controlled = fields.Boolean(metadata={"description": "受控；为 false 时 gaps 说明缺什么"})
    gaps = fields.List(fields.Nested(GapOut))


class UncontrolledOut(Schema):
    id = fields.UUID(attribute="point.id")
    code = fields.String(attribute="point.code")
    name = fields.String(attribute="point.name")
    level = level_field("level")
    unit_id = fields.UUID(attribute="point.unit_id")
    responsible_id = fields.UUID(attribute="point.responsible_id")
    status = fields.String(attribute="point.status", metadata={"enum": list(Status)})
    gaps = fields.List(fields.Nested(GapOut))


class ControlSummaryOut(Schema):
    points = fields.Integer()
    controlled = fields.Integer()
    uncontrolled = fields.Integer()
    needing_plan = fields.Integer(metadata={"description": "须有专项管控方案的"})
    without_source = fields.Integer()
    not_assessed = fields.Integer()
    without_measure = fields.Integer()
    without_person = fields.Integer()
    without_plan = fields.Integer(metadata={"description": "须有而没有有效专项管控方案的"})


class ConfirmationIn(Schema):
    id = Id(required=True)
    step = Choice(Step, required=True)
    point_ids = ListOf(Id(), least=1, most=MOST_POINTS, required=True, data_key="risk_point_ids")
    note = Text(1000, least=0, load_default="", metadata={"description": "退回时必填：原因和要改正的内容"})


class PointStatusOut(Schema):
    id = Id(data_key="risk_point_id")
    code = fields.String()
    status = Choice(Status)
    inherent_level = level_field("inherent_level")
    shown_level = level_field("shown_level")
    current_level = level_field("current_level")


class StepTakenOut(Schema):
    step = Choice(Step)
    points = fields.List(fields.Nested(PointStatusOut))


class DueStep(StrEnum):
    """What may wait for someone."""

    REVIEW = "review"
    CONFIRM = "confirm"

    @property
    def label(self) -> str:
        return Step(self.value).label


class DueQuery(Schema):
    step = Choice(DueStep, load_default=DueStep.REVIEW)


class RoundOut(Schema):
    id = Id()
    point_id = Id(data_key="risk_point_id")
    inherent_level = level_field("inherent_level")
    shown_level = level_field("shown_level")
    submitted_by = Id()
    submitted_at = Instant()
    reviewed_by = Id(allow_none=True)
    reviewed_at = Instant(allow_none=True)
    confirmed_by = Id(allow_none=True)
    confirmed_at = Instant(allow_none=True)
    returned_by = Id(allow_none=True)
    returned_at = Instant(allow_none=True)
    note = fields.String()


class RoundStateOut(RoundOut):
    state = Choice(RoundState)
    state_label = fields.Function(lambda one: one["state"].label, metadata={"type": "string"})


class DueRoundOut(RoundOut):
    code = fields.String()
    name = fields.String()
