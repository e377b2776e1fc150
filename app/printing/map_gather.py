"""What the four-colour maps say: zones, points and plans gathered in a few queries however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import Enterprise
from app.enterprises.service import own_enterprise
from app.printing.gather import SHOWN, unconfirmed
from app.printing.map_content import FourColourMap, Ground, MapPoint, ZoneShape
from app.risks.floors import height_of
from app.risks.models import FloorPlan, RiskPoint, RiskZone
from app.risks.rollup import steps
from risk_models import RiskLevel, worst

SHOWS = {
    "shown": SHOWN,
    "inherent": "固有风险等级（不计管控措施）",
    "residual": "现状风险等级（计入管控措施；只有固有风险等级的为未评估）",
    "current": "当前风险等级（计入未销号的重大隐患和逾期隐患）",
}
SCHEMATIC = "schematic"


@dataclass(frozen=True)
class Standing:
    """The zones and points of an enterprise in use, and on which plan each zone stands."""

    enterprise: Enterprise
    plans: Mapping[UUID, FloorPlan]
    zones: Sequence[RiskZone]  # each after its parent
    points: Sequence[RiskPoint]  # by code
    drawn_in: Mapping[UUID, RiskZone | None]  # the zone itself, or the nearest above it, that has an outline

    @cached_property
    def occupied(self) -> set[UUID]:
        """The zones with a point in them or in one below."""
        paths = {zone.id: zone.path for zone in self.zones}
        return {zone_id for path in {paths[point.zone_id] for point in self.points} for zone_id in steps(path)}

    def levels(self, which: str) -> dict[UUID, RiskLevel | None]:
        """The level of each zone: the worst of the points in it and in all below it."""
        by_path = {zone.id.hex: zone.id for zone in self.zones}
        paths = {zone.id: zone.path for zone in self.zones}
        levels: dict[UUID, RiskLevel | None] = dict.fromkeys(paths)
        for point in self.points:
            for part in paths[point.zone_id].rstrip("/").split("/"):
                if part in by_path:
                    levels[by_path[part]] = worst((levels[by_path[part]], _level(point, which)))
        return levels


def list_plans(actor: Actor) -> list[FloorPlan]:
    """The plans of the enterprise, from the lowest floor to the highest."""
    plans = session().scalars(select(FloorPlan).where(FloorPlan.enterprise_id == actor.enterprise))
    return sorted(plans, key=lambda plan: (*height_of(plan.floor), plan.name, plan.id))


def has_zones(actor: Actor) -> bool:
    """Whether there is anything a map could show."""
    in_use = RiskZone.enterprise_id == actor.enterprise, RiskZone.retired_at.is_(None)
    return session().scalar(select(RiskZone.id).where(*in_use).limit(1)) is not None


def maps_of(actor: Actor, wanted: Sequence[tuple[UUID | None, str]]) -> list[FourColourMap | None]:
    """The maps of plans, or None for the schematic, each with the level it shows; None for a plan that is no more."""
    standing = _standing(actor)
    levels = {which: standing.levels(which) for which in {which for _, which in wanted}}
    return [
        schematic(standing, which, levels[which])
        if plan_id is None
        else on_plan(standing, standing.plans[plan_id], which, levels[which])
        if plan_id in standing.plans
        else None
        for plan_id, which in wanted
    ]


def on_plan(standing: Standing, plan: FloorPlan, which: str, levels: Mapping[UUID, RiskLevel | None]) -> FourColourMap:
    """The map of a floor plan, at the levels of one kind."""
    zones = [zone for zone in standing.zones if zone.polygon and zone.floor_plan_id == plan.id]
    places = {zone.id: n for n, zone in enumerate(zones)}
    drawn_in = [(point, standing.drawn_in[point.zone_id]) for point in standing.points]
    here = [(point, places[zone.id]) for point, zone in drawn_in if zone and zone.id in places]
    nowhere = [point for point, zone in drawn_in if zone is None]
    return FourColourMap(
        enterprise_id=plan.enterprise_id,
        enterprise=standing.enterprise.name,
        ground=Ground(
            name="　".join(filter(None, (plan.name, plan.floor))),
            width=plan.width,
            height=plan.height,
            picture=plan.image_sha256,
            north=plan.north,
            millimetres_per_unit=plan.millimetres_per_unit,
        ),
        zones=tuple(
            ZoneShape(
                zone.name,
                tuple((float(x), float(y)) for x, y in zone.polygon),
                levels[zone.id],
                empty=zone.id not in standing.occupied,
            )
            for zone in zones
        ),
        points=tuple(_point(point, which, place) for point, place in here),
        elsewhere=tuple(_point(point, which) for point in nowhere),
        on_other_plans=len(standing.points) - len(here) - len(nowhere),
        shows=SHOWS[which],
    )


def schematic(standing: Standing, which: str, levels: Mapping[UUID, RiskLevel | None]) -> FourColourMap:
    """The map of the tree of zones, for an enterprise without a plan."""
    places = {zone.id: n for n, zone in enumerate(standing.zones)}
    return FourColourMap(
        enterprise_id=standing.enterprise.id,
        enterprise=standing.enterprise.name,
        ground=None,
        zones=tuple(
            ZoneShape(
                zone.name,
                (),
                levels[zone.id],
                parent=places.get(zone.parent_id) if zone.parent_id else None,
                empty=zone.id not in standing.occupied,
            )
            for zone in standing.zones
        ),
        points=tuple(_point(point, which, places[point.zone_id], placed=False) for point in standing.points),
        shows=SHOWS[which],
    )


def _standing(actor: Actor) -> Standing:
    zones: list[RiskZone] = _in_use(actor, RiskZone, RiskZone.path)
    drawn_in: dict[UUID, RiskZone | None] = {}
    for zone in zones:
        drawn_in[zone.id] = zone if zone.polygon else drawn_in.get(zone.parent_id) if zone.parent_id else None
    return Standing(
        enterprise=own_enterprise(actor),
        plans={plan.id: plan for plan in list_plans(actor)},
        zones=zones,
        points=_in_use(actor, RiskPoint, RiskPoint.code),
        drawn_in=drawn_in,
    )


def _point(point: RiskPoint, which: str, zone: int | None = None, *, placed: bool = True) -> MapPoint:
    placed = placed and zone is not None and point.x is not None and point.y is not None
    raised = which == "shown" and point.current_level != point.shown_level
    return MapPoint(
        code=point.code,
        name=point.name,
        level=_level(point, which),
        x=float(point.x) if placed and point.x is not None else None,
        y=float(point.y) if placed and point.y is not None else None,
        now=point.current_level if raised else None,
        zone=zone,
        unconfirmed=bool(unconfirmed(point)),
    )


def _level(point: RiskPoint, which: str) -> RiskLevel | None:
    level: RiskLevel | None = getattr(point, f"{which}_level")
    return level


def _in_use(actor: Actor, model: Any, order: Any) -> list[Any]:
    in_use = model.enterprise_id == actor.enterprise, model.retired_at.is_(None)
    return list(session().scalars(select(model).where(*in_use).order_by(order, model.id)))
