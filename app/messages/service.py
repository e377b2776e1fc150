"""What people are told: a line in the inbox of each, and one delivery on each channel that carries its kind.

Telling writes rows and nothing else; what is to leave for the outside is sent by the outbox once they stand.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_new, session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.enterprises.models import Enterprise
from app.messages.models import Channel, Delivery, Message

LONGEST_TITLE = 200


def tell(
    actor: Actor,
    recipients: Collection[UUID],
    *,
    kind: str,
    key: str,
    title: str,
    text: str = "",
    subject_kind: str = "",
    subject_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Tell people something within the transaction that is open; the same `key` never tells one of them twice.

    The channels of the enterprise that carry the kind get it too, with or without recipients; `data` goes to them
    alone, for programs.
    """
    at, title = now(), title[:LONGEST_TITLE]
    subject = {"subject_kind": subject_kind, "subject_id": subject_id}
    said = {"enterprise_id": actor.enterprise, "kind": kind, "key": key, "title": title, "text": text, "at": at}
    insert_new(
        Message, [{"id": new_id(), "recipient_id": each, **said, **subject} for each in dict.fromkeys(recipients)]
    )
    carrying = _carrying(actor.enterprise, kind)
    told = {
        "kind": kind, "key": key, "title": title, "text": text, "at": at.isoformat().replace("+00:00", "Z"),
        "subject": {"kind": subject_kind, "id": str(subject_id) if subject_id else None}, "data": data or {},
    }  # fmt: skip
    insert_new(Delivery, [delivery_of(channel, code, told, at=at) for channel, code in carrying])


def delivery_of(channel: Channel, code: str, told: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """The row of a delivery that waits; its payload is what leaves, down to the last letter."""
    delivery_id = new_id()
    return {
        "enterprise_id": channel.enterprise_id, "id": delivery_id, "channel_id": channel.id, "key": told["key"],
        "payload": {"id": str(delivery_id), "enterprise": code, **told}, "created_at": at, "attempts": 0,
        "next_at": at, "problem": "",
    }  # fmt: skip


def inbox(actor: Actor, *, unread: bool = False) -> Select[Message]:
    """What a person was told, newest first."""
    statement = select(Message).where(Message.recipient_id == actor.id)
    if unread:
        statement = statement.where(Message.read_at.is_(None))
    return statement.order_by(Message.at.desc(), Message.id.desc())


def with_enterprises(messages: Collection[Message]) -> list[dict[str, Any]]:
    """Messages, each with its enterprise: one query."""
    ids = {message.enterprise_id for message in messages}
    found = {one.id: one for one in session().scalars(select(Enterprise).where(Enterprise.id.in_(ids)))} if ids else {}
    return [{"message": message, "enterprise": found[message.enterprise_id]} for message in messages]


def unread_count(actor: Actor) -> int:
    """How many messages a person has not read."""
    unread = select(func.count()).select_from(Message)
    return session().execute(
        unread.where(Message.recipient_id == actor.id, Message.read_at.is_(None))
    ).scalar_one()  # fmt: skip


def mark_read(actor: Actor, message_id: UUID) -> Message:
    """Take a message for read; one read before stays as it was. Raises NotFound for anyone else's."""
    mine = select(Message).where(Message.id == message_id, Message.recipient_id == actor.id)
    message = session().scalars(mine).first()
    if message is None:
        raise NotFound
    message.read_at = message.read_at or now()
    return message


def mark_all_read(actor: Actor, *, up_to: datetime) -> None:
    """Take for read what a person was told until an instant: what came since was not on the screen."""
    session().execute(
        update(Message)
        .where(Message.recipient_id == actor.id, Message.read_at.is_(None), Message.at <= up_to)
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )


def _carrying(enterprise_id: UUID, kind: str) -> list[tuple[Channel, str]]:
    """The channels that are on and carry a kind, with the code of their enterprise: one query."""
    rows = session().execute(
        select(Channel, Enterprise.code)
        .join(Enterprise, Enterprise.id == Channel.enterprise_id)
        .where(Channel.enterprise_id == enterprise_id, Channel.disabled_at.is_(None))
    )
    return [(channel, code) for channel, code in rows if channel.carries(kind)]
