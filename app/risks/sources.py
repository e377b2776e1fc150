"""Hazard sources and their control measures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import holds, session
from app.core.errors import Conflict, invalid_field
from app.core.ids import new_id
from app.core.rows import change, own
from app.risks.codes import fresh_codes
from app.risks.models import ControlMeasure, HazardSource, RiskPoint
from app.risks.points import touch, workable_point


def add_source(actor: Actor, *, point_id: UUID, **described: Any) -> HazardSource:
    """Add a hazard source to a point; it counts in no level until it is assessed."""
    point = workable_point(actor, point_id, field="/risk_point_id")
    source = HazardSource(
        enterprise_id=actor.enterprise, id=new_id(), point_id=point_id, code=next_source_code(actor), **described
    )
    session().add(source)
    touch([point])
    session().flush()
    data = {"code": source.code, "name": source.name, "point_id": str(point_id)}
    events.append(actor.enterprise, "source.added", source.id, actor_id=actor.id, data=data)
    return source


def add_sources(actor: Actor, point: RiskPoint, described: Sequence[dict[str, Any]]) -> list[HazardSource]:
    """Add many hazard sources to a workable point at once; what is said `origin` is kept in the event alone."""
    codes = fresh_codes(actor, HazardSource.code, series="WX", width=5, count=len(described))
    made = [
        HazardSource(
            enterprise_id=actor.enterprise, id=new_id(), point_id=point.id, code=code,
            **{name: value for name, value in each.items() if name != "origin"},
        )
        for code, each in zip(codes, described, strict=True)
    ]  # fmt: skip
    session().add_all(made)
    touch([point])
    session().flush()
    for source, each in zip(made, described, strict=True):
        data = {"code": source.code, "name": source.name, "point_id": str(point.id), "origin": each.get("origin", "")}
        events.append(actor.enterprise, "source.added", source.id, actor_id=actor.id, data=data)
    return made


def change_source(actor: Actor, source_id: UUID, **changes: Any) -> HazardSource:
    """Change what is said of a hazard source; its grading changes by assessment alone."""
    source = workable_source(actor, source_id)
    data = change(source, changes)
    touch([point_of(source)])
    events.append(actor.enterprise, "source.changed", source_id, actor_id=actor.id, data=data)
    return source


def list_sources(
    actor: Actor, *, point_id: UUID | None = None, accident_type: str | None = None, retired: bool = False
) -> Select[HazardSource]:
    """The hazard sources in use of the enterprise or of one point, oldest first; with `retired` the others instead.

    Those of a retired point are listed only where the point is named.
    """
    in_use = HazardSource.retired_at.is_not(None) if retired else HazardSource.retired_at.is_(None)
    statement = select(HazardSource).where(HazardSource.enterprise_id == actor.enterprise, in_use)
    if accident_type:
        statement = statement.where(holds(HazardSource.accident_types, accident_type))
    if point_id:
        statement = statement.where(HazardSource.point_id == point_id)
    elif not retired:
        used = select(RiskPoint.id).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.retired_at.is_(None))
        statement = statement.where(HazardSource.point_id.in_(used))
    return statement.order_by(HazardSource.created_at, HazardSource.id)


def workable_source(actor: Actor, source_id: UUID, *, field: str = "") -> HazardSource:
    """A hazard source in use the actor may work on, as its point. Raises Conflict for a retired one."""
    source = own(actor, HazardSource, source_id, field=field, absent="没有这个危险源，请先建立。")
    workable_point(actor, source.point_id)
    if source.retired_at:
        raise Conflict(f"危险源 {source.code} 已停用，不能再操作。", code="retired")
    return source


def point_of(source: HazardSource) -> RiskPoint:
    """The point a hazard source belongs to."""
    return session().get_one(RiskPoint, (source.enterprise_id, source.point_id))


def next_source_code(actor: Actor) -> str:
    """The next number of a hazard source."""
    return source_codes(actor, 1)[0]


def source_codes(actor: Actor, count: int) -> list[str]:
    """The next numbers of hazard sources."""
    return fresh_codes(actor, HazardSource.code, series="WX", width=5, count=count)


def add_measure(actor: Actor, *, source_id: UUID, **described: Any) -> ControlMeasure:
    """Add a control measure; with a `check` it yields an item of the point's next checklist."""
    source = workable_source(actor, source_id, field="/hazard_source_id")
    _check_reading(described.get("reading"), described.get("check", ""))
    measure = ControlMeasure(enterprise_id=actor.enterprise, id=new_id(), source_id=source_id, **described)
    session().add(measure)
    touch([point_of(source)])
    data = {"text": measure.text, "source_id": str(source_id)}
    events.append(actor.enterprise, "measure.added", measure.id, actor_id=actor.id, data=data)
    return measure


def add_measures(
    actor: Actor, point: RiskPoint, described: Sequence[tuple[HazardSource, dict[str, Any]]]
) -> list[ControlMeasure]:
    """Add many control measures to sources of a workable point at once, in this order."""
    made = []
    for source, each in described:
        _check_reading(each.get("reading"), each.get("check", ""))
        made.append(ControlMeasure(enterprise_id=actor.enterprise, id=new_id(), source_id=source.id, **each))
    session().add_all(made)
    touch([point])
    session().flush()
    for measure in made:
        data = {"text": measure.text, "source_id": str(measure.source_id)}
        events.append(actor.enterprise, "measure.added", measure.id, actor_id=actor.id, data=data)
    return made


def change_measure(actor: Actor, measure_id: UUID, *, retired: bool | None = None, **changes: Any) -> ControlMeasure:
    """Change or retire a measure; checklists already published stay as they are."""
    measure = own(actor, ControlMeasure, measure_id)
    source = workable_source(actor, measure.source_id)
    data = {} if retired is not None and not changes else change(measure, changes)  # it refuses a change of nothing
    if retired is not None:
        measure.retired_at = (measure.retired_at or now()) if retired else None
    _check_reading(measure.reading, measure.check)
    touch([point_of(source)])
    data["retired"] = measure.retired_at is not None
    events.append(actor.enterprise, "measure.changed", measure_id, actor_id=actor.id, data=data)
    return measure


def list_measures(
    actor: Actor, *, source_id: UUID | None = None, point_id: UUID | None = None
) -> Select[ControlMeasure]:
    """The measures in force, of one source or of the sources in use of one point or of all, oldest first."""
    statement = select(ControlMeasure).where(
        ControlMeasure.enterprise_id == actor.enterprise, ControlMeasure.retired_at.is_(None)
    )
    if source_id:
        statement = statement.where(ControlMeasure.source_id == source_id)
    if point_id or not source_id:
        used = list_sources(actor, point_id=point_id).order_by(None).with_only_columns(HazardSource.id)
        statement = statement.where(ControlMeasure.source_id.in_(used))
    return statement.order_by(ControlMeasure.created_at, ControlMeasure.id)


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
