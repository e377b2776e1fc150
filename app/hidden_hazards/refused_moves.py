"""Moves that no longer applied when they arrived: kept as they were sent, so that what was done offline is not lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import afterwards
from app.core.actor import Actor
from app.core.canonical import digest
from app.core.clock import now
from app.core.db import insert_once
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard, RefusedMove
from app.hidden_hazards.service import get_hazard


def keep(
    actor: Actor,
    hazard: HiddenHazard,
    *,
    move_id: UUID | None,
    action: Action,
    version: int,
    client_at: datetime | None,
    facts: Mapping[str, Any],
    why: str,
) -> UUID:
    """Keep a refused move with its facts, whatever becomes of the request; returns the id it is kept under.

    A move sent again in vain is the same one: it is kept once.
    """
    sent = {
        "actor_id": actor.id,
        "action": str(action),
        "version": version,
        "client_at": client_at,
        "facts": dict(facts),
    }
    kept_id = UUID(digest({"move_id": move_id or now(), "hazard_id": hazard.id, **sent})[:32])
    row = {
        "enterprise_id": hazard.enterprise_id,
        "id": kept_id,
        "hazard_id": hazard.id,
        **sent,
        "state": hazard.state.value,
        "why": why[:300],
        "at": now(),
    }
    afterwards.afterwards(lambda: _insert(row))
    log = {name: row[name] for name in ("action", "version", "state")}
    ids = {"enterprise_id": str(hazard.enterprise_id), "hazard_id": str(hazard.id)}
    afterwards.note("move.refused", actor_id=actor.id, **ids, **log)
    return kept_id


def _insert(row: dict[str, Any]) -> None:
    insert_once(RefusedMove, row)


def list_refused(actor: Actor, hazard_id: UUID) -> Select[RefusedMove]:
    """The moves of a hidden hazard that were refused, newest first. Raises NotFound for an absent one."""
    get_hazard(actor, hazard_id)
    mine = (RefusedMove.enterprise_id == actor.enterprise, RefusedMove.hazard_id == hazard_id)
    return select(RefusedMove).where(*mine).order_by(RefusedMove.at.desc(), RefusedMove.id)
