"""What stands on a floor plan: whether a point is on it at all, and what on it is worth another look."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import invalid_field
from app.risks.models import FloorPlan, RiskPoint, RiskZone
from app.risks.shapes import overlap, surely_in
from app.risks.zones import get_floor_plan

MOST_NAMED = 200  # warnings of one kind


def must_be_on_its_plan(zone: RiskZone, x: int | None, y: int | None) -> None:
    """Raise Invalid for a position of one number, or beyond the plan the zone, or the nearest above it, is drawn on."""
    if (x is None) != (y is None):
        raise invalid_field("/x" if x is None else "/y", "图上位置的 x 和 y 要同时填写，或都不填。")
    if x is None or y is None:
        return
    plan = _plan_of(zone)
    if plan and not (x <= plan.width and y <= plan.height):
        said = f"位置（{x}，{y}）落在平面图“{plan.name}”之外，平面图为 {plan.width}×{plan.height}，请在图内重新点选。"
        raise invalid_field("/x" if x > plan.width else "/y", said)


def _plan_of(zone: RiskZone) -> FloorPlan | None:
    above = [UUID(hex=part) for part in zone.path.rstrip("/").split("/")]
    rows = session().execute(
        select(RiskZone.polygon, FloorPlan)
        .join(FloorPlan, (FloorPlan.enterprise_id == RiskZone.enterprise_id) & (FloorPlan.id == RiskZone.floor_plan_id))
        .where(RiskZone.enterprise_id == zone.enterprise_id, RiskZone.id.in_(above))
        .order_by(RiskZone.path.desc())
    )
    return next((plan for polygon, plan in rows if polygon), None)


def warnings_of(actor: Actor, plan_id: UUID) -> list[dict[str, Any]]:
    """What on a plan is worth another look: siblings that overlap, points outside their zone or without a place."""
    plan = get_floor_plan(actor, plan_id)
    in_use = RiskZone.enterprise_id == actor.enterprise, RiskZone.retired_at.is_(None)
    here = session().scalars(select(RiskZone).where(*in_use, RiskZone.floor_plan_id == plan.id).order_by(RiskZone.path))
    zones = [zone for zone in here if zone.polygon]
    points = (
        session()
        .scalars(
            select(RiskPoint)
            .where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.retired_at.is_(None))
            .where(RiskPoint.zone_id.in_([zone.id for zone in zones]))
            .order_by(RiskPoint.code)
        )
        .all()
    )
    return [*_overlaps(zones), *_misplaced({zone.id: zone for zone in zones}, points)]


def _overlaps(zones: Sequence[RiskZone]) -> Iterator[dict[str, Any]]:
    siblings: dict[UUID | None, list[RiskZone]] = {}
    for zone in zones:
        siblings.setdefault(zone.parent_id, []).append(zone)
    pairs = (pair for group in siblings.values() for pair in combinations(group, 2))
    found = 0
    for one, other in pairs:
        if found < MOST_NAMED and overlap(one.polygon, other.polygon):
            found += 1
            text = f"分区“{one.name}”与“{other.name}”的边界重叠，请核对；图上重叠处显示等级较高的。"
            yield {"kind": "overlap", "text": text, "zone_ids": [one.id, other.id], "risk_point_ids": []}


def _misplaced(zones: dict[UUID, RiskZone], points: Sequence[RiskPoint]) -> Iterator[dict[str, Any]]:
    for point in points[: 10 * MOST_NAMED]:
        zone = zones[point.zone_id]
        named = {"zone_ids": [zone.id], "risk_point_ids": [point.id]}
        if point.x is None or point.y is None:
            text = f"风险点 {point.code} {point.name} 没有标位置，四色图上画在“{zone.name}”中部，请点选位置。"
            yield {"kind": "unplaced", "text": text, **named}
        elif not surely_in((point.x, point.y), zone.polygon):
            text = f"风险点 {point.code} {point.name} 标在所属分区“{zone.name}”的边界之外，请核对位置或分区。"
            yield {"kind": "outside", "text": text, **named}
