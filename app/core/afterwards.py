"""The second door: a small fact that must stand even though the request was refused, in a short transaction of its own.

A failed sign-in, a refresh token used twice, a denied access, a tag's last scan. Nothing else may use it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, session, writing
from app.core.ids import new_id


class SecurityFact(Base):
    """A line of the security log: kept at least 190 days, never edited in the product, never of network addresses."""

    __tablename__ = "security_facts"
    __table_args__ = (Index("ix_security_facts_at", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]


def afterwards(fact: Callable[[], None]) -> None:
    """Do this in its own transaction once the request has committed or rolled back."""
    g.setdefault("facts", []).append(fact)


def note(kind: str, *, actor_id: UUID | None = None, **data: Any) -> None:
    """Leave a line in the security log, whatever becomes of the request."""
    afterwards(lambda: session().add(SecurityFact(kind=kind, actor_id=actor_id, data=data)))


def settle() -> None:
    """Write down the facts of this request."""
    facts: list[Callable[[], None]] = g.pop("facts", [])
    if facts:
        with writing():
            for fact in facts:
                fact()
