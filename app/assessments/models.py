"""What is stored of assessments."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now, today
from app.core.db import Base, Owned, one_of
from risk_models import RiskLevel


class Basis(StrEnum):
    """What an assessment assumes: controls absent, or as found."""

    INHERENT = "inherent"
    RESIDUAL = "residual"

    @property
    def label(self) -> str:
        return {"inherent": "固有风险", "residual": "现状风险"}[self.value]


class Occasion(StrEnum):
    """Why a source was assessed."""

    FIRST = "first"
    PERIODIC = "periodic"
    ACCIDENT = "accident"
    CHANGE = "change"
    STANDARD = "standard"
    PROFILE = "profile"
    COPY = "copy"
    IMPORT = "import"

    @property
    def label(self) -> str:
        return {
            "first": "首次评估", "periodic": "定期复评", "accident": "事故后复评", "change": "变更后复评",
            "standard": "标准变化复评", "profile": "更换评估标准", "copy": "随风险点复制", "import": "导入",
        }[self.value]  # fmt: skip


class Assessment(Owned, Base):
    """评估: one grading of one source; never edited, only superseded. `level` is after any direct judgement.

    `dimensions` are the scores a factor is the worst of, by factor; `assessed_on` is the day it was judged, which may
    lie before the day it was entered.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "source_id"], ["hazard_sources.enterprise_id", "hazard_sources.id"]),
        ForeignKeyConstraint(["enterprise_id", "assessor_id"], ["users.enterprise_id", "users.id"]),
        Index("ix_assessments_source", "enterprise_id", "source_id"),
        Index("ix_assessments_in_force", "enterprise_id", "method", "superseded_at"),
    )

    source_id: Mapped[UUID]
    basis: Mapped[Basis] = mapped_column(one_of(Basis, "basis"))
    method: Mapped[str | None] = mapped_column(String(20))
    profile: Mapped[str | None] = mapped_column(String(40))
    factors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dimensions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[Decimal | None]
    computed_level: Mapped[RiskLevel | None] = mapped_column(one_of(RiskLevel, "computed_level"))
    level_name: Mapped[str | None] = mapped_column(String(40))
    direct_reason: Mapped[str | None] = mapped_column(Text)
    level: Mapped[RiskLevel] = mapped_column(one_of(RiskLevel, "level"))
    note: Mapped[str] = mapped_column(Text, default="")
    occasion: Mapped[Occasion] = mapped_column(one_of(Occasion, "occasion"), default=Occasion.FIRST)
    assessed_on: Mapped[date] = mapped_column(default=today)
    assessor_id: Mapped[UUID]
    assessed_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime | None]


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
