"""What the yearly plan says: gathered from the plans of each year in a few queries, as plain dataclasses."""

from collections.abc import Sequence
from datetime import date

from app.accounts.service import names_of
from app.core.actor import Actor
from app.enterprises.models import UnitKind
from app.enterprises.service import own_enterprise
from app.plans.models import InspectionPlan
from app.plans.planning import frequency_of, plans_of_year
from app.plans.scoping import ground_of, scope_text
from app.printing.gather import zone_names
from app.printing.gather_ledgers import unit_names
from app.printing.yearly_plan import PlanRow, YearlyPlan

TIERS = list(UnitKind)  # the highest first


def yearly_plans(actor: Actor, years: Sequence[int]) -> dict[int, YearlyPlan]:
    """The plan of each year: a row for each plan that runs in it, the highest tier first."""
    of_each = {year: plans_of_year(actor, year) for year in years}
    people = names_of({plan.assignee_id for plans in of_each.values() for plan in plans})
    units = unit_names(actor)
    ground, zones = ground_of(actor), zone_names(actor)
    enterprise = own_enterprise(actor).name

    def row(plan: InspectionPlan, year: int) -> PlanRow:
        return PlanRow(
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

    return {
        year: YearlyPlan(
            enterprise=enterprise,
            year=year,
            rows=tuple(row(plan, year) for plan in sorted(plans, key=lambda plan: (TIERS.index(plan.tier), plan.code))),
        )
        for year, plans in of_each.items()
    }


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
