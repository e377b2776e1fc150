"""Each action of a client happens once: the client makes its id, and a repeat is given the first answer.

The id is kept for ever with the hash of the body and the answer. The same id with another body, from another
person, or for another thing, is refused with 409.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, Json, Owned, insert_rows, session
from app.core.errors import Conflict
from app.core.events import lock_ledger


class Action(Owned, Base):
    """One action a client made, and what it was answered."""

    __tablename__ = "actions"

    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)


_FIRST = select(Action.kind, Action.actor_id, Action.body_hash, Action.answer).where(
    Action.enterprise_id == bindparam("enterprise_id"), Action.id == bindparam("id")
)


def answered(actor: Actor, action_id: UUID, *, kind: str, body_hash: str) -> dict[str, Any] | None:
    """The answer this action was given before; None when it is new.

    The ledger is locked, so of two that arrive at once the later finds the answer of the earlier. Raises Conflict
    when the id was used for anything else.
    """
    lock_ledger(actor.enterprise)
    first = session().execute(_FIRST, {"enterprise_id": actor.enterprise, "id": action_id}).first()
    if first is None:
        return None
    if (first.kind, first.actor_id, first.body_hash) != (kind, actor.id, body_hash):
        raise Conflict("这个编号（id）已用于另一项内容，请为新的内容生成新的编号后再提交。", code="id_reused")
    return dict(first.answer)


def keep(actor: Actor, action_id: UUID, *, kind: str, body_hash: str, answer: dict[str, Any]) -> None:
    """Keep the action and its answer, in the same transaction."""
    insert_rows(Action, [_row(actor, action_id, kind, body_hash, answer)])


def reserve(actor: Actor, ids: Collection[UUID], *, kind: str) -> None:
    """Keep ids the product itself has given, so that no client's action is ever taken for theirs."""
    insert_rows(Action, [_row(actor, action_id, kind, "", None) for action_id in ids])


def _row(actor: Actor, action_id: UUID, kind: str, body_hash: str, answer: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "enterprise_id": actor.enterprise,
        "id": action_id,
        "kind": kind,
        "actor_id": actor.id,
        "at": now(),
        "body_hash": body_hash,
        "answer": answer,
    }
