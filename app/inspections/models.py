"""What is stored of checklists and inspections."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.inspections.judging import Result


class Checklist(Owned, Base):
    """隐患排查治理清单: one version of what to look at at a point. Never edited; each item keeps its key for ever."""

    __tablename__ = "checklists"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "published_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "point_id", "version"),
    )

    point_id: Mapped[UUID]
    version: Mapped[int]
    items: Mapped[list[Any]]
    published_by: Mapped[UUID]
    published_at: Mapped[datetime] = mapped_column(default=now)


class Inspection(Owned, Base):
    """排查记录, under the id its client made; it keeps the version of the checklist it was made against."""

    __tablename__ = "inspections"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "checklist_id"], ["checklists.enterprise_id", "checklists.id"]),
        ForeignKeyConstraint(["enterprise_id", "inspector_id"], ["users.enterprise_id", "users.id"]),
        Index("ix_inspections_point", "enterprise_id", "point_id", "received_at"),
    )

    point_id: Mapped[UUID]
    checklist_id: Mapped[UUID]
    checklist_version: Mapped[int]
    inspector_id: Mapped[UUID]
    client_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    failed: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")


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
    hidden_hazard_id: Mapped[UUID | None]
