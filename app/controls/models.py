"""What is stored of tiers' duties, special control plans and confirmations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.enterprises.models import UnitKind
from risk_models import RiskLevel


class TierDuty(Owned, Base):
    """Who controls a point on one tier, where it is named; else it follows from the units above the point."""

    __tablename__ = "tier_duties"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "unit_id"], ["org_units.enterprise_id", "org_units.id"]),
        ForeignKeyConstraint(["enterprise_id", "person_id"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "point_id", "tier"),
    )

    point_id: Mapped[UUID]
    tier: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "tier"))
    unit_id: Mapped[UUID | None]
    person_id: Mapped[UUID]


class SpecialControlPlan(Owned, Base):
    """专项管控方案: one version of how a red or orange point is kept under control; in force once it is signed."""

    __tablename__ = "special_control_plans"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "drafted_by"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "signed_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "point_id", "version"),
    )

    point_id: Mapped[UUID]
    version: Mapped[int]
    goal: Mapped[str] = mapped_column(Text)
    measures: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text)
    resources: Mapped[str] = mapped_column(Text)
    schedule: Mapped[str] = mapped_column(Text)
    emergency: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date]
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime] = mapped_column(default=now)
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class Confirmation(Owned, Base):
    """One round of a point's identification: submitted by the team, reviewed, confirmed, or sent back with a note."""

    __tablename__ = "confirmations"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "submitted_by"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "reviewed_by"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "confirmed_by"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "returned_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_confirmations_point", "enterprise_id", "point_id"),
    )

    point_id: Mapped[UUID]
    inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "inherent_level"))
    shown_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "shown_level"))
    submitted_by: Mapped[UUID]
    submitted_at: Mapped[datetime] = mapped_column(default=now)
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    returned_by: Mapped[UUID | None]
    returned_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
