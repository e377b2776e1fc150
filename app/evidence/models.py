"""What is stored of photos: the photo once per enterprise, and each place that names it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of


class Purpose(StrEnum):
    """What a photo is to show."""

    FOUND = "found"
    RECTIFIED = "rectified"
    GROUNDS = "grounds"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        return {"found": "发现时", "rectified": "整改后", "grounds": "依据", "accepted": "验收时"}[self.value]


class Photo(Base):
    """A photo that has arrived, by the hash of its bytes; never replaced."""

    __tablename__ = "photos"

    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    dhash: Mapped[str] = mapped_column(String(16))
    claims: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(default=now)


class PhotoBand(Base):
    """A quarter of a photo's dhash with its place, as in 0ab12: photos alike share at least one (`alike.py`)."""

    __tablename__ = "photo_bands"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id", "sha256"], ["photos.enterprise_id", "photos.sha256"]),)

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(String(5), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class Evidence(Owned, Base):
    """A photo named by a report or a move, before or after its bytes arrive."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_subject", "enterprise_id", "subject_id"),
        Index("ix_evidence_sha256", "enterprise_id", "sha256"),
    )

    subject_id: Mapped[UUID]
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose, "purpose"))
    item_key: Mapped[str | None] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    named_at: Mapped[datetime] = mapped_column(default=now)
