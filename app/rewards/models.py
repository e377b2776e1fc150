"""What is stored of rewards."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of


class RewardKind(StrEnum):
    """Who is rewarded: an employee by the enterprise, or someone who reported without an account."""

    INTERNAL = "internal"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        return {"internal": "内部报告奖励", "public": "举报奖励"}[self.value]


class RewardState(StrEnum):
    """How far a reward has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    PAID = "paid"

    @property
    def label(self) -> str:
        return {"proposed": "待批准", "approved": "已批准", "refused": "不予奖励", "paid": "已发放"}[self.value]


class Reward(Owned, Base):
    """奖励: one line of the ledger, for one report of one hidden hazard; a duplicate is refused, naming the first."""

    __tablename__ = "rewards"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        ForeignKeyConstraint(["enterprise_id", "report_id"], ["public_reports.enterprise_id", "public_reports.id"]),
        ForeignKeyConstraint(["enterprise_id", "person_id"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "proposed_by"], ["users.enterprise_id", "users.id"]),
        ForeignKeyConstraint(["enterprise_id", "decided_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_rewards_hazard", "enterprise_id", "hazard_id"),
    )

    hazard_id: Mapped[UUID]
    kind: Mapped[RewardKind] = mapped_column(one_of(RewardKind, "reward_kind"))
    report_id: Mapped[UUID | None]  # of a public one
    person_id: Mapped[UUID | None]  # of an internal one
    amount: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[RewardState] = mapped_column(one_of(RewardState, "reward_state"), default=RewardState.PROPOSED)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str] = mapped_column(Text, default="")
    paid_at: Mapped[datetime | None]
    voucher: Mapped[str] = mapped_column(String(100), default="")
