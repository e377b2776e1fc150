"""Writing a plan, all of it or nothing: zones, points, sources, assessments and measures, with what each event keeps.

A plan without changes writes nothing. Everything a point was given stands in the data of its one event, so that the
tables can be rebuilt from the ledger.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.assessments.grading import computed
from app.assessments.models import Assessment, Occasion
from app.core import events
from app.core.actor import Actor
from app.core.canonical import as_json
from app.core.clock import now
from app.core.db import batched, insert_rows, session
from app.core.ids import new_id
from app.exchange.known import as_id
from app.exchange.plan import Plan, PointPlan, SourcePlan
from app.risks import levels, rollup
from app.risks.models import ControlMeasure, HazardSource, RiskPoint
from app.risks.points import IDENTIFYING, point_codes, touch
from app.risks.sources import source_codes
from app.risks.zones import add_zone

AT_ONCE = 5000  # ids one statement names


def apply(actor: Actor, plan: Plan, *, import_id: UUID) -> None:
    """Write a plan without problems within this transaction, and one event of the whole import."""
    written = [point for point in plan.points if point.writes]
    if not written:
        return
    zones = _make_zones(actor, plan)
    points = _write_points(actor, written, zones)
    told: dict[UUID, dict[str, Any]] = {
        points[place].id: {"new": point.known is None, "point": _shown(points[place], point)}
        for place, point in enumerate(written)
    }
    _Sources(actor, now()).write([(points[place].id, one) for place, point in enumerate(written)
                                  for one in point.sources if one.writes], told)  # fmt: skip
    for point_id, data in told.items():
        events.append(actor.enterprise, "point.imported", point_id, actor_id=actor.id, data=_plain(data))
    touch([points[place] for place, point in enumerate(written) if _identifies(point)])
    levels.settle(actor, points, because="导入风险分级管控台账")
    events.append(actor.enterprise, "ledger.imported", import_id, actor_id=actor.id, data=plan.counts)


def _identifies(plan: PointPlan) -> bool:
    """Whether what was identified changes, so that the point is to be confirmed again: not who checks it, how often."""
    return not IDENTIFYING.isdisjoint(plan.values) or any(source.writes for source in plan.sources)


def _make_zones(actor: Actor, plan: Plan) -> dict[Any, UUID]:
    made: dict[Any, UUID] = {}
    for path in sorted(plan.zones, key=len):
        above = plan.zones[path]
        parent_id = made[above] if above in made else above and as_id(above)
        made[path] = add_zone(actor, name=path[-1], kind="area", parent_id=parent_id).id
    return made


def _write_points(actor: Actor, plans: Sequence[PointPlan], zones: dict[Any, UUID]) -> list[RiskPoint]:
    """The points of the plans in their order: new ones made and counted, known ones changed."""
    fresh = [plan for plan in plans if plan.known is None]
    codes = _codes(actor, point_codes, [plan.values["code"] for plan in fresh])
    coded = dict(zip(map(id, fresh), codes, strict=True))
    known = _rows(actor, RiskPoint, [as_id(plan.known.id) for plan in plans if plan.known is not None])
    points, moves = [], []
    for plan in plans:
        values = {name: _told(name, value, zones) for name, value in plan.values.items()}
        if plan.known is None:
            values["code"] = coded[id(plan)]
            points.append(RiskPoint(enterprise_id=actor.enterprise, id=new_id(), **values))
            continue
        point = known[as_id(plan.known.id)]
        if "zone_id" in values:
            held = (point.shown_level, point.current_level)
            moves += [(point.zone_id, held, None), (values["zone_id"], None, held)]
        for name, value in values.items():
            setattr(point, name, value)
        points.append(point)
    made = [point for point, plan in zip(points, plans, strict=True) if plan.known is None]
    session().add_all(made)
    session().flush()
    rollup.enter(made)
    rollup.carry(actor.enterprise, moves)
    return points


class _Sources:
    """Writes the sources of many points at once, and tells what it wrote of each."""

    def __init__(self, actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self.owned = {"enterprise_id": actor.enterprise}
        self.sources: list[dict[str, Any]] = []
        self.assessments: list[dict[str, Any]] = []
        self.measures: list[dict[str, Any]] = []
        self.changed: dict[UUID, dict[str, Any]] = {}
        self.superseded: list[UUID] = []
        self.retired: list[UUID] = []
        self.reworded: dict[UUID, dict[str, Any]] = {}

    def write(self, plans: Sequence[tuple[UUID, SourcePlan]], told: dict[UUID, dict[str, Any]]) -> None:
        """Write the plans, each with the id of its point; what was written is added to `told` of that point."""
        fresh = [plan for _, plan in plans if plan.known is None]
        codes = iter(_codes(self.actor, source_codes, [plan.values["code"] for plan in fresh]))
        for point_id, plan in plans:
            values = self._source(point_id, plan, next(codes) if plan.known is None else "")
            source_id = values["id"]
            told[point_id].setdefault("sources", []).append({
                **values,
                "assessments": [self._assessment(source_id, basis, judged) for basis, judged in plan.judged.items()],
                "superseded": [as_id(key) for key in plan.superseded],
                "measures": [self._measure(source_id, *added) for added in plan.added],
                "changed": [
                    {"id": as_id(old.id), "was": {name: getattr(old, name) for name in now}, "now": now}
                    for old, now in plan.reworded
                ],
                "retired": [as_id(key) for key in plan.retired],
            })  # fmt: skip
            self.superseded += [as_id(key) for key in plan.superseded]
            self.retired += [as_id(key) for key in plan.retired]
            self.reworded.update((as_id(old.id), now) for old, now in plan.reworded)
        self._send()

    def _source(self, point_id: UUID, plan: SourcePlan, code: str) -> dict[str, Any]:
        """The row of a new source, or the changes of a known one with its id."""
        if plan.known is not None:
            changes = {**plan.values, **plan.levels}
            source_id = as_id(plan.known.id)
            if changes:
                self.changed[source_id] = changes
            return {"id": source_id, **changes}
        unassessed = {"inherent_level": None, "residual_level": None, "assessed_on": None}
        values = {"id": new_id(), **plan.values, **unassessed, **plan.levels, "point_id": point_id, "code": code}
        self.sources.append({**self.owned, **values, "created_at": self.at, "retired_at": None})
        return values

    def _assessment(self, source_id: UUID, basis: Any, judged: Any) -> dict[str, Any]:
        values = {
            "id": new_id(), "source_id": source_id, "basis": basis, **computed(judged.graded), "level": judged.level,
            "direct_reason": judged.direct_reason, "assessed_on": judged.assessed_on, "assessor_id": self.actor.id,
            "occasion": Occasion.IMPORT, "assessed_at": self.at, "superseded_at": None, "dimensions": {}, "note": "",
        }  # fmt: skip
        self.assessments.append({**self.owned, **values})
        return values

    def _measure(self, source_id: UUID, category: Any, text: str) -> dict[str, Any]:
        values = {"id": new_id(), "source_id": source_id, "category": category, "text": text}
        unchecked = {"basis": "", "check_content": "", "how": "", "standard": "", "reading": None}
        self.measures.append({**self.owned, **values, **unchecked, "created_at": self.at, "retired_at": None})
        return values

    def _send(self) -> None:
        insert_rows(HazardSource, self.sources)
        _change(self.actor, HazardSource, self.changed)
        _change(self.actor, Assessment, {row_id: {"superseded_at": self.at} for row_id in self.superseded})
        _change(self.actor, ControlMeasure, {row_id: {"retired_at": self.at} for row_id in self.retired})
        _change(self.actor, ControlMeasure, self.reworded)
        insert_rows(Assessment, self.assessments)
        insert_rows(ControlMeasure, self.measures)


def _told(name: str, value: Any, zones: dict[Any, UUID]) -> Any:
    """A value of a point as it is stored: keys become ids, and the paths of new zones those of what was made."""
    if name == "zone_id" and value in zones:
        return zones[value]
    return as_id(value) if name in ("zone_id", "unit_id", "responsible_id") else value


def _change(actor: Actor, model: Any, changes: dict[UUID, dict[str, Any]]) -> None:
    """Give rows new values by their ids: one statement for all that get the same columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row_id, values in changes.items():
        alike.setdefault(tuple(sorted(values)), []).append({"enterprise_id": actor.enterprise, "id": row_id, **values})
    for rows in alike.values():
        session().execute(update(model), rows)


def _codes(actor: Actor, draw: Callable[[Actor, int], list[str]], brought: Sequence[str | None]) -> list[str]:
    """The code of each new row: the enterprise's own where it brings one, else the next number of the series."""
    own = {code for code in brought if code}
    free: list[str] = []
    while len(free) < brought.count(None):
        free += [code for code in draw(actor, brought.count(None) - len(free)) if code not in own]
    given = iter(free)
    return [code or next(given) for code in brought]


def _rows(actor: Actor, model: Any, ids: Iterable[UUID]) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    for some in batched(list(ids), AT_ONCE):
        statement = select(model).where(model.enterprise_id == actor.enterprise, model.id.in_(some))
        found.update((row.id, row) for row in session().scalars(statement))
    return found


def _shown(point: RiskPoint, plan: PointPlan) -> dict[str, Any]:
    """What an event keeps of a point: all of a new one, the changes of a known one."""
    return {"id": point.id, **{name: getattr(point, name) for name in plan.values}}


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(as_json(data))
    return plain
