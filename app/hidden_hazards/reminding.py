"""What time alone does: a rectification that waits too long for acceptance reminds its acceptors, then the principal.

How long is a rule of the enterprise. Each submission reminds each of the two once.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import local_text, now
from app.core.db import reading, session
from app.core.ticking import each_enterprise
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Source, State
from app.hidden_hazards.tiers import Tiers, tiers_of
from app.messages.models import Message
from app.messages.service import tell
from app.risks.models import RiskRules
from app.risks.rules import rules_with

WAITS = "hidden_hazard.acceptance_waits"  # its acceptors are told
STILL_WAITS = "hidden_hazard.acceptance_still_waits"  # after twice the time, the principal


def remind_of_acceptance() -> int:
    """Remind of every submission that has waited too long; in how many enterprises. Each is written on its own."""
    with reading():
        waiting = sorted(_due())
    return each_enterprise(waiting, remind_of_acceptance_in)


def remind_of_acceptance_in(actor: Actor) -> None:
    """The same for one enterprise, in the transaction that is open."""
    due = _due(actor.enterprise).get(actor.enterprise, {})
    if not due:
        return
    found = select(HiddenHazard).where(HiddenHazard.enterprise_id == actor.enterprise, HiddenHazard.id.in_(due))
    hazards = session().scalars(found.order_by(HiddenHazard.code)).all()
    tiers = tiers_of(actor, hazards)
    for hazard in hazards:
        for kind in due[hazard.id]:
            _remind(actor, hazard, kind, tiers)


def _remind(actor: Actor, hazard: HiddenHazard, kind: str, tiers: Tiers) -> None:
    by = "复查" if hazard.source is Source.GOVERNMENT else "验收"
    text = (
        f"隐患 {hazard.code}（{hazard.place}）的整改于 {local_text(hazard.submitted_at)} 提交，至今没有{by}。"
        f"请尽快到现场{by}；不符合要求的请退回并写明原因。"
    )
    submitted = hazard.submitted_at.isoformat() if hazard.submitted_at else ""
    tell(
        actor, tiers.acceptors(hazard) if kind == WAITS else tiers.principals, kind=kind,
        key=f"{kind}:{hazard.id}:{submitted}", title=f"隐患 {hazard.code} 等待{by}", text=text,
        subject_kind="hidden_hazard", subject_id=hazard.id, data={"code": hazard.code, "submitted_at": submitted},
    )  # fmt: skip


def _due(enterprise_id: UUID | None = None) -> dict[UUID, dict[UUID, list[str]]]:
    """By enterprise and hidden hazard: the reminders whose time has come and that nobody got.

    A government's finding waits for its regulators alone: the principal cannot recheck it.
    """
    pending = (
        select(
            HiddenHazard.enterprise_id, HiddenHazard.id, HiddenHazard.submitted_at, HiddenHazard.source,
            RiskRules.settled, _told(WAITS).label("first"), _told(STILL_WAITS).label("second"),
        )
        .outerjoin(RiskRules, RiskRules.enterprise_id == HiddenHazard.enterprise_id)
        .where(HiddenHazard.state == State.PENDING_ACCEPTANCE, HiddenHazard.submitted_at.is_not(None))
    )  # fmt: skip
    if enterprise_id:
        pending = pending.where(HiddenHazard.enterprise_id == enterprise_id)
    found: dict[UUID, dict[UUID, list[str]]] = {}
    for row in session().execute(pending):
        within, waited = rules_with(row.settled or {}).accept_within, now() - row.submitted_at
        due = [WAITS] if waited >= within and not row.first else []
        if waited >= 2 * within and not row.second and row.source is not Source.GOVERNMENT:
            due.append(STILL_WAITS)
        if due:
            found.setdefault(row.enterprise_id, {})[row.id] = due
    return found


def _told(kind: str) -> Any:
    return (
        select(Message.id)
        .where(
            Message.enterprise_id == HiddenHazard.enterprise_id,
            Message.subject_id == HiddenHazard.id,
            Message.kind == kind,
            Message.at >= HiddenHazard.submitted_at,
        )
        .exists()
    )
