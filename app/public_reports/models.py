"""What is stored of reports made without an account: never who, from where, or with what."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of


class Verdict(StrEnum):
    """What became of a report: it waits in quarantine until someone admits or discards it."""

    QUARANTINED = "quarantined"
    ADMITTED = "admitted"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return {"quarantined": "待核实", "admitted": "已受理", "discarded": "不予受理"}[self.value]


class PublicReport(Owned, Base):
    """举报: what someone who scanned a code reported. Only the hash of the code by which it is followed is kept."""

    __tablename__ = "public_reports"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        ForeignKeyConstraint(["enterprise_id", "decided_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_public_reports_receipt", "receipt_hash", unique=True),
        Index("ix_public_reports_point", "enterprise_id", "point_id", "at"),
    )

    point_id: Mapped[UUID]
    receipt_hash: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(Text)
    photos: Mapped[list[Any]] = mapped_column(default=list)  # announced: {mark, size, sha256 of what is kept of it}
    at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[Verdict] = mapped_column(one_of(Verdict, "verdict"), default=Verdict.QUARANTINED)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    hazard_id: Mapped[UUID | None]
