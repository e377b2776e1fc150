"""What is stored of messages: a person's inbox, an enterprise's channels to the outside, and each delivery on them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.messages.addresses import taken_apart


class ChannelKind(StrEnum):
    """How a message leaves for the outside."""

    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    MAIL = "mail"

    @property
    def label(self) -> str:
        return {"webhook": "Webhook", "wecom": "企业微信机器人", "dingtalk": "钉钉机器人", "mail": "邮件"}[self.value]


class DeliveryState(StrEnum):
    """What became of a delivery so far."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return {"waiting": "等待发送", "delivered": "已送达", "given_up": "已放弃"}[self.value]


class Message(Owned, Base):
    """A line in a person's inbox; `key` names its cause, so that the same cause never tells one person twice."""

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        UniqueConstraint("enterprise_id", "recipient_id", "key"),
        Index("ix_messages_inbox", "recipient_id", "read_at", "at"),
        Index("ix_messages_subject", "enterprise_id", "subject_id"),
    )

    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class Channel(Owned, Base):
    """A way out of an enterprise: which kinds of message leave by it, to which address, signed with which secret."""

    __tablename__ = "channels"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),)

    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[ChannelKind] = mapped_column(one_of(ChannelKind, "channel_kind"))
    address: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(200), default="")
    kinds: Mapped[list[str]] = mapped_column(default=list)  # kinds of message; empty: all
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]

    def carries(self, kind: str) -> bool:
        """Whether a kind of message leaves by it: one that is named, or whose family is."""
        return not self.kinds or any(kind == named or kind.startswith(f"{named}.") for named in self.kinds)

    @property
    def signed(self) -> bool:
        return bool(self.secret)

    @property
    def shown_address(self) -> str:
        """As much of the address as is no secret: a robot's key stands in its path or query."""
        return self.address if self.kind is ChannelKind.MAIL else f"{taken_apart(self.address).origin}/…"


class Delivery(Owned, Base):
    """One message on one channel: waiting, tried again with back-off, delivered, or given up."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "channel_id"], ["channels.enterprise_id", "channels.id"]),
        UniqueConstraint("enterprise_id", "channel_id", "key"),
        Index("ix_deliveries_waiting", "delivered_at", "given_up_at", "next_at"),
    )

    channel_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(160))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=now)
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")

    @property
    def state(self) -> DeliveryState:
        if self.delivered_at:
            return DeliveryState.DELIVERED
        return DeliveryState.GIVEN_UP if self.given_up_at else DeliveryState.WAITING
