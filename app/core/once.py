"""Each action of a client happens once: the client makes its id, and a repeat is given the first answer.

The id is kept for ever with the hash of the body and the answer. The same id with another body, from another
person, or for another thing, is refused with 409.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, Json, Owned, insert_once, session
from app.core.errors import Conflict


class Action(Owned, Base):
    """One action a client made, and what it was answered."""

    __tablename__ = "actions"

    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)


def begin(actor: Actor, action_id: UUID, *, kind: str, body_hash: str) -> dict[str, Any] | None:
    """Begin an action, or give the answer it was given before.

    Raises Conflict when the id was used for anything else.
    """
    fresh = insert_once(
        Action,
        {
            "enterprise_id": actor.enterprise,
            "id": action_id,
            "kind": kind,
            "actor_id": actor.id,
            "at": now(),
            "body_hash": body_hash,
            "answer": None,
        },
    )
    if fresh:
        return None
    first = session().execute(_this(actor, action_id)).scalar_one()
    if (first.kind, first.actor_id, first.body_hash) != (kind, actor.id, body_hash):
        raise Conflict("这个编号（id）已用于另一项内容，请为新的内容生成新的编号后再提交。", code="id_reused")
    return first.answer


def finish(actor: Actor, action_id: UUID, answer: dict[str, Any]) -> None:
    """Keep the answer with the action, in the same transaction."""
    session().execute(
        update(Action)
        .where(Action.enterprise_id == actor.enterprise, Action.id == action_id)
        .values(answer=answer)
        .execution_options(synchronize_session=False)
    )


def _this(actor: Actor, action_id: UUID) -> Any:
    return select(Action).where(Action.enterprise_id == actor.enterprise, Action.id == action_id)
