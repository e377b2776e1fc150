"""What may happen to rounds: a route over many points, in the order they are walked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Conflict, invalid_field
from app.core.ids import new_id
from app.core.rows import change, own
from app.enterprises.service import get_unit
from app.plans.models import InspectionPlan, Round
from app.plans.scoping import once_each
from app.risks.models import RiskPoint
from app.risks.points import must_lead, workable_points

STOPS = "/risk_point_ids"


def add_round(actor: Actor, *, unit_id: UUID, stops: Sequence[UUID], **described: Any) -> Round:
    """Add a round over points in use. Invalid for one named twice or absent, Forbidden outside a leader's units."""
    must_lead(actor, get_unit(actor, unit_id, field="/unit_id"))
    one = Round(enterprise_id=actor.enterprise, id=new_id(), unit_id=unit_id, stops=_checked(actor, stops), **described)
    session().add(one)
    data = {"name": one.name, "kind": one.kind, "unit_id": str(unit_id), "stops": one.stops}
    events.append(actor.enterprise, "round.added", one.id, actor_id=actor.id, data=data)
    return one


def change_round(actor: Actor, round_id: UUID, **changes: Any) -> Round:
    """Change a round, retire it or take it back; the next turn of a plan goes by it as it is then.

    Raises Conflict for the retirement of one that a plan still goes by.
    """
    one = own(actor, Round, round_id)
    must_lead(actor, get_unit(actor, one.unit_id))
    if "unit_id" in changes:
        must_lead(actor, get_unit(actor, changes["unit_id"], field="/unit_id"))
    if "stops" in changes:
        changes["stops"] = _checked(actor, changes["stops"])
    if changes.get("retired"):
        _must_be_unused(actor, one)
    if "retired" in changes:
        changes["retired_at"] = (one.retired_at or now()) if changes.pop("retired") else None
    events.append(actor.enterprise, "round.changed", round_id, actor_id=actor.id, data=change(one, changes))
    return one


def list_rounds(actor: Actor, *, unit_id: UUID | None = None, retired: bool = False) -> Select[Round]:
    """The rounds in use by name, of one unit where it is named; `retired` lists those no longer used instead."""
    not_used = Round.retired_at.is_not(None)
    statement = select(Round).where(Round.enterprise_id == actor.enterprise, not_used if retired else ~not_used)
    if unit_id:
        statement = statement.where(Round.unit_id == unit_id)
    return statement.order_by(Round.name, Round.id)


def get_round(actor: Actor, round_id: UUID) -> Round:
    """A round of the enterprise, else NotFound."""
    return own(actor, Round, round_id)


def usable_round(actor: Actor, round_id: UUID) -> Round:
    """A round that is still walked. Raises Conflict for one that was retired."""
    one = get_round(actor, round_id)
    if one.retired_at:
        raise Conflict(f"巡检路线“{one.name}”已停用，请改用在用的路线。", code="round_retired")
    return one


def points_of(actor: Actor, one: Round) -> list[RiskPoint]:
    """The points of a round in its order, retired ones too: one query."""
    ids = [UUID(stop) for stop in one.stops]
    rows = session().scalars(
        select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
    )
    found = {point.id: point for point in rows}
    return [found[point_id] for point_id in ids]


def _must_be_unused(actor: Actor, one: Round) -> None:
    used = select(InspectionPlan.code).where(
        InspectionPlan.enterprise_id == actor.enterprise,
        InspectionPlan.scope["round_id"].as_string() == str(one.id),
        InspectionPlan.stopped_at.is_(None),
        or_(InspectionPlan.ends_on.is_(None), InspectionPlan.ends_on >= today()),
    )
    code = session().scalar(used.limit(1))
    if code:
        raise Conflict(f"排查计划 {code} 正按这条路线巡检，请先修改或停用该计划，再停用路线。", code="round_in_use")


def _checked(actor: Actor, stops: Sequence[UUID]) -> list[str]:
    if not stops:
        raise invalid_field(STOPS, "请至少选一个风险点。")
    once_each(stops, field=STOPS)
    return [str(point.id) for point in workable_points(actor, stops, field=STOPS)]
