"""What is stored of risks."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
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


class Category(StrEnum):
    """The six kinds of risk point."""

    PROCESS = "process"
    EQUIPMENT = "equipment"
    MATERIAL = "material"
    PLACE = "place"
    POST = "post"
    OPERATION = "operation"

    @property
    def label(self) -> str:
        return {
            "process": "工艺", "equipment": "设备", "material": "物品", "place": "场所", "post": "岗位",
            "operation": "作业",
        }[self.value]  # fmt: skip


class FactorClass(StrEnum):
    """GB/T 13861: people, things, environment, management."""

    PEOPLE = "people"
    THINGS = "things"
    ENVIRONMENT = "environment"
    MANAGEMENT = "management"

    @property
    def label(self) -> str:
        return {"people": "人的因素", "things": "物的因素", "environment": "环境因素", "management": "管理因素"}[self]


class MeasureCategory(StrEnum):
    """The five kinds of control measure."""

    ENGINEERING = "engineering"
    MANAGEMENT = "management"
    TRAINING = "training"
    PPE = "ppe"
    EMERGENCY = "emergency"

    @property
    def label(self) -> str:
        return {
            "engineering": "工程技术", "management": "安全管理", "training": "人员培训", "ppe": "个体防护",
            "emergency": "应急处置",
        }[self.value]  # fmt: skip


class Basis(StrEnum):
    """What an assessment assumes: controls absent, or as found."""

    INHERENT = "inherent"
    RESIDUAL = "residual"

    @property
    def label(self) -> str:
        return {"inherent": "固有风险", "residual": "现状风险"}[self.value]


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
    """A plan the zones are drawn on; `width` and `height` count the units of polygons, `north` degrees clockwise."""

    __tablename__ = "floor_plans"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),)

    name: Mapped[str] = mapped_column(String(60))
    width: Mapped[int]
    height: Mapped[int]
    north: Mapped[int] = mapped_column(default=0)
    image_sha256: Mapped[str | None] = mapped_column(String(64))


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
    path: Mapped[str] = mapped_column(String(700))


class RiskPoint(Owned, Base):
    """风险点: the smallest unit posted with a code. Its levels are the worst of its hazard sources'."""

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
    check_cycle: Mapped[str] = mapped_column(String(20), default="")
    emergency_steps: Mapped[list[str]] = mapped_column(default=list)
    inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "inherent_level"))
    residual_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "residual_level"))
    shown_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "shown_level"))
    current_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "current_level"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class HazardSource(Owned, Base):
    """危险源: one thing at a point that can go wrong; what gets assessed."""

    __tablename__ = "hazard_sources"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        Index("ix_hazard_sources_point", "enterprise_id", "point_id"),
    )

    point_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    factor_class: Mapped[FactorClass] = mapped_column(one_of(FactorClass, "factor_class"))
    accident_types: Mapped[list[str]] = mapped_column(default=list)
    consequences: Mapped[str] = mapped_column(Text, default="")
    affected: Mapped[str] = mapped_column(String(200), default="")
    inherent_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "inherent_level"))
    residual_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "residual_level"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Assessment(Owned, Base):
    """评估: one grading of one source; never edited, only superseded. `level` is after any direct judgement."""

    __tablename__ = "assessments"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "source_id"], ["hazard_sources.enterprise_id", "hazard_sources.id"]),
        ForeignKeyConstraint(["enterprise_id", "assessor_id"], ["users.enterprise_id", "users.id"]),
        Index("ix_assessments_source", "enterprise_id", "source_id"),
    )

    source_id: Mapped[UUID]
    basis: Mapped[Basis] = mapped_column(one_of(Basis, "basis"))
    method: Mapped[str | None] = mapped_column(String(20))
    profile: Mapped[str | None] = mapped_column(String(40))
    factors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[Decimal | None]
    computed_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "computed_level"))
    level_name: Mapped[str | None] = mapped_column(String(40))
    direct_reason: Mapped[str | None] = mapped_column(Text)
    level: Mapped[RiskLevel] = mapped_column(one_of(RiskLevel, "level"))
    note: Mapped[str] = mapped_column(Text, default="")
    assessor_id: Mapped[UUID]
    assessed_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime | None]


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
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class EnterpriseProfile(Owned, Base):
    """A grading profile of the enterprise's own; never edited, only followed by another name."""

    __tablename__ = "enterprise_profiles"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        UniqueConstraint("enterprise_id", "name"),
    )

    name: Mapped[str] = mapped_column(String(40))
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


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
    level: Mapped[RiskLevel] = mapped_column(one_of(RiskLevel, "level"))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(default=now)
    released_at: Mapped[datetime | None]
