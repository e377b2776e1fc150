"""What an office sees across its enterprises besides rates: the hidden hazards themselves, and the risk levels."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from app.core.actor import Actor
from app.core.db import session
from app.enterprises.models import Enterprise
from app.enterprises.scope import within
from app.hidden_hazards.models import Escalation, HiddenHazard
from app.hidden_hazards.service import is_late
from app.hidden_hazards.terms import Channel, Gravity, Source, State
from app.risks.models import EnterpriseLevels
from app.risks.rules import EscalatedTo
from app.supervision.counting import GroupBy, in_region
from app.supervision.period import start_of
from app.supervision.service import MOST_GROUPS, check_region, few_enough, names_of, region_length
from risk_models import RiskLevel, worst

LEVELS = (*RiskLevel, "unassessed")
COLUMNS = [f"{which}_{level}" for which in ("shown", "current") for level in LEVELS]


def list_hazards(
    actor: Actor,
    *,
    enterprise: UUID | None = None,
    region_code: str = "",
    found_from: date | None = None,
    found_to: date | None = None,
    overdue: bool = False,
    escalated: bool = False,
    listed: bool = False,
    ordered: bool = False,
    trade: str | None = None,
    source: Source | None = None,
    channel: Channel | None = None,
    state: State | None = None,
    gravity: Gravity | None = None,
) -> Select[Any]:
    """The hidden hazards of every enterprise in the actor's scope, newest first; region and trade as at finding."""
    statement = select(HiddenHazard).where(HiddenHazard.enterprise_id.in_(within(actor, select(Enterprise.id))))
    equal: dict[str, Any] = {"enterprise_id": enterprise, "trade": trade, "state": state, "gravity": gravity}
    equal |= {"source": source, "channel": channel, "ordered": ordered or None}
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(getattr(HiddenHazard, name) == value)
    if region_code:
        statement = statement.where(in_region(HiddenHazard.region_code, region_code))
    if overdue:
        statement = statement.where(*is_late())
    if escalated:
        statement = statement.where(_told_the_regulator())
    if listed:
        statement = statement.where(HiddenHazard.listed_at.is_not(None), HiddenHazard.delisted_at.is_(None))
    if found_from:
        statement = statement.where(HiddenHazard.found_at >= start_of(found_from))
    if found_to:
        statement = statement.where(HiddenHazard.found_at < start_of(found_to + timedelta(days=1)))
    return statement.order_by(HiddenHazard.found_at.desc(), HiddenHazard.enterprise_id, HiddenHazard.id)


def with_enterprises(hazards: list[HiddenHazard]) -> list[dict[str, Any]]:
    """Hidden hazards, each with its enterprise: one query."""
    ids = {hazard.enterprise_id for hazard in hazards}
    found = {one.id: one for one in session().scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}
    return [{"hazard": hazard, "enterprise": found[hazard.enterprise_id]} for hazard in hazards]


def risk_levels(actor: Actor, *, group_by: GroupBy, region_code: str = "", trade: str = "") -> dict[str, Any]:
    """How many risk points are at each level, by group and in total; only an enterprise has a worst level.

    Region and industry are those of today, as the levels are. Raises Invalid for more than 300 groups.
    """
    check_region(actor, region_code)
    key: Any = {
        GroupBy.REGION: func.substr(Enterprise.region_code, 1, region_length(actor, region_code)),
        GroupBy.INDUSTRY: Enterprise.industry,
        GroupBy.ENTERPRISE: Enterprise.id,
    }[group_by]
    sums = [func.coalesce(func.sum(getattr(EnterpriseLevels, name)), 0).label(name) for name in COLUMNS]
    statement = within(actor, select(key.label("grouped"), func.count().label("enterprises"), *sums))
    statement = statement.select_from(Enterprise).outerjoin(
        EnterpriseLevels, EnterpriseLevels.enterprise_id == Enterprise.id
    )
    if region_code:
        statement = statement.where(in_region(Enterprise.region_code, region_code))
    if trade:
        statement = statement.where(Enterprise.trade == trade)
    rows = session().execute(statement.group_by("grouped").limit(MOST_GROUPS + 1)).mappings()
    counted = few_enough({row["grouped"]: row for row in rows})
    named = _enterprises(counted) if group_by is GroupBy.ENTERPRISE else names_of(group_by, counted)
    total = {name: sum(row[name] for row in counted.values()) for name in ["enterprises", *COLUMNS]}
    return {
        "group_by": group_by,
        "items": [
            {
                "key": str(key),
                "code": code,
                "name": name,
                **_levels(counted[key], of_one=group_by is GroupBy.ENTERPRISE),
            }
            for key, (code, name) in named.items()
        ],
        "total": _levels(total, of_one=False),
    }


def _told_the_regulator() -> ColumnElement[bool]:
    """The condition that the step to the regulator was taken for the present deadline."""
    taken = select(Escalation.id).where(
        Escalation.enterprise_id == HiddenHazard.enterprise_id,
        Escalation.hazard_id == HiddenHazard.id,
        Escalation.deadline_at == HiddenHazard.deadline_at,
        Escalation.to == EscalatedTo.REGULATOR,
    )
    return taken.exists()


def _enterprises(counted: dict[UUID, Any]) -> dict[UUID, tuple[str, str]]:
    found = session().scalars(select(Enterprise).where(Enterprise.id.in_(list(counted))).order_by(Enterprise.code))
    return {one.id: (one.code, one.name) for one in found}


def _levels(row: Any, *, of_one: bool) -> dict[str, Any]:
    """Counts by level; the worst level too when they are of one enterprise: one red tank must not paint a county."""
    shown: dict[str, Any] = {"enterprises": row["enterprises"]}
    for which in ("shown", "current"):
        counts = {str(level): row[f"{which}_{level}"] for level in LEVELS}
        shown[f"{which}_counts"] = counts
        shown[f"{which}_level"] = worst(level for level in RiskLevel if of_one and counts[level])
    return shown
