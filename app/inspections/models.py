"""What is stored of checklists and inspections."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.inspections.judging import Result


class Half(StrEnum):
    """Which half of the checklists: at the points, or of how the enterprise is run."""

    FIELD = "field"
    MANAGEMENT = "management"

    @property
    def label(self) -> str:
        return {"field": "现场管理类", "management": "基础管理类"}[self.value]


class Chapter(StrEnum):
    """What an item of the management half is about."""

    LICENCES = "licences"
    DUTIES = "duties"
    RULES = "rules"
    TRAINING = "training"
    FUNDS = "funds"
    EQUIPMENT = "equipment"
    PLANS = "plans"
    CONTRACTORS = "contractors"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "licences": "证照资质", "duties": "机构与责任制", "rules": "制度与规程", "training": "教育培训",
            "funds": "安全投入", "equipment": "设备设施档案", "plans": "应急预案与演练", "contractors": "相关方管理",
            "other": "其他",
        }[self.value]  # fmt: skip


class ManagementItem(Owned, Base):
    """One thing to look at of how the enterprise is run (基础管理类); its id is its key in every version."""

    __tablename__ = "management_items"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),)

    chapter: Mapped[Chapter] = mapped_column(one_of(Chapter, "chapter"))
    check: Mapped[str] = mapped_column("check_content", String(300))
    how: Mapped[str] = mapped_column(String(100), default="")
    standard: Mapped[str] = mapped_column(String(300), default="")
    basis: Mapped[str] = mapped_column(String(200), default="")
    photo_required: Mapped[bool] = mapped_column(default=False)
    template_key: Mapped[str] = mapped_column(String(80), default="")  # where it was adopted from
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]


class Checklist(Owned, Base):
    """隐患排查治理清单: one version of what to look at at a point, or (no point) of how the enterprise is run.

    Never edited; each item keeps its key for ever.
    """

    __tablename__ = "checklists"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "published_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "point_id", "version"),
    )

    half: Mapped[Half] = mapped_column(one_of(Half, "half"), default=Half.FIELD)
    point_id: Mapped[UUID | None]  # null for the management half
    version: Mapped[int]
    items: Mapped[list[Any]]
    published_by: Mapped[UUID]
    published_at: Mapped[datetime] = mapped_column(default=now)


class Inspection(Owned, Base):
    """排查记录, under the id its client made; it keeps the version of the checklist it was made against.

    `client_at`, `started_at` and `scanned_at` are the phone's word, `received_at` ours; deadlines go by ours.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "checklist_id"], ["checklists.enterprise_id", "checklists.id"]),
        ForeignKeyConstraint(["enterprise_id", "inspector_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "task_id"], ["inspection_tasks.enterprise_id", "inspection_tasks.id"]),
        ForeignKeyConstraint(["enterprise_id", "tag_id"], ["tags.enterprise_id", "tags.id"]),
        Index("ix_inspections_inspector", "enterprise_id", "inspector_id", "client_at"),
        Index("ix_inspections_point", "enterprise_id", "point_id", "received_at"),
    )

    point_id: Mapped[UUID | None]
    task_id: Mapped[UUID | None]
    checklist_id: Mapped[UUID]
    checklist_version: Mapped[int]
    inspector_id: Mapped[UUID]
    client_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    scanned_at: Mapped[datetime | None]
    tag_id: Mapped[UUID | None]  # the code that was scanned
    latitude: Mapped[Decimal | None]
    longitude: Mapped[Decimal | None]
    accuracy_metres: Mapped[int | None]
    failed: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def half(self) -> Half:
        return Half.FIELD if self.point_id else Half.MANAGEMENT

    @property
    def delay_seconds(self) -> int:
        """How long after the phone's time it was received; negative when the phone's clock is ahead."""
        return round((self.received_at - self.client_at).total_seconds())

    @property
    def location(self) -> dict[str, Any] | None:
        names = ("latitude", "longitude", "accuracy_metres")
        return None if self.latitude is None else {name: getattr(self, name) for name in names}


class InspectionItem(Base):
    """What was found of one item, and the hidden hazard it raised or joined."""

    __tablename__ = "inspection_items"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "inspection_id"], ["inspections.enterprise_id", "inspections.id"]),
        ForeignKeyConstraint(
            ["enterprise_id", "hidden_hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]
        ),
    )

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    inspection_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    result: Mapped[Result] = mapped_column(one_of(Result, "result"))
    reading: Mapped[Decimal | None]
    note: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    hidden_hazard_id: Mapped[UUID | None]
