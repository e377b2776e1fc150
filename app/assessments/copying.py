"""Copying points and zones: everything identified and assessed goes along as new rows, drafts until confirmed again.

A copy has its own code and no tag, hidden hazard or history; each of its assessments says what it was copied from.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select

from app.assessments.models import Assessment, Occasion
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import AT_ONCE, batched, insert_rows, session
from app.core.errors import Invalid, invalid_field
from app.core.ids import new_id
from app.risks import levels, rollup
from app.risks.models import ControlMeasure, HazardSource, RiskPoint, RiskZone
from app.risks.points import list_points, point_codes, workable_point
from app.risks.sources import source_codes
from app.risks.zones import below, list_zones, must_lead_all_below, usable_zone

MOST_POINTS = 2000  # points, and zones, one copy of a zone may make
UNASSESSED: dict[str, Any] = {"inherent_level": None, "residual_level": None, "assessed_on": None}


@dataclass(frozen=True)
class Wanted:
    """One copy to be made."""

    original: RiskPoint
    zone_id: UUID
    name: str


def copy_point(
    actor: Actor,
    point_id: UUID,
    *,
    count: int | None = None,
    names: Sequence[str] = (),
    zone_id: UUID | None = None,
    with_assessments: bool = True,
) -> list[RiskPoint]:
    """Copy a point so many times (one, or one for each name), in its zone or another.

    Raises Invalid when there are not as many names as copies.
    """
    point = workable_point(actor, point_id)
    zone = usable_zone(actor, zone_id or point.zone_id, field="/zone_id")
    if names and count not in (None, len(names)):
        raise invalid_field("/names", f"给出了 {len(names)} 个名称，而要复制 {count} 份，请改为一致或只填一项。")
    wanted = [Wanted(point, zone.id, name) for name in names or [point.name] * (count or 1)]
    return _copy(actor, wanted, because=f"复制自 {point.code}", with_assessments=with_assessments)


def copy_zone(
    actor: Actor, zone_id: UUID, *, parent_id: UUID | None, name: str | None = None, with_assessments: bool = True
) -> RiskZone:
    """Copy a zone with all in use below it, below a parent or at the top; what is drawn on a plan is not copied.

    Raises Forbidden when a leader's zone holds others' points, Invalid when it holds too many.
    """
    zone = usable_zone(actor, zone_id)
    parent = usable_zone(actor, parent_id, field="/parent_id") if parent_id else None
    must_lead_all_below(actor, zone)
    within = list_zones(actor).where(RiskZone.id.in_(below(actor, zone)))
    zones = list(session().scalars(within.limit(MOST_POINTS + 1)))
    points = list(session().scalars(list_points(actor, zone_id=zone.id).limit(MOST_POINTS + 1)))
    if max(len(zones), len(points)) > MOST_POINTS:
        raise Invalid(f"一次最多复制 {MOST_POINTS} 个风险点和分区，请分几次复制下级分区。", code="too_many_points")
    copies = _copy_tree(actor, zones, parent, name or zone.name)
    wanted = [Wanted(point, copies[point.zone_id].id, point.name) for point in points]
    _copy(actor, wanted, because=f"随风险分区“{zone.name}”复制", with_assessments=with_assessments)
    return copies[zone.id]


def _copy_tree(actor: Actor, zones: Sequence[RiskZone], parent: RiskZone | None, name: str) -> dict[UUID, RiskZone]:
    """The copies of zones, each after its parent, by the id of the original; the first hangs below `parent`."""
    copies: dict[UUID, RiskZone] = {}
    for zone in zones:
        above = copies.get(zone.parent_id, parent) if zone.parent_id else parent
        copy = RiskZone(
            enterprise_id=actor.enterprise, id=new_id(), parent_id=above.id if above else None, kind=zone.kind,
            name=zone.name if copies else name, copied_from_id=zone.id,
        )  # fmt: skip
        copy.path = f"{above.path if above else ''}{copy.id.hex}/"
        copies[zone.id] = copy
    session().add_all(copies.values())
    session().flush()
    top = copies[zones[0].id]
    data = {
        "name": top.name, "parent_id": top.parent_id and str(top.parent_id), "copied_from_id": str(zones[0].id),
        "zones": {str(copy.id): str(original) for original, copy in copies.items()},
    }  # fmt: skip
    events.append(actor.enterprise, "zone.copied", top.id, actor_id=actor.id, data=data)
    return copies


def _copy(actor: Actor, wanted: Sequence[Wanted], *, because: str, with_assessments: bool) -> list[RiskPoint]:
    """Make the copies, however many, in as many statements as there are tables."""
    copies = [
        RiskPoint(
            enterprise_id=actor.enterprise, id=new_id(), code=code, name=one.name, category=one.original.category,
            zone_id=one.zone_id, unit_id=one.original.unit_id, responsible_id=one.original.responsible_id,
            check_cycle=one.original.check_cycle, emergency_steps=one.original.emergency_steps,
            copied_from_id=one.original.id,
        )
        for one, code in zip(wanted, point_codes(actor, len(wanted)), strict=True)
    ]  # fmt: skip
    session().add_all(copies)
    session().flush()
    rollup.enter(copies)
    sources = _copy_sources(actor, wanted, copies, with_assessments=with_assessments)
    for one, copy in zip(wanted, copies, strict=True):
        data = {
            "code": copy.code, "name": copy.name, "zone_id": str(copy.zone_id), "with_assessments": with_assessments,
            "copied_from": one.original.code, "copied_from_id": str(one.original.id), "sources": sources[copy.id],
        }  # fmt: skip
        events.append(actor.enterprise, "point.copied", copy.id, actor_id=actor.id, data=data)
    levels.settle(actor, copies, because=because)
    return copies


def _copy_sources(
    actor: Actor, wanted: Sequence[Wanted], copies: Sequence[RiskPoint], *, with_assessments: bool
) -> dict[UUID, dict[str, str]]:
    """Copy what hangs on the points; for each copy the ids of its sources with those of the originals."""
    from_codes = {one.original.id: one.original.code for one in wanted}
    sources = _of(actor, HazardSource.point_id, from_codes, HazardSource.retired_at)
    copied = [
        (source, copy, new_id())
        for one, copy in zip(wanted, copies, strict=True)
        for source in sources[one.original.id]
    ]
    codes, made_at = source_codes(actor, len(copied)), now()
    levels_of = {} if with_assessments else UNASSESSED
    rows = [
        _row(source, id=source_id, point_id=copy.id, code=code, created_at=made_at, **levels_of)
        for (source, copy, source_id), code in zip(copied, codes, strict=True)
    ]
    insert_rows(HazardSource, rows)
    originals = {source.id for source, _, _ in copied}
    measures = _of(actor, ControlMeasure.source_id, originals, ControlMeasure.retired_at)
    rows = [
        _row(measure, id=new_id(), source_id=source_id, created_at=made_at)
        for source, _, source_id in copied
        for measure in measures[source.id]
    ]
    insert_rows(ControlMeasure, rows)
    if with_assessments:
        assessments = _of(actor, Assessment.source_id, originals, Assessment.superseded_at)
        rows = [
            _row(assessment, **_said_of(actor, assessment, from_codes[source.point_id]), source_id=source_id)
            for source, _, source_id in copied
            for assessment in assessments[source.id]
        ]
        insert_rows(Assessment, rows)
    told: dict[UUID, dict[str, str]] = {copy.id: {} for copy in copies}
    for source, copy, source_id in copied:
        told[copy.id][str(source_id)] = str(source.id)
    return told


def _said_of(actor: Actor, assessment: Assessment, code: str) -> dict[str, Any]:
    """What a copied assessment says otherwise: who took it over, when and from where; the day it was judged stays."""
    note = "\n".join(filter(None, [f"复制自 {code}", assessment.note]))
    return {"id": new_id(), "assessor_id": actor.id, "assessed_at": now(), "occasion": Occasion.COPY, "note": note}


def _of(actor: Actor, column: Any, ids: Collection[UUID], ended: Any) -> dict[UUID, list[Any]]:
    """The rows in force by the id their column names, oldest first."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    model = column.class_
    for some in batched(ids, AT_ONCE):
        statement = select(model).where(model.enterprise_id == actor.enterprise, column.in_(some), ended.is_(None))
        for row in session().scalars(statement.order_by(model.id)):
            found[getattr(row, column.key)].append(row)
    return found


def _row(original: Any, **new: Any) -> dict[str, Any]:
    """A row's columns by name, some with new values, as `insert_rows` takes them."""
    return {
        column.columns[0].name: new.get(column.key, getattr(original, column.key))
        for column in inspect(type(original)).column_attrs
    }
