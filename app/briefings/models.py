"""What is stored of briefings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of


class Cause(StrEnum):
    """Why people are told."""

    NEW_CARD = "new_card"
    LEVEL_CONFIRMED = "level_confirmed"
    MAJOR_CLOSED = "major_closed"

    @property
    def label(self) -> str:
        return {
            "new_card": "新的风险告知卡", "level_confirmed": "风险等级已确认", "major_closed": "重大隐患已销号",
        }[self.value]  # fmt: skip


def about(cause_key: str) -> str:
    """What a cause's key says is told of; the newer of two tellings about the same ends the older."""
    return cause_key.rpartition(":")[0]


class Briefing(Owned, Base):
    """What the people of a risk point are told, as it stood when they were asked; a newer one ends it.

    `cause_key` tells the same telling twice: up to its last colon it says what is told of (a kind of card, a hidden
    hazard), after it which telling this is. One that comes back after a newer has ended it is told again.
    """

    __tablename__ = "briefings"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        UniqueConstraint("enterprise_id", "point_id", "cause_key", "version"),
        Index("ix_briefings_asked", "enterprise_id", "asked_at"),
    )

    point_id: Mapped[UUID]
    cause: Mapped[Cause] = mapped_column(one_of(Cause, "briefing_cause"))
    cause_key: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    told: Mapped[dict[str, Any]]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Signature(Owned, Base):
    """One person who is to sign, or has: with the account, or by name on paper for whoever has none.

    The name of an account is not kept here, so that erasing the person erases it; `signed_on` is the day on the paper.
    """

    __tablename__ = "briefing_signatures"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "briefing_id"], ["briefings.enterprise_id", "briefings.id"]),
        UniqueConstraint("enterprise_id", "briefing_id", "person_id"),
        Index("ix_briefing_signatures_person", "enterprise_id", "person_id", "signed_at"),
    )

    briefing_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60), default="")
    organisation: Mapped[str] = mapped_column(String(100), default="")
    signed_at: Mapped[datetime | None]
    signed_on: Mapped[date | None]
    recorded_by: Mapped[UUID | None]
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
