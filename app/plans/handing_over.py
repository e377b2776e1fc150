"""交接班 of a round: what was not inspected and which hidden hazards are open, handed to the next and taken over.

What stands is kept as it was at that moment, so that nobody can say later that he was not told.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.service import working_person
from app.core import events
from app.core.actor import Actor
from app.core.canonical import plain
from app.core.clock import local_text, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.events import Event
from app.core.rows import own
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import OPEN
from app.messages.service import tell
from app.plans.models import HandOver, Round
from app.plans.rounds import get_round, points_of, usable_round
from app.risks.models import RiskPoint

HANDED_OVER = "round.handed_over"
INSPECTED = "inspection.recorded"  # what the room of inspections says of each; its data names the point
SHIFT_AT_MOST = timedelta(hours=24)  # how far back it is looked where nobody handed over


def hand_over(
    actor: Actor, hand_over_id: UUID, round_id: UUID, *, to_id: UUID, shift: str, note: str, client_at: datetime
) -> HandOver:
    """Hand a round over to the next, under the id its client made. Raises Invalid for oneself or a disabled account."""
    one = usable_round(actor, round_id)
    working_person(actor, to_id, field="/to_id")
    if to_id == actor.id:
        raise invalid_field("/to_id", "不能交给自己，请选择接班人。")
    standing = standing_of(actor, one)
    handed = HandOver(
        enterprise_id=actor.enterprise, id=hand_over_id, round_id=round_id, shift=shift, from_id=actor.id, to_id=to_id,
        note=note, standing=standing, client_at=client_at, at=now(),
    )  # fmt: skip
    session().add(handed)
    missing, hazards = len(standing["not_inspected"]), len(standing["hidden_hazards"])
    data = {
        "hand_over_id": str(hand_over_id), "to_id": str(to_id), "shift": shift, "note": note, "not_inspected": missing,
        "hidden_hazards": hazards,
    }  # fmt: skip
    events.append(actor.enterprise, HANDED_OVER, round_id, actor_id=actor.id, data=data, client_at=client_at)
    tell(
        actor, [to_id], kind="round_handed_over", key=f"round_handed_over:{hand_over_id}",
        title=f"请接班：{one.name} {shift}",
        text=f"{actor.name}交班：{missing} 个点未查，{hazards} 项隐患未销号。请核对后确认接班。",
        subject_kind="hand_over", subject_id=hand_over_id,
    )  # fmt: skip
    return handed


def take_over(actor: Actor, hand_over_id: UUID) -> HandOver:
    """Take over what was handed to the actor. Raises Forbidden for anybody else, Conflict the second time."""
    handed = own(actor, HandOver, hand_over_id)
    if handed.to_id != actor.id:
        raise Forbidden("只有接班人本人可以确认接班；人员有变，请交班人重新交班。", code="not_recipient")
    if handed.taken_over_at:
        raise Conflict(f"已于 {local_text(handed.taken_over_at)} 接班，不必再确认。", code="taken_over")
    handed.taken_over_at = now()
    data = {"hand_over_id": str(hand_over_id), "from_id": str(handed.from_id), "shift": handed.shift}
    events.append(actor.enterprise, "round.taken_over", handed.round_id, actor_id=actor.id, data=data)
    return handed


def list_hand_overs(actor: Actor, round_id: UUID) -> Select[HandOver]:
    """The hand-overs of a round, newest first."""
    get_round(actor, round_id)
    return (
        select(HandOver)
        .where(HandOver.enterprise_id == actor.enterprise, HandOver.round_id == round_id)
        .order_by(HandOver.at.desc(), HandOver.id.desc())
    )


def standing_of(actor: Actor, one: Round) -> dict[str, Any]:
    """How a round stands now: points not inspected since the last hand-over, hidden hazards open at its points."""
    points = points_of(actor, one)
    since, inspected = _inspected(actor, one)
    hazards = session().scalars(
        select(HiddenHazard)
        .where(
            HiddenHazard.enterprise_id == actor.enterprise,
            HiddenHazard.point_id.in_([point.id for point in points]),
            HiddenHazard.state.in_(OPEN),
        )
        .order_by(HiddenHazard.found_at, HiddenHazard.id)
    )
    return {
        "since": plain(since),
        "not_inspected": [
            _named(point) for point in points if str(point.id) not in inspected and point.retired_at is None
        ],
        "hidden_hazards": [
            {
                "id": str(hazard.id),
                "code": hazard.code,
                "risk_point_id": str(hazard.point_id),
                "description": hazard.description,
                "state": hazard.state,
                "state_label": hazard.state.label,
                "gravity": hazard.gravity,
            }
            for hazard in hazards
        ],
    }


def _named(point: RiskPoint) -> dict[str, str]:
    return {"id": str(point.id), "code": point.code, "name": point.name}


def _inspected(actor: Actor, one: Round) -> tuple[datetime, set[str]]:
    """Since when, and which points had an inspection since: read from the events after the last hand-over."""
    last = (
        session()
        .execute(
            select(Event.seq, Event.at)
            .where(Event.enterprise_id == actor.enterprise, Event.subject_id == one.id, Event.kind == HANDED_OVER)
            .order_by(Event.seq.desc())
            .limit(1)
        )
        .first()
    )
    earliest = now() - SHIFT_AT_MOST
    since = max(earliest, last.at) if last else earliest
    recorded = session().scalars(
        select(Event.data).where(
            Event.enterprise_id == actor.enterprise,
            Event.seq > (last.seq if last else 0),
            Event.kind == INSPECTED,
            Event.at >= since,
        )
    )
    return since, {str(data["point_id"]) for data in recorded if data.get("point_id")}
