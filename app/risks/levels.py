"""What level a point shows, and what it shows now.

A hazard source shows its residual level, else its inherent one; a point shows the worst of its sources, and while a
lower level waits to be confirmed, what was confirmed last. Current is the higher of that and what open reasons raise.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import AT_ONCE, batched, session
from app.core.ids import new_id
from app.risks.mergers import survivor_of
from app.risks.models import HazardSource, LevelRaise, RaiseKind, RiskPoint, Status
from app.risks.rollup import Levels, carry
from app.risks.rules import rules_of
from risk_models import worst


def settle(actor: Actor, points: Sequence[RiskPoint], *, because: str) -> None:
    """Bring the levels of points up to date with their sources and raises, and carry the changes upward.

    `because` says in Chinese why they may have changed; each point whose level did gets it in an event. However many
    the points, the sources and raises are read in a few queries; a retired point counts nowhere and stays as it is.
    """
    points = [point for point in points if point.retired_at is None]
    before = {point.id: (point.shown_level, point.current_level) for point in points}
    session().flush()
    sources, raises = _sources_of(actor, before), _raises_of(actor, before)
    rules = rules_of(actor.enterprise) if any(raises.values()) else None
    moved = []
    for point in points:
        _assessed(point, sources[point.id])
        asked = [rules.raised(kind, point.shown_level) for kind in raises[point.id]] if rules else []
        point.current_level = worst([point.shown_level, *asked])
        if before[point.id] != (point.shown_level, point.current_level):
            moved.append(point)
            _tell(actor, point, before[point.id], because)
    _write_alike(points)
    carry(actor.enterprise, [(p.zone_id, before[p.id], (p.shown_level, p.current_level)) for p in moved])


def raise_level(actor: Actor, point_id: UUID, *, because: str, kind: RaiseKind, reason: str) -> None:
    """Raise what a point shows now, as the rules say for this kind of reason, until it is released.

    A reason that stands already is left as it is; one that was released stands again. What concerns a point that was
    merged into another raises the other.
    """
    raised = session().scalar(
        select(LevelRaise).where(LevelRaise.enterprise_id == actor.enterprise, LevelRaise.because == because)
    )
    if raised and raised.released_at is None:
        return
    point = survivor_of(session().get_one(RiskPoint, (actor.enterprise, point_id)))
    if raised is None:
        raised = LevelRaise(enterprise_id=actor.enterprise, id=new_id(), because=because)
        session().add(raised)
    raised.point_id, raised.kind, raised.reason, raised.at, raised.released_at = point.id, kind, reason, now(), None
    settle(actor, [point], because=reason)


def release(actor: Actor, *, because: str, reason: str) -> None:
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
        settle(actor, [session().get_one(RiskPoint, (actor.enterprise, raised.point_id))], because=reason)


def settle_raised(actor: Actor, *, because: str) -> None:
    """Bring every point with a standing reason up to date: after the rules were settled otherwise."""
    raised = select(LevelRaise.point_id).where(
        LevelRaise.enterprise_id == actor.enterprise, LevelRaise.released_at.is_(None)
    )
    statement = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(raised))
    settle(actor, list(session().scalars(statement)), because=because)


def reasons_of(actor: Actor, point: RiskPoint) -> list[dict[str, Any]]:
    """Why what a point shows now may be above what was assessed, oldest first, each with the level it asks for."""
    rules = rules_of(actor.enterprise)
    standing = session().scalars(
        select(LevelRaise)
        .where(
            LevelRaise.enterprise_id == actor.enterprise,
            LevelRaise.point_id == point.id,
            LevelRaise.released_at.is_(None),
        )
        .order_by(LevelRaise.at, LevelRaise.id)
    )
    return [
        {"kind": one.kind, "level": rules.raised(one.kind, point.shown_level), "reason": one.reason, "at": one.at}
        for one in standing
    ]


def _sources_of(actor: Actor, point_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    columns = (
        HazardSource.point_id, HazardSource.inherent_level, HazardSource.residual_level, HazardSource.assessed_on
    )  # fmt: skip
    for ids in batched(point_ids, AT_ONCE):
        statement = select(*columns).where(
            HazardSource.enterprise_id == actor.enterprise,
            HazardSource.point_id.in_(ids),
            HazardSource.retired_at.is_(None),
        )
        for point_id, *levels in session().execute(statement):
            found[point_id].append(levels)
    return found


def _raises_of(actor: Actor, point_ids: Collection[UUID]) -> dict[UUID, list[RaiseKind]]:
    found: dict[UUID, list[RaiseKind]] = defaultdict(list)
    for ids in batched(point_ids, AT_ONCE):
        statement = select(LevelRaise.point_id, LevelRaise.kind).where(
            LevelRaise.enterprise_id == actor.enterprise,
            LevelRaise.point_id.in_(ids),
            LevelRaise.released_at.is_(None),
        )
        for point_id, kind in session().execute(statement):
            found[point_id].append(kind)
    return found


def _assessed(point: RiskPoint, sources: Sequence[Any]) -> None:
    """What the sources come to; while the point is not confirmed, never below what was confirmed last."""
    held = (None, None) if point.status is Status.CONFIRMED else (point.held_inherent_level, point.held_level)
    point.inherent_level = worst([held[0], *(inherent for inherent, _, _ in sources)])
    point.residual_level = worst(residual for _, residual, _ in sources)
    point.shown_level = worst([held[1], *(residual or inherent for inherent, residual, _ in sources)])
    days = [day for _, _, day in sources]
    point.assessed_on = min(days) if days and None not in days else None


def _write_alike(points: Sequence[RiskPoint]) -> None:
    """Let every changed point write the same columns: one statement for all, not one for each pattern of changes."""
    for point in points:
        if session().is_modified(point):
            for column in ("inherent_level", "residual_level", "shown_level", "current_level", "assessed_on"):
                flag_modified(point, column)


def _tell(actor: Actor, point: RiskPoint, before: Levels, because: str) -> None:
    data = {
        "shown": point.shown_level, "current": point.current_level, "was_shown": before[0], "was_current": before[1],
        "because": because,
    }  # fmt: skip
    events.append(actor.enterprise, "point.level_changed", point.id, actor_id=actor.id, data=data)
