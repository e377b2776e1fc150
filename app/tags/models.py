"""What is stored of tags."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned


class Tag(Owned, Base):
    """One printed code. Its token is 128 random bits, looked up and never derived; it locates and proves nothing."""

    __tablename__ = "tags"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "issued_by"], ["users.enterprise_id", "users.id"]),
        Index("ix_tags_point", "enterprise_id", "point_id"),
    )

    point_id: Mapped[UUID]
    token: Mapped[str] = mapped_column(String(26), unique=True)
    issued_by: Mapped[UUID]
    issued_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(200))
    last_scanned_at: Mapped[datetime | None]
