"""What is stored of hidden hazards."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.hidden_hazards.lifecycle import Gravity, Source, State, is_overdue


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
    origin: Mapped[str] = mapped_column(String(100), default="")  # opaque: what raised it points here
    item_key: Mapped[str | None] = mapped_column(String(40))
    occurrences: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[UUID | None]
    region_code: Mapped[str] = mapped_column(String(12))
    industry: Mapped[str] = mapped_column(String(4))
    trade: Mapped[str] = mapped_column(String(30))

    found_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[datetime] = mapped_column(default=now)
    client_found_at: Mapped[datetime | None]

    state: Mapped[State] = mapped_column(one_of(State, "state"), default=State.REPORTED)
    version: Mapped[int] = mapped_column(default=1)
    gravity: Mapped[Gravity | None] = mapped_column(one_of(Gravity, "gravity"))
    criteria: Mapped[str | None] = mapped_column(String(300))
    rectifier_id: Mapped[UUID | None]
    deadline_at: Mapped[datetime | None]
    original_deadline_at: Mapped[datetime | None]
    treatment_plan: Mapped[dict[str, Any] | None]
    dual_report: Mapped[dict[str, Any] | None]
    measures: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[Decimal | None]
    submitted_at: Mapped[datetime | None]
    rejections: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    dismissed_at: Mapped[datetime | None]

    @property
    def overdue(self) -> bool:
        return is_overdue(self.state, self.deadline_at, self.submitted_at, at=now())
