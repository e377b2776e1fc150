"""Risk points: added, changed, found, counted."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.accounts.service import working_person
from app.core import events
from app.core.actor import Actor
from app.core.clock import months_after, today
from app.core.db import holds, session
from app.core.errors import Conflict, Forbidden, invalid_field
from app.core.ids import new_id
from app.core.rows import change, own
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit, units_led
from app.risks import rollup
from app.risks.codes import fresh_codes
from app.risks.models import HazardSource, RiskPoint, Status
from app.risks.plan_checks import must_be_on_its_plan
from app.risks.rules import rules_of
from app.risks.zones import below, get_zone, usable_zone
from risk_models import RiskLevel

IDENTIFYING = frozenset({"name", "category"})  # of a point; a change of these is to be confirmed again


def add_point(
    actor: Actor, *, zone_id: UUID, unit_id: UUID, responsible_id: UUID, code: str | None = None, **described: Any
) -> RiskPoint:
    """Add a risk point, numbered by the ledger unless the enterprise brings its own code.

    Raises Conflict for a taken code, Forbidden for a leader's point outside his units.
    """
    zone = usable_zone(actor, zone_id, field="/zone_id")
    must_lead(actor, get_unit(actor, unit_id, field="/unit_id"))
    working_person(actor, responsible_id, field="/responsible_id")
    _check_position(described.get("latitude"), described.get("longitude"))
    must_be_on_its_plan(zone, described.get("x"), described.get("y"))
    point = RiskPoint(
        enterprise_id=actor.enterprise, id=new_id(), code=_point_code(actor, code), zone_id=zone_id, unit_id=unit_id,
        responsible_id=responsible_id, **described,
    )  # fmt: skip
    session().add(point)
    session().flush()
    rollup.enter([point])
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
        usable_zone(actor, changes["zone_id"], field="/zone_id")
        rollup.move(point, from_zone=point.zone_id, to_zone=changes["zone_id"])
    _check_position(changes.get("latitude", point.latitude), changes.get("longitude", point.longitude))
    if {"x", "y", "zone_id"} & set(changes):
        zone = get_zone(actor, changes.get("zone_id", point.zone_id), field="/zone_id")
        must_be_on_its_plan(zone, changes.get("x", point.x), changes.get("y", point.y))
    events.append(actor.enterprise, "point.changed", point_id, actor_id=actor.id, data=change(point, changes))
    if IDENTIFYING & set(changes):
        touch([point])
    return point


def list_points(
    actor: Actor,
    *,
    zone_id: UUID | None = None,
    accident_type: str | None = None,
    text: str | None = None,
    due: bool | None = None,
    retired: bool = False,
    **equal: Any,
) -> Select[RiskPoint]:
    """The risk points in use by code; a zone stands for all below it.

    `equal` names columns: category, status, unit_id, responsible_id, level (shown), current_level, inherent_level.
    `due` keeps those whose assessment is due or not; `retired` lists the points no longer used instead.
    """
    in_use = RiskPoint.retired_at.is_not(None) if retired else RiskPoint.retired_at.is_(None)
    statement = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, in_use)
    if zone_id:
        zone = get_zone(actor, zone_id, field="/zone_id")
        statement = statement.where(RiskPoint.zone_id.in_(below(actor, zone)))
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(RiskPoint, COLUMNS.get(name, name)) == value)
    if accident_type:
        statement = statement.where(_with_accident_type(actor, accident_type))
    if text:
        found = RiskPoint.name.contains(text, autoescape=True) | RiskPoint.code.contains(text, autoescape=True)
        statement = statement.where(found)
    if due is not None:
        statement = statement.where(is_due(actor) if due else ~is_due(actor))
    return statement.order_by(RiskPoint.code, RiskPoint.id)


COLUMNS = {"level": "shown_level"}


def is_due(actor: Actor, *, within_days: int = 0) -> ColumnElement[bool]:
    """The condition that a point is to be assessed again: never assessed in full, too long ago, or asked for."""
    day = today() + timedelta(days=within_days)
    long_ago = months_after(day, -rules_of(actor.enterprise).reassess_months)
    return or_(RiskPoint.assessed_on.is_(None), RiskPoint.assessed_on <= long_ago, RiskPoint.reassess_by.is_not(None))


def counts_by_level(actor: Actor, **filters: Any) -> dict[str, dict[str, int]]:
    """How many points of a selection are at each level: inherent, shown and current, unassessed ones counted too."""
    which = {"inherent": "inherent_level", "shown": "shown_level", "current": "current_level"}
    columns = [getattr(RiskPoint, column) for column in which.values()]
    chosen = list_points(actor, **filters).order_by(None).with_only_columns(*columns, func.count()).group_by(*columns)
    counts = {name: dict.fromkeys([*map(str, RiskLevel), "unassessed"], 0) for name in which}
    for *levels, count in session().execute(chosen):
        for name, level in zip(which, levels, strict=True):
            counts[name][str(level or "unassessed")] += count
    return counts


def of_own_units(actor: Actor, statement: Select[RiskPoint]) -> Select[RiskPoint]:
    """Narrow a select of points to those a leader works on; everyone else's stay as they are."""
    if actor.role != "leader":
        return statement
    return statement.where(RiskPoint.unit_id.in_(units_led(actor)))


def get_point(actor: Actor, point_id: UUID, *, field: str = "") -> RiskPoint:
    """A risk point of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    return own(actor, RiskPoint, point_id, field=field, absent="没有这个风险点，请先建立。")


def workable_point(actor: Actor, point_id: UUID, *, field: str = "") -> RiskPoint:
    """A risk point in use the actor may work on: a leader only those of his own units, else Forbidden.

    Raises Conflict for one that was retired.
    """
    point = get_point(actor, point_id, field=field)
    must_be_in_use(point)
    if actor.role == "leader":
        must_lead(actor, get_unit(actor, point.unit_id))
    return point


def workable_points(actor: Actor, point_ids: Sequence[UUID], *, field: str) -> list[RiskPoint]:
    """Many points the actor may work on, in this order and each once: one query however many.

    Raises Invalid for the place in `field` that names an absent one, Conflict for a retired one, Forbidden as for one.
    """
    statement = (
        select(RiskPoint, OrgUnit)
        .join(OrgUnit, (OrgUnit.enterprise_id == RiskPoint.enterprise_id) & (OrgUnit.id == RiskPoint.unit_id))
        .where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(set(point_ids)))
    )
    found = {point.id: (point, unit) for point, unit in session().execute(statement)}
    for place, point_id in enumerate(point_ids):
        if point_id not in found:
            raise invalid_field(f"{field}/{place}", "没有这个风险点，请核对。")
    for point, unit in found.values():
        must_be_in_use(point)
        must_lead(actor, unit)
    return [found[point_id][0] for point_id in dict.fromkeys(point_ids)]


def must_be_in_use(point: RiskPoint) -> None:
    """Raise Conflict for a point that was retired, naming where it went."""
    if point.retired_at:
        into = "并入其他风险点" if point.merged_into_id else "停用"
        raise Conflict(f"风险点 {point.code} 已{into}，不能再操作；请改选在用的风险点。", code="retired")


def touch(points: Sequence[RiskPoint]) -> None:
    """Take points back to draft: what was identified has changed, so it is to be reviewed and confirmed again."""
    for point in points:
        point.status = Status.DRAFT


def must_lead(actor: Actor, unit: OrgUnit) -> None:
    """Raise Forbidden when a leader would act outside his own units."""
    if not actor.leads(unit.path):
        raise Forbidden("只能处理本部门（班组）的风险点，请联系该部门负责人或安全管理员。", code="not_own_unit")


def point_codes(actor: Actor, count: int) -> list[str]:
    """The next numbers of risk points."""
    return fresh_codes(actor, RiskPoint.code, series="FX", width=4, count=count)


def _check_position(latitude: Decimal | None, longitude: Decimal | None) -> None:
    if (latitude is None) != (longitude is None):
        missing = "/latitude" if latitude is None else "/longitude"
        raise invalid_field(missing, "经度和纬度要同时填写，或都不填。")


def _point_code(actor: Actor, code: str | None) -> str:
    if code is None:
        return point_codes(actor, 1)[0]
    if _code_taken(actor, code):
        raise Conflict("这个风险点编号已存在，请换一个或留空由系统编号。", code="code_taken")
    return code


def _with_accident_type(actor: Actor, kind: str) -> ColumnElement[bool]:
    return RiskPoint.id.in_(
        select(HazardSource.point_id).where(
            HazardSource.enterprise_id == actor.enterprise,
            HazardSource.retired_at.is_(None),
            holds(HazardSource.accident_types, kind),
        )
    )


def _code_taken(actor: Actor, code: str) -> bool:
    taken = select(RiskPoint.id).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.code == code)
    return session().scalar(taken) is not None
