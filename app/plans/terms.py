"""The kinds of rounds and plans, their rhythms, and how a task stands (pure), for those that know no tables too."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class RoundKind(StrEnum):
    """Whose list a round bundles."""

    POST = "post"
    TEAM = "team"

    @property
    def label(self) -> str:
        return {"post": "岗位巡检", "team": "班组巡检"}[self.value]


class PlanKind(StrEnum):
    """排查类型: what the plan is for."""

    DAILY = "daily"
    COMPREHENSIVE = "comprehensive"
    PROFESSIONAL = "professional"
    SEASONAL = "seasonal"
    HOLIDAY = "holiday"
    ANALOGY = "analogy"
    RESTART = "restart"
    EXPERT = "expert"

    @property
    def label(self) -> str:
        return {
            "daily": "日常排查", "comprehensive": "综合性排查", "professional": "专业性排查", "seasonal": "季节性排查",
            "holiday": "重点时段及节假日前排查", "analogy": "事故类比排查", "restart": "复产复工前排查",
            "expert": "外聘专家诊断式排查",
        }[self.value]  # fmt: skip


BOUNDED = frozenset({PlanKind.SEASONAL, PlanKind.HOLIDAY, PlanKind.RESTART})  # kinds that are for some days only


class CycleUnit(StrEnum):
    """排查周期的单位."""

    HOUR = "hour"
    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"

    @property
    def label(self) -> str:
        return {
            "hour": "小时", "shift": "班", "day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年",
            "once": "一次",
        }[self.value]  # fmt: skip

    @property
    def most(self) -> int:
        """The largest number of units of one cycle."""
        return {"hour": 24, "day": 366, "week": 52, "month": 12, "quarter": 4, "year": 5}.get(self.value, 1)

    @property
    def days_ahead(self) -> int:
        """For how many days ahead tasks are made; what happens once is always made."""
        return {"hour": 2, "shift": 2, "day": 7, "week": 21, "month": 62}.get(self.value, 400)


class TaskState(StrEnum):
    """How a task stands: derived from what happened and the present instant, never stored."""

    PENDING = "pending"
    OPEN = "open"
    DONE = "done"
    DONE_LATE = "done_late"
    LATE = "late"
    MISSED = "missed"
    EXCUSED = "excused"

    @property
    def label(self) -> str:
        return {
            "pending": "待开始", "open": "进行中", "done": "按时完成", "done_late": "超期完成", "late": "超期未完成",
            "missed": "漏检", "excused": "已免除",
        }[self.value]  # fmt: skip


class Dated(Protocol):
    """What a task's state is derived from."""

    opens_at: datetime
    due_at: datetime
    grace_until: datetime
    done_at: datetime | None
    excused_at: datetime | None


def state_of(task: Dated, now: datetime) -> TaskState:
    """How a task stands at an instant; done counts by when the last inspection was received here."""
    if task.excused_at:
        return TaskState.EXCUSED
    if task.done_at:
        return TaskState.DONE if task.done_at <= task.due_at else TaskState.DONE_LATE
    if now < task.opens_at:
        return TaskState.PENDING
    if now <= task.due_at:
        return TaskState.OPEN
    return TaskState.LATE if now <= task.grace_until else TaskState.MISSED
