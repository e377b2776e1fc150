"""What is stored of reviews and changes."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of

MOST_POINTS = 2000  # points one recorded change may touch


class ReviewKind(StrEnum):
    """What opened a review; the first two ask for measures, checklist and assessment, the others for reassessment."""

    MAJOR_HAZARD = "major_hazard"
    REPEATED_FAILURE = "repeated_failure"
    CHANGE = "change"
    ACCIDENT = "accident"
    STANDARD = "standard"

    @property
    def label(self) -> str:
        return {
            "major_hazard": "出现重大隐患", "repeated_failure": "同一检查项反复不合格", "change": "发生变更",
            "accident": "发生事故", "standard": "标准规范变化",
        }[self.value]  # fmt: skip

    @property
    def asks_for_reassessment(self) -> bool:
        return self in (ReviewKind.CHANGE, ReviewKind.ACCIDENT, ReviewKind.STANDARD)


class ChangeKind(StrEnum):
    """变更: what changed, and the two outside occasions that ask for the same."""

    PROCESS = "process"
    EQUIPMENT = "equipment"
    MATERIAL = "material"
    PEOPLE = "people"
    ENVIRONMENT = "environment"
    ACCIDENT = "accident"
    STANDARD = "standard"

    @property
    def label(self) -> str:
        return {
            "process": "工艺变更", "equipment": "设备设施变更", "material": "物料变更", "people": "人员或组织变更",
            "environment": "环境变化", "accident": "发生事故", "standard": "法规标准变化",
        }[self.value]  # fmt: skip

    @property
    def opens(self) -> ReviewKind:
        return {"accident": ReviewKind.ACCIDENT, "standard": ReviewKind.STANDARD}.get(self.value, ReviewKind.CHANGE)


class Outcome(StrEnum):
    """How a review ended."""

    DONE = "done"
    WAIVED = "waived"

    @property
    def label(self) -> str:
        return {"done": "已完成", "waived": "免于复查"}[self.value]


class Change(Owned, Base):
    """变更: a recorded change of process, equipment, material, people …; each point it touches gets a review."""

    __tablename__ = "changes"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "recorded_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "code"),
    )

    code: Mapped[str] = mapped_column(String(24))
    kind: Mapped[ChangeKind] = mapped_column(one_of(ChangeKind, "change_kind"))
    description: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class Review(Owned, Base):
    """举一反三: measure, checklist and assessment of a point looked at again, finished or waived with a reason."""

    __tablename__ = "reviews"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "change_id"], ["changes.enterprise_id", "changes.id"]),
        ForeignKeyConstraint(["enterprise_id", "closed_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_reviews_point", "enterprise_id", "point_id"),
        Index("ix_reviews_because", "enterprise_id", "because"),
    )

    point_id: Mapped[UUID]
    kind: Mapped[ReviewKind] = mapped_column(one_of(ReviewKind, "review_kind"))
    because: Mapped[str] = mapped_column(String(120))  # opaque: what opened it; one review is open for each
    reason: Mapped[str] = mapped_column(String(300))
    change_id: Mapped[UUID | None]
    opened_at: Mapped[datetime] = mapped_column(default=now)
    due_on: Mapped[date]
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "outcome"))
    conclusion: Mapped[str] = mapped_column(Text, default="")
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
