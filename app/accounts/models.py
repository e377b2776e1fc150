"""What is stored of people and their sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.policy import Role
from app.core.clock import now
from app.core.db import Base, one_of
from app.core.ids import new_id


class User(Base):
    """An account: of one enterprise, of one office, or (the platform's administrator) of neither."""

    __tablename__ = "users"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        ForeignKeyConstraint(["enterprise_id", "unit_id"], ["org_units.enterprise_id", "org_units.id"]),
        UniqueConstraint("enterprise_id", "id"),
        UniqueConstraint("enterprise_id", "login"),
        UniqueConstraint("office_id", "login"),
        CheckConstraint("enterprise_id IS NULL OR office_id IS NULL", name="one_home"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    enterprise_id: Mapped[UUID | None]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("offices.id"))
    unit_id: Mapped[UUID | None]
    login: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(40), default="")
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # name, login and phone are gone for good


class SignIn(Base):
    """One sign-in and the family of tokens that came of it; revoking it ends them all at the next request."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token by its jti: used once; used twice, it was stolen."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Wrong passwords in a row for one name, known or not, so that the wait betrays no account."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_last_at", "last_at"),)

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime | None]
