"""What waits to leave for the outside, and when it is tried again: at least once, with a key to tell repeats by.

A worker claims what is due by pushing its next time ahead, sends outside any transaction, and then writes down what
became of it. One that is killed in between leaves a delivery that is due again when the lease has run out.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from time import monotonic
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from app.core.clock import now
from app.core.db import session, writing
from app.messages.formats import Outcome
from app.messages.models import Channel, ChannelKind, Delivery
from app.messages.sending import Sender

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 12
MOST_REFUSALS = 3  # attempts at what the receiver refuses for good
AT_ONCE = 8  # connections
BATCH = 64  # deliveries claimed at a time: all are tried well within the lease
MOST_SECONDS = 45.0  # before other work of the worker gets its turn


@dataclass(frozen=True)
class Claimed:
    """A delivery that is this worker's to send until its lease runs out."""

    enterprise_id: UUID
    id: UUID
    attempts: int  # this one included
    kind: ChannelKind
    address: str
    secret: str
    payload: dict[str, Any]


def deliver_waiting(app: Flask) -> int:
    """Send what is due, several at once; how many were delivered."""
    sender: Sender = app.extensions["sender"]
    until, delivered = monotonic() + MOST_SECONDS, 0
    while claimed := _claimed():
        at = now()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            sent = [
                threads.submit(sender.send, one.kind, one.address, one.secret, one.payload, at=at) for one in claimed
            ]
            for one, outcome in zip(claimed, sent, strict=True):
                _record(one, outcome.result())
                delivered += not outcome.result().problem
        if monotonic() >= until:
            break
    return delivered


def wait_after(attempts: int, *, spread: float) -> timedelta:
    """How long to wait after so many attempts: 30 s doubled each time, a quarter more or less, six hours at most.

    `spread` is 0–1 and keeps what failed together from coming back together.
    """
    doubled = FIRST_WAIT * 2.0 ** min(attempts - 1, 20)
    return min(LONGEST_WAIT, doubled * (0.75 + spread / 2))


def is_given_up(attempts: int, outcome: Outcome) -> bool:
    """Whether a delivery that failed so often is not tried again."""
    return attempts >= (MOST_REFUSALS if outcome.refused else MOST_ATTEMPTS)


def _claimed() -> list[Claimed]:
    """What is due, oldest first, claimed by one conditional UPDATE; two workers never hold the same."""
    at = now()
    due = (Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None), Delivery.next_at <= at)
    with writing() as current:
        rows = current.execute(
            select(Delivery, Channel)
            .join(Channel, (Channel.enterprise_id == Delivery.enterprise_id) & (Channel.id == Delivery.channel_id))
            .where(*due, Channel.disabled_at.is_(None))
            .order_by(Delivery.next_at)
            .limit(BATCH)
            .with_for_update(of=Delivery, skip_locked=True)
        ).all()
        if not rows:
            return []
        current.execute(
            update(Delivery)
            .where(Delivery.id.in_([delivery.id for delivery, _ in rows]), *due)
            .values(next_at=at + LEASE, attempts=Delivery.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return [
        Claimed(
            delivery.enterprise_id, delivery.id, delivery.attempts + 1, channel.kind, channel.address, channel.secret,
            delivery.payload,
        )
        for delivery, channel in rows
    ]  # fmt: skip


def _record(one: Claimed, outcome: Outcome) -> None:
    """Write down what became of an attempt, unless the delivery has moved on since: begun anew, or by another."""
    with writing():
        session().execute(
            update(Delivery)
            .where(
                Delivery.enterprise_id == one.enterprise_id,
                Delivery.id == one.id,
                Delivery.attempts == one.attempts,
                Delivery.delivered_at.is_(None),
            )
            .values(**_fate(one, outcome, at=now()))
            .execution_options(synchronize_session=False)
        )


def _fate(one: Claimed, outcome: Outcome, *, at: datetime) -> dict[str, Any]:
    if not outcome.problem:
        return {"delivered_at": at, "given_up_at": None, "problem": ""}
    if is_given_up(one.attempts, outcome):
        return {"given_up_at": at, "problem": outcome.problem}
    return {"next_at": at + wait_after(one.attempts, spread=randbelow(1000) / 1000), "problem": outcome.problem}
