"""What crosses the wire of plans, tasks and their completion."""

from typing import Any

from marshmallow import fields, validate

from app.core.fields import Choice, Day, Flag, Id, Instant, ListOf, Part, Schema, Text, Whole
from app.enterprises.models import UnitKind
from app.plans.terms import CycleUnit, PlanKind, TaskState
from app.risks.terms import Category

CLOCK = validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d\Z", error="应为 24 小时制的时刻，例如 08:00。")
MOST_STOPS = 500


def yes(**described: Any) -> fields.String:
    """A condition of a query: there or not."""
    return fields.String(validate=validate.OneOf(["true"], error="只能是 true。"), **described)


class ScopeIn(Schema):
    """One of these; zones and categories also together."""

    point_ids = ListOf(Id(), most=MOST_STOPS, data_key="risk_point_ids", metadata={"description": "所列风险点"})
    zone_ids = ListOf(Id(), metadata={"description": "所列分区及其下级的风险点"})
    categories = ListOf(Choice(Category), most=6, metadata={"description": "专业：这几类风险点"})
    round_id = Id(metadata={"description": "一条巡检路线"})
    management = Flag(metadata={"description": "true：基础管理类清单"})


class ShiftIn(Schema):
    """Local times; one that ends at or before its beginning ends the next day."""

    class Meta(Schema.Meta):
        include = {  # noqa: RUF012 - marshmallow's own name, for fields that Python keeps for itself
            "from": Text(5, required=True, validate=CLOCK, metadata={"example": "20:00"}),
            "to": Text(5, required=True, validate=CLOCK, metadata={"example": "08:00"}),
        }

    name = Text(20, required=True, metadata={"example": "夜班"})


class PauseIn(Schema):
    """A shutdown, both days included."""

    class Meta(Schema.Meta):
        include = {"from": Day(required=True), "to": Day(required=True)}  # noqa: RUF012 - as above

    reason = Text(200, required=True)


class PlanPatch(Schema):
    name = Text(100)
    kind = Choice(PlanKind)
    tier = Choice(UnitKind, metadata={"description": "排查层级"})
    content = Text(2000, least=0, metadata={"description": "排查内容"})
    scope = Part(ScopeIn, metadata={"description": "排查事项所及的范围"})
    cycle_unit = Choice(CycleUnit)
    cycle_every = Whole(1, 366, metadata={"description": "每几个单位一次"})
    workdays_only = Flag(metadata={"description": "只排工作日；周、月等的期限提前到期内最后一个工作日"})
    shifts = ListOf(Part(ShiftIn), most=12, metadata={"description": "按班排查时的班次"})
    pauses = ListOf(Part(PauseIn), most=50, metadata={"description": "停产期间，不产生任务"})
    unit_id = Id(metadata={"description": "责任单位"})
    assignee_id = Id(metadata={"description": "责任人"})
    grace_hours = Whole(0, 744, metadata={"description": "小时，期限后的宽限"})
    starts_on = Day()
    ends_on = Day(allow_none=True)


class PlanIn(PlanPatch):
    name = Text(100, required=True)
    kind = Choice(PlanKind, required=True)
    tier = Choice(UnitKind, required=True, metadata={"description": "排查层级"})
    content = Text(2000, least=0, load_default="", metadata={"description": "排查内容"})
    scope = Part(ScopeIn, required=True, metadata={"description": "排查事项所及的范围"})
    cycle_unit = Choice(CycleUnit, required=True)
    cycle_every = Whole(1, 366, load_default=1, metadata={"description": "每几个单位一次"})
    workdays_only = Flag(load_default=False, metadata={"description": "只排工作日"})
    shifts = ListOf(Part(ShiftIn), most=12, load_default=list, metadata={"description": "按班排查时的班次"})
    pauses = ListOf(Part(PauseIn), most=50, load_default=list, metadata={"description": "停产期间，不产生任务"})
    unit_id = Id(required=True, metadata={"description": "责任单位"})
    assignee_id = Id(required=True, metadata={"description": "责任人"})
    grace_hours = Whole(0, 744, load_default=0, metadata={"description": "小时，期限后的宽限"})
    starts_on = Day(required=True)
    ends_on = Day(load_default=None, allow_none=True)


class PlanStopIn(Schema):
    reason = Text(300, required=True)


class PlanQuery(Schema):
    kind = Choice(PlanKind)
    unit_id = Id()
    assignee_id = Id()
    stopped = yes(metadata={"description": "true：列出已停用的；不填为在用的"})


class ScopeOut(Schema):
    """What the plan covers; what it is not said by is null."""

    point_ids = fields.List(fields.String(), data_key="risk_point_ids", allow_none=True)
    zone_ids = fields.List(fields.String(), allow_none=True)
    categories = fields.List(fields.String(), allow_none=True)
    round_id = fields.String(allow_none=True)
    management = fields.Boolean(allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return obj.get(attr)


class PlanOut(Schema):
    id = Id(attribute="plan.id")
    code = fields.String(attribute="plan.code")
    name = fields.String(attribute="plan.name")
    kind = Choice(PlanKind, attribute="plan.kind")
    kind_label = fields.String(attribute="plan.kind.label")
    tier = Choice(UnitKind, attribute="plan.tier")
    content = fields.String(attribute="plan.content")
    scope = fields.Nested(ScopeOut, attribute="plan.scope")
    cycle_unit = Choice(CycleUnit, attribute="plan.cycle_unit")
    cycle_every = fields.Integer(attribute="plan.cycle_every")
    frequency = fields.String(metadata={"description": "排查频次", "example": "每 2 小时一次"})
    workdays_only = Flag(attribute="plan.workdays_only")
    shifts = fields.List(fields.Dict(), attribute="plan.shifts")
    pauses = fields.List(fields.Dict(), attribute="plan.pauses")
    unit_id = Id(attribute="plan.unit_id")
    assignee_id = Id(attribute="plan.assignee_id")
    assignee = fields.String(metadata={"description": "责任人姓名"})
    grace_hours = fields.Integer(attribute="plan.grace_hours")
    starts_on = Day(attribute="plan.starts_on")
    ends_on = Day(attribute="plan.ends_on", allow_none=True)
    made_to = Day(attribute="plan.made_to", metadata={"description": "这一天以前开始的任务已经生成"})
    created_by = Id(attribute="plan.created_by")
    created_at = Instant(attribute="plan.created_at")
    stopped_at = Instant(attribute="plan.stopped_at", allow_none=True)
    warnings = fields.List(fields.String(), metadata={"description": "与通常做法不同之处，不影响保存"})


class TaskQuery(Schema):
    state = Choice(TaskState)
    mine = yes(metadata={"description": "true：只列我的"})
    plan_id = Id()
    point_id = Id(data_key="risk_point_id")
    unit_id = Id(metadata={"description": "责任单位"})
    from_day = Day(metadata={"description": "这一天起（北京时间），期限在此之后"})
    to_day = Day(metadata={"description": "到这一天（含），在此以前开始"})


class TaskOut(Schema):
    id = Id(attribute="task.id")
    plan_id = Id(attribute="task.plan_id")
    name = fields.String(attribute="task.name")
    state = Choice(TaskState)
    state_label = fields.String(attribute="state.label")
    opens_at = Instant(attribute="task.opens_at")
    due_at = Instant(attribute="task.due_at")
    grace_until = Instant(attribute="task.grace_until")
    assignee_id = Id(attribute="task.assignee_id")
    assignee = fields.String(metadata={"description": "责任人姓名"})
    stops_total = fields.Integer(metadata={"description": "要查几处"})
    stops_done = fields.Integer(metadata={"description": "已查几处"})
    done_at = Instant(attribute="task.done_at", allow_none=True)
    excused_at = Instant(attribute="task.excused_at", allow_none=True)
    excused_by = Id(attribute="task.excused_by", allow_none=True)
    excuse = fields.String(attribute="task.excuse", metadata={"description": "免除的原因"})


class TaskStopOut(Schema):
    place = fields.Integer(attribute="stop.place")
    point_id = Id(
        attribute="stop.point_id", data_key="risk_point_id", allow_none=True, metadata={"description": "null：基础管理"}
    )
    code = fields.String()
    name = fields.String()
    retired = Flag(metadata={"description": "风险点已停用，不必再查"})
    inspection_id = Id(attribute="stop.inspection_id", allow_none=True)
    done_at = Instant(attribute="stop.done_at", allow_none=True)


class TaskDetail(TaskOut):
    stops = fields.List(fields.Nested(TaskStopOut), metadata={"description": "各处，按顺序"})


class ExcuseIn(Schema):
    reason = Text(300, required=True)


class TaskHandOverIn(Schema):
    id = Id(required=True, metadata={"description": "客户端生成的 UUIDv7；重试时不变"})
    to_id = Id(required=True)
    reason = Text(300, required=True)


class CompletionQuery(Schema):
    from_day = Day(metadata={"description": "期限日期从（北京时间，含当日）；不填为当年 1 月 1 日"})
    to_day = Day(metadata={"description": "期限日期到（含当日）；不填为今天"})


class CompletionRateOut(Schema):
    name = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    rate = fields.String(allow_none=True, metadata={"description": "百分数，一位小数；分母为 0 时为 null"})
    definition = fields.String()
    as_of = Instant()


class TallyOut(Schema):
    due = fields.Integer(metadata={"description": "期限已到的任务"})
    done_in_time = fields.Integer(metadata={"description": "其中按时完成"})
    done_late = fields.Integer(metadata={"description": "其中超期完成"})
    late = fields.Integer(metadata={"description": "其中超期未完成，尚在宽限内"})
    missed = fields.Integer(metadata={"description": "其中漏检"})
    excused_late = fields.Integer(metadata={"description": "其中期限后才免除"})
    excused = fields.Integer(metadata={"description": "期限前免除，不计入期限已到的任务"})
    paused = fields.Integer(metadata={"description": "因停产没有生成的任务，不计入期限已到的任务"})
    completion = fields.Nested(CompletionRateOut)


class CompletionOut(TallyOut):
    from_day = Day()
    to_day = Day()
    as_of = Instant()


class CompletionGroupOut(TallyOut):
    key = fields.String(metadata={"description": "企业 id"})
    code = fields.String()
    name = fields.String()


class CompletionsOut(Schema):
    from_day = Day()
    to_day = Day()
    as_of = Instant()
    items = fields.List(fields.Nested(CompletionGroupOut))
    total = fields.Nested(TallyOut)
