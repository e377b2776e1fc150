"""What is stored of regions, enterprises, regulators' offices and an enterprise's units."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, Owned, one_of
from app.core.ids import new_id


class UnitKind(StrEnum):
    """管控层级: who controls what the tier covers."""

    COMPANY = "company"
    WORKSHOP = "workshop"
    TEAM = "team"
    POST = "post"

    @property
    def label(self) -> str:
        return {"company": "公司", "workshop": "部门/车间", "team": "班组", "post": "岗位"}[self.value]


class Region(Base):
    """An administrative region by its GB/T 2260 code: 2, 4 or 6 digits to the county, 9 township, 12 village."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Enterprise(Base):
    """An enterprise. `code` is what its people sign in with; `trade` is the supervisors' sector it belongs to."""

    __tablename__ = "enterprises"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    industry: Mapped[str] = mapped_column(String(4))
    trade: Mapped[str] = mapped_column(String(30))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    emergency_phone: Mapped[str] = mapped_column(String(40), default="")
    micro: Mapped[bool] = mapped_column(default=False)  # 小微企业: may entrust an acceptance to someone outside
    created_at: Mapped[datetime] = mapped_column(default=now)


class Office(Base):
    """A regulator's office: it sees the enterprises of its region (by code prefix) and trades (none named: all)."""

    __tablename__ = "offices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    trades: Mapped[list[Any]] = mapped_column(default=list)


class OrgUnit(Owned, Base):
    """A unit of an enterprise. `path` holds the ids from the root down: what begins with it is below it."""

    __tablename__ = "org_units"
    __table_args__ = (
        ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"]),
        ForeignKeyConstraint(["enterprise_id", "parent_id"], ["org_units.enterprise_id", "org_units.id"]),
        UniqueConstraint("enterprise_id", "parent_id", "name"),
    )

    parent_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "unit_kind"))
    path: Mapped[str] = mapped_column(String(400))
