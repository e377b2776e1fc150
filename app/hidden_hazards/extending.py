"""延期: asked for with a reason and evidence, granted or refused by another; a deadline moves in no other way."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import invalid_field
from app.core.ids import new_id
from app.hidden_hazards.dating import check_ceiling
from app.hidden_hazards.major import due_moved
from app.hidden_hazards.models import Extension, HiddenHazard
from app.risks.rules import rules_of

Facts = Mapping[str, Any]


def asked(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Ask for a later deadline. Raises Invalid for one that is not later than the present one."""
    if hazard.deadline_at is None or facts["deadline_at"] <= hazard.deadline_at:
        raise invalid_field("/deadline_at", "申请的期限应晚于现在的整改期限。")
    check_ceiling(hazard, facts["deadline_at"], rules_of(actor.enterprise), by_government=True)
    session().add(
        Extension(
            enterprise_id=actor.enterprise,
            id=new_id(),
            hazard_id=hazard.id,
            asked_by=actor.id,
            asked_at=now(),
            reason=facts["reason"],
            deadline_before=hazard.deadline_at,
            deadline_wanted=facts["deadline_at"],
        )
    )
    return {"extension_asked_by": actor.id}


def granted(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Grant what is asked: the deadline moves, the original one never does."""
    extension = waiting(actor, [hazard])[hazard.id]
    _decide(extension, actor, granted=True, opinion=facts["opinion"])
    return {
        "deadline_at": extension.deadline_wanted,
        "extensions": hazard.extensions + 1,
        "extension_asked_by": None,
        **due_moved(hazard, extension.deadline_wanted),
    }


def refused(actor: Actor, hazard: HiddenHazard, facts: Facts) -> dict[str, Any]:
    """Refuse what is asked: the deadline stays."""
    _decide(waiting(actor, [hazard])[hazard.id], actor, granted=False, opinion=facts["opinion"])
    return {"extension_asked_by": None}


def lapsed(actor: Actor, hazard: HiddenHazard, *, because: str) -> dict[str, Any]:
    """Close a request that nobody answered and that has lost its object, as not granted."""
    extension = waiting(actor, [hazard]).get(hazard.id)
    if extension is None:
        return {}
    _decide(extension, None, granted=False, opinion=because)
    return {"extension_asked_by": None}


def waiting(actor: Actor, hazards: Sequence[HiddenHazard]) -> dict[UUID, Extension]:
    """The request that waits for an answer, of each hidden hazard that has one: at most one query."""
    ids = [hazard.id for hazard in hazards if hazard.extension_asked_by]
    if not ids:
        return {}
    rows = session().scalars(
        select(Extension).where(
            Extension.enterprise_id == actor.enterprise, Extension.hazard_id.in_(ids), Extension.granted.is_(None)
        )
    )
    return {extension.hazard_id: extension for extension in rows}


def _decide(extension: Extension, actor: Actor | None, *, granted: bool, opinion: str) -> None:
    extension.granted, extension.opinion, extension.decided_at = granted, opinion, now()
    extension.decided_by = actor.id if actor else None
