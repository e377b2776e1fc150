"""What is stored of risks."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.risks.terms import Category, FactorClass, MeasureCategory
from risk_models import RiskLevel, worst


class ZoneKind(StrEnum):
    """区域 → 建(构)筑物 → 装置 → 工艺单元."""

    AREA = "area"
    BUILDING = "building"
    INSTALLATION = "installation"
    UNIT = "unit"

    @property
    def label(self) -> str:
        return {"area": "区域", "building": "建（构）筑物", "installation": "装置", "unit": "工艺单元"}[self.value]


class Status(StrEnum):
    """How far the identification of a point has come: drafted by the team, in review, confirmed."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"

    @property
    def label(self) -> str:
        return {"draft": "草稿", "in_review": "审核中", "confirmed": "已确认"}[self.value]


class RaiseKind(StrEnum):
    """Why what is shown now may be above what was assessed; to which level, the enterprise's rules say."""

    MAJOR = "major"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        return {"major": "未销号的重大隐患", "overdue": "逾期未整改的隐患"}[self.value]


class LevelCounts:
    """How many points below a node are at each level, shown and current; the node's own level is the worst of them."""

    shown_red: Mapped[int] = mapped_column(default=0)
    shown_orange: Mapped[int] = mapped_column(default=0)
    shown_yellow: Mapped[int] = mapped_column(default=0)
    shown_blue: Mapped[int] = mapped_column(default=0)
    shown_unassessed: Mapped[int] = mapped_column(default=0)
    current_red: Mapped[int] = mapped_column(default=0)
    current_orange: Mapped[int] = mapped_column(default=0)
    current_yellow: Mapped[int] = mapped_column(default=0)
    current_blue: Mapped[int] = mapped_column(default=0)
    current_unassessed: Mapped[int] = mapped_column(default=0)

    def counts(self, which: str) -> dict[str, int]:
        """Points by level, `which` being shown or current; unassessed ones are counted, never coloured."""
        return {name: getattr(self, f"{which}_{name}") for name in [*RiskLevel, "unassessed"]}

    @property
    def shown_level(self) -> RiskLevel | None:
        return worst(level for level in RiskLevel if self.counts("shown")[level])

    @property
    def current_level(self) -> RiskLevel | None:
        return worst(level for level in RiskLevel if self.counts("current")[level])


class EnterpriseLevels(LevelCounts, Base):
    """The counts of the whole enterprise."""

    __tablename__ = "enterprise_levels"

    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)


class FloorPlan(Owned, Base):
    """A plan the zones are drawn on; `width` and `height` count the units of polygons, `north` degrees clockwise.

    A plan with a known scale says how many millimetres of the ground one unit is.
    """

    __tablename__ = "floor_plans"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),)

    name: Mapped[str] = mapped_column(String(60))
    width: Mapped[int]
    height: Mapped[int]
    north: Mapped[int] = mapped_column(default=0)
    image_sha256: Mapped[str | None] = mapped_column(String(64))
    floor: Mapped[str] = mapped_column(String(20), default="", server_default="")
    millimetres_per_unit: Mapped[int | None]


class RiskZone(Owned, LevelCounts, Base):
    """风险分区: a node of the tree. `path` holds the ids from the root down to itself."""

    __tablename__ = "risk_zones"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        ForeignKeyConstraint(["enterprise_id", "parent_id"], ["risk_zones.enterprise_id", "risk_zones.id"]),
        ForeignKeyConstraint(["enterprise_id", "floor_plan_id"], ["floor_plans.enterprise_id", "floor_plans.id"]),
    )

    parent_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[ZoneKind] = mapped_column(one_of(ZoneKind, "zone_kind"))
    floor_plan_id: Mapped[UUID | None]
    polygon: Mapped[list[Any]] = mapped_column(default=list)
    path: Mapped[str] = mapped_column(Text)
    copied_from_id: Mapped[UUID | None]
    merged_into_id: Mapped[UUID | None]
    retired_at: Mapped[datetime | None]


class RiskPoint(Owned, Base):
    """风险点: the smallest unit posted with a code. Its levels are the worst of its hazard sources'.

    What was once confirmed (`held_…`) goes on counting until a lower level is confirmed. `assessed_on` is the day of
    its oldest assessment in force, null while a source has none; `reassess_by` a day by which a new one was asked for.
    """

    __tablename__ = "risk_points"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "zone_id"], ["risk_zones.enterprise_id", "risk_zones.id"]),
        ForeignKeyConstraint(["enterprise_id", "unit_id"], ["org_units.enterprise_id", "org_units.id"]),
        ForeignKeyConstraint(["enterprise_id", "responsible_id"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "code"),
        Index("ix_risk_points_zone", "enterprise_id", "zone_id"),
    )

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    category: Mapped[Category] = mapped_column(one_of(Category, "category"))
    zone_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    responsible_id: Mapped[UUID]
    x: Mapped[int | None]
    y: Mapped[int | None]
    latitude: Mapped[Decimal | None]
    longitude: Mapped[Decimal | None]
    check_cycle: Mapped[str] = mapped_column(String(20), default="")
    emergency_steps: Mapped[list[str]] = mapped_column(default=list)
    inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "inherent_level"))
    residual_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "residual_level"))
    shown_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "shown_level"))
    current_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "current_level"))
    status: Mapped[Status] = mapped_column(one_of(Status, "status"), default=Status.DRAFT)
    held_inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "held_inherent_level"))
    held_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "held_level"))
    assessed_on: Mapped[date | None]
    reassess_by: Mapped[date | None]
    copied_from_id: Mapped[UUID | None]
    merged_into_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class HazardSource(Owned, Base):
    """危险源: one thing at a point that can go wrong; what gets assessed."""

    __tablename__ = "hazard_sources"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        Index("ix_hazard_sources_point", "enterprise_id", "point_id"),
        Index("ix_hazard_sources_code", "enterprise_id", "code", unique=True),
    )

    point_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(200))
    factor_class: Mapped[FactorClass] = mapped_column(one_of(FactorClass, "factor_class"))
    accident_types: Mapped[list[str]] = mapped_column(default=list)
    consequences: Mapped[str] = mapped_column(Text, default="")
    affected: Mapped[str] = mapped_column(String(200), default="")
    inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "inherent_level"))
    residual_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "residual_level"))
    assessed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class ControlMeasure(Owned, Base):
    """管控措施: how a source is kept under control, and what to look at to see that it is (`check`)."""

    __tablename__ = "control_measures"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "source_id"], ["hazard_sources.enterprise_id", "hazard_sources.id"]),
        Index("ix_control_measures_source", "enterprise_id", "source_id"),
    )

    source_id: Mapped[UUID]
    category: Mapped[MeasureCategory] = mapped_column(one_of(MeasureCategory, "measure_category"))
    text: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(200), default="")
    check: Mapped[str] = mapped_column("check_content", String(300), default="")
    how: Mapped[str] = mapped_column(String(100), default="")
    standard: Mapped[str] = mapped_column(String(300), default="")
    reading: Mapped[dict[str, Any] | None]
    photo_required: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class LevelRaise(Owned, Base):
    """A reason for which the current level of a point is above the one it shows, until it is released."""

    __tablename__ = "level_raises"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        UniqueConstraint("enterprise_id", "because"),
        Index("ix_level_raises_point", "enterprise_id", "point_id"),
    )

    point_id: Mapped[UUID]
    because: Mapped[str] = mapped_column(String(80))
    kind: Mapped[RaiseKind] = mapped_column(one_of(RaiseKind, "raise_kind"))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)
    released_at: Mapped[datetime | None]


class RiskRules(Base):
    """What an enterprise has settled otherwise than the product's defaults; see `rules.py`."""

    __tablename__ = "risk_rules"

    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    settled: Mapped[dict[str, Any]] = mapped_column(default=dict)
