"""How points stand: what controls them, what is missing, and whether they are controlled. Derived, never stored."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from app.controls.duties import Duty, duties_of
from app.controls.gaps import Gap, Lack, SourceFacts, gaps_of, governing_level
from app.controls.models import SpecialControlPlan
from app.controls.plans import in_force, plans_at, why_none_in_force
from app.core.actor import Actor
from app.core.db import AT_ONCE, batched, session
from app.risks.models import ControlMeasure, HazardSource, RiskPoint
from app.risks.points import list_points
from app.risks.rules import rules_of
from risk_models import RiskLevel


@dataclass(frozen=True)
class Control:
    """How one point is controlled; `level` is the one that decides tiers and plan."""

    point: RiskPoint
    level: RiskLevel | None
    duties: list[Duty]
    needs_plan: bool
    plan: SpecialControlPlan | None
    gaps: list[Gap]

    @property
    def controlled(self) -> bool:
        return not self.gaps


def controls_of(actor: Actor, points: Sequence[RiskPoint]) -> list[Control]:
    """How each of these points is controlled: six queries however many they are."""
    rules = rules_of(actor.enterprise)
    point_ids = [point.id for point in points]
    sources = sources_at(actor, point_ids)
    plans = plans_at(actor, point_ids)
    duties = duties_of(actor, points, rules=rules)
    found = []
    for point in points:
        level = governing_level(point.inherent_level, point.shown_level)
        needs_plan = rules.needs_plan(level)
        lacking = why_none_in_force(plans[point.id], level=level.label) if level and needs_plan else None
        gaps = gaps_of(
            retired=point.retired_at is not None,
            sources=sources[point.id],
            without_person=[duty.lack for duty in duties[point.id] if duty.lack],
            without_plan=lacking,
        )
        found.append(Control(point, level, duties[point.id], needs_plan, in_force(plans[point.id]), gaps))
    return found


def uncontrolled(actor: Actor, **filters: Any) -> list[Control]:
    """The points in use of a selection that are not controlled, by code."""
    points = list(session().scalars(list_points(actor, **filters)))
    return [control for control in controls_of(actor, points) if not control.controlled]


def summary_of(actor: Actor, **filters: Any) -> dict[str, int]:
    """How many points of a selection are controlled, and how many lack what; one may lack several things."""
    points = list(session().scalars(list_points(actor, **filters)))
    controls = controls_of(actor, points)
    lacking = Counter(lack for control in controls for lack in {gap.lack for gap in control.gaps})
    controlled = sum(control.controlled for control in controls)
    return {
        "points": len(points),
        "controlled": controlled,
        "uncontrolled": len(points) - controlled,
        "needing_plan": sum(control.needs_plan for control in controls),
        "without_source": lacking[Lack.NO_SOURCE],
        "not_assessed": lacking[Lack.NOT_ASSESSED],
        "without_measure": lacking[Lack.NO_MEASURE],
        "without_person": lacking[Lack.NO_PERSON],
        "without_plan": lacking[Lack.NO_PLAN],
    }


def sources_at(actor: Actor, point_ids: Sequence[UUID]) -> dict[UUID, list[SourceFacts]]:
    """What counts of the hazard sources in use at points, by code."""
    found: dict[UUID, list[SourceFacts]] = defaultdict(list)
    has_measure = exists().where(
        ControlMeasure.enterprise_id == HazardSource.enterprise_id,
        ControlMeasure.source_id == HazardSource.id,
        ControlMeasure.retired_at.is_(None),
    )
    for ids in batched(point_ids, AT_ONCE):
        statement = select(HazardSource, has_measure).where(
            HazardSource.enterprise_id == actor.enterprise,
            HazardSource.point_id.in_(ids),
            HazardSource.retired_at.is_(None),
        )
        for source, measured in session().execute(statement.order_by(HazardSource.code)):
            shown = source.residual_level or source.inherent_level
            named = f"{source.code} {source.name}"
            found[source.point_id].append(SourceFacts(named, source.inherent_level, shown, measured))
    return found
