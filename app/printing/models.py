"""What is stored of prints: what was ordered, and each print that left, so that paper can be checked."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of


class PrintKind(StrEnum):
    """What can be printed."""

    WARNING_CARD = "warning_card"
    EMERGENCY_CARD = "emergency_card"
    NOTICE_BOARD = "notice_board"
    POST_CARDS = "post_cards"
    FOUR_COLOUR_MAP = "four_colour_map"
    RISK_LEDGER = "risk_ledger"
    CHECK_LEDGER = "check_ledger"
    HAZARD_LEDGER = "hazard_ledger"
    YEARLY_PLAN = "yearly_plan"
    CLOSURE_CERTIFICATE = "closure_certificate"
    RECTIFICATION_NOTICE = "rectification_notice"
    LABELS = "labels"

    @property
    def label(self) -> str:
        return _LABELS[self.value]


_LABELS = {
    "warning_card": "岗位安全风险告知卡",
    "emergency_card": "应急处置卡",
    "notice_board": "安全风险公告栏",
    "post_cards": "岗位“两单两卡”",
    "four_colour_map": "安全风险四色分布图",
    "risk_ledger": "安全风险分级管控清单",
    "check_ledger": "隐患排查清单",
    "hazard_ledger": "隐患治理台账",
    "yearly_plan": "年度隐患排查计划",
    "closure_certificate": "隐患销号证明",
    "rectification_notice": "隐患整改通知书",
    "labels": "二维码标签",
}


class PrintOrder(Owned, Base):
    """One order of a person: what was chosen, the job that makes it, and the file that came of it until it expires."""

    __tablename__ = "print_orders"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        Index("ix_print_orders_owner", "enterprise_id", "owner_id", "created_at"),
    )

    kind: Mapped[PrintKind] = mapped_column(one_of(PrintKind, "print_kind"))
    owner_id: Mapped[UUID]
    format: Mapped[str] = mapped_column(String(10))
    asked: Mapped[dict[str, Any]]
    subjects: Mapped[list[str]] = mapped_column(deferred=True)  # there may be thousands
    documents: Mapped[int]
    job_id: Mapped[UUID]
    sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(120), default="")
    bytes: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class Print(Owned, Base):
    """One document that left on paper. `version` counts the different contents its subject has been printed with.

    `token` is what the check symbol on it says, `check_code` the first of it for the eye; `seq` is the ledger's number
    it was made from, and `content` the hash of all it says but version, date and code.
    """

    __tablename__ = "prints"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id", "order_id"], ["print_orders.enterprise_id", "print_orders.id"]),
        UniqueConstraint("enterprise_id", "order_id", "subject"),
        Index("ix_prints_subject", "enterprise_id", "kind", "subject", "printed_at"),
    )

    order_id: Mapped[UUID]
    kind: Mapped[PrintKind] = mapped_column(one_of(PrintKind, "printed_kind"))
    subject: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(26), unique=True)
    seq: Mapped[int]
    printed_by: Mapped[UUID]
    printed_at: Mapped[datetime] = mapped_column(default=now)
