"""What is stored of the papers a government inspection issues: rectification orders and rechecks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned


class RectificationOrder(Owned, Base):
    """责令限期整改指令书. `officers` are {"name", "certificate"}, two of them, with 执法证号."""

    __tablename__ = "rectification_orders"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        UniqueConstraint("enterprise_id", "number"),
    )

    number: Mapped[str] = mapped_column(String(60))  # 文号
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    place: Mapped[str] = mapped_column(String(200))
    inspected_on: Mapped[date]
    officers: Mapped[list[Any]]
    signed_by: Mapped[str] = mapped_column(String(40))  # who signed for the enterprise
    served_on: Mapped[date]  # 送达日期
    appeal: Mapped[str] = mapped_column(Text)  # how to appeal
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime] = mapped_column(default=now)


class OrderItem(Base):
    """One finding of an order: a hidden hazard, with the clause it offends and its own deadline."""

    __tablename__ = "order_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["enterprise_id", "order_id"], ["rectification_orders.enterprise_id", "rectification_orders.id"]
        ),
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
        UniqueConstraint("enterprise_id", "hazard_id"),
    )

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    hazard_id: Mapped[UUID]
    clause: Mapped[str] = mapped_column(String(300))
    deadline_at: Mapped[datetime]


class Recheck(Owned, Base):
    """整改复查意见书: the result of each item of an order that was rechecked."""

    __tablename__ = "rechecks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["enterprise_id", "order_id"], ["rectification_orders.enterprise_id", "rectification_orders.id"]
        ),
        UniqueConstraint("enterprise_id", "number"),
    )

    order_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(60))
    rechecked_on: Mapped[date]
    officers: Mapped[list[Any]]
    signed_by: Mapped[str] = mapped_column(String(40))
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime] = mapped_column(default=now)


class RecheckItem(Base):
    """The result of one item."""

    __tablename__ = "recheck_items"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "recheck_id"], ["rechecks.enterprise_id", "rechecks.id"]),
        ForeignKeyConstraint(["enterprise_id", "hazard_id"], ["hidden_hazards.enterprise_id", "hidden_hazards.id"]),
    )

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    recheck_id: Mapped[UUID] = mapped_column(primary_key=True)
    hazard_id: Mapped[UUID] = mapped_column(primary_key=True)
    passed: Mapped[bool]
    opinion: Mapped[str] = mapped_column(Text)
