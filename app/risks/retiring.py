"""Retirement instead of deletion: what is no longer used counts nowhere, keeps its history, and can be restored."""

from uuid import UUID

from sqlalchemy import func, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.rows import own
from app.enterprises.service import get_unit
from app.risks import levels, rollup
from app.risks.mergers import survivor_of
from app.risks.models import HazardSource, RiskPoint, RiskZone
from app.risks.points import get_point, must_lead, touch, workable_point
from app.risks.sources import point_of, workable_source
from app.risks.zones import below, get_zone, usable_zone
from risk_models import RiskLevel

RED = "risk:confirm-red"


def retire_point(actor: Actor, point_id: UUID, *, reason: str) -> RiskPoint:
    """Retire a point.

    Raises Forbidden for a red one (inherent, shown, or once confirmed) unless the actor may confirm red; Conflict while
    open hidden hazards raise its level.
    """
    point = workable_point(actor, point_id)
    known = (point.inherent_level, point.shown_level, point.held_inherent_level, point.held_level)
    if RiskLevel.RED in known and not actor.may(RED):
        raise Forbidden("重大风险的风险点只能由主要负责人停用，请提请主要负责人操作。")
    standing = [raised["reason"] for raised in levels.reasons_of(actor, point)]
    if standing:
        raise Conflict(
            f"风险点 {point.code} {'；'.join(standing[:5])}{'等' if len(standing) > 5 else ''}。请先整改销号，再停用。",
            code="open_raises",
        )
    rollup.leave([point])
    point.retired_at = now()
    data = {"code": point.code, "name": point.name, "reason": reason, "shown": point.shown_level}
    events.append(actor.enterprise, "point.retired", point.id, actor_id=actor.id, data=data)
    return point


def restore_point(actor: Actor, point_id: UUID) -> RiskPoint:
    """Use a retired point again: a draft, in a zone in use. Raises Conflict for one in use, and for one merged."""
    point = get_point(actor, point_id)
    must_lead(actor, get_unit(actor, point.unit_id))
    if point.merged_into_id:
        into = survivor_of(point).code
        raise Conflict(f"风险点 {point.code} 已并入 {into}，不能恢复；确需使用请新建，或复制 {into}。", code="merged")
    _must_be_retired(point.retired_at is not None, f"风险点 {point.code}")
    usable_zone(actor, point.zone_id)
    point.retired_at = None
    touch([point])
    rollup.enter([point])
    events.append(actor.enterprise, "point.restored", point.id, actor_id=actor.id, data={"code": point.code})
    levels.settle(actor, [point], because="恢复使用")
    return point


def retire_source(actor: Actor, source_id: UUID, *, reason: str) -> HazardSource:
    """Retire a hazard source: it counts in no level, and its measures are in no checklist to come."""
    source = workable_source(actor, source_id)
    source.retired_at = now()
    data = {"code": source.code, "name": source.name, "point_id": str(source.point_id), "reason": reason}
    events.append(actor.enterprise, "source.retired", source.id, actor_id=actor.id, data=data)
    _settle(actor, source, because=f"停用危险源 {source.code}")
    return source


def restore_source(actor: Actor, source_id: UUID) -> HazardSource:
    """Use a retired hazard source again. Raises Conflict for one in use, and for one of a retired point."""
    source = own(actor, HazardSource, source_id)
    workable_point(actor, source.point_id)
    _must_be_retired(source.retired_at is not None, f"危险源 {source.code}")
    source.retired_at = None
    events.append(actor.enterprise, "source.restored", source.id, actor_id=actor.id, data={"code": source.code})
    _settle(actor, source, because=f"恢复危险源 {source.code}")
    return source


def retire_zone(actor: Actor, zone_id: UUID, *, reason: str) -> RiskZone:
    """Retire a zone. Raises Conflict while points or zones below it are in use."""
    zone = usable_zone(actor, zone_id)
    within = below(actor, zone)
    points, zones = (
        session()
        .execute(
            select(
                select(func.count())
                .where(
                    RiskPoint.enterprise_id == actor.enterprise,
                    RiskPoint.zone_id.in_(within),
                    RiskPoint.retired_at.is_(None),
                )
                .scalar_subquery(),
                within.where(RiskZone.id != zone.id, RiskZone.retired_at.is_(None))
                .with_only_columns(func.count())
                .scalar_subquery(),
            )
        )
        .one()
    )
    if points or zones:
        raise Conflict(
            f"风险分区“{zone.name}”下还有 {points} 个在用的风险点和 {zones} 个在用的下级分区，"
            "请先移走、合并或停用它们，再停用这个分区。",
            code="in_use",
        )
    zone.retired_at = now()
    data = {"name": zone.name, "reason": reason}
    events.append(actor.enterprise, "zone.retired", zone.id, actor_id=actor.id, data=data)
    return zone


def restore_zone(actor: Actor, zone_id: UUID) -> RiskZone:
    """Use a retired zone again. Raises Conflict for one in use, one merged, and one below a retired zone."""
    zone = get_zone(actor, zone_id)
    if zone.merged_into_id:
        raise Conflict(f"风险分区“{zone.name}”已并入其他分区，不能恢复；确需使用请新建。", code="merged")
    _must_be_retired(zone.retired_at is not None, f"风险分区“{zone.name}”")
    if zone.parent_id:
        usable_zone(actor, zone.parent_id)
    zone.retired_at = None
    events.append(actor.enterprise, "zone.restored", zone.id, actor_id=actor.id, data={"name": zone.name})
    return zone


def _settle(actor: Actor, source: HazardSource, *, because: str) -> None:
    point = point_of(source)
    touch([point])
    levels.settle(actor, [point], because=because)


def _must_be_retired(retired: bool, what: str) -> None:
    if not retired:
        raise Conflict(f"{what}在用，不需要恢复。", code="not_retired")
