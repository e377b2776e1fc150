"""What may happen to zones, floor plans, risk points, hazard sources and measures."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.service import working_person
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, invalid_field
from app.core.ids import new_id
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit
from app.evidence.photos import Picture
from app.evidence.service import keep_photo
from app.risks import levels, shapes
from app.risks.models import ControlMeasure, FloorPlan, HazardSource, RiskPoint, RiskZone
from risk_models import RiskLevel

Row = TypeVar("Row")

raise_level = levels.raise_level
release = levels.release


def add_floor_plan(actor: Actor, **described: Any) -> FloorPlan:
    """Add a floor plan; its image follows."""
    plan = FloorPlan(enterprise_id=actor.enterprise, id=new_id(), **described)
    session().add(plan)
    events.append(actor.enterprise, "floor_plan.added", plan.id, actor_id=actor.id, data={"name": plan.name})
    return plan


def list_floor_plans(actor: Actor) -> Select[FloorPlan]:
    return select(FloorPlan).where(FloorPlan.enterprise_id == actor.enterprise).order_by(FloorPlan.id)


def get_floor_plan(actor: Actor, plan_id: UUID, *, field: str = "") -> FloorPlan:
    """A floor plan of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return _own(actor, FloorPlan, plan_id, field, "没有这张平面图，请先建立。")


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
    parent = get_zone(actor, parent_id, field="/parent_id") if parent_id else None
    if floor_plan_id:
        get_floor_plan(actor, floor_plan_id, field="/floor_plan_id")
    zone_id = new_id()
    path = f"{parent.path if parent else ''}{zone_id.hex}/"
    if len(path) > 700:
        raise invalid_field("/parent_id", "分区层级过深，最多 21 层。")
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
    """Rename a zone or redraw it."""
    zone = get_zone(actor, zone_id)
    if changes.get("floor_plan_id"):
        get_floor_plan(actor, changes["floor_plan_id"], field="/floor_plan_id")
    _set(zone, changes)
    _check_polygon(actor, zone)
    events.append(actor.enterprise, "zone.changed", zone_id, actor_id=actor.id, data={"changed": sorted(changes)})
    return zone


def list_zones(actor: Actor) -> Select[RiskZone]:
    """The zones of the enterprise, each after its parent."""
    return select(RiskZone).where(RiskZone.enterprise_id == actor.enterprise).order_by(RiskZone.path)


def get_zone(actor: Actor, zone_id: UUID, *, field: str = "") -> RiskZone:
    """A zone of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return _own(actor, RiskZone, zone_id, field, "没有这个风险分区，请先建立。")


def add_point(
    actor: Actor, *, zone_id: UUID, unit_id: UUID, responsible_id: UUID, code: str | None = None, **described: Any
) -> RiskPoint:
    """Add a risk point, numbered by the ledger unless the enterprise brings its own code.

    Raises Conflict for a taken code, Forbidden for a leader's point outside his units.
    """
    get_zone(actor, zone_id, field="/zone_id")
    must_lead(actor, get_unit(actor, unit_id, field="/unit_id"))
    working_person(actor, responsible_id, field="/responsible_id")
    point = RiskPoint(
        enterprise_id=actor.enterprise, id=new_id(), code=_point_code(actor, code), zone_id=zone_id, unit_id=unit_id,
        responsible_id=responsible_id, **described,
    )  # fmt: skip
    session().add(point)
    session().flush()
    levels.enter(point)
    data = {"code": point.code, "name": point.name, "zone_id": str(zone_id)}
    events.append(actor.enterprise, "point.added", point.id, actor_id=actor.id, data=data)
    return point


def change_point(actor: Actor, point_id: UUID, **changes: Any) -> RiskPoint:
    """Change a risk point; moved to another zone, it takes its level along."""
    point = workable_point(actor, point_id)
    if "unit_id" in changes:
        must_lead(actor, get_unit(actor, changes["unit_id"], field="/unit_id"))
    if "responsible_id" in changes:
        working_person(actor, changes["responsible_id"], field="/responsible_id")
    if changes.get("zone_id", point.zone_id) != point.zone_id:
        get_zone(actor, changes["zone_id"], field="/zone_id")
        levels.move(point, from_zone=point.zone_id, to_zone=changes["zone_id"])
    _set(point, changes)
    events.append(actor.enterprise, "point.changed", point_id, actor_id=actor.id, data={"changed": sorted(changes)})
    return point


def list_points(
    actor: Actor,
    *,
    zone_id: UUID | None = None,
    level: RiskLevel | None = None,
    category: str | None = None,
    text: str | None = None,
) -> Select[RiskPoint]:
    """The risk points of the enterprise by code; a zone stands for all below it."""
    statement = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise)
    if zone_id:
        below = select(RiskZone.id).where(
            RiskZone.enterprise_id == actor.enterprise,
            RiskZone.path.startswith(get_zone(actor, zone_id, field="/zone_id").path),
        )
        statement = statement.where(RiskPoint.zone_id.in_(below))
    if level:
        statement = statement.where(RiskPoint.shown_level == level)
    if category:
        statement = statement.where(RiskPoint.category == category)
    if text:
        found = RiskPoint.name.contains(text, autoescape=True) | RiskPoint.code.contains(text, autoescape=True)
        statement = statement.where(found)
    return statement.order_by(RiskPoint.code, RiskPoint.id)


def of_own_units(actor: Actor, statement: Select[RiskPoint]) -> Select[RiskPoint]:
    """Narrow a select of points to those a leader works on; everyone else's stay as they are."""
    if actor.role != "leader":
        return statement
    own = select(OrgUnit.id).where(
        OrgUnit.enterprise_id == actor.enterprise, OrgUnit.path.startswith(actor.unit_path or "-")
    )
    return statement.where(RiskPoint.unit_id.in_(own))


def get_point(actor: Actor, point_id: UUID, *, field: str = "") -> RiskPoint:
    """A risk point of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return _own(actor, RiskPoint, point_id, field, "没有这个风险点，请先建立。")


def workable_point(actor: Actor, point_id: UUID, *, field: str = "") -> RiskPoint:
    """A risk point the actor may work on: a leader only those of his own units, else Forbidden."""
    point = get_point(actor, point_id, field=field)
    if actor.role == "leader":
        must_lead(actor, get_unit(actor, point.unit_id))
    return point


def must_lead(actor: Actor, unit: OrgUnit) -> None:
    """Raise Forbidden when a leader would act outside his own units."""
    if not actor.leads(unit.path):
        raise Forbidden("只能处理本部门（班组）的风险点，请联系该部门负责人或安全管理员。", code="not_own_unit")


def add_source(actor: Actor, *, point_id: UUID, **described: Any) -> HazardSource:
    """Add a hazard source to a point; it counts in no level until it is assessed."""
    workable_point(actor, point_id, field="/risk_point_id")
    source = HazardSource(enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, **described)
    session().add(source)
    session().flush()
    data = {"name": source.name, "point_id": str(point_id)}
    events.append(actor.enterprise, "source.added", source.id, actor_id=actor.id, data=data)
    return source


def change_source(actor: Actor, source_id: UUID, **changes: Any) -> HazardSource:
    """Change what is said of a hazard source; its grading changes by assessment alone."""
    source = workable_source(actor, source_id)
    _set(source, changes)
    events.append(actor.enterprise, "source.changed", source_id, actor_id=actor.id, data={"changed": sorted(changes)})
    return source


def list_sources(actor: Actor, *, point_id: UUID | None = None) -> Select[HazardSource]:
    """The hazard sources of the enterprise or of one point, oldest first."""
    statement = select(HazardSource).where(HazardSource.enterprise_id == actor.enterprise)
    if point_id:
        statement = statement.where(HazardSource.point_id == point_id)
    return statement.order_by(HazardSource.created_at, HazardSource.id)


def workable_source(actor: Actor, source_id: UUID, *, field: str = "") -> HazardSource:
    """A hazard source the actor may work on, as its point."""
    source = _own(actor, HazardSource, source_id, field, "没有这个危险源，请先建立。")
    workable_point(actor, source.point_id)
    return source


def add_measure(actor: Actor, *, source_id: UUID, **described: Any) -> ControlMeasure:
    """Add a control measure; with a `check` it yields an item of the point's next checklist."""
    workable_source(actor, source_id, field="/hazard_source_id")
    _check_reading(described.get("reading"), described.get("check", ""))
    measure = ControlMeasure(enterprise_id=actor.enterprise, id=new_id(), source_id=source_id, **described)
    session().add(measure)
    data = {"text": measure.text, "source_id": str(source_id)}
    events.append(actor.enterprise, "measure.added", measure.id, actor_id=actor.id, data=data)
    return measure


def change_measure(actor: Actor, measure_id: UUID, *, retired: bool | None = None, **changes: Any) -> ControlMeasure:
    """Change or retire a measure; checklists already published stay as they are."""
    measure = _own(actor, ControlMeasure, measure_id, "", "")
    workable_source(actor, measure.source_id)
    if retired is None or changes:  # `_set` refuses a change of nothing
        _set(measure, changes)
    if retired is not None:
        measure.retired_at = (measure.retired_at or now()) if retired else None
    _check_reading(measure.reading, measure.check)
    data = {"changed": sorted(changes), "retired": measure.retired_at is not None}
    events.append(actor.enterprise, "measure.changed", measure_id, actor_id=actor.id, data=data)
    return measure


def list_measures(
    actor: Actor, *, source_id: UUID | None = None, point_id: UUID | None = None
) -> Select[ControlMeasure]:
    """The measures in force, of the enterprise, of one source or of one point, oldest first."""
    statement = select(ControlMeasure).where(
        ControlMeasure.enterprise_id == actor.enterprise, ControlMeasure.retired_at.is_(None)
    )
    if source_id:
        statement = statement.where(ControlMeasure.source_id == source_id)
    if point_id:
        of_point = select(HazardSource.id).where(
            HazardSource.enterprise_id == actor.enterprise, HazardSource.point_id == point_id
        )
        statement = statement.where(ControlMeasure.source_id.in_(of_point))
    return statement.order_by(ControlMeasure.created_at, ControlMeasure.id)


def _point_code(actor: Actor, code: str | None) -> str:
    if code is None:
        code = events.next_code(actor.enterprise, "FX", 4)
        while _code_taken(actor, code):
            code = events.next_code(actor.enterprise, "FX", 4)
    elif _code_taken(actor, code):
        raise Conflict("这个风险点编号已存在，请换一个或留空由系统编号。", code="code_taken")
    return code


def _code_taken(actor: Actor, code: str) -> bool:
    taken = select(RiskPoint.id).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.code == code)
    return session().scalar(taken) is not None


def _check_polygon(actor: Actor, zone: RiskZone) -> None:
    if not zone.polygon:
        return
    if zone.floor_plan_id is None:
        raise invalid_field("/floor_plan_id", "画了边界的分区需要指明平面图。")
    plan = get_floor_plan(actor, zone.floor_plan_id, field="/floor_plan_id")
    problem = shapes.problem_of(zone.polygon, width=plan.width, height=plan.height)
    if problem:
        raise invalid_field("/polygon", problem)


def _check_reading(reading: dict[str, Any] | None, check: str) -> None:
    if reading is None:
        return
    if not check:
        raise invalid_field("/check", "有读数要求的措施需要写明检查内容。")
    least, most = reading.get("min"), reading.get("max")
    if least is None and most is None:
        raise invalid_field("/reading", "读数需要至少一个限值（min 或 max）。")
    if least is not None and most is not None and least > most:
        raise invalid_field("/reading/min", "下限不能高于上限。")
    reading.update(min=None if least is None else str(least), max=None if most is None else str(most))


def _set(row: Any, changes: dict[str, Any]) -> None:
    if not changes:
        raise Invalid("没有要修改的内容，请至少给出一个字段。")
    for name, value in changes.items():
        setattr(row, name, value)


def _own(actor: Actor, model: type[Row], row_id: UUID, field: str, absent: str) -> Row:
    row = session().get(model, (actor.enterprise, row_id))
    if row is None:
        raise invalid_field(field, absent) if field else NotFound()
    return row
