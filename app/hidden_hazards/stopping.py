"""停止作业、撤人、停用: recorded by anyone at once, before any grading; work resumes only once its cause has ended."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.ids import new_id
from app.hidden_hazards.models import HiddenHazard, WorkStop

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
