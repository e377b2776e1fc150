"""停止作业、撤人、停用: recorded by anyone at once, before any grading; work resumes only once its cause has ended."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.events import Event
from app.core.ids import new_id
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.models import HiddenHazard, WorkStop
from app.hidden_hazards.terms import State

Facts = Mapping[str, Any]


def stopped(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Record what was stopped; a further stop while work stands still is recorded beside the first."""
    session().add(
        WorkStop(
            enterprise_id=actor.enterprise,
            id=new_id(),
            hazard_id=hazard.id,
            kinds=[str(kind) for kind in dict.fromkeys(facts["stop_kinds"])],
            description=facts["reason"],
            stopped_by=actor.id,
            stopped_at=now(),
            client_at=facts.get("client_at"),
        )
    )
    return {"stopped_at": hazard.stopped_at if hazard.stands_still else now(), "resumed_at": None}


def resumed(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Resume everything that stands still because of this one."""
    _change_standing(hazard, resumed_by=actor.id, resumed_at=now(), opinion=facts["opinion"])
    return {"resumed_at": now()}


def carried_over(hazard: HiddenHazard, *, to: HiddenHazard) -> dict[str, Any]:
    """Let the original hold the stop of its duplicate: what stands still waits for the end of the original."""
    if not hazard.stands_still:
        return {}
    _change_standing(hazard, hazard_id=to.id)
    if not to.stands_still:
        to.stopped_at, to.resumed_at = hazard.stopped_at, None
    return {"stopped_at": None}


def dismissers_of(actor: Actor, hazards: Sequence[HiddenHazard]) -> dict[UUID, UUID]:
    """Who ended each one whose work still stands still, as no hazard or as a duplicate: at most one query."""
    ids = [one.id for one in hazards if one.stands_still and one.state in (State.DISMISSED, State.DUPLICATE)]
    if not ids:
        return {}
    kinds = [f"hidden_hazard.{action}" for action in (Action.DISMISS, Action.MARK_DUPLICATE)]
    told = session().execute(
        select(Event.subject_id, Event.actor_id)
        .where(Event.enterprise_id == actor.enterprise, Event.subject_id.in_(ids), Event.kind.in_(kinds))
        .order_by(Event.seq)
    )
    return {row.subject_id: row.actor_id for row in told}


def _change_standing(hazard: HiddenHazard, **values: Any) -> None:
    session().execute(
        update(WorkStop)
        .where(
            WorkStop.enterprise_id == hazard.enterprise_id,
            WorkStop.hazard_id == hazard.id,
            WorkStop.resumed_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
