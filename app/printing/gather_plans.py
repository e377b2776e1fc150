"""What the yearly plan says: gathered from the plans of a year in a few queries, as plain dataclasses."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import names_of
from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import OrgUnit, UnitKind
from app.plans.models import InspectionPlan
from app.plans.planning import frequency_of, plans_of_year
from app.plans.scoping import ground_of, scope_text
from app.printing.gather import zone_names
from app.printing.yearly_plan import PlanRow

TIERS = list(UnitKind)  # the highest first


def plan_rows(actor: Actor, year: int) -> list[PlanRow]:
    """A row for each plan that runs in a year, the highest tier first."""
    plans = plans_of_year(actor, year)
    people = names_of({plan.assignee_id for plan in plans})
    units = _unit_names(actor)
    ground, zones = ground_of(actor), zone_names(actor)
    return [
        PlanRow(
            tier=plan.tier.label,
            code=plan.code,
            kind=plan.kind.label,
            name=plan.name,
            scope=scope_text(plan.scope, ground, zones),
            content=plan.content,
            frequency=frequency_of(plan),
            period=_period(plan, year),
            unit=units[plan.unit_id],
            responsible=people[plan.assignee_id],
            note=_note(plan, year),
        )
        for plan in sorted(plans, key=lambda plan: (TIERS.index(plan.tier), plan.code))
    ]


def _period(plan: InspectionPlan, year: int) -> str:
    """The days of the year a plan runs; empty for the whole of it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins, ends = max(plan.starts_on, first), min(plan.ends_on or last, last)
    return "全年" if (begins, ends) == (first, last) else f"{begins:%m-%d} 至\n{ends:%m-%d}"


def _note(plan: InspectionPlan, year: int) -> str:
    said = [
        f"停产 {max(pause['from'], f'{year}-01-01')[5:]} 至 {min(pause['to'], f'{year}-12-31')[5:]}"
        for pause in plan.pauses
        if pause["from"][:4] <= str(year) <= pause["to"][:4]
    ]
    if plan.stopped_at:
        said.append("已停用")
    return "\n".join(said)


def _unit_names(actor: Actor) -> dict[UUID, str]:
    rows = session().execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.enterprise_id == actor.enterprise))
    return {row.id: row.name for row in rows}
