"""Merging: what one point or zone held goes over to another, and the emptied one is retired, its history with it.

Nothing gets lower by it: what was once confirmed of a merged point goes on counting at the one that took over.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import invalid_field
from app.risks import levels, rollup
from app.risks.models import HazardSource, LevelRaise, RiskPoint, RiskZone
from app.risks.points import touch, workable_point
from app.risks.zones import below, hang, must_be_outside, must_lead_all_below, usable_zone
from risk_models import worst


def merge_point(actor: Actor, point_id: UUID, *, into_id: UUID) -> RiskPoint:
    """Merge a point into another, which it returns: sources with all that hangs on them and standing raises go over.

    Hidden hazards, inspections and events stay with the old point. Raises Invalid for a merger into itself.
    """
    point, into = workable_point(actor, point_id), workable_point(actor, into_id, field="/into_id")
    if point is into:
        raise invalid_field("/into_id", f"不能把风险点 {point.code} 并入它自己，请选择另一个风险点。", code="cycle")
    rollup.leave([point])
    point.retired_at, point.merged_into_id = now(), into.id
    sources = _hand_over(HazardSource.point_id, point, into)
    raises = _hand_over(LevelRaise.point_id, point, into, LevelRaise.released_at.is_(None))
    into.held_inherent_level = worst([into.held_inherent_level, point.held_inherent_level])
    into.held_level = worst([into.held_level, point.held_level])
    touch([point, into])
    data = {
        "code": point.code, "name": point.name, "point_id": str(point.id), "into": into.code, "into_id": str(into.id),
        "sources": sources, "raises": raises,
    }  # fmt: skip
    events.append(actor.enterprise, "point.merged", point.id, actor_id=actor.id, data=data)
    events.append(actor.enterprise, "point.took_over", into.id, actor_id=actor.id, data=data)
    levels.settle(actor, [into], because=f"风险点 {point.code} 并入")
    return into


def merge_zone(actor: Actor, zone_id: UUID, *, into_id: UUID) -> RiskZone:
    """Merge a zone into another, which it returns: its sub-zones and points go over.

    Raises Invalid for a merger into itself or a zone below it, Forbidden when a leader's zone holds others' points.
    """
    zone, into = usable_zone(actor, zone_id), usable_zone(actor, into_id, field="/into_id")
    must_lead_all_below(actor, zone)
    must_be_outside(zone, into, field="/into_id")
    rollup.move_zone(zone, from_path=zone.path, to_path=into.path)
    hang(actor, below(actor, zone).where(RiskZone.id != zone.id), from_path=zone.path, to_path=into.path)
    sub_zones = _hand_over(RiskZone.parent_id, zone, into)
    points = _hand_over(RiskPoint.zone_id, zone, into)
    zone.retired_at, zone.merged_into_id = now(), into.id
    data = {"name": zone.name, "into": into.name, "into_id": str(into.id), "zones": sub_zones, "points": points}
    events.append(actor.enterprise, "zone.merged", zone.id, actor_id=actor.id, data=data)
    return into


def _hand_over(column: InstrumentedAttribute[Any], old: Any, new: Any, *only: ColumnElement[bool]) -> list[str]:
    """Let the rows that name the old one name the new one instead; their ids, for the event."""
    model: Any = column.class_
    where = (model.enterprise_id == old.enterprise_id, column == old.id, *only)
    session().flush()
    ids = [str(row_id) for row_id in session().scalars(select(model.id).where(*where).order_by(model.id))]
    given = update(model).where(*where).values({column.key: new.id})
    session().execute(given.execution_options(synchronize_session="fetch"))
    return ids
