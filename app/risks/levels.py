"""What level is shown, and how a change is carried upward: point, zones, enterprise, in the same transaction.

A hazard source shows its residual level, else its inherent one; a point shows the worst of its sources. Current is the
higher of shown and what open reasons raise. A zone keeps how many points below it are at each level, so one statement
carries a change to every zone above.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import insert_once, session
from app.core.ids import new_id
from app.risks.models import EnterpriseLevels, HazardSource, LevelRaise, RiskPoint, RiskZone
from risk_models import RiskLevel, worst

Levels = tuple[RiskLevel | None, RiskLevel | None]  # shown, current
ABSENT = None


def settle(actor: Actor, point: RiskPoint) -> None:
    """Bring a point's levels up to date with its sources and raises, and carry the change upward."""
    before = (point.shown_level, point.current_level)
    session().flush()
    sources = session().execute(
        select(HazardSource.inherent_level, HazardSource.residual_level).where(
            HazardSource.enterprise_id == point.enterprise_id, HazardSource.point_id == point.id
        )
    )
    pairs = [tuple(row) for row in sources]
    point.inherent_level = worst(inherent for inherent, _ in pairs)
    point.residual_level = worst(residual for _, residual in pairs)
    point.shown_level = worst(residual or inherent for inherent, residual in pairs)
    point.current_level = worst([point.shown_level, *_raised(point)])
    after = (point.shown_level, point.current_level)
    if after != before:
        carry(point, zone_id=point.zone_id, before=before, after=after)
        data = {"shown": after[0], "current": after[1], "was_shown": before[0], "was_current": before[1]}
        events.append(actor.enterprise, "point.level_changed", point.id, actor_id=actor.id, data=data)


def enter(point: RiskPoint) -> None:
    """Count a new point, not yet assessed, in its zones and its enterprise."""
    carry(point, zone_id=point.zone_id, before=ABSENT, after=(None, None))


def move(point: RiskPoint, *, from_zone: UUID, to_zone: UUID) -> None:
    """Count a point in another zone."""
    levels = (point.shown_level, point.current_level)
    carry(point, zone_id=from_zone, before=levels, after=ABSENT)
    carry(point, zone_id=to_zone, before=ABSENT, after=levels)


def carry(point: RiskPoint, *, zone_id: UUID, before: Levels | None, after: Levels | None) -> None:
    """Add the change of one point to every zone above it and to the enterprise: two statements, however deep."""
    changes = _changes(before, after)
    session().flush()
    path = session().scalar(
        select(RiskZone.path).where(RiskZone.enterprise_id == point.enterprise_id, RiskZone.id == zone_id)
    )
    above = [UUID(hex=step) for step in (path or "").split("/") if step]
    _add(RiskZone, changes, RiskZone.enterprise_id == point.enterprise_id, RiskZone.id.in_(above))
    insert_once(EnterpriseLevels, {"enterprise_id": point.enterprise_id, **_zeroes()})
    _add(EnterpriseLevels, changes, EnterpriseLevels.enterprise_id == point.enterprise_id)


def raise_level(actor: Actor, point_id: UUID, *, because: str, level: RiskLevel, reason: str) -> None:
    """Raise the current level of a point to at least `level` for a named reason, until it is released."""
    point = session().get_one(RiskPoint, (actor.enterprise, point_id))
    session().add(
        LevelRaise(
            enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, because=because, level=level, reason=reason
        )
    )
    settle(actor, point)


def release(actor: Actor, *, because: str) -> None:
    """Let go of a reason; the point falls back to what its sources and other reasons say."""
    raised = session().scalar(
        select(LevelRaise).where(
            LevelRaise.enterprise_id == actor.enterprise,
            LevelRaise.because == because,
            LevelRaise.released_at.is_(None),
        )
    )
    if raised:
        raised.released_at = now()
        settle(actor, session().get_one(RiskPoint, (actor.enterprise, raised.point_id)))


def reasons_of(actor: Actor, point_id: UUID) -> list[LevelRaise]:
    """Why the current level of a point is above the one it shows."""
    return list(
        session().scalars(
            select(LevelRaise)
            .where(
                LevelRaise.enterprise_id == actor.enterprise,
                LevelRaise.point_id == point_id,
                LevelRaise.released_at.is_(None),
            )
            .order_by(LevelRaise.at)
        )
    )


def enterprise_levels(enterprise_id: UUID) -> EnterpriseLevels:
    """The counts of the whole enterprise; all zero before its first point."""
    found = session().get(EnterpriseLevels, enterprise_id, populate_existing=True)
    return found or EnterpriseLevels(enterprise_id=enterprise_id, **_zeroes())


def stored_counts(enterprise_id: UUID) -> dict[UUID, dict[str, int]]:
    """The counts as they are kept: of every zone and, under the enterprise's id, of the whole."""
    nodes: dict[UUID, Any] = {
        zone.id: zone for zone in session().scalars(select(RiskZone).where(RiskZone.enterprise_id == enterprise_id))
    }
    nodes[enterprise_id] = enterprise_levels(enterprise_id)
    return {node: {column: getattr(row, column) for column in _zeroes()} for node, row in nodes.items()}


def recounted(enterprise_id: UUID) -> dict[UUID, dict[str, int]]:
    """The counts of every zone and, under the enterprise's id, of the whole, recomputed from the points alone."""
    zones = session().execute(select(RiskZone.id, RiskZone.path).where(RiskZone.enterprise_id == enterprise_id)).all()
    paths = {zone_id: [UUID(hex=step) for step in path.split("/") if step] for zone_id, path in zones}
    totals = {node: _zeroes() for node in [*paths, enterprise_id]}
    points = session().execute(
        select(RiskPoint.zone_id, RiskPoint.shown_level, RiskPoint.current_level).where(
            RiskPoint.enterprise_id == enterprise_id
        )
    )
    for zone_id, shown, current in points:
        for node in [*paths[zone_id], enterprise_id]:
            totals[node][_column("shown", shown)] += 1
            totals[node][_column("current", current)] += 1
    return totals


def _raised(point: RiskPoint) -> list[RiskLevel]:
    return list(
        session().scalars(
            select(LevelRaise.level).where(
                LevelRaise.enterprise_id == point.enterprise_id,
                LevelRaise.point_id == point.id,
                LevelRaise.released_at.is_(None),
            )
        )
    )


def _changes(before: Levels | None, after: Levels | None) -> dict[str, int]:
    changes: dict[str, int] = {}
    for levels, step in ((before, -1), (after, 1)):
        for which, level in zip(("shown", "current"), levels or (), strict=False):
            column = _column(which, level)
            changes[column] = changes.get(column, 0) + step
    return {column: step for column, step in changes.items() if step}


def _column(which: str, level: RiskLevel | None) -> str:
    return f"{which}_{level or 'unassessed'}"


def _zeroes() -> dict[str, int]:
    return {_column(which, level): 0 for which in ("shown", "current") for level in (*RiskLevel, None)}


def _add(model: type[Any], changes: dict[str, int], *where: Any) -> None:
    if changes:
        values = {column: getattr(model, column) + step for column, step in changes.items()}
        session().execute(update(model).where(*where).values(values).execution_options(synchronize_session="fetch"))
