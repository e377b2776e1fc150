"""What is stored of tags."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned


class Tag(Owned, Base):
    """One printed code. Its token is 128 random bits, looked up and never derived; it locates and proves nothing.

    A blank one has a `serial` and no point until it is bound on site. One that was replaced answers until `good_until`
    and says that it is old; `worn_at` is when somebody reported that it can hardly be read. `old_address_at` is
    when it was last scanned from a print that still carries an old address.
    """

    __tablename__ = "tags"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "point_id"], ["risk_points.enterprise_id", "risk_points.id"]),
        ForeignKeyConstraint(["enterprise_id", "issued_by"], ["users.enterprise_id", "users.id"]),
        UniqueConstraint("enterprise_id", "serial"),
        Index("ix_tags_point", "enterprise_id", "point_id"),
    )

    point_id: Mapped[UUID | None]
    token: Mapped[str] = mapped_column(String(26), unique=True)
    serial: Mapped[str | None] = mapped_column(String(20))
    roll_id: Mapped[UUID | None]
    issued_by: Mapped[UUID]
    issued_at: Mapped[datetime] = mapped_column(default=now)
    bound_by: Mapped[UUID | None]
    bound_at: Mapped[datetime | None]
    replaced_by_id: Mapped[UUID | None]
    good_until: Mapped[datetime | None]
    worn_at: Mapped[datetime | None]
    worn_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None] = mapped_column(String(200))
    last_scanned_at: Mapped[datetime | None]
    old_address_at: Mapped[datetime | None]
