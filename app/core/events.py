"""The ledger of each enterprise: every change is an event, numbered without gaps and chained by hash.

The enterprise's ledger row is locked first in every write of that enterprise. So there is one lock order, no two
events share a number, and no two things share a human code.
"""

import secrets
from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, Uuid, bindparam, select, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import SYSTEM
from app.core.canonical import ALGORITHMS, canonical, digest, hashed
from app.core.clock import now
from app.core.db import Base, insert_once, session
from app.core.installation import settings

START = "0" * 64  # what stands before the first event
HASHED = (
    "enterprise_id", "seq", "kind", "subject_id", "actor_id", "at", "client_at", "data", "commitments", "algorithm",
)  # fmt: skip


class Ledger(Base):
    """One row an enterprise: the last number, the last hash, the counters of human codes."""

    __tablename__ = "ledgers"

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=START)
    counters: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Event(Base):
    """One thing that happened. `commitments` are salted hashes of personal values, which may be erased later.

    Each event names the algorithm of its own hash and commitments, so a chain may change it midway.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "enterprise_id", "subject_id", "seq"),)

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    client_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]]
    commitments: Mapped[dict[str, Any]]
    algorithm: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))


class PersonalValue(Base):
    """A personal value named by an event, with the salt of its commitment; erasing the row erases the value."""

    __tablename__ = "personal_values"
    __table_args__ = (ForeignKeyConstraint(["enterprise_id", "seq"], ["events.enterprise_id", "events.seq"]),)

    enterprise_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(Text)


AT_ONCE = 1000  # events read together where a chain is followed
_EVENTS = Event.__table__.columns
_LINKED = (*(name for name in HASHED if name != "enterprise_id"), "hash")


def _as_hashed(name: str) -> Any:
    """A column of events as it is hashed: ids come as text, for made into objects and back they cost a third of all."""
    column = _EVENTS[name]
    return type_coerce(column, Uuid(as_uuid=False)).label(name) if isinstance(column.type, Uuid) else column


_LINKS = select(*map(_as_hashed, _LINKED)).order_by(_EVENTS.seq)

# Made once: every write begins with it.
_LOCKED = (
    select(Ledger)
    .where(Ledger.enterprise_id == bindparam("enterprise_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def start_ledger(enterprise_id: UUID) -> None:
    """Give a new enterprise its empty ledger."""
    insert_once(Ledger, {"enterprise_id": enterprise_id, "seq": 0, "hash": START, "counters": {}})


def lock_ledger(enterprise_id: UUID) -> Ledger:
    """Lock the enterprise's ledger for this transaction; the first lock of every write."""
    held: dict[UUID, Ledger] = session().info.setdefault("ledgers", {})
    if enterprise_id not in held:
        held[enterprise_id] = session().execute(_LOCKED, {"enterprise_id": enterprise_id}).scalar_one()
    return held[enterprise_id]


def next_code(enterprise_id: UUID, series: str, width: int) -> str:
    """The next human code of a series, as in FX-0001; never given twice."""
    ledger = lock_ledger(enterprise_id)
    number = ledger.counters.get(series, 0) + 1
    ledger.counters = {**ledger.counters, series: number}
    return f"{series}-{number:0{width}d}"


def append(
    enterprise_id: UUID,
    kind: str,
    subject_id: UUID,
    *,
    actor_id: UUID | None,
    data: dict[str, Any] | None = None,
    client_at: datetime | None = None,
    personal: dict[str, str] | None = None,
) -> int:
    """Append an event to the enterprise's chain within this transaction; returns its number."""
    ledger, algorithm = lock_ledger(enterprise_id), settings().chain_algorithm
    salts = {name: secrets.token_hex(16) for name in personal or {}}
    event = Event(
        enterprise_id=enterprise_id,
        seq=ledger.seq + 1,
        kind=kind,
        subject_id=subject_id,
        actor_id=None if actor_id == SYSTEM else actor_id,
        at=now(),
        client_at=client_at,
        data=data or {},
        commitments={name: digest([salts[name], value], algorithm) for name, value in (personal or {}).items()},
        algorithm=algorithm,
    )
    event.hash = chained(event, after=ledger.hash)
    ledger.seq, ledger.hash = event.seq, event.hash
    session().add(event)
    if personal:
        session().flush()
        session().add_all(
            PersonalValue(enterprise_id=enterprise_id, seq=event.seq, name=name, salt=salts[name], value=value)
            for name, value in personal.items()
        )
    return event.seq


def chained(event: Event, *, after: str) -> str:
    """The hash of an event that follows the hash `after`, by the algorithm it names."""
    values = {name: getattr(event, name) for name in HASHED}
    return hashed(canonical({**values, "previous": after}), event.algorithm)


def links(enterprise_id: UUID) -> Generator[tuple[Any, bytes]]:
    """Every event of the chain, in order, with the canonical bytes that were hashed; in constant memory.

    An event is a plain row of number, hash and algorithm, and what else was hashed; ids are their text.
    """
    named = {"enterprise_id": str(enterprise_id)}
    previous = START
    statement = _LINKS.where(_EVENTS.enterprise_id == enterprise_id)
    with closing(session().execute(statement, execution_options={"yield_per": AT_ONCE})) as rows:
        for row in rows:
            values = dict(zip(_LINKED, row, strict=True), **named, previous=previous)
            previous = values.pop("hash")
            yield row, canonical(values)


def broken_at(enterprise_id: UUID) -> int | None:
    """The number of the first event that does not follow from those before it; None when the chain holds."""
    previous, expected = START, 1
    with closing(links(enterprise_id)) as chain:
        for row, text in chain:
            if row.seq != expected or row.algorithm not in ALGORITHMS or row.hash != hashed(text, row.algorithm):
                return expected
            previous, expected = row.hash, expected + 1
    ledger = session().get_one(Ledger, enterprise_id)
    return None if (ledger.seq, ledger.hash) == (expected - 1, previous) else expected


def timeline(enterprise_id: UUID, subject_id: UUID) -> list[Event]:
    """Everything that happened to one subject, oldest first."""
    return list(
        session().scalars(
            select(Event)
            .where(Event.enterprise_id == enterprise_id, Event.subject_id == subject_id)
            .order_by(Event.seq)
        )
    )
