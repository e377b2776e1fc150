"""The checklists: which version is in force, how the next is published, and all items of the enterprise in one list.

A version is never edited. Those of the points are made from their measures, that of the management half from the
management items.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Select, column, func, or_, select, true
from sqlalchemy.orm import Bundle, aliased

from app.accounts.models import User
from app.core import events
from app.core.actor import Actor
from app.core.canonical import digest
from app.core.db import Json, session
from app.core.errors import Invalid, NotFound
from app.core.ids import new_id
from app.enterprises.models import OrgUnit
from app.inspections.content import content_of_checklist
from app.inspections.management import list_items
from app.inspections.models import Checklist, Half
from app.risks.models import RiskPoint
from app.risks.points import get_point, list_points, must_be_in_use, workable_point
from app.risks.sources import list_measures

_OF = aliased(Checklist)


def publish_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """Make the point's checklist from its measures in force; unchanged, the current version stays.

    Raises Invalid when no measure has anything to look at.
    """
    workable_point(actor, point_id)
    items = [
        {
            "key": measure.id.hex,
            "check": measure.check,
            "how": measure.how,
            "standard": measure.standard,
            "basis": measure.basis,
            "reading": measure.reading,
            "photo_required": measure.photo_required,
        }
        for measure in session().scalars(list_measures(actor, point_id=point_id))
        if measure.check
    ]
    if not items:
        raise Invalid("这个风险点的管控措施都没有检查内容，请先为措施填写检查内容再发布清单。", code="nothing_to_check")
    return _publish(actor, Half.FIELD, point_id, items)


def publish_management_checklist(actor: Actor) -> Checklist:
    """Make the checklist of the management half from its items in use; unchanged, the current version stays.

    Raises Invalid when there is no item.
    """
    items = [
        {
            "key": item.id.hex,
            "chapter": item.chapter,
            "check": item.check,
            "how": item.how,
            "standard": item.standard,
            "basis": item.basis,
            "reading": None,
            "photo_required": item.photo_required,
        }
        for item in session().scalars(list_items(actor))
    ]
    if not items:
        raise Invalid(
            "还没有基础管理类检查项，请先采用模板（GET /management-templates）或自行登记，再发布清单。",
            code="nothing_to_check",
        )
    return _publish(actor, Half.MANAGEMENT, None, items)


def current_checklist(actor: Actor, point_id: UUID) -> Checklist:
    """The checklist in force of a point in use. Raises NotFound when none was published, Conflict for a retired one."""
    must_be_in_use(get_point(actor, point_id))
    checklist = session().scalar(_current(actor, point_id))
    if checklist is None:
        raise NotFound("这个风险点还没有发布排查清单，请联系安全管理员。")
    return checklist


def current_management_checklist(actor: Actor) -> Checklist:
    """The checklist in force of the management half. Raises NotFound when none was published."""
    checklist = session().scalar(_current(actor, None))
    if checklist is None:
        raise NotFound("还没有发布基础管理类排查清单，请联系安全管理员。")
    return checklist


def list_checklists(actor: Actor, *, point_id: UUID | None = None, half: Half | None = None) -> Select[Checklist]:
    """Every version for the points in use and the management half, or for one point; the newest of each first."""
    statement = select(Checklist).where(Checklist.enterprise_id == actor.enterprise)
    if point_id:
        statement = statement.where(Checklist.point_id == point_id)
    else:
        used = list_points(actor).order_by(None).with_only_columns(RiskPoint.id)
        statement = statement.where(or_(Checklist.point_id.is_(None), Checklist.point_id.in_(used)))
    if half:
        statement = statement.where(Checklist.half == half)
    return statement.order_by(Checklist.half, Checklist.point_id, Checklist.version.desc())


def list_enterprise_items(
    actor: Actor,
    *,
    half: Half | None = None,
    point_id: UUID | None = None,
    unit_id: UUID | None = None,
    responsible_id: UUID | None = None,
) -> Select[Any]:
    """一企一清单: every item in force of both halves, each row with its point, unit and responsible person.

    An item is in force when the newest version for a point in use, or of the management half, has it.
    """
    newest = (
        select(func.max(Checklist.version))
        .where(Checklist.enterprise_id == actor.enterprise, Checklist.half == _OF.half)
        .where(or_(Checklist.point_id == _OF.point_id, Checklist.point_id.is_(None) & _OF.point_id.is_(None)))
        .scalar_subquery()
    )
    each, item, place = _items_of(_OF.items)
    row: Bundle[Any] = Bundle(
        "row", _OF.half, _OF.version.label("checklist_version"), _OF.point_id, item.label("item"),
        RiskPoint.code.label("point_code"), RiskPoint.name.label("point_name"), RiskPoint.unit_id,
        RiskPoint.responsible_id, RiskPoint.check_cycle, OrgUnit.name.label("unit_name"),
        User.name.label("responsible_name"), User.disabled_at.label("responsible_disabled_at"),
    )  # fmt: skip
    of_point = (RiskPoint.enterprise_id == _OF.enterprise_id) & (RiskPoint.id == _OF.point_id)
    of_unit = (OrgUnit.enterprise_id == RiskPoint.enterprise_id) & (OrgUnit.id == RiskPoint.unit_id)
    statement = (
        select(row)
        .select_from(_OF)
        .outerjoin(RiskPoint, of_point)
        .outerjoin(OrgUnit, of_unit)
        .outerjoin(User, User.id == RiskPoint.responsible_id)
        .join(each, true())
        .where(_OF.enterprise_id == actor.enterprise, _OF.version == newest, RiskPoint.retired_at.is_(None))
    )
    for named, value in (
        (_OF.half, half),
        (_OF.point_id, point_id),
        (RiskPoint.unit_id, unit_id),
        (RiskPoint.responsible_id, responsible_id),
    ):
        if value is not None:
            statement = statement.where(named == value)
    return statement.order_by(_OF.half, RiskPoint.code, _OF.id, place)


def _items_of(items: Any) -> tuple[FromClause, ColumnElement[Any], ColumnElement[int]]:
    """The items of a checklist as rows of their own; with the column of the item and that of its place in the list."""
    value = column("value", Json)
    if session().get_bind().dialect.name == "postgresql":
        rows = func.jsonb_array_elements(items).table_valued(value, with_ordinality="key", name="each")
        rows = rows.render_derived()
    else:
        rows = func.json_each(items).table_valued(value, column("key", Integer), name="each")
    return rows, rows.c.value, rows.c.key


def _current(actor: Actor, point_id: UUID | None) -> Select[Checklist]:
    """The newest version of a point, or (None) of the management half."""
    of = Checklist.point_id == point_id if point_id else Checklist.point_id.is_(None)
    statement = select(Checklist).where(Checklist.enterprise_id == actor.enterprise, of)
    return statement.order_by(Checklist.version.desc()).limit(1)


def _publish(actor: Actor, half: Half, point_id: UUID | None, items: list[dict[str, Any]]) -> Checklist:
    current = session().scalar(_current(actor, point_id))
    # A version published before photos could be asked for asks for none; that alone makes no new version.
    if current and [{"photo_required": False, **item} for item in current.items] == items:
        return current
    checklist = Checklist(
        enterprise_id=actor.enterprise,
        id=new_id(),
        half=half,
        point_id=point_id,
        version=current.version + 1 if current else 1,
        items=items,
        published_by=actor.id,
    )
    session().add(checklist)
    data = {
        "version": checklist.version,
        "half": half,
        "point_id": str(point_id) if point_id else None,
        "items": len(items),
        "content": digest(content_of_checklist(checklist)),
    }
    events.append(actor.enterprise, "checklist.published", checklist.id, actor_id=actor.id, data=data)
    return checklist
