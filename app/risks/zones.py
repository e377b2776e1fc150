"""Zones and the floor plans they are drawn on."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, update

from app.core import events
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.ids import new_id
from app.core.rows import change, own
from app.enterprises.service import units_led
from app.evidence.photos import Picture
from app.evidence.service import keep_photo
from app.risks import rollup, shapes
from app.risks.models import FloorPlan, RiskPoint, RiskZone


def add_floor_plan(actor: Actor, **described: Any) -> FloorPlan:
    """Add a floor plan; its image follows."""
    plan = FloorPlan(enterprise_id=actor.enterprise, id=new_id(), **described)
    session().add(plan)
    events.append(actor.enterprise, "floor_plan.added", plan.id, actor_id=actor.id, data={"name": plan.name})
    return plan


def change_floor_plan(actor: Actor, plan_id: UUID, **changes: Any) -> FloorPlan:
    """Rename a floor plan, or say its floor, its north or its scale; its size stays, for zones are drawn on it."""
    plan = get_floor_plan(actor, plan_id)
    events.append(actor.enterprise, "floor_plan.changed", plan_id, actor_id=actor.id, data=change(plan, changes))
    return plan


def list_floor_plans(actor: Actor) -> Select[FloorPlan]:
    return select(FloorPlan).where(FloorPlan.enterprise_id == actor.enterprise).order_by(FloorPlan.id)


def get_floor_plan(actor: Actor, plan_id: UUID, *, field: str = "") -> FloorPlan:
    """A floor plan of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return own(actor, FloorPlan, plan_id, field=field, absent="没有这张平面图，请先建立。")


def put_plan_image(actor: Actor, plan_id: UUID, picture: Picture) -> FloorPlan:
    """Give a floor plan its drawing."""
    plan = get_floor_plan(actor, plan_id)
    keep_photo(actor, picture)
    plan.image_sha256 = picture.sha256
    events.append(actor.enterprise, "floor_plan.drawn", plan.id, actor_id=actor.id, data={"sha256": picture.sha256})
    return plan


def add_zone(
    actor: Actor,
    *,
    name: str,
    kind: str,
    parent_id: UUID | None = None,
    floor_plan_id: UUID | None = None,
    polygon: list[list[int]] | None = None,
) -> RiskZone:
    """Add a zone below its parent, drawn on a plan where it has a polygon."""
    parent = usable_zone(actor, parent_id, field="/parent_id") if parent_id else None
    if floor_plan_id:
        get_floor_plan(actor, floor_plan_id, field="/floor_plan_id")
    zone_id = new_id()
    path = f"{parent.path if parent else ''}{zone_id.hex}/"
    zone = RiskZone(
        enterprise_id=actor.enterprise, id=zone_id, parent_id=parent_id, name=name, kind=kind, path=path,
        floor_plan_id=floor_plan_id, polygon=polygon or [],
    )  # fmt: skip
    _check_polygon(actor, zone)
    session().add(zone)
    session().flush()
    events.append(actor.enterprise, "zone.added", zone_id, actor_id=actor.id, data={"name": name, "kind": kind})
    return zone


def change_zone(actor: Actor, zone_id: UUID, **changes: Any) -> RiskZone:
    """Rename a zone, redraw it, or move it below another parent (`parent_id`, None for the top)."""
    zone = usable_zone(actor, zone_id)
    if "parent_id" in changes:
        move_zone(actor, zone_id, changes.pop("parent_id"))
        if not changes:
            return zone
    if changes.get("floor_plan_id"):
        get_floor_plan(actor, changes["floor_plan_id"], field="/floor_plan_id")
    data = change(zone, changes)
    _check_polygon(actor, zone)
    events.append(actor.enterprise, "zone.changed", zone_id, actor_id=actor.id, data=data)
    return zone


def move_zone(actor: Actor, zone_id: UUID, parent_id: UUID | None) -> RiskZone:
    """Move a zone with all it holds below another parent, or to the top.

    Raises Invalid when the parent is the zone itself or below it, Forbidden when a leader's zone holds others' points.
    """
    zone = usable_zone(actor, zone_id)
    parent = usable_zone(actor, parent_id, field="/parent_id") if parent_id else None
    must_lead_all_below(actor, zone)
    if parent:
        must_be_outside(zone, parent, field="/parent_id")
    if parent_id == zone.parent_id:
        return zone
    above, to_path = path_above(zone), parent.path if parent else ""
    rollup.move_zone(zone, from_path=above, to_path=to_path)
    data = {"from": zone.parent_id and str(zone.parent_id), "to": parent_id and str(parent_id), "name": zone.name}
    zone.parent_id = parent_id
    hang(actor, below(actor, zone), from_path=above, to_path=to_path)
    events.append(actor.enterprise, "zone.moved", zone_id, actor_id=actor.id, data=data)
    return zone


def list_zones(actor: Actor, *, retired: bool = False) -> Select[RiskZone]:
    """The zones in use, each after its parent; with `retired` those no longer used instead."""
    in_use = RiskZone.retired_at.is_not(None) if retired else RiskZone.retired_at.is_(None)
    return select(RiskZone).where(RiskZone.enterprise_id == actor.enterprise, in_use).order_by(RiskZone.path)


def below(actor: Actor, zone: RiskZone) -> Select[UUID]:
    """The ids of a zone and all zones below it, for a query."""
    return select(RiskZone.id).where(_within(zone))


def path_above(zone: RiskZone) -> str:
    """The path of a zone's parent; empty at the top."""
    return zone.path.removesuffix(f"{zone.id.hex}/")


def hang(actor: Actor, chosen: Select[UUID], *, from_path: str, to_path: str) -> None:
    """Hang zones, whole subtrees of them, from another path: one statement however many."""
    session().flush()
    path = literal(to_path).concat(func.substr(RiskZone.path, len(from_path) + 1))
    session().execute(
        update(RiskZone)
        .where(RiskZone.enterprise_id == actor.enterprise, RiskZone.id.in_(chosen))
        .values(path=path)
        .execution_options(synchronize_session="fetch")
    )


def must_be_outside(zone: RiskZone, other: RiskZone, *, field: str) -> None:
    """Raise Invalid when another zone is this one or lies below it: the tree would close upon itself."""
    if other.path.startswith(zone.path):
        where = "它自己" if other is zone else f"它的下级分区“{other.name}”"
        raise invalid_field(field, f"不能把风险分区“{zone.name}”移入{where}，请选择它以外的分区。", code="cycle")


def must_lead_all_below(actor: Actor, zone: RiskZone) -> None:
    """Raise Forbidden when a leader would act on a zone that holds points of other units."""
    if actor.role != "leader":
        return
    others = (
        select(RiskPoint.code)
        .where(
            RiskPoint.enterprise_id == actor.enterprise,
            RiskPoint.retired_at.is_(None),
            RiskPoint.zone_id.in_(below(actor, zone)),
            RiskPoint.unit_id.not_in(units_led(actor)),
        )
        .order_by(RiskPoint.code)
    )
    code = session().scalar(others.limit(1))
    if code:
        raise Forbidden(
            f"风险分区“{zone.name}”中有其他部门的风险点（如 {code}），请联系安全管理员操作。", code="not_own_unit"
        )


def get_zone(actor: Actor, zone_id: UUID, *, field: str = "") -> RiskZone:
    """A zone of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return own(actor, RiskZone, zone_id, field=field, absent="没有这个风险分区，请先建立。")


def usable_zone(actor: Actor, zone_id: UUID, *, field: str = "") -> RiskZone:
    """A zone still in use, as `get_zone`. Raises Conflict for one that was retired."""
    zone = get_zone(actor, zone_id, field=field)
    if zone.retired_at:
        raise Conflict(f"风险分区“{zone.name}”已停用，请改选在用的分区，或先恢复它。", code="retired")
    return zone


def _within(zone: RiskZone) -> ColumnElement[bool]:
    """The condition that a zone is this one or below it; a prefix may be longer than LIKE takes."""
    prefix = func.substr(RiskZone.path, 1, len(zone.path))
    return and_(RiskZone.enterprise_id == zone.enterprise_id, prefix == zone.path)


def _check_polygon(actor: Actor, zone: RiskZone) -> None:
    if not zone.polygon:
        return
    if zone.floor_plan_id is None:
        raise invalid_field("/floor_plan_id", "画了边界的分区需要指明平面图。")
    plan = get_floor_plan(actor, zone.floor_plan_id, field="/floor_plan_id")
    problem = shapes.problem_of(zone.polygon, width=plan.width, height=plan.height)
    if problem:
        raise invalid_field("/polygon", problem)
