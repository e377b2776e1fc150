"""What may happen to regions, enterprises, offices and units."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core import events
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, NotFound, invalid_field
from app.core.ids import new_id
from app.core.rows import change
from app.enterprises.codes import PLATFORM
from app.enterprises.models import Enterprise, Office, OrgUnit, Region
from app.enterprises.scope import within


def add_region(*, code: str, name: str) -> Region:
    """Register a region. Raises Conflict when its code is known."""
    if session().get(Region, code):
        raise Conflict("这个区划代码已存在。", code="region_exists")
    region = Region(code=code, name=name)
    session().add(region)
    return region


def list_regions() -> Select[Region]:
    return select(Region).order_by(Region.code)


def add_enterprise(actor: Actor, *, region_code: str, code: str, credit_code: str, **described: Any) -> Enterprise:
    """Register an enterprise with its empty ledger. Raises Conflict when one of its codes is taken."""
    _known_region(region_code)
    _free_sign_in_code(code)
    _free(Enterprise.credit_code, credit_code, "这个统一社会信用代码已登记。")
    enterprise = Enterprise(
        id=new_id(), region_code=region_code, code=code.upper(), credit_code=credit_code, **described
    )
    session().add(enterprise)
    session().flush()
    events.start_ledger(enterprise.id)
    data = {"code": enterprise.code, "region_code": region_code}
    events.append(enterprise.id, "enterprise.registered", enterprise.id, actor_id=actor.id, data=data)
    return enterprise


def list_enterprises(actor: Actor, *, region_code: str = "", trade: str = "", name: str = "") -> Select[Enterprise]:
    """The enterprises the actor may see, by code."""
    statement = within(actor, select(Enterprise)).order_by(Enterprise.code)
    if region_code:
        statement = statement.where(Enterprise.region_code.startswith(region_code, autoescape=True))
    if trade:
        statement = statement.where(Enterprise.trade == trade)
    if name:
        statement = statement.where(Enterprise.name.contains(name, autoescape=True))
    return statement


def get_enterprise(actor: Actor, enterprise_id: UUID) -> Enterprise:
    """One enterprise within the actor's scope, else NotFound."""
    found: Enterprise | None = session().scalar(within(actor, select(Enterprise)).where(Enterprise.id == enterprise_id))
    if found is None:
        raise NotFound
    return found


def change_enterprise(actor: Actor, enterprise_id: UUID, **changes: Any) -> Enterprise:
    """Change what the platform keeps of an enterprise; its ledger says what was and what is. Raises NotFound."""
    enterprise = get_enterprise(actor, enterprise_id)
    events.lock_ledger(enterprise_id)
    told = change(enterprise, changes)
    events.append(enterprise_id, "enterprise.changed", enterprise_id, actor_id=actor.id, data=told)
    return enterprise


def own_enterprise(actor: Actor) -> Enterprise:
    """The enterprise acted in."""
    return session().get_one(Enterprise, actor.enterprise)


def add_office(*, region_code: str, code: str, **described: Any) -> Office:
    """Register a regulator's office. Raises Conflict when its code is taken."""
    _known_region(region_code)
    _free_sign_in_code(code)
    office = Office(id=new_id(), region_code=region_code, code=code.upper(), **described)
    session().add(office)
    return office


def list_offices() -> Select[Office]:
    return select(Office).order_by(Office.code)


def add_unit(actor: Actor, *, name: str, kind: str, parent_id: UUID | None) -> OrgUnit:
    """Add a unit below its parent. Raises Conflict when the parent has one of that name."""
    parent = get_unit(actor, parent_id, field="/parent_id") if parent_id else None
    taken = select(OrgUnit.id).where(
        OrgUnit.enterprise_id == actor.enterprise, OrgUnit.parent_id == parent_id, OrgUnit.name == name
    )
    if session().scalar(taken):
        raise Conflict("上级下已有同名的部门。", code="unit_exists")
    unit_id = new_id()
    unit = OrgUnit(
        enterprise_id=actor.enterprise,
        id=unit_id,
        parent_id=parent_id,
        name=name,
        kind=kind,
        path=f"{parent.path if parent else ''}{unit_id.hex}/",
    )
    if len(unit.path) > 400:
        raise invalid_field("/parent_id", "部门层级过深，最多 12 层。")
    session().add(unit)
    events.append(actor.enterprise, "unit.added", unit_id, actor_id=actor.id, data={"name": name, "kind": kind})
    return unit


def list_units(actor: Actor) -> Select[OrgUnit]:
    """The enterprise's units, each after its parent."""
    return select(OrgUnit).where(OrgUnit.enterprise_id == actor.enterprise).order_by(OrgUnit.path)


def units_led(actor: Actor) -> Select[UUID]:
    """The ids of the units a leader acts on, his own and those below it, for a query."""
    own = OrgUnit.path.startswith(actor.unit_path or "-")
    return select(OrgUnit.id).where(OrgUnit.enterprise_id == actor.enterprise, own)


def get_unit(actor: Actor, unit_id: UUID, *, field: str = "") -> OrgUnit:
    """A unit of the enterprise. Raises NotFound, or Invalid for the field that names it."""
    unit = session().get(OrgUnit, (actor.enterprise, unit_id))
    if unit is None:
        raise invalid_field(field, "没有这个部门，请先建立。") if field else NotFound()
    return unit


def _known_region(code: str) -> None:
    if session().get(Region, code) is None:
        raise invalid_field("/region_code", "没有这个区划，请先登记。")


def _free_sign_in_code(code: str) -> None:
    """One sign-in code names one enterprise or one office, never both, and never the platform."""
    if code.upper() == PLATFORM:
        raise Conflict(f"{PLATFORM} 留给平台管理员登录，请换一个。", code="code_taken")
    for column in (Enterprise.code, Office.code):
        _free(column, code.upper(), "这个登录代码已被使用，请换一个。")


def _free(column: InstrumentedAttribute[str], value: str, refusal: str) -> None:
    if session().scalar(select(column).where(column == value)):
        raise Conflict(refusal, code="code_taken")
