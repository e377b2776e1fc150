"""What the prints say: gathered from the rooms in a few queries however many points, as plain dataclasses."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.assessments.models import Assessment
from app.controls.duties import Duty, duties_of
from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.enterprises.models import Enterprise, OrgUnit
from app.enterprises.service import own_enterprise
from app.printing.ledger import LedgerRow
from app.risks.models import ControlMeasure, HazardSource, RiskPoint, RiskZone, Status

SHOWN = "现状风险等级（未评估现状的为固有风险等级）"
NOBODY = "（未指定）"


@dataclass(frozen=True)
class Gathered:
    """Some points with everything the prints say about them."""

    enterprise: Enterprise
    points: Sequence[RiskPoint]
    sources: dict[UUID, list[HazardSource]]
    measures: dict[UUID, list[ControlMeasure]]  # by source
    assessments: dict[UUID, Assessment]  # by source: residual, else inherent
    zones: dict[UUID, str]  # the names from the root down
    units: dict[UUID, str]
    people: dict[UUID, User]
    duties: dict[UUID, list[Duty]]  # by point, highest tier first

    def measures_at(self, point: RiskPoint) -> list[ControlMeasure]:
        return [measure for source in self.sources[point.id] for measure in self.measures[source.id]]


def gather(actor: Actor, points: Sequence[RiskPoint]) -> Gathered:
    """Everything the prints say about these points: some dozen queries for some hundred of them."""
    point_ids = [point.id for point in points]
    sources = _of(HazardSource, actor, HazardSource.point_id, point_ids, HazardSource.created_at)
    source_ids = [source.id for source in sources]
    measures = _of(ControlMeasure, actor, ControlMeasure.source_id, source_ids, ControlMeasure.created_at)
    # Inherent before residual, so residual wins below.
    assessments = _of(Assessment, actor, Assessment.source_id, source_ids, Assessment.basis)
    people = session().scalars(select(User).where(User.id.in_({point.responsible_id for point in points})))
    units = _all(OrgUnit, actor, OrgUnit.id.in_({point.unit_id for point in points}), OrgUnit.path)
    return Gathered(
        enterprise=own_enterprise(actor),
        points=points,
        sources=_by(sources, lambda source: source.point_id),
        measures=_by(measures, lambda measure: measure.source_id),
        assessments={assessment.source_id: assessment for assessment in assessments},
        zones=zone_names(actor),
        units={unit.id: unit.name for unit in units},
        people={person.id: person for person in people},
        duties=duties_of(actor, points),
    )


def zone_names(actor: Actor) -> dict[UUID, str]:
    """Each zone's names from the root down, as in 罐区 › 液氨罐组."""
    names: dict[str, str] = {}
    for zone in _all(RiskZone, actor, RiskZone.retired_at.is_(None), RiskZone.path):
        above = names.get(zone.path.rstrip("/").rpartition("/")[0].rpartition("/")[2], "")
        names[zone.id.hex] = f"{above} › {zone.name}" if above else zone.name
    return {UUID(hex=zone_id): name for zone_id, name in names.items()}


def ledger_rows(gathered: Gathered) -> list[LedgerRow]:
    """A row for each hazard source; a point without any has one row that says so."""
    rows = []
    for point in gathered.points:
        sources: list[HazardSource | None] = [*gathered.sources[point.id]] or [None]
        rows += [_row(gathered, point, source) for source in sources]
    return rows


def _row(gathered: Gathered, point: RiskPoint, source: HazardSource | None) -> LedgerRow:
    assessment = gathered.assessments.get(source.id) if source else None
    measures = gathered.measures[source.id] if source else []
    return LedgerRow(
        code=point.code,
        point_name=point.name,
        zone=gathered.zones[point.zone_id],
        category=point.category.label,
        hazard_source=source.name if source else "（尚未辨识危险源）",
        accident_types=tuple(source.accident_types) if source else (),
        assessment=_assessment_text(assessment),
        score=str(assessment.score) if assessment and assessment.score is not None else "",
        level=(source.residual_level or source.inherent_level) if source else None,
        measures=tuple((measure.category.label, measure.text) for measure in measures),
        check_cycle=point.check_cycle,
        status=unconfirmed(point),
        **_controllers(gathered, point),
    )


def _controllers(gathered: Gathered, point: RiskPoint) -> dict[str, str]:
    """Who controls a point, a line a tier; of one without tiers whoever answers for it."""
    duties, answers = gathered.duties[point.id], gathered.people[point.responsible_id]
    responsible = named(answers.name, answers.disabled_at)
    if not duties:
        return {"control_tier": "", "responsible_unit": gathered.units[point.unit_id], "responsible": responsible}
    # The lowest tier falls to whoever answers for the point; where his account is disabled nobody controls it.
    lowest = responsible if answers.disabled_at else NOBODY
    return {
        "control_tier": "\n".join(duty.tier.label for duty in duties),
        "responsible_unit": "\n".join(duty.unit or NOBODY for duty in duties),
        "responsible": "\n".join(duty.person or (lowest if duty is duties[-1] else NOBODY) for duty in duties),
    }


def named(name: str, disabled_at: datetime | None) -> str:
    """A person as prints name one who is responsible; of a disabled account what to do instead."""
    return f"{name}（账号已停用，请指定责任人）" if disabled_at else name


def responsible_of(person: User) -> dict[str, Any]:
    """Who is responsible by name and telephone; whoever's account is disabled is not to be called, so has None."""
    return {
        "responsible": named(person.name, person.disabled_at),
        "phone": None if person.disabled_at else person.phone,
    }


def unconfirmed(point: RiskPoint) -> str:
    """What a print says of an identification that nobody has confirmed; empty when it is."""
    return "" if point.status is Status.CONFIRMED else f"未确认（{point.status.label}）"


def _assessment_text(assessment: Assessment | None) -> str:
    if assessment is None:
        return ""
    factors = " ".join(f"{name}={value}" for name, value in assessment.factors.items())
    computed = f"{assessment.basis.label} {assessment.method}（{assessment.profile}）{factors}" if factors else ""
    direct = f"直接判定：{assessment.direct_reason}" if assessment.direct_reason else ""
    return "；".join(text for text in (computed, direct) if text)


def _of(model: type[Any], actor: Actor, column: Any, ids: list[UUID], order: Any) -> list[Any]:
    """What is in force of these owners, each owner's in order: a query for some hundred of them."""
    in_force = (model.superseded_at if model is Assessment else model.retired_at).is_(None)
    return [row for some in batched(ids, AT_ONCE) for row in _all(model, actor, column.in_(some) & in_force, order)]


def _all(model: type[Any], actor: Actor, where: Any, order: Any) -> list[Any]:
    statement = select(model).where(model.enterprise_id == actor.enterprise, where).order_by(order, model.id)
    return list(session().scalars(statement))


def _by(rows: list[Any], key: Callable[[Any], UUID]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped
