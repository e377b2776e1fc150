"""What is stored of rounds, inspection plans, their tasks and shift hand-overs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.enterprises.models import UnitKind
from app.plans.terms import CycleUnit, PlanKind, RoundKind


class Round(Owned, Base):
    """巡检路线: one route over many points, in the order they are walked; `stops` holds their ids."""

    __tablename__ = "rounds"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id", "unit_id"], ["org_units.enterprise_id", "org_units.id"]),)

    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[RoundKind] = mapped_column(one_of(RoundKind, "round_kind"))
    unit_id: Mapped[UUID]
    stops: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class InspectionPlan(Owned, Base):
    """排查计划: what, on which tier, in which rhythm, by whom, with how much grace.

    `scope` is one of {"point_ids": […]}, {"zone_ids": […]}, {"categories": […]}, the last two also together,
    {"round_id": …} or {"management": true}. `shifts` are {"name", "from", "to"} in local time, `pauses` the days of a
    shutdown {"from", "to", "reason"}, both inclusive. What opens before the local day `made_to` has been made.
    """

    __tablename__ = "inspection_plans"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "unit_id"], ["org_units.enterprise_id", "org_units.id"]),
        ForeignKeyConstraint(["enterprise_id", "assignee_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "created_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "code"),
    )

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[PlanKind] = mapped_column(one_of(PlanKind, "plan_kind"))
    tier: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "tier"))
    content: Mapped[str] = mapped_column(Text, default="")
    scope: Mapped[dict[str, Any]]
    cycle_unit: Mapped[CycleUnit] = mapped_column(one_of(CycleUnit, "cycle_unit"))
    cycle_every: Mapped[int] = mapped_column(default=1)
    workdays_only: Mapped[bool] = mapped_column(default=False)
    shifts: Mapped[list[Any]] = mapped_column(default=list)
    pauses: Mapped[list[Any]] = mapped_column(default=list)
    unit_id: Mapped[UUID]  # the unit responsible
    assignee_id: Mapped[UUID]  # the person responsible
    grace_hours: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    made_to: Mapped[date]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=now)
    stopped_at: Mapped[datetime | None]


class InspectionTask(Owned, Base):
    """排查任务: one due turn of a plan, `slot` naming which, so that it is made once; late and missed are derived."""

    __tablename__ = "inspection_tasks"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "plan_id"], ["inspection_plans.enterprise_id", "inspection_plans.id"]),
        ForeignKeyConstraint(["enterprise_id", "assignee_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "excused_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "plan_id", "slot"),
        Index("ix_inspection_tasks_mine", "enterprise_id", "assignee_id", "due_at"),
        Index("ix_inspection_tasks_due", "enterprise_id", "due_at"),
        Index("ix_inspection_tasks_tell", "tell_at"),
    )

    plan_id: Mapped[UUID]
    slot: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(160))
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    grace_until: Mapped[datetime]
    tell_at: Mapped[datetime | None]  # when people are next to be told that it is not done; null: never again
    assignee_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]  # when the last stop's inspection was received here
    excused_at: Mapped[datetime | None]
    excused_by: Mapped[UUID | None]
    excuse: Mapped[str] = mapped_column(String(300), default="")


class TaskStop(Base):
    """One thing a task asks to be inspected: a point, or (null) the management checklist; done by one inspection."""

    __tablename__ = "task_stops"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "task_id"], ["inspection_tasks.enterprise_id", "inspection_tasks.id"]),
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        Index("ix_task_stops_point", "enterprise_id", "point_id"),
    )

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[UUID | None]
    inspection_id: Mapped[UUID | None]  # opaque: what did it
    done_at: Mapped[datetime | None]


class HandOver(Owned, Base):
    """交接班: what one shift tells the next about a round, under the id its client made; taken over by the next."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "round_id"], ["rounds.enterprise_id", "rounds.id"]),
        ForeignKeyConstraint(["enterprise_id", "from_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "to_id"], ["users.enterprise_id", "users.id"]),
        Index("ix_hand_overs_round", "enterprise_id", "round_id", "at"),
    )

    round_id: Mapped[UUID]
    shift: Mapped[str] = mapped_column(String(40))
    from_id: Mapped[UUID]
    to_id: Mapped[UUID]
    note: Mapped[str] = mapped_column(Text, default="")
    standing: Mapped[dict[str, Any]]  # as of then: points not yet inspected, hidden hazards still open
    client_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(default=now)
    taken_over_at: Mapped[datetime | None]
