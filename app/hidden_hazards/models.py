"""What is stored of hidden hazards."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.hidden_hazards.lifecycle import is_overdue
from app.hidden_hazards.terms import Channel, Gravity, Source, State


class HiddenHazard(Owned, Base):
    """隐患. Region and industry are those of its finding; `original_deadline_at` never moves; overdue is derived."""

    __tablename__ = "hidden_hazards"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "rectifier_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "previous_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        UniqueConstraint("enterprise_id", "code"),
        Index("ix_hidden_hazards_item", "enterprise_id", "point_id", "item_key"),
        Index("ix_hidden_hazards_found", "enterprise_id", "found_at"),
        Index(
            "ix_hidden_hazards_rates", "region_code", "found_at", "industry", "trade", "source", "state", "gravity",
            "enterprise_id", "deadline_at", "original_deadline_at", "submitted_at", "closed_at", "dismissed_at",
        ),
    )  # fmt: skip

    code: Mapped[str] = mapped_column(String(20))
    point_id: Mapped[UUID | None]
    place: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    source: Mapped[Source] = mapped_column(one_of(Source, "source"))
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"))
    origin: Mapped[str] = mapped_column(String(100), default="")  # opaque: what raised it points here
    item_key: Mapped[str | None] = mapped_column(String(40))
    occurrences: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[UUID | None]
    duplicate_of_id: Mapped[UUID | None]
    region_code: Mapped[str] = mapped_column(String(12))
    industry: Mapped[str] = mapped_column(String(4))
    trade: Mapped[str] = mapped_column(String(30))

    found_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[datetime] = mapped_column(default=now)
    client_found_at: Mapped[datetime | None]

    state: Mapped[State] = mapped_column(one_of(State, "state"), default=State.REPORTED)
    version: Mapped[int] = mapped_column(default=1)
    gravity: Mapped[Gravity | None] = mapped_column(one_of(Gravity, "gravity"))
    graded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    criteria: Mapped[str | None] = mapped_column(Text)
    clauses: Mapped[list[Any]] = mapped_column(default=list)  # of the criteria files: {file, edition, clause, text}
    regradings_down: Mapped[int] = mapped_column(default=0)
    stopped_at: Mapped[datetime | None]  # 停止作业、撤人、停用
    resumed_at: Mapped[datetime | None]

    rectifier_id: Mapped[UUID | None]
    deadline_at: Mapped[datetime | None]
    original_deadline_at: Mapped[datetime | None]
    extension_asked_by: Mapped[UUID | None]  # while one waits for an answer
    extensions: Mapped[int] = mapped_column(default=0)  # granted
    treatment_plan: Mapped[dict[str, Any] | None]
    dual_report: Mapped[dict[str, Any] | None]
    guarantees: Mapped[dict[str, Any] | None]  # 五落实
    interim_measures: Mapped[str | None] = mapped_column(Text)

    measures: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[Decimal | None]
    submitted_at: Mapped[datetime | None]
    rejections: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]  # by the enterprise
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    entrusted: Mapped[dict[str, Any] | None]  # who accepted where the enterprise entrusted it to someone outside
    ordered: Mapped[bool] = mapped_column(default=False)  # an item of a rectification order: only its recheck closes it
    rechecked_at: Mapped[datetime | None]  # by the government
    listing: Mapped[dict[str, Any] | None]  # 挂牌: level, number, owners, due
    listed_at: Mapped[datetime | None]
    delisted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopenings: Mapped[int] = mapped_column(default=0)
    dismissed_at: Mapped[datetime | None]  # as no hazard, or as a duplicate

    @property
    def overdue(self) -> bool:
        return is_overdue(self.state, self.deadline_at, self.submitted_at, at=now())

    @property
    def stands_still(self) -> bool:
        """Whether work was stopped because of it and has not resumed."""
        return self.stopped_at is not None and self.resumed_at is None


class Extension(Owned, Base):
    """延期: asked for with a reason and evidence, granted or refused by another."""

    __tablename__ = "extensions"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        ForeignKeyConstraint(["enterprise_id", "asked_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_extensions_hazard", "enterprise_id", "hazard_id"),
    )

    hazard_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(Text)
    deadline_before: Mapped[datetime]
    deadline_wanted: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    granted: Mapped[bool | None]
    opinion: Mapped[str] = mapped_column(Text, default="")


class WorkStop(Owned, Base):
    """停止作业、撤人、停用: recorded by anyone in imminent danger; work resumes only after review."""

    __tablename__ = "work_stops"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        ForeignKeyConstraint(["enterprise_id", "stopped_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_work_stops_hazard", "enterprise_id", "hazard_id"),
    )

    hazard_id: Mapped[UUID]
    kinds: Mapped[list[str]]
    description: Mapped[str] = mapped_column(Text)
    stopped_by: Mapped[UUID]
    stopped_at: Mapped[datetime] = mapped_column(default=now)
    client_at: Mapped[datetime | None]
    resumed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    resumed_at: Mapped[datetime | None]
    opinion: Mapped[str] = mapped_column(Text, default="")


class Escalation(Owned, Base):
    """One step up the tiers for a hidden hazard that stays open past its deadline; each step of a deadline once."""

    __tablename__ = "escalations"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        UniqueConstraint("enterprise_id", "hazard_id", "deadline_at", "step"),
    )

    hazard_id: Mapped[UUID]
    deadline_at: Mapped[datetime]
    step: Mapped[int]
    to: Mapped[str] = mapped_column("told", String(20))  # a tier, or regulator
    at: Mapped[datetime] = mapped_column(default=now)


class RefusedMove(Owned, Base):
    """A move that no longer applied when it arrived, kept as it was sent: what was done offline is not dropped."""

    __tablename__ = "refused_moves"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        Index("ix_refused_moves_hazard", "enterprise_id", "hazard_id", "at"),
    )

    hazard_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(300))
    facts: Mapped[dict[str, Any]]
    client_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)
