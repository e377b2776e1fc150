"""What is stored of signals: one row a cause, and how far the ledger has been looked through."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.signals.terms import SignalKind


class Signal(Owned, Base):
    """One thing noticed about one record, with the data it rests on; `cause` keeps it from being written twice."""

    __tablename__ = "signals"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        UniqueConstraint("enterprise_id", "kind", "subject_id", "cause"),
        Index("ix_signals_subject", "enterprise_id", "subject_id"),
    )

    kind: Mapped[SignalKind] = mapped_column(one_of(SignalKind, "signal_kind"))
    subject_kind: Mapped[str] = mapped_column(String(40))  # inspection or hidden_hazard
    subject_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    cause: Mapped[str] = mapped_column(String(100), default="")
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class SignalCursor(Base):
    """How far the ledger of an enterprise has been looked through for signals."""

    __tablename__ = "signal_cursors"

    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
