"""Changing the profile of a method: what every assessment in force comes to under another table, foreseen and done.

Only the table is new: factors, dimensions, basis and the day of judgement stay as the assessor left them, so a change
resets no date a reassessment is due by. What is off the new scale stays under its old profile and is named; a residual
level above the inherent one blocks the change. Direct judgements stay red. Retired points and sources are left alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, insert, literal, select, update

from app.assessments.models import Assessment, Occasion
from app.assessments.outlook import Outlook, Pair, outlook_of
from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import AT_ONCE, batched, session
from app.core.errors import Conflict
from app.core.ids import new_id
from app.risks import levels
from app.risks.models import HazardSource, RiskPoint
from app.risks.points import touch
from app.risks.rules import settle_rules
from risk_models import RiskLevel, worst

NAMED_AT_MOST = 500  # points, or sources, an answer names; its totals count all


def preview(actor: Actor, *, method: str, to: str, zone_id: UUID | None = None) -> dict[str, Any]:
    """What grading by another profile would change, in the whole enterprise or below one zone; nothing is written.

    Raises Invalid for a method or a profile that is unknown, and for a profile of another method.
    """
    return _told(actor, outlook_of(actor, method, to, zone_id))


def change_profile(actor: Actor, change_id: UUID, *, method: str, to: str, reason: str) -> dict[str, Any]:
    """Grade all that is assessed by a method anew by another profile, which becomes the method's default.

    Points whose level changes are drafts again; a level that falls counts once it is confirmed. Raises Invalid as the
    preview does, Conflict naming the sources whose residual level would stand above the inherent one.
    """
    outlook = outlook_of(actor, method, to, None)
    told = _told(actor, outlook)
    if outlook.conflicts:
        raise Conflict(
            f"有 {len(outlook.conflicts)} 个危险源按新标准的现状风险高于固有风险，没有更换。"
            "请先对所列危险源按“假定没有管控措施”重新评估固有风险，再更换标准。",
            code="profile_conflicts",
            facts={"conflicts": told["conflicts"]},
        )
    written = _write_assessments(actor, outlook, reason)
    _write_sources(actor, outlook)
    settle_rules(actor, profiles={method: to})
    told = {"id": change_id, "method": method, "to": to, **told}
    data = {
        "method": method, "to": to, "reason": reason, "unfit": len(outlook.unfit),
        **{name: told[name] for name in ("regraded", "sources", "points")},
        "assessments": written,  # [new id, id it supersedes, level]: with the profile, all that is needed to rebuild
    }  # fmt: skip
    events.append(actor.enterprise, "profile.changed", change_id, actor_id=actor.id, data=data)
    _settle_points(actor, outlook, because=f"{method} 评估标准改为 {to}：{reason}")
    return told


def _told(actor: Actor, outlook: Outlook) -> dict[str, Any]:
    """The outlook as it is answered: counts, and what is named."""
    shown = {point_id: point.shown_level for point_id, point in outlook.points.items()}
    at_once, confirmed = dict(shown), dict(shown)
    for point_id, (_, becomes) in outlook.touched.items():
        confirmed[point_id] = becomes
        at_once[point_id] = worst([outlook.points[point_id].held_level, becomes])
    changed = [
        {
            "id": point.id, "code": point.code, "name": point.name, "from_level": shown[point.id],
            "to_level": at_once[point.id], "confirmed_level": confirmed[point.id],
        }
        for point in sorted((outlook.points[point_id] for point_id in outlook.touched), key=lambda one: one.code)
        if not shown[point.id] == at_once[point.id] == confirmed[point.id]
    ]  # fmt: skip
    return {
        "regraded": len(outlook.regraded),
        "sources": {
            "before": _counts(_shown(source.pair(source.was)) for source in outlook.judged.values()),
            "after": _counts(_shown(source.pair(source.would_be)) for source in outlook.judged.values()),
        },
        "points": {
            "before": _counts(shown.values()),
            "after": _counts(at_once.values()),
            "once_confirmed": _counts(confirmed.values()),
        },
        "changed": {"total": len(changed), "items": changed[:NAMED_AT_MOST]},
        **_named(actor, outlook),
    }


def _named(actor: Actor, outlook: Outlook) -> dict[str, Any]:
    """The sources that do not fit the new scale, and those in conflict, each with its codes and name."""
    unfit, conflicts = outlook.unfit[:NAMED_AT_MOST], outlook.conflicts[:NAMED_AT_MOST]
    ids = {row.source_id for row in unfit} | {shift.id for shift in conflicts}
    sources: dict[UUID, dict[str, Any]] = {}
    if ids:
        columns = (HazardSource.id, HazardSource.code, HazardSource.name, HazardSource.point_id)
        found = select(*columns).where(HazardSource.enterprise_id == actor.enterprise, HazardSource.id.in_(ids))
        for source_id, code, name, point_id in session().execute(found):
            point_code = outlook.points[point_id].code
            sources[source_id] = {"hazard_source_id": source_id, "code": code, "name": name, "point_code": point_code}
    return {
        "unfit": {
            "total": len(outlook.unfit),
            "items": [
                {**sources[row.source_id], "basis": row.basis, "profile": row.profile, "factors": row.factors}
                for row in unfit
            ],
        },
        "conflicts": {
            "total": len(outlook.conflicts),
            "items": [
                {**sources[shift.id], "inherent_level": shift.would_be[0], "residual_level": shift.would_be[1]}
                for shift in conflicts
            ],
        },
    }


def _shown(pair: Pair) -> RiskLevel | None:
    return pair[1] or pair[0]


def _counts(found: Iterable[RiskLevel | None]) -> dict[str, int]:
    counts = dict.fromkeys([*map(str, RiskLevel), "unassessed"], 0)
    for level in found:
        counts[level or "unassessed"] += 1
    return counts


def _write_assessments(actor: Actor, outlook: Outlook, reason: str) -> list[list[Any]]:
    """Supersede what was graded anew; each new assessment with the one it supersedes and its level.

    A new row is made in the database from the old one, so that only what differs travels.
    """
    rows = [
        {
            "new_id": new_id(), "old_id": row.id, "new_profile": graded.profile, "new_score": graded.score,
            "new_computed_level": graded.level, "new_level_name": graded.level_name,
            "new_level": row.level if row.direct_reason else graded.level,
        }
        for row, graded in outlook.regraded
    ]  # fmt: skip
    if not rows:
        return []
    moment, table = now(), Assessment.metadata.tables[Assessment.__tablename__]
    of_all = {
        "note": reason, "occasion": Occasion.PROFILE, "assessor_id": actor.id, "assessed_at": moment,
        "superseded_at": None,
    }  # fmt: skip
    taken: list[ColumnElement[Any]] = []
    for column in table.columns:
        if column.name in of_all:
            taken.append(literal(of_all[column.name], column.type))
        elif f"new_{column.name}" in rows[0]:
            taken.append(bindparam(f"new_{column.name}", type_=column.type))
        else:
            taken.append(column)
    old = select(*taken).where(table.c.enterprise_id == actor.enterprise, table.c.id == bindparam("old_id"))
    session().execute(insert(table).from_select(table.columns.keys(), old), rows)
    for ids in batched([row["old_id"] for row in rows], AT_ONCE):
        _update(actor, Assessment, ids, superseded_at=moment)
    return [[str(row["new_id"]), str(row["old_id"]), row["new_level"]] for row in rows]


def _write_sources(actor: Actor, outlook: Outlook) -> None:
    """Give the sources their levels, those of equal levels in one statement."""
    alike: dict[Pair, list[UUID]] = defaultdict(list)
    for shift in outlook.sources:
        alike[shift.would_be].append(shift.id)
    for (inherent, residual), source_ids in alike.items():
        for ids in batched(source_ids, AT_ONCE):
            _update(actor, HazardSource, ids, inherent_level=inherent, residual_level=residual)


def _update(actor: Actor, model: type[Assessment | HazardSource], ids: list[UUID], **values: Any) -> None:
    statement = update(model).where(model.enterprise_id == actor.enterprise, model.id.in_(ids)).values(values)
    session().execute(statement)


def _settle_points(actor: Actor, outlook: Outlook, *, because: str) -> None:
    """Carry the new levels upward; points whose own level changes are to be confirmed again."""
    moved = {outlook.judged[shift.id].point_id for shift in outlook.sources}
    points: list[RiskPoint] = []
    for ids in batched(moved, AT_ONCE):
        found = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
        points += session().scalars(found)
    touch([point for point in points if point.id in outlook.touched])
    levels.settle(actor, points, because=because)
